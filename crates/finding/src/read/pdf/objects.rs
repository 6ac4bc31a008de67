//! The second reader: what a PDF holds besides what its pages draw.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document as Pdf, LoadOptions, Object, ObjectId, Stream};

use super::super::builder::Builder;
use super::super::xml::{self, Node};
use super::super::{ReadError, guard};
use crate::model::HiddenKind;

/// Bytes that one embedded file or script may unpack to.
const UNPACKED: usize = 64 << 20;

/// What the object walk hands on.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The file with every layer switched on, when one was off.
    pub all_layers: Option<Vec<u8>>,
}

/// Text of a PDF string: UTF-16 or UTF-8 by its mark, else the PDF's own Latin encoding.
pub(super) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => encoding_rs::WINDOWS_1252.decode_without_bom_handling(other).0.into_owned(),
    }
}

pub(super) fn read(bytes: &[u8], builder: &mut Builder<'_>) -> Result<Found, ReadError> {
    builder.context.spend(bytes.len() / 2)?;
    let mut found = Found::default();
    let result = guard::guarded("PDF object", || {
        let options = LoadOptions { max_decompressed_size: Some(UNPACKED), ..LoadOptions::default() };
        let mut pdf = Pdf::load_mem_with_options(bytes, options)
            .map_err(|_| ReadError::malformed("its list of objects cannot be read by the second reader"))?;
        Walk { pdf: &pdf, builder, values: BTreeSet::new(), element: 0 }.run()?;
        found.all_layers = layers_on(&mut pdf, builder);
        Ok(())
    });
    let place = "objects that the pages do not show (annotations, form fields, files, scripts)";
    builder.tolerate(place, result)?;
    Ok(found)
}

struct Walk<'w, 'b> {
    pdf: &'w Pdf,
    builder: &'w mut Builder<'b>,
    /// Texts that were reported, so that a value held in two objects counts once.
    values: BTreeSet<(String, String)>,
    element: usize,
}

impl<'w> Walk<'w, '_> {
    fn run(&mut self) -> Result<(), ReadError> {
        self.information();
        let pdf = self.pdf;
        for (number, page) in pdf.get_pages() {
            self.builder.context.spend(200)?;
            self.annotations(page, number)?;
        }
        for (id, object) in &pdf.objects {
            self.builder.context.spend(100)?;
            match object {
                Object::Dictionary(d) => self.dictionary(*id, d)?,
                Object::Stream(s) => {
                    self.dictionary(*id, &s.dict)?;
                    self.stream(s)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn resolve(&self, object: &'w Object) -> &'w Object {
        let pdf: &'w Pdf = self.pdf;
        pdf.dereference(object).map_or(object, |(_, o)| o)
    }

    fn text(&self, dict: &'w Dictionary, key: &[u8]) -> Option<String> {
        let text = match self.resolve(dict.get(key).ok()?) {
            Object::String(bytes, _) => decode(bytes),
            Object::Name(bytes) => decode(bytes),
            Object::Array(list) => {
                let words = list.iter().map(|o| self.resolve(o)).filter_map(|o| o.as_str().ok()).map(decode);
                words.collect::<Vec<_>>().join("\n")
            }
            Object::Stream(stream) => decode(&unpacked(stream)?),
            _ => return None,
        };
        (!text.trim().is_empty()).then_some(text)
    }

    fn name(&self, dict: &'w Dictionary, key: &[u8]) -> &'w [u8] {
        dict.get(key).ok().and_then(|o| o.as_name().ok()).unwrap_or_default()
    }

    /// Reports a text once, as a hidden block.
    fn report(&mut self, what: HiddenKind, place: &str, text: &str) -> Result<(), ReadError> {
        if !self.values.insert((format!("{what:?}"), text.to_owned())) {
            return Ok(());
        }
        self.element += 1;
        self.builder.concealed(what, text, place, self.element)
    }

    fn information(&mut self) {
        let Ok(info) = self.pdf.trailer.get(b"Info").map(|o| self.resolve(o)) else { return };
        let Ok(info) = info.as_dict() else { return };
        for (key, _) in info {
            if let Some(text) = self.text(info, key) {
                self.builder.hide(HiddenKind::Metadata, "document properties", 1);
                self.builder.meta(&decode(key), &text);
            }
        }
    }

    fn annotations(&mut self, page: ObjectId, number: u32) -> Result<(), ReadError> {
        let place = format!("page {number}");
        let list = self.pdf.get_page_annotations(page).unwrap_or_default();
        for annotation in list {
            self.builder.context.spend(200)?;
            let what = match self.name(annotation, b"Subtype") {
                b"Redact" => HiddenKind::UnappliedRedaction,
                b"Widget" | b"Popup" => continue,
                b"Link" => {
                    self.link(annotation, &place)?;
                    continue;
                }
                _ => HiddenKind::Annotation,
            };
            self.builder.hide(what, &place, 1);
            for key in [b"Contents".as_slice(), b"T", b"OverlayText", b"Subj", b"RC"] {
                if let Some(text) = self.text(annotation, key) {
                    self.report(what, &place, &text)?;
                }
            }
        }
        Ok(())
    }

    fn link(&mut self, annotation: &'w Dictionary, place: &str) -> Result<(), ReadError> {
        let action = annotation.get(b"A").ok().map(|o| self.resolve(o)).and_then(|o| o.as_dict().ok());
        let target = action.and_then(|a| self.text(a, b"URI").or_else(|| self.text(a, b"F")));
        match target {
            Some(target) => self.report(HiddenKind::LinkTarget, place, &target),
            None => Ok(()),
        }
    }

    /// What a dictionary says by its own keys, wherever it hangs.
    fn dictionary(&mut self, id: ObjectId, dict: &'w Dictionary) -> Result<(), ReadError> {
        self.script(dict)?;
        self.field(dict)?;
        self.outline(id, dict)?;
        self.structure(dict)?;
        if dict.has(b"EF") {
            self.file(dict)?;
        }
        if dict.has(b"PieceInfo") {
            self.builder.hide(HiddenKind::Metadata, "private data of a program", 1);
        }
        if dict.has(b"Thumb") {
            self.builder.hide(HiddenKind::EmbeddedFile, "small pictures of the pages", 1);
        }
        Ok(())
    }

    fn script(&mut self, dict: &'w Dictionary) -> Result<(), ReadError> {
        if self.name(dict, b"S") != b"JavaScript" && !dict.has(b"JS") {
            return Ok(());
        }
        let text = self.text(dict, b"JS").unwrap_or_else(|| "(a script that cannot be read)".into());
        self.report(HiddenKind::Script, "scripts", &text)
    }

    fn field(&mut self, dict: &'w Dictionary) -> Result<(), ReadError> {
        let field = dict.has(b"FT") || self.name(dict, b"Subtype") == b"Widget" || dict.has(b"DV");
        if !field {
            return Ok(());
        }
        for key in [b"V".as_slice(), b"DV", b"TU", b"Opt"] {
            let Some(text) = self.text(dict, key) else { continue };
            let plain = matches!(text.as_str(), "Off" | "Yes" | "On");
            if !plain {
                self.report(HiddenKind::FormField, "form fields", &text)?;
            }
        }
        Ok(())
    }

    fn outline(&mut self, id: ObjectId, dict: &'w Dictionary) -> Result<(), ReadError> {
        let info = self.pdf.trailer.get(b"Info").and_then(Object::as_reference).is_ok_and(|info| info == id);
        let entry = dict.has(b"Title") && (dict.has(b"Parent") || dict.has(b"Dest") || dict.has(b"A"));
        if info || !entry {
            return Ok(());
        }
        match self.text(dict, b"Title") {
            Some(title) => self.report(HiddenKind::Bookmark, "outline", &title),
            None => Ok(()),
        }
    }

    /// Texts of the structure tree that stand in for what is drawn.
    fn structure(&mut self, dict: &'w Dictionary) -> Result<(), ReadError> {
        if !dict.has(b"S") || !(dict.has(b"P") || dict.has(b"K")) {
            return Ok(());
        }
        for key in [b"ActualText".as_slice(), b"Alt", b"E", b"T"] {
            if let Some(text) = self.text(dict, key) {
                self.report(HiddenKind::InvisibleText, "structure tree", &text)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, dict: &'w Dictionary) -> Result<(), ReadError> {
        let name = self.text(dict, b"UF").or_else(|| self.text(dict, b"F")).unwrap_or_else(|| "file".into());
        if !self.values.insert(("file".into(), name.clone())) {
            return Ok(());
        }
        self.builder.hide(HiddenKind::EmbeddedFile, "embedded files", 1);
        if let Some(words) = self.text(dict, b"Desc") {
            self.report(HiddenKind::EmbeddedFile, "embedded files", &words)?;
        }
        let files = dict.get(b"EF").ok().map(|o| self.resolve(o)).and_then(|o| o.as_dict().ok());
        let stream = files.and_then(|f| f.get(b"UF").or_else(|_| f.get(b"F")).ok()).map(|o| self.resolve(o));
        let bytes = stream.and_then(|o| o.as_stream().ok()).and_then(unpacked);
        match bytes {
            Some(bytes) => {
                self.builder.context.expand(bytes.len())?;
                self.builder.attach(&name, bytes, None)
            }
            None => {
                self.builder.problem("embedded files", "an embedded file cannot be unpacked");
                Ok(())
            }
        }
    }

    fn stream(&mut self, stream: &'w Stream) -> Result<(), ReadError> {
        if self.name(&stream.dict, b"Type") != b"Metadata" {
            return Ok(());
        }
        let Some(bytes) = unpacked(stream) else {
            self.builder.problem("document properties", "the XMP properties cannot be unpacked");
            return Ok(());
        };
        let context = self.builder.context;
        let mut words: Vec<(String, String)> = Vec::new();
        let mut open = String::new();
        let result = xml::walk(&bytes, &context, |node| {
            match node {
                Node::Open(name, a) => {
                    name.clone_into(&mut open);
                    let told =
                        ["CreatorTool", "Producer", "title", "creator", "Author", "CreateDate", "ModifyDate"];
                    words.extend(told.iter().filter_map(|n| Some(((*n).to_owned(), a.get(n)?))));
                }
                Node::Text(t) if !t.trim().is_empty() => words.push((open.clone(), t.to_owned())),
                _ => {}
            }
            Ok(())
        });
        for (name, value) in words {
            self.builder.hide(HiddenKind::Metadata, "XMP", 1);
            self.builder.meta(&format!("XMP {name}"), &value);
        }
        self.builder.tolerate("XMP", result.map(drop))
    }
}

fn unpacked(stream: &Stream) -> Option<Vec<u8>> {
    stream.get_plain_content_with_limit(UNPACKED).ok()
}

/// The file without its list of layers, so that all of them are drawn; `None` when none is off.
fn layers_on(pdf: &mut Pdf, builder: &mut Builder<'_>) -> Option<Vec<u8>> {
    let root = pdf.trailer.get(b"Root").and_then(Object::as_reference).ok()?;
    let layers = pdf.get_dictionary(root).ok()?.get(b"OCProperties").ok()?;
    let layers = pdf.dereference(layers).ok()?.1.as_dict().ok()?;
    let settings = pdf.dereference(layers.get(b"D").ok()?).ok()?.1.as_dict().ok()?;
    let list = |key: &[u8]| {
        let list = settings.get(key).ok().and_then(|o| pdf.dereference(o).ok());
        list.and_then(|(_, o)| o.as_array().ok()).map_or(0, Vec::len)
    };
    let base_off = settings.get(b"BaseState").and_then(Object::as_name).is_ok_and(|n| n == b"OFF");
    let off = list(b"OFF") + usize::from(base_off);
    if off == 0 {
        return None;
    }
    builder.hide(HiddenKind::LayerOff, "layers", off);
    pdf.get_dictionary_mut(root).ok()?.remove(b"OCProperties");
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).ok()?;
    Some(bytes)
}
