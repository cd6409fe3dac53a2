//! Real servers for tests: started on loopback with a folder of their own, stopped, killed, wiped, and cut off. Knows nothing of the rooms
//! that are tested.

mod nats;
mod nginx;
mod ports;
mod postgres;
mod proxy;

pub use nats::Nats;
pub use nginx::Nginx;
pub use ports::free_port;
pub use postgres::{Database, Postgres};
pub use proxy::Proxy;
