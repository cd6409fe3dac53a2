//! What strangers may try, by a client that is none of ours: it succeeds in nothing, nothing is changed, it stands once in the log and is
//! counted once, without content. One file a hole; SECURITY.md names the test of each.

mod assertions;
mod backdating;
mod before;
mod certificates;
mod client;
mod coauthors;
mod conflicts;
mod databases;
mod digests;
mod earlier;
mod erasures;
pub(crate) mod exposed;
mod files;
mod floods;
mod forged;
mod forms;
mod grants;
mod histories;
mod ids;
mod judging;
mod loss;
mod own_ideas;
mod ports;
mod printing;
mod rights;
mod similar;
mod status;
mod two_people;

pub(crate) use before::Before;
