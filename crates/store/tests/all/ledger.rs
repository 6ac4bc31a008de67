//! The audit log on the database: whatever is done to its rows shows.

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_store::Terms;
use counterfoil_store::assurance::verify::{Known, Report};
use counterfoil_store::log::checkpoint::SignedCheckpoint;
use counterfoil_store::log::key::{KeyType, Signer};
use counterfoil_store::log::policy::Policy;
use counterfoil_store::log::proof::InclusionProof;
use counterfoil_store::log::tree::TileFolder;
use counterfoil_store::log::verify::{DEFAULT_TOLERANCE_MS, Options, verify_export};
use counterfoil_store::log::witness_client::{Reply, cosign};
use counterfoil_store::log::witness_file::FileWitness;
use counterfoil_store::rights::requests::{NewRequest, RequestText};

use crate::raw::{Raw, hex, unhex};
use crate::support::{House, on_both_engines, profile};

const FOR: Purpose = Purpose::ServiceDelivery;

/// Some history, with checkpoints on the way. Gives the last checkpoint, as someone else keeps it.
fn history(house: &House) -> Known {
    let adviser = house.actor(house.here, Role::Adviser);
    for n in 0..6 {
        let id = house.record(&adviser, profile(&format!("Ann{n}"), "Lee", &format!("ann{n}@example.org")));
        for _ in 0..3 {
            house.hands.forward(7);
            house
                .store
                .act(&adviser, Verb::RecordRead, FOR, |tx| tx.read_person(id, &Terms::default()))
                .unwrap();
        }
        house.store.checkpoint(house.controller).unwrap();
    }
    let (_, note) = house.store.last_checkpoint(house.controller).unwrap().unwrap();
    Known { checkpoints: vec![("kept elsewhere".to_owned(), note.into_bytes())], witnesses: Vec::new() }
}

fn check(house: &House, known: &Known) -> Report {
    house.store.verify_log(house.controller, known).unwrap()
}

/// Does `sql`, sees that the check notices, and undoes it.
struct Tamper<'a> {
    house: &'a House,
    known: &'a Known,
    raw: Raw,
    tried: usize,
}

impl Tamper<'_> {
    fn must_show(&mut self, what: &str, sql: &str, undo: &str) {
        self.raw.run(sql);
        let report = check(self.house, self.known);
        assert!(!report.sound, "not noticed: {what}");
        self.raw.run(undo);
        self.tried += 1;
    }
}

#[test]
fn a_whole_log_is_sound_on_both_engines() {
    on_both_engines(|house| {
        let known = history(&house);
        let report = check(&house, &known);
        assert!(report.sound, "{:?}", report.problems);
        assert_eq!((report.size, report.waiting, report.checkpoints, report.continues), (24, 0, 6, 1));
        assert_eq!((report.opened, report.erased, report.signed_size), (24, 0, Some(24)));
    });
}

#[test]
fn a_changed_byte_of_any_leaf_shows() {
    on_both_engines(|house| {
        let known = history(&house);
        let raw = Raw::open(&house.place);
        let mut tamper = Tamper { house: &house, known: &known, raw, tried: 0 };
        let rows = tamper.raw.rows("SELECT number, leaf FROM audit_entry ORDER BY number");
        for (n, row) in rows.iter().enumerate() {
            let (number, leaf) = (row[0].clone().unwrap(), unhex(row[1].as_deref().unwrap()));
            // Many bytes of one leaf, a byte of each of the others, at another place in each. That every byte
            // counts is what the hash of the leaf gives.
            let places: Vec<usize> =
                if n == 9 { (0..leaf.len()).collect() } else { vec![(n * 37) % leaf.len()] };
            let undo = format!(
                "UPDATE audit_entry SET leaf = {} WHERE number = {number}",
                tamper.raw.bytes(&hex(&leaf))
            );
            for at in places {
                let mut bent = leaf.clone();
                bent[at] ^= 1;
                let sql = format!(
                    "UPDATE audit_entry SET leaf = {} WHERE number = {number}",
                    tamper.raw.bytes(&hex(&bent))
                );
                tamper.must_show(&format!("byte {at} of entry {number}"), &sql, &undo);
            }
        }
        assert!(tamper.tried > 30);
        assert!(check(&house, &known).sound, "undone");
    });
}

#[test]
fn deleting_reordering_and_cutting_off_shows() {
    on_both_engines(|house| {
        let known = history(&house);
        let mut raw = Raw::open(&house.place);
        // A copy to undo from.
        raw.run("CREATE TABLE kept AS SELECT * FROM audit_entry; CREATE TABLE kept_notes AS SELECT * FROM audit_checkpoint; \
                 CREATE TABLE kept_hashes AS SELECT * FROM audit_hash");
        let undo = "DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept; UPDATE audit_head SET size = 24; \
                    DELETE FROM audit_checkpoint; INSERT INTO audit_checkpoint SELECT * FROM kept_notes; \
                    DELETE FROM audit_hash; INSERT INTO audit_hash SELECT * FROM kept_hashes";
        let first = raw.one("SELECT leaf FROM audit_entry WHERE number = 3");
        let first = raw.bytes(&first);
        let mut tamper = Tamper { house: &house, known: &known, raw, tried: 0 };
        let tail = "DELETE FROM audit_entry WHERE number >= 20; UPDATE audit_head SET size = 20; \
                    DELETE FROM audit_hash WHERE (position + 1) * (CASE level WHEN 3 THEN 8 ELSE 16 END) > 20";
        let tail_and_notes = format!("{tail}; DELETE FROM audit_checkpoint WHERE size > 20");
        for (what, sql) in [
            ("the first entry deleted", "DELETE FROM audit_entry WHERE number = 0"),
            ("an entry deleted", "DELETE FROM audit_entry WHERE number = 11"),
            ("the last entry deleted", "DELETE FROM audit_entry WHERE number = 23"),
            (
                "an entry deleted and the rest moved up",
                "DELETE FROM audit_entry WHERE number = 11; \
              UPDATE audit_entry SET number = number - 1 WHERE number > 11; UPDATE audit_head SET size = 23",
            ),
            (
                "two numbers swapped",
                "UPDATE audit_entry SET number = CASE number WHEN 4 THEN 5 ELSE 4 END WHERE number IN (4, 5)",
            ),
            (
                "two far numbers swapped",
                "UPDATE audit_entry SET number = CASE number WHEN 2 THEN 21 ELSE 2 END WHERE number IN (2, 21)",
            ),
            ("a number taken away", "UPDATE audit_entry SET number = NULL WHERE number = 7"),
            ("a number twice", "UPDATE audit_entry SET number = 6 WHERE number = 7"),
            ("a number beyond the head", "UPDATE audit_entry SET number = 90 WHERE number = 23"),
            ("the head moved back", "UPDATE audit_head SET size = 23"),
            ("the head moved on", "UPDATE audit_head SET size = 25"),
            ("the tail cut off, head and hashes to match", tail),
            (
                "the tail cut off with its checkpoints: the one kept elsewhere shows it",
                tail_and_notes.as_str(),
            ),
            (
                "everything gone",
                "DELETE FROM audit_entry; DELETE FROM audit_hash; DELETE FROM audit_checkpoint; UPDATE audit_head SET size = 0",
            ),
            (
                "one leaf in another's place",
                &format!("UPDATE audit_entry SET leaf = {first} WHERE number = 8"),
            ),
        ] {
            tamper.must_show(what, sql, undo);
        }
        assert!(check(&house, &known).sound, "undone");
    });
}

#[test]
fn what_stands_beside_the_leaves_counts_too() {
    on_both_engines(|house| {
        let known = history(&house);
        let mut raw = Raw::open(&house.place);
        raw.run("CREATE TABLE kept AS SELECT * FROM audit_entry; CREATE TABLE kept_notes AS SELECT * FROM audit_checkpoint; \
                 CREATE TABLE kept_hashes AS SELECT * FROM audit_hash");
        let undo = "DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept; \
                    DELETE FROM audit_checkpoint; INSERT INTO audit_checkpoint SELECT * FROM kept_notes; \
                    DELETE FROM audit_hash; INSERT INTO audit_hash SELECT * FROM kept_hashes";
        let mut column = |name: &str, number: u32| {
            let hex = raw.one(&format!("SELECT {name} FROM audit_entry WHERE number = {number}"));
            let mut bent = unhex(&hex);
            let last = bent.len() - 1;
            bent[last] ^= 1;
            let bent = raw.bytes(&crate::raw::hex(&bent));
            format!("UPDATE audit_entry SET {name} = {bent} WHERE number = {number}")
        };
        let columns = ["sealed", "actor", "subject", "key_id", "id"].map(|name| (name, column(name, 5)));
        let other = raw.one("SELECT sealed FROM audit_entry WHERE number = 6");
        let swap = format!("UPDATE audit_entry SET sealed = {} WHERE number = 5", raw.bytes(&other));
        let mut tamper = Tamper { house: &house, known: &known, raw, tried: 0 };
        for (name, sql) in &columns {
            tamper.must_show(name, sql, undo);
        }
        for (what, sql) in [
            ("another's payload", swap.as_str()),
            ("the moment of a row", "UPDATE audit_entry SET at = at + 1 WHERE number = 5"),
            ("whose it was", "UPDATE audit_entry SET subject = NULL WHERE number = 5"),
            (
                "a stored hash",
                "UPDATE audit_hash SET hash = (SELECT hash FROM kept_hashes WHERE level = 3 AND position = 0) WHERE level = 3 AND position = 2",
            ),
            ("a hash gone", "DELETE FROM audit_hash WHERE level = 3 AND position = 1"),
            (
                "a hash too many",
                "INSERT INTO audit_hash SELECT controller_id, 9, 9, hash FROM kept_hashes WHERE level = 3 AND position = 0",
            ),
            (
                "a checkpoint's text",
                "UPDATE audit_checkpoint SET note = replace(note, 'counterfoil', 'counterfeit') WHERE size = 8",
            ),
            ("a checkpoint of another size", "UPDATE audit_checkpoint SET size = 9 WHERE size = 8"),
        ] {
            tamper.must_show(what, sql, undo);
        }
        let report = check(&house, &known);
        assert!(report.sound, "{:?}", report.problems);
    });
}

#[test]
fn a_checkpoint_of_another_log_or_key_is_not_believed() {
    on_both_engines(|house| {
        let mut known = history(&house);
        let stranger = Signer::from_seed(
            &counterfoil_store::Store::log_origin(house.controller),
            KeyType::Ed25519,
            &[9; 32],
        );
        let forged = counterfoil_store::log::checkpoint::Checkpoint::new(
            &counterfoil_store::Store::log_origin(house.controller),
            24,
            [1; 32],
        )
        .sign(&stranger.unwrap(), 0)
        .unwrap();
        known.checkpoints = vec![("forged".to_owned(), forged.to_string().into_bytes())];
        let report = check(&house, &known);
        assert_eq!(report.problems[0].code, "bad-older-checkpoint");
        known.checkpoints = vec![("rubbish".to_owned(), b"rubbish".to_vec())];
        assert!(!check(&house, &known).sound);
    });
}

#[test]
fn an_export_verifies_offline_is_cosigned_and_proves_a_receipt() {
    on_both_engines(|house| {
        let mut known = history(&house);
        let officer = house.actor(house.here, Role::IgOfficer);
        let new = NewRequest {
            office: house.here,
            right: "access".to_owned(),
            regime: "uk-gdpr".to_owned(),
            division: "england-and-wales".to_owned(),
            received_on: "2026-11-20".parse().unwrap(),
            text: RequestText { office: house.here.to_string(), ..RequestText::default() },
        };
        let receive = |tx: &mut counterfoil_store::Tx<'_>| tx.receive_request(&new, &Terms::default());
        let request =
            house.store.act(&officer, Verb::RequestReceive, Purpose::RightsRequest, receive).unwrap();

        // A witness on other media cosigns the export; the line is kept with the checkpoint.
        let (export, media) = (house.folder.path().join("export"), house.folder.path().join("stick"));
        let size = house.store.export_log(house.controller, &export).unwrap();
        let witness_key = FileWitness::create(&media, "vale.example/witness", &[7; 32]).unwrap();
        let log_key = house.store.log_verifier(house.controller).unwrap();
        FileWitness::trust(&media, &log_key).unwrap();
        let witness = FileWitness::open(&media).unwrap();
        let signed = SignedCheckpoint::parse(&std::fs::read(export.join("checkpoint")).unwrap()).unwrap();
        let post = |body: &str| {
            let answer = witness.add_checkpoint(1_800_000_000, body.as_bytes())?;
            Ok::<_, counterfoil_store::log::witness_file::WitnessFileError>(Reply {
                status: answer.status,
                content_type: answer.content_type.to_owned(),
                body: answer.body,
            })
        };
        let mut tiles = TileFolder::new(&export, size);
        let lines = cosign(&mut tiles, &signed, 0, std::slice::from_ref(&witness_key), post).unwrap();
        let line = lines[0].to_string();
        house
            .store
            .keep_cosignature(house.controller, size, "vale.example/witness", line.trim_end())
            .unwrap();
        house.store.export_log(house.controller, &export).unwrap();

        let policy = Policy::of_keys(&[log_key, witness_key.clone()]).unwrap();
        let options = Options {
            policy: policy.clone(),
            since: known.checkpoints.clone(),
            tolerance_ms: DEFAULT_TOLERANCE_MS,
        };
        let report = verify_export(&export, &options).unwrap();
        assert!(report.sound, "{:?}", report.problems);
        assert_eq!((report.size, report.cosigned_by.len(), report.continues), (size, 1, 1));
        known.witnesses = vec![witness_key];
        let live = check(&house, &known);
        assert!(live.sound, "{:?}", live.problems);
        assert_eq!(live.cosignatures, 1);

        let entry = house.store.entry_of_receipt(house.controller, &request.reference).unwrap();
        let proof = house.store.prove(house.controller, entry).unwrap();
        let read = InclusionProof::parse(proof.text.as_bytes()).unwrap();
        assert_eq!(read.verify(&proof.entry, &policy).unwrap().witnesses.len(), 1);
        assert!(String::from_utf8_lossy(&proof.entry).contains("request.receive"));
        // A cosignature that was tampered with is noticed.
        let mut raw = Raw::open(&house.place);
        raw.run("UPDATE audit_cosignature SET line = replace(line, '= ', '=') || 'A'");
        assert!(!check(&house, &known).sound);
    });
}

#[test]
fn no_checkpoint_is_signed_over_a_tree_that_left_the_last_one() {
    on_both_engines(|house| {
        history(&house);
        let adviser = house.actor(house.here, Role::Adviser);
        house.record(&adviser, profile("Bea", "Roe", "bea@example.org"));
        let mut raw = Raw::open(&house.place);
        let top = "(SELECT MAX(level) FROM audit_hash)";
        let other = raw.bytes(&"00".repeat(32));
        raw.run(&format!("UPDATE audit_hash SET hash = {other} WHERE level = {top}"));
        let refused = house.store.checkpoint(house.controller).unwrap_err().to_string();
        assert!(refused.contains("no longer continues its checkpoint"), "{refused}");
    });
}
