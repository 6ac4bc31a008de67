//! `docs/law.md` against the code, both ways. To write its generated tables anew:
//! `UPDATE_LAW_DOC=1 cargo test -p counterfoil-domain law_doc`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use counterfoil_domain::register::schedule1::{PolicyDocument, SCHEDULE1};
use counterfoil_domain::rights::exemptions::{Claimants, all};
use counterfoil_domain::sharing::GATEWAYS;
use counterfoil_domain::sharing::grounds::GROUNDS;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|_| panic!("{} does not exist", path.display()))
}

/// The pages; the clocks' page is there as soon as the clocks are.
fn pages() -> Vec<String> {
    let mut pages = vec![read(&root().join("docs/law.md"))];
    if root().join("crates/domain/src/clock").exists() {
        pages.push(read(&root().join("docs/law-clock.md")));
    }
    pages
}

/// The last two cells, function and test, of every row of the tables that have a `function` column.
fn rows(page: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut in_table = false;
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') {
            in_table = false;
        } else if cells.ends_with(&["function", "test"]) {
            in_table = true;
        } else if let (true, [.., function, test]) = (in_table && !line.starts_with("| -"), &cells[..]) {
            rows.push((function.trim_matches('`').to_owned(), test.trim_matches('`').to_owned()));
        }
    }
    rows
}

/// The source file of a path such as `rights::erasure::grounds`, item included.
fn source_of(path: &str) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    let stem = root().join("crates/domain/src").join(parts[..parts.len() - 1].join("/"));
    let folder = stem.join("mod.rs");
    if folder.exists() { read_folder(&stem) } else { read(&stem.with_extension("rs")) }
}

/// All files of one module: what its `mod.rs` exports may stand in any of them.
fn read_folder(folder: &Path) -> String {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.is_file())
        .map(|p| read(&p))
        .collect()
}

#[test]
fn every_function_and_test_that_the_pages_name_exists() {
    let mut count = 0;
    for (function, test) in pages().iter().flat_map(|p| rows(p)) {
        let name = function.rsplit("::").next().unwrap();
        let code = source_of(&function);
        let exists =
            ["fn", "struct", "enum", "const"].iter().any(|kind| code.contains(&format!("{kind} {name}")));
        assert!(exists, "`{function}` does not exist");
        let (module, case) = test.split_once("::").unwrap_or_else(|| panic!("`{test}` is not module::test"));
        let tests = read(&root().join(format!("crates/domain/tests/all/{module}.rs")));
        assert!(tests.contains(&format!("fn {case}(")), "`{test}` does not exist");
        count += 1;
    }
    assert!(count >= 50, "{count} rows");
}

/// Every backticked path outside the tables exists too.
#[test]
fn every_constant_that_the_page_names_exists() {
    for path in pages()[0].split('`').skip(1).step_by(2).filter(|w| w.contains("::") && !w.contains(' ')) {
        let test = root().join(format!("crates/domain/tests/all/{}.rs", path.split("::").next().unwrap()));
        if path.split("::").count() > 2 || !test.exists() {
            assert!(source_of(path).contains(path.rsplit("::").next().unwrap()), "`{path}` does not exist");
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

/// The free public functions of the areas that this page covers.
fn public_functions() -> BTreeSet<String> {
    let mut paths = vec![root().join("crates/domain/src/questions.rs")];
    for area in ["register", "rights", "retention", "sharing"] {
        files(&root().join("crates/domain/src").join(area), &mut paths);
    }
    let mut names = BTreeSet::new();
    for line in paths.iter().map(|p| read(p)).collect::<String>().lines() {
        let rest = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn "));
        names.extend(rest.and_then(|r| r.split(['(', '<']).next()).map(str::to_owned));
    }
    names
}

#[test]
fn every_public_rule_function_is_on_the_page() {
    let named: BTreeSet<String> =
        rows(&pages()[0]).iter().map(|(f, _)| f.rsplit("::").next().unwrap().to_owned()).collect();
    let functions = public_functions();
    assert!(functions.len() > 30, "{functions:?}");
    let missing: Vec<_> = functions.difference(&named).collect();
    assert!(missing.is_empty(), "not in docs/law.md: {missing:?}");
}

fn table(head: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let columns = head.split(" | ").count();
    let mut out = format!("| {head} |\n|{}\n", " --- |".repeat(columns));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out
}

fn exemptions_table() -> String {
    let who = |claimants: Claimants| match claimants {
        Claimants::Any => "any".to_owned(),
        Claimants::Only(kinds) => kinds.iter().map(|k| k.label()).collect::<Vec<_>>().join("; "),
        Claimants::SocialWork => "bodies of Sch 3 para 8".to_owned(),
        Claimants::Education => "bodies with educational records".to_owned(),
    };
    let rows = all().map(|e| {
        let articles: Vec<&str> = e.lifts.articles().iter().map(|a| a.code()).collect();
        vec![
            e.code.to_owned(),
            e.name.to_owned(),
            e.provision.to_owned(),
            format!("{}: {}", e.lifts.name(), articles.join(", ")),
            who(e.claimants),
            e.test.iter().map(|f| f.key).collect::<Vec<_>>().join(", "),
            e.mention.code().to_owned(),
            e.note.to_owned(),
        ]
    });
    table("code | name | provision | lifts | who may claim it | test recorded | mention | note", rows)
}

fn conditions_table() -> String {
    let rows = SCHEDULE1.iter().map(|c| {
        let policy = match c.policy {
            PolicyDocument::Required => "yes",
            PolicyDocument::RequiredSaveDisclosure => "yes, not for disclosure to an authority",
            PolicyDocument::NotRequired => "no",
        };
        let gates: Vec<&str> = c.gates.iter().map(|g| g.code()).collect();
        vec![
            c.paragraph.to_owned(),
            c.name.to_owned(),
            c.part.to_string(),
            policy.to_owned(),
            gates.join(", "),
        ]
    });
    table("Sch 1 para | condition | part | policy document | gates recorded", rows)
}

fn grounds_table() -> String {
    let rows = GROUNDS.iter().map(|g| {
        vec![
            g.ground.label().to_owned(),
            g.promises.iter().map(|p| p.code().to_uppercase()).collect::<Vec<_>>().join(", "),
            g.provision.to_owned(),
            g.authoriser.label().to_owned(),
            g.evidence.iter().map(|f| f.key).collect::<Vec<_>>().join(", "),
            g.telling.label().to_owned(),
        ]
    });
    table("ground | promise | law | least senior authoriser | evidence recorded | the person", rows)
}

fn gateways_table() -> String {
    let rows = GATEWAYS.iter().map(|g| {
        let compels = if g.compels { "compels" } else { "permits" };
        let places: Vec<&str> = g.divisions.iter().map(|d| d.label()).collect();
        let place = if places.is_empty() { "everywhere".to_owned() } else { places.join(", ") };
        vec![
            g.name.to_owned(),
            g.provision.to_owned(),
            compels.to_owned(),
            place,
            g.must_state.join("; "),
            g.exemption.unwrap_or("none").to_owned(),
        ]
    });
    table("who asks | law | effect | where | the request states | exemption from telling", rows)
}

#[test]
fn the_tables_of_the_page_are_those_of_the_code() {
    let path = root().join("docs/law.md");
    let mut page = read(&path);
    for (name, wanted) in [
        ("exemptions", exemptions_table()),
        ("conditions", conditions_table()),
        ("grounds", grounds_table()),
        ("gateways", gateways_table()),
    ] {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let start = page.find(&open).expect(name) + open.len();
        let end = page.find(&close).expect(name);
        if std::env::var_os("UPDATE_LAW_DOC").is_some() {
            page.replace_range(start..end, &wanted);
            std::fs::write(&path, &page).unwrap();
        } else {
            assert_eq!(&page[start..end], wanted, "the table of {name} is stale: see the head of this test");
        }
    }
}
