//! The list filter shows exactly the people for whom the policies decide `record.list`.

use std::collections::BTreeSet;

use counterfoil_domain::access::{
    Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, Role, RoleSet, Verb,
};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_store::access::list::{self, ListRule, Param};
use counterfoil_store::access::{Actor, Gate, GrantFacts, Limits, PersonFacts, Question, Resource};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::world;

/// A row of `person`, with what hangs on it.
#[derive(Debug, Clone)]
struct Row {
    controller: ControllerId,
    office: OfficeId,
    identity: Identity,
    protection: Protection,
    restricted: bool,
    staff_member: Option<StaffId>,
    relations: Vec<StaffId>,
    grants: Vec<Granted>,
    stopped: PurposeSet,
}

/// As `person.stopped` holds it.
fn stopped(purposes: PurposeSet) -> &'static str {
    let words: Vec<&str> = purposes.iter().map(Purpose::as_str).collect();
    let text = if words.is_empty() { String::new() } else { format!(",{},", words.join(",")) };
    Box::leak(text.into_boxed_str())
}

#[derive(Debug, Clone)]
struct Granted {
    staff: StaffId,
    reason: ReasonCode,
    evidence_checked: bool,
    from: Timestamp,
    until: Timestamp,
    withdrawn: bool,
}

/// Who asks, what for, in front of which people.
#[derive(Debug, Clone)]
struct Scene {
    actor: Actor,
    purpose: Purpose,
    held: PurposeSet,
    rows: Vec<Row>,
}

fn person(index: usize) -> PersonId {
    let mut id = [0; 16];
    id[15] = u8::try_from(index).unwrap();
    PersonId::from_bytes(id)
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(all.to_vec())
}

fn mostly(yes: bool) -> impl Strategy<Value = bool> {
    prop::bool::weighted(if yes { 0.9 } else { 0.1 })
}

fn staff() -> impl Strategy<Value = StaffId> {
    one_of(&[world::ME, world::COLLEAGUE])
}

prop_compose! {
    fn granted()(
        staff in one_of(&[world::ME, world::ME, world::COLLEAGUE]),
        reason in one_of(ReasonCode::ALL),
        evidence_checked in prop::bool::weighted(0.7),
        from in -9i64..=2,
        lasts in 0i64..=9,
        withdrawn in mostly(false),
    ) -> Granted {
        let (from, until) = (world::hours(from), world::hours(from + lasts));
        Granted { staff, reason, evidence_checked, from, until, withdrawn }
    }
}

prop_compose! {
    fn row()(
        controller in one_of(&[world::CONTROLLER, world::CONTROLLER, world::CONTROLLER, world::OTHER_CONTROLLER]),
        office in one_of(&[world::OFFICE, world::OTHER_OFFICE]),
        identity in one_of(&[Identity::Named, Identity::Named, Identity::Pseudonymous, Identity::Anonymous]),
        protection in one_of(&[Protection::Standard, Protection::Standard, Protection::Extra]),
        restricted in prop::bool::weighted(0.2),
        staff_member in prop::option::weighted(0.2, staff()),
        relations in prop::collection::btree_set(staff(), 0..2),
        grants in prop::collection::vec(granted(), 0..3),
        stopped in prop::option::weighted(0.2, prop::sample::subsequence(Purpose::ALL.to_vec(), 1..4)),
    ) -> Row {
        let relations = relations.into_iter().filter(|_| office == world::OFFICE || restricted).collect();
        let stopped = stopped.unwrap_or_default().into_iter().collect();
        Row { controller, office, identity, protection, restricted, staff_member, relations, grants, stopped }
    }
}

prop_compose! {
    fn scene()(
        (role, purpose) in one_of(&FITTING),
        more_roles in prop::collection::vec(one_of(Role::ALL), 0..2),
        other_purpose in prop::option::weighted(0.1, one_of(Purpose::ALL)),
        held in prop::option::weighted(0.1, prop::sample::subsequence(Purpose::ALL.to_vec(), 0..9)),
        trained_for in -1i64..=40,
        in_order in prop::bool::weighted(0.95),
        adherent in prop::bool::weighted(0.8),
        automation in prop::bool::weighted(0.02),
        rows in prop::collection::vec(row(), 1..30),
    ) -> Scene {
        let mut me = world::worker(&[role]);
        me.roles = more_roles.into_iter().fold(me.roles, RoleSet::with);
        me.training_until = Some(world::hours(trained_for));
        (me.second_factor, me.office_adherent) = (in_order, adherent);
        let actor = if automation { Actor::Automation { controller: world::CONTROLLER } } else { Actor::Staff(me) };
        let held = held.map_or(world::HELD, |some| some.into_iter().collect());
        Scene { actor, purpose: other_purpose.unwrap_or(purpose), held, rows }
    }
}

/// Roles with a purpose for which they list something, so that most scenes show someone.
const FITTING: [(Role, Purpose); 9] = [
    (Role::Adviser, Purpose::ServiceDelivery),
    (Role::Adviser, Purpose::Safeguarding),
    (Role::ProtectedAdviser, Purpose::ServiceDelivery),
    (Role::Supervisor, Purpose::Safeguarding),
    (Role::Supervisor, Purpose::Quality),
    (Role::Reception, Purpose::ServiceDelivery),
    (Role::ComplaintsOfficer, Purpose::Complaint),
    (Role::IgOfficer, Purpose::RightsRequest),
    (Role::IgOfficer, Purpose::Incident),
];

/// What the policies say: with one of the person's grants, or with none.
fn by_policy(gate: &Gate, scene: &Scene) -> BTreeSet<PersonId> {
    let listed = |index: usize, row: &Row| {
        let question = question(scene, person(index), row);
        let with = |grant: &Granted| {
            gate.allows(&Question { grant: Some(fact(grant, person(index))), ..question.clone() })
        };
        gate.allows(&question) || row.grants.iter().any(with)
    };
    scene.rows.iter().enumerate().filter(|(i, row)| listed(*i, row)).map(|(i, _)| person(i)).collect()
}

fn fact(grant: &Granted, person: PersonId) -> GrantFacts {
    let Granted { staff, reason, evidence_checked, from, until, withdrawn } = grant.clone();
    GrantFacts { staff, person, reason, evidence_checked, from, until, withdrawn }
}

fn question(scene: &Scene, id: PersonId, row: &Row) -> Question {
    let facts = PersonFacts {
        id,
        identity: row.identity,
        protection: row.protection,
        restricted: row.restricted,
        staff_member: row.staff_member,
        relations: row.relations.clone(),
        purposes: scene.held.iter().filter(|p| !row.stopped.contains(*p)).collect(),
        ..world::ordinary_person()
    };
    let resource = Resource {
        kind: ResourceKind::Person,
        id: *id.as_bytes(),
        controller: row.controller,
        office: row.office,
        person: Some(facts),
    };
    Question::new(scene.actor.clone(), Verb::RecordList, scene.purpose, resource, world::now())
}

/// A statement with its values, for either engine.
type Statement = (&'static str, Vec<Value>);

#[derive(Debug, Clone)]
enum Value {
    Bytes(Option<[u8; 16]>),
    Small(i32),
    Big(Option<i64>),
    Text(&'static str),
}

const TABLES: [&str; 3] = [
    "CREATE TEMPORARY TABLE person (controller_id BLOB, id BLOB, office_id BLOB, kind TEXT, protection TEXT, \
     restricted INTEGER, staff_id BLOB, stopped TEXT)",
    "CREATE TEMPORARY TABLE access_grant (controller_id BLOB, id BLOB, staff_id BLOB, person_id BLOB, reason TEXT, \
     evidence_checked INTEGER, valid_from BIGINT, valid_until BIGINT, revoked_at BIGINT)",
    "CREATE TEMPORARY TABLE declared_relation (controller_id BLOB, staff_id BLOB, person_id BLOB)",
];

fn inserts(scene: &Scene) -> Vec<Statement> {
    let bytes = |b: &[u8; 16]| Value::Bytes(Some(*b));
    let mut all = Vec::new();
    for (index, row) in scene.rows.iter().enumerate() {
        let (controller, id) = (bytes(row.controller.as_bytes()), bytes(person(index).as_bytes()));
        all.push((
            "INSERT INTO person VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            vec![
                controller.clone(),
                id.clone(),
                bytes(row.office.as_bytes()),
                Value::Text(row.identity.as_str()),
                Value::Text(row.protection.as_str()),
                Value::Small(i32::from(row.restricted)),
                Value::Bytes(row.staff_member.map(|s| *s.as_bytes())),
                Value::Text(stopped(row.stopped)),
            ],
        ));
        for staff in &row.relations {
            let values = vec![controller.clone(), bytes(staff.as_bytes()), id.clone()];
            all.push(("INSERT INTO declared_relation VALUES ($1, $2, $3)", values));
        }
        for grant in &row.grants {
            let values = vec![
                controller.clone(),
                id.clone(),
                bytes(grant.staff.as_bytes()),
                id.clone(),
                Value::Text(grant.reason.as_str()),
                Value::Small(i32::from(grant.evidence_checked)),
                Value::Big(Some(grant.from.as_millisecond())),
                Value::Big(Some(grant.until.as_millisecond())),
                Value::Big(grant.withdrawn.then(|| world::hours(-1).as_millisecond())),
            ];
            all.push(("INSERT INTO access_grant VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", values));
        }
    }
    all
}

fn rule_of(scene: &Scene) -> ListRule {
    list::rule(&scene.actor, scene.purpose, scene.held, world::now(), &Limits::default())
}

/// The filter within a longer statement whose first parameter is another's.
fn select(scene: &Scene) -> (String, Vec<Value>) {
    let (condition, params) = rule_of(scene).sql("p", 2);
    let mut values = vec![Value::Big(Some(1))];
    values.extend(params.into_iter().map(|param| match param {
        Param::Bytes(bytes) => Value::Bytes(Some(bytes)),
        Param::Int(number) => Value::Big(Some(number)),
        Param::Text(word) => Value::Text(word),
    }));
    (format!("SELECT p.id FROM person p WHERE 1 = CAST($1 AS BIGINT) AND {condition}"), values)
}

fn id_of(bytes: Vec<u8>) -> PersonId {
    PersonId::from_bytes(bytes.try_into().unwrap())
}

fn on_sqlite(db: &rusqlite::Connection, scene: &Scene) -> BTreeSet<PersonId> {
    let bind = |values: &[Value]| {
        let value = |v: &Value| match v {
            Value::Bytes(b) => b.map_or(rusqlite::types::Value::Null, |b| b.to_vec().into()),
            Value::Small(n) => (*n).into(),
            Value::Big(n) => n.map_or(rusqlite::types::Value::Null, Into::into),
            Value::Text(t) => (*t).to_owned().into(),
        };
        rusqlite::params_from_iter(values.iter().map(value).collect::<Vec<_>>())
    };
    db.execute_batch("DELETE FROM person; DELETE FROM access_grant; DELETE FROM declared_relation").unwrap();
    for (sql, values) in inserts(scene) {
        db.execute(sql, bind(&values)).unwrap();
    }
    let (sql, values) = select(scene);
    let mut statement = db.prepare(&sql).unwrap();
    statement.query_map(bind(&values), |row| row.get(0)).unwrap().map(|id| id_of(id.unwrap())).collect()
}

fn on_postgres(db: &mut postgres::Client, scene: &Scene) -> BTreeSet<PersonId> {
    type Boxed = Box<dyn postgres::types::ToSql + Sync>;
    let bind = |values: Vec<Value>| -> Vec<Boxed> {
        let value = |v: Value| -> Boxed {
            match v {
                Value::Bytes(b) => Box::new(b.map(|b| b.to_vec())),
                Value::Small(n) => Box::new(n),
                Value::Big(n) => Box::new(n),
                Value::Text(t) => Box::new(t),
            }
        };
        values.into_iter().map(value).collect()
    };
    db.batch_execute("TRUNCATE person; TRUNCATE access_grant; TRUNCATE declared_relation").unwrap();
    for (sql, values) in inserts(scene) {
        let values = bind(values);
        db.execute(sql, &values.iter().map(|v| &**v as _).collect::<Vec<_>>()).unwrap();
    }
    let (sql, values) = select(scene);
    let values = bind(values);
    let rows = db.query(&sql, &values.iter().map(|v| &**v as _).collect::<Vec<_>>()).unwrap();
    rows.iter().map(|row| id_of(row.get(0))).collect()
}

fn run(cases: u32, mut shown: impl FnMut(&Scene) -> BTreeSet<PersonId>) {
    let gate = world::gate();
    let (mut listed, mut all) = (0, 0);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let counts = std::cell::RefCell::new((&mut listed, &mut all));
    let shown = std::cell::RefCell::new(&mut shown);
    let outcome = runner.run(&scene(), |scene| {
        let expected = by_policy(&gate, &scene);
        let found = (shown.borrow_mut())(&scene);
        prop_assert_eq!(&found, &expected, "{}", select(&scene).0);
        let mut counts = counts.borrow_mut();
        *counts.0 += expected.len();
        *counts.1 += scene.rows.len();
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    println!("{listed} of {all} people listed");
    assert!(listed * 20 > all, "too few are listed for the test to mean much: {listed} of {all}");
}

#[test]
fn the_filter_is_the_policy_on_sqlite() {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    for table in TABLES {
        db.execute_batch(table).unwrap();
    }
    run(150, |scene| on_sqlite(&db, scene));
}

#[test]
fn the_filter_is_the_policy_on_postgresql() {
    let Ok(url) = std::env::var("COUNTERFOIL_TEST_POSTGRES") else {
        println!(
            "skipped: COUNTERFOIL_TEST_POSTGRES is not set, the list filter was not tried on PostgreSQL"
        );
        return;
    };
    let mut db = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    for table in TABLES {
        db.batch_execute(&table.replace("BLOB", "BYTEA")).unwrap();
    }
    run(100, |scene| on_postgres(&mut db, scene));
}

#[test]
fn parameters_are_numbered_in_order_and_used_once() {
    let everyone = Actor::Staff(world::worker(Role::ALL));
    for purpose in Purpose::ALL {
        let rule = list::rule(&everyone, *purpose, world::HELD, world::now(), &Limits::default());
        let (sql, params) = rule.sql("person", 5);
        let numbers: Vec<usize> = sql
            .split('$')
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(numbers, (5..5 + params.len()).collect::<Vec<_>>(), "{sql}");
    }
    let nobody =
        list::rule(&everyone, Purpose::Research, PurposeSet::EMPTY, world::now(), &Limits::default());
    assert_eq!(nobody.sql("p", 1), ("1 = 0".to_owned(), vec![]));
}
