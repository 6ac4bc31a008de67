//! The words of the PDF standard itself that our writer uses as keys and names. They are no one's words,
//! though some are also surnames (`Page`, `Root`, `Link`); any other name in a file is searched.

use quick_xml::events::{BytesStart, Event};

const WORDS: [&[u8]; 210] = [
    b"A",
    b"Alt",
    b"Artifact",
    b"Ascent",
    b"Attached",
    b"Author",
    b"B",
    b"BBox",
    b"BM",
    b"BaseFont",
    b"BitsPerComponent",
    b"BlockQuote",
    b"Bottom",
    b"C",
    b"CA",
    b"CD",
    b"CIDFontType0C",
    b"CIDFontType2",
    b"CIDInit",
    b"CIDSet",
    b"CIDSystemInfo",
    b"CIDToGIDMap",
    b"CMap",
    b"CMapName",
    b"CMapType",
    b"CMapVersion",
    b"CS",
    b"CapHeight",
    b"Catalog",
    b"Cell",
    b"ColSpan",
    b"ColorSpace",
    b"Column",
    b"Contents",
    b"Count",
    b"CreationDate",
    b"Creator",
    b"Custom",
    b"D",
    b"DCTDecode",
    b"DW",
    b"Datetime",
    b"DecodeParms",
    b"DescendantFonts",
    b"Descent",
    b"Dest",
    b"DeviceGray",
    b"DeviceRGB",
    b"Disc",
    b"DisplayDocTitle",
    b"Document",
    b"E",
    b"Em",
    b"Encoding",
    b"ExtGState",
    b"F",
    b"Figure",
    b"Filter",
    b"First",
    b"Flags",
    b"FlateDecode",
    b"Font",
    b"FontBBox",
    b"FontDescriptor",
    b"FontFile2",
    b"FontFile3",
    b"FontName",
    b"FontStretch",
    b"FontWeight",
    b"Footer",
    b"Form",
    b"Formula",
    b"Group",
    b"H",
    b"H1",
    b"H2",
    b"H3",
    b"H4",
    b"H5",
    b"H6",
    b"Header",
    b"Headers",
    b"Height",
    b"I",
    b"ICCBased",
    b"ID",
    b"IDTree",
    b"Identity",
    b"Identity-H",
    b"Image",
    b"ImageB",
    b"ImageC",
    b"ImageI",
    b"Index",
    b"Info",
    b"Interpolate",
    b"Isolated",
    b"ItalicAngle",
    b"K",
    b"Kids",
    b"Knockout",
    b"L",
    b"LBody",
    b"LI",
    b"Lang",
    b"Last",
    b"Layout",
    b"Lbl",
    b"Length",
    b"Length1",
    b"Limits",
    b"Link",
    b"List",
    b"ListNumbering",
    b"Luminosity",
    b"MCID",
    b"MCR",
    b"MarkInfo",
    b"Marked",
    b"Mask",
    b"MediaBox",
    b"Metadata",
    b"N",
    b"NS",
    b"Names",
    b"Namespace",
    b"Namespaces",
    b"Next",
    b"NonStruct",
    b"None",
    b"Normal",
    b"Note",
    b"Nums",
    b"O",
    b"OBJR",
    b"Obj",
    b"Ordering",
    b"Outlines",
    b"P",
    b"PDF",
    b"Page",
    b"PageLabels",
    b"PageLayout",
    b"PageMode",
    b"Pages",
    b"Pagination",
    b"ParagraphFormat",
    b"Parent",
    b"ParentTree",
    b"ParentTreeNextKey",
    b"Part",
    b"Pg",
    b"Placement",
    b"Prev",
    b"ProcSet",
    b"Producer",
    b"Quote",
    b"Reference",
    b"Registry",
    b"Resources",
    b"RoleMap",
    b"Root",
    b"Row",
    b"RowSpan",
    b"S",
    b"SMask",
    b"Scope",
    b"Sect",
    b"Size",
    b"Span",
    b"StemV",
    b"Stm",
    b"Strong",
    b"StructElem",
    b"StructParent",
    b"StructParents",
    b"StructTreeRoot",
    b"Subtype",
    b"Summary",
    b"Supplement",
    b"Suspects",
    b"T",
    b"TBody",
    b"TD",
    b"TFoot",
    b"TH",
    b"THead",
    b"TOC",
    b"TOCI",
    b"TR",
    b"Table",
    b"Tabs",
    b"Terms",
    b"Text",
    b"Title",
    b"ToUnicode",
    b"Top",
    b"Trapped",
    b"Type",
    b"Type0",
    b"V",
    b"Version",
    b"ViewerPreferences",
    b"W",
    b"WMode",
    b"Width",
    b"XML",
    b"XObject",
    b"XYZ",
    b"ca",
];

/// True for a word of the standard, and for a resource name such as `f12`.
pub(super) fn is_standard(name: &[u8]) -> bool {
    let resource = matches!(name, [letter, digits @ ..]
        if letter.is_ascii_lowercase() && digits.len() <= 6 && digits.iter().all(u8::is_ascii_digit));
    resource || WORDS.binary_search(&name).is_ok()
}

/// Strings that every PDF of our writer has.
pub(super) const STRINGS: [&str; 3] = ["Adobe", "Identity", "Custom"];

/// Element and attribute names, and values between quotes, of the document properties that our writer
/// makes.
const PROPERTIES: [&str; 24] = [
    "x:xmpmeta",
    "rdf:RDF",
    "rdf:Description",
    "rdf:Alt",
    "rdf:Bag",
    "rdf:Seq",
    "rdf:li",
    "dc:title",
    "dc:language",
    "dc:format",
    "pdfuaid:part",
    "xmpTPg:NPages",
    "xmpMM:InstanceID",
    "xmpMM:DocumentID",
    "xmpMM:RenditionClass",
    "pdf:PDFVersion",
    "pdf:Producer",
    "rdf:about",
    "xml:lang",
    "x:xmptk",
    "xmp-writer",
    "x-default",
    "adobe:ns:meta/",
    "",
];
/// Values of those properties.
pub(super) const PROPERTY_VALUES: [&str; 2] = ["application/pdf", "proof"];

/// The elements in which our writer numbers a file: two hashes of it in base 64, its pages, the versions of its
/// standards; and the most characters of such a number.
const NUMBERS: [&str; 5] =
    ["xmpMM:InstanceID", "xmpMM:DocumentID", "xmpTPg:NPages", "pdf:PDFVersion", "pdfuaid:part"];
const NUMBER: usize = 32;

/// The document properties without those numbers: in a hash, or in two numbers that stand side by side, any number of
/// three figures turns up by accident. What is longer, or is no such number, stays and is searched.
pub(super) fn without_numbers(xml: &str) -> String {
    let mut text = xml.to_owned();
    for name in NUMBERS {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let number = |inner: &str| {
            inner.len() <= NUMBER && inner.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=.".contains(&b))
        };
        let found = text.split_once(&open).and_then(|(before, rest)| {
            let (inner, after) = rest.split_once(&close)?;
            number(inner).then(|| format!("{before}{open}{close}{after}"))
        });
        text = found.unwrap_or(text);
    }
    text
}

/// True when the markup of document properties is only what our writer makes; their text is searched
/// apart from this.
pub(super) fn is_our_properties(xml: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(xml.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return true,
            Ok(Event::Start(element) | Event::Empty(element)) if is_our_element(&element) => {}
            Ok(Event::End(_) | Event::Text(_) | Event::GeneralRef(_) | Event::PI(_)) => {}
            _ => return false,
        }
    }
}

fn is_our_element(element: &BytesStart<'_>) -> bool {
    let known = |name: &str| PROPERTIES.contains(&name);
    known(element.name().into_inner())
        && element.attributes().all(|attribute| {
            attribute.is_ok_and(|a| {
                let key = a.key.into_inner();
                let value = known(&a.value) || SPACES.contains(&a.value.as_ref());
                value && (known(key) || SPACE_KEYS.contains(&key))
            })
        })
}

const SPACE_KEYS: [&str; 7] =
    ["xmlns:x", "xmlns:rdf", "xmlns:dc", "xmlns:xmpMM", "xmlns:xmpTPg", "xmlns:pdf", "xmlns:pdfuaid"];
/// The name spaces of those properties.
const SPACES: [&str; 6] = [
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/elements/1.1/",
    "http://ns.adobe.com/xap/1.0/mm/",
    "http://ns.adobe.com/xap/1.0/t/pg/",
    "http://ns.adobe.com/pdf/1.3/",
    "http://www.aiim.org/pdfua/ns/id/",
];

/// The line with which every character map begins.
const RESOURCES: &[u8] = b"%%DocumentNeededResources: procset CIDInit";

/// The bytes of a PDF without the standard's own names and without the document properties, which are
/// checked apart.
pub(super) fn without_standard(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let (begin, end) = (b"<?xpacket begin".as_slice(), b"<?xpacket end".as_slice());
    if let (Some(first), Some(last)) = (memchr::memmem::find(bytes, begin), memchr::memmem::rfind(bytes, end))
    {
        out.get_mut(first..last).unwrap_or_default().fill(0);
    }
    for at in memchr::memmem::find_iter(bytes, RESOURCES) {
        out.get_mut(at..at + RESOURCES.len()).unwrap_or_default().fill(0);
    }
    for slash in memchr::memchr_iter(b'/', bytes) {
        let rest = bytes.get(slash + 1..).unwrap_or_default();
        let length = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'-').unwrap_or(rest.len());
        if rest.get(..length).is_some_and(is_standard) {
            out.get_mut(slash..=slash + length).unwrap_or_default().fill(0);
        }
    }
    out
}
