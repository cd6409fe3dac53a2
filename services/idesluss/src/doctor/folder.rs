//! Is everything in a folder whole? Nothing else may run on it.

use super::finding::Finding;
use super::show;
use crate::resting::{Resting, RestingError};
use idesluss_engine::{Engine, QueryError, ViewError, ViewHandle};
use idesluss_journal::StoreError;
use idesluss_terminal::print_line;
use idesluss_vault::MasterKey;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// How long nothing may happen before the services count as quiet.
const QUIET: Duration = Duration::from_millis(400);

/// How often a view is compared when its journal has grown meanwhile.
const COMPARISONS: u32 = 5;

/// Why the folder can't be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error(
        "--deep goes with --installation FILE. A folder is always read from its first entry to its last: leave it out"
    )]
    Deep,
    #[error(transparent)]
    Folder(#[from] RestingError),
    #[error("a view can't be asked: {0}")]
    Query(#[from] QueryError),
    #[error("a view can't be built anew: {0}")]
    View(#[from] ViewError),
}

/// Starts the services, lets them finish what was under way, then checks.
pub(super) async fn run(data: &Path, json: bool) -> Result<ExitCode, FolderError> {
    let folder = Resting::take(data)?;
    let awake = folder.wake().await?;
    let node = &awake.node;
    quiet(&node.engines).await;
    let mut findings = Vec::new();
    let mut found = |finding: Finding| {
        if !json {
            print_line!("{}: {}", finding.about, finding.found);
        }
        findings.push(finding);
    };
    if let Some(finding) = check_master_key(&folder.home.master_key()) {
        found(finding);
    }
    for engine in &node.engines {
        check_journal(engine).await.into_iter().for_each(&mut found);
    }
    for (service, name, view) in &node.views {
        found(check_view(service, name, view).await?);
    }
    awake.stop().await?;
    Ok(show::sum_up(&findings, json))
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

/// Whether a change of the master key was cut off half-way: until it is finished the old one opens everything too.
fn check_master_key(file: &Path) -> Option<Finding> {
    let found = match MasterKey::is_rotating(file) {
        Ok(false) => return None,
        Ok(true) => {
            "a change of the master key was begun and not finished: the old key still opens everything".to_owned()
        }
        Err(error) => error.to_string(),
    };
    let advice = "Run `idesluss rotate-master-key` again, or start `idesluss up`: either goes on with it.";
    Some(Finding::warning("keys", "master key", found, advice))
}

async fn check_journal(engine: &Engine) -> Vec<Finding> {
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
    let (entries, root, quarantined, parked) = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let found = format!("the journal is NOT whole: {error}");
            let advice = "Put back a backup from before, then run `idesluss restored`.";
            return vec![Finding::bad("journal", service, found, advice)];
        }
    };
    let root: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
    let whole = Finding::well(
        "journal",
        service,
        format!(
            "{entries} entries verified, root {root}, {quarantined} in quarantine, {} ideas parked",
            parked.len()
        ),
    );
    let parked = parked.iter().map(|parked| {
        let found = format!(
            "{} waits at {} for reaction {}: {}",
            parked.correlation, parked.position, parked.reaction, parked.reason
        );
        Finding::warning("parked", service, found, "")
    });
    std::iter::once(whole).chain(parked).collect()
}

/// Compares a view with a fresh rebuild, again while entries come in between the two.
async fn check_view(service: &str, name: &str, view: &ViewHandle) -> Result<Finding, FolderError> {
    for _ in 0..COMPARISONS {
        if let Some(wrong) = view.miscounted().await? {
            let found = format!("view {name} keeps what does not follow from its rows: {wrong}");
            return Ok(Finding::bad("view", service, found, "Please report it."));
        }
        let (before, at) = view.fingerprint().await?;
        view.rebuild().await?;
        let (after, now) = view.fingerprint().await?;
        if at < now {
            continue;
        }
        if before == after && at == now {
            return Ok(Finding::well(
                "view",
                service,
                format!("view {name} equals a fresh rebuild"),
            ));
        }
        let found = format!("view {name} DIFFERS from a fresh rebuild; it has been replaced");
        return Ok(Finding::bad("view", service, found, "Please report it."));
    }
    let found = format!("view {name} could not be compared: the journal grew each time");
    Ok(Finding::warning("view", service, found, "Run `idesluss doctor` again."))
}
