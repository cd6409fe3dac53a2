//! Debian's nginx.

use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BINARY: &str = "/usr/sbin/nginx";

/// nginx with a configuration of its own. Killed when dropped.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
    folder: TempDir,
}

impl Nginx {
    /// Starts it with what stands in its block `http`, and waits until it listens on this port of the loopback.
    pub fn start(http: &str, port: u16) -> Self {
        let folder = TempDir::new().expect("a folder");
        let at = folder.path().display();
        let kept: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
            .collect();
        // One process, which ends with the test.
        let all = format!(
            "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log {at}/error.log info;\nevents {{ worker_connections 1024; }}\n\
             http {{\naccess_log {at}/access.log;\n{kept}{http}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, all).expect("written");
        let said = File::create(folder.path().join("said")).expect("a file");
        let child = Command::new(BINARY)
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap_or_else(|error| panic!("{BINARY} does not start ({error}): `make tools` installs it"));
        let mut nginx = Self { child, folder };
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = nginx.child.try_wait().expect("a child can be waited for");
            assert!(ended.is_none() && Instant::now() < until, "nginx: {}", nginx.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
    }

    /// What it has said against itself and its clients.
    pub fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("said") + &read("error.log")
    }

    /// What it has written down of who asked for what.
    pub fn access(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
