//! One module a command. A command parses, calls a use-case or a pure tool, and prints.

pub mod applies;
pub mod audit;
pub mod backup;
pub mod bench;
pub mod clock;
pub mod crash;
pub mod demo;
pub mod detect;
pub mod doctor;
pub mod exemptions;
pub mod import;
mod input;
pub mod matching;
pub mod migrate;
mod model;
pub mod redact;
pub mod request;
pub mod restore;
pub mod retention;
pub mod rotate_keys;
pub mod serve;
pub mod set_up;
pub mod staff;
pub mod work;
