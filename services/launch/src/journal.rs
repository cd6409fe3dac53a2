//! The service's journal in its database, with the vault over it: opened, its tables made, its next epoch begun.

use crate::error::LaunchError;
use crate::settings::Settings;
use crate::watch::JOURNAL;
use idesluss_domain::instance::RestoreReason;
use idesluss_domain::words::Actor;
use idesluss_engine::{Engine, ExecuteError, StartError};
use idesluss_journal::{PostgresOptions, PostgresStore, Relays, Store, StoreError};
use idesluss_runtime::{Clock, Condition, Directory, ServiceHealth, SystemClock};
use idesluss_terminal::print_line;
use idesluss_vault::{Ledger, MasterKey, Vault, VaultError, Wrapping};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a database that can't be reached at the start is waited for before it is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// How long the service that writes may take to see a new master key and to wrap its own under it.
const WRAPPING: Duration = Duration::from_secs(120);

/// Makes the tables as their owner.
/// Errors: the settings name no owner.
pub async fn migrate(service: &'static str, settings: &Settings) -> Result<(), LaunchError> {
    let owner = settings.owner()?.ok_or(LaunchError::NoOwner)?;
    PostgresStore::migrate(&owner, settings.database()?.role()).await?;
    print_line!("The tables of {service} are those of this version.");
    Ok(())
}

fn options(
    service: &'static str,
    settings: &Settings,
    directory: &Directory,
    clock: &Arc<dyn Clock>,
) -> Result<PostgresOptions, LaunchError> {
    let clock = clock.clone();
    let mut options = PostgresOptions::new(
        settings.database()?,
        directory.instance.as_str(),
        service,
        &settings.advertised(),
        Arc::new(move || clock.now().as_micros()),
    );
    options.lease = Duration::from_secs(settings.database.lease_seconds.into());
    options.readers = settings.database.connections;
    Ok(options)
}

/// Opens journal and vault, waiting for a database that can't be reached yet.
pub(crate) async fn open(
    service: &'static str,
    settings: &Settings,
    directory: &Directory,
    clock: &Arc<dyn Clock>,
    health: &ServiceHealth,
    shutdown: CancellationToken,
) -> Result<(Engine, Arc<dyn Relays>), LaunchError> {
    let owner = settings.owner()?;
    let options = options(service, settings, directory, clock)?;
    let store = loop {
        let opened = async {
            if let Some(owner) = &owner {
                PostgresStore::migrate(owner, options.database.role()).await?;
            }
            PostgresStore::open(options.clone()).await
        };
        match opened.await {
            Ok(store) => break Arc::new(store),
            Err(StoreError::Unavailable(why)) => {
                health.set(JOURNAL, Condition::Unready(why));
                tokio::time::sleep(RETRY).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    let relays: Arc<dyn Relays> = store.clone();
    let store: Arc<dyn Store> = store;
    let master = MasterKey::load(&settings.keys.master_file)?;
    if !settings.keys.ledger_file.exists() && store.head().borrow().size > 0 {
        tracing::warn!(
            "there is no ledger of erasures though the journal has entries: right for a new replica; after a restore put it back first"
        );
    }
    let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    Ok((Engine::new(service, store, vault, clock.clone(), shutdown), relays))
}

/// Opens the next epoch of a service's journal, with nobody else writing: what is to be seen to `before`, and what is to be done `then`.
pub async fn restored(
    service: &'static str,
    settings: Settings,
    (reason, above): (RestoreReason, u32),
    before: impl AsyncFnOnce(&Engine) -> Result<(), ExecuteError>,
    then: impl AsyncFnOnce(&Engine) -> Result<(), ExecuteError>,
) -> Result<(), LaunchError> {
    idesluss_runtime::start_logs(settings.telemetry.log);
    let directory = Directory::load(&settings.directory)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = PostgresStore::open(options(service, &settings, &directory, &clock)?).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let mut lease = store.lease();
    // A holder that was killed is waited for; one that goes on writing never lets go.
    let patience = Duration::from_secs(u64::from(settings.database.lease_seconds) + 5);
    // Nothing of what is waited for may be kept: it would keep the lease from moving.
    let waited = tokio::time::timeout(patience, lease.wait_for(idesluss_journal::Lease::is_held));
    let held = matches!(waited.await, Ok(Ok(_)));
    if !held {
        store.close().await;
        return Err(LaunchError::StillWritten);
    }
    let opened = async {
        let master = MasterKey::load(&settings.keys.master_file)?;
        let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
        let vault = Vault::open(store.clone(), master, ledger).await?;
        let engine = Engine::new(service, store.clone(), vault, clock, CancellationToken::new());
        engine
            .announce_policy()
            .map_err(|error| LaunchError::Start(StartError::Part(error.into())))?;
        let done = async {
            before(&engine).await?;
            let operator = Actor::operator(&directory.instance);
            let opened = engine.open_epoch(&operator, reason, above).await?;
            print_line!(
                "{}: epoch {} begins at position {}",
                service,
                opened.epoch,
                opened.position
            );
            then(&engine).await
        };
        let done = done.await;
        engine.close().await;
        Ok::<_, LaunchError>(done?)
    };
    let opened = opened.await;
    store.close().await;
    opened
}

/// Waits until the service has wrapped its own key under the newest one of `keys.master_file`, and says so: then the older one may go.
///
/// Errors: `NotWrapped` when whoever writes the journal has not seen the new key in time; `OtherMaster` when the file holds neither.
pub async fn await_new_master_key(service: &'static str, settings: Settings) -> Result<(), LaunchError> {
    idesluss_runtime::start_logs(settings.telemetry.log);
    let directory = Directory::load(&settings.directory)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = PostgresStore::open(options(service, &settings, &directory, &clock)?).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let wrapped = tokio::time::timeout(WRAPPING, wrapped(&store, &settings)).await;
    store.close().await;
    wrapped.map_err(|_| LaunchError::NotWrapped)??;
    print_line!("{service}: what is sealed opens with the newest master key; an older one may go.");
    Ok(())
}

async fn wrapped(store: &Arc<dyn Store>, settings: &Settings) -> Result<(), LaunchError> {
    let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
    let vault = Vault::open(store.clone(), MasterKey::load(&settings.keys.master_file)?, ledger).await?;
    loop {
        // Whoever writes the journal does it; where nobody runs, that is soon this process.
        let found = if store.lease().borrow().is_held() {
            vault.wrap_anew().await?
        } else {
            vault.wrapping().await?
        };
        match found {
            Wrapping::Newest => return Ok(()),
            Wrapping::Older => tokio::time::sleep(Duration::from_millis(200)).await,
            Wrapping::Neither => return Err(VaultError::WrongMaster.into()),
        }
    }
}
