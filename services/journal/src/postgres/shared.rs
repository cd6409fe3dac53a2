use crate::cursors::CursorTable;
use crate::nodes::Nodes;
use crate::tail::Tail;
use crate::{AppendError, Head, Lease};
use std::sync::atomic::AtomicBool;
use tokio::sync::{Notify, oneshot, watch};

use super::work::{DynMaintenanceJob, Work};

/// What the writer, the follower and the store's handle share.
pub(super) struct Shared {
    pub(super) head: watch::Sender<Head>,
    pub(super) lease: watch::Sender<Lease>,
    pub(super) cursors: CursorTable,
    pub(super) tail: Tail,
    /// For proofs: what was found of tiles that are not full yet.
    pub(super) nodes: Nodes,
    /// For signatures, the same.
    pub(super) root_nodes: Nodes,
    pub(super) degraded: AtomicBool,
    /// Something was committed here that the other replicas should hear of.
    pub(super) committed: Notify,
    /// Something was heard that may mean that the lease is free.
    pub(super) heard: Notify,
}

impl Shared {
    /// Forgets what was found of tiles: others may be stored now.
    pub(super) fn forget_nodes(&self) {
        self.nodes.clear();
        self.root_nodes.clear();
    }

    /// Whether this store holds the lease.
    pub(super) fn is_held(&self) -> bool {
        self.lease.borrow().is_held()
    }
}

/// What the writer is asked to do.
pub(super) enum Message {
    /// Something in a batch.
    Work(Box<dyn Work>),
    /// Something in a transaction of its own.
    MaintenanceJob(Box<dyn DynMaintenanceJob>),
    /// Write what waits, give the lease up, end.
    Close(oneshot::Sender<()>),
}

impl Message {
    /// Answers work with an error. Returns what is no work.
    pub(super) fn refuse(self, error: AppendError) -> Option<oneshot::Sender<()>> {
        match self {
            Self::Work(work) => work.finish(Err(error)),
            Self::MaintenanceJob(maintenance) => maintenance.finish(Err(error)),
            Self::Close(answer) => return Some(answer),
        }
        None
    }
}
