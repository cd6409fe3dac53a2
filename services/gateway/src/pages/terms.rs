//! The terms under which an organisation takes ideas in: those in force, and those of before.

use crate::components::{Facts, Link, Prose, Row, Table, Wording, facts};
use crate::error::{ErrorKind, WebError};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::session::User;
use crate::view::{drawn, moment};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use idesluss_domain::identity::terms::USUAL_TERMS;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::submission::SubmitIdeaRequest;

/// One version of them.
#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    of: String,
    /// Leads to those in force; None: these are.
    newer: Option<Link>,
    about: Facts,
    terms: Prose,
    /// Every version; None: there is no other.
    versions: Option<Table>,
    /// Whether whoever reads them submits ideas.
    submits: bool,
}

/// What holds in an organisation that has adopted no terms of its own.
pub(super) const USUAL: [&str; 6] = [
    "terms-usual-1",
    "terms-usual-2",
    "terms-usual-3",
    "terms-usual-4",
    "terms-usual-5",
    "terms-usual-6",
];

/// Those that hold now in the reader's organisation: the ones that the form for an idea takes as read, so
/// that both change at once.
pub(super) async fn in_force(user: User) -> Result<Response, WebError> {
    let (own, version) = (user.acting_as.organisation.to_string(), user.terms_in_force());
    shown(&user, &own, &version).await
}

/// Those of a version: an organisation's own by its number, or the usual ones.
pub(super) async fn version(
    user: User,
    Path((organisation, version)): Path<(String, String)>,
) -> Result<Response, WebError> {
    shown(&user, &organisation, &version).await
}

async fn shown(user: &User, organisation: &str, version: &str) -> Result<Response, WebError> {
    let no_page = || WebError::new(user.lang, ErrorKind::NoPage);
    let is_usual = version == USUAL_TERMS;
    let number = if is_usual {
        0
    } else {
        version.parse().map_err(|_| no_page())?
    };
    let found = ask(user, organisation, number).await?;
    match found.adopted.filter(|known| !is_usual && known.version == number) {
        None if !is_usual => Err(no_page()),
        adopted => page(user, organisation, adopted.as_ref(), &found.versions),
    }
}

/// Asks for a version, with the list of all; 0: for the list alone.
async fn ask(user: &User, organisation: &str, version: u32) -> Result<pb::GetTermsResponse, WebError> {
    let known = organisation.parse().ok();
    let known = known.is_some_and(|id| user.web.directory().organisation(&id).is_some());
    if !known {
        return Err(WebError::new(user.lang, ErrorKind::NoPage));
    }
    let request = pb::GetTermsRequest {
        query: user.asks(None),
        organisation: organisation.to_owned(),
        version,
    };
    let found = user.services().ask(request).await;
    found.map_err(|status| user.web_error(&status))
}

fn page(
    user: &User,
    organisation: &str,
    adopted: Option<&pb::TermsVersion>,
    versions: &[pb::TermsVersion],
) -> Result<Response, WebError> {
    let l = user.lang;
    let shown = adopted.map_or(0, |adopted| adopted.version);
    let newest = versions.first().map_or(0, |newest| newest.version);
    let terms = match adopted.and_then(|adopted| adopted.terms.as_ref()) {
        None => USUAL.map(|name| l.t(name)).join("\n\n").into(),
        Some(own) if l != Lang::SWEDISH && !own.en.is_empty() => Wording::written_in(Lang::ENGLISH, &own.en),
        Some(own) => Wording::written(&own.sv),
    };
    let (name, version) = (user.organisation_name(organisation), called(shown));
    let page = TermsPage {
        frame: Frame::of(user),
        of: l.say("terms-of", &[("organisation", &name), ("version", &version)]),
        newer: (shown != newest).then(|| Link::new(address(organisation, newest), l.t("terms-to-those-in-force"))),
        about: adopted.map_or_else(Facts::default, |adopted| {
            facts([
                (l.t("terms-adopted"), moment(l, &adopted.adopted_at)),
                (l.t("common-by"), user.name(&adopted.adopted_by)),
            ])
        }),
        terms: Prose(terms),
        versions: (newest > 0).then(|| table(user, organisation, versions)),
        submits: user.may::<SubmitIdeaRequest>(),
    };
    drawn(user, &page)
}

/// What a version is called; 0: the usual terms.
fn called(version: u32) -> String {
    match version {
        0 => USUAL_TERMS.to_owned(),
        version => version.to_string(),
    }
}

fn address(organisation: &str, version: u32) -> String {
    format!("/villkor/{organisation}/{}", called(version))
}

/// Every version, with when it was adopted and until when it held; last the usual ones, which held before all.
fn table(user: &User, organisation: &str, versions: &[pb::TermsVersion]) -> Table {
    let l = user.lang;
    let usual = pb::TermsVersion::default();
    let mut until = l.t("terms-in-force").to_owned();
    let rows = versions.iter().chain([&usual]).map(|known| {
        let adopted = moment(l, &known.adopted_at);
        let by = match known.adopted_by.as_str() {
            "" => String::new(),
            person => user.name(person),
        };
        Row {
            href: address(organisation, known.version),
            ..Row::of([
                called(known.version),
                adopted.clone(),
                by,
                std::mem::replace(&mut until, adopted),
            ])
        }
    });
    let head = [
        l.t("common-version"),
        l.t("terms-adopted"),
        l.t("common-by"),
        l.t("terms-held-until"),
    ];
    Table::new(l.t("terms-all-versions"), head).rows(rows)
}
