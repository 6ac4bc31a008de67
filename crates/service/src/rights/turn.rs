//! Turning a page of the review: the page as it is, what becomes of every name on it, and what the requester will
//! see.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_finding::model::{Area, Block, BlockKind, Document, FileKind, Source, Word};
use counterfoil_finding::paging::Paging;
use counterfoil_finding::redact::{AttachmentPlan, Options, Plan, page_flow, page_picture};
use counterfoil_finding::write::flow::{Item as FlowItem, Role as FlowRole, Run};
use counterfoil_store::rights::items::{Item, KeptDecision};
use counterfoil_store::rights::requests::Request;
use counterfoil_store::{StoreError, Terms};
use serde::Serialize;

use super::cast::{self, People};
use super::choice::{Choice, Spot};
use super::own::Own;
use super::plan::{Judge, Seen, UNDECIDED, Verdict};
use super::prepare::{self, Choices, Prepared, Tally};
use super::reading::{self, Leaf, Reading};
use super::shown::{self, RegionLine};
use super::workbench::{BenchPerson, DecisionLine, NoteLine, UsedGround, bench_people, grounds, state_of};
use super::{Desk, regions, review, seal};
use crate::error::{Result, ServiceError};

/// A page of an item in the review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TurnedPage {
    /// The request's reference.
    pub reference: String,
    /// The item's number.
    pub number: i64,
    /// What the item is called.
    pub name: String,
    /// Its source.
    pub source: String,
    /// `found`, `released`, `withheld` or `not-theirs`.
    pub state: String,
    /// The page in the item, from 1, files inside counted on.
    pub page: usize,
    /// How many there are.
    pub pages: usize,
    /// The page's number as the pack's index has it, such as `12/3`.
    pub label: String,
    /// The file inside the item that it belongs to, as `0.1`; empty for the item itself.
    pub part: String,
    /// The page in its file, from 0.
    pub part_page: usize,
    /// `text`, or `picture` when the page is best looked at as it is drawn.
    pub best: &'static str,
    /// Whether it can be drawn.
    pub has_picture: bool,
    /// Width and height in points, when it can be drawn.
    pub size: (f32, f32),
    /// The text of the page with its marks.
    pub lines: Vec<Line>,
    /// What the requester will see.
    pub released: Vec<Line>,
    /// Whether the page goes out at all, and if not under which code.
    pub withheld: String,
    /// The decision that withholds the page.
    pub withheld_by: Option<i64>,
    /// Where marks and boxes are on the drawn page.
    pub boxes: Vec<BoxOnPage>,
    /// The people who are mentioned on the page, and the others.
    pub people: Vec<BenchPerson>,
    /// The keys of those on the page.
    pub here: Vec<String>,
    /// Marks that are in no cast or could be several people's.
    pub loose: Vec<Mark>,
    /// Single mentions of people of the cast.
    pub mentions: Vec<Mark>,
    /// What waits for a decision on this page.
    pub open: usize,
    /// Things that the original does not show, and what could not be read.
    pub remarks: Vec<String>,
    /// The page before, as item and page.
    pub before: Option<(i64, usize)>,
    /// The page after.
    pub after: Option<(i64, usize)>,
    /// The next page on which something waits for a decision.
    pub next_open: Option<(i64, usize)>,
    /// The item that this one repeats or is inside; 0 for none.
    pub of: i64,
    /// `read`, `duplicate`, `contained` or `near`.
    pub standing: String,
    /// Notes on this page and item.
    pub notes: Vec<NoteLine>,
    /// Grounds that were recorded for this request, the last used first.
    pub grounds: Vec<UsedGround>,
    /// The last decision of the request.
    pub last: Option<DecisionLine>,
    /// Decisions about this page, its passages and boxes.
    pub decisions: Vec<DecisionLine>,
    /// Whether everything was counted as the decisions now stand.
    pub counted: bool,
    /// What is recorded of where somebody is in the picture, or from when to when in the recording.
    pub regions: Vec<RegionLine>,
    /// `wav` for a recording that can be listened to and silenced here, `other` for one that cannot; empty for none.
    pub recording: &'static str,
    /// Spans of the recording that the reviewer added.
    pub spans: Vec<DecisionLine>,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Line {
    /// `heading`, `paragraph`, `item`, `quote`, `field`, `row`, `aside` or `notice`.
    pub kind: &'static str,
    /// The field's name.
    pub label: String,
    /// Cells of a row; one for everything else.
    pub cells: Vec<Vec<Piece>>,
    /// Whether a reader of the original sees it.
    pub hidden: bool,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Piece {
    /// The words; of a label, what it says.
    pub text: String,
    /// Whether it is a label that stands for what is withheld.
    pub is_label: bool,
    /// What is marked here.
    pub mark: Option<Mark>,
}

/// Something marked on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Mark {
    /// The person's key; empty for nobody of the cast.
    pub who: String,
    /// The person's name, or what kind of finding it is.
    pub name: String,
    /// `own`, `kept`, `withheld` or `undecided`.
    pub state: String,
    /// The exemption's code.
    pub code: String,
    /// Where, as a form sends it back.
    pub place: String,
    /// The words.
    pub text: String,
    /// Who it may be.
    pub several: Vec<String>,
    /// A decision about this very place.
    pub decision: Option<i64>,
}

/// A mark or a box on a drawn page, in points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoxOnPage {
    /// Left.
    pub x: f32,
    /// Top.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// `own`, `kept`, `withheld`, `undecided` or `area`.
    pub state: String,
    /// The person's key; empty for none.
    pub who: String,
    /// The decision, of a box drawn by hand.
    pub decision: Option<i64>,
}

impl Spot {
    /// As a form carries it: `0.1:12:3:9` for the file inside, the block, and from where to where.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Self { part, block, start, end } = self;
        format!("{}:{block}:{start}:{end}", part_text(part))
    }

    /// Reads what [`Self::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut fields = text.split(':');
        let part = part_from(fields.next()?)?;
        let mut number = || fields.next()?.parse().ok();
        Some(Self { part, block: number()?, start: number()?, end: number()? })
    }
}

fn part_text(part: &[usize]) -> String {
    part.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

/// The file inside an item, as a form names it.
#[must_use]
pub fn part_from(text: &str) -> Option<Vec<usize>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split('.').map(|n| n.parse().ok()).collect()
}

/// Everything that one page rests on.
struct Opened {
    request: Request,
    item: Item,
    reading: Reading,
    leaf: Leaf,
    pages: usize,
    prepared: Prepared,
    choices: Choices,
    notes: Vec<NoteLine>,
}

type Read =
    (Request, Item, Option<Reading>, Option<(Leaf, usize)>, Prepared, Vec<KeptDecision>, Vec<NoteLine>);

impl Opened {
    /// Opens a page, counted from 1, in one act.
    fn page(desk: &Desk<'_>, reference: &str, number: i64, page: usize) -> Result<Self> {
        let (request, item, reading, leaf, prepared, decisions, notes): Read =
            desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
                let item = tx.item_numbered(request, number)?;
                let mut reading = reading::open(tx, &item)?;
                let mut at = None;
                if let Some(reading) = &mut reading
                    && let Some(document) = &reading.document
                {
                    let leaves = reading::leaves(document);
                    let leaf =
                        leaves.get(page.saturating_sub(1)).ok_or(StoreError::NotFound("page"))?.clone();
                    reading::place_page(tx, &item, reading, &leaf)?;
                    at = Some((leaf, leaves.len()));
                }
                let notes = tx.review_notes(request)?;
                let notes = notes.into_iter().filter(|n| n.note.item == number);
                let notes = notes.map(|n| NoteLine {
                    item: n.note.item,
                    page: n.note.page,
                    text: n.note.text,
                    by: n.by.to_string(),
                    at: n.at,
                });
                let prepared = prepare::prepared(tx.cast_of(request)?.as_deref())?;
                let notes = notes.collect();
                Ok((request.clone(), item, reading, at, prepared, tx.decisions_of(request)?, notes))
            })?;
        let not_read =
            || ServiceError::NotReady("this item has not been read: prepare the review again".to_owned());
        let (leaf, pages) = leaf.unwrap_or((Leaf { path: Vec::new(), page: 0 }, 1));
        let choices = review::choices_of(&decisions)?;
        Ok(Self {
            request,
            item,
            reading: reading.ok_or_else(not_read)?,
            leaf,
            pages,
            prepared,
            choices,
            notes,
        })
    }

    fn people(&self) -> Result<People> {
        People::new(cast::requester(&self.prepared.profile), &self.prepared.found, &self.choices)
    }
}

/// The plan of the document at a path inside another, when that goes out at all.
fn plan_at<'p>(plan: &'p Plan, path: &[usize]) -> Option<&'p Plan> {
    path.iter().try_fold(plan, |plan, n| match plan.attachments.get(n)? {
        AttachmentPlan::Release(inner) => Some(&**inner),
        AttachmentPlan::Withhold(_) => None,
    })
}

/// Opens a page of an item, from 1, with everything that was decided about what is on it.
///
/// # Errors
/// A refusal of the gate; [`StoreError::NotFound`] when there is no such item or page.
pub fn turn_to(desk: &Desk<'_>, reference: &str, number: i64, page: usize) -> Result<TurnedPage> {
    let opened = Opened::page(desk, reference, number, page)?;
    let (people, own) = (opened.people()?, Own::of(&opened.prepared.profile));
    let judge = Judge { people: &people, choices: &opened.choices, own: &own, everything: false };
    let mut turned = frame(&opened, &judge, page);
    turned.open = turned.regions.iter().filter(|r| r.state == "undecided").count();
    let Some(document) = &opened.reading.document else {
        let why = [&opened.item.text.unreadable, &opened.reading.unreadable];
        turned.remarks.extend(why.into_iter().find(|w| !w.is_empty()).cloned());
        return Ok(turned);
    };
    let (plan, _, all) = judge.plan(number, document, &opened.reading.marks)?;
    let (path, at) = (&opened.leaf.path, opened.leaf.page);
    let here = reading::inside(document, path).ok_or(StoreError::NotFound("page"))?;
    let paging = Paging::of(here);
    let on_page = |s: &&Seen| s.place.part == *path && paging.page_of(s.place.block) == at;
    let seen: Vec<&Seen> = all.iter().filter(on_page).collect();
    let none = Plan::default();
    let own_plan = plan_at(&plan, path);
    let drawing = Drawing { judge: &judge, document: here, plan: own_plan.unwrap_or(&none), seen: &seen };
    turned.lines = drawing.lines(&paging, at);
    turned.boxes = drawing.boxes(at);
    let options = seal::options(number, &opened.request.text.language, &BTreeMap::new());
    (turned.withheld, turned.released) = match own_plan {
        None => (withheld_file(&plan, path), Vec::new()),
        Some(plan) => (withheld_page(here, plan, &paging, at), released(here, plan, &options, &paging, at)),
    };
    describe(&mut turned, here, at);
    turned.boxes.extend(areas(&opened, at));
    if path.is_empty() {
        turned.boxes.extend(shown::boxes(&opened.item, &judge, turned.size));
    }
    for one in &seen {
        turned.note(&judge, drawing.mark(one));
        turned.open += usize::from(one.verdict == Verdict::Undecided);
    }
    turned.next_open = next_open(&opened, &judge, document, &all, page);
    if !turned.notes.is_empty() {
        let names = super::check::names(desk)?;
        turned.notes.iter_mut().for_each(|n| n.by = names.get(&n.by).cloned().unwrap_or_default());
    }
    Ok(turned)
}

/// What is known of a page before its text is looked at.
fn frame(opened: &Opened, judge: &Judge<'_>, page: usize) -> TurnedPage {
    let Opened { request, item, leaf, pages, prepared, choices, .. } = opened;
    let at = prepared.tallies.iter().position(|t| t.number == item.number);
    let tally = at.and_then(|at| prepared.tallies.get(at));
    let neighbour = |at: Option<usize>| at.and_then(|at| prepared.tallies.get(at));
    let earlier = neighbour(at.and_then(|at| at.checked_sub(1)));
    let later = neighbour(at.map(|at| at + 1));
    let line = |(n, c): &(i64, Choice)| DecisionLine::new(*n, c, judge.people);
    let about = |(_, c): &&(i64, Choice)| is_about(c, item.number, leaf);
    TurnedPage {
        reference: request.reference.clone(),
        number: item.number,
        name: item.text.name.clone(),
        source: item.source.clone(),
        state: item.state.clone(),
        page,
        pages: *pages,
        label: leaf.label(item.number),
        part: part_text(&leaf.path),
        part_page: leaf.page,
        best: "text",
        has_picture: false,
        size: (0.0, 0.0),
        lines: Vec::new(),
        released: Vec::new(),
        withheld: String::new(),
        withheld_by: choices.iter().rev().find(|(_, c)| withholds(c, item.number, leaf)).map(|(n, _)| *n),
        boxes: Vec::new(),
        people: bench_people(judge, prepared),
        here: Vec::new(),
        loose: Vec::new(),
        mentions: Vec::new(),
        open: 0,
        remarks: Vec::new(),
        before: if page > 1 { Some((item.number, page - 1)) } else { earlier.map(|t| (t.number, t.pages)) },
        after: if page < *pages { Some((item.number, page + 1)) } else { later.map(|t| (t.number, 1)) },
        next_open: None,
        of: tally.map_or(0, |t| t.of),
        standing: tally.map_or_else(String::new, |t| t.standing.clone()),
        notes: opened.notes.clone(),
        grounds: grounds(choices),
        last: choices.last().map(line),
        decisions: choices.iter().filter(about).map(line).collect(),
        counted: judge.people.shaped_by == prepared.shaped_by,
        regions: shown::lines(item, choices, judge),
        recording: match item.text.media_type.split('/').next() {
            _ if item.text.media_type == regions::WAV => "wav",
            Some("audio" | "video") => "other",
            _ => "",
        },
        spans: choices
            .iter()
            .filter(|(_, c)| matches!(c, Choice::Span { number, .. } if *number == item.number))
            .map(line)
            .collect(),
    }
}

fn is_about(choice: &Choice, item: i64, leaf: &Leaf) -> bool {
    match choice {
        Choice::Item { number, .. } => *number == item,
        Choice::Passage { number, .. } | Choice::Region { number, .. } | Choice::Span { number, .. } => {
            *number == item
        }
        Choice::Mention { number, place, .. } => *number == item && place.part == leaf.path,
        Choice::Page { number, part, page, .. } => {
            *number == item && *part == leaf.path && page.is_none_or(|p| p == leaf.page)
        }
        Choice::Area { number, part, page, .. } => {
            *number == item && *part == leaf.path && *page == leaf.page
        }
        _ => false,
    }
}

fn withholds(choice: &Choice, item: i64, leaf: &Leaf) -> bool {
    matches!(choice, Choice::Page { .. }) && is_about(choice, item, leaf)
}

/// Says how a page is best looked at, and what is odd about it.
fn describe(turned: &mut TurnedPage, document: &Document, at: usize) {
    turned.has_picture =
        matches!(document.kind, FileKind::Pdf | FileKind::Image) && !document.pages.is_empty();
    if let Some(page) = document.pages.get(at) {
        turned.size = (page.width, page.height);
        let no_text = turned.lines.iter().all(|l| l.cells.iter().all(Vec::is_empty));
        if page.ocr || page.needs_ocr || no_text {
            turned.best = "picture";
        }
        if page.needs_ocr && !page.ocr && turned.regions.is_empty() {
            turned
                .remarks
                .push("no text of this page could be read: look at it and decide the page".to_owned());
        }
    }
    let hidden = document
        .hidden
        .iter()
        .map(|h| format!("not shown by the original: {}, {} in {}", hidden_word(h), h.count, h.place));
    turned.remarks.extend(hidden.take(8));
    turned.remarks.extend(document.problems.iter().map(ToString::to_string).take(8));
}

fn hidden_word(hidden: &counterfoil_finding::model::Hidden) -> String {
    let word = serde_json::to_value(hidden.what).ok();
    word.and_then(|v| v.as_str().map(|s| s.replace('-', " "))).unwrap_or_default()
}

impl TurnedPage {
    /// Sorts a mark to the people of the page, to what is nobody's, and to the single mentions.
    fn note(&mut self, judge: &Judge<'_>, mark: Mark) {
        if mark.who.is_empty() {
            self.loose.push(mark);
            return;
        }
        if !self.here.contains(&mark.who) {
            self.here.push(mark.who.clone());
        }
        if judge.people.by_key(&mark.who).is_some_and(|(p, _)| p > 0) {
            self.mentions.push(mark);
        }
    }
}

fn areas(opened: &Opened, at: usize) -> Vec<BoxOnPage> {
    let area = |(decision, choice): &(i64, Choice)| match choice {
        Choice::Area { number, part, page, area: [x0, y0, x1, y1], .. }
            if *number == opened.item.number && *part == opened.leaf.path && *page == at =>
        {
            let tenth = |v: u32| v as f32 / 10.0;
            Some(BoxOnPage {
                x: tenth(*x0),
                y: tenth(*y0),
                width: tenth(x1.saturating_sub(*x0)),
                height: tenth(y1.saturating_sub(*y0)),
                state: "area".to_owned(),
                who: String::new(),
                decision: Some(*decision),
            })
        }
        _ => None,
    };
    opened.choices.iter().filter_map(area).collect()
}

/// The code under which a file inside the item is withheld, or one around it.
fn withheld_file(plan: &Plan, path: &[usize]) -> String {
    let mut plan = plan;
    for number in path {
        match plan.attachments.get(number) {
            Some(AttachmentPlan::Release(inner)) => plan = inner,
            Some(AttachmentPlan::Withhold(code)) => return code.as_str().to_owned(),
            None => break,
        }
    }
    UNDECIDED.to_owned()
}

/// The code under which the page is withheld; empty when it goes out.
fn withheld_page(document: &Document, plan: &Plan, paging: &Paging, at: usize) -> String {
    let area = plan.areas.iter().find(|a| a.page == at && a.area.is_none());
    if let Some(area) = area {
        return area.code.as_str().to_owned();
    }
    let unread = document.pages.get(at).is_some_and(|p| p.needs_ocr && !p.ocr);
    if unread && !plan.pages_seen.contains(&at) {
        return Options::default().unread.as_str().to_owned();
    }
    let mut blocks = paging.blocks(at).peekable();
    let whole = blocks.peek().is_some() && blocks.all(|b| plan.blocks.contains_key(&b));
    let first = paging.blocks(at).find_map(|b| plan.blocks.get(&b));
    first.filter(|_| whole).map_or_else(String::new, |code| code.as_str().to_owned())
}

/// What goes out of a page, as lines.
fn released(document: &Document, plan: &Plan, options: &Options, paging: &Paging, at: usize) -> Vec<Line> {
    let flow = page_flow(document, plan, options, paging, at);
    let runs = |runs: &[Run]| -> Vec<Piece> {
        runs.iter()
            .map(|run| match run {
                Run::Text(text) => Piece { text: text.clone(), ..Piece::default() },
                Run::Label(code) => {
                    Piece { text: options.words.label(code), is_label: true, ..Piece::default() }
                }
            })
            .collect()
    };
    let mut lines = Vec::new();
    for item in &flow.items {
        match item {
            FlowItem::Heading(_, words) => lines.push(Line::of("heading", runs(words))),
            FlowItem::Field(name, words) => {
                lines.push(Line { label: name.clone(), ..Line::of("field", runs(words)) });
            }
            FlowItem::Text(role, words) => lines.push(Line::of(role_kind(*role), runs(words))),
            FlowItem::Table(table) => {
                let row = |cells: &Vec<Vec<Run>>| Line {
                    kind: "row",
                    cells: cells.iter().map(|c| runs(c)).collect(),
                    ..Line::default()
                };
                lines.extend(table.rows.iter().map(row));
            }
        }
    }
    lines
}

const fn role_kind(role: FlowRole) -> &'static str {
    match role {
        FlowRole::Paragraph => "paragraph",
        FlowRole::ListItem => "item",
        FlowRole::Quote(_) => "quote",
        FlowRole::Aside => "aside",
        FlowRole::Notice => "notice",
    }
}

impl Line {
    fn of(kind: &'static str, pieces: Vec<Piece>) -> Self {
        Self { kind, cells: vec![pieces], ..Self::default() }
    }
}

/// Drawing a page of a document with its marks.
struct Drawing<'d> {
    judge: &'d Judge<'d>,
    document: &'d Document,
    plan: &'d Plan,
    seen: &'d [&'d Seen],
}

impl Drawing<'_> {
    fn lines(&self, paging: &Paging, page: usize) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut row = None;
        for index in paging.blocks(page) {
            let Some(block) = self.document.blocks.get(index) else { continue };
            let pieces = self.pieces(index, block);
            let here = match block.kind {
                BlockKind::Cell { table, row, .. } => Some((table, row)),
                _ => None,
            };
            match lines.last_mut() {
                Some(line) if here.is_some() && here == row => line.cells.push(pieces),
                _ => lines.push(line(block, pieces)),
            }
            row = here;
        }
        lines
    }

    /// The words of a block, cut where something is marked or withheld.
    fn pieces(&self, index: usize, block: &Block) -> Vec<Piece> {
        let chars: Vec<char> = block.text.chars().collect();
        let ranges = self.plan.ranges(self.document, index);
        let seen: Vec<&&Seen> = self.seen.iter().filter(|s| s.place.block == index).collect();
        let mut cuts: Vec<usize> = vec![0, chars.len()];
        cuts.extend(ranges.iter().flat_map(|(start, end, _)| [*start, *end]));
        cuts.extend(seen.iter().flat_map(|s| [s.place.start, s.place.end]));
        cuts.retain(|c| *c <= chars.len());
        cuts.sort_unstable();
        cuts.dedup();
        let mut pieces = Vec::new();
        for pair in cuts.windows(2) {
            let [start, end] = *pair else { continue };
            let text: String = chars.get(start..end).unwrap_or_default().iter().collect();
            let gone = ranges.iter().find(|(s, e, _)| *s <= start && end <= *e);
            let who = seen.iter().find(|s| s.place.start <= start && end <= s.place.end);
            let mark = match (who, gone) {
                (Some(who), gone) => {
                    let mut mark = self.mark(who);
                    // A passage may withhold what the decision about the person gives.
                    if let (Some((_, _, code)), false) = (gone, mark.state == "undecided") {
                        mark.state = "withheld".to_owned();
                        mark.code = code.as_str().to_owned();
                    }
                    Some(mark)
                }
                (None, Some((_, _, code))) if !text.trim().is_empty() => {
                    let (state, code) = ("withheld".to_owned(), code.as_str().to_owned());
                    Some(Mark { state, code, text: text.clone(), ..Mark::default() })
                }
                _ => None,
            };
            pieces.push(Piece { text, is_label: false, mark });
        }
        pieces
    }

    fn mark(&self, seen: &Seen) -> Mark {
        let member = |p: &usize| self.judge.people.members.get(*p);
        let named = seen.person.as_ref().and_then(member);
        let text = self.document.blocks.get(seen.place.block).map_or_else(String::new, |b| {
            let length = seen.place.end.saturating_sub(seen.place.start);
            b.text.chars().skip(seen.place.start).take(length).collect()
        });
        let place =
            |c: &&(i64, Choice)| matches!(&c.1, Choice::Mention { place, .. } if *place == seen.place);
        let by = match &seen.verdict {
            Verdict::Keep(_, by) => *by,
            Verdict::Withhold(_, by) => Some(*by),
            Verdict::Undecided => None,
        };
        let single = self.judge.choices.iter().filter(place).map(|(n, _)| *n).find(|n| Some(*n) == by);
        Mark {
            who: named.map(|m| m.key.clone()).unwrap_or_default(),
            name: match (named, seen.entity) {
                (Some(m), _) => m.person.name(),
                (None, Some(entity)) => entity.name(),
                (None, None) => String::new(),
            },
            state: match seen.entity {
                Some(_) if matches!(seen.verdict, Verdict::Keep(_, None)) => "own".to_owned(),
                _ => state_of(&seen.verdict, seen.person.unwrap_or(1)).to_owned(),
            },
            code: match &seen.verdict {
                Verdict::Withhold(code, _) => code.clone(),
                _ => String::new(),
            },
            place: seen.place.to_text(),
            text,
            several: match seen.person {
                Some(_) => Vec::new(),
                None => seen.candidates.iter().filter_map(member).map(|m| m.person.name()).collect(),
            },
            decision: single,
        }
    }

    /// Where the marks of the page are drawn.
    fn boxes(&self, page: usize) -> Vec<BoxOnPage> {
        let mut boxes = Vec::new();
        for seen in self.seen {
            let Some(Source::Page { page: on, words }) =
                self.document.blocks.get(seen.place.block).map(|b| &b.source)
            else {
                continue;
            };
            if *on != page {
                continue;
            }
            let mark = self.mark(seen);
            let under = words.iter().filter(|w| w.start < seen.place.end && seen.place.start < w.end);
            boxes.extend(one_a_line(under).into_iter().map(|area| BoxOnPage {
                x: area.x0,
                y: area.y0,
                width: area.x1 - area.x0,
                height: area.y1 - area.y0,
                state: mark.state.clone(),
                who: mark.who.clone(),
                decision: None,
            }));
        }
        boxes
    }
}

/// Words side by side are one box.
fn one_a_line<'w>(words: impl Iterator<Item = &'w Word>) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for word in words {
        match areas.last_mut() {
            Some(last) if (last.y0 - word.area.y0).abs() < 3.0 && word.area.x0 >= last.x0 => {
                last.x1 = last.x1.max(word.area.x1);
                last.y1 = last.y1.max(word.area.y1);
            }
            _ => areas.push(word.area),
        }
    }
    areas
}

fn line(block: &Block, pieces: Vec<Piece>) -> Line {
    let (kind, label) = match &block.kind {
        BlockKind::Heading(_) => ("heading", String::new()),
        BlockKind::ListItem => ("item", String::new()),
        BlockKind::Cell { .. } => ("row", String::new()),
        BlockKind::Quote(_) => ("quote", String::new()),
        BlockKind::Header(name) => ("field", name.clone()),
        BlockKind::Attachment(_) => ("notice", String::new()),
        BlockKind::Aside | BlockKind::Picture => ("aside", String::new()),
        BlockKind::Paragraph => ("paragraph", String::new()),
    };
    Line { label, hidden: !block.visible, ..Line::of(kind, pieces) }
}

/// The next page with something undecided: in this item by its text, in another by what was counted.
fn next_open(
    opened: &Opened,
    judge: &Judge<'_>,
    document: &Document,
    seen: &[Seen],
    page: usize,
) -> Option<(i64, usize)> {
    let leaves = reading::leaves(document);
    let mut pagings: BTreeMap<&[usize], Paging> = BTreeMap::new();
    let mut open: Vec<usize> = Vec::new();
    for one in seen.iter().filter(|s| s.verdict == Verdict::Undecided) {
        let Some(inner) = reading::inside(document, &one.place.part) else { continue };
        let paging = pagings.entry(&one.place.part).or_insert_with(|| Paging::of(inner));
        let leaf = Leaf { path: one.place.part.clone(), page: paging.page_of(one.place.block) };
        open.extend(leaves.iter().position(|l| *l == leaf).map(|at| at + 1));
    }
    if let Some(next) = open.into_iter().filter(|p| *p > page).min() {
        return Some((opened.item.number, next));
    }
    let waits = |t: &&Tally| {
        let (open, _) = review::standing(judge, t);
        open.ambiguous + open.others > 0
    };
    let at = opened.prepared.tallies.iter().position(|t| t.number == opened.item.number).unwrap_or(0);
    let (earlier, later) = opened.prepared.tallies.split_at((at + 1).min(opened.prepared.tallies.len()));
    later.iter().chain(earlier).filter(|t| t.number != opened.item.number).find(waits).map(|t| (t.number, 1))
}

/// A page as a JPEG: as it is, or as it will be released. `None` when the page is withheld whole or cannot be
/// drawn.
///
/// # Errors
/// A refusal of the gate; [`StoreError::NotFound`] when there is no such page.
pub fn page_image(
    desk: &Desk<'_>,
    reference: &str,
    number: i64,
    page: usize,
    as_released: bool,
) -> Result<Option<Vec<u8>>> {
    let mut opened = Opened::page(desk, reference, number, page)?;
    let content = desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, _| {
        tx.item_content(&opened.item)
    })?;
    let (people, own) = (opened.people()?, Own::of(&opened.prepared.profile));
    let Some(mut document) = opened.reading.document.take() else { return Ok(None) };
    let judge = Judge { people: &people, choices: &opened.choices, own: &own, everything: false };
    let (plan, _, _) = judge.plan(number, &document, &opened.reading.marks)?;
    if !opened.leaf.path.is_empty() {
        reading::restore(&mut document, &opened.item.text.name, &content)?;
    }
    let (source, document) = bytes_at(&content, &document, &opened.leaf.path)?;
    let plan = plan_at(&plan, &opened.leaf.path);
    if as_released && plan.is_none() {
        return Ok(None);
    }
    let options = seal::options(number, &opened.request.text.language, &BTreeMap::new());
    let options = Options { dpi: 110, ..options };
    page_picture(source, document, plan.filter(|_| as_released), &options, opened.leaf.page)
        .map_err(|source| ServiceError::Unsafe { number, source })
}

fn bytes_at<'d>(
    content: &'d [u8],
    document: &'d Document,
    path: &[usize],
) -> Result<(&'d [u8], &'d Document)> {
    let mut at = (content, document);
    for number in path {
        let attachment = at.1.attachments.get(*number).ok_or(StoreError::NotFound("page"))?;
        let inner = attachment.content.as_deref().map_err(|_| StoreError::NotFound("page"))?;
        at = (&attachment.bytes, inner);
    }
    Ok(at)
}
