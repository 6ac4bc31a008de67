//! Pictures: regions burnt in, everything but the pixels left behind.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{ImageFormat, RgbaImage};

use super::pages::{self, PageWords};
use super::pixels::Raster;
use super::plan::{Options, Plan};
use super::{RedactError, SafeFile};
use crate::frames::{self, Undecodable};
use crate::model::{Document, Page};
use crate::write::RebuiltPage;

/// Goes through the frames of a picture; each must be a page of the document.
fn each(
    source: &[u8],
    document: &Document,
    mut take: impl FnMut(usize, &Page, Result<Raster, Undecodable>) -> Result<(), RedactError>,
) -> Result<ImageFormat, RedactError> {
    let format =
        image::guess_format(source).map_err(|_| RedactError::Unreadable("not a known picture".to_owned()))?;
    let mut number = 0;
    let shown = frames::each(source, format, document.pages.len(), |frame| {
        let page = document.pages.get(number).ok_or_else(differs)?;
        number += 1;
        take(number - 1, page, frame.map(|pixels| raster(&pixels)))
    })?;
    // A film that was read in part only has its problem on record; any other difference is a mistake.
    let in_part = shown.more && shown.count == frames::MOST;
    if shown.count != document.pages.len() || (shown.more && !in_part) {
        return Err(differs());
    }
    Ok(format)
}

fn differs() -> RedactError {
    RedactError::Mismatch("the number of pages".to_owned())
}

fn raster(pixels: &RgbaImage) -> Raster {
    Raster::from_rgba(pixels.width() as usize, pixels.height() as usize, pixels.as_raw())
}

/// The decoders read hostile input; a panic in them must withhold the picture and not end the process.
fn guarded<T>(call: impl FnOnce() -> Result<T, RedactError>) -> Result<T, RedactError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(RedactError::Unreadable("the picture reader failed on it".to_owned())))
}

/// The picture burnt, as a picture file of the same family (JPEG stays JPEG, all else becomes PNG).
pub(crate) fn file(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<SafeFile, RedactError> {
    if document.pages.len() != 1 {
        return Err(RedactError::ManyFrames);
    }
    if !pages::withheld(document, plan, options).is_empty() {
        return Err(RedactError::WholePicture);
    }
    let mut burnt = None;
    let format = guarded(|| {
        each(source, document, |_, page, raster| {
            let mut raster = raster.map_err(|e| RedactError::Unreadable(e.to_string()))?;
            let scale = scale(&raster, page)?;
            let words = pages::words(document, plan);
            let empty = PageWords::default();
            for area in pages::page_boxes(words.first().unwrap_or(&empty), 0, plan) {
                raster.burn(&area, scale);
            }
            burnt = Some(raster);
            Ok(())
        })
    })?;
    let raster = burnt.ok_or_else(differs)?;
    let failed = |e: image::ImageError| RedactError::Picture(e.to_string());
    let (extension, media_type, bytes) = match format {
        ImageFormat::Jpeg => ("jpg", "image/jpeg", raster.jpeg(85).map_err(failed)?),
        _ => ("png", "image/png", png(&raster).map_err(failed)?),
    };
    Ok(SafeFile { name: format!("{}.{extension}", options.stem), media_type, bytes })
}

/// Every page or frame of the picture as a page with its text layer.
pub(crate) fn pages(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<Vec<RebuiltPage>, RedactError> {
    let withheld = pages::withheld(document, plan, options);
    let words = pages::words(document, plan);
    let empty = PageWords::default();
    let mut out = Vec::new();
    guarded(|| {
        each(source, document, |number, page, raster| {
            if let Some((_, notice)) = withheld.iter().find(|(n, _)| *n == number) {
                out.push(pages::blank(page.width, page.height, notice.clone()));
                return Ok(());
            }
            let raster = raster.map_err(|e| RedactError::Unreadable(e.to_string()))?;
            let scale = scale(&raster, page)?;
            let size = (page.width, page.height);
            let words = words.get(number).unwrap_or(&empty);
            out.push(pages::finish(raster, scale, size, words, number, plan, &options.words)?);
            Ok(())
        })
    })?;
    Ok(out)
}

/// One page or frame as a JPEG: see [`super::preview::page_picture`].
pub(crate) fn one(
    source: &[u8],
    document: &Document,
    plan: Option<&Plan>,
    options: &Options,
    wanted: usize,
) -> Result<Option<Vec<u8>>, RedactError> {
    let mut shown = Err(differs());
    each(source, document, |number, page, raster| {
        if number == wanted {
            let raster = raster.map_err(|e| RedactError::Unreadable(e.to_string()))?;
            let scale = scale(&raster, page)?;
            shown = pages::shown(raster, scale, document, plan, options, number);
        }
        Ok(())
    })?;
    shown
}

/// Pixels a point, by the size that the reader gave the page.
fn scale(raster: &Raster, page: &Page) -> Result<f32, RedactError> {
    let (width, height) = (raster.width as f32, raster.height as f32);
    let scale = if page.width > 0.0 { width / page.width } else { 1.0 };
    // A picture turned on its side would be burnt in the wrong places.
    if (height / scale - page.height).abs() > 1.0 {
        return Err(RedactError::Mismatch("the size of a page".to_owned()));
    }
    Ok(scale)
}

fn png(raster: &Raster) -> Result<Vec<u8>, image::ImageError> {
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};
    let colour = if raster.channels == 3 { ExtendedColorType::Rgb8 } else { ExtendedColorType::L8 };
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(&raster.data, raster.width as u32, raster.height as u32, colour)?;
    Ok(out)
}
