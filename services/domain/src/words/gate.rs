use serde::{Deserialize, Serialize};

/// A gate (grind) in the sluice, in order. After ISO 56002 §8.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Möjlighet: is there something in it?
    Opportunity,
    /// Koncept: what would it be? From here on it needs a need owner.
    Concept,
    /// Pilot: does it work on a small scale?
    Pilot,
    /// Breddinförande: shall everybody have it?
    Rollout,
}

impl Gate {
    /// All gates, in order.
    pub const ALL: [Gate; 4] = [Gate::Opportunity, Gate::Concept, Gate::Pilot, Gate::Rollout];

    /// The gate after this one; None after the last.
    pub fn next(self) -> Option<Gate> {
        match self {
            Gate::Opportunity => Some(Gate::Concept),
            Gate::Concept => Some(Gate::Pilot),
            Gate::Pilot => Some(Gate::Rollout),
            Gate::Rollout => None,
        }
    }

    /// The stored and wire form.
    pub fn as_str(self) -> &'static str {
        match self {
            Gate::Opportunity => "opportunity",
            Gate::Concept => "concept",
            Gate::Pilot => "pilot",
            Gate::Rollout => "rollout",
        }
    }
}

/// What a decision at a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Go on: to the next gate, or, at the last one, to a shared solution.
    Advance,
    /// Back: the same gate again when what is missing has been added.
    Return,
    /// Not now.
    Park,
    /// No.
    Reject,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 4] = [Outcome::Advance, Outcome::Return, Outcome::Park, Outcome::Reject];

    /// The stored and wire form.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Advance => "advance",
            Outcome::Return => "return",
            Outcome::Park => "park",
            Outcome::Reject => "reject",
        }
    }
}
