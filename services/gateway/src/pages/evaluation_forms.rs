//! What somebody does with an evaluation: a form for each thing that they may do now.

use super::evaluation_acts::ACTS;
use crate::form::{Form, all_called, in_row};
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::session::User;
use crate::view::text;
use idesluss_domain::evaluation::evaluation::rights;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;

/// Everybody who holds a role somewhere.
fn holders(user: &User, role: Role) -> Vec<(String, String)> {
    let directory = user.web.directory();
    let reader = Reader::of(user);
    let people = directory.people.iter().filter_map(|person| {
        let held = person.roles.iter().find(|held| held.role == role)?;
        let name = format!(
            "{} ({})",
            reader.called(person),
            reader.organisation(held.organisation.as_str())
        );
        Some((person.id.to_string(), name))
    });
    people.collect()
}

/// The forms that the user may fill in now: what comes next, and what can be done as well.
pub(super) fn forms(user: &User, evaluation: &pb::Evaluation) -> (Vec<Form>, Vec<Form>) {
    let l = user.lang;
    let Some(summary) = &evaluation.summary else {
        return (Vec::new(), Vec::new());
    };
    let may = Offered(&evaluation.actions);
    let at = format!("/bedomningar/{}", summary.evaluation);
    let (mut next, mut forms): (Vec<Form>, Vec<Form>) = (Vec::new(), Vec::new());
    if may.has(&rights::DECLARE_NO_CONFLICT) {
        next.push(declare(l, &at));
    }
    if may.has(&rights::REVISE) {
        forms.push(assess(user, evaluation, &at, true));
    } else if may.has(&rights::ASSESS) {
        next.push(assess(user, evaluation, &at, false));
    }
    if may.has(&rights::CONFIRM_NEED_OWNER) {
        next.push(Form::of(ACTS, &at, "behov", l.t("evaluation-the-need-is-ours-confirm")));
    }
    if may.has(&rights::ASSIGN) {
        let form = Form::of(ACTS, &at, "utse", l.t("evaluation-assign")).folded(l.t("evaluation-assign-assessors"));
        let form = form.ticks("assessors", l.t("evaluation-assessors"), holders(user, Role::Assessor));
        // Until there are as many as are required, that is what comes next.
        let to = if summary.assigned < summary.required {
            &mut next
        } else {
            &mut forms
        };
        to.push(form);
        let active = evaluation.assessors.iter().filter(|assessor| !assessor.recused);
        let active: Vec<_> = active
            .map(|assessor| (assessor.assessor.clone(), user.name(&assessor.assessor)))
            .collect();
        if !active.is_empty() {
            let causes = all_called(|cause| recusal_cause(l, cause));
            let recuse = Form::of(ACTS, &at, "tabort", l.t("evaluation-take-off"))
                .folded(l.t("evaluation-take-an-assessor-off"))
                .select("assessor", l.t("common-assessor"), active)
                .radio("cause", l.t("evaluation-is-it-for-a-conflict"), causes)
                .ask("reason", l.t("common-why"))
                .select(
                    "replaced_by",
                    l.t("evaluation-replaced-by"),
                    holders(user, Role::Assessor),
                );
            forms.push(recuse);
        }
    }
    if may.has(&rights::REVEAL) {
        next.push(Form::of(ACTS, &at, "visa", l.t("evaluation-show-all-assessments")));
    }
    if may.has(&rights::RECOMMEND) {
        let to = if evaluation.recommendation.is_none() {
            &mut next
        } else {
            &mut forms
        };
        to.push(recommend(user, evaluation, &at));
    }
    forms.extend(after_decision(user, may, &at));
    if may.has(&rights::COMPLETE_PILOT) {
        forms.push(complete_pilot(l, &at));
    }
    if may.has(&rights::START_PILOT) {
        forms.push(start_pilot(l, &at));
    }
    (next, forms)
}

/// Whether it is for a conflict of interest that somebody is taken off.
fn recusal_cause(l: Lang, cause: pb::RecusalCause) -> &'static str {
    match cause {
        pb::RecusalCause::Unspecified => "",
        pb::RecusalCause::Conflict => l.t("evaluation-yes-the-person-takes-no"),
        pb::RecusalCause::Other => l.t("evaluation-no-the-person-may-have"),
    }
}

fn declare(l: Lang, at: &str) -> Form {
    let answers = vec![
        ("nej".to_owned(), l.t("evaluation-no-i-have-no-conflict").to_owned()),
        ("ja".to_owned(), l.t("evaluation-yes-i-have-one-and").to_owned()),
    ];
    Form::of(ACTS, at, "jav", l.t("common-answer"))
        .radio("conflict", l.t("evaluation-is-there-any-conflict-of"), answers)
        .help(l.t("evaluation-such-as-the-idea-is"))
        .ask("reason", l.t("evaluation-if-so-which"))
}

fn assess(user: &User, evaluation: &pb::Evaluation, at: &str, again: bool) -> Form {
    let l = user.lang;
    let (action, button) = if again {
        ("andra", l.t("evaluation-change-my-assessment"))
    } else {
        ("omdome", l.t("evaluation-give-my-assessment"))
    };
    let own = user.acting_as.person.to_string();
    let given = evaluation
        .assessments
        .iter()
        .find(|assessment| assessment.assessor == own);
    let note = l.t("evaluation-nobody-sees-your-assessment-before");
    let form = Form::of(ACTS, at, action, button).note(note);
    let mut form = if again { form.folded(button) } else { form };
    for (row, criterion) in evaluation.criteria.iter().flat_map(|set| &set.criteria).enumerate() {
        let field = |name: &str| format!("scores[{row}].{name}");
        let (name, steps) = (
            phrases::criterion_of(l, criterion),
            phrases::criterion_steps(l, criterion),
        );
        let scores = (1..=5)
            .zip(steps)
            .map(|(score, step): (u32, String)| (score.to_string(), format!("{score} – {step}")));
        let before = given.and_then(|given| given.criteria.iter().find(|scored| scored.criterion == criterion.key));
        form = form
            .hidden(&field("criterion"), &criterion.key)
            .radio(&field("score"), &name, scores.collect())
            .value(before.map(|scored| scored.score.to_string()).unwrap_or_default())
            .ask(&field("rationale"), &in_row(l, "common-why", &name))
            .value(
                before
                    .map(|scored| text(l, scored.rationale.as_ref()).text)
                    .unwrap_or_default(),
            );
    }
    form
}

/// Outcomes to choose from.
pub(super) fn outcomes(l: Lang) -> Vec<(String, String)> {
    all_called(|outcome| phrases::outcome_choice(l, outcome))
}

fn recommend(user: &User, evaluation: &pb::Evaluation, at: &str) -> Form {
    let l = user.lang;
    let shown: Vec<_> = evaluation
        .assessments
        .iter()
        .map(|assessment| (assessment.assessor.clone(), user.name(&assessment.assessor)))
        .collect();
    Form::of(ACTS, at, "rekommendera", l.t("evaluation-recommend"))
        .folded(l.t("evaluation-write-the-panels-recommendation"))
        .radio("proposal", l.t("evaluation-the-panel-proposes"), outcomes(l))
        .ask("reasons", l.t("common-reasons"))
        .ticks("panel", l.t("evaluation-behind-it-stand"), shown.clone())
        .select(
            "dissent[0].assessor",
            l.t("evaluation-somebody-who-sees-it-otherwise"),
            shown,
        )
        .optional()
        .ask("dissent[0].reasons", l.t("common-how"))
        .optional()
}

fn after_decision(user: &User, may: Offered, at: &str) -> Vec<Form> {
    let l = user.lang;
    let mut forms = Vec::new();
    if may.has(&rights::REPORT) {
        let report = Form::of(ACTS, at, "anmal", l.t("evaluation-report"))
            .folded(l.t("evaluation-report-the-decision-to-the"))
            .ask("board", l.t("evaluation-board"))
            .ask("meeting", l.t("common-day-of-the-meeting"))
            .ask("paragraph", l.t("common-paragraph"));
        forms.push(report);
    }
    if may.has(&rights::CORRECT) {
        let correct =
            Form::of(ACTS, at, "ratta", l.t("evaluation-correct")).folded(l.t("evaluation-correct-a-slip-of-the"));
        forms.push(correct.ask("correction", l.t("evaluation-what-is-wrong-and-how")));
    }
    if may.has(&rights::COMMIT_RESOURCES) {
        let commit = Form::of(ACTS, at, "avsatt", l.t("evaluation-set-aside-2"))
            .folded(l.t("evaluation-set-money-or-time-aside"))
            .ask("amount_kronor", l.t("evaluation-kronor"))
            .one_of_several()
            .value("0")
            .ask("hours", l.t("evaluation-hours"))
            .one_of_several()
            .value("0")
            .ask("until", l.t("common-until"))
            .ask("note", l.t("evaluation-for-what"));
        forms.push(commit);
    }
    if may.has(&rights::ARRANGE_SUPPORT) {
        let directory = user.web.directory();
        let partners = directory.organisations.iter();
        let partners = partners
            .map(|partner| (partner.id.to_string(), partner.name.clone()))
            .collect();
        let support = Form::of(ACTS, at, "stod", l.t("common-save"))
            .folded(l.t("evaluation-arrange-a-partners-support"))
            .select("partner", l.t("evaluation-partner"), partners)
            .select(
                "kind",
                l.t("evaluation-support-for"),
                all_called(|kind| phrases::support(l, kind)),
            )
            .ask("note", l.t("evaluation-what-was-agreed"));
        forms.push(support);
    }
    forms
}

fn complete_pilot(l: Lang, at: &str) -> Form {
    Form::of(ACTS, at, "pilot-slut", l.t("common-save"))
        .folded(l.t("evaluation-end-the-pilot"))
        .radio(
            "verdict",
            l.t("evaluation-how-did-it-come-out"),
            all_called(|verdict| phrases::verdict(l, verdict)),
        )
        .ask("result", l.t("evaluation-what-was-measured-and-learnt"))
        .ask("completed_on", l.t("evaluation-the-last-day"))
}

fn start_pilot(l: Lang, at: &str) -> Form {
    Form::of(ACTS, at, "pilot", l.t("evaluation-begin"))
        .folded(l.t("evaluation-begin-a-pilot"))
        .ask("hypothesis", l.t("evaluation-what-is-believed-2"))
        .ask("metric", l.t("evaluation-what-is-measured-2"))
        .ask("starts_on", l.t("common-the-first-day"))
        .ask("ends_on", l.t("evaluation-the-last-day"))
}
