//! Hole 1, of one process: whoever was on the machine reached a service's port and was whoever they said.

use idesluss_tests::{Address, Instance};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The ports on which a process listens over TCP.
fn listens(pid: u32) -> BTreeSet<u16> {
    let own: BTreeSet<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .expect("the process runs")
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter_map(|target| {
            let inode = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    let ports = ["tcp", "tcp6"].map(|table| fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default());
    let listening = ports.iter().flat_map(|table| table.lines()).filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        // 0A: it listens.
        let is_own = *columns.get(3)? == "0A" && own.contains(*columns.get(9)?);
        let (_, port) = columns.get(1)?.rsplit_once(':')?;
        is_own.then(|| u16::from_str_radix(port, 16).ok())?
    });
    listening.collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn no_port_of_one_process_leads_to_a_service_and_its_sockets_are_its_users_alone() {
    let instance = Instance::start();
    let to = &instance.server.addresses;
    let known = BTreeSet::from([to.web, to.ops, to.logs].map(|address| address.port()));
    assert_eq!(listens(instance.server.pid()), known);
    for service in idesluss_domain::SERVICES {
        let Address::Socket(socket) = to.of(service) else {
            panic!("a socket")
        };
        let folder = socket.parent().expect("a folder");
        assert_eq!((mode(&socket), mode(folder)), (0o600, 0o700), "{}", socket.display());
    }
    let sockets = to.of("submission");
    let folder = instance.stop();
    let Address::Socket(socket) = sockets else {
        panic!("a socket")
    };
    assert!(!socket.exists(), "it goes with the process");
    drop(folder);
}
