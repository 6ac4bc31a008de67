//! What reading an item gave, kept sealed beside it: the text with what was found in it, and for each page where
//! its words stand. Turning a page, deciding, and sealing work on it; the file is read once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use counterfoil_domain::ids::ItemId;
use counterfoil_finding::cast::{Cast, candidates, kinship};
use counterfoil_finding::detect::{Config, Detector, Entity};
use counterfoil_finding::model::{Document, FileKind, Source, Word};
use counterfoil_finding::paging::Paging;
use counterfoil_finding::read::{self, Hint};
use counterfoil_store::casebook::documents::Region;
use counterfoil_store::rights::items::{Item, ItemText};
use counterfoil_store::rights::requests::Request;
use counterfoil_store::{StoreError, Tx};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::search::{readable, reading_limits};
use crate::error::{Result, ServiceError};

/// Raised when reading or finding changes, so that what an older program kept is made again.
const VERSION: u32 = 2;

/// A file inside the item, by its place among the files of the file around it; empty for the item itself.
pub(crate) type Path = Vec<usize>;

/// What reading an item gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reading {
    version: u32,
    /// The document without the places of its words and the bytes of the files inside it.
    pub(crate) document: Option<Document>,
    /// Why there is none.
    pub(crate) unreadable: String,
    /// What was found in it.
    pub(crate) marks: Marks,
    /// Pages whose words' places are kept, as parts 1, 2 …
    places: Vec<(Path, usize)>,
}

/// What was found in a document and in the files inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marks {
    pub(crate) found: Vec<Mark>,
    /// By the number of the file inside.
    pub(crate) inside: BTreeMap<usize, Marks>,
    /// What is recorded of where somebody is in it. It is kept with the item, not with what reading it gave.
    #[serde(skip)]
    pub(crate) regions: Vec<Region>,
}

/// Something that singles a person out, whoever it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) block: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) entity: Entity,
    pub(crate) why: String,
    /// The post behind a name, such as `Housing Officer`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) post: String,
    /// The address beside a name in a header.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) email: String,
}

/// Kinds of finding that single a person out. Dates, addresses on the web and postcodes alone do not.
const fn identifies(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Person
            | Entity::EmailAddress
            | Entity::PhoneNumber
            | Entity::UkNhs
            | Entity::UkNino
            | Entity::UkPassport
            | Entity::UkDrivingLicence
            | Entity::UkVehicleRegistration
            | Entity::UkSortCode
            | Entity::UkBankAccount
            | Entity::UkUtr
            | Entity::CreditCard
            | Entity::IbanCode
            | Entity::DateOfBirth
            | Entity::Address
            | Entity::Crypto
    )
}

pub(crate) fn detector() -> Result<Detector> {
    Detector::new(&Config::default()).map_err(|e| ServiceError::Invalid(e.to_string()))
}

/// An item just read: what is kept of it.
pub(crate) struct Fresh {
    pub(crate) reading: Reading,
    places: Vec<Words>,
}

/// The words of a page by their block.
type Words = Vec<(usize, Vec<Word>)>;

/// Reads an item's file and finds what singles people out in it.
pub(crate) fn fresh(detector: &Detector, nobody: &Cast, name: &str, content: &[u8]) -> Fresh {
    match readable(name, content) {
        Ok(document) => of_document(detector, nobody, document),
        Err(unreadable) => {
            let marks = Marks::default();
            let reading = Reading { version: VERSION, document: None, unreadable, marks, places: Vec::new() };
            Fresh { reading, places: Vec::new() }
        }
    }
}

/// The same of a document that was read already.
pub(crate) fn of_document(detector: &Detector, nobody: &Cast, mut document: Document) -> Fresh {
    look_at_photographs(&mut document);
    let marks = mark(detector, nobody, &document);
    let mut taken = BTreeMap::new();
    take_places(&mut document, &mut Vec::new(), &mut taken);
    let (places, words) = taken.into_iter().unzip();
    let reading =
        Reading { version: VERSION, document: Some(document), unreadable: String::new(), marks, places };
    Fresh { reading, places: words }
}

/// A picture without a word in it is a photograph: nothing but a person's look says who is on it. It is withheld until
/// somebody has looked, like a page that could not be read.
fn look_at_photographs(document: &mut Document) {
    if document.kind == FileKind::Image {
        let worded: BTreeSet<usize> = document
            .blocks
            .iter()
            .filter_map(|b| match &b.source {
                Source::Page { page, words } if !words.is_empty() => Some(*page),
                _ => None,
            })
            .collect();
        let bare = document.pages.iter_mut().enumerate().filter(|(n, p)| p.ocr && !worded.contains(n));
        bare.for_each(|(_, page)| (page.needs_ocr, page.ocr) = (true, false));
    }
}

/// A cast of nobody, before it is known who is in it.
pub(crate) fn nobody() -> Result<Cast> {
    Cast::new(Vec::new()).map_err(|e| ServiceError::Invalid(e.to_string()))
}

fn mark(detector: &Detector, nobody: &Cast, document: &Document) -> Marks {
    let located = detector.find_in_document(document, None).into_iter();
    let located = located.filter(|l| identifies(l.finding.entity)).map(|l| Mark {
        block: l.block,
        start: l.finding.start,
        end: l.finding.end,
        entity: l.finding.entity,
        why: l.finding.why,
        post: String::new(),
        email: String::new(),
    });
    let names = candidates(document, nobody).into_iter().map(|c| Mark {
        block: c.block,
        start: c.start,
        end: c.end,
        entity: Entity::Person,
        why: serde_json::to_value(c.hint)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        post: c.post.unwrap_or_default(),
        email: c.email.unwrap_or_default(),
    });
    let found = located.chain(names).collect();
    let inside = document
        .attachments
        .iter()
        .enumerate()
        .filter_map(|(n, a)| a.content.as_ref().ok().map(|inner| (n, mark(detector, nobody, inner))))
        .collect();
    Marks { found, inside, regions: Vec::new() }
}

fn take_places(document: &mut Document, path: &mut Path, taken: &mut BTreeMap<(Path, usize), Words>) {
    for (index, block) in document.blocks.iter_mut().enumerate() {
        if let Source::Page { page, words } = &mut block.source {
            let words = std::mem::take(words);
            taken.entry((path.clone(), *page)).or_default().push((index, words));
        }
    }
    for (number, attachment) in document.attachments.iter_mut().enumerate() {
        if let Ok(inner) = &mut attachment.content {
            path.push(number);
            take_places(inner, path, taken);
            path.pop();
        }
    }
}

fn put_places(document: &mut Document, path: &[usize], words: Words) {
    let Some(document) = inside_mut(document, path) else { return };
    for (index, kept) in words {
        if let Some(Source::Page { words, .. }) = document.blocks.get_mut(index).map(|b| &mut b.source) {
            *words = kept;
        }
    }
}

/// The document at a path inside another.
pub(crate) fn inside<'d>(document: &'d Document, path: &[usize]) -> Option<&'d Document> {
    path.iter().try_fold(document, |d, n| d.attachments.get(*n)?.content.as_deref().ok())
}

fn inside_mut<'d>(document: &'d mut Document, path: &[usize]) -> Option<&'d mut Document> {
    match path.split_first() {
        None => Some(document),
        Some((n, rest)) => {
            let inner = document.attachments.get_mut(*n)?.content.as_deref_mut().ok()?;
            inside_mut(inner, rest)
        }
    }
}

/// One page of an item or of a file inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) path: Path,
    /// From 0, in the document at `path`.
    pub(crate) page: usize,
}

impl Leaf {
    /// `12/3`; of the first file inside item 12 `12.1/3`. The numbers come from the source alone.
    pub(crate) fn label(&self, number: i64) -> String {
        let inside: String = self.path.iter().map(|n| format!(".{}", n + 1)).collect();
        format!("{number}{inside}/{}", self.page + 1)
    }
}

/// The pages of an item in their order: its own, then those of the files inside it.
pub(crate) fn leaves(document: &Document) -> Vec<Leaf> {
    let mut all = Vec::new();
    add_leaves(document, &mut Vec::new(), &mut all);
    all
}

fn add_leaves(document: &Document, path: &mut Path, all: &mut Vec<Leaf>) {
    let count = Paging::of(document).count();
    all.extend((0..count).map(|page| Leaf { path: path.clone(), page }));
    for (number, attachment) in document.attachments.iter().enumerate() {
        if let Ok(inner) = &attachment.content {
            path.push(number);
            add_leaves(inner, path, all);
            path.pop();
        }
    }
}

impl Reading {
    /// How many passages speak of somebody by kinship, and how many things the original does not show.
    pub(crate) fn curiosities(&self) -> (usize, usize) {
        let Some(document) = &self.document else { return (0, 0) };
        let kin = document.blocks.iter().map(|b| kinship(&b.text).len()).sum();
        (kin, document.hidden.iter().map(|h| h.count).sum())
    }
}

fn pack(value: &impl Serialize) -> std::result::Result<Vec<u8>, StoreError> {
    let fault = || StoreError::Invalid("what was read cannot be kept".to_owned());
    let plain = serde_json::to_vec(value).map_err(|_| fault())?;
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(&plain).and_then(|()| out.finish()).map_err(|_| fault())
}

pub(crate) fn unpack<T: DeserializeOwned>(packed: &[u8]) -> std::result::Result<T, StoreError> {
    let fault = || StoreError::Invalid("what was read before cannot be used: search again".to_owned());
    let mut plain = Vec::new();
    flate2::read::DeflateDecoder::new(packed).read_to_end(&mut plain).map_err(|_| fault())?;
    serde_json::from_slice(&plain).map_err(|_| fault())
}

pub(crate) fn packed(value: &impl Serialize) -> Result<Vec<u8>> {
    pack(value).map_err(ServiceError::from)
}

impl Fresh {
    /// What is kept, part by part, ready to be sealed.
    pub(crate) fn parts(&self) -> Result<Vec<Vec<u8>>> {
        let mut parts = vec![packed(&self.reading)?];
        for words in &self.places {
            parts.push(packed(words)?);
        }
        Ok(parts)
    }
}

/// Keeps the parts of an item that was read.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    request: &Request,
    item: ItemId,
    parts: &[Vec<u8>],
) -> std::result::Result<(), StoreError> {
    for (number, part) in (0_i64..).zip(parts) {
        tx.keep_reading(request, item, number, part)?;
    }
    Ok(())
}

/// The text of an item, without the places of its words; none when this program has not read it yet.
pub(crate) fn open(tx: &mut Tx<'_>, item: &Item) -> std::result::Result<Option<Reading>, StoreError> {
    let Some(packed) = tx.reading(item, 0)? else { return Ok(None) };
    let mut reading: Reading = unpack(&packed)?;
    reading.marks.regions.clone_from(&item.text.regions);
    Ok((reading.version == VERSION).then_some(reading))
}

/// Puts the places of one page's words back.
pub(crate) fn place_page(
    tx: &mut Tx<'_>,
    item: &Item,
    reading: &mut Reading,
    leaf: &Leaf,
) -> std::result::Result<(), StoreError> {
    let at = reading.places.iter().position(|(path, page)| *path == leaf.path && *page == leaf.page);
    let Some(part) = at.and_then(|at| i64::try_from(at + 1).ok()) else { return Ok(()) };
    if let (Some(packed), Some(document)) = (tx.reading(item, part)?, &mut reading.document) {
        put_places(document, &leaf.path, unpack(&packed)?);
    }
    Ok(())
}

/// An item whole, as it is needed to make its released copy: text, places, and the bytes of the files inside.
pub(crate) fn whole(
    mut parts: BTreeMap<i64, Vec<u8>>,
    item: &ItemText,
    content: &[u8],
) -> Result<Option<Reading>> {
    let Some(head) = parts.remove(&0) else { return Ok(None) };
    let mut reading: Reading = unpack(&head)?;
    if reading.version != VERSION {
        return Ok(None);
    }
    reading.marks.regions.clone_from(&item.regions);
    let places = reading.places.clone();
    if let Some(document) = &mut reading.document {
        for (part, (path, _)) in (1_i64..).zip(&places) {
            let missing =
                || ServiceError::NotReady("a part of what was read is missing: search again".to_owned());
            let packed = parts.remove(&part).ok_or_else(missing)?;
            put_places(document, path, unpack(&packed)?);
        }
        restore(document, &item.name, content)?;
    }
    Ok(Some(reading))
}

/// Gives the files inside a document their bytes.
pub(crate) fn restore(document: &mut Document, name: &str, content: &[u8]) -> Result<()> {
    let hint = Hint { name: Some(name), media_type: None };
    read::restore(content, document, &hint, &reading_limits())
        .map_err(|e| ServiceError::NotReady(format!("an item has changed since it was read: {e}")))
}
