//! How auditors look back: at the command line, and at the page Revision. What they take home is in `audit`.

mod late;
mod line;
mod web;

use idesluss_tests::run;
use serde_json::Value;

/// Runs `idesluss audit …` on a folder. Returns the exit code, what it told and what it complained about.
fn audit(data: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&[&["audit"], arguments, &["--data", data]].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The same, when it must succeed.
fn told(data: &str, arguments: &[&str]) -> String {
    let (code, told, complaint) = audit(data, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {complaint}");
    told
}

/// The same as JSON.
fn json(data: &str, arguments: &[&str]) -> Value {
    serde_json::from_str(&told(data, &[arguments, &["--json"]].concat())).expect("JSON")
}

/// The members of a list in JSON by one of their members.
fn names<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list").iter();
    list.map(|item| item[member].as_str().unwrap_or_default()).collect()
}
