//! Sealing: the pack is built, verified and kept only when nothing is open, counts reconcile and the
//! people who must have approved exactly this.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::exemptions;
use counterfoil_finding::model::FileKind;
use counterfoil_finding::redact::{Format, Options, ReasonCode, redact_and_verify};
use counterfoil_store::Terms;
use counterfoil_store::rights::items::Item;
use counterfoil_store::rights::pack::PackText;

use super::approve::signatories;
use super::choice::{Choice, Fate};
use super::own::Own;
use super::pack::{Pack, Released};
use super::plan::Judge;
use super::review::{File, detector};
use super::{Desk, cast, letter, search};
use crate::error::{Result, ServiceError};

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
    /// Files in the pack.
    pub files: usize,
    /// SHA-256 of the manifest, in hexadecimal.
    pub manifest_hash: String,
}

/// Refuses while something is open, naming everything that is.
pub(crate) fn ready(file: &File) -> Result<()> {
    let mut open = Vec::new();
    if file.answers.is_empty() {
        open.push("no source has been searched: run `counterfoil request search`".to_owned());
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
        .filter(|(i, _)| !i.text.unreadable.is_empty() && i.state != "withheld" && i.state != "not-theirs")
        .map(|(i, _)| i.number.to_string())
        .collect();
    if !unreadable.is_empty() {
        open.push(format!(
            "items {} cannot be read by the system: look at them and decide each (withhold, or not theirs)",
            unreadable.join(", ")
        ));
    }
    let (count, others) = undecided(file)?;
    if others > 0 {
        open.push(format!(
            "{others} mentions in {count} items are of people about whom nothing is decided: decide about them, or \
             about all others at once (`counterfoil request decide --others`)"
        ));
    }
    if open.is_empty() { Ok(()) } else { Err(ServiceError::NotReady(open.join("; "))) }
}

/// Items with undecided mentions, and how many there are.
fn undecided(file: &File) -> Result<(usize, usize)> {
    let choices = file.choices()?;
    if choices.iter().any(|c| matches!(c, Choice::Others { .. })) {
        return Ok((0, 0));
    }
    let (cast, decided) = cast::cast(&file.profile, &choices)?;
    let detector = detector()?;
    let own = Own::of(&file.profile);
    let judge = Judge { cast: &cast, decided: &decided, choices: &choices, detector: &detector, own: &own };
    let (mut items, mut mentions) = (0, 0);
    for (item, content) in file.items.iter().filter(|(i, _)| goes_out(i)) {
        if let Ok(document) = search::readable(&item.text.name, content) {
            let (_, open) = judge.plan(item.number, &document)?;
            let here = open.ambiguous + open.others;
            items += usize::from(here > 0);
            mentions += here;
        }
    }
    Ok((items, mentions))
}

fn goes_out(item: &Item) -> bool {
    item.text.unreadable.is_empty() && item.state != "withheld" && item.state != "not-theirs"
}

/// Builds, verifies and keeps the pack.
///
/// `progress` is told how many items of how many are done.
///
/// # Errors
/// [`ServiceError::NotReady`] naming what is open; [`ServiceError::Unsafe`] when an item cannot be
/// verified: then there is no pack; a refusal of the gate when too few people have approved.
pub fn seal(desk: &Desk<'_>, reference: &str, progress: &dyn Fn(usize, usize)) -> Result<Sealed> {
    let file = File::read(desk, Verb::RequestRead, reference, &Terms::default())?;
    ready(&file)?;
    let approvals = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        tx.approvals_of(request)
    })?;
    let terms = Terms { signatories: signatories(&file, &approvals), ..Terms::default() };
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
    let (content, manifest_hash) = pack.to_zip(desk, &file)?;
    let text = PackText {
        found: counts.found,
        released: counts.released,
        withheld: counts.withheld,
        pages: 0,
        name: format!("{reference}.zip"),
    };
    desk.on_request(Verb::RequestSeal, reference, &terms, |tx, request| {
        tx.keep_pack(request, &content, manifest_hash, &text)?;
        tx.move_request(request, "sealed")
    })?;
    Ok(Sealed { manifest_hash: manifest_hash.iter().map(|b| format!("{b:02x}")).collect(), ..counts })
}

fn build(desk: &Desk<'_>, file: &File, progress: &dyn Fn(usize, usize)) -> Result<Pack> {
    let choices = file.choices()?;
    let (cast, decided) = cast::cast(&file.profile, &choices)?;
    let detector = detector()?;
    let own = Own::of(&file.profile);
    let judge = Judge { cast: &cast, decided: &decided, choices: &choices, detector: &detector, own: &own };
    let meanings = meanings(&choices)?;
    let mut pack = Pack::default();
    for (done, (item, content)) in file.items.iter().enumerate() {
        progress(done, file.items.len());
        match item.state.as_str() {
            "not-theirs" => pack.not_theirs += 1,
            "withheld" => {
                pack.withheld.push((item.number, item.source.clone(), ground_of(&choices, item.number)));
            }
            _ => pack.released.push(release_item(
                &judge,
                item,
                content,
                &meanings,
                &file.request.text.language,
            )?),
        }
    }
    progress(file.items.len(), file.items.len());
    pack.letters = letter::write(desk, file, &pack, &meanings)?;
    Ok(pack)
}

fn release_item(
    judge: &Judge<'_>,
    item: &Item,
    content: &[u8],
    meanings: &BTreeMap<ReasonCode, String>,
    language: &str,
) -> Result<Released> {
    let unreadable = |why: String| ServiceError::NotReady(format!("item {}: {why}", item.number));
    let document = search::readable(&item.text.name, content).map_err(unreadable)?;
    let (plan, _) = judge.plan(item.number, &document)?;
    let mut options = Options {
        title: format!("Document {}", item.number),
        stem: format!("document-{:04}", item.number),
        language: if language == "cy" { "cy".to_owned() } else { "en-GB".to_owned() },
        meanings: meanings.clone(),
        ..Options::default()
    };
    if document.kind == FileKind::Spreadsheet {
        options.formats.insert(Format::Xlsx);
    }
    let copy = redact_and_verify(content, &document, &plan, &options)
        .map_err(|source| ServiceError::Unsafe { number: item.number, source })?;
    Ok(Released {
        number: item.number,
        source: item.source.clone(),
        passages: plan.spans.len(),
        codes: plan.codes().iter().map(|c| c.as_str().to_owned()).collect(),
        files: copy.files().to_vec(),
    })
}

/// What each code on a label means, in the words for the requester.
fn meanings(choices: &[Choice]) -> Result<BTreeMap<ReasonCode, String>> {
    let mut meanings = BTreeMap::new();
    for choice in choices.iter().filter(|c| c.fate() == Fate::Withhold) {
        let code = super::plan::code(&choice.ground().code)?;
        let words = exemptions::exemption(&choice.ground().code).map_or("see the letter", |e| e.plain);
        meanings.insert(code, words.to_owned());
    }
    Ok(meanings)
}

fn ground_of(choices: &[Choice], number: i64) -> String {
    choices
        .iter()
        .rev()
        .find_map(|c| match c {
            Choice::Item { number: n, ground, .. } if *n == number => Some(ground.code.clone()),
            _ => None,
        })
        .unwrap_or_default()
}
