//! An organisation's look: its name, six colours and its fonts, as data. A theme that a person with
//! low vision could not read is refused at start.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// WCAG 2.2 success criterion 1.4.3: text against its background.
const TEXT: f64 = 4.5;
/// WCAG 2.2 success criterion 1.4.11: the parts of a control or a graphic that carry meaning.
const GRAPHIC: f64 = 3.0;

/// What is wrong with a theme.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ThemeError {
    /// Not the TOML that it should be.
    #[error("the theme could not be read: {0}")]
    Unreadable(String),
    /// A font name that could change the style sheet's meaning.
    #[error("`{0}` is not a font's name: use letters, digits, spaces and hyphens")]
    BadFont(String),
    /// Two colours that are too close.
    #[error(
        "{what} has a contrast of {ratio:.2} to 1 (`{front}` on `{back}`) and needs {needed} to 1: \
         choose a darker or lighter colour"
    )]
    Contrast {
        /// What would be hard to see.
        what: &'static str,
        /// The colour in front.
        front: Colour,
        /// The colour behind.
        back: Colour,
        /// Their contrast ratio, 1 to 21.
        ratio: f64,
        /// The least that WCAG 2.2 AA allows.
        needed: f64,
    },
}

/// An sRGB colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour([u8; 3]);

impl Colour {
    const WHITE: Self = Self([255; 3]);

    /// WCAG's relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let c = f64::from(value) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(channel);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// WCAG's contrast ratio of two colours, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        a.max(b) / a.min(b)
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a colour: write `#` and six hexadecimal digits");
        let digits =
            text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(bad)?;
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The six colours of a theme.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Colours {
    /// The header, the current item and the edge of the footer.
    brand: Colour,
    /// Words on the brand colour.
    brand_text: Colour,
    /// Words on the page.
    text: Colour,
    /// Links.
    link: Colour,
    /// The main button; its words are white.
    button: Colour,
    /// Behind the navigation, the footer and boxes.
    surface: Colour,
}

/// How the public reaches the people who answer for personal data.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// An e-mail address.
    pub email: String,
    /// A telephone number, as people write it.
    pub phone: String,
    /// A postal address, one line each.
    pub post: Vec<String>,
}

/// An organisation's look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// The organisation's name, in English.
    pub name: String,
    /// Its name in Welsh, when it has one.
    pub name_cy: Option<String>,
    /// The words in the header; the name when left out.
    pub logo_text: Option<String>,
    /// How the public reaches the people who answer for personal data.
    pub contact: Contact,
    colours: Colours,
    /// Fonts in order of preference; a system font always follows.
    #[serde(default)]
    fonts: Vec<String>,
}

impl Theme {
    /// Reads a theme and checks that it can be read by people.
    ///
    /// # Errors
    /// [`ThemeError`] when the TOML is wrong, a font's name is unsafe, or a contrast is under
    /// WCAG 2.2 AA.
    pub fn parse(source: &str) -> Result<Self, ThemeError> {
        let theme: Self =
            toml::from_str(source).map_err(|e| ThemeError::Unreadable(e.message().to_owned()))?;
        let safe = |name: &&String| !name.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-');
        if let Some(font) = theme.fonts.iter().find(safe) {
            return Err(ThemeError::BadFont(font.clone()));
        }
        theme.check_contrast()?;
        Ok(theme)
    }

    fn check_contrast(&self) -> Result<(), ThemeError> {
        let Colours { brand, brand_text, text, link, button, surface } = self.colours;
        for (what, front, back, needed) in [
            ("the words in the header", brand_text, brand, TEXT),
            ("text on the page", text, Colour::WHITE, TEXT),
            ("text on the surface colour", text, surface, TEXT),
            ("a link on the page", link, Colour::WHITE, TEXT),
            ("a link on the surface colour", link, surface, TEXT),
            ("the words on a button", Colour::WHITE, button, TEXT),
            ("a button against the page", button, Colour::WHITE, GRAPHIC),
            ("the brand colour against the page", brand, Colour::WHITE, GRAPHIC),
            ("the brand colour against the surface colour", brand, surface, GRAPHIC),
        ] {
            let ratio = front.contrast(back);
            if ratio < needed {
                return Err(ThemeError::Contrast { what, front, back, ratio, needed });
            }
        }
        Ok(())
    }

    /// The style sheet that sets the theme's variables.
    #[must_use]
    pub fn css(&self) -> String {
        let Colours { brand, brand_text, text, link, button, surface } = self.colours;
        let mut css = String::from(":root{");
        for (name, colour) in [
            ("cf-brand", brand),
            ("cf-brand-text", brand_text),
            ("cf-button", button),
            ("cf-surface", surface),
            ("govuk-brand-colour", brand),
            ("govuk-text-colour", text),
            ("govuk-link-colour", link),
            ("govuk-link-hover-colour", text),
            ("govuk-template-background-colour", surface),
            ("govuk-surface-background-colour", surface),
            ("govuk-surface-text-colour", text),
        ] {
            let _ = write!(css, "--{name}:{colour};");
        }
        let fonts: String = self.fonts.iter().map(|font| format!("\"{font}\",")).collect();
        let _ = write!(css, "--cf-font:{fonts}system-ui,sans-serif}}");
        css
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"X\"\nfonts = [\"Segoe UI\"]\n[colours]\nbrand = \"#2b3a55\"\nbrand_text = \"#ffffff\"\ntext = \"#1b1f24\"\nlink = \"#1c4f8a\"\nbutton = \"#1f5f4a\"\nsurface = \"#f3f4f1\"\n[contact]\nemail = \"a@example.org\"\nphone = \"1\"\npost = []\n";

    #[test]
    fn contrast_is_wcags() {
        let colour = |text: &str| Colour::try_from(text.to_owned()).unwrap();
        assert!((colour("#000000").contrast(Colour::WHITE) - 21.0).abs() < 1e-9);
        assert!((colour("#777777").contrast(Colour::WHITE) - 4.478).abs() < 1e-3);
        assert!((colour("#767676").contrast(Colour::WHITE) - 4.542).abs() < 1e-3);
    }

    #[test]
    fn a_theme_that_cannot_be_read_is_refused() {
        assert!(Theme::parse(GOOD).is_ok());
        for (from, to, says) in [
            ("#1c4f8a", "#7fb2e5", "a link on the page"),
            ("brand_text = \"#ffffff\"", "brand_text = \"#5a6a85\"", "the words in the header"),
            ("#1f5f4a", "#9fd0c0", "the words on a button"),
            ("#f3f4f1", "#99a0aa", "a link on the surface"),
            ("#2b3a55", "red", "is not a colour"),
            ("Segoe UI", "x\\\";}body{", "is not a font's name"),
            ("name =", "nome =", "unknown field"),
        ] {
            let told = Theme::parse(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(told.contains(says), "{told}");
        }
    }
}
