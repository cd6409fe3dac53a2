//! The notary's promises: soon signed, never two signatures that contradict each other, whatever fails and whenever it is killed.

mod following;
mod foreign;
mod house;
mod kills;
mod over_tls;
mod signing;
mod witnesses;
