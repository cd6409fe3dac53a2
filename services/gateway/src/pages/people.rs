//! People and their roles, for the administrators of an organisation.

use super::{Asked, Way, carry_out, carry_out_here};
use crate::act::{Act, Acts};
use crate::components::{Link, Row, Table};
use crate::error::WebError;
use crate::form::{Form, choices};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::legacy::{Page, Part, facts};
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::reader::Reader;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::text;
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
    let mut page = Page::new(Frame::of(user), l.t("common-people")).intro(l.t("people-those-who-work-with-ideas"));
    let search = Form::new("/personer", l.t("people-search"))
        .search()
        .line("ord", l.t("common-name"))
        .optional()
        .value(asked.words.clone());
    let row = |person: &pb::Person| {
        let role = |held: &pb::HeldRole| match (held.in_force, held.awaits_confirmation) {
            (true, _) => role_name(l, held.role),
            (false, true) => format!("{} ({})", role_name(l, held.role), l.t("people-waits")),
            (false, false) => format!("{} ({})", role_name(l, held.role), l.t("common-later")),
        };
        let roles: Vec<String> = person.roles.iter().map(role).collect();
        Row {
            href: format!("/personer/{}", person.person),
            cells: vec![called(l, person), roles.join(", ")],
            urgent: false,
        }
    };
    let table = Table {
        caption: l.t("common-people").to_owned(),
        head: [l.t("common-name"), l.t("people-roles")].map(str::to_owned).to_vec(),
        rows: found.people.iter().map(row).collect(),
        empty: l.t("people-nobody-was-found").to_owned(),
        ..Table::default()
    };
    let mut parts: Vec<Part> = vec![search.into(), table.in_all(l, found.total).into()];
    if found.awaits_confirmation {
        let note = l.t("people-the-roles-from-before-the");
        parts.insert(
            0,
            Part::Links(vec![Link {
                href: "/organisation".to_owned(),
                text: l.t("people-to-the-organisations-page").to_owned(),
            }]),
        );
        parts.insert(0, Part::Note(note.to_owned()));
    }
    parts.extend(asked.next(l, "/personer", &found.next_page_token));
    page.section("", parts);
    if Offered(&found.actions).has(&REGISTER_PERSON) {
        let add = Form::folded("/personer/ny", l.t("people-add-a-person"), l.t("common-add"))
            .note(l.t("people-the-name-is-shown-to"))
            .hidden("person", Uuid::new_v4().to_string())
            .line("name", l.t("common-name"))
            .line("address", l.t("people-mail-address"))
            .optional();
        page.section(l.t("common-what-you-can-do"), vec![add.into()]);
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
    let mut page = Page::new(Frame::of(user), called(l, &seen));
    page.section(
        "",
        facts([
            (l.t("common-organisation"), user.organisation_name(&found.organisation)),
            (l.t("people-mail-address"), text(l, found.address.as_ref())),
            (l.t("common-pseudonym"), seen.person.clone()),
        ]),
    );
    let names = substitutes(user, &seen).await?;
    let row = |held: &pb::HeldRole| Row {
        href: String::new(),
        cells: vec![
            role_name(l, held.role),
            if held.from == HELD_BEFORE.to_string() {
                l.t("people-from-the-beginning").to_owned()
            } else {
                held.from.clone()
            },
            held.until.clone(),
            names
                .iter()
                .find(|name| name.person == held.substitute_for)
                .map_or_else(String::new, |name| text(l, name.name.as_ref())),
            if held.in_force {
                l.t("people-in-force")
            } else if held.awaits_confirmation {
                l.t("people-waits-to-be-confirmed")
            } else {
                l.t("people-begins-later")
            }
            .to_owned(),
        ],
        urgent: false,
    };
    let table = Table {
        caption: l.t("people-roles-in-your-organisation").to_owned(),
        head: [
            l.t("people-role"),
            l.t("common-from-2"),
            l.t("common-until"),
            l.t("people-stands-in-for"),
            l.t("common-state"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: seen.roles.iter().map(row).collect(),
        empty: l.t("people-no-role").to_owned(),
        ..Table::default()
    };
    page.section(l.t("people-roles"), vec![table.into()]);
    let mut parts: Vec<Part> = vec![grant(user, &at).into()];
    if !seen.roles.is_empty() {
        parts.push(revoke(l, &at, &seen).into());
    }
    if Offered(&found.actions).has(&CHANGE_PERSON) {
        let change = Form::folded(
            format!("{at}/andra"),
            l.t("people-change-name-or-address"),
            l.t("common-change"),
        )
        .line("name", l.t("common-name"))
        .value(text(l, seen.name.as_ref()))
        .line("address", l.t("people-mail-address"))
        .optional()
        .value(text(l, found.address.as_ref()));
        parts.push(change.into());
    }
    page.section(l.t("common-what-you-can-do"), parts);
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
    Form::folded(format!("{at}/roll"), l.t("people-grant-a-role"), l.t("people-grant"))
        .note(l.t("people-a-role-that-the-person"))
        .select("role", l.t("people-role"), choices(roles))
        .date("from", l.t("common-from-2"))
        .optional()
        .help(l.t("people-empty-from-today"))
        .date("until", l.t("common-until"))
        .optional()
        .help(l.t("people-empty-until-it-is-taken"))
        .select("substitute_for", l.t("people-stands-in-for-somebody-who"), colleagues)
        .optional()
}

fn revoke(l: Lang, at: &str, person: &pb::Person) -> Form {
    let roles = person
        .roles
        .iter()
        .map(|held| (held.role.to_string(), role_name(l, held.role)));
    Form::folded(
        format!("{at}/ta-tillbaka"),
        l.t("people-take-a-role-back"),
        l.t("people-take-back"),
    )
    .note(l.t("people-it-holds-at-once-what"))
    .select("role", l.t("people-role"), roles.collect())
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
    let way = Way {
        action: "/personer/ny",
        next: &format!("/personer/{}", posted.get("person")),
    };
    let asked = Asked::default();
    carry_out(&user, (ACTS, "lagg-till"), &posted, way, build_list(&user, &asked)).await
}

pub(super) async fn act(
    user: User,
    Path((person, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("person", person.clone());
    let page = format!("/personer/{person}");
    let done = carry_out_here(&user, (ACTS, &act), &posted, &page, build(&user, &person, None)).await;
    if person == user.acting_as.person.to_string() {
        // Who has changed their own role may hold another one now.
        user.hear_anew();
    }
    done
}
