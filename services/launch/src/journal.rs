//! The service's journal in its database, with the vault over it: opened, its tables made, its next epoch begun.

use crate::error::LaunchError;
use crate::program::Program;
use crate::settings::Settings;
use crate::watch::JOURNAL;
use idesluss_domain::instance::RestoreReason;
use idesluss_engine::Engine;
use idesluss_journal::{PostgresOptions, PostgresStore, Relays, Store, StoreError};
use idesluss_runtime::{Clock, Condition, Directory, Health, SystemClock};
use idesluss_terminal::print_line;
use idesluss_vault::{Ledger, MasterKey, Vault};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a database that can't be reached at the start is waited for before it is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Makes the tables as their owner.
pub(crate) async fn migrate(settings: &Settings) -> Result<(), LaunchError> {
    let owner = settings.owner()?.ok_or(LaunchError::NoOwner)?;
    PostgresStore::migrate(&owner, settings.database()?.role()).await?;
    print_line!("The tables are those of this version.");
    Ok(())
}

fn options(
    program: Program,
    settings: &Settings,
    directory: &Directory,
    clock: &Arc<dyn Clock>,
) -> Result<PostgresOptions, LaunchError> {
    let clock = clock.clone();
    let mut options = PostgresOptions::new(
        settings.database()?,
        directory.instance.as_str(),
        program.service,
        &settings.advertised(),
        Arc::new(move || clock.now().as_micros()),
    );
    options.lease = Duration::from_secs(settings.database.lease_seconds.into());
    Ok(options)
}

/// Opens journal and vault, waiting for a database that can't be reached yet.
pub(crate) async fn open(
    program: Program,
    settings: &Settings,
    directory: &Directory,
    clock: &Arc<dyn Clock>,
    health: &Health,
    shutdown: CancellationToken,
) -> Result<(Engine, Arc<dyn Relays>), LaunchError> {
    let owner = settings.owner()?;
    let options = options(program, settings, directory, clock)?;
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
    let master = MasterKey::load_or_create(&settings.keys.master_file, false)?;
    if !settings.keys.ledger_file.exists() && store.head().borrow().size > 0 {
        tracing::warn!(
            "there is no ledger of erasures though the journal has entries: right for a new replica; after a restore put it back first"
        );
    }
    let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    Ok((
        Engine::new(program.service, store, vault, clock.clone(), shutdown),
        relays,
    ))
}

/// Opens the next epoch, with nobody else writing.
pub(crate) async fn restored(
    program: Program,
    settings: Settings,
    reason: RestoreReason,
    above: u32,
) -> Result<(), LaunchError> {
    idesluss_runtime::start_logs(settings.telemetry.log);
    let directory = Directory::load(&settings.directory)?;
    let operator = directory.operator().ok_or(LaunchError::NoOperator)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = PostgresStore::open(options(program, &settings, &directory, &clock)?).await?;
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
    let master = MasterKey::load_or_create(&settings.keys.master_file, false)?;
    let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    let engine = Engine::new(program.service, store, vault, clock, CancellationToken::new());
    let opened = engine.open_epoch(&operator, reason, above).await;
    engine.close().await;
    let token = opened?;
    print_line!(
        "{}: epoch {} begins at position {}",
        program.service,
        token.epoch,
        token.position
    );
    Ok(())
}
