//! Recorded regions as the page of an item shows them: drawn over the picture, and each in words.

use counterfoil_domain::access::Verb;
use counterfoil_store::rights::items::Item;
use counterfoil_store::{StoreError, Terms};
use serde::Serialize;

use super::choice::Choice;
use super::plan::{Judge, Verdict};
use super::regions::SeenRegion;
use super::turn::BoxOnPage;
use super::workbench::{seconds, state_of};
use super::{Desk, regions};
use crate::error::Result;

/// A recorded region or span, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RegionLine {
    /// Its place among the recorded ones, from 0.
    pub index: usize,
    /// What is there.
    pub label: String,
    /// Whose it is, when it is somebody of the cast.
    pub name: String,
    /// `own`, `kept`, `withheld` or `undecided`.
    pub state: String,
    /// The exemption's code.
    pub code: String,
    /// Left, top, width and height in hundredths of the picture; all 0 for a span of a recording.
    pub at: [u16; 4],
    /// From when to when, of a recording.
    pub span: String,
    /// A decision about this very region.
    pub decision: Option<i64>,
}

/// The recorded regions in words, for whoever cannot see them drawn.
pub(super) fn lines(item: &Item, choices: &[(i64, Choice)], judge: &Judge<'_>) -> Vec<RegionLine> {
    let here = |seen: &SeenRegion| {
        choices.iter().rev().find_map(|(n, c)| match c {
            Choice::Region { number, region, label, .. }
                if *number == item.number && *region == seen.index && *label == seen.region.label =>
            {
                Some(*n)
            }
            _ => None,
        })
    };
    let line = |seen: SeenRegion| RegionLine {
        index: seen.index,
        decision: here(&seen),
        state: region_state(&seen).to_owned(),
        name: seen
            .person
            .and_then(|p| judge.people.members.get(p))
            .map(|m| m.person.name())
            .unwrap_or_default(),
        code: match &seen.verdict {
            Verdict::Withhold(code, _) => code.clone(),
            _ => String::new(),
        },
        at: [seen.region.x, seen.region.y, seen.region.width, seen.region.height].map(|v| (v + 5) / 10),
        span: match seen.region.until_ms {
            0 => String::new(),
            until => format!("{} – {}", seconds(seen.region.from_ms), seconds(until)),
        },
        label: seen.region.label,
    };
    judge.regions(item.number, &item.text.regions).into_iter().map(line).collect()
}

fn region_state(seen: &SeenRegion) -> &'static str {
    match seen.verdict {
        Verdict::Keep(_, None) => "own",
        _ => state_of(&seen.verdict, seen.person.unwrap_or(1)),
    }
}

/// The recorded regions as boxes over the drawn page.
pub(super) fn boxes(item: &Item, judge: &Judge<'_>, (width, height): (f32, f32)) -> Vec<BoxOnPage> {
    let seen = judge.regions(item.number, &item.text.regions);
    let sized = seen.iter().filter(|s| s.region.width > 0 && s.region.height > 0);
    let drawn = |s: &SeenRegion| BoxOnPage {
        x: f32::from(s.region.x) / 1000.0 * width,
        y: f32::from(s.region.y) / 1000.0 * height,
        width: f32::from(s.region.width) / 1000.0 * width,
        height: f32::from(s.region.height) / 1000.0 * height,
        state: region_state(s).to_owned(),
        who: s.person.and_then(|p| judge.people.members.get(p)).map(|m| m.key.clone()).unwrap_or_default(),
        decision: None,
    };
    sized.map(drawn).collect()
}

/// A recording as it is, for whoever must listen to it before it is released.
///
/// # Errors
/// A refusal of the gate; [`StoreError::NotFound`] when the item is no recording that is known.
pub fn recording(desk: &Desk<'_>, reference: &str, number: i64) -> Result<Vec<u8>> {
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        let item = tx.item_numbered(request, number)?;
        if item.text.media_type != regions::WAV {
            return Err(StoreError::NotFound("recording"));
        }
        tx.item_content(&item)
    })
}
