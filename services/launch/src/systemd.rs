use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Tells systemd, where it started the process, that it is ready; then, while the loop turns, that it is alive; at the end that it is stopping.
///
/// Anywhere else it does nothing.
pub(crate) fn notify_systemd(shutdown: CancellationToken) {
    let tell = |states: &[sd_notify::NotifyState<'_>]| {
        if let Err(error) = sd_notify::notify(states) {
            tracing::debug!(%error, "systemd is not told");
        }
    };
    tell(&[sd_notify::NotifyState::Ready]);
    // Half the time after which systemd would end the process.
    let watchdog = sd_notify::watchdog_enabled().map(|limit| limit / 2);
    tokio::spawn(async move {
        let pause = watchdog.unwrap_or(Duration::from_secs(3_600));
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => if watchdog.is_some() {
                    tell(&[sd_notify::NotifyState::Watchdog]);
                },
                () = shutdown.cancelled() => {
                    tell(&[sd_notify::NotifyState::Stopping]);
                    return;
                }
            }
        }
    });
}
