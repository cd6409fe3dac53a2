//! The gRPC contract of the three services and of every journal, and its conversions.
//!
//! The generated code stands under [`pb`]; what turns it into words of the domain and back stands
//! beside it, one file a package, and [`status`] is the one place that maps refusals to status codes.

/// The generated code, one module a package.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    reason = "generated; the contract carries the comments"
)]
pub mod pb {
    /// What every command carries.
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
}

/// The contract itself, for reflection and for tests that enumerate the rpcs.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Maps an enum of the contract to the domain's of the same words, and back.
macro_rules! same_words {
    ($(#[$rdoc:meta])* $read:ident, $(#[$wdoc:meta])* $write:ident: $pb:ty = $domain:ty [$($word:ident),+ $(,)?]) => {
        $(#[$rdoc])*
        pub fn $read(word: $pb) -> Option<$domain> {
            match word {
                $(<$pb>::$word => Some(<$domain>::$word),)+
                _ => None,
            }
        }

        $(#[$wdoc])*
        pub fn $write(word: $domain) -> $pb {
            match word {
                $(<$domain>::$word => <$pb>::$word,)+
            }
        }
    };
}

mod command;
pub mod evaluation;
pub mod sharing;
pub mod status;
pub mod submission;

pub use command::{CommandHead, read_actor, read_command, write_actor, write_command};
