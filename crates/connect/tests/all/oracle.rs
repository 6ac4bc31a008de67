//! Random systems against a naive search in memory.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_connect::find::{self, Answer, Question};
use counterfoil_connect::source::{Address, Limits};
use counterfoil_connect::value::Value;
use proptest::prelude::*;

use crate::bed::{dataset, identities, on_both};

const COLUMNS: usize = 3;

/// Tables of three columns of small numbers, and a reference from column to column.
#[derive(Debug, Clone)]
struct System {
    tables: Vec<Vec<[Option<u8>; COLUMNS]>>,
    references: Vec<Link>,
    seeds: BTreeSet<usize>,
}

/// From table and column to table and column; written at the far end when `far`.
#[derive(Debug, Clone)]
struct Link {
    from: (usize, usize),
    to: (usize, usize),
    far: bool,
}

fn system() -> impl Strategy<Value = System> {
    (2_usize..7).prop_flat_map(|size| {
        let cell = prop_oneof![1 => Just(None), 5 => (0_u8..5).prop_map(Some)];
        let row = [cell.clone(), cell.clone(), cell];
        let table = proptest::collection::vec(row, 0..7);
        let end = (0..size, 0..COLUMNS);
        let link = (end.clone(), end, any::<bool>()).prop_map(|(from, to, far)| Link { from, to, far });
        (
            proptest::collection::vec(table, size),
            proptest::collection::vec(link, 1..9),
            proptest::collection::btree_set(0..size, 1..3),
        )
            .prop_map(|(tables, references, seeds)| System { tables, references, seeds })
    })
}

fn yaml(system: &System) -> String {
    let mut text = "dataset:\n- fides_key: d\n  collections:\n".to_owned();
    let reached = reached_tables(system);
    for table in 0..system.tables.len() {
        text.push_str(&format!(
            "  - name: t{table}\n    fides_meta: {{skip_processing: {}}}\n    fields:\n    - {{name: id}}\n",
            !reached.contains(&table)
        ));
        for column in 0..COLUMNS {
            let mut references = Vec::new();
            for link in &system.references {
                let (own, other, direction) =
                    if link.far { (link.to, link.from, "from") } else { (link.from, link.to, "to") };
                if own == (table, column) {
                    references.push(format!(
                        "{{dataset: d, field: t{}.c{}, direction: {direction}}}",
                        other.0, other.1
                    ));
                }
            }
            let identity =
                if column == 0 && system.seeds.contains(&table) { "identity: number, " } else { "" };
            text.push_str(&format!(
                "    - {{name: c{column}, fides_meta: {{{identity}references: [{}]}}}}\n",
                references.join(", ")
            ));
        }
    }
    text
}

fn reached_tables(system: &System) -> BTreeSet<usize> {
    let mut reached = system.seeds.clone();
    for _ in 0..system.tables.len() {
        for link in &system.references {
            if reached.contains(&link.from.0) {
                reached.insert(link.to.0);
            }
        }
    }
    reached
}

fn sql(system: &System) -> String {
    let mut text = String::new();
    for (number, rows) in system.tables.iter().enumerate() {
        text.push_str(&format!(
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, c0 INTEGER, c1 INTEGER, c2 INTEGER);\n"
        ));
        for (id, row) in rows.iter().enumerate() {
            let cells: Vec<String> =
                row.iter().map(|c| c.map_or("NULL".to_owned(), |v| v.to_string())).collect();
            text.push_str(&format!("INSERT INTO t{number} VALUES ({id}, {});\n", cells.join(", ")));
        }
    }
    text
}

/// Every row that the number leads to: looked at again and again until nothing changes.
fn naive(system: &System, who: u8) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for &seed in &system.seeds {
        found.extend(
            (0..system.tables[seed].len())
                .filter(|&r| system.tables[seed][r][0] == Some(who))
                .map(|r| (seed, r)),
        );
    }
    loop {
        let before = found.len();
        for link in &system.references {
            let values: BTreeSet<u8> = found
                .iter()
                .filter(|(t, _)| *t == link.from.0)
                .filter_map(|&(t, r)| system.tables[t][r][link.from.1])
                .collect();
            let rows = &system.tables[link.to.0];
            let new = (0..rows.len()).filter(|&r| rows[r][link.to.1].is_some_and(|v| values.contains(&v)));
            found.extend(new.map(|r| (link.to.0, r)));
        }
        if found.len() == before {
            return found;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn a_search_finds_what_a_naive_search_finds(s in system(), who in 0_u8..5) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(&format!("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; {} COMMIT;", sql(&s))).unwrap();
        let d = dataset(&yaml(&s));
        let identities = identities(&[&format!("number={who}")]);
        let question = Question { dataset: &d, identities: &identities, limits: Limits::default(), accept_unlinked: false };
        let mut found: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let answer = find::find(&Address::Sqlite(path), &question, &mut |item| {
            let Value::Int(id) = item.key[0] else { panic!("a key") };
            *found.entry((item.collection, usize::try_from(id).unwrap())).or_default() += 1;
            Ok(())
        }).unwrap();
        let expected = naive(&s, who);
        prop_assert!(found.values().all(|n| *n == 1), "a row was given twice: {found:?}");
        prop_assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), expected.clone());
        match answer {
            Answer::Held(_) => prop_assert!(!expected.is_empty()),
            Answer::NoneHeld(_) => prop_assert!(expected.is_empty()),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn an_index_that_knows_case_finds_every_spelling() {
    // Short words of few letters, so that prefixes and spellings meet.
    let letters = ['a', 'A', 'b', 'B', '@', 'é', 'É', 'z'];
    let mut state = 1_u64;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let length = 1 + (state >> 60) % 4;
        (0..length)
            .map(|n| letters[usize::try_from((state >> (20 + 3 * n)) % 8).unwrap()])
            .collect::<String>()
    };
    let words: Vec<String> = (0..400).map(|_| word()).collect();
    let rows: Vec<String> = words.iter().enumerate().map(|(n, w)| format!("({n}, '{w}')")).collect();
    let sql = format!(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX a_email ON a (email); INSERT INTO a VALUES {};",
        rows.join(", ")
    );
    let text = "dataset: [{fides_key: d, collections: [{name: a, fields: [{name: id}, {name: email, fides_meta: {identity: email}}]}]}]";
    on_both(&sql, |bed| {
        for wanted in words.iter().take(25) {
            let expected = words.iter().filter(|w| w.to_lowercase() == wanted.to_lowercase()).count();
            let (_, items) = bed.find(&dataset(text), &[&format!("email={wanted}")]);
            assert_eq!(items.len(), expected, "{wanted}");
        }
    });
}
