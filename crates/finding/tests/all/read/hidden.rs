//! What each format hides is found, kept as invisible blocks, and listed.

use counterfoil_finding::model::{BlockKind, Document, FileKind, HiddenKind, Source};
use counterfoil_finding::read::{self, Hint, Limits};
use lopdf::{Object, Stream, dictionary};

use super::fixture::{at, docx, eml, msg, pdf, tnef, xlsx, zip};

fn open(bytes: &[u8]) -> Document {
    read::read(bytes, &Hint::default(), &Limits::default()).unwrap()
}

fn named(bytes: &[u8], name: &str) -> Document {
    read::read(bytes, &Hint { name: Some(name), media_type: None }, &Limits::default()).unwrap()
}

fn lists(document: &Document, what: HiddenKind) -> bool {
    document.hidden.iter().any(|h| h.what == what && h.count > 0)
}

/// True when a block holds the words and is visible as said.
fn holds(document: &Document, words: &str, visible: bool) -> bool {
    document.blocks.iter().any(|b| b.text.contains(words) && b.visible == visible)
}

/// The words are there, invisible, in no visible block, and listed as `what`.
fn conceals(document: &Document, what: HiddenKind, words: &str) {
    assert!(lists(document, what), "{what:?} is not listed: {:?}", document.hidden);
    assert!(holds(document, words, false), "`{words}` is not kept: {:#?}", document.blocks);
    assert!(!holds(document, words, true), "`{words}` is visible");
}

#[test]
fn word_hides_in_many_ways() {
    let body = r#"<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Case notes</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Shown </w:t></w:r><w:del w:author="Nia Penn"><w:r><w:delText>deleted words</w:delText></w:r></w:del>
<w:ins w:author="Nia Penn"><w:r><w:t>and inserted</w:t></w:r></w:ins></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>vanished words</w:t></w:r></w:p>
<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>white words</w:t></w:r></w:p>
<w:p><w:r><w:instrText>HYPERLINK "mailto:secret@example.org"</w:instrText></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Cell A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Cell B</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#;
    let more = [
        (
            "word/styles.xml",
            r#"<w:styles><w:style w:styleId="H"><w:name w:val="heading 2"/></w:style></w:styles>"#,
        ),
        (
            "word/comments.xml",
            r#"<w:comments><w:comment w:author="Owen Frith"><w:p><w:r><w:t>a margin comment</w:t></w:r></w:p></w:comment></w:comments>"#,
        ),
        (
            "word/footnotes.xml",
            r#"<w:footnotes><w:footnote><w:p><w:r><w:t>a footnote</w:t></w:r></w:p></w:footnote></w:footnotes>"#,
        ),
        ("docProps/core.xml", r#"<p><creator>Rhys Quill</creator></p>"#),
        ("word/embeddings/data.txt", "embedded words of a file"),
        ("customXml/item1.xml", "<x>custom words</x>"),
    ];
    let document = open(&docx(body, &more));
    assert_eq!(document.kind, FileKind::Docx);
    assert_eq!(document.blocks[0].kind, BlockKind::Heading(2));
    conceals(&document, HiddenKind::TrackedChange, "deleted words");
    assert!(holds(&document, "Shown and inserted", true));
    conceals(&document, HiddenKind::InvisibleText, "vanished words");
    conceals(&document, HiddenKind::InvisibleText, "white words");
    conceals(&document, HiddenKind::FieldCode, "secret@example.org");
    conceals(&document, HiddenKind::Comment, "a margin comment");
    conceals(&document, HiddenKind::Metadata, "custom words");
    assert!(holds(&document, "a footnote", true));
    assert!(lists(&document, HiddenKind::EmbeddedFile) && document.attachments.len() == 1);
    let names: Vec<_> = document.metadata.iter().map(|m| m.value.as_str()).collect();
    for person in ["Nia Penn", "Owen Frith", "Rhys Quill"] {
        assert!(names.contains(&person), "{names:?}");
    }
    let cell = |c| BlockKind::Cell { table: 0, row: 0, column: c, header: false };
    assert!(document.blocks.iter().any(|b| b.text == "Cell B" && b.kind == cell(1)));
}

#[test]
fn sheets_hide_rows_columns_sheets_and_caches() {
    let sheet = r#"<cols><col min="3" max="3" hidden="1"/></cols><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>25569</v></c><c r="C1" t="inlineStr"><is><t>hidden column</t></is></c></row>
<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>hidden row</t></is></c></row>
<row r="3"><c r="A3" s="2"><v>44927.5</v></c><c r="B3" t="str"><f>"Dear "&amp;"Tess Hale"</f><v>Dear all</v></c></row></sheetData>
<dataValidations><dataValidation prompt="ask Una Birch"><formula1>"Vic Oakes,Wyn Reed"</formula1></dataValidation></dataValidations>
<autoFilter><filterColumn><filters><filter val="Xan Moor"/></filters></filterColumn></autoFilter>
<headerFooter><oddHeader>&amp;L&amp;"Arial"Council &amp;P</oddHeader></headerFooter>"#;
    let more = [
        (
            "xl/pivotCache/pivotCacheDefinition1.xml",
            r#"<d><sharedItems><s v="Yusuf Dale"/></sharedItems></d>"#,
        ),
        ("xl/externalLinks/externalLink1.xml", "<e><cell><v>Zara Holm</v></cell></e>"),
        (
            "xl/comments1.xml",
            "<comments><authors><author>Abe Lunn</author></authors><t>a cell comment</t></comments>",
        ),
        ("xl/drawings/drawing1.xml", "<d><sp><p><t>a text box</t></p></sp></d>"),
        ("xl/vbaProject.bin", "macro words here"),
    ];
    let document = open(&xlsx(sheet, r#"state="veryHidden""#, &more));
    conceals(&document, HiddenKind::Columns, "hidden column");
    conceals(&document, HiddenKind::Rows, "hidden row");
    conceals(&document, HiddenKind::VeryHiddenSheet, "Mabel Thorne");
    conceals(&document, HiddenKind::Formula, "Tess Hale");
    conceals(&document, HiddenKind::DataValidation, "Una Birch");
    conceals(&document, HiddenKind::DataValidation, "Wyn Reed");
    conceals(&document, HiddenKind::Filter, "Xan Moor");
    conceals(&document, HiddenKind::PivotCache, "Yusuf Dale");
    conceals(&document, HiddenKind::ExternalLink, "Zara Holm");
    conceals(&document, HiddenKind::Comment, "a cell comment");
    conceals(&document, HiddenKind::DefinedName, "Officer");
    conceals(&document, HiddenKind::Script, "macro words here");
    assert!(holds(&document, "a text box", true) && holds(&document, "Council", true));
    assert!(holds(&document, "1970-01-01", true), "a serial number is shown as its date");
    assert!(holds(&document, "2023-01-01 12:00:00", true));
    let shared = document.blocks.iter().find(|b| b.text == "Shared words").unwrap();
    assert_eq!(shared.source, Source::Sheet { sheet: "Cases".into(), row: 0, column: 0 });
}

#[test]
fn a_workbook_of_another_maker_is_read() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "Name").unwrap();
    sheet.write(4, 1, "Idris Vale").unwrap();
    sheet.set_row_hidden(4).unwrap();
    let document = open(&book.save_to_buffer().unwrap());
    conceals(&document, HiddenKind::Rows, "Idris Vale");
}

#[test]
fn slides_hide_notes_slides_and_covered_shapes() {
    let shape = |x: i64, fill: &str, text: &str| {
        format!(
            r#"<p:sp><p:spPr><a:xfrm><a:off x="{x}" y="0"/><a:ext cx="100" cy="100"/></a:xfrm>{fill}</p:spPr><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>"#
        )
    };
    let first = format!(
        "<p:sld>{}{}{}{}</p:sld>",
        shape(0, "", "covered words"),
        shape(0, "<a:solidFill/>", ""),
        shape(5000, "", "words beyond the edge"),
        shape(300, "", "shown words")
    );
    let parts = [
        ("ppt/presentation.xml", r#"<p:presentation><p:sldSz cx="1000" cy="800"/><p:sldIdLst><p:sldId r:id="a"/><p:sldId r:id="b"/></p:sldIdLst></p:presentation>"#.to_owned()),
        ("ppt/_rels/presentation.xml.rels", r#"<R><Relationship Id="a" Target="slides/slide1.xml"/><Relationship Id="b" Target="slides/slide2.xml"/></R>"#.to_owned()),
        ("ppt/slides/slide1.xml", first),
        ("ppt/slides/slide2.xml", format!(r#"<p:sld show="0">{}</p:sld>"#, shape(0, "", "words of a hidden slide"))),
        ("ppt/notesSlides/notesSlide1.xml", "<p:notes><a:p><a:t>what the speaker says</a:t></a:p></p:notes>".to_owned()),
    ];
    let document = open(&zip(&parts.iter().map(|(n, t)| (*n, t.as_bytes())).collect::<Vec<_>>()));
    assert_eq!(document.kind, FileKind::Pptx);
    conceals(&document, HiddenKind::TextUnderBox, "covered words");
    conceals(&document, HiddenKind::OffPage, "words beyond the edge");
    conceals(&document, HiddenKind::Slide, "words of a hidden slide");
    conceals(&document, HiddenKind::SpeakerNotes, "what the speaker says");
    assert!(holds(&document, "shown words", true));
}

#[test]
fn open_document_text_and_sheets() {
    let text = r#"<o><automatic-styles><style:style style:name="T1"><style:text-properties text:display="none"/></style:style></automatic-styles>
<text:tracked-changes><text:changed-region><text:deletion><dc:creator>Nia Penn</dc:creator><text:p>deleted words</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="2">A heading</text:h><text:p>Shown<text:s text:c="2"/>words<text:span text:style-name="T1">unseen words</text:span></text:p>
<text:p>More<office:annotation><dc:creator>Owen Frith</dc:creator><text:p>a comment</text:p></office:annotation></text:p></o>"#;
    let odt =
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", text.as_bytes())]);
    let document = open(&odt);
    assert_eq!(document.kind, FileKind::Odt);
    assert!(holds(&document, "Shown  words", true));
    conceals(&document, HiddenKind::InvisibleText, "unseen words");
    conceals(&document, HiddenKind::TrackedChange, "deleted words");
    conceals(&document, HiddenKind::Comment, "a comment");
    let sheet = r#"<o><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>
<table:table table:name="Open"><table:table-column/><table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell><text:p>shown</text:p></table:table-cell><table:table-cell><text:p>hidden column</text:p></table:table-cell></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell><text:p>hidden row</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Shut" table:style-name="ta2"><table:table-row><table:table-cell><text:p>hidden sheet</text:p></table:table-cell></table:table-row></table:table></o>"#;
    let ods = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", sheet.as_bytes()),
    ]);
    let document = open(&ods);
    conceals(&document, HiddenKind::Columns, "hidden column");
    conceals(&document, HiddenKind::Rows, "hidden row");
    conceals(&document, HiddenKind::Sheet, "hidden sheet");
    assert!(holds(&document, "shown", true));
}

#[test]
fn rich_text_hides_text_comments_and_objects() {
    let rtf = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Rhys Quill}}Caf\'e9 and \u8364?20\par
Shown {\v unseen words}\par{\*\annotation a comment}{\field{\*\fldinst HYPERLINK mailto:x@example.org}{\fldrslt the link}}\par
{\trowd\intbl one\cell two\cell\row}{\object{\*\objdata 48656c6c6f2c206f626a65637421}}}";
    let document = open(rtf.as_bytes());
    assert!(holds(&document, "Café and €20", true), "{:#?}", document.blocks);
    conceals(&document, HiddenKind::InvisibleText, "unseen words");
    conceals(&document, HiddenKind::Comment, "a comment");
    conceals(&document, HiddenKind::FieldCode, "x@example.org");
    conceals(&document, HiddenKind::EmbeddedFile, "Hello, object!");
    assert!(holds(&document, "the link", true) && holds(&document, "two", true));
    assert!(document.metadata.iter().any(|m| m.value == "Rhys Quill"));
}

#[test]
fn pages_hide_elements_comments_and_pixels() {
    let page = r#"<!doctype html><html><head><style>.gone{display:none} p.off{visibility:hidden}</style><title>T</title></head><body>
<h1>Heading</h1><p>Shown <b>words</b></p><p class="gone">by class</p><p class=off>by rule</p><div style="display: none">by style</div>
<p style="color:#fff">by colour</p><p style="font-size:0">by size</p><!-- a comment --><script>var s = "in a script";</script>
<input type=hidden value="in a field"><a href="mailto:secret@example.org">write to us</a>
<table><tr><th>Name</th><td>Ada</td></tr></table><img src="https://t.example/pixel" width="1" height="1"></body></html>"#;
    let document = open(page.as_bytes());
    for words in ["by class", "by rule", "by style", "by colour", "by size", "a comment", "t.example/pixel"] {
        conceals(&document, HiddenKind::HiddenElement, words);
    }
    conceals(&document, HiddenKind::Script, "in a script");
    conceals(&document, HiddenKind::FormField, "in a field");
    conceals(&document, HiddenKind::LinkTarget, "secret@example.org");
    assert!(holds(&document, "Shown words", true));
    assert!(
        document
            .blocks
            .iter()
            .any(|b| b.kind == BlockKind::Cell { table: 0, row: 0, column: 0, header: true })
    );
}

#[test]
fn a_message_shows_headers_bodies_and_files() {
    let document = open(&eml());
    assert_eq!(document.kind, FileKind::Email);
    assert!(holds(&document, "Zoë Marsh <zoe@example.org>", true));
    assert!(holds(&document, "The café is shut.", true));
    assert!(document.blocks.iter().any(|b| b.kind == BlockKind::Quote(1) && b.text == "When does it open?"));
    assert!(holds(&document, "Only in the page", true), "what only the HTML says is read");
    assert!(lists(&document, HiddenKind::Alternative) && lists(&document, HiddenKind::TransportHeader));
    conceals(&document, HiddenKind::HiddenElement, "t.example/p");
    let kinds: Vec<_> = document.attachments.iter().map(|a| a.content.as_ref().unwrap().kind).collect();
    assert_eq!(kinds, [FileKind::Csv, FileKind::Email]);
    assert!(holds(document.attachments[1].content.as_ref().unwrap(), "The inner words.", true));
}

#[test]
fn outlook_and_winmail_are_messages_too() {
    let document = open(&msg("Re: Larch Court", "Shown words"));
    assert_eq!(document.kind, FileKind::Msg);
    assert!(
        holds(&document, "Ada Bell <ada@example.org>", true)
            && holds(&document, "Ben Vale <ben@example.org>", true)
    );
    conceals(&document, HiddenKind::TransportHeader, "192.0.2.7");
    assert!(document.metadata.iter().any(|m| m.value == "01632 960 001"), "other properties are kept");
    assert!(holds(document.attachments[0].content.as_ref().unwrap(), "Inside the note", true));
    let document = open(&tnef("Subject words", "Body words"));
    assert!(holds(&document, "Subject words", true) && holds(&document, "Body words", true));
    assert_eq!(document.attachments[0].name, "list.txt");
}

#[test]
fn a_mailbox_is_read_message_by_message() {
    let mailbox = "From a@example.org Tue Mar  3 16:19:00 2026\nFrom: a@example.org\nTo: b@example.org\nSubject: One\n\nFirst\n>From here on\n\nFrom b@example.org Tue Mar  3 16:20:00 2026\nFrom: b@example.org\nTo: a@example.org\nSubject: Two\n\nSecond\n";
    let document = open(mailbox.as_bytes());
    assert_eq!((document.kind, document.attachments.len()), (FileKind::Mbox, 2));
    let first = document.attachments[0].content.as_ref().unwrap();
    assert!(holds(first, "From here on", true));
    let raw: Vec<_> = read::mbox::messages(mailbox.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(raw.len(), 2);
    let limits = Limits::default();
    assert_eq!(read::mbox::documents(mailbox.as_bytes(), &limits).filter(Result::is_ok).count(), 2);
}

#[test]
fn text_keeps_its_place_in_every_encoding() {
    let words = "Erste Zeile: Müller\n\nZweite – Zeile";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (narrow, _, _) = encoding_rs::WINDOWS_1252.encode(words);
    for bytes in [words.as_bytes(), utf16.as_slice(), &narrow] {
        let document = open(bytes);
        assert_eq!(document.blocks[0].text, "Erste Zeile: Müller");
        assert_eq!(document.blocks[1].text, "Zweite – Zeile");
        let Source::Bytes { start, end } = document.blocks[1].source else { panic!("no bytes") };
        let wide = bytes.len() == utf16.len();
        let encoding = if wide {
            encoding_rs::UTF_16LE
        } else if bytes == words.as_bytes() {
            encoding_rs::UTF_8
        } else {
            encoding_rs::WINDOWS_1252
        };
        assert_eq!(encoding.decode_without_bom_handling(&bytes[start..end]).0, "Zweite – Zeile");
    }
    let table = named(b"name;town;age\nAda;Leeds;40\nBen;\"York; east\";50\n", "people.csv");
    assert_eq!(table.kind, FileKind::Csv);
    assert!(holds(&table, "York; east", true));
}

#[test]
fn pdf_text_is_seen_as_a_reader_sees_it() {
    let content = [
        at(50, 700, "Shown words"),
        at(50, 600, "Covered words"),
        "0 0 0 rg 45 595 150 20 re f\n".into(),
        "3 Tr ".to_owned() + &at(50, 500, "Mode three") + "0 Tr\n",
        "1 1 1 rg ".to_owned() + &at(50, 400, "White words") + "0 0 0 rg\n",
        at(900, 300, "Beyond the edge"),
        "0 0 1 rg 45 195 150 20 re f 1 1 1 rg ".to_owned() + &at(50, 200, "White on blue") + "0 0 0 rg\n",
    ]
    .concat();
    let document = open(&pdf(&content, |_, _, _| {}));
    assert!(
        holds(&document, "Shown words", true) && holds(&document, "White on blue", true),
        "{:#?}",
        document.blocks
    );
    conceals(&document, HiddenKind::TextUnderBox, "Covered words");
    conceals(&document, HiddenKind::InvisibleText, "Mode three");
    conceals(&document, HiddenKind::InvisibleText, "White words");
    conceals(&document, HiddenKind::OffPage, "Beyond the edge");
    let shown = document.blocks.iter().find(|b| b.text == "Shown words").unwrap();
    let Source::Page { page: 0, words } = &shown.source else { panic!("no page") };
    let area = words[1].area;
    assert_eq!((words[1].start, words[1].end), (6, 11));
    assert!((area.y0..area.y1).contains(&138.0) && area.x0 > 80.0 && area.x1 < 130.0, "{area:?}");
    assert!(!document.pages[0].needs_ocr);
}

#[test]
fn pdf_objects_that_no_page_shows_are_listed() {
    let bytes = pdf(&at(50, 700, "Shown words"), |file, page, catalog| {
        let text = |t: &str| Object::string_literal(t);
        let rect = || Object::from(vec![0.into(), 0.into(), 50.into(), 50.into()]);
        let note = dictionary! { "Type" => "Annot", "Subtype" => "Text", "Rect" => rect(), "Contents" => text("a sticky note"), "T" => text("Nia Penn") };
        let mark = dictionary! { "Type" => "Annot", "Subtype" => "Redact", "Rect" => rect(), "OverlayText" => text("overlay words") };
        let link = dictionary! { "Type" => "Annot", "Subtype" => "Link", "Rect" => rect(), "A" => dictionary! { "S" => "URI", "URI" => text("https://hidden.example") } };
        let field =
            file.add_object(dictionary! { "FT" => "Tx", "T" => text("surname"), "V" => text("field value") });
        let script =
            file.add_object(dictionary! { "S" => "JavaScript", "JS" => text("app.alert('script words')") });
        let inside = file.add_object(Stream::new(
            dictionary! { "Type" => "EmbeddedFile" },
            b"words of the embedded file".to_vec(),
        ));
        let spec = file.add_object(dictionary! { "Type" => "Filespec", "F" => text("inside.txt"), "EF" => dictionary! { "F" => inside } });
        let entry =
            file.add_object(dictionary! { "Title" => text("outline words"), "Dest" => vec![page.into()] });
        let info = file.add_object(dictionary! { "Author" => text("Rhys Quill") });
        file.trailer.set("Info", info);
        let annotations = vec![note.into(), mark.into(), link.into()];
        file.get_dictionary_mut(page).unwrap().set("Annots", Object::Array(annotations));
        catalog.set("AcroForm", dictionary! { "Fields" => vec![field.into()] });
        catalog.set("OpenAction", script);
        catalog.set("Outlines", dictionary! { "First" => entry });
        catalog.set(
            "Names",
            dictionary! { "EmbeddedFiles" => dictionary! { "Names" => vec![text("a"), spec.into()] } },
        );
    });
    let document = open(&bytes);
    conceals(&document, HiddenKind::Annotation, "a sticky note");
    conceals(&document, HiddenKind::UnappliedRedaction, "overlay words");
    conceals(&document, HiddenKind::LinkTarget, "hidden.example");
    conceals(&document, HiddenKind::FormField, "field value");
    conceals(&document, HiddenKind::Script, "script words");
    conceals(&document, HiddenKind::Bookmark, "outline words");
    assert!(lists(&document, HiddenKind::EmbeddedFile));
    assert!(holds(document.attachments[0].content.as_ref().unwrap(), "words of the embedded file", true));
    assert!(document.metadata.iter().any(|m| m.value == "Rhys Quill"));
}

#[test]
fn a_pdf_layer_that_is_off_is_read() {
    let content =
        format!("/OC /L1 BDC {} EMC {}", at(50, 600, "words of a layer"), at(50, 700, "Shown words"));
    let bytes = pdf(&content, |file, page, catalog| {
        let layer =
            file.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("Draft") });
        let resources =
            file.get_dictionary_mut(page).unwrap().get_mut(b"Resources").unwrap().as_dict_mut().unwrap();
        resources.set("Properties", dictionary! { "L1" => layer });
        catalog.set(
            "OCProperties",
            dictionary! { "OCGs" => vec![layer.into()], "D" => dictionary! { "OFF" => vec![layer.into()] } },
        );
    });
    let document = open(&bytes);
    conceals(&document, HiddenKind::LayerOff, "words of a layer");
    assert!(holds(&document, "Shown words", true));
}

#[test]
fn an_earlier_version_of_a_pdf_is_read() {
    let first = pdf(&at(50, 700, "words of the first version"), |_, _, _| {});
    let mut update =
        lopdf::IncrementalDocument::create_from(first.clone(), lopdf::Document::load_mem(&first).unwrap());
    let page = *update.get_prev_documents().get_pages().get(&1).unwrap();
    let content =
        Stream::new(lopdf::Dictionary::new(), at(50, 700, "words of the second version").into_bytes());
    let content = update.new_document.add_object(content);
    update.opt_clone_object_to_new_document(page).unwrap();
    update.new_document.get_dictionary_mut(page).unwrap().set("Contents", content);
    let mut bytes = Vec::new();
    update.save_to(&mut bytes).unwrap();
    let document = open(&bytes);
    conceals(&document, HiddenKind::EarlierVersion, "words of the first version");
    assert!(holds(&document, "words of the second version", true));
}

#[test]
fn a_picture_tells_where_it_was_taken() {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    tiff.extend(
        [&2_u16.to_le_bytes()[..], &entry(0x013b, 2, 11, 38), &entry(0x8825, 4, 1, 50), &[0; 4]].concat(),
    );
    tiff.extend(b"Rhys Quill\0\0");
    let north = u32::from(b'N');
    let west = u32::from(b'W');
    tiff.extend(
        [
            &4_u16.to_le_bytes()[..],
            &entry(1, 2, 2, north),
            &entry(2, 5, 3, 104),
            &entry(3, 2, 2, west),
            &entry(4, 5, 3, 128),
            &[0; 4],
        ]
        .concat(),
    );
    for part in [51_u32, 1, 30, 1, 0, 1, 0, 1, 7, 1, 30, 1] {
        tiff.extend(part.to_le_bytes());
    }
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(8, 8).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let plain = jpeg.into_inner();
    let body = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    let with = [&plain[..2], &[0xff, 0xe1], &length, &body, &plain[2..]].concat();
    let document = open(&with);
    let values: Vec<_> = document.metadata.iter().map(|m| m.value.as_str()).collect();
    assert!(values.contains(&"Rhys Quill") && values.contains(&"51.500000, -0.125000"), "{values:?}");
    assert!(lists(&document, HiddenKind::Metadata));
}

#[test]
fn without_ocr_a_picture_is_a_problem_and_never_silence() {
    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(400, 100).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    assert!(open(&png).problems[0].why.contains("switched off"));
    let ocr = read::Ocr::Tesseract {
        program: Some("/nonexistent/tesseract".into()),
        language: "eng".into(),
        seconds_per_page: 5,
        pages: 1,
    };
    let limits = Limits { ocr, ..Limits::default() };
    let document = read::read(&png, &Hint::default(), &limits).unwrap();
    assert!(document.problems[0].why.contains("not installed"));
    assert!(document.pages[0].needs_ocr && !document.pages[0].ocr);
}
