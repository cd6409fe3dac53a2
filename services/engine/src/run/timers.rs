use crate::{Engine, ExecuteError};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// How long after it could not be done it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Something that comes due. It reads a view of due dates and sends commands whose ids follow from what is due, so that a
/// repeat does nothing.
#[async_trait]
pub trait Timer: Send + Sync + 'static {
    /// Its name, for the log.
    const NAME: &'static str;

    /// How often it looks.
    fn period(&self) -> Duration;

    /// Sends the commands for everything that is due. Returns how many there were.
    async fn fire_due(&self) -> Result<usize, ExecuteError>;
}

impl Engine {
    /// Runs a timer until the service ends. What could not be done is tried again a few seconds later, not at its next turn: that may
    /// be an hour away, and a database may be away just at the start.
    pub fn timer<T: Timer>(&self, timer: T) {
        let timer = Arc::new(timer);
        self.spawn_writing(move || turn(timer.clone()));
    }
}

async fn turn<T: Timer>(timer: Arc<T>) {
    let mut turns = tokio::time::interval(timer.period());
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match timer.fire_due().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(timer = T::NAME, count, "fired"),
            Err(error) => {
                tracing::warn!(timer = T::NAME, %error, "could not fire; trying again in a moment");
                turns.reset_after(AGAIN.min(timer.period()));
            }
        }
    }
}
