//! The demonstration's stories are told through the use-cases: so they show that the use-cases carry a
//! request from its receipt to its pack, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::StaffId;
use counterfoil_domain::rights::Right;
use counterfoil_service::calendar;
use counterfoil_service::demo::{self, Made, Stage};
use counterfoil_service::rights::{self, Choice, Desk, Fate, Ground, PublicRequest, RequestText};
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings};
use jiff::Timestamp;

use crate::places::each_place;

const NOW: &str = "2026-11-22T12:00:00Z";

pub struct World {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub calendar: Calendar,
    pub law: ClockConfig,
    pub made: Made,
    pub clock: Arc<AtomicI64>,
}

impl World {
    fn tell(place: &Place, folder: tempfile::TempDir, organisation: &str) -> Self {
        let clock = Arc::new(AtomicI64::new(0));
        let hand = Arc::clone(&clock);
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(place, surroundings).unwrap();
        let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
        let stage = Stage {
            store: &store,
            set_clock: &|at| clock.store(at.as_second(), Ordering::SeqCst),
            now: NOW.parse().unwrap(),
            calendar: &calendar,
            law: &law,
            password_hash: "none",
            secret: &|| [7; 20],
            progress: &|_, _, _| (),
        };
        let made = demo::make(&stage, organisation).unwrap();
        Self { folder, store, calendar, law, made, clock }
    }

    pub fn actor(&self, sign_in: &str) -> Actor {
        let staff: StaffId =
            self.store.sign_in_facts(self.made.controller, sign_in).unwrap().expect("an account").staff;
        Actor::Staff(self.store.actor(self.made.controller, staff, true).unwrap())
    }

    pub fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: &self.store, who, calendar: &self.calendar, law: &self.law }
    }
}

pub fn each(organisation: &str, test: impl Fn(&World)) {
    each_place(|place, folder| test(&World::tell(&place, folder, organisation)));
}

#[test]
fn the_council_has_requests_in_every_state_and_a_sealed_pack() {
    each("council", |world| {
        let who = world.actor("ruth@glenarrow.example");
        let list = rights::list(&world.desk(&who), 100).unwrap();
        assert!(list.len() >= 19, "{} requests", list.len());
        for state in ["received", "identified", "searched", "sealed"] {
            assert!(list.iter().any(|r| r.state == state), "no request is {state}");
        }
        for clock in ["running", "paused", "extended", "awaiting_id", "awaiting_authority", "answered"] {
            assert!(list.iter().any(|r| r.clock == clock), "no clock is {clock}");
        }
        assert!(list.iter().any(|r| r.late && r.clock == "running"), "none is overdue");
        assert!(list.iter().all(|r| r.clock_error.is_empty()), "{list:#?}");
    });
}

#[test]
fn the_story_is_told_in_the_order_of_its_days() {
    use counterfoil_store::assurance::verify::Known;
    for organisation in ["council", "advice-network"] {
        each(organisation, |world| {
            world.store.checkpoint(world.made.controller).unwrap();
            let report = world.store.verify_log(world.made.controller, &Known::default()).unwrap();
            assert_eq!((report.problem_count, &*report.problems), (0, &[][..]), "{organisation}");
            assert!(report.size > 500, "{} entries", report.size);
        });
    }
}

/// What Art 15 UK GDPR and s.164A, s.165 DPA 2018 ask the answer to say.
const LETTER_SAYS: &[&str] = &[
    "hold personal data about you",
    "Where we searched",
    "casebook",
    "S2-16",
    "section 164A Data Protection Act 2018",
    "section 165",
    "ask a court",
    "correct what is wrong",
    "data protection officer",
    "is registered with the Information Commissioner",
];

#[test]
fn a_sealed_pack_is_released_says_what_the_law_asks_and_keeps_others_out() {
    each("council", |world| {
        let who = world.actor("kofi@glenarrow.example");
        let desk = world.desk(&who);
        let list = rights::list(&desk, 100).unwrap();
        let sealed = list.iter().find(|r| r.state == "sealed").unwrap();
        let target = world.folder.path().join("pack");
        rights::release(&desk, &sealed.reference, &target, None).unwrap();
        let letter = std::fs::read_to_string(target.join("00-letter.html")).unwrap();
        for words in LETTER_SAYS {
            assert!(letter.contains(words), "the letter does not say `{words}`");
        }
        let mut documents = String::new();
        for file in std::fs::read_dir(target.join("documents")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "html") {
                documents.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
        for theirs in ["McVeigh-Dunne", "orla.dunne@mail.example", "1982-05-11", "5 Harbour Row"] {
            assert!(documents.contains(theirs), "the requester's own `{theirs}` is missing");
        }
        for others in ["casper.holt", "Casper", "07700 900599"] {
            let at = documents.find(others).map(|at| documents.get(at.saturating_sub(60)..at + 40));
            assert!(at.is_none(), "`{others}` was to be withheld: {at:?}");
        }
        assert!(target.join("receipt.tlog-proof").exists(), "no proof of receipt");
        assert_eq!(rights::show(&desk, &sealed.reference).unwrap().summary.clock, "answered");
    });
}

#[test]
fn what_is_changed_after_sealing_stops_the_old_pack() {
    each("advice-network", |world| {
        let who = world.actor("ines@hearth-advice.example");
        let desk = world.desk(&who);
        let list = rights::list(&desk, 100).unwrap();
        let sealed = list.iter().find(|r| r.state == "sealed").unwrap();
        let ground = Ground { reason: "she may have the name".into(), ..Ground::default() };
        let choice = Choice::Passage { number: 0, text: "Lionel Haddow".into(), fate: Fate::Release, ground };
        rights::decide(&desk, &sealed.reference, &choice).unwrap();
        let target = world.folder.path().join("pack");
        let refused = rights::release(&desk, &sealed.reference, &target, None).unwrap_err();
        assert!(refused.is_refusal(), "{refused}");
        assert!(!target.exists(), "something was written");
    });
}

#[test]
fn the_public_form_makes_one_request_however_often_it_is_sent() {
    each("council", |world| {
        let automation = Actor::Automation { controller: world.made.controller };
        let desk = world.desk(&automation);
        let text = RequestText {
            requester: "Gethin Vaughan".into(),
            capacity: "self".into(),
            reply_to: "gethin@mail.example".into(),
            wording: "Everything about my tenancy.".into(),
            known_by: "Tenancy 4471".into(),
            adjustments: "Call me after six.".into(),
            ..RequestText::default()
        };
        let asked = PublicRequest { token: "5".repeat(64), right: Right::Access, text: text.clone() };
        let first = rights::ask(&desk, &asked).unwrap();
        assert_eq!(first.due, Some(jiff::civil::date(2026, 12, 22)));
        assert_eq!(rights::ask(&desk, &asked).unwrap(), first, "sent twice");

        let corrected = RequestText { wording: "Everything.".into(), ..text.clone() };
        for other in [
            PublicRequest { text: corrected, ..asked.clone() },
            PublicRequest { right: Right::Erasure, ..asked.clone() },
            PublicRequest { token: "6".repeat(64), ..asked.clone() },
        ] {
            assert_ne!(rights::ask(&desk, &other).unwrap().reference, first.reference);
        }
        for refused in [
            PublicRequest { token: "short".into(), ..asked.clone() },
            PublicRequest { text: RequestText { requester: " ".into(), ..text }, ..asked },
        ] {
            assert!(rights::ask(&desk, &refused).unwrap_err().is_refusal());
        }

        let who = world.actor("ruth@glenarrow.example");
        let seen = rights::show(&world.desk(&who), &first.reference).unwrap();
        let said = |field: &str| seen.asked.iter().find(|(name, _)| *name == field).map(|(_, v)| v.as_str());
        assert_eq!((&*seen.requester, &*seen.summary.clock), ("Gethin Vaughan", "running"));
        assert_eq!((said("channel"), said("known_by")), (Some("web-form"), Some("Tenancy 4471")));
        assert_eq!((said("adjustments"), said("scope")), (Some("Call me after six."), None));
        // The system takes requests; it does not look at them.
        assert!(rights::show(&desk, &first.reference).unwrap_err().is_refusal());
    });
}
