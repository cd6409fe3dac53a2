//! Brief, criteria, scores, conflicts of interest, panel and recommendation, as they stood.

use super::words;
use crate::components::{Bar, Bars, Row, Table};
use crate::lang::Lang;
use crate::legacy::{Page, Part};
use crate::reader::Reader;
use idesluss_auditor::dossier::{CriterionSeen, Declaration, PanelMember, Proceedings, Scored, Scores, TextNow};

pub(super) fn sections(page: &mut Page, reader: &Reader<'_>, proceedings: &Proceedings) {
    let l = reader.lang;
    let mut brief = words::texts(reader, &proceedings.brief.texts);
    brief.insert(
        0,
        (l.t("common-version").to_owned(), proceedings.brief.version.to_string()),
    );
    page.section(l.t("decision-the-brief"), vec![Part::Facts(brief)]);
    page.section(l.t("decision-criteria-and-scores"), scored(reader, proceedings));
    page.section(
        l.t("decision-conflicts-of-interest-and-panel"),
        declared_and_seated(reader, proceedings),
    );
    page.section(l.t("decision-the-recommendation"), recommendation(reader, proceedings));
}

fn name(l: Lang, criterion: &CriterionSeen) -> &str {
    let name = l.either(&criterion.name_sv, &criterion.name_en);
    if name.is_empty() { &criterion.key } else { name }
}

fn hundredths(l: Lang, number: u32) -> String {
    format!("{}{}{:02}", number / 100, l.t("common-mark"), number % 100)
}

fn scored(reader: &Reader<'_>, proceedings: &Proceedings) -> Vec<Part> {
    let l = reader.lang;
    let criteria = &proceedings.criteria;
    let row = |criterion: &CriterionSeen| Row {
        href: String::new(),
        cells: vec![name(l, criterion).to_owned(), criterion.weight.to_string()],
        urgent: false,
    };
    let table = Table {
        caption: format!(
            "{} {}, version {}; {}: {}",
            l.t("decision-criteria-in-force"),
            criteria.set,
            criteria.version,
            l.t("decision-assessments-required"),
            criteria.assessments_required
        ),
        head: vec![l.t("common-criterion").to_owned(), l.t("common-weight").to_owned()],
        rows: criteria.criteria.iter().map(row).collect(),
        empty: String::new(),
        ..Table::default()
    };
    let mut parts: Vec<Part> = vec![table.into()];
    let Some(scores) = &proceedings.scores else {
        let none = l.t("decision-no-scores-had-been-revealed");
        parts.push(Part::Note(none.to_owned()));
        return parts;
    };
    parts.push(Part::Bars(bars(l, proceedings, scores)));
    parts.push(given(reader, proceedings, scores));
    parts
}

fn bars(l: Lang, proceedings: &Proceedings, scores: &Scores) -> Bars {
    // Scores from 1 to 5 over the width of the picture.
    let place = |hundredths: u32| hundredths.saturating_sub(100) * 1_000 / 400;
    let bar = |scored: &Scored| {
        let named = proceedings
            .criteria
            .criteria
            .iter()
            .find(|known| known.key == scored.key);
        let (lowest, highest) = (u32::from(scored.lowest) * 100, u32::from(scored.highest) * 100);
        Bar {
            label: named.map_or(scored.key.as_str(), |known| name(l, known)).to_owned(),
            said: format!(
                "{} {} {} {}, {} {}–{}, {} {}",
                l.t("common-mean"),
                hundredths(l, scored.mean_hundredths),
                l.t("common-of"),
                scored.count,
                l.t("common-from-3"),
                scored.lowest,
                scored.highest,
                l.t("common-spread"),
                scored.spread
            ),
            from: place(lowest),
            length: place(highest).saturating_sub(place(lowest)).max(8),
            mark: Some(place(scored.mean_hundredths).min(992)),
            class: "span",
        }
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

fn given(reader: &Reader<'_>, proceedings: &Proceedings, scores: &Scores) -> Part {
    let l = reader.lang;
    let criteria = &proceedings.criteria.criteria;
    let row = |(assessor, given): (&String, &std::collections::BTreeMap<String, u8>)| {
        let mut cells = vec![reader.name(assessor)];
        cells.extend(criteria.iter().map(|criterion| {
            let score = given.get(&criterion.key);
            score.map(ToString::to_string).unwrap_or_default()
        }));
        Row {
            href: String::new(),
            cells,
            urgent: false,
        }
    };
    let mut head = vec![l.t("common-assessor").to_owned()];
    head.extend(criteria.iter().map(|criterion| name(l, criterion).to_owned()));
    Table {
        caption: l.t("decision-scores-by-each-assessor").to_owned(),
        head,
        rows: scores.assessors.iter().map(row).collect(),
        empty: String::new(),
        ..Table::default()
    }
    .into()
}

fn declared_and_seated(reader: &Reader<'_>, proceedings: &Proceedings) -> Vec<Part> {
    let mut parts = vec![declared(reader, &proceedings.conflicts), panel(reader, proceedings)];
    if let Some(owner) = &proceedings.need_owner {
        let named = reader.lang.t("common-need-owner").to_owned();
        parts.push(Part::Facts(vec![(named, reader.name(owner))]));
    }
    parts
}

fn declared(reader: &Reader<'_>, declarations: &[Declaration]) -> Part {
    let l = reader.lang;
    let row = |declaration: &Declaration| Row {
        href: String::new(),
        cells: vec![
            reader.name(&declaration.person),
            if declaration.conflict {
                l.t("decision-has-a-conflict").to_owned()
            } else {
                l.t("decision-has-none").to_owned()
            },
            declaration
                .reason
                .as_ref()
                .map(|reason| words::text(reader, reason))
                .unwrap_or_default(),
            declaration.position.to_string(),
        ],
        urgent: declaration.conflict,
    };
    let head = [
        l.t("common-who"),
        l.t("decision-answer"),
        l.t("common-reason"),
        l.t("common-entry"),
    ];
    Table {
        caption: l.t("decision-what-was-declared").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: declarations.iter().map(row).collect(),
        empty: l.t("decision-nobody-had-declared").to_owned(),
        ..Table::default()
    }
    .into()
}

fn panel(reader: &Reader<'_>, proceedings: &Proceedings) -> Part {
    let l = reader.lang;
    let rationale = |(key, written): (&String, &TextNow)| {
        let known = proceedings.criteria.criteria.iter().find(|known| known.key == *key);
        let criterion = known.map_or(key.as_str(), |known| name(l, known));
        format!("{criterion}: {}", words::text(reader, written))
    };
    let row = |member: &PanelMember| {
        let state = match (member.recused, member.assessed) {
            (true, _) => l.t("decision-stepped-aside"),
            (false, true) => l.t("decision-assessed"),
            (false, false) => l.t("decision-had-not-assessed"),
        };
        let replaced = member
            .replaced_by
            .as_ref()
            .map(|by| format!("{} {}", l.t("decision-replaced-by"), reader.name(by)));
        Row {
            href: String::new(),
            cells: vec![
                reader.name(&member.assessor),
                [Some(state.to_owned()), replaced]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
                member.revisions.to_string(),
                member.rationales.iter().map(rationale).collect::<Vec<_>>().join(" – "),
            ],
            urgent: false,
        }
    };
    let head = [
        l.t("common-assessor"),
        l.t("common-state"),
        l.t("decision-revisions"),
        l.t("decision-rationale-by-criterion"),
    ];
    Table {
        caption: l.t("decision-the-panel").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: proceedings.panel.iter().map(row).collect(),
        empty: l.t("decision-nobody-was-assigned").to_owned(),
        ..Table::default()
    }
    .into()
}

fn recommendation(reader: &Reader<'_>, proceedings: &Proceedings) -> Vec<Part> {
    let l = reader.lang;
    let Some(recommendation) = &proceedings.recommendation else {
        let none = l.t("decision-the-panel-had-issued-no");
        return vec![Part::Note(none.to_owned())];
    };
    let names: Vec<String> = recommendation.panel.iter().map(|person| reader.name(person)).collect();
    let mut facts = vec![
        (
            l.t("common-proposal").to_owned(),
            words::outcome(l, &recommendation.proposal).to_owned(),
        ),
        (l.t("common-by").to_owned(), names.join(", ")),
    ];
    if let Some(reasons) = &recommendation.reasons {
        facts.push((l.t("common-reasons").to_owned(), words::text(reader, reasons)));
    }
    for dissent in &recommendation.dissent {
        let reasons = dissent.reasons.as_ref().map(|reasons| words::text(reader, reasons));
        facts.push((
            format!("{} {}", l.t("decision-dissent"), reader.name(&dissent.assessor)),
            reasons.unwrap_or_default(),
        ));
    }
    vec![Part::Facts(facts)]
}
