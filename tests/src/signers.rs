//! The services sign: each with a key that its own command has made, each replica with a guard of its own, and sharing cosigns what the
//! others have signed.

use crate::region::INSTANCE;
use crate::server::beside;
use idesluss_domain::SERVICES;
use idesluss_servers::free_port;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The one that is the witness of the others. Its first replica alone: two with one key and two memories might cosign two histories.
const WITNESS: &str = "sharing";

/// Epochs whose keys others trust: a log has another name and key in each.
const EPOCHS: [u32; 2] = [1, 2];

/// How an installation signs.
pub(crate) struct Signers {
    folder: PathBuf,
    /// Where the witness is asked.
    witness: u16,
}

impl Signers {
    /// Makes each service's key.
    pub(crate) fn new(folder: &Path) -> Self {
        for service in SERVICES {
            let mut command = Command::new(beside("idesluss-server"));
            let file = folder.join(format!("{service}.signing"));
            let made = command.arg("new-signing-key").arg(file).status();
            assert!(made.expect("the binary starts").success(), "{service} makes a key");
        }
        Self {
            folder: folder.to_owned(),
            witness: free_port(),
        }
    }

    /// The settings of a replica, and the port at which its checkpoint and tiles are read.
    pub(crate) fn settings(&self, service: &str, number: usize) -> (String, u16) {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let is_witness = (service, number) == (WITNESS, 1);
        let port = if is_witness { self.witness } else { free_port() };
        let mut text = format!(
            "[signing]\nkey_file = \"{}\"\nguard = \"{}\"\nlisten = \"127.0.0.1:{port}\"\n",
            path(&format!("{service}.signing")),
            path(&format!("{service}-{number}.guard")),
        );
        if service != WITNESS {
            let _ = writeln!(text, "witnesses = \"{}\"", path("witnesses.policy"));
        }
        if is_witness {
            let logs = path("logs.policy");
            let _ = writeln!(text, "[witness]\nname = \"{INSTANCE}/witness\"\nlogs = \"{logs}\"");
        }
        (text, port)
    }

    /// Writes the policies from what `public-keys` prints, once all settings are there. Returns what a follower of each service trusts.
    pub(crate) fn trust(&self, command: impl Fn(&str) -> Command) -> BTreeMap<&'static str, String> {
        let keys = |service: &str, epoch: u32| {
            let mut command = command(&format!("{service}-1"));
            let told = command.args(["public-keys", "--epoch", &epoch.to_string()]).output();
            let told = told.expect("the binary starts");
            assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
            String::from_utf8(told.stdout).expect("text")
        };
        let lines = |told: &str, word: &str| -> Vec<String> {
            let lines = told.lines().filter(|line| line.starts_with(word));
            lines.map(str::to_owned).collect()
        };
        let witness = lines(&keys(WITNESS, 1), "witness ").concat();
        let mut trust = BTreeMap::new();
        let mut witnessed = String::from("quorum none\n");
        for service in SERVICES {
            let logs: Vec<String> = EPOCHS
                .iter()
                .flat_map(|epoch| lines(&keys(service, *epoch), "log "))
                .collect();
            let mut text = logs.join("\n");
            if service == WITNESS {
                text.push_str("\nquorum none\n");
            } else {
                let _ = writeln!(witnessed, "{text}");
                let _ = write!(text, "\n{witness}\nquorum {INSTANCE}\n");
            }
            trust.insert(service, text);
        }
        let asked = format!("{witness} http://127.0.0.1:{}\nquorum none\n", self.witness);
        for (name, text) in [("witnesses.policy", asked), ("logs.policy", witnessed)] {
            std::fs::write(self.folder.join(name), text).expect("written");
        }
        trust
    }
}
