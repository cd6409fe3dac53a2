//! What can be done with an idea: a form for each thing that its page says may be done now, the next step on top.

use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::session::User;
use crate::view::{Form, Part, choices, text};
use idesluss_domain::submission::idea::rights;
use idesluss_domain::words::Role;
use idesluss_proto::pb::submission::{DeclineReason, GetIdeaResponse, IdeaRow};

/// The forms for a user; `reasons` are those of the last decision, as far as the user may see it.
pub(super) fn forms(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, reasons: &str) -> Vec<Part> {
    let at = format!("/ideer/{}", row.idea);
    let may = Offered(&idea.actions);
    let mut forms = Vec::new();
    forms.extend(asked_of(user.lang, may, &row.idea, &at));
    forms.extend(screening(user, idea, row, &at));
    forms.extend(onwards(user.lang, may, &at, reasons));
    // Where the idea has come further, its brief is no longer the next step.
    if may.has(&rights::APPROVE_BRIEF) && !is_screened(may) {
        forms.push(brief(user, idea, &at));
    }
    if may.has(&rights::SUPPORT) && !may.has(&rights::ANSWER_COAUTHORSHIP) {
        let support = user.lang.t("Stöd idén", "Support the idea");
        forms.push(Form::new(format!("{at}/stod"), support));
    }
    forms.extend(own(user, may, &at));
    forms.extend(keeping(user.lang, may, &at));
    let mut parts: Vec<Part> = forms.into_iter().map(Part::from).collect();
    parts.extend(erasure(user.lang, idea, &at));
    parts
}

/// Whether a coordinator looks at it first, or again: then the brief is what comes next.
fn is_screened(may: Offered) -> bool {
    may.has(&rights::DECLINE) || may.has(&rights::ACCEPT)
}

/// What its authors, and those who are to be, are asked.
fn asked_of(l: Lang, may: Offered, idea: &str, at: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    if may.has(&rights::ANSWER) {
        let answer = Form::new(format!("{at}/svar"), l.t("Skicka svaret", "Send the answer"));
        forms.push(answer.lines("answer", l.t("Ditt svar", "Your answer")));
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
        let file = Form::folded(
            format!("{at}/fil"),
            l.t("Lägg till en fil", "Add a file"),
            l.t("Lägg till", "Add"),
        );
        forms.push(file.upload("fil", l.t("Fil, högst 10 MB", "File, at most 10 MB")));
    }
    if may.has(&rights::PROPOSE_COAUTHOR) {
        let coauthor = Form::folded(
            format!("{at}/medforfattare"),
            l.t(
                "Fråga en kollega om att vara medförfattare",
                "Ask a colleague to be a co-author",
            ),
            l.t("Fråga", "Ask"),
        )
        .note(l.t(
            "Kollegan svarar själv på sin sida. Den som tackar ja kan inte bedöma eller besluta om idén.",
            "Your colleague answers on their own page. Whoever agrees can neither assess nor decide the idea.",
        ))
        .select("coauthor", l.t("Kollega", "Colleague"), colleagues(user));
        forms.push(coauthor);
    }
    if may.has(&rights::CONSENT) {
        let named = Form::folded(
            format!("{at}/namn"),
            l.t("Får ditt namn nämnas?", "May your name be told?"),
            l.t("Spara", "Save"),
        )
        .radio(
            "named",
            l.t("När idén sprids", "When the idea is shared"),
            vec![
                ("ja".into(), l.t("Ja, nämn mig", "Yes, name me").into()),
                ("nej".into(), l.t("Nej", "No").into()),
            ],
        );
        forms.push(named);
    }
    if may.has(&rights::WITHDRAW) {
        let withdraw = Form::folded(
            format!("{at}/aterta"),
            l.t("Ta tillbaka idén", "Withdraw the idea"),
            l.t("Ta tillbaka", "Withdraw"),
        );
        forms.push(withdraw.lines("reason", l.t("Varför?", "Why?")).optional());
    }
    forms
}

/// The question to somebody whom an author wants as a co-author.
pub(super) fn asked(l: Lang, idea: &str) -> Form {
    let answers = vec![
        (
            "ja".to_owned(),
            l.t("Ja, idén är min också", "Yes, the idea is mine too").to_owned(),
        ),
        ("nej".to_owned(), l.t("Nej", "No").to_owned()),
    ];
    Form::new(format!("/ideer/{idea}/medforfattarskap"), l.t("Svara", "Answer"))
        .radio(
            "medforfattare",
            l.t("Är du medförfattare?", "Are you a co-author?"),
            answers,
        )
        .help(l.t(
            "Säger du ja kan du inte bedöma eller besluta om idén, och det går inte att ångra. Säger du nej händer ingenting.",
            "If you say yes you can neither assess nor decide the idea, and that can't be undone. If you say no, nothing happens.",
        ))
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

fn erasure(l: Lang, idea: &GetIdeaResponse, at: &str) -> Vec<Part> {
    let may = Offered(&idea.actions);
    let mut parts: Vec<Part> = Vec::new();
    if may.has(&rights::DECIDE_ERASURE) {
        parts.push(decide_erasure(l, at).into());
    } else if idea.asked_for_erasure && may.has(&rights::REFUSE_ERASURE) {
        let note = l.t(
            "Du har begärt raderingen. Någon annan måste besluta om den, eftersom den inte går att ångra. Att neka den kan du göra själv: då tar du tillbaka din begäran.",
            "You have asked for the erasure. Somebody else must decide it, since it can't be undone. You may refuse it yourself: that takes your request back.",
        );
        parts.push(Part::Note(note.to_owned()));
    }
    if may.has(&rights::REFUSE_ERASURE) {
        let refuse = Form::folded(
            format!("{at}/neka-radering"),
            l.t("Neka radering", "Refuse erasure"),
            l.t("Neka", "Refuse"),
        )
        .line("basis", l.t("Rättslig grund", "Legal basis"))
        .lines("reasons", l.t("Motivering", "Reasons"));
        parts.push(refuse.into());
    }
    if may.has(&rights::REQUEST_ERASURE) {
        let request = Form::folded(
            format!("{at}/begar-radering"),
            l.t("Begär radering av texterna", "Ask for the texts to be erased"),
            l.t("Begär radering", "Ask for erasure"),
        )
        .note(l.t(
            "Texter och filer förstörs om inte lagen säger att de ska sparas. Att idén fanns och vad som beslutades står kvar.",
            "Texts and files are destroyed unless the law says that they must be kept. That the idea existed and what was decided stays.",
        ));
        parts.push(request.into());
    }
    parts
}

fn decide_erasure(l: Lang, at: &str) -> Form {
    Form::folded(
        format!("{at}/radera"),
        l.t("Besluta att radera", "Decide to erase"),
        l.t("Radera texterna", "Erase the texts"),
    )
    .note(l.t("Går inte att ångra.", "This can't be undone."))
    .line("basis", l.t("Rättslig grund", "Legal basis"))
    .help(l.t(
        "Till exempel dataskyddsförordningen artikel 17.1 a och gallringsbeslut.",
        "Such as GDPR article 17.1 a and the decision on disposal.",
    ))
}

/// What is noted about an idea, whatever becomes of it.
fn keeping(l: Lang, may: Offered, at: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    if may.has(&rights::REGISTER) {
        let register = Form::folded(
            format!("{at}/diarium"),
            l.t("Registrera i diariet", "Register"),
            l.t("Registrera", "Register"),
        )
        .line("number", l.t("Diarienummer", "Register number"))
        .line("secrecy", l.t("Sekretess, lagrum", "Secrecy, section of law"));
        forms.push(register.optional());
    }
    if may.has(&rights::MOVE_ANSWER_DUE) {
        let due = Form::folded(
            format!("{at}/svarsdag"),
            l.t("Flytta dagen för svar", "Move the day of the answer"),
            l.t("Flytta", "Move"),
        )
        .date("answer_due", l.t("Svar senast", "Answer by"));
        forms.push(due.lines("reason", l.t("Varför?", "Why?")));
    }
    let which = l.t("Den andra idéns id eller adress", "The other idea's id or address");
    if may.has(&rights::SUGGEST_SIMILAR) {
        let similar = Form::folded(
            format!("{at}/liknande"),
            l.t("Anteckna en liknande idé", "Note a similar idea"),
            l.t("Anteckna", "Note"),
        );
        forms.push(similar.line("similar", which));
    }
    if may.has(&rights::SUPERSEDE) {
        let superseded = Form::folded(
            format!("{at}/ersatt"),
            l.t("En annan idé ersätter den här", "Another idea takes this one's place"),
            l.t("Ersätt", "Replace"),
        )
        .note(l.t(
            "Idén slutar här och pekar på den som går vidare.",
            "The idea ends here and points to the one that goes on.",
        ));
        forms.push(superseded.line("by", which));
    }
    forms
}

fn implement(l: Lang, at: &str) -> Form {
    Form::folded(
        format!("{at}/genomford"),
        l.t("Idén är genomförd", "The idea has been carried out"),
        l.t("Spara", "Save"),
    )
    .lines("result", l.t("Vad blev resultatet?", "What came of it?"))
    .tick(
        "shareable",
        l.t(
            "Andra kan ha nytta av den: gör ett utkast till lösning",
            "Others can use it: draft a solution",
        ),
    )
    .optional()
}

/// Where a coordinator takes a look at it.
fn screening(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, at: &str) -> Vec<Form> {
    let (l, may) = (user.lang, Offered(&idea.actions));
    let mut forms: Vec<Form> = Vec::new();
    if may.has(&rights::ASSIGN_COORDINATOR) && row.coordinator.is_empty() && !idea.own {
        let take = Form::new(format!("{at}/ta"), l.t("Ta hand om idén", "Take the idea on"));
        forms.push(take.hidden("coordinator", user.acting_as.person.to_string()));
    }
    if may.has(&rights::APPROVE_BRIEF) && is_screened(may) {
        forms.push(brief(user, idea, at));
    }
    if may.has(&rights::ACCEPT) {
        forms.push(Form::new(
            format!("{at}/anta"),
            l.t("Anta idén till bedömning", "Accept the idea for evaluation"),
        ));
    }
    if may.has(&rights::ASK) {
        let ask = Form::folded(
            format!("{at}/fraga"),
            l.t("Ställ en fråga", "Ask a question"),
            l.t("Skicka", "Send"),
        );
        forms.push(ask.lines("question", l.t("Din fråga", "Your question")));
    }
    if may.has(&rights::HAND_TO_LINE) {
        let line = Form::folded(
            format!("{at}/verksamheten"),
            l.t("Till verksamheten", "Hand to the line"),
            l.t("Lämna över", "Hand over"),
        )
        .line("unit", l.t("Enhet", "Unit"))
        .line("responsible", l.t("Ansvarig", "Responsible"))
        .date("due", l.t("Klart senast", "By"));
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
        let park = Form::folded(
            format!("{at}/parkera"),
            l.t("Låt idén vila", "Park"),
            l.t("Låt vila", "Park"),
        );
        forms.push(park.lines(
            "terms",
            l.t("Vad skulle göra den aktuell?", "What would bring it back?"),
        ));
    }
    if may.has(&rights::REOPEN) {
        let reopen = Form::folded(
            format!("{at}/ateroppna"),
            l.t("Öppna igen", "Reopen"),
            l.t("Öppna igen", "Reopen"),
        );
        forms.push(reopen.lines("reason", l.t("Varför?", "Why?")));
    }
    if may.has(&rights::REACTIVATE) {
        let reactivate = Form::folded(
            format!("{at}/vack"),
            l.t("Ta upp igen", "Take up again"),
            l.t("Ta upp", "Take up"),
        );
        forms.push(reactivate.lines("need", l.t("Vilket behov finns nu?", "What need is there now?")));
    }
    if may.has(&rights::IMPLEMENT) {
        forms.push(implement(l, at));
    }
    if may.has(&rights::FEED_BACK) {
        let tell = Form::folded(
            format!("{at}/aterkoppla"),
            l.t("Återkoppla till idégivaren", "Tell the submitter"),
            l.t("Skicka", "Send"),
        );
        let tell = tell.lines("message", l.t("Ditt meddelande", "Your message"));
        forms.push(tell.value(reasons));
    }
    if may.has(&rights::CLOSE) {
        forms.push(Form::folded(
            format!("{at}/avsluta"),
            l.t("Avsluta", "Close"),
            l.t("Avsluta idén", "Close the idea"),
        ));
    }
    forms
}

fn brief(user: &User, idea: &GetIdeaResponse, at: &str) -> Form {
    let l = user.lang;
    let texts = idea.brief.as_ref().map_or(&idea.texts, |brief| &brief.texts);
    let written = |field: &str| text(l, texts.get(field));
    let summary = if idea.brief.is_some() {
        l.t("Ändra underlaget", "Change the brief")
    } else {
        l.t("Skriv underlaget", "Write the brief")
    };
    Form::folded(
        format!("{at}/underlag"),
        summary,
        l.t("Godkänn underlaget", "Approve the brief"),
    )
    .note(l.t(
        "Bedömare och beslutsfattare ser bara underlaget. Ta bort allt som pekar ut en person.",
        "Assessors and decision-makers see the brief only. Remove everything that points to a person.",
    ))
    .line("title", l.t("Titel", "Title"))
    .value(written("title"))
    .lines("problem", l.t("Problem eller behov", "Problem or need"))
    .value(written("problem"))
    .optional()
    .lines("proposal", l.t("Förslag", "Proposal"))
    .value(written("proposal"))
    .optional()
    .lines("expected_benefit", l.t("Nytta", "Benefit"))
    .value(written("expected_benefit"))
    .optional()
    .line("concerned", l.t("Berörda", "Whom it concerns"))
    .value(written("concerned"))
    .optional()
    .tick(
        "deidentified",
        l.t(
            "Ingenting i underlaget pekar ut en person",
            "Nothing in the brief points to a person",
        ),
    )
}

fn decline(l: Lang, at: &str) -> Form {
    let reasons = [
        DeclineReason::OutOfScope,
        DeclineReason::Exists,
        DeclineReason::NoIdea,
        DeclineReason::NotAllowed,
        DeclineReason::TooVague,
    ];
    let reasons = reasons.map(|reason| (i32::from(reason), phrases::decline_reason(l, reason)));
    Form::folded(
        format!("{at}/avboj"),
        l.t("Avböj", "Decline"),
        l.t("Avböj idén", "Decline the idea"),
    )
    .select("reason", l.t("Orsak", "Reason"), choices(reasons))
    .lines("text", l.t("Förklara för idégivaren", "Explain to the submitter"))
    .lines(
        "instead",
        l.t("Vart kan idégivaren vända sig?", "Where can the submitter turn?"),
    )
    .optional()
}

fn refer(user: &User, at: &str) -> Form {
    let l = user.lang;
    let directory = user.web.directory();
    let others = directory
        .organisations
        .iter()
        .filter(|other| other.id != user.acting_as.organisation);
    let others = others.map(|other| (other.id.to_string(), other.name.clone())).collect();
    let checks = choices([
        (1, l.t("Ingenting är hemligt", "Nothing is secret")),
        (
            2,
            l.t(
                "Sekretessen är prövad, uppgifterna får lämnas ut",
                "Secrecy was examined, it may be disclosed",
            ),
        ),
    ]);
    Form::folded(
        format!("{at}/slussa"),
        l.t("Slussa vidare", "Refer"),
        l.t("Slussa vidare", "Refer"),
    )
    .select("receiver", l.t("Till", "To"), others)
    .radio("secrecy_check", l.t("Sekretessprövning", "Secrecy check"), checks)
    .tick(
        "submitter_told",
        l.t("Idégivaren är informerad", "The submitter has been told"),
    )
}

fn link(l: Lang, similar: &[String], at: &str) -> Form {
    let similar = similar.iter().map(|other| (other.clone(), other.clone())).collect();
    Form::folded(
        format!("{at}/dubblett"),
        l.t("Länka som dubblett", "Link as a duplicate"),
        l.t("Länka", "Link"),
    )
    .select("of", l.t("Idén går vidare som", "The idea goes on as"), similar)
    .tick("consented", l.t("Idégivaren samtycker", "The submitter consents"))
}
