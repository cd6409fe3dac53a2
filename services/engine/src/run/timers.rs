use crate::{Engine, ExecuteError};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

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
    /// Runs a timer until the service ends. An error is logged, and tried again at its next turn.
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
                tracing::warn!(timer = T::NAME, %error, "could not fire; trying again at its next turn")
            }
        }
    }
}
