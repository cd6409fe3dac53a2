//! Every form of every page, sent as no browser would send it: what is wrong is said where it is, nothing that was written is lost, nothing is done.

use crate::accessible::{PEOPLE, pages};
use idesluss_tests::{Chromium, Reader, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;

const SERVICES: [&str; 4] = ["submission", "evaluation", "sharing", "identity"];

/// How many entries each journal has that people write to.
pub(crate) async fn heads(server: &Server) -> Vec<u64> {
    let mut heads = Vec::new();
    for service in SERVICES {
        heads.push(server.head(service).await.size);
    }
    heads
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_loses_what_was_written_or_does_half_of_what_is_wrong() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    // The page's own rules let no script send anything: this one stands for somebody with a program of their own.
    browser.tell("Page.setBypassCSP", json!({ "enabled": true })).await;
    // Somebody else's secret, which is in no form of whoever is looked at.
    let mut stranger = Reader::new(server.addresses.web);
    let foreign = json!(stranger.become_person("Lena Fors", "coordinator").csrf());
    let (mut wrong, mut tries, mut asked) = (BTreeSet::new(), 0, 0);
    let script = concat!(include_str!("forms.js"), include_str!("by_hand.js"));
    // What begins a session is written as well: everybody has begun one before it is counted.
    let mut all = Vec::new();
    for (name, role, called) in PEOPLE {
        all.push((pages(&server, name, role), role, called, name));
    }
    for (paths, role, called, name) in all {
        browser.speak("sv").await;
        browser.become_person(name, called).await;
        let before = heads(&server).await;
        // What is the same to one role whatever thing it is of.
        let mut known: Vec<Value> = Vec::new();
        for path in paths {
            // The page before ended in English.
            browser.speak("sv").await;
            browser.open(&path).await;
            let arguments = vec![foreign.clone(), json!(known)];
            let told = browser.client.execute_async(script, arguments).await;
            let told = told.expect("an answer");
            for found in told["found"].as_array().expect("a list") {
                wrong.insert(format!("{role} {path}: {found}"));
            }
            asked += told["asked"].as_u64().expect("a number");
            known.extend(told["kinds"].as_array().expect("a list").iter().cloned());
        }
        tries += known.len();
        let after = heads(&server).await;
        if after != before {
            wrong.insert(format!("{role}: something was done, from {before:?} to {after:?}"));
        }
    }
    let told: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {tries}:\n{}", wrong.len(), told.join("\n"));
    assert!(tries > 60, "{tries}");
    assert!(asked >= 10, "only {asked} were asked about");
    browser.client.clone().close().await.expect("closed");
}
