use super::AuditError;
use serde::Serialize;
use std::io::Write as _;

/// Prints what was asked for: for people as text, for programs as JSON.
pub(super) fn print(value: &impl Serialize, json: bool, text: impl FnOnce() -> String) -> Result<(), AuditError> {
    let mut out = idesluss_terminal::output();
    if json {
        serde_json::to_writer_pretty(&mut out, value)?;
        writeln!(out)?;
    } else {
        out.write_all(text().as_bytes())?;
    }
    Ok(())
}
