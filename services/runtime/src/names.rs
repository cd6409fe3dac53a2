//! Who a certificate says that its holder is.
//!
//! A process of an instance carries a URI for each of its members: `idesluss://fyrbodal/submission`. The instance's authority signs for its
//! database and its broker too, but those carry none: they may neither call nor serve as one of ours.

use rustls::pki_types::CertificateDer;
use std::collections::BTreeSet;
use std::fmt;
use x509_parser::extensions::GeneralName;

const SCHEME: &str = "idesluss://";

/// The members of an instance that a certificate speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    instance: String,
    members: BTreeSet<String>,
    serial: String,
}

/// Why a certificate names nobody.
#[derive(Debug, thiserror::Error)]
pub enum NamesNobody {
    /// It can't be read.
    #[error("it can't be read: {0}")]
    Unreadable(String),
    /// It carries no name of ours, or those of two instances.
    #[error(
        "it carries no URI idesluss://INSTANCE/SERVICE of one instance: make it anew with deploy/compose/secrets.sh"
    )]
    None,
}

impl Names {
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Result<Self, NamesNobody> {
        let unreadable = |error: &dyn fmt::Display| NamesNobody::Unreadable(error.to_string());
        let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|error| unreadable(&error))?;
        let names = parsed.subject_alternative_name().map_err(|error| unreadable(&error))?;
        let names = names
            .map(|names| names.value.general_names.as_slice())
            .unwrap_or_default();
        let (mut instances, mut members) = (BTreeSet::new(), BTreeSet::new());
        for name in names {
            let GeneralName::URI(uri) = name else { continue };
            let Some((instance, member)) = uri.strip_prefix(SCHEME).and_then(|rest| rest.split_once('/')) else {
                continue;
            };
            instances.insert(instance);
            members.insert(member.to_owned());
        }
        let one = instances.pop_first().filter(|_| instances.is_empty());
        Ok(Self {
            instance: one.ok_or(NamesNobody::None)?.to_owned(),
            members,
            serial: plain(&parsed.raw_serial_as_string()),
        })
    }

    /// Whether it speaks for this member.
    pub fn contain(&self, member: &str) -> bool {
        self.members.contains(member)
    }

    /// Whether both are of one instance.
    pub(crate) fn is_with(&self, other: &Self) -> bool {
        self.instance == other.instance
    }

    /// The certificate's number, in small hexadecimal digits.
    pub(crate) fn serial(&self) -> &str {
        &self.serial
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&str> = self.members.iter().map(String::as_str).collect();
        write!(f, "{SCHEME}{}/{}", self.instance, members.join(","))
    }
}

/// A serial as people and tools write it, in one form: small digits, no colons, no leading zeros.
pub(crate) fn plain(serial: &str) -> String {
    let digits: String = serial.trim().chars().filter(|c| *c != ':').collect();
    digits.trim_start_matches('0').to_ascii_lowercase()
}
