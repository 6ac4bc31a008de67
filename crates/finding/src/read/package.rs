//! ZIP packages: parts by name, each unpacked within the limits.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::builder::Builder;
use super::limits::Context;
use super::sniff::Format;
use super::xml::{self, Node};
use super::{ReadError, guard};

/// Growth below this size is never called a bomb.
const RATIO_FLOOR: u64 = 16 << 20;

/// An opened package.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Names in the order of the archive; INVARIANT: one entry a file, directories left out.
    pub names: Vec<(String, usize)>,
}

impl<'b> Package<'b> {
    pub fn open(bytes: &'b [u8], limit: usize) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| ReadError::malformed("the archive's table of contents cannot be read"))?;
        if archive.len() > limit {
            return Err(ReadError::Many { what: "files in the archive", limit });
        }
        let mut package = Self { archive, names: Vec::new() };
        package.names = package.list();
        Ok(package)
    }

    fn list(&mut self) -> Vec<(String, usize)> {
        let mut names = Vec::new();
        for index in 0..self.archive.len() {
            let name = match self.archive.by_index_raw(index) {
                Ok(entry) if entry.is_dir() => continue,
                Ok(entry) => entry.name().map(std::borrow::Cow::into_owned).ok(),
                Err(_) => None,
            };
            names.push((name.unwrap_or_else(|| format!("entry {}", index + 1)), index));
        }
        names
    }

    /// The part called `name`, or nothing when there is none.
    pub fn part(&mut self, name: &str, context: &Context<'_>) -> Result<Option<Vec<u8>>, ReadError> {
        let found = self.names.iter().find(|(n, _)| n == name).map(|(_, index)| *index);
        found.map(|index| self.entry(index, context)).transpose()
    }

    /// Unpacks one entry, counting every byte that comes out.
    pub fn entry(&mut self, index: usize, context: &Context<'_>) -> Result<Vec<u8>, ReadError> {
        let mut entry = self.archive.by_index(index).map_err(|e| match e {
            zip::result::ZipError::UnsupportedArchive(m) if m.contains("assword") => ReadError::Encrypted,
            zip::result::ZipError::UnsupportedArchive(_) => {
                ReadError::Unsupported { what: "an archive packed in an unusual way" }
            }
            _ => damaged(),
        })?;
        let packed = entry.compressed_size();
        let limit = context.expandable().min(RATIO_FLOOR.max(packed.saturating_mul(context.limits.ratio)));
        let mut out = Vec::new();
        let read = (&mut entry).take(limit + 1).read_to_end(&mut out);
        context.expand(out.len())?;
        if out.len() as u64 > limit {
            return Err(ReadError::Expands);
        }
        read.map_err(|_| damaged())?;
        Ok(out)
    }

    /// True when a part begins with `prefix`.
    pub fn has(&self, prefix: &str) -> bool {
        self.names.iter().any(|(n, _)| n.starts_with(prefix))
    }

    /// Names that begin with `prefix` and end with `suffix`, numbers in their natural order.
    pub fn matching(&self, prefix: &str, suffix: &str) -> Vec<String> {
        let fits = |n: &&(String, usize)| n.0.starts_with(prefix) && n.0.ends_with(suffix);
        let mut names: Vec<String> = self.names.iter().filter(fits).map(|n| n.0.clone()).collect();
        names.sort_by_key(|n| (number_in(n), n.clone()));
        names
    }
}

fn damaged() -> ReadError {
    ReadError::malformed("a part of the archive cannot be unpacked")
}

fn number_in(name: &str) -> u64 {
    let digits: String = name.chars().filter(char::is_ascii_digit).take(12).collect();
    digits.parse().unwrap_or(0)
}

/// Which format a ZIP package is.
pub(super) fn format(bytes: &[u8]) -> Result<Format, ReadError> {
    guard::guarded("archive", || {
        let mut package = Package::open(bytes, 1 << 20)?;
        if package.has("word/document") {
            Ok(Format::Docx)
        } else if package.has("xl/workbook.bin") {
            Ok(Format::Xlsb)
        } else if package.has("xl/workbook") {
            Ok(Format::Xlsx)
        } else if package.has("ppt/presentation") {
            Ok(Format::Pptx)
        } else if package.has("content.xml") && package.has("mimetype") {
            open_document(&mut package)
        } else {
            Ok(Format::Zip)
        }
    })
}

fn open_document(package: &mut Package<'_>) -> Result<Format, ReadError> {
    let limits = super::Limits { work: 10_000_000, expanded: 1 << 20, ..super::Limits::default() };
    let meter = super::limits::Meter::new(&limits);
    let mimetype = package.part("mimetype", &Context::new(&limits, &meter))?.unwrap_or_default();
    let mimetype = String::from_utf8_lossy(&mimetype).into_owned();
    Ok(match () {
        () if mimetype.contains("opendocument.spreadsheet") => Format::Ods,
        () if mimetype.contains("opendocument.presentation") => Format::Odp,
        () if mimetype.contains("opendocument") => Format::Odt,
        () => Format::Zip,
    })
}

/// The targets of a part's relations: identifier to (target, true when outside the file).
pub(super) fn relations(
    package: &mut Package<'_>,
    part: &str,
    context: &Context<'_>,
) -> Result<BTreeMap<String, (String, bool)>, ReadError> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let name =
        if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut map = BTreeMap::new();
    let Some(bytes) = package.part(&name, context)? else { return Ok(map) };
    xml::walk(&bytes, context, |node| {
        if let Node::Open("Relationship", a) = node
            && let (Some(id), Some(target)) = (a.get("Id"), a.get("Target"))
        {
            let outside = a.get("TargetMode").as_deref() == Some("External");
            let target = if outside { target } else { resolve(folder, &target) };
            map.insert(id, (target, outside));
        }
        Ok(())
    })?;
    Ok(map)
}

/// A target relative to its part's folder, as a part name.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            name => steps.push(name),
        }
    }
    steps.join("/")
}

/// Reads `docProps` of an Office package into the metadata, and lists it as hidden.
pub(super) fn properties(package: &mut Package<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    for name in package.matching("docProps/", ".xml") {
        let context = builder.context;
        let Some(bytes) = package.part(&name, &context)? else { continue };
        let result = one_properties(&bytes, builder);
        builder.tolerate(&name, result)?;
    }
    Ok(())
}

/// Elements of the properties that say nothing about anyone.
const DULL: [&str; 22] = [
    "TotalTime",
    "Pages",
    "Words",
    "Characters",
    "Lines",
    "Paragraphs",
    "CharactersWithSpaces",
    "ScaleCrop",
    "LinksUpToDate",
    "SharedDoc",
    "HyperlinksChanged",
    "AppVersion",
    "DocSecurity",
    "i4",
    "Slides",
    "Notes",
    "HiddenSlides",
    "MMClips",
    "PresentationFormat",
    "revision",
    "Application",
    "bool",
];

fn one_properties(bytes: &[u8], builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let mut stack: Vec<String> = Vec::new();
    let mut custom = None;
    let mut found = Vec::new();
    xml::walk(bytes, &builder.context, |node| {
        match node {
            Node::Open("property", a) => {
                custom = a.get("name");
                stack.push("property".into());
            }
            Node::Open(name, _) => stack.push(name.to_owned()),
            Node::Close(_) => drop(stack.pop()),
            Node::Text(text) => {
                let name = stack.last().map_or("", String::as_str);
                if !DULL.contains(&name) && !text.trim().is_empty() {
                    let custom = custom.as_deref().filter(|_| stack.iter().any(|s| s == "property"));
                    found.push((custom.unwrap_or(name).to_owned(), text.trim().to_owned()));
                }
            }
        }
        Ok(())
    })?;
    for (name, value) in found {
        builder.meta(&name, &value);
        builder.hide(crate::model::HiddenKind::Metadata, "document properties", 1);
    }
    Ok(())
}

/// Adds every text and every attribute named in `attributes` of a side part as hidden blocks.
pub(super) fn harvest(
    bytes: &[u8],
    name: &str,
    what: crate::model::HiddenKind,
    attributes: &[&str],
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let mut found: Vec<String> = Vec::new();
    let context = builder.context;
    xml::walk(bytes, &context, |node| {
        match node {
            Node::Open(_, a) => found.extend(attributes.iter().filter_map(|n| a.get(n))),
            Node::Text(t) => found.push(t.to_owned()),
            Node::Close(_) => {}
        }
        Ok(())
    })?;
    for (element, text) in found.iter().filter(|t| !t.trim().is_empty()).enumerate() {
        builder.concealed(what, text, name, element)?;
    }
    Ok(())
}
