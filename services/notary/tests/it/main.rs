//! The notary's promises: soon signed, never two signatures that contradict each other, whatever fails and whenever it is killed.

mod following;
mod foreign;
mod instance;
mod kills;
mod others;
mod over_tls;
mod signing;
mod sigstore;
mod sumdb;
mod witnesses;
