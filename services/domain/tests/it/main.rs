//! The rules, held with given events, a command, and the exact events or refusal that follow.

mod ids;
mod sharing;
mod submission;
