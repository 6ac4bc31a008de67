//! What was done to a document, without any of its content.

use std::collections::BTreeMap;

use super::plan::{AttachmentPlan, Options, Plan, ReasonCode};
use crate::model::{Document, HiddenKind};

/// What a safe copy withholds, drops and does not show. It holds counts and places, no content.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Labels and boxes by reason code.
    pub marks: BTreeMap<ReasonCode, usize>,
    /// Pages withheld whole, from 1.
    pub pages_withheld: Vec<usize>,
    /// Hidden content of the source that is not in the copy, with where it was.
    pub hidden_dropped: Vec<Dropped>,
    /// How many properties (author, camera position …) of the source were dropped.
    pub properties_dropped: usize,
    /// Attachments not released, from 1.
    pub attachments_withheld: Vec<usize>,
    /// What could not be read, and so is not in the copy.
    pub not_read: Vec<String>,
    /// What the copy does not show of what is released.
    pub not_reproduced: Vec<&'static str>,
    /// Reports of the attachments that were released, by number from 1.
    pub attachments: BTreeMap<usize, Report>,
}

/// Hidden content that was dropped.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Dropped {
    /// What it was.
    pub what: HiddenKind,
    /// Where.
    pub place: String,
    /// How much of it.
    pub count: usize,
}

/// The number of marks by code.
pub(crate) fn marks(document: &Document, plan: &Plan) -> BTreeMap<ReasonCode, usize> {
    let mut marks = BTreeMap::new();
    let mut add = |code: &ReasonCode| *marks.entry(code.clone()).or_insert(0) += 1;
    for (index, block) in document.blocks.iter().enumerate() {
        if plan.releases(index, block) {
            plan.ranges(document, index).iter().for_each(|(_, _, code)| add(code));
        }
    }
    plan.areas.iter().for_each(|area| add(&area.code));
    for attachment in plan.attachments.values() {
        if let AttachmentPlan::Withhold(code) = attachment {
            add(code);
        }
    }
    marks
}

pub(crate) fn report(document: &Document, plan: &Plan, options: &Options) -> Report {
    let withheld = super::pages::withheld(document, plan, options);
    let released = |n: &usize| matches!(plan.attachments.get(n), Some(AttachmentPlan::Release(_)));
    let dropped =
        document.hidden.iter().map(|h| Dropped { what: h.what, place: h.place.clone(), count: h.count });
    let attachments = document.attachments.iter().enumerate().filter_map(|(number, attachment)| {
        let Some(AttachmentPlan::Release(plan)) = plan.attachments.get(&number) else { return None };
        let inner = attachment.content.as_ref().ok()?;
        Some((number + 1, report(inner, plan, options)))
    });
    let pictures = document.blocks.iter().any(|b| matches!(b.kind, crate::model::BlockKind::Picture));
    let mut not_reproduced = vec!["fonts and layout of the original"];
    if pictures && document.pages.is_empty() {
        not_reproduced.push("pictures in the text");
    }
    Report {
        marks: marks(document, plan),
        pages_withheld: withheld.iter().map(|(page, _)| page + 1).collect(),
        hidden_dropped: dropped.collect(),
        properties_dropped: document.metadata.len(),
        attachments_withheld: (0..document.attachments.len())
            .filter(|n| !released(n))
            .map(|n| n + 1)
            .collect(),
        not_read: document.problems.iter().map(ToString::to_string).collect(),
        not_reproduced,
        attachments: attachments.collect(),
    }
}
