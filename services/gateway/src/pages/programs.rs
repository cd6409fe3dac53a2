//! Programs that act for an organisation, for its administrators: what each may do, and by what it shows who it is.

use super::{Asked, Way, carry_out, carry_out_here};
use crate::act::{Act, Acts, Became, send};
use crate::components::{Facts, Pager, Row, Table, facts};
use crate::error::WebError;
use crate::form::{Form, choices};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases::{self, Kind};
use crate::posted::Posted;
use crate::programs::TOKEN;
use crate::reader::Reader;
use crate::refill::{WithForms, refused, shown};
use crate::session::User;
use crate::sessions::Secret;
use crate::view::drawn;
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use idesluss_domain::identity::program::{
    ADD_PROGRAM_CREDENTIAL, CHANGE_PROGRAM_SCOPES, DISABLE_PROGRAM, ENABLE_PROGRAM, REGISTER_PROGRAM,
    REVOKE_PROGRAM_CREDENTIAL,
};
use idesluss_domain::words::{Role, ScopeName};
use idesluss_proto::pb::command as words;
use idesluss_proto::pb::identity as pb;
use sha2::{Digest as _, Sha256};

/// Where they are.
const PAGE: &str = "/program";
/// What a field of ticks keeps its values apart by.
const BETWEEN: &str = "\u{1f}";
/// The form that adds a secret, which is shown once.
const SECRET: &str = "hemlighet";

/// All of them.
#[derive(Template)]
#[template(path = "programs.html")]
struct ProgramsPage {
    frame: Frame,
    table: Table,
    pager: Pager,
    add: Option<Form>,
}

impl WithForms for ProgramsPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.add.iter_mut().collect()
    }
}

/// One of them.
#[derive(Template)]
#[template(path = "program.html")]
struct ProgramPage {
    frame: Frame,
    name: String,
    /// What is to be done before it can do anything; empty: nothing.
    next: Vec<&'static str>,
    about: Facts,
    scopes: Table,
    credentials: Table,
    forms: Vec<Form>,
}

impl WithForms for ProgramPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.forms.iter_mut().collect()
    }
}

/// A secret, this once.
#[derive(Template)]
#[template(path = "program_secret.html")]
struct SecretPage {
    frame: Frame,
    program: String,
    secret: String,
    about: Facts,
}

fn role_name(l: Lang, role: i32) -> String {
    let role = words::Role::try_from(role)
        .ok()
        .and_then(|role| Role::try_from(role).ok());
    role.map(|role| phrases::role(l, role).to_owned()).unwrap_or_default()
}

/// What a scope lets a program do, in plain words.
fn scope_name(l: Lang, scope: &str) -> String {
    let named = scope.parse::<ScopeName>().ok().and_then(|scope| {
        let code = format!("{}-{}", scope.service(), scope.rpc());
        l.phrase(Kind::Scope, &code, &[])
    });
    named.unwrap_or_else(|| scope.to_owned())
}

fn standing(l: Lang, program: &pb::Program) -> &'static str {
    match (program.disabled, program.awaits_confirmation) {
        (true, _) => l.t("programs-is-shut-out"),
        (false, true) => l.t("people-waits-to-be-confirmed"),
        (false, false) => l.t("programs-is-let-in"),
    }
}

pub(super) async fn list(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build_list(&user, &asked).await?.draw(&user)
}

async fn build_list(user: &User, asked: &Asked) -> Result<ProgramsPage, WebError> {
    let l = user.lang;
    let request = pb::ListProgramsRequest {
        query: user.asks(asked.after.as_deref()),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let row = |program: &pb::Program| Row {
        href: format!("{PAGE}/{}", program.program),
        ..Row::of([
            program.name.clone(),
            role_name(l, program.role),
            standing(l, program).to_owned(),
        ])
    };
    let head = [l.t("common-name"), l.t("people-role"), l.t("common-state")];
    Ok(ProgramsPage {
        frame: Frame::of(user),
        table: Table::new(l.t("programs-title"), head)
            .rows(found.programs.iter().map(row))
            .or(l.t("programs-none")),
        pager: asked.pager(l, PAGE, &found.next_page_token),
        add: Offered(&found.actions).has(&REGISTER_PROGRAM).then(|| register(user)),
    })
}

pub(super) async fn page(
    user: User,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &program, asked.after.as_deref()).await?.draw(&user)
}

async fn build(user: &User, program: &str, after: Option<&str>) -> Result<ProgramPage, WebError> {
    let l = user.lang;
    let request = pb::GetProgramRequest {
        query: user.asks(after),
        program: program.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let seen = found.program.clone().unwrap_or_default();
    let mut next = Vec::new();
    if found.scopes.is_empty() {
        next.push(l.t("programs-choose-what-it-may-do"));
    }
    if found.credentials.is_empty() {
        next.push(l.t("programs-give-it-a-secret-or-a-key"));
    }
    let held = |held: &pb::ProgramCredential| {
        Row::of([
            kind_name(l, held.kind()).to_owned(),
            l.day(&held.from).to_string(),
            l.day(&held.until).to_string(),
            held.credential.clone(),
        ])
    };
    let head = [
        l.t("programs-kind"),
        l.t("common-from-2"),
        l.t("common-until"),
        l.t("programs-number"),
    ];
    Ok(ProgramPage {
        frame: Frame::of(user),
        name: seen.name.clone(),
        next,
        about: facts([
            (l.t("people-role"), role_name(l, seen.role)),
            (l.t("programs-contact"), Reader::of(user).name(&seen.contact)),
            (l.t("common-state"), standing(l, &seen).to_owned()),
            (l.t("programs-client-id"), seen.program.clone()),
            (l.t("programs-token-address"), user.web.absolute(TOKEN)),
        ]),
        scopes: Table::new(l.t("programs-may-do"), [l.t("programs-what"), l.t("programs-rpc")])
            .rows(
                found
                    .scopes
                    .iter()
                    .map(|scope| Row::of([scope_name(l, scope), scope.clone()])),
            )
            .or(l.t("programs-may-do-nothing")),
        credentials: Table::new(l.t("programs-secrets-and-keys"), head)
            .rows(found.credentials.iter().map(held))
            .or(l.t("programs-shows-nothing")),
        forms: forms(l, &found),
    })
}

fn kind_name(l: Lang, kind: pb::CredentialKind) -> &'static str {
    match kind {
        pb::CredentialKind::Key => l.t("programs-key"),
        pb::CredentialKind::Secret | pb::CredentialKind::Unspecified => l.t("programs-secret"),
    }
}

/// What may be done with a program now.
pub(super) fn forms(l: Lang, found: &pb::GetProgramResponse) -> Vec<Form> {
    let seen = found.program.clone().unwrap_or_default();
    let (at, may) = (format!("{PAGE}/{}", seen.program), Offered(&found.actions));
    let mut forms = Vec::new();
    if may.has(&CHANGE_PROGRAM_SCOPES) {
        let all = found
            .scopes_to_give
            .iter()
            .map(|scope| (scope.clone(), scope_name(l, scope)));
        forms.push(
            Form::of(ACTS, &at, "ratta", l.t("common-change"))
                .folded(l.t("programs-change-what-it-may-do"))
                .note(l.t("programs-scopes-note"))
                .ticks("scopes", l.t("programs-may-do"), all.collect())
                .optional()
                .value(found.scopes.join(BETWEEN)),
        );
    }
    if may.has(&ADD_PROGRAM_CREDENTIAL) {
        forms.push(
            Form::of(ACTS, &at, SECRET, l.t("programs-make-a-secret"))
                .folded(l.t("programs-make-a-secret"))
                .note(l.t("programs-secret-note"))
                .ask("until", l.t("common-until"))
                .help(l.t("programs-until-help")),
        );
        forms.push(
            Form::of(ACTS, &at, "nyckel", l.t("programs-add-key"))
                .folded(l.t("programs-add-key"))
                .note(l.t("programs-key-note"))
                .ask("jwk", l.t("programs-jwk"))
                .ask("until", l.t("common-until"))
                .help(l.t("programs-until-help")),
        );
    }
    if may.has(&REVOKE_PROGRAM_CREDENTIAL) {
        let held = found.credentials.iter().map(|held| {
            let called = format!(
                "{}, {} ({})",
                kind_name(l, held.kind()),
                l.day(&held.from),
                held.credential
            );
            (held.credential.clone(), called)
        });
        forms.push(
            Form::of(ACTS, &at, "aterkalla", l.t("programs-revoke"))
                .folded(l.t("programs-revoke"))
                .note(l.t("programs-revoke-note"))
                .select("credential", l.t("programs-secrets-and-keys"), held.collect()),
        );
    }
    let plain = |act: &str, button: &'static str, note: &'static str| {
        Form::of(ACTS, &at, act, l.t(button))
            .folded(l.t(button))
            .note(l.t(note))
    };
    if may.has(&DISABLE_PROGRAM) {
        forms.push(plain("stang-av", "programs-disable", "programs-disable-note"));
    }
    if may.has(&ENABLE_PROGRAM) {
        forms.push(plain("slapp-in", "programs-enable", "programs-enable-note"));
    }
    forms
}

pub(super) fn register(user: &User) -> Form {
    let l = user.lang;
    let roles = Role::ALL.into_iter().filter(|role| role.may_be_a_programs());
    let roles = roles.map(|role| (words::Role::from(role).into(), phrases::role(l, role)));
    let home = &user.acting_as.organisation;
    let directory = user.web.directory();
    // Those who do more than submit, of whom there may be thousands.
    let own = directory.people.iter().filter(|person| {
        let mut roles = person.roles.iter();
        roles.any(|held| held.organisation == *home && held.role != Role::Submitter)
    });
    Form::of(ACTS, PAGE, "ny", l.t("common-add"))
        .folded(l.t("programs-add"))
        .note(l.t("programs-add-note"))
        .ask("name", l.t("common-name"))
        .help(l.t("programs-name-help"))
        .select("contact", l.t("programs-contact"), Reader::of(user).choices(own))
        .value(user.acting_as.person.to_string())
        .select("role", l.t("people-role"), choices(roles))
        .help(l.t("programs-role-help"))
}

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("ny", Act::one::<pb::RegisterProgramRequest>()),
    ("ratta", Act::one::<pb::ChangeProgramScopesRequest>()),
    (SECRET, Act::one::<pb::AddProgramSecretRequest>()),
    ("nyckel", Act::one::<pb::AddProgramKeyRequest>()),
    ("aterkalla", Act::one::<pb::RevokeProgramCredentialRequest>()),
    ("stang-av", Act::one::<pb::DisableProgramRequest>()),
    ("slapp-in", Act::one::<pb::EnableProgramRequest>()),
];

pub(super) async fn add(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let way = Way {
        action: "/program/ny",
        next: PAGE,
    };
    let asked = Asked::default();
    carry_out(&user, (ACTS, "ny"), &posted, way, build_list(&user, &asked)).await
}

pub(super) async fn act(
    user: User,
    Path((program, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("program", program.clone());
    if act == SECRET {
        return add_secret(&user, program, posted).await;
    }
    let page = format!("{PAGE}/{program}");
    carry_out_here(&user, (ACTS, &act), &posted, &page, build(&user, &program, None)).await
}

/// Makes a secret, and shows it this once: it stands on this page, and nowhere else. Whoever sends the same form again is shown none.
async fn add_secret(user: &User, program: String, posted: Posted) -> Result<Response, WebError> {
    let l = user.lang;
    let page = format!("{PAGE}/{program}");
    let action = format!("{page}/{SECRET}");
    let secret = Secret::new().ok_or_else(|| WebError::new(l, crate::error::ErrorKind::Ours))?;
    let hash = hex::encode(Sha256::digest(secret.bytes()));
    let posted = posted.with("hash", hash);
    match send(user, ACTS, SECRET, &posted).await? {
        Became::Done(_) => {
            let page = SecretPage {
                frame: Frame::of(user).shown_once(),
                program: page,
                secret: BASE64.encode(secret.bytes()),
                about: facts([
                    (l.t("programs-client-id"), program),
                    (l.t("programs-token-address"), user.web.absolute(TOKEN)),
                ]),
            };
            drawn(user, &page)
        }
        Became::Refused(status) => refused(user, build(user, &program, None).await, &action, &posted, &status),
        Became::Shown => shown(user, build(user, &program, None).await, &action, &posted),
        Became::Unsure(rpc) => super::confirm::page(user, build(user, &program, None).await, &action, rpc, &posted),
    }
}
