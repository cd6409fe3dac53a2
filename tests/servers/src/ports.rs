//! Ports for servers that others must know before they listen.

use std::fs::{File, TryLockError};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Mutex, PoisonError};

/// Below the ports that systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere): one of those could take a
/// port in the moment before its server listens, or while it is restarted.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// The locks of the ports that this process was given. A process that ends lets go of them.
static HELD: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A port of the loopback address that nobody listens on, and that no other test on this machine is given while this process runs.
/// Panics when there is none, or when the folder of locks can't be written.
pub fn free_port() -> u16 {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    // A folder for each user, who may not write another's.
    let user = std::fs::metadata("/proc/self").map_or(0, |about| about.uid());
    let folder = std::env::temp_dir().join(format!("idesluss-test-ports-{user}"));
    std::fs::create_dir_all(&folder).expect("the folder of locks can be made");
    // Processes begin at different places, so that they seldom meet.
    let begin = (std::process::id() as usize).wrapping_mul(97);
    let ports = RANGE.cycle().skip(begin % RANGE.len()).take(RANGE.len());
    for port in ports {
        let lock = File::create(folder.join(port.to_string())).expect("a lock can be made");
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => continue,
            Err(TryLockError::Error(error)) => panic!("port {port} can't be locked: {error}"),
        }
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            held.push(lock);
            return port;
        }
    }
    panic!("no port of {RANGE:?} is free");
}
