//! From decisions to a plan: which characters of which block of an item are withheld, and why.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_finding::cast::{How, Mention};
use counterfoil_finding::detect::Entity;
use counterfoil_finding::model::{Area, Document};
use counterfoil_finding::paging::Paging;
use counterfoil_finding::redact::{AttachmentPlan, Kept, PageArea, Plan, ReasonCode, Span, spread};

use super::cast::{Member, People};
use super::choice::{Choice, Fate, Spot};
use super::own::Own;
use super::reading::{Marks, Path};
use crate::error::{Result, ServiceError};

/// Everything that decides one item.
pub(crate) struct Judge<'a> {
    pub(crate) people: &'a People,
    /// The decisions that count, with their numbers.
    pub(crate) choices: &'a [(i64, Choice)],
    /// What is the requester's own by its value.
    pub(crate) own: &'a Own,
    /// For counting: also what says something only about people whom an officer knows, see [`Judge::is_weak`].
    pub(crate) everything: bool,
}

/// What the officer has not decided yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// Mentions that could be of several people.
    pub(crate) ambiguous: usize,
    /// Names and identifiers of people about whom nothing is decided.
    pub(crate) others: usize,
    /// Attachments that could not be read.
    pub(crate) unread: usize,
}

/// What becomes of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Given, with the reason and the decision's number.
    Keep(String, Option<i64>),
    /// Withheld under a code, by a decision.
    Withhold(String, i64),
    /// Nobody has decided: withheld until then.
    Undecided,
}

/// A place that singles somebody out, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) place: Spot,
    /// Whose it is, by index in the cast; nobody when it could be several or is in no cast.
    pub(crate) person: Option<usize>,
    /// Who it may be.
    pub(crate) candidates: Vec<usize>,
    /// Whether it counts only once an officer knows whose it is: see [`Judge::is_weak`].
    pub(crate) weak: bool,
    /// Whose weak mention a finding lies on, when everything is asked for.
    pub(crate) under: Vec<usize>,
    /// What it is, when it is nobody's of the cast.
    pub(crate) entity: Option<Entity>,
    pub(crate) verdict: Verdict,
}

/// Why the requester's own data stays.
pub(super) const OWN: &str = "the requester's own data";

/// The code of what nobody has decided about.
pub(crate) const UNDECIDED: &str = "UNDECIDED";

fn text_at(document: &Document, block: usize, start: usize, end: usize) -> String {
    let text = document.blocks.get(block).map_or("", |b| b.text.as_str());
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

pub(crate) fn code(text: &str) -> Result<ReasonCode> {
    ReasonCode::new(text).map_err(|e| ServiceError::Invalid(e.to_string()))
}

pub(super) fn verdict_of(number: i64, choice: &Choice) -> Verdict {
    match choice.fate() {
        Fate::Withhold => Verdict::Withhold(choice.ground().code.clone(), number),
        Fate::Release | Fate::NotTheirs => Verdict::Keep(choice.ground().reason.clone(), Some(number)),
    }
}

/// One document of an item: the item's number, the path to it, and its text.
#[derive(Clone, Copy)]
struct Part<'p> {
    number: i64,
    path: &'p [usize],
    document: &'p Document,
}

impl Judge<'_> {
    /// The plan of one item.
    ///
    /// INVARIANT: whatever nobody has decided about is withheld, and counted in [`Open`].
    pub(crate) fn plan(
        &self,
        number: i64,
        document: &Document,
        marks: &Marks,
    ) -> Result<(Plan, Open, Vec<Seen>)> {
        let mut seen = Vec::new();
        let (mut plan, mut open) =
            self.part(Part { number, path: &[], document }, marks, &mut Vec::new(), &mut seen)?;
        self.plan_regions(number, document, &marks.regions, &mut plan, &mut open)?;
        // A name withheld in one line is withheld in every line, the detector's misses included.
        spread(document, &mut plan);
        Ok((plan, open, seen))
    }

    fn part(
        &self,
        part: Part<'_>,
        marks: &Marks,
        path: &mut Path,
        seen: &mut Vec<Seen>,
    ) -> Result<(Plan, Open)> {
        let here = self.seen(part, marks);
        let mut open = Open::default();
        let mut plan = Plan::default();
        for one in &here {
            self.apply(one, &mut plan, &mut open)?;
        }
        seen.extend(here);
        self.passages(part, &mut plan)?;
        self.pages(part, &mut plan)?;
        for (index, attachment) in part.document.attachments.iter().enumerate() {
            path.push(index);
            let whole = self.whole_file(part.number, path);
            let fate = match (&attachment.content, whole) {
                (_, Some(choice)) => AttachmentPlan::Withhold(code(&choice.ground().code)?),
                (Ok(inner), None) => {
                    let none = Marks::default();
                    let marks = marks.inside.get(&index).unwrap_or(&none);
                    let own = path.clone();
                    let inner = Part { number: part.number, path: &own, document: inner };
                    let (plan, inside) = self.part(inner, marks, path, seen)?;
                    open.ambiguous += inside.ambiguous;
                    open.others += inside.others;
                    open.unread += inside.unread;
                    AttachmentPlan::Release(Box::new(plan))
                }
                (Err(_), None) => {
                    open.unread += 1;
                    AttachmentPlan::Withhold(code("NOT READ")?)
                }
            };
            path.pop();
            plan.attachments.insert(index, fate);
        }
        Ok((plan, open))
    }

    fn apply(&self, seen: &Seen, plan: &mut Plan, open: &mut Open) -> Result<()> {
        let Spot { block, start, end, .. } = seen.place;
        let withheld = match &seen.verdict {
            Verdict::Keep(reason, _) => {
                plan.kept.push(Kept { block, start, end, reason: reason.clone() });
                return Ok(());
            }
            Verdict::Withhold(code, _) => code.as_str(),
            Verdict::Undecided => {
                let several = seen.person.is_none() && !seen.candidates.is_empty();
                *(if several { &mut open.ambiguous } else { &mut open.others }) += 1;
                UNDECIDED
            }
        };
        let person = seen.person.map(|p| p.to_string());
        plan.spans.push(Span { block, start, end, code: code(withheld)?, person });
        Ok(())
    }

    /// What singles somebody out in a document, in its order, and what becomes of it.
    fn seen(&self, part: Part<'_>, marks: &Marks) -> Vec<Seen> {
        let texts: Vec<&str> = part.document.blocks.iter().map(|b| b.text.as_str()).collect();
        let mentions = self.people.cast.mentions_in_thread(&texts);
        let mut all = Vec::new();
        let mut taken: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        let strong = |m: &&Mention| {
            matches!(m.how, How::Full | How::Titled | How::Alias | How::Email | How::Identifier)
        };
        let named: BTreeSet<usize> =
            mentions.iter().flatten().filter(strong).filter_map(|m| m.person).collect();
        for (block, mentions) in mentions.iter().enumerate() {
            for mention in mentions {
                let weak = self.is_weak(mention, &named);
                if weak && !self.everything {
                    continue;
                }
                // What may not count must not hide what a detector found there.
                if !weak {
                    taken.entry(block).or_default().push((mention.start, mention.end));
                }
                all.push(self.mentioned(part, block, mention, weak));
            }
        }
        self.unknown(part, marks, taken, &mut all);
        all.sort_by_key(|s| (s.place.block, s.place.start));
        all
    }

    /// Whether a mention says too little to count. A lone surname or forename of somebody whom only the documents
    /// know (`One`, `Page`, `Will`) is that person's where the same document names them whole; two letters in the
    /// middle of a line say nothing about them at all. Of the requester, and of people whom an officer knows,
    /// everything counts.
    fn is_weak(&self, mention: &Mention, named: &BTreeSet<usize>) -> bool {
        let lone = matches!(
            mention.how,
            How::Forename | How::Surname | How::Nickname | How::Misspelt | How::Initials
        );
        let initials = mention.ambiguous && mention.how == How::Initials;
        lone && !mention.candidates.iter().any(|p| self.is_known(*p) || (!initials && named.contains(p)))
    }

    /// Whether an officer knows this person: the requester, or someone about whom something was decided.
    pub(crate) fn is_known(&self, person: usize) -> bool {
        person == 0 || self.people.members.get(person).is_some_and(|m| m.decided.is_some())
    }

    fn mentioned(&self, part: Part<'_>, block: usize, mention: &Mention, weak: bool) -> Seen {
        let place = Spot { part: part.path.to_vec(), block, start: mention.start, end: mention.end };
        let person = mention.person.filter(|_| !mention.ambiguous);
        let here = self.about_place(part, &place);
        let verdict = match person {
            _ if here.is_some() => here.unwrap_or(Verdict::Undecided),
            Some(person) => self.about(person),
            None => self.about_several(mention),
        };
        Seen {
            place,
            person,
            candidates: mention.candidates.clone(),
            weak,
            under: Vec::new(),
            entity: None,
            verdict,
        }
    }

    /// The decision about this very place, if what stands there is what was decided about.
    fn about_place(&self, part: Part<'_>, at: &Spot) -> Option<Verdict> {
        self.choices.iter().rev().find_map(|(n, choice)| match choice {
            Choice::Mention { number, place, text, .. } if *number == part.number && place == at => {
                let same = *text == text_at(part.document, at.block, at.start, at.end);
                same.then(|| verdict_of(*n, choice))
            }
            _ => None,
        })
    }

    /// What becomes of a person of the cast.
    pub(crate) fn about(&self, person: usize) -> Verdict {
        if person == 0 {
            return Verdict::Keep(OWN.to_owned(), None);
        }
        let decided = self.people.members.get(person).and_then(|m: &Member| m.decided.as_ref());
        decided.map_or_else(|| self.about_others(), |(number, choice)| verdict_of(*number, choice))
    }

    /// A mention that could be of several people: what becomes of it when it makes no difference whose it is. A
    /// name that may be somebody outside the cast is never given because of those inside.
    fn about_several(&self, mention: &Mention) -> Verdict {
        let mut fates = mention.candidates.iter().map(|p| self.about(*p));
        let Some(first) = fates.next() else { return self.about_others() };
        let same = |other: Verdict| {
            matches!(
                (&first, &other),
                (Verdict::Withhold(..), Verdict::Withhold(..)) | (Verdict::Keep(..), Verdict::Keep(..))
            )
        };
        let outsider = mention.candidates.len() < 2;
        match &first {
            Verdict::Withhold(..) if fates.all(same) => first,
            Verdict::Keep(..) if !outsider && mention.how != How::Initials && fates.all(same) => first,
            _ => match self.about_others() {
                Verdict::Withhold(code, number) => Verdict::Withhold(code, number),
                _ => Verdict::Undecided,
            },
        }
    }

    /// The decision about everyone else, if there is one.
    pub(super) fn about_others(&self) -> Verdict {
        let others = self.choices.iter().rev().find(|(_, c)| matches!(c, Choice::Others { .. }));
        match others {
            Some((number, choice)) if choice.fate() == Fate::Withhold => verdict_of(*number, choice),
            Some((number, _)) => Verdict::Keep("decided for everyone else".to_owned(), Some(*number)),
            None => Verdict::Undecided,
        }
    }

    /// What singles somebody out and belongs to no one of the cast: the detector's findings, and names
    /// that only look like names. A name that nobody was asked about is not released as prose.
    fn unknown(
        &self,
        part: Part<'_>,
        marks: &Marks,
        mut taken: BTreeMap<usize, Vec<(usize, usize)>>,
        all: &mut Vec<Seen>,
    ) {
        for mark in &marks.found {
            let (block, start, end) = (mark.block, mark.start, mark.end);
            let here = taken.entry(block).or_default();
            if here.iter().any(|(s, e)| *s < end && start < *e) {
                continue;
            }
            here.push((start, end));
            let there = text_at(part.document, block, start, end);
            // A decision about a passage says what becomes of it: see `passages`.
            if self.passage_about(part.number, &there).is_some() {
                continue;
            }
            let place = Spot { part: part.path.to_vec(), block, start, end };
            let covers =
                |s: &&Seen| s.weak && s.place.block == block && s.place.start < end && start < s.place.end;
            let under = all.iter().filter(covers).flat_map(|s| s.candidates.clone()).collect();
            let verdict = match self.about_place(part, &place) {
                Some(verdict) => verdict,
                None if self.own.holds(mark.entity, &there) => Verdict::Keep(OWN.to_owned(), None),
                None => self.about_others(),
            };
            let entity = Some(mark.entity);
            all.push(Seen {
                place,
                person: None,
                candidates: Vec::new(),
                weak: false,
                under,
                entity,
                verdict,
            });
        }
    }

    /// A decision about a passage that covers these words.
    pub(crate) fn passage_about(&self, item: i64, there: &str) -> Option<&(i64, Choice)> {
        let there = there.to_lowercase();
        self.choices.iter().rev().find(|(_, choice)| {
            matches!(choice, Choice::Passage { text, number, .. }
                if (*number == 0 || *number == item) && text.to_lowercase().contains(&there))
        })
    }

    fn passages(&self, part: Part<'_>, plan: &mut Plan) -> Result<()> {
        for (_, choice) in self.choices {
            let Choice::Passage { number: item, text, fate, ground } = choice else { continue };
            if *item != 0 && *item != part.number {
                continue;
            }
            let reason = if *fate == Fate::Withhold { code(&ground.code)? } else { code("KEPT")? };
            let spans =
                counterfoil_finding::redact::mentions(part.document, std::slice::from_ref(text), &reason);
            if *fate == Fate::Withhold {
                plan.spans.extend(spans);
            } else {
                plan.kept.extend(spans.iter().map(|s| Kept {
                    block: s.block,
                    start: s.start,
                    end: s.end,
                    reason: ground.reason.clone(),
                }));
            }
        }
        Ok(())
    }

    /// Pages withheld or looked at, and boxes.
    fn pages(&self, part: Part<'_>, plan: &mut Plan) -> Result<()> {
        let mut withheld: BTreeMap<usize, Option<&str>> = BTreeMap::new();
        for (_, choice) in self.choices {
            match choice {
                Choice::Page { number, part: path, page: Some(page), fate, ground }
                    if *number == part.number && path == part.path =>
                {
                    // The last decision about a page counts.
                    withheld.insert(*page, (*fate == Fate::Withhold).then_some(ground.code.as_str()));
                }
                Choice::Area { number, part: path, page, area, ground }
                    if *number == part.number && path == part.path && *page < part.document.pages.len() =>
                {
                    let area = Some(points(*area));
                    plan.areas.push(PageArea { page: *page, area, code: code(&ground.code)? });
                }
                _ => {}
            }
        }
        let paging = Paging::of(part.document);
        for (page, ground) in withheld {
            match ground {
                None => drop(plan.pages_seen.insert(page)),
                Some(ground) if page < part.document.pages.len() => {
                    plan.areas.push(PageArea { page, area: None, code: code(ground)? });
                }
                Some(ground) => {
                    for block in paging.blocks(page) {
                        plan.blocks.insert(block, code(ground)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// The decision that withholds a whole file inside the item.
    fn whole_file(&self, item: i64, at: &[usize]) -> Option<&Choice> {
        let about = |choice: &&Choice| matches!(choice, Choice::Page { number, part, page: None, .. } if *number == item && part == at);
        let last = self.choices.iter().rev().map(|(_, c)| c).find(about);
        last.filter(|c| c.fate() == Fate::Withhold)
    }
}

/// From tenths of a point.
fn points([x0, y0, x1, y1]: [u32; 4]) -> Area {
    let tenth = |v: u32| v as f32 / 10.0;
    Area { x0: tenth(x0), y0: tenth(y0), x1: tenth(x1), y1: tenth(y1) }
}
