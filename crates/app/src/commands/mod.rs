//! One module a command. A command parses, calls a use-case or a pure tool, and prints.

pub mod clock;
pub mod audit;
pub mod redact;
