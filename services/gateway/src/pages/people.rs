//! People and their roles, for the administrators of an organisation.

use super::{Asked, back_to, carry_out};
use crate::act::{Act, Acts, refused, send};
use crate::error::WebError;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::reader::Reader;
use crate::session::User;
use crate::view::{Form, Link, Page, Part, Row, Table, choices, facts, text};
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::identity::grant::HELD_BEFORE;
use idesluss_domain::identity::person::{CHANGE_PERSON, REGISTER_PERSON};
use idesluss_domain::words::Role;
use idesluss_proto::pb::command as words;
use idesluss_proto::pb::identity as pb;
use uuid::Uuid;

pub(super) async fn list(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build_list(&user, &asked).await?.draw(&user)
}

fn role_name(l: Lang, role: i32) -> String {
    let role = words::Role::try_from(role)
        .ok()
        .and_then(|role| Role::try_from(role).ok());
    role.map(|role| phrases::role(l, role).to_owned()).unwrap_or_default()
}

async fn build_list(user: &User, asked: &Asked) -> Result<Page, WebError> {
    let l = user.lang;
    let request = pb::ListPeopleRequest {
        query: user.asks(asked.after.as_deref()),
        words: asked.words.clone(),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let mut page = Page::new(l.t("Personer", "People")).intro(l.t(
        "De som arbetar med idéer hos er, och vilka roller de har. Den som inte har någon roll kan inte göra något.",
        "Those who work with ideas in your organisation, and which roles they hold. Whoever holds no role can do nothing.",
    ));
    let search = Form::new("/personer", l.t("Leta", "Search"))
        .search()
        .line("ord", l.t("Namn", "Name"))
        .optional()
        .value(asked.words.clone());
    let row = |person: &pb::Person| {
        let role = |held: &pb::HeldRole| match (held.in_force, held.awaits_confirmation) {
            (true, _) => role_name(l, held.role),
            (false, true) => format!("{} ({})", role_name(l, held.role), l.t("väntar", "waits")),
            (false, false) => format!("{} ({})", role_name(l, held.role), l.t("senare", "later")),
        };
        let roles: Vec<String> = person.roles.iter().map(role).collect();
        Row {
            href: format!("/personer/{}", person.person),
            cells: vec![called(l, person), roles.join(", ")],
            urgent: false,
        }
    };
    let table = Table {
        caption: l.t("Personer", "People").to_owned(),
        head: [l.t("Namn", "Name"), l.t("Roller", "Roles")]
            .map(str::to_owned)
            .to_vec(),
        rows: found.people.iter().map(row).collect(),
        empty: l.t("Ingen hittades.", "Nobody was found.").to_owned(),
    };
    let mut parts: Vec<Part> = vec![search.into(), table.in_all(l, found.total).into()];
    if found.awaits_confirmation {
        let note = l.t(
            "Rollerna från före återställningen väntar på att bli bekräftade. Det görs på organisationens sida, när ni har gått igenom dem.",
            "The roles from before the restore wait to be confirmed. That is done on the organisation's page, when you have gone through them.",
        );
        parts.insert(
            0,
            Part::Links(vec![Link {
                href: "/organisation".to_owned(),
                text: l
                    .t("Till organisationens sida", "To the organisation's page")
                    .to_owned(),
            }]),
        );
        parts.insert(0, Part::Note(note.to_owned()));
    }
    parts.extend(asked.next(l, "/personer", &found.next_page_token));
    page.section("", parts);
    if Offered(&found.actions).has(&REGISTER_PERSON) {
        let add = Form::folded("/personer/ny", l.t("Lägg till en person", "Add a person"), l.t("Lägg till", "Add"))
            .note(l.t(
                "Namnet visas för dem som arbetar med idéer. Det skrivs aldrig i historiken, där bara en pseudonym står.",
                "The name is shown to those who work with ideas. It is never written into the history, where a pseudonym stands alone.",
            ))
            .hidden("person", Uuid::new_v4().to_string())
            .line("name", l.t("Namn", "Name"))
            .line("address", l.t("E-postadress", "Mail address"))
            .optional();
        page.section(l.t("Vad du kan göra", "What you can do"), vec![add.into()]);
    }
    Ok(page)
}

pub(super) async fn page(
    user: User,
    Path(person): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &person, asked.after.as_deref()).await?.draw(&user)
}

async fn build(user: &User, person: &str, after: Option<&str>) -> Result<Page, WebError> {
    let l = user.lang;
    let request = pb::GetPersonRequest {
        query: user.asks(after),
        person: person.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let seen = found.person.unwrap_or_default();
    let at = format!("/personer/{}", seen.person);
    let mut page = Page::new(called(l, &seen));
    page.section(
        "",
        facts([
            (
                l.t("Organisation", "Organisation"),
                user.organisation_name(&found.organisation),
            ),
            (l.t("E-postadress", "Mail address"), text(l, found.address.as_ref())),
            (l.t("Pseudonym", "Pseudonym"), seen.person.clone()),
        ]),
    );
    let names = substitutes(user, &seen).await?;
    let row = |held: &pb::HeldRole| Row {
        href: String::new(),
        cells: vec![
            role_name(l, held.role),
            if held.from == HELD_BEFORE.to_string() {
                l.t("Från början", "From the beginning").to_owned()
            } else {
                held.from.clone()
            },
            held.until.clone(),
            names
                .iter()
                .find(|name| name.person == held.substitute_for)
                .map_or_else(String::new, |name| text(l, name.name.as_ref())),
            if held.in_force {
                l.t("Gäller", "In force")
            } else if held.awaits_confirmation {
                l.t("Väntar på bekräftelse", "Waits to be confirmed")
            } else {
                l.t("Börjar senare", "Begins later")
            }
            .to_owned(),
        ],
        urgent: false,
    };
    let table = Table {
        caption: l.t("Roller hos er", "Roles in your organisation").to_owned(),
        head: [
            l.t("Roll", "Role"),
            l.t("Från", "From"),
            l.t("Till och med", "Until"),
            l.t("Ersätter", "Stands in for"),
            l.t("Läge", "State"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: seen.roles.iter().map(row).collect(),
        empty: l.t("Ingen roll.", "No role.").to_owned(),
    };
    page.section(l.t("Roller", "Roles"), vec![table.into()]);
    let mut parts: Vec<Part> = vec![grant(user, &at).into()];
    if !seen.roles.is_empty() {
        parts.push(revoke(l, &at, &seen).into());
    }
    if Offered(&found.actions).has(&CHANGE_PERSON) {
        let change = Form::folded(
            format!("{at}/andra"),
            l.t("Ändra namn eller adress", "Change name or address"),
            l.t("Ändra", "Change"),
        )
        .line("name", l.t("Namn", "Name"))
        .value(text(l, seen.name.as_ref()))
        .line("address", l.t("E-postadress", "Mail address"))
        .optional()
        .value(text(l, found.address.as_ref()));
        parts.push(change.into());
    }
    page.section(l.t("Vad du kan göra", "What you can do"), parts);
    Ok(page)
}

/// What somebody is called; by the pseudonym where the name is their own organisation's alone.
fn called(l: Lang, person: &pb::Person) -> String {
    match &person.name {
        Some(name) => text(l, Some(name)),
        None => person.person.clone(),
    }
}

/// What those are called for whom the person stands in.
async fn substitutes(user: &User, person: &pb::Person) -> Result<Vec<pb::Name>, WebError> {
    let away = person.roles.iter().map(|held| held.substitute_for.clone());
    let mut people: Vec<String> = away.filter(|away| !away.is_empty()).collect();
    people.dedup();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let request = pb::GetNamesRequest {
        query: user.asks(None),
        people,
    };
    let names = user.services().ask(request).await;
    Ok(names.map_err(|status| user.web_error(&status))?.names)
}

fn grant(user: &User, at: &str) -> Form {
    let l = user.lang;
    let roles = Role::of_people().map(|role| (words::Role::from(role).into(), phrases::role(l, role)));
    let home = &user.acting_as.organisation;
    let directory = user.web.directory();
    // Nobody stands in for a submitter, of whom there may be thousands.
    let own = directory.people.iter().filter(|person| {
        let mut roles = person.roles.iter();
        roles.any(|held| held.organisation == *home && held.role != Role::Submitter)
    });
    let colleagues = Reader::of(user).choices(own);
    Form::folded(
        format!("{at}/roll"),
        l.t("Ge en roll", "Grant a role"),
        l.t("Ge rollen", "Grant"),
    )
    .note(l.t(
        "En roll som personen redan har får nya dagar.",
        "A role that the person holds already gets other days.",
    ))
    .select("role", l.t("Roll", "Role"), choices(roles))
    .date("from", l.t("Från", "From"))
    .optional()
    .help(l.t("Tomt: från i dag.", "Empty: from today."))
    .date("until", l.t("Till och med", "Until"))
    .optional()
    .help(l.t("Tomt: tills den tas tillbaka.", "Empty: until it is taken back."))
    .select(
        "substitute_for",
        l.t("Ersätter någon som är borta", "Stands in for somebody who is away"),
        colleagues,
    )
    .optional()
}

fn revoke(l: Lang, at: &str, person: &pb::Person) -> Form {
    let roles = person
        .roles
        .iter()
        .map(|held| (held.role.to_string(), role_name(l, held.role)));
    Form::folded(
        format!("{at}/ta-tillbaka"),
        l.t("Ta tillbaka en roll", "Take a role back"),
        l.t("Ta tillbaka", "Take back"),
    )
    .note(l.t(
        "Det gäller genast. Det som personen har gjort står kvar.",
        "It holds at once. What the person has done stays.",
    ))
    .select("role", l.t("Roll", "Role"), roles.collect())
}

/// The command behind each form.
const ACTS: &Acts = &[
    ("lagg-till", Act::one::<pb::RegisterPersonRequest>()),
    ("andra", Act::one::<pb::ChangePersonRequest>()),
    ("roll", Act::one::<pb::GrantRoleRequest>()),
    ("ta-tillbaka", Act::one::<pb::RevokeRoleRequest>()),
];

pub(super) async fn add(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    // Of one's own organisation: no administrator registers people of another.
    let own = user.acting_as.organisation.to_string();
    let posted = Posted(fields).with("organisation", own);
    match send(&user, ACTS, "lagg-till", &posted).await? {
        Ok(token) => Ok(back_to(&format!("/personer/{}", posted.get("person")), token)),
        Err(status) => refused(
            &user,
            build_list(&user, &Asked::default()).await,
            "/personer/ny",
            &posted,
            &status,
        ),
    }
}

pub(super) async fn act(
    user: User,
    Path((person, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("person", person.clone());
    let page = format!("/personer/{person}");
    let done = carry_out(&user, ACTS, &act, &posted, &page, build(&user, &person, None)).await;
    if person == user.acting_as.person.to_string() {
        // Who has changed their own role may hold another one now.
        user.hear_anew();
    }
    done
}
