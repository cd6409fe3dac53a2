//! Asking witnesses to cosign what was signed here.

use crate::authorities::Authorities;
use crate::notary::{Notary, Signed};
use crate::seek::prove;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use idesluss_proof::note::{Signature, SignedNote, VerifierKey};
use idesluss_proof::witness::AddCheckpoint;
use std::time::Duration;

/// How long a witness may take.
const ANSWER: Duration = Duration::from_secs(10);
/// How often one is asked at the most.
const REST: Duration = Duration::from_secs(1);
/// How long it is left alone after it could not be reached, at first and at most.
/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_secs(1))
    .with_max_delay(LONGEST_PAUSE)
    .with_jitter()
    .without_max_times();
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest answer that is read.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// A witness, and where it is asked.
#[derive(Debug, Clone)]
pub struct WitnessAt {
    /// Its key.
    pub key: VerifierKey,
    /// The beginning of its addresses, without `/add-checkpoint`.
    pub url: String,
    /// Who vouches for it where it is asked over HTTPS; None: it is only asked over HTTP.
    pub authorities: Option<Authorities>,
}

/// Why a witness has not cosigned.
#[derive(Debug, thiserror::Error)]
enum NotCosigned {
    #[error("it can't be reached: {0}")]
    Away(String),
    #[error("it answers {status}: {said}")]
    Refused { status: u16, said: String },
    #[error("its answer holds no cosignature of its key on this checkpoint")]
    Nothing,
    #[error(
        "it has cosigned {0} entries, which the journal does not have: the journal was restored from an older backup, or another one uses its key"
    )]
    Ahead(u64),
    #[error("no proof can be made: {0}")]
    Proof(String),
}

impl NotCosigned {
    /// Whether the witness holds something that this journal contradicts.
    fn contradicts(&self) -> bool {
        matches!(self, Self::Ahead(_) | Self::Refused { status: 422, .. })
    }
}

/// What the witness is believed to have cosigned last.
#[derive(Default)]
struct Old {
    origin: String,
    size: u64,
}

/// What came back.
enum Reply {
    Lines(String),
    Size(u64),
}

/// Asks one witness for a cosignature of every new checkpoint, or of every one a second when there are more, until it is dropped.
pub async fn submit_to(notary: Notary, witness: WitnessAt) {
    let agent = agent(&witness);
    let mut latest = notary.latest();
    let (mut old, mut pauses) = (Old::default(), PAUSES.build());
    let mut said = String::new();
    let mut done = None;
    loop {
        let signed = latest.borrow_and_update().clone();
        if let Some(signed) = signed.filter(|signed| done.as_ref() != Some(&signed.checkpoint)) {
            match ask(&agent, &notary, &witness, &signed, &mut old).await {
                Ok(signature) => {
                    // Exact up to 2^53 entries.
                    notary.witnessed(witness.key.name()).set(signed.checkpoint.size as f64);
                    notary.cosigned(&signed, signature);
                    done = Some(signed.checkpoint.clone());
                    pauses = PAUSES.build();
                    said.clear();
                    tokio::time::sleep(REST).await;
                }
                Err(why) => {
                    let contradicts = why.contradicts();
                    let why = why.to_string();
                    if said != why && contradicts {
                        tracing::error!(witness = witness.key.name(), why, "a witness has seen another history");
                    } else if said != why {
                        tracing::warn!(witness = witness.key.name(), why, "a witness has not cosigned");
                    }
                    said = why;
                    tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
                }
            }
            continue;
        }
        if latest.changed().await.is_err() {
            return;
        }
    }
}

async fn ask(
    agent: &ureq::Agent,
    notary: &Notary,
    witness: &WitnessAt,
    signed: &Signed,
    old: &mut Old,
) -> Result<Signature, NotCosigned> {
    if old.origin != signed.checkpoint.origin {
        *old = Old::default();
        old.origin.clone_from(&signed.checkpoint.origin);
    }
    // Its first answer may be that it has cosigned another size last.
    for _ in 0..3 {
        let size = signed.checkpoint.size;
        if old.size > size {
            return Err(NotCosigned::Ahead(old.size));
        }
        let proof = prove(notary.store().as_ref(), old.size, size).await;
        let proof = proof.map_err(|error| NotCosigned::Proof(error.to_string()))?;
        let note = bare(signed, witness);
        let body = AddCheckpoint {
            old: old.size,
            proof,
            note,
        }
        .to_string();
        let url = format!("{}/add-checkpoint", witness.url.trim_end_matches('/'));
        let agent = agent.clone();
        let posting = tokio::task::spawn_blocking(move || post(&agent, &url, &body));
        match posting.await.map_err(|error| NotCosigned::Away(error.to_string()))?? {
            Reply::Lines(lines) => {
                let signature = find(&lines, signed, &witness.key).ok_or(NotCosigned::Nothing)?;
                old.size = size;
                return Ok(signature);
            }
            Reply::Size(size) => old.size = size,
        }
    }
    Err(NotCosigned::Refused {
        status: 409,
        said: "another size each time".into(),
    })
}

/// The checkpoint without what the witness itself has signed: that is not for it to judge.
fn bare(signed: &Signed, witness: &WitnessAt) -> SignedNote {
    let Ok(mut note) = SignedNote::new(signed.note.text().to_owned()) else {
        return signed.note.clone();
    };
    let others = signed.note.signatures().iter();
    for signature in others.filter(|signature| signature.name != witness.key.name()) {
        note.add(signature.clone());
    }
    note
}

fn find(lines: &str, signed: &Signed, key: &VerifierKey) -> Option<Signature> {
    let signatures = lines.lines().filter_map(|line| line.parse::<Signature>().ok());
    let mut own = signatures.filter(|signature| signature.name == key.name() && signature.id == key.id());
    let signature = own.next()?;
    let mut note = SignedNote::new(signed.note.text().to_owned()).ok()?;
    note.add(signature.clone());
    note.verify(std::slice::from_ref(key)).ok()?;
    Some(signature)
}

fn agent(witness: &WitnessAt) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(ANSWER))
        .http_status_as_error(false)
        // Nobody who is asked over HTTPS sends us elsewhere without it.
        .https_only(witness.url.starts_with("https:"))
        .tls_config(Authorities::tls(witness.authorities.as_ref()))
        .build()
        .into()
}

fn post(agent: &ureq::Agent, url: &str, body: &str) -> Result<Reply, NotCosigned> {
    let away = |error: ureq::Error| NotCosigned::Away(error.to_string());
    let mut answer = agent
        .post(url)
        .content_type("text/plain; charset=utf-8")
        .send(body)
        .map_err(away)?;
    let status = answer.status().as_u16();
    let text = answer
        .body_mut()
        .with_config()
        .limit(LONGEST_ANSWER)
        .read_to_string()
        .map_err(away)?;
    match status {
        200 => Ok(Reply::Lines(text)),
        409 => match text.trim_end().parse() {
            Ok(size) => Ok(Reply::Size(size)),
            Err(_) => Err(NotCosigned::Refused { status, said: text }),
        },
        _ => Err(NotCosigned::Refused {
            status,
            said: text.trim_end().chars().take(300).collect(),
        }),
    }
}
