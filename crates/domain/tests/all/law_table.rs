//! `docs/law-clock.md` (and `docs/law.md`, when it is there) against the code, both ways: each row names
//! a provision that the code cites, a function that exists and a test that exists; and each provision that
//! the code cites has a row.

use std::path::PathBuf;

use counterfoil_domain::clock::provisions;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The rows whose function is one of the clocks: provision, function, test.
fn rows() -> Vec<[String; 3]> {
    let document: String = ["docs/law.md", "docs/law-clock.md"]
        .iter()
        .filter_map(|name| std::fs::read_to_string(root().join(name)).ok())
        .collect();
    let mut rows = Vec::new();
    for line in document.lines().filter(|l| l.starts_with("| ") && l.contains("`clock::")) {
        let cells: Vec<String> =
            line.trim_matches('|').split('|').map(|c| c.trim().trim_matches('`').to_owned()).collect();
        let [provision, function, test] = &cells[cells.len() - 3..] else { panic!("{line}") };
        rows.push([provision.clone(), function.clone(), test.clone()]);
    }
    rows
}

fn source(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} does not exist"))
}

#[test]
fn each_row_names_a_provision_a_function_and_a_test_that_exist() {
    assert!(rows().len() >= provisions::ALL.len(), "{} rows", rows().len());
    for [provision, function, test] in rows() {
        assert!(provisions::ALL.contains(&provision.as_str()), "no clock cites `{provision}`");
        let parts: Vec<&str> = function.split("::").collect();
        let code = source(&format!("crates/domain/src/clock/{}.rs", parts[1]));
        let name = parts.last().unwrap();
        let exists =
            ["fn", "struct", "enum", "const"].iter().any(|kind| code.contains(&format!("{kind} {name}")));
        assert!(exists, "`{function}` does not exist");
        let (module, case) = test.split_once("::").unwrap_or_else(|| panic!("{test}"));
        let tests = source(&format!("crates/domain/tests/all/{module}.rs"));
        assert!(tests.contains(&format!("fn {case}(")), "`{test}` does not exist");
    }
}

#[test]
fn each_provision_that_the_clocks_cite_has_a_row() {
    let rows = rows();
    for provision in provisions::ALL {
        assert!(rows.iter().any(|[p, _, _]| p == provision), "`{provision}` is not in docs/law-clock.md");
    }
}
