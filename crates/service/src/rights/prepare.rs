//! Preparing the review: every item is read once, the people whom the items mention are found, and what each
//! item says of each of them is counted, so that the lists of the review need not open the items.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_domain::access::Verb;
use counterfoil_finding::cast::{How, is_address_field, reads_as_person};
use counterfoil_finding::detect::Entity;
use counterfoil_finding::model::{BlockKind, Document, FileKind};
use counterfoil_finding::threads::{self, Standing};
use counterfoil_store::casebook::documents::Region;
use counterfoil_store::casebook::people::Profile;
use counterfoil_store::rights::items::Item;
use counterfoil_store::{StoreError, Terms};
use serde::{Deserialize, Serialize};

use super::cast::{self, CastMember, Found, People};
use super::choice::Choice;
use super::own::Own;
use super::plan::{Judge, Seen, Verdict};
use super::reading::{self, Marks, Reading};
use super::{Desk, Purpose, regions};
use crate::error::{Result, ServiceError};

/// The most people that a review looks for; the documents' other names stay names.
const MOST_PEOPLE: usize = 400;

/// The most names and numbers of nobody in the cast that are listed.
const MOST_STRINGS: usize = 300;

/// What was found and counted over all items of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Prepared {
    /// The requester's record as it was when it was counted.
    pub(crate) profile: Profile,
    pub(crate) found: Vec<Found>,
    pub(crate) tallies: Vec<Tally>,
    /// Names and numbers that belong to nobody in the cast.
    pub(crate) strings: Vec<Loose>,
    /// The decisions about who is who that were counted with.
    pub(crate) shaped_by: Vec<i64>,
}

impl Prepared {
    /// Whether these very items were counted.
    fn is_of(&self, items: &[Item]) -> bool {
        self.tallies.iter().map(|t| t.number).eq(items.iter().map(|i| i.number))
    }
}

/// A name or number that belongs to nobody in the cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Loose {
    pub(crate) text: String,
    /// What kind of finding it is, such as `PHONE_NUMBER`.
    pub(crate) kind: String,
    pub(crate) count: usize,
    /// The first item that holds it.
    pub(crate) item: i64,
    pub(crate) items: usize,
}

/// What one item says of whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) number: i64,
    pub(crate) pages: usize,
    pub(crate) kind: String,
    /// Mentions by the person's key; after `~`, those that count once an officer knows the person.
    pub(crate) mentions: BTreeMap<String, usize>,
    /// Mentions that could be of several, by their keys; after `~` as above.
    pub(crate) several: BTreeMap<String, usize>,
    /// What belongs to nobody in the cast and is not the requester's own.
    pub(crate) unknown: BTreeMap<String, usize>,
    /// The same where a mention lies that counts once an officer knows the person: their keys, then the text.
    pub(crate) under: Vec<(Vec<String>, String, usize)>,
    pub(crate) kinship: usize,
    pub(crate) hidden: usize,
    /// Pages and files inside that could not be read.
    pub(crate) unread: usize,
    /// `read`, `duplicate`, `contained` or `near`, and the item that it repeats or is inside.
    pub(crate) standing: String,
    pub(crate) of: i64,
    /// The conversation that a message belongs to, by its subject; empty for other files.
    pub(crate) thread: String,
    /// What is recorded of where somebody is in it.
    #[serde(default)]
    pub(crate) regions: Vec<regions::Counted>,
}

/// The decisions of a request with their numbers.
pub(crate) type Choices = Vec<(i64, Choice)>;

/// Reads what was not read yet, and counts.
///
/// `progress` is told how many steps of how many are done: one for each item read, one for each counted.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn prepare(desk: &Desk<'_>, reference: &str, progress: &dyn Fn(usize, usize)) -> Result<()> {
    prepare_as(desk, Verb::RequestReview, reference, progress)
}

pub(crate) fn prepare_as(
    desk: &Desk<'_>,
    verb: Verb,
    reference: &str,
    progress: &dyn Fn(usize, usize),
) -> Result<()> {
    let (items, missing) = desk.on_request(verb, reference, &Terms::default(), |tx, request| {
        let items = tx.items_of(request)?;
        let mut missing = Vec::new();
        let read: BTreeSet<_> = tx.items_read(request)?.into_iter().collect();
        for item in &items {
            if !read.contains(&item.id) {
                missing.push(item.number);
            }
        }
        Ok((items, missing))
    })?;
    let total = missing.len() + items.len();
    read_items(desk, verb, reference, &items, &missing, &|done| progress(done, total))?;
    let done = missing.len();
    count(desk, verb, reference, &items, &|n| progress(done + n, total))?;
    progress(total, total);
    Ok(())
}

fn read_items(
    desk: &Desk<'_>,
    verb: Verb,
    reference: &str,
    items: &[Item],
    missing: &[i64],
    progress: &dyn Fn(usize),
) -> Result<()> {
    let (detector, nobody) = (reading::detector()?, reading::nobody()?);
    for (done, number) in missing.iter().enumerate() {
        progress(done);
        let Some(item) = items.iter().find(|i| i.number == *number) else { continue };
        let content = desk.on_request(verb, reference, &Terms::default(), |tx, _| tx.item_content(item))?;
        let fresh = reading::fresh(&detector, &nobody, &item.text.name, &content);
        drop(content);
        let parts = fresh.parts()?;
        desk.on_request(verb, reference, &Terms::default(), |tx, request| {
            reading::keep(tx, request, item.id, &parts)
        })?;
    }
    Ok(())
}

/// Finds the people and counts what each item says of them.
fn count(
    desk: &Desk<'_>,
    verb: Verb,
    reference: &str,
    items: &[Item],
    progress: &dyn Fn(usize),
) -> Result<()> {
    let (person, choices, before) = desk.on_request(verb, reference, &Terms::default(), |tx, request| {
        Ok((request.person, tx.decisions_of(request)?, tx.cast_of(request)?))
    })?;
    let person = person
        .ok_or_else(|| ServiceError::NotReady("nobody is identified for this request yet".to_owned()))?;
    let profile = desk
        .store
        .act(desk.who, Verb::RecordRead, Purpose::RightsRequest, |tx| {
            tx.read_person(person, &super::other::asked_by(reference, serde_json::Value::Null))
        })?
        .profile;
    let choices = super::review::choices_of(&choices)?;
    let each = |take: &mut Take<'_>| each_reading(desk, verb, reference, items, take);
    // Keys are given once: a decision names a person by theirs.
    let found = match before.map(|packed| reading::unpack::<Prepared>(&packed)).transpose()? {
        Some(before) if before.is_of(items) => before.found,
        Some(before) => joined(before.found, find(&profile, &each)?),
        None => find(&profile, &each)?,
    };
    let people = People::new(cast::requester(&profile), &found, &choices)?;
    let own = Own::of(&profile);
    let judge = Judge { people: &people, choices: &[], own: &own, everything: true };
    let mut counting = Counting::default();
    let mut done = 0;
    each(&mut |item, reading| {
        progress(done);
        done += 1;
        counting.item(&judge, item, &reading)
    })?;
    let shaped_by = people.shaped_by.clone();
    let prepared = counting.finish(profile, found, shaped_by);
    let packed = reading::packed(&prepared)?;
    desk.on_request(verb, reference, &Terms::default(), |tx, request| tx.keep_cast(request, &packed))
}

/// Is handed what reading an item gave.
type Take<'t> = dyn FnMut(&Item, Reading) -> Result<()> + 't;

/// How many items are opened in one act: each act is an entry in the audit log, and what it opens is in memory.
const AT_ONCE: usize = 16;

/// Hands over what reading each item gave, in order; what an older program read is read again.
fn each_reading(
    desk: &Desk<'_>,
    verb: Verb,
    reference: &str,
    items: &[Item],
    take: &mut Take<'_>,
) -> Result<()> {
    for some in items.chunks(AT_ONCE) {
        let open = || {
            desk.on_request(verb, reference, &Terms::default(), |tx, _| {
                some.iter().map(|item| reading::open(tx, item)).collect::<std::result::Result<Vec<_>, _>>()
            })
        };
        let mut readings = open()?;
        let old: Vec<i64> =
            some.iter().zip(&readings).filter(|(_, r)| r.is_none()).map(|(i, _)| i.number).collect();
        if !old.is_empty() {
            read_items(desk, verb, reference, items, &old, &|_| ())?;
            readings = open()?;
        }
        for (item, reading) in some.iter().zip(readings) {
            if let Some(reading) = reading {
                take(item, reading)?;
            }
        }
    }
    Ok(())
}

/// The people whom the items mention by a whole name.
fn find(profile: &Profile, each: &dyn Fn(&mut Take<'_>) -> Result<()>) -> Result<Vec<Found>> {
    let requester = People::new(cast::requester(profile), &[], &[])?;
    let mut names = Names::default();
    each(&mut |_, reading| {
        if let Some(document) = &reading.document {
            names.gather(&requester, document, &reading.marks);
        }
        Ok(())
    })?;
    Ok(names.finish())
}

/// The people known before, with their keys, and after them whoever is new: an answer that came late brings people
/// with it, and must not rename those about whom something was decided.
fn joined(mut known: Vec<Found>, fresh: Vec<Found>) -> Vec<Found> {
    let mut forms: BTreeSet<String> = known.iter().flat_map(|f| f.member.known_as()).collect();
    for one in fresh {
        let its = one.member.known_as();
        if known.len() < MOST_PEOPLE && its.iter().all(|form| !forms.contains(form)) {
            forms.extend(its);
            known.push(Found { key: format!("p{}", known.len() + 1), ..one });
        }
    }
    known
}

/// Names as they are met, by their words in small letters.
#[derive(Default)]
struct Names(BTreeMap<String, Name>);

#[derive(Default)]
struct Name {
    as_written: String,
    count: usize,
    emails: BTreeSet<String>,
    posts: BTreeMap<String, usize>,
    headers: usize,
    signatures: usize,
    met: usize,
}

impl Names {
    fn gather(&mut self, requester: &People, document: &Document, marks: &Marks) {
        let texts: Vec<&str> = document.blocks.iter().map(|b| b.text.as_str()).collect();
        let own = requester.cast.mentions_in_thread(&texts);
        let is_own = |block: usize, start: usize, end: usize| {
            own.get(block).is_some_and(|m| m.iter().any(|m| m.start < end && start < m.end && !m.ambiguous))
        };
        // The requester wrote this message or was written to in it: a subject that names them is no correspondence.
        let with_requester = document.blocks.iter().enumerate().any(|(n, b)| {
            matches!(&b.kind, BlockKind::Header(name) if is_address_field(name))
                && own.get(n).is_some_and(|m| m.iter().any(|m| matches!(m.how, How::Full | How::Email)))
        });
        for mark in &marks.found {
            if mark.entity != Entity::Person || is_own(mark.block, mark.start, mark.end) {
                continue;
            }
            let text: String = document.blocks.get(mark.block).map_or_else(String::new, |b| {
                b.text.chars().skip(mark.start).take(mark.end.saturating_sub(mark.start)).collect()
            });
            let header =
                matches!(document.blocks.get(mark.block).map(|b| &b.kind), Some(BlockKind::Header(_)));
            self.meet(&text, mark, header, header && with_requester);
        }
        for (number, attachment) in document.attachments.iter().enumerate() {
            if let (Ok(inner), Some(marks)) = (&attachment.content, marks.inside.get(&number)) {
                self.gather(requester, inner, marks);
            }
        }
    }

    fn meet(&mut self, text: &str, mark: &reading::Mark, header: bool, met: bool) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let strong = header || matches!(mark.why.as_str(), "signature" | "name-and-post");
        if words.len() < 2 || words.len() > 5 || text.contains('@') || !(strong || reads_as_person(text)) {
            return;
        }
        // A header may give the surname first.
        let written = match text.split_once(',') {
            Some((surname, forenames)) if header => format!("{} {}", forenames.trim(), surname.trim()),
            _ => words.join(" "),
        };
        // `Mrs Ottoline Grey` and `Ottoline Grey` are one person.
        let plain = untitled(&written);
        let name = self.0.entry(plain.to_lowercase()).or_default();
        if name.as_written.is_empty() || (written.len() > name.as_written.len() && plain != written) {
            name.as_written = written;
        }
        name.count += 1;
        name.headers += usize::from(header);
        name.signatures += usize::from(mark.why == "signature");
        name.met += usize::from(met);
        if mark.email.contains('@') {
            name.emails.insert(mark.email.to_lowercase());
        }
        if !mark.post.is_empty() {
            *name.posts.entry(mark.post.clone()).or_default() += 1;
        }
    }

    /// The people, those met most often first; a title with a surname is whoever has that surname.
    fn finish(self) -> Vec<Found> {
        let mut all: Vec<Name> = self.0.into_values().collect();
        all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.as_written.cmp(&b.as_written)));
        let whole: BTreeSet<String> = all
            .iter()
            .filter(|n| !titled_surname(&n.as_written))
            .filter_map(|n| n.as_written.split_whitespace().last().map(str::to_lowercase))
            .collect();
        let known = |n: &Name| {
            let surname = n.as_written.split_whitespace().last().map(str::to_lowercase);
            titled_surname(&n.as_written) && surname.is_some_and(|s| whole.contains(&s))
        };
        let by_email = all.into_iter().filter(|n| !known(n)).fold(Vec::new(), one_by_address);
        by_email.into_iter().take(MOST_PEOPLE).enumerate().map(|(n, name)| found(n + 1, name)).collect()
    }
}

/// Two names behind one e-mail address are one person.
fn one_by_address(mut people: Vec<(Name, Vec<String>)>, name: Name) -> Vec<(Name, Vec<String>)> {
    let same = people.iter_mut().find(|(n, _)| !n.emails.is_disjoint(&name.emails));
    match same {
        Some((known, also)) => {
            also.push(name.as_written);
            known.emails.extend(name.emails);
            known.headers += name.headers;
            known.signatures += name.signatures;
            known.met += name.met;
        }
        None => people.push((name, Vec::new())),
    }
    people
}

/// A name without the title before a forename; `Mrs Grey` keeps its title, which is all that there is beside it.
fn untitled(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let titled = words.len() > 2 && words.first().is_some_and(|w| cast::is_title(w));
    words.get(usize::from(titled)..).unwrap_or_default().join(" ")
}

fn titled_surname(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.len() == 2 && words.first().is_some_and(|w| cast::is_title(w))
}

fn found(number: usize, (name, also): (Name, Vec<String>)) -> Found {
    let post = name.posts.iter().max_by_key(|(_, n)| **n).map_or("", |(p, _)| p.as_str()).to_owned();
    let mut why = Vec::new();
    if !post.is_empty() {
        why.push(format!("named with a post: {post}"));
    }
    if name.signatures > 0 {
        why.push(format!("signs {}", times(name.signatures)));
    }
    if name.headers > 0 {
        why.push(format!("sends or receives {}", times(name.headers)));
    }
    if name.met > 0 {
        why.push(format!("in correspondence with the requester {}", times(name.met)));
    }
    if name.met > 0 && name.headers > name.met {
        why.push(format!("writes {} where the requester is no party", times(name.headers - name.met)));
    }
    if why.is_empty() {
        why.push("a name in the text".to_owned());
    }
    let role = if post.is_empty() { "third-party" } else { role_of_post(&post) };
    let mut member = CastMember::named(&name.as_written, role);
    member.emails = name.emails.into_iter().collect();
    member.aliases = also;
    let apart = name.headers.saturating_sub(name.met);
    Found { key: format!("p{number}"), member, why, post, met: name.met, apart }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// Health, social work and education workers are presumed reasonable to name (DPA 2018 Sch 2 para 17); who has
/// any other post acts for an organisation.
fn role_of_post(post: &str) -> &'static str {
    const PROFESSIONS: [&str; 14] = [
        "nurse",
        "doctor",
        "social worker",
        "teacher",
        "midwife",
        "psychologist",
        "psychiatrist",
        "therapist",
        "consultant",
        "health visitor",
        "headteacher",
        "practitioner",
        "surgeon",
        "dentist",
    ];
    let post = post.to_lowercase();
    if PROFESSIONS.iter().any(|p| post.contains(p)) { "professional" } else { "staff" }
}

/// Counting over the items.
#[derive(Default)]
struct Counting {
    tallies: Vec<Tally>,
    strings: BTreeMap<String, Loose>,
    messages: Vec<threads::Item>,
}

impl Counting {
    fn item(&mut self, judge: &Judge<'_>, item: &Item, reading: &Reading) -> Result<()> {
        let (kinship, hidden) = reading.curiosities();
        let mut tally = Tally { number: item.number, pages: 1, kinship, hidden, ..Tally::default() };
        tally.standing = "read".to_owned();
        tally.regions = item.text.regions.iter().map(|r| counted(judge.people, r)).collect();
        let Some(document) = &reading.document else {
            tally.unread = 1;
            if item.text.media_type.starts_with("audio/") || item.text.media_type.starts_with("video/") {
                tally.kind = "recording".to_owned();
            }
            self.tallies.push(tally);
            return Ok(());
        };
        tally.kind = kind_of(document.kind).to_owned();
        tally.pages = reading::leaves(document).len();
        let (_, open, seen) = judge.plan(item.number, document, &reading.marks)?;
        let looked_at = !item.text.regions.is_empty();
        tally.unread = open.unread + if looked_at { 0 } else { unread_pages(document) };
        for one in &seen {
            self.seen(judge, item.number, document, one, &mut tally);
        }
        if matches!(document.kind, FileKind::Email | FileKind::Msg) {
            tally.thread = subject(document);
        }
        self.messages.push(threads::Item {
            id: item.number.to_string(),
            segments: threads::of_document(document),
            attachments: document.attachments.iter().map(|a| a.hash).collect(),
        });
        self.tallies.push(tally);
        Ok(())
    }

    fn seen(&mut self, judge: &Judge<'_>, item: i64, document: &Document, seen: &Seen, tally: &mut Tally) {
        let key = |p: &usize| judge.people.members.get(*p).map(|m| m.key.clone()).unwrap_or_default();
        let weak = if seen.weak { "~" } else { "" };
        if let Some(person) = &seen.person {
            *tally.mentions.entry(format!("{weak}{}", key(person))).or_default() += 1;
        } else if !seen.candidates.is_empty() {
            let keys: Vec<String> = seen.candidates.iter().map(key).collect();
            *tally.several.entry(format!("{weak}{}", keys.join(" "))).or_default() += 1;
        } else if let (Some(entity), Verdict::Undecided) = (seen.entity, &seen.verdict) {
            let text = reading::inside(document, &seen.place.part)
                .and_then(|d| d.blocks.get(seen.place.block))
                .map_or_else(String::new, |b| {
                    let length = seen.place.end.saturating_sub(seen.place.start);
                    b.text.chars().skip(seen.place.start).take(length).collect()
                });
            let first = !tally.unknown.contains_key(&text);
            if seen.under.is_empty() {
                *tally.unknown.entry(text.clone()).or_default() += 1;
            } else {
                tally.under.push((seen.under.iter().map(key).collect(), text.clone(), 1));
            }
            let loose = self.strings.entry(text.to_lowercase()).or_insert_with(|| Loose {
                text,
                kind: entity.name(),
                count: 0,
                item,
                items: 0,
            });
            loose.count += 1;
            loose.items += usize::from(first);
        }
    }

    fn finish(mut self, profile: Profile, found: Vec<Found>, shaped_by: Vec<i64>) -> Prepared {
        let folded = threads::fold(&self.messages);
        for one in folded {
            let Some(tally) = self.tallies.iter_mut().find(|t| t.number.to_string() == one.id) else {
                continue;
            };
            let (standing, of) = match &one.standing {
                Standing::Read => ("read", ""),
                Standing::Duplicate { of } => ("duplicate", of.as_str()),
                Standing::Contained { by } => ("contained", by.as_str()),
                Standing::NearDuplicate { of, .. } => ("near", of.as_str()),
            };
            tally.standing = standing.to_owned();
            tally.of = of.parse().unwrap_or(0);
        }
        let mut strings: Vec<Loose> = self.strings.into_values().collect();
        strings.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        strings.truncate(MOST_STRINGS);
        Prepared { profile, found, tallies: self.tallies, strings, shaped_by }
    }
}

fn counted(people: &People, region: &Region) -> regions::Counted {
    let whose = regions::named(people, &region.label).and_then(|p| people.members.get(p));
    regions::Counted { own: region.own, who: whose.map(|m| m.key.clone()).unwrap_or_default() }
}

fn unread_pages(document: &Document) -> usize {
    document.pages.iter().filter(|p| p.needs_ocr && !p.ocr).count()
}

/// The subject without what replies and forwarding add.
fn subject(document: &Document) -> String {
    let subject = document.blocks.iter().find_map(|b| match &b.kind {
        BlockKind::Header(name) if name.eq_ignore_ascii_case("subject") => Some(b.text.trim()),
        _ => None,
    });
    let mut subject = subject.unwrap_or("");
    while let Some((prefix, rest)) = subject.split_once(':') {
        if !["re", "fw", "fwd", "aw", "wg", "ateb"].contains(&prefix.trim().to_lowercase().as_str()) {
            break;
        }
        subject = rest.trim();
    }
    subject.to_owned()
}

pub(crate) const fn kind_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Email | FileKind::Msg => "message",
        FileKind::Mbox | FileKind::Pst => "mailbox",
        FileKind::Pdf => "pdf",
        FileKind::Image => "picture",
        FileKind::Spreadsheet | FileKind::Csv => "sheet",
        FileKind::Docx | FileKind::Odt | FileKind::Rtf => "document",
        FileKind::Pptx => "slides",
        FileKind::Zip => "archive",
        FileKind::Text | FileKind::Html => "text",
    }
}

/// What was prepared, or that it must be first.
pub(crate) fn prepared(packed: Option<&[u8]>) -> std::result::Result<Prepared, StoreError> {
    let packed = packed.ok_or_else(|| {
        StoreError::Invalid(
            "the items have not been read for review yet: prepare the review first".to_owned(),
        )
    })?;
    reading::unpack(packed)
}
