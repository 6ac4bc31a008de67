//! Page images rebuilt: draw the page, burn the boxes, keep the surviving words as unseen text.
//!
//! Every page of a PDF is rebuilt, not only those with something withheld: that drops bookmarks,
//! layers, annotations, forms, scripts and attachments at once, and leaves no page whose objects would
//! have to be trusted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

use super::RedactError;
use super::pixels::{Placed, Raster, boxes, covers, same_line};
use super::plan::{Options, Plan, ReasonCode};
use crate::model::{Area, Document, Page, Source};
use crate::write::flow::Run;
use crate::write::{Picture, RebuiltPage, Stamp, TextLine, Words};

/// Positions in the text layer are multiples of this many points, so that it carries no advance of
/// the original.
const GRID: f32 = 8.0;
/// No page is drawn with more pixels than this; a larger one is drawn more coarsely.
const PIXELS: f32 = 40.0e6;
const QUALITY: u8 = 68;

/// The pages that are withheld whole, from 0, with what is said in their place.
pub(crate) fn withheld(document: &Document, plan: &Plan, options: &Options) -> Vec<(usize, Vec<Run>)> {
    let words = &options.words;
    let mut out = Vec::new();
    for (number, page) in document.pages.iter().enumerate() {
        let whole = plan.areas.iter().find(|a| a.page == number && a.area.is_none());
        // A page that could not be read may say anything; it goes out only when a person has seen it.
        let unread = (page.needs_ocr && !page.ocr) && !plan.pages_seen.contains(&number);
        if let Some(area) = whole {
            out.push((number, notice(&words.page_withheld, &area.code)));
        } else if unread {
            out.push((number, notice(&words.page_unread, &options.unread)));
        }
    }
    out
}

pub(crate) fn notice(text: &str, code: &ReasonCode) -> Vec<Run> {
    vec![Run::Text(format!("{text} ")), Run::Label(code.clone())]
}

/// A page's words with their fate, in reading order.
#[derive(Debug, Default)]
pub(crate) struct PageWords {
    words: Vec<PageWord>,
    /// Words that the original does not show.
    hidden: Vec<Area>,
}

#[derive(Debug)]
struct PageWord {
    placed: Placed,
    text: String,
    /// Why it is withheld.
    label: Option<ReasonCode>,
    /// True when white space stands before it in its block.
    spaced: bool,
}

/// The words of every page.
pub(crate) fn words(document: &Document, plan: &Plan) -> Vec<PageWords> {
    let mut pages: Vec<PageWords> = document.pages.iter().map(|_| PageWords::default()).collect();
    for (index, block) in document.blocks.iter().enumerate() {
        let Source::Page { page, words } = &block.source else { continue };
        let Some(target) = pages.get_mut(*page) else { continue };
        if !plan.releases(index, block) {
            target.hidden.extend(words.iter().map(|w| w.area));
            continue;
        }
        let chars: Vec<char> = block.text.chars().collect();
        let ranges = plan.ranges(document, index);
        for word in words {
            let code = ranges.iter().find(|(start, end, _)| *start < word.end && word.start < *end);
            let before = word.start.checked_sub(1).and_then(|i| chars.get(i));
            target.words.push(PageWord {
                placed: Placed { area: word.area, withheld: code.is_some(), block: index },
                text: chars.get(word.start..word.end).unwrap_or_default().iter().collect(),
                label: code.map(|(_, _, code)| code.clone()),
                spaced: before.is_none_or(|c| c.is_whitespace()),
            });
        }
    }
    pages
}

/// Rebuilds every page of a PDF.
pub(crate) fn rebuild(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<Vec<RebuiltPage>, RedactError> {
    // hayro reads hostile input; a panic in it must withhold the document and not end the process.
    catch_unwind(AssertUnwindSafe(|| rebuild_pages(source, document, plan, options)))
        .unwrap_or_else(|_| Err(RedactError::Unreadable("the page renderer failed on it".to_owned())))
}

fn rebuild_pages(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<Vec<RebuiltPage>, RedactError> {
    let pdf = Pdf::new(source.to_vec())
        .map_err(|e| RedactError::Unreadable(format!("not a readable PDF: {e:?}")))?;
    if pdf.pages().len() != document.pages.len() {
        return Err(RedactError::Mismatch("the number of pages".to_owned()));
    }
    let withheld = withheld(document, plan, options);
    let cache = RenderCache::new();
    let words = words(document, plan);
    let mut out = Vec::with_capacity(words.len());
    for (number, ((page, model), words)) in pdf.pages().iter().zip(&document.pages).zip(&words).enumerate() {
        if let Some((_, notice)) = withheld.iter().find(|(p, _)| *p == number) {
            out.push(blank(model.width, model.height, notice.clone()));
            continue;
        }
        let Drawn { raster, scale, size } = draw(page, model, &cache, options)?;
        out.push(finish(raster, scale, size, words, number, plan, &options.words)?);
    }
    Ok(out)
}

/// A page as pixels, at so many pixels a point, with its size in points.
struct Drawn {
    raster: Raster,
    scale: f32,
    size: (f32, f32),
}

fn draw<'a>(
    page: &'a hayro::hayro_syntax::page::Page<'a>,
    model: &Page,
    cache: &RenderCache<'a>,
    options: &Options,
) -> Result<Drawn, RedactError> {
    let (width, height) = page.render_dimensions();
    if (width - model.width).abs() > 1.0 || (height - model.height).abs() > 1.0 {
        return Err(RedactError::Mismatch("the size of a page".to_owned()));
    }
    let scale = (f32::from(options.dpi) / 72.0).min((PIXELS / (width * height).max(1.0)).sqrt());
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let drawn =
        hayro::render(page, cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    let (pixels_wide, pixels_high) = (usize::from(drawn.width()), usize::from(drawn.height()));
    let raster = Raster::from_rgba(pixels_wide, pixels_high, drawn.data_as_u8_slice());
    Ok(Drawn { raster, scale, size: (width, height) })
}

/// One page as a JPEG: see [`super::preview::page_picture`].
pub(crate) fn one(
    source: &[u8],
    document: &Document,
    plan: Option<&Plan>,
    options: &Options,
    number: usize,
) -> Result<Option<Vec<u8>>, RedactError> {
    let pdf = Pdf::new(source.to_vec())
        .map_err(|e| RedactError::Unreadable(format!("not a readable PDF: {e:?}")))?;
    let (Some(page), Some(model)) = (pdf.pages().get(number), document.pages.get(number)) else {
        return Err(RedactError::Mismatch("the number of pages".to_owned()));
    };
    let Drawn { raster, scale, .. } = draw(page, model, &RenderCache::new(), options)?;
    shown(raster, scale, document, plan, options, number)
}

/// A drawn page as it is, or with a plan as it will be.
pub(crate) fn shown(
    mut raster: Raster,
    scale: f32,
    document: &Document,
    plan: Option<&Plan>,
    options: &Options,
    number: usize,
) -> Result<Option<Vec<u8>>, RedactError> {
    if let Some(plan) = plan {
        if withheld(document, plan, options).iter().any(|(page, _)| *page == number) {
            return Ok(None);
        }
        let words = words(document, plan);
        burn(&mut raster, scale, words.get(number).unwrap_or(&PageWords::default()), number, plan);
    }
    raster.jpeg(QUALITY).map(Some).map_err(|e| RedactError::Picture(e.to_string()))
}

pub(crate) fn blank(width: f32, height: f32, notice: Vec<Run>) -> RebuiltPage {
    RebuiltPage { width, height, picture: None, paragraphs: Vec::new(), notice }
}

/// Burns a drawn page and adds its text layer.
pub(crate) fn finish(
    mut raster: Raster,
    scale: f32,
    (width, height): (f32, f32),
    words: &PageWords,
    number: usize,
    plan: &Plan,
    our_words: &Words,
) -> Result<RebuiltPage, RedactError> {
    let boxes = burn(&mut raster, scale, words, number, plan);
    let jpeg = raster.jpeg(QUALITY).map_err(|e| RedactError::Picture(e.to_string()))?;
    let paragraphs = text_layer(words, &boxes, our_words, (width, height));
    Ok(RebuiltPage { width, height, picture: Some(Picture { jpeg }), paragraphs, notice: Vec::new() })
}

/// Burns the boxes of a page in and gives them.
fn burn(raster: &mut Raster, scale: f32, words: &PageWords, number: usize, plan: &Plan) -> Vec<Area> {
    for area in &words.hidden {
        raster.flatten(area, scale);
    }
    let boxes = page_boxes(words, number, plan);
    for area in &boxes {
        raster.burn(area, scale);
    }
    boxes
}

/// Every box of a page: those over words and those drawn by hand.
pub(crate) fn page_boxes(words: &PageWords, number: usize, plan: &Plan) -> Vec<Area> {
    let mut boxes = boxes(&words.words.iter().map(|w| w.placed).collect::<Vec<_>>());
    boxes.extend(plan.areas.iter().filter(|a| a.page == number).filter_map(|a| a.area));
    boxes
}

/// The surviving text as lines on a coarse grid, with a label on each box.
///
/// A word under any box is dropped whatever block it came from: the same words may be drawn twice.
fn text_layer(words: &PageWords, boxes: &[Area], our_words: &Words, page: (f32, f32)) -> Vec<Vec<TextLine>> {
    let mut paragraphs: Vec<Vec<TextLine>> = Vec::new();
    let mut block = usize::MAX;
    let mut open: Option<(Area, String)> = None;
    let mut labelled: Vec<usize> = Vec::new();
    for PageWord { placed, text, label, spaced } in &words.words {
        if placed.block != block {
            close_line(&mut open, &mut paragraphs, page);
            paragraphs.push(Vec::new());
            block = placed.block;
        }
        let under = boxes.iter().position(|b| covers(b, &placed.area));
        if label.is_some() || under.is_some() {
            close_line(&mut open, &mut paragraphs, page);
            if let (Some(code), Some(index)) = (label, under.filter(|i| !labelled.contains(i))) {
                labelled.push(index);
                let lines = paragraphs.last_mut();
                lines
                    .into_iter()
                    .zip(boxes.get(index))
                    .for_each(|(lines, area)| lines.push(stamp(area, code, our_words)));
            }
            continue;
        }
        match &mut open {
            Some((area, line)) if same_line(area, &placed.area) && placed.area.x0 >= area.x0 => {
                area.x1 = area.x1.max(placed.area.x1);
                line.push_str(if *spaced { " " } else { "" });
                line.push_str(text);
            }
            _ => {
                close_line(&mut open, &mut paragraphs, page);
                open = Some((placed.area, text.clone()));
            }
        }
    }
    close_line(&mut open, &mut paragraphs, page);
    paragraphs.retain(|lines| !lines.is_empty());
    paragraphs
}

/// A label seen on its box.
fn stamp(area: &Area, code: &ReasonCode, our_words: &Words) -> TextLine {
    let (width, height) = (area.x1 - area.x0, area.y1 - area.y0);
    TextLine {
        x: area.x0,
        y: area.y0,
        width,
        text: our_words.label(code),
        stamp: Some(Stamp { code: code.clone(), height }),
    }
}

fn close_line(open: &mut Option<(Area, String)>, paragraphs: &mut [Vec<TextLine>], page: (f32, f32)) {
    let Some((area, text)) = open.take() else { return };
    let snap = |v: f32| (v / GRID).floor() * GRID;
    let x = snap(area.x0).clamp(0.0, (page.0 - GRID).max(0.0));
    let y = (area.y1 / 2.0).floor() * 2.0 - 2.0;
    let width = (snap(area.x1 - area.x0) + GRID).max(GRID);
    if let Some(lines) = paragraphs.last_mut() {
        lines.push(TextLine { x, y: y.clamp(0.0, page.1), width, text: text + " ", stamp: None });
    }
}
