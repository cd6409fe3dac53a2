use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something could not be judged from this bundle; nothing is wrong with what could.
    Note,
    /// A rule was broken, or a proof does not hold.
    Broken,
}

macro_rules! codes {
    ($($(#[doc = $title:literal])+ $name:ident,)+) => {
        /// What a finding is about. The codes are stable; VERIFYING.md lists them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $title])+ $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As it is written, such as `R07`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it means, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => concat!($($title),+),)+ }
            }
        }
    };
}

codes! {
    /// the file's bytes are not those that were written
    B01,
    /// the archive does not have the form of a bundle
    B02,
    /// the bundle does not hold what its manifest says
    B03,
    /// the bundle shows something that belongs to others
    B04,
    /// a log's checkpoint can't be read, or is another log's
    T01,
    /// the log's signature is missing, or not by a key of the policy
    T02,
    /// too few witnesses of the policy have cosigned
    T03,
    /// the entries are not those that the checkpoint is about
    T04,
    /// an inclusion proof does not hold
    T05,
    /// a consistency proof is missing, or does not hold
    T06,
    /// the log is shorter than it was
    T07,
    /// the log tells another history than it did
    T08,
    /// an opened epoch names another tree or other kept sequences than the log had
    T09,
    /// an entry's line does not have the form
    L01,
    /// an entry is missing, or stands in another's place
    L02,
    /// an entry was not recorded after the one before it
    L03,
    /// an entry of this source can't stand in this log
    L04,
    /// a source has a gap, or goes back
    L05,
    /// an epoch begins without being opened, or goes back
    L06,
    /// a stream has a gap, or goes back
    L07,
    /// two entries have the same event id
    L08,
    /// two appends have the same command id
    L09,
    /// a received entry is not its source's own
    L10,
    /// an event does not hold what its type says
    L11,
    /// a decision, or a step before it, does not fit how the evaluation was opened
    R01,
    /// a decision without a verified mandate
    R02,
    /// no delegation order with this mandate was in force that day
    R03,
    /// the mandate is not the decider's, not valid that day, or taken back
    R04,
    /// the mandate does not cover the gate or the cost
    R05,
    /// the day of a decision is not the day on which it was recorded
    R06,
    /// scores that were shown are not those that were committed to
    R07,
    /// too few independent assessments
    R08,
    /// somebody acted without having declared
    R09,
    /// somebody acted against a declared conflict of interest
    R10,
    /// somebody acted on an idea of their own
    R11,
    /// an assessor decided the same gate
    R12,
    /// scores are not 1 to 5 for each criterion
    R13,
    /// means are not those of the scores
    R14,
    /// reasons are missing
    R15,
    /// an evaluation does not use the criteria in force
    R16,
    /// what was shown is not every active assessor's assessment
    R17,
    /// something had come after what the decider had seen
    R18,
    /// the decider's basis is not the log as it was
    R19,
    /// the decider's basis names other sources than had been received
    R20,
    /// the decider's basis names another version of the brief
    R21,
    /// advanced from the concept gate on without a need owner
    R22,
    /// a step was taken before its time, or after it
    R23,
    /// somebody acted for another person or organisation, or where they had no part
    R24,
    /// a mandate was handed on by another than its holder, or further than it reaches
    R25,
    /// a panel is not made of those whose assessments were shown
    R26,
    /// an organisation's delegation orders or criteria are not numbered one after the other
    R27,
    /// an erasure was decided by whoever had asked for it
    R28,
    /// somebody acted in a role that they did not hold
    R29,
    /// identity has not asserted who decided, or had something erased
    R30,
    /// something was written in a role that the table of rights in force does not name for it
    R31,
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
