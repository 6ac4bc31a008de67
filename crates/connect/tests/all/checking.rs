//! Checks of a dataset against its source.

use std::time::Duration;

use counterfoil_connect::check::{Checked, Level, check};

use crate::bed::{Bed, SHOP, SHOP_DATASET, dataset, on_both};

fn checked(bed: &Bed, yaml: &str) -> Checked {
    check(&bed.address(), &dataset(yaml), &[], Duration::from_secs(10)).unwrap()
}

fn has(checked: &Checked, level: Level, code: &str, collection: &str, words: &str) -> bool {
    let fits = |f: &&counterfoil_connect::check::Finding| {
        f.level == level && f.code == code && f.collection == collection && f.message.contains(words)
    };
    checked.findings.iter().any(|f| fits(&f))
}

#[test]
fn a_dataset_that_fits_says_what_a_search_would_do() {
    on_both(SHOP, |bed| {
        let c = checked(bed, SHOP_DATASET);
        assert!(c.fits(), "{:?}", c.findings);
        let order: Vec<&str> = c.steps.iter().map(|s| s.collection.as_str()).collect();
        let place = |name: &str| order.iter().position(|o| *o == name).unwrap();
        assert!(place("customer") < place("orders") && place("orders") < place("address"), "{order:?}");
        let customer = c.steps.iter().find(|s| s.collection == "customer").unwrap();
        assert_eq!(customer.by, [("email".to_owned(), "customer.email".to_owned(), true)]);
        assert!(has(&c, Level::Warning, "no-index", "orders", "customer_id"), "{:?}", c.findings);
        assert!(!has(&c, Level::Warning, "no-index", "customer", ""));
    });
}

#[test]
fn what_differs_is_said_both_ways() {
    on_both(SHOP, |bed| {
        bed.run("ALTER TABLE customer ADD COLUMN shoe_size INTEGER; CREATE TABLE diary (id INTEGER); DROP TABLE visit; ALTER TABLE address DROP COLUMN city");
        let yaml = SHOP_DATASET
            .replace("data_type: string, length: 40", "data_type: integer, length: 60")
            .replace("{name: gift_note, data_categories: [user.content]}", "{name: gift_note}");
        let c = checked(bed, &yaml);
        assert!(!c.fits());
        let cases = [
            (Level::Error, "missing-table", "visit", ""),
            (Level::Error, "missing-column", "address", "`city`"),
            (Level::Warning, "unlisted-column", "customer", "`shoe_size`"),
            (Level::Note, "unlisted-table", "diary", ""),
            (Level::Warning, "odd-type", "customer", "`name`"),
            (Level::Warning, "odd-length", "customer", "40"),
            (Level::Note, "no-category", "order_item", "`gift_note`"),
        ];
        for (level, code, collection, words) in cases {
            assert!(has(&c, level, code, collection, words), "{code}: {:?}", c.findings);
        }
        assert_eq!(c.findings[0].level, Level::Error, "the gravest first");
    });
}

#[test]
fn a_key_and_a_reference_that_do_not_fit_are_said() {
    on_both(SHOP, |bed| {
        let yaml = SHOP_DATASET
            .replace("{name: order_id, data", "{name: gift_note2, data")
            .replace("gift_note2", "order_id")
            .replace("field: address.id, direction: to", "field: address.street, direction: to");
        let c = checked(bed, &yaml);
        assert!(has(&c, Level::Warning, "odd-reference", "customer", "address.street"), "{:?}", c.findings);
        let yaml = SHOP_DATASET.replace(
            "{name: page, data_categories: [system.operations]}",
            "{name: page, fides_meta: {primary_key: true}}",
        );
        assert!(has(&checked(bed, &yaml), Level::Warning, "odd-key", "visit", "`email`"));
        let yaml = SHOP_DATASET.replace(
            "{name: born, data_categories: [user.demographic.date_of_birth]}",
            "{name: born, fields: [{name: year}]}",
        );
        let wrong = has(&checked(bed, &yaml), Level::Error, "odd-type", "customer", "`born`");
        assert!(wrong, "{:?}", checked(bed, &yaml).findings);
    });
}

#[test]
fn the_fingerprint_changes_with_the_schema_and_not_with_the_rows() {
    on_both(SHOP, |bed| {
        let before = checked(bed, SHOP_DATASET).fingerprint;
        bed.run("INSERT INTO product VALUES (77, 'Rug'); CREATE TABLE elsewhere (id INTEGER)");
        assert_eq!(checked(bed, SHOP_DATASET).fingerprint, before);
        bed.run("ALTER TABLE product ADD COLUMN bought_by TEXT");
        assert_ne!(checked(bed, SHOP_DATASET).fingerprint, before);
    });
}
