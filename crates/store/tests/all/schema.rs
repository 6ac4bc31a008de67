//! The schema's rules (design.md, section 8) and the data map, on both engines.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_store::Engine;
use counterfoil_store::accounts::StaffText;
use counterfoil_store::assurance::audit::Opened;
use counterfoil_store::assurance::{backup, erasure};
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::documents::{DocumentText, Region, VersionText};
use counterfoil_store::casebook::entries::EntryText;
use counterfoil_store::casebook::joint::JointText;
use counterfoil_store::casebook::merge::{self, Added, MergeText};
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{Address, DetailSource, Identifier, Profile};
use counterfoil_store::casebook::relations::RelationText;
use counterfoil_store::grants::GrantText;
use counterfoil_store::intake::copies::CopyText;
use counterfoil_store::intake::items::{ItemText as ItemWords, PartText};
use counterfoil_store::intake::messages::MessageText as ChannelWords;
use counterfoil_store::letters::MessageText;
use counterfoil_store::mailbox::MailText;
use counterfoil_store::retention::holdings::{Holding, OF_CASE, OF_REQUEST};
use counterfoil_store::retention::holds::HoldText;
use counterfoil_store::retention::runs::ItemText as DisposalItemText;
use counterfoil_store::rights::colleague::QuestionText;
use counterfoil_store::rights::follow::AskerFileText;
use counterfoil_store::rights::items::ItemText;
use counterfoil_store::rights::other::texts::{
    AutomatedText, CertificateText, CopiedText, DecisionText, FactText, InvestigationText, JudgedText,
    PlanText, ReasonText, RegulatorText, RestrictionText, ReviewText, RowsText, StageText, StatementText,
    StopText, SystemText, TellingText,
};
use counterfoil_store::rights::pack::PackText;
use counterfoil_store::rights::reading::NoteOnItem;
use counterfoil_store::rights::requests::{EventText, RequestText, SourceText};
use counterfoil_store::sharing::disclosures::DisclosureText;
use counterfoil_store::sharing::permissions::{PermissionEventText, PermissionText};
use counterfoil_store::sharing::referrals::ReferralText;
use counterfoil_store::sharing::releases::{ExactCell, ReleaseText};
use counterfoil_store::sharing::research::{ProjectText, ReidentificationText};
use counterfoil_store::sharing::survey::SurveyText;
use serde::{Deserialize, Serialize};

use crate::raw::Raw;
use crate::support::{House, on_both_engines};

const MAP: &str = include_str!("../../../../docs/data-map.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    categories: BTreeMap<String, String>,
    retention: BTreeMap<String, String>,
    table: BTreeMap<String, BTreeMap<String, Column>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    category: String,
    sealed: Sealed,
    access: Access,
    erasure: Erasure,
    retention: String,
    engine: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Deserialize, Debug, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Sealed {
    Yes,
    Blind,
    No,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Access {
    In,
    Reviewed,
    Out,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Erasure {
    Delete,
    Key,
    Keep,
    None,
}

fn map() -> Map {
    toml::from_str(MAP).unwrap()
}

#[test]
fn every_column_is_classified_and_nothing_else_is() {
    let map = map();
    on_both_engines(|house| {
        let engine = if house.store.engine() == Engine::Sqlite { "sqlite" } else { "postgres" };
        let live: BTreeSet<(String, String)> = house.store.schema().unwrap().into_iter().collect();
        let classified: BTreeSet<(String, String)> = map
            .table
            .iter()
            .flat_map(|(table, columns)| {
                columns.iter().map(move |(name, c)| (table.clone(), name.clone(), c))
            })
            .filter(|(_, _, c)| c.engine.as_deref().is_none_or(|e| e == engine))
            .map(|(table, name, _)| (table, name))
            .collect();
        let missing: Vec<_> = live.difference(&classified).collect();
        let stale: Vec<_> = classified.difference(&live).collect();
        assert!(missing.is_empty(), "not in docs/data-map.toml ({engine}): {missing:?}");
        assert!(stale.is_empty(), "in docs/data-map.toml but not in the schema ({engine}): {stale:?}");
    });
}

#[test]
fn every_classification_is_of_the_maps_own_words_and_makes_sense() {
    let map = map();
    for (table, columns) in &map.table {
        for (name, c) in columns {
            let at = format!("{table}.{name}");
            assert!(map.categories.contains_key(&c.category), "{at}: category `{}`", c.category);
            assert!(map.retention.contains_key(&c.retention), "{at}: retention `{}`", c.retention);
            assert_eq!(
                c.sealed == Sealed::Yes,
                !c.fields.is_empty(),
                "{at}: sealed columns list their fields"
            );
            let looks_sealed = name == "sealed" || name.ends_with("_sealed") || name == "wrapped";
            assert_eq!(c.sealed == Sealed::Yes, looks_sealed, "{at}: a sealed column says so in its name");
            let personal = ["identity", "casework", "request", "staff"].contains(&c.category.as_str());
            let words = name == "sealed" && personal;
            assert!(!words || c.sealed == Sealed::Yes, "{at}: personal words are sealed");
            assert!(c.access != Access::In || c.sealed != Sealed::Blind, "{at}: a hash answers nobody");
            assert!(c.erasure != Erasure::None || c.retention != "casework", "{at}: casework is erased");
        }
    }
}

/// The names inside a value as it is sealed: `emails`, and `addresses.postcode` for what is nested.
fn names(value: &impl Serialize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(&serde_json::to_value(value).unwrap(), "", &mut names);
    names
}

fn collect(value: &serde_json::Value, prefix: &str, names: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, inner) in map {
                names.insert(format!("{prefix}{key}"));
                collect(inner, &format!("{prefix}{key}."), names);
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inner| collect(inner, prefix, names)),
        _ => {}
    }
}

fn full_profile() -> Profile {
    Profile {
        addresses: vec![Address::default()],
        identifiers: vec![Identifier { kind: String::new(), value: String::new() }],
        sources: vec![some_source()],
        ..Profile::default()
    }
}

fn full_item() -> ItemText {
    ItemText { regions: vec![Region::default()], ..ItemText::default() }
}

fn some_source() -> DetailSource {
    let text = String::new;
    DetailSource { kind: text(), value: text(), source: text(), on: jiff::civil::date(2026, 11, 22) }
}

fn full_version() -> VersionText {
    VersionText { regions: vec![Region::default()], ..VersionText::default() }
}

fn full_merge() -> MergeText {
    let identifiers = vec![Identifier { kind: String::new(), value: String::new() }];
    let sources = vec![some_source()];
    let added = Added { addresses: vec![Address::default()], identifiers, sources, ..Added::default() };
    MergeText { added, ..MergeText::default() }
}

fn every_entry() -> [EntryText; 5] {
    let text = String::new;
    [
        EntryText::Task { what: text() },
        EntryText::Appointment { who: text(), what: text(), place: text() },
        EntryText::Outcome { code: text(), pence: None, what: text() },
        EntryText::Quality { points: Vec::new(), feedback: text() },
        EntryText::Paper { title: text(), location: text(), custodian: text() },
    ]
}

#[test]
fn a_merge_knows_what_becomes_of_every_table_with_a_person() {
    on_both_engines(|house| {
        let with_person: BTreeSet<String> = house
            .store
            .schema()
            .unwrap()
            .into_iter()
            .filter(|(_, column)| column == "person_id")
            .map(|(table, _)| table)
            .collect();
        let known: BTreeSet<String> =
            merge::MOVED.iter().chain(merge::STAYS).map(|(table, _)| (*table).to_owned()).collect();
        assert_eq!(with_person, known, "crates/store/src/casebook/merge.rs: MOVED or STAYS");
    });
}

/// The texts of the other rights, with one of everything that they can hold.
fn other_rights() -> Vec<(&'static str, BTreeSet<String>)> {
    let judged = JudgedText { reasons: vec![ReasonText::default()], ..JudgedText::default() };
    let systems = vec![SystemText::default()];
    let plan = PlanText { rows: vec![RowsText::default()], systems: systems.clone(), ..PlanText::default() };
    let review = ReviewText { copied: CopiedText::default(), ..ReviewText::default() };
    vec![
        ("right_fact", names(&FactText::default())),
        ("right_decision", names(&DecisionText { lines: vec![judged], ..DecisionText::default() })),
        ("erasure_plan", names(&plan)),
        ("right_certificate", names(&CertificateText { systems, ..CertificateText::default() })),
        ("recipient_telling", names(&TellingText::default())),
        ("complaint_stage", names(&StageText::default())),
        ("complaint_note", names(&InvestigationText::default())),
        ("internal_review", names(&review)),
        ("regulator_case", names(&RegulatorText::default())),
        ("person_statement", names(&StatementText::default())),
        ("processing_stop", names(&StopText::default())),
        ("processing_restriction", names(&RestrictionText::default())),
        ("automated_decision", names(&AutomatedText::default())),
    ]
}

#[test]
fn the_map_names_every_field_inside_what_is_sealed() {
    let map = map();
    let entry =
        Opened { staff: None, office: None, person: None, object: None, detail: serde_json::Value::Null };
    let mut sealed = vec![
        ("person", names(&full_profile())),
        ("case_file", names(&CaseText::default())),
        ("note", names(&NoteText::default())),
        ("document", names(&DocumentText::default())),
        ("document_version", names(&full_version())),
        ("note_draft", names(&NoteText::default())),
        ("person_relation", names(&RelationText::default())),
        ("person_merge", names(&full_merge())),
        ("case_entry", every_entry().iter().flat_map(names).collect()),
        ("case_share", names(&JointText::default())),
        ("record_transfer", names(&JointText::default())),
        ("access_grant", names(&GrantText::default())),
        ("staff_account", names(&StaffText::default())),
        ("rights_request", names(&RequestText::default())),
        ("request_event", names(&EventText::default())),
        ("request_source", names(&SourceText::default())),
        ("source_question", names(&QuestionText::default())),
        ("request_item", names(&full_item())),
        ("request_pack", names(&PackText::default())),
        ("asker_file", names(&AskerFileText::default())),
        ("message", names(&MessageText::default())),
        ("mail_item", names(&MailText::default())),
        ("legal_hold", names(&HoldText::default())),
        ("disposal_item", names(&DisposalItemText::default())),
        ("request_note", names(&NoteOnItem::default())),
        ("audit_entry", names(&entry)),
        ("inbox_item", names(&ItemWords::default())),
        ("inbox_part", names(&PartText::default())),
        ("channel_copy", names(&CopyText::default())),
        ("channel_message", names(&ChannelWords::default())),
        ("permission", names(&PermissionText::default())),
        ("permission_event", names(&PermissionEventText::default())),
        ("disclosure", names(&DisclosureText::default())),
        ("referral", names(&ReferralText::default())),
        ("statistics_release", names(&ReleaseText { cells: vec![ExactCell::default()] })),
        ("research_project", names(&ProjectText::default())),
        ("reidentification", names(&ReidentificationText::default())),
        ("survey_answer", names(&SurveyText::default())),
    ];
    sealed.extend(other_rights());
    for (table, live) in &sealed {
        let mapped: BTreeSet<String> = map.table[*table]["sealed"].fields.iter().cloned().collect();
        assert_eq!(&mapped, live, "docs/data-map.toml: {table}.sealed");
    }
    // What has no type of its own here: a job's payload; what the use-cases alone have types for; a saved form,
    // whose fields are the page's and which only its link opens.
    let untyped =
        ["job", "request_decision", "ask_draft", "record_version", "request_reading", "request_cast"];
    let typed: BTreeSet<&str> = sealed.iter().map(|(t, _)| *t).chain(untyped).collect();
    let all: BTreeSet<&str> =
        map.table.iter().filter(|(_, c)| c.contains_key("sealed")).map(|(t, _)| t.as_str()).collect();
    assert_eq!(typed, all, "every table with a sealed column is checked");
}

/// Tables with a `person_id` that the erasure of the person deals with otherwise than by deleting the rows.
const EMPTIED: [&str; 3] = ["person", "search_entry", "disposal_item"];

#[test]
fn disposal_and_erasure_know_every_table_of_a_case_a_request_and_a_person() {
    let map = map();
    let with = |column: &str| -> BTreeSet<&str> {
        map.table.iter().filter(|(_, c)| c.contains_key(column)).map(|(t, _)| t.as_str()).collect()
    };
    let known = |holdings: &'static [Holding]| holdings.iter().map(|h| h.table).collect::<BTreeSet<&str>>();
    let (of_case, of_request) = (known(OF_CASE), known(OF_REQUEST));
    assert!(
        with("case_id").is_subset(&of_case),
        "not in OF_CASE: {:?}",
        with("case_id").difference(&of_case)
    );
    let of_person: BTreeSet<&str> = erasure::TABLES.iter().copied().chain(EMPTIED).collect();
    // What belongs to a person first and to a request besides goes with the person.
    let requests: BTreeSet<&str> = with("request_id").difference(&of_person).copied().collect();
    assert!(requests.is_subset(&of_request), "not in OF_REQUEST: {:?}", requests.difference(&of_request));
    let erased = |table: &&str| map.table[*table]["person_id"].erasure == Erasure::Delete;
    let persons: BTreeSet<&str> = with("person_id").into_iter().filter(erased).collect();
    assert!(persons.is_subset(&of_person), "not erased: {:?}", persons.difference(&of_person));
}

#[test]
fn disposal_deletes_children_before_their_parents_and_forgets_no_child() {
    on_both_engines(|house| {
        let mut raw = Raw::open(&house.place);
        if !raw.is_sqlite() {
            return;
        }
        let sql = "SELECT m.name, f.\"table\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f \
                   WHERE m.type = 'table' GROUP BY m.name, f.id";
        let edges: Vec<(String, String)> =
            raw.rows(sql).into_iter().map(|r| (r[0].clone().unwrap(), r[1].clone().unwrap())).collect();
        for holdings in [OF_CASE, OF_REQUEST] {
            let place = |table: &str| holdings.iter().position(|h| h.table == table);
            for (child, parent) in &edges {
                let Some(at) = place(parent) else { continue };
                let before = place(child).is_some_and(|c| c < at);
                assert!(before, "`{child}` refers to `{parent}`: list it before");
            }
        }
    });
}

#[test]
fn the_backup_takes_every_table() {
    on_both_engines(|house| {
        let keys = ["wrapped_key", "destroyed_key", "disposed", "key_store", "search_tokens"];
        let live: BTreeSet<String> = house.store.schema().unwrap().into_iter().map(|(t, _)| t).collect();
        let live: BTreeSet<&str> = live.iter().map(String::as_str).filter(|t| !keys.contains(t)).collect();
        assert_eq!(backup::TABLES.iter().copied().collect::<BTreeSet<_>>(), live);
        assert_eq!(backup::TABLES.len(), live.len(), "none twice");
    });
}

/// A key of a table: `p` primary, `u` unique, `f` foreign; and its columns in order.
type Key = (String, String, Vec<String>);

fn keys(house: &House) -> Vec<Key> {
    let mut raw = Raw::open(&house.place);
    let sql = if raw.is_sqlite() { SQLITE_KEYS } else { POSTGRES_KEYS };
    let rows = raw.rows(sql);
    let text = |c: &Option<String>| c.clone().unwrap();
    rows.iter()
        .map(|r| (text(&r[0]), text(&r[1]), text(&r[2]).split(',').map(str::to_owned).collect()))
        .filter(|(table, ..): &Key| !table.starts_with("search_tokens"))
        .collect()
}

const SQLITE_KEYS: &str = "
SELECT m.name, CASE i.origin WHEN 'pk' THEN 'p' ELSE 'u' END,
       (SELECT group_concat(name) FROM (SELECT c.name FROM pragma_index_info(i.name) c ORDER BY c.seqno))
FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.\"unique\" = 1
UNION ALL
SELECT m.name, 'p', c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER'
UNION ALL
SELECT m.name, 'f', group_concat(f.\"from\") FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' GROUP BY m.name, f.id";

const POSTGRES_KEYS: &str = "
SELECT k.rel::regclass::text, k.kind, (SELECT string_agg(a.attname, ',' ORDER BY n.place)
       FROM unnest(k.cols) WITH ORDINALITY n (num, place)
       JOIN pg_attribute a ON a.attrelid = k.rel AND a.attnum = n.num)
FROM (SELECT conrelid AS rel, contype::text AS kind, conkey AS cols FROM pg_constraint
      WHERE connamespace = (SELECT current_schema())::regnamespace AND contype IN ('p', 'f')
      UNION ALL
      SELECT i.indrelid, 'u', i.indkey::int2[] FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      WHERE c.relnamespace = (SELECT current_schema())::regnamespace AND i.indisunique) k";

/// Tables whose rows belong to no controller.
const OUTSIDE: [&str; 1] = ["schema_migration"];

#[test]
fn every_key_begins_with_the_controller() {
    on_both_engines(|house| {
        let keys = keys(&house);
        for (table, kind, columns) in &keys {
            if OUTSIDE.contains(&table.as_str()) {
                continue;
            }
            match kind.as_str() {
                "f" => assert!(
                    columns.contains(&"controller_id".to_owned()),
                    "{table}: a foreign key without it"
                ),
                _ => assert_eq!(columns[0], "controller_id", "{table}: {kind} {columns:?}"),
            }
        }
        let with_key: BTreeSet<&str> = keys.iter().filter(|k| k.1 == "p").map(|k| k.0.as_str()).collect();
        let tables: BTreeSet<&str> = backup::TABLES.iter().copied().collect();
        assert_eq!(with_key, tables, "every table has a primary key");
    });
}

#[test]
fn nothing_counts_by_a_sequence() {
    on_both_engines(|house| {
        let mut raw = Raw::open(&house.place);
        let sql = if raw.is_sqlite() {
            "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence' OR upper(sql) LIKE '%AUTOINCREMENT%'"
        } else {
            "SELECT count(*) FROM information_schema.sequences WHERE sequence_schema = current_schema()"
        };
        assert_eq!(raw.one(sql), "0");
    });
}
