//! Erasures of invented people, on both engines.

use counterfoil_connect::erase::{Decision, Erased, Erasing, Outcome, SharedRule};
use counterfoil_connect::find::Answer;
use counterfoil_connect::mask::Strategy;

use crate::bed::{Bed, SHOP, SHOP_DATASET, dataset, erasure, identities, on_both};

fn held(erasing: counterfoil_connect::Result<Erasing>) -> Outcome {
    match erasing {
        Ok(Erasing::Held(outcome)) => outcome,
        other => panic!("{other:?}"),
    }
}

fn failed(erasing: counterfoil_connect::Result<Erasing>) -> &'static str {
    match erasing {
        Ok(Erasing::Failed(error)) => {
            assert!(!error.to_string().contains("ann"), "{error}");
            error.code()
        }
        other => panic!("{other:?}"),
    }
}

/// Everything that the shop holds, as one text.
fn everything(bed: &Bed) -> String {
    let part = |table: &str, columns: &str| {
        let all = format!("SELECT {columns} AS x FROM {table} ORDER BY 1");
        let sql = if bed.is_postgres() {
            format!("SELECT string_agg(x, '|') FROM ({all}) y")
        } else {
            format!("SELECT group_concat(x, '|') FROM ({all}) y")
        };
        bed.text(&sql).unwrap_or_default()
    };
    let text = |names: &[&str]| {
        names
            .iter()
            .map(|n| format!("coalesce(CAST({n} AS text), '-')"))
            .collect::<Vec<_>>()
            .join(" || ',' || ")
    };
    [
        part("customer", &text(&["id", "email", "name", "address_id", "born"])),
        part("orders", &text(&["id", "customer_id", "shipping_address_id"])),
        part("order_item", &text(&["order_id", "product_id", "gift_note"])),
        part("address", &text(&["id", "street", "city"])),
        part("service_request", &text(&["id", "email", "alt_email", "employee_id", "body"])),
        part("visit", &text(&["email", "page"])),
    ]
    .join("\n")
}

#[test]
fn a_plan_writes_nothing_and_says_everything() {
    on_both(SHOP, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        let before = everything(bed);
        let outcome = held(bed.erase(&erasure(&shop, &who), false));
        assert!(!outcome.executed && everything(bed) == before);
        let order: Vec<&str> =
            outcome.collections.iter().map(|e| shop.collections[e.collection].name.as_str()).collect();
        let place = |name: &str| order.iter().position(|o| *o == name).unwrap();
        assert!(place("order_item") < place("orders"), "{order:?}");
        assert!(place("orders") < place("customer") && place("customer") < place("address"), "{order:?}");
        let decision = |table: &str, column: &str| {
            let of = |c: &&counterfoil_connect::erase::ColumnPlan| {
                shop.collections[c.collection].name == table && c.path == [column]
            };
            outcome.columns.iter().find(of).map(|c| c.decision.clone())
        };
        let masked = |table: &str, column: &str| match decision(table, column) {
            Some(Decision::Mask { strategy, limit, instead }) => (strategy.name(), limit, instead.is_some()),
            other => panic!("{table}.{column}: {other:?}"),
        };
        assert_eq!(masked("customer", "name"), ("null_rewrite", Some(40), false));
        assert_eq!(
            masked("customer", "email"),
            ("random_string_rewrite", Some(100), true),
            "it must not be empty"
        );
        assert_eq!(masked("orders", "customer_id"), ("null_rewrite", None, false));
        assert_eq!(
            masked("service_request", "email"),
            ("null_rewrite", Some(100), false),
            "it holds the identity"
        );
        assert_eq!(
            masked("visit", "email").0,
            "random_string_rewrite",
            "part of the key, and nothing refers to it"
        );
        assert!(matches!(decision("customer", "id"), Some(Decision::Keep { .. })));
        assert_eq!(decision("customer", "address_id"), None, "no category of the person");
        assert_eq!(outcome.blocked.len(), 2, "{:?}", outcome.blocked);
    });
}

#[test]
fn rows_that_are_others_too_are_for_a_person_to_decide() {
    on_both(SHOP, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        let before = everything(bed);
        let error = bed.erase(&erasure(&shop, &who), true).unwrap_err();
        assert!(error.code() == "blocked" && error.to_string().contains("--shared"), "{error}");
        assert_eq!(everything(bed), before);
    });
}

#[test]
fn an_erasure_masks_the_person_and_nobody_else() {
    on_both(SHOP, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=Ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Keep;
        let outcome = held(bed.erase(&e, true));
        assert!(outcome.executed && outcome.still_reachable == 0, "{outcome:?}");
        let of = |name: &str| -> &Erased {
            outcome.collections.iter().find(|c| shop.collections[c.collection].name == name).unwrap()
        };
        let counts = |name: &str| (of(name).rows.len(), of(name).changed, of(name).left);
        assert_eq!(counts("customer"), (1, 1, 0));
        assert_eq!(counts("order_item"), (2, 1, 0), "a row with nothing in it is not changed");
        assert_eq!(counts("address"), (2, 1, 1), "Bob lives there too");
        assert_eq!(counts("service_request"), (1, 1, 1), "it names a colleague: only the address goes");
        assert_eq!(counts("visit"), (2, 2, 0));
        let left = everything(bed);
        assert!(!left.to_lowercase().contains("ann"), "{left}");
        for kept in [
            "2,bob@example.org,Bob Baker,1,-",
            "1,1 High Street,Leeds",
            "3,-,-",
            "a-1,-,1",
            "1,-,-,10,my kettle leaks",
            "bob@example.org,/home",
            "b-1,1,-",
            ",1,for zoe",
        ] {
            assert!(left.contains(kept), "{kept}\n{left}");
        }
        let email = bed.text("SELECT email FROM customer WHERE id = 1").unwrap();
        assert!(email.len() == 30 && !email.contains('@'));
        let (again, _) = bed.find(&shop, &["email=ann@example.org"]);
        assert!(matches!(again, Answer::NoneHeld(_)));
        assert!(
            matches!(bed.erase(&e, true), Ok(Erasing::NoneHeld(_))),
            "a second time there is nothing to do"
        );
    });
}

#[test]
fn shared_rows_are_masked_when_somebody_says_so() {
    on_both(SHOP, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Mask;
        held(bed.erase(&e, true));
        assert_eq!(bed.text("SELECT street FROM address WHERE id = 1"), None);
        assert_eq!(bed.text("SELECT body FROM service_request WHERE id = 1"), None);
    });
}

#[test]
fn what_cannot_be_emptied_is_said_before_anything_is_written() {
    let sql = SHOP
        .replace("born DATE)", "born DATE NOT NULL)")
        .replace("NULL);\nINSERT INTO employee", "'1999-01-01');\nINSERT INTO employee")
        .replace("1, NULL), (3, 'cat", "1, '1999-01-01'), (3, 'cat");
    on_both(&sql, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Keep;
        let before = everything(bed);
        let error = bed.erase(&e, true).unwrap_err();
        assert!(
            error.code() == "blocked" && error.to_string().contains("`customer.born` must not be empty"),
            "{error}"
        );
        assert_eq!(everything(bed), before);
        e.strategies
            .insert("customer.born".to_owned(), Strategy::from_word("string_rewrite:1900-01-01").unwrap());
        assert!(held(bed.erase(&e, true)).executed);
        assert_eq!(bed.text("SELECT born FROM customer WHERE id = 1").as_deref(), Some("1900-01-01"));
    });
}

#[test]
fn columns_are_kept_and_masked_as_told() {
    on_both(SHOP, |bed| {
        let yaml = SHOP_DATASET
            .replace("{name: city, data_categories: [user.contact.address.city]}", "{name: city, data_categories: [user.contact.address.city], fides_meta: {read_only: true}}")
            .replace("{name: gift_note, data_categories: [user.content]}", "{name: gift_note, data_categories: [user.content], fides_meta: {masking_strategy_override: {strategy: string_rewrite, configuration: {rewrite_value: gone}}}}");
        let (shop, who) = (dataset(&yaml), identities(&["email=ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Keep;
        e.keep = vec!["customer.born".to_owned(), "visit".to_owned()];
        e.rules[0].strategy = Strategy::from_word("hmac").unwrap();
        e.strategies.insert(
            "customer.email".to_owned(),
            Strategy::from_word("string_rewrite:erased@example.invalid").unwrap(),
        );
        let outcome = held(bed.erase(&e, true));
        let one = |sql: &str| bed.text(sql).unwrap_or_default();
        assert_eq!(one("SELECT gift_note FROM order_item WHERE order_id = 'a-1' AND product_id = 1"), "gone");
        assert_eq!(one("SELECT city FROM address WHERE id = 3"), "Hull");
        assert_eq!(one("SELECT born FROM customer WHERE id = 1"), "1980-05-06");
        assert_eq!(one("SELECT email FROM customer WHERE id = 1"), "erased@example.invalid");
        assert_eq!(one("SELECT count(*) FROM visit WHERE email = 'ann@example.org'"), "2");
        let name = one("SELECT name FROM customer WHERE id = 1");
        assert!(name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit()), "cut to the column: {name}");
        assert_eq!(
            one("SELECT customer_id FROM orders WHERE id = 'a-1'"),
            "",
            "a reference can only be emptied"
        );
        assert_eq!(outcome.still_reachable, 2, "the visits that were held back");
        assert!(
            outcome.warnings.iter().any(|w| w.contains("can still be reached")),
            "{:?}",
            outcome.warnings
        );
    });
}

#[test]
fn names_that_are_not_in_the_dataset_are_refused() {
    on_both(SHOP, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        for name in ["customer.nmae", "custmer", "x.y"] {
            let mut e = erasure(&shop, &who);
            e.keep = vec![name.to_owned()];
            assert_eq!(bed.erase(&e, false).unwrap_err().code(), "unknown-column", "{name}");
        }
    });
}

#[test]
fn a_failure_undoes_everything() {
    on_both(
        &SHOP.replace("name VARCHAR(40)", "name VARCHAR(40) CHECK (name IS NOT NULL OR id <> 1)"),
        |bed| {
            let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
            let mut e = erasure(&shop, &who);
            e.shared = SharedRule::Keep;
            let before = everything(bed);
            assert_eq!(failed(bed.erase(&e, true)), "constraint");
            assert_eq!(everything(bed), before);
        },
    );
}

#[test]
fn a_trigger_that_brings_data_back_is_noticed() {
    on_both(SHOP, |bed| {
        if bed.is_postgres() {
            bed.run(
                "CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$; \
                CREATE TRIGGER back BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION back()",
            );
        } else {
            bed.run("CREATE TRIGGER back AFTER UPDATE ON customer BEGIN UPDATE customer SET email = OLD.email, name = OLD.name WHERE id = OLD.id; END");
        }
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Keep;
        let before = everything(bed);
        assert_eq!(failed(bed.erase(&e, true)), "not-erased");
        assert_eq!(everything(bed), before);
    });
}

#[test]
fn rows_are_deleted_where_the_dataset_says_so() {
    on_both(SHOP, |bed| {
        let yaml = SHOP_DATASET
            .replace("- name: visit\n", "- name: visit\n    fides_meta: {masking_strategy_override: {strategy: delete}}\n")
            .replace("- name: order_item\n", "- name: order_item\n    fides_meta: {masking_strategy_override: {strategy: delete}, erase_after: [shop.visit]}\n");
        let (shop, who) = (dataset(&yaml), identities(&["email=ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Keep;
        let outcome = held(bed.erase(&e, true));
        let order: Vec<&str> =
            outcome.collections.iter().map(|c| shop.collections[c.collection].name.as_str()).collect();
        assert!(
            order.iter().position(|n| *n == "visit") < order.iter().position(|n| *n == "order_item"),
            "{order:?}"
        );
        assert_eq!(bed.text("SELECT count(*) FROM visit").as_deref(), Some("1"));
        assert_eq!(bed.text("SELECT count(*) FROM order_item").as_deref(), Some("2"));
    });
}

#[test]
fn a_schema_that_nobody_reviewed_blocks_an_erasure() {
    on_both(SHOP, |bed| {
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=zoe.zero@example.org"]));
        let mut e = erasure(&shop, &who);
        e.reviewed = Some(held(bed.erase(&e, false)).fingerprint);
        assert!(held(bed.erase(&e, false)).blocked.is_empty());
        bed.run("ALTER TABLE customer ADD COLUMN shoe_size INTEGER");
        let outcome = held(bed.erase(&e, false));
        assert!(
            outcome.blocked[0].contains("reviewed") && outcome.warnings[0].contains("customer.shoe_size")
        );
        assert_eq!(bed.erase(&e, true).unwrap_err().code(), "blocked");
    });
}

#[test]
fn parts_of_objects_are_masked_and_the_rest_stays() {
    let sql = "CREATE TABLE account (id INTEGER PRIMARY KEY, profile JSON);
        INSERT INTO account VALUES (1, '{\"email\": \"ann@example.org\", \"cards\": [{\"holder\": \"Ann\", \"n\": 1}, {\"holder\": null}], \"plan\": \"gold\"}');";
    let text = "
dataset:
- fides_key: d
  collections:
  - name: account
    fields:
    - {name: id, fides_meta: {primary_key: true}}
    - name: profile
      fields:
      - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}
      - name: cards
        fields: [{name: holder, data_categories: [user.name], fides_meta: {masking_strategy_override: {strategy: string_rewrite, configuration: {rewrite_value: X}}}}]
";
    on_both(sql, |bed| {
        let (d, who) = (dataset(text), identities(&["email=ann@example.org"]));
        let outcome = held(bed.erase(&erasure(&d, &who), true));
        assert_eq!((outcome.collections[0].changed, outcome.still_reachable), (1, 0));
        let after: serde_json::Value =
            serde_json::from_str(&bed.text("SELECT profile FROM account").unwrap()).unwrap();
        let expected = serde_json::json!({ "email": null, "cards": [{ "holder": "X", "n": 1 }, { "holder": null }], "plan": "gold" });
        assert_eq!(after, expected);
    });
}

#[test]
fn tables_without_a_key_and_thousands_of_rows_are_masked() {
    let sql = "CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL);
        CREATE TABLE event (person_id INTEGER, note TEXT, at INTEGER);
        INSERT INTO person VALUES (1, 'ann@example.org'), (2, 'bob@example.org');
        INSERT INTO event WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5200) SELECT 1 + (i % 26) / 25, 'a note', i FROM n;";
    let text = "
dataset:
- fides_key: d
  collections:
  - {name: person, fields: [{name: id}, {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}]}
  - {name: event, fields: [{name: person_id, fides_meta: {references: [{dataset: d, field: person.id, direction: from}]}}, {name: note, data_categories: [user.content]}, {name: at}]}
";
    on_both(sql, |bed| {
        let (d, who) = (dataset(text), identities(&["email=ann@example.org"]));
        let mut e = erasure(&d, &who);
        e.rules[0].strategy = Strategy::from_word("random_string_rewrite").unwrap();
        let outcome = held(bed.erase(&e, true));
        let event = outcome.collections.iter().find(|c| d.collections[c.collection].name == "event").unwrap();
        assert_eq!(event.changed, 5000);
        assert_eq!(
            bed.text("SELECT count(DISTINCT note) FROM event WHERE person_id = 1").as_deref(),
            Some("5000")
        );
        assert_eq!(bed.text("SELECT count(*) FROM event WHERE note = 'a note'").as_deref(), Some("200"));
    });
}

#[test]
fn what_was_overwritten_is_not_left_in_the_file() {
    on_both(SHOP, |bed| {
        let counterfoil_connect::source::Address::Sqlite(path) = bed.address() else { return };
        bed.run("PRAGMA journal_mode = WAL");
        let (shop, who) = (dataset(SHOP_DATASET), identities(&["email=ann@example.org"]));
        let mut e = erasure(&shop, &who);
        e.shared = SharedRule::Mask;
        held(bed.erase(&e, true));
        for file in [path.clone(), path.with_extension("db-wal")] {
            let bytes = std::fs::read(file).unwrap_or_default();
            assert!(!bytes.windows(10).any(|w| w == b"Ann Archer"), "the name is still in a file");
        }
    });
}
