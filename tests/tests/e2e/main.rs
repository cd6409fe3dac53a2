//! The real binary, from outside: gRPC, command line, kill.

mod skeleton;
