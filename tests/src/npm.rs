use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of npm packages that `tests/npm.sh` installs under a name, when they are not there.
///
/// Panics with what it said when it can't.
pub fn npm(name: &str) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm.sh");
    let output = Command::new(script).arg(name).output().expect("npm.sh runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}
