//! Searches of invented systems, on both engines.

use std::time::Duration;

use counterfoil_connect::SourceError;
use counterfoil_connect::find::{self, Answer, Question, Shared};
use counterfoil_connect::source::{Address, Identity, Limits};
use counterfoil_connect::value::Value;
use serde_json::json;

use crate::bed::{SHOP, SHOP_DATASET, dataset, identities, names, on_both, value};

#[test]
fn everything_that_the_identity_leads_to_is_found_and_nothing_else() {
    on_both(SHOP, |bed| {
        let shop = dataset(SHOP_DATASET);
        let (answer, items) = bed.find(&shop, &["email=ann@example.org"]);
        let Answer::Held(report) = answer else { panic!("{answer:?}") };
        let count = |name: &str| items.iter().filter(|i| shop.collections[i.collection].name == name).count();
        let counts: Vec<usize> = [
            "customer",
            "orders",
            "order_item",
            "product",
            "address",
            "service_request",
            "visit",
            "employee",
        ]
        .map(count)
        .to_vec();
        assert_eq!(counts, [1, 2, 2, 2, 2, 1, 2, 0]);
        assert_eq!(report.collections.iter().map(|c| c.rows).sum::<u64>(), 12);
        assert_eq!(report.collections.len(), 8, "collections where nothing was found are reported too");
        if bed.is_postgres() {
            let tables = shop.collections.len() as u64;
            assert!(report.statements <= 2 * tables + 3, "{} statements", report.statements);
        }
    });
}

#[test]
fn each_row_says_how_it_was_reached() {
    on_both(SHOP, |bed| {
        let shop = dataset(SHOP_DATASET);
        let (_, items) = bed.find(&shop, &["email=ann@example.org"]);
        let gift = items.iter().find(|i| shop.collections[i.collection].name == "order_item").unwrap();
        assert_eq!(gift.path, ["email", "customer.email", "orders.customer_id", "order_item.order_id"]);
    });
}

#[test]
fn a_key_of_zero_and_an_empty_key_lead_on() {
    on_both(SHOP, |bed| {
        let shop = dataset(SHOP_DATASET);
        let (_, items) = bed.find(&shop, &["email=zoe.zero@example.org"]);
        let notes: Vec<String> = items
            .iter()
            .filter(|i| shop.collections[i.collection].name == "order_item")
            .filter_map(|i| value(&shop, i, "gift_note").to_text())
            .collect();
        assert_eq!(notes, ["for zoe"]);
        assert!(items.iter().any(|i| shop.collections[i.collection].name == "address"));
    });
}

#[test]
fn an_address_is_found_however_it_is_written() {
    on_both(SHOP, |bed| {
        bed.run("INSERT INTO customer VALUES (7, 'ANN@example.org', 'Ann Again', NULL, NULL), (8, 'ann@example.orgy', 'No', NULL, NULL), (9, 'bann@example.org', 'No', NULL, NULL)");
        let shop = dataset(SHOP_DATASET);
        for who in ["email=ann@example.org", "email=Ann@Example.ORG", "email= ann@example.org "] {
            let (_, items) = bed.find(&shop, &[who]);
            let customers = items.iter().filter(|i| shop.collections[i.collection].name == "customer");
            let mut ids: Vec<String> = customers.filter_map(|i| value(&shop, i, "id").to_text()).collect();
            ids.sort();
            assert_eq!(ids, ["1", "7"], "{who}");
        }
    });
}

#[test]
fn none_held_failed_and_not_this_kind_of_person_are_three_answers() {
    on_both(SHOP, |bed| {
        let shop = dataset(SHOP_DATASET);
        assert!(matches!(bed.find(&shop, &["email=nobody@example.org"]).0, Answer::NoneHeld(_)));
        assert!(matches!(bed.find(&shop, &["phone_number=1"]).0, Answer::NotThisKindOfPerson));
        let more = SHOP_DATASET.replace("name: gift_note", "name: gift_card");
        let (answer, items) = bed.find(&dataset(&more), &["email=ann@example.org"]);
        let Answer::Failed(error) = answer else { panic!("{answer:?}") };
        assert!(error.to_string().contains("`order_item.gift_card`") && items.is_empty(), "{error}");
        bed.run("DROP TABLE visit");
        let Answer::Failed(error) = bed.find(&shop, &["email=ann@example.org"]).0 else {
            panic!("a table is gone")
        };
        assert_eq!(error.code(), "schema-differs");
    });
}

#[test]
fn a_source_that_is_not_there_fails() {
    let shop = dataset(SHOP_DATASET);
    let who = identities(&["email=ann@example.org"]);
    let limits = Limits { timeout: Duration::from_secs(2), ..Limits::default() };
    let question = Question { dataset: &shop, identities: &who, limits, accept_unlinked: false };
    for address in [
        Address::Sqlite("no/such/file.db".into()),
        Address::Postgres("postgres://someone:s3cret@127.0.0.1:1/none".to_owned()),
    ] {
        let answer = find::find(&address, &question, &mut |_| Ok(())).unwrap();
        let Answer::Failed(error) = answer else { panic!("{answer:?}") };
        assert!(
            !error.to_string().contains("s3cret") && !format!("{address:?}").contains("s3cret"),
            "{error}"
        );
    }
}

#[test]
fn connections_and_identities_are_refused_without_being_repeated() {
    for text in ["mysql://u:s3cret@h/d", "", "sqlite:", "s3cret"] {
        let error = Address::parse(text).unwrap_err();
        assert!(
            matches!(error, SourceError::Refused { .. }) && !error.to_string().contains("s3cret"),
            "{text}"
        );
    }
    let error = find::find(
        &Address::parse("postgres://u:s3cret@h:port/d").unwrap(),
        &Question {
            dataset: &dataset(SHOP_DATASET),
            identities: &identities(&["email=a@b.c"]),
            limits: Limits::default(),
            accept_unlinked: false,
        },
        &mut |_| Ok(()),
    )
    .unwrap_err();
    assert!(error.code() == "bad-connection" && !error.to_string().contains("s3cret"));
    for text in ["", "email", "email=", "=x"] {
        assert_eq!(Identity::parse(text).unwrap_err().code(), "bad-identity");
    }
}

#[test]
fn a_row_that_others_refer_to_is_marked() {
    on_both(SHOP, |bed| {
        let shop = dataset(SHOP_DATASET);
        let (_, items) = bed.find(&shop, &["email=ann@example.org"]);
        let of = |table: &str, id: &str| {
            let item = items.iter().find(|i| {
                shop.collections[i.collection].name == table
                    && value(&shop, i, "id").to_text().as_deref() == Some(id)
            });
            item.unwrap().shared.clone()
        };
        let by = |by: &str| Shared::ReferredTo { by: by.to_owned() };
        assert_eq!(
            of("address", "1"),
            [by("customer.address_id"), by("orders.shipping_address_id")],
            "Bob lives there too"
        );
        assert_eq!(of("address", "3"), [], "only Ann");
        assert_eq!(of("product", "1"), [by("order_item.product_id")]);
        assert_eq!(of("product", "2"), []);
        assert_eq!(of("customer", "1"), []);
    });
}

#[test]
fn a_row_that_names_somebody_else_is_marked() {
    let sql = "CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT, phone TEXT);
        CREATE TABLE message (id INTEGER PRIMARY KEY, sender INTEGER, recipient INTEGER, body TEXT, reply_to TEXT);
        INSERT INTO person VALUES (1, 'ann@example.org', '1'), (2, 'bob@example.org', '2');
        INSERT INTO message VALUES (1, 1, 2, 'hello bob', NULL), (2, 1, 1, 'to myself', ''), (3, 1, NULL, 'draft', 'carl@example.org'), (4, 2, 2, 'not ann', NULL);";
    let text = "
dataset:
- fides_key: d
  collections:
  - name: person
    fields:
    - {name: id, fides_meta: {primary_key: true}}
    - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}
    - {name: phone, data_categories: [user.contact.phone_number], fides_meta: {identity: phone_number}}
  - name: message
    fields:
    - {name: id, fides_meta: {primary_key: true}}
    - {name: sender, fides_meta: {references: [{dataset: d, field: person.id, direction: from}]}}
    - {name: recipient, fides_meta: {references: [{dataset: d, field: person.id, direction: from}]}}
    - {name: body, data_categories: [user.content]}
    - {name: reply_to, data_categories: [user.contact.email], fides_meta: {identity: email}}
";
    on_both(sql, |bed| {
        let d = dataset(text);
        let (_, items) = bed.find(&d, &["email=ann@example.org"]);
        let mut marked: Vec<(String, Vec<Shared>)> = items
            .iter()
            .filter(|i| d.collections[i.collection].name == "message")
            .map(|i| (value(&d, i, "id").to_text().unwrap(), i.shared.clone()))
            .collect();
        marked.sort();
        let names = |field: &str| vec![Shared::Names { field: field.to_owned() }];
        let holds = vec![Shared::Identity { field: "message.reply_to".to_owned() }];
        assert_eq!(
            marked,
            [("1".to_owned(), names("message.recipient")), ("2".to_owned(), vec![]), ("3".to_owned(), holds)]
        );
    });
}

/// People, households and the other names that people go by: references that lead round.
const ROUND: &str = "
CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT, household_id INTEGER, manager_id INTEGER);
CREATE TABLE household (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE alias (email TEXT, person_id INTEGER);
INSERT INTO household VALUES (1, 'Archers'), (2, 'Bakers');
INSERT INTO person VALUES (1, 'ann@example.org', 1, 2), (2, 'max@example.org', 1, 3), (3, 'top@example.org', 2, 3), (4, 'bob@example.org', 3, NULL), (5, 'ann.old@example.org', NULL, NULL);
INSERT INTO alias VALUES ('ann.old@example.org', 1), ('Ann.Older@example.org', 1), ('bobby@example.org', 4), ('ann.oldest@example.org', 5);";

const ROUND_DATASET: &str = "
dataset:
- fides_key: d
  collections:
  - name: person
    fields:
    - {name: id, fides_meta: {primary_key: true, references: [{dataset: d, field: alias.person_id, direction: to}]}}
    - {name: email, fides_meta: {identity: email, references: [{dataset: d, field: alias.email, direction: from}]}}
    - {name: household_id, fides_meta: {references: [{dataset: d, field: household.id, direction: to}]}}
    - {name: manager_id, fides_meta: {references: [{dataset: d, field: person.id, direction: to}]}}
  - name: household
    fields:
    - {name: id, fides_meta: {primary_key: true, references: [{dataset: d, field: person.household_id, direction: to}]}}
  - name: alias
    fields:
    - {name: email}
    - {name: person_id}
";

#[test]
fn references_that_lead_round_are_walked_until_nothing_new_is_found() {
    on_both(ROUND, |bed| {
        let mut d = dataset(ROUND_DATASET);
        d.collections
            .iter_mut()
            .find(|c| c.name == "alias")
            .unwrap()
            .fields
            .sort_by(|a, b| a.name.cmp(&b.name));
        let (answer, items) = bed.find(&d, &["email=ann@example.org"]);
        let Answer::Held(report) = answer else { panic!("{answer:?}") };
        let people = items.iter().filter(|i| d.collections[i.collection].name == "person");
        let mut ids: Vec<String> = people.filter_map(|i| value(&d, i, "id").to_text()).collect();
        ids.sort();
        assert_eq!(ids, ["1", "2", "3", "5"], "aliases and households are searched again, each once");
        assert!(report.collections.iter().any(|c| c.rounds > 2), "the rounds are told");
        let old = items.iter().find(|i| {
            d.collections[i.collection].name == "person"
                && value(&d, i, "id").to_text().as_deref() == Some("5")
        });
        assert_eq!(old.unwrap().path, ["email", "person.email", "alias.person_id", "person.email"]);
        assert_eq!(
            old.unwrap().shared,
            [Shared::Identity { field: "person.email".to_owned() }],
            "a person looks at it"
        );
    });
}

#[test]
fn a_limit_fails_rather_than_answer_in_part() {
    on_both(ROUND, |bed| {
        let d = dataset(ROUND_DATASET);
        for limits in [Limits { rounds: 1, ..Limits::default() }, Limits { keys: 3, ..Limits::default() }] {
            let (answer, _) = bed.find_within(&d, &["email=ann@example.org"], limits);
            assert!(matches!(&answer, Answer::Failed(e) if e.code() == "limit"), "{answer:?}");
        }
    });
}

#[test]
fn a_second_identity_must_belong_to_the_same_person() {
    let sql = "CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT, phone TEXT);
        CREATE TABLE call (phone TEXT, note TEXT);
        INSERT INTO person VALUES (1, 'ann@example.org', '01'), (2, 'bob@example.org', '02');
        INSERT INTO call VALUES ('01', 'ann called'), ('02', 'bob called'), ('03', 'nobody called');";
    let text = "
dataset:
- fides_key: d
  collections:
  - name: person
    fields:
    - {name: id, fides_meta: {primary_key: true}}
    - {name: email, fides_meta: {identity: email}}
    - {name: phone, fides_meta: {identity: phone_number}}
  - name: call
    fields:
    - {name: phone, fides_meta: {identity: phone_number}}
    - {name: note}
";
    on_both(sql, |bed| {
        let d = dataset(text);
        let found = bed.found(&d, &["email=ann@example.org", "phone_number=01"], "phone");
        assert_eq!((found["person"].len(), found["call"].len()), (1, 1));
        for stranger in ["02", "03"] {
            let who = identities(&["email=ann@example.org", &format!("phone_number={stranger}")]);
            let ask = |accept_unlinked| {
                let question =
                    Question { dataset: &d, identities: &who, limits: Limits::default(), accept_unlinked };
                let mut rows = 0;
                let answer = find::find(&bed.address(), &question, &mut |_| {
                    rows += 1;
                    Ok(())
                });
                (answer, rows)
            };
            let (answer, rows) = ask(false);
            assert_eq!((answer.unwrap_err().code(), rows), ("unlinked-identity", 0), "{stranger}");
            assert!(matches!(ask(true).0, Ok(Answer::Held(_))), "unless somebody checked it");
        }
        let found = bed.found(&d, &["email=ann@example.org", "phone_number=99"], "phone");
        assert_eq!(found["person"], ["01"], "what leads nowhere does no harm");
    });
}

#[test]
fn keys_of_other_types_are_compared_by_what_they_say() {
    let sql = "CREATE TABLE a (id INTEGER PRIMARY KEY, email TEXT, ref TEXT);
        CREATE TABLE b (id INTEGER PRIMARY KEY, a_id VARCHAR(10));
        CREATE TABLE c (id INTEGER PRIMARY KEY, note TEXT);
        INSERT INTO a VALUES (7, 'ann@example.org', '70'), (8, 'ann@example.org', 'not a number'), (9, 'bob@example.org', '71');
        INSERT INTO b VALUES (1, '7'), (2, '8'), (3, '9'), (4, 'x');
        INSERT INTO c VALUES (70, 'ann'), (71, 'bob');";
    let text = "
dataset:
- fides_key: d
  collections:
  - {name: a, fields: [{name: id}, {name: email, fides_meta: {identity: email}}, {name: ref}]}
  - {name: b, fields: [{name: id}, {name: a_id, fides_meta: {references: [{dataset: d, field: a.id, direction: from}]}}]}
  - {name: c, fields: [{name: id, fides_meta: {references: [{dataset: d, field: a.ref, direction: from}]}}, {name: note}]}
";
    on_both(sql, |bed| {
        let found = bed.found(&dataset(text), &["email=ann@example.org"], "id");
        assert_eq!(
            (found["b"].clone(), found["c"].clone()),
            (vec!["1".into(), "2".into()], vec!["70".into()])
        );
    });
}

#[test]
fn a_numeric_identity_that_is_no_number_is_nobodys() {
    let sql = "CREATE TABLE a (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO a VALUES (0, 'zero');";
    let text = "
dataset:
- fides_key: d
  collections:
  - {name: a, fields: [{name: id, fides_meta: {identity: external_id}}, {name: note}]}
";
    on_both(sql, |bed| {
        let d = dataset(text);
        assert!(matches!(bed.find(&d, &["external_id=0"]).0, Answer::Held(_)));
        assert!(matches!(bed.find(&d, &["external_id=zero"]).0, Answer::NoneHeld(_)));
        assert!(matches!(bed.find(&d, &["external_id=0' OR '1'='1"]).0, Answer::NoneHeld(_)));
    });
}

const CLUBS: &str = "CREATE TABLE account (id INTEGER PRIMARY KEY, profile JSON, payments JSON);
        CREATE TABLE club (code TEXT PRIMARY KEY, members JSON);
        INSERT INTO account VALUES
         (1, '{\"email\": \"Ann@example.org\", \"clubs\": [{\"code\": \"x\"}, {\"code\": \"y\"}], \"secret\": 1}', '[]'),
         (2, '{\"email\": \"bob@example.org\", \"note\": \"ann@example.org\"}', NULL), (3, NULL, NULL);
        INSERT INTO club VALUES ('x', '[{\"id\": 1, \"name\": \"Ann\"}, {\"id\": 2, \"name\": \"Bob\"}]'), ('z', '[{\"id\": 3}]'), ('w', '[{\"id\": 1}]');";

const CLUBS_DATASET: &str = "
dataset:
- fides_key: d
  collections:
  - name: account
    fields:
    - {name: id, fides_meta: {primary_key: true}}
    - name: profile
      fides_meta: {data_type: object}
      fields:
      - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}
      - name: clubs
        fields: [{name: code}]
  - name: club
    fields:
    - {name: code, fides_meta: {references: [{dataset: d, field: account.profile.clubs.code, direction: from}]}}
    - name: members
      fides_meta: {data_type: 'object[]'}
      fields:
      - {name: id, fides_meta: {references: [{dataset: d, field: account.id, direction: from}]}}
      - {name: name, data_categories: [user.name]}
";

#[test]
fn parts_of_objects_and_elements_of_lists_lead_on() {
    on_both(CLUBS, |bed| {
        let d = dataset(CLUBS_DATASET);
        let (_, items) = bed.find(&d, &["email=ann@example.org"]);
        let accounts: Vec<&Value> = items
            .iter()
            .filter(|i| d.collections[i.collection].name == "account")
            .map(|i| value(&d, i, "profile"))
            .collect();
        assert_eq!(accounts.len(), 1, "the note of another account is no address");
        let profile = json!({ "email": "Ann@example.org", "clubs": [{ "code": "x" }, { "code": "y" }] });
        assert_eq!(accounts[0].to_json(), profile, "parts that are not listed are left out");
        assert_eq!(
            names(
                &d,
                &items
                    .iter()
                    .filter(|i| d.collections[i.collection].name == "club")
                    .cloned()
                    .collect::<Vec<_>>(),
                "code"
            )["club"],
            ["w", "x"]
        );
        let members = items.iter().find(|i| {
            d.collections[i.collection].name == "club"
                && value(&d, i, "code").to_text().as_deref() == Some("x")
        });
        assert_eq!(
            value(&d, members.unwrap(), "members").to_json(),
            json!([{ "id": 1, "name": "Ann" }]),
            "only the person's elements"
        );
        let all = dataset(&CLUBS_DATASET.replace("'object[]'", "'object[]', return_all_elements: true"));
        let (_, items) = bed.find(&all, &["email=ann@example.org"]);
        let whole = items.iter().any(|i| {
            all.collections[i.collection].name == "club"
                && value(&all, i, "members").to_json().as_array().unwrap().len() == 2
        });
        assert!(whole);
    });
}

#[test]
fn arrays_of_postgresql_are_searched() {
    let sql = "CREATE TABLE a (id INTEGER PRIMARY KEY, emails TEXT, tags TEXT);";
    let text = "
dataset:
- fides_key: d
  collections:
  - {name: a, fields: [{name: id}, {name: emails, fides_meta: {identity: email, data_type: 'string[]', return_all_elements: true}}, {name: tags}]}
";
    on_both(sql, |bed| {
        if bed.is_postgres() {
            bed.run("ALTER TABLE a ALTER emails TYPE text[] USING NULL");
            bed.run("INSERT INTO a VALUES (1, '{Ann@example.org,x@example.org}', 't'), (2, '{bob@example.org}', NULL), (3, NULL, NULL)");
        } else {
            bed.run("INSERT INTO a VALUES (1, '[\"Ann@example.org\",\"x@example.org\"]', 't'), (2, '[\"bob@example.org\"]', NULL), (3, 'no json', NULL)");
        }
        let found = bed.found(&dataset(text), &["email=ann@example.org"], "id");
        assert_eq!(found["a"], ["1"]);
    });
}

#[test]
fn a_person_with_many_rows_is_streamed() {
    let sql = "CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT);
        CREATE TABLE event (id INTEGER PRIMARY KEY, person_id INTEGER, note TEXT);
        INSERT INTO person VALUES (1, 'ann@example.org');
        INSERT INTO event WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i, 1, 'note' FROM n;
        CREATE INDEX event_person ON event (person_id);";
    let text = "
dataset:
- fides_key: d
  collections:
  - {name: person, fields: [{name: id}, {name: email, fides_meta: {identity: email}}]}
  - {name: event, fields: [{name: id}, {name: person_id, fides_meta: {references: [{dataset: d, field: person.id, direction: from}]}}, {name: note}]}
";
    on_both(sql, |bed| {
        let (answer, items) = bed.find(&dataset(text), &["email=ann@example.org"]);
        assert!(matches!(answer, Answer::Held(_)) && items.len() == 2501, "{}", items.len());
    });
}

#[test]
fn a_search_writes_nothing_and_asks_for_no_right_to() {
    on_both(SHOP, |bed| {
        let shop = dataset(SHOP_DATASET);
        if let Address::Sqlite(path) = bed.address() {
            let before = std::fs::read(&path).unwrap();
            bed.find(&shop, &["email=ann@example.org"]);
            assert!(before == std::fs::read(&path).unwrap(), "not a byte changed");
        } else {
            bed.run("CREATE FUNCTION writes(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN DELETE FROM visit; RETURN t; END $$; \
                ALTER TABLE visit RENAME TO visits; CREATE VIEW visit AS SELECT writes(email::text) AS email, page FROM visits");
            let Answer::Failed(error) = bed.find(&shop, &["email=ann@example.org"]).0 else {
                panic!("it wrote")
            };
            assert_eq!(error.code(), "read-only");
        }
    });
}

#[test]
fn a_slow_statement_is_stopped() {
    on_both(SHOP, |bed| {
        if bed.is_postgres() {
            bed.run("ALTER TABLE visit RENAME TO visits; CREATE VIEW visit AS SELECT email, page FROM visits, pg_sleep(5)");
            let limits = Limits { timeout: Duration::from_millis(200), ..Limits::default() };
            let (answer, _) = bed.find_within(&dataset(SHOP_DATASET), &["email=ann@example.org"], limits);
            assert!(matches!(&answer, Answer::Failed(e) if e.code() == "timeout"), "{answer:?}");
        }
    });
}

#[test]
fn an_error_never_quotes_a_row() {
    on_both(SHOP, |bed| {
        if bed.is_postgres() {
            bed.run("ALTER TABLE visit RENAME TO visits; CREATE VIEW visit AS SELECT email, (email::int)::text AS page FROM visits");
            let Answer::Failed(error) = bed.find(&dataset(SHOP_DATASET), &["email=ann@example.org"]).0 else {
                panic!("cast")
            };
            assert!(!error.to_string().contains("ann"), "{error}");
        }
    });
}
