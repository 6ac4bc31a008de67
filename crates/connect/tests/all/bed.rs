//! A database of either engine, filled with invented people.

use std::collections::BTreeMap;
use std::path::Path;

use counterfoil_connect::dataset::{self, Dataset};
use counterfoil_connect::erase::{self, Erasing, Erasure, SharedRule};
use counterfoil_connect::find::{self, Answer, Item, Question};
use counterfoil_connect::mask::{Secret, Strategy};
use counterfoil_connect::policy::Rule;
use counterfoil_connect::source::{Address, Identity, Limits};
use counterfoil_connect::value::Value;

/// A database that goes when it is dropped.
pub enum Bed {
    Sqlite { folder: tempfile::TempDir },
    Postgres { server: String, schema: String },
}

/// Runs `test` on every engine that there is.
pub fn on_both(sql: &str, test: impl Fn(&Bed)) {
    let folder = tempfile::tempdir().unwrap();
    let bed = Bed::Sqlite { folder };
    bed.run(sql);
    test(&bed);
    match std::env::var("COUNTERFOIL_TEST_POSTGRES") {
        Err(_) => println!("skipped on PostgreSQL: COUNTERFOIL_TEST_POSTGRES is not set"),
        Ok(server) => {
            let schema = named_by_chance(tempfile::tempdir().unwrap().path());
            let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
            client.batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
            let bed = Bed::Postgres { server, schema };
            bed.run(sql);
            test(&bed);
        }
    }
}

/// A schema that no other test has, also where a server keeps those of tests that were cut off.
fn named_by_chance(folder: &Path) -> String {
    let name = folder.file_name().unwrap().as_encoded_bytes();
    name.iter().fold("connect_".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

impl Drop for Bed {
    fn drop(&mut self) {
        if let Self::Postgres { server, schema } = self {
            let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
            client
                .batch_execute(&format!("SET client_min_messages = error; DROP SCHEMA {schema} CASCADE"))
                .unwrap();
        }
    }
}

impl Bed {
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    pub fn address(&self) -> Address {
        match self {
            Self::Sqlite { folder } => Address::Sqlite(folder.path().join("source.db")),
            Self::Postgres { server, schema } => {
                Address::Postgres(format!("{server}?options=-csearch_path%3D{schema}"))
            }
        }
    }

    /// Runs statements.
    pub fn run(&self, sql: &str) {
        match self.address() {
            Address::Sqlite(path) => {
                let conn = rusqlite::Connection::open(path).unwrap();
                conn.execute_batch("PRAGMA synchronous = OFF").unwrap();
                conn.execute_batch(sql).unwrap();
            }
            Address::Postgres(url) => {
                postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
            }
        }
    }

    /// One text of the first row.
    pub fn text(&self, sql: &str) -> Option<String> {
        let sql = format!("SELECT CAST(({sql}) AS text)");
        match self.address() {
            Address::Sqlite(path) => {
                rusqlite::Connection::open(path).unwrap().query_row(&sql, [], |r| r.get(0)).unwrap()
            }
            Address::Postgres(url) => {
                postgres::Client::connect(&url, postgres::NoTls).unwrap().query_one(&sql, &[]).unwrap().get(0)
            }
        }
    }

    /// Searches and gives the answer with the rows.
    pub fn find(&self, dataset: &Dataset, who: &[&str]) -> (Answer, Vec<Item>) {
        self.find_within(dataset, who, Limits::default())
    }

    pub fn find_within(&self, dataset: &Dataset, who: &[&str], limits: Limits) -> (Answer, Vec<Item>) {
        let identities = identities(who);
        let question = Question { dataset, identities: &identities, limits, accept_unlinked: false };
        let mut items = Vec::new();
        let answer = find::find(&self.address(), &question, &mut |item| {
            items.push(item);
            Ok(())
        });
        (answer.unwrap(), items)
    }

    /// What a search finds: table to first column of each row, sorted.
    pub fn found(&self, dataset: &Dataset, who: &[&str], by: &str) -> BTreeMap<String, Vec<String>> {
        let (answer, items) = self.find(dataset, who);
        assert!(!matches!(answer, Answer::Failed(_)), "{answer:?}");
        names(dataset, &items, by)
    }

    pub fn erase(&self, erasure: &Erasure<'_>, execute: bool) -> counterfoil_connect::Result<Erasing> {
        if execute { erase::execute(&self.address(), erasure) } else { erase::plan(&self.address(), erasure) }
    }
}

/// By table, what each found row holds in the field `by`.
pub fn names(dataset: &Dataset, items: &[Item], by: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in items {
        let collection = &dataset.collections[item.collection];
        let at = collection.fields.iter().position(|f| f.name == by).unwrap();
        let text = item.values[at].to_text().unwrap_or_default();
        found.entry(collection.name.clone()).or_default().push(text);
    }
    found.values_mut().for_each(|v| v.sort());
    found
}

pub fn identities(who: &[&str]) -> Vec<Identity> {
    who.iter().map(|text| Identity::parse(text).unwrap()).collect()
}

pub fn dataset(yaml: &str) -> Dataset {
    dataset::parse(yaml).unwrap_or_else(|problems| panic!("{problems}"))
}

/// An erasure of everything below `user` by emptying it.
pub fn erasure<'q>(dataset: &'q Dataset, identities: &'q [Identity]) -> Erasure<'q> {
    Erasure {
        question: Question { dataset, identities, limits: Limits::default(), accept_unlinked: false },
        rules: vec![Rule { targets: vec!["user".to_owned()], strategy: Strategy::Null }],
        strategies: BTreeMap::new(),
        keep: Vec::new(),
        shared: SharedRule::Refuse,
        secret: Secret::new([7; 32]),
        reviewed: None,
    }
}

/// The value of a field of a found row.
pub fn value<'i>(dataset: &Dataset, item: &'i Item, field: &str) -> &'i Value {
    let at = dataset.collections[item.collection].fields.iter().position(|f| f.name == field).unwrap();
    &item.values[at]
}

/// An invented shop: eleven tables, as the public example of the format describes its own.
pub const SHOP: &str = "
CREATE TABLE address (id INTEGER PRIMARY KEY, street VARCHAR(100), city VARCHAR(100));
CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, name VARCHAR(40), address_id INTEGER REFERENCES address(id), born DATE);
CREATE TABLE employee (id INTEGER PRIMARY KEY, email VARCHAR(100), name VARCHAR(100), address_id INTEGER REFERENCES address(id));
CREATE TABLE orders (id VARCHAR(20) PRIMARY KEY, customer_id INTEGER REFERENCES customer(id), shipping_address_id INTEGER REFERENCES address(id));
CREATE TABLE product (id INTEGER PRIMARY KEY, name VARCHAR(50));
CREATE TABLE order_item (order_id VARCHAR(20) NOT NULL REFERENCES orders(id), product_id INTEGER REFERENCES product(id), gift_note TEXT);
CREATE TABLE service_request (id INTEGER PRIMARY KEY, email VARCHAR(100), alt_email VARCHAR(100), employee_id INTEGER REFERENCES employee(id), body TEXT);
CREATE TABLE visit (email VARCHAR(100), page TEXT, PRIMARY KEY (email, page));
CREATE INDEX customer_email ON customer (email);
INSERT INTO address VALUES (0, '1 Zero Way', 'Nil'), (1, '1 High Street', 'Leeds'), (2, '2 Low Road', 'York'), (3, '3 Mill Lane', 'Hull');
INSERT INTO customer VALUES (0, 'Zoe.Zero@Example.org', 'Zoe Zero', 0, '1990-01-02'), (1, 'ann@example.org', 'Ann Archer', 1, '1980-05-06'), (2, 'bob@example.org', 'Bob Baker', 1, NULL), (3, 'cat@example.org', NULL, NULL, NULL);
INSERT INTO employee VALUES (10, 'eve@example.org', 'Eve Ellis', 2);
INSERT INTO orders VALUES ('', 0, 0), ('a-1', 1, 1), ('a-2', 1, 3), ('b-1', 2, 1);
INSERT INTO product VALUES (1, 'Kettle'), (2, 'Lamp');
INSERT INTO order_item VALUES ('', 1, 'for zoe'), ('a-1', 1, 'for mum'), ('a-1', 2, NULL), ('b-1', 1, NULL);
INSERT INTO service_request VALUES (1, 'ann@example.org', 'ann@example.org', 10, 'my kettle leaks'), (2, 'eve@example.org', NULL, 10, 'staff request');
INSERT INTO visit VALUES ('ann@example.org', '/home'), ('ann@example.org', '/basket'), ('bob@example.org', '/home');
";

/// Its description.
pub const SHOP_DATASET: &str = "
dataset:
- fides_key: shop
  name: An invented shop
  collections:
  - name: address
    fields:
    - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
    - {name: street, data_categories: [user.contact.address.street]}
    - {name: city, data_categories: [user.contact.address.city]}
  - name: customer
    fields:
    - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
    - {name: email, data_categories: [user.contact.email], fidesops_meta: {identity: email, data_type: string}}
    - {name: name, data_categories: [user.name], fides_meta: {data_type: string, length: 40}}
    - {name: born, data_categories: [user.demographic.date_of_birth]}
    - {name: address_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: address.id, direction: to}]}}
  - name: employee
    fields:
    - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
    - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}
    - {name: name, data_categories: [user.name]}
    - {name: address_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: address.id, direction: to}]}}
  - name: orders
    fields:
    - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
    - {name: customer_id, data_categories: [user.unique_id], fides_meta: {references: [{dataset: shop, field: customer.id, direction: from}]}}
    - {name: shipping_address_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: address.id, direction: to}]}}
  - name: order_item
    fields:
    - {name: order_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: orders.id, direction: from}]}}
    - {name: product_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: product.id, direction: to}]}}
    - {name: gift_note, data_categories: [user.content]}
  - name: product
    fields:
    - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
    - {name: name, data_categories: [system.operations]}
  - name: service_request
    fields:
    - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
    - {name: email, data_categories: [system.operations], fides_meta: {identity: email}}
    - {name: alt_email, data_categories: [user.contact.email], fides_meta: {identity: email}}
    - {name: employee_id, data_categories: [user.unique_id], fides_meta: {references: [{dataset: shop, field: employee.id, direction: from}]}}
    - {name: body, data_categories: [user.content]}
  - name: visit
    fields:
    - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}
    - {name: page, data_categories: [system.operations]}
";
