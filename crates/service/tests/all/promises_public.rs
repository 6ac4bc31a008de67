//! The promises about the public pages and about every channel: each is exercised, then broken, and the ledger sees
//! both.

use counterfoil_domain::rights::Right;
use counterfoil_service::follow;
use counterfoil_service::mailbox;
use counterfoil_service::promises::{self, Line};
use counterfoil_service::rights::{self, PublicRequest, Reception, RequestText};
use counterfoil_service::store::{Actor, SiteCheck};
use std::sync::atomic::Ordering;

use crate::story::{World, each};

impl World {
    fn promise(&self, id: &str) -> Line {
        let ledger = promises::ledger(&self.store, self.made.controller, &self.calendar, &self.law).unwrap();
        ledger.promises.into_iter().find(|line| line.id == id).expect("the promise")
    }

    fn state(&self, id: &str) -> &'static str {
        self.promise(id).state
    }

    fn looked(&self, check: SiteCheck) {
        self.store.keep_site_check(self.made.controller, &check).unwrap();
    }

    fn later(&self, hours: i64) {
        self.clock.fetch_add(hours * 3600, Ordering::SeqCst);
    }
}

/// The promises that these tests keep and break.
pub const WHOLE: [&str; 5] = ["N16", "N18", "C21", "C23", "C24"];

/// A look at a site that is as it should be.
const GOOD: SiteCheck =
    SiteCheck { pages: 40, cookies: 1, unknown_cookies: 0, foreign_files: 0, without_contacts: 0 };

#[test]
fn the_pages_promises_rest_on_a_look_at_the_running_site() {
    each("council", |world| {
        for id in ["C21", "C23", "C24"] {
            assert_eq!(world.state(id), "not-exercised", "{id} before anyone looked");
        }
        world.looked(GOOD);
        for id in ["C1", "C21", "C23", "C24"] {
            assert_eq!(world.state(id), "kept", "{id}");
        }
        world.later(60);
        for id in ["C21", "C23", "C24"] {
            assert_eq!(world.state(id), "at-risk", "{id}: an old look says nothing of today");
        }
        world.looked(SiteCheck { unknown_cookies: 1, ..GOOD });
        assert_eq!((world.state("C24"), world.state("C23")), ("broken", "kept"));
        world.later(1);
        world.looked(SiteCheck { foreign_files: 1, ..GOOD });
        assert_eq!(world.state("C24"), "broken", "a file of another site");
        world.later(1);
        world.looked(SiteCheck { without_contacts: 2, ..GOOD });
        assert_eq!(
            (world.state("C21"), world.state("C23"), world.state("C24")),
            ("broken", "broken", "kept")
        );
    });
}

#[test]
fn the_online_form_is_kept_by_use_and_shows_keys_that_have_ended() {
    each("advice-network", |world| {
        world.looked(GOOD);
        assert_eq!(world.state("N16"), "not-exercised");
        let who = Actor::Automation { controller: world.made.controller };
        let text =
            RequestText { requester: "Gethin".into(), wording: "All".into(), ..RequestText::default() };
        let asked = PublicRequest { token: "7".repeat(64), right: Right::Access, text };
        rights::ask(&world.desk(&who), &asked).unwrap();
        assert_eq!(world.state("N16"), "kept");
        let secrets = follow::of_form(&asked);
        for n in 1..=15 {
            if n % 5 == 1 {
                world.later(2);
            }
            follow::enter(&world.desk(&who), &secrets.key, "00000000", [1; 32]).unwrap();
        }
        assert_eq!(world.state("N16"), "at-risk", "somebody cannot follow any more");
        world.looked(SiteCheck { without_contacts: 1, ..GOOD });
        assert_eq!(world.state("N16"), "broken");
    });
}

#[test]
fn deletion_by_any_channel_is_kept_by_routing_and_at_risk_when_mail_lies() {
    each("advice-network", |world| {
        let officer = world.actor("ines@hearth-advice.example");
        let desk = world.desk(&officer);
        let office = desk.who.staff().unwrap().office;
        let division = world.store.controller(world.made.controller).unwrap().division.parse().unwrap();
        let text = RequestText {
            requester: "Mair".into(),
            wording: "Delete it".into(),
            channel: "email".into(),
            ..RequestText::default()
        };
        let received_on = jiff::civil::date(2026, 11, 20);
        let asked = Reception { office, right: Right::Erasure, division, received_on, text };
        let logged = rights::log(&desk, "a form", &asked).unwrap();
        let to = follow::asker_side(&desk, &logged.reference).unwrap().others[0].0.parse().unwrap();
        rights::pass(&desk, &logged.reference, to, "their own client").unwrap();
        let line = world.promise("N18");
        assert_eq!(line.state, "kept", "{line:?}");
        let folder = world.folder.path().join("mail");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("1.eml"), "From: a@b.example\r\nSubject: x\r\n\r\nDelete my data\r\n")
            .unwrap();
        let who = Actor::Automation { controller: world.made.controller };
        assert_eq!(mailbox::fetch(&world.desk(&who), &folder).unwrap().new, 1);
        assert_eq!(world.state("N18"), "kept");
        world.later(49);
        assert_eq!(world.state("N18"), "at-risk", "nobody looked");
        let id = mailbox::waiting(&desk).unwrap()[0].id.parse().unwrap();
        mailbox::dismiss(&desk, id).unwrap();
        assert_eq!(world.state("N18"), "kept");
    });
}
