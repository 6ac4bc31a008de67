//! Pictures with several pages or frames, and pictures turned on their side: nothing is left out.

use std::io::Cursor;
use std::process::Command;

use counterfoil_finding::model::{Area, Document};
use counterfoil_finding::read::{self, Hint, Limits, Ocr};
use counterfoil_finding::redact::{
    Format, Options, PageArea, Plan, RedactError, mentions, redact, redact_and_verify,
};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, RgbaImage};

use super::fixture::{at, pdf};
use crate::redact::{code, leave};

fn open(bytes: &[u8], ocr: Ocr) -> Document {
    read::read(bytes, &Hint::default(), &Limits { ocr, ..Limits::default() }).unwrap()
}

/// Pages that differ in one black band.
fn pages() -> Vec<GrayImage> {
    let page = |band: u32| {
        GrayImage::from_fn(120, 90, |_, y| Luma([if (band..band + 12).contains(&y) { 0 } else { 250 }]))
    };
    [10, 40, 70].map(page).to_vec()
}

/// An uncompressed grey TIFF with a directory for each page.
fn tiff(pages: &[GrayImage], big: bool) -> Vec<u8> {
    let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let long = |n: usize| {
        let n = u32::try_from(n).unwrap();
        if big { n.to_be_bytes() } else { n.to_le_bytes() }
    };
    let mut file = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    let mut link = file.len();
    file.extend([0; 4]);
    for page in pages {
        let pixels = file.len();
        file.extend_from_slice(page.as_raw());
        let here = file.len();
        file[link..link + 4].copy_from_slice(&long(here));
        let size = |n: u32| usize::try_from(n).unwrap();
        let entries = [
            (256, size(page.width())),
            (257, size(page.height())),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, pixels),
            (277, 1),
            (278, size(page.height())),
            (279, page.as_raw().len()),
        ];
        file.extend(short(u16::try_from(entries.len()).unwrap()));
        for (tag, value) in entries {
            file.extend(short(tag));
            file.extend(short(4));
            file.extend(long(1));
            file.extend(long(value));
        }
        link = file.len();
        file.extend([0; 4]);
    }
    file
}

fn gif(pages: &[GrayImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    let frames = pages.iter().map(|p| image::Frame::new(DynamicImage::ImageLuma8(p.clone()).into_rgba8()));
    encoder.encode_frames(frames).unwrap();
    drop(encoder);
    bytes
}

/// A WebP whose frames are lossless pictures that each fill the canvas.
fn webp(pages: &[GrayImage]) -> Vec<u8> {
    let chunk = |name: &[u8], body: &[u8]| {
        let mut chunk = name.to_vec();
        chunk.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        chunk.extend_from_slice(body);
        chunk.extend(vec![0; body.len() % 2]);
        chunk
    };
    let three = |n: u32| n.to_le_bytes()[..3].to_vec();
    let (width, height) = (three(pages[0].width() - 1), three(pages[0].height() - 1));
    let mut body = b"WEBP".to_vec();
    body.extend(chunk(b"VP8X", &[&[2, 0, 0, 0][..], &width, &height].concat()));
    body.extend(chunk(b"ANIM", &[255, 255, 255, 255, 0, 0]));
    for page in pages {
        let picture = encoded(page, ImageFormat::WebP);
        let frame = [&[0; 6][..], &width, &height, &three(100), &[0], &picture[12..]].concat();
        body.extend(chunk(b"ANMF", &frame));
    }
    chunk(b"RIFF", &body)
}

fn encoded(page: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let rgb = DynamicImage::ImageLuma8(page.clone()).into_rgb8();
    rgb.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn every_page_and_frame_is_a_page_that_someone_must_see() {
    let pages = pages();
    let files =
        [tiff(&pages, false), tiff(&pages, true), gif(&pages), webp(&pages)].map(|f| (f[..4].to_vec(), f));
    for (name, bytes) in files {
        let document = open(&bytes, Ocr::Off);
        assert_eq!(document.pages.len(), 3, "{name:?}");
        assert!(document.pages.iter().all(|p| p.needs_ocr && !p.ocr));
        assert_eq!(document.problems.len(), 3, "{name:?}: {:?}", document.problems);
        let pdf_only = Options { formats: [Format::Pdf].into(), ..Options::default() };
        let unseen = redact_and_verify(&bytes, &document, &Plan::default(), &pdf_only).unwrap();
        assert_eq!(unseen.report().pages_withheld, [1, 2, 3]);
        let corner = Area { x0: 5.0, y0: 5.0, x1: 30.0, y1: 20.0 };
        let seen = Plan {
            pages_seen: [0, 1, 2].into(),
            areas: vec![PageArea { page: 1, area: Some(corner), code: code("FACE") }],
            ..Plan::default()
        };
        let copy = redact_and_verify(&bytes, &document, &seen, &pdf_only).unwrap();
        assert!(copy.report().pages_withheld.is_empty());
        let pdf = lopdf::Document::load_mem(&copy.files()[0].bytes).unwrap();
        assert!(pdf.get_pages().len() >= 3, "a page is missing");
        let picture = Options { formats: [Format::Image].into(), ..Options::default() };
        let refused = redact(&bytes, &document, &seen, &picture);
        assert!(matches!(refused, Err(RedactError::ManyFrames)), "the later frames were dropped");
    }
}

#[test]
fn a_document_with_fewer_pages_than_its_file_is_refused() {
    let bytes = tiff(&pages(), false);
    let mut document = open(&bytes, Ocr::Off);
    document.pages.truncate(1);
    let plan = Plan { pages_seen: [0].into(), ..Plan::default() };
    let pdf_only = Options { formats: [Format::Pdf].into(), ..Options::default() };
    assert!(matches!(redact(&bytes, &document, &plan, &pdf_only), Err(RedactError::Mismatch(_))));
}

#[test]
fn directories_that_go_round_end_and_a_broken_page_is_told() {
    let pages = pages();
    let mut round = tiff(&pages, false);
    let first: [u8; 4] = round[4..8].try_into().unwrap();
    let end = round.len() - 4;
    round[end..].copy_from_slice(&first);
    assert_eq!(open(&round, Ocr::Off).pages.len(), 3);
    let mut broken = tiff(&pages, false);
    let compression = end - 9 * 12 + 3 * 12 + 8;
    broken[compression] = 77;
    let document = open(&broken, Ocr::Off);
    assert_eq!(document.pages.len(), 3);
    assert!(document.problems.iter().any(|p| p.why.contains("cannot be decoded")), "{:?}", document.problems);
}

/// A TIFF directory whose every entry leads to a directory of the same kind.
#[test]
fn properties_that_fan_out_end_soon() {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for _ in 0..8 {
        file.extend(512_u16.to_le_bytes());
        for entry in 0..512_u32 {
            file.extend(0x8769_u16.to_le_bytes());
            file.extend(4_u16.to_le_bytes());
            file.extend(1_u32.to_le_bytes());
            file.extend((8 + (entry % 8) * (2 + 512 * 12 + 4)).to_le_bytes());
        }
        file.extend([0; 4]);
    }
    let mut photograph = encoded(&pages()[0], ImageFormat::Jpeg);
    let length = u16::try_from(file.len() + 8).unwrap();
    photograph.splice(2..2, [b"\xff\xe1", &length.to_be_bytes()[..], b"Exif\0\0", &file].concat());
    let begun = std::time::Instant::now();
    let _ = read::read(&file, &Hint::default(), &Limits::default());
    assert_eq!(open(&photograph, Ocr::Off).pages.len(), 1);
    assert!(begun.elapsed() < crate::growth::patience(20), "{:?}", begun.elapsed());
}

#[test]
fn a_preview_inside_a_photograph_is_told() {
    let plain = sideways(&pages()[0]);
    let mut with_preview = plain.clone();
    let place = plain.windows(6).position(|w| w == b"Exif\0\0").unwrap() + 6;
    with_preview[place + 8 + 2 + 12] = 8;
    let told = |bytes: &[u8]| {
        let kind = counterfoil_finding::model::HiddenKind::CroppedPicture;
        open(bytes, Ocr::Off).hidden.iter().any(|h| h.what == kind)
    };
    assert!(!told(&plain) && told(&with_preview));
}

/// A page with these words as pixels, when there is a program to draw it.
fn drawn(words: &str) -> Option<GrayImage> {
    let folder = tempfile::tempdir().unwrap();
    let (source, root) = (folder.path().join("a.pdf"), folder.path().join("a"));
    std::fs::write(&source, pdf(&at(60, 700, words), |_, _, _| {})).unwrap();
    let options =
        ["-r", "150", "-gray", "-png", "-singlefile", "-x", "0", "-y", "200", "-W", "1100", "-H", "200"];
    let status = Command::new("pdftoppm").args(options).arg(&source).arg(&root).status();
    if !status.is_ok_and(|s| s.success()) || Command::new("tesseract").arg("-v").output().is_err() {
        println!("skipped: pdftoppm or tesseract is not installed");
        return None;
    }
    Some(image::open(root.with_extension("png")).unwrap().into_luma8())
}

#[test]
fn words_of_later_pages_are_read_and_burnt() {
    let Some(first) = drawn("The first page speaks of Larch Court") else { return };
    let second = drawn("The second page names Tess Hale").unwrap();
    for bytes in [tiff(&[first.clone(), second.clone()], false), gif(&[first, second])] {
        let document = open(&bytes, Ocr::tesseract());
        let text = document.visible_text();
        assert!(text.contains("Larch Court") && text.contains("Tess Hale"), "{text}");
        let terms = ["Tess Hale".to_owned()];
        let plan = Plan { spans: mentions(&document, &terms, &code("S2-16")), ..Plan::default() };
        assert_eq!(plan.spans.len(), 1);
        let copy = redact_and_verify(&bytes, &document, &plan, &Options::default()).unwrap();
        leave(&copy, "two-page-picture");
        let html = copy.files().iter().find(|f| f.media_type == "text/html").unwrap();
        let html = String::from_utf8_lossy(&html.bytes);
        assert!(html.contains("Larch Court") && !html.contains("Hale"));
    }
}

/// A JPEG that says it must be turned a quarter to be seen upright.
fn sideways(upright: &GrayImage) -> Vec<u8> {
    let turned: RgbaImage = DynamicImage::ImageLuma8(upright.clone()).rotate270().into_rgba8();
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(turned).into_rgb8().write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    let exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    bytes.splice(2..2, exif.iter().copied());
    bytes
}

#[test]
fn a_photograph_on_its_side_is_read_and_burnt_upright() {
    let Some(upright) = drawn("Signed by Tess Hale at Larch Court") else { return };
    let bytes = sideways(&upright);
    let document = open(&bytes, Ocr::tesseract());
    assert!(document.pages[0].width > document.pages[0].height, "the page lies on its side");
    assert!(document.visible_text().contains("Tess Hale"), "{}", document.visible_text());
    let terms = ["Tess Hale".to_owned()];
    let plan = Plan { spans: mentions(&document, &terms, &code("S2-16")), ..Plan::default() };
    let options = Options { formats: [Format::Image, Format::Pdf].into(), ..Options::default() };
    let copy = redact_and_verify(&bytes, &document, &plan, &options).unwrap();
    leave(&copy, "sideways");
    let picture = copy.files().iter().find(|f| f.media_type == "image/jpeg").unwrap();
    let again = open(&picture.bytes, Ocr::tesseract()).visible_text();
    assert!(again.contains("Larch Court") && !again.contains("Hale"), "{again}");
}
