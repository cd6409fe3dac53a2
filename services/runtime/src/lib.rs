//! What every process of the instance needs to run: its settings, the clock, who is who, signals, logs, the trace that a request belongs to, health,
//! certificates, ways to other processes, and a gRPC server with its limits, health and reflection.

mod clock;
pub mod config;
mod dial;
mod directory;
mod edge;
mod folder;
mod grpc;
mod health;
mod logs;
mod memory;
mod names;
mod networks;
mod ops;
mod peer;
mod peers;
mod refusal;
mod renewed;
mod rpc_metrics;
mod settings;
mod shutdown;
mod tls;
mod trace;

pub use clock::{Clock, ClockAhead, FixedClock, SystemClock, date_in_sweden};
pub use dial::{DialError, dial};
pub use directory::{Directory, DirectoryError, HeldRole, Organisation, Person, Shown};
pub use edge::{HttpLimits, HttpListener, one_peer, raise_open_files, serve_http};
pub use folder::make_private_folder;
pub use grpc::{GrpcError, GrpcListener, InMemoryListener, Origin, Reach, dial_socket, in_memory_channel, serve_grpc};
pub use health::{Condition, Health, ServiceHealth};
pub use logs::{LogForm, start_logs, start_logs_with};
pub use memory::{MemoryBounds, describe_memory};
pub use names::{Names, NamesNobody};
pub use networks::{Networks, NoNetwork};
pub use ops::{Describe, Ops, install_metrics, serve_ops};
pub use peer::{ForCommand, NotSent, Peer, Voice};
pub use peers::{NoPeer, PeerAddresses, Peers, UnknownPeer};
pub use refusal::report_refusal;
pub use settings::{Listen, Telemetry};
pub use shutdown::cancel_on_signal;
pub use tls::{ServerTls, ServerTlsFiles, Tls, TlsError, TlsFiles};
pub use trace::{link, traceparent};

/// The metrics that the gRPC server keeps, by name.
pub mod metric_names {
    pub use crate::health::PART;
    pub use crate::refusal::REFUSALS;
    pub use crate::rpc_metrics::{REQUESTS, SECONDS};
}
