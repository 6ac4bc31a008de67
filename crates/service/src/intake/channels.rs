//! The channels of an organisation as configured: which provider carries each, and for which office.

use std::sync::Arc;

use counterfoil_connect::channel::Provider;
use counterfoil_domain::ids::{ControllerId, OfficeId};
use counterfoil_domain::intake::{Channel, Hours};
use counterfoil_store::Store;

use crate::error::{Result, ServiceError};

/// One line: a provider, and the office whose inbox it fills.
#[derive(Debug)]
pub struct Line {
    /// The provider.
    pub provider: Box<dyn Provider>,
    /// The office, by its name.
    pub office: String,
    /// The telephone number that messages give for an answer.
    pub phone: String,
}

/// The lines of an organisation; cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    lines: Arc<Vec<Line>>,
    hours: Hours,
}

impl Channels {
    /// These lines.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] when two have one name: jobs and calls find a line by it.
    pub fn new(lines: Vec<Line>) -> Result<Self> {
        let mut names: Vec<&str> = lines.iter().map(|l| l.provider.name()).collect();
        names.sort_unstable();
        if let Some(name) = names.windows(2).find(|two| two.first() == two.last()).and_then(|two| two.first())
        {
            return Err(ServiceError::Invalid(format!("two channels are called `{name}`: rename one")));
        }
        Ok(Self { lines: Arc::new(lines), hours: Hours::default() })
    }

    /// Every line.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    /// The line of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|l| l.provider.name() == name)
    }

    /// When the offices are open, and when nobody is disturbed.
    #[must_use]
    pub const fn hours(&self) -> &Hours {
        &self.hours
    }

    /// The line by which an office writes on a channel: its own, or one that another office shares.
    #[must_use]
    pub fn of(&self, channel: Channel, office: &str) -> Option<&Line> {
        let fitting = || self.lines.iter().filter(|l| l.provider.channel() == channel);
        fitting().find(|l| l.office == office).or_else(|| fitting().next())
    }
}

/// The office of a line.
pub(super) fn office_of(store: &Store, controller: ControllerId, line: &Line) -> Result<OfficeId> {
    crate::installation::office_named(store, controller, &line.office)
}
