//! Printing what was found.

use super::ask::Look;
use super::finding::{Finding, Severity, exit_code};
use idesluss_terminal::print_line;
use std::process::ExitCode;

/// Prints findings, the worst first, and says with which code to end.
pub(super) fn print(findings: &[Finding], look: &Look, json: bool) -> ExitCode {
    let code = exit_code(findings);
    if json {
        let answer = serde_json::json!({ "exit_code": code, "processes": look.0.len(), "findings": findings });
        print_line!("{answer:#}");
        return ExitCode::from(code);
    }
    for finding in findings {
        print_line!("{}", line(finding));
    }
    print_line!("{}", sum(findings, look));
    ExitCode::from(code)
}

/// Ends what was told of a folder line by line, or tells all of it to a program; says with which code to end.
pub(super) fn sum_up(findings: &[Finding], json: bool) -> ExitCode {
    let code = exit_code(findings);
    if json {
        let answer = serde_json::json!({ "exit_code": code, "findings": findings });
        print_line!("{answer:#}");
        return ExitCode::from(code);
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    match (count(Severity::Bad), count(Severity::Warning)) {
        (0, 0) => print_line!("All is well."),
        (0, warnings) => print_line!("All is whole; {warnings} ideas are parked and wait for somebody to look."),
        (bad, _) => {
            print_line!("NOT well: {bad} of {} checks failed.", findings.len());
            for finding in findings.iter().filter(|finding| finding.severity == Severity::Bad) {
                print_line!("{}: {}", finding.about, finding.advice);
            }
        }
    }
    ExitCode::from(code)
}

fn line(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Bad => "BAD",
        Severity::Unchecked => "UNKNOWN",
        Severity::Warning => "WARNING",
        Severity::Well => "well",
    };
    let Finding {
        about, found, advice, ..
    } = finding;
    if advice.is_empty() {
        format!("{severity:8} {about}: {found}.")
    } else {
        format!("{severity:8} {about}: {found}. {advice}")
    }
}

fn sum(findings: &[Finding], look: &Look) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (bad, unchecked, warnings) = (
        count(Severity::Bad),
        count(Severity::Unchecked),
        count(Severity::Warning),
    );
    let processes = look.0.len();
    if bad + unchecked + warnings == 0 {
        format!("All is well: {processes} processes were asked.")
    } else {
        format!("{processes} processes were asked: {bad} bad, {unchecked} not known, {warnings} warnings.")
    }
}
