//! The one binary: the whole idésluss on a laptop, and its commands.

fn main() {}
