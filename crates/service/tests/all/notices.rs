//! The notices: they say what the promises say, what the law asks, and change with the register.

use counterfoil_service::notices::{Block, Layer, Notice, build, diff, flow, html, pdf, text};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::register::Register;
use jiff::civil::{Date, date};

use crate::register::{TODAY, built_in, changed};

fn notice_on(name: &str, layer: &Layer, language: &str, on: Date) -> Notice {
    let (_, organisation) = Organisation::template(name).unwrap();
    build(&built_in(name), &organisation, layer, language, on).unwrap()
}

fn notice(name: &str, layer: &Layer) -> Notice {
    notice_on(name, layer, "en", TODAY)
}

fn whole(name: &str) -> String {
    let register = built_in(name);
    let mut all = vec![Layer::Organisation, Layer::Child];
    all.extend(register.part.office.iter().map(|o| Layer::Office(o.id.clone())));
    all.extend(register.part.service.iter().map(|s| Layer::Service(s.id.clone())));
    let (_, organisation) = Organisation::template(name).unwrap();
    let made = all.iter().map(|l| build(&register, &organisation, l, "en", TODAY).unwrap());
    made.map(|n| text(&n)).collect::<Vec<_>>().join("\n")
}

/// Each promise, and words that a notice must hold for the promise to be made.
const COUNCIL: &[(&str, &[&str])] = &[
    ("C1", &["ZB999001", "data protection officer"]),
    ("C2", &["five groups", "finance, human resources and information technology"]),
    (
        "C3",
        &[
            "sexuality and sexual health",
            "religion or philosophy",
            "ethnicity",
            "trade union membership",
            "politics",
            "genetic or biometric",
            "criminal history",
        ],
    ),
    ("C4", &["deliver and manage services", "manage workers", "track spending", "check quality"]),
    ("C5", &["Each service says which of these reasons"]),
    ("C6", &["take it back at any time", "name of the service"]),
    ("C7", &["only what we need", "in a survey you need not give contact details"]),
    ("C8", &["anonymous or renamed"]),
    ("C9", &["never sell"]),
    (
        "C10",
        &[
            "on paper or on computer",
            "confidential about someone else",
            "serious harm",
            "preventing or detecting crime",
            "If you cannot write, we will help you",
        ],
    ),
    ("C11", &["we add your comments"]),
    (
        "C12",
        &[
            "no longer need",
            "no longer do",
            "no legal reason",
            "the law says must go",
            "freedom of expression",
            "public health",
            "legal claims",
        ],
    ),
    ("C13", &["stored and used only with your consent", "We tell you before we lift"]),
    ("C14", &["object to the use of your data by any service", "delay or prevent"]),
    ("C15", &["common format", "by consent or contract"]),
    ("C16", &["ask for a person to look again", "profiling"]),
    (
        "C17",
        &[
            "under an agreement",
            "impact assessment first",
            "staff",
            "vulnerable adults",
            "what was shared and why",
        ],
    ),
    ("C18", &["encrypted", "replaced by codes", "staff are trained", "tested and patched"]),
    ("C19", &["asked the regulator's advice first"]),
    ("C20", &["from months to decades"]),
    ("C21", &["download and print a form"]),
    ("C22", &["used for that only", "statistics never say who"]),
    ("C23", &["advice from our data protection officer"]),
    ("C24", &["only cookies that it cannot do without"]),
    ("C25", &["Waste and recycling", "Community planning", "Data matching under fraud initiatives"]),
    (
        "C26",
        &[
            "volunteers",
            "suppliers",
            "complainants and enquirers",
            "witnesses",
            "former staff",
            "people who apply to work",
            "others whom a record identifies",
        ],
    ),
    (
        "C27",
        &[
            "complaint, incident and accident details",
            "licences or permits held",
            "references to manual records",
        ],
    ),
    ("C28", &["body-worn and vehicle cameras", "closed-circuit television"]),
    ("C29", &["adequate and relevant", "accurate and up to date", "destroy it securely"]),
    ("C30", &["legitimate reason", "Each access is logged"]),
    (
        "C31",
        &[
            "names and e-mail addresses and nothing else",
            "no marketing without your prior consent",
            "National Fraud Initiative",
            "Child Maintenance Service",
        ],
    ),
    ("C32", &["damage or distress", "at your door", "compensation"]),
    ("C33", &["only as long as it is needed"]),
    ("C34", &["may be monitored or recorded"]),
    ("C35", &["Pictures and sound are personal data"]),
    ("C36", &["Paper files count"]),
];

const NETWORK: &[(&str, &[&str])] = &[
    ("N1", &["many independent local offices", "joint controllers", "only controller"]),
    ("N2", &["casebook, telephony", "National telephony"]),
    ("N3", &["only with a good reason", "complaint or incident"]),
    ("N4", &["odd ones are checked"]),
    ("N5", &["without recording your name", "limit who may open your record"]),
    ("N6", &["Each local office has its own"]),
    ("N7", &["With your authority to act", "creditors", "Jobcentre", "landlord"]),
    ("N8", &["shared casebook keeps your information safe"]),
    ("N9", &["online enquiry form", "professional's form"]),
    ("N10", &["the e-mail is then deleted"]),
    ("N11", &["text you to remind you", "about to ring", "important news"]),
    ("N12", &["live chat"]),
    ("N13", &["consent before any of your data goes in"]),
    ("N14", &["cannot guarantee how secure"]),
    ("N15", &["belong to the network only if"]),
    ("N16", &["online form"]),
    (
        "N17",
        &["correct it, delete it, limit it or stop sharing it, let you take it elsewhere, or stop using it"],
    ),
    ("N18", &["ask for deletion by e-mail"]),
    (
        "N19",
        &[
            "immediate risk of harm",
            "best interests",
            "compels us",
            "overriding public interest",
            "complaint or claim",
            "protect our reputation",
        ],
    ),
    ("N20", &["housing association", "Department for Work and Pensions"]),
    ("N21", &["legitimate interests"]),
    ("N22", &["discrimination, housing, benefits, debt and money, or immigration", "legal claims"]),
    ("N23", &["confidential counselling, advice or support", "Sch 1 para 17"]),
    ("N24", &["not absolute"]),
    ("N25", &["complaints form", "national data protection officer", "regulator"]),
    ("N26", &["figures that name nobody"]),
];

#[test]
fn the_notices_miss_nothing_that_was_promised() {
    for (name, promises, count) in [("council", COUNCIL, 36), ("advice-network", NETWORK, 26)] {
        let words = whole(name).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(promises.len(), count);
        for (promise, facts) in promises {
            for fact in *facts {
                assert!(words.contains(fact), "{name} {promise}: no notice says `{fact}`");
            }
        }
    }
}

#[test]
fn each_kind_of_organisation_has_its_own_headings() {
    let headings = |n: &Notice| n.parts.iter().map(|p| p.heading.text.clone()).collect::<Vec<_>>();
    let council = headings(&notice("council", &Layer::Service("licensing".into())));
    assert_eq!(
        council[..3],
        ["Data controller", "Our standards", "Why are you processing my personal information?"]
    );
    assert!(council.contains(&"Who is my information shared with?".to_owned()));
    let network = headings(&notice("advice-network", &Layer::Organisation));
    assert_eq!(network[0], "Who we are");
    assert!(network.contains(&"Our lawful basis".to_owned()));
}

#[test]
fn the_wording_follows_the_law_of_the_day() {
    let said = |on| text(&notice_on("council", &Layer::Organisation, "en", on));
    assert!(!said(date(2026, 6, 18)).contains("right to complain to us"));
    assert!(said(date(2026, 6, 19)).contains("right to complain to us"));
    assert!(said(TODAY).contains("right to complain to the regulator"));
    assert!(said(TODAY).contains("have a person look at it again, and contest it"));
    assert!(!said(date(2026, 2, 4)).contains("have a person look at it again, and contest it"));
}

#[test]
fn every_layer_names_the_officer_the_regulator_and_the_other_layers() {
    for name in ["council", "advice-network"] {
        let register = built_in(name);
        let (_, organisation) = Organisation::template(name).unwrap();
        let layers = register.part.service.iter().map(|s| Layer::Service(s.id.clone()));
        for layer in layers.chain([Layer::Organisation, Layer::Office(register.part.office[0].id.clone())]) {
            let notice = build(&register, &organisation, &layer, "en", TODAY).unwrap();
            let words = text(&notice);
            for fact in ["dpo", "0303 123 1113", "object to our use"] {
                assert!(words.contains(fact) || words.contains("dp-"), "{name} {layer:?}: {fact}");
            }
            let links = notice.parts.iter().flat_map(|p| &p.blocks).any(|b| matches!(b, Block::Links(_)));
            assert!(links, "{name} {layer:?} links to another layer");
        }
    }
}

#[test]
fn a_child_can_read_the_childrens_notice() {
    for name in ["council", "advice-network"] {
        let reading = notice(name, &Layer::Child).reading.unwrap();
        assert!(reading.age <= 11, "{name}: a reader of {} (grade {})", reading.age, reading.grade);
        let general = notice(name, &Layer::Organisation).reading.unwrap();
        assert!(general.age <= 16, "{name}: a reader of {} (grade {})", general.age, general.grade);
        println!(
            "{name}: child {} ({}), whole {} ({})",
            reading.age, reading.grade, general.age, general.grade
        );
    }
}

#[test]
fn what_has_no_welsh_is_in_english_and_says_so() {
    let notice = notice_on("advice-network", &Layer::Office("bangor".into()), "cy", TODAY);
    assert_eq!(notice.parts[0].heading.text, "Pwy ydym ni");
    assert!(notice.untranslated > 0 && notice.reading.is_none());
    let page = html(&notice);
    assert!(page.contains("<html lang=\"cy\">"));
    assert!(page.contains("<span lang=\"en\">"));
    assert!(page.contains("heb ei gyfieithu eto"));
    assert!(page.contains("Rydym yn gweithio yn Gymraeg yn gyntaf"));
    // A child's notice of the Welsh-speaking network is wholly in Welsh.
    assert_eq!(notice_on("advice-network", &Layer::Child, "cy", TODAY).untranslated, 0);
}

#[test]
fn every_layer_can_be_written_in_every_form() {
    for (name, language) in [("council", "en"), ("advice-network", "cy")] {
        for layer in [Layer::Child, Layer::Organisation] {
            let notice = notice_on(name, &layer, language, TODAY);
            assert!(pdf(&notice).unwrap().starts_with(b"%PDF"));
            assert!(flow(&notice).items.len() > 8);
            assert!(!html(&notice).contains('{'.to_string().as_str()) || html(&notice).contains("body{"));
            for passage in notice.passages() {
                assert!(!passage.text.contains('{'), "{name}: `{}` is filled in", passage.text);
            }
        }
    }
}

#[test]
fn a_new_purpose_shows_in_the_difference_with_who_must_be_told() {
    let (_, organisation) = Organisation::template("advice-network").unwrap();
    let register = built_in("advice-network");
    let days = (date(2026, 2, 4), TODAY);
    let layer = Layer::Service("general-advice".into());
    let found = diff::between(&register, &organisation, &layer, "en", days).unwrap();
    assert!(found.changes.iter().any(|c| c.what == "added" && c.text.contains("right to complain to us")));
    assert!(found.changes.iter().any(|c| c.what == "removed" && c.text.contains("explicit consent")));
    let told = found.tell.iter().find(|t| t.why.contains("a new purpose")).unwrap();
    assert!(told.who.contains("people who ask us for advice") && told.provision.contains("13(3)"));
    assert!(found.tell.iter().any(|t| t.provision.contains("164A")));
    let same = diff::between(&register, &organisation, &layer, "en", (TODAY, TODAY)).unwrap();
    assert!(same.changes.is_empty() && same.tell.is_empty());
}

#[test]
fn an_edit_shows_before_it_is_saved() {
    let (_, organisation) = Organisation::template("council").unwrap();
    let old = built_in("council");
    let files = changed(
        "council",
        "activities.toml",
        "purposes = [\"deliver\", \"manage-services\", \"quality\", \"spending\"]",
        "purposes = [\"deliver\", \"manage-services\", \"research\"]",
    );
    let new = Register::from_files(&files, TODAY).unwrap();
    let layer = Layer::Service("waste-recycling".into());
    let found = diff::between_registers((&old, TODAY), (&new, TODAY), &organisation, &layer, "en").unwrap();
    let has =
        |what: &str, words: &str| found.changes.iter().any(|c| c.what == what && c.text.contains(words));
    assert!(has("added", "research that names nobody") && has("removed", "track of spending"));
}

#[test]
fn an_unknown_layer_or_language_is_refused_with_those_there_are() {
    let (_, organisation) = Organisation::template("council").unwrap();
    let register = built_in("council");
    let refused = |layer: &Layer, language: &str| {
        build(&register, &organisation, layer, language, TODAY).unwrap_err().to_string()
    };
    assert!(refused(&Layer::Service("trams".into()), "en").contains("`trams` is not a service"));
    assert!(refused(&Layer::Organisation, "fr").contains("`fr` is not a language of the notices"));
}
