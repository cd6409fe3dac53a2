//! A replica that does not write asks the one that does what it has signed: whoever follows the log may ask any of them, and whoever takes
//! over remembers what was signed.

use idesluss_engine::Engine;
use idesluss_journal::Lease;
use idesluss_notary::Notary;
use idesluss_proof::note::SignedNote;
use idesluss_proto::pb::journal::GetCheckpointRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_runtime::{Tls, dial};
use std::time::Duration;
use tonic::transport::Channel;

/// How often it is asked: about as often as something new is signed and cosigned.
const EACH: Duration = Duration::from_millis(500);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Follows what the holder of the lease has signed, whenever that is another replica.
pub(crate) async fn follow(engine: Engine, notary: Notary, tls: Option<Tls>) {
    let mut lease = engine.store().lease();
    loop {
        let now = lease.borrow_and_update().clone();
        let changed = match now {
            Lease::Held => lease.changed().await,
            Lease::Elsewhere { address } => tokio::select! {
                changed = lease.changed() => changed,
                () = ask(engine.service(), address, &notary, tls.as_ref()) => return,
            },
        };
        if changed.is_err() {
            return;
        }
    }
}

/// Asks one holder, again and again; who has something better to do drops it.
async fn ask(service: &str, address: Option<String>, notary: &Notary, tls: Option<&Tls>) {
    let channel = address.map(|address| dial(service, &[address], tls));
    let channel = match channel {
        Some(Ok(channel)) => channel,
        Some(Err(error)) => {
            tracing::warn!(%error, "the holder of the lease can't be asked what it has signed");
            return std::future::pending().await;
        }
        None => return std::future::pending().await,
    };
    let mut journal = JournalServiceClient::new(channel);
    loop {
        if let Some(note) = newest(&mut journal).await {
            notary.follow(note).await;
        }
        tokio::time::sleep(EACH).await;
    }
}

/// What it has signed; None: nothing yet, or it can't be reached, which others say louder.
async fn newest(journal: &mut JournalServiceClient<Channel>) -> Option<SignedNote> {
    let mut request = tonic::Request::new(GetCheckpointRequest {});
    request.set_timeout(ANSWER);
    let answer = tokio::time::timeout(ANSWER, journal.get_checkpoint(request)).await;
    match answer {
        Ok(Ok(answer)) => SignedNote::read(answer.into_inner().note.as_bytes()).ok(),
        Ok(Err(status)) => {
            tracing::debug!(code = ?status.code(), "the holder of the lease tells of nothing signed");
            None
        }
        Err(_) => None,
    }
}
