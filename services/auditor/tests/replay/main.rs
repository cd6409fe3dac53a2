//! Where an instance stood, what changed, and what a decider knew, from lines that were made by hand.

mod book;
mod diff;
mod dossier;
mod instance;
mod roles;
