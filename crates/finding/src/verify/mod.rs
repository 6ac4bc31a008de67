//! Verifying: a copy is opened again, by readers that had no part in writing it, and searched for
//! everything that was to be withheld. Any hit, anything foreign, anything unreadable is a [`Doubt`],
//! and with a doubt there is no output.
//!
//! What each kind of file is asked:
//!
//! | file | first reader | second reader | and |
//! | --- | --- | --- | --- |
//! | PDF | `hayro` (glyphs as drawn, in drawing and in visual order) | `lopdf` (text operators, every string, every stream) | fonts, annotations, scripts, attachments, layers, forms, earlier versions, text under shapes, text in the colour of its ground, burnt areas |
//! | HTML | `html5ever` tokens | a plain scan with the tags cut out | only known elements and attributes, no comment, no script, our style sheet |
//! | workbook | `calamine` | ZIP parts as XML | only known parts, no formula, name, link, comment, drawing, nothing hidden |
//! | picture | decoded again | chunks or segments | no metadata, nothing after the end, burnt areas |
//! | text | as UTF-8 | byte scan | no control characters |

mod fold;
mod html;
mod pdf;
mod picture;
mod search;
mod sheet;
mod vocabulary;
mod withheld;

use sha2::{Digest, Sha256};

pub use search::How;
pub(crate) use search::{Hay, Needle, Search, Survivors};
pub use withheld::Withheld;

use crate::redact::{Report, SafeCopy, SafeFile};

/// A reason not to release. It names files and places, never content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Doubt {
    /// Withheld text can be read.
    #[error("withheld text {number} can be read in the {place} of `{file}` ({how:?})")]
    Found {
        /// The file's name, or its place in the copy when the name itself is the trouble.
        file: String,
        /// Where in it.
        place: &'static str,
        /// The number of the withheld text, from 1, in alphabetical order of their letters.
        number: usize,
        /// How it reads.
        how: How,
    },
    /// The file holds something that a safe copy never holds.
    #[error("`{file}` holds {what}")]
    Foreign {
        /// The file.
        file: String,
        /// What it is.
        what: String,
    },
    /// Text lies under an opaque shape.
    #[error("page {page} of `{file}` has text under an opaque shape")]
    Covered {
        /// The file.
        file: String,
        /// From 1.
        page: usize,
    },
    /// Text that the eye cannot see.
    #[error("page {page} of `{file}` has text that cannot be seen")]
    Unseen {
        /// The file.
        file: String,
        /// From 1.
        page: usize,
    },
    /// An area that must be burnt still shows something.
    #[error("page {page} of `{file}` shows something where it must be burnt")]
    NotBurnt {
        /// The file.
        file: String,
        /// From 1.
        page: usize,
    },
    /// A reader could not open the file.
    #[error("`{file}` could not be opened again by the {reader} reader")]
    Unreadable {
        /// The file.
        file: String,
        /// Which reader.
        reader: &'static str,
    },
    /// The search itself could not be made.
    #[error("the search could not be made: {0}")]
    Search(String),
}

/// What was checked, for the record of the release. It holds no content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Certificate {
    /// Each file.
    pub files: Vec<Checked>,
    /// How many different withheld texts were searched for in every file.
    pub searched: usize,
    /// How many withheld texts say nothing alone (a single letter, a number of two digits, `her`) and
    /// were not searched for.
    pub not_searched: usize,
}

/// A file that was checked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: usize,
    /// The readers that opened it.
    pub readers: [&'static str; 2],
    /// Areas whose pixels were looked at.
    pub areas: usize,
}

/// A copy that may leave.
///
/// INVARIANT: only [`release`] makes one, after every check has passed; its content cannot be changed.
#[derive(Debug)]
pub struct ReleasedCopy {
    files: Vec<SafeFile>,
    report: Report,
    certificate: Certificate,
}

impl ReleasedCopy {
    /// The files.
    #[must_use]
    pub fn files(&self) -> &[SafeFile] {
        &self.files
    }

    /// What was withheld and dropped.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// What was checked.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// Verifies `copy` and gives it as one that may leave.
///
/// # Errors
///
/// Every [`Doubt`] found; the copy is gone.
pub fn release(copy: SafeCopy, withheld: &Withheld) -> Result<ReleasedCopy, Vec<Doubt>> {
    let certificate = verify(&copy.files, withheld)?;
    Ok(ReleasedCopy { files: copy.files, report: copy.report, certificate })
}

/// Opens every file again and looks for everything withheld.
///
/// # Errors
///
/// Every [`Doubt`] found.
pub fn verify(files: &[SafeFile], withheld: &Withheld) -> Result<Certificate, Vec<Doubt>> {
    let search = withheld.search.as_ref().map_err(|e| vec![Doubt::Search(e.clone())])?;
    let mut doubts = Vec::new();
    let mut checked = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let mut check = Check { file: file.name.clone(), withheld, search, doubts: Vec::new(), areas: 0 };
        check.name(&file.name, number);
        let readers = check.file(file);
        doubts.append(&mut check.doubts);
        let sha256 = Sha256::digest(&file.bytes).iter().map(|b| format!("{b:02x}")).collect();
        checked.push(Checked {
            name: file.name.clone(),
            sha256,
            size: file.bytes.len(),
            readers,
            areas: check.areas,
        });
    }
    doubts.dedup();
    if !doubts.is_empty() {
        return Err(doubts);
    }
    let (searched, not_searched) = (search.needles.len(), withheld.unsearched);
    Ok(Certificate { files: checked, searched, not_searched })
}

/// The checking of one file.
pub(crate) struct Check<'a> {
    pub(crate) file: String,
    pub(crate) withheld: &'a Withheld,
    search: &'a Search,
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) areas: usize,
}

impl Check<'_> {
    fn file(&mut self, file: &SafeFile) -> [&'static str; 2] {
        match file.media_type {
            "application/pdf" => pdf::check(self, &file.bytes),
            "text/html" => html::check(self, &file.bytes),
            "text/plain" => self.plain(&file.bytes),
            "image/png" | "image/jpeg" => picture::check(self, &file.bytes),
            crate::redact::XLSX => sheet::check(self, &file.bytes),
            _ => self.foreign("a kind of file that is not checked"),
        }
        match file.media_type {
            "application/pdf" => ["hayro", "lopdf"],
            "text/html" => ["html5ever", "scan"],
            "text/plain" => ["utf-8", "bytes"],
            "image/png" | "image/jpeg" => ["image", "segments"],
            _ => ["calamine", "xml"],
        }
    }

    /// A name with withheld text in it is not repeated in the doubt.
    fn name(&mut self, name: &str, number: usize) {
        let before = self.doubts.len();
        self.file = format!("file {}", number + 1);
        self.strings(name, "name");
        let neutral = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if !name.chars().all(neutral) {
            self.foreign("a name that is not neutral");
        }
        if self.doubts.len() == before {
            name.clone_into(&mut self.file);
        }
    }

    fn plain(&mut self, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else { return self.unreadable("utf-8") };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.foreign("control characters");
        }
        self.prose(text, "text");
        self.bytes(bytes, "bytes");
    }

    /// Searches running text. No word of a withheld text may be read more often than the released text
    /// has it, so that half a name left over is found too.
    pub(crate) fn prose(&mut self, text: &str, place: &'static str) {
        let hay = Hay::without(text, &self.withheld.phrases);
        self.count(&hay, place, 1);
        let mut counts = std::collections::HashMap::new();
        for token in hay.tokens() {
            *counts.entry(token.text.as_str()).or_insert(0_usize) += 1;
        }
        let survivors = &self.withheld.survivors.counts;
        let mut parts = Vec::new();
        for (index, needle) in self.search.needles.iter().enumerate() {
            let more = |w: &str| counts.get(w).copied().unwrap_or(0) > survivors.get(w).copied().unwrap_or(0);
            if needle.is_decided && needle.parts().any(more) {
                parts.push(self.found(place, index, How::Part));
            }
        }
        self.doubts.append(&mut parts);
    }

    /// Searches strings that are not running text: properties, attributes, bookmarks. A heading's words
    /// stand in two such places.
    pub(crate) fn strings(&mut self, text: &str, place: &'static str) {
        self.count(&Hay::without(text, &self.withheld.phrases), place, 2);
    }

    /// Searches raw bytes for runs of printable characters, in one and in two bytes a character. Short
    /// texts turn up in noise by accident, so only long ones count here.
    pub(crate) fn bytes(&mut self, bytes: &[u8], place: &'static str) {
        let one: String = printable(bytes.iter().copied());
        let even: String = printable(bytes.chunks_exact(2).map(narrow));
        let odd: String = printable(bytes.get(1..).unwrap_or_default().chunks_exact(2).map(narrow));
        for text in [one, even, odd] {
            let hay = Hay::without(&text, &self.withheld.phrases);
            let hits = self.search.hits(&hay, &self.withheld.survivors);
            let strong = |h: &&search::Hit| {
                // Numbers are all over a file's own bookkeeping: only long ones that stand alone count.
                let fits =
                    |n: &Needle| n.is_strong() && (!n.is_number() || n.key().len() >= 9 && h.first == h.last);
                self.search.needles.get(h.needle).is_some_and(|n| n.allowed == 0 && fits(n))
            };
            let found: Vec<Doubt> =
                hits.iter().filter(strong).map(|h| self.found(place, h.needle, h.how)).collect();
            self.doubts.extend(found);
        }
    }

    fn count(&mut self, hay: &Hay, place: &'static str, times: usize) {
        let mut hits = self.search.hits(hay, &self.withheld.survivors);
        hits.sort_by_key(|h| h.needle);
        let found: Vec<Doubt> = hits
            .chunk_by(|a, b| a.needle == b.needle)
            .filter_map(|group| {
                let first = group.first()?;
                let allowed = self.search.needles.get(first.needle)?.allowed * times;
                (group.len() > allowed).then(|| self.found(place, first.needle, first.how))
            })
            .collect();
        self.doubts.extend(found);
    }

    fn found(&self, place: &'static str, needle: usize, how: How) -> Doubt {
        Doubt::Found { file: self.file.clone(), place, number: needle + 1, how }
    }

    pub(crate) fn foreign(&mut self, what: impl Into<String>) {
        self.doubts.push(Doubt::Foreign { file: self.file.clone(), what: what.into() });
    }

    pub(crate) fn unreadable(&mut self, reader: &'static str) {
        self.doubts.push(Doubt::Unreadable { file: self.file.clone(), reader });
    }

    /// Looks at the pixels of every area of `page` that must be burnt.
    pub(crate) fn burnt(&mut self, page: usize, picture: &image::GrayImage) {
        let areas = self.withheld.burnt.get(&self.file).map_or(&[][..], Vec::as_slice);
        let mut shows = false;
        for (_, area, width) in areas.iter().filter(|(p, ..)| *p == page) {
            self.areas += 1;
            shows |= picture::shows_something(picture, area, *width);
        }
        let dark = self.withheld.dark.get(&self.file).map_or(&[][..], Vec::as_slice);
        for (_, area, width) in dark.iter().filter(|(p, ..)| *p == page) {
            self.areas += 1;
            shows |= !picture::is_dark(picture, area, *width);
        }
        if shows {
            self.doubts.push(Doubt::NotBurnt { file: self.file.clone(), page: page + 1 });
        }
    }
}

/// The low byte of a two-byte character that is in the first 256, else a break.
fn narrow(pair: &[u8]) -> u8 {
    match pair {
        [0, low] | [low, 0] => *low,
        _ => 0,
    }
}

/// Runs of six and more printable Latin-1 characters, one a line.
fn printable(bytes: impl Iterator<Item = u8>) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let mut end = |run: &mut String| {
        if run.chars().count() >= 6 {
            out.push_str(run);
            out.push('\n');
        }
        run.clear();
    };
    for byte in bytes {
        if (0x20..0x7f).contains(&byte) || byte >= 0xa0 {
            run.push(char::from(byte));
        } else {
            end(&mut run);
        }
    }
    end(&mut run);
    out
}
