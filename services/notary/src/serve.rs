use crate::notary::Notary;
use crate::witness::{Answer, Witness};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use idesluss_proof::note::MAX_NOTE_BYTES;
use idesluss_proof::tile_path::TilePath;
use idesluss_proof::witness::Refusal;
use idesluss_runtime::{HttpLimits, serve_http};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Anybody may follow a log; a follower needs a connection or two.
const LIMITS: HttpLimits = HttpLimits {
    connections: 512,
    connections_a_peer: 32,
};

const TEXT: &str = "text/plain; charset=utf-8";
/// What a full tile says will never be another.
const FOR_GOOD: &str = "public, max-age=604800, immutable";

/// A log over HTTP, to read: `GET checkpoint`, `GET tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles). Entries are not among it: they are not public.
pub fn log_routes(notary: Notary) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .with_state(notary)
}

/// A witness over HTTP: `POST add-checkpoint` (C2SP tlog-witness).
pub fn witness_routes(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(MAX_NOTE_BYTES + 4 * 1024))
        .with_state(witness)
}

/// Serves several logs of one process, each below its name, until `shutdown`.
pub async fn serve_all(listener: TcpListener, logs: Vec<(&'static str, Notary)>, shutdown: CancellationToken) {
    let below = |routes: Router, (name, notary): (&str, Notary)| routes.nest(&format!("/{name}"), log_routes(notary));
    let routes = logs.into_iter().fold(Router::new(), below);
    serve_http(listener, routes, LIMITS, shutdown).await;
}

/// Serves a log, and a witness where there is one, until `shutdown`.
pub async fn serve(listener: TcpListener, notary: Notary, witness: Option<Arc<Witness>>, shutdown: CancellationToken) {
    let routes = witness.into_iter().fold(log_routes(notary), |routes, witness| {
        routes.merge(witness_routes(witness))
    });
    serve_http(listener, routes, LIMITS, shutdown).await;
}

fn respond(status: StatusCode, sentence: &str) -> Response {
    (status, [(header::CONTENT_TYPE, TEXT)], format!("{sentence}\n")).into_response()
}

async fn checkpoint(State(notary): State<Notary>) -> Response {
    let latest = notary.latest().borrow().clone();
    let Some(signed) = latest else {
        return respond(
            StatusCode::SERVICE_UNAVAILABLE,
            "Nothing is signed here now: ask again in a moment, or the replica that writes.",
        );
    };
    let headers = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-cache")];
    (headers, signed.note.to_string()).into_response()
}

async fn tile(State(notary): State<Notary>, Path(path): Path<String>) -> Response {
    let Ok(tile) = format!("tile/{path}").parse::<TilePath>() else {
        return respond(
            StatusCode::BAD_REQUEST,
            "A tile is asked for as tile/<level>/<number>, such as tile/0/x001/234.",
        );
    };
    let missing = || respond(StatusCode::NOT_FOUND, "This tree has no such tile yet.");
    // A tree of 2^64 entries has eight levels of tiles.
    if tile.level > 7 {
        return missing();
    }
    match notary.store().tile(tile.level, tile.number).await {
        Ok(hashes) if hashes.len() >= tile.width => {
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CACHE_CONTROL, FOR_GOOD),
            ];
            (headers, hashes[..tile.width].concat()).into_response()
        }
        Ok(_) => missing(),
        Err(error) => {
            tracing::warn!(%error, "a tile can't be read");
            respond(
                StatusCode::SERVICE_UNAVAILABLE,
                "The journal can't be read now: ask again in a moment.",
            )
        }
    }
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let answering = tokio::task::spawn_blocking(move || witness.answer(&body, now));
    match answering.await {
        Ok(Answer::Cosigned(lines)) => ([(header::CONTENT_TYPE, TEXT)], lines).into_response(),
        Ok(Answer::Refused(Refusal::Conflict(size))) => {
            let headers = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            (StatusCode::CONFLICT, headers, format!("{size}\n")).into_response()
        }
        Ok(Answer::Refused(refusal)) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            respond(status, &refusal.to_string())
        }
        Ok(Answer::Unable(error)) => {
            tracing::error!(%error, "this witness can't remember what it cosigns");
            respond(
                StatusCode::SERVICE_UNAVAILABLE,
                "This witness can't cosign now: ask again later.",
            )
        }
        Err(_) => respond(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This witness has failed: ask again later.",
        ),
    }
}
