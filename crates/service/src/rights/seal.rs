//! Sealing: the pack is built, verified and kept only when nothing is open, counts reconcile and the
//! people who must have approved exactly this.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::exemptions;
use counterfoil_finding::model::FileKind;
use counterfoil_finding::paging::Paging;
use counterfoil_finding::redact::{Format, Options, ReasonCode};
use counterfoil_store::Terms;
use counterfoil_store::rights::items::Item;
use counterfoil_store::rights::pack::PackText;

use super::approve::terms_of_seal;
use super::choice::{Choice, Fate};
use super::own::Own;
use super::pack::{Pack, Released};
use super::plan::Judge;
use super::prepare::Choices;
use super::review::{File, standings};
use super::{Desk, letter, prepare, reading, regions};
use crate::error::{Result, ServiceError};
use crate::letters::Language;

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Items found.
    pub found: i64,
    /// Items released, whole or in part.
    pub released: i64,
    /// Items withheld whole.
    pub withheld: i64,
    /// Items that are not about the requester.
    pub not_theirs: i64,
    /// Passages withheld in released items.
    pub passages: usize,
    /// Pages released, by the numbers of the review.
    pub pages: i64,
    /// Files in the pack.
    pub files: usize,
    /// SHA-256 of the manifest, in hexadecimal.
    pub manifest_hash: String,
}

/// Refuses while something is open, naming everything that is.
pub(crate) fn ready(desk: &Desk<'_>, file: &File) -> Result<()> {
    let mut open = Vec::new();
    if file.answers.is_empty() {
        open.push("no source has been searched: run `counterfoil request search`".to_owned());
    }
    let unplanned = super::sources::unplanned(desk, &file.answers)?;
    if !unplanned.is_empty() {
        open.push(format!(
            "nobody decided whether these systems and paper files of the register are asked: {}. Keep the search plan, \
             which asks each or says why it holds nothing (`counterfoil request plan`)",
            unplanned.join(", ")
        ));
    }
    for answer in file.answers.iter().filter(|a| a.result == "failed" || a.result == "pending") {
        open.push(format!(
            "source `{}` has not answered: search again, or waive it with a reason that the letter states",
            answer.source
        ));
    }
    let unreadable: Vec<String> = file
        .items
        .iter()
        .filter(|i| !i.text.unreadable.is_empty() && i.state != "withheld" && i.state != "not-theirs")
        .filter(|i| !regions::is_released_recording(i))
        .map(|i| i.number.to_string())
        .collect();
    if !unreadable.is_empty() {
        open.push(format!(
            "items {} cannot be read by the system: look at them and decide each (withhold, or not theirs)",
            unreadable.join(", ")
        ));
    }
    let (count, others) = undecided(desk, file)?;
    if others > 0 {
        open.push(format!(
            "{others} mentions in {count} items are of people about whom nothing is decided: decide about them, or \
             about all others at once (`counterfoil request decide --others`)"
        ));
    }
    if open.is_empty() { Ok(()) } else { Err(ServiceError::NotReady(open.join("; "))) }
}

/// Items with undecided mentions, and how many there are.
fn undecided(desk: &Desk<'_>, file: &File) -> Result<(usize, usize)> {
    if file.choices.iter().any(|(_, c)| matches!(c, Choice::Others { .. })) || file.items.is_empty() {
        return Ok((0, 0));
    }
    let (people, own) = (file.people()?, Own::of(&file.the_prepared()?.profile));
    let judge = Judge { people: &people, choices: &file.choices, own: &own, everything: false };
    let standings = standings(desk, Verb::RequestRead, &judge, file)?;
    let open = file.items.iter().filter(|i| goes_out(i)).filter_map(|i| standings.get(&i.number));
    let open: Vec<usize> = open.map(|(o, _)| o.ambiguous + o.others).filter(|n| *n > 0).collect();
    Ok((open.len(), open.iter().sum()))
}

fn goes_out(item: &Item) -> bool {
    let readable = item.text.unreadable.is_empty() || regions::is_released_recording(item);
    readable && item.state != "withheld" && item.state != "not-theirs"
}

/// Builds, verifies and keeps the pack.
///
/// `progress` is told how many items of how many are done.
///
/// # Errors
/// [`ServiceError::NotReady`] naming what is open; [`ServiceError::Unsafe`] when an item cannot be
/// verified: then there is no pack; a refusal of the gate when too few people have approved.
pub fn seal(desk: &Desk<'_>, reference: &str, progress: &dyn Fn(usize, usize)) -> Result<Sealed> {
    refresh(desk, reference)?;
    let terms = terms_of_seal(desk, reference)?;
    let file = File::read(desk, Verb::RequestRead, reference, &Terms::default())?;
    // The gate is asked before the long work as well as with it: too few approvals need no waiting.
    desk.on_request(Verb::RequestSeal, reference, &terms, |_, _| Ok(()))?;
    let pack = build(desk, &file, progress)?;
    let counts = pack.counts();
    // INVARIANT: received = released + withheld + not theirs.
    if counts.found != counts.released + counts.withheld + counts.not_theirs {
        return Err(ServiceError::NotReady(
            "the counts of the pack do not reconcile: no pack was sealed".to_owned(),
        ));
    }
    let media = pack.media.clone();
    let asked = super::sources::systems_asked(desk, &file.answers)?;
    let answerable = crate::letters::answerable_for(desk, reference, Language::En)?.ids();
    let (content, manifest_hash) = pack.into_zip(desk, &file)?;
    let text = PackText {
        found: counts.found,
        released: counts.released,
        withheld: counts.withheld,
        pages: counts.pages,
        name: format!("{reference}.zip"),
    };
    desk.on_request(Verb::RequestSeal, reference, &terms, |tx, request| {
        tx.keep_pack(request, &content, manifest_hash, &text, asked)?;
        media.iter().try_for_each(|m| tx.keep_media(request, m))?;
        tx.name_on_pack(request, &answerable)?;
        tx.move_request(request, "sealed")
    })?;
    Ok(Sealed { manifest_hash: manifest_hash.iter().map(|b| format!("{b:02x}")).collect(), ..counts })
}

/// What the casebook knows of the requester may have been put right since it was counted with.
fn refresh(desk: &Desk<'_>, reference: &str) -> Result<()> {
    let file = File::read(desk, Verb::RequestRead, reference, &Terms::default())?;
    let (Some(prepared), Some(person)) = (&file.prepared, file.request.person) else { return Ok(()) };
    let now = desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
        tx.read_person(person, &super::other::asked_by(reference, serde_json::Value::Null))
    })?;
    if now.profile == prepared.profile {
        return Ok(());
    }
    prepare::prepare_as(desk, Verb::RequestRead, reference, &|_, _| ())
}

fn build(desk: &Desk<'_>, file: &File, progress: &dyn Fn(usize, usize)) -> Result<Pack> {
    let (people, own) = (file.people()?, Own::of(&file.the_prepared()?.profile));
    let judge = Judge { people: &people, choices: &file.choices, own: &own, everything: false };
    let meanings = meanings(&file.choices)?;
    let mut pack = Pack::new();
    for (done, item) in file.items.iter().enumerate() {
        progress(done, file.items.len());
        match item.state.as_str() {
            "not-theirs" => pack.not_theirs += 1,
            "withheld" => {
                let ground = ground_of(&file.choices, item.number);
                pack.withheld.push((item.number, item.source.clone(), ground));
            }
            _ => {
                release_item(desk, &judge, file, item, &meanings, &mut pack)?;
                pack.media.extend(regions::sealed(&judge, item));
            }
        }
    }
    progress(file.items.len(), file.items.len());
    pack.letters = letter::write(desk, file, &pack, &meanings)?;
    Ok(pack)
}

/// How an item's released copy is made; the preview of the review is made in the same way.
pub(crate) fn options(number: i64, language: &str, meanings: &BTreeMap<ReasonCode, String>) -> Options {
    Options {
        title: format!("Document {number}"),
        stem: format!("document-{number:04}"),
        language: if language == "cy" { "cy".to_owned() } else { "en-GB".to_owned() },
        meanings: meanings.clone(),
        mark_pages: true,
        ..Options::default()
    }
}

/// Makes the copy of one item, has it verified, and puts it into the pack; only one item is in memory.
fn release_item(
    desk: &Desk<'_>,
    judge: &Judge<'_>,
    file: &File,
    item: &Item,
    meanings: &BTreeMap<ReasonCode, String>,
    pack: &mut Pack,
) -> Result<()> {
    let reference = &file.request.reference;
    let (content, parts) = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, _| {
        Ok((tx.item_content(item)?, tx.readings(item)?))
    })?;
    if regions::is_released_recording(item) {
        return release_recording(judge, item, &content, pack);
    }
    let unread = |why: &str| ServiceError::NotReady(format!("item {}: {why}", item.number));
    let reading = reading::whole(parts, &item.text, &content)?
        .ok_or_else(|| unread("it has not been read: search again"))?;
    let document = reading.document.as_ref().ok_or_else(|| unread(&reading.unreadable))?;
    let (plan, _, _) = judge.plan(item.number, document, &reading.marks)?;
    let mut options = options(item.number, &file.request.text.language, meanings);
    if document.kind == FileKind::Spreadsheet {
        options.formats.insert(Format::Xlsx);
    }
    let copy = regions::copy(judge, item, &content, document, &plan, &mut options)?;
    let released = Released {
        number: item.number,
        source: item.source.clone(),
        pages: Paging::of(document).count(),
        passages: plan.spans.len() + plan.areas.len(),
        codes: plan.codes().iter().map(|c| c.as_str().to_owned()).collect(),
        files: Vec::new(),
    };
    pack.add(released, copy.files())
}

/// Puts the copy of a recording into the pack, silent where others speak.
fn release_recording(judge: &Judge<'_>, item: &Item, content: &[u8], pack: &mut Pack) -> Result<()> {
    let stem = format!("document-{:04}", item.number);
    let (copy, passages) = regions::silenced(judge, item, content, &stem)?;
    let released = Released {
        number: item.number,
        source: item.source.clone(),
        pages: 1,
        passages,
        codes: regions::codes(judge, item),
        files: Vec::new(),
    };
    pack.add(released, &[copy])
}

/// What each code on a label means, in the words for the requester.
pub(crate) fn meanings(choices: &Choices) -> Result<BTreeMap<ReasonCode, String>> {
    let mut meanings = BTreeMap::new();
    for (_, choice) in choices.iter().filter(|(_, c)| c.fate() == Fate::Withhold) {
        let code = super::plan::code(&choice.ground().code)?;
        let words = exemptions::exemption(&choice.ground().code).map_or("see the letter", |e| e.plain);
        meanings.insert(code, words.to_owned());
    }
    Ok(meanings)
}

fn ground_of(choices: &Choices, number: i64) -> String {
    choices
        .iter()
        .rev()
        .find_map(|(_, c)| match c {
            Choice::Item { number: n, ground, .. } if *n == number => Some(ground.code.clone()),
            _ => None,
        })
        .unwrap_or_default()
}
