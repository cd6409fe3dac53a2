//! What one signs in with here oneself: passkeys, a password, codes after it, and codes on paper for when the app is away.

use super::local::{bytes, said};
use super::{Asked, back_to};
use crate::act::Done;
use crate::components::qr;
use crate::error::{ErrorKind, WebError, refused_with};
use crate::frame::Frame;
use crate::pages::local::Question;
use crate::posted::Posted;
use crate::refusals;
use crate::session::{User, origin_of_passkeys};
use crate::view::{drawn, moment};
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::HeaderMap;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::MeansChange;
use idesluss_proto::pb::identity::change_sign_in_means_request::Change;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::status::Refusal;

/// A passkey, as its owner knows it.
struct OwnPasskey {
    id: String,
    name: String,
    added: String,
}

#[derive(Template)]
#[template(path = "own_means.html")]
struct MeansPage {
    frame: Frame,
    intro: String,
    codes_left: String,
    means: pb::GetSignInMeansResponse,
    passkeys: Vec<OwnPasskey>,
    /// What a browser is asked for another; None: under this name it is not, or whoever it is has signed in too long ago.
    passkey: Option<Question>,
    /// What was wrong; empty: nothing.
    problem: String,
}

impl MeansPage {
    /// Whether a passkey may go: something is left.
    fn may_lose_a_passkey(&self) -> bool {
        self.passkeys.len() > 1 || self.means.has_password
    }
}

pub(super) async fn page(user: User, headers: HeaderMap, Query(_): Query<Asked>) -> Result<Response, WebError> {
    build(&user, &headers, String::new()).await
}

async fn build(user: &User, headers: &HeaderMap, problem: String) -> Result<Response, WebError> {
    let l = user.lang;
    let secret = user.secret().bytes().to_vec();
    let request = pb::GetSignInMeansRequest { secret: secret.clone() };
    let means = user.web.services.ask(request).await;
    let means = means.map_err(|status| user.web_error(&status))?;
    let origin = origin_of_passkeys(headers, &user.web).filter(|_| means.is_local && means.is_fresh);
    let passkey = match origin {
        Some(origin) => {
            let request = pb::BeginPasskeyRequest {
                origin,
                secret,
                ..pb::BeginPasskeyRequest::default()
            };
            // Whoever has as many as may be is offered none.
            let begun = user.web.services.ask(request).await.ok();
            begun.map(|begun| Question {
                options: begun.options,
                kept: BASE64.encode(&begun.kept),
            })
        }
        None => None,
    };
    let own = |passkey: &pb::Passkey| OwnPasskey {
        id: passkey.passkey.clone(),
        name: match passkey.name.as_str() {
            "" => l.t("means-a-passkey").to_owned(),
            name => name.to_owned(),
        },
        added: l.say("means-added", &[("day", &moment(l, &passkey.added))]),
    };
    let page = MeansPage {
        frame: Frame::of(user),
        intro: l.say("means-intro", &[("address", &means.address)]),
        codes_left: l.say(
            "means-codes-are-asked-for",
            &[("left", &means.recovery_codes.to_string())],
        ),
        passkeys: means.passkeys.iter().map(own).collect(),
        means,
        passkey,
        problem,
    };
    drawn(user, &page)
}

/// Where an app is given what it makes codes with.
#[derive(Template)]
#[template(path = "own_codes.html")]
struct CodesPage {
    frame: Frame,
    /// The picture that the app reads.
    picture: String,
    /// What stands in it, which an app on the same telephone opens.
    address: String,
    setup_key: String,
    kept: String,
    /// What was wrong; empty: nothing.
    problem: String,
}

pub(super) async fn codes(user: User) -> Result<Response, WebError> {
    show_codes(&user, Vec::new(), String::new()).await
}

/// Four by four, as one copies it.
fn grouped(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

/// Those of which something was kept, or new ones.
async fn show_codes(user: &User, kept: Vec<u8>, problem: String) -> Result<Response, WebError> {
    let request = pb::BeginOneTimeCodesRequest {
        secret: user.secret().bytes().to_vec(),
        kept,
    };
    let begun = user.web.services.ask(request).await;
    let begun = begun.map_err(|status| user.web_error(&status))?;
    let page = CodesPage {
        frame: Frame::of(user),
        picture: qr::picture(&begun.address).ok_or_else(|| WebError::new(user.lang, ErrorKind::Ours))?,
        address: begun.address,
        setup_key: grouped(&begun.setup_key),
        kept: BASE64.encode(&begun.kept),
        problem,
    };
    drawn(user, &page)
}

/// Codes on paper, which nobody is shown again.
#[derive(Template)]
#[template(path = "codes_on_paper.html")]
struct PaperPage {
    frame: Frame,
    codes: Vec<String>,
}

/// What a form asks for; None: there is no such form.
fn wanted(act: &str, posted: &Posted) -> Option<Change> {
    let simply = |simply: MeansChange| Change::Simply(simply.into());
    Some(match act {
        "losenord" => Change::Password(pb::PasswordChange {
            current: posted.get("nuvarande"),
            password: posted.get("losenord"),
        }),
        "ta-bort-losenord" => simply(MeansChange::RemovePassword),
        "nyckel" => Change::AddPasskey(said(posted)),
        "ta-bort-nyckel" => Change::RemovePasskey(posted.get("nyckel")),
        "koder" => Change::AddOneTimeCodes(pb::CodeProof {
            kept: bytes(posted, "halften"),
            code: posted.get("kod"),
        }),
        "ta-bort-koder" => simply(MeansChange::RemoveOneTimeCodes),
        "papperskoder" => Change::RenewRecoveryCodes(posted.get("gjorda")),
        _ => return None,
    })
}

pub(super) async fn act(
    user: User,
    Path(act): Path<String>,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    user.check(&posted.get("csrf"))?;
    let change = wanted(&act, &posted).ok_or_else(|| WebError::new(user.lang, ErrorKind::NoPage))?;
    let request = pb::ChangeSignInMeansRequest {
        secret: user.secret().bytes().to_vec(),
        change: Some(change),
    };
    let changed = SessionCommandServiceClient::new(user.web.services.identity().clone())
        .change_sign_in_means(request)
        .await;
    match changed.map(tonic::Response::into_inner) {
        Ok(changed) if !changed.recovery_codes.is_empty() => {
            let frame = Frame::of(&user).shown_once();
            let codes = changed.recovery_codes;
            drawn(&user, &PaperPage { frame, codes })
        }
        Ok(changed) => {
            let done = Done {
                token: changed.token,
                rpc: "ChangeSignInMeans",
            };
            Ok(back_to(&user, "/inloggning", done))
        }
        Err(status) => {
            let refusal = Refusal::from(&status);
            let sentence = refusals::refusal(user.lang, &refusal);
            let page = match act == "koder" && refusal.reason == "WRONG_SIGN_IN_CODE" {
                // The app has read the picture already.
                true => show_codes(&user, bytes(&posted, "halften"), sentence).await?,
                false => build(&user, &headers, sentence).await?,
            };
            Ok(refused_with(page, &status))
        }
    }
}
