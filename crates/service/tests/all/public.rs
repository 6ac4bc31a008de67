//! The public pages' use-cases, letters and mail, on both engines.

use std::sync::atomic::Ordering;

use counterfoil_domain::clock::ExtensionReason;
use counterfoil_domain::letters::{Content, LetterKind};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::asker::Awaited;
use counterfoil_service::follow::{self, Collected, Entry, NewPaper};
use counterfoil_service::letters::{self, Delivery, Language, Mail, Points, Sending, Way};
use counterfoil_service::mailbox;
use counterfoil_service::paper::{PaperForm, Part, form_pdf};
use counterfoil_service::rights::{self, Desk, PublicRequest, Reception, RequestText};
use counterfoil_service::store::{Actor, StoreError};
use counterfoil_service::{ServiceError, letters::Letter};
use jiff::civil::date;

use crate::story::{World, each};

const OFFICER: &str = "ruth@glenarrow.example";
const BROWSER: [u8; 32] = [7; 32];

impl World {
    fn system(&self) -> Actor {
        Actor::Automation { controller: self.made.controller }
    }

    fn pass_hours(&self, hours: i64) {
        self.clock.fetch_add(hours * 3600, Ordering::SeqCst);
    }

    /// A request by the public form, with the secrets that its page shows.
    fn ask(&self, right: Right) -> (String, follow::Secrets) {
        let who = self.system();
        let text = RequestText {
            requester: "Gethin Vaughan".into(),
            capacity: "self".into(),
            reply_to: "gethin@mail.example".into(),
            wording: "Everything about my tenancy.".into(),
            ..RequestText::default()
        };
        let asked = PublicRequest { token: "5".repeat(64), right, text };
        let received = rights::ask(&self.desk(&who), &asked).unwrap();
        (received.reference, follow::of_form(&asked))
    }

    fn enter(&self, secrets: &follow::Secrets, code: &str) -> Entry {
        let who = self.system();
        // As typed from paper: groups, small letters.
        let key = secrets.shown_key().to_lowercase();
        follow::enter(&self.desk(&who), &key, code, BROWSER).unwrap()
    }
}

fn points(said: &str) -> Points {
    Points { said: said.into(), site: "https://site.example".into(), ..Points::default() }
}

#[test]
fn the_asker_follows_answers_and_withdraws_their_own_request() {
    each("council", |world| {
        let (reference, secrets) = world.ask(Right::Access);
        let (system, officer) = (world.system(), world.actor(OFFICER));
        let (public, desk) = (world.desk(&system), world.desk(&officer));
        assert!(follow::follow(&public, BROWSER, Language::En).is_err(), "nothing was shown yet");
        assert_eq!(world.enter(&secrets, &secrets.shown_code()), Entry::Open);

        let seen = follow::follow(&public, BROWSER, Language::En).unwrap();
        assert_eq!((&*seen.reference, &*seen.clock), (&*reference, "running"));
        assert_eq!(seen.due, Some(date(2026, 12, 22)));
        assert!(!seen.working.is_empty() && seen.needs.is_empty() && seen.may_withdraw);
        assert!(follow::answer(&public, BROWSER, "2019", &[]).unwrap_err().is_refusal(), "nothing was asked");

        // The letter that asks is the question: the clock stands from that day, and its words are shown.
        let letter =
            letters::draft(&desk, &reference, LetterKind::Clarification, &points("Which years?")).unwrap();
        let by_mail = Sending { way: Way::Email, to: "gethin@mail.example".into() };
        letters::send(&desk, &reference, &letter, &by_mail).unwrap();
        let seen = follow::follow(&public, BROWSER, Language::En).unwrap();
        assert_eq!(
            (&*seen.clock, seen.needs[0].what, seen.needs[0].said.len()),
            ("paused", "clarification", 1)
        );

        world.pass_hours(50);
        assert!(
            follow::follow(&public, BROWSER, Language::En).is_err(),
            "a browser is forgotten after half an hour"
        );
        world.enter(&secrets, &secrets.code);
        let paper = NewPaper { name: "years.txt".into(), content: b"2019 and 2020".to_vec() };
        follow::answer(&public, BROWSER, "2019 and 2020", std::slice::from_ref(&paper)).unwrap();
        let seen = follow::follow(&public, BROWSER, Language::En).unwrap();
        assert_eq!((&*seen.clock, seen.papers, seen.pauses[0].to), ("running", 1, Some(date(2026, 11, 24))));
        assert_eq!(seen.due, Some(date(2026, 12, 24)), "the day of receipt counts in neither");
        assert!(follow::answer(&public, BROWSER, "again", &[]).unwrap_err().is_refusal(), "answered once");
        let shown = rights::show(&desk, &reference).unwrap();
        assert!(
            shown
                .events
                .iter()
                .any(|(_, kind, note)| { kind == "clarification-answered" && note == "2019 and 2020" })
        );

        // The officer looks at the paper and deletes it; nothing of it stays.
        let papers = follow::papers(&desk, &reference).unwrap();
        assert_eq!(follow::paper(&desk, &reference, &papers[0].id).unwrap().1, b"2019 and 2020");
        follow::delete_paper(&desk, &reference, &papers[0].id).unwrap();
        assert!(follow::paper(&desk, &reference, &papers[0].id).is_err());
        assert_eq!(follow::follow(&public, BROWSER, Language::En).unwrap().papers, 0);

        follow::withdraw(&public, BROWSER, "It is settled").unwrap();
        follow::withdraw(&public, BROWSER, "twice").unwrap();
        let seen = follow::follow(&public, BROWSER, Language::En).unwrap();
        assert_eq!((&*seen.clock, seen.may_withdraw), ("withdrawn", false));
        let shown = rights::show(&desk, &reference).unwrap();
        assert_eq!(shown.events.iter().filter(|(_, kind, _)| kind == "withdrawn").count(), 1);

        follow::leave(&public, BROWSER).unwrap();
        assert!(follow::follow(&public, BROWSER, Language::En).is_err());
    });
}

#[test]
fn guessing_locks_and_new_secrets_end_the_old() {
    each("council", |world| {
        let (reference, secrets) = world.ask(Right::Access);
        for _ in 0..4 {
            assert_eq!(world.enter(&secrets, "00000000"), Entry::Wrong);
        }
        assert!(matches!(world.enter(&secrets, "00000000"), Entry::Locked { until: Some(_) }));
        assert!(
            matches!(world.enter(&secrets, &secrets.code), Entry::Locked { .. }),
            "the right one waits too"
        );
        world.pass_hours(2);
        assert_eq!(world.enter(&secrets, &secrets.code), Entry::Open);
        // Right in between begins the count anew; without it the fifteenth ends the key.
        for n in 1..=15 {
            if n % 5 == 1 {
                world.pass_hours(2);
            }
            world.enter(&secrets, "11111111");
        }
        world.pass_hours(1000);
        assert_eq!(world.enter(&secrets, &secrets.code), Entry::Locked { until: None });

        let officer = world.actor(OFFICER);
        let new = follow::issue(&world.desk(&officer), &reference).unwrap();
        assert_eq!(world.enter(&secrets, &secrets.code), Entry::Wrong, "the old key is no key");
        assert_eq!(world.enter(&new, &new.code), Entry::Open);
        // The form sent again must not bring the old secrets back.
        world.ask(Right::Access);
        assert_eq!(world.enter(&new, &new.code), Entry::Open);
        world.pass_hours(24 * 366);
        assert_eq!(world.enter(&new, &new.code), Entry::Wrong, "a year has passed");
    });
}

#[test]
fn a_key_opens_one_request_and_never_the_officers_side() {
    each("council", |world| {
        let (_, secrets) = world.ask(Right::Access);
        world.enter(&secrets, &secrets.code);
        let who = world.system();
        let public = world.desk(&who);
        let other = rights::list(&world.desk(&world.actor(OFFICER)), 1).unwrap().remove(0).reference;
        for refused in [
            rights::show(&public, &other).unwrap_err(),
            follow::papers(&public, &other).unwrap_err(),
            follow::issue(&public, &other).unwrap_err(),
            letters::of_request(&public, &other).unwrap_err(),
        ] {
            assert!(refused.is_refusal(), "{refused}");
        }
    });
}

#[test]
fn the_answer_is_collected_once_by_link_and_code() {
    each("council", |world| {
        let (system, officer) = (world.system(), world.actor(OFFICER));
        let (public, desk) = (world.desk(&system), world.desk(&officer));
        let list = rights::list(&desk, 100).unwrap();
        let sealed = list.iter().find(|r| r.state == "sealed").unwrap().reference.clone();
        let secrets = follow::issue(&desk, &sealed).unwrap();
        world.enter(&secrets, &secrets.code);
        assert!(!follow::follow(&public, BROWSER, Language::En).unwrap().ready);
        assert!(follow::ticket(&public, BROWSER).unwrap_err().is_refusal(), "nothing is released");

        follow::offer(&desk, &sealed).unwrap();
        let seen = follow::follow(&public, BROWSER, Language::En).unwrap();
        assert!(seen.ready && seen.clock == "answered" && !seen.may_withdraw);
        assert!(follow::withdraw(&public, BROWSER, "").unwrap_err().is_refusal());
        let ticket = follow::ticket(&public, BROWSER).unwrap();
        let collect = |ticket: &str, code: &str| follow::collect(&public, ticket, code).unwrap();
        assert_eq!(collect(&ticket, "00000000"), Collected::Closed(Entry::Wrong));
        let Collected::Pack { name, content } = collect(&ticket, &secrets.shown_code()) else {
            panic!("the pack is given")
        };
        assert_eq!((name, &content[..2]), (format!("{sealed}.zip"), &b"PK"[..]));
        assert_eq!(collect(&ticket, &secrets.code), Collected::Spent, "a link works once");
        assert_eq!(follow::follow(&public, BROWSER, Language::En).unwrap().collected, 1);

        let again = follow::ticket(&public, BROWSER).unwrap();
        world.pass_hours(25);
        assert_eq!(collect(&again, &secrets.code), Collected::Spent, "and for a day");
        assert_eq!(collect("nosuchlink", &secrets.code), Collected::Spent);
        for _ in 0..5 {
            world.pass_hours(2);
            world.enter(&secrets, &secrets.code);
            let ticket = follow::ticket(&public, BROWSER).unwrap();
            let tries: Vec<_> = (0..5).map(|_| collect(&ticket, "00000000")).collect();
            let closed = tries.last().unwrap();
            assert!(matches!(closed, Collected::Closed(Entry::Locked { .. })), "{closed:?}");
        }
    });
}

#[test]
fn the_receipt_proves_itself_without_us() {
    use counterfoil_service::log::policy::Policy;
    use counterfoil_service::log::proof::InclusionProof;
    each("council", |world| {
        let (reference, secrets) = world.ask(Right::Erasure);
        world.enter(&secrets, &secrets.code);
        let who = world.system();
        let receipt = follow::receipt(&world.desk(&who), BROWSER).unwrap();
        assert_eq!((&*receipt.reference, &*receipt.right), (&*reference, "erasure"));
        let policy = Policy::of_keys(&[receipt.log_key.parse().unwrap()]).unwrap();
        let proof = InclusionProof::parse(receipt.proof.as_bytes()).unwrap();
        proof.verify(receipt.entry.as_bytes(), &policy).unwrap();
        assert!(proof.verify(b"another entry", &policy).is_err());
        let json: serde_json::Value = serde_json::from_slice(&receipt.json().unwrap()).unwrap();
        assert_eq!(json["format"], "counterfoil-receipt/1");
        assert!(!receipt.entry.contains("Gethin"), "the entry names nobody");
    });
}

#[test]
fn what_is_asked_for_is_awaited_and_papers_are_taken_only_then() {
    each("council", |world| {
        let (reference, secrets) = world.ask(Right::Access);
        world.enter(&secrets, &secrets.code);
        let (system, officer) = (world.system(), world.actor(OFFICER));
        let (public, desk) = (world.desk(&system), world.desk(&officer));
        let paper = [NewPaper { name: "bill.pdf".into(), content: b"%PDF-1.7\n%%EOF".to_vec() }];
        let send = |papers: &[NewPaper]| follow::send_papers(&public, BROWSER, Awaited::Identity, papers);
        assert!(send(&paper).unwrap_err().is_refusal(), "nobody asked");
        let letter = letters::draft(&desk, &reference, LetterKind::Identity, &points("A bill.")).unwrap();
        let on_paper = Sending { way: Way::Print, to: "14 Mill Lane".into() };
        letters::send(&desk, &reference, &letter, &on_paper).unwrap();
        assert_eq!(follow::follow(&public, BROWSER, Language::En).unwrap().clock, "awaiting_id");
        assert!(send(&[]).unwrap_err().is_refusal());
        let program = [NewPaper { name: "run.exe".into(), content: b"MZ\x90\0\x03\0\0\0".to_vec() }];
        assert!(send(&program).unwrap_err().is_refusal());
        for _ in 0..20 {
            send(&paper).unwrap();
        }
        assert!(send(&paper).unwrap_err().is_refusal(), "twenty are enough");
        // The same letter again is no second asking.
        letters::send(&desk, &reference, &letter, &on_paper).unwrap();
        let shown = rights::show(&desk, &reference).unwrap();
        assert_eq!(shown.events.iter().filter(|(_, kind, _)| kind == "identity-asked").count(), 1);
    });
}

/// What each content looks like in a letter, in English and Welsh.
fn mark(content: Content) -> Option<[&'static str; 2]> {
    match content {
        Content::ComplainToUs => Some(["section 164A", "adran 164A"]),
        Content::ComplainToRegulator => Some(["section 165", "adran 165"]),
        Content::Court => Some(["ask a court", "ofyn i lys"]),
        Content::Officer => Some(["dpo@glenarrow.example", "dpo@glenarrow.example"]),
        Content::Registration => Some(["is registered with", "wedi'i gofrestru"]),
        Content::Reasons | Content::Question | Content::Done => {
            Some(["Because of the harbour", "Because of the harbour"])
        }
        Content::Recipients => Some(["Harbour Trust", "Harbour Trust"]),
        Content::Answerable => Some(["Who is answerable", "Pwy sy'n atebol"]),
        Content::Due => None,
    }
}

#[test]
fn every_letter_says_what_the_law_asks_in_both_languages() {
    each("council", |world| {
        let officer = world.actor(OFFICER);
        let desk = world.desk(&officer);
        for right in [
            Right::Access,
            Right::Rectification,
            Right::Erasure,
            Right::Restriction,
            Right::Objection,
            Right::Portability,
            Right::MarketingObjection,
            Right::AutomatedDecisions,
            Right::WithdrawConsent,
            Right::Complaint,
        ] {
            let (reference, _) = world.ask(right);
            for kind in letters::kinds_for(right) {
                let write = |said: &str, language| {
                    let points = Points {
                        said: said.into(),
                        extension: Some(ExtensionReason::Complexity),
                        recipients: if said.is_empty() { Vec::new() } else { vec!["Harbour Trust".into()] },
                        language: Some(language),
                        ..points("")
                    };
                    letters::draft(&desk, &reference, kind, &points)
                };
                for (n, language) in [Language::En, Language::Cy].into_iter().enumerate() {
                    let letter =
                        write("Because of the harbour", language).unwrap_or_else(|e| panic!("{kind}: {e}"));
                    says(&letter, kind, n);
                }
                let needs = kind.says().into_iter().any(|c| {
                    matches!(c, Content::Reasons | Content::Question | Content::Done | Content::Recipients)
                });
                assert_eq!(write("", Language::En).is_err(), needs, "{kind} without the officer's part");
            }
        }
        // A letter has its place: no outcome of an erasure under a request for access.
        let (reference, _) = world.ask(Right::Access);
        assert!(letters::draft(&desk, &reference, LetterKind::Erased, &points("Done")).is_err());
    });
}

fn says(letter: &Letter, kind: LetterKind, language: usize) {
    let text = letter.text();
    for content in kind.says() {
        if let Some(words) = mark(content) {
            assert!(text.contains(words[language]), "{kind} does not say {content}:\n{text}");
        }
    }
    assert!(!letter.subject.contains("Gethin") && !letter.subject.contains("tenancy"), "{}", letter.subject);
    assert!(letter.subject.contains("R-2026-"), "{}", letter.subject);
    assert!(!text.contains('{') && !letter.html().contains("{reference}"), "{kind}: {text}");
    if kind.to_requester() {
        assert!(text.contains("Gethin Vaughan"), "{kind}");
    }
    if kind == LetterKind::Extension && language == 0 {
        assert!(
            text.contains("22 February 2027") && text.contains("the complexity of your request"),
            "{text}"
        );
    }
    assert!(letter.pdf().unwrap().starts_with(b"%PDF-"), "{kind}");
}

#[test]
fn an_extension_told_too_late_is_refused_and_leaves_nothing() {
    each("council", |world| {
        let (reference, _) = world.ask(Right::Access);
        let officer = world.actor(OFFICER);
        let desk = world.desk(&officer);
        let extension = Points { extension: Some(ExtensionReason::Number), ..points("Eleven requests.") };
        let letter = letters::draft(&desk, &reference, LetterKind::Extension, &extension).unwrap();
        world.pass_hours(24 * 40);
        let late = letters::draft(&desk, &reference, LetterKind::Extension, &extension).unwrap_err();
        assert!(matches!(late, ServiceError::Unlawful(_)), "{late}");
        let to = Sending { way: Way::Email, to: "g@mail.example".into() };
        let late = letters::send(&desk, &reference, &letter, &to).unwrap_err();
        assert!(matches!(late, ServiceError::Unlawful(_)), "one drafted in time too: {late}");
        assert_eq!(letters::of_request(&desk, &reference).unwrap(), []);
        assert!(
            rights::show(&desk, &reference).unwrap().events.iter().all(|(_, kind, _)| kind != "extended")
        );
    });
}

#[test]
fn mail_goes_out_as_a_job_and_failing_is_shown() {
    each("council", |world| {
        // What the story itself has in its outbox goes first.
        letters::deliver(&world.store, &|_| Ok(())).unwrap();
        let (reference, _) = world.ask(Right::Access);
        let officer = world.actor(OFFICER);
        let desk = world.desk(&officer);
        let letter = letters::draft(&desk, &reference, LetterKind::Acknowledgement, &points("")).unwrap();
        let send = |to: &str| {
            letters::send(&desk, &reference, &letter, &Sending { way: Way::Email, to: to.into() }).map(|_| ())
        };
        assert!(send("not an address").unwrap_err().is_refusal());
        send("gethin@mail.example").unwrap();
        let states = || -> Vec<String> {
            letters::of_request(&desk, &reference).unwrap().into_iter().map(|line| line.state).collect()
        };
        assert_eq!(states(), ["queued"]);
        let taken = std::sync::Arc::new(std::sync::Mutex::new(Vec::<Mail>::new()));
        let box_of = std::sync::Arc::clone(&taken);
        let takes = move |mail: &Mail| {
            box_of.lock().unwrap().push(mail.clone());
            Ok(())
        };
        assert_eq!(letters::deliver(&world.store, &takes).unwrap().sent, 1);
        assert_eq!(letters::deliver(&world.store, &takes).unwrap().sent, 0, "once");
        assert_eq!(states(), ["sent"]);
        let mail = taken.lock().unwrap().remove(0);
        assert_eq!(
            (&*mail.to, &*mail.subject),
            ("gethin@mail.example", &*format!("Your request {reference}"))
        );
        assert!(mail.text.contains("22 December 2026") && mail.html.contains("<html"));

        world.pass_hours(1);
        send("gethin@mail.example").unwrap();
        for _ in 0..5 {
            world.pass_hours(1);
            letters::deliver(&world.store, &|_: &Mail| Err(Delivery::Later)).unwrap();
        }
        assert_eq!(states(), ["sent", "failed"]);
        let why = letters::of_request(&desk, &reference).unwrap().remove(1).why;
        assert_eq!(why, "the mail server could not be reached");
        assert!(rights::show(&desk, &reference).unwrap().events.iter().any(|(_, kind, _)| kind == "letter"));
    });
}

#[test]
fn a_form_waits_under_its_link_and_nobody_else_reads_it() {
    each("council", |world| {
        let who = world.system();
        let desk = world.desk(&who);
        let link = rights::new_link(&desk);
        rights::save_form(&desk, &link, b"Gethin's words").unwrap();
        rights::save_form(&desk, &link, b"Gethin's other words").unwrap();
        assert_eq!(rights::saved_form(&desk, &link).unwrap(), b"Gethin's other words");
        assert!(rights::saved_form(&desk, &rights::new_link(&desk)).is_err());
        assert!(rights::save_form(&desk, &link, &vec![0; 300_000]).unwrap_err().is_refusal());
        world.pass_hours(24 * 29);
        assert!(rights::saved_form(&desk, &link).is_err(), "four weeks have passed");
        rights::save_form(&desk, &link, b"again").unwrap();
        rights::forget_form(&desk, &link).unwrap();
        rights::forget_form(&desk, &link).unwrap();
        assert!(rights::saved_form(&desk, &link).is_err(), "it was sent");
    });
}

fn reception(world: &World, desk: &Desk<'_>, channel: &str) -> Reception {
    let office = desk.who.staff().unwrap().office;
    let text = RequestText {
        requester: "Mair Vaughan".into(),
        wording: "Delete what you have on me.".into(),
        channel: channel.into(),
        ..RequestText::default()
    };
    let division = world.store.controller(world.made.controller).unwrap().division.parse().unwrap();
    Reception { office, right: Right::Erasure, division, received_on: date(2026, 11, 18), text }
}

#[test]
fn a_request_by_telephone_is_logged_once_and_passed_on_with_one_clock() {
    each("advice-network", |world| {
        let officer = world.actor("ines@hearth-advice.example");
        let desk = world.desk(&officer);
        let asked = reception(world, &desk, "telephone");
        let logged = rights::log(&desk, "one form", &asked).unwrap();
        assert_eq!(rights::log(&desk, "one form", &asked).unwrap(), logged, "sent twice");
        assert_ne!(rights::log(&desk, "another", &asked).unwrap().reference, logged.reference);
        let pigeon = Reception {
            text: RequestText { channel: "pigeon".into(), ..asked.text.clone() },
            ..asked.clone()
        };
        assert!(rights::log(&desk, "x", &pigeon).unwrap_err().is_refusal());

        let side = follow::asker_side(&desk, &logged.reference).unwrap();
        let (to, name) = side.others[0].clone();
        let to = to.parse().unwrap();
        assert!(
            rights::pass(&desk, &logged.reference, to, "no").unwrap_err().is_refusal(),
            "without a reason"
        );
        assert_eq!(rights::pass(&desk, &logged.reference, to, "their client since 2024").unwrap(), name);
        assert!(
            rights::pass(&desk, &logged.reference, to, "their client since 2024").is_err(),
            "it is there"
        );
        let shown = rights::show(&desk, &logged.reference).unwrap();
        assert_eq!((shown.summary.due, shown.summary.received_on), (logged.due, date(2026, 11, 18)));
        assert!(shown.events.iter().any(|(_, kind, note)| kind == "passed" && note.contains(&name)));
        assert_eq!(follow::asker_side(&desk, &logged.reference).unwrap().office, name);
    });
}

const REQUEST: &str = "From: Mair Vaughan <mair@mail.example>\r\nTo: data@hearth.example\r\nSubject: Rent\r\n\
    Date: Wed, 18 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@mail.example>\r\n\r\n\
    My rent is late. Also, please send me everything you have on me.\r\n";

#[test]
fn mail_becomes_a_request_of_the_day_on_which_it_came() {
    each("council", |world| {
        let folder = world.folder.path().join("mail");
        std::fs::create_dir_all(&folder).unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        put("1.eml", REQUEST);
        put("2.eml", REQUEST);
        put("3.eml", &REQUEST.replace("<1@", "<3@").replace("Rent", "Automatic reply: Rent"));
        put(
            "4.eml",
            &REQUEST.replace("<1@", "<4@").replace("Subject", "Auto-Submitted: auto-replied\r\nSubject"),
        );
        put(
            "5.eml",
            &REQUEST.replace("<1@", "<5@").replace("Also, please send me everything you have on me.", ""),
        );
        put("6.txt", "not a mail");
        let (system, officer) = (world.system(), world.actor(OFFICER));
        let (public, desk) = (world.desk(&system), world.desk(&officer));
        let round = mailbox::fetch(&public, &folder).unwrap();
        assert_eq!((round.new, round.known, round.automatic, round.unread), (2, 1, 2, 0));
        assert_eq!(mailbox::fetch(&public, &folder).unwrap(), mailbox::Round::default(), "put away");
        assert_eq!(std::fs::read_dir(folder.join("taken")).unwrap().count(), 5);

        let waiting = mailbox::waiting(&desk).unwrap();
        assert_eq!(waiting.iter().map(|m| &*m.sort).collect::<Vec<_>>(), ["request", "other"]);
        let mail = &waiting[0];
        assert_eq!((&*mail.name, &*mail.from, &*mail.right), ("Mair Vaughan", "mair@mail.example", "access"));
        assert_eq!(mail.phrases, ["send me everything you have on me"]);
        let id = mail.id.parse().unwrap();
        let taken = mailbox::take(&desk, id, &reception(world, &desk, "email")).unwrap();
        assert_eq!(rights::show(&desk, &taken.reference).unwrap().summary.received_on, date(2026, 11, 18));
        let gone = mailbox::take(&desk, id, &reception(world, &desk, "email")).unwrap_err();
        assert!(matches!(gone, ServiceError::Store(StoreError::NotFound(_))), "someone else was faster");
        mailbox::dismiss(&desk, waiting[1].id.parse().unwrap()).unwrap();
        assert_eq!(mailbox::waiting(&desk).unwrap(), []);
        assert!(mailbox::waiting(&public).is_err(), "mail is looked at by staff");
    });
}

#[test]
fn a_form_on_paper_is_a_tagged_pdf_with_its_questions() {
    let parts = vec![
        Part::Heading("What is your name?".into()),
        Part::Text("The name that we know you by".into()),
        Part::Boxes(vec!["On paper".into()]),
        Part::Lines("Ysgrifennwch yma".into(), 3),
    ];
    let form = PaperForm { title: "My request".into(), language: "cy".into(), parts };
    let pdf = form_pdf(&form).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && pdf.windows(14).any(|w| w == b"StructTreeRoot"), "tagged");
}
