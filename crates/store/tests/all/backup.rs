//! Backup while writers run, restore into an empty place, and what must leave nothing half-done.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::ids::PersonId;
use counterfoil_store::access::Actor;
use counterfoil_store::assurance::backup;
use counterfoil_store::assurance::verify::Known;
use counterfoil_store::casebook::documents::DocumentText;
use counterfoil_store::casebook::search::Term;
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::Hardness;
use counterfoil_store::{Place, Record, Store, StoreError, Terms};

use crate::raw::Raw;
use crate::support::{House, on_both_engines, postgres_place, profile};

const FOR: Purpose = Purpose::ServiceDelivery;
const PASSPHRASE: &str = "a passphrase of the test";

/// An empty place of the same engine, in the house's own folder.
fn elsewhere(house: &House, name: &str) -> Place {
    let folder = house.folder.path().join(name);
    match &house.place {
        Place::Folder(_) => Place::Folder(folder),
        Place::Postgres { address, .. } => postgres_place(address, &folder),
    }
}

fn with_document(house: &House, adviser: &Actor, n: usize) -> PersonId {
    let person = house.record(adviser, profile(&format!("Ann{n}"), "Lee", &format!("ann{n}@example.org")));
    let about = DocumentText { name: format!("lease {n}.pdf"), ..DocumentText::default() };
    let content = format!("the lease of {n} ").repeat(300);
    house
        .store
        .act(adviser, Verb::RecordCreate, FOR, |tx| {
            tx.add_document(person, None, &about, content.as_bytes(), Some("tenancy"), &Terms::default())
        })
        .unwrap();
    person
}

fn counts(place: &Place) -> BTreeMap<&'static str, String> {
    let mut raw = Raw::open(place);
    backup::TABLES.iter().map(|t| (*t, raw.one(&format!("SELECT count(*) FROM {t}")))).collect()
}

fn erase(house: &House, person: PersonId) {
    let system = Actor::Automation { controller: house.controller };
    let signatories =
        vec![house.staff(house.here, Role::IgOfficer), house.staff(house.here, Role::OfficeManager)];
    let terms = Terms { signatories, ..Terms::default() };
    house
        .store
        .act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
            let permit = tx.permit(Record::Person, person, &terms)?;
            tx.erase_person(&permit)
        })
        .unwrap();
}

/// As the command does: restore, open, bring the keys, replay.
fn restore(house: &House, backup: &Path, keys: &Path, place: &Place) -> (Store, usize) {
    Store::restore(backup, PASSPHRASE, place).unwrap();
    let store = house.open_elsewhere(place);
    store.restore_keys(keys, PASSPHRASE).unwrap();
    let replayed = store.replay_erasures().unwrap();
    (store, replayed)
}

#[test]
fn everything_comes_back_and_later_erasures_are_replayed() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let people: Vec<PersonId> = (0..5).map(|n| with_document(&house, &adviser, n)).collect();
        house.store.sequence_log().unwrap();
        let (backup, keys) = (house.folder.path().join("a.backup"), house.folder.path().join("a.keys"));
        let before = counts(&house.place);
        house.store.back_up(&backup, PASSPHRASE, Hardness::Test).unwrap();
        erase(&house, people[0]);
        // The key store's copy is the newer one: it has a cycle of its own, and knows of the erasure.
        house.store.back_up_keys(&keys, PASSPHRASE, Hardness::Test).unwrap();

        let place = elsewhere(&house, "restored");
        Store::restore(&backup, PASSPHRASE, &place).unwrap();
        assert_eq!(counts(&place), before, "every row of every table");
        let store = house.open_elsewhere(&place);
        store.restore_keys(&keys, PASSPHRASE).unwrap();
        assert_eq!(store.replay_erasures().unwrap(), 1);
        assert_eq!(store.replay_erasures().unwrap(), 0, "once");

        let read =
            |id| store.act(&adviser, Verb::RecordRead, FOR, |tx| tx.read_person(id, &Terms::default()));
        assert!(
            matches!(read(people[0]), Err(StoreError::NotFound(_))),
            "erased after the backup, and again now"
        );
        for (n, id) in people.iter().enumerate().skip(1) {
            assert_eq!(read(*id).unwrap().profile.forenames, format!("Ann{n}"));
            let content = store
                .act(&adviser, Verb::RecordRead, FOR, |tx| {
                    let permit = tx.permit(Record::Document(None), *id, &Terms::default())?;
                    let documents = tx.documents_of(&permit)?;
                    tx.document_content(&permit, &documents[0])
                })
                .unwrap();
            assert!(content.starts_with(format!("the lease of {n} ").as_bytes()));
        }
        let found = store
            .act(&adviser, Verb::RecordList, FOR, |tx| {
                let by_name = tx.find(&[Term::Word("lee".to_owned())], None, 10)?.len();
                let by_text = tx.find(&[Term::Prefix("tena".to_owned())], None, 10)?.len();
                Ok((by_name, by_text, tx.persons_by_identity(IdentityKind::Email, "ann3@example.org")?))
            })
            .unwrap();
        assert_eq!(found, (4, 4, vec![people[3]]), "the search index works after a restore");
        let report = store.verify_log(house.controller, &Known::default()).unwrap();
        assert!(report.sound, "{:?}", report.problems);
        let health = store.health().unwrap();
        assert_eq!((health.files, health.files_missing, health.keys_closed), (4, 0, 0));
        assert_eq!(health.damage, Vec::<String>::new());
    });
}

#[test]
fn a_backup_under_writing_is_of_one_moment() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        for n in 0..20 {
            with_document(&house, &adviser, n);
        }
        let (backup, keys) = (house.folder.path().join("b.backup"), house.folder.path().join("b.keys"));
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let (house, adviser, stop) = (&house, &adviser, &stop);
                scope.spawn(move || {
                    for n in 0..200 {
                        with_document(house, adviser, 1000 * (writer + 1) + n);
                        if stop.load(Ordering::SeqCst) {
                            break;
                        }
                    }
                });
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
            house.store.back_up(&backup, PASSPHRASE, Hardness::Test).unwrap();
            house.store.back_up_keys(&keys, PASSPHRASE, Hardness::Test).unwrap();
            stop.store(true, Ordering::SeqCst);
        });
        let place = elsewhere(&house, "restored");
        let (store, _) = restore(&house, &backup, &keys, &place);
        store.sequence_log().unwrap();
        let report = store.verify_log(house.controller, &Known::default()).unwrap();
        assert!(report.sound, "{:?}", report.problems);
        let health = store.health().unwrap();
        assert_eq!(
            (health.files_missing, health.damage.len()),
            (0, 0),
            "every file that a row names is there"
        );
        let counted = counts(&place);
        let people: usize = counted["person"].parse().unwrap();
        assert!(people >= 20);
        // Each person was committed with their identity; each document with its version.
        assert_eq!(counted["person"], counted["person_identity"]);
        assert_eq!(counted["document"], counted["document_version"]);
    });
}

/// What is below a folder, as names.
fn listing(folder: &Path) -> Vec<String> {
    let Ok(children) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        children.map(|c| c.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn tables(place: &Place) -> usize {
    match place {
        Place::Folder(folder) => listing(folder).len(),
        Place::Postgres { .. } => {
            let mut raw = Raw::open(place);
            raw.rows("SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema()").len()
        }
    }
}

#[test]
fn a_restore_that_cannot_be_done_leaves_nothing() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        for n in 0..3 {
            with_document(&house, &adviser, n);
        }
        let good = house.folder.path().join("good.backup");
        house.store.back_up(&good, PASSPHRASE, Hardness::Test).unwrap();
        let place = elsewhere(&house, "never");

        let wrong = Store::restore(&good, "another passphrase", &place).unwrap_err();
        assert!(matches!(wrong, StoreError::Keys(_)), "{wrong}");
        let content = std::fs::read(&good).unwrap();
        let bad = house.folder.path().join("bad.backup");
        let mut damaged: Vec<Vec<u8>> = [0.3, 0.6, 0.9, 0.999]
            .iter()
            .map(|part| content[..(content.len() as f64 * part) as usize].to_vec())
            .collect();
        for at in [200, content.len() / 2, content.len() - 1] {
            let mut bent = content.clone();
            bent[at] ^= 0x40;
            damaged.push(bent);
        }
        damaged.push(b"not a backup at all".to_vec());
        damaged.push(Vec::new());
        for (n, bytes) in damaged.iter().enumerate() {
            std::fs::write(&bad, bytes).unwrap();
            assert!(Store::restore(&bad, PASSPHRASE, &place).is_err(), "damage {n} was not noticed");
            assert_eq!(tables(&place), 0, "damage {n} left something");
        }
        if let Place::Postgres { files, .. } = &place {
            assert_eq!(listing(files), Vec::<String>::new());
        }
        // Into a place that is in use.
        let before = counts(&house.place);
        let refused = Store::restore(&good, PASSPHRASE, &house.place).unwrap_err();
        assert!(matches!(refused, StoreError::Invalid(_)), "{refused}");
        assert_eq!(counts(&house.place), before);
        // The same backup still restores there.
        Store::restore(&good, PASSPHRASE, &place).unwrap();
        assert_eq!(counts(&place), before);
    });
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let person = with_document(&house, &adviser, 1);
        let content = Entropy::system().bytes::<200_000>();
        house
            .store
            .act(&adviser, Verb::RecordCreate, FOR, |tx| {
                tx.add_document(person, None, &DocumentText::default(), &content, None, &Terms::default())
            })
            .unwrap();
        let target = house.folder.path().join("no such folder").join("x.backup");
        let why = house.store.back_up(&target, PASSPHRASE, Hardness::Test).unwrap_err();
        assert!(matches!(why, StoreError::File { .. }), "{why}");
        let small = house.folder.path().join("small");
        std::fs::create_dir(&small).unwrap();
        let Some(_mounted) = SmallDisk::mount(&small) else {
            println!("skipped: a small disk cannot be mounted here");
            return;
        };
        for name in ["x.backup", "y.backup"] {
            let full = house.store.back_up(&small.join(name), PASSPHRASE, Hardness::Test).unwrap_err();
            assert!(matches!(full, StoreError::File { .. }), "{full}");
            assert_eq!(listing(&small), Vec::<String>::new(), "a half backup was left on a full disk");
        }
    });
}

/// A disk of 64 kB in memory.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        let done = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
            .arg(at)
            .stderr(std::process::Stdio::null())
            .status();
        done.is_ok_and(|s| s.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn keys_are_restored_only_by_their_passphrase_and_organisation() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        with_document(&house, &adviser, 1);
        let keys = house.folder.path().join("k.keys");
        assert!(house.store.back_up_keys(&keys, PASSPHRASE, Hardness::Test).unwrap() >= 64);
        assert!(matches!(house.store.restore_keys(&keys, "another"), Err(StoreError::Keys(_))));
        let mut bent = std::fs::read(&keys).unwrap();
        let middle = bent.len() / 2;
        bent[middle] ^= 1;
        let bad = house.folder.path().join("bad.keys");
        std::fs::write(&bad, bent).unwrap();
        assert!(house.store.restore_keys(&bad, PASSPHRASE).is_err());
        assert_eq!(house.store.restore_keys(&keys, PASSPHRASE).unwrap(), 0, "they are all there");
        let other = crate::support::open_with_other_keys(&elsewhere(&house, "other"));
        let refused = other.restore_keys(&keys, PASSPHRASE).unwrap_err();
        assert!(refused.to_string().contains("does not open this copy"), "{refused}");
        assert_eq!(other.health().unwrap().keys, 0);
    });
}
