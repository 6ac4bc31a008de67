//! A form to print: headings, explanations, boxes to tick and lines to write on. What is asked is the web form's
//! own definition; here it only becomes a page and a PDF.

use counterfoil_finding::write::flow::{Flow, Item, Role, Run};
use serde::Serialize;

use crate::error::Result;
use crate::letters::pdf_of;

/// One part of a form on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The heading of a question.
    Heading(String),
    /// An explanation.
    Text(String),
    /// Things to choose from, each with a box.
    Boxes(Vec<String>),
    /// So many lines to write on, after what they are for.
    Lines(String, usize),
}

/// A form on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperForm {
    /// Its title.
    pub title: String,
    /// `en` or `cy`.
    pub language: String,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A line to write on. It is long enough for a hand and short enough for the page.
const RULE: &str = "_________________________________________________________________";

/// The form as a tagged PDF.
///
/// # Errors
/// When the writer refuses.
pub fn form_pdf(form: &PaperForm) -> Result<Vec<u8>> {
    let text = |role, text: String| Item::Text(role, vec![Run::Text(text)]);
    let mut items = Vec::new();
    for part in &form.parts {
        match part {
            Part::Heading(words) => items.push(Item::Heading(2, vec![Run::Text(words.clone())])),
            Part::Text(words) => items.push(text(Role::Paragraph, words.clone())),
            Part::Boxes(choices) => {
                items.extend(choices.iter().map(|choice| text(Role::Paragraph, format!("[   ]  {choice}"))));
            }
            Part::Lines(label, count) => {
                if !label.is_empty() {
                    items.push(text(Role::Paragraph, label.clone()));
                }
                items.extend((0..*count).map(|_| text(Role::Paragraph, RULE.to_owned())));
            }
        }
    }
    let language = if form.language == "cy" { "cy" } else { "en-GB" };
    pdf_of(&Flow { title: form.title.clone(), language: language.to_owned(), items })
}
