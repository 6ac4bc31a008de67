//! Where a test's store is, on each engine.

use std::path::Path;

use counterfoil_store::Place;
use counterfoil_store::seal::entropy::Entropy;

/// A folder, and a schema of the server that `COUNTERFOIL_TEST_POSTGRES` names.
///
/// A schema is named by chance: a server that is kept holds the schemas of tests that were cut off, and the numbers
/// of processes come again.
pub fn places(folder: &Path) -> Vec<Place> {
    let mut places = vec![Place::Folder(folder.join("data"))];
    match std::env::var("COUNTERFOIL_TEST_POSTGRES") {
        Err(_) => println!("skipped on PostgreSQL: COUNTERFOIL_TEST_POSTGRES is not set"),
        Ok(address) => {
            let name: String = Entropy::system().bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
            places.push(Place::Postgres {
                address,
                connections: 6,
                schema: format!("service_{name}"),
                files: folder.join("files"),
            });
        }
    }
    places
}

/// Runs a test at each place, with a folder of its own for each.
pub fn each_place(test: impl Fn(Place, tempfile::TempDir)) {
    let engines = places(Path::new("")).len();
    for n in 0..engines {
        let folder = tempfile::tempdir().unwrap();
        let place = places(folder.path()).remove(n);
        test(place, folder);
    }
}
