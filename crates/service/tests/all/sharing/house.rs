//! An office with people of every role, on each engine, with a clock that stands until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, ControllerId, PersonId};
use counterfoil_service::casebook::{self, CaseText, Identity, NewPerson, Profile, Protection, Recorded};
use counterfoil_service::installation::{self, NewOrganisation};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::Desk;
use counterfoil_service::store::Actor;
use counterfoil_service::{calendar, sharing};
use counterfoil_store::access::{Gate, Limits};
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings};
use jiff::Timestamp;

use crate::places::each_place;

pub const NOW: &str = "2026-11-22T09:00:00Z";

pub struct House {
    pub store: Store,
    pub controller: ControllerId,
    pub clock: Arc<AtomicI64>,
    pub calendar: Calendar,
    pub law: ClockConfig,
    _folder: tempfile::TempDir,
}

pub fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Runs `test` on SQLite, and on PostgreSQL when `COUNTERFOIL_TEST_POSTGRES` names one.
pub fn on_both(template: &str, test: impl Fn(House)) {
    each_place(|place, folder| test(House::new(template, &place, folder)));
}

impl House {
    pub fn new(template: &str, place: &Place, folder: tempfile::TempDir) -> Self {
        let clock = Arc::new(AtomicI64::new(moment(NOW).as_second()));
        let hand = Arc::clone(&clock);
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(place, surroundings).unwrap();
        let new = NewOrganisation {
            settings: Organisation::template(template).unwrap().0.to_owned(),
            offices: vec!["Moor".to_owned(), "Vale".to_owned()],
            adherent_until: Some(moment("2028-06-01T00:00:00Z")),
        };
        let controller = installation::set_up(&store, &new).unwrap();
        let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
        Self { store, controller, clock, calendar, law, _folder: folder }
    }

    pub fn at(&self, when: &str) -> &Self {
        self.clock.store(moment(when).as_second(), Ordering::SeqCst);
        self
    }

    pub fn staff(&self, office: &str, roles: &[Role]) -> Actor {
        let office = installation::office_named(&self.store, self.controller, office).unwrap();
        let name: String = Entropy::system().bytes::<6>().iter().map(|b| format!("{b:02x}")).collect();
        let account = NewAccount {
            office,
            roles: RoleSet::of(roles),
            text: StaffText { name: name.clone(), sign_in: name, ..StaffText::default() },
            password_hash: None,
            totp_secret: None,
            training_until: Some(moment("2028-06-01T00:00:00Z")),
        };
        let staff = self.store.set_up_account(self.controller, &account).unwrap();
        Actor::Staff(self.store.actor(self.controller, staff, true).unwrap())
    }

    pub fn adviser(&self) -> Actor {
        self.staff("Moor", &[Role::Adviser])
    }

    pub fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: &self.store, who, calendar: &self.calendar, law: &self.law }
    }

    pub fn public(&self) -> Actor {
        Actor::Automation { controller: self.controller }
    }

    pub fn person(&self, who: &Actor, forenames: &str, email: &str) -> PersonId {
        let person = NewPerson {
            office: casebook::office_of(who).unwrap(),
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: Profile {
                forenames: forenames.into(),
                surname: "Brook".into(),
                emails: vec![email.into()],
                phones: vec!["01632 960331".into()],
                ..Profile::default()
            },
            shares_contact: true,
        };
        match casebook::record_person(&self.store, who, Purpose::ServiceDelivery, &person).unwrap() {
            Recorded::New(id) | Recorded::Known(id) => id,
        }
    }

    pub fn case(&self, who: &Actor, person: PersonId, issue: &str) -> CaseId {
        let text = CaseText { title: "a matter".into(), question: "what can be done?".into() };
        casebook::open_case(&self.store, who, person, issue, &text).unwrap()
    }

    /// The entries of the log about a person, newest first: verb and outcome.
    pub fn log(&self, person: PersonId) -> Vec<(String, String, Option<String>)> {
        let who = self.staff("Moor", &[Role::Adviser, Role::Supervisor, Role::IgOfficer]);
        casebook::access_list(&self.store, &who, Purpose::RightsRequest, person, 200)
            .unwrap()
            .into_iter()
            .map(|l| {
                let reason = l.entry.reason.as_ref().map(ToString::to_string);
                (l.entry.verb.to_string(), format!("{:?}", l.entry.outcome), reason)
            })
            .collect()
    }

    /// Whether the log holds a refusal for this reason about a person.
    pub fn refusal_logged(&self, person: PersonId, reason: &str) -> bool {
        self.log(person).iter().any(|(_, o, r)| o == "Refused" && r.as_deref() == Some(reason))
    }
}

pub fn fields(list: &[&str]) -> Vec<String> {
    list.iter().map(|f| (*f).to_owned()).collect()
}

/// A consent to be referred to the referral partners, of today.
pub fn referral_consent(recipient: &str) -> sharing::permissions::Giving {
    sharing::permissions::Giving {
        purpose: Some(sharing::ConsentPurpose::Referral),
        parties: vec![recipient.to_owned()],
        fields: fields(&["name", "telephone"]),
        given: Some(sharing::Given::InPerson),
        language: "en".to_owned(),
        evidence: "said at the desk".to_owned(),
        ..Default::default()
    }
}

pub fn content(pairs: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}
