//! Waiting for the writer's lease to come, and to go.

use idesluss_journal::Lease;
use tokio::sync::watch;

/// Waits until this process may write.
pub(crate) async fn held(lease: &mut watch::Receiver<Lease>) {
    until(lease, Lease::is_held).await;
}

/// Waits until it may no longer.
pub(crate) async fn lost(lease: &mut watch::Receiver<Lease>) {
    until(lease, |lease| !lease.is_held()).await;
}

async fn until(lease: &mut watch::Receiver<Lease>, is: impl FnMut(&Lease) -> bool) {
    // A lease that nobody moves any more stays where it is.
    let never = lease.wait_for(is).await.is_err();
    if never {
        std::future::pending::<()>().await;
    }
}
