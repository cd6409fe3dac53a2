//! The link that opens the web once, handed to whoever runs it.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Says how `link` is come by: itself on a terminal, since somebody sits there; else where it lies, in a file in `folder` that is its owner's
/// alone. What is printed elsewhere ends up in a log, and whoever reads that would be let in.
pub fn hand_over(link: &str, folder: &Path) -> io::Result<String> {
    if io::stdout().is_terminal() {
        return Ok(format!("Open {link} in a browser; it works once."));
    }
    let file = folder.join("link");
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)?;
    writeln!(written, "{link}")?;
    Ok(format!("The link that opens it once lies in {}", file.display()))
}
