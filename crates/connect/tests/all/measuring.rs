//! The workload of the bench, small: it measures what it says.

use counterfoil_connect::measure::{Size, sqlite};

#[test]
fn the_bench_finds_what_bare_sql_finds() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { tables: 6, rows: 600, heavy: 50, repeats: 1 };
    let figures = sqlite(&folder.path().join("s.db"), size).unwrap();
    let rows: Vec<u64> = figures.iter().map(|f| f.rows).collect();
    // A person and a row in each table; fifty more for one of them; emptied: all but the keys.
    assert_eq!(rows, [6, 56, 56]);
}
