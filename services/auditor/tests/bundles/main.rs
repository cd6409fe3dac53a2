//! Bundles of hand-made journals, and what the auditor says of them.

mod archive;
mod container;
mod history;
mod journal;
mod kinds;
mod make;
mod plan;
mod program;
mod rules;
mod signatures;
mod tampering;
