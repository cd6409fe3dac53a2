//! Brief, criteria, scores, conflicts of interest, panel and recommendation, as they stood.

use super::words;
use crate::components::{Account, Bars, Facts, Row, Table, Traced, Wording, facts, hundredths, scored};
use crate::lang::Lang;
use crate::phrases;
use crate::reader::Reader;
use idesluss_auditor::dossier::{
    CriterionSeen, Declaration, PanelMember, Proceedings, Recommendation, Scored, Scores, TextNow,
};
use std::collections::BTreeMap;

/// The case as it stood before whoever decided.
pub(super) struct ProceedingsView {
    pub(super) brief: Account,
    pub(super) criteria: Table,
    /// The scores and whose they were; None: they had not been revealed.
    pub(super) scores: Option<(Bars, Table)>,
    pub(super) declared: Traced,
    pub(super) panel: Table,
    pub(super) need_owner: Facts,
    /// None: the panel had issued none.
    pub(super) recommendation: Option<Account>,
}

impl ProceedingsView {
    pub(super) fn of(reader: &Reader<'_>, proceedings: &Proceedings) -> Self {
        let l = reader.lang;
        let scores = proceedings.scores.as_ref();
        let owner = proceedings.need_owner.as_ref();
        Self {
            brief: Account::new(l)
                .said(l.t("common-version"), proceedings.brief.version.to_string())
                .all_written(words::texts(reader, &proceedings.brief.texts)),
            criteria: criteria(l, proceedings),
            scores: scores.map(|scores| (bars(l, proceedings, scores), given(reader, proceedings, scores))),
            declared: declared(reader, &proceedings.conflicts),
            panel: panel(reader, proceedings),
            need_owner: owner.map_or_else(Facts::default, |owner| {
                facts([(l.t("common-need-owner"), reader.name(owner))])
            }),
            recommendation: (proceedings.recommendation.as_ref()).map(|given| recommendation(reader, given)),
        }
    }
}

fn name(l: Lang, criterion: &CriterionSeen) -> String {
    let name = phrases::criterion_name(l, &criterion.key, (&criterion.name_sv, &criterion.name_en));
    if name.is_empty() { criterion.key.clone() } else { name }
}

/// What a criterion is called that something was said of.
fn named(l: Lang, proceedings: &Proceedings, key: &str) -> String {
    let mut criteria = proceedings.criteria.criteria.iter();
    criteria
        .find(|known| known.key == key)
        .map_or_else(|| key.to_owned(), |known| name(l, known))
}

fn criteria(l: Lang, proceedings: &Proceedings) -> Table {
    let criteria = &proceedings.criteria;
    let row = |criterion: &CriterionSeen| Row::of([name(l, criterion), criterion.weight.to_string()]);
    let caption = l.say(
        "decision-criteria-in-force",
        &[
            ("set", &criteria.set),
            ("version", &criteria.version.to_string()),
            ("required", &criteria.assessments_required.to_string()),
        ],
    );
    Table::new(caption, [l.t("common-criterion"), l.t("common-weight")]).rows(criteria.criteria.iter().map(row))
}

fn bars(l: Lang, proceedings: &Proceedings, scores: &Scores) -> Bars {
    let bar = |given: &Scored| {
        let said = l.say(
            "decision-mean-and-spread",
            &[
                ("mean", &hundredths(l, given.mean_hundredths)),
                ("count", &given.count.to_string()),
                ("lowest", &given.lowest.to_string()),
                ("highest", &given.highest.to_string()),
                ("spread", &given.spread.to_string()),
            ],
        );
        let label = named(l, proceedings, &given.key);
        let (lowest, highest) = (u32::from(given.lowest) * 100, u32::from(given.highest) * 100);
        scored(label, said, lowest, highest, given.mean_hundredths)
    };
    Bars {
        change: None,
        caption: format!(
            "{} {}",
            l.t("common-scores-1-5-spread-and"),
            hundredths(l, scores.weighted_hundredths)
        ),
        bars: scores.criteria.iter().map(bar).collect(),
    }
}

fn given(reader: &Reader<'_>, proceedings: &Proceedings, scores: &Scores) -> Table {
    let l = reader.lang;
    let criteria = &proceedings.criteria.criteria;
    let row = |(assessor, given): (&String, &BTreeMap<String, u8>)| {
        let mut row = Row::of([reader.name(assessor)]);
        row.cells.extend(criteria.iter().map(|criterion| {
            let score = given.get(&criterion.key);
            score.map(ToString::to_string).unwrap_or_default().into()
        }));
        row
    };
    let mut table = Table::new(l.t("decision-scores-by-each-assessor"), [l.t("common-assessor")]);
    let names = criteria.iter().map(|criterion| name(l, criterion));
    table.head.extend(names);
    table.rows(scores.assessors.iter().map(row))
}

fn declared(reader: &Reader<'_>, declarations: &[Declaration]) -> Traced {
    let l = reader.lang;
    let row = |declaration: &Declaration| {
        let answer = match declaration.conflict {
            true => l.t("decision-has-a-conflict"),
            false => l.t("decision-has-none"),
        };
        let reason = declaration.reason.as_ref();
        Row {
            urgent: declaration.conflict,
            ..Row::of([
                reader.name(&declaration.person).into(),
                answer.into(),
                reason.map(|reason| words::text(reader, reason)).unwrap_or_default(),
                declaration.position.to_string().into(),
            ])
        }
    };
    let head = [
        l.t("common-who"),
        l.t("decision-answer"),
        l.t("common-reason"),
        l.t("common-entry"),
    ];
    let table = Table::new(l.t("decision-what-was-declared"), head)
        .rows(declarations.iter().map(row))
        .or(l.t("decision-nobody-had-declared"));
    Traced::new(l, table, &[3])
}

fn panel(reader: &Reader<'_>, proceedings: &Proceedings) -> Table {
    let l = reader.lang;
    let rationale = |(key, written): (&String, &TextNow)| {
        let criterion = named(l, proceedings, key);
        words::text(reader, written).within(|text| format!("{criterion}: {text}"))
    };
    let row = |member: &PanelMember| {
        let state = match (member.recused, member.assessed) {
            (true, _) => l.t("decision-stepped-aside"),
            (false, true) => l.t("decision-assessed"),
            (false, false) => l.t("decision-had-not-assessed"),
        };
        let replaced = member.replaced_by.as_ref();
        let replaced = replaced.map(|by| l.say("decision-replaced-by", &[("who", &reader.name(by))]));
        Row::of([
            reader.name(&member.assessor).into(),
            match replaced {
                Some(replaced) => format!("{state}, {replaced}").into(),
                None => state.into(),
            },
            member.revisions.to_string().into(),
            Wording::joined(member.rationales.iter().map(rationale), " – "),
        ])
    };
    let head = [
        l.t("common-assessor"),
        l.t("common-state"),
        l.t("decision-revisions"),
        l.t("decision-rationale-by-criterion"),
    ];
    Table::new(l.t("decision-the-panel"), head)
        .rows(proceedings.panel.iter().map(row))
        .or(l.t("decision-nobody-was-assigned"))
}

fn recommendation(reader: &Reader<'_>, given: &Recommendation) -> Account {
    let l = reader.lang;
    let names: Vec<String> = given.panel.iter().map(|person| reader.name(person)).collect();
    let reasons = given.reasons.iter();
    let reasons = reasons.map(|reasons| (l.t("common-reasons").to_owned(), words::text(reader, reasons)));
    let dissent = given.dissent.iter().map(|dissent| {
        let reasons = dissent.reasons.as_ref().map(|reasons| words::text(reader, reasons));
        let who = reader.name(&dissent.assessor);
        (l.say("decision-dissent", &[("who", &who)]), reasons.unwrap_or_default())
    });
    Account::new(l)
        .said(l.t("common-proposal"), words::outcome(l, &given.proposal))
        .said(l.t("common-by"), names.join(", "))
        .all_written(reasons.chain(dissent))
}
