//! The styles of a Word document: which hide their text, which are headings.

use std::collections::BTreeMap;

use super::ReadError;
use super::limits::Context;
use super::xml::{self, Attributes, Node, is_true};

/// What a style says about the text that bears it.
#[derive(Debug, Default, Clone)]
pub(super) struct Style {
    pub(super) hidden: bool,
    pub(super) heading: Option<u8>,
    based_on: Option<String>,
}

pub(super) type Styles = BTreeMap<String, Style>;

pub(super) fn styles(bytes: &[u8], context: &Context<'_>) -> Result<Styles, ReadError> {
    let mut styles = Styles::new();
    let mut open: Option<(String, Style)> = None;
    xml::walk(bytes, context, |node| {
        match node {
            Node::Open("style", a) => open = Some((a.get("styleId").unwrap_or_default(), Style::default())),
            Node::Close("style") => styles.extend(open.take()),
            Node::Open(name, a) => {
                if let Some((_, style)) = &mut open {
                    style_property(name, a, style);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(resolved(&styles))
}

fn style_property(name: &str, a: &Attributes<'_>, style: &mut Style) {
    match name {
        "vanish" => style.hidden = toggled(a),
        "basedOn" => style.based_on = a.get("val"),
        "outlineLvl" => {
            let level = a.get("val").and_then(|v| v.parse::<u8>().ok());
            style.heading = level.filter(|l| *l < 6).map(|l| l + 1);
        }
        "name" => {
            let value = a.get("val").unwrap_or_default().to_ascii_lowercase();
            let level = value.strip_prefix("heading ").and_then(|v| v.parse::<u8>().ok());
            let title = (value == "title").then_some(1);
            style.heading = style.heading.or(level.map(|l| l.min(6))).or(title);
        }
        _ => {}
    }
}

/// Styles with what they inherit.
fn resolved(styles: &Styles) -> Styles {
    let inherit = |style: &Style| {
        let mut style = style.clone();
        let mut base = style.based_on.clone();
        // A chain may loop in a hostile file.
        for _ in 0..20 {
            let Some(parent) = base.as_ref().and_then(|id| styles.get(id)) else { break };
            style.hidden |= parent.hidden;
            style.heading = style.heading.or(parent.heading);
            base.clone_from(&parent.based_on);
        }
        style
    };
    styles.iter().map(|(id, style)| (id.clone(), inherit(style))).collect()
}

/// A property that is on unless it says otherwise.
pub(super) fn toggled(a: &Attributes<'_>) -> bool {
    a.get("val").is_none_or(|v| is_true(&v))
}
