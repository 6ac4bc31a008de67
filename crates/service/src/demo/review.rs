//! Papers in the formats that a review meets: messages, a PDF, a list.

use counterfoil_finding::write::flow::{Flow, Item, Role, Run};
use counterfoil_finding::write::{self, Words};
use serde::Deserialize;

use super::{Teller, unusable};
use crate::casebook::{self, DocumentText};
use crate::error::Result;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Papers {
    papers: Vec<Paper>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Paper {
    person: String,
    by: String,
    name: String,
    kind: String,
    from: String,
    to: String,
    subject: String,
    body: String,
    lines: Vec<String>,
}

/// Puts the papers into the files of the people of the story.
pub(super) fn papers(teller: &Teller<'_>, template: &str) -> Result<()> {
    if template != "council" {
        return Ok(());
    }
    let text = include_str!("../../../../organisations/council/demo-review.toml");
    let Papers { papers } = toml::from_str(text).map_err(|_| unusable("the papers of the review"))?;
    for paper in &papers {
        let (media_type, content) = paper.content()?;
        let about = DocumentText {
            name: paper.name.clone(),
            media_type: media_type.to_owned(),
            source: "demonstration".to_owned(),
            description: String::new(),
        };
        let (who, id) = (teller.actor(&paper.by)?, teller.person_of(&paper.person)?);
        casebook::add_document(teller.stage.store, &who, id, &about, &content, None)?;
    }
    Ok(())
}

impl Paper {
    fn content(&self) -> Result<(&'static str, Vec<u8>)> {
        Ok(match self.kind.as_str() {
            "mail" => ("message/rfc822", self.mail().into_bytes()),
            "pdf" => ("application/pdf", self.pdf()?),
            _ => ("text/plain", self.lines.join("\n\n").into_bytes()),
        })
    }

    fn mail(&self) -> String {
        let Self { from, to, subject, body, .. } = self;
        let body = body.trim_start().replace('\n', "\r\n");
        format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{body}"
        )
    }

    fn pdf(&self) -> Result<Vec<u8>> {
        let text = |line: &String| Item::Text(Role::Paragraph, vec![Run::Text(line.clone())]);
        let flow = Flow {
            title: "Report".to_owned(),
            language: "en-GB".to_owned(),
            items: self.lines.iter().map(text).collect(),
        };
        write::pdf(&flow, &Words::default()).map_err(|_| unusable("a report"))
    }
}
