//! What can be done with an idea, by whom, where it stands. The services decide in the end.

use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{Form, Part, choices, text};
use idesluss_domain::words::Role;
use idesluss_proto::pb::submission::{DeclineReason, ErasureState, GetIdeaResponse, IdeaRow, Phase};

/// The forms for a user; `reasons` are those of the last decision, as far as the user may see it.
pub(super) fn forms(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, reasons: &str) -> Vec<Part> {
    let at = format!("/ideer/{}", row.idea);
    let home = row.organisation == user.acting_as.organisation.as_str();
    match user.acting_as.role {
        Role::Submitter if idea.own => own(user, row, &at),
        Role::Submitter if idea.asked_to_coauthor => vec![asked(user.lang, &row.idea).into()],
        Role::Submitter if home && !idea.supported => {
            let l = user.lang;
            vec![Form::new(format!("{at}/stod"), l.t("Stöd idén", "Support the idea")).into()]
        }
        Role::Coordinator if home => coordinator(user, idea, row, &at, reasons),
        Role::Registrar if home => registrar(user, idea, row, &at),
        Role::DecisionMaker if home => erasure(user, idea, row, &at),
        Role::NeedOwner if home && row.phase() == Phase::AtHome && !idea.implemented => {
            vec![implement(user, &at).into()]
        }
        _ => Vec::new(),
    }
}

fn own(user: &User, row: &IdeaRow, at: &str) -> Vec<Part> {
    let l = user.lang;
    let mut forms: Vec<Part> = Vec::new();
    if row.phase() == Phase::NeedsClarification {
        let answer = Form::new(format!("{at}/svar"), l.t("Skicka svaret", "Send the answer"))
            .lines("answer", l.t("Ditt svar", "Your answer"));
        forms.push(answer.into());
    }
    let ended = [Phase::Withdrawn, Phase::Closed, Phase::Duplicate, Phase::Superseded];
    if !ended.contains(&row.phase()) {
        let file = Form::folded(
            format!("{at}/fil"),
            l.t("Lägg till en fil", "Add a file"),
            l.t("Lägg till", "Add"),
        )
        .upload("fil", l.t("Fil, högst 10 MB", "File, at most 10 MB"));
        forms.push(file.into());
        let colleagues = colleagues(user);
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
        .select("coauthor", l.t("Kollega", "Colleague"), colleagues);
        forms.push(coauthor.into());
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
        forms.push(named.into());
        let withdraw = Form::folded(
            format!("{at}/aterta"),
            l.t("Ta tillbaka idén", "Withdraw the idea"),
            l.t("Ta tillbaka", "Withdraw"),
        )
        .lines("reason", l.t("Varför?", "Why?"))
        .optional();
        forms.push(withdraw.into());
    }
    forms.extend(request_erasure(user, row, at));
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
    let people = user.web.directory.people.iter().filter(|person| {
        let submits = person
            .roles
            .iter()
            .any(|held| held.organisation == *home && held.role == Role::Submitter);
        submits && person.id != user.acting_as.person
    });
    people
        .map(|person| (person.id.to_string(), person.name.clone()))
        .collect()
}

fn request_erasure(user: &User, row: &IdeaRow, at: &str) -> Option<Part> {
    let l = user.lang;
    let form = Form::folded(format!("{at}/begar-radering"), l.t("Begär radering av texterna", "Ask for the texts to be erased"), l.t("Begär radering", "Ask for erasure"))
        .note(l.t(
            "Texter och filer förstörs om inte lagen säger att de ska sparas. Att idén fanns och vad som beslutades står kvar.",
            "Texts and files are destroyed unless the law says that they must be kept. That the idea existed and what was decided stays.",
        ));
    matches!(row.erasure(), ErasureState::Unspecified | ErasureState::Refused).then(|| form.into())
}

fn erasure(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, at: &str) -> Vec<Part> {
    let l = user.lang;
    if row.erasure() != ErasureState::Requested {
        return Vec::new();
    }
    let decide: Part = if idea.asked_for_erasure {
        Part::Note(
            l.t(
                "Du har begärt raderingen. Någon annan måste besluta om den, eftersom den inte går att ångra. Att neka den kan du göra själv: då tar du tillbaka din begäran.",
                "You have asked for the erasure. Somebody else must decide it, since it can't be undone. You may refuse it yourself: that takes your request back.",
            )
            .to_owned(),
        )
    } else {
        decide_erasure(l, at).into()
    };
    let refuse = Form::folded(
        format!("{at}/neka-radering"),
        l.t("Neka radering", "Refuse erasure"),
        l.t("Neka", "Refuse"),
    )
    .line("basis", l.t("Rättslig grund", "Legal basis"))
    .lines("reasons", l.t("Motivering", "Reasons"));
    vec![decide, refuse.into()]
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

fn registrar(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, at: &str) -> Vec<Part> {
    let l = user.lang;
    let register = Form::folded(
        format!("{at}/diarium"),
        l.t("Registrera i diariet", "Register"),
        l.t("Registrera", "Register"),
    )
    .line("number", l.t("Diarienummer", "Register number"))
    .line("secrecy", l.t("Sekretess, lagrum", "Secrecy, section of law"))
    .optional();
    let mut forms: Vec<Part> = vec![register.into()];
    forms.extend(erasure(user, idea, row, at));
    forms.extend(request_erasure(user, row, at));
    forms
}

fn implement(user: &User, at: &str) -> Form {
    let l = user.lang;
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

fn coordinator(user: &User, idea: &GetIdeaResponse, row: &IdeaRow, at: &str, reasons: &str) -> Vec<Part> {
    let l = user.lang;
    let mut forms: Vec<Form> = Vec::new();
    let phase = row.phase();
    let ended = [Phase::Withdrawn, Phase::Closed, Phase::Duplicate, Phase::Superseded];
    if row.coordinator.is_empty() && !ended.contains(&phase) {
        let take = Form::new(format!("{at}/ta"), l.t("Ta hand om idén", "Take the idea on"));
        forms.push(take.hidden("coordinator", user.acting_as.person.to_string()));
    }
    let screening = matches!(phase, Phase::Submitted | Phase::NeedsClarification);
    let returned = phase == Phase::Decided && idea.outcome == "return";
    let taken_over = phase == Phase::Accepted && row.imported;
    if screening || returned || taken_over {
        forms.push(brief(user, idea, at));
        if idea.brief.is_some() {
            forms.push(Form::new(
                format!("{at}/anta"),
                l.t("Anta idén till bedömning", "Accept the idea for evaluation"),
            ));
        }
    }
    if phase == Phase::Submitted {
        let ask = Form::folded(
            format!("{at}/fraga"),
            l.t("Ställ en fråga", "Ask a question"),
            l.t("Skicka", "Send"),
        );
        forms.push(ask.lines("question", l.t("Din fråga", "Your question")));
    }
    if screening || phase == Phase::Decided {
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
    if screening {
        forms.extend(screenings(user, idea, at));
    }
    if matches!(phase, Phase::Submitted | Phase::NeedsClarification | Phase::Decided) {
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
    match phase {
        Phase::Declined => forms.push(
            Form::folded(
                format!("{at}/ateroppna"),
                l.t("Öppna igen", "Reopen"),
                l.t("Öppna igen", "Reopen"),
            )
            .lines("reason", l.t("Varför?", "Why?")),
        ),
        Phase::Parked => forms.push(
            Form::folded(
                format!("{at}/vack"),
                l.t("Ta upp igen", "Take up again"),
                l.t("Ta upp", "Take up"),
            )
            .lines("need", l.t("Vilket behov finns nu?", "What need is there now?")),
        ),
        Phase::AtHome if !idea.implemented => forms.push(implement(user, at)),
        _ => {}
    }
    if !screening && !matches!(phase, Phase::Withdrawn | Phase::Closed | Phase::Accepted) && !row.imported {
        let tell = Form::folded(
            format!("{at}/aterkoppla"),
            l.t("Återkoppla till idégivaren", "Tell the submitter"),
            l.t("Skicka", "Send"),
        );
        forms.push(
            tell.lines("message", l.t("Ditt meddelande", "Your message"))
                .value(reasons),
        );
        forms.push(Form::folded(
            format!("{at}/avsluta"),
            l.t("Avsluta", "Close"),
            l.t("Avsluta idén", "Close the idea"),
        ));
    }
    if !ended.contains(&phase) && !row.imported {
        let due = Form::folded(
            format!("{at}/svarsdag"),
            l.t("Flytta dagen för svar", "Move the day of the answer"),
            l.t("Flytta", "Move"),
        )
        .date("answer_due", l.t("Svar senast", "Answer by"))
        .lines("reason", l.t("Varför?", "Why?"));
        forms.push(due);
    }
    if !ended.contains(&phase) {
        forms.extend(others(user, at));
    }
    forms.into_iter().map(Part::from).collect()
}

/// What ties an idea to others.
fn others(user: &User, at: &str) -> [Form; 2] {
    let l = user.lang;
    let which = l.t("Den andra idéns id eller adress", "The other idea's id or address");
    let similar = Form::folded(
        format!("{at}/liknande"),
        l.t("Anteckna en liknande idé", "Note a similar idea"),
        l.t("Anteckna", "Note"),
    )
    .line("similar", which);
    let superseded = Form::folded(
        format!("{at}/ersatt"),
        l.t("En annan idé ersätter den här", "Another idea takes this one's place"),
        l.t("Ersätt", "Replace"),
    )
    .note(l.t(
        "Idén slutar här och pekar på den som går vidare.",
        "The idea ends here and points to the one that goes on.",
    ))
    .line("by", which);
    [similar, superseded]
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

fn screenings(user: &User, idea: &GetIdeaResponse, at: &str) -> Vec<Form> {
    let l = user.lang;
    let reasons = [
        DeclineReason::OutOfScope,
        DeclineReason::Exists,
        DeclineReason::NoIdea,
        DeclineReason::NotAllowed,
        DeclineReason::TooVague,
    ];
    let reasons = reasons.map(|reason| (i32::from(reason), phrases::decline_reason(l, reason)));
    let decline = Form::folded(
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
    .optional();
    let mut forms = vec![decline];
    if idea.brief.is_some() {
        let others = user
            .web
            .directory
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
        let refer = Form::folded(
            format!("{at}/slussa"),
            l.t("Slussa vidare", "Refer"),
            l.t("Slussa vidare", "Refer"),
        )
        .select("receiver", l.t("Till", "To"), others)
        .radio("secrecy_check", l.t("Sekretessprövning", "Secrecy check"), checks)
        .tick(
            "submitter_told",
            l.t("Idégivaren är informerad", "The submitter has been told"),
        );
        forms.push(refer);
    }
    if !idea.similar.is_empty() {
        let similar = idea
            .similar
            .iter()
            .map(|other| (other.clone(), other.clone()))
            .collect();
        let link = Form::folded(
            format!("{at}/dubblett"),
            l.t("Länka som dubblett", "Link as a duplicate"),
            l.t("Länka", "Link"),
        )
        .select("of", l.t("Idén går vidare som", "The idea goes on as"), similar)
        .tick("consented", l.t("Idégivaren samtycker", "The submitter consents"));
        forms.push(link);
    }
    forms
}
