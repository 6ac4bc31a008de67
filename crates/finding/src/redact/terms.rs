//! Finding every mention of a text, so that one decision holds everywhere.

use std::collections::BTreeSet;

use super::plan::{Plan, ReasonCode, Span};
use crate::model::Document;
use crate::verify::{Hay, Needle, Search, Survivors};

/// Every mention of `terms` in `document`: without regard to case, accents, spacing, hyphens, width or
/// line ends, as whole words, in blocks that are released and in hidden ones.
#[must_use]
pub fn mentions(document: &Document, terms: &[String], code: &ReasonCode) -> Vec<Span> {
    let needles = terms.iter().filter_map(|t| Needle::new(t).map(|n| (n, code.clone())));
    spans(document, needles.collect())
}

/// Adds to `plan` every further mention of what it already withholds, except where it is
/// [`Plan::kept`]. Without this a name withheld in one line and missed in another is a doubt.
pub fn spread(document: &Document, plan: &mut Plan) {
    let mut seen = BTreeSet::new();
    let mut needles = Vec::new();
    for span in &plan.spans {
        let Some(block) = document.blocks.get(span.block) else { continue };
        let text: String =
            block.text.chars().skip(span.start).take(span.end.saturating_sub(span.start)).collect();
        if let Some(needle) = Needle::new(&text).filter(|n| seen.insert(n.key().to_owned())) {
            needles.push((needle, span.code.clone()));
        }
    }
    let kept = |span: &Span| {
        plan.kept.iter().any(|k| k.block == span.block && k.start < span.end && span.start < k.end)
    };
    let known = |span: &Span| {
        plan.spans.iter().any(|s| s.block == span.block && s.start <= span.start && span.end <= s.end)
    };
    let more: Vec<Span> =
        spans(document, needles).into_iter().filter(|span| !kept(span) && !known(span)).collect();
    plan.spans.extend(more);
}

fn spans(document: &Document, needles: Vec<(Needle, ReasonCode)>) -> Vec<Span> {
    let (needles, codes): (Vec<Needle>, Vec<ReasonCode>) = needles.into_iter().unzip();
    let Ok(search) = Search::new(needles) else { return Vec::new() };
    let none = Survivors::default();
    let mut out = Vec::new();
    for (index, block) in document.blocks.iter().enumerate() {
        let hay = Hay::new(&block.text);
        for hit in search.hits(&hay, &none) {
            let (Some((start, end)), Some(code)) = (hay.source(&hit), codes.get(hit.needle)) else {
                continue;
            };
            out.push(Span { block: index, start, end, code: code.clone(), person: None });
        }
    }
    out
}
