//! An office whose channels are at the local provider, for the tests of the inbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_connect::channel::{Chat, Hook, HookError, Mailbox, Telephony, Texts, WhatsApp};
use counterfoil_connect::fake::{Fake, Signed};
use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, ControllerId, InboxItemId, PersonId, StaffId};
use counterfoil_service::calendar;
use counterfoil_service::casebook::{self, CaseText, Identity, NewPerson, Profile, Protection, Recorded};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::intake::channels::{Channels, Line};
use counterfoil_service::intake::inbox;
use counterfoil_service::intake::work::{ChannelRound, Works};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::Desk;
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings};
use jiff::{SignedDuration, Timestamp};

use crate::places::each_place;

/// A Friday morning.
pub const NOW: &str = "2026-11-20T10:00:00Z";
pub const NUMBER: &str = "07700 900461";

pub struct Office {
    pub folder: tempfile::TempDir,
    pub place: Place,
    pub store: Store,
    hands: Arc<AtomicI64>,
    pub controller: ControllerId,
    pub calendar: Calendar,
    pub law: ClockConfig,
    pub fake: Fake,
    pub channels: Channels,
}

/// Every channel at the local provider, for the first office.
pub fn lines(fake: &Fake, deletes: bool) -> Channels {
    let line =
        |provider| Line { provider, office: "Weir Street".to_owned(), phone: "01632 960100".to_owned() };
    Channels::new(vec![
        line(Box::new(Mailbox::new(fake.mail("mailbox", "advice@example.org")).unwrap())),
        line(Box::new(Texts::new(fake.texts("texts", deletes)).unwrap())),
        line(Box::new(WhatsApp::new(fake.whatsapp("whatsapp")).unwrap())),
        line(Box::new(Chat::new(fake.chat("chat")).unwrap())),
        line(Box::new(Telephony::new(fake.telephony("telephony")).unwrap())),
    ])
    .unwrap()
}

impl Office {
    fn open(place: Place, folder: tempfile::TempDir, template: &str) -> Self {
        let hands = Arc::new(AtomicI64::new(NOW.parse::<Timestamp>().unwrap().as_second()));
        let clock = Arc::clone(&hands);
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(&place, surroundings).unwrap();
        let (settings, _) = Organisation::template(template).unwrap();
        let offices = ["Weir Street", "Market Hall"].map(str::to_owned).to_vec();
        let new = NewOrganisation { settings: settings.to_owned(), offices, adherent_until: None };
        let controller = installation::set_up(&store, &new).unwrap();
        let fake = Fake::start().unwrap();
        let channels = lines(&fake, true);
        let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
        Self { folder, place, store, hands, controller, calendar, law, fake, channels }
    }

    pub fn forward(&self, by: SignedDuration) {
        self.hands.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    pub fn staff(&self, office: &str, role: Role) -> Actor {
        let name = format!("{}@{office}", role.as_str());
        if let Some(known) = self.store.sign_in_facts(self.controller, &name).unwrap() {
            return self.actor(known.staff);
        }
        let new = NewStaff {
            office: office.to_owned(),
            name: name.clone(),
            sign_in: name,
            roles: RoleSet::of(&[role]),
            password_hash: None,
            totp_secret: None,
            training_until: Some("2027-11-01T00:00:00Z".parse().unwrap()),
        };
        self.actor(installation::add_staff(&self.store, self.controller, &new).unwrap())
    }

    fn actor(&self, staff: StaffId) -> Actor {
        Actor::Staff(self.store.actor(self.controller, staff, true).unwrap())
    }

    pub fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: &self.store, who, calendar: &self.calendar, law: &self.law }
    }

    pub fn system(&self) -> Actor {
        Actor::Automation { controller: self.controller }
    }

    pub fn works<'w>(&'w self, channels: &'w Channels) -> Works<'w> {
        Works { store: &self.store, controller: self.controller, calendar: &self.calendar, channels }
    }

    pub fn round(&self) -> ChannelRound {
        self.works(&self.channels).round()
    }

    pub fn told(&self, provider: &str, call: &Signed) -> Result<usize, HookError> {
        let hook = Hook { header: &|name| call.header(name), body: call.body.as_bytes() };
        self.works(&self.channels).hook(provider, &hook).unwrap()
    }

    pub fn person(&self, who: &Actor, surname: &str, email: &str, phone: &str) -> PersonId {
        let one = |v: &str| if v.is_empty() { Vec::new() } else { vec![v.to_owned()] };
        let profile = Profile {
            forenames: "Siân".to_owned(),
            surname: surname.to_owned(),
            emails: one(email),
            phones: one(phone),
            language: "en".to_owned(),
            ..Profile::default()
        };
        let new = NewPerson {
            office: casebook::office_of(who).unwrap(),
            identity: Identity::Named,
            protection: Protection::Standard,
            profile,
            shares_contact: false,
        };
        match casebook::record_person(&self.store, who, Purpose::ServiceDelivery, &new).unwrap() {
            Recorded::New(id) | Recorded::Known(id) => id,
        }
    }

    pub fn case(&self, who: &Actor, person: PersonId) -> CaseId {
        let text = CaseText { title: "Rent arrears".to_owned(), ..CaseText::default() };
        casebook::open_case(&self.store, who, person, "debt.rent", &text).unwrap()
    }

    pub fn only(&self, who: &Actor) -> InboxItemId {
        let queue = inbox::queue(&self.desk(who), true).unwrap();
        assert_eq!(queue.len(), 1, "{queue:?}");
        queue[0].line.id
    }

    pub fn notes(&self, who: &Actor, person: PersonId) -> String {
        let notes = casebook::notes(&self.store, who, Purpose::ServiceDelivery, person).unwrap();
        notes.iter().map(|n| n.text.text.clone()).collect::<Vec<_>>().join("\n---\n")
    }
}

pub fn each(test: impl Fn(&Office)) {
    each_of("advice-network", test);
}

/// The same for an organisation of this template.
pub fn each_of(template: &str, test: impl Fn(&Office)) {
    each_place(|place, folder| test(&Office::open(place, folder, template)));
}

pub const MAIL: &str = "From: Sian Ellis <sian@example.org>\nTo: advice@example.org\nMessage-ID: <q1@x>\n\
    Subject: Rent\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
    Content-Type: text/plain; charset=utf-8\n\nCan you help with the Thistledown arrears?\n\n\
    > Thank you for your Brackenwhistle letter.\n\n--b\nContent-Type: text/plain\n\
    Content-Disposition: attachment; filename=notice.txt\n\nNotice to quit of the Cobaltthimble estate.\n--b--\n";
