//! The review workbench through its use-cases, on both engines: one decision everywhere, its undoing, who is
//! who, pages whose numbers stay, a preview that is what goes out, and work that survives a crash.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use counterfoil_domain::ids::PersonId;
use counterfoil_domain::rights::Right;
use counterfoil_finding::write::flow::{Flow, Item, Role as FlowRole, Run};
use counterfoil_finding::write::{self, Words};
use counterfoil_service::casebook::{self, DocumentText};
use counterfoil_service::rights::{
    self, Bench, BenchPerson, CastMember, Choice, Fate, Ground, Spot, TurnedPage, Work, Worker,
};
use jiff::SignedDuration;

use crate::rights::{House, in_each};

fn ground(code: &str, reason: &str) -> Ground {
    let test = [
        ("identifies", "yes"),
        ("consented", "no"),
        ("other", "ordinary"),
        ("information", "what they said about the rent"),
        ("confidentiality", "none was promised"),
        ("steps", "none: they cannot be reached"),
        ("capable", "yes"),
        ("refusal", "no"),
        ("reasonable", "no"),
        ("why", "they would not expect it"),
    ];
    let answers = test.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let answers = if code.is_empty() { BTreeMap::new() } else { answers };
    Ground { code: code.into(), reason: reason.into(), answers, known: false }
}

fn withheld() -> Ground {
    ground("S2-16", "a neighbour, who has not agreed")
}

fn mail(from: &str, to: &str, subject: &str, body: &str) -> Vec<u8> {
    let date = "Mon, 2 Nov 2026 10:00:00 +0000";
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nContent-Type: text/plain; \
         charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

fn pdf(lines: &[&str]) -> Vec<u8> {
    let text = |l: &&str| Item::Text(FlowRole::Paragraph, vec![Run::Text((*l).to_owned())]);
    let flow =
        Flow { title: "Report".into(), language: "en-GB".into(), items: lines.iter().map(text).collect() };
    write::pdf(&flow, &Words::default()).unwrap()
}

const OWN: &str = "Wilfred Ashgrove <w.ashgrove@mail.example>";
const CASPER: &str = "Casper Holt <casper.holt@mail.example>";

/// Papers of all kinds: letters between neighbours, a report in pages, a long note.
fn papers() -> Vec<(&'static str, Vec<u8>)> {
    let quoted = "Thank you, I will look into the damp on Monday.\n\nBest wishes\nPriya Nair\nHousing Officer\n\n\
                  On Mon, 2 Nov 2026 at 10:00, Wilfred Ashgrove wrote:\n> The wall of my flat is wet again.\n\
                  > Casper Holt upstairs says that it is the pipe.\n";
    let first = "The wall of my flat is wet again.\nCasper Holt upstairs says that it is the pipe.\n";
    let mut long = String::from("Notes of the inspection\n\n");
    for n in 1..=120 {
        writeln!(long, "Day {n}: the wall was measured again and Mr Holt was at home.\n").unwrap();
    }
    vec![
        ("01-first.eml", mail(OWN, "Housing <housing@council.example>", "Damp", first)),
        ("02-answer.eml", mail("Priya Nair <priya.nair@council.example>", OWN, "Re: Damp", quoted)),
        ("03-again.eml", mail(OWN, "Housing <housing@council.example>", "Damp", first)),
        (
            "04-neighbour.eml",
            mail(CASPER, OWN, "The pipe", "Wilfred, my plumber comes on Friday.\n\nCasper\n"),
        ),
        (
            "05-report.pdf",
            pdf(&[
                "Report on flat 3.",
                "Seen: Wilfred Ashgrove and Casper Holt.",
                "Ring 07700 900599 after six.",
            ]),
        ),
        ("06-notes.txt", long.into_bytes()),
    ]
}

/// A request of somebody who has these papers.
fn asked_with(house: &House, papers: &[(&'static str, Vec<u8>)]) -> (PersonId, String) {
    let (person, _) = house.person();
    for (name, content) in papers {
        let media_type = match name.rsplit_once('.').map(|(_, e)| e) {
            Some("eml") => "message/rfc822",
            Some("pdf") => "application/pdf",
            _ => "text/plain",
        };
        let about = DocumentText {
            name: (*name).into(),
            media_type: media_type.into(),
            source: "the client".into(),
            ..DocumentText::default()
        };
        casebook::add_document(&house.store, house.who("ada"), person, &about, content, None).unwrap();
    }
    let reference = house.asked(Right::Access, person, &[]);
    (person, reference)
}

fn searched(house: &House) -> String {
    let (_, reference) = asked_with(house, &papers());
    rights::search(&house.desk("ines"), &reference, &[], &|_, _, _| ()).unwrap();
    house.plan(&reference);
    reference
}

fn bench(house: &House, reference: &str) -> Bench {
    rights::bench(&house.desk("ines"), reference).unwrap()
}

fn person(bench: &Bench, name: &str) -> BenchPerson {
    let found = bench.people.iter().find(|p| p.name == name);
    found.unwrap_or_else(|| panic!("no {name} among {:?}", names(bench))).clone()
}

fn names(bench: &Bench) -> Vec<&str> {
    bench.people.iter().map(|p| p.name.as_str()).collect()
}

fn number(bench: &Bench, name: &str) -> i64 {
    bench.items.iter().find(|i| i.name == name).unwrap_or_else(|| panic!("no {name}")).number
}

fn about(person: &BenchPerson, fate: Fate, ground: Ground) -> Choice {
    let member = CastMember::named(&person.name, &person.role);
    Choice::Person { member, fate, ground, who: person.key.clone() }
}

fn decide(house: &House, reference: &str, choice: &Choice) -> i64 {
    rights::decide(&house.desk("ines"), reference, choice).unwrap().number
}

fn turn(house: &House, reference: &str, item: i64, page: usize) -> TurnedPage {
    rights::turn_to(&house.desk("ines"), reference, item, page).unwrap()
}

/// The words of lines, with labels.
fn said(lines: &[rights::Line]) -> String {
    let mut text = String::new();
    for line in lines {
        for piece in line.cells.iter().flatten() {
            text.push_str(&piece.text);
        }
        text.push('\n');
    }
    text
}

#[test]
fn one_decision_about_a_person_holds_in_every_item_and_can_be_undone() {
    in_each("council", "", |house| {
        let reference = searched(house);
        let before = bench(house, &reference);
        let casper = person(&before, "Casper Holt");
        assert!(casper.mentions > 120 && casper.items >= 5, "{casper:?}");
        assert_eq!((casper.state.as_str(), casper.role.as_str()), ("undecided", "third-party"));
        assert!(casper.forms.contains(&"casper.holt@mail.example".to_owned()), "{:?}", casper.forms);
        let priya = person(&before, "Priya Nair");
        assert_eq!((priya.role.as_str(), priya.suggestion.fate.as_str()), ("staff", "release"));
        assert!(priya.suggestion.why.iter().any(|w| w.contains("Housing Officer")), "{:?}", priya.suggestion);

        let decision = decide(house, &reference, &about(&casper, Fate::Withhold, withheld()));
        let after = bench(house, &reference);
        assert_eq!(person(&after, "Casper Holt").state, "withheld");
        assert_eq!(before.open - after.open, casper.mentions, "every mention is decided at once");
        for (name, item) in [("05-report.pdf", 1), ("06-notes.txt", 1), ("01-first.eml", 1)] {
            let page = turn(house, &reference, number(&after, name), item);
            assert!(!said(&page.released).contains("Holt"), "{name}: {}", said(&page.released));
            assert!(said(&page.lines).contains("Holt"), "{name}: the officer still sees it");
        }
        rights::undo(&house.desk("ines"), &reference, decision).unwrap();
        let undone = bench(house, &reference);
        assert_eq!((undone.open, person(&undone, "Casper Holt").state.as_str()), (before.open, "undecided"));

        decide(house, &reference, &about(&casper, Fate::Release, ground("", "he asked to be named")));
        let page = turn(house, &reference, number(&after, "05-report.pdf"), 1);
        assert!(said(&page.released).contains("Casper Holt"), "{}", said(&page.released));
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn one_mention_a_passage_a_page_a_box_and_an_item_are_decided_and_undone_alone() {
    in_each("council", "", |house| {
        let reference = searched(house);
        let list = bench(house, &reference);
        let casper = person(&list, "Casper Holt");
        decide(house, &reference, &about(&casper, Fate::Release, ground("", "he asked to be named")));
        let notes = number(&list, "06-notes.txt");
        let page = turn(house, &reference, notes, 2);
        let mark = page.mentions.first().expect("a mention of Mr Holt");
        let place = Spot::from_text(&mark.place).unwrap();
        let one = Choice::Mention {
            number: notes,
            place,
            text: mark.text.clone(),
            fate: Fate::Withhold,
            ground: withheld(),
        };
        let released = |page: &TurnedPage| said(&page.released).matches("Holt").count();
        let whole = released(&page);
        let alone = decide(house, &reference, &one);
        // The same words elsewhere were released on purpose; here they are not.
        assert_eq!(released(&turn(house, &reference, notes, 2)), whole - 1);
        assert_eq!(
            released(&turn(house, &reference, notes, 1)),
            released(&turn(house, &reference, notes, 1))
        );
        rights::undo(&house.desk("ines"), &reference, alone).unwrap();
        assert_eq!(released(&turn(house, &reference, notes, 2)), whole);

        let text = "the wall was measured again".to_owned();
        let passage = Choice::Passage { number: notes, text, fate: Fate::Withhold, ground: withheld() };
        let passage = decide(house, &reference, &passage);
        assert!(!said(&turn(house, &reference, notes, 1).released).contains("measured"));
        rights::undo(&house.desk("ines"), &reference, passage).unwrap();
        assert!(said(&turn(house, &reference, notes, 1).released).contains("measured"));

        let whole_page = Choice::Page {
            number: notes,
            part: vec![],
            page: Some(1),
            fate: Fate::Withhold,
            ground: withheld(),
        };
        let whole_page = decide(house, &reference, &whole_page);
        assert_eq!(turn(house, &reference, notes, 2).withheld, "S2-16");
        assert_eq!(turn(house, &reference, notes, 1).withheld, "");
        rights::undo(&house.desk("ines"), &reference, whole_page).unwrap();
        assert_eq!(turn(house, &reference, notes, 2).withheld, "");

        let report = number(&list, "05-report.pdf");
        let image =
            |released| rights::page_image(&house.desk("ines"), &reference, report, 1, released).unwrap();
        let (as_it_is, clean) = (image(false).unwrap(), image(true).unwrap());
        assert!(as_it_is.starts_with(&[0xff, 0xd8]), "a JPEG");
        let area = Choice::Area {
            number: report,
            part: vec![],
            page: 0,
            area: [500, 500, 3000, 2000],
            ground: withheld(),
        };
        let area = decide(house, &reference, &area);
        assert_ne!(image(true).unwrap(), clean, "the box is burnt into what goes out");
        assert_eq!(image(false).unwrap(), as_it_is, "and not into what the officer sees");
        assert!(turn(house, &reference, report, 1).boxes.iter().any(|b| b.decision == Some(area)));
        rights::undo(&house.desk("ines"), &reference, area).unwrap();
        assert_eq!(image(true).unwrap(), clean);

        let item = |fate, ground| Choice::Item { number: report, fate, ground };
        let state =
            || bench(house, &reference).items.iter().find(|i| i.number == report).unwrap().state.clone();
        let first = decide(house, &reference, &item(Fate::Withhold, withheld()));
        let second = decide(house, &reference, &item(Fate::NotTheirs, ground("", "another flat")));
        assert_eq!(state(), "not-theirs");
        rights::undo(&house.desk("ines"), &reference, second).unwrap();
        assert_eq!(state(), "withheld", "the earlier decision counts again");
        rights::undo(&house.desk("ines"), &reference, first).unwrap();
        assert_eq!(state(), "found");
    });
}

#[test]
fn two_people_can_be_made_one_and_one_two() {
    in_each("council", "", |house| {
        let reference = searched(house);
        let list = bench(house, &reference);
        let (casper, priya) = (person(&list, "Casper Holt"), person(&list, "Priya Nair"));
        let same = Choice::Same {
            first: casper.key.clone(),
            second: priya.key.clone(),
            ground: ground("", "her married name"),
        };
        let same = decide(house, &reference, &same);
        let joined = bench(house, &reference);
        assert!(!joined.counted, "what was counted is from before");
        assert!(!names(&joined).contains(&"Priya Nair"), "{:?}", names(&joined));
        let one = person(&joined, "Casper Holt");
        assert!(one.forms.contains(&"Priya Nair".to_owned()), "{:?}", one.forms);
        assert_eq!(one.mentions, casper.mentions + priya.mentions);
        // A decision about either is about both.
        decide(house, &reference, &about(&one, Fate::Withhold, withheld()));
        rights::prepare(&house.desk("ines"), &reference, &|_, _| ()).unwrap();
        assert!(bench(house, &reference).counted);
        let answer = turn(house, &reference, number(&list, "02-answer.eml"), 1);
        assert!(!said(&answer.released).contains("Priya"), "{}", said(&answer.released));
        rights::undo(&house.desk("ines"), &reference, same).unwrap();
        rights::prepare(&house.desk("ines"), &reference, &|_, _| ()).unwrap();
        let apart = bench(house, &reference);
        assert_eq!(person(&apart, "Priya Nair").state, "undecided");
        assert_eq!(person(&apart, "Casper Holt").state, "withheld");

        let forms = vec!["casper.holt@mail.example".to_owned()];
        let split = Choice::Apart { who: casper.key.clone(), forms, ground: ground("", "a shared address") };
        decide(house, &reference, &split);
        rights::prepare(&house.desk("ines"), &reference, &|_, _| ()).unwrap();
        let list = bench(house, &reference);
        assert!(!person(&list, "Casper Holt").forms.contains(&"casper.holt@mail.example".to_owned()));
        assert!(list.people.iter().any(|p| p.key.starts_with('d')), "{:?}", names(&list));
        // What was never decided about the new one is withheld all the same.
        let letter = turn(house, &reference, number(&list, "04-neighbour.eml"), 1);
        assert!(!said(&letter.released).contains("casper.holt@"), "{}", said(&letter.released));
    });
}

#[test]
fn repeated_messages_are_folded_and_pages_keep_their_numbers() {
    in_each("council", "", |house| {
        let reference = searched(house);
        let list = bench(house, &reference);
        let standing = |name: &str| {
            let item = list.items.iter().find(|i| i.name == name).unwrap();
            (item.standing.clone(), item.of)
        };
        // The same words twice, and once more in the answer that quotes them: neither must be read apart.
        for name in ["01-first.eml", "03-again.eml"] {
            let (folded, of) = standing(name);
            assert!(matches!(folded.as_str(), "duplicate" | "contained") && of > 0, "{:?}", list.items);
        }
        assert_eq!(standing("02-answer.eml").0, "read");

        let notes = number(&list, "06-notes.txt");
        let pages = turn(house, &reference, notes, 1).pages;
        assert!(pages > 3, "{pages}");
        let begins =
            |page| said(&turn(house, &reference, notes, page).lines).lines().next().unwrap().to_owned();
        let before: Vec<String> = (1..=pages).map(begins).collect();
        decide(house, &reference, &about(&person(&list, "Casper Holt"), Fate::Withhold, withheld()));
        assert_eq!(turn(house, &reference, notes, 1).pages, pages);
        assert_eq!((1..=pages).map(begins).collect::<Vec<_>>(), before);
        assert_eq!(turn(house, &reference, notes, 3).label, format!("{notes}/3"));
    });
}

/// Everything decided, and approved by a second person.
fn approved(house: &House, reference: &str) {
    let list = bench(house, reference);
    decide(house, reference, &about(&person(&list, "Casper Holt"), Fate::Withhold, withheld()));
    decide(
        house,
        reference,
        &about(&person(&list, "Priya Nair"), Fate::Release, ground("", "staff in their role")),
    );
    decide(house, reference, &Choice::Others { fate: Fate::Withhold, ground: withheld() });
    rights::approve(&house.desk("marek"), reference).unwrap();
}

fn words_of_html(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    let body = html.split_once("</h1>").map_or(html, |(_, b)| b);
    let body = body.split("What the codes mean").next().unwrap_or(body);
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_shown_beforehand_is_what_the_pack_releases() {
    in_each("council", "", |house| {
        let reference = searched(house);
        approved(house, &reference);
        rights::seal(&house.desk("ines"), &reference, &|_, _| ()).unwrap();
        let target = house.folder.path().join("pack");
        rights::release(&house.desk("ines"), &reference, &target, None).unwrap();
        let list = bench(house, &reference);
        for item in &list.items {
            let file = target.join(format!("documents/document-{:04}.html", item.number));
            let html = std::fs::read_to_string(&file).unwrap();
            let mut shown = String::new();
            for page in 1..=turn(house, &reference, item.number, 1).pages {
                let turned = turn(house, &reference, item.number, page);
                let mark = format!("Document {}, Page {page}", item.number);
                if html.contains(&mark) {
                    shown.push_str(&format!(" {mark} "));
                }
                for line in &turned.released {
                    let words: String = line
                        .cells
                        .iter()
                        .map(|c| c.iter().map(|p| p.text.as_str()).collect::<String>())
                        .collect::<Vec<_>>()
                        .join(" ");
                    shown.push_str(&format!(" {} {words} ", line.label));
                }
            }
            // Where a tag ends is no space of the text.
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&shown), squeezed(&words_of_html(&html)), "{}", item.name);
            assert!(!html.contains("Casper"), "{}", item.name);
        }
        let index = std::fs::read_to_string(target.join("02-index.html")).unwrap();
        let notes = list.items.iter().find(|i| i.name == "06-notes.txt").unwrap();
        let pages = format!("{0}/1 to {0}/{1}", notes.number, notes.pages);
        assert!(index.contains(&pages), "the index names the pages of the review: {pages}");
    });
}

#[test]
fn a_copy_in_which_withheld_words_can_be_read_stops_the_pack() {
    in_each("council", "", |house| {
        // A word that stands in every PDF: the verifier cannot know that it is not the withheld one.
        let slip = "Identity was asked for and not given.\n";
        let (_, reference) = asked_with(house, &[("slip.txt", slip.as_bytes().to_vec())]);
        let ines = house.desk("ines");
        rights::search(&ines, &reference, &[], &|_, _, _| ()).unwrap();
        house.plan(&reference);
        let item = number(&bench(house, &reference), "slip.txt");
        let text = "Identity".to_owned();
        decide(
            house,
            &reference,
            &Choice::Passage { number: item, text, fate: Fate::Withhold, ground: withheld() },
        );
        decide(
            house,
            &reference,
            &Choice::Others { fate: Fate::Release, ground: ground("", "nobody is harmed") },
        );
        rights::approve(&house.desk("marek"), &reference).unwrap();
        rights::ask_for(&ines, &reference, Work::Seal, &[]).unwrap();
        let said = worker(house).one().unwrap().expect("a job waits").unwrap_err();
        assert!(said.contains("can be read"), "{said}");
        let state = rights::work_states(&ines, &reference).unwrap().pop().unwrap();
        assert_eq!((state.work, state.state.as_str()), (Work::Seal, "failed"));
        assert!(!state.why.contains("Identity"), "the reason quotes nothing: {}", state.why);
        assert!(rights::show(&ines, &reference).unwrap().sealed_at.is_none(), "and nothing was sealed");
        assert!(worker(house).one().unwrap().is_none(), "trying again would not help");
    });
}

fn worker(house: &House) -> Worker {
    Worker { store: house.store.clone(), calendar: house.calendar.clone(), law: house.law }
}

#[test]
fn a_search_whose_worker_died_is_taken_up_again_and_finds_the_same() {
    in_each("council", "", |house| {
        let (_, reference) = asked_with(house, &papers());
        let ines = house.desk("ines");
        rights::ask_for(&ines, &reference, Work::Search, &[]).unwrap();
        rights::ask_for(&ines, &reference, Work::Search, &[]).unwrap();
        let counts = || house.store.job_counts().unwrap();
        assert_eq!(counts(), [("waiting".to_owned(), 1)], "pressed twice, done once");
        // A worker takes it and is killed; nobody else gets it before its time is over.
        let lost = house.store.claim_job_of(None, &["request-search"], SignedDuration::from_mins(2)).unwrap();
        assert!(lost.is_some() && worker(house).one().unwrap().is_none());
        house.on("2026-11-10T09:05:00Z");
        assert_eq!(worker(house).one().unwrap(), Some(Ok(())));
        let state = rights::work_states(&ines, &reference).unwrap().pop().unwrap();
        assert_eq!((state.state.as_str(), state.attempts, state.done), ("done", 2, state.total));
        assert!(state.total > 6, "{state:?}");
        let once = bench(house, &reference).items;
        assert_eq!(once.iter().filter(|i| i.name.ends_with(".eml")).count(), 4);
        // Searched again, nothing is there twice, and the people keep their keys.
        rights::search(&ines, &reference, &[], &|_, _, _| ()).unwrap();
        assert_eq!(bench(house, &reference).items.len(), once.len());
        assert!(house.store.job_counts().unwrap().iter().all(|(state, _)| state == "done"));
    });
}

#[test]
fn what_cannot_be_done_is_refused_at_once_or_fails_with_its_reason() {
    in_each("council", "", |house| {
        let reference = searched(house);
        let ines = house.desk("ines");
        let too_soon = rights::ask_for(&ines, &reference, Work::Seal, &[]).unwrap_err().to_string();
        assert!(too_soon.contains("nothing is decided"), "{too_soon}");
        approved(house, &reference);
        rights::ask_for(&ines, &reference, Work::Seal, &[]).unwrap();
        // Somebody decides otherwise before the worker comes to it.
        let casper = person(&bench(house, &reference), "Casper Holt");
        decide(house, &reference, &about(&casper, Fate::Release, ground("", "he agreed")));
        assert!(worker(house).one().unwrap().unwrap().is_err(), "the approval was for something else");
        let state = rights::work_states(&ines, &reference).unwrap().pop().unwrap();
        assert_eq!(state.state, "failed");
        let decided = rights::ask_for(&ines, &reference, Work::Search, &[]).unwrap_err().to_string();
        assert!(decided.contains("undo them"), "{decided}");
        // Only those who may review see a page.
        let reader = house.desk("ada");
        assert!(rights::bench(&reader, &reference).unwrap_err().is_refusal());
        assert!(rights::turn_to(&reader, &reference, 1, 1).unwrap_err().is_refusal());
        assert!(rights::page_image(&reader, &reference, 1, 1, false).unwrap_err().is_refusal());
        assert!(rights::ask_for(&reader, &reference, Work::Prepare, &[]).unwrap_err().is_refusal());
    });
}

#[test]
fn a_second_person_checks_and_sees_what_changed_since_they_approved() {
    in_each("council", "", |house| {
        let reference = searched(house);
        approved(house, &reference);
        let (ines, marek) = (house.desk("ines"), house.desk("marek"));
        let look = rights::second_look(&marek, &reference).unwrap();
        assert_eq!((look.decisions.len(), look.approved_at.is_some()), (3, true));
        assert!(look.decisions.iter().all(|d| !d.is_new && !d.own && d.by == "ines"), "{look:?}");
        let named = look.decisions.iter().find(|d| d.decision.what == "Priya Nair").unwrap();
        assert!(named.sampled, "every release of somebody's name is looked at");
        assert_eq!(look, rights::second_look(&marek, &reference).unwrap(), "the lot is drawn once");
        let number = named.decision.number;
        assert!(rights::check_decision(&ines, &reference, number, true).unwrap_err().is_refusal());
        rights::check_decision(&marek, &reference, number, false).unwrap();
        let looks = rights::second_look(&marek, &reference).unwrap();
        let looked = looks.decisions.iter().find(|d| d.decision.number == number).unwrap();
        assert_eq!(looked.looks, [("marek".to_owned(), "queried".to_owned())]);

        house.on("2026-11-10T10:00:00Z");
        rights::undo(&ines, &reference, number).unwrap();
        let priya = person(&bench(house, &reference), "Priya Nair");
        decide(house, &reference, &about(&priya, Fate::Withhold, withheld()));
        let changed = rights::second_look(&marek, &reference).unwrap();
        assert_eq!(changed.decisions.iter().filter(|d| d.is_new).count(), 1);
        assert_eq!(changed.undone_since.len(), 1);
        assert_eq!(
            rights::show(&marek, &reference).unwrap().approvals,
            0,
            "and the approval no longer counts"
        );

        rights::note(&ines, &reference, 1, 1, "Ask the tenancy team.").unwrap();
        let page = turn(house, &reference, 1, 1);
        assert_eq!(
            (page.notes[0].text.as_str(), page.notes[0].by.as_str()),
            ("Ask the tenancy team.", "ines")
        );
        assert!(rights::note(&ines, &reference, 1, 1, " ").unwrap_err().is_refusal());
    });
}
