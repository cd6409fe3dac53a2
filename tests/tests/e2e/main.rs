//! The real binary, from outside: gRPC, command line, kill.

mod import;
mod sharing;
mod skeleton;
