//! The real binary, from outside: gRPC, command line, kill.

mod sharing;
mod skeleton;
