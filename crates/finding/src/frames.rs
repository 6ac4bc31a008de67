//! Pictures as pixels: every frame or page of them, upright and on white.
//!
//! Reading and redacting go through here, so that what was read and what is burnt are the same pixels.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};

/// One decoded frame may not be larger than this in memory.
const BYTES: u64 = 512 << 20;

/// No more frames than this are looked at; a longer film is reported, not read.
pub(crate) const MOST: usize = 300;

/// A frame that cannot be decoded. The decoder's words may quote the file, so they are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the picture, or one of its pages or frames, cannot be decoded")]
pub(crate) struct Undecodable;

impl From<image::ImageError> for Undecodable {
    fn from(_: image::ImageError) -> Self {
        Self
    }
}

/// What came of going through a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    /// How many frames were handed over.
    pub(crate) count: usize,
    /// Whether there are more, beyond the number asked for.
    pub(crate) more: bool,
}

/// Hands the frames over one by one.
struct Taker<F> {
    most: usize,
    shown: Shown,
    last: Option<RgbaImage>,
    take: F,
}

impl<E, F: FnMut(Result<RgbaImage, Undecodable>) -> Result<(), E>> Taker<F> {
    /// False when no more are wanted. A frame that shows the same as the one before it is left out.
    fn give(&mut self, frame: Result<RgbaImage, Undecodable>) -> Result<bool, E> {
        let frame = frame.map(on_white);
        if self.last.is_some() && self.last.as_ref() == frame.as_ref().ok() {
            return Ok(true);
        }
        if self.shown.count >= self.most {
            self.shown.more = true;
            return Ok(false);
        }
        self.shown.count += 1;
        self.last = frame.as_ref().ok().cloned();
        (self.take)(frame)?;
        Ok(true)
    }
}

/// True when the file can show one picture only, so that its size is known without decoding it.
pub(crate) fn is_single(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg | ImageFormat::Bmp => true,
        ImageFormat::Png => {
            PngDecoder::new(Cursor::new(bytes)).is_ok_and(|d| matches!(d.is_apng(), Ok(false)))
        }
        ImageFormat::WebP => WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|d| !d.has_animation()),
        ImageFormat::Tiff => directories(bytes).len() == 1,
        _ => false,
    }
}

/// Width and height of the (first) picture as it is shown, in pixels.
pub(crate) fn size(bytes: &[u8], format: ImageFormat) -> Result<(u32, u32), Undecodable> {
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder()?;
    let (width, height) = decoder.dimensions();
    use image::metadata::Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let turned = matches!(decoder.orientation(), Ok(Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH));
    Ok(if turned { (height, width) } else { (width, height) })
}

/// Hands over at most `most` frames or pages in their order, upright and on white.
///
/// # Errors
/// What `take` returns; a frame that cannot be decoded is handed over as such.
pub(crate) fn each<E>(
    bytes: &[u8],
    format: ImageFormat,
    most: usize,
    take: impl FnMut(Result<RgbaImage, Undecodable>) -> Result<(), E>,
) -> Result<Shown, E> {
    let mut taker = Taker { most, shown: Shown { count: 0, more: false }, last: None, take };
    match format {
        ImageFormat::Tiff => tiff(bytes, &mut taker)?,
        ImageFormat::Gif | ImageFormat::WebP | ImageFormat::Png if !is_single(bytes, format) => {
            // Programs that know no animation show a PNG's first picture, which need not be part of it.
            if format == ImageFormat::Png {
                taker.give(one(bytes, format))?;
            }
            animation(bytes, format, &mut taker)?;
        }
        _ => drop(taker.give(one(bytes, format))?),
    }
    Ok(taker.shown)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(BYTES);
    limits
}

fn one(bytes: &[u8], format: ImageFormat) -> Result<RgbaImage, Undecodable> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    let turn = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(turn);
    Ok(picture.into_rgba8())
}

fn animation<E, F: FnMut(Result<RgbaImage, Undecodable>) -> Result<(), E>>(
    bytes: &[u8],
    format: ImageFormat,
    taker: &mut Taker<F>,
) -> Result<(), E> {
    let reader = Cursor::new(bytes);
    let frames = match format {
        ImageFormat::Gif => GifDecoder::new(reader).and_then(|mut d| {
            d.set_limits(limits())?;
            Ok(d.into_frames())
        }),
        ImageFormat::WebP => WebPDecoder::new(reader).and_then(|mut d| {
            d.set_limits(limits())?;
            Ok(d.into_frames())
        }),
        _ => PngDecoder::with_limits(reader, limits()).and_then(|d| Ok(d.apng()?.into_frames())),
    };
    let Ok(frames) = frames else { return taker.give(Err(Undecodable)).map(drop) };
    for frame in frames {
        let frame = frame.map(image::Frame::into_buffer).map_err(Undecodable::from);
        let broken = frame.is_err();
        if !taker.give(frame)? || broken {
            break;
        }
    }
    Ok(())
}

/// Every directory is made the first in turn, because the decoder reads only the first.
fn tiff<E, F: FnMut(Result<RgbaImage, Undecodable>) -> Result<(), E>>(
    bytes: &[u8],
    taker: &mut Taker<F>,
) -> Result<(), E> {
    let mut copy = bytes.to_vec();
    for place in directories(bytes) {
        if let Some(header) = copy.get_mut(4..8) {
            header.copy_from_slice(&place);
        }
        if !taker.give(one(&copy, ImageFormat::Tiff))? {
            break;
        }
    }
    Ok(())
}

/// The places of a TIFF's directories as written in it. A chain that goes round ends.
fn directories(bytes: &[u8]) -> Vec<[u8; 4]> {
    let big = bytes.starts_with(b"MM");
    let short = |at: usize| {
        let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }))
    };
    let long = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at.checked_add(4)?)?.try_into().ok() };
    let number = |four: [u8; 4]| if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let mut places = Vec::new();
    let mut next = long(4);
    while let Some(place) = next.filter(|p| number(*p) != 0 && !places.contains(p)) {
        places.push(place);
        if places.len() > MOST {
            break;
        }
        let at = number(place) as usize;
        next = short(at).and_then(|entries| long(at.checked_add(2 + entries * 12)?));
    }
    if places.is_empty() {
        places.extend(long(4));
    }
    places
}

/// Transparent pixels can hide a picture; what is read and released is what is seen on white.
fn on_white(mut picture: RgbaImage) -> RgbaImage {
    for pixel in picture.pixels_mut() {
        let [r, g, b, alpha] = pixel.0;
        let over = |v: u8| {
            let mixed = (u32::from(v) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        pixel.0 = [over(r), over(g), over(b), 255];
    }
    picture
}
