//! Safe copies: what they show, what they keep, and that nothing withheld can be recovered from them by
//! the tools that a curious reader has.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use counterfoil_finding::cast::Cast;
use counterfoil_finding::detect::{Config, Detector};
use counterfoil_finding::model::{
    Area, Attachment, Block, BlockKind, Document, FileKind, Hidden, HiddenKind, Meta, Page, Problem, Source,
    Word,
};
use counterfoil_finding::redact::{
    AttachmentPlan, Automatic, Format, Kept, Options, PageArea, Plan, ReasonCode, RedactError, Span,
    mentions, redact, redact_and_verify, spread,
};
use counterfoil_finding::verify::ReleasedCopy;

pub fn code(text: &str) -> ReasonCode {
    ReasonCode::new(text).unwrap()
}

pub fn block(kind: BlockKind, text: &str) -> Block {
    let source = Source::Part { name: "document".into(), element: 0 };
    Block { kind, text: text.into(), source, visible: true }
}

pub fn document(kind: FileKind, blocks: Vec<Block>) -> Document {
    Document {
        kind,
        blocks,
        hidden: vec![],
        metadata: vec![],
        attachments: vec![],
        pages: vec![],
        problems: vec![],
    }
}

pub fn all_formats() -> Options {
    Options { formats: [Format::Pdf, Format::Html, Format::Text].into(), ..Options::default() }
}

/// A plan that withholds every mention of the terms.
pub fn withholding(document: &Document, terms: &[&str]) -> Plan {
    let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
    Plan { spans: mentions(document, &terms, &code("S2-16")), ..Plan::default() }
}

fn bytes_of<'a>(copy: &'a ReleasedCopy, media_type: &str) -> &'a [u8] {
    &copy.files().iter().find(|f| f.media_type == media_type).expect("a file of this type").bytes
}

fn text_of(copy: &ReleasedCopy, media_type: &str) -> String {
    String::from_utf8_lossy(bytes_of(copy, media_type)).into_owned()
}

/// Where to leave outputs for a look by eye: the folder in `COUNTERFOIL_LOOK`, if set.
pub fn leave(copy: &ReleasedCopy, name: &str) {
    let Some(folder) = std::env::var_os("COUNTERFOIL_LOOK").map(PathBuf::from) else { return };
    for file in copy.files() {
        std::fs::write(folder.join(format!("{name}-{}", file.name)), &file.bytes).unwrap();
    }
}

pub fn has(tool: &str) -> bool {
    static SEEN: Mutex<BTreeMap<String, bool>> = Mutex::new(BTreeMap::new());
    *SEEN.lock().unwrap().entry(tool.to_owned()).or_insert_with(|| {
        let found = Command::new(tool).arg("-v").output().is_ok();
        if !found {
            println!("skipped: {tool} is not installed");
        }
        found
    })
}

/// Everything that common tools recover from a PDF, in one text.
pub fn recovered(pdf: &[u8], ocr: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.pdf");
    std::fs::write(&path, pdf).unwrap();
    let path = path.to_str().unwrap();
    let mut all = String::new();
    let tools: [(&str, &[&str]); 6] = [
        ("pdftotext", &["-layout", path, "-"]),
        ("pdftotext", &["-raw", path, "-"]),
        ("pdfinfo", &["-struct-text", path]),
        ("mutool", &["draw", "-F", "txt", path]),
        ("qpdf", &["--qdf", "--object-streams=disable", path, "-"]),
        ("strings", &["-n", "4", path]),
    ];
    for (tool, arguments) in tools {
        if has(tool) {
            let output = Command::new(tool).args(arguments).output().unwrap();
            all.push_str(&String::from_utf8_lossy(&output.stdout));
            all.push('\n');
        }
    }
    if ocr && has("pdftoppm") && has("tesseract") {
        all.push_str(&read_by_ocr(folder.path(), path));
    }
    all
}

fn read_by_ocr(folder: &Path, pdf: &str) -> String {
    let root = folder.join("page");
    Command::new("pdftoppm")
        .args(["-r", "120", "-l", "1", "-gray", "-png", pdf, root.to_str().unwrap()])
        .status()
        .unwrap();
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().extension().is_some_and(|e| e == "png") {
            // One thread: on a small machine Tesseract's own threads mostly wait for each other.
            let mut tesseract = Command::new("tesseract");
            tesseract.env("OMP_THREAD_LIMIT", "1").arg(entry.path()).arg("stdout");
            let output = tesseract.output().unwrap();
            text.push_str(&String::from_utf8_lossy(&output.stdout));
        }
    }
    text
}

pub fn assert_gone(text: &str, terms: &[&str], from: &str) {
    let folded: String = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    for term in terms {
        let term = term.to_lowercase();
        let found = folded.match_indices(&term).any(|(at, _)| {
            let before = folded[..at].chars().next_back();
            let after = folded[at + term.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        });
        assert!(!found, "a withheld text was recovered from {from}");
    }
}

/// A case note with most kinds of block.
pub fn case_note() -> Document {
    let cell =
        |row, column, text: &str| block(BlockKind::Cell { table: 0, row, column, header: row == 0 }, text);
    document(
        FileKind::Docx,
        vec![
            block(BlockKind::Heading(1), "Visit to Siân Ŵyn-Jones"),
            block(BlockKind::Header("From".into()), "Priya Raman <priya.raman@harbour.example>"),
            block(BlockKind::Header("Subject".into()), "Re: Doherty, rent arrears"),
            block(
                BlockKind::Paragraph,
                "Siân lives at 14 Harbour View. Her neighbour, Sean Doherty, rang on 3 March and again on 5 March: \
                 he planned to complain. Mr Doherty's number is 07700 900123. Llŷr asked for an interpreter; \
                 tá fáilte roimh Ghaeilge: ḃ ċ ḋ ḟ ġ ṁ ṗ ṡ ṫ.",
            ),
            block(BlockKind::Heading(2), "What was agreed"),
            block(BlockKind::ListItem, "Ring Sean\u{a0}Doherty before Friday"),
            block(
                BlockKind::ListItem,
                "Write to the housing association about the boiler, the damp in the back \
                                        bedroom and the broken gate → by 12 April ✓",
            ),
            block(BlockKind::Quote(1), "I am not happy with how this was handled. S. Doherty"),
            block(BlockKind::Quote(2), "Thank you for your letter."),
            cell(0, 0, "Date"),
            cell(0, 1, "Who"),
            cell(0, 2, "What was said"),
            cell(1, 0, "3 March"),
            cell(1, 1, "Sean Doherty"),
            cell(1, 2, "Complained about noise from the flat above and asked for the name of the officer."),
            cell(2, 0, "5 March"),
            cell(2, 1, "Priya Raman"),
            cell(2, 2, "Explained the procedure. Told SEAN DOHERTY that he may or may not be invited."),
            block(BlockKind::Aside, "Page footer: casework system, printed by Priya"),
        ],
    )
}

const TERMS: [&str; 5] = ["Sean Doherty", "Mr Doherty", "Doherty", "07700 900123", "S. Doherty"];

#[test]
fn a_case_note_is_written_anew_and_nothing_withheld_is_recoverable() {
    let document = case_note();
    let plan = withholding(&document, &TERMS);
    let mut options = all_formats();
    options.meanings.insert(
        code("S2-16"),
        "Information about another person (DPA 2018, Schedule 2, paragraph 16)".into(),
    );
    let copy = redact_and_verify(b"", &document, &plan, &options).unwrap();
    leave(&copy, "case-note");
    let pdf = recovered(bytes_of(&copy, "application/pdf"), true);
    let (html, text) = (text_of(&copy, "text/html"), text_of(&copy, "text/plain"));
    for (from, output) in [("pdf", &pdf), ("html", &html), ("text", &text)] {
        assert_gone(output, &TERMS, from);
        assert_gone(output, &["Sean"], from);
        assert!(
            from == "pdf" && !has("pdftotext") || output.contains("Harbour View"),
            "{from} lost its text"
        );
    }
    assert!(html.contains("Siân Ŵyn-Jones") && html.contains("Llŷr"));
    assert!(html.contains("[withheld: S2-16]"));
    assert!(html.contains("<th scope=\"col\">Who</th>") && html.contains("<blockquote>"));
    assert!(copy.report().marks[&code("S2-16")] >= 8);
}

#[test]
fn labels_do_not_tell_how_much_was_withheld() {
    let copies: Vec<ReleasedCopy> = ["Al Ox", "Bartholomew Featherstonehaugh of Market Harborough"]
        .map(|name| {
            let text = format!("On Monday {name} rang about the gate.");
            let document = document(FileKind::Text, vec![block(BlockKind::Paragraph, &text)]);
            redact_and_verify(b"", &document, &withholding(&document, &[name]), &all_formats()).unwrap()
        })
        .into();
    for (short, long) in copies[0].files().iter().zip(copies[1].files()) {
        assert_eq!(short.bytes, long.bytes, "{} differs with the length of the withheld text", short.name);
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let document = case_note();
    let plan = withholding(&document, &TERMS);
    let options = Options { formats: [Format::Pdf, Format::Html, Format::Xlsx].into(), ..Options::default() };
    let files = || redact(b"", &document, &plan, &options).unwrap().files;
    assert_eq!(files(), files());
}

#[test]
fn a_pdf_copy_is_tagged_with_title_language_and_reading_order() {
    if !has("pdfinfo") {
        return;
    }
    let document = case_note();
    let options = Options { title: "Document 7".into(), language: "cy".into(), ..Options::default() };
    let copy = redact_and_verify(b"", &document, &withholding(&document, &TERMS), &options).unwrap();
    let structure = recovered(bytes_of(&copy, "application/pdf"), false);
    for expected in ["Table", "TH", "BlockQuote", "LBody", "H2", "pdfuaid", "Document 7", "(cy)"] {
        assert!(structure.contains(expected), "no {expected} in the PDF");
    }
}

#[test]
fn hidden_text_properties_and_names_are_dropped() {
    let mut document = case_note();
    document
        .blocks
        .push(Block { visible: false, ..block(BlockKind::Aside, "deleted: Ryan Okafor was here") });
    document.hidden.push(Hidden { what: HiddenKind::TrackedChange, place: "paragraph 4".into(), count: 1 });
    document.metadata.push(Meta { name: "author".into(), value: "Ryan Okafor".into() });
    document.problems.push(Problem { place: "picture 1".into(), why: "unknown format".into() });
    let copy = redact_and_verify(b"", &document, &withholding(&document, &TERMS), &all_formats()).unwrap();
    assert_gone(&text_of(&copy, "text/html"), &["Okafor"], "html");
    assert_gone(&recovered(bytes_of(&copy, "application/pdf"), false), &["Okafor"], "pdf");
    assert_eq!(copy.report().hidden_dropped.len(), 1);
    assert_eq!(copy.report().properties_dropped, 1);
    assert_eq!(copy.report().not_read.len(), 1);
}

#[test]
fn a_mention_that_no_one_decided_is_a_doubt_until_it_is_kept_or_spread() {
    let text = "Ann Wells wrote. The officer answered Ann Wells.";
    let document = document(FileKind::Text, vec![block(BlockKind::Paragraph, text)]);
    let span = Span { block: 0, start: 0, end: 9, code: code("S2-16"), person: None };
    let mut plan = Plan { spans: vec![span], ..Plan::default() };
    let doubted = redact_and_verify(b"", &document, &plan, &all_formats());
    assert!(matches!(doubted, Err(RedactError::Doubt(_))), "the second mention went out unseen");

    let mut spread_plan = plan.clone();
    spread(&document, &mut spread_plan);
    assert_eq!(spread_plan.spans.len(), 2);
    redact_and_verify(b"", &document, &spread_plan, &all_formats()).unwrap();

    plan.kept.push(Kept { block: 0, start: 38, end: 47, reason: "quoted by the requester".into() });
    let copy = redact_and_verify(b"", &document, &plan, &all_formats()).unwrap();
    assert_eq!(text_of(&copy, "text/html").matches("Ann Wells").count(), 1);
}

#[test]
fn a_plan_that_points_outside_the_document_is_refused() {
    let document = case_note();
    for span in [(99, 0, 1), (0, 0, 999), (0, 3, 3)] {
        let (block, start, end) = span;
        let spans = vec![Span { block, start, end, code: code("X"), person: None }];
        let refused = redact(b"", &document, &Plan { spans, ..Plan::default() }, &all_formats());
        assert!(matches!(refused, Err(RedactError::Outside(_))), "{span:?} was not refused");
    }
}

#[test]
fn a_reason_code_fits_its_label() {
    for bad in ["", "   ", "S2-16-and-more", "a\nb", "<b>", "Ĉ"] {
        assert!(ReasonCode::new(bad).is_err(), "{bad:?} was taken");
    }
    assert_eq!(code("S2-16").as_str(), "S2-16");
}

#[test]
fn a_workbook_is_values_only_and_keeps_its_places() {
    let cell = |row, column, text: &str, visible| Block {
        kind: BlockKind::Cell { table: 0, row, column, header: row == 0 },
        text: text.into(),
        source: Source::Sheet { sheet: "Okafor family".into(), row, column },
        visible,
    };
    let blocks = vec![
        cell(0, 0, "Name", true),
        cell(0, 1, "Reference", true),
        cell(1, 0, "Sean Doherty", true),
        cell(1, 1, "007", true),
        cell(2, 0, "Hidden Person", false),
        cell(3, 0, "=1+1", true),
        cell(3, 1, "42.5", true),
    ];
    let document = document(FileKind::Spreadsheet, blocks);
    let options = Options { formats: [Format::Xlsx, Format::Pdf, Format::Html].into(), ..Options::default() };
    let copy =
        redact_and_verify(b"", &document, &withholding(&document, &["Sean Doherty"]), &options).unwrap();
    leave(&copy, "workbook");
    let sheet = copy.files().iter().find(|f| f.name.ends_with(".xlsx")).unwrap();
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(&sheet.bytes)).unwrap();
    use calamine::Reader;
    let range = book.worksheet_range("Sheet 1").unwrap();
    let value = |row, column| range.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!(value(1, 0), "[withheld: S2-16]");
    assert_eq!(value(1, 1), "007", "a reference lost its zeros");
    assert_eq!(value(2, 0), "", "a hidden row was released");
    assert_eq!(value(3, 0), "=1+1", "text that looks like a formula must stay text");
    assert_eq!(value(3, 1), "42.5");
    let all: String = book.sheet_names().join(" ");
    assert!(!all.contains("Okafor"), "the sheet's own name was released");
}

#[test]
fn attachments_are_released_only_by_their_own_plan() {
    let inner = document(FileKind::Text, vec![block(BlockKind::Paragraph, "Call Sean Doherty about keys.")]);
    let attachment = |name: &str| Attachment {
        name: name.into(),
        hash: [0; 32],
        bytes: b"Call Sean Doherty about keys.".to_vec(),
        content: Ok(Box::new(inner.clone())),
    };
    let mut mail = document(
        FileKind::Email,
        vec![
            block(BlockKind::Header("From".into()), "Priya Raman"),
            block(BlockKind::Header("X-Sean-Doherty".into()), "yes"),
            block(BlockKind::Paragraph, "See the attached."),
            block(BlockKind::Attachment(0), "sean-doherty-keys.txt"),
            block(BlockKind::Attachment(1), "scan of doherty.txt"),
        ],
    );
    mail.attachments = vec![attachment("sean-doherty-keys.txt"), attachment("scan of doherty.txt")];
    let inner_plan = withholding(&inner, &["Sean Doherty"]);
    let plan = Plan {
        attachments: [(0, AttachmentPlan::Release(Box::new(inner_plan)))].into(),
        ..withholding(&mail, &["Sean Doherty"])
    };
    let copy = redact_and_verify(b"", &mail, &plan, &Options::default()).unwrap();
    let names: Vec<&str> = copy.files().iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "released-copy.pdf",
            "released-copy.html",
            "released-copy-attachment-1.pdf",
            "released-copy-attachment-1.html"
        ]
    );
    assert_eq!(copy.report().attachments_withheld, [2]);
    for file in copy.files().iter().filter(|f| f.media_type == "text/html") {
        assert_gone(&String::from_utf8_lossy(&file.bytes), &["Doherty"], &file.name);
    }
}

/// A picture of text-like strokes with one word box.
fn picture() -> (Vec<u8>, Document) {
    let mut image = image::RgbImage::from_pixel(300, 120, image::Rgb([255, 255, 255]));
    for x in 20..120 {
        for y in 30..50 {
            image.put_pixel(
                x,
                y,
                if (x / 3) % 2 == 0 { image::Rgb([0, 0, 160]) } else { image::Rgb([250, 250, 250]) },
            );
        }
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let area = Area { x0: 20.0, y0: 30.0, x1: 120.0, y1: 50.0 };
    let word = Word { start: 0, end: 7, area };
    let block = Block {
        kind: BlockKind::Paragraph,
        text: "Doherty".into(),
        source: Source::Page { page: 0, words: vec![word] },
        visible: true,
    };
    let mut document = document(FileKind::Image, vec![block]);
    document.pages = vec![Page { width: 300.0, height: 120.0, needs_ocr: true, ocr: true }];
    (bytes.into_inner(), document)
}

#[test]
fn regions_of_a_picture_are_burnt_in() {
    let (bytes, document) = picture();
    let mut plan = withholding(&document, &["Doherty"]);
    let corner = Area { x0: 200.0, y0: 80.0, x1: 250.0, y1: 110.0 };
    plan.areas.push(PageArea { page: 0, area: Some(corner), code: code("FACE") });
    let options = Options { formats: [Format::Image, Format::Pdf].into(), ..Options::default() };
    let copy = redact_and_verify(&bytes, &document, &plan, &options).unwrap();
    let burnt = image::load_from_memory(bytes_of(&copy, "image/png")).unwrap().into_luma8();
    for (x0, x1, y0, y1) in [(20, 120, 30, 50), (200, 250, 80, 110)] {
        let shades: std::collections::BTreeSet<u8> = (x0..x1)
            .flat_map(|x| (y0..y1).map(move |y| (x, y)))
            .map(|(x, y)| burnt.get_pixel(x, y).0[0])
            .collect();
        assert_eq!(shades.len(), 1, "something shows through");
    }
    assert!(copy.certificate().files.iter().all(|f| f.areas >= 2), "the pixels were not looked at");
}

#[test]
fn an_unread_picture_or_page_is_withheld_unless_someone_has_seen_it() {
    let (bytes, mut document) = picture();
    document.pages[0].ocr = false;
    let image = Options { formats: [Format::Image].into(), ..Options::default() };
    let refused = redact_and_verify(&bytes, &document, &Plan::default(), &image);
    assert!(matches!(refused, Err(RedactError::WholePicture)));
    let pdf = Options { formats: [Format::Pdf].into(), ..Options::default() };
    let copy = redact_and_verify(&bytes, &document, &Plan::default(), &pdf).unwrap();
    assert_eq!(copy.report().pages_withheld, [1]);
    let seen = Plan { pages_seen: [0].into(), ..Plan::default() };
    redact_and_verify(&bytes, &document, &seen, &image).unwrap();
}

const CAST: &str = r#"
[[person]]
role = "requester"
forenames = ["Siân"]
surname = "Wyn-Jones"

[[person]]
role = "third-party"
title = "Mr"
forenames = ["Sean"]
surname = "Doherty"

[[person]]
role = "staff"
forenames = ["Priya"]
surname = "Raman"
"#;

#[test]
fn everyone_but_the_requester_and_staff_is_withheld_without_asking() {
    let document = case_note();
    let cast = Cast::from_toml(CAST).unwrap();
    let detector = Detector::new(&Config::default()).unwrap();
    let automatic = Automatic {
        detector: Some(&detector),
        cast: Some(&cast),
        terms: &["boiler".into()],
        code: code("S2-16"),
    };
    let copy = redact_and_verify(b"", &document, &automatic.plan(&document), &all_formats()).unwrap();
    leave(&copy, "automatic");
    let html = text_of(&copy, "text/html");
    assert_gone(&html, &["Doherty", "Sean", "07700 900123", "boiler"], "html");
    assert!(html.contains("Siân") && html.contains("Priya"), "the requester's own data was withheld: {html}");
}

#[test]
fn a_name_that_goes_on_in_the_next_block_or_stands_in_an_attachment_is_withheld_there_too() {
    let inner = document(FileKind::Text, vec![block(BlockKind::Paragraph, "Signed by Dennis Regalado.")]);
    let mut mail = document(
        FileKind::Email,
        vec![
            block(BlockKind::Paragraph, "From Dennis Regalado, on behalf of Dennis"),
            block(BlockKind::Paragraph, "Regalado and others."),
        ],
    );
    mail.attachments = vec![Attachment {
        name: "a.txt".into(),
        hash: [0; 32],
        bytes: vec![],
        content: Ok(Box::new(inner.clone())),
    }];
    let span = Span { block: 0, start: 5, end: 20, code: code("S2-16"), person: None };
    let mut plan = Plan {
        spans: vec![span],
        attachments: [(0, AttachmentPlan::Release(Box::default()))].into(),
        ..Plan::default()
    };
    assert!(matches!(redact_and_verify(b"", &mail, &plan, &all_formats()), Err(RedactError::Doubt(_))));
    spread(&mail, &mut plan);
    let copy = redact_and_verify(b"", &mail, &plan, &all_formats()).unwrap();
    for file in copy.files().iter().filter(|f| f.media_type == "text/html") {
        assert_gone(&String::from_utf8_lossy(&file.bytes), &["Dennis", "Regalado"], &file.name);
    }
}
