//! Two organisations on one store, with an office more than the own, staff of every role, and something of every kind
//! in each: for tests of pages that need data.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_domain::rights::Right;
use counterfoil_service::casebook::{self, CaseText, DocumentText, Identity, NewPerson, NoteText, work};
use counterfoil_service::casebook::{Profile, Protection, Recorded};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::intake::arrive::{self, Logged};
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::{self, Desk, Reception, RequestText};
use counterfoil_service::sign_in::{Accounts as _, NewSession, SignIn, StoreAccounts};
use counterfoil_service::store::{Actor, Hardness, Place, Store};
use counterfoil_web::use_cases::Live;
use counterfoil_web::{Means, Settings, Site};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::support::{self, World};

const NOW: i64 = 1_795_340_000;

/// An organisation's side of the house.
pub struct Side {
    pub live: Live,
    pub offices: Vec<OfficeId>,
    pub staff: BTreeMap<(usize, Role), StaffId>,
}

/// Two organisations and the site of the first.
pub struct House {
    pub world: World,
    pub site: Site,
    pub own: Side,
    pub other: Side,
    sessions: AtomicU64,
    _folder: tempfile::TempDir,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let hand = Arc::clone(&clock);
        let now = move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap();
        let key_file = folder.path().join("keys");
        installation::make_keys(&key_file, "three plain words", Hardness::Test).unwrap();
        let place = Place::Folder(folder.path().join("data"));
        let at = installation::Site { place, key_file, policies: None };
        let (store, _) =
            installation::open(&at, "three plain words", installation::clock(now.clone())).unwrap();
        let own = Side::new(&store, "advice-network", &["Weir Street", "Market Hall"]);
        let other = Side::new(&store, "council", &["Civic Centre"]);
        let accounts = StoreAccounts { store, controller: own.live.controller };
        let means = Means {
            live: Some(own.live.clone()),
            use_cases: Arc::new(own.live.clone()),
            sign_in: SignIn::new(Arc::new(accounts)),
            ..support::means(now)
        };
        let site = support::site_with(
            Settings {
                public_address: Some("http://site.example".into()),
                public_ledger: true,
                ..Settings::default()
            },
            means,
        );
        let world = World { app: counterfoil_web::app(&site), clock };
        Self { world, site, own, other, sessions: AtomicU64::new(0), _folder: folder }
    }

    /// The cookie of somebody of the own office who is signed in with this role.
    pub fn cookie(&self, role: Role) -> String {
        format!("session={}", self.session(role))
    }

    /// The token of a new session of theirs.
    pub fn session(&self, role: Role) -> String {
        let n = self.sessions.fetch_add(1, Ordering::SeqCst);
        let token: String =
            Sha256::digest(format!("{role} {n}").as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let live = &self.own.live;
        let accounts = StoreAccounts { store: live.store.clone(), controller: live.controller };
        let session = NewSession {
            token_hash: Sha256::digest(token.as_bytes()).into(),
            staff: self.own.staff[&(0, role)],
            second_factor: true,
            now: self.world.now(),
            lasts: SignedDuration::from_hours(8),
        };
        accounts.open(&session).unwrap();
        token
    }
}

impl Side {
    fn new(store: &Store, template: &str, offices: &[&str]) -> Self {
        let until = Timestamp::from_second(NOW + 300 * 86_400).ok();
        let new = NewOrganisation {
            settings: Organisation::template(template).unwrap().0.to_owned(),
            offices: offices.iter().map(|o| (*o).to_owned()).collect(),
            adherent_until: until,
        };
        let controller = installation::set_up(store, &new).unwrap();
        let ids = offices.iter().map(|o| installation::office_named(store, controller, o).unwrap()).collect();
        let mut staff = BTreeMap::new();
        for (n, office) in offices.iter().enumerate() {
            for role in Role::ALL {
                let new = NewStaff {
                    office: (*office).to_owned(),
                    name: format!("{} {n}", role.as_str()),
                    sign_in: format!("{}{n}@{template}.example", role.as_str()),
                    roles: RoleSet::of(&[*role]),
                    password_hash: None,
                    totp_secret: None,
                    training_until: until,
                };
                staff.insert((n, *role), installation::add_staff(store, controller, &new).unwrap());
            }
        }
        let calendar = counterfoil_service::calendar::load(None).unwrap();
        let law = ClockConfig::default();
        let live = Live { store: store.clone(), controller, calendar, law, channels: Channels::default() };
        Self { live, offices: ids, staff }
    }

    pub fn controller(&self) -> ControllerId {
        self.live.controller
    }

    /// Runs a use-case as somebody of the n-th office.
    pub fn act<T>(&self, office: usize, role: Role, work: impl FnOnce(&Desk<'_>) -> T) -> T {
        let staff = self.staff[&(office, role)];
        let who = Actor::Staff(self.live.store.actor(self.controller(), staff, true).unwrap());
        let live = &self.live;
        work(&Desk { store: &live.store, who: &who, calendar: &live.calendar, law: &live.law })
    }

    /// A person of the n-th office with a case, a note and a document: what their addresses name.
    pub fn person(&self, office: usize) -> (PersonId, CaseId, String, String) {
        self.act(office, Role::Adviser, |desk| {
            let new = NewPerson {
                office: self.offices[office],
                identity: Identity::Named,
                protection: Protection::Standard,
                profile: Profile {
                    forenames: "Wilfred".into(),
                    surname: format!("Ashgrove{office}"),
                    emails: vec![format!("w.ashgrove{office}@mail.example")],
                    ..Profile::default()
                },
                shares_contact: false,
            };
            let made = casebook::record_person(desk.store, desk.who, Purpose::ServiceDelivery, &new).unwrap();
            let (Recorded::New(id) | Recorded::Known(id)) = made;
            let text = CaseText { title: "Arrears".into(), question: "May I pay monthly?".into() };
            let case = casebook::open_case(desk.store, desk.who, id, "debt.council-tax", &text).unwrap();
            let note = NoteText {
                text: "The rent is paid.".into(),
                source: "the client".into(),
                ..NoteText::default()
            };
            casebook::write_notes(desk.store, desk.who, case, &[note]).unwrap();
            let note = work::case_page(desk, case).unwrap().notes[0].id;
            let about = DocumentText {
                name: "payslip.txt".into(),
                media_type: "text/plain".into(),
                source: "the client".into(),
                ..DocumentText::default()
            };
            let document = work::add_document(desk, (id, Some(case)), &about, b"Pay 412.20").unwrap();
            (id, case, note.to_string(), document.to_string())
        })
    }

    /// A request of the n-th office, identified and searched.
    pub fn request(&self, office: usize, person: PersonId) -> String {
        self.act(office, Role::IgOfficer, |desk| {
            let reception = Reception {
                office: self.offices[office],
                right: Right::Access,
                division: "northern-ireland".parse().unwrap(),
                received_on: date(2026, 11, 20),
                text: RequestText {
                    requester: format!("Wilfred Ashgrove{office}"),
                    capacity: "self".into(),
                    wording: "Everything, please.".into(),
                    channel: "letter".into(),
                    ..RequestText::default()
                },
            };
            let reference = rights::receive(desk, &reception).unwrap().reference;
            rights::identify(desk, &reference, person, "known to the adviser").unwrap();
            rights::search(desk, &reference, &[], &|_, _, _| ()).unwrap();
            reference
        })
    }

    /// Something that came by telephone to the n-th office.
    pub fn call(&self, office: usize) -> String {
        self.act(office, Role::Reception, |desk| {
            let logged = Logged {
                channel: "phone".into(),
                from: "Siân".into(),
                address: "07700 900461".into(),
                words: "Can you ring me about my rent?".into(),
                contact_rules: String::new(),
                language: "en".into(),
                files: Vec::new(),
                told: String::new(),
                token: format!("call of {}", self.offices[office]),
            };
            arrive::log(desk, &Channels::default(), &logged).unwrap().to_string()
        })
    }
}
