//! What is wrong is said plainly at the start, and nothing is changed.

use counterfoil_domain::access::Role;
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::{Hardness, OrganisationKeys};
use counterfoil_store::{Place, StoreError};

use crate::raw::Raw;
use crate::support::{House, on_both_engines, profile};

fn with_person(house: &House) {
    let adviser = house.actor(house.here, Role::Adviser);
    house.record(&adviser, profile("Ann", "Lee", "ann@example.org"));
}

#[test]
fn another_organisations_key_is_refused_at_the_start() {
    on_both_engines(|house| {
        with_person(&house);
        let other = OrganisationKeys::random(&Entropy::system());
        let why = house.try_open(&other).unwrap_err();
        assert!(matches!(why, StoreError::Keys(_)), "{why:?}");
        assert!(why.to_string().contains("use the key file that belongs to it"), "{why}");
    });
}

#[test]
fn a_damaged_key_file_and_a_wrong_passphrase_say_so() {
    let keys = OrganisationKeys::random(&Entropy::system());
    let file = keys.to_file("the right one", Hardness::Test).unwrap();
    let why = OrganisationKeys::from_file(&file, "the wrong one").unwrap_err().to_string();
    assert!(why.contains("passphrase is wrong"), "{why}");
    for at in (120..file.len()).step_by(23) {
        let mut bent = file.clone();
        bent[at] ^= 1;
        assert!(OrganisationKeys::from_file(&bent, "the right one").is_err(), "byte {at}");
    }
}

#[test]
fn a_newer_schema_is_left_alone() {
    on_both_engines(|house| {
        let mut raw = Raw::open(&house.place);
        let hash = raw.bytes(&"00".repeat(32));
        raw.run(&format!(
            "INSERT INTO schema_migration (version, name, hash, made_at) VALUES (9000, 'later', {hash}, 0)"
        ));
        let why = house.try_open(&house.keys).unwrap_err();
        assert!(matches!(why, StoreError::NewerSchema { found: 9000, .. }), "{why:?}");
        assert!(why.to_string().contains("install that version or newer"), "{why}");
    });
}

#[test]
fn an_altered_migration_is_refused() {
    on_both_engines(|house| {
        let mut raw = Raw::open(&house.place);
        let hash = raw.bytes(&"11".repeat(32));
        raw.run(&format!("UPDATE schema_migration SET hash = {hash} WHERE version = 1"));
        let why = house.try_open(&house.keys).unwrap_err();
        assert!(matches!(why, StoreError::AlteredMigration(1)), "{why:?}");
    });
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    on_both_engines(|house| {
        let Place::Folder(folder) = &house.place else { return };
        for name in ["counterfoil.db", "keys.db"] {
            let elsewhere = house.folder.path().join(name.replace('.', "-"));
            std::fs::create_dir_all(&elsewhere).unwrap();
            std::fs::write(elsewhere.join(name), b"this is a text, not a database ".repeat(200)).unwrap();
            let place = Place::Folder(elsewhere.clone());
            let why =
                counterfoil_store::Store::open(&place, crate::support::fresh_surroundings()).unwrap_err();
            assert!(matches!(why, StoreError::Unavailable(_)), "{name}: {why:?}");
            assert!(why.to_string().contains("not a database"), "{name}: {why}");
            let kept = std::fs::read(elsewhere.join(name)).unwrap();
            assert!(kept.starts_with(b"this is a text"), "{name} is left as it was");
        }
        assert!(folder.exists());
    });
}

#[test]
fn damage_inside_a_database_is_found_by_the_self_check() {
    on_both_engines(|house| {
        let Place::Folder(folder) = &house.place else { return };
        for n in 0..40 {
            let adviser = house.actor(house.here, Role::Adviser);
            house.record(&adviser, profile("Ann", "Lee", &format!("ann{n}@example.org")));
        }
        let copy = house.folder.path().join("bent");
        std::fs::create_dir_all(&copy).unwrap();
        house.store.scrub().unwrap();
        for name in ["counterfoil.db", "keys.db"] {
            std::fs::copy(folder.join(name), copy.join(name)).unwrap();
        }
        let healthy = house.open_elsewhere(&Place::Folder(copy.clone()));
        assert_eq!(healthy.health().unwrap().damage, Vec::<String>::new());
        drop(healthy);
        let path = copy.join("counterfoil.db");
        let mut content = std::fs::read(&path).unwrap();
        // A page in the middle, whichever tree it belongs to.
        let page = content.len() / 2 / 4096 * 4096;
        content[page..page + 4096].fill(0xa5);
        std::fs::write(&path, content).unwrap();
        let shown = match counterfoil_store::Store::open(
            &Place::Folder(copy),
            crate::support::surroundings_of(&house),
        ) {
            Err(_) => true,
            Ok((store, _)) => store.health().map_or(true, |h| !h.damage.is_empty()),
        };
        assert!(shown, "a broken page was not noticed");
    });
}

#[test]
fn a_rotated_key_opens_everything_and_the_old_process_makes_no_key() {
    on_both_engines(|house| {
        with_person(&house);
        let old_process = house.reopen();
        let both = house.keys.rotated(&Entropy::system());
        assert!(house.store.rewrap_keys(both.clone()).unwrap() >= 64);
        let new = both.without_old();
        let store = house.try_open(&new).unwrap();
        assert_eq!(store.health().unwrap().keys_closed, 0);
        let why = house.try_open(&house.keys).unwrap_err();
        assert!(matches!(why, StoreError::Keys(_)), "{why:?}");
        // A process that still runs with the old file must not seal what nobody could open.
        let new_organisation = counterfoil_store::network::NewController {
            name: "Other".to_owned(),
            kind: "advice-charity".to_owned(),
            division: "scotland".to_owned(),
            settings: String::new(),
        };
        let why = old_process.set_up_controller(&new_organisation).unwrap_err();
        assert!(why.to_string().contains("rotated since this process started"), "{why}");
        with_person(&House { store, ..house });
    });
}
