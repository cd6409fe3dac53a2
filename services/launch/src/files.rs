//! Whether everything that the settings name is there, before anything is reached.

use crate::error::LaunchError;
use crate::settings::Settings;
use crate::signing;
use idesluss_engine::Service;
use idesluss_runtime::config::{ConfigError, secret};
use idesluss_runtime::{Directory, Peers, Tls, dial};
use idesluss_vault::MasterKey;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// Reads every file that is named and takes every address apart. `beside` are the services of the same process.
pub fn check(service: &Service, settings: &Settings, beside: &[&str]) -> Result<(), LaunchError> {
    Directory::load(&settings.directory)?;
    MasterKey::load(&settings.keys.master_file)?;
    settings.database()?;
    settings.owner()?;
    let ended = CancellationToken::new();
    ended.cancel();
    let tls = settings.tls.clone().map(|files| Tls::load(files, ended)).transpose()?;
    let peers = Peers::dial(&settings.peers, tls.as_ref())?;
    let followed = service.follows.iter().map(|(followed, _)| *followed);
    for followed in followed.filter(|followed| !beside.contains(followed)) {
        peers.to(followed)?;
    }
    dial(service.name, &[settings.advertised()], tls.as_ref())?;
    if let Some(broker) = &settings.broker {
        let named = [&broker.credentials_file, &broker.password_file, &broker.ca_file];
        for file in named.into_iter().flatten() {
            secret("broker", file)?;
        }
    }
    signing::check(settings)?;
    let guard = settings.signing.as_ref().map(|signing| signing.guard.parent());
    for (setting, folder) in [
        ("data", Some(settings.data.as_path())),
        ("keys.ledger_file", settings.keys.ledger_file.parent()),
        ("signing.guard", guard.unwrap_or(Some(settings.data.as_path()))),
    ] {
        let folder = folder
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let sentence = format!(
                "the folder {} is not there: make it, writable for the service",
                folder.display()
            );
            return Err(ConfigError::value(setting, sentence).into());
        }
    }
    Ok(())
}
