//! The channels from end to end: what the local provider holds is taken in, worked, answered, moved, and
//! gone everywhere but in the case. On both engines.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use counterfoil_connect::channel::{Chat, Hook, HookError, Mailbox, Texts, WhatsApp};
use counterfoil_connect::fake::{Fake, Signed};
use counterfoil_domain::access::{Purpose, Role, RoleSet, Verb};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, ControllerId, InboxItemId, PersonId, StaffId};
use counterfoil_domain::intake::{Age, Channel, Copy, Delivery, DiscardReason, ItemState};
use counterfoil_service::casebook::{self, CaseText, Identity, NewPerson, Profile, Protection, Recorded};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::intake::arrive::{self, Logged};
use counterfoil_service::intake::channels::{Channels, Line};
use counterfoil_service::intake::forms::{self, PublicForm, Submission};
use counterfoil_service::intake::inbox::{self, Match};
use counterfoil_service::intake::outward::{self, Writing};
use counterfoil_service::intake::settle::{self, Moved, Moving, Target};
use counterfoil_service::intake::work::{ChannelRound, Works};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::Desk;
use counterfoil_service::{ServiceError, calendar};
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Record, Store, Surroundings, Terms};
use jiff::{SignedDuration, Timestamp};

/// A Friday morning.
pub const NOW: &str = "2026-11-20T10:00:00Z";
const NUMBER: &str = "07700 900461";

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

fn places(folder: &Path) -> Vec<Place> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut places = vec![Place::Folder(folder.join("data"))];
    if let Ok(address) = std::env::var("COUNTERFOIL_TEST_POSTGRES") {
        let (process, n) = (std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let schema = format!("intake_{process}_{n}");
        places.push(Place::Postgres { address, connections: 4, schema, files: folder.join("files") });
    }
    places
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
    ])
    .unwrap()
}

impl Office {
    fn open(place: Place, folder: tempfile::TempDir) -> Self {
        let hands = Arc::new(AtomicI64::new(NOW.parse::<Timestamp>().unwrap().as_second()));
        let clock = Arc::clone(&hands);
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(&place, surroundings).unwrap();
        let (settings, _) = Organisation::template("advice-network").unwrap();
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
    let count = places(Path::new("")).len();
    for n in 0..count {
        let folder = tempfile::tempdir().unwrap();
        let place = places(folder.path()).remove(n);
        test(&Office::open(place, folder));
    }
}

pub const MAIL: &str = "From: Sian Ellis <sian@example.org>\nTo: advice@example.org\nMessage-ID: <q1@x>\n\
    Subject: Rent\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
    Content-Type: text/plain; charset=utf-8\n\nCan you help with the Thistledown arrears?\n\n\
    > Thank you for your Brackenwhistle letter.\n\n--b\nContent-Type: text/plain\n\
    Content-Disposition: attachment; filename=notice.txt\n\nNotice to quit of the Cobaltthimble estate.\n--b--\n";

fn new_person(surname: &str, email: &str) -> Target {
    Target::New {
        profile: Box::new(Profile {
            forenames: "Siân".to_owned(),
            surname: surname.to_owned(),
            emails: vec![email.to_owned()],
            ..Profile::default()
        }),
        identity: Identity::Named,
        shares_contact: false,
        issue: "debt.rent".to_owned(),
        title: "Rent arrears".to_owned(),
    }
}

/// Moves with what is ticked when the page opens.
pub fn move_as_ticked(office: &Office, who: &Actor, id: InboxItemId, target: Target) -> Moved {
    let opened = inbox::open(&office.desk(who), id).unwrap();
    let ticked = opened.item.parts.iter().filter(|p| counterfoil_domain::intake::keeps_by_default(p.kind));
    let moving = Moving { target, keep: ticked.map(|p| p.number).collect(), summary: String::new() };
    settle::move_item(&office.desk(who), id, &moving).unwrap()
}

#[test]
fn a_mail_becomes_a_case_and_is_gone_from_the_mailbox() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.mail_arrives(MAIL);
        assert_eq!(office.round().received, 1);
        assert_eq!(office.round().received, 0, "fetched again, it is the same item");
        assert!(office.fake.holds("Thistledown"), "nothing is removed before it is moved");
        let id = office.only(&adviser);
        let opened = inbox::open(&office.desk(&adviser), id).unwrap();
        let parts: Vec<_> = opened.item.parts.iter().map(|p| p.kind.code()).collect();
        assert_eq!(parts, ["words", "quoted", "head", "file"]);
        assert_eq!((opened.age, opened.matches.len()), (Age::InTime, 0));

        let moved = move_as_ticked(office, &adviser, id, new_person("Ellis", "sian@example.org"));
        assert_eq!((moved.kept, moved.dropped), (2, 2));
        let notes = office.notes(&adviser, moved.person);
        assert!(notes.contains("By e-mail, 20 November 2026 at 10:00."), "{notes}");
        assert!(notes.contains("Thistledown") && !notes.contains("Brackenwhistle"), "{notes}");
        let documents = office
            .store
            .act(&adviser, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
                let permit = tx.permit(Record::Document(None), moved.person, &Terms::default())?;
                tx.documents_of(&permit)
            })
            .unwrap();
        assert_eq!(
            (documents[0].text.name.as_str(), documents[0].text.source.as_str()),
            ("notice.txt", "received/email")
        );

        let round = office.round();
        assert_eq!((round.done, round.troubles.as_slice()), (1, [].as_slice()));
        assert!(!office.fake.holds("Thistledown"), "the mailbox's copy is removed");
        let closed = inbox::queue(&office.desk(&adviser), false).unwrap();
        assert_eq!((closed[0].line.state, closed[0].line.case), (ItemState::Moved, Some(moved.case)));
        assert!(inbox::chase(&office.desk(&adviser)).unwrap().copies.is_empty());
        // A letter from the same person finds them.
        office.fake.mail_arrives(&MAIL.replace("q1@x", "q2@x"));
        office.round();
        let opened = inbox::open(&office.desk(&adviser), office.only(&adviser)).unwrap();
        let [Match::Here { id, cases, .. }] = &opened.matches[..] else { panic!("{:?}", opened.matches) };
        assert_eq!((*id, cases[0].0), (moved.person, moved.case));
    });
}

#[test]
fn another_offices_client_is_only_said_to_be_known_there() {
    each(|office| {
        let there = office.staff("Market Hall", Role::Adviser);
        let here = office.staff("Weir Street", Role::Adviser);
        let person = office.person(&there, "Ellis", "sian@example.org", "");
        office.fake.mail_arrives(MAIL);
        office.round();
        let id = office.only(&here);
        let opened = inbox::open(&office.desk(&here), id).unwrap();
        assert_eq!(opened.matches, [Match::Elsewhere { office: "Market Hall".to_owned() }]);
        assert!(!format!("{opened:?}").contains("Rent arrears"));
        // Neither the person nor a case of theirs can be moved to from here.
        let moving = |target| Moving { target, keep: vec![1], summary: String::new() };
        let target = Target::Person { person, issue: "debt".into(), title: "x".into() };
        assert!(settle::move_item(&office.desk(&here), id, &moving(target)).unwrap_err().is_refusal());
        let case = office.case(&there, person);
        assert!(
            settle::move_item(&office.desk(&here), id, &moving(Target::Case(case))).unwrap_err().is_refusal()
        );
        // The other office sees nothing of this inbox.
        assert!(inbox::queue(&office.desk(&there), true).unwrap().is_empty());
        assert!(inbox::open(&office.desk(&there), id).unwrap_err().is_refusal());
        assert!(inbox::part(&office.desk(&there), id, 4).unwrap_err().is_refusal());
        assert!(settle::discard(&office.desk(&there), id, DiscardReason::Spam).unwrap_err().is_refusal());
    });
}

#[test]
fn reception_sorts_the_inbox_and_does_not_write_in_cases() {
    each(|office| {
        let reception = office.staff("Weir Street", Role::Reception);
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.mail_arrives(MAIL);
        office.round();
        let id = office.only(&reception);
        let Actor::Staff(me) = &adviser else { panic!() };
        inbox::allocate(&office.desk(&reception), &[id], Some(me.staff)).unwrap();
        assert_eq!(
            inbox::queue(&office.desk(&adviser), true).unwrap()[0].with.as_deref(),
            Some("adviser@Weir Street")
        );
        let elsewhere = office.staff("Market Hall", Role::Adviser);
        let Actor::Staff(other) = &elsewhere else { panic!() };
        assert!(
            inbox::allocate(&office.desk(&reception), &[id], Some(other.staff)).unwrap_err().is_refusal()
        );
        let moving =
            Moving { target: new_person("Ellis", "sian@example.org"), keep: vec![1], summary: String::new() };
        assert!(settle::move_item(&office.desk(&reception), id, &moving).unwrap_err().is_refusal());
        assert!(settle::signpost(&office.desk(&reception), id, "sian@example.org").unwrap_err().is_refusal());
        assert!(settle::refer(&office.desk(&reception), id, "Shelter line", false).unwrap_err().is_refusal());
        settle::signpost(&office.desk(&reception), id, "the council's housing desk").unwrap();
        let again = settle::signpost(&office.desk(&reception), id, "elsewhere").unwrap_err();
        assert!(again.to_string().contains("dealt with already"), "{again}");
        office.round();
        assert!(!office.fake.holds("Thistledown"), "a signposted item leaves no words behind either");
    });
}

#[test]
fn nothing_kept_is_not_moved_and_a_known_address_is_not_made_twice() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.mail_arrives(MAIL);
        office.round();
        let id = office.only(&adviser);
        let moving = |keep: Vec<i64>, summary: &str| Moving {
            target: new_person("Ellis", "sian@example.org"),
            keep,
            summary: summary.to_owned(),
        };
        assert!(
            settle::move_item(&office.desk(&adviser), id, &moving(vec![], " ")).unwrap_err().is_refusal()
        );
        let known = office.person(&adviser, "Ellis", "sian@example.org", "");
        let twice = settle::move_item(&office.desk(&adviser), id, &moving(vec![1], "")).unwrap_err();
        assert!(twice.to_string().contains("choose them"), "{twice}");
        assert_eq!(office.only(&adviser), id, "a refused move changes nothing");
        let target = Target::Person { person: known, issue: "debt".into(), title: "Rent".into() };
        let moved = settle::move_item(
            &office.desk(&adviser),
            id,
            &Moving { target, keep: vec![], summary: "Asks about rent.".to_owned() },
        )
        .unwrap();
        assert_eq!((moved.kept, moved.dropped), (0, 4));
        assert!(office.notes(&adviser, known).contains("Asks about rent."));
    });
}

#[test]
fn a_text_is_answered_by_text_and_its_copy_followed() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.text_arrives("+447700900461", "Is my Thistledown appointment on?", office.store.now());
        office.round();
        let id = office.only(&adviser);
        let words = Writing { words: "Yes, on Friday.".to_owned(), ..Writing::default() };
        let written = outward::answer(&office.desk(&adviser), &office.channels, id, &words).unwrap();
        assert!(!written.warned_first);
        office.round();
        let sent = office.fake.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(office.told("texts", &office.fake.text_receipt(&sent[0], "delivered")), Ok(1));
        let opened = inbox::open(&office.desk(&adviser), id).unwrap();
        assert_eq!(opened.messages[0].state, Delivery::Delivered);
        let moved = move_as_ticked(office, &adviser, id, new_person("Ellis", "s@example.org"));
        assert!(office.notes(&adviser, moved.person).contains("our answer: Yes, on Friday."));
        // The answer's copy at the provider goes as the item's does.
        office.round();
        assert!(office.fake.sent().is_empty() && !office.fake.holds("Thistledown"));
    });
}

#[test]
fn stop_is_obeyed_confirmed_and_not_written_against() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let person = office.person(&adviser, "Ellis", "", NUMBER);
        let case = office.case(&adviser, person);
        let reminder = Writing {
            channel: "sms".to_owned(),
            template: "reminder".to_owned(),
            day: "Monday".to_owned(),
            time: "10:00".to_owned(),
            ..Writing::default()
        };
        outward::write(&office.desk(&adviser), &office.channels, case, &reminder).unwrap();
        assert!(
            office
                .notes(&adviser, person)
                .contains("Sent by text message:\nWeir Street: you have an appointment on Monday at 10:00.")
        );
        // Written, not yet sent: the wish that came meanwhile stops it.
        office.fake.text_arrives("+447700900461", "Peidiwch, diolch", office.store.now());
        office.round();
        assert!(inbox::queue(&office.desk(&adviser), true).unwrap().is_empty(), "nobody need open a stop");
        let refused = outward::write(&office.desk(&adviser), &office.channels, case, &reminder).unwrap_err();
        assert!(refused.to_string().contains("asked for no more messages"), "{refused}");
        let words = office.fake.words_sent();
        assert_eq!(words.len(), 1, "{words:?}");
        assert!(words[0].contains("no more messages at this number"));
        let figures = office
            .store
            .channel_figures(office.controller, Channel::Sms, jiff::civil::date(2026, 11, 20))
            .unwrap();
        assert_eq!(figures.against_wish, 0);
        office.fake.text_arrives("+447700900461", "START", office.store.now());
        office.round();
        outward::write(&office.desk(&adviser), &office.channels, case, &reminder).unwrap();
    });
}

#[test]
fn texts_wait_for_the_morning_and_say_no_more_than_they_may() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let person = office.person(&adviser, "Ellis", "", NUMBER);
        let case = office.case(&adviser, person);
        let write =
            |writing: &Writing| outward::write(&office.desk(&adviser), &office.channels, case, writing);
        let update = Writing { channel: "sms".into(), template: "update".into(), ..Writing::default() };
        office.forward(SignedDuration::from_hours(12));
        let written = write(&update).unwrap();
        assert_eq!(written.send_at.to_string(), "2026-11-21T08:00:00Z");
        office.round();
        assert!(office.fake.sent().is_empty(), "at ten in the evening nothing is sent");
        office.forward(SignedDuration::from_hours(11));
        office.round();
        assert_eq!(office.fake.sent().len(), 1);
        for (wrong, says) in [
            (Writing { template: String::new(), ..update.clone() }, "empty"),
            (Writing { template: "reminder".into(), ..update.clone() }, "`day` is needed"),
            (Writing { template: "unknown".into(), ..update.clone() }, "no template"),
            (
                Writing { template: String::new(), words: "x".repeat(700), ..update.clone() },
                "5 text messages",
            ),
            (Writing { channel: "chat".into(), ..update.clone() }, "choose another way"),
            (Writing { channel: "email".into(), ..update.clone() }, "no address"),
        ] {
            let refused = write(&wrong).unwrap_err();
            assert!(refused.is_refusal() && refused.to_string().contains(says), "{refused}");
        }
        assert!(outward::check_templates().unwrap() >= 12);
    });
}

#[test]
fn whatsapp_is_warned_about_before_the_first_answer() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let call = office.fake.whatsapp_arrives("447700900461", "Siân", "Thistledown?", office.store.now());
        assert_eq!(office.told("whatsapp", &call), Ok(1));
        assert_eq!(office.told("whatsapp", &call), Ok(1), "told twice");
        let id = office.only(&adviser);
        let words = Writing { words: "We can help.".to_owned(), ..Writing::default() };
        let first = outward::answer(&office.desk(&adviser), &office.channels, id, &words).unwrap();
        let second = outward::answer(&office.desk(&adviser), &office.channels, id, &words).unwrap();
        assert_eq!((first.warned_first, second.warned_first), (true, false));
        // Should the warning not go, the answer does not either.
        office.fake.trouble(503);
        office.works(&office.channels).errands(&mut ChannelRound::default());
        assert!(office.fake.words_sent().is_empty(), "{:?}", office.fake.words_sent());
        for _ in 0..6 {
            office.forward(SignedDuration::from_mins(10));
            office.works(&office.channels).errands(&mut ChannelRound::default());
        }
        let words = office.fake.words_sent();
        assert_eq!(words.len(), 3, "{words:?}");
        assert!(words[0].contains("cannot make WhatsApp safe") && words[1].contains("We can help."));
        assert!(inbox::open(&office.desk(&adviser), id).unwrap().warned.is_some());
        let figures = office
            .store
            .channel_figures(office.controller, Channel::WhatsApp, jiff::civil::date(2026, 11, 20))
            .unwrap();
        assert_eq!((figures.unwarned, figures.warned.number), (0, 1));

        // Nobody can look at the provider's copy: when its period is over, a person confirms.
        settle::discard(&office.desk(&adviser), id, DiscardReason::Empty).unwrap();
        office.round();
        let owed = |who: &Actor| inbox::chase(&office.desk(who)).unwrap().copies;
        assert!(owed(&adviser).iter().any(|o| o.copy.state == Copy::Asked));
        office.forward(SignedDuration::from_hours(32 * 24));
        office.round();
        let item = owed(&adviser).into_iter().find(|o| &o.copy.id == id.as_bytes()).unwrap();
        assert_eq!(item.copy.state, Copy::ByHand);
        inbox::confirm_removed(&office.desk(&adviser), item.copy.id).unwrap();
        assert!(inbox::confirm_removed(&office.desk(&adviser), item.copy.id).unwrap_err().is_refusal());
        assert!(!owed(&adviser).iter().any(|o| o.copy.id == item.copy.id));
    });
}

#[test]
fn a_provider_that_fails_is_tried_again_and_then_shown() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let person = office.person(&adviser, "Ellis", "", NUMBER);
        let case = office.case(&adviser, person);
        let update = Writing { channel: "sms".into(), template: "update".into(), ..Writing::default() };
        outward::write(&office.desk(&adviser), &office.channels, case, &update).unwrap();
        for _ in 0..8 {
            office.fake.trouble(503);
            let mut round = ChannelRound::default();
            office.works(&office.channels).errands(&mut round);
            assert!(round.troubles.iter().all(|t| !t.contains("7700")), "{round:?}");
            office.forward(SignedDuration::from_mins(20));
        }
        let failed = inbox::chase(&office.desk(&adviser)).unwrap().messages;
        assert_eq!(failed[0].state, Delivery::Failed);
        assert!(failed[0].why.contains("tried again later (its code 503)"), "{}", failed[0].why);
        // A number that does not exist is no matter of trying again.
        let gone = office.person(&adviser, "Vaughan", "", "07700 900000");
        let case = office.case(&adviser, gone);
        outward::write(&office.desk(&adviser), &office.channels, case, &update).unwrap();
        for _ in 0..5 {
            office.round();
            office.forward(SignedDuration::from_mins(20));
        }
        let failed = inbox::chase(&office.desk(&adviser)).unwrap().messages;
        assert!(failed.iter().any(|m| m.state == Delivery::NoSuch), "{failed:?}");
    });
}

#[test]
fn a_chat_ends_in_the_case_and_at_its_source() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let lines = [("visitor", "The Thistledown bailiffs came."), ("adviser", "Do not open.")];
        office.fake.chat_ends("Siân", "sian@example.org", &lines, office.store.now());
        office.round();
        let id = office.only(&adviser);
        let moved = move_as_ticked(office, &adviser, id, new_person("Ellis", "sian@example.org"));
        assert!(office.notes(&adviser, moved.person).contains("visitor: The Thistledown bailiffs came."));
        office.round();
        assert!(!office.fake.holds("Thistledown"));
        let nobody = outward::answer(&office.desk(&adviser), &office.channels, id, &Writing::default());
        assert!(nobody.unwrap_err().is_refusal());
    });
}

fn enquiry(token: &str, answers: &[(&str, &str)]) -> Submission {
    Submission {
        form: PublicForm::Enquiry,
        token: token.repeat(64),
        office: String::new(),
        answers: answers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        language: "cy".to_owned(),
    }
}

#[test]
fn a_public_form_takes_what_is_declared_and_nothing_else() {
    each(|office| {
        let automation = office.system();
        let adviser = office.staff("Weir Street", Role::Adviser);
        let weir = casebook::office_of(&adviser).unwrap().to_string();
        let submit = |sent: &Submission| {
            let sent = Submission { office: weir.clone(), ..sent.clone() };
            forms::submit(&office.desk(&automation), &office.channels, &sent)
        };
        let said = [("your-question", "Thistledown?"), ("contact", "sian@example.org, after six")];
        let by = submit(&enquiry("a", &said)).unwrap();
        assert_eq!(by.to_string(), "2026-11-27");
        submit(&enquiry("a", &said)).unwrap();
        let id = office.only(&adviser);
        let opened = inbox::open(&office.desk(&adviser), id).unwrap();
        assert_eq!(opened.item.text.address, "sian@example.org");
        assert_eq!(opened.item.text.language, "cy");
        for (answers, says) in [
            (
                &[("your-question", "x"), ("contact", "sian@example.org"), ("religion", "none")][..],
                "cannot be collected",
            ),
            (&[("your-question", "x")], "`contact` must be mended"),
            (&[("your-question", "x"), ("contact", "ask my sister")], "`contact` must be mended"),
        ] {
            let refused = submit(&enquiry("b", answers)).unwrap_err();
            assert!(refused.to_string().contains(says), "{refused}");
        }
        let short = Submission { token: "short".into(), ..enquiry("c", &said) };
        assert!(submit(&short).is_err());
        let referral = |consent: &str| Submission {
            form: PublicForm::Referral,
            ..enquiry(
                "d",
                &[
                    ("clients-name", "Siân Ellis"),
                    ("clients-contact", NUMBER),
                    ("clients-consent", consent),
                    ("what-they-need", "Debt advice"),
                    ("referrers-name-and-contact", "Dr Ann Pryce, Harbour Surgery"),
                ],
            )
        };
        assert!(submit(&referral("no")).is_err(), "no referral without the person's agreement");
        submit(&referral("yes")).unwrap();
        assert_eq!(inbox::queue(&office.desk(&adviser), true).unwrap().len(), 2);
        let moved = move_as_ticked(office, &adviser, id, new_person("Ellis", "sian@example.org"));
        assert!(office.notes(&adviser, moved.person).contains("your question: Thistledown?"));
    });
}

#[test]
fn calls_visits_and_letters_are_logged_once_with_their_source() {
    each(|office| {
        let reception = office.staff("Weir Street", Role::Reception);
        let adviser = office.staff("Weir Street", Role::Adviser);
        let log = |logged: &Logged| arrive::log(&office.desk(&reception), &office.channels, logged);
        let call = Logged {
            channel: "phone".into(),
            from: "Siân".into(),
            address: NUMBER.into(),
            words: "Called about rent.".into(),
            files: vec![("call.wav".into(), "audio/wav".into(), b"RIFF Thistledown".to_vec())],
            token: "t1".into(),
            ..Logged::default()
        };
        let id = log(&call).unwrap();
        assert_eq!(log(&call).unwrap(), id, "sent twice, it is one item");
        for wrong in [
            Logged { channel: "email".into(), ..call.clone() },
            Logged { channel: "pigeon".into(), ..call.clone() },
            Logged { words: " ".into(), files: Vec::new(), token: "t2".into(), ..call.clone() },
        ] {
            assert!(log(&wrong).unwrap_err().is_refusal());
        }
        let moved = move_as_ticked(office, &adviser, id, new_person("Ellis", "sian@example.org"));
        let documents = office
            .store
            .act(&adviser, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
                let permit = tx.permit(Record::Document(None), moved.person, &Terms::default())?;
                tx.documents_of(&permit)
            })
            .unwrap();
        assert_eq!(documents[0].text.source, "recording/phone");
        // The telephone system's own recording is a person's to remove.
        let owed = inbox::chase(&office.desk(&reception)).unwrap().copies;
        assert_eq!(owed[0].copy.state, Copy::ByHand);
    });
}

#[test]
fn what_nobody_moves_is_shown_past_its_limit() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.text_arrives("+447700900461", "Hello?", office.store.now());
        office.round();
        let ages = |who: &Actor| inbox::queue(&office.desk(who), true).unwrap()[0].age;
        assert_eq!(ages(&adviser), Age::InTime);
        assert!(inbox::chase(&office.desk(&adviser)).unwrap().items.is_empty());
        office.forward(SignedDuration::from_hours(3 * 24));
        assert_eq!(ages(&adviser), Age::Today, "Friday's text is owed on Monday");
        office.forward(SignedDuration::from_hours(24));
        assert_eq!(ages(&adviser), Age::Past);
        assert_eq!(inbox::chase(&office.desk(&adviser)).unwrap().items.len(), 1);
    });
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for child in std::fs::read_dir(folder).unwrap() {
        let path = child.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

#[test]
fn the_drain_leaves_an_items_words_in_the_case_and_nowhere_else() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.mail_arrives(MAIL);
        office.fake.text_arrives("+447700900461", "Thistledown by text", office.store.now());
        office.fake.chat_ends(
            "Siân",
            "s@example.org",
            &[("visitor", "Thistledown in chat")],
            office.store.now(),
        );
        office.round();
        let queue = inbox::queue(&office.desk(&adviser), true).unwrap();
        assert_eq!(queue.len(), 3);
        let person = office.person(&adviser, "Ellis", "sian@example.org", NUMBER);
        let case = office.case(&adviser, person);
        for waiting in &queue {
            move_as_ticked(office, &adviser, waiting.line.id, Target::Case(case));
        }
        office.round();
        office.store.scrub().unwrap();
        // In the case.
        let notes = office.notes(&adviser, person);
        for words in ["Thistledown arrears", "Thistledown by text", "Thistledown in chat"] {
            assert!(notes.contains(words), "{notes}");
        }
        // In no mailbox, gateway or chat.
        for words in ["Thistledown", "Brackenwhistle", "Cobaltthimble"] {
            assert!(!office.fake.holds(words), "{words}");
        }
        // In no channel table: no sealed words, no part, no key; in no job.
        for (table, what) in [
            ("inbox_item", "length(sealed) > 0 OR content <> 'scrubbed' OR sender_blind IS NOT NULL"),
            ("inbox_part", "1 = 1"),
            ("channel_copy", "length(sealed) > 0 OR state <> 'gone'"),
            ("job", "length(sealed) > 0"),
        ] {
            assert_eq!(count(office, table, what), 0, "{table}");
        }
        // In no file, not even plain.
        for path in files(office.folder.path()) {
            let content = std::fs::read(&path).unwrap();
            for words in ["Thistledown", "Brackenwhistle", "Cobaltthimble"] {
                assert!(
                    !content.windows(words.len()).any(|w| w == words.as_bytes()),
                    "{words} in {}",
                    path.display()
                );
            }
        }
        // What was dropped is nowhere at all: no key opens it.
        assert_eq!(office.store.intake_figures(office.controller).unwrap().not_emptied, 0);
        assert_eq!(office.store.health().unwrap().files, 1, "the one document that was kept");
    });
}

fn count(office: &Office, table: &str, what: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE {what}");
    match &office.place {
        Place::Folder(folder) => {
            let conn = rusqlite::Connection::open(folder.join("counterfoil.db")).unwrap();
            conn.query_row(&sql, [], |row| row.get(0)).unwrap()
        }
        Place::Postgres { schema, address, .. } => {
            let program = ["psql", "/usr/lib/postgresql/15/bin/psql"]
                .into_iter()
                .find(|p| std::process::Command::new(p).arg("--version").output().is_ok());
            let Some(program) = program else {
                println!("skipped: there is no psql here");
                return 0;
            };
            let sql = format!("SET search_path TO {schema}; {sql}");
            let out =
                std::process::Command::new(program).args([address, "-tA", "-c", &sql]).output().unwrap();
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            String::from_utf8_lossy(&out.stdout).lines().last().unwrap().trim().parse().unwrap()
        }
    }
}

#[test]
fn a_race_for_an_item_has_one_winner() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let other = office.staff("Weir Street", Role::Supervisor);
        let person = office.person(&adviser, "Ellis", "sian@example.org", NUMBER);
        let case = office.case(&adviser, person);
        office.fake.mail_arrives(MAIL);
        office.round();
        let id = office.only(&adviser);
        let moving = Moving { target: Target::Case(case), keep: vec![1], summary: String::new() };
        let done: Vec<bool> = std::thread::scope(|scope| {
            let a = scope.spawn(|| settle::move_item(&office.desk(&adviser), id, &moving).is_ok());
            let b = scope.spawn(|| settle::move_item(&office.desk(&other), id, &moving).is_ok());
            vec![a.join().unwrap(), b.join().unwrap()]
        });
        assert_eq!(done.iter().filter(|d| **d).count(), 1, "{done:?}");
        assert_eq!(office.notes(&adviser, person).matches("Thistledown").count(), 1);
    });
}

#[test]
fn an_unmoved_item_is_part_of_the_answer_to_a_rights_request() {
    each(|office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let officer = office.staff("Market Hall", Role::IgOfficer);
        let person = office.person(&adviser, "Ellis", "sian@example.org", "");
        office.fake.mail_arrives(MAIL);
        office.round();
        let desk = office.desk(&officer);
        let reception = counterfoil_service::rights::Reception {
            office: casebook::office_of(&officer).unwrap(),
            right: counterfoil_domain::rights::Right::Access,
            division: counterfoil_domain::place::Division::EnglandAndWales,
            received_on: jiff::civil::date(2026, 11, 20),
            text: counterfoil_service::rights::RequestText {
                requester: "Siân Ellis".into(),
                capacity: "self".into(),
                reply_to: "sian@example.org".into(),
                ..Default::default()
            },
        };
        let received = counterfoil_service::rights::receive(&desk, &reception).unwrap();
        counterfoil_service::rights::identify(&desk, &received.reference, person, "known").unwrap();
        let searched =
            counterfoil_service::rights::search(&desk, &received.reference, &[], &|_, _, _| ()).unwrap();
        let inbox = searched.iter().find(|s| s.source == "inbox").unwrap();
        assert_eq!((inbox.result.as_str(), inbox.items), ("held", 2), "the words and the file");
    });
}

#[test]
fn two_lines_of_one_name_are_refused() {
    let fake = Fake::start().unwrap();
    let line = || Line {
        provider: Box::new(Chat::new(fake.chat("chat")).unwrap()),
        office: "x".into(),
        phone: String::new(),
    };
    assert!(matches!(Channels::new(vec![line(), line()]), Err(ServiceError::Invalid(_))));
}
