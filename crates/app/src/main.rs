//! The `counterfoil` executable: commands, configuration and wiring. It holds no rules.

mod chance;
mod cli;
mod clock;
mod commands;
mod config;
mod desk;
mod out;
mod progress;
mod running;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
