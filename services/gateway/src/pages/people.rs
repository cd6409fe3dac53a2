//! People and their roles, for the administrators of an organisation.

use super::{Asked, Way, carry_out, carry_out_here, confirm};
use crate::act::{Act, Acts, Became, send};
use crate::components::{Empty, Facts, Link, Pager, Row, Table, Wording, facts};
use crate::error::{ErrorKind, WebError};
use crate::form::{Form, choices};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases::{self, Kind};
use crate::posted::Posted;
use crate::reader::Reader;
use crate::refill::{WithForms, refused, shown};
use crate::session::User;
use crate::sessions::Secret;
use crate::view::{drawn, text};
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::identity::account::UNLINK_ACCOUNT;
use idesluss_domain::identity::grant::HELD_BEFORE;
use idesluss_domain::identity::person::{
    CHANGE_PERSON, DISABLE_PERSON, ENABLE_PERSON, INVITE_PERSON, REGISTER_PERSON, RESET_SIGN_IN,
};
use idesluss_domain::words::Role;
use idesluss_proto::pb::command as words;
use idesluss_proto::pb::identity as pb;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Everybody who holds a role here or is known here.
#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    /// The roles of before a restore are to be confirmed.
    waits: bool,
    search: Form,
    table: Table,
    pager: Pager,
    add: Option<Form>,
}

impl WithForms for PeoplePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.add.iter_mut().collect()
    }
}

/// One of them: the roles first, since they are what is changed here.
#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    name: Wording,
    roles: Table,
    forms: Vec<Form>,
    about: Facts,
}

impl WithForms for PersonPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.forms.iter_mut().collect()
    }
}

pub(super) async fn list(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build_list(&user, &asked).await?.draw(&user)
}

fn role_name(l: Lang, role: i32) -> String {
    let role = words::Role::try_from(role)
        .ok()
        .and_then(|role| Role::try_from(role).ok());
    role.map(|role| phrases::role(l, role).to_owned()).unwrap_or_default()
}

async fn build_list(user: &User, asked: &Asked) -> Result<PeoplePage, WebError> {
    let l = user.lang;
    let request = pb::ListPeopleRequest {
        query: user.asks(asked.after.as_deref()),
        words: asked.words.clone(),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let role = |held: &pb::HeldRole| {
        let role = role_name(l, held.role);
        match (held.in_force, held.awaits_confirmation) {
            (true, _) => role,
            (false, true) => l.say("people-role-that-waits", &[("role", &role)]),
            (false, false) => l.say("people-role-from", &[("role", &role), ("day", &l.day(&held.from))]),
        }
    };
    let row = |person: &pb::Person| {
        let roles: Vec<String> = person.roles.iter().map(role).collect();
        Row {
            href: format!("/personer/{}", person.person),
            ..Row::of([called(l, person), roles.join(", ").into()])
        }
    };
    Ok(PeoplePage {
        frame: Frame::of(user),
        waits: found.awaits_confirmation,
        search: asked.search(l, "/personer", l.t("common-name")).optional(),
        table: Table::new(l.t("common-people"), [l.t("common-name"), l.t("people-roles")])
            .rows(found.people.iter().map(row))
            .or(Empty::new(
                l.t("people-nobody-was-found"),
                Some(Link::new("/personer", l.t("people-show-all"))),
            ))
            .in_all(l, found.total),
        pager: asked.pager(l, "/personer", &found.next_page_token),
        add: Offered(&found.actions).has(&REGISTER_PERSON).then(|| register(l)),
    })
}

pub(super) async fn page(
    user: User,
    Path(person): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &person, asked.after.as_deref()).await?.draw(&user)
}

async fn build(user: &User, person: &str, after: Option<&str>) -> Result<PersonPage, WebError> {
    let l = user.lang;
    let request = pb::GetPersonRequest {
        query: user.asks(after),
        person: person.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let seen = found.person.unwrap_or_default();
    let at = format!("/personer/{}", seen.person);
    let address = text(l, found.address.as_ref());
    let mut forms = vec![grant(user, &at)];
    if !seen.roles.is_empty() {
        forms.push(revoke(l, &at, &seen));
    }
    if Offered(&found.actions).has(&CHANGE_PERSON) {
        forms.push(change(l, &at, &seen, &address.text));
    }
    forms.extend(of_sign_in(l, &at, Offered(&found.actions)));
    Ok(PersonPage {
        frame: Frame::of(user),
        name: called(l, &seen),
        roles: roles(user, &seen).await?,
        forms,
        about: facts([
            (
                l.t("common-organisation"),
                user.organisation_name(&found.organisation).into(),
            ),
            (l.t("people-mail-address"), address),
            (l.t("common-pseudonym"), seen.person.as_str().into()),
            (l.t("people-signing-in"), signing_in(l, seen.disabled).into()),
        ]),
    })
}

/// Whether somebody is let in; said of those alone who are not.
fn signing_in(l: Lang, is_disabled: bool) -> &'static str {
    if is_disabled { l.t("people-is-shut-out") } else { "" }
}

/// The roles that somebody holds, and for how long.
async fn roles(user: &User, person: &pb::Person) -> Result<Table, WebError> {
    let l = user.lang;
    let names = substitutes(user, person).await?;
    let away = |held: &pb::HeldRole| {
        let name = names.iter().find(|name| name.person == held.substitute_for);
        name.map_or_else(Wording::default, |name| text(l, name.name.as_ref()))
    };
    let row = |held: &pb::HeldRole| Row {
        href: String::new(),
        cells: vec![
            role_name(l, held.role).into(),
            match held.from == HELD_BEFORE.to_string() {
                true => l.t("people-from-the-beginning").into(),
                false => l.day(&held.from).into(),
            },
            l.day(&held.until).into(),
            away(held),
            match (held.in_force, held.awaits_confirmation) {
                (true, _) if held.by_group => l.t("people-by-group"),
                (true, _) => l.t("people-in-force"),
                (false, true) => l.t("people-waits-to-be-confirmed"),
                (false, false) => l.t("people-begins-later"),
            }
            .into(),
        ],
        urgent: held.awaits_confirmation && !held.in_force,
    };
    let head = [
        l.t("people-role"),
        l.t("common-from-2"),
        l.t("common-until"),
        l.t("people-stands-in-for"),
        l.t("common-state"),
    ];
    let table = Table::new(l.t("people-roles-in-your-organisation"), head);
    Ok(table.rows(person.roles.iter().map(row)).or(l.t("people-no-role")))
}

/// What somebody is called; by the pseudonym where the name is their own organisation's alone.
fn called(l: Lang, person: &pb::Person) -> Wording {
    match &person.name {
        Some(name) => text(l, Some(name)),
        None => person.person.as_str().into(),
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

pub(super) fn register(l: Lang) -> Form {
    Form::of(ACTS, "/personer", "ny", l.t("common-add"))
        .folded(l.t("people-add-a-person"))
        .note(l.t("people-the-name-is-shown-to"))
        .hidden("person", Uuid::new_v4().to_string())
        .ask("name", l.t("common-name"))
        .ask("address", l.t("people-mail-address"))
}

pub(super) fn grant(user: &User, at: &str) -> Form {
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
    Form::of(ACTS, at, "roll", l.t("people-grant"))
        .folded(l.t("people-grant-a-role"))
        .note(l.t("people-a-role-that-the-person"))
        .select("role", l.t("people-role"), choices(roles))
        .ask("from", l.t("common-from-2"))
        .help(l.t("people-empty-from-today"))
        .ask("until", l.t("common-until"))
        .help(l.t("people-empty-until-it-is-taken"))
        .select("substitute_for", l.t("people-stands-in-for-somebody-who"), colleagues)
}

pub(super) fn revoke(l: Lang, at: &str, person: &pb::Person) -> Form {
    let roles = person
        .roles
        .iter()
        .map(|held| (held.role.to_string(), role_name(l, held.role)));
    Form::of(ACTS, at, "ta-tillbaka", l.t("people-take-back"))
        .folded(l.t("people-take-a-role-back"))
        .note(l.t("people-it-holds-at-once-what"))
        .select("role", l.t("people-role"), roles.collect())
}

pub(super) fn change(l: Lang, at: &str, person: &pb::Person, address: &str) -> Form {
    Form::of(ACTS, at, "andra", l.t("common-change"))
        .folded(l.t("people-change-name-or-address"))
        .ask("name", l.t("common-name"))
        .value(text(l, person.name.as_ref()).text)
        .ask("address", l.t("people-mail-address"))
        .value(address)
}

/// Who is let in, and who is not.
pub(super) fn of_sign_in(l: Lang, at: &str, may: Offered<'_>) -> Vec<Form> {
    let form = |act: &str, button: &'static str, note: &'static str| {
        Form::of(ACTS, at, act, l.t(button)).folded(l.t(button)).note(l.t(note))
    };
    let mut forms = Vec::new();
    // Whoever sends such a form twice is shown the same link.
    let link = || Secret::new().map(|secret| secret.write()).unwrap_or_default();
    if may.has(&INVITE_PERSON) {
        forms.push(form(INVITE, "people-invite", "people-invite-note").hidden(LINK, link()));
    }
    if may.has(&RESET_SIGN_IN) {
        forms.push(form(RESET, "people-reset", "people-reset-note").hidden(LINK, link()));
    }
    if may.has(&UNLINK_ACCOUNT) {
        forms.push(form("koppla-bort", "people-unlink", "people-unlink-note"));
    }
    if may.has(&DISABLE_PERSON) {
        forms.push(form("stang-av", "people-disable", "people-disable-note"));
    }
    if may.has(&ENABLE_PERSON) {
        forms.push(form("slapp-in", "people-enable", "people-enable-note"));
    }
    forms
}

/// What makes a link for somebody.
const INVITE: &str = "bjud-in";
const RESET: &str = "aterstall";
/// What stands in that link, in the form from which it is made.
const LINK: &str = "lank";

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("ny", Act::one::<pb::RegisterPersonRequest>()),
    ("andra", Act::one::<pb::ChangePersonRequest>()),
    ("roll", Act::one::<pb::GrantRoleRequest>()),
    ("ta-tillbaka", Act::one::<pb::RevokeRoleRequest>()),
    (INVITE, Act::one::<pb::InvitePersonRequest>()),
    (RESET, Act::one::<pb::ResetSignInRequest>()),
    ("koppla-bort", Act::one::<pb::UnlinkAccountsRequest>()),
    ("stang-av", Act::one::<pb::DisablePersonRequest>()),
    ("slapp-in", Act::one::<pb::EnablePersonRequest>()),
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
    carry_out(&user, (ACTS, "ny"), &posted, way, build_list(&user, &asked)).await
}

/// A link for somebody, which is shown once.
#[derive(Template)]
#[template(path = "invited.html")]
struct InvitedPage {
    frame: Frame,
    done: String,
    link: String,
    /// How long it is good.
    holds: &'static str,
    /// Where the person's page is.
    back: String,
}

/// Makes a link by which somebody chooses what they sign in with: what stands in it is known to nobody but who reads this page.
async fn make_link(user: &User, person: &str, act: &str, posted: Posted) -> Result<Response, WebError> {
    let l = user.lang;
    let secret = Secret::read(&posted.get(LINK)).ok_or_else(|| WebError::new(l, ErrorKind::Unreadable))?;
    let posted = posted.with("hash", hex::encode(Sha256::digest(secret.bytes())));
    let page = format!("/personer/{person}");
    let action = format!("{page}/{act}");
    let done = match send(user, ACTS, act, &posted).await? {
        Became::Done(done) => done,
        Became::Refused(status) => return refused(user, build(user, person, None).await, &action, &posted, &status),
        Became::Unsure(rpc) => return confirm::page(user, build(user, person, None).await, &action, rpc, &posted),
        Became::Shown => return shown(user, build(user, person, None).await, &action, &posted),
    };
    let invited = InvitedPage {
        frame: Frame::of(user).shown_once(),
        done: l.phrase(Kind::Done, done.rpc, &[]).unwrap_or_default(),
        link: user.web.absolute(&format!("/in/inbjudan/{}", secret.write())),
        holds: l.t(if act == INVITE {
            "people-link-holds-days"
        } else {
            "people-link-holds-an-hour"
        }),
        back: page,
    };
    drawn(user, &invited)
}

pub(super) async fn act(
    user: User,
    Path((person, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("person", person.clone());
    let page = format!("/personer/{person}");
    if [INVITE, RESET].contains(&act.as_str()) {
        return make_link(&user, &person, &act, posted).await;
    }
    carry_out_here(&user, (ACTS, &act), &posted, &page, build(&user, &person, None)).await
}
