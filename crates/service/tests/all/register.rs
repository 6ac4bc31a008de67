//! The register: what is refused, and the two organisations.

use counterfoil_service::register::{Files, Register, built_in_files};
use jiff::civil::{Date, date};

pub const TODAY: Date = date(2026, 11, 22);

pub fn built_in(name: &str) -> Register {
    let files = built_in_files(name).unwrap();
    Register::from_files(&files, TODAY).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn both_organisations_load() {
    for name in ["advice-network", "council"] {
        let register = built_in(name);
        for warning in register.warnings(TODAY) {
            println!("{name}: {warning}");
        }
    }
}
