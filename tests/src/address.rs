//! Where a service's gRPC is reached: a port, or a socket of this user's.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::transport::{Channel, Endpoint};

/// An address, as gRPC's own libraries write it: `host:port`, or `unix:` and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Over TCP.
    Port(SocketAddr),
    /// Through a file.
    Socket(PathBuf),
}

/// A connection whose bytes a test writes itself.
pub trait Wire: io::Read + io::Write + Send {
    /// How long reading waits.
    fn patience(&self, patience: Duration) -> io::Result<()>;
}

/// The same, for HTTP/2.
pub trait AsyncWire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> AsyncWire for T {}

impl Wire for std::net::TcpStream {
    fn patience(&self, patience: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(patience))
    }
}

impl Wire for std::os::unix::net::UnixStream {
    fn patience(&self, patience: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(patience))
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Port(address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(address) => address.fmt(f),
            Self::Socket(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Address {
    /// Connects, for whoever writes bytes. Panics when nobody listens.
    pub fn open(&self) -> Box<dyn Wire> {
        match self {
            Self::Port(address) => Box::new(std::net::TcpStream::connect(address).expect("the port answers")),
            Self::Socket(path) => Box::new(std::os::unix::net::UnixStream::connect(path).expect("the socket answers")),
        }
    }

    /// Connects, for whoever speaks HTTP/2.
    pub async fn connect(&self) -> io::Result<Box<dyn AsyncWire>> {
        Ok(match self {
            Self::Port(address) => Box::new(tokio::net::TcpStream::connect(address).await?),
            Self::Socket(path) => Box::new(tokio::net::UnixStream::connect(path).await?),
        })
    }

    /// A channel that connects when it is first used.
    pub fn channel(&self) -> Channel {
        let address = match self {
            Self::Port(address) => format!("http://{address}"),
            Self::Socket(_) => self.to_string(),
        };
        Endpoint::from_shared(address).expect("an address").connect_lazy()
    }
}
