//! Hole 16: what somebody had written moved the cursor, the colours and the direction of an operator's terminal.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Instance, Someone, run};

/// Turns the direction, and hides.
const HOSTILE: &str = "Idé \u{202e}sluttet\u{2066}\u{200b}\u{feff}";
/// Clears the screen, names the window, and what C1 has for the same.
const OBEYED: &str = "A\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{7f}";

/// Checks that nothing in what was said would be obeyed or hidden.
#[track_caller]
fn is_plain(said: &[u8]) -> String {
    let said = String::from_utf8(said.to_vec()).expect("UTF-8");
    let obeyed = |letter: &char| {
        (letter.is_control() && !"\n\t".contains(*letter)) || "\u{202e}\u{2066}\u{200b}\u{feff}".contains(*letter)
    };
    assert_eq!(said.chars().find(obeyed), None, "{said:?}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_obeys_what_somebody_has_written() {
    let instance = Instance::start();
    // What obeys nobody on a page, and is let in there, may still be nothing to look at in a terminal.
    let unseen = "Larm\u{200b}et\u{feff} är slut";
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let request = sub::SubmitIdeaRequest {
        title: unseen.into(),
        problem: unseen.into(),
        ..submitter.idea()
    };
    let idea = instance
        .submit(submitter.says(request))
        .await
        .expect("people may write what they like");
    let data = instance.folder.path().to_string_lossy().into_owned();
    for further in [&[][..], &["--json"][..]] {
        let arguments = [&["replay", "--idea", &idea, "--data", &data], further].concat();
        let output = run(&arguments);
        let said = is_plain(&output.stdout);
        assert!(
            output.status.success() && said.contains("Larm\\u200bet\\ufeff"),
            "{said:?}"
        );
    }

    // A row of an older register that is refused is shown with its reference.
    let columns = "reference,submitted_at,submitter,title,problem,proposal,expected_benefit,area,status,decided_at,superseded_by,decision_reasons";
    let file = instance.folder.path().join("register.csv");
    std::fs::write(
        &file,
        format!("{columns}\nA{unseen},2004,x,T,P,,,,no such status,,,\nB{HOSTILE},2004,x,T,P,,,,closed,,,\n"),
    )
    .expect("written");
    let file = file.to_string_lossy().into_owned();
    let output = run(&[
        "import",
        "--data",
        &data,
        "--organisation",
        "uddevalla",
        "--ideas",
        &file,
        "--dry-run",
    ]);
    let said = is_plain(&[output.stdout, output.stderr].concat());
    assert!(said.contains("ALarm\\u200bet\\ufeff är slut"), "{said:?}");
    // What turns the direction of writing is no reference at all.
    assert!(
        said.contains("reference holds control characters, or marks"),
        "{said:?}"
    );

    // And so is what the auditor's own program can't read.
    let output = run(&["audit", "verify", OBEYED, "--policy", OBEYED]);
    let said = is_plain(&[output.stdout, output.stderr].concat());
    assert!(
        said.contains("A\\u001b[2J\\u001b]0;x\\u0007\\u009b31m\\u007f"),
        "{said:?}"
    );
}
