//! Signing in at a provider that is not ours.

use super::*;
use crate::providers::Providers;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

const SECRET: &str = "a secret that was agreed";
const PEOPLE: &str = r#"{
    "a1": {"name": "Maria Lindqvist", "email": "maria@uddevalla.example", "email_verified": true, "groups": ["sluss", "alla"],
           "acr": "urn:example:loa3", "amr": ["pwd", "mfa"]},
    "a2": {"name": "Samir Haddad", "email": "samir@uddevalla.example", "email_verified": false, "groups": "alla"}
}"#;

/// The provider's process, which ends with the test.
struct There {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    provider: Provider,
    _folder: TempDir,
}

impl Drop for There {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn back() -> Url {
    "http://127.0.0.1:8080/in/tillbaka/uddevalla"
        .parse()
        .expect("an address")
}

impl There {
    fn start() -> Self {
        Self::start_by(false)
    }

    /// One that is reached over TLS, by a certificate that this machine does not know.
    fn start_over_tls() -> Self {
        Self::start_by(true)
    }

    fn start_by(over_tls: bool) -> Self {
        let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests");
        let installed = Command::new(tests.join("npm.sh"))
            .arg("oidc")
            .output()
            .expect("npm.sh runs");
        assert!(
            installed.status.success(),
            "{}",
            String::from_utf8_lossy(&installed.stderr)
        );
        let installed = PathBuf::from(String::from_utf8_lossy(&installed.stdout).trim());
        let folder = TempDir::new().expect("a folder");
        let script = folder.path().join("provider.mjs");
        std::fs::copy(tests.join("oidc/provider.mjs"), &script).expect("copied");
        std::os::unix::fs::symlink(installed.join("node_modules"), folder.path().join("node_modules")).expect("a link");
        let [cert, key] = ["cert.pem", "key.pem"].map(|file| folder.path().join(file));
        let mut command = Command::new(installed.join("node"));
        if over_tls {
            let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
            std::fs::write(&cert, made.cert.pem()).expect("written");
            std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
            command.envs([("CERT", &cert), ("KEY", &key)]);
        }
        let mut child = command
            .arg(script)
            .envs([
                ("PEOPLE", PEOPLE),
                ("WEB", "http://127.0.0.1:8080"),
                ("NAME", "uddevalla"),
                ("SECRET", SECRET),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut said = lines.by_ref().map(|line| line.expect("a line"));
        let issuer = said
            .find(|line| line.starts_with("http"))
            .expect("it prints its issuer");
        let file = folder.path().join("providers.toml");
        let text = format!(
            "[[provider]]\nname = \"uddevalla\"\nissuer = \"{issuer}\"\nclient_id = \"idesluss\"\n\
             client_secret_file = \"secret\"\norganisations = [\"uddevalla\"]\n{}",
            if over_tls { "ca_file = \"cert.pem\"\n" } else { "" }
        );
        std::fs::write(&file, text).expect("written");
        let providers = Providers::load(&file).expect("providers");
        let provider = providers
            .get(&"uddevalla".parse().expect("a label"))
            .expect("it")
            .clone();
        Self {
            child,
            lines,
            provider,
            _folder: folder,
        }
    }

    /// Has the provider sign with other keys from now on.
    fn change_keys(&mut self) {
        let hup = Command::new("kill")
            .args(["-HUP", &self.child.id().to_string()])
            .status();
        assert!(hup.expect("kill runs").success());
        let said = self.lines.by_ref().map(|line| line.expect("a line"));
        assert!(said.into_iter().any(|line| line == "new keys"), "it goes on");
    }

    /// What somebody's browser comes back with who signs in there: the code and the state.
    fn sign_in(&self, begun: &Begun, who: &str) -> (String, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        let (mut cookies, mut at) = (BTreeMap::new(), begun.address.clone());
        for _ in 0..6 {
            let sent = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("; ");
            let answer = match at.path().starts_with("/in/") && at.host() == begun.address.host() {
                true => agent.post(at.as_str()).header("cookie", sent).send_form([("who", who)]),
                false => agent.get(at.as_str()).header("cookie", sent).call(),
            };
            let answer = answer.expect("the provider answers");
            for cookie in answer.headers().get_all("set-cookie") {
                let cookie = cookie.to_str().expect("text").split(';').next().expect("a pair");
                let (name, value) = cookie.split_once('=').expect("a pair");
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let led = answer
                .headers()
                .get("location")
                .expect("it leads on")
                .to_str()
                .expect("text");
            at = at.join(led).expect("an address");
            if at.port() == back().port() {
                let said: BTreeMap<_, _> = at.query_pairs().into_owned().collect();
                assert!(said.contains_key("code"), "{at}");
                return (said["code"].clone(), said["state"].clone());
            }
        }
        panic!("it leads nowhere: {at}");
    }
}

async fn finish(known: &Known, there: &There, begun: &Begun, code: &str) -> Result<SignedInThere, OidcError> {
    let own = (begun.nonce.as_str(), begun.verifier.as_str());
    known.finish(&there.provider, SECRET, &back(), code, own).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_comes_back_from_a_provider_as_who_they_are_there_and_once() {
    let (there, known) = (There::start(), Known::default());
    let begun = known.begin(&there.provider, &back(), &[]).await.expect("begun");
    let (code, state) = there.sign_in(&begun, "a1");
    assert_eq!(state, begun.state);
    let maria = finish(&known, &there, &begun, &code).await.expect("believed");
    assert_eq!((maria.subject.as_str(), maria.name.as_str()), ("a1", "Maria Lindqvist"));
    assert_eq!(maria.address, "maria@uddevalla.example");
    assert_eq!(maria.claims()["groups"], ["alla", "sluss"].map(str::to_owned).into());
    assert_eq!(maria.acr.as_deref(), Some("urn:example:loa3"));
    assert!(maria.amr.contains("mfa"), "{:?}", maria.amr);
    let again = finish(&known, &there, &begun, &code).await;
    assert!(
        matches!(again, Err(OidcError::NotBelieved(_))),
        "a code is good once: {again:?}"
    );

    let begun = known.begin(&there.provider, &back(), &[]).await.expect("begun");
    let samir = finish(&known, &there, &begun, &there.sign_in(&begun, "a2").0)
        .await
        .expect("believed");
    assert_eq!(samir.address, "", "nobody vouches for it");
    assert_eq!(samir.claims()["groups"], BTreeSet::from(["alla".to_owned()]));
    assert_eq!(samir.claims().get("departments"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_begun_here_is_not_believed() {
    let (there, known) = (There::start(), Known::default());
    let other = known.begin(&there.provider, &back(), &[]).await.expect("begun");
    let wrong: [fn(&mut Begun, &Begun); 2] = [
        |begun, other| begun.nonce.clone_from(&other.nonce),
        |begun, other| begun.verifier.clone_from(&other.verifier),
    ];
    for change in wrong {
        let mut begun = known.begin(&there.provider, &back(), &[]).await.expect("begun");
        let (code, _) = there.sign_in(&begun, "a1");
        change(&mut begun, &other);
        let refused = finish(&known, &there, &begun, &code).await;
        assert!(matches!(refused, Err(OidcError::NotBelieved(_))), "{refused:?}");
    }
    // Signed in a way that was not allowed.
    let mut stricter = There::start();
    stricter.provider.algorithms = BTreeSet::from([Algorithm::ES256]);
    let known = Known::default();
    let begun = known.begin(&stricter.provider, &back(), &[]).await.expect("begun");
    let refused = finish(&known, &stricter, &begun, &stricter.sign_in(&begun, "a1").0).await;
    assert!(matches!(refused, Err(OidcError::NotBelieved(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_change_its_keys_and_one_that_is_away_is_said_to_be() {
    let (mut there, known) = (There::start(), Known::default());
    let begun = known.begin(&there.provider, &back(), &[]).await.expect("begun");
    finish(&known, &there, &begun, &there.sign_in(&begun, "a1").0)
        .await
        .expect("believed");
    there.change_keys();
    let begun = known.begin(&there.provider, &back(), &[]).await.expect("begun");
    let code = there.sign_in(&begun, "a1").0;
    finish(&known, &there, &begun, &code)
        .await
        .expect("believed by the new key");
    there.child.kill().expect("killed");
    there.child.wait().expect("gone");
    let away = finish(&known, &there, &begun, &code).await;
    assert!(matches!(away, Err(OidcError::Away(_))), "{away:?}");
    let away = Known::default().begin(&there.provider, &back(), &[]).await;
    assert!(matches!(away, Err(OidcError::Away(_))), "{away:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_reached_over_tls_by_the_authorities_that_are_named_and_no_others() {
    let (mut there, known) = (There::start_over_tls(), Known::default());
    assert!(there.provider.issuer.as_str().starts_with("https://"));
    let begun = known
        .begin(&there.provider, &back(), &[])
        .await
        .expect("its own authority");
    assert!(begun.address.as_str().starts_with("https://"));
    there.provider.ca_file = None;
    let refused = Known::default().begin(&there.provider, &back(), &[]).await;
    assert!(
        matches!(&refused, Err(OidcError::Away(why)) if why.to_lowercase().contains("certificate")),
        "{refused:?}"
    );
    there.provider.ca_file = Some("/nowhere/ca.pem".into());
    let refused = Known::default().begin(&there.provider, &back(), &[]).await;
    assert!(
        matches!(&refused, Err(OidcError::Away(why)) if why.contains("/nowhere/ca.pem")),
        "{refused:?}"
    );
}
