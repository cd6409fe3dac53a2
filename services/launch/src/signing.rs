//! Signing the journal, asking witnesses, being one, and serving it all over HTTP.

use crate::error::LaunchError;
use crate::newest;
use crate::settings::{Settings, Signing};
use idesluss_engine::Engine;
use idesluss_notary::{Authorities, FolderGuard, Look, Notary, SigningKeys, Witness, WitnessAt, attach, serve};
use idesluss_proof::policy::{Policy, Trusted};
use idesluss_runtime::{Condition, Directory, ServiceHealth, Tls};
use idesluss_terminal::print_line;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The part that says whether the journal is signed.
pub(crate) const CHECKPOINTS: &str = "checkpoints";

/// Everything that was read for it, so that a wrong file is told before anything runs.
pub(crate) struct Prepared {
    keys: SigningKeys,
    guard: Arc<FolderGuard>,
    ask: Vec<WitnessAt>,
    witness: Option<Arc<Witness>>,
}

/// Reads a policy file.
fn policy(path: &Path) -> Result<Policy, LaunchError> {
    let failed = |why: String| LaunchError::Policy(path.to_owned(), why);
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    text.parse()
        .map_err(|error: idesluss_proof::policy::PolicyError| failed(error.to_string()))
}

/// The witnesses of a policy, each with where it is asked.
fn witnesses(signing: &Signing) -> Result<Vec<WitnessAt>, LaunchError> {
    let Some(path) = &signing.witnesses else {
        return Ok(Vec::new());
    };
    let policy = policy(path)?;
    let is_https = |witness: &Trusted| witness.url.as_ref().is_some_and(|url| url.starts_with("https://"));
    // A machine without authorities asks over HTTP as before.
    let authorities = match &signing.witness_ca_file {
        Some(file) => Some(Authorities::of_file(file)?),
        None if policy.witnesses().iter().any(is_https) => Some(Authorities::of_machine()?),
        None => None,
    };
    let at = |witness: &Trusted| match &witness.url {
        Some(url) if is_https(witness) || url.starts_with("http://") => Ok(WitnessAt {
            key: witness.key.clone(),
            url: url.clone(),
            authorities: authorities.clone(),
        }),
        _ => Err(LaunchError::Policy(
            path.clone(),
            format!(
                "witness {} has no URL: write where it is asked behind its key, https://… or http://…",
                witness.name
            ),
        )),
    };
    policy.witnesses().iter().map(at).collect()
}

/// Reads every file that is named, and makes nothing.
pub(crate) fn check(settings: &Settings) -> Result<(), LaunchError> {
    let Some(signing) = &settings.signing else {
        return Ok(());
    };
    let keys = SigningKeys::load(&signing.key_file, false)?;
    witnesses(signing)?;
    if let Some(witness) = &settings.witness {
        keys.public_of_witness(&witness.name)?;
        policy(&witness.logs)?;
    }
    Ok(())
}

/// Reads keys and policies. None: nothing is signed here.
pub(crate) fn prepare(settings: &Settings) -> Result<Option<Prepared>, LaunchError> {
    let Some(signing) = &settings.signing else {
        return Ok(None);
    };
    let keys = SigningKeys::load(&signing.key_file, false)?;
    let guard = Arc::new(FolderGuard::open(&signing.guard)?);
    let ask = witnesses(signing)?;
    let witness = match &settings.witness {
        Some(witness) => {
            let witness = Witness::new(&witness.name, &keys, &policy(&witness.logs)?, guard.clone())?;
            Some(Arc::new(witness))
        }
        None => None,
    };
    Ok(Some(Prepared {
        keys,
        guard,
        ask,
        witness,
    }))
}

/// Writes a new signing key into a file that nobody else may read. Errors: there is such a file already.
pub fn new_signing_key(file: &Path) -> Result<(), LaunchError> {
    Ok(SigningKeys::write_new(file)?)
}

/// Prints what others write into their policies.
pub fn print_keys(service: &str, settings: &Settings, epoch: u32) -> Result<(), LaunchError> {
    let signing = settings.signing.as_ref().ok_or(LaunchError::NoSigning)?;
    let keys = SigningKeys::load(&signing.key_file, false)?;
    let directory = Directory::load(&settings.directory)?;
    for key in keys.public_of_log(&format!("{}/{}/{epoch}", directory.instance, service))? {
        print_line!("log {key}");
    }
    if let Some(witness) = &settings.witness {
        for key in keys.public_of_witness(&witness.name)? {
            print_line!("witness {} {key}", directory.instance);
        }
    }
    Ok(())
}

/// Listens where checkpoints and tiles are to be had.
pub(crate) async fn listen(signing: Option<&Signing>) -> Result<Option<TcpListener>, LaunchError> {
    let Some(address) = signing.and_then(|signing| signing.listen) else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).map_err(|reason| LaunchError::Port {
        setting: "signing.listen",
        address,
        reason,
    })
}

/// Begins to sign, and to serve what was signed.
pub(crate) fn start(
    engine: &Engine,
    health: &ServiceHealth,
    prepared: Prepared,
    listener: Option<TcpListener>,
    tls: Option<Tls>,
) {
    idesluss_notary::describe();
    let Prepared {
        keys,
        guard,
        ask,
        witness,
    } = prepared;
    let notary = attach(engine, keys, guard, ask);
    match notary.public_keys() {
        Ok(keys) => tracing::info!(keys = keys.join(" "), "checkpoints are signed with"),
        Err(error) => tracing::error!(%error, "the public keys can't be told"),
    }
    engine.spawn(look(notary.clone(), health.clone()));
    engine.spawn(newest::follow(engine.clone(), notary.clone(), tls));
    if let Some(listener) = listener {
        let shutdown: CancellationToken = engine.shutdown().clone();
        engine.spawn(async move {
            serve(listener, notary, witness, shutdown).await;
        });
    }
}

async fn look(notary: Notary, health: ServiceHealth) {
    let mut looked = notary.looked();
    loop {
        // Where another replica signs, all is well here.
        let condition = match &*looked.borrow_and_update() {
            Look::NotYet | Look::Well => Condition::Well,
            Look::SigningError(trouble) => Condition::Degraded(trouble.to_string()),
        };
        health.set(CHECKPOINTS, condition);
        if looked.changed().await.is_err() {
            return;
        }
    }
}
