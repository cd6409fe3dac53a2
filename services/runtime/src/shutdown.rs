use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `token` at the first Ctrl-C or SIGTERM; a second one ends the process at once.
///
/// Errors: the signals can't be listened to.
pub fn cancel_on_signal(token: CancellationToken) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        let mut asked = false;
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if asked {
                // The journals are safe against this: nothing is acknowledged before it is durable.
                std::process::exit(130);
            }
            asked = true;
            token.cancel();
        }
    });
    Ok(())
}
