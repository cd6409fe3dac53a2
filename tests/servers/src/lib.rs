//! Real servers for tests: started on loopback with a folder of their own, stopped, killed, wiped, and cut off. Knows nothing of the rooms
//! that are tested.

mod nats;
mod ports;
mod postgres;
mod proxy;

pub use nats::Nats;
pub use ports::free_port;
pub use postgres::{Database, Postgres};
pub use proxy::Proxy;
