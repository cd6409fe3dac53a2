//! Where a service's gRPC is reached: at a port, or through a socket that is this user's alone.

use super::greet::Wire;
use crate::edge::{PAUSE, accept};
use crate::{make_private_folder, report_refusal};
use hyper_util::rt::TokioIo;
use std::fs::{self, Permissions};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tonic::transport::{Channel, Endpoint, Uri};

/// Where connections of this machine that have no address count as coming from: each has a share of its own.
pub(super) const MACHINE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// What takes a service's connections.
pub struct GrpcListener(Kind);

enum Kind {
    Port(TcpListener),
    Socket(Socket),
    Nothing,
}

/// A socket's file, which goes with it.
struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl From<TcpListener> for GrpcListener {
    fn from(listener: TcpListener) -> Self {
        Self(Kind::Port(listener))
    }
}

impl GrpcListener {
    /// Listens on a socket of this name, in a folder that nobody else may look into; what another process left behind there is replaced.
    ///
    /// Errors: the folder can't be used, or the path has more than 107 bytes.
    pub fn socket(path: &Path) -> io::Result<Self> {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        make_private_folder(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        let path = path.to_owned();
        let socket = Socket { listener, path };
        fs::set_permissions(&socket.path, Permissions::from_mode(0o600))?;
        Ok(Self(Kind::Socket(socket)))
    }

    /// Takes nobody from outside the process.
    pub fn none() -> Self {
        Self(Kind::Nothing)
    }

    /// Whether it takes connections of this machine's own user through a socket.
    pub(super) fn is_socket(&self) -> bool {
        matches!(self.0, Kind::Socket(_))
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> (Box<dyn Wire>, SocketAddr) {
        match &self.0 {
            Kind::Port(listener) => {
                let (stream, from) = accept(listener).await;
                (Box::new(stream), from)
            }
            Kind::Socket(socket) => (Box::new(socket.accept().await), MACHINE),
            Kind::Nothing => std::future::pending().await,
        }
    }
}

/// A way to a service of this machine through its socket. Connects when it is first used, and again when it must.
pub fn dial_socket(path: &Path) -> Channel {
    let path = path.to_owned();
    let connector = tower::service_fn(move |_: Uri| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    });
    // Only the authority of what is asked.
    Endpoint::from_static("http://machine").connect_with_connector_lazy(connector)
}

impl Socket {
    /// The next connection of this user, or of root, who could read everything anyway.
    async fn accept(&self) -> UnixStream {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) if is_ours(&stream) => return stream,
                Ok(_) => report_refusal("another_user"),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Whether the file's rights have let in whom they should; they may have been changed meanwhile.
fn is_ours(stream: &UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|other| lets_in(own, other.uid()))
}

fn lets_in(own: u32, other: u32) -> bool {
    other == own || other == 0
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Left behind after a crash it does no harm: the next process replaces it.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_socket_is_this_users_alone_and_goes_with_its_listener() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("run").join("submission.sock");
        fs::create_dir(folder.path().join("run")).expect("made");
        fs::set_permissions(folder.path().join("run"), Permissions::from_mode(0o755)).expect("set");
        fs::write(&path, "left behind").expect("written");
        let listener = GrpcListener::socket(&path).expect("it listens");
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
        let (dialled, (_, from)) = tokio::join!(UnixStream::connect(&path), listener.accept());
        assert!(dialled.is_ok() && from.ip().is_loopback());
        drop(listener);
        assert!(!path.exists());
    }

    #[test]
    fn a_socket_lets_its_user_and_root_in_and_nobody_else() {
        for (own, other, is_let_in) in [
            (1000, 1000, true),
            (1000, 0, true),
            (1000, 1001, false),
            (0, 1000, false),
        ] {
            assert_eq!(lets_in(own, other), is_let_in, "{other} at a socket of {own}");
        }
    }

    #[tokio::test]
    async fn a_path_that_is_too_long_for_a_socket_is_said() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("x".repeat(120)).join("submission.sock");
        assert!(GrpcListener::socket(&path).is_err());
    }
}
