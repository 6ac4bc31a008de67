//! Our own fonts: what a character looks like, how wide it is, and what to do when no font has it.
//!
//! Only our fonts are ever embedded: a font of the source would carry the shapes and the widths of
//! what was withheld. No kerning is applied, so a glyph's place depends on the text before it only
//! through plain advances.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use unicode_normalization::UnicodeNormalization;

use super::WriteError;

const REGULAR: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/NotoSans-Regular.ttf"));
const BOLD: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/NotoSans-Bold.ttf"));
const SYMBOLS: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/DejaVuSans.ttf"));

/// The `PostScript` names of the fonts that a copy may embed; the verifier allows no other.
pub(crate) const OUR_FONTS: [&str; 3] = ["NotoSans-Regular", "NotoSans-Bold", "DejaVuSans"];

/// Stands for a character that no font of ours has; the HTML copy has the character itself.
const REPLACEMENT: char = '\u{fffd}';

struct Face {
    font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
}

/// The fonts of one document.
pub(crate) struct Fonts {
    faces: [Face; 3],
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fonts")
    }
}

/// Glyphs of one font, with the text that they stand for.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) font: Font,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In ems.
    pub(crate) width: f32,
}

impl Fonts {
    pub(crate) fn load() -> Result<Self, WriteError> {
        Ok(Self { faces: [face(REGULAR)?, face(BOLD)?, face(SYMBOLS)?] })
    }

    /// The glyphs of `text`, split where the font changes.
    pub(crate) fn shape(&self, text: &str, bold: bool) -> Vec<Piece> {
        let mut pieces: Vec<(usize, Piece)> = Vec::new();
        for c in text.chars() {
            let Some((index, face, c)) = self.face_for(c, bold) else { continue };
            let glyph = face.charmap.map(c).unwrap_or_default();
            let width = face.advance(glyph);
            if pieces.last().is_none_or(|(last, _)| *last != index) {
                let font = face.font.clone();
                pieces.push((index, Piece { font, text: String::new(), glyphs: Vec::new(), width: 0.0 }));
            }
            if let Some((_, piece)) = pieces.last_mut() {
                let start = piece.text.len();
                piece.text.push(c);
                let range = start..piece.text.len();
                piece.glyphs.push(KrillaGlyph::new(
                    GlyphId::new(glyph.to_u32()),
                    width,
                    0.0,
                    0.0,
                    0.0,
                    range,
                    None,
                ));
                piece.width += width;
            }
        }
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }

    /// The width of `text` in ems.
    pub(crate) fn width(&self, text: &str, bold: bool) -> f32 {
        text.chars()
            .filter_map(|c| self.face_for(c, bold))
            .map(|(_, face, c)| face.advance(face.charmap.map(c).unwrap_or_default()))
            .sum()
    }

    fn face_for(&self, c: char, bold: bool) -> Option<(usize, &Face, char)> {
        let first = usize::from(bold);
        let order = [first, 2];
        for wanted in [c, REPLACEMENT] {
            if wanted != REPLACEMENT && runs_right_to_left(wanted) {
                continue;
            }
            for index in order {
                let face = self.faces.get(index)?;
                if face.charmap.map(wanted).is_some_and(|g| g.to_u32() != 0) {
                    return Some((index, face, wanted));
                }
            }
        }
        None
    }
}

impl Face {
    fn advance(&self, glyph: skrifa::GlyphId) -> f32 {
        self.metrics.advance_width(glyph).unwrap_or(0.0) / self.font.units_per_em()
    }
}

fn face(bytes: &'static [u8]) -> Result<Face, WriteError> {
    let font = Font::new(bytes.into(), 0).ok_or(WriteError::Font)?;
    let reference = skrifa::FontRef::new(bytes).map_err(|_| WriteError::Font)?;
    let metrics = reference.glyph_metrics(Size::unscaled(), LocationRef::default());
    Ok(Face { font, charmap: reference.charmap(), metrics })
}

/// We do not order right-to-left text, and wrongly ordered text would mislead.
fn runs_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff)
}

/// Text as it can be drawn: composed, without control and zero-width characters, spaces made plain.
pub(crate) fn drawable(text: &str) -> String {
    text.nfc().filter_map(drawable_char).collect()
}

fn drawable_char(c: char) -> Option<char> {
    match c {
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => None,
        '\u{fe00}'..='\u{fe0f}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// Text as [`drawable`], with tabs kept: for the copies that are not drawn by us.
pub(crate) fn drawable_lines(text: &str) -> String {
    text.nfc().filter_map(|c| if c == '\t' { Some(c) } else { drawable_char(c) }).collect()
}
