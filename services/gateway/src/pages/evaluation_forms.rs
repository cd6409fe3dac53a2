//! What somebody does with an evaluation: a form for each thing that they may do now.

use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::session::User;
use crate::view::{Form, Part, choices, text};
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

/// The forms that the user may fill in now.
pub(super) fn forms(user: &User, evaluation: &pb::Evaluation) -> Vec<Part> {
    let l = user.lang;
    let Some(summary) = &evaluation.summary else {
        return Vec::new();
    };
    let may = Offered(&evaluation.actions);
    let at = format!("/bedomningar/{}", summary.evaluation);
    let mut forms: Vec<Form> = Vec::new();
    if may.has(&rights::DECLARE_NO_CONFLICT) {
        forms.push(declare(l, &at));
    }
    let again = may.has(&rights::REVISE);
    if again || may.has(&rights::ASSESS) {
        forms.push(assess(user, evaluation, &at, again));
    }
    if may.has(&rights::CONFIRM_NEED_OWNER) {
        forms.push(Form::new(
            format!("{at}/behov"),
            l.t("Behovet är vårt: bekräfta", "The need is ours: confirm"),
        ));
    }
    if may.has(&rights::ASSIGN) {
        let form = Form::folded(
            format!("{at}/utse"),
            l.t("Utse bedömare", "Assign assessors"),
            l.t("Utse", "Assign"),
        );
        forms.push(form.ticks("assessors", l.t("Bedömare", "Assessors"), holders(user, Role::Assessor)));
        let active = evaluation.assessors.iter().filter(|assessor| !assessor.recused);
        let active: Vec<_> = active
            .map(|assessor| (assessor.assessor.clone(), user.name(&assessor.assessor)))
            .collect();
        if !active.is_empty() {
            let causes = choices([
                (
                    pb::RecusalCause::Other.into(),
                    l.t(
                        "Nej, personen får ha en annan uppgift",
                        "No, the person may have another task",
                    ),
                ),
                (
                    pb::RecusalCause::Conflict.into(),
                    l.t(
                        "Ja, personen deltar inte alls, inte heller i senare omgångar",
                        "Yes, the person takes no part at all, nor in later rounds",
                    ),
                ),
            ]);
            let recuse = Form::folded(
                format!("{at}/tabort"),
                l.t("Ta bort en bedömare", "Take an assessor off"),
                l.t("Ta bort", "Take off"),
            )
            .select("assessor", l.t("Bedömare", "Assessor"), active)
            .radio(
                "cause",
                l.t("Är det för jäv?", "Is it for a conflict of interest?"),
                causes,
            )
            .lines("reason", l.t("Varför?", "Why?"))
            .select(
                "replaced_by",
                l.t("Ersätts av", "Replaced by"),
                holders(user, Role::Assessor),
            )
            .optional();
            forms.push(recuse);
        }
    }
    if may.has(&rights::REVEAL) {
        forms.push(Form::new(
            format!("{at}/visa"),
            l.t("Visa alla omdömen", "Show all assessments"),
        ));
    }
    if may.has(&rights::RECOMMEND) {
        forms.push(recommend(user, evaluation, &at));
    }
    forms.extend(after_decision(user, may, &at));
    if may.has(&rights::COMPLETE_PILOT) {
        forms.push(complete_pilot(l, &at));
    }
    if may.has(&rights::START_PILOT) {
        forms.push(start_pilot(l, &at));
    }
    forms.into_iter().map(Part::from).collect()
}

fn declare(l: Lang, at: &str) -> Form {
    let answers = vec![
        (
            "nej".to_owned(),
            l.t("Nej, jag har inget jäv", "No, I have no conflict of interest")
                .to_owned(),
        ),
        (
            "ja".to_owned(),
            l.t("Ja, jag är jävig och kliver av", "Yes, I have one and step aside")
                .to_owned(),
        ),
    ];
    Form::new(format!("{at}/jav"), l.t("Svara", "Answer"))
        .radio("conflict", l.t("Finns det något jäv?", "Is there any conflict of interest?"), answers)
        .help(l.t(
            "Jäv är till exempel att idén är din egen, att någon närstående berörs, eller att annat kan rubba förtroendet för dig.",
            "Such as: the idea is your own, somebody close to you is concerned, or something else could shake the trust in you.",
        ))
        .lines("reason", l.t("Om ja: vilket?", "If so: which?"))
        .optional()
}

fn assess(user: &User, evaluation: &pb::Evaluation, at: &str, again: bool) -> Form {
    let l = user.lang;
    let (action, button) = if again {
        ("andra", l.t("Ändra mitt omdöme", "Change my assessment"))
    } else {
        ("omdome", l.t("Lämna mitt omdöme", "Give my assessment"))
    };
    let own = user.acting_as.person.to_string();
    let given = evaluation
        .assessments
        .iter()
        .find(|assessment| assessment.assessor == own);
    let mut form = Form::new(format!("{at}/{action}"), button).note(l.t(
        "Ingen ser ditt omdöme förrän alla har lämnat sitt.",
        "Nobody sees your assessment before everybody has given theirs.",
    ));
    for (row, criterion) in evaluation.criteria.iter().flat_map(|set| &set.criteria).enumerate() {
        let field = |name: &str| format!("scores[{row}].{name}");
        let steps = if l == Lang::Swedish {
            &criterion.steps_sv
        } else {
            &criterion.steps_en
        };
        let scores = (1..=5)
            .zip(steps)
            .map(|(score, step): (u32, &String)| (score.to_string(), format!("{score} – {step}")));
        let before = given.and_then(|given| given.criteria.iter().find(|scored| scored.criterion == criterion.key));
        form = form
            .hidden(&field("criterion"), &criterion.key)
            .radio(
                &field("score"),
                l.t(&criterion.name_sv, &criterion.name_en),
                scores.collect(),
            )
            .value(before.map(|scored| scored.score.to_string()).unwrap_or_default())
            .lines(&field("rationale"), l.t("Varför?", "Why?"))
            .value(
                before
                    .map(|scored| text(l, scored.rationale.as_ref()))
                    .unwrap_or_default(),
            );
    }
    form
}

/// Outcomes to choose from.
pub(super) fn outcomes(l: Lang) -> Vec<(String, String)> {
    let all = [
        pb::Outcome::Advance,
        pb::Outcome::Return,
        pb::Outcome::Park,
        pb::Outcome::Reject,
    ];
    choices(all.map(|outcome| (i32::from(outcome), phrases::outcome(l, outcome))))
}

fn recommend(user: &User, evaluation: &pb::Evaluation, at: &str) -> Form {
    let l = user.lang;
    let shown: Vec<_> = evaluation
        .assessments
        .iter()
        .map(|assessment| (assessment.assessor.clone(), user.name(&assessment.assessor)))
        .collect();
    Form::folded(
        format!("{at}/rekommendera"),
        l.t("Skriv panelens rekommendation", "Write the panel's recommendation"),
        l.t("Rekommendera", "Recommend"),
    )
    .radio("proposal", l.t("Panelen föreslår", "The panel proposes"), outcomes(l))
    .lines("reasons", l.t("Motivering", "Reasons"))
    .ticks("panel", l.t("Bakom förslaget står", "Behind it stand"), shown.clone())
    .select(
        "dissent[0].assessor",
        l.t("Någon som ser det annorlunda", "Somebody who sees it otherwise"),
        shown,
    )
    .optional()
    .lines("dissent[0].reasons", l.t("Hur?", "How?"))
    .optional()
}

fn after_decision(user: &User, may: Offered, at: &str) -> Vec<Form> {
    let l = user.lang;
    let mut forms = Vec::new();
    if may.has(&rights::REPORT) {
        let report = Form::folded(
            format!("{at}/anmal"),
            l.t("Anmäl beslutet till nämnden", "Report the decision to the board"),
            l.t("Anmäl", "Report"),
        )
        .line("board", l.t("Nämnd", "Board"))
        .date("meeting", l.t("Sammanträdesdag", "Day of the meeting"))
        .line("paragraph", l.t("Paragraf", "Paragraph"))
        .optional();
        forms.push(report);
    }
    if may.has(&rights::CORRECT) {
        let correct = Form::folded(
            format!("{at}/ratta"),
            l.t("Rätta ett skrivfel", "Correct a slip of the pen"),
            l.t("Rätta", "Correct"),
        );
        forms.push(correct.lines(
            "correction",
            l.t(
                "Vad är fel, och hur ska det läsas?",
                "What is wrong, and how is it to be read?",
            ),
        ));
    }
    if may.has(&rights::COMMIT_RESOURCES) {
        let commit = Form::folded(
            format!("{at}/avsatt"),
            l.t("Avsätt pengar eller tid", "Set money or time aside"),
            l.t("Avsätt", "Set aside"),
        )
        .number("amount_kronor", l.t("Kronor", "Kronor"))
        .value("0")
        .number("hours", l.t("Timmar", "Hours"))
        .value("0")
        .date("until", l.t("Till och med", "Until"))
        .optional()
        .lines("note", l.t("Till vad?", "For what?"))
        .optional();
        forms.push(commit);
    }
    if may.has(&rights::ARRANGE_SUPPORT) {
        let directory = user.web.directory();
        let partners = directory.organisations.iter();
        let partners = partners
            .map(|partner| (partner.id.to_string(), partner.name.clone()))
            .collect();
        let kinds = [
            pb::SupportKind::Development,
            pb::SupportKind::Implementation,
            pb::SupportKind::Commercialisation,
            pb::SupportKind::Procurement,
            pb::SupportKind::Testbed,
        ];
        let support = Form::folded(
            format!("{at}/stod"),
            l.t("Ordna stöd från en partner", "Arrange a partner's support"),
            l.t("Spara", "Save"),
        )
        .select("partner", l.t("Partner", "Partner"), partners)
        .select(
            "kind",
            l.t("Stöd till", "Support for"),
            choices(kinds.map(|kind| (i32::from(kind), phrases::support(l, kind)))),
        )
        .lines("note", l.t("Vad är överenskommet?", "What was agreed?"))
        .optional();
        forms.push(support);
    }
    forms
}

fn complete_pilot(l: Lang, at: &str) -> Form {
    let verdicts = [
        pb::PilotVerdict::Confirmed,
        pb::PilotVerdict::Refuted,
        pb::PilotVerdict::Inconclusive,
    ];
    Form::folded(
        format!("{at}/pilot-slut"),
        l.t("Avsluta piloten", "End the pilot"),
        l.t("Spara", "Save"),
    )
    .radio(
        "verdict",
        l.t("Hur gick det?", "How did it come out?"),
        choices(verdicts.map(|verdict| (i32::from(verdict), phrases::verdict(l, verdict)))),
    )
    .lines(
        "result",
        l.t("Vad mättes och vad lärde ni er?", "What was measured and learnt?"),
    )
    .date("completed_on", l.t("Sista dagen", "The last day"))
}

fn start_pilot(l: Lang, at: &str) -> Form {
    Form::folded(
        format!("{at}/pilot"),
        l.t("Börja en pilot", "Begin a pilot"),
        l.t("Börja", "Begin"),
    )
    .lines("hypothesis", l.t("Vad tror ni?", "What is believed?"))
    .lines("metric", l.t("Vad mäter ni?", "What is measured?"))
    .date("starts_on", l.t("Första dagen", "The first day"))
    .date("ends_on", l.t("Sista dagen", "The last day"))
    .optional()
}
