//! The bar that long work shows: where it stands, how fast it goes, and how long it will take.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on the error stream, for so many of `what`; hidden with `quiet`, and where nobody looks.
pub(crate) fn progress(count: u64, what: &str, quiet: bool) -> ProgressBar {
    let target = if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(count), target);
    let template = format!("{{bar:40}} {{pos}}/{{len}} {what}  {{per_sec}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
