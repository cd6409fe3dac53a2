//! Requests: what every one of them is known by, and how it is read.
//!
//! What its fields may hold stands in the contract's options. When the contract is compiled they become [`crate::requests`]: a type
//! for each request with words of the domain in place of strings, which is read with a [`Reader`]. A command's texts are sealed by a [`Seal`].

mod field;
mod page;
mod problem;
mod reader;

pub use field::{Choices, Count, Field, FieldKind, Fillable, most};
pub(crate) use page::page_size;
pub use page::{MOST_COUNTED, MOST_FOUND, PageToken};
pub use problem::{FieldProblem, Problem, Word};
pub use reader::{LARGEST, MOST_PROBLEMS, ONE_LINE, Reader};

use crate::pb::command as pb;
use idesluss_domain::words::{Scope, SealedText};
use zeroize::Zeroizing;

/// A text as somebody wrote it: trimmed, wiped when it is dropped, and never logged.
#[derive(PartialEq, Eq)]
pub struct Plaintext(Zeroizing<String>);

impl std::ops::Deref for Plaintext {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a text of {} bytes", self.0.len())
    }
}

/// A request, or a part of one that is streamed.
pub trait Rpc: prost::Message + Default + 'static {
    /// The answer, or a part of one that is streamed.
    type Response: prost::Message + Default + 'static;
    /// The service's full name.
    const SERVICE: &'static str;
    /// The rpc's name in it.
    const METHOD: &'static str;
    /// Where it is called.
    const PATH: &'static str;
    /// Whether what it does can't be undone.
    const IRREVERSIBLE: bool;
}

/// A question, read: it changes nothing.
pub trait Question: Sized + Send + 'static {
    /// The message that it comes as.
    type Request: Rpc;

    /// What the asker has seen already.
    fn query(request: &Self::Request) -> Option<&pb::Query>;

    /// Reads its fields, and notes everything that is wrong with them.
    fn read(request: Self::Request, reader: &mut Reader) -> Option<Self>;
}

/// A command: its fields read, its texts sealed.
pub trait Command: Sized + Send + 'static {
    /// The message that it comes as.
    type Request: prost::Message + Default + 'static;
    /// The same with its texts as they were written.
    type Plain: Send + Sync;
    /// The name of the event that its texts are sealed for; empty: it has none, or its handler seals them.
    const EVENT: &'static str;
    /// Whether what its texts are erased together with begins with it: its id is a new one, and nothing is taken to be there until the journal says so.
    const BEGINS: bool;

    /// The command's id.
    fn head(request: &Self::Request) -> Option<&pb::Command>;

    /// Reads its fields, and notes everything that is wrong with them.
    fn read(request: Self::Request, reader: &mut Reader) -> Option<Self::Plain>;

    /// What its texts are erased together with.
    fn scope(plain: &Self::Plain) -> Option<Scope>;

    /// Seals its texts for `event`.
    fn seal<S: Seal>(
        plain: Self::Plain,
        event: &'static str,
        sealer: &mut S,
    ) -> impl Future<Output = Result<Self, S::Error>> + Send;
}

/// What seals texts.
pub trait Seal: Send {
    /// Why it can't.
    type Error: Send;

    /// Seals a text for a member, by its path, of the command's first event of this name.
    fn seal(
        &mut self,
        event: &'static str,
        member: &str,
        text: Plaintext,
    ) -> impl Future<Output = Result<SealedText, Self::Error>> + Send;
}

/// A word of the contract that stands for none of the domain's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not stated")]
pub struct Unstated;
