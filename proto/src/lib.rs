//! The gRPC contract of the three services and of every journal, and its conversions.
//!
//! The generated code stands under [`pb`], and [`requests`] as they are once they have been read. Whatever the contract calls as the domain does is
//! turned into the domain's words by `From` and `TryFrom`; [`status`] is the one place that maps refusals to status codes.

/// The generated code, one module a package.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    reason = "generated; the contract carries the comments"
)]
pub mod pb {
    /// What every command carries, and what is wrong with one.
    pub mod command {
        pub mod v1 {
            tonic::include_proto!("idesluss.command.v1");
        }
        pub use v1::*;
    }
    /// Reading and following a journal.
    pub mod journal {
        pub mod v1 {
            tonic::include_proto!("idesluss.journal.v1");
        }
        pub use v1::*;
    }
    /// What auditors ask every service.
    pub mod audit {
        pub mod v1 {
            tonic::include_proto!("idesluss.audit.v1");
        }
        pub use v1::*;
    }
    /// Ideas, calls, registers.
    pub mod submission {
        pub mod v1 {
            tonic::include_proto!("idesluss.submission.v1");
        }
        pub use v1::*;
    }
    /// Evaluations, criteria, delegation orders.
    pub mod evaluation {
        pub mod v1 {
            tonic::include_proto!("idesluss.evaluation.v1");
        }
        pub use v1::*;
    }
    /// Solutions and adoptions.
    pub mod sharing {
        pub mod v1 {
            tonic::include_proto!("idesluss.sharing.v1");
        }
        pub use v1::*;
    }
    /// Organisations, people, and the roles that they hold.
    pub mod identity {
        pub mod v1 {
            tonic::include_proto!("idesluss.identity.v1");
        }
        pub use v1::*;
    }
}

/// The contract itself, for reflection and for tests that enumerate the rpcs.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

mod command;
mod convert;
mod request;
pub mod status;

pub use command::{CommandHead, write_actor, write_command};
pub use convert::write_organisation;
pub use request::{
    Choices, Command, Count, Field, FieldKind, FieldProblem, Fillable, LARGEST, MOST_COUNTED, MOST_FOUND,
    MOST_PROBLEMS, ONE_LINE, PageToken, Plaintext, Problem, Question, Reader, Rpc, Seal, Unstated, Word, most,
};

/// Requests as they are once they have been read. Generated from the contract's options.
#[allow(
    clippy::all,
    unreachable_pub,
    reason = "generated; the contract carries the comments"
)]
pub mod requests {
    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

/// The domain's words for the contract's.
mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

#[allow(clippy::all, reason = "generated")]
mod rpcs {
    include!(concat!(env!("OUT_DIR"), "/rpcs.rs"));
}

pub use rpcs::{IRREVERSIBLE, SERVICES};
