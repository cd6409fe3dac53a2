//! Is everything in a folder whole? Nothing else may run on it.

use crate::beginning;
use crate::home::{Home, HomeError};
use crate::node::{Node, NodeError};
use idesluss_engine::{Engine, QueryError, ViewError, ViewHandle};
use idesluss_journal::StoreError;
use idesluss_runtime::DirectoryError;
use idesluss_terminal::print_line;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long nothing may happen before the services count as quiet.
const QUIET: Duration = Duration::from_millis(400);

/// Why the folder can't be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("there is no idésluss in {0}: name another folder with --data")]
    Nothing(PathBuf),
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error("a view can't be asked: {0}")]
    Query(#[from] QueryError),
    #[error("a view can't be built anew: {0}")]
    View(#[from] ViewError),
}

/// Starts the services, lets them finish what was under way, then checks.
pub(super) async fn run(data: &Path) -> Result<ExitCode, FolderError> {
    if !data.join("instance.toml").exists() {
        return Err(FolderError::Nothing(data.to_owned()));
    }
    let home = Home::take(data)?;
    let directory = Arc::new(beginning::load_or_begin(&home, beginning::one_organisation)?);
    let shutdown = CancellationToken::new();
    let node = Node::start(&home, directory, shutdown.clone()).await?;
    quiet(&node.engines).await;
    let mut whole = true;
    for engine in &node.engines {
        whole &= check_journal(engine).await;
    }
    for (service, name, view) in &node.views {
        let same = check_view(view).await?;
        let said = if same {
            "equals a fresh rebuild"
        } else {
            "DIFFERS from a fresh rebuild; it has been replaced"
        };
        print_line!("{service}: view {name} {said}");
        whole &= same;
    }
    shutdown.cancel();
    node.stop().await?;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Waits until no journal has grown for a while.
async fn quiet(engines: &[Engine]) {
    let sizes = || -> Vec<u64> {
        engines
            .iter()
            .map(|engine| engine.store().head().borrow().size)
            .collect()
    };
    let mut before = sizes();
    loop {
        tokio::time::sleep(QUIET).await;
        let now = sizes();
        if now == before {
            return;
        }
        before = now;
    }
}

async fn check_journal(engine: &Engine) -> bool {
    let (service, store) = (engine.service(), engine.store());
    let size = store.head().borrow().size;
    let answer: Result<_, StoreError> = async {
        Ok((
            store.verify().await?,
            store.root(size).await?,
            store.tally().await?.quarantined,
            store.parked().await?,
        ))
    }
    .await;
    match answer {
        Ok((entries, root, quarantined, parked)) => {
            let root: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
            print_line!(
                "{service}: {entries} entries verified, root {root}, {quarantined} in quarantine, {} ideas parked",
                parked.len()
            );
            for parked in &parked {
                print_line!(
                    "{service}: {} waits at {} for reaction {}: {}",
                    parked.correlation,
                    parked.position,
                    parked.reaction,
                    parked.reason
                );
            }
            true
        }
        Err(error) => {
            print_line!("{service}: the journal is NOT whole: {error}");
            false
        }
    }
}

async fn check_view(view: &ViewHandle) -> Result<bool, FolderError> {
    let (before, at) = view.fingerprint().await?;
    view.rebuild().await?;
    let (after, now) = view.fingerprint().await?;
    Ok(before == after && at == now)
}
