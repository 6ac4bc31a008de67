//! What is recorded of where somebody is in a picture, or from when to when in a recording: each is a mention like one
//! in words. It is withheld until somebody decides, and what is withheld is burnt out or silenced in the copy.

use counterfoil_domain::ids::ItemId;
use counterfoil_finding::cast::How;
use counterfoil_finding::model::{Area, Document, FileKind};
use counterfoil_finding::redact::{
    Format, Options, PageArea, Plan, SoundKind, redact_and_verify_areas, silence_and_verify, sound_kind,
};
use counterfoil_finding::verify::ReleasedCopy;
use counterfoil_store::casebook::documents::Region;
use counterfoil_store::rights::items::{Item, ItemText};
use counterfoil_store::rights::media::Media;
use serde::{Deserialize, Serialize};

use super::cast::People;
use super::choice::{Choice, Fate};
use super::plan::{Judge, OWN, Open, UNDECIDED, Verdict, code, verdict_of};
use crate::error::{Result, ServiceError};

/// The media type of an item whose spans can be silenced.
pub(crate) const WAV: &str = "audio/wav";

/// Words before a name that leave a region the named person's own.
const OF_THEM: [&str; 9] = [
    "",
    "face of",
    "the face of",
    "picture of",
    "the picture of",
    "voice of",
    "the voice of",
    "face:",
    "voice:",
];

/// A recorded region or span, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenRegion {
    /// Its place among the recorded ones, from 0.
    pub(crate) index: usize,
    pub(crate) region: Region,
    /// Whose it is, by index in the cast.
    pub(crate) person: Option<usize>,
    pub(crate) verdict: Verdict,
}

/// A recorded region as it is counted: whether it is the requester's own, and the key of whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) own: bool,
    pub(crate) who: String,
}

/// What a file is when it is a recording: the media type, and what an officer is told.
pub(crate) fn recording(content: &[u8]) -> Option<(&'static str, String)> {
    Some(match sound_kind(content)? {
        SoundKind::Wav => (
            WAV,
            "a recording: listen to it, say who else speaks and when, then release it; what others say is silenced"
                .to_owned(),
        ),
        SoundKind::Sound(format) => (
            "audio/x-not-edited",
            format!(
                "a recording in {format}, which is not edited here: save it as WAV outside, take it in again and search \
                 again, or withhold it"
            ),
        ),
        SoundKind::Film(format) => (
            "video/x-not-edited",
            format!(
                "a film in {format}, which is not edited here: edit it outside, take what may go out in again and search \
                 again, or withhold it"
            ),
        ),
    })
}

/// The counts of an item that was found with regions.
pub(crate) fn found(item: ItemId, text: &ItemText) -> Media {
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Media {
        item,
        kind: if text.unreadable.is_empty() { "picture" } else { "recording" },
        state: "found",
        regions: size(text.regions.len()),
        others: size(text.regions.iter().filter(|r| !r.own).count()),
        given: 0,
        covered: 0,
    }
}

/// The counts of an item whose copy is in the pack: the copy was read again, or there would be none.
pub(crate) fn sealed(judge: &Judge<'_>, item: &Item) -> Option<Media> {
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let seen = judge.regions(item.number, &item.text.regions);
    let others: Vec<_> = seen.iter().filter(|s| !s.region.own).collect();
    let given = others.iter().filter(|s| matches!(s.verdict, Verdict::Keep(..))).count();
    (!seen.is_empty()).then(|| Media {
        state: "released",
        given: size(given),
        covered: size(others.len() - given),
        ..found(item.id, &item.text)
    })
}

/// Whether an officer has listened to an item and releases it: the one thing unreadable that can go out.
pub(crate) fn is_released_recording(item: &Item) -> bool {
    item.text.media_type == WAV && item.state == "released"
}

/// Whose region it is by its label: the whole label is one person's name, or says `face of` before it. A name that only
/// stands in it (`a friend of Sean Doherty`) says nothing.
pub(crate) fn named(people: &People, label: &str) -> Option<usize> {
    let label = label.trim();
    let all = people.cast.mentions_in_thread(&[label]).into_iter().flatten();
    let whole = |how: How| matches!(how, How::Full | How::Titled | How::Alias);
    let length = label.chars().count();
    all.filter(|m| whole(m.how) && !m.ambiguous && m.end == length).find_map(|m| {
        let before: String = label.chars().take(m.start).collect();
        m.person.filter(|_| OF_THEM.contains(&before.trim().to_lowercase().as_str()))
    })
}

impl Judge<'_> {
    /// What becomes of every recorded region of an item.
    ///
    /// INVARIANT: a region about which nobody decided is withheld.
    pub(crate) fn regions(&self, number: i64, regions: &[Region]) -> Vec<SeenRegion> {
        let one = |(index, region): (usize, &Region)| {
            let person = named(self.people, &region.label);
            let verdict = self.about_region(number, index, region).unwrap_or_else(|| match person {
                Some(person) => self.about(person),
                None => self.about_others(),
            });
            SeenRegion { index, region: region.clone(), person, verdict }
        };
        regions.iter().enumerate().map(one).collect()
    }

    /// The decision about this very region, or that it is the requester's own.
    fn about_region(&self, item: i64, at: usize, said: &Region) -> Option<Verdict> {
        let decided = self.choices.iter().rev().find_map(|(n, choice)| match choice {
            // A region that was recorded anew is not what was decided about.
            Choice::Region { number, region, label, .. }
                if *number == item && *region == at && *label == said.label =>
            {
                Some(verdict_of(*n, choice))
            }
            _ => None,
        });
        decided.or_else(|| said.own.then(|| Verdict::Keep(OWN.to_owned(), None)))
    }

    /// Puts the regions of an item into its plan.
    pub(crate) fn plan_regions(
        &self,
        number: i64,
        document: &Document,
        regions: &[Region],
        plan: &mut Plan,
        open: &mut Open,
    ) -> Result<()> {
        let seen = self.regions(number, regions);
        open.others += waiting(&seen);
        if !regions.is_empty() {
            // Who recorded what is where has looked at the picture, whatever the text recognition made of it.
            plan.pages_seen.extend(0..document.pages.len());
        }
        for one in &seen {
            let withheld = match &one.verdict {
                Verdict::Keep(..) => continue,
                Verdict::Withhold(code, _) => code.as_str(),
                Verdict::Undecided => UNDECIDED,
            };
            for area in areas_of(&one.region, document) {
                plan.areas.push(PageArea { code: code(withheld)?, ..area });
            }
        }
        Ok(())
    }

    /// From when to when a recording must be silent.
    fn silent(&self, number: i64, regions: &[Region]) -> Vec<(u64, u64)> {
        let seen = self.regions(number, regions);
        let gone = seen.iter().filter(|s| !matches!(s.verdict, Verdict::Keep(..)));
        let mut spans: Vec<(u64, u64)> = gone
            .map(|s| match (s.region.from_ms, s.region.until_ms) {
                // Said to be in it and not when: all of it.
                (_, 0) => (0, u64::MAX),
                span => span,
            })
            .collect();
        spans.extend(self.choices.iter().filter_map(|(_, choice)| match choice {
            Choice::Span { number: of, from_ms, until_ms, .. } if *of == number => {
                Some((*from_ms, *until_ms))
            }
            _ => None,
        }));
        spans
    }
}

/// How many regions wait for a decision.
pub(crate) fn waiting(seen: &[SeenRegion]) -> usize {
    seen.iter().filter(|s| s.verdict == Verdict::Undecided).count()
}

/// How many regions are withheld as things stand.
pub(crate) fn withheld(seen: &[SeenRegion]) -> usize {
    seen.iter().filter(|s| !matches!(s.verdict, Verdict::Keep(..))).count()
}

/// A region as areas of the pages of its picture; without a size it is the whole page.
fn areas_of(region: &Region, document: &Document) -> Vec<PageArea> {
    let at = |part: u16, whole: f32| f32::from(part) / 1000.0 * whole;
    let page = |(page, size): (usize, &counterfoil_finding::model::Page)| {
        let (w, h) = (size.width, size.height);
        let sized = region.width > 0 && region.height > 0;
        let area = sized.then(|| Area {
            x0: at(region.x, w),
            y0: at(region.y, h),
            x1: at(region.x.saturating_add(region.width), w),
            y1: at(region.y.saturating_add(region.height), h),
        });
        PageArea { page, area, code: Options::default().unread }
    };
    document.pages.iter().enumerate().map(page).collect()
}

/// The copy of a document with recorded regions burnt in, and verified against what was recorded with it and not against
/// the plan alone.
///
/// # Errors
/// [`ServiceError::Unsafe`] when a region is not burnt in; [`ServiceError::NotReady`] when the item is no picture.
pub(crate) fn copy(
    judge: &Judge<'_>,
    item: &Item,
    content: &[u8],
    document: &Document,
    plan: &Plan,
    options: &mut Options,
) -> Result<ReleasedCopy> {
    let seen = judge.regions(item.number, &item.text.regions);
    let gone: Vec<&SeenRegion> = seen.iter().filter(|s| !matches!(s.verdict, Verdict::Keep(..))).collect();
    if !gone.is_empty() && !matches!(document.kind, FileKind::Image | FileKind::Pdf) {
        return Err(ServiceError::NotReady(format!(
            "item {}: regions are recorded with it that cannot be burnt out, because it is no picture: withhold it",
            item.number
        )));
    }
    if is_one_picture(document, plan) {
        options.formats.insert(Format::Image);
    }
    let must: Vec<PageArea> = gone.iter().flat_map(|s| areas_of(&s.region, document)).collect();
    redact_and_verify_areas(content, document, plan, options, &must)
        .map_err(|source| ServiceError::Unsafe { number: item.number, source })
}

/// Whether a picture goes out as a picture too: it has one frame, and that is not withheld whole.
fn is_one_picture(document: &Document, plan: &Plan) -> bool {
    let unread =
        |p: &counterfoil_finding::model::Page| p.needs_ocr && !p.ocr && !plan.pages_seen.contains(&0);
    let whole = plan.areas.iter().any(|a| a.area.is_none());
    let [page] = document.pages.as_slice() else { return false };
    document.kind == FileKind::Image && !whole && !unread(page)
}

/// The copy of a recording, silent where others speak; and how many spans are.
///
/// # Errors
/// [`ServiceError::NotReady`] with what is to be done when there can be none.
pub(crate) fn silenced(
    judge: &Judge<'_>,
    item: &Item,
    content: &[u8],
    stem: &str,
) -> Result<(counterfoil_finding::redact::SafeFile, usize)> {
    let spans = judge.silent(item.number, &item.text.regions);
    let copy = silence_and_verify(content, &spans, stem)
        .map_err(|e| ServiceError::NotReady(format!("item {}: {e}", item.number)))?;
    Ok((copy, spans.len()))
}

/// The codes under which spans of a recording are withheld.
pub(crate) fn codes(judge: &Judge<'_>, item: &Item) -> Vec<String> {
    let seen = judge.regions(item.number, &item.text.regions).into_iter().filter_map(|s| match s.verdict {
        Verdict::Withhold(code, _) => Some(code),
        _ => None,
    });
    let spans = judge.choices.iter().filter_map(|(_, choice)| match choice {
        Choice::Span { number, ground, .. } if *number == item.number => Some(ground.code.clone()),
        _ => None,
    });
    let mut all: Vec<String> = seen.chain(spans).collect();
    all.sort();
    all.dedup();
    all
}

/// What a decision about a span or region is valid for.
///
/// # Errors
/// [`ServiceError::Invalid`] saying what is wrong with it.
pub(crate) fn check(choice: &Choice) -> Result<()> {
    match choice {
        Choice::Span { from_ms, until_ms, .. } if from_ms >= until_ms => Err(ServiceError::Invalid(
            "give from when to when, in seconds, the end after the beginning".to_owned(),
        )),
        Choice::Region { fate: Fate::NotTheirs, .. } => {
            Err(ServiceError::Invalid("a region is given or withheld".to_owned()))
        }
        _ => Ok(()),
    }
}
