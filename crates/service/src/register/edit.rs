//! Editing the register on the staff site: one activity by its form, or one file as it is; the change of the notices
//! is shown before it is saved, and what comments say is kept.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_domain::access::{Purpose, PurposeSet};
use counterfoil_domain::register::activity::Severity;
use counterfoil_store::register::StoredRegister;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::model::Entry;
use super::{Files, Register, keep, refused};
use crate::error::{Result, ServiceError};
use crate::notices::Layer;
use crate::notices::diff::{Change, Tell, between_registers};
use crate::organisation::Organisation;
use crate::rights::Desk;

/// A list of an activity that the form offers to tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// What it is done for.
    Purposes,
    /// Whose data it is.
    People,
    /// Which kinds of data.
    Data,
    /// Where it comes from.
    Sources,
    /// Who receives it.
    Recipients,
    /// Where it is.
    Systems,
    /// How long it is kept.
    Retention,
    /// What keeps it safe.
    Security,
}

impl List {
    /// Every list, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Purposes,
        Self::People,
        Self::Data,
        Self::Sources,
        Self::Recipients,
        Self::Systems,
        Self::Retention,
        Self::Security,
    ];

    /// Its key in the register's files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Purposes => "purposes",
            Self::People => "people",
            Self::Data => "data",
            Self::Sources => "sources",
            Self::Recipients => "recipients",
            Self::Systems => "systems",
            Self::Retention => "retention",
            Self::Security => "security",
        }
    }

    fn chosen(self, entry: &Entry) -> &[String] {
        match self {
            Self::Purposes => &entry.purposes,
            Self::People => &entry.people,
            Self::Data => &entry.data,
            Self::Sources => &entry.sources,
            Self::Recipients => &entry.recipients,
            Self::Systems => &entry.systems,
            Self::Retention => &entry.retention,
            Self::Security => &entry.security,
        }
    }

    /// What may be ticked: id and name.
    fn offered(self, register: &Register) -> Vec<(&str, &str)> {
        let p = &register.part;
        match self {
            Self::Purposes => p.purpose.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
            Self::People => p.people.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
            Self::Data => p.data.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
            Self::Sources => p.source.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
            Self::Recipients => p.recipient.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
            Self::Systems => p.system.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
            Self::Retention => p.retention.iter().map(|e| (e.id.as_str(), e.record.as_str())).collect(),
            Self::Security => p.measure.iter().map(|e| (e.id.as_str(), e.name.as_str())).collect(),
        }
    }
}

/// One thing to tick.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// Its id in the register.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// The register as it is, for editing.
#[derive(Debug)]
pub struct Kept {
    /// The register in force.
    pub register: Register,
    /// What the edit is held against, so that nobody's change is lost.
    pub seen: String,
    /// Every version that is kept, the newest first.
    pub versions: Vec<StoredRegister>,
}

/// A change that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A whole file.
    File {
        /// Its name.
        name: String,
        /// Its TOML.
        text: String,
    },
    /// One activity's plain parts. Bases, conditions and assessments are edited in the file.
    Activity {
        /// Which.
        id: String,
        /// Its name.
        name: String,
        /// Why, for the notice.
        why: String,
        /// The ids that are ticked, by list.
        lists: BTreeMap<List, Vec<String>>,
    },
}

/// A change, with what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// [`Kept::seen`] of the register that was edited.
    pub seen: String,
    /// The change.
    pub edit: Edit,
    /// The new version's own name, such as `2026.3`.
    pub version: String,
    /// From when it is in force.
    pub from: Date,
}

/// What a change does.
#[derive(Debug)]
pub struct Preview {
    /// The notices that change: title and passages.
    pub notices: Vec<(String, Vec<Change>)>,
    /// Who must be told.
    pub tell: Vec<Tell>,
    /// Purposes that the gate opens for casework, and those that it closes.
    pub gate: (Vec<&'static str>, Vec<&'static str>),
    /// What the officer should know; none of it blocks.
    pub warnings: Vec<String>,
}

/// The register that is in force, with its versions.
///
/// # Errors
/// [`ServiceError::NotReady`] when there is none.
pub fn open(desk: &Desk<'_>) -> Result<Kept> {
    let register = keep::current(desk.store, desk.controller())?.ok_or_else(|| {
        ServiceError::NotReady("the organisation has no register yet: set one up first".to_owned())
    })?;
    let seen = fingerprint(register.files());
    Ok(Kept { register, seen, versions: desk.store.register_versions(desk.controller())? })
}

fn fingerprint(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        hash.update(name);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect()
}

impl Kept {
    /// An activity in force on a day.
    #[must_use]
    pub fn activity(&self, id: &str, on: Date) -> Option<&Entry> {
        self.register.activities(on).find(|e| e.id == id)
    }

    /// What may be ticked for an activity.
    #[must_use]
    pub fn choices(&self, entry: &Entry, list: List) -> Vec<Choice> {
        let chosen = list.chosen(entry);
        list.offered(&self.register)
            .into_iter()
            .map(|(id, name)| Choice {
                id: id.to_owned(),
                name: name.to_owned(),
                chosen: chosen.iter().any(|c| c == id),
            })
            .collect()
    }

    /// The version that would follow, such as `2026.3` after `2026.2`.
    #[must_use]
    pub fn next_version(&self) -> String {
        let version = &self.register.head.version;
        let number = |(stem, last): (&str, &str)| Some((stem.to_owned(), last.parse::<u32>().ok()?));
        match version.rsplit_once('.').and_then(number) {
            Some((stem, last)) => format!("{stem}.{}", last.saturating_add(1)),
            None => format!("{version}.1"),
        }
    }
}

/// Shows what a change would do, and saves nothing.
///
/// # Errors
/// [`ServiceError::Invalid`] with every fault of the changed register, or when someone else changed it meanwhile.
pub fn preview(desk: &Desk<'_>, proposal: &Proposal) -> Result<Preview> {
    let kept = open(desk)?;
    let (_, new) = changed(&kept, proposal, desk.today()?)?;
    let organisation = Organisation::from_toml(&desk.store.controller(desk.controller())?.settings)?;
    let (was, is) = (desk.today()?.max(kept.register.head.from), proposal.from.max(new.head.from));
    let mut notices = Vec::new();
    let mut tell: Vec<Tell> = Vec::new();
    for (title, layer) in layers(&kept.register, &new) {
        let found = between_registers((&kept.register, was), (&new, is), &organisation, &layer, "en")?;
        if !found.changes.is_empty() {
            notices.push((title, found.changes));
        }
        let more: Vec<Tell> = found.tell.into_iter().filter(|t| !tell.contains(t)).collect();
        tell.extend(more);
    }
    let (before, after) = (kept.register.casework_purposes(was), new.casework_purposes(is));
    let only = |these: &PurposeSet, those: &PurposeSet| {
        these.iter().filter(|p| !those.contains(*p)).map(Purpose::as_str).collect()
    };
    let warnings = new.warnings(is).into_iter().filter(|f| f.severity == Severity::Warning);
    Ok(Preview {
        notices,
        tell,
        gate: (only(&after, &before), only(&before, &after)),
        warnings: warnings.map(|f| f.to_string()).collect(),
    })
}

/// Saves a change as a new version of the register; notices, records, Art 15 information and the gate follow.
///
/// # Errors
/// As [`preview`], or a refusal of the gate.
pub fn save(desk: &Desk<'_>, proposal: &Proposal) -> Result<()> {
    let office = desk
        .who
        .staff()
        .map(|s| s.office)
        .ok_or_else(|| ServiceError::Invalid("a member of staff changes the register".to_owned()))?;
    let kept = open(desk)?;
    let (files, _) = changed(&kept, proposal, desk.today()?)?;
    keep::save(desk.store, desk.who, office, &files, proposal.from)
}

/// The layers that both registers have.
fn layers(old: &Register, new: &Register) -> Vec<(String, Layer)> {
    let mut layers = vec![
        ("The organisation's notice".to_owned(), Layer::Organisation),
        ("The notice for children".to_owned(), Layer::Child),
    ];
    let had: BTreeSet<&str> = old.part.office.iter().map(|o| o.id.as_str()).collect();
    let offices = new.part.office.iter().filter(|o| had.contains(o.id.as_str()));
    layers.extend(offices.map(|o| (o.name.clone(), Layer::Office(o.id.clone()))));
    let had: BTreeSet<&str> = old.part.service.iter().map(|s| s.id.as_str()).collect();
    let services = new.part.service.iter().filter(|s| had.contains(s.id.as_str()));
    layers.extend(services.map(|s| (s.name.clone(), Layer::Service(s.id.clone()))));
    layers
}

/// The changed files, and the register that they make.
fn changed(kept: &Kept, proposal: &Proposal, today: Date) -> Result<(Files, Register)> {
    if proposal.seen != kept.seen {
        return Err(ServiceError::Invalid(
            "someone else has changed the register since you opened it: look at it as it is now, then make your \
             change again"
                .to_owned(),
        ));
    }
    if proposal.from < today {
        return Err(ServiceError::Invalid(
            "a change begins today or later: what was in force before stays as it was".to_owned(),
        ));
    }
    let version = proposal.version.trim();
    if version.is_empty() || version == kept.register.head.version {
        return Err(ServiceError::Invalid("give the register a new version, such as `2026.3`".to_owned()));
    }
    let mut files = kept.register.files().clone();
    match &proposal.edit {
        Edit::File { name, text } => {
            let file = files.get_mut(name).ok_or_else(|| {
                ServiceError::Invalid(format!("the register has no file `{name}`: choose one of the list"))
            })?;
            text.replace("\r\n", "\n").clone_into(file);
        }
        Edit::Activity { id, name, why, lists } => {
            let set = |entry: &mut Table| {
                put(entry, "name", value(name.trim()));
                put(entry, "why", value(why.trim()));
                for (list, ids) in lists {
                    put(entry, list.key(), value(ids.iter().collect::<Array>()));
                }
            };
            edit_entry(&mut files, id, today, set)?;
        }
    }
    if files == *kept.register.files() {
        return Err(ServiceError::Invalid("nothing was changed: change something, or go back".to_owned()));
    }
    edit_files(&mut files, |doc| {
        let head = doc.get_mut("register").and_then(Item::as_table_mut);
        head.map(|head| put(head, "version", value(version))).is_some()
    })?;
    let register = Register::from_files(&files, proposal.from.max(today)).map_err(|f| refused(&f))?;
    Ok((files, register))
}

/// Sets a key and keeps what a comment says beside it.
fn put(table: &mut Table, key: &str, mut new: Item) {
    if let (Some(old), Some(new)) = (table.get(key).and_then(Item::as_value), new.as_value_mut()) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, new);
}

/// Changes the activity with this id that is in force on a day.
fn edit_entry(files: &mut Files, id: &str, on: Date, mut set: impl FnMut(&mut Table)) -> Result<()> {
    let text = |entry: &Table, key: &str| entry.get(key).and_then(Item::as_str).map(str::to_owned);
    let day = |entry: &Table, key: &str| text(entry, key).and_then(|t| t.parse::<Date>().ok());
    let found = edit_files(files, |doc| {
        let entries = doc.get_mut("activity").and_then(Item::as_array_of_tables_mut);
        let wanted = |e: &&mut Table| {
            text(e, "id").as_deref() == Some(id)
                && day(e, "from").is_none_or(|from| from <= on)
                && day(e, "until").is_none_or(|until| on < until)
        };
        entries.and_then(|entries| entries.iter_mut().find(wanted)).map(&mut set).is_some()
    })?;
    if found {
        Ok(())
    } else {
        Err(ServiceError::Invalid("the register has no such activity today".to_owned()))
    }
}

/// Asks each file in turn until one took the change; says whether one did.
fn edit_files(files: &mut Files, mut change: impl FnMut(&mut DocumentMut) -> bool) -> Result<bool> {
    for (name, text) in files.iter_mut() {
        let mut doc: DocumentMut = text
            .parse()
            .map_err(|_| ServiceError::Invalid(format!("`{name}` is not TOML: mend it and try again")))?;
        if change(&mut doc) {
            *text = doc.to_string();
            return Ok(true);
        }
    }
    Ok(false)
}
