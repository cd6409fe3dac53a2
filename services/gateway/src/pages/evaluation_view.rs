//! What may be seen of an evaluation, on its own page, on the decision's, and on the one about what a decision rests on.

use crate::components::{
    Badges, Bars, BarsPart, Facts, Matrix, MatrixCell, MatrixRow, Message, Prose, Row, Table, Texts, Thread, Wording,
    bars, facts, fields_of, hundredths, scored,
};
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{kronor, moment, text};
use askama::Template;
use askama::filters::HtmlSafe;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::submission::{ApproveBriefRequest, GetIdeaRequest};

/// Scores that lie so far apart are looked at first.
const APART: u32 = 2;

/// Everything that may be seen, without what can be done.
#[derive(Template)]
#[template(path = "evaluation_view.html")]
pub(super) struct EvaluationView {
    l: Lang,
    pub(super) title: Wording,
    pub(super) badges: Badges,
    /// What is to be known before all else; empty: nothing.
    pub(super) warning: &'static str,
    /// The brief's version and texts.
    brief: Option<(String, Texts)>,
    decisions: Vec<DecisionView>,
    recommendation: Option<Recommendation>,
    scores: Option<Bars>,
    matrix: Option<Matrix>,
    assessors: Option<Table>,
    /// What a conflict of interest is stands above it; else it stands with those who answer for one.
    pub(super) is_explained: bool,
    pilots: Vec<(&'static str, Facts)>,
    resources: Facts,
    earlier: Vec<DecisionView>,
    about: Facts,
    /// Leads to the idea, whoever may see it.
    idea: Option<String>,
}

impl HtmlSafe for EvaluationView {}

/// A decision and why.
struct DecisionView {
    heading: &'static str,
    /// What has made it doubtful since; empty: nothing.
    warning: &'static str,
    reasons: Prose,
    about: Facts,
}

/// What a panel proposed, and who sees it otherwise.
struct Recommendation {
    proposal: &'static str,
    warning: &'static str,
    reasons: Prose,
    dissent: Thread,
}

impl EvaluationView {
    /// A picture in the language of the page.
    fn picture<'a>(&self, shown: &'a Bars) -> BarsPart<'a> {
        bars(self.l, shown)
    }

    pub(super) fn of(user: &User, evaluation: &pb::Evaluation, is_explained: bool) -> Self {
        let l = user.lang;
        let summary = evaluation.summary.clone().unwrap_or_default();
        let home = summary.organisation == user.acting_as.organisation.as_str();
        let need_owner = match evaluation.need_owner.as_str() {
            "" => String::new(),
            person => user.name(person),
        };
        Self {
            l,
            title: text(l, summary.title.as_ref()).or(l.t("evaluation-before-the-sluice")),
            badges: Badges::default()
                .and(phrases::gate(l, summary.gate()), false)
                .and(phrases::evaluation_phase(l, summary.phase()), false)
                .and(phrases::outcome(l, summary.outcome()), false),
            warning: match evaluation.falls_short {
                true => l.t("evaluation-an-assessor-has-become-a"),
                false => "",
            },
            brief: evaluation.brief.as_ref().map(|brief| {
                let heading = format!("{} {}", l.t("common-brief-version"), brief.version);
                (heading, fields_of::<ApproveBriefRequest>(l, &brief.texts))
            }),
            decisions: (evaluation.decision.iter().chain(&evaluation.reconsidered))
                .map(|made| decision(user, made))
                .collect(),
            recommendation: (evaluation.recommendation.as_ref()).map(|given| recommendation(user, given)),
            scores: scores(l, evaluation),
            matrix: matrix(user, evaluation),
            assessors: assessors(user, evaluation),
            is_explained,
            pilots: evaluation.pilots.iter().map(|made| pilot(l, made)).collect(),
            resources: resources(user, evaluation),
            earlier: evaluation
                .earlier_decisions
                .iter()
                .map(|made| earlier(l, made))
                .collect(),
            about: facts([
                (l.t("evaluation-opened"), moment(l, &summary.opened_at)),
                (
                    l.t("common-organisation"),
                    user.organisation_name(&summary.organisation),
                ),
                (l.t("common-need-owner"), need_owner),
                (l.t("evaluation-assessments-required"), summary.required.to_string()),
            ]),
            idea: (home && user.may::<GetIdeaRequest>()).then(|| format!("/ideer/{}", summary.idea)),
        }
    }
}

fn decision(user: &User, made: &pb::Decision) -> DecisionView {
    let l = user.lang;
    let decider = match (made.decider.as_str(), made.board.as_str()) {
        ("", board) => Wording::written(format!("{board} {} {}", l.day(&made.meeting), made.paragraph)),
        (person, _) => user.name(person).into(),
    };
    let outcome = phrases::outcome(l, made.outcome());
    let home = if made.home { l.t("evaluation-at-home") } else { "" };
    let reports = (made.reports.iter()).map(|report| {
        Wording::written(format!(
            "{} {} {}",
            report.board,
            l.day(&report.meeting),
            report.paragraph
        ))
    });
    let corrections = made.corrections.iter().map(|correction| text(l, Some(correction)));
    DecisionView {
        heading: l.t("common-decision"),
        warning: match made.decider_is_author {
            true => l.t("evaluation-who-decided-has-become-a"),
            false => "",
        },
        reasons: Prose(text(l, made.reasons.as_ref())),
        about: facts([
            (l.t("common-decision"), format!("{outcome}{home}").into()),
            (l.t("common-by"), decider),
            (l.t("common-day"), l.day(&made.decided_on).into()),
            (
                l.t("common-mandate"),
                (made.mandate.as_ref()).map_or_else(Wording::default, |mandate| {
                    phrases::mandate(l, &mandate.reference).into()
                }),
            ),
            (l.t("common-cost"), kronor(l, made.cost_kronor).into()),
            (l.t("common-conditions"), text(l, made.conditions.as_ref())),
            (l.t("evaluation-reported-to"), Wording::joined(reports, "; ")),
            (l.t("evaluation-corrections"), Wording::joined(corrections, "; ")),
        ]),
    }
}

fn recommendation(user: &User, given: &pb::Recommendation) -> Recommendation {
    let l = user.lang;
    let dissent = given.dissent.iter().map(|voice| Message {
        heading: format!("{} {}", user.name(&voice.assessor), l.t("evaluation-sees-it-otherwise")),
        text: Prose(text(l, voice.reasons.as_ref())),
        ..Message::default()
    });
    Recommendation {
        proposal: phrases::outcome(l, given.proposal()),
        warning: match given.set_aside {
            true => l.t("evaluation-does-not-count-one-of"),
            false => "",
        },
        reasons: Prose(text(l, given.reasons.as_ref())),
        dissent: Thread(dissent.collect()),
    }
}

/// What the criteria are called.
fn criterion_name(l: Lang, evaluation: &pb::Evaluation, key: &str) -> String {
    let set = evaluation.criteria.iter().flat_map(|set| &set.criteria);
    let known = set.into_iter().find(|criterion| criterion.key == key);
    known.map_or_else(|| key.to_owned(), |criterion| phrases::criterion_of(l, criterion))
}

fn scores(l: Lang, evaluation: &pb::Evaluation) -> Option<Bars> {
    let bar = |summary: &pb::CriterionSummary| {
        let said = format!(
            "{} {}, {} {}–{}",
            l.t("common-mean"),
            hundredths(l, summary.mean_hundredths),
            l.t("common-spread"),
            summary.lowest,
            summary.highest
        );
        let label = criterion_name(l, evaluation, &summary.criterion);
        let (lowest, highest) = (summary.lowest * 100, summary.highest * 100);
        scored(label, said, lowest, highest, summary.mean_hundredths)
    };
    (!evaluation.summaries.is_empty()).then(|| Bars {
        change: None,
        caption: format!(
            "{} {}",
            l.t("common-scores-1-5-spread-and"),
            hundredths(l, evaluation.weighted_hundredths)
        ),
        bars: evaluation.summaries.iter().map(bar).collect(),
    })
}

/// Every assessment that is shown, side by side, in the order of the criteria.
fn matrix(user: &User, evaluation: &pb::Evaluation) -> Option<Matrix> {
    let l = user.lang;
    let given = &evaluation.assessments;
    let criteria = evaluation.criteria.iter().flat_map(|set| &set.criteria);
    let row = |criterion: &pb::Criterion| {
        let said = given.iter().map(|assessment| {
            let scored = assessment
                .criteria
                .iter()
                .find(|scored| scored.criterion == criterion.key);
            (scored.map_or(0, |scored| scored.score), scored)
        });
        let said: Vec<_> = said.collect();
        let scores = || said.iter().map(|(score, _)| *score).filter(|score| *score > 0);
        let spread = scores().max().unwrap_or(0) - scores().min().unwrap_or(0);
        let cell = |(score, scored): &(u32, Option<&pb::AssessedCriterion>)| MatrixCell {
            said: match score {
                0 => String::new(),
                score => score.to_string(),
            },
            why: scored
                .map(|scored| text(l, scored.rationale.as_ref()))
                .unwrap_or_default(),
        };
        MatrixRow {
            name: format!(
                "{} ({} {})",
                phrases::criterion_of(l, criterion),
                l.t("common-weight-in-row"),
                criterion.weight
            ),
            cells: said.iter().map(cell).collect(),
            apart: match spread {
                spread if spread >= APART => l.t("evaluation-far-apart").to_owned(),
                _ => String::new(),
            },
        }
    };
    (!given.is_empty()).then(|| Matrix {
        caption: l.t("evaluation-scores-and-reasons-side").to_owned(),
        corner: l.t("common-criterion").to_owned(),
        columns: given.iter().map(|assessment| user.name(&assessment.assessor)).collect(),
        rows: criteria.map(row).collect(),
    })
}

fn assessors(user: &User, evaluation: &pb::Evaluation) -> Option<Table> {
    let l = user.lang;
    let state = |assessor: &pb::AssessorState| match assessor {
        pb::AssessorState { author: true, .. } => l.t("evaluation-wrote-the-idea-or-one"),
        pb::AssessorState { recused: true, .. } => l.t("evaluation-stepped-aside"),
        pb::AssessorState {
            declared_conflict: true,
            ..
        } => l.t("evaluation-conflict-declared"),
        pb::AssessorState { assessed: true, .. } => l.t("evaluation-has-assessed"),
        pb::AssessorState {
            declared_no_conflict: true,
            ..
        } => l.t("evaluation-no-conflict-assessing"),
        _ => l.t("common-assigned"),
    };
    let rows = (evaluation.assessors.iter())
        .map(|assessor| Row::of([user.name(&assessor.assessor), state(assessor).to_owned()]));
    let head = [l.t("common-assessor"), l.t("common-state")];
    (!evaluation.assessors.is_empty()).then(|| Table::new(l.t("evaluation-who-assesses"), head).rows(rows))
}

fn pilot(l: Lang, pilot: &pb::Pilot) -> (&'static str, Facts) {
    let about = facts([
        (l.t("evaluation-what-is-believed"), text(l, pilot.hypothesis.as_ref())),
        (l.t("evaluation-what-is-measured"), text(l, pilot.metric.as_ref())),
        (l.t("evaluation-began"), l.day(&pilot.starts_on).into()),
        (l.t("evaluation-ended"), l.day(&pilot.completed_on).into()),
        (l.t("evaluation-result"), text(l, pilot.result.as_ref())),
    ]);
    (phrases::verdict(l, pilot.verdict()), about)
}

fn resources(user: &User, evaluation: &pb::Evaluation) -> Facts {
    let l = user.lang;
    let set_aside = evaluation.resources.iter().map(|resources| {
        let hours = l.say("evaluation-so-many-hours", &[("hours", &resources.hours.to_string())]);
        format!(
            "{}, {hours} {} {}",
            kronor(l, resources.amount_kronor),
            l.day(&resources.until),
            text(l, resources.note.as_ref())
        )
    });
    let support = evaluation.support.iter().map(|support| {
        format!(
            "{}: {} {}",
            user.organisation_name(&support.partner),
            phrases::support(l, support.kind()),
            text(l, support.note.as_ref())
        )
    });
    facts([
        (l.t("evaluation-set-aside"), set_aside.collect::<Vec<_>>().join("; ")),
        (l.t("evaluation-support"), support.collect::<Vec<_>>().join("; ")),
    ])
}

fn earlier(l: Lang, earlier: &pb::EarlierDecision) -> DecisionView {
    DecisionView {
        heading: l.t("evaluation-earlier-decision"),
        warning: match earlier.before_submission {
            true => l.t("evaluation-dated-before-the-idea"),
            false => "",
        },
        reasons: Prose(text(l, earlier.reasons.as_ref())),
        about: facts([
            (l.t("common-outcome"), phrases::outcome(l, earlier.outcome()).to_owned()),
            (l.t("evaluation-status-in-the-register"), earlier.stated_status.clone()),
            (l.t("evaluation-decided"), l.day(&earlier.decided)),
            (l.t("evaluation-taken-over-from"), earlier.import.clone()),
        ]),
    }
}
