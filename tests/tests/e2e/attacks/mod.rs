//! What strangers may try, by a client that is none of ours: it succeeds in nothing, nothing is changed, it stands once in the log and is
//! counted once, without content. One file a hole; SECURITY.md names the test of each.

mod before;
mod client;

pub(crate) use before::Before;
