//! From what processes told to what is to be done. Pure: two looks in, findings out.
//!
//! What travels between processes is judged over both looks: whoever at the second one has not what there was at the first is behind, and
//! whoever had more at the first than there is at the second is ahead. So a busy installation is not taken for a sick one.

#[cfg(test)]
mod cases;
mod exchange;
mod journal;
mod process;
mod service;
mod sources;

use super::ask::Look;
use super::finding::Finding;

/// Judges an installation by two looks, a moment apart.
pub(super) fn judge(earlier: &Look, later: &Look) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in &later.0 {
        process::judge(seen, &mut findings);
    }
    process::versions(later, &mut findings);
    for (name, answer) in later.answers() {
        journal::judge(name, earlier.of(name), answer, &mut findings);
        exchange::judge(name, earlier.of(name), answer, &mut findings);
    }
    service::judge(earlier, later, &mut findings);
    sources::judge(earlier, later, &mut findings);
    findings
}
