//! Where an instance stood, in plain text.

use super::words;
use idesluss_auditor::{Instance, Moment};
use idesluss_runtime::Directory;
use std::fmt::Write as _;

pub(super) fn render(until: Option<Moment>, stood: &Instance, directory: &Directory) -> String {
    let until = until.map_or_else(|| "now".to_owned(), |until| until.to_string());
    let mut out = format!("The instance {} at {until}\n", directory.instance);
    if stood.journals.is_empty() {
        out.push_str("\nNothing had happened yet.\n");
        return out;
    }
    for (service, upto) in &stood.journals {
        let _ = writeln!(
            out,
            "  {}: {} events of its own, the last at position {} on {}",
            service.as_str(),
            upto.events,
            upto.position,
            upto.recorded
        );
    }
    let mut thing = "";
    for count in &stood.counts {
        if count.thing != thing {
            thing = &count.thing;
            let _ = writeln!(out, "\n{}", heading(thing));
        }
        let organisation = match count.organisation.as_str() {
            "" => "(not known)",
            name => name,
        };
        let _ = writeln!(out, "  {:<20} {:<22} {:>8}", organisation, count.state, count.count);
    }
    out.push_str("\nWhat happened last, the newest first\n");
    for happened in &stood.last {
        let _ = writeln!(out, "  {}", words::happened(happened, directory));
    }
    out
}

fn heading(thing: &str) -> &'static str {
    match thing {
        "idea" => "Ideas",
        "call" => "Calls",
        "evaluation" => "Evaluations",
        "solution" => "Solutions",
        _ => "Adoptions",
    }
}
