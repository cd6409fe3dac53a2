//! A dossier in which there is something of everything, told at a command line.

use super::decision::DecisionPage;
use super::dossier_text;
use crate::reader::Reader;
use askama::Template as _;
use idesluss_auditor::dossier::{
    Acted, BasisSeen, Brief, Criteria, CriterionSeen, Decision, Declaration, DissentSeen, Elsewhere, Erasure, Known,
    Later, MandateSeen, Mandates, OrderSeen, PanelMember, Proceedings, Recommendation, Scored, Scores, TextNow,
    Verified,
};
use idesluss_auditor::{Author, Dossier, Happened, Service, SourceSeen};
use idesluss_runtime::Directory;
use std::collections::BTreeMap;
use std::sync::Arc;

const IDEA: &str = "0190a000-0000-7000-8000-000000000001";
const EVALUATION: &str = "0190a000-0000-7000-8000-000000000002";

fn person(number: u32) -> String {
    format!("00000000-0000-4000-8000-00000000000{number}")
}

fn author(number: u32, role: &str) -> Author {
    Author {
        person: person(number),
        role: role.to_owned(),
        organisation: "uddevalla".to_owned(),
    }
}

fn texts<const N: usize>(texts: [(&str, &str); N]) -> BTreeMap<String, TextNow> {
    let text = |(field, text): (&str, &str)| (field.to_owned(), TextNow::Readable(text.to_owned()));
    texts.map(text).into()
}

fn happened(service: Service, event: &str, position: u64) -> Happened {
    Happened {
        service,
        position,
        recorded: format!("2026-11-05T10:00:0{position}.000001Z"),
        id: EVALUATION.to_owned(),
        event: event.to_owned(),
        subject: format!("idea/{IDEA}"),
        who: author(1, "coordinator"),
        mandate: None,
    }
}

fn proceedings() -> Proceedings {
    let criterion = |key: &str, name_en: &str, weight| CriterionSeen {
        key: key.to_owned(),
        name_sv: format!("{name_en} på svenska"),
        name_en: name_en.to_owned(),
        weight,
    };
    let scored = |key: &str, mean_hundredths, lowest, highest| Scored {
        key: key.to_owned(),
        count: 2,
        mean_hundredths,
        lowest,
        highest,
        spread: highest - lowest,
    };
    let declared = |number, conflict, reason| Declaration {
        person: person(number),
        conflict,
        position: 1_200 + u64::from(number),
        recorded: "2026-11-04T10:00:00.000001Z".to_owned(),
        reason,
    };
    let member = |number, assessed, recused, replaced_by, rationales| PanelMember {
        assessor: person(number),
        assessed,
        revisions: number,
        recused,
        replaced_by,
        rationales,
    };
    Proceedings {
        brief: Brief {
            version: 2,
            texts: texts([("title", "Elcyklar"), ("problem", "Bilar.\n\nMånga bilar.")]),
        },
        criteria: Criteria {
            set: "uddevalla".to_owned(),
            version: 3,
            assessments_required: 2,
            criteria: vec![criterion("benefit", "Benefit", 3), criterion("cost", "", 1)],
        },
        scores: Some(Scores {
            weighted_hundredths: 425,
            criteria: vec![scored("benefit", 450, 4, 5), scored("unknown", 100, 1, 1)],
            assessors: [(person(2), [("benefit".to_owned(), 4)].into())].into(),
        }),
        conflicts: vec![
            declared(2, false, None),
            declared(3, true, Some(TextNow::Readable("Min syster.".to_owned()))),
        ],
        panel: vec![
            member(2, true, false, None, texts([("benefit", "Stor."), ("other", "Liten.")])),
            member(3, false, true, Some(person(4)), BTreeMap::new()),
            member(4, false, false, None, BTreeMap::new()),
        ],
        recommendation: Some(Recommendation {
            proposal: "advance".to_owned(),
            reasons: Some(TextNow::Readable("Bra.\nBilligt.".to_owned())),
            panel: vec![person(2), person(4)],
            dissent: vec![DissentSeen {
                assessor: person(4),
                reasons: Some(TextNow::KeyMissing),
            }],
        }),
        need_owner: Some(person(5)),
    }
}

fn mandates() -> Mandates {
    let mandate = |reference: &str, held, used, from: Option<&str>| MandateSeen {
        reference: reference.to_owned(),
        clause: "4.2".to_owned(),
        holder: person(6),
        gates: vec!["opportunity", "concept"],
        up_to_kronor: 1_500_000,
        valid_from: "2026-01-01".to_owned(),
        valid_until: None,
        handed_on_from: from.map(str::to_owned),
        revoked_from: from.map(|_| "2026-10-01".to_owned()),
        held,
        used,
    };
    Mandates {
        used: Some("uddevalla/1/4.2".to_owned()),
        verified: Some(Verified {
            position: 1_300,
            decider: person(6),
            clause: "4.2".to_owned(),
            order_version: 1,
            gate: "opportunity".to_owned(),
            cost_kronor: 12_345,
            on: "2026-11-05".to_owned(),
        }),
        order: Some(OrderSeen {
            organisation: "uddevalla".to_owned(),
            version: 1,
            form: "delegation",
            adopted_by: "Nämnden".to_owned(),
            adopted_on: "2026-01-01".to_owned(),
            paragraph: Some("§ 14".to_owned()),
            valid_from: "2026-01-02".to_owned(),
            valid_until: None,
            mandates: vec![
                mandate("uddevalla/1/4.2", true, true, None),
                mandate("uddevalla/1/4.3", false, false, Some("uddevalla/1/4.2")),
            ],
        }),
        later: vec![happened(Service::Evaluation, "MandateRevoked", 9)],
    }
}

fn dossier() -> Dossier {
    let erased = TextNow::Erased {
        on: Some("2026-12-01T10:00:00.000001Z".to_owned()),
        basis: Some("GDPR 17".to_owned()),
    };
    let known = |position, event: &str, seen, there| Known {
        position,
        recorded: "2026-11-05T09:00:00.000001Z".to_owned(),
        event: event.to_owned(),
        happened_in: "submission".to_owned(),
        happened_at: there,
        who: author(1, "coordinator"),
        seen,
        texts: texts([("title", "Elcyklar"), ("rationales.benefit", "Stor.")]),
        data: serde_json::Value::Null,
    };
    let elsewhere = |followed, arrived| Elsewhere {
        happened: happened(Service::Submission, "SupportExpressed", 5),
        followed,
        arrived,
        texts: [("reason".to_owned(), TextNow::Hidden)].into(),
    };
    Dossier {
        decision: Decision {
            event: "0190a000-0000-7000-8000-000000000003".to_owned(),
            evaluation: EVALUATION.to_owned(),
            idea: IDEA.to_owned(),
            organisation: "uddevalla".to_owned(),
            gate: "opportunity".to_owned(),
            round: 1,
            position: 1_234,
            recorded: "2026-11-05T10:00:00.000001Z".to_owned(),
            time: "2026-11-05T10:00:00Z".to_owned(),
            decided_on: "2026-11-05".to_owned(),
            who: author(6, "decision-maker"),
            board: Some(("Nämnden".to_owned(), "2026-11-05".to_owned(), "§ 1400".to_owned())),
            outcome: "advance".to_owned(),
            home: true,
            cost_kronor: 12_345,
            reconsideration: 1,
            replaced: true,
            texts: [
                ("reasons".to_owned(), erased.clone()),
                ("conditions".to_owned(), TextNow::Readable("Mät.\nVänta.".to_owned())),
            ]
            .into(),
        },
        basis: BasisSeen {
            seen: 1_233,
            size: 1_234,
            root: "a+b/c=".to_owned(),
            sources: vec![
                SourceSeen {
                    source: "submission".to_owned(),
                    epoch: 1,
                    sequence: 2_000,
                    from_position: 3_000,
                },
                SourceSeen {
                    source: "sharing".to_owned(),
                    epoch: 2,
                    sequence: 1,
                    from_position: 4,
                },
            ],
            brief_version: 2,
        },
        known: vec![
            known(1_100, "IdeaSubmitted", true, Some(1_000)),
            known(1_101, "AssessmentsRevealed", false, None),
        ],
        elsewhere: vec![
            elsewhere(true, Some(1_300)),
            elsewhere(true, None),
            elsewhere(false, None),
        ],
        proceedings: proceedings(),
        mandates: mandates(),
        acted: vec![
            Acted {
                role: "service".to_owned(),
                organisation: "uddevalla".to_owned(),
                person: person(0),
            },
            Acted {
                role: "coordinator".to_owned(),
                organisation: "uddevalla".to_owned(),
                person: person(1),
            },
        ],
        after: vec![Later {
            happened: happened(Service::Evaluation, "GateDecided", 8),
            texts: [("reason".to_owned(), erased)].into(),
        }],
        erasure: Some(Erasure {
            decided: "2026-11-30T10:00:00.000001Z".to_owned(),
            basis: "GDPR 17".to_owned(),
            by: author(1, "coordinator"),
            erased: [
                (Service::Submission, "2026-12-01T10:00:00.000001Z".to_owned()),
                (Service::Evaluation, "2026-12-01T10:00:01.000001Z".to_owned()),
            ]
            .into(),
        }),
        findings: vec!["something does not fit".to_owned()],
    }
}

/// The same without what there need not be.
fn bare() -> Dossier {
    let mut dossier = dossier();
    dossier.decision.board = None;
    dossier.decision.home = false;
    dossier.decision.replaced = false;
    dossier.decision.reconsideration = 0;
    dossier.decision.texts = texts([("reasons", "")]);
    dossier.elsewhere.clear();
    dossier.after.clear();
    dossier.findings.clear();
    dossier.erasure = None;
    dossier.proceedings.scores = None;
    dossier.proceedings.recommendation = None;
    dossier.proceedings.need_owner = None;
    dossier.proceedings.conflicts.clear();
    dossier.proceedings.panel.clear();
    dossier.mandates = Mandates {
        used: None,
        verified: None,
        order: None,
        later: Vec::new(),
    };
    dossier
}

#[test]
fn a_dossier_is_told_as_it_always_was() {
    let directory = Arc::new(Directory::of(&"uddevalla".parse().expect("a word")));
    let told = [dossier(), bare()].map(|dossier| dossier_text(&dossier, directory.clone()));
    assert_eq!(told.join("\n"), include_str!("dossier_tests.txt"));
}

/// What stands between such tags, as somebody reads it.
fn between(page: &str, tags: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in page.match_indices('<') {
        let rest = &page[at + 1..];
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        if let Some((_, inner)) = rest.split_once('>').filter(|_| tags.contains(&&*name)) {
            let inner = inner.split(&format!("</{name}>")).next().unwrap_or_default();
            let plain: String = inner
                .split('<')
                .map(|piece| piece.rsplit('>').next().unwrap_or(piece))
                .collect();
            found.push(plain.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\""));
        }
    }
    found
}

#[test]
fn the_page_and_the_text_of_a_dossier_say_the_same_in_the_same_order() {
    let directory = Arc::new(Directory::of(&"uddevalla".parse().expect("a word")));
    for dossier in [dossier(), bare()] {
        let page = DecisionPage::of(&Reader::exact(directory.clone()), &dossier);
        let (drawn, text) = (page.render().expect("a page"), page.plain());
        let main = drawn.split("<main").nth(1).expect("a page has one");
        let headings = between(main, &["h2"]);
        assert!(headings.len() >= 9, "{headings:?}");
        let mut rest = &*text;
        for heading in headings {
            let found = rest.split_once(&format!("\n{heading}\n"));
            rest = found
                .unwrap_or_else(|| panic!("{heading} is not there, or stands elsewhere, in {text}"))
                .1;
        }
        for said in between(main, &["dt", "td"]) {
            let words: Vec<&str> = said.split_whitespace().collect();
            assert!(words.iter().all(|word| text.contains(word)), "{said} is not in {text}");
        }
    }
}
