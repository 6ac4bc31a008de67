//! What a thief of the files finds: nothing without the keys, and of an erased person nothing with them.

use std::path::Path;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use counterfoil_domain::access::{Purpose, ReasonCode, Role, Verb};
use counterfoil_domain::ids::{CaseId, PersonId};
use counterfoil_store::access::Actor;
use counterfoil_store::assurance::verify::Known;
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::documents::DocumentText;
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{Address, Identifier, Profile};
use counterfoil_store::casebook::search::Term;
use counterfoil_store::grants::{GrantText, NewGrant};
use counterfoil_store::retention::dispose::Disposed;
use counterfoil_store::retention::runs::{ItemKind, NewItem};
use counterfoil_store::rights::items::ItemText;
use counterfoil_store::rights::other::people::NewHeld;
use counterfoil_store::rights::other::texts::{AutomatedText, RestrictionText, StatementText, StopText};
use counterfoil_store::rights::requests::{EventText, NewRequest, RequestText};
use counterfoil_store::seal::organisation::Hardness;
use counterfoil_store::sharing::disclosures::{DisclosureText, NewDisclosure};
use counterfoil_store::sharing::permissions::{NewPermission, PermissionText};
use counterfoil_store::sharing::referrals::ReferralText;
use counterfoil_store::{Engine, Place, Record, Terms};
use jiff::SignedDuration;

use crate::raw::{Raw, hex};
use crate::support::{House, on_both_engines};

const FOR: Purpose = Purpose::ServiceDelivery;

/// Words that stand nowhere else. What is only the request's or the staff's outlives the person.
const OF_THE_PERSON: [&str; 25] = [
    "Zephyrine",
    "Quillfeather",
    "Wexmarigold",
    "zq.canary",
    "07700900461",
    "Plovermoss",
    "BT77 9QQ",
    "AB123456C",
    "Brackenwhistle",
    "Cobaltthimble",
    "Duskpetrel",
    "Emberflagon",
    "Fennelgasket",
    "Galewhimbrel",
    "Hazeltoggle",
    "Inkvesper",
    "Juniperclasp",
    "Quartzlapwing",
    "Russetthimble",
    "Saffrongannet",
    "Tealbramble",
    "Umberkittiwake",
    "Verdigrismoth",
    "Willowmerganser",
    "Xanthicdunlin",
];
const OF_OTHERS: [&str; 6] =
    ["Kestrelwick", "Larkspurling", "Mallowbrisket", "Nettlecrown", "Otterquince", "Pewterwren"];

fn profile() -> Profile {
    Profile {
        forenames: "Zephyrine".to_owned(),
        surname: "Quillfeather".to_owned(),
        also_known_as: vec!["Wexmarigold".to_owned()],
        emails: vec!["zq.canary@example.org".to_owned()],
        phones: vec!["07700900461".to_owned()],
        addresses: vec![Address {
            lines: vec!["12 Plovermoss Lane".to_owned()],
            postcode: "BT77 9QQ".to_owned(),
            ..Address::default()
        }],
        identifiers: vec![Identifier { kind: "nino".to_owned(), value: "AB123456C".to_owned() }],
        contact_rules: "Brackenwhistle".to_owned(),
        ..Profile::default()
    }
}

fn text(word: &str) -> String {
    format!("about {word} and the boiler")
}

/// Puts every word into its field; gives the person.
fn fill(house: &House, adviser: &Actor) -> PersonId {
    let person = house.record(adviser, profile());
    let terms = Terms::default();
    let store = &house.store;
    let case = CaseText { title: text("Cobaltthimble"), question: text("Duskpetrel") };
    let case = store
        .act(adviser, Verb::RecordCreate, FOR, |tx| tx.open_case(person, "housing", &case, &terms))
        .unwrap();
    let note = NoteText { text: text("Emberflagon"), source: text("Fennelgasket"), ..NoteText::default() };
    store.act(adviser, Verb::RecordCreate, FOR, |tx| tx.write_note(case, &note, &terms)).unwrap();
    let about =
        DocumentText { name: text("Galewhimbrel"), source: text("Hazeltoggle"), ..DocumentText::default() };
    let content = "Inkvesper ".repeat(2000);
    store
        .act(adviser, Verb::RecordCreate, FOR, |tx| {
            tx.add_document(person, Some(case), &about, content.as_bytes(), Some("Inkvesper lease"), &terms)
        })
        .unwrap();
    fill_rights(house, person);
    fill_sharing(house, adviser, person);
    let with_detail = Terms { detail: serde_json::json!({ "why": "Juniperclasp" }), ..Terms::default() };
    store.act(adviser, Verb::RecordRead, FOR, |tx| tx.read_person(person, &with_detail)).unwrap();
    person
}

/// What the person permits, and what was given to somebody else.
fn fill_sharing(house: &House, adviser: &Actor, person: PersonId) {
    let permission = NewPermission {
        case: None,
        kind: "consent",
        purpose: "referral".to_owned(),
        version: 1,
        given_on: "2026-11-20".parse().unwrap(),
        until: None,
        unlisted: 0,
        text: PermissionText {
            note: text("Umberkittiwake"),
            code: "0000-0000-0000".to_owned(),
            ..PermissionText::default()
        },
    };
    let referral = ReferralText { reason: text("Verdigrismoth"), ..ReferralText::default() };
    let disclosure = NewDisclosure {
        case: None,
        permission: None,
        state: "proposed",
        telling: "to-tell".to_owned(),
        tell_by: None,
        text: DisclosureText { purpose: text("Willowmerganser"), ..DisclosureText::default() },
        content: [("situation".to_owned(), text("Xanthicdunlin"))].into(),
    };
    let of = |tx: &mut counterfoil_store::Tx<'_>| tx.permit(Record::Person, person, &Terms::default());
    house
        .store
        .act(adviser, Verb::RecordEdit, FOR, |tx| {
            let permit = of(tx)?;
            tx.give_permission(&permit, &permission)?;
            tx.draft_referral(&permit, None, None, &referral)
        })
        .unwrap();
    house
        .store
        .act(adviser, Verb::DisclosureMake, FOR, |tx| {
            let permit = of(tx)?;
            tx.keep_disclosure(&permit, &disclosure)
        })
        .unwrap();
}

/// What the other rights leave on a person's record.
fn fill_rights(house: &House, person: PersonId) {
    let officer = house.actor(house.here, Role::IgOfficer);
    let since = "2026-11-20".parse().unwrap();
    let new = NewHeld { request: None, about: "person", state: "shown", since };
    let act = |held: &dyn Fn(&mut counterfoil_store::Tx<'_>, &counterfoil_store::Permit)| {
        house
            .store
            .act(&officer, Verb::RecordEdit, Purpose::RightsRequest, |tx| {
                let permit = tx.permit(Record::Person, person, &Terms::default())?;
                held(tx, &permit);
                Ok(())
            })
            .unwrap();
    };
    let statement = StatementText { text: text("Quartzlapwing") };
    let stop = StopText { grounds: text("Russetthimble"), ..StopText::default() };
    let restriction = RestrictionText { reason: text("Saffrongannet"), ..RestrictionText::default() };
    let automated = AutomatedText { inputs: text("Tealbramble"), ..AutomatedText::default() };
    let overridden = NewHeld { about: "quality", state: "overridden", ..new.clone() };
    act(&|tx, permit| assert!(tx.attach_statement(permit, &new, &statement).is_ok()));
    act(&|tx, permit| assert!(tx.hold(permit, &overridden, &stop).is_ok()));
    act(&|tx, permit| assert!(tx.hold(permit, &new, &restriction).is_ok()));
    act(&|tx, permit| assert!(tx.hold(permit, &new, &automated).is_ok()));
}

fn fill_others(house: &House, person: PersonId) {
    let terms = Terms::default();
    let stranger = house.actor(house.there, Role::Adviser);
    let grant = NewGrant {
        person,
        reason: ReasonCode::ALL[0],
        evidence_checked: true,
        text: GrantText { reason: text("Kestrelwick"), evidence: text("Larkspurling") },
        lasts: SignedDuration::from_hours(1),
    };
    let asked = house.store.act(&stranger, Verb::GrantAsk, FOR, |tx| tx.ask_grant(&grant, &terms));
    asked.unwrap();
    let officer = house.actor(house.here, Role::IgOfficer);
    let new = NewRequest {
        office: house.here,
        right: "access".to_owned(),
        regime: "uk-gdpr".to_owned(),
        division: "england-and-wales".to_owned(),
        received_on: "2026-11-20".parse().unwrap(),
        text: RequestText {
            requester: text("Mallowbrisket"),
            wording: text("Nettlecrown"),
            office: house.here.to_string(),
            ..RequestText::default()
        },
    };
    let item = ItemText { name: text("Otterquince"), ..ItemText::default() };
    house
        .store
        .act(&officer, Verb::RequestReceive, Purpose::RightsRequest, |tx| {
            let request = tx.receive_request(&new, &terms)?;
            tx.add_event(
                &request,
                "clarification-asked",
                new.received_on,
                &EventText { note: text("Pewterwren"), ..EventText::default() },
            )?;
            tx.add_item(&request, "paper", &item, "Otterquince ".repeat(500).as_bytes())?;
            tx.queue("ask", None, &text("Nettlecrown"), tx.now())
        })
        .unwrap();
}

/// A word as it could stand in a file: plain, in either UTF-16, in base64 at each of its three offsets,
/// in hexadecimal; in its own case and folded.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let folded: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    for form in [word.to_owned(), word.to_lowercase(), word.to_uppercase(), folded] {
        let plain = form.as_bytes().to_vec();
        all.push(form.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(form.encode_utf16().flat_map(u16::to_be_bytes).collect());
        all.push(hex(&plain).into_bytes());
        all.push(hex(&plain).to_uppercase().into_bytes());
        for offset in 0..3 {
            let padded = [&vec![0; offset], plain.as_slice()].concat();
            // The first and last characters depend on the neighbours; the middle stands for the word.
            let middle = |text: String| {
                text.trim_end_matches('=').as_bytes()[4..text.trim_end_matches('=').len() - 2].to_vec()
            };
            all.push(middle(STANDARD.encode(&padded)));
            all.push(middle(URL_SAFE_NO_PAD.encode(&padded)));
        }
        all.push(plain);
    }
    all
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for child in std::fs::read_dir(folder).unwrap() {
        let path = child.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    needle.len() > 4 && content.windows(needle.len()).any(|w| w == needle)
}

/// Which of the words stand in what the system wrote.
fn found(house: &House, words: &[&str]) -> Vec<String> {
    let mut places: Vec<(String, Vec<u8>)> = files(house.folder.path())
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    if let Place::Postgres { address, schema, .. } = &house.place {
        places.extend(dump(address, schema));
    }
    let needles: Vec<(&str, Vec<u8>)> = words
        .iter()
        .flat_map(|w| spellings(w).into_iter().filter(|s| s.len() > 4).map(move |s| (*w, s)))
        .collect();
    let searcher = AhoCorasick::new(needles.iter().map(|(_, s)| s)).unwrap();
    let mut found = Vec::new();
    for (place, content) in &places {
        for hit in searcher.find_iter(content) {
            found.push(format!("`{}` in {place}", needles[hit.pattern().as_usize()].0));
        }
    }
    found
}

/// What a dump of the server's schemas holds; nothing when this machine has no `pg_dump`.
fn dump(address: &str, schema: &str) -> Option<(String, Vec<u8>)> {
    let keys = format!("{schema}_keys");
    let program = ["pg_dump", "/usr/lib/postgresql/15/bin/pg_dump"]
        .into_iter()
        .find(|p| std::process::Command::new(p).arg("--version").output().is_ok_and(|o| o.status.success()));
    let Some(program) = program else {
        println!("skipped: there is no pg_dump here");
        return None;
    };
    let out = std::process::Command::new(program)
        .args(["--dbname", address, "--schema", schema, "--schema", &keys])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    // `bytea` stands in it as hexadecimal: both it and what it means are searched.
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let decoded: Vec<u8> = text
        .split(['\t', '\n'])
        .filter_map(|cell| cell.strip_prefix("\\\\x"))
        .flat_map(|cell| crate::raw::unhex(cell).into_iter().chain([0]))
        .collect();
    Some(("pg_dump".to_owned(), [out.stdout, decoded].concat()))
}

fn erase(house: &House, person: PersonId) {
    let system = Actor::Automation { controller: house.controller };
    let terms = Terms {
        signatories: vec![
            house.staff(house.here, Role::IgOfficer),
            house.staff(house.here, Role::OfficeManager),
        ],
        ..Terms::default()
    };
    house
        .store
        .act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
            let permit = tx.permit(Record::Person, person, &terms)?;
            tx.erase_person(&permit)
        })
        .unwrap();
    house.store.scrub().unwrap();
}

#[test]
fn the_search_for_canaries_finds_them_where_they_are() {
    for word in OF_THE_PERSON.iter().chain(&OF_OTHERS) {
        let plain = format!("…x{word}y…");
        let spellings = spellings(word);
        for haystack in [
            plain.clone().into_bytes(),
            plain.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            hex(plain.as_bytes()).into_bytes(),
            STANDARD.encode(&plain).into_bytes(),
            STANDARD.encode(&plain[3..]).into_bytes(),
        ] {
            assert!(spellings.iter().any(|s| contains(&haystack, s)), "{word}");
        }
    }
}

#[test]
fn no_word_stands_in_any_file_and_an_erased_person_is_gone_with_the_keys() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let person = fill(&house, &adviser);
        fill_others(&house, person);
        let key_file = house.keys.to_file("correct horse battery", Hardness::Test).unwrap();
        std::fs::write(house.folder.path().join("organisation.key"), key_file).unwrap();
        let passphrase = "a passphrase of the test";
        let backup = house.folder.path().join("before.backup");
        house.store.back_up(&backup, passphrase, Hardness::Test).unwrap();
        house
            .store
            .back_up_keys(&house.folder.path().join("before.keys"), passphrase, Hardness::Test)
            .unwrap();
        house.store.checkpoint(house.controller).unwrap();

        let everything = [OF_THE_PERSON.as_slice(), &OF_OTHERS].concat();
        assert_eq!(found(&house, &everything), Vec::<String>::new(), "without the key");

        let tokens = Tokens::of(&house);
        erase(&house, person);
        assert_eq!(found(&house, &everything), Vec::<String>::new(), "after the erasure");
        with_the_keys(&house, person, &tokens);
    });
}

/// What stood in the person's rows before: keyed tokens and addresses, which the key's holder could test
/// a guess against.
struct Tokens {
    blinds: Vec<String>,
    key: String,
}

impl Tokens {
    fn of(house: &House) -> Self {
        let mut raw = Raw::open(&house.place);
        let blinds =
            raw.rows("SELECT blind FROM person_identity").into_iter().filter_map(|r| r[0].clone()).collect();
        Self { blinds, key: raw.one("SELECT key_id FROM person") }
    }
}

fn with_the_keys(house: &House, person: PersonId, before: &Tokens) {
    let adviser = house.actor(house.here, Role::Adviser);
    let mut raw = Raw::open(&house.place);
    let key = raw.bytes(&before.key);
    // The key that sealed everything of the person is gone, and a tombstone says so.
    let gone = if raw.is_sqlite() {
        let keys = match &house.place {
            Place::Folder(folder) => rusqlite::Connection::open(folder.join("keys.db")).unwrap(),
            Place::Postgres { .. } => unreachable!(),
        };
        let count = |table: &str| -> i64 {
            keys.query_row(&format!("SELECT count(*) FROM {table} WHERE key_id = {key}"), [], |r| r.get(0))
                .unwrap()
        };
        (count("wrapped_key"), count("destroyed_key"))
    } else {
        let mut count = |table: &str| -> i64 {
            raw.one(&format!("SELECT count(*) FROM {table} WHERE key_id = {key}")).parse().unwrap()
        };
        (count("wrapped_key"), count("destroyed_key"))
    };
    assert_eq!(gone, (0, 1));
    // No row, index entry or file of the person.
    for table in
        ["person", "person_identity", "case_file", "note", "document", "document_version", "access_grant"]
    {
        assert_eq!(raw.one(&format!("SELECT count(*) FROM {table}")), "0", "{table}");
    }
    let hits = house
        .store
        .act(&adviser, Verb::RecordList, FOR, |tx| tx.find(&[Term::Word("quillfeather".to_owned())], None, 5))
        .unwrap();
    assert!(hits.is_empty());
    assert!(!before.blinds.is_empty());
    if let Place::Folder(folder) = &house.place {
        for name in ["counterfoil.db", "counterfoil.db-wal"] {
            let content = std::fs::read(folder.join(name)).unwrap_or_default();
            for blind in &before.blinds {
                assert!(
                    !contains(&content, &crate::raw::unhex(blind)),
                    "an identity's blind value is left in {name}"
                );
            }
        }
    }
    // The trail is there, and says nothing any more; the log still proves it.
    let officer = house.actor(house.here, Role::IgOfficer);
    let trail = house
        .store
        .act(&officer, Verb::AuditRead, Purpose::Assurance, |tx| tx.trail_of(person, 100))
        .unwrap();
    assert!(trail.len() >= 5, "{}", trail.len());
    assert!(trail.iter().all(|line| line.opened.is_none()), "an erased person's trail opens to nothing");
    let report = house.store.verify_log(house.controller, &Known::default()).unwrap();
    assert!(report.sound, "{:?}", report.problems);
    assert!(report.erased >= 5);
    let proof = house.store.prove(house.controller, trail[0].id).unwrap();
    let policy = counterfoil_store::log::policy::Policy::of_keys(&[house
        .store
        .log_verifier(house.controller)
        .unwrap()]);
    let parsed = counterfoil_store::log::proof::InclusionProof::parse(proof.text.as_bytes()).unwrap();
    parsed.verify(&proof.entry, &policy.unwrap()).unwrap();
}

#[test]
fn the_search_index_forgets_an_erased_persons_tokens() {
    on_both_engines(|house| {
        let Place::Folder(folder) = &house.place else { return };
        let adviser = house.actor(house.here, Role::Adviser);
        let person = fill(&house, &adviser);
        let blind = counterfoil_store::seal::blind::BlindKeys::new(&house.keys);
        let token = blind.word_token(house.controller.as_bytes(), "quillfeather").unwrap().to_string();
        house.store.scrub().unwrap();
        let holds = || {
            let mut content = std::fs::read(folder.join("counterfoil.db")).unwrap();
            content.extend(std::fs::read(folder.join("counterfoil.db-wal")).unwrap_or_default());
            // FTS5 leaves out what a term shares with the one before: its last eight characters are enough.
            contains(&content, &token.as_bytes()[5..])
        };
        assert!(holds(), "the index holds the token while the person is there");
        erase(&house, person);
        assert!(!holds(), "the index still holds an erased person's token");
    });
}

/// The words of the case, its note and its document.
const OF_THE_CASE: [&str; 7] = [
    "Cobaltthimble",
    "Duskpetrel",
    "Emberflagon",
    "Fennelgasket",
    "Galewhimbrel",
    "Hazeltoggle",
    "Inkvesper",
];

/// What the engine and the folder of files hold, each with its place.
fn places(house: &House) -> Vec<(String, Vec<u8>)> {
    let mut places: Vec<(String, Vec<u8>)> = files(house.folder.path())
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    if let Place::Postgres { address, schema, .. } = &house.place {
        places.extend(dump(address, schema));
    }
    places
}

#[test]
fn of_a_disposed_case_no_word_and_no_ciphertext_is_left() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let person = fill(&house, &adviser);
        let terms = Terms::default();
        let case: CaseId = {
            let mut raw = Raw::open(&house.place);
            let id = raw.one("SELECT id FROM case_file");
            CaseId::from_bytes(crate::raw::unhex(&id).try_into().unwrap())
        };
        // Another case keeps the person, and so their key.
        let other = CaseText { title: text("Larkspurling"), question: String::new() };
        house
            .store
            .act(&adviser, Verb::RecordCreate, FOR, |tx| tx.open_case(person, "debt", &other, &terms))
            .unwrap();
        house.store.act(&adviser, Verb::RecordEdit, FOR, |tx| tx.close_case(case, &terms)).unwrap();
        let sealed: Vec<Vec<u8>> = {
            let mut raw = Raw::open(&house.place);
            let of = |raw: &mut Raw, sql: &str| crate::raw::unhex(&raw.one(sql));
            let id = hex(case.as_bytes());
            let literal = raw.bytes(&id);
            vec![
                of(&mut raw, "SELECT sealed FROM note"),
                of(&mut raw, "SELECT sealed FROM document"),
                of(&mut raw, &format!("SELECT sealed FROM case_file WHERE id = {literal}")),
            ]
        };
        let file = files(&house.folder.path().join(if house.store.engine() == Engine::Sqlite {
            "data/files"
        } else {
            "files"
        }));
        assert_eq!(file.len(), 1, "{file:?}");
        let there = |places: &[(String, Vec<u8>)]| {
            sealed.iter().filter(|s| places.iter().any(|(_, content)| contains(content, &s[20..60]))).count()
        };
        assert_eq!(there(&places(&house)), 3, "the search for ciphertext finds it where it is");

        dispose(&house, person, case);
        assert_eq!(there(&places(&house)), 0);
        assert_eq!(found(&house, &OF_THE_CASE), Vec::<String>::new());
        assert!(!file[0].exists());
        let hits = |word: &str| {
            let term = [Term::Word(word.to_lowercase())];
            house.store.act(&adviser, Verb::RecordList, FOR, |tx| tx.find(&term, None, 5)).unwrap().len()
        };
        assert!(OF_THE_CASE.iter().all(|word| hits(word) == 0));
        assert_eq!(
            (hits("Larkspurling"), hits("Quillfeather")),
            (1, 1),
            "the other case and the person stay"
        );
        let mut raw = Raw::open(&house.place);
        for table in ["note", "document", "document_version"] {
            assert_eq!(raw.one(&format!("SELECT count(*) FROM {table}")), "0", "{table}");
        }
    });
}

fn dispose(house: &House, person: PersonId, case: CaseId) {
    let records = house.actor(house.here, Role::RecordsManager);
    let manager = house.actor(house.here, Role::OfficeManager);
    let item = NewItem {
        kind: ItemKind::Case,
        person: Some(person),
        object: *case.as_bytes(),
        due: "2026-01-01".parse().unwrap(),
        working: vec!["closed long ago".to_owned()],
    };
    let store = &house.store;
    let signed = store
        .act(&records, Verb::DisposalPropose, Purpose::Disposal, |tx| {
            tx.propose_run("R-CASE", "", "destroy", std::slice::from_ref(&item))
        })
        .unwrap();
    let run = |reference: &str| store.disposal_run(house.controller, reference).unwrap();
    let proposed = run(&signed.reference);
    store.act(&manager, Verb::DisposalApprove, Purpose::Disposal, |tx| tx.approve_run(&proposed)).unwrap();
    let approved = run(&signed.reference);
    let system = Actor::Automation { controller: house.controller };
    let done =
        store.act(&system, Verb::DisposalExecute, Purpose::Disposal, |tx| tx.dispose(&approved, 1)).unwrap();
    let Disposed::Gone(tables) = done else { panic!("{done:?}") };
    assert_eq!((tables.get("note"), tables.get("file"), tables.get("person")), (Some(&1), Some(&1), None));
    store.scrub_after_disposal().unwrap();
}
