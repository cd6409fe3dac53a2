//! Certificates of an installation's own authority, each for the members that it speaks for.

use crate::region::INSTANCE;
use idesluss_domain::SERVICES;
use idesluss_runtime::TlsFiles;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

/// The settings of certificates that are made in a folder, for every member of the region's instance.
pub fn tls_settings(folder: &Path) -> String {
    let (files, _) = certificates(folder);
    format!(
        "tls.ca_file = \"{}\"\ntls.cert_file = \"{}\"\ntls.key_file = \"{}\"\n",
        files.ca_file.display(),
        files.cert_file.display(),
        files.key_file.display()
    )
}

/// An installation's certificates, and one for browsers at `localhost`, which can be made anew.
pub struct WebCertificates {
    folder: PathBuf,
    authority: Authority,
}

impl WebCertificates {
    /// Makes all of them in a folder.
    pub fn new(folder: &Path) -> Self {
        let (_, authority) = certificates(folder);
        let folder = folder.to_owned();
        let made = Self { folder, authority };
        made.renew();
        made
    }

    /// Makes the one for browsers anew.
    pub fn renew(&self) {
        certificate(&self.authority, &self.folder, "web-", &[]);
    }

    /// The file of the authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// The files of the certificate for browsers and of its key.
    pub fn web(&self) -> [PathBuf; 2] {
        ["web-cert.pem", "web-key.pem"].map(|name| self.folder.join(name))
    }
}

/// A private authority and one certificate for everything on this machine.
pub(crate) fn certificates(folder: &Path) -> (TlsFiles, Authority) {
    let mut about = CertificateParams::new(Vec::new()).expect("parameters");
    about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // With one name for both, other people's TLS takes what it has signed for signed by itself.
    about
        .distinguished_name
        .push(DnType::CommonName, "the instance's authority");
    let authority = CertifiedIssuer::self_signed(about, KeyPair::generate().expect("a key")).expect("an authority");
    std::fs::write(folder.join("ca.pem"), authority.pem()).expect("written");
    let everybody = SERVICES.into_iter().chain(["gateway"]).map(|member| (INSTANCE, member));
    let everybody: Vec<_> = everybody.collect();
    let (files, _) = certificate(&authority, folder, "", &everybody);
    // Nothing yet, and read again when it changes.
    std::fs::write(folder.join("revoked"), "").expect("written");
    (files, authority)
}

/// A certificate for this machine that speaks for these members, in files that begin with `name`; and its serial.
pub(crate) fn certificate(
    authority: &Authority,
    folder: &Path,
    name: &str,
    members: &[(&str, &str)],
) -> (TlsFiles, String) {
    let mut about = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    for (instance, member) in members {
        let uri = format!("idesluss://{instance}/{member}")
            .try_into()
            .expect("plain letters");
        about.subject_alt_names.push(SanType::URI(uri));
    }
    let serial = Uuid::new_v4();
    about.serial_number = Some(serial.as_bytes().to_vec().into());
    let key = KeyPair::generate().expect("a key");
    let signed = about.signed_by(&key, authority).expect("signed");
    let write = |file: &str, text: String| {
        let path = folder.join(format!("{name}{file}"));
        std::fs::write(&path, text).expect("written");
        path
    };
    let files = TlsFiles {
        ca_file: folder.join("ca.pem"),
        cert_file: write("cert.pem", signed.pem()),
        key_file: write("key.pem", key.serialize_pem()),
        revoked_file: Some(folder.join("revoked")),
    };
    (files, serial.simple().to_string())
}
