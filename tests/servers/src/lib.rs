//! Real servers for tests: started on loopback with a folder of their own, stopped, killed, wiped, and cut off.

mod nats;
mod proxy;

pub use nats::Nats;
pub use proxy::Proxy;
