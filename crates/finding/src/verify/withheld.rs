//! What must not be readable in a copy, worked out from the document and the plan alone.

use std::collections::{BTreeMap, HashMap};

use super::search::{BARRIER, Hay, Needle, Phrases, Search, Survivors};
use crate::model::{Area, Document, FileKind, Source};
use crate::redact::{AttachmentPlan, Format, Options, PageArea, Plan};

/// An area of a page that must be burnt: page from 0, area in points, page width in points.
pub(crate) type Burnt = (usize, Area, f32);

/// What a copy must not tell.
#[derive(Debug)]
pub struct Withheld {
    pub(crate) search: Result<Search, String>,
    pub(crate) survivors: Survivors,
    /// Our own phrases, which are taken out of what is read before it is searched.
    pub(crate) phrases: Phrases,
    /// Areas to check for, by the name of the file.
    pub(crate) burnt: BTreeMap<String, Vec<Burnt>>,
    /// Areas that must be dark, whatever the plan says, by the name of the file.
    pub(crate) dark: BTreeMap<String, Vec<Burnt>>,
    /// How many withheld texts say nothing alone and are not searched for.
    pub(crate) unsearched: usize,
}

impl Withheld {
    /// The same, with areas that must be dark in the copy even if the plan forgot them. They come from what was
    /// recorded with the picture and not from the plan, so that a mistake between the two stops the release.
    #[must_use]
    pub fn with_dark(
        mut self,
        document: &Document,
        plan: &Plan,
        options: &Options,
        must: &[PageArea],
    ) -> Self {
        let withheld = withheld_pages(document, plan);
        let width = |page: usize| document.pages.get(page).map_or(0.0, |p| p.width);
        let shown = must.iter().filter(|m| !withheld.contains(&m.page));
        let areas: Vec<Burnt> = shown.filter_map(|m| Some((m.page, m.area?, width(m.page)))).collect();
        for name in page_files(options) {
            self.dark.insert(name, areas.clone());
        }
        self
    }

    /// What `plan` withholds of `document`, for a copy made with `options`.
    #[must_use]
    pub fn of(document: &Document, plan: &Plan, options: &Options) -> Self {
        let mut gather = Gather::default();
        gather.document(document, plan, options);
        let mut meanings = options.meanings.clone();
        for code in plan.codes().into_iter().chain([options.unread.clone()]) {
            meanings.entry(code).or_default();
        }
        let mut phrases = options.words.phrases(&meanings);
        phrases.push(options.title.clone());
        phrases.push(options.language.clone());
        gather.finish(&phrases)
    }

    /// Texts to look for in files made elsewhere, with nothing excused.
    #[must_use]
    pub fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut gather = Gather::default();
        for text in texts {
            gather.span(text);
        }
        gather.finish(&[])
    }
}

#[derive(Default)]
struct Gather {
    /// Decided span by span: every other mention needs a decision too.
    spans: HashMap<String, Needle>,
    /// Dropped whole (hidden text, pages, properties, names): may be said elsewhere.
    wholes: HashMap<String, Needle>,
    kept: Vec<String>,
    released: String,
    burnt: BTreeMap<String, Vec<Burnt>>,
    unsearched: usize,
}

impl Gather {
    fn document(&mut self, document: &Document, plan: &Plan, options: &Options) {
        let withheld_pages = withheld_pages(document, plan);
        for (index, block) in document.blocks.iter().enumerate() {
            let page = if let Source::Page { page, .. } = block.source { Some(page) } else { None };
            let on_withheld = page.is_some_and(|p| withheld_pages.contains(&p));
            if on_withheld || !plan.releases(index, block) || plan.blocks.contains_key(&index) {
                self.lines(&block.text);
            } else {
                self.block(document, plan, index);
            }
            if let Source::Sheet { sheet, .. } = &block.source {
                self.whole(sheet);
            }
        }
        document.metadata.iter().for_each(|meta| self.whole(&meta.value));
        self.burnt(document, plan, options);
        for (number, attachment) in document.attachments.iter().enumerate() {
            self.whole(attachment.name.rsplit_once('.').map_or(&attachment.name, |(stem, _)| stem));
            let Ok(inner) = &attachment.content else { continue };
            match plan.attachments.get(&number) {
                Some(AttachmentPlan::Release(inner_plan)) => {
                    let options = crate::redact::inner_options(options, inner.kind, number + 1);
                    self.document(inner, inner_plan, &options);
                }
                _ => inner.blocks.iter().for_each(|b| self.lines(&b.text)),
            }
        }
    }

    fn block(&mut self, document: &Document, plan: &Plan, index: usize) {
        let Some(block) = document.blocks.get(index) else { return };
        let chars: Vec<char> = block.text.chars().collect();
        let text =
            |start: usize, end: usize| chars.get(start..end).unwrap_or_default().iter().collect::<String>();
        let small = document.kind == FileKind::Spreadsheet && is_small_number(&block.text);
        let alone = |said: &str| small && said.trim() == block.text.trim();
        for span in plan.spans.iter().filter(|s| s.block == index) {
            let said = text(span.start, span.end.min(chars.len()));
            self.said(&said, alone(&said));
        }
        let mut at = 0;
        for (start, end, _) in plan.ranges(document, index) {
            let said = text(start, end);
            self.said(&said, alone(&said));
            self.released.push_str(&text(at, start));
            self.released.push_str(" \n");
            self.released.push_str(BARRIER);
            self.released.push('\n');
            at = end;
        }
        self.released.push_str(&text(at, chars.len()));
        self.released.push('\n');
        let kept = plan.kept.iter().filter(|k| k.block == index && k.start < k.end);
        self.kept.extend(kept.map(|k| text(k.start, k.end.min(chars.len()))));
    }

    /// A decided text; what stands `alone` in its cell may be said by another cell.
    fn said(&mut self, text: &str, alone: bool) {
        if alone {
            self.whole(text);
        } else {
            self.span(text);
        }
    }

    fn span(&mut self, text: &str) {
        match Needle::new(text) {
            Some(needle) => drop(self.spans.insert(needle.key().to_owned(), needle)),
            None => self.unsearched += usize::from(!text.trim().is_empty()),
        }
    }

    fn lines(&mut self, text: &str) {
        text.split(['\n', '.', ';', '!', '?']).for_each(|line| self.whole(line));
    }

    fn whole(&mut self, text: &str) {
        if let Some(mut needle) = Needle::new(text) {
            needle.is_decided = false;
            self.wholes.insert(needle.key().to_owned(), needle);
        }
    }

    /// The words that a page image must not show, where they stand in the source.
    fn burnt(&mut self, document: &Document, plan: &Plan, options: &Options) {
        if options.reflow_pages || !matches!(document.kind, FileKind::Pdf | FileKind::Image) {
            return;
        }
        let withheld = withheld_pages(document, plan);
        let width = |page: usize| document.pages.get(page).map_or(0.0, |p| p.width);
        let mut areas: Vec<Burnt> = Vec::new();
        for (index, block) in document.blocks.iter().enumerate() {
            let Source::Page { page, words } = &block.source else { continue };
            if !plan.releases(index, block) || withheld.contains(page) {
                continue;
            }
            let ranges = plan.ranges(document, index);
            let hit = |w: &&crate::model::Word| {
                ranges.iter().any(|(start, end, _)| *start < w.end && w.start < *end)
            };
            areas.extend(words.iter().filter(hit).map(|w| (*page, w.area, width(*page))));
        }
        let by_hand = plan.areas.iter().filter(|a| !withheld.contains(&a.page));
        areas.extend(by_hand.filter_map(|a| Some((a.page, a.area?, width(a.page)))));
        for name in page_files(options) {
            self.burnt.insert(name, areas.clone());
        }
    }

    fn finish(self, phrases: &[String]) -> Withheld {
        let released = Hay::new(&self.released);
        let mut survivors = Survivors { words: " ".to_owned(), counts: HashMap::new() };
        for token in released.tokens() {
            survivors.words.push_str(&token.text);
            survivors.words.push(' ');
            *survivors.counts.entry(token.text.clone()).or_insert(0) += 1;
        }
        let Self { spans, wholes, kept, burnt, unsearched, .. } = self;
        let search = needles(spans, wholes, &kept, &released);
        let dark = BTreeMap::new();
        Withheld { search, survivors, phrases: Phrases::new(phrases), burnt, dark, unsearched }
    }
}

/// Counts how often each needle may be read: as often as it was kept on purpose, or, for what was
/// dropped whole, as often as the released text says the same.
fn needles(
    spans: HashMap<String, Needle>,
    mut wholes: HashMap<String, Needle>,
    kept: &[String],
    released: &Hay,
) -> Result<Search, String> {
    wholes.retain(|key, _| !spans.contains_key(key));
    let count = spans.len();
    let mut all: Vec<Needle> = spans.into_values().collect();
    all.sort_by(|a, b| a.key().cmp(b.key()));
    let mut rest: Vec<Needle> = wholes.into_values().collect();
    rest.sort_by(|a, b| a.key().cmp(b.key()));
    all.extend(rest);
    let mut search = Search::new(all).map_err(|e| e.to_string())?;
    let none = Survivors::default();
    let kept: Vec<Hay> = kept.iter().map(|text| Hay::new(text)).collect();
    let mut allowed = vec![0; search.needles.len()];
    for hit in kept.iter().flat_map(|hay| search.hits(hay, &none)).filter(|hit| hit.needle < count) {
        allowed.get_mut(hit.needle).into_iter().for_each(|n| *n += 1);
    }
    for hit in search.hits(released, &none).iter().filter(|hit| hit.needle >= count) {
        allowed.get_mut(hit.needle).into_iter().for_each(|n| *n += 1);
    }
    for (needle, allowed) in search.needles.iter_mut().zip(allowed) {
        needle.allowed = allowed;
    }
    Ok(search)
}

/// A cell of a few figures: a rent, a flat, a count. Another cell may say the same of somebody else, so that it is no
/// mention that was missed; it may be read as often as the released cells say it. A name, a telephone number, an
/// account or a date is a mention wherever it stands.
fn is_small_number(cell: &str) -> bool {
    let figures = cell.chars().filter(char::is_ascii_digit).count();
    (1..6).contains(&figures) && cell.trim().chars().all(|c| c.is_ascii_digit() || "£.,- ".contains(c))
}

/// The names of the files of a copy that show pages.
fn page_files(options: &Options) -> Vec<String> {
    let extensions = options.formats.iter().flat_map(|format| match format {
        Format::Pdf => &["pdf"][..],
        Format::Image => &["png", "jpg"],
        _ => &[],
    });
    extensions.map(|extension| format!("{}.{extension}", options.stem)).collect()
}

/// Pages withheld whole, whether by decision or because they could not be read.
fn withheld_pages(document: &Document, plan: &Plan) -> Vec<usize> {
    let whole = |n: usize| plan.areas.iter().any(|a| a.page == n && a.area.is_none());
    let unread = |n: usize| {
        document.pages.get(n).is_some_and(|p| p.needs_ocr && !p.ocr) && !plan.pages_seen.contains(&n)
    };
    (0..document.pages.len()).filter(|n| whole(*n) || unread(*n)).collect()
}
