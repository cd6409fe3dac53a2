//! What can be done with an idea: a form for each thing that its page says may be done now, the next step on top.

use super::idea_acts::ACTS;
use crate::form::{Form, all_called};
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::session::User;
use crate::view::text;
use idesluss_domain::submission::idea::rights;
use idesluss_domain::words::{MAX_FILE_BYTES, MAX_FILE_MEBIBYTES, MediaType, Role};
use idesluss_proto::pb::submission::{GetIdeaResponse, IdeaRow, Phase, SecrecyCheck};

/// What can be done with an idea.
#[derive(Default)]
pub(super) struct Offers {
    /// What comes next: it stands open where that is one thing to fill in.
    pub(super) next: Vec<Form>,
    /// What can be done as well.
    pub(super) others: Vec<Form>,
    /// What is to be known of it.
    pub(super) notes: Vec<&'static str>,
}

impl Offers {
    pub(super) fn forms(&mut self) -> Vec<&mut Form> {
        self.next.iter_mut().chain(&mut self.others).collect()
    }
}

/// What a user can do; `reasons` are those of the last decision, as far as the user may see it.
pub(super) fn offers(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, reasons: &str) -> Offers {
    let at = format!("/ideer/{}", row.idea);
    let (l, may) = (user.lang, Offered(&idea.actions));
    let mut next = asked_of(l, may, &row.idea, &at);
    let mut screened = screening(user, idea, row, &at);
    let mut onwards = onwards(l, may, &at, reasons);
    if next.is_empty() {
        next.extend(next_act(idea, row).and_then(|act| {
            let address = format!("{at}/{act}");
            let is_it = |form: &mut Form| form.action == address;
            let screened = screened.extract_if(.., is_it).next();
            screened.or_else(|| onwards.extract_if(.., is_it).next())
        }));
    }
    let mut others = screened;
    others.extend(onwards);
    // Where the idea has come further, its brief is no longer the next step.
    if may.has(&rights::APPROVE_BRIEF) && !is_screened(may) {
        others.push(brief(user, idea, &at));
    }
    if may.has(&rights::SUPPORT) && !may.has(&rights::ANSWER_COAUTHORSHIP) {
        others.push(Form::of(ACTS, &at, "stod", l.t("idea-support-the-idea")));
    }
    others.extend(own(user, may, &at));
    others.extend(keeping(l, idea, &at));
    others.extend(erasure(l, idea, &at));
    let has_asked = idea.asked_for_erasure && may.has(&rights::REFUSE_ERASURE) && !may.has(&rights::DECIDE_ERASURE);
    Offers {
        next,
        others,
        notes: has_asked
            .then(|| l.t("idea-you-have-asked-for-the"))
            .into_iter()
            .collect(),
    }
}

/// The act by which an idea comes further, as it stands in addresses: the form for it is there where the user may do it.
fn next_act(idea: &GetIdeaResponse, row: &IdeaRow) -> Option<&'static str> {
    let is_led = !row.coordinator.is_empty();
    match row.phase() {
        Phase::Submitted if idea.brief.is_none() && !is_led && !idea.own => Some(TAKE),
        Phase::Submitted if idea.brief.is_none() => Some(BRIEF),
        Phase::Submitted => Some(ACCEPT),
        Phase::Decided if !idea.told => Some(TELL),
        Phase::Decided if idea.home => Some(HAND),
        Phase::AtHome if !idea.implemented => Some(DONE),
        Phase::AtHome if !idea.told => Some(TELL),
        Phase::AtHome | Phase::Decided => Some(CLOSE),
        _ => None,
    }
}

/// Acts as they stand in addresses.
const TAKE: &str = "ta";
const BRIEF: &str = "underlag";
const ACCEPT: &str = "anta";
const TELL: &str = "aterkoppla";
const HAND: &str = "verksamheten";
const DONE: &str = "genomford";
const CLOSE: &str = "avsluta";

/// Whether a coordinator looks at it first, or again: then the brief is what comes next.
fn is_screened(may: Offered) -> bool {
    may.has(&rights::DECLINE) || may.has(&rights::ACCEPT)
}

/// What its authors, and those who are to be, are asked.
fn asked_of(l: Lang, may: Offered, idea: &str, at: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    if may.has(&rights::ANSWER) {
        let answer = Form::of(ACTS, at, "svar", l.t("idea-send-the-answer"));
        forms.push(answer.ask("answer", l.t("idea-your-answer")));
    }
    if may.has(&rights::ANSWER_COAUTHORSHIP) {
        forms.push(asked(l, idea));
    }
    forms
}

/// What its authors do with an idea of theirs, and who leads it.
fn own(user: &User, may: Offered, at: &str) -> Vec<Form> {
    let l = user.lang;
    let mut forms = Vec::new();
    if may.has(&rights::ATTACH) {
        let file = Form::new(format!("{at}/fil"), l.t("common-add")).folded(l.t("idea-add-a-file"));
        let kinds = l.t("idea-which-files-are-taken");
        let mebibytes = MAX_FILE_MEBIBYTES.to_string();
        let max = [("max", mebibytes.as_str())];
        let said = l.say("idea-the-file-is-not-taken", &max);
        let file = file.upload(
            "fil",
            &l.say("idea-file-at-most", &max),
            &MediaType::ALL,
            MAX_FILE_BYTES,
            said,
        );
        forms.push(file.help(kinds));
    }
    if may.has(&rights::PROPOSE_COAUTHOR) {
        let coauthor = Form::of(ACTS, at, "medforfattare", l.t("idea-ask"))
            .folded(l.t("idea-ask-a-colleague-to-be"))
            .note(l.t("idea-your-colleague-answers-on-their"))
            .select("coauthor", l.t("idea-colleague"), colleagues(user));
        forms.push(coauthor);
    }
    if may.has(&rights::CONSENT) {
        let named = Form::of(ACTS, at, "namn", l.t("common-save"))
            .folded(l.t("idea-may-your-name-be-told"))
            .radio(
                "named",
                l.t("idea-when-the-idea-is-shared"),
                vec![
                    ("ja".into(), l.t("idea-yes-name-me").into()),
                    ("nej".into(), l.t("idea-no").into()),
                ],
            );
        forms.push(named);
    }
    if may.has(&rights::WITHDRAW) {
        let withdraw = Form::of(ACTS, at, "aterta", l.t("idea-withdraw")).folded(l.t("idea-withdraw-the-idea"));
        forms.push(withdraw.ask("reason", l.t("common-why")));
    }
    forms
}

/// The question to somebody whom an author wants as a co-author.
pub(super) fn asked(l: Lang, idea: &str) -> Form {
    let answers = vec![
        ("ja".to_owned(), l.t("idea-yes-the-idea-is-mine").to_owned()),
        ("nej".to_owned(), l.t("idea-no").to_owned()),
    ];
    Form::of(
        ACTS,
        &format!("/ideer/{idea}"),
        "medforfattarskap",
        l.t("common-answer"),
    )
    .radio("medforfattare", l.t("idea-are-you-a-co-author"), answers)
    .help(l.t("idea-if-you-say-yes-you"))
}

/// The other submitters of the organisation.
fn colleagues(user: &User) -> Vec<(String, String)> {
    let home = &user.acting_as.organisation;
    let directory = user.web.directory();
    let people = directory.people.iter().filter(|person| {
        let submits = person
            .roles
            .iter()
            .any(|held| held.organisation == *home && held.role == Role::Submitter);
        submits && person.id != user.acting_as.person
    });
    Reader::of(user).choices(people)
}

fn erasure(l: Lang, idea: &GetIdeaResponse, at: &str) -> Vec<Form> {
    let may = Offered(&idea.actions);
    let mut forms = Vec::new();
    if may.has(&rights::DECIDE_ERASURE) {
        forms.push(decide_erasure(l, at));
    }
    if may.has(&rights::REFUSE_ERASURE) {
        let refuse = Form::of(ACTS, at, "neka-radering", l.t("idea-refuse"))
            .folded(l.t("idea-refuse-erasure"))
            .ask("basis", l.t("idea-legal-basis"))
            .ask("reasons", l.t("common-reasons"));
        forms.push(refuse);
    }
    if may.has(&rights::REQUEST_ERASURE) {
        let request = Form::of(ACTS, at, "begar-radering", l.t("idea-ask-for-erasure"))
            .folded(l.t("idea-ask-for-the-texts-to"))
            .note(l.t("idea-texts-and-files-are-destroyed"));
        forms.push(request);
    }
    forms
}

fn decide_erasure(l: Lang, at: &str) -> Form {
    Form::of(ACTS, at, "radera", l.t("idea-erase-the-texts"))
        .folded(l.t("idea-decide-to-erase"))
        .note(l.t("idea-this-cant-be-undone"))
        .ask("basis", l.t("idea-legal-basis"))
        .help(l.t("idea-such-as-gdpr-article-17"))
}

/// What is noted about an idea, whatever becomes of it.
fn keeping(l: Lang, idea: &GetIdeaResponse, at: &str) -> Vec<Form> {
    let may = Offered(&idea.actions);
    let mut forms = Vec::new();
    if may.has(&rights::REGISTER) {
        let register = Form::of(ACTS, at, "diarium", l.t("idea-register-2"))
            .folded(l.t("idea-register"))
            .ask("number", l.t("idea-register-number"))
            .ask("secrecy", l.t("idea-secrecy-section-of-law"));
        forms.push(register);
    }
    if may.has(&rights::MOVE_ANSWER_DUE) {
        let due = Form::of(ACTS, at, "svarsdag", l.t("idea-move"))
            .folded(l.t("idea-move-the-day-of-the"))
            .ask("answer_due", l.t("common-answer-by"));
        forms.push(due.ask("reason", l.t("common-why")));
    }
    let which = l.t("idea-the-other-ideas-id-or");
    if may.has(&rights::SUGGEST_SIMILAR) {
        let similar = Form::of(ACTS, at, "liknande", l.t("idea-note")).folded(l.t("idea-note-a-similar-idea"));
        forms.push(similar.ask("similar", which));
    }
    if may.has(&rights::SUPERSEDE) {
        let superseded = Form::of(ACTS, at, "ersatt", l.t("idea-replace"))
            .folded(l.t("idea-another-idea-takes-this-ones"))
            .note(l.t("idea-the-idea-ends-here-and"))
            .ask("by", which);
        // Only an older idea box may have forgotten what took an idea's place.
        forms.push(match idea.imported_from.is_empty() {
            true => superseded.required(),
            false => superseded,
        });
    }
    forms
}

fn implement(l: Lang, at: &str) -> Form {
    Form::of(ACTS, at, DONE, l.t("common-save"))
        .folded(l.t("idea-the-idea-has-been-carried-out"))
        .ask("result", l.t("idea-what-came-of-it"))
        .ask("shareable", l.t("idea-others-can-use-it-draft"))
}

/// Where a coordinator takes a look at it: what is not done yet first.
fn screening(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, at: &str) -> Vec<Form> {
    let (l, may) = (user.lang, Offered(&idea.actions));
    let mut forms: Vec<Form> = Vec::new();
    if may.has(&rights::ASSIGN_COORDINATOR) && row.coordinator.is_empty() && !idea.own {
        let take = Form::of(ACTS, at, TAKE, l.t("idea-take-the-idea-on"));
        forms.push(take.hidden("coordinator", user.acting_as.person.to_string()));
    }
    // A brief that has been approved is not the next step.
    let change = (may.has(&rights::APPROVE_BRIEF) && is_screened(may)).then(|| brief(user, idea, at));
    let is_written = idea.brief.is_some();
    let (before, after) = if is_written { (None, change) } else { (change, None) };
    forms.extend(before);
    if may.has(&rights::ACCEPT) {
        forms.push(Form::of(ACTS, at, ACCEPT, l.t("idea-accept-the-idea-for-evaluation")));
    }
    forms.extend(after);
    if may.has(&rights::ASK) {
        let ask = Form::of(ACTS, at, "fraga", l.t("idea-send")).folded(l.t("idea-ask-a-question"));
        forms.push(ask.ask("question", l.t("idea-your-question")));
    }
    if may.has(&rights::HAND_TO_LINE) {
        let line = Form::of(ACTS, at, HAND, l.t("idea-hand-over"))
            .folded(l.t("idea-hand-to-the-line"))
            .ask("unit", l.t("common-unit"))
            .ask("responsible", l.t("idea-responsible"))
            .ask("due", l.t("idea-by"));
        forms.push(line);
    }
    if may.has(&rights::DECLINE) {
        forms.push(decline(l, at));
    }
    if may.has(&rights::REFER) {
        forms.push(refer(user, at));
    }
    if may.has(&rights::LINK_AS_DUPLICATE) && !idea.similar.is_empty() {
        forms.push(link(l, &idea.similar, at));
    }
    forms
}

/// What becomes of it after that.
fn onwards(l: Lang, may: Offered, at: &str, reasons: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    if may.has(&rights::PARK) {
        let park = Form::of(ACTS, at, "parkera", l.t("idea-park-2")).folded(l.t("idea-park"));
        forms.push(park.ask("awaits", l.t("idea-what-would-bring-it-back")));
    }
    if may.has(&rights::REOPEN) {
        let reopen = Form::of(ACTS, at, "ateroppna", l.t("idea-reopen")).folded(l.t("idea-reopen"));
        forms.push(reopen.ask("reason", l.t("common-why")));
    }
    if may.has(&rights::REACTIVATE) {
        let reactivate = Form::of(ACTS, at, "vack", l.t("idea-take-up")).folded(l.t("idea-take-up-again"));
        forms.push(reactivate.ask("need", l.t("idea-what-need-is-there-now")));
    }
    if may.has(&rights::IMPLEMENT) {
        forms.push(implement(l, at));
    }
    if may.has(&rights::FEED_BACK) {
        let tell = Form::of(ACTS, at, TELL, l.t("idea-send")).folded(l.t("idea-tell-the-submitter"));
        let tell = tell.ask("message", l.t("idea-your-message"));
        forms.push(tell.value(reasons));
    }
    if may.has(&rights::CLOSE) {
        forms.push(Form::of(ACTS, at, CLOSE, l.t("idea-close-the-idea")).folded(l.t("idea-close")));
    }
    forms
}

fn brief(user: &User, idea: &GetIdeaResponse, at: &str) -> Form {
    let l = user.lang;
    let texts = idea.brief.as_ref().map_or(&idea.texts, |brief| &brief.texts);
    let written = |field: &str| text(l, texts.get(field)).text;
    let summary = if idea.brief.is_some() {
        l.t("idea-change-the-brief")
    } else {
        l.t("idea-write-the-brief")
    };
    Form::of(ACTS, at, BRIEF, l.t("idea-approve-the-brief"))
        .folded(summary)
        .note(l.t("idea-assessors-and-decision-makers-see"))
        .ask("title", l.t("common-title"))
        .value(written("title"))
        .ask("problem", l.t("idea-problem-or-need"))
        .value(written("problem"))
        .ask("proposal", l.t("common-proposal"))
        .value(written("proposal"))
        .ask("expected_benefit", l.t("idea-benefit"))
        .value(written("expected_benefit"))
        .ask("concerned", l.t("idea-whom-it-concerns"))
        .value(written("concerned"))
        .ask("deidentified", l.t("idea-nothing-in-the-brief-points"))
}

fn decline(l: Lang, at: &str) -> Form {
    let reasons = all_called(|reason| phrases::decline_reason(l, reason));
    Form::of(ACTS, at, "avboj", l.t("idea-decline-the-idea"))
        .folded(l.t("idea-decline"))
        .select("reason", l.t("common-reason"), reasons)
        .ask("text", l.t("idea-explain-to-the-submitter"))
        .ask("instead", l.t("idea-where-can-the-submitter-turn"))
}

fn refer(user: &User, at: &str) -> Form {
    let l = user.lang;
    let directory = user.web.directory();
    let others = directory
        .organisations
        .iter()
        .filter(|other| other.id != user.acting_as.organisation);
    let others = others.map(|other| (other.id.to_string(), other.name.clone())).collect();
    let checks = all_called(|check| match check {
        SecrecyCheck::Unspecified => "",
        SecrecyCheck::NothingSecret => l.t("idea-nothing-is-secret"),
        SecrecyCheck::MayBeDisclosed => l.t("idea-secrecy-was-examined-it-may"),
    });
    Form::of(ACTS, at, "slussa", l.t("idea-refer"))
        .folded(l.t("idea-refer"))
        .select("receiver", l.t("common-to"), others)
        .radio("secrecy_check", l.t("idea-secrecy-check"), checks)
        .ask("submitter_told", l.t("idea-the-submitter-has-been-told"))
}

fn link(l: Lang, similar: &[String], at: &str) -> Form {
    let similar = similar.iter().map(|other| (other.clone(), other.clone())).collect();
    Form::of(ACTS, at, "dubblett", l.t("idea-link"))
        .folded(l.t("idea-link-as-a-duplicate"))
        .select("of", l.t("idea-the-idea-goes-on-as"), similar)
        .ask("consented", l.t("idea-the-submitter-consents"))
}
