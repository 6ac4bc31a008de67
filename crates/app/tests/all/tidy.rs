//! The house rules that a machine can check, over the whole repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every file below `folder` whose name ends so, without what is built or fetched.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for child in std::fs::read_dir(folder).unwrap() {
        let path = child.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", ".git", "corpus", "dist"].contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn a_crate_depends_on_no_other_than_it_may() {
    let may: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", [].as_slice()),
        ("store", &["domain"]),
        ("connect", &["domain"]),
        ("finding", &["domain"]),
        ("service", &["store", "connect", "finding", "domain"]),
        ("web", &["service", "domain"]),
        ("app", &["web", "service", "finding", "connect", "domain"]),
    ]);
    let mut seen = BTreeSet::new();
    for manifest in files(&root().join("crates"), &["Cargo.toml"]) {
        let table: toml::Table = read(&manifest).parse().unwrap();
        let name = table["package"]["name"].as_str().unwrap().trim_start_matches("counterfoil-").to_owned();
        let allowed =
            may.get(name.as_str()).unwrap_or_else(|| panic!("`{name}` is not in the plan of crates"));
        let inner: Vec<String> = table["dependencies"]
            .as_table()
            .unwrap()
            .keys()
            .filter_map(|k| k.strip_prefix("counterfoil-").map(str::to_owned))
            .collect();
        for other in &inner {
            assert!(allowed.contains(&other.as_str()), "`{name}` may not depend on `{other}`");
        }
        seen.insert(name);
    }
    assert_eq!(seen.len(), may.len(), "every crate of the plan is there");
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    for path in files(&root().join("crates"), &[".rs"]) {
        let lines = read(&path).lines().count();
        if lines > 500 {
            println!("a design question: {} has {lines} lines", shown(&path));
        }
        if lines > 800 {
            long.push(format!("{} ({lines})", shown(&path)));
        }
    }
    assert!(long.is_empty(), "files of more than 800 lines: {long:?}");
}

/// The functions of a formatted file: name and number of lines. A function ends at the first closing
/// brace that stands as far in as its `fn`.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let begins = ["fn ", "pub fn ", "const fn ", "pub const fn ", "async fn ", "pub async fn "];
        let inside = code.starts_with("pub(") && code.contains(" fn ");
        if !(inside || begins.iter().any(|b| code.starts_with(b))) || code.ends_with(';') {
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        let end = format!("{indent}}}");
        let length = lines[at..].iter().position(|l| *l == end || (*l == *line && l.ends_with('}')));
        let name = code.split("fn ").nth(1).unwrap_or_default().split(['(', '<']).next().unwrap_or_default();
        found.push((name.to_owned(), length.map_or(1, |n| n + 1)));
    }
    found
}

#[test]
fn no_function_is_too_long() {
    let mut long = Vec::new();
    let mut lengths = Vec::new();
    for path in files(&root().join("crates"), &[".rs"]) {
        let in_tests = shown(&path).contains("/tests/");
        for (name, lines) in functions(&read(&path)) {
            if lines > 100 {
                long.push(format!("{}: {name} ({lines})", shown(&path)));
            }
            if !in_tests {
                lengths.push(lines);
            }
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    println!(
        "{} functions, median {median} lines, 95th {}",
        lengths.len(),
        lengths[lengths.len() * 95 / 100]
    );
    assert!(long.is_empty(), "functions of more than 100 lines: {long:?}");
    assert!(median < 12, "the median function has {median} lines");
}

#[test]
fn the_measure_of_functions_measures() {
    let text = "fn short() {\n    a();\n}\n\nimpl X {\n    pub(crate) fn long(\n        a: u8,\n    ) {\n        b();\n        c();\n    }\n    fn one() {}\n}\n";
    let got: Vec<(String, usize)> = functions(text);
    assert_eq!(got, [("short".to_owned(), 3), ("long".to_owned(), 6), ("one".to_owned(), 1)]);
}

/// SHA-256 in hexadecimal, by the standard tool's own format: `<hash>  <name>` a line.
fn hash(path: &Path) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(std::fs::read(path).unwrap()).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn a_landed_migration_is_never_edited() {
    let folder = root().join("migrations");
    let landed: BTreeMap<String, String> = read(&folder.join("HASHES"))
        .lines()
        .filter_map(|line| line.split_once("  ").map(|(hash, name)| (name.to_owned(), hash.to_owned())))
        .collect();
    let there: BTreeMap<String, String> = files(&folder, &[".sql"])
        .iter()
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), hash(p)))
        .collect();
    for (name, hash) in &landed {
        assert_eq!(
            there.get(name),
            Some(hash),
            "`{name}` was edited or removed: write a further migration instead"
        );
    }
    let new: Vec<&String> = there.keys().filter(|name| !landed.contains_key(*name)).collect();
    assert!(new.is_empty(), "land these by `(cd migrations && sha256sum *.sql > HASHES)`: {new:?}");
}

#[test]
fn no_path_of_one_machine_is_committed() {
    let endings =
        [".rs", ".md", ".toml", ".sql", ".cedar", ".html", ".mjs", ".py", ".sh", ".service", "dev", ".yml"];
    // Put together here, so that this file does not find itself.
    let forbidden: Vec<String> = ["work", "tmp", "root"].iter().map(|d| format!("/{d}/")).collect();
    let mut found = Vec::new();
    for path in files(&root(), &endings) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            // A path stands alone or in quotes; `a/work/b` is a path inside something.
            let starts = |f: &String| {
                line.match_indices(f.as_str()).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}/*>".contains(c))
                })
            };
            if forbidden.iter().any(starts) {
                found.push(format!("{}:{}", shown(&path), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "paths of one machine: {found:?}");
}

#[test]
fn every_dependency_is_explained() {
    let table: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap();
    let text = read(&root().join("docs/dependencies.md"));
    let missing: Vec<&String> = table["workspace"]["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .filter(|name| !name.starts_with("counterfoil-"))
        .filter(|name| !text.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "docs/dependencies.md says nothing of {missing:?}");
}
