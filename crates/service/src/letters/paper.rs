//! A letter as text for an e-mail, as a page, and as a tagged PDF.

use counterfoil_finding::write::flow::{Flow, Item, Role, Run};
use counterfoil_finding::write::{self, Words};

use super::{Letter, Piece};
use crate::error::{Result, ServiceError};

impl Letter {
    /// The letter as plain text, for an e-mail.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for piece in &self.body {
            match piece {
                Piece::Heading(text) => {
                    out.push_str(&format!("{text}\n{}\n\n", "-".repeat(text.chars().count())));
                }
                Piece::Paragraph(text) => out.push_str(&format!("{text}\n\n")),
                Piece::List(items) => {
                    items.iter().for_each(|item| out.push_str(&format!("* {item}\n")));
                    out.push('\n');
                }
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    /// The letter as a page of its own, to read or to print.
    #[must_use]
    pub fn html(&self) -> String {
        write::html(&self.flow(), &Words::default())
    }

    /// The letter as a tagged PDF.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] when the writer refuses.
    pub fn pdf(&self) -> Result<Vec<u8>> {
        pdf(&self.flow())
    }

    fn flow(&self) -> Flow {
        flow(&self.title, &self.language, &self.body)
    }
}

/// Pieces under a title as a flow.
pub(crate) fn flow(title: &str, language: &str, body: &[Piece]) -> Flow {
    let run = |text: &String| vec![Run::Text(text.clone())];
    let items = body.iter().flat_map(|piece| match piece {
        Piece::Heading(text) => vec![Item::Heading(2, run(text))],
        Piece::Paragraph(text) => vec![Item::Text(Role::Paragraph, run(text))],
        Piece::List(items) => items.iter().map(|item| Item::Text(Role::ListItem, run(item))).collect(),
    });
    let language = if language == "cy" { "cy" } else { "en-GB" };
    Flow { title: title.to_owned(), language: language.to_owned(), items: items.collect() }
}

pub(crate) fn pdf(flow: &Flow) -> Result<Vec<u8>> {
    write::pdf(flow, &Words::default()).map_err(|e| ServiceError::Invalid(e.to_string()))
}
