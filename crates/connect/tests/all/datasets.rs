//! Dataset files: what is read, and what is refused with a plain word and a line.

use counterfoil_connect::dataset::{DataType, parse};
use counterfoil_connect::policy;

use crate::bed::{SHOP_DATASET, dataset};

#[test]
fn a_dataset_is_read_with_both_names_of_its_meta() {
    let shop = dataset(SHOP_DATASET);
    let names: Vec<&str> = shop.collections.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        ["address", "customer", "employee", "order_item", "orders", "product", "service_request", "visit"]
    );
    let customer = &shop.collections[1];
    let email = customer.fields.iter().find(|f| f.name == "email").unwrap();
    assert_eq!((email.identity.as_deref(), email.data_type), (Some("email"), Some(DataType::String)));
    let shown: Vec<(String, String)> =
        shop.references.iter().map(|r| (shop.shown(&r.from), shop.shown(&r.to))).collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert!(shown.contains(&pair("customer.address_id", "address.id")), "`to` leads to the named field");
    assert!(shown.contains(&pair("customer.id", "orders.customer_id")), "`from` leads from the named field");
    assert!(shop.references.iter().all(|r| !r.either));
}

#[test]
fn both_ends_of_a_reference_may_say_it() {
    let text = "
dataset:
- fides_key: d
  collections:
  - name: a
    fields:
    - {name: id, fides_meta: {identity: email, references: [{dataset: d, field: b.a, direction: to}, {dataset: d, field: b.c}]}}
  - name: b
    fields:
    - {name: a, fides_meta: {references: [{dataset: d, field: a.id, direction: from}]}}
    - {name: c, fides_meta: {references: [{dataset: d, field: a.id}]}}
";
    let d = dataset(text);
    let either: Vec<bool> = d.references.iter().map(|r| r.either).collect();
    assert_eq!(either, [false, true], "each reference once: {:?}", d.references);
}

#[test]
fn an_object_speaks_through_its_parts() {
    let text = "
dataset:
- fides_key: d
  collections:
  - name: a
    fields:
    - name: details
      fides_meta: {identity: phone_number, data_type: 'object[]', return_all_elements: true}
      fields:
      - {name: email, fides_meta: {identity: email}}
";
    let d = dataset(text);
    let kinds: Vec<(String, &str)> = d.identities().map(|(p, k)| (d.shown(&p), k)).collect();
    assert_eq!(kinds, [("a.details.email".to_owned(), "email")]);
    assert!(d.field(&d.identities().next().unwrap().0).unwrap().all_elements, "passed down");
}

/// A dataset of two tables with `first` and `second` among their fields.
fn two(first: &str, second: &str) -> String {
    format!(
        "dataset:\n- fides_key: d\n  collections:\n  - name: a\n    fields:\n    - name: id\n      {first}\n  - name: b\n    fields:\n    - name: a_id\n      {second}\n"
    )
}

/// Files, the code and some words of what is said of each.
fn wrong() -> Vec<(String, &'static str, &'static str)> {
    let seed = "fides_meta: {identity: email}";
    let from_a = "fides_meta: {references: [{dataset: d, field: a.id, direction: from}]}";
    vec![
        ("datasets: []".to_owned(), "unknown-key", "datasets"),
        ("dataset: [".to_owned(), "bad-yaml", ""),
        (two("fides_metta: {}", from_a), "unknown-key", "line 7: unknown key `fides_metta`"),
        (two("after: [d.b]", from_a), "unknown-key", "after"),
        (two("fides_meta: {identity: email, identty: x}", from_a), "unknown-key", "identty"),
        (
            two(seed, "fides_meta: {references: [{dataset: e, field: a.id}]}"),
            "missing-dataset",
            "line 11: the dataset `e`",
        ),
        (two(seed, "fides_meta: {references: [{dataset: d, field: c.id}]}"), "missing-collection", "`c`"),
        (two(seed, "fides_meta: {references: [{dataset: d, field: a.key}]}"), "missing-field", "`a.key`"),
        (
            two(seed, "fides_meta: {references: [{dataset: d, field: a}]}"),
            "bad-reference",
            "collection.field",
        ),
        (
            two(seed, "fides_meta: {references: [{dataset: d, field: a.id, direction: up}]}"),
            "bad-direction",
            "`up`",
        ),
        (two(seed, "fides_meta: {references: [{field: a.id}]}"), "missing-key", "dataset"),
        (two("fides_meta: {primary_key: true}", from_a), "no-identity", "identity"),
        (two(seed, "data_categories: [user]"), "unreachable", "line 8: no identity leads to `b`"),
        (
            two(seed, "fides_meta: {references: [{dataset: d, field: a.id, direction: to}]}"),
            "unreachable",
            "`b`",
        ),
        (two("fides_meta: {identity: email, data_type: text}", from_a), "bad-type", "`text`"),
        (two("fides_meta: {identity: email, length: 0}", from_a), "bad-length", "at least 1"),
        (two("fides_meta: {identity: email, return_all_elements: true}", from_a), "bad-type", "arrays"),
        (two("data_categories: ['user..x']", from_a), "bad-category", "`user..x`"),
        (
            two("fides_meta: {identity: email, masking_strategy_override: {strategy: shred}}", from_a),
            "unknown-strategy",
            "`shred`",
        ),
        (
            two("fides_meta: {identity: email, masking_strategy_override: {strategy: aes_encrypt}}", from_a),
            "unknown-strategy",
            "hmac",
        ),
        (two(seed, from_a).replace("name: b", "name: a"), "duplicate-name", "line 8: the collection `a`"),
        (
            two(seed, from_a).replace("name: id\n", "name: id\n    - name: id\n"),
            "duplicate-name",
            "the field `id`",
        ),
        (two(seed, from_a).replace("name: a_id\n", "name: a_id\n      name: other\n"), "duplicate-key", ""),
        (two(seed, from_a).replace("fides_key: d\n", "fides_key: d e\n"), "bad-key", "`d e`"),
    ]
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, code, words) in wrong() {
        let problems = parse(&text).expect_err(&text);
        assert!(problems.0.iter().any(|p| p.code == code), "{code}: {problems:?}\n{text}");
        assert!(problems.to_string().contains(words), "{words}: {problems}");
    }
}

#[test]
fn orders_that_cannot_be_kept_are_refused() {
    let order = |a: &str, b: &str| {
        format!(
            "dataset:\n- fides_key: d\n  collections:\n  - name: a\n    fides_meta: {{after: [{a}]}}\n    fields:\n    - {{name: id, fides_meta: {{identity: email}}}}\n  - name: b\n    fides_meta: {{after: [{b}]}}\n    fields:\n    - {{name: a_id, fides_meta: {{references: [{{dataset: d, field: a.id, direction: from}}]}}}}\n"
        )
    };
    assert!(parse(&order("", "d.a")).is_ok());
    for (a, b) in [("d.b", ""), ("d.b", "d.a"), ("d.a", "")] {
        assert_eq!(parse(&order(a, b)).unwrap_err().code(), "stuck-order", "{a} {b}");
    }
    assert_eq!(parse(&order("d.c", "")).unwrap_err().code(), "missing-collection");
}

#[test]
fn a_skipped_collection_need_not_be_reached() {
    let text = two("fides_meta: {identity: email}", "data_categories: [user]")
        .replace("name: b\n", "name: b\n    fides_meta: {skip_processing: true}\n");
    assert!(dataset(&text).collections[1].skip);
}

#[test]
fn several_datasets_in_one_file_refer_to_each_other() {
    let text = "
dataset:
- fides_key: one
  fides_meta: {namespace: {schema: app}}
  collections:
  - {name: a, fields: [{name: id, fides_meta: {identity: email}}]}
- fides_key: two
  fides_meta: {after: [one]}
  collections:
  - {name: a, fields: [{name: one_id, fides_meta: {references: [{dataset: one, field: a.id, direction: from}]}}]}
";
    let d = dataset(text);
    assert_eq!(d.after, [(1, 0)]);
    assert_eq!((d.collections[0].schema.as_deref(), d.collections[1].schema.as_deref()), (Some("app"), None));
}

#[test]
fn a_policy_gives_its_erasure_rules() {
    let text = "
name: Erase contacts
rules:
- name: look
  action_type: access
  storage_destination_key: x
  targets: [{data_category: user}]
- name: mask
  action_type: erasure
  masking_strategy: {strategy: string_rewrite, configuration: {rewrite_value: MASKED}}
  targets: [{data_category: user.contact}, {data_category: user.name}]
";
    let rules = policy::parse(text).unwrap();
    assert_eq!((rules.len(), rules[0].targets.len(), rules[0].strategy.name()), (1, 2, "string_rewrite"));
    let overlapping = text.replace("user.name}", "user.contact.email}");
    assert_eq!(policy::parse(&overlapping).unwrap_err().code(), "overlapping-targets");
    let without = text.replace(
        "  masking_strategy: {strategy: string_rewrite, configuration: {rewrite_value: MASKED}}\n",
        "",
    );
    assert_eq!(policy::parse(&without).unwrap_err().code(), "no-strategy");
    assert_eq!(policy::parse("rules: []").unwrap_err().code(), "no-rule");
}
