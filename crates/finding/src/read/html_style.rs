//! Which HTML elements a reader would not see.

use std::collections::HashSet;

/// Rules of `<style>` elements that hide things: by element, `.class` or `#id`.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    hidden: HashSet<String>,
}

impl Sheet {
    /// Adds the hiding rules of a style sheet. Only rules with one simple selector are understood;
    /// conditions such as `@media` are not, and what they hide counts as visible.
    pub fn add(&mut self, css: &str) {
        for rule in css.split('}') {
            let Some((selectors, body)) = rule.split_once('{') else { continue };
            if !hides(body) {
                continue;
            }
            for selector in selectors.split(',') {
                let selector = selector.trim();
                let simple = !selector.is_empty() && !selector.contains([' ', '>', ':', '[', '@', '{']);
                if simple && self.hidden.len() < 10_000 {
                    self.hidden.insert(selector.to_ascii_lowercase());
                }
            }
        }
    }

    /// True when a rule hides an element of this name, class list and id.
    pub fn hides(&self, name: &str, class: Option<&str>, id: Option<&str>) -> bool {
        if self.hidden.is_empty() {
            return false;
        }
        let hidden = |key: String| self.hidden.contains(&key.to_ascii_lowercase());
        let by_class = |c: &str| hidden(format!(".{c}")) || hidden(format!("{name}.{c}"));
        hidden(name.to_owned())
            || class.is_some_and(|list| list.split_whitespace().any(by_class))
            || id.is_some_and(|id| hidden(format!("#{id}")) || hidden(format!("{name}#{id}")))
    }
}

/// The declarations of a style attribute or rule, lower case, without spaces.
fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    style.split(';').filter_map(|d| {
        let (name, value) = d.split_once(':')?;
        let tidy =
            |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        Some((tidy(name), tidy(value).replace("!important", "")))
    })
}

/// True when the declarations make text invisible.
pub(super) fn hides(style: &str) -> bool {
    declarations(style).any(|(name, value)| match name.as_str() {
        "display" => value == "none",
        "visibility" => matches!(value.as_str(), "hidden" | "collapse"),
        "mso-hide" => value == "all",
        "opacity" => length(&value).is_some_and(|v| v < 0.05),
        "font-size" => {
            length(&value).is_some_and(|v| v < 2.0) && !value.ends_with("em") && !value.ends_with("rem")
        }
        "max-height" | "max-width" => length(&value) == Some(0.0),
        "text-indent" | "left" | "top" | "margin-left" => length(&value).is_some_and(|v| v <= -999.0),
        "clip" => value == "rect(0,0,0,0)" || value == "rect(0000)",
        _ => false,
    })
}

fn length(value: &str) -> Option<f32> {
    value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%').parse().ok()
}

/// A colour as red, green and blue.
pub(super) type Rgb = [u8; 3];

/// White, the ground of a page that names none.
pub(super) const WHITE: Rgb = [255; 3];

/// The text colour and the ground colour that the declarations set.
pub(super) fn colours(style: &str) -> (Option<Rgb>, Option<Rgb>) {
    let mut colours = (None, None);
    for (name, value) in declarations(style) {
        match name.as_str() {
            "color" => colours.0 = colour(&value),
            "background-color" | "background" => colours.1 = colour(&value),
            _ => {}
        }
    }
    colours
}

/// `#rgb`, `#rrggbb`, `rgb(…)` and the names that matter here.
pub(super) fn colour(value: &str) -> Option<Rgb> {
    let value = value.trim().to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        return hexadecimal(hex);
    }
    if let Some(list) = value.strip_prefix("rgb").and_then(|v| v.split_once('(')).map(|(_, l)| l) {
        let mut parts = list.trim_end_matches(')').split(',').map(|p| p.trim().parse::<u8>().ok());
        return Some([parts.next()??, parts.next()??, parts.next()??]);
    }
    match value.as_str() {
        "white" => Some(WHITE),
        "black" => Some([0; 3]),
        "red" => Some([255, 0, 0]),
        "yellow" => Some([255, 255, 0]),
        "blue" => Some([0, 0, 255]),
        "gray" | "grey" => Some([128; 3]),
        "silver" => Some([192; 3]),
        _ if value.len() == 6 => hexadecimal(&value),
        _ => None,
    }
}

fn hexadecimal(hex: &str) -> Option<Rgb> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    match digits?.as_slice() {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [r, s, g, h, b, c, ..] => Some([r * 16 + s, g * 16 + h, b * 16 + c]),
        _ => None,
    }
}

/// True when text of one colour cannot be told from the other as its ground.
pub(super) fn alike(text: Rgb, ground: Rgb) -> bool {
    text.iter().zip(ground).all(|(a, b)| a.abs_diff(b) <= 8)
}
