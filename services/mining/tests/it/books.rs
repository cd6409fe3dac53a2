//! Journals made by hand, line by line, as the real ones are written.

use crate::samples::{Sample, filled, id, sample};
use idesluss_auditor::{Entry, MergeError, Reading, Service, merge};
use idesluss_proof::line::{Assigned, Draft, Refused, event_bytes, write_own, write_received, write_refused};
use std::collections::BTreeMap;
use std::convert::Infallible;
use uuid::Uuid;

/// 2026-11-23T20:00:00Z.
pub(crate) const START_MICROS: i64 = 1_795_464_000_000_000;
const MINUTE_MICROS: i64 = 60_000_000;

/// The three journals, filled in one order of time.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) lines: BTreeMap<Service, Vec<Vec<u8>>>,
    count: u32,
}

impl Books {
    /// Writes an event into the journal of its service, a minute and a microsecond after the one before.
    pub(crate) fn happens(&mut self, service: &str, name: &str, idea: u32) {
        self.sample(sample(service, name), idea);
    }

    pub(crate) fn sample(&mut self, (service, name, subject, data): &Sample, idea: u32) {
        let (draft, subject) = self.draft(service, name, subject, data, idea);
        self.write(service.parse().expect("a service"), &draft, &subject);
    }

    /// An event as its author drafts it. Odd ideas are the service's own doing, even ones a person's.
    pub(crate) fn draft(&self, service: &str, name: &str, subject: &str, data: &str, idea: u32) -> (Draft, String) {
        let group = group(service, subject);
        let own = subject.starts_with("call") || subject.starts_with("criteria");
        let own = own || subject.starts_with("delegation") || subject.starts_with("journal");
        let correlation = if own { Uuid::from_u128(7) } else { id('I', idea) };
        let by_itself = idea % 2 == 1;
        let draft = Draft {
            id: Uuid::from_u128(u128::from(self.count) << 64 | 5).to_string(),
            audience: "house".to_owned(),
            kind: format!("idesluss.{group}.v1.{name}"),
            time_micros: self.now() - MINUTE_MICROS,
            organisation: "uddevalla".to_owned(),
            actor: if by_itself { Uuid::nil() } else { id('Q', idea) }.to_string(),
            role: if by_itself { "service" } else { "coordinator" }.to_owned(),
            grant: None,
            assertion: None,
            mandate: (name == "DecisionMade").then(|| "uddevalla/3/4.2".to_owned()),
            commandid: Uuid::from_u128(9).to_string(),
            correlationid: correlation.to_string(),
            causationid: None,
            traceparent: None,
            data: filled(data, idea),
        };
        (draft, filled(subject, idea))
    }

    pub(crate) fn write(&mut self, service: Service, draft: &Draft, subject: &str) {
        let mut line = Vec::new();
        write_own(draft, subject, &self.assigned(service), &mut line);
        self.lines.entry(service).or_default().push(line);
        self.count += 1;
    }

    /// A copy of another service's event arrives.
    pub(crate) fn receives(&mut self, service: Service, from: &str, name: &str, idea: u32) {
        let (_, _, subject, data) = sample(from, name);
        let (draft, subject) = self.draft(from, name, subject, data, idea);
        let (mut event, mut line) = (Vec::new(), Vec::new());
        event_bytes(&draft, &subject, &self.assigned(service), &mut event);
        write_received(self.position(service), self.now(), 3, START_MICROS, &event, &mut line);
        self.lines.entry(service).or_default().push(line);
        self.count += 1;
    }

    /// Something arrives that can't be taken in.
    pub(crate) fn refuses(&mut self, service: Service) {
        let refused = Refused {
            source: "/vanersborg/submission/region".to_owned(),
            epoch: 1,
            sequence: 4,
            reason: "more than 60,000 bytes".to_owned(),
        };
        let mut line = Vec::new();
        write_refused(self.position(service), self.now(), &refused, &mut line);
        self.lines.entry(service).or_default().push(line);
        self.count += 1;
    }

    fn assigned(&self, service: Service) -> Assigned<'static> {
        Assigned {
            position: self.position(service),
            recorded_micros: self.now(),
            source: "/fyrbodal/submission/house",
            sequence: self.position(service) + 1,
            epoch: 1,
            stream_version: 1,
        }
    }

    fn position(&self, service: Service) -> u64 {
        self.lines.get(&service).map_or(0, Vec::len) as u64
    }

    fn now(&self) -> i64 {
        START_MICROS + i64::from(self.count) * (MINUTE_MICROS + 1)
    }

    /// The journals, one after the other, as an auditor hands them over.
    pub(crate) fn journals(&self) -> Vec<std::vec::IntoIter<Result<Entry, Infallible>>> {
        let entry = |service: Service, line: &Vec<u8>| {
            Ok(Entry {
                service,
                line: line.clone(),
                texts: BTreeMap::new(),
            })
        };
        let journal = |(service, lines): (&Service, &Vec<Vec<u8>>)| {
            let entries: Vec<_> = lines.iter().map(|line| entry(*service, line)).collect();
            entries.into_iter()
        };
        self.lines.iter().map(journal).collect()
    }

    /// Their events in one order.
    pub(crate) fn events(&self) -> impl Iterator<Item = Result<Reading, MergeError>> {
        merge(self.journals())
    }
}

/// The whole way of an idea, from the call that it answers to its use by a neighbour.
pub(crate) fn whole_way(books: &mut Books, idea: u32) {
    for (service, names) in [
        (
            "submission",
            "CallOpened IdeaSubmitted TermsAccepted ReferenceAssigned ReceiptSent CoordinatorAssigned",
        ),
        (
            "submission",
            "ClarificationRequested ClarificationProvided BriefApproved IdeaAccepted",
        ),
        ("evaluation", "EvaluationOpened"),
        ("submission", "EvaluationStarted"),
        (
            "evaluation",
            "NeedOwnerConfirmed AssessorAssigned NoConflictDeclared AssessmentSubmitted AssessmentRevised",
        ),
        (
            "evaluation",
            "AssessmentsRevealed RecommendationIssued MandateVerified DecisionMade",
        ),
        ("submission", "GateDecided FeedbackDelivered"),
        (
            "sharing",
            "SolutionDrafted SolutionPublished InterestRegistered AdoptionDecided AdoptionStarted",
        ),
        ("sharing", "AdoptionCompleted BaselineRecorded BenefitMeasured"),
        ("submission", "IdeaClosed CallClosed"),
    ] {
        for name in names.split(' ') {
            books.happens(service, name, idea);
        }
    }
}

/// Whose the types of events in a stream are: what a journal says of itself is no service's alone.
pub(crate) fn group<'a>(service: &'a str, subject: &str) -> &'a str {
    if subject.starts_with("journal/") {
        "journal"
    } else {
        service
    }
}
