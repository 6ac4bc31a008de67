//! A long list of many people as a workbook: what is withheld of it, and the copy that may leave.

use counterfoil_finding::model::{BlockKind, Document};
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_finding::redact::{Format, Options, Plan, ReasonCode, SafeFile, Span, redact_and_verify};
use counterfoil_finding::verify::{Doubt, Withheld, verify};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Note, Workbook};

const ROWS: u32 = 500;
const OWN: u32 = 331;

fn code() -> ReasonCode {
    ReasonCode::new("S2-16").unwrap()
}

fn name(row: u32) -> String {
    const FIRST: [&str; 7] = ["Casper", "Orla", "Ian", "Ngozi", "Priya", "Tomasz", "Mair"];
    const LAST: [&str; 9] =
        ["Holt", "Dunne", "Mayhew", "Okafor", "Nair", "Wrona", "Vaughan", "Achterberg", "Lindqvist"];
    let of = |list: &[&str], n: u32| list[n as usize % list.len()].to_owned();
    format!("{} {}{}", of(&FIRST, row), of(&LAST, row / 7), row)
}

fn account(row: u32) -> String {
    (10_000_000 + row * 99_991).to_string()
}

/// As a housing office keeps it: a title, names, flats of three figures as the rents are, accounts of eight, dates, amounts, a note in
/// the margin, a row that is hidden.
fn tenants() -> Vec<u8> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::parse_from_str("2000-01-01T00:00:00Z").unwrap();
    let about =
        DocProperties::new().set_author("Ngozi Okafor").set_title("Tenants").set_creation_datetime(&made);
    book.set_properties(&about);
    let sheet = book.add_worksheet();
    sheet.set_name("Sheet1").unwrap();
    for (column, head) in (0..).zip(["Tenant", "Flat", "Account", "Born", "Rent", "State"]) {
        sheet.write_string(0, column, head).unwrap();
    }
    for row in 1..=ROWS {
        let who = if row == OWN { "Wilfred Ashgrove".to_owned() } else { name(row) };
        sheet.write_string(row, 0, who).unwrap();
        sheet.write_number(row, 1, f64::from(100 + row)).unwrap();
        sheet.write_string(row, 2, account(row)).unwrap();
        sheet
            .write_string(row, 3, format!("{:02}/{:02}/19{:02}", row % 28 + 1, row % 12 + 1, row % 90 + 10))
            .unwrap();
        sheet.write_number(row, 4, 400.0 + f64::from(row % 40)).unwrap();
        sheet.write_string(row, 5, if row % 3 == 0 { "in arrears" } else { "paid" }).unwrap();
    }
    sheet.insert_note(3, 0, &Note::new("asked Orla Dunne8")).unwrap();
    sheet.set_row_hidden(7).unwrap();
    book.save_to_buffer().unwrap()
}

/// What becomes of the rows of the others.
#[derive(Debug, Clone, Copy)]
enum Hide {
    /// Their names, flats, accounts and dates of birth.
    Mentions,
    /// Every cell.
    Rows,
}

fn plan(document: &Document, hide: Hide) -> Plan {
    let mut plan = Plan::default();
    for (index, block) in document.blocks.iter().enumerate() {
        let BlockKind::Cell { row, column, .. } = block.kind else { continue };
        match hide {
            _ if row == 0 || row == OWN as usize || !block.visible => {}
            Hide::Rows => drop(plan.blocks.insert(index, code())),
            Hide::Mentions if column < 4 => plan.spans.push(Span {
                block: index,
                start: 0,
                end: block.text.chars().count(),
                code: code(),
                person: None,
            }),
            Hide::Mentions => {}
        }
    }
    plan
}

#[test]
fn a_long_list_is_released_without_the_others_in_every_format() {
    let source = tenants();
    let document = read(&source, &Hint::default(), &Limits::default()).unwrap();
    let formats = [Format::Pdf, Format::Html, Format::Xlsx];
    for hide in [Hide::Mentions, Hide::Rows] {
        let options = Options { formats: formats.into(), title: "Document 5".into(), ..Options::default() };
        let copy = redact_and_verify(&source, &document, &plan(&document, hide), &options)
            .unwrap_or_else(|e| panic!("{hide:?}: {}", e.to_string().chars().take(600).collect::<String>()));
        let sheet = copy.files().iter().find(|f| f.name.ends_with(".xlsx")).unwrap();
        let again = read(&sheet.bytes, &Hint::default(), &Limits::default()).unwrap();
        let said: Vec<&str> = again.blocks.iter().map(|b| b.text.as_str()).collect();
        assert!(said.contains(&"Wilfred Ashgrove") && said.contains(&"431"), "{hide:?}");
        for row in (1..=ROWS).filter(|row| *row != OWN) {
            let (name, account) = (name(row), account(row));
            assert!(!said.iter().any(|s| s.contains(&name) || *s == account), "{hide:?}: row {row}");
        }
        assert!(again.metadata.iter().all(|m| !m.value.contains("Okafor")), "the author was released");
    }
}

#[test]
fn a_number_that_was_to_be_withheld_is_found_in_a_cell_and_not_in_the_books_own_numbering() {
    let withheld = Withheld::texts(["101 102"]);
    let found = |numbers: bool| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("Sheet 1").unwrap();
        for row in 0..200_u32 {
            // The strings that stand behind the numbers say nothing; the numbers themselves run from 0 to 199.
            if numbers {
                sheet.write_number(row, 0, f64::from(row)).unwrap();
            } else {
                let letter = char::from_u32(u32::from(b'a') + row % 26).unwrap().to_string();
                sheet.write_string(row, 0, letter.repeat(row as usize / 26 + 1)).unwrap();
            }
        }
        let bytes = book.save_to_buffer().unwrap();
        let file = SafeFile {
            name: "a.xlsx".into(),
            media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            bytes,
        };
        verify(&[file], &withheld).err().unwrap_or_default()
    };
    assert!(found(true).iter().any(|d| matches!(d, Doubt::Found { .. })), "two cells that say it");
    assert!(!found(false).iter().any(|d| matches!(d, Doubt::Found { .. })), "{:?}", found(false));
}
