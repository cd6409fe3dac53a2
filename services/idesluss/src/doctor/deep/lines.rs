//! Line by line: does each have the form, is it in its place, does its source go on with it? Pure.

use super::copies::Copies;
use idesluss_proof::line::{Body, Line, parse, source_line};
use idesluss_proof::tree::{CompactRange, Hash, TILE_WIDTH, leaf_hash, subtree};
use std::collections::HashMap;

/// What was read so far of one journal.
pub(super) struct Lines {
    /// `/<instance>/<service>`.
    journal: String,
    next: u64,
    recorded: i64,
    /// The last epoch and sequence of each source.
    sources: HashMap<String, (u32, u64)>,
    /// How many lines could not be read: what follows on them seems to follow on nothing.
    unread: u64,
    compact_range: CompactRange,
    /// The roots over each 256 entries.
    tiles: Vec<Hash>,
    wrong: Vec<(u64, String)>,
    named: usize,
}

impl Lines {
    /// Of the journal `/<instance>/<service>`, from its first entry on. At most `named` wrong entries are remembered.
    pub(super) fn new(journal: &str, named: usize) -> Self {
        Self {
            journal: journal.to_owned(),
            next: 0,
            recorded: i64::MIN,
            sources: HashMap::new(),
            unread: 0,
            compact_range: CompactRange::default(),
            tiles: Vec::new(),
            wrong: Vec::new(),
            named,
        }
    }

    /// The tree over the lines.
    pub(super) fn compact_range(&self) -> &CompactRange {
        &self.compact_range
    }

    /// The roots over each 256 entries.
    pub(super) fn tiles(&self) -> &[Hash] {
        &self.tiles
    }

    /// Entries that are not as they were written, and why.
    pub(super) fn wrong(&self) -> &[(u64, String)] {
        &self.wrong
    }

    fn note(&mut self, position: u64, what: String) {
        if self.wrong.len() < self.named {
            self.wrong.push((position, what));
        }
    }

    /// Takes the entry that came as `position`, and notes in `copies` what others may hold of it, or it of others.
    pub(super) fn take(&mut self, position: u64, bytes: &[u8], copies: &mut Copies) {
        let tiles = &mut self.tiles;
        let _ = self.compact_range.push(leaf_hash(bytes), |full| {
            if full.level == 0 {
                debug_assert_eq!(full.hashes.len(), TILE_WIDTH);
                tiles.push(subtree(full.hashes));
            }
            Ok::<(), std::convert::Infallible>(())
        });
        if position != self.next {
            self.note(self.next, format!("the entry after it in the database is {position}"));
        }
        self.next = position.saturating_add(1);
        let line = match parse(bytes) {
            Ok(line) => line,
            Err(error) => {
                self.unread += 1;
                return self.note(position, error.to_string());
            }
        };
        if line.position != position {
            self.note(position, format!("its line says that it is entry {}", line.position));
        }
        if line.recorded_micros <= self.recorded {
            self.note(position, "it was recorded before the entry before it".to_owned());
        }
        self.recorded = self.recorded.max(line.recorded_micros);
        self.follow(position, &line);
        self.copy(position, &line, bytes, copies);
    }

    /// Whether the source goes on with it, without a gap, or begins an epoch.
    fn follow(&mut self, position: u64, line: &Line<'_>) {
        let is_own = matches!(line.body, Body::Own(_));
        let (source, epoch, sequence) = match &line.body {
            Body::Own(event) | Body::Received { event, .. } => (&*event.source, event.epoch, event.sequence),
            Body::Refused(refused) => (&*refused.source, refused.epoch, refused.sequence),
        };
        let is_ours = source
            .strip_prefix(&*self.journal)
            .is_some_and(|rest| rest.starts_with('/'));
        if is_ours != is_own {
            return self.note(position, format!("an entry of {source} can't stand there"));
        }
        let last = self.sources.insert(source.to_owned(), (epoch, sequence));
        let next = |last: u64| sequence > last && sequence - last <= 1 + self.unread;
        let follows = match last {
            None => next(0),
            Some((before, last)) if before == epoch => next(last),
            // After a restore a source goes on from what it had kept: others may have had more.
            Some((before, last)) if before < epoch => next(last) || (!is_own && sequence <= last),
            Some(_) => false,
        };
        if !follows {
            let (before, last) = last.unwrap_or((0, 0));
            self.note(
                position,
                format!(
                    "it is {epoch}/{sequence} of {source}, and the one before it is {before}/{last} (epoch/sequence)"
                ),
            );
        }
    }

    fn copy(&self, position: u64, line: &Line<'_>, bytes: &[u8], copies: &mut Copies) {
        match &line.body {
            Body::Own(event) => copies.own(&event.source, (event.epoch, event.sequence), position, bytes),
            Body::Received {
                from_position,
                from_recorded_micros,
                event,
            } => {
                let of_source = source_line(*from_position, *from_recorded_micros, event.bytes);
                let place = (event.epoch, event.sequence);
                copies.received(&self.journal, &event.source, place, position, &of_source);
            }
            Body::Refused(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proof::line::{Assigned, Draft, write_own, write_received};

    const JOURNAL: &str = "/fyrbodal/submission";

    fn draft() -> Draft {
        let text = |text: &str| text.to_owned();
        Draft {
            id: text("00000000-0000-4000-8000-000000000001"),
            audience: text("house"),
            kind: text("idesluss.submission.v1.IdeaSubmitted"),
            time_micros: 0,
            organisation: text("uddevalla"),
            actor: text("a"),
            role: text("submitter"),
            grant: None,
            assertion: None,
            mandate: None,
            commandid: text("c"),
            correlationid: text("i"),
            causationid: None,
            traceparent: None,
            data: text("{}"),
        }
    }

    /// An own line of submission: position, time, epoch and sequence.
    fn own(position: u64, recorded_micros: i64, epoch: u32, sequence: u64) -> Vec<u8> {
        let assigned = Assigned {
            position,
            recorded_micros,
            source: "/fyrbodal/submission/house",
            sequence,
            epoch,
            stream_version: sequence,
        };
        let mut line = Vec::new();
        write_own(&draft(), "idea/1", &assigned, &mut line);
        line
    }

    /// The line under which evaluation holds it, at `position`.
    fn received(position: u64, line: &[u8]) -> Vec<u8> {
        let read = parse(line).expect("a line");
        let event = read.body.event().expect("an event").bytes;
        let mut out = Vec::new();
        write_received(
            position,
            1_000 + position as i64,
            read.position,
            read.recorded_micros,
            event,
            &mut out,
        );
        out
    }

    fn wrong_in(lines: &[Vec<u8>]) -> Vec<u64> {
        let mut reading = Lines::new(JOURNAL, 10);
        for (position, line) in lines.iter().enumerate() {
            reading.take(position as u64, line, &mut Copies::default());
        }
        reading.wrong().iter().map(|(position, _)| *position).collect()
    }

    #[test]
    fn each_kind_of_damage_is_named_by_its_position() {
        let good = || vec![own(0, 10, 1, 1), own(1, 11, 1, 2), own(2, 12, 2, 3)];
        let with = |at: usize, line: Vec<u8>| {
            let mut lines = good();
            lines[at] = line;
            lines
        };
        assert_eq!(wrong_in(&good()), [0_u64; 0]);
        for (what, lines, at) in [
            ("cut", with(1, good()[1][..40].to_vec()), 1),
            ("another position", with(1, own(7, 11, 1, 2)), 1),
            ("an earlier time", with(1, own(1, 9, 1, 2)), 1),
            ("a gap", with(2, own(2, 12, 1, 4)), 2),
            ("an earlier epoch", with(2, own(2, 12, 0, 3)), 2),
            ("another's event", with(2, received(2, &own(2, 12, 2, 3))), 2),
        ] {
            assert_eq!(wrong_in(&lines).first(), Some(&at), "{what}");
        }
    }

    #[test]
    fn a_copy_that_differs_from_its_source_is_named_on_both_sides() {
        let mine: Vec<_> = (0..5)
            .map(|number| own(number, 10 + number as i64, 1, number + 1))
            .collect();
        let mut theirs: Vec<_> = (0..4).map(|at| received(at as u64, &mine[at])).collect();
        let read = |mine: &[Vec<u8>], theirs: &[Vec<u8>]| {
            let mut copies = Copies::default();
            // Whoever is read first: here the receiver.
            for (journal, lines) in [("/fyrbodal/evaluation", theirs), (JOURNAL, mine)] {
                let mut reading = Lines::new(journal, 10);
                for (position, line) in lines.iter().enumerate() {
                    reading.take(position as u64, line, &mut copies);
                }
                assert_eq!(reading.wrong(), []);
            }
            copies.compare(10)
        };
        let same = read(&mine, &theirs);
        assert!(same.len() == 1 && same[0].found.contains("4 "), "{same:?}");
        let text = String::from_utf8(theirs[2].clone()).expect("UTF-8");
        theirs[2] = text.replace("uddevalla", "trollhttn").into_bytes();
        let parted = read(&mine, &theirs);
        assert_eq!(parted.len(), 1, "{parted:?}");
        assert!(
            parted[0].found.contains("entry 2 of") && parted[0].found.contains("evaluation"),
            "{parted:?}"
        );
        // What the source had not been read up to is not judged.
        assert!(
            read(&mine[..3], &theirs[..2])
                .iter()
                .all(|finding| finding.check == "copies")
        );
        assert_eq!(read(&mine[..1], &theirs[..2]).len(), 1);
    }
}
