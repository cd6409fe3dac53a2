//! Three journals with one idea's way to a decision, each entry a minute after the one before.

use idesluss_auditor::{Entry, MergeError, Reading, Service, Text, merge};
use idesluss_domain::words::Audience;
use idesluss_proof::line::{Assigned, Draft, event_bytes, parse, write_own, write_received};
use std::collections::BTreeMap;
use std::convert::Infallible;
use uuid::Uuid;

pub(crate) use Service::{Evaluation, Sharing, Submission};

/// 2026-11-23T20:00:00Z.
const START_MICROS: i64 = 1_795_464_000_000_000;
const MINUTE_MICROS: i64 = 60_000_000;

/// The idea, its evaluation and its solution.
pub(crate) const IDEA: &str = "00000000-0000-0000-0000-000000000001";
pub(crate) const EVALUATION: &str = "00000000-0000-0000-0000-000000000002";
pub(crate) const SOLUTION: &str = "00000000-0000-0000-0000-000000000003";
/// Submitter, coordinator, assessor, decider, colleague.
pub(crate) const PEOPLE: [&str; 5] = [
    "00000000-0000-0000-0000-00000000000a",
    "00000000-0000-0000-0000-00000000000b",
    "00000000-0000-0000-0000-00000000000c",
    "00000000-0000-0000-0000-00000000000d",
    "00000000-0000-0000-0000-00000000000e",
];
/// The digest of a brief's title, of the decision's reasons, of a rationale, of what support was told with.
pub(crate) const TITLE: &str = "1111111111111111111111111111111111111111111111111111111111111111";
pub(crate) const REASONS: &str = "2222222222222222222222222222222222222222222222222222222222222222";
pub(crate) const RATIONALE: &str = "3333333333333333333333333333333333333333333333333333333333333333";
const OTHER: &str = "4444444444444444444444444444444444444444444444444444444444444444";

/// Who writes an entry: an index in `PEOPLE` and a role; the service itself.
pub(crate) type By = (usize, &'static str);
pub(crate) const ITSELF: By = (usize::MAX, "service");
pub(crate) const SUBMITTER: By = (0, "submitter");
pub(crate) const COORDINATOR: By = (1, "coordinator");
pub(crate) const ASSESSOR: By = (2, "assessor");
pub(crate) const DECIDER: By = (3, "decision-maker");
pub(crate) const COLLEAGUE: By = (4, "submitter");

#[derive(Default)]
pub(crate) struct Book {
    lines: BTreeMap<Service, Vec<Vec<u8>>>,
    texts: BTreeMap<Service, BTreeMap<String, Text>>,
    own: BTreeMap<(Service, Audience), u64>,
    count: u32,
}

fn filled(text: &str) -> String {
    let mut text = text
        .replace("$I", IDEA)
        .replace("$E", EVALUATION)
        .replace("$S", SOLUTION);
    for (letter, person) in ["$P", "$K", "$A", "$D", "$C"].iter().zip(PEOPLE) {
        text = text.replace(letter, person);
    }
    let digests = [
        ("#title", TITLE),
        ("#reasons", REASONS),
        ("#why", RATIONALE),
        ("#other", OTHER),
    ];
    digests
        .iter()
        .fold(text, |text, (name, digest)| text.replace(name, digest))
}

/// When the entry was recorded that came as the `count`-th, as it is written.
pub(crate) fn minute(count: i64) -> String {
    let micros = START_MICROS + count * MINUTE_MICROS;
    let time = idesluss_domain::words::Timestamp::from_micros(micros);
    time.expect("a time").to_string()
}

impl Book {
    /// Something happens in a service; returns its position.
    pub(crate) fn happens(&mut self, service: Service, name: &str, subject: &str, by: By, data: &str) -> u64 {
        let kind = format!("idesluss.{}.v1.{name}", service.as_str());
        let audience = Audience::of(&kind);
        let source = audience.source("fyrbodal", service.as_str());
        let subject = filled(subject);
        let about = ["idea/", "evaluation/", "solution/", "register/"];
        let correlation = if about.iter().any(|kind| subject.starts_with(kind)) {
            IDEA
        } else {
            SOLUTION
        };
        let draft = Draft {
            id: id_of(self.count),
            audience: audience.as_str().to_owned(),
            kind,
            time_micros: self.now(),
            organisation: "uddevalla".to_owned(),
            actor: PEOPLE
                .get(by.0)
                .map_or_else(|| Uuid::nil().to_string(), |person| (*person).to_owned()),
            role: by.1.to_owned(),
            grant: None,
            assertion: None,
            mandate: (name == "DecisionMade").then(|| "uddevalla/3/4.2".to_owned()),
            commandid: Uuid::nil().to_string(),
            correlationid: correlation.to_owned(),
            causationid: None,
            traceparent: None,
            data: filled(data),
        };
        let position = self.size(service);
        let sequence = self.own.entry((service, audience)).or_default();
        *sequence += 1;
        let assigned = Assigned {
            position,
            recorded_micros: START_MICROS + i64::from(self.count) * MINUTE_MICROS,
            source: &source,
            sequence: *sequence,
            epoch: 1,
            stream_version: 1,
        };
        let mut line = Vec::new();
        write_own(&draft, &subject, &assigned, &mut line);
        // The event alone is in the line byte for byte: what is received elsewhere is a copy of it.
        let mut event = Vec::new();
        event_bytes(&draft, &subject, &assigned, &mut event);
        assert!(line.windows(event.len()).any(|part| part == event));
        self.add(service, line);
        position
    }

    /// What stands at a position of one service arrives in another; returns the position there.
    pub(crate) fn arrives(&mut self, from: Service, position: u64, service: Service) -> u64 {
        let line = self.lines[&from][usize::try_from(position).expect("a position")].clone();
        let line = parse(&line).expect("a line");
        let event = line.body.event().expect("an event").bytes;
        let (at, mut copy) = (self.size(service), Vec::new());
        write_received(at, self.now(), position, line.recorded_micros, event, &mut copy);
        self.add(service, copy);
        at
    }

    /// A service can open a text.
    pub(crate) fn opens(&mut self, service: Service, digest: &str, text: Text) {
        self.texts.entry(service).or_default().insert(digest.to_owned(), text);
    }

    pub(crate) fn size(&self, service: Service) -> u64 {
        self.lines.get(&service).map_or(0, Vec::len) as u64
    }

    /// How many entries there are in all journals together: the next one's number.
    pub(crate) fn count(&self) -> i64 {
        self.count.into()
    }

    pub(crate) fn line(&self, service: Service, position: u64) -> &[u8] {
        &self.lines[&service][usize::try_from(position).expect("a position")]
    }

    fn now(&self) -> i64 {
        START_MICROS + i64::from(self.count) * MINUTE_MICROS
    }

    fn add(&mut self, service: Service, line: Vec<u8>) {
        self.lines.entry(service).or_default().push(line);
        self.count += 1;
    }

    /// Every entry of every journal, with the texts that its service can open.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (service, lines) in &self.lines {
            entries.extend(lines.iter().map(|line| Entry {
                service: *service,
                line: line.clone(),
                texts: self.texts.get(service).cloned().unwrap_or_default(),
            }));
        }
        entries
    }

    /// The own events of all journals as one history.
    pub(crate) fn events(&self) -> impl Iterator<Item = Result<Reading, MergeError>> {
        let journals = self.lines.keys().map(|service| {
            let mut entries = self.entries();
            entries.retain(|entry| entry.service == *service);
            entries.into_iter().map(Ok::<_, Infallible>)
        });
        merge(journals.collect::<Vec<_>>())
    }
}

/// The id of the event that was written as the `count`-th entry.
pub(crate) fn id_of(count: u32) -> String {
    Uuid::from_u128(0xe000 + u128::from(count)).to_string()
}

/// What a decision says, with so much seen of a journal of so many entries, and submission received up to a sequence.
pub(crate) fn decision(outcome: &str, seen: u64, size: u64, sequence: u64) -> String {
    format!(
        r##"{{"evaluation":"$E","idea":"$I","gate":"concept","outcome":"{outcome}","home":false,"reasons":"#reasons","conditions":null,"cost_kronor":250000,"decided_by":{{"person":{{"person":"$D","mandate":"uddevalla/3/4.2"}}}},"decided_on":"2026-11-23","basis":{{"seen":{seen},"size":{size},"root":"#other","sources":[{{"source":"/fyrbodal/submission/house","epoch":1,"sequence":{sequence},"from_position":{}}}],"brief_version":1}}}}"##,
        sequence - 1
    )
}

/// An idea's way to its decision, which is evaluation's entry 14. A colleague's support is submission's entry 4 and arrives a moment too late.
pub(crate) fn decided() -> Book {
    let mut book = Book::default();
    let terms = r#"{"organisation":"uddevalla","name":"Våra","version":1,"criteria":[{"key":"benefit","name_sv":"Nytta","name_en":"Benefit","weight":3,"steps_sv":[],"steps_en":[]}],"assessments_required":1,"load_cap":10,"earlier":false}"#;
    book.happens(Evaluation, "CriteriaAdopted", "criteria/uddevalla", COORDINATOR, terms);
    let order = r#"{"organisation":"uddevalla","version":3,"form":"delegation","adopted_by":"Kommunstyrelsen","adopted_on":"2026-10-01","paragraph":"§ 7","valid_from":"2026-10-01","valid_until":null,"clauses":[{"number":"4.2","gates":["concept"],"up_to_kronor":500000,"holder":"$D","may_subdelegate":true}]}"#;
    book.happens(
        Evaluation,
        "DelegationOrderAdopted",
        "delegation-order/uddevalla",
        COORDINATOR,
        order,
    );
    let submitted = r##"{"idea":"$I","organisation":"uddevalla","submitter":"$P","texts":{"title":"#other"}}"##;
    for (name, by, data) in [
        ("IdeaSubmitted", SUBMITTER, submitted),
        (
            "BriefApproved",
            COORDINATOR,
            r##"{"version":1,"texts":{"title":"#title"}}"##,
        ),
        (
            "IdeaAccepted",
            COORDINATOR,
            r#"{"brief_version":1,"gate":"concept","round":1}"#,
        ),
    ] {
        let position = book.happens(Submission, name, "idea/$I", by, data);
        book.arrives(Submission, position, Evaluation);
    }
    let opened = r##"{"evaluation":"$E","idea":"$I","gate":"concept","round":1,"organisation":"uddevalla","brief_version":1,"brief":{"title":"#title"},"excluded":["$P"],"assessed_before":[],"criteria_set":"Våra","criteria_version":1,"criteria":[{"key":"benefit","weight":3}],"assessments_required":1}"##;
    let assessed = r##"{"assessor":"$A","commitment":"#other","sealed":"#other","rationales":{"benefit":"#why"}}"##;
    let revealed = r##"{"assessments":[{"assessor":"$A","nonce":"#other","scores":"{\"benefit\":4}"}],"criteria":[{"criterion":"benefit","count":1,"mean_hundredths":400,"lowest":4,"highest":4,"spread":0}],"weighted_hundredths":400}"##;
    for (name, by, data) in [
        ("EvaluationOpened", ITSELF, opened),
        ("AssessorAssigned", COORDINATOR, r#"{"assessor":"$A","load":0}"#),
        ("NoConflictDeclared", ASSESSOR, r#"{"person":"$A"}"#),
        ("AssessmentSubmitted", ASSESSOR, assessed),
        ("AssessmentsRevealed", COORDINATOR, revealed),
        ("NoConflictDeclared", DECIDER, r#"{"person":"$D"}"#),
        (
            "RecommendationIssued",
            ASSESSOR,
            r##"{"proposal":"park","reasons":"#why","panel":["$A"],"dissent":[{"assessor":"$A","reasons":"#other"}]}"##,
        ),
    ] {
        book.happens(Evaluation, name, "evaluation/$E", by, data);
    }
    let started = r#"{"evaluation":"$E","gate":"concept","round":1}"#;
    let position = book.happens(Submission, "EvaluationStarted", "idea/$I", ITSELF, started);
    book.arrives(Submission, position, Evaluation);
    let support = book.happens(
        Submission,
        "SupportExpressed",
        "idea/$I",
        COLLEAGUE,
        r#"{"supporter":"$C"}"#,
    );
    let size = book.size(Evaluation);
    let verified = r#"{"decider":"$D","mandate":"uddevalla/3/4.2","clause":"4.2","order_version":3,"gate":"concept","cost_kronor":250000,"on":"2026-11-23"}"#;
    book.happens(Evaluation, "MandateVerified", "evaluation/$E", DECIDER, verified);
    let says = decision("advance", size - 1, size, support);
    book.happens(Evaluation, "DecisionMade", "evaluation/$E", DECIDER, &says);
    book.arrives(Submission, support, Evaluation);
    book
}
