//! The rules, held with given events, a command, and the exact events or refusal that follow.

mod evaluation;
mod golden;
mod identity;
mod ids;
mod refusals;
mod rights;
mod sealed;
mod sharing;
mod status;
mod submission;
mod words;
