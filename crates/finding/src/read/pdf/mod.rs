//! PDF: hayro draws every page into a device that collects glyphs, boxes and pictures; lopdf is the
//! second reader, for what the pages do not show.

mod device;
mod layout;
mod objects;
mod preflight;

use std::collections::BTreeSet;

use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::Rect;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{InterpreterCache, InterpreterSettings, interpret_page};

use super::builder::Builder;
use super::limits::{Context, Ocr};
use super::{ReadError, guard, ocr};
use crate::model::{Document, FileKind, HiddenKind, Page};
use device::{Collected, Collector, Fate};

/// Share of a page's glyphs without a character beyond which its text is not trusted (1 in 50).
const UNMAPPED: usize = 50;

/// Earlier versions of a file that are read again.
const VERSIONS: usize = 4;

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    preflight::check(bytes, &context)?;
    let mut builder = Builder::new(FileKind::Pdf, context);
    let pdf = open(bytes)?;
    let count = guard::guarded("PDF", || Ok(pdf.pages().len()))?;
    if count > context.limits.pages {
        return Err(ReadError::Many { what: "pages", limit: context.limits.pages });
    }
    let mut drawn = Drawn::default();
    for number in 0..count {
        let result = page(&pdf, number, &mut drawn, &mut builder);
        if matches!(result, Err(ReadError::Panicked { .. })) && builder.document.pages.len() <= number {
            // INVARIANT: pages keep their numbers even when one cannot be read.
            let (width, height) = guard::guarded("PDF", || Ok(size(&pdf, number))).unwrap_or((595.0, 842.0));
            builder.document.pages.push(Page { width, height, needs_ocr: true, ocr: false });
        }
        builder.tolerate(&format!("page {}", number + 1), result)?;
    }
    let found = objects::read(bytes, &mut builder)?;
    layers(found.all_layers, &mut drawn, &mut builder)?;
    earlier(bytes, &drawn, &mut builder)?;
    Ok(builder.document)
}

fn open(bytes: &[u8]) -> Result<Pdf, ReadError> {
    guard::guarded("PDF", || {
        Pdf::new(bytes.to_vec()).map_err(|e| match e {
            LoadPdfError::Decryption(_) => ReadError::Encrypted,
            LoadPdfError::Invalid => ReadError::malformed("no pages can be found in it"),
        })
    })
}

fn size(pdf: &Pdf, number: usize) -> (f32, f32) {
    pdf.pages()
        .get(number)
        .map_or((595.0, 842.0), hayro_interpret::hayro_syntax::page::Page::render_dimensions)
}

/// Lines that the pages draw, to tell what another layer or an earlier version adds.
#[derive(Debug, Default)]
struct Drawn {
    lines: BTreeSet<(usize, String)>,
    texts: BTreeSet<String>,
}

impl Drawn {
    fn add(&mut self, page: usize, text: &str) {
        let text = squeezed(text);
        self.texts.insert(text.clone());
        self.lines.insert((page, text));
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Draws one page into a collector.
fn collect(pdf: &Pdf, number: usize, context: &Context<'_>) -> Result<Collected, ReadError> {
    guard::guarded("PDF", || {
        let page = pdf.pages().get(number).ok_or_else(|| ReadError::malformed("the page is missing"))?;
        let (width, height) = page.render_dimensions();
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let cache = InterpreterCache::new();
        let transform = page.initial_transform(true).to_kurbo();
        let settings = InterpreterSettings::default();
        let mut interpreter = hayro_interpret::Context::new(transform, area, &cache, pdf.xref(), settings);
        let mut collector = Collector::new(area, context);
        interpret_page(page, &mut interpreter, &mut collector);
        collector.finish()
    })
}

fn page(pdf: &Pdf, number: usize, drawn: &mut Drawn, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let context = builder.context;
    context.spend(10_000)?;
    let collected = collect(pdf, number, &context)?;
    let (width, height) = size(pdf, number);
    let needs_ocr = needs_ocr(&collected);
    builder.document.pages.push(Page { width, height, needs_ocr, ocr: false });
    for block in layout::blocks(&collected.glyphs, number, &context)? {
        drawn.add(number, &block.text);
        builder.push(block)?;
    }
    hidden_on(number, &collected, builder)?;
    if needs_ocr { recognise(pdf, number, builder) } else { Ok(()) }
}

fn needs_ocr(collected: &Collected) -> bool {
    let seen = collected.glyphs.iter().filter(|g| g.fate == Fate::Shown);
    let (mut count, mut unmapped) = (0, 0);
    for glyph in seen {
        count += 1;
        unmapped += usize::from(glyph.text.contains('\u{fffd}'));
    }
    if count == 0 { collected.draws } else { unmapped * UNMAPPED > count }
}

fn hidden_on(number: usize, collected: &Collected, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let place = format!("page {}", number + 1);
    let kinds = [
        (Fate::Invisible, HiddenKind::InvisibleText),
        (Fate::Faint, HiddenKind::InvisibleText),
        (Fate::Clipped, HiddenKind::InvisibleText),
        (Fate::Covered, HiddenKind::TextUnderBox),
        (Fate::OffPage, HiddenKind::OffPage),
    ];
    for (fate, what) in kinds {
        let fits = |g: &&device::Glyph| g.fate == fate && !g.text.trim().is_empty();
        builder.hide(what, &place, collected.glyphs.iter().filter(fits).count());
    }
    for (element, text) in collected.replacements.iter().enumerate() {
        builder.concealed(HiddenKind::InvisibleText, text, &format!("{place}, replacement text"), element)?;
    }
    if collected.cropped > 0 {
        builder.hide(HiddenKind::CroppedPicture, &place, collected.cropped);
    }
    Ok(())
}

/// Reads the text in the page's picture, or says why not.
fn recognise(pdf: &Pdf, number: usize, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let place = format!("page {}", number + 1);
    let done = builder.document.pages.iter().filter(|p| p.ocr).count();
    let limit = match &builder.context.limits.ocr {
        Ocr::Off => 0,
        Ocr::Tesseract { pages, .. } => *pages,
    };
    if limit > 0 && done >= limit {
        builder.problem(place, format!("text in the picture was not read: more than {limit} pages need OCR"));
        return Ok(());
    }
    if limit == 0 {
        builder.problem(place, "text in the picture was not read because OCR is switched off");
        return Ok(());
    }
    let (picture, scale) = draw(pdf, number, &builder.context)?;
    match ocr::words(&picture, &builder.context) {
        Ok(words) => {
            ocr::push(&words, number, 1.0 / scale, builder)?;
            if let Some(page) = builder.document.pages.get_mut(number) {
                page.ocr = true;
            }
        }
        Err(why) => builder.problem(place, why.to_string()),
    }
    Ok(())
}

/// The page as a PNG at 200 dots per inch, or less for a very large page.
fn draw(pdf: &Pdf, number: usize, context: &Context<'_>) -> Result<(Vec<u8>, f32), ReadError> {
    guard::guarded("PDF", || {
        let page = pdf.pages().get(number).ok_or_else(|| ReadError::malformed("the page is missing"))?;
        let (width, height) = page.render_dimensions();
        let scale = (200.0_f32 / 72.0).min(5000.0 / width.max(height).max(1.0));
        // Drawing takes about 50 ms; a scan of 200 pages must fit in the budget.
        context.spend(5_000_000)?;
        let settings = hayro::PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: hayro::vello_cpu::color::palette::css::WHITE,
        };
        let pixmap = hayro::render(
            page,
            &hayro::RenderCache::new(),
            &InterpreterSettings::default(),
            &hayro::RenderSettings::default(),
            &settings,
        );
        let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
        let grey = pixmap.data_as_u8_slice().chunks_exact(4).map(luma).collect();
        let image = image::GrayImage::from_raw(width, height, grey)
            .ok_or_else(|| ReadError::malformed("the page cannot be drawn"))?;
        let mut png = std::io::Cursor::new(Vec::new());
        image
            .write_to(&mut png, image::ImageFormat::Png)
            .map_err(|_| ReadError::malformed("the page cannot be drawn"))?;
        Ok((png.into_inner(), scale))
    })
}

fn luma(pixel: &[u8]) -> u8 {
    let channel = |at: usize| u32::from(pixel.get(at).copied().unwrap_or(255));
    u8::try_from((channel(0) * 299 + channel(1) * 587 + channel(2) * 114) / 1000).unwrap_or(255)
}

/// Draws the pages again with every layer switched on; what is new was hidden by a layer.
fn layers(all_on: Option<Vec<u8>>, drawn: &mut Drawn, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let Some(bytes) = all_on else { return Ok(()) };
    match more(&bytes, drawn, HiddenKind::LayerOff, builder) {
        Ok(()) => Ok(()),
        Err(e) => builder.tolerate("layers that are switched off", Err(e)),
    }
}

/// Adds what another version of the file draws and this one does not.
fn more(bytes: &[u8], drawn: &Drawn, what: HiddenKind, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let pdf = open(bytes)?;
    let context = builder.context;
    let count = guard::guarded("PDF", || Ok(pdf.pages().len()))?;
    for number in 0..count.min(context.limits.pages) {
        let collected = collect(&pdf, number, &context)?;
        for mut block in layout::blocks(&collected.glyphs, number, &context)? {
            let text = squeezed(&block.text);
            let known = match what {
                HiddenKind::EarlierVersion => drawn.texts.contains(&text),
                _ => drawn.lines.contains(&(number, text)),
            };
            if !known {
                builder.hide(what, &format!("page {}", number + 1), block.text.chars().count());
                block.visible = false;
                builder.push(block)?;
            }
        }
    }
    Ok(())
}

/// Reads the earlier versions that incremental updates left in the file.
fn earlier(bytes: &[u8], drawn: &Drawn, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let ends: Vec<usize> = memchr::memmem::find_iter(bytes, b"%%EOF").map(|at| at + 5).take(1000).collect();
    let linear = bytes.get(..1024).is_some_and(|h| memchr::memmem::find(h, b"/Linearized").is_some());
    // A linearised file ends twice in its first version; spaces may follow the last end.
    let versions = ends.len().saturating_sub(1 + usize::from(linear));
    builder.hide(HiddenKind::EarlierVersion, "file", versions);
    if versions > VERSIONS {
        builder.problem("earlier versions", format!("only {VERSIONS} of its earlier versions were read"));
    }
    for end in ends.iter().rev().skip(1).take(versions.min(VERSIONS)) {
        let earlier = bytes.get(..*end).unwrap_or_default();
        let result = more(earlier, drawn, HiddenKind::EarlierVersion, builder);
        builder.tolerate("an earlier version of the file", result)?;
    }
    Ok(())
}
