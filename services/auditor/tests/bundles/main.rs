//! Bundles of hand-made journals, and what the auditor says of them.

mod archive;
mod container;
mod journal;
mod kinds;
mod life;
mod make;
mod plan;
mod program;
mod rules;
mod signatures;
mod tampering;
