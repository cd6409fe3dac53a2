//! Where an instance stood, in plain text.

use super::words;
use idesluss_auditor::{Instance, Moment};
use idesluss_runtime::Directory;
use std::fmt::Write as _;

pub(super) fn tell(until: Option<Moment>, stood: &Instance, directory: &Directory) -> String {
    let until = until.map_or_else(|| "now".to_owned(), |until| until.to_string());
    let mut told = format!("The instance {} at {until}\n", directory.instance);
    if stood.journals.is_empty() {
        told.push_str("\nNothing had happened yet.\n");
        return told;
    }
    for (service, upto) in &stood.journals {
        let _ = writeln!(
            told,
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
            let _ = writeln!(told, "\n{}", heading(thing));
        }
        let house = match count.organisation.as_str() {
            "" => "(not known)",
            house => house,
        };
        let _ = writeln!(told, "  {:<20} {:<22} {:>8}", house, count.state, count.count);
    }
    told.push_str("\nWhat happened last, the newest first\n");
    for happened in &stood.last {
        let _ = writeln!(told, "  {}", words::happened(happened, directory));
    }
    told
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
