//! The database and the broker over TLS, as they are deployed.

use idesluss_runtime::TlsFiles;
use idesluss_servers::{Nats, Postgres};
use std::path::Path;

use crate::region::INSTANCE;

const PASSWORD: &str = "not a secret";

/// Both servers, with the installation's certificate; the broker also asks for one, and has the deployment's users.
pub(crate) fn servers(files: &TlsFiles) -> (Postgres, Nats) {
    let postgres = Postgres::start_over_tls(&files.cert_file, &files.key_file);
    let mut nats = Nats::absent();
    let mut settings = format!(
        "tls {{ cert_file: \"{}\", key_file: \"{}\", ca_file: \"{}\", verify: true, min_version: \"1.3\" }}\n",
        files.cert_file.display(),
        files.key_file.display(),
        files.ca_file.display()
    );
    // As its first lines tell whoever has another instance.
    settings.push_str(&Nats::deployed_users(PASSWORD).replace("fyrbodal", INSTANCE));
    nats.configure(&settings);
    nats.resume();
    (postgres, nats)
}

/// A database's address with nobody in between.
pub(crate) fn database(url: &str, files: &TlsFiles) -> String {
    let url = url.replace("@127.0.0.1:", "@localhost:");
    format!("{url}?sslmode=verify-full&sslrootcert={}", files.ca_file.display())
}

/// How a service reaches the broker.
pub(crate) fn broker(service: &str, port: u16, folder: &Path) -> String {
    let password = folder.join("broker-password");
    std::fs::write(&password, PASSWORD).expect("written");
    format!(
        "urls = [\"tls://localhost:{port}\"]\nuser = \"{service}\"\npassword_file = \"{}\"\n",
        password.display()
    )
}
