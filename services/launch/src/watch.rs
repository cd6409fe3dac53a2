//! Looking after a running service: is its database there, may it take commands, what do its metrics say.

use crate::state::State;
use idesluss_engine::{BlockedBy, CHECKING, Engine};
use idesluss_messaging::Messaging;
use idesluss_runtime::{Condition, ServiceHealth};
use idesluss_vault::Wrapping;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// The part that says whether the database is there.
pub(crate) const JOURNAL: &str = "journal";

/// The part that says whether commands are taken.
pub(crate) const COMMANDS: &str = "commands";
/// Whether it is known who may do what.
pub(crate) const RIGHTS: &str = "rights";

/// The part that says how the broker is.
const BROKER: &str = "broker";

/// The part that says whether the master key's file is the right one.
const KEYS: &str = "keys";

/// How often the parts are looked at, and how long the database may take to answer.
const LOOK: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(2);

/// How long a new holder of the lease waits for the broker's word on whether the journal was restored. Without a broker it goes on all the same.
const VERDICT: Duration = Duration::from_secs(3);

/// How often it is looked whether there is a new master key.
const MASTER_KEY: Duration = Duration::from_secs(5);

/// How often the ledger of erasures is compared with the journal's.
const LEDGER: Duration = Duration::from_secs(60);

/// Starts everything that looks after `engine` until it ends.
pub(crate) fn start(engine: &Engine, health: &ServiceHealth, messaging: Option<Arc<Messaging>>, state: State) {
    engine.spawn(look(engine.clone(), health.clone(), messaging.clone()));
    engine.spawn(engine.clone().report_commands(health.clone(), COMMANDS));
    engine.spawn(metrics(engine.clone(), state));
    engine.spawn(copy_ledger(engine.clone()));
    let erasing = engine.clone();
    engine.spawn_writing(move || erase_again(erasing.clone()));
    let (wrapping, keys) = (engine.clone(), health.clone());
    engine.spawn_writing(move || wrap_anew(wrapping.clone(), keys.clone()));
    if let Some(messaging) = messaging {
        let judging = engine.clone();
        engine.spawn_writing(move || judge(judging.clone(), messaging.clone()));
    }
}

async fn look(engine: Engine, health: ServiceHealth, messaging: Option<Arc<Messaging>>) {
    loop {
        let journal = match timeout(ANSWER, engine.store().read(0, 1)).await {
            Ok(Ok(_)) if engine.store().degraded() => {
                Condition::Degraded("this machine's clock is behind the journal's last entry: set it right".into())
            }
            Ok(Ok(_)) => Condition::Well,
            Ok(Err(error)) => Condition::Unready(error.to_string()),
            Err(_) => Condition::Unready("the database does not answer".into()),
        };
        health.set(JOURNAL, journal);
        if let Some(messaging) = &messaging {
            let broker = messaging.status().broker;
            let condition = if broker.connected {
                Condition::Well
            } else {
                let why = broker.refused.or(broker.problem);
                Condition::Degraded(why.unwrap_or_else(|| "it has not been reached yet".into()))
            };
            health.set(BROKER, condition);
        }
        sleep(LOOK).await;
    }
}

/// Puts the question again when the lease is lost: whoever gets it back does not know what happened meanwhile.
struct Unjudged(Engine);

impl Drop for Unjudged {
    fn drop(&mut self) {
        self.0.block_writes(BlockedBy::Exchange, Some(CHECKING.into()));
    }
}

/// Decides, each time that this process may write anew, whether the journal is the one whose events the broker has; and goes on watching.
///
/// Until that is known no command is taken: a restored journal would give numbers away a second time.
async fn judge(engine: Engine, messaging: Arc<Messaging>) {
    let _again = Unjudged(engine.clone());
    let until = Instant::now() + VERDICT;
    while Instant::now() < until && !is_judged(&engine, &messaging) {
        sleep(Duration::from_millis(20)).await;
    }
    let mut refused = messaging.refused();
    loop {
        let why = refused.borrow_and_update().clone();
        engine.block_writes(BlockedBy::Exchange, why);
        if refused.changed().await.is_err() {
            return;
        }
    }
}

/// Whether every own source that is published was compared with its stream.
fn is_judged(engine: &Engine, messaging: &Messaging) -> bool {
    let status = messaging.status();
    let head = engine.store().head();
    let head = head.borrow();
    head.published().all(|source| {
        let relay = status.relays.get(source);
        relay
            .is_some_and(|relay| relay.refused.is_some() || (relay.stream_created.is_some() && relay.problem.is_none()))
    })
}

async fn erase_again(engine: Engine) {
    while let Err(error) = engine.vault().erase_again().await {
        tracing::warn!(%error, "what the ledger says was erased could not be erased again yet");
        sleep(LOOK).await;
    }
    // Ended by the loss of the lease, or of the service.
    std::future::pending::<()>().await;
}

/// Looks again and again whether the master key's file holds a newer key, and whether it would still open everything after a restart.
async fn wrap_anew(engine: Engine, health: ServiceHealth) {
    loop {
        let condition = match engine.vault().wrap_anew().await {
            Ok(Wrapping::Newest) => Condition::Well,
            Ok(Wrapping::Older) => {
                tracing::info!("what is sealed opens with the new master key alone");
                Condition::Well
            }
            Ok(Wrapping::Neither) => Condition::Degraded(
                "keys.master_file no longer opens what is sealed here: put the right one back before a restart".into(),
            ),
            Err(error) => Condition::Degraded(error.to_string()),
        };
        health.set(KEYS, condition);
        sleep(MASTER_KEY).await;
    }
}

async fn copy_ledger(engine: Engine) {
    loop {
        if let Err(error) = engine.vault().copy_ledger().await {
            tracing::warn!(%error, "the ledger of erasures could not be brought up to date");
        }
        sleep(LEDGER).await;
    }
}

async fn metrics(engine: Engine, state: State) {
    loop {
        state.measure(&engine).await;
        sleep(LOOK * 5).await;
    }
}
