//! What every process of the house needs to run: the clock, who is who, signals, logs, and a gRPC
//! server with its limits, health and reflection.

mod clock;
mod directory;
mod grpc;
mod logs;
mod shutdown;

pub use clock::{Clock, ClockAhead, FixedClock, SystemClock, date_in_sweden};
pub use directory::{Directory, DirectoryError, HeldRole, Organisation, OrganisationKind, Person};
pub use grpc::{GrpcError, serve_grpc};
pub use logs::{LogForm, start_logs};
pub use shutdown::cancel_on_signal;
