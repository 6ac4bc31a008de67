//! The register: what an organisation does with personal data, as data that everything else reads.
//!
//! It is a folder of TOML files (`organisations/<name>/`), read strictly and held against the law. From it come
//! the notices, the records of processing, the Art 15 information, and the purposes that the gate knows.

pub mod assessments;
mod check;
pub mod edit;
pub mod information;
pub mod keep;
pub(crate) mod lawful;
mod load;
pub mod model;
pub mod ropa;

use counterfoil_domain::access::PurposeSet;
use counterfoil_domain::register::activity::Severity;
use counterfoil_domain::register::bases::ControllerKind;
use jiff::civil::Date;

pub use load::Files;
pub(crate) use load::adequate as adequate_countries;
use model::{
    Agreement, Assessment, Controller, DataKind, Entry, Head, Joint, Office, Part, PolicyDocument,
    PurposeWord, Recipient, Retention, Service, System, SystemKind, Term,
};

use crate::error::{Result, ServiceError};

/// The controller of an activity that each office does alone.
pub const EACH_OFFICE: &str = "each-office";

/// Something wrong with a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: a file and line, or an entry.
    pub place: String,
    /// Where the law says so; empty when it is no matter of law.
    pub provision: String,
    /// What is wrong and what would mend it.
    pub reason: String,
    /// Whether the register can be used all the same.
    pub severity: Severity,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)?;
        if self.provision.is_empty() { Ok(()) } else { write!(f, " ({})", self.provision) }
    }
}

/// A register that hangs together. [`Register::from_files`] makes one.
#[derive(Debug, Clone)]
pub struct Register {
    /// The register itself.
    pub head: Head,
    /// Its entries.
    pub part: Part,
    files: Files,
}

macro_rules! find {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, id: &str) -> Option<&$kind> {
            self.part.$name.iter().find(|e| e.id == id)
        }
    )+};
}

impl Register {
    find! {
        /// The controller with this id.
        controller: Controller;
        /// The joint arrangement with this id.
        joint: Joint;
        /// The office with this id.
        office: Office;
        /// The service with this id.
        service: Service;
        /// The system with this id.
        system: System;
        /// The category of people with this id.
        people: Term;
        /// The kind of data with this id.
        data: DataKind;
        /// The kind of source with this id.
        source: Term;
        /// The purpose with this id.
        purpose: PurposeWord;
        /// The measure with this id.
        measure: Term;
        /// The recipient with this id.
        recipient: Recipient;
        /// The agreement with this id.
        agreement: Agreement;
        /// The assessment with this id.
        assessment: Assessment;
        /// The policy document with this id.
        policy: PolicyDocument;
        /// The retention rule with this id.
        retention: Retention;
    }

    /// The files that it was read from.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// The activities in force on a day, in the order of the files.
    pub fn activities(&self, on: Date) -> impl Iterator<Item = &Entry> {
        let first = self.head.from;
        self.part
            .activity
            .iter()
            .filter(move |e| e.from.unwrap_or(first) <= on && e.until.is_none_or(|u| on < u))
    }

    /// The controllers that answer for an activity: those of its joint arrangement, its own, or none when each
    /// office is its own.
    #[must_use]
    pub fn controllers_of(&self, entry: &Entry) -> Vec<&Controller> {
        match (&entry.joint, &entry.controller) {
            (Some(joint), _) => self
                .joint(joint)
                .map(|j| j.controllers.iter().filter_map(|id| self.controller(id)).collect())
                .unwrap_or_default(),
            (None, Some(id)) => self.controller(id).into_iter().collect(),
            (None, None) => Vec::new(),
        }
    }

    /// The controller of an office of the casebook, by the office's name: the register's office of that name, of a
    /// name that ends with it, or with it as its id.
    #[must_use]
    pub fn controller_of_office(&self, name: &str) -> Option<&Controller> {
        let name = name.trim().to_lowercase();
        let is = |o: &&Office| {
            let own = o.name.to_lowercase();
            own == name || own.ends_with(&format!(" {name}")) || o.id == name.replace(' ', "-")
        };
        self.part.office.iter().find(is).and_then(|o| self.controller(&o.controller))
    }

    /// Whether it depends on an office who is answerable: each is for itself, or answers for a joint arrangement.
    #[must_use]
    pub fn offices_answer(&self) -> bool {
        let each = Some(EACH_OFFICE);
        self.part.joint.iter().any(|j| j.answers.as_deref() == each)
            || self.part.activity.iter().any(|e| e.controller.as_deref() == each)
    }

    pub(crate) fn kind_of_controller(&self, entry: &Entry) -> ControllerKind {
        let own = self.controllers_of(entry).first().map(|c| c.kind);
        let office = || self.part.office.first().and_then(|o| self.controller(&o.controller)).map(|c| c.kind);
        own.or_else(office).unwrap_or(ControllerKind::Private)
    }

    /// The purposes for which casework is held on a day: those of the activities that use the casebook. The
    /// gate refuses every other.
    #[must_use]
    pub fn casework_purposes(&self, on: Date) -> PurposeSet {
        self.activities(on)
            .filter(|e| {
                e.systems.iter().any(|s| self.system(s).is_some_and(|s| s.kind == SystemKind::Casebook))
            })
            .flat_map(|e| e.purposes.iter().filter_map(|p| self.purpose(p)))
            .flat_map(|p| p.gate.iter().copied())
            .collect()
    }

    /// A built-in register: `advice-network` or `council`.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for another name.
    pub fn built_in(name: &str, on: Date) -> Result<Self> {
        let files = built_in_files(name).ok_or_else(|| {
            ServiceError::Invalid(format!("`{name}` is not an organisation: use advice-network or council"))
        })?;
        Self::from_files(&files, on).map_err(|f| refused(&f))
    }

    /// The register in a folder: its `.toml` files save the settings, the theme and the demonstration.
    ///
    /// # Errors
    /// An unreadable folder, or the faults of the register.
    pub fn in_folder(folder: &std::path::Path, on: Date) -> Result<Self> {
        let trouble =
            || ServiceError::file(format!("the register in `{}` could not be read", folder.display()));
        let mut files = Files::new();
        for entry in std::fs::read_dir(folder).map_err(trouble())? {
            let path = entry.map_err(trouble())?.path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let register = !["organisation.toml", "theme.toml"].contains(&name.as_str());
            if name.ends_with(".toml") && register && !name.starts_with("demo") {
                files.insert(name, std::fs::read_to_string(&path).map_err(trouble())?);
            }
        }
        Self::from_files(&files, on).map_err(|f| refused(&f))
    }
}

/// The faults as one refusal.
#[must_use]
pub fn refused(faults: &[Fault]) -> ServiceError {
    let lines: Vec<String> =
        faults.iter().filter(|f| f.severity == Severity::Blocking).map(ToString::to_string).collect();
    ServiceError::Invalid(format!("the register cannot be used:\n{}", lines.join("\n")))
}

macro_rules! files {
    ($organisation:literal: $($name:literal),+) => {
        Files::from([$((
            $name.to_owned(),
            include_str!(concat!("../../../../organisations/", $organisation, "/", $name)).to_owned(),
        )),+])
    };
}

/// The files of a built-in register.
#[must_use]
pub fn built_in_files(name: &str) -> Option<Files> {
    match name {
        "advice-network" => Some(files!("advice-network":
            "register.toml", "services.toml", "systems.toml", "vocabulary.toml", "recipients.toml",
            "retention.toml", "assessments.toml", "activities.toml", "forms.toml", "statements.toml")),
        "council" => Some(files!("council":
            "register.toml", "services.toml", "systems.toml", "vocabulary.toml", "recipients.toml",
            "retention.toml", "assessments.toml", "activities.toml", "functions.toml", "forms.toml",
            "statements.toml")),
        _ => None,
    }
}
