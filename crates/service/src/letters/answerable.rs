//! Who is answerable for what a request is about, in the words of a letter (promise N1). The rule is
//! [`counterfoil_domain::register::answerable`]; here it is fed from the register and the request.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::OfficeId;
use counterfoil_domain::register::answerable::{
    Answerable, Answering, Arrangement, Footing, Place, answerable,
};
use counterfoil_store::rights::requests::{Event, Request};
use counterfoil_store::{StoreError, Terms, Tx};
use serde::Serialize;

use super::Piece;
use super::words::{Language, Shared, fill};
use crate::error::Result;
use crate::organisation::{Contact, Organisation};
use crate::register::model::{Controller, Entry, Joint, System, SystemKind};
use crate::register::{EACH_OFFICE, Register, keep};
use crate::rights::Desk;

/// The most joint controllers that a letter lists one by one.
const LISTED: usize = 6;

/// What a request tells of who is answerable for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The office that it concerns.
    office: Option<OfficeId>,
    /// The service that it is about, where an officer said so.
    service: Option<String>,
    /// The sources that count, by the register's name of the system.
    sources: Vec<String>,
}

impl Known {
    /// Reads it of an opened request. The office that a request was passed to is the one that it concerns; else the
    /// home office of the person, once they are identified; else the office that received it.
    pub(crate) fn read(
        tx: &mut Tx<'_>,
        request: &Request,
        events: &[Event],
    ) -> std::result::Result<Self, StoreError> {
        let received = request.text.office.parse().ok();
        let passed = events.iter().any(|e| e.kind == "passed");
        let home = if passed { None } else { tx.home_office_of(request)? };
        let answers = tx.answers_of(request)?;
        let named = |held: bool| -> Vec<String> {
            let counts =
                |result: &str| if held { result == "held" } else { result != "not-this-kind-of-person" };
            answers.iter().filter(|a| counts(&a.result)).map(|a| a.source.clone()).collect()
        };
        let held = named(true);
        let sources = if held.is_empty() { named(false) } else { held };
        Ok(Self { office: home.or(received), service: tx.service_of(request)?, sources })
    }
}

/// A controller as a letter names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The register's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its registration with the regulator.
    pub registration: String,
    /// How to reach its data protection officer.
    pub officer_email: String,
}

impl From<&Controller> for Named {
    fn from(c: &Controller) -> Self {
        Self {
            id: c.id.clone(),
            name: c.name.clone(),
            registration: c.registration.clone(),
            officer_email: c.officer_email.clone(),
        }
    }
}

/// Who is answerable for a request, and what its letters say of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// The controllers that are named, who answers first.
    pub named: Vec<Named>,
    /// How to reach who answers; none where that is the organisation itself, whose contact the settings have.
    pub contact: Option<Contact>,
    /// The words: who is answerable for what, and who answers.
    pub said: Vec<String>,
    /// Whether a local office is alone answerable for everything.
    pub local_alone: bool,
}

impl Answers {
    /// The controllers by the register's ids.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.named.iter().map(|n| n.id.clone()).collect()
    }

    /// As pieces of a letter or page: a heading and a paragraph each. Nothing where nothing is known.
    pub(super) fn pieces(&self, shared: &Shared) -> Vec<Piece> {
        let heading = (!self.said.is_empty()).then(|| Piece::Heading(shared.answerable_heading.clone()));
        heading.into_iter().chain(self.said.iter().cloned().map(Piece::Paragraph)).collect()
    }
}

/// Who is answerable for a request, as it stands.
///
/// # Errors
/// A register that cannot be read; a refusal of the gate.
pub fn of_request(desk: &Desk<'_>, reference: &str, language: Language) -> Result<Answers> {
    let known = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        let events = tx.events_of(request)?;
        Known::read(tx, request, &events)
    })?;
    of(desk, &known, language)
}

/// What the page after a public form, and every page of one's own request, says of who is answerable. `office` is
/// the one that was chosen, if any.
///
/// # Errors
/// A register that cannot be read.
pub fn of_new(desk: &Desk<'_>, office: &str, language: Language) -> Result<Vec<Piece>> {
    let (office, _) = crate::rights::front_office(desk, office)?;
    let known = Known { office: Some(office), ..Known::default() };
    pieces(desk, &known, language)
}

pub(crate) fn pieces(desk: &Desk<'_>, known: &Known, language: Language) -> Result<Vec<Piece>> {
    Ok(of(desk, known, language)?.pieces(&Shared::of(language)?))
}

/// Works it out. Without a register nobody is named, which the ledger shows.
pub(crate) fn of(desk: &Desk<'_>, known: &Known, language: Language) -> Result<Answers> {
    let Some(register) = keep::current(desk.store, desk.controller())? else { return Ok(Answers::default()) };
    let Some(first) = register.part.controller.first() else { return Ok(Answers::default()) };
    let offices = desk.store.offices(desk.controller())?;
    let office = known.office.and_then(|id| offices.into_iter().find(|o| o.id == id));
    let own = office.and_then(|o| register.controller_of_office(&o.name)).map(|c| c.id.as_str());
    let places = places(&register, known, desk.today()?);
    let arrangements: Vec<Arrangement<'_>> = register.part.joint.iter().map(arrangement).collect();
    let found = answerable(&places, own, &arrangements, &first.id);
    let named: Vec<&Controller> =
        found.named(&arrangements, own).into_iter().filter_map(|id| register.controller(id)).collect();
    let organisation = Organisation::from_toml(&desk.store.controller(desk.controller())?.settings)?;
    let contact = register.controller(found.answers).filter(|c| c.id != first.id).map(|c| Contact {
        name: c.name.clone(),
        address: c.address.clone(),
        email: c.email.clone(),
        phone: c.phone.clone(),
    });
    let shared = Shared::of(language)?;
    let words = Words { register: &register, shared: &shared, welsh: language == Language::Cy };
    Ok(Answers {
        said: words.said(&found, &named, &organisation.regulator.name),
        local_alone: found.is_local_alone(&first.id),
        named: named.into_iter().map(Named::from).collect(),
        contact,
    })
}

fn arrangement(joint: &Joint) -> Arrangement<'_> {
    let controllers: Vec<&str> = joint.controllers.iter().map(String::as_str).collect();
    let first = controllers.first().copied().unwrap_or_default();
    let answering = match joint.answers.as_deref() {
        Some(EACH_OFFICE) => Answering::OfficeElse(joint.answers_else.as_deref().unwrap_or(first)),
        Some(id) => Answering::One(id),
        None => Answering::One(first),
    };
    Arrangement { id: &joint.id, controllers, answering }
}

/// The places that count: the sources that hold something, or all that are asked; before any is asked those of the
/// service that the request is about, or else the casebook.
fn places<'r>(register: &'r Register, known: &Known, on: jiff::civil::Date) -> Vec<Place<'r>> {
    let on = on.max(register.head.from);
    let of_service = |e: &&Entry| known.service.as_deref().is_none_or(|s| e.service == s);
    let entries: Vec<&Entry> = register.activities(on).filter(of_service).collect();
    let casebook = || register.part.system.iter().filter(|s| s.kind == SystemKind::Casebook);
    if !known.sources.is_empty() {
        // The offices' inboxes are searched with the casebook and are part of it.
        let part = |name: &str| name == "casebook" || name == "inbox";
        let by_name = |name: &String| register.part.system.iter().find(|s| s.name == *name);
        let mut all: Vec<Place<'r>> = Vec::new();
        for source in &known.sources {
            match by_name(source) {
                _ if part(source) => all.extend(casebook().map(|s| place(s, &entries))),
                Some(system) => all.push(place(system, &entries)),
                None => all.push(Place { id: "", footings: Vec::new() }),
            }
        }
        return all;
    }
    if known.service.is_some() && !entries.is_empty() {
        return entries.iter().map(|e| Place { id: "", footings: vec![footing(e)] }).collect();
    }
    casebook().map(|s| place(s, &entries)).collect()
}

/// A system that is run jointly is that; another stands under what is done in it.
fn place<'r>(system: &'r System, entries: &[&'r Entry]) -> Place<'r> {
    let footings = match &system.joint {
        Some(joint) => vec![Footing::Joint(joint)],
        None => {
            let mut all: Vec<Footing<'r>> =
                entries.iter().filter(|e| e.systems.contains(&system.id)).map(|e| footing(e)).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
    };
    Place { id: &system.id, footings }
}

fn footing(entry: &Entry) -> Footing<'_> {
    match (entry.joint.as_deref(), entry.controller.as_deref()) {
        (Some(joint), _) => Footing::Joint(joint),
        (None, Some(id)) if id != EACH_OFFICE => Footing::Sole(id),
        _ => Footing::EachOffice,
    }
}

struct Words<'a> {
    register: &'a Register,
    shared: &'a Shared,
    welsh: bool,
}

impl Words<'_> {
    fn said(&self, found: &Answerable<'_>, named: &[&Controller], regulator: &str) -> Vec<String> {
        let joint =
            found.joint.iter().filter_map(|id| self.register.joint(id)).map(|j| self.jointly(j, named));
        let alone = found.alone.iter().map(|(id, places)| self.alone(id, places, found));
        let name = |id: &str| self.register.controller(id).map(|c| c.name.clone()).unwrap_or_default();
        let answers = self.fill(&self.shared.answers, &[("name", &name(found.answers))]);
        // Who answers, and its registration and officer, every letter names at its end.
        let others = named.iter().skip(1).map(|c| {
            let with = [
                ("name", c.name.as_str()),
                ("regulator_name", regulator),
                ("registration", &c.registration),
                ("officer_email", &c.officer_email),
            ];
            self.fill(&self.shared.answerable_other, &with)
        });
        joint.chain(alone).chain([answers]).chain(others).collect()
    }

    fn jointly(&self, joint: &Joint, named: &[&Controller]) -> String {
        let all: Vec<&Controller> =
            joint.controllers.iter().filter_map(|id| self.register.controller(id)).collect();
        let few = all.len() <= LISTED;
        let listed = all.iter().filter(|c| few || named.iter().any(|n| n.id == c.id));
        let mut names: Vec<String> = listed.map(|c| c.name.clone()).collect();
        if names.len() < all.len() {
            let number = (all.len() - names.len()).to_string();
            names.push(self.fill(&self.shared.answerable_more, &[("number", &number)]));
        }
        let with = [
            ("names", names.join(", ")),
            ("what", self.either(&joint.name, joint.cy.as_ref())),
            ("essence", self.either(&joint.essence, joint.essence_cy.as_ref())),
            ("contact", joint.contact_point.clone()),
        ];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.fill(&self.shared.answerable_joint, &with)
    }

    fn alone(&self, id: &str, places: &[&str], found: &Answerable<'_>) -> String {
        let name = self.register.controller(id).map_or(id, |c| c.name.as_str());
        let only = found.joint.is_empty() && found.alone.len() == 1;
        let systems = places.iter().filter_map(|place| self.register.system(place));
        let mut kept: Vec<String> = systems.map(|s| self.either(&s.name, s.cy.as_ref())).collect();
        kept.dedup();
        match (only, kept.is_empty()) {
            (true, _) => self.fill(&self.shared.answerable_only, &[("name", name)]),
            (false, true) => self.fill(&self.shared.answerable_rest, &[("name", name)]),
            (false, false) => {
                self.fill(&self.shared.answerable_alone, &[("name", name), ("places", &kept.join("; "))])
            }
        }
    }

    fn either(&self, english: &str, welsh: Option<&String>) -> String {
        welsh.filter(|_| self.welsh).cloned().unwrap_or_else(|| english.to_owned())
    }

    fn fill(&self, text: &str, with: &[(&str, &str)]) -> String {
        fill(text, |name| with.iter().find(|(key, _)| *key == name).map(|(_, value)| *value))
    }
}
