//! Pictures and recordings of a demonstration: drawn and sounded here, so that nobody real is in them.

use counterfoil_store::casebook::documents::{DocumentText, Region, VersionText};

use super::story::{Individual, Paper};
use super::{Teller, unusable};
use crate::casebook::work;
use crate::error::Result;
use crate::rights::{self, Choice, Desk, Fate, Ground};

/// Pixels of a drawn picture.
const SIZE: (u32, u32) = (480, 320);
/// Samples a second of a sounded recording, in 8 bits.
const RATE: u32 = 4000;
/// Its length in seconds.
const LONG: u32 = 12;

/// Keeps a picture or recording with who is where in it.
pub(super) fn keep(teller: &Teller<'_>, person: &Individual, paper: &Paper) -> Result<()> {
    let (media_type, content) = match paper.made.as_str() {
        "picture" => ("image/bmp", picture()),
        "call" => ("audio/wav", call()),
        _ => return Err(unusable("a picture or recording of an unknown kind")),
    };
    let about = DocumentText {
        name: paper.name.clone(),
        media_type: media_type.to_owned(),
        source: paper.text.clone(),
        description: String::new(),
    };
    let who = teller.actor(&paper.by)?;
    let desk = teller.desk(&who);
    let document = work::add_document(&desk, (teller.person_of(&person.key)?, None), &about, &content)?;
    let is_sound = paper.made == "call";
    let regions = paper.regions.iter().map(|seen| {
        let [a, b, c, d] = seen.at;
        let region = Region { label: seen.label.clone(), own: seen.own, ..Region::default() };
        if is_sound {
            Region { from_ms: u64::from(a), until_ms: u64::from(b), ..region }
        } else {
            Region { x: a, y: b, width: c, height: d, ..region }
        }
    });
    let said = VersionText { regions: regions.collect(), ..VersionText::default() };
    work::describe_document(&desk, document, &said)
}

/// An officer has listened to a recording of a request, and releases it with what others say silenced.
pub(super) fn listened(desk: &Desk<'_>, reference: &str, name: &str, heard: &str) -> Result<()> {
    let review = rights::review(desk, reference, &|_, _| ())?;
    let item = review.items.iter().find(|i| i.name == name).ok_or_else(|| unusable("a recording"))?;
    let ground = Ground { reason: heard.to_owned(), ..Ground::default() };
    rights::decide(desk, reference, &Choice::Item { number: item.number, fate: Fate::Release, ground })
        .map(|_| ())
}

/// A yard with three people before a wall, as a bitmap: the one file of pixels that needs no encoder.
fn picture() -> Vec<u8> {
    let (width, height) = SIZE;
    let row = width * 3;
    let mut out = b"BM".to_vec();
    for word in [54 + row * height, 0, 54, 40, width, height] {
        out.extend(word.to_le_bytes());
    }
    out.extend([1, 0, 24, 0]);
    for word in [0, row * height, 2835, 2835, 0, 0] {
        out.extend(u32::to_le_bytes(word));
    }
    // From the lowest line upwards, blue before green before red.
    for y in (0..height).rev() {
        for x in 0..width {
            let [r, g, b] = shade(x, y);
            out.extend([b, g, r]);
        }
    }
    out
}

/// Who stands where: the middle of the head, and the colour of the coat.
const FIGURES: [(u32, u32, [u8; 3]); 3] =
    [(100, 130, [31, 78, 140]), (240, 170, [160, 60, 40]), (380, 120, [60, 110, 60])];

fn shade(x: u32, y: u32) -> [u8; 3] {
    for (at, head, coat) in FIGURES {
        let (dx, dy) = (x.abs_diff(at), y.abs_diff(head));
        let eye = (dx.abs_diff(9) < 3) && head.abs_diff(y + 5) < 3;
        match () {
            () if eye && dx * dx + dy * dy < 28 * 28 => return [30, 30, 30],
            () if dx * dx + dy * dy < 28 * 28 => return [226, 188, 160],
            () if y > head + 28 && y < head + 120 && dx < 34 => return coat,
            () => {}
        }
    }
    match y {
        0..=90 => [188, 214, 236],
        91..=235 if (y / 16 + x / 40).is_multiple_of(2) => [182, 110, 88],
        91..=235 => [168, 98, 78],
        _ => [150, 150, 146],
    }
}

/// A call of two voices in turn, low and high, as 8-bit samples.
pub(super) fn call() -> Vec<u8> {
    let data: Vec<u8> = (0..RATE * LONG).map(sample).collect();
    let length = u32::try_from(data.len()).unwrap_or(0);
    let mut out = b"RIFF".to_vec();
    out.extend((36 + length).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(RATE.to_le_bytes());
    out.extend(RATE.to_le_bytes());
    out.extend([1, 0, 8, 0]);
    out.extend(b"data");
    out.extend(length.to_le_bytes());
    out.extend(data);
    out
}

fn sample(n: u32) -> u8 {
    let period = if (n / RATE) % 6 < 3 { 26 } else { 14 };
    let wave = (n % period) * 96 / period;
    // A beat a third of a second long, so that it sounds like syllables.
    let loud = (n % (RATE / 3)) * 3 < RATE * 2 / 3;
    let value = if loud { 80 + wave } else { 120 + wave / 8 };
    u8::try_from(value).unwrap_or(u8::MAX)
}
