//! One module a command. A command parses, calls a use-case or a pure tool, and prints.

pub mod applies;
pub mod audit;
pub mod clock;
pub mod exemptions;
mod input;
pub mod matching;
pub mod request;
pub mod retention;
pub mod set_up;
pub mod staff;
pub mod bench;
