//! How a journal stands with what was signed of it, as far as the installation itself can tell.

use crate::{EvidenceError, Journal, Services, Signed};
use futures_util::future::try_join_all;
use idesluss_auditor::Service;
use idesluss_domain::words::Timestamp;
use idesluss_proof::note::{Signature, VerifierKey};
use idesluss_proof::tree::{peaks, root_of};

/// How a journal stands. Whoever trusts this trusts the operator; an auditor verifies a bundle.
#[derive(Debug, Clone)]
pub struct JournalStatus {
    /// Whose journal.
    pub service: Service,
    /// How many entries it has.
    pub size: u64,
    /// What was signed last; None: nothing is signed just now.
    pub signed: Option<Signed>,
    /// Whether the keys that the service tells have signed it.
    pub keys_fit: bool,
    /// Whether the journal's tree, as it is stored now, has the root that was signed.
    pub tree_fits: bool,
    /// Who else signed, and when if they say so.
    pub witnesses: Vec<Witness>,
}

/// Somebody else's signature, not checked: their key is known to those who trust them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The key's name.
    pub name: String,
    /// When it looked, as a cosignature says.
    pub on: Option<Timestamp>,
}

/// How each journal stands, all asked at once.
pub async fn journal_statuses(services: &Services) -> Result<Vec<JournalStatus>, EvidenceError> {
    try_join_all(Service::ALL.map(|service| status(services, service))).await
}

async fn status(services: &Services, service: Service) -> Result<JournalStatus, EvidenceError> {
    let mut journal = Journal::open(service, services.to(service).clone()).await?;
    let mut status = JournalStatus {
        service: journal.service,
        size: journal.size,
        signed: journal.newest().await?,
        keys_fit: false,
        tree_fits: false,
        witnesses: Vec::new(),
    };
    let Some(signed) = &status.signed else {
        return Ok(status);
    };
    let keys: Vec<VerifierKey> = signed.keys.iter().filter_map(|key| key.parse().ok()).collect();
    status.keys_fit = signed.note.verify(&keys).is_ok();
    let others = signed.note.signatures().iter();
    let others = others.filter(|signature| !keys.iter().any(|key| key.name() == signature.name));
    status.witnesses = others.map(witness).collect();
    let size = signed.checkpoint.size;
    status.tree_fits = match journal.tree(|tiles| peaks(tiles, size)).await {
        Ok(peaks) => root_of(&peaks) == signed.checkpoint.root,
        Err(EvidenceError::Damaged { .. }) => false,
        // Says nothing of the journal.
        Err(error) => return Err(error),
    };
    Ok(status)
}

/// A cosignature begins with its time: eight bytes of seconds since 1970.
fn witness(signature: &Signature) -> Witness {
    const ED25519: usize = 64;
    let time = signature.blob.split_first_chunk::<8>();
    let time = time.filter(|(_, rest)| rest.len() == ED25519);
    let seconds = time.and_then(|(seconds, _)| i64::try_from(u64::from_be_bytes(*seconds)).ok());
    let on = seconds.and_then(|seconds| Timestamp::from_micros(seconds.checked_mul(1_000_000)?).ok());
    Witness {
        name: signature.name.clone(),
        on,
    }
}
