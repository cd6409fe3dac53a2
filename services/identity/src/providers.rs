//! The providers at which people sign in, as whoever runs the instance has set them: which organisations each may speak for, and how it is spoken to.
//!
//! A file of its own, `providers.toml`: a line there lets a provider say who somebody is. What an organisation makes of what its provider says
//! stands in the journal.

use idesluss_domain::words::{Label, OrganisationId};
use openidconnect::IssuerUrl;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use url::Url;

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Providers {
    #[serde(rename = "provider", default)]
    all: Vec<Provider>,
    /// Whose people have accounts of here instead, or beside.
    #[serde(default)]
    pub(crate) local: LocalAccounts,
}

/// Accounts of here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalAccounts {
    /// The organisations whose people may have one.
    pub(crate) organisations: BTreeSet<OrganisationId>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    /// What it is called here, such as `uddevalla`; mappings name it so.
    pub(crate) name: Label,
    /// Its issuer, letter for letter as it stands in its tokens.
    pub(crate) issuer: IssuerUrl,
    /// What it calls this instance.
    pub(crate) client_id: String,
    /// The file with the secret that was agreed with it; beside this one, where no other folder is named.
    pub(crate) client_secret_file: PathBuf,
    /// The authorities of its certificate, as PEM, where they are others than those that this machine trusts.
    #[serde(default)]
    pub(crate) ca_file: Option<PathBuf>,
    /// The organisations that it may speak for.
    pub(crate) organisations: BTreeSet<OrganisationId>,
    /// What stands behind the @ in the work addresses of its people.
    #[serde(default)]
    pub(crate) domains: BTreeSet<String>,
    /// What it is asked for beside who somebody is.
    #[serde(default = "scopes")]
    pub(crate) scopes: Vec<String>,
    /// How it may sign its tokens.
    #[serde(default = "algorithms")]
    pub(crate) algorithms: BTreeSet<Algorithm>,
}

/// How a token is signed: with a key of its own, so that nobody who can check it can make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Algorithm {
    RS256,
    PS256,
    ES256,
    EdDSA,
}

fn scopes() -> Vec<String> {
    vec!["profile".to_owned(), "email".to_owned()]
}

fn algorithms() -> BTreeSet<Algorithm> {
    BTreeSet::from([Algorithm::RS256, Algorithm::PS256, Algorithm::ES256])
}

/// Why the file can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProvidersError {
    #[error("{0} can't be read: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0} is not understood: {1}")]
    Form(PathBuf, String),
    #[error("{0} can't be used: {1}")]
    Content(PathBuf, String),
}

impl Providers {
    /// Reads the file. Errors name the file and the place.
    pub(crate) fn load(path: &Path) -> Result<Self, ProvidersError> {
        let text = std::fs::read_to_string(path).map_err(|error| ProvidersError::File(path.to_owned(), error))?;
        let mut read: Self =
            toml::from_str(&text).map_err(|error| ProvidersError::Form(path.to_owned(), error.to_string()))?;
        read.check()
            .map_err(|sentence| ProvidersError::Content(path.to_owned(), sentence))?;
        if let Some(folder) = path.parent() {
            for provider in &mut read.all {
                provider.client_secret_file = folder.join(&provider.client_secret_file);
                provider.ca_file = provider.ca_file.take().map(|file| folder.join(file));
            }
        }
        Ok(read)
    }

    /// The one of this name.
    pub(crate) fn get(&self, name: &Label) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.name == *name)
    }

    /// Those that may speak for an organisation.
    pub(crate) fn of_organisation(&self, id: &OrganisationId) -> impl Iterator<Item = &Provider> {
        self.all.iter().filter(|provider| provider.organisations.contains(id))
    }

    /// The one at which whoever has this work address signs in.
    pub(crate) fn of_address(&self, address: &str) -> Option<&Provider> {
        let domain = domain(address)?;
        self.all.iter().find(|provider| provider.domains.contains(&domain))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.all.iter()
    }

    /// Whether nobody signs in: there is no provider, and nobody has an account of here.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.local.organisations.is_empty()
    }

    fn check(&self) -> Result<(), String> {
        if self.is_empty() {
            return Err(
                "it names no provider, and no organisation with accounts of here: write one, or take the file away"
                    .to_owned(),
            );
        }
        let (mut names, mut domains, mut issuers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for provider in &self.all {
            let name = &provider.name;
            if !names.insert(name) || !issuers.insert((provider.issuer.as_str(), &provider.client_id)) {
                return Err(format!(
                    "the provider {name}, or its issuer with the same client_id, stands twice"
                ));
            }
            if !is_private(provider.issuer.url()) {
                return Err(format!(
                    "the issuer of {name} is not reached over https: anybody on the way could sign in as anybody"
                ));
            }
            if provider.organisations.is_empty() {
                return Err(format!("the provider {name} speaks for no organisation"));
            }
            if provider.algorithms.is_empty() {
                return Err(format!("the provider {name} may sign in no way"));
            }
            for domain in &provider.domains {
                let is_one =
                    domain.contains('.') && !domain.contains(['@', ' ']) && *domain == domain.to_ascii_lowercase();
                if !is_one || !domains.insert(domain) {
                    return Err(format!(
                        "{domain:?} of the provider {name} is no domain in small letters, or is another provider's too"
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Provider {
    /// What it is known by to what is kept of people who come by it: another one under its name is not it.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.name, self.issuer.as_str())
    }

    /// Whether it may speak for an organisation.
    pub(crate) fn speaks_for(&self, organisation: &OrganisationId) -> bool {
        self.organisations.contains(organisation)
    }

    /// Whether an address is one of its people's, which it may say whose it is: without domains it may say so of none.
    pub(crate) fn vouches_for(&self, address: &str) -> bool {
        domain(address).is_some_and(|domain| self.domains.contains(&domain))
    }
}

/// What stands behind the @, in small letters.
fn domain(address: &str) -> Option<String> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    Some(domain.to_ascii_lowercase())
}

/// Whether nobody on the way hears what is said there: over TLS, or within this machine.
pub(crate) fn is_private(address: &Url) -> bool {
    let is_here = match address.host() {
        Some(url::Host::Ipv4(host)) => host.is_loopback(),
        Some(url::Host::Ipv6(host)) => host.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    };
    address.scheme() == "https" || (address.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
        [[provider]]
        name = "uddevalla"
        issuer = "https://login.uddevalla.example/realms/kommun"
        client_id = "idesluss"
        client_secret_file = "/run/secrets/uddevalla"
        organisations = ["uddevalla"]
        domains = ["uddevalla.example"]
    "#;

    fn read(text: &str) -> Result<Providers, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("providers.toml");
        std::fs::write(&path, text).expect("written");
        Providers::load(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn the_example_in_the_readme_is_a_file_that_can_be_used() {
        let readme = include_str!("../../../README.md");
        let blocks = readme.split("```toml\n").skip(1);
        let mut blocks = blocks.filter_map(|rest| rest.split("```").next());
        let example = blocks.find(|block| block.contains("[[provider]]")).expect("an example");
        let with_all = example.replace("\n# ", "\n");
        for text in [example, &with_all] {
            let known = read(text).expect("read");
            assert!(known.of_address("maria@uddevalla.example").is_some());
        }
    }

    #[test]
    fn a_provider_is_found_by_its_name_its_organisations_and_its_peoples_addresses() {
        let known = read(ONE).expect("read");
        let own = "uddevalla".parse().expect("a short name");
        let name = |provider: &Provider| provider.name.to_string();
        assert_eq!(known.of_organisation(&own).map(name).collect::<Vec<_>>(), ["uddevalla"]);
        assert_eq!(
            known.of_organisation(&"orust".parse().expect("a short name")).count(),
            0
        );
        for (address, is_its) in [
            ("maria@uddevalla.example", true),
            (" Maria.Lindqvist@Uddevalla.Example ", true),
            ("maria@annan@uddevalla.example", true),
            ("maria@sub.uddevalla.example", false),
            ("uddevalla.example", false),
            ("maria@", false),
        ] {
            assert_eq!(known.of_address(address).map(name).is_some(), is_its, "{address}");
        }
        let provider = known.get(&"uddevalla".parse().expect("a label")).expect("known");
        assert!(provider.algorithms.contains(&Algorithm::ES256), "as most sign");
        assert!(!provider.algorithms.contains(&Algorithm::EdDSA));
    }

    #[test]
    fn an_organisations_people_have_accounts_of_here_where_it_says_so() {
        let known = read("[local]\norganisations = [\"innovatum\"]\n").expect("read");
        assert!(!known.is_empty(), "people sign in");
        let both = read(&format!("{ONE}\n[local]\norganisations = [\"uddevalla\"]\n")).expect("read");
        assert!(
            both.local
                .organisations
                .contains(&"uddevalla".parse().expect("a short name"))
        );
        assert!(read("").is_err(), "nobody could sign in");
        assert!(read(ONE).expect("read").local.organisations.is_empty());
        for wrong in [
            "[local]\n",
            "[local]\norganisations = [\"A B\"]\n",
            "[local]\norganisation = []\n",
        ] {
            assert!(read(wrong).expect_err(wrong).contains("not understood"), "{wrong}");
        }
    }

    #[test]
    fn what_would_let_a_stranger_speak_for_an_organisation_is_refused_with_a_sentence() {
        for (from, to, why) in [
            ("https://", "http://", "https"),
            (
                "organisations = [\"uddevalla\"]",
                "organisations = []",
                "no organisation",
            ),
            ("[\"uddevalla.example\"]", "[\"Uddevalla.example\"]", "small letters"),
            ("[\"uddevalla.example\"]", "[\"@uddevalla.example\"]", "no domain"),
            (
                "client_id = \"idesluss\"",
                "client_id = \"idesluss\"\nalgorithms = []",
                "in no way",
            ),
            (
                "client_id = \"idesluss\"",
                "client_id = \"idesluss\"\nalgorithms = [\"none\"]",
                "not understood",
            ),
            (
                "client_id = \"idesluss\"",
                "client_id = \"idesluss\"\nalgorithms = [\"HS256\"]",
                "not understood",
            ),
            ("client_id", "client", "not understood"),
        ] {
            let refused = read(&ONE.replace(from, to)).expect_err(to);
            assert!(refused.contains(why), "{to}: {refused}");
        }
        let twice = format!(
            "{ONE}{}",
            ONE.replace("issuer = \"https://login", "issuer = \"https://logga-in")
        );
        assert!(read(&twice).expect_err("a name twice").contains("twice"));
        let other = ONE.replace("name = \"uddevalla\"", "name = \"annan\"");
        assert!(
            read(&format!("{ONE}{other}"))
                .expect_err("an issuer twice")
                .contains("twice")
        );
        let other = other.replace("client_id = \"idesluss\"", "client_id = \"annan\"");
        assert!(
            read(&format!("{ONE}{other}"))
                .expect_err("a domain twice")
                .contains("another provider's")
        );
        assert!(
            read(&ONE.replace("https://login.uddevalla.example", "http://127.0.0.1:9000")).is_ok(),
            "for a trial"
        );
    }
}
