//! The token endpoint: a program shows who it is, and gets what it calls the contract with for ten minutes (RFC 6749, 4.4).

use super::TOKEN;
use super::shown::{self, NotShown, Shown};
use crate::session::Web;
use crate::sessions::Secret;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, StatusCode, header};
use idesluss_domain::words::Role;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_runtime::report_refusal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tonic::{Code, Status};
use uuid::Uuid;

/// The largest form.
const LARGEST: usize = 16 * 1024;
/// How long identity may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// By which algorithms an assertion may be signed.
const ALGORITHMS: [&str; 2] = ["ES256", "EdDSA"];

/// An answer that nobody keeps.
fn answered(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, body.to_string()).into_response()
}

/// What is wrong, as RFC 6749, 5.2, names it.
fn error(status: StatusCode, error: &str, description: &str) -> Response {
    answered(status, &json!({"error": error, "error_description": description}))
}

fn not_this_program(by_header: bool) -> Response {
    let said = "The program is not known, does not show that it is this one, or is not let in.";
    let mut answer = error(StatusCode::UNAUTHORIZED, "invalid_client", said);
    if by_header {
        let basic = HeaderValue::from_static("Basic realm=\"idesluss\"");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    answer
}

fn too_often(seconds: u64) -> Response {
    report_refusal("too_many_web_requests");
    let said = "Too many requests from here: try again in a moment.";
    let mut answer = error(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", said);
    let headers = answer.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// How programs come in here (RFC 8414).
pub(super) fn metadata(web: &Web, from: IpAddr, request: &Request) -> Response {
    if !request.method().is_safe() {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response();
    }
    if let Some(seconds) = web.rate.wait(from, request.uri().path()) {
        return too_often(seconds);
    }
    let scopes: BTreeSet<String> = (Role::ALL.into_iter())
        .flat_map(idesluss_access::scopes)
        .map(|scope| scope.to_string())
        .collect();
    let told = json!({
        "issuer": web.exposure.origin.to_string(),
        "token_endpoint": web.absolute(TOKEN),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "scopes_supported": scopes,
    });
    answered(StatusCode::OK, &told)
}

/// Answers whoever asks for a token.
pub(super) async fn answer(web: &Arc<Web>, from: IpAddr, request: Request) -> Response {
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response();
    }
    if let Some(seconds) = web.rate.wait(from, request.uri().path()) {
        return too_often(seconds);
    }
    let (parts, body) = request.into_parts();
    let is_form = (parts.headers.get(header::CONTENT_TYPE))
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let form = to_bytes(body, LARGEST).await;
    let (Ok(form), true, None) = (form, is_form, parts.uri.query()) else {
        // What stands in an address, stands in logs.
        let said = "Send a form of at most 16 KiB, and nothing in the address.";
        return error(StatusCode::BAD_REQUEST, "invalid_request", said);
    };
    let shown = match shown::read(&parts.headers, &form) {
        Ok(shown) => shown,
        Err(NotShown::Grant) => {
            let said = "Only client_credentials is granted here.";
            return error(StatusCode::BAD_REQUEST, "unsupported_grant_type", said);
        }
        Err(NotShown::Client) => return not_this_program(true),
        Err(NotShown::Request) => {
            let said = "Something is missing, there twice, or shown in two ways.";
            return error(StatusCode::BAD_REQUEST, "invalid_request", said);
        }
    };
    let client: Option<Uuid> = shown.client.parse().ok();
    if web.programs.asks_too_often(from, client) {
        return too_often(1);
    }
    granted(web, shown).await
}

async fn granted(web: &Web, shown: Shown) -> Response {
    let origin = &web.exposure.origin;
    let mut request = tonic::Request::new(pb::BeginProgramSessionRequest {
        client: shown.client,
        proof: Some(shown.proof),
        audiences: vec![web.absolute(TOKEN), origin.to_string()],
    });
    request.set_timeout(PATIENCE);
    let identity = web.services.identity().clone();
    let asking = async move {
        SessionCommandServiceClient::new(identity)
            .begin_program_session(request)
            .await
    };
    let begun = tokio::time::timeout(PATIENCE, asking).await;
    let begun = begun.unwrap_or_else(|_| Err(Status::deadline_exceeded("identity does not answer")));
    let begun = match begun {
        Ok(begun) => begun.into_inner(),
        Err(status) if status.code() == Code::Unauthenticated => return not_this_program(shown.by_header),
        Err(status) => {
            tracing::debug!(code = ?status.code(), "no program can be let in");
            let said = "Who asks can't be looked up just now: try again in a moment.";
            return error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", said);
        }
    };
    if shown.scopes.iter().any(|asked| !begun.scopes.contains(asked)) {
        let said = "The program was not given all of these scopes.";
        return error(StatusCode::BAD_REQUEST, "invalid_scope", said);
    }
    let Some(secret) = Secret::of(&begun.secret) else {
        let said = "Who asks can't be looked up just now: try again in a moment.";
        return error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", said);
    };
    answered(
        StatusCode::OK,
        &json!({
            "access_token": secret.write(),
            "token_type": "Bearer",
            "expires_in": begun.seconds,
            "scope": begun.scopes.join(" "),
        }),
    )
}
