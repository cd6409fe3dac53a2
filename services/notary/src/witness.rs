use crate::guard::{Guard, GuardError};
use crate::keys::{KeysError, SigningKeys};
use crate::metric_names;
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::{SignerKey, VerifierKey};
use idesluss_proof::policy::Policy;
use idesluss_proof::witness::{AddCheckpoint, Cosigned, Refusal};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a witness answers.
#[derive(Debug)]
pub enum Answer {
    /// Its cosignatures, one a line.
    Cosigned(String),
    /// It does not cosign.
    Refused(Refusal),
    /// It can't tell now, since it can't read or keep what it has cosigned.
    Unable(GuardError),
}

/// Cosigns the checkpoints of logs that it knows, each only if it extends what was cosigned last.
pub struct Witness {
    keys: Vec<SignerKey>,
    logs: BTreeMap<String, Vec<VerifierKey>>,
    guard: Arc<dyn Guard>,
    /// Looking at what was cosigned last, and remembering the next, is one thing.
    turn: Mutex<()>,
}

impl Witness {
    /// A witness of this name for the logs of a policy. Errors: the name can't stand in a signature line.
    pub fn new(name: &str, keys: &SigningKeys, logs: &Policy, guard: Arc<dyn Guard>) -> Result<Self, KeysError> {
        let mut known: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
        for log in logs.logs() {
            known
                .entry(log.key.name().to_owned())
                .or_default()
                .push(log.key.clone());
        }
        Ok(Self {
            keys: keys.of_witness(name)?,
            logs: known,
            guard,
            turn: Mutex::new(()),
        })
    }

    /// The keys that it cosigns with, in the form of trust files.
    pub fn public_keys(&self) -> Result<Vec<String>, KeysError> {
        let public = self
            .keys
            .iter()
            .map(SignerKey::verifier)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(public.iter().map(ToString::to_string).collect())
    }

    /// Answers one request; `time` is now, in seconds since 1970. It syncs a file: call it where a thread may block.
    pub fn answer(&self, body: &[u8], time: u64) -> Answer {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match self.decide(body, time) {
            Ok(lines) => {
                metrics::counter!(metric_names::COSIGNED).increment(1);
                Answer::Cosigned(lines)
            }
            Err(Answer::Refused(refusal)) => {
                metrics::counter!(metric_names::REFUSED, "status" => refusal.status().to_string()).increment(1);
                if refusal == Refusal::Inconsistent {
                    tracing::error!(%refusal, "a log that is witnessed here has shown two histories");
                }
                Answer::Refused(refusal)
            }
            Err(other) => other,
        }
    }

    fn decide(&self, body: &[u8], time: u64) -> Result<String, Answer> {
        let request = AddCheckpoint::read(body).map_err(Answer::Refused)?;
        let keys = |origin: &str| self.logs.get(origin).map_or(&[][..], Vec::as_slice);
        let origin = request.note.text().split('\n').next().unwrap_or_default().to_owned();
        // Only of what is known here: a request must not make us look for any file that it likes.
        let last = match keys(&origin) {
            [] => None,
            _ => self.guard.last(&origin).map_err(Answer::Unable)?,
        };
        let last = last
            .and_then(|note| note.text().parse::<Checkpoint>().ok())
            .map(|last| Cosigned {
                size: last.size,
                root: last.root,
            });
        request.decide(keys, |_| last).map_err(Answer::Refused)?;
        self.guard.keep(&origin, &request.note).map_err(Answer::Unable)?;
        let lines = self
            .keys
            .iter()
            .map(|key| format!("{}\n", key.sign(request.note.text(), time)));
        Ok(lines.collect())
    }
}
