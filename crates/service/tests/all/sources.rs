//! The search plan through its use-cases, on both engines: who is asked, what a colleague answers by a link, what
//! stops the release, and reminders.

use counterfoil_domain::ids::PersonId;
use counterfoil_domain::rights::Right;
use counterfoil_service::letters::{self, Language};
use counterfoil_service::rights::sources::{
    self, Brought, Link, NewQuestion, NotMine, Plan, PlannedSource, SourceReply,
};
use counterfoil_service::rights::{self, CastMember, Choice, Desk, Fate, Ground, figures};
use counterfoil_store::access::Actor;
use jiff::civil::{Date, date};

use crate::media::{break_it, state};
use crate::rights::{House, in_each, says};

/// The promise that this module keeps and breaks.
pub const WHOLE: [&str; 1] = ["C10"];

const LEISURE: &str = "Leisure memberships and bookings";
const PERSONNEL: &str = "Personnel files";
const WHERE: &str = "the membership index, by name and number";

/// The desk of whoever opens the public site: the system itself.
fn public<T>(house: &House, work: impl FnOnce(&Desk<'_>) -> T) -> T {
    let who = Actor::Automation { controller: house.controller };
    work(&Desk { store: &house.store, who: &who, calendar: &house.calendar, law: &house.law })
}

fn plan(house: &House, reference: &str) -> Plan {
    sources::plan(&house.desk("ines"), reference).unwrap()
}

fn source(house: &House, reference: &str, name: &str) -> PlannedSource {
    let plan = plan(house, reference);
    let found = plan.sources.into_iter().find(|s| s.source == name);
    found.unwrap_or_else(|| panic!("no {name} in the plan"))
}

/// A searched request with only these systems in its plan.
fn planned(house: &House, systems: &[&str]) -> (PersonId, String) {
    let (person, _) = house.person();
    let reference = house.asked(Right::Access, person, &[]);
    let ines = house.desk("ines");
    rights::search(&ines, &reference, &[], &|_, _, _| ()).unwrap();
    let chosen: Vec<String> = systems.iter().map(|s| (*s).to_owned()).collect();
    sources::set_plan(&ines, &reference, &chosen, "never had anything to do with them").unwrap();
    (person, reference)
}

fn question(name: &str, due_on: Date) -> NewQuestion {
    NewQuestion {
        source: name.to_owned(),
        name: "Dewi Rees".to_owned(),
        email: "dewi.rees@council.example".to_owned(),
        question: "What do you hold about this membership?".to_owned(),
        whom: "Wilfred Ashgrove".to_owned(),
        known_by: "member 4471".to_owned(),
        period: "since 2021".to_owned(),
        due_on,
    }
}

fn ask(house: &House, reference: &str, name: &str) -> String {
    sources::ask_colleague(&house.desk("ines"), reference, &question(name, date(2026, 11, 20))).unwrap()
}

fn answer(result: &str, said: &str, files: &[(&str, &str)]) -> SourceReply {
    let file =
        |(name, text): &(&str, &str)| Brought { name: (*name).to_owned(), content: text.as_bytes().to_vec() };
    SourceReply { result: result.to_owned(), said: said.to_owned(), files: files.iter().map(file).collect() }
}

fn nothing() -> SourceReply {
    answer("none-held", WHERE, &[])
}

fn link(house: &House, secret: &str) -> Link {
    public(house, |desk| sources::link(desk, secret)).unwrap()
}

fn reply(house: &House, secret: &str, reply: &SourceReply) -> Link {
    public(house, |desk| sources::reply(desk, secret, reply)).unwrap()
}

fn decide_others(house: &House, reference: &str) {
    let ground = Ground { reason: "nobody is harmed".into(), ..Ground::default() };
    rights::decide(&house.desk("ines"), reference, &Choice::Others { fate: Fate::Release, ground }).unwrap();
}

#[test]
fn the_plan_is_drafted_from_the_register_and_what_is_left_out_has_its_reason() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Access, person, &[]);
        let draft = plan(house, &reference);
        assert!(draft.open && draft.sources.len() > 10, "the register's systems: {}", draft.sources.len());
        assert!(draft.sources.iter().all(|s| s.result.is_empty()) && draft.tally.stops(), "nobody was asked");
        let leisure = draft.sources.iter().find(|s| s.source == LEISURE).unwrap();
        assert_eq!(leisure.custodian, "Head of leisure");
        let ines = house.desk("ines");
        says(sources::set_plan(&ines, &reference, &["leisure-system".into()], "no"), "say why the systems");
        sources::set_plan(&ines, &reference, &["leisure-system".into()], "never worked for the council")
            .unwrap();
        let after = plan(house, &reference);
        assert_eq!((after.tally.waiting, after.tally.held), (1, 0));
        assert_eq!(after.tally.left_out, after.sources.len() - 2, "all but the casebook and leisure");
        let left_out = source(house, &reference, PERSONNEL);
        assert_eq!(left_out.result, "not-this-kind-of-person");
        assert_eq!(left_out.note, "never worked for the council");
        // An adviser does not see the plan, nor make one.
        says(sources::plan(&house.desk("ada"), &reference), "");
        says(sources::set_plan(&house.desk("ada"), &reference, &[], "never worked here"), "");
    });
}

#[test]
fn a_colleague_sees_what_they_must_know_and_what_they_send_is_reviewed_and_released() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system"]);
        let secret = ask(house, &reference, LEISURE);
        let Link::Open(asked) = link(house, &secret) else { panic!("the link opens") };
        assert_eq!((asked.whom.as_str(), asked.known_by.as_str()), ("Wilfred Ashgrove", "member 4471"));
        assert_eq!((asked.period.as_str(), asked.source.as_str()), ("since 2021", LEISURE));
        let planned = source(house, &reference, LEISURE);
        let open = planned.asked.expect("somebody is asked");
        assert_eq!((open.name.as_str(), open.due_on, open.chased), ("Dewi Rees", date(2026, 11, 20), 0));

        let letter = "Dear Ottoline Grey,\nWilfred Ashgrove swims on Tuesdays.\nKind regards\nPriya Nair\nPool Manager\n";
        let files = [("letter.txt", letter), ("letter.txt", "Wilfred Ashgrove paid 41.20.")];
        let done = reply(house, &secret, &answer("held", "", &files));
        assert!(matches!(done, Link::Open(_)), "taken: {done:?}");
        let held = source(house, &reference, LEISURE);
        assert_eq!((held.result.as_str(), held.items), ("held", 2));
        assert_eq!(held.questions.iter().map(|q| q.state.as_str()).collect::<Vec<_>>(), ["answered"]);

        // The review sees the files, each as its own item, and the people in them.
        rights::prepare(&house.desk("ines"), &reference, &|_, _| ()).unwrap();
        let bench = rights::bench(&house.desk("ines"), &reference).unwrap();
        let sent = bench.items.iter().filter(|i| i.source == LEISURE && i.name == "letter.txt").count();
        assert_eq!(sent, 2, "files of one name are kept apart");
        assert!(bench.counted && bench.people.iter().any(|p| p.name == "Priya Nair"));
        decide_others(house, &reference);
        rights::approve(&house.desk("marek"), &reference).unwrap();
        let sealed = rights::seal(&house.desk("ines"), &reference, &|_, _| ()).unwrap();
        assert_eq!(sealed.found, sealed.released + sealed.withheld + sealed.not_theirs);
        assert!(!plan(house, &reference).open, "a sealed request takes no answers");
        says(sources::record(&house.desk("ines"), &reference, PERSONNEL, &nothing()), "sealed");
        says(
            sources::ask_colleague(&house.desk("ines"), &reference, &question(PERSONNEL, date(2026, 11, 20))),
            "nobody need be asked",
        );
    });
}

#[test]
fn a_source_that_waits_or_failed_stops_the_release_and_says_why() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system", "personnel-files"]);
        let (ines, marek) = (house.desk("ines"), house.desk("marek"));
        decide_others(house, &reference);
        let secret = ask(house, &reference, LEISURE);
        assert_eq!(plan(house, &reference).tally.waiting, 2);
        for name in [LEISURE, PERSONNEL] {
            says(rights::approve(&marek, &reference), &format!("source `{name}` has not answered"));
        }
        says(rights::seal(&ines, &reference, &|_, _| ()), "has not answered");

        // Failed is not "nothing held".
        let failed = answer("failed", "the cabinet is locked and the key is lost", &[]);
        sources::record(&ines, &reference, PERSONNEL, &failed).unwrap();
        assert!(matches!(reply(house, &secret, &nothing()), Link::Open(_)));
        let now = plan(house, &reference);
        assert_eq!((now.tally.failed, now.tally.nil, now.tally.waiting), (1, 1 + nil_by_itself(&now), 0));
        assert!(now.tally.stops());
        says(rights::approve(&marek, &reference), PERSONNEL);
        assert_eq!(source(house, &reference, PERSONNEL).note, "the cabinet is locked and the key is lost");

        // It goes on without it only with a reason, which the letter states; or when the file is fetched.
        says(rights::waive(&ines, &reference, PERSONNEL, "no"), "say why");
        rights::waive(&ines, &reference, PERSONNEL, "the files of before 2009 burned").unwrap();
        assert!(!plan(house, &reference).tally.stops());
        rights::approve(&marek, &reference).unwrap();
        // A paper file that turns up after all: the approval was of something else.
        let found = answer("held", "", &[("scan.txt", "Wilfred Ashgrove, sick note of May.")]);
        sources::record(&ines, &reference, PERSONNEL, &found).unwrap();
        assert_eq!(rights::show(&ines, &reference).unwrap().approvals, 0, "approved was something else");
    });
}

/// Sources that the search itself answered with nothing, such as the inboxes.
fn nil_by_itself(plan: &Plan) -> usize {
    plan.sources.iter().filter(|s| s.result == "none-held" && s.system.is_empty()).count()
}

#[test]
fn a_link_answers_once_and_says_what_became_of_it() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system"]);
        let ines = house.desk("ines");
        let first = ask(house, &reference, LEISURE);
        let second = ask(house, &reference, LEISURE);
        assert_eq!(link(house, &first), Link::Withdrawn, "asked anew: the older link opens nothing");
        assert_eq!(reply(house, &first, &nothing()), Link::Withdrawn);
        for never in ["", "0", &second[1..], &format!("{second}0"), &"f".repeat(40)] {
            assert_eq!(link(house, never), Link::Unknown, "{never}");
            assert_eq!(reply(house, never, &nothing()), Link::Unknown);
        }
        // An answer that contradicts itself is not taken, and the link stays.
        for (wrong, why) in [
            (answer("held", WHERE, &[]), "add the files"),
            (answer("none-held", "no", &[]), "say in a sentence"),
            (answer("none-held", WHERE, &[("a.txt", "a")]), "something is held"),
            (answer("pending", WHERE, &[]), "choose one"),
            (answer("waived", WHERE, &[]), "choose one"),
        ] {
            says(public(house, |desk| sources::reply(desk, &second, &wrong)), why);
        }
        assert!(matches!(reply(house, &second, &nothing()), Link::Open(_)));
        // Sent twice: one answer, and the second is told that it is there.
        assert_eq!(reply(house, &second, &answer("held", "", &[("late.txt", "late")])), Link::Answered);
        assert_eq!(source(house, &reference, LEISURE).result, "none-held");

        // Withdrawn by the officer.
        let third = ask(house, &reference, LEISURE);
        sources::withdraw(&ines, &reference, LEISURE).unwrap();
        assert_eq!(link(house, &third), Link::Withdrawn);
        says(sources::withdraw(&ines, &reference, LEISURE), "nobody is asked");
        assert_eq!(source(house, &reference, LEISURE).result, "pending", "the source owes its answer still");

        // Too old: a month after its day.
        let fourth = ask(house, &reference, LEISURE);
        house.on("2026-12-20T12:00:00Z");
        assert!(matches!(link(house, &fourth), Link::Open(_)));
        house.on("2026-12-21T12:00:00Z");
        assert_eq!(link(house, &fourth), Link::Over);
        assert_eq!(reply(house, &fourth, &nothing()), Link::Over);
    });
}

#[test]
fn not_mine_leaves_the_source_waiting_and_names_whom_to_ask() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system"]);
        let secret = ask(house, &reference, LEISURE);
        let said = |whom: &str| NotMine { whom: whom.to_owned() };
        says(public(house, |desk| sources::not_mine(desk, &secret, &said(" "))), "say whom to ask");
        public(house, |desk| sources::not_mine(desk, &secret, &said("Angharad in bookings"))).unwrap();
        assert_eq!(link(house, &secret), Link::NotMine);
        let now = source(house, &reference, LEISURE);
        assert_eq!((now.result.as_str(), now.asked), ("pending", None));
        assert!(
            now.note.contains("Dewi Rees says") && now.note.contains("Angharad in bookings"),
            "{}",
            now.note
        );
        assert_eq!(
            (now.questions[0].state.as_str(), now.questions[0].said.as_str()),
            ("not-mine", "Angharad in bookings")
        );
        says(rights::approve(&house.desk("marek"), &reference), "has not answered");
    });
}

#[test]
fn a_late_answer_keeps_what_was_decided_and_its_people_are_still_to_be_decided() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system", "personnel-files"]);
        let ines = house.desk("ines");
        let letter = "From the pool.\nKind regards\nPriya Nair\nPool Manager\n";
        let secret = ask(house, &reference, LEISURE);
        reply(house, &secret, &answer("held", "", &[("a.txt", letter)]));
        rights::prepare(&ines, &reference, &|_, _| ()).unwrap();
        let priya = person(house, &reference, "Priya Nair");
        let ground = Ground { reason: "staff in their role".into(), ..Ground::default() };
        let member = CastMember::named(&priya.name, &priya.role);
        let choice = Choice::Person { member, fate: Fate::Release, ground, who: priya.key.clone() };
        rights::decide(&ines, &reference, &choice).unwrap();

        // The second file names more people, one of them more often than Priya: her key must stay hers.
        let late = "Signed\nCasper Holt\nStores Officer\n\nKind regards\nCasper Holt\nStores Officer\n\
                    Kind regards\nCasper Holt\nStores Officer\n";
        let secret = ask(house, &reference, PERSONNEL);
        assert!(matches!(reply(house, &secret, &answer("held", "", &[("b.txt", late)])), Link::Open(_)));
        rights::prepare(&ines, &reference, &|_, _| ()).unwrap();
        let after = person(house, &reference, "Priya Nair");
        assert_eq!((after.key.as_str(), after.state.as_str()), (priya.key.as_str(), "kept"));
        let casper = person(house, &reference, "Casper Holt");
        assert!(casper.key != priya.key && casper.state == "undecided", "{casper:?}");
        says(rights::approve(&house.desk("marek"), &reference), "nothing is decided");
        // The source about whose items something is decided does not answer again over it.
        let again = sources::record(&ines, &reference, LEISURE, &nothing());
        says(again, "undo them before it answers again");
    });
}

fn person(house: &House, reference: &str, name: &str) -> rights::BenchPerson {
    let bench = rights::bench(&house.desk("ines"), reference).unwrap();
    let found = bench.people.iter().find(|p| p.name == name);
    found.unwrap_or_else(|| panic!("no {name} among {:?}", bench.people)).clone()
}

#[test]
fn reminders_go_out_in_their_turn_and_the_officers_own_step_waits_for_them() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system"]);
        ask(house, &reference, LEISURE);
        let step = || source(house, &reference, LEISURE).asked.unwrap();
        let everyone = || {
            sources::chase_for_everyone(&house.store, house.controller, &house.calendar, &house.law).unwrap()
        };
        assert_eq!((step().step.as_str(), step().next), ("", Some(date(2026, 11, 18))));
        assert_eq!(everyone(), 0, "nothing is due");
        house.on("2026-11-18T09:00:00Z");
        assert_eq!(step().step, "colleague");
        // Another request's reminders are not this one's.
        assert_eq!(sources::chase(&house.desk("ines"), Some("R-2026-99999")).unwrap(), 0);
        assert_eq!(sources::chase(&house.desk("marek"), Some(&reference)).unwrap(), 1);
        assert_eq!((step().chased, step().step.as_str()), (1, ""));
        assert_eq!(sources::chase(&house.desk("marek"), Some(&reference)).unwrap(), 0, "once a step");
        house.on("2026-11-20T09:00:00Z");
        assert_eq!((everyone(), everyone()), (1, 0), "the worker reminds in the asker's name, once");
        house.on("2026-11-22T09:00:00Z");
        assert_eq!(step().step, "officer");
        assert_eq!((everyone(), sources::to_chase(&house.desk("ines"), None).unwrap().len()), (0, 1));
        sources::chased_by_hand(&house.desk("ines"), &reference, LEISURE).unwrap();
        assert_eq!((step().chased, step().step.as_str(), step().next), (3, "", None));
        let letters = letters::of_request(&house.desk("ines"), &reference).unwrap();
        assert_eq!(letters.iter().filter(|l| l.kind == "source-reminder").count(), 2);
        for line in letters {
            let shown = letters::show(&house.desk("ines"), &reference, line.id.parse().unwrap()).unwrap();
            let text = format!("{} {}", shown.letter.subject, shown.letter.text());
            assert!(!text.contains("Wilfred") && text.contains(&reference), "{text}");
        }
        says(sources::chased_by_hand(&house.desk("ines"), &reference, PERSONNEL), "nobody is asked");
    });
}

#[test]
fn the_letter_with_the_link_names_nobody_and_speaks_welsh() {
    let new = question(LEISURE, date(2026, 11, 20));
    for (language, day) in [(Language::En, "20 November 2026"), (Language::Cy, "20 Tachwedd 2026")] {
        let letter = sources::letter("R-2026-00001", &new, "https://x.example/answer/abc", language).unwrap();
        let text = format!("{} {}", letter.subject, letter.text());
        for part in ["https://x.example/answer/abc", LEISURE, day, "R-2026-00001"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        for hidden in ["Wilfred", "4471", "2021"] {
            assert!(!text.contains(hidden), "{hidden} stands behind the link only: {text}");
        }
    }
}

#[test]
fn a_question_must_be_whole_and_of_a_day_to_come() {
    in_each("council", "", |house| {
        let (_, reference) = planned(house, &["leisure-system"]);
        let good = question(LEISURE, date(2026, 11, 20));
        for wrong in [
            NewQuestion { name: " ".into(), ..good.clone() },
            NewQuestion { email: "dewi".into(), ..good.clone() },
            NewQuestion { question: String::new(), ..good.clone() },
            NewQuestion { whom: String::new(), ..good.clone() },
            NewQuestion { due_on: date(2026, 11, 9), ..good.clone() },
        ] {
            says(sources::ask_colleague(&house.desk("ines"), &reference, &wrong), "say who is asked");
        }
        let long = NewQuestion { question: "x".repeat(5001), ..good };
        says(sources::ask_colleague(&house.desk("ines"), &reference, &long), "no more than");
        assert_eq!(source(house, &reference, LEISURE).asked, None);
    });
}

#[test]
fn time_and_service_are_noted_shown_and_counted() {
    in_each("council", "", |house| {
        let reference = house.receive(Right::Access);
        let ines = house.desk("ines");
        let before = figures::noted(&ines, &reference).unwrap();
        assert!(before.services.len() > 3 && before.service.is_empty() && before.minutes == 0);
        let service = before.services[0].0.clone();
        figures::set_service(&ines, &reference, &service).unwrap();
        says(figures::set_service(&ines, &reference, "trams"), "choose a service");
        for minutes in [0, -5, 3601] {
            says(figures::note_time(&ines, &reference, minutes), "at least a minute");
        }
        figures::note_time(&ines, &reference, 90).unwrap();
        house.on("2026-11-10T10:00:00Z");
        figures::note_time(&house.desk("marek"), &reference, 25).unwrap();
        let noted = figures::noted(&ines, &reference).unwrap();
        let (day, minutes) = (date(2026, 11, 10), noted.minutes);
        assert_eq!((noted.service, noted.notes, minutes), (service.clone(), vec![(day, 90), (day, 25)], 115));
        figures::set_service(&ines, &reference, "").unwrap();
        assert_eq!(figures::noted(&ines, &reference).unwrap().service, "");
        says(figures::note_time(&house.desk("ada"), &reference, 5), "");
    });
}

#[test]
fn an_answer_is_sealed_only_when_every_system_and_paper_file_was_asked() {
    in_each("council", "", |house| {
        assert_eq!(state(house, "C10"), "not-exercised");
        let (person, _) = house.person();
        let reference = house.asked(Right::Access, person, &[]);
        let (ines, marek) = (house.desk("ines"), house.desk("marek"));
        rights::search(&ines, &reference, &[], &|_, _, _| ()).unwrap();
        decide_others(house, &reference);
        let before = plan(house, &reference);
        assert!(before.tally.stops() && before.tally.unplanned > 10, "{:?}", before.tally);
        for name in [LEISURE, PERSONNEL, "Burial registers"] {
            says(rights::approve(&marek, &reference), name);
        }
        says(
            rights::seal(&ines, &reference, &|_, _| ()),
            "nobody decided whether these systems and paper files",
        );
        // In the plan, and unanswered; a paper file as well as a system.
        let chosen = ["leisure-system", "burial-registers"].map(str::to_owned);
        sources::set_plan(&ines, &reference, &chosen, "never worked for the council").unwrap();
        says(rights::approve(&marek, &reference), "source `Burial registers` has not answered");
        sources::record(&ines, &reference, "Burial registers", &nothing()).unwrap();
        says(rights::approve(&marek, &reference), &format!("source `{LEISURE}` has not answered"));
        sources::record(&ines, &reference, LEISURE, &nothing()).unwrap();
        assert!(!plan(house, &reference).tally.stops());
        rights::approve(&marek, &reference).unwrap();
        rights::seal(&ines, &reference, &|_, _| ()).unwrap();
        assert_eq!(state(house, "C10"), "kept");
        if break_it(house, "UPDATE request_pack SET systems_unasked = 1") {
            assert_eq!(state(house, "C10"), "broken");
        }
    });
}
