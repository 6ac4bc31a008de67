//! From the search of a request to its answer in the person's hands, where something stands in the way: a
//! restriction, a spreadsheet of many people, the way in which the answer was asked for. On both engines.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use counterfoil_domain::ids::PersonId;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_finding::write::flow::{Flow, Item, Run, Table};
use counterfoil_finding::write::{self, Words};
use counterfoil_service::casebook::{self, DocumentText};
use counterfoil_service::follow;
use counterfoil_service::rights::other::restrict;
use counterfoil_service::rights::{self, Choice, Fate, Ground, RequestText};
use jiff::civil::date;

use crate::rights::{House, WHY, in_each};

fn withheld() -> Ground {
    let test = [
        ("identifies", "yes"),
        ("consented", "no"),
        ("other", "ordinary"),
        ("information", "their rent and their number"),
        ("confidentiality", "none was promised"),
        ("steps", "none: there are too many"),
        ("capable", "yes"),
        ("refusal", "no"),
        ("reasonable", "no"),
        ("why", "they would not expect it"),
    ];
    let answers: BTreeMap<_, _> = test.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    Ground { code: "S2-16".into(), reason: "other tenants".into(), answers, known: false }
}

fn paper(house: &House, person: PersonId, name: &str, media_type: &str, content: &[u8]) {
    let about = DocumentText {
        name: name.into(),
        media_type: media_type.into(),
        source: "the client".into(),
        ..DocumentText::default()
    };
    casebook::add_document(&house.store, house.who("ada"), person, &about, content, None).unwrap();
}

/// Everyone else withheld, approved by a second person, sealed.
fn seal(house: &House, reference: &str) -> counterfoil_service::Result<()> {
    let ines = house.desk("ines");
    house.plan(reference);
    rights::decide(&ines, reference, &Choice::Others { fate: Fate::Withhold, ground: withheld() }).unwrap();
    rights::approve(&house.desk("marek"), reference).unwrap();
    rights::seal(&ines, reference, &|_, _| ()).map(|_| ())
}

#[test]
fn a_restricted_person_is_given_their_own_data_and_nobody_else_sees_it() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        paper(house, person, "letter.txt", "text/plain", b"Dear Wilfred, the rent is due.");
        let restriction = house.asked(Right::Restriction, person, &[("accuracy-contested", true)]);
        house.decide(&restriction, Outcome::Granted, "").unwrap();
        restrict::place(&house.desk("ines"), &restriction, "accuracy-contested", WHY).unwrap();
        assert!(!house.open_to_adviser(person));

        let access = house.asked(Right::Access, person, &[]);
        let searched = rights::search(&house.desk("ines"), &access, &[], &|_, _, _| ()).unwrap();
        assert!(searched.iter().all(|s| s.result != "failed"), "{searched:?}");
        let shown = rights::show(&house.desk("ines"), &access).unwrap();
        let named = |name: &str| shown.items.iter().any(|(_, _, item, _)| item.contains(name));
        assert!(named("Your record") && named("letter.txt") && named("Restriction of"), "{:?}", shown.items);
        seal(house, &access).unwrap();
        assert!(!house.open_to_adviser(person), "the restriction stands");
        restrict::told(&house.desk("ines"), &restriction, date(2026, 11, 10), "by letter today").unwrap();
        house.on("2026-11-12T09:00:00Z");
        restrict::lift(&house.desk("ines"), &restriction).unwrap();
        let trail = casebook::access_list(
            &house.store,
            house.who("ines"),
            counterfoil_domain::access::Purpose::RightsRequest,
            person,
            500,
        );
        let trail = format!("{trail:?}");
        assert!(trail.contains(&access), "the log says for which request it was opened: {trail}");
    });
}

const TENANTS: [[&str; 5]; 6] = [
    ["Tenant", "Flat", "Rent", "Telephone", "Remarks"],
    ["Wilfred Ashgrove", "3", "412.20", "07700 900123", "pays by the month"],
    ["Casper Holt", "4", "455.10", "07700 900599", "wants to move, asked Orla Dunne"],
    ["Orla Dunne", "5", "455.10", "07700 900598", "damp; see Casper Holt"],
    ["Ian May", "6", "399.95", "07700 900597", "arrears since May"],
    ["Wilfred Ashgrove", "3", "12.50", "07700 900123", "garage, shared with Casper Holt"],
];

fn workbook(rows: &[[&str; 5]]) -> Vec<u8> {
    let cell = |text: &&str| vec![Run::Text((*text).to_owned())];
    let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let table = Table { has_header: true, rows, origin: (0, 0) };
    let flow = Flow { title: "Rents".into(), language: "en-GB".into(), items: vec![Item::Table(table)] };
    write::xlsx(&flow, &Words::default()).unwrap()
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Everything that a released workbook says: its cells as they are read again, and every part as it stands.
fn said_by(bytes: &[u8]) -> String {
    let document = read(bytes, &Hint::default(), &Limits::default()).unwrap();
    let mut said: String = document.blocks.iter().map(|b| format!("{}\n", b.text)).collect();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for n in 0..archive.len() {
        let mut part = String::new();
        archive.by_index(n).unwrap().read_to_string(&mut part).unwrap();
        said.push_str(&part);
    }
    said
}

#[test]
fn a_spreadsheet_of_many_people_is_sealed_without_the_others() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        paper(house, person, "rents.xlsx", XLSX, &workbook(&TENANTS));
        let access = house.asked(Right::Access, person, &[]);
        rights::search(&house.desk("ines"), &access, &[], &|_, _, _| ()).unwrap();
        seal(house, &access).unwrap();
        let target = house.folder.path().join("pack");
        rights::release(&house.desk("ines"), &access, &target, None).unwrap();
        let mut seen = 0;
        for file in std::fs::read_dir(target.join("documents")).unwrap() {
            let path = file.unwrap().path();
            let said = match path.extension().and_then(|e| e.to_str()) {
                Some("xlsx") => {
                    seen += 1;
                    let said = said_by(&std::fs::read(&path).unwrap());
                    assert!(said.contains("412.2") && said.contains("Wilfred Ashgrove"), "{said}");
                    said
                }
                Some("html") => std::fs::read_to_string(&path).unwrap(),
                _ => continue,
            };
            for other in ["Casper", "Holt", "Orla", "Dunne", "900599", "900598", "900597"] {
                assert!(!said.contains(other), "`{other}` can be read in {}", path.display());
            }
        }
        assert_eq!(seen, 1, "a workbook is released as one");
    });
}

#[test]
fn the_answer_goes_the_way_that_was_asked_for() {
    in_each("council", "", |house| {
        let ines = house.desk("ines");
        for (reply_to, format, way) in
            [("w.ashgrove@mail.example", "electronic", "email"), ("3 Kiln Row, Moor", "electronic", "post")]
        {
            let mut reception = house.reception(Right::Access);
            reception.text =
                RequestText { reply_to: reply_to.into(), format: format.into(), ..reception.text };
            reception.received_on = date(2026, 11, 8);
            let reference = rights::receive(&ines, &reception).unwrap().reference;
            let shown = rights::show(&ines, &reference).unwrap();
            assert_eq!((shown.hand_over, shown.has_access), (way, false));
            follow::issue(&ines, &reference).unwrap();
            let expected = if way == "post" { "post" } else { "online" };
            assert_eq!(rights::show(&ines, &reference).unwrap().hand_over, expected);
        }
    });
}
