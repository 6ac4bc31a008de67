//! What records say of themselves: who is answerable. Kept by being exercised, and seen to break, on both engines.

use counterfoil_domain::access::Purpose;
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::letters::LetterKind;
use counterfoil_domain::rights::Right;
use counterfoil_service::casebook::people::{self, Taken};
use counterfoil_service::casebook::{self, Identity, NewPerson, Profile, Protection, Recorded};
use counterfoil_service::letters::{self, Language, Letter, Points};
use counterfoil_service::promises::{self, Line};
use counterfoil_service::rights::other::recipients;
use counterfoil_service::rights::sources::{self, Brought, SourceReply};
use counterfoil_service::rights::{self, Desk, PublicRequest, RequestText};
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::{DisclosureText, Given, disclose, recipients as directory};
use counterfoil_service::store::Actor;

use crate::story::{World, each};

/// What the tests below keep and break.
pub const WHOLE: [&str; 2] = ["N1", "N20"];

const OFFICER: &str = "ines@hearth-advice.example";

impl World {
    fn line_of(&self, id: &str) -> Line {
        let ledger = promises::ledger(&self.store, self.made.controller, &self.calendar, &self.law).unwrap();
        ledger.promises.into_iter().find(|p| p.id == id).expect("the promise")
    }

    /// A request for correction of somebody of Lancaster who is identified, and who they are.
    fn known(&self, desk: &Desk<'_>) -> (String, PersonId) {
        let list = rights::list(desk, 200).unwrap();
        let asked = |r: &&rights::RequestSummary| r.requester == "Solveig Aune" && r.right == "rectification";
        let reference = list.iter().find(asked).expect("the request").reference.clone();
        let (_, found) = rights::candidates(desk, &reference, None).unwrap();
        (reference, found.first().expect("somebody alike").person)
    }

    fn of_requester(&self, desk: &Desk<'_>, requester: &str) -> String {
        let list = rights::list(desk, 200).unwrap();
        list.into_iter().find(|r| r.requester == requester).expect(requester).reference
    }
}

fn letter(desk: &Desk<'_>, reference: &str, kind: LetterKind, language: Language) -> Letter {
    let points = Points {
        said: "Because of the harbour.".into(),
        language: Some(language),
        site: "https://site.example".into(),
        ..Points::default()
    };
    letters::draft(desk, reference, kind, &points).unwrap()
}

/// Every one of these is in the text and none of those.
fn says(letter: &Letter, these: &[&str], not: &[&str]) {
    let text = letter.text();
    for words in these {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
    for words in not {
        assert!(!text.contains(words), "`{words}` is in\n{text}");
    }
}

#[test]
fn a_letter_names_the_local_office_alone_where_it_alone_is_answerable() {
    each("advice-network", |world| {
        let who = world.actor(OFFICER);
        let desk = world.desk(&who);
        let reference = world.of_requester(&desk, "Wren Ashgrove");
        let national = ["Hearth Advice Network", "ZB999101", "dpo@hearth", "1 Weir Street"];
        let refusal = letter(&desk, &reference, LetterKind::Refusal, Language::En);
        let kendal = ["ZB999103", "dp-kendal@hearth-advice.example", "3 Guildhall Yard", "01632 960 120"];
        says(&refusal, &kendal, &national);
        says(
            &refusal,
            &["Hearth Advice Kendal alone is the controller", "answered by Hearth Advice Kendal"],
            &[],
        );
        let welsh = letter(&desk, &reference, LetterKind::Refusal, Language::Cy);
        says(&welsh, &kendal, &national);
        says(
            &welsh,
            &["Hearth Advice Kendal yn unig yw rheolydd", "Atebir eich cais gan Hearth Advice Kendal"],
            &[],
        );
        assert_eq!(refusal.answerable, Some(vec!["kendal".to_owned()]));
        let told = letter(&desk, &reference, LetterKind::Identity, Language::En);
        says(&told, &["Hearth Advice Kendal alone"], &national);
    });
}

#[test]
fn a_letter_names_the_joint_controllers_with_their_contact_point_and_both_where_both_hold() {
    each("advice-network", |world| {
        let who = world.actor(OFFICER);
        let desk = world.desk(&who);
        let list = rights::list(&desk, 200).unwrap();
        let asked = |r: &&rights::RequestSummary| r.requester == "Gethin Marlowe" && r.right == "access";
        let reference = list.into_iter().find(|r| asked(&r)).expect("the request").reference;
        let jointly = [
            "For Casework in the shared casebook these are joint controllers: Hearth Advice Network, Hearth Advice \
             Lancaster, Hearth Advice Kendal, Hearth Advice Carlisle, Cyngor Hearth Bangor.",
            "The contact point is information@hearth-advice.example.",
            "Your request is answered by Hearth Advice Lancaster.",
            "ZB999102",
        ];
        let first = letter(&desk, &reference, LetterKind::Refusal, Language::En);
        says(&first, &jointly, &["alone is the controller", "ZB999103"]);
        let welsh = letter(&desk, &reference, LetterKind::Acknowledgement, Language::Cy);
        says(&welsh, &["Ar gyfer Gwaith achos yn y llyfr achosion a rennir", "Yr elusen genedlaethol"], &[]);

        let sheet = Brought { name: "ledger.txt".into(), content: b"G. Marlowe, expenses.".to_vec() };
        let held = SourceReply { result: "held".into(), said: String::new(), files: vec![sheet] };
        sources::record(&desk, &reference, "Finance", &held).unwrap();
        let both = letter(&desk, &reference, LetterKind::Refusal, Language::En);
        says(&both, &jointly, &[]);
        says(&both, &["For what is kept in Finance, Hearth Advice Lancaster alone is the controller."], &[]);
    });
}

#[test]
fn the_public_page_and_the_asker_are_told_by_the_office_that_was_chosen() {
    each("advice-network", |world| {
        let public = Actor::Automation { controller: world.made.controller };
        let desk = world.desk(&public);
        let offices = rights::offices(&desk).unwrap();
        let (bangor, _) = offices.iter().find(|(_, name)| name == "Bangor").expect("the office");
        let said =
            |office: &str, language| format!("{:?}", letters::answerable_for_new(&desk, office, language));
        assert!(said(bangor, Language::En).contains("answered by Cyngor Hearth Bangor"));
        assert!(said(bangor, Language::Cy).contains("Atebir eich cais gan Cyngor Hearth Bangor"));
        let text = RequestText {
            requester: "Gethin Vaughan".into(),
            capacity: "self".into(),
            reply_to: "gethin@mail.example".into(),
            wording: "Everything.".into(),
            office: bangor.clone(),
            ..RequestText::default()
        };
        let asked = PublicRequest { token: "5".repeat(64), right: Right::Access, text };
        let received = rights::ask(&desk, &asked).unwrap();
        let officer = world.actor(OFFICER);
        let found =
            letters::answerable_for(&world.desk(&officer), &received.reference, Language::En).unwrap();
        assert_eq!(found.ids(), ["bangor"]);
    });
}

#[test]
fn the_promise_of_who_is_answerable_is_kept_and_an_office_without_a_controller_breaks_it() {
    each("advice-network", |world| {
        let line = world.line_of("N1");
        assert_eq!(line.state, "kept", "{:?}", line.controls);
        let control = line.controls.iter().find(|c| c.control == "answerable").expect("the control");
        assert!(control.figures.iter().any(|f| f.name.contains("without the national body") && f.number > 0));

        let admin = world.actor("nia@hearth-advice.example");
        counterfoil_service::network::add_office(&world.desk(&admin), "Ulverston", "england-and-wales", "en")
            .unwrap();
        let line = world.line_of("N1");
        let control = line.controls.iter().find(|c| c.control == "answerable").expect("the control");
        assert_eq!((line.state, control.state), ("broken", "broken"));
        assert_eq!(control.records, ["Ulverston"]);
    });
}

fn control(line: &Line, code: &str) -> &'static str {
    line.controls.iter().find(|c| c.control == code).expect("the control").state
}

/// What names a recipient without an entry shows with the reason, and is mended once.
fn mended(desk: &Desk<'_>) {
    let waiting = directory::to_mend(desk).unwrap();
    let areas: Vec<_> = waiting.iter().map(|w| (w.area, &*w.name, &*w.why)).collect();
    assert_eq!(
        areas,
        [
            ("permission", "Harbour Trust", "the trust is new this year"),
            ("telling", "Harbour Trust", "the trust is new this year"),
        ]
    );
    assert!(directory::mend(desk, "telling", &waiting[1].key, "harbour").unwrap_err().is_refusal());
    for line in &waiting {
        directory::mend(desk, line.area, &line.key, "referral-partners").unwrap();
        assert!(directory::mend(desk, "permission", &waiting[0].key, "dwp").is_err(), "mended already");
    }
    assert!(directory::to_mend(desk).unwrap().is_empty());
}

#[test]
fn one_entry_is_one_recipient_in_authorities_disclosures_and_tellings() {
    each("advice-network", |world| {
        let line = world.line_of("N20");
        assert_eq!(line.state, "kept", "{:?}", line.controls);
        let who = world.actor(OFFICER);
        let desk = world.desk(&who);
        let (reference, person) = world.known(&desk);

        // An authority: by its name it is the entry; another needs its reason.
        let adviser = world.actor("ada@hearth-advice.example");
        let ada = world.desk(&adviser);
        let giving = |party: &str, why: &str| Giving {
            parties: vec![party.into()],
            unlisted_why: why.into(),
            fields: vec!["name".into()],
            given: Some(Given::Written),
            evidence: "a signed sheet".into(),
            ..Giving::default()
        };
        let given = permissions::give(&ada, person, &giving("your council", "")).unwrap();
        assert_eq!(given.names, ["your council"]);
        let refused = permissions::give(&ada, person, &giving("Harbour Trust", "new")).unwrap_err();
        assert!(refused.to_string().contains("say in a few words why none fits"), "{refused}");
        assert_eq!(world.line_of("N20").state, "kept");
        permissions::give(&ada, person, &giving("Harbour Trust", "the trust is new this year")).unwrap();
        assert_eq!(control(&world.line_of("N20"), "listed"), "at-risk", "a thing to mend");

        // A telling: the same.
        let whom = |entry: &str, name: &str, why: &str| recipients::Whom {
            entry: entry.into(),
            name: name.into(),
            unlisted_why: why.into(),
        };
        let told = "the address is corrected";
        recipients::add(&desk, &reference, &whom("housing", "Harbour Homes", ""), told).unwrap();
        recipients::add(&desk, &reference, &whom("", "Your council", ""), told).unwrap();
        assert!(recipients::add(&desk, &reference, &whom("harbour", "", ""), told).unwrap_err().is_refusal());
        assert!(
            recipients::add(&desk, &reference, &whom("", "Harbour Trust", ""), told)
                .unwrap_err()
                .is_refusal()
        );
        let trust = whom("", "Harbour Trust", "the trust is new this year");
        recipients::add(&desk, &reference, &trust, told).unwrap();
        let panel = counterfoil_service::rights::other::panel::panel(&desk, &reference).unwrap();
        let noted: Vec<_> =
            panel.recipients.iter().map(|(l, ..)| (&*l.text.entry, &*l.text.recipient)).collect();
        assert!(
            noted.contains(&("housing", "Harbour Homes")) && noted.contains(&("council", "your council"))
        );

        mended(&desk);
        assert_eq!(world.line_of("N20").state, "kept");
    });
}

#[test]
fn a_disclosure_names_its_recipient_from_the_directory_and_propagates_to_it() {
    each("advice-network", |world| {
        let who = world.actor(OFFICER);
        let desk = world.desk(&who);
        let (reference, person) = world.known(&desk);
        assert!(!recipients::received(&desk, &reference).unwrap().contains(&"safeguarding".to_owned()));
        let proposal = |recipient: &str, name: &str, why: &str| disclose::Proposal {
            text: DisclosureText {
                ground: "immediate-harm".into(),
                recipient: recipient.into(),
                recipient_name: name.into(),
                unlisted_why: why.into(),
                country: "GB".into(),
                purpose: "to keep him safe".into(),
                ..DisclosureText::default()
            },
            ..disclose::Proposal::default()
        };
        let tried = |p: &disclose::Proposal| disclose::propose(&desk, person, p);
        let bare = tried(&proposal("", "Harbour Watch", "")).unwrap_err();
        assert!(bare.to_string().contains("not in the directory"), "{bare}");
        // By its name it is the entry; what the ground lacks is another matter and is recorded.
        let named = "social services and the police, where someone may be harmed";
        let id = tried(&proposal("", named, "")).unwrap().id();
        let adviser = world.actor("ada@hearth-advice.example");
        let kept = disclose::list(&world.desk(&adviser), person).unwrap();
        let stored = kept.iter().map(|(d, _)| d).find(|d| d.id == id).unwrap();
        assert_eq!(stored.text.recipient, "safeguarding");
    });
}

#[test]
fn a_directory_of_names_alone_breaks_the_promise() {
    let house = crate::promises::House::new("advice-network", None);
    house.tamper(
        "INSERT INTO permission (controller_id, id, person_id, kind, purpose, version, given_on, code_blind, sealed, \
         recorded_by, made_at, unlisted) SELECT controller_id, x'00000000000000000000000000000001', id, 'authority', '', \
         1, '2026-11-01', x'01', x'00', x'00', made_at, 0 FROM person",
        [],
    );
    assert_eq!(house.control("N20", "listed"), "kept");
    house.tamper("UPDATE permission SET unlisted = 1", []);
    assert_eq!((house.control("N20", "listed"), house.state("N20")), ("broken", "broken"));
}

#[test]
fn each_detail_of_a_person_states_its_source_and_the_access_request_tells_it() {
    each("council", |world| {
        assert_eq!(world.line_of("C28").state, "kept");
        let who = world.actor("bryn@glenarrow.example");
        let desk = world.desk(&who);
        let office = counterfoil_service::casebook::office_of(&who).unwrap();
        let profile = Profile {
            forenames: "Wenna".into(),
            surname: "Trevose".into(),
            phones: vec!["07700 900777".into()],
            ..Profile::default()
        };
        let new = NewPerson {
            office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: profile.clone(),
            shares_contact: false,
        };
        let none = people::record(&desk, &new, &Taken::default()).unwrap_err();
        assert!(none.to_string().contains("say where the name, telephone number came from"), "{none}");
        assert!(people::record(&desk, &new, &Taken::from("gossip")).unwrap_err().is_refusal());
        let from = Taken { source: "employers".into(), on: Some("2026-11-03".parse().unwrap()) };
        let (Recorded::New(person), _) = people::record(&desk, &new, &from).unwrap() else { panic!("known") };

        // A change: what stays keeps its source, what is new states its own.
        let moved = Profile { emails: vec!["wenna@mail.example".into()], ..profile };
        let at = (person, 1);
        let silent = people::change(&desk, Purpose::ServiceDelivery, at, &moved, &Taken::default());
        assert!(silent.unwrap_err().to_string().contains("say where the e-mail address came from"));
        let you = Taken::from(people::THEMSELVES);
        people::change(&desk, Purpose::ServiceDelivery, at, &moved, &you).unwrap();
        let kept = casebook::open_person(&world.store, &who, Purpose::ServiceDelivery, person).unwrap();
        let said: Vec<_> =
            kept.profile.sources.iter().map(|s| (&*s.kind, &*s.source, s.on.to_string())).collect();
        let took = "2026-11-03".to_owned();
        assert_eq!(
            said,
            [
                ("name", "employers", took.clone()),
                ("email", "you", "2026-11-22".to_owned()),
                ("phone", "employers", took),
            ]
        );
        assert_eq!(world.line_of("C28").state, "kept");

        // Taken in without one, as an import of old records can be: a thing to put right.
        let bare = NewPerson { profile: Profile { surname: "Oldham".into(), ..Profile::default() }, ..new };
        casebook::record_person(&world.store, &who, Purpose::ServiceDelivery, &bare).unwrap();
        assert_eq!(control(&world.line_of("C28"), "own-sources"), "at-risk");

        // Art 15(1)(g): the sealed pack of the story says where the requester's own details came from.
        let officer = world.actor("kofi@glenarrow.example");
        let desk = world.desk(&officer);
        let list = rights::list(&desk, 100).unwrap();
        let sealed = list.iter().find(|r| r.state == "sealed").unwrap();
        let target = world.folder.path().join("pack");
        rights::release(&desk, &sealed.reference, &target, None).unwrap();
        let told = std::fs::read_to_string(target.join("01-how-we-use-your-information.html")).unwrap();
        assert!(told.contains("Where your own details came from"), "{told}");
        assert!(
            told.contains("e-mail address orla.dunne@mail.example: from you, the person concerned"),
            "{told}"
        );
    });
}

#[test]
fn the_day_of_a_source_is_no_date_of_birth_to_be_kept_from_the_requester() {
    each("council", |world| {
        let officer = world.actor("kofi@glenarrow.example");
        let desk = world.desk(&officer);
        let list = rights::list(&desk, 100).unwrap();
        let mut births = Vec::new();
        for request in list.iter().filter(|r| ["searched", "sealed"].contains(&r.state.as_str())) {
            let bench = rights::bench(&desk, &request.reference).unwrap();
            births.extend(bench.loose.into_iter().filter(|l| l.kind == "DATE_OF_BIRTH").map(|l| l.text));
        }
        assert!(!births.iter().any(|day| day.starts_with("20")), "{births:?}");
    });
}

#[test]
fn details_without_a_source_break_the_promise() {
    let house = crate::promises::House::new("council", None);
    assert_eq!(house.state("C28"), "kept");
    house.tamper("UPDATE person SET unsourced = 2", []);
    assert_eq!((house.control("C28", "own-sources"), house.state("C28")), ("broken", "broken"));
    house.tamper("UPDATE person SET unsourced = NULL", []);
    assert_eq!(house.control("C28", "own-sources"), "at-risk", "nobody has looked");
}
