//! Finding every mention of a text, so that one decision holds everywhere.

use std::collections::BTreeMap;

use super::plan::{AttachmentPlan, Plan, ReasonCode, Span};
use crate::model::Document;
use crate::verify::{Hay, Needle, Search, Survivors};

/// Every mention of `terms` in `document`: without regard to case, accents, spacing, hyphens, width or
/// line ends, as whole words, in blocks that are released and in hidden ones.
#[must_use]
pub fn mentions(document: &Document, terms: &[String], code: &ReasonCode) -> Vec<Span> {
    let needles = terms.iter().filter_map(|t| Needle::new(t).map(|n| (n, code.clone())));
    spans(document, needles.collect())
}

/// Adds to `plan` every further mention of what it already withholds, in the document and in its
/// released attachments alike, except where it is [`Plan::kept`]. Without this a name withheld in one
/// line and missed in another is a doubt.
pub fn spread(document: &Document, plan: &mut Plan) {
    let mut needles = BTreeMap::new();
    gather(document, plan, &mut needles);
    let needles: Vec<(Needle, ReasonCode)> = needles.into_values().collect();
    apply(document, plan, &needles);
}

/// What the plan and the plans of its attachments withhold, each text once.
fn gather(document: &Document, plan: &Plan, needles: &mut BTreeMap<String, (Needle, ReasonCode)>) {
    for span in &plan.spans {
        let Some(block) = document.blocks.get(span.block) else { continue };
        let text: String =
            block.text.chars().skip(span.start).take(span.end.saturating_sub(span.start)).collect();
        if let Some(needle) = Needle::new(&text) {
            needles.entry(needle.key().to_owned()).or_insert_with(|| (needle, span.code.clone()));
        }
    }
    for (number, attachment) in &plan.attachments {
        if let (AttachmentPlan::Release(plan), Some(inner)) = (attachment, content(document, *number)) {
            gather(inner, plan, needles);
        }
    }
}

fn apply(document: &Document, plan: &mut Plan, needles: &[(Needle, ReasonCode)]) {
    let kept = |span: &Span| {
        plan.kept.iter().any(|k| k.block == span.block && k.start < span.end && span.start < k.end)
    };
    let known = |span: &Span| {
        plan.spans.iter().any(|s| s.block == span.block && s.start <= span.start && span.end <= s.end)
    };
    let found = spans(document, needles.to_vec());
    let more: Vec<Span> = found.into_iter().filter(|span| !kept(span) && !known(span)).collect();
    plan.spans.extend(more);
    for (number, attachment) in &mut plan.attachments {
        if let (AttachmentPlan::Release(plan), Some(inner)) = (attachment, content(document, *number)) {
            apply(inner, plan, needles);
        }
    }
}

fn content(document: &Document, number: usize) -> Option<&Document> {
    document.attachments.get(number)?.content.as_deref().ok()
}

/// The mentions, also those that go on from one block to the next: a line of a page is often a block of
/// its own, and a name may end one and begin another.
fn spans(document: &Document, needles: Vec<(Needle, ReasonCode)>) -> Vec<Span> {
    let (needles, codes): (Vec<Needle>, Vec<ReasonCode>) = needles.into_iter().unzip();
    let Ok(search) = Search::new(needles) else { return Vec::new() };
    let mut text = String::new();
    let mut begins = Vec::with_capacity(document.blocks.len());
    let mut at = 0;
    for block in &document.blocks {
        begins.push(at);
        text.push_str(&block.text);
        text.push('\n');
        at += block.text.chars().count() + 1;
    }
    let hay = Hay::new(&text);
    let mut out = Vec::new();
    for hit in search.hits(&hay, &Survivors::default()) {
        if let (Some(range), Some(code)) = (hay.source(&hit), codes.get(hit.needle)) {
            in_blocks(range, &begins, code, &mut out);
        }
    }
    out
}

/// Cuts a range of the joined text into one span a block.
fn in_blocks((start, end): (usize, usize), begins: &[usize], code: &ReasonCode, out: &mut Vec<Span>) {
    let first = begins.partition_point(|b| *b <= start).saturating_sub(1);
    for (block, begin) in begins.iter().enumerate().skip(first).take_while(|(_, b)| **b < end) {
        let next = begins.get(block + 1).map_or(usize::MAX, |n| n - 1);
        let (from, to) = (start.max(*begin) - begin, end.min(next) - begin);
        if from < to {
            out.push(Span { block, start: from, end: to, code: code.clone(), person: None });
        }
    }
}
