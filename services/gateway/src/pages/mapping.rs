//! How people of an organisation come in by its provider, for its administrators: who gets which role by what the provider says.

use super::{Asked, Way, carry_out};
use crate::act::{Act, Acts, Sends};
use crate::components::{Facts, Row, Table, facts};
use crate::error::WebError;
use crate::filling::fill;
use crate::form::{Form, choices, in_row};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::{WithForms, refused, shown};
use crate::session::User;
use crate::view::text;
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::identity::mapping::{ADOPT_MAPPING, WITHDRAW_MAPPING};
use idesluss_domain::words::Role;
use idesluss_proto::pb::command as words;
use idesluss_proto::pb::identity as pb;
use prost::Message as _;

/// How many lines one form has room for beyond those that there are.
const NEW_LINES: usize = 5;
/// Where it is.
const PAGE: &str = "/organisation/inloggning";
/// Where a form is sent to see who would get what.
const LOOK: &str = "/organisation/inloggning/visa";
/// The claim in which most providers say groups.
const USUAL_CLAIM: &str = "groups";

/// The page: what holds, what providers have said, and what can be done.
#[derive(Template)]
#[template(path = "mapping.html")]
struct MappingPage {
    frame: Frame,
    about: Facts,
    lines: Table,
    seen: Table,
    /// Who would get what by what was filled in; None: nothing was, yet.
    outlook: Option<Outlook>,
    forms: Vec<Form>,
}

/// Who would get what.
struct Outlook {
    said: String,
    changes: Table,
}

impl WithForms for MappingPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.forms.iter_mut().collect()
    }

    fn foreseen(&self) -> Option<(String, Table)> {
        let outlook = self.outlook.as_ref()?;
        Some((outlook.said.clone(), outlook.changes.clone()))
    }
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, asked.after.as_deref(), None).await?.draw(&user)
}

fn role_name(l: Lang, role: i32) -> String {
    let role = words::Role::try_from(role)
        .ok()
        .and_then(|role| Role::try_from(role).ok());
    role.map(|role| phrases::role(l, role).to_owned()).unwrap_or_default()
}

/// The page; with who would get what by the form that was sent, where one was.
async fn build(user: &User, after: Option<&str>, posted: Option<&Posted>) -> Result<MappingPage, WebError> {
    let l = user.lang;
    let request = pb::GetMappingRequest {
        query: user.asks(after),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let outlook = match posted.and_then(asked_for) {
        Some(mapping) => outlook(user, mapping).await?,
        None => None,
    };
    let mapping = found.mapping.clone().unwrap_or_default();
    let may = Offered(&found.actions);
    let mut forms = Vec::new();
    if may.has(&ADOPT_MAPPING) && !found.providers.is_empty() {
        forms.push(adopt(l, &found.providers, found.mapping.as_ref()));
    }
    if may.has(&WITHDRAW_MAPPING) && found.mapping.is_some() {
        forms.push(withdraw(l));
    }
    let line = |line: &pb::MappingLine| {
        let value = match line.value.as_str() {
            "" => l.t("mapping-everybody").to_owned(),
            value => value.to_owned(),
        };
        Row::of([value, role_name(l, line.role)])
    };
    let seen = |seen: &pb::ClaimSeen| Row::of([seen.claim.clone(), seen.value.clone(), l.grouped(seen.people.into())]);
    let providers = match found.providers.is_empty() {
        true => l.t("mapping-no-provider").to_owned(),
        false => found.providers.join(", "),
    };
    Ok(MappingPage {
        frame: Frame::of(user),
        about: facts([
            (l.t("mapping-providers"), providers),
            (
                l.t("mapping-version"),
                match found.version {
                    0 => String::new(),
                    version => version.to_string(),
                },
            ),
            (l.t("mapping-claim"), mapping.claim.clone()),
            (l.t("mapping-acr"), mapping.acr.clone()),
            (l.t("mapping-amr"), mapping.amr.clone()),
            (l.t("mapping-people"), l.grouped(found.people.into())),
        ]),
        lines: Table::new(l.t("mapping-who-gets-what"), [l.t("mapping-value"), l.t("people-role")])
            .rows(mapping.lines.iter().map(line))
            .or(l.t("mapping-nobody-comes-in-so")),
        seen: Table::new(
            l.t("mapping-seen"),
            [l.t("mapping-claim"), l.t("mapping-value"), l.t("mapping-people")],
        )
        .rows(found.claims.iter().map(seen))
        .or(l.t("mapping-nothing-seen")),
        outlook,
        forms,
    })
}

/// The mapping that a form asks for; None: what was sent is none, which is said where it is sent on.
fn asked_for(posted: &Posted) -> Option<pb::Mapping> {
    let request = fill(Sends::of::<pb::AdoptMappingRequest>(), posted, None).ok()?;
    pb::AdoptMappingRequest::decode(request).ok()?.mapping
}

/// Who would get what by a mapping; None: it is refused, which is said where it is sent on.
async fn outlook(user: &User, mapping: pb::Mapping) -> Result<Option<Outlook>, WebError> {
    let l = user.lang;
    let request = pb::PreviewMappingRequest {
        query: user.asks(None),
        mapping: Some(mapping),
    };
    let found = match user.services().ask(request).await {
        Ok(found) => found,
        Err(status) if crate::error::http_status(&status).is_client_error() => return Ok(None),
        Err(status) => return Err(user.web_error(&status)),
    };
    let roles = |roles: &[i32]| {
        roles
            .iter()
            .map(|role| role_name(l, *role))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let row = |change: &pb::RoleChange| Row {
        href: format!("/personer/{}", change.person),
        ..Row::of([
            match &change.name {
                Some(name) => text(l, Some(name)),
                None => change.person.as_str().into(),
            },
            roles(&change.gets).into(),
            roles(&change.loses).into(),
        ])
    };
    let count = |number: u32| l.grouped(number.into());
    let said = l.say(
        "mapping-outlook",
        &[
            ("people", &count(found.people)),
            ("submitters", &count(found.submitters)),
            ("changes", &count(found.total)),
        ],
    );
    let head = [l.t("common-name"), l.t("mapping-gets"), l.t("mapping-loses")];
    let changes = Table::new(l.t("mapping-whose-roles-change"), head)
        .rows(found.changes.iter().map(row))
        .or(l.t("mapping-no-role-changes"));
    Ok(Some(Outlook { said, changes }))
}

pub(super) fn adopt(l: Lang, providers: &[String], held: Option<&pb::Mapping>) -> Form {
    let own = held.cloned().unwrap_or_else(|| pb::Mapping {
        provider: providers.first().cloned().unwrap_or_default(),
        claim: USUAL_CLAIM.to_owned(),
        ..pb::Mapping::default()
    });
    let named = providers.iter().map(|provider| (provider.clone(), provider.clone()));
    let roles: Vec<_> = Role::of_people().filter(|role| role.may_come_by_group()).collect();
    let mut form = Form::of(ACTS, PAGE, "anta", l.t("mapping-adopt"))
        .folded(l.t("mapping-adopt-one"))
        .note(l.t("mapping-note"))
        .look(LOOK, l.t("mapping-look"))
        .select("mapping.provider", l.t("mapping-provider"), named.collect())
        .value(own.provider)
        .ask("mapping.claim", l.t("mapping-claim"))
        .value(own.claim)
        .help(l.t("mapping-claim-help"))
        .ask("mapping.acr", l.t("mapping-acr"))
        .value(own.acr)
        .help(l.t("mapping-acr-help"))
        .ask("mapping.amr", l.t("mapping-amr"))
        .value(own.amr)
        .help(l.t("mapping-amr-help"));
    for index in 0..own.lines.len() + NEW_LINES {
        let line = own.lines.get(index).cloned().unwrap_or_default();
        let row = (index + 1).to_string();
        let called = roles
            .iter()
            .map(|role| (words::Role::from(*role).into(), phrases::role(l, *role)));
        form = form
            .ask(
                &format!("mapping.lines[{index}].value"),
                &in_row(l, "mapping-value", &row),
            )
            .value(line.value)
            .select(
                &format!("mapping.lines[{index}].role"),
                &in_row(l, "people-role", &row),
                choices(called),
            )
            .optional()
            .value(if line.role == 0 {
                String::new()
            } else {
                line.role.to_string()
            });
    }
    form
}

pub(super) fn withdraw(l: Lang) -> Form {
    Form::of(ACTS, PAGE, "dra-in", l.t("mapping-withdraw"))
        .folded(l.t("mapping-withdraw-it"))
        .note(l.t("mapping-withdraw-note"))
}

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("anta", Act::one::<pb::AdoptMappingRequest>()),
    ("dra-in", Act::one::<pb::WithdrawMappingRequest>()),
];

/// Shows who would get what by a form that is not carried out.
pub(super) async fn look(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    user.check(&posted.get("csrf"))?;
    let page = build(&user, None, Some(&posted)).await;
    let action = format!("{PAGE}/anta");
    match fill(Sends::of::<pb::AdoptMappingRequest>(), &posted, None) {
        Ok(_) => shown(&user, page, &action, &posted),
        Err(status) => refused(&user, page, &action, &posted, &status),
    }
}

pub(super) async fn act(
    user: User,
    Path(act): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let action = format!("{PAGE}/{act}");
    let way = Way {
        action: &action,
        next: PAGE,
    };
    carry_out(&user, (ACTS, &act), &posted, way, build(&user, None, Some(&posted))).await
}
