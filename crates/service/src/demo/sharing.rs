//! What the people of a demonstration permit, and what was given to whom.

use std::collections::BTreeMap;

use counterfoil_domain::ids::{DisclosureId, PermissionId, ReferralId};
use counterfoil_domain::sharing::gateway;
use counterfoil_domain::sharing::statistics::{Dimension, Protection};
use jiff::Span;
use serde::Deserialize;

use super::{Teller, unusable};
use crate::error::Result;
use crate::sharing::disclose::{self, Attempt, Proposal, TellingChoice};
use crate::sharing::permissions::{self, Giving};
use crate::sharing::refer::{self, Answer, Drafting, Sending};
use crate::sharing::statistics::{self, Cut};
use crate::sharing::{DisclosureText, Given};

/// The story of one organisation's sharing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Told {
    permit: Vec<Permitted>,
    refer: Vec<Referred>,
    disclose: Vec<Disclosed>,
    release: Vec<Released>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Permitted {
    person: String,
    by: String,
    days_ago: i32,
    /// What a consent is for; none for an authority to act.
    purpose: Option<String>,
    #[serde(default)]
    parties: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    given: String,
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    language: String,
    withdrawn_days_ago: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Referred {
    person: String,
    by: String,
    days_ago: i32,
    to: String,
    reason: String,
    fields: BTreeMap<String, String>,
    /// Answer, days ago, outcome.
    #[serde(default)]
    answers: Vec<(String, i32, String)>,
    #[serde(default)]
    purged: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Disclosed {
    person: String,
    by: String,
    authorised_by: Option<String>,
    days_ago: i32,
    ground: String,
    recipient: String,
    purpose: String,
    #[serde(default)]
    gateway: String,
    content: BTreeMap<String, String>,
    #[serde(default)]
    evidence: BTreeMap<String, String>,
    #[serde(default)]
    telling: String,
    told_days_ago: Option<i32>,
    #[serde(default)]
    because: String,
    #[serde(default)]
    was_told: bool,
    #[serde(default)]
    paid: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Released {
    by: String,
    days_ago: i32,
}

/// One thing of the story, by its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    Give(usize),
    Withdraw(usize),
    Refer(usize),
    Answer(usize, usize),
    Purge(usize),
    Disclose(usize),
    Tell(usize),
    Release(usize),
}

/// What the story has made so far.
#[derive(Debug, Default)]
pub(super) struct Made {
    permissions: BTreeMap<usize, PermissionId>,
    referrals: BTreeMap<usize, ReferralId>,
    disclosures: BTreeMap<usize, DisclosureId>,
}

impl Told {
    /// The story that comes with a built-in organisation; an empty one for any other.
    pub(super) fn of(template: &str) -> Result<Self> {
        let text = match template {
            "advice-network" => include_str!("../../../../organisations/advice-network/demo-sharing.toml"),
            "council" => include_str!("../../../../organisations/council/demo-sharing.toml"),
            _ => "",
        };
        toml::from_str(text).map_err(|e| {
            crate::ServiceError::Invalid(format!("the story of sharing cannot be read: {}", e.message()))
        })
    }

    /// What happens, each with how many days ago.
    pub(super) fn events(&self) -> Vec<(i32, Event)> {
        let mut all = Vec::new();
        for (n, told) in self.permit.iter().enumerate() {
            all.push((told.days_ago, Event::Give(n)));
            all.extend(told.withdrawn_days_ago.map(|days| (days, Event::Withdraw(n))));
        }
        for (n, told) in self.refer.iter().enumerate() {
            all.push((told.days_ago, Event::Refer(n)));
            all.extend(told.answers.iter().enumerate().map(|(a, (_, days, _))| (*days, Event::Answer(n, a))));
            let last = told.answers.last().filter(|_| told.purged);
            all.extend(last.map(|(_, days, _)| (days - 1, Event::Purge(n))));
        }
        for (n, told) in self.disclose.iter().enumerate() {
            all.push((told.days_ago, Event::Disclose(n)));
            all.extend(told.told_days_ago.filter(|_| told.was_told).map(|days| (days, Event::Tell(n))));
        }
        all.extend(self.release.iter().enumerate().map(|(n, told)| (told.days_ago, Event::Release(n))));
        all
    }
}

fn at<T>(list: &[T], n: usize) -> Result<&T> {
    list.get(n).ok_or_else(|| unusable("something that it does not tell"))
}

impl Teller<'_> {
    pub(super) fn share(&mut self, told: &Told, event: Event) -> Result<()> {
        match event {
            Event::Give(n) => self.permit_given(n, at(&told.permit, n)?),
            Event::Withdraw(n) => self.permit_withdrawn(n, at(&told.permit, n)?),
            Event::Refer(n) => self.referred(n, at(&told.refer, n)?),
            Event::Answer(n, a) => self.answered(n, a, at(&told.refer, n)?),
            Event::Purge(n) => self.purged(n, at(&told.refer, n)?),
            Event::Disclose(n) => self.disclosed(n, at(&told.disclose, n)?),
            Event::Tell(n) => {
                let disclosed = at(&told.disclose, n)?;
                let id = self
                    .shared
                    .disclosures
                    .get(&n)
                    .ok_or_else(|| unusable("a telling before its disclosure"))?;
                let who = self.actor(&disclosed.by)?;
                disclose::tell(&self.desk(&who), *id, true, "")
            }
            Event::Release(n) => self.released(at(&told.release, n)?),
        }
    }

    fn permit_given(&mut self, n: usize, told: &Permitted) -> Result<()> {
        let who = self.actor(&told.by)?;
        let purpose =
            told.purpose.as_deref().map(|p| p.parse().map_err(|_| unusable("a purpose"))).transpose()?;
        let given: Given = told.given.parse().map_err(|_| unusable("a way of giving"))?;
        let giving = Giving {
            purpose,
            parties: told.parties.clone(),
            fields: told.fields.clone(),
            given: Some(given),
            language: told.language.clone(),
            evidence: told.evidence.clone(),
            ..Giving::default()
        };
        let receipt = permissions::give(&self.desk(&who), self.person_of(&told.person)?, &giving)?;
        self.shared.permissions.insert(n, receipt.id);
        Ok(())
    }

    fn permit_withdrawn(&self, n: usize, told: &Permitted) -> Result<()> {
        let who = self.actor(&told.by)?;
        let id =
            self.shared.permissions.get(&n).ok_or_else(|| unusable("a withdrawal before its consent"))?;
        permissions::withdraw(&self.desk(&who), self.person_of(&told.person)?, *id, "rang and said so")
            .map(|_| ())
    }

    fn referred(&mut self, n: usize, told: &Referred) -> Result<()> {
        let who = self.actor(&told.by)?;
        let (desk, person) = (self.desk(&who), self.person_of(&told.person)?);
        let drafting = Drafting {
            case: None,
            recipient: told.to.clone(),
            reason: told.reason.clone(),
            fields: told.fields.clone(),
        };
        let id = refer::draft(&desk, person, &drafting)?;
        let sent = refer::send(&desk, person, id)?;
        if !told.answers.is_empty() && sent != Sending::Sent {
            return Err(unusable("an answer to a referral that was refused"));
        }
        self.shared.referrals.insert(n, id);
        Ok(())
    }

    fn answered(&self, n: usize, answer: usize, told: &Referred) -> Result<()> {
        let who = self.actor(&told.by)?;
        let id = self.shared.referrals.get(&n).ok_or_else(|| unusable("an answer before its referral"))?;
        let (code, _, outcome) = at(&told.answers, answer)?;
        let answer = Answer::of(code).ok_or_else(|| unusable("an answer"))?;
        refer::answered(&self.desk(&who), self.person_of(&told.person)?, *id, answer, outcome)
    }

    fn purged(&self, n: usize, told: &Referred) -> Result<()> {
        let who = self.actor(&told.by)?;
        let id = self.shared.referrals.get(&n).ok_or_else(|| unusable("a removal before its referral"))?;
        let (desk, person) = (self.desk(&who), self.person_of(&told.person)?);
        refer::ask_purge(&desk, person, *id)?;
        refer::confirm_purge(&desk, person, *id)
    }

    fn disclosed(&mut self, n: usize, told: &Disclosed) -> Result<()> {
        let who = self.actor(&told.by)?;
        let on = told.told_days_ago.map(|days| self.day(days)).transpose()?;
        let statements = gateway(&told.gateway).map_or(0, |g| g.must_state.len());
        let proposal = Proposal {
            text: DisclosureText {
                ground: told.ground.clone(),
                recipient: told.recipient.clone(),
                purpose: told.purpose.clone(),
                gateway: told.gateway.clone(),
                stated: (0..statements).collect(),
                evidence: told.evidence.clone(),
                consideration: told.paid,
                ..DisclosureText::default()
            },
            content: told.content.clone(),
            telling: TellingChoice { how: told.telling.clone(), on, because: told.because.clone() },
            ..Proposal::default()
        };
        let made = disclose::make(&self.desk(&who), self.person_of(&told.person)?, &proposal)?;
        self.shared.disclosures.insert(n, made.id());
        let Some(authoriser) = &told.authorised_by else { return Ok(()) };
        let senior = self.actor(authoriser)?;
        disclose::authorise(&self.desk(&senior), made.id(), false)?;
        match disclose::send(&self.desk(&who), made.id(), false)? {
            Attempt::Sent(_) => Ok(()),
            _ => Err(unusable("a disclosure that was refused all the same")),
        }
    }

    /// The last half year of whole months.
    fn released(&self, told: &Released) -> Result<()> {
        let who = self.actor(&told.by)?;
        let last = self.day(told.days_ago)?.first_of_month().yesterday().map_err(|_| unusable("a month"))?;
        let last = last.first_of_month();
        let first = last.checked_sub(Span::new().months(6)).map_err(|_| unusable("a month"))?;
        let cut = Cut { first, last, by: vec![Dimension::Issue] };
        statistics::release(&self.desk(&who), &cut, Protection::default()).map(|_| ())
    }
}
