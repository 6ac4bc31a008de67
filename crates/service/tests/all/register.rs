//! The register: what is refused, and the two organisations against the promises.

use counterfoil_domain::access::Purpose;
use counterfoil_domain::register::activity::Severity;
use counterfoil_service::register::model::{Entry, Line, SystemKind};
use counterfoil_service::register::{Files, Register, assessments, built_in_files};
use jiff::civil::{Date, date};

pub const TODAY: Date = date(2026, 11, 22);

pub fn built_in(name: &str) -> Register {
    let files = built_in_files(name).unwrap();
    Register::from_files(&files, TODAY).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// The files with one piece of text put in the place of another.
pub fn changed(name: &str, file: &str, from: &str, to: &str) -> Files {
    let mut files = built_in_files(name).unwrap();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} holds `{from}`");
    *text = text.replacen(from, to, 1);
    files
}

fn why_refused(files: &Files) -> String {
    let faults = Register::from_files(files, TODAY).map(|_| ()).unwrap_err();
    faults
        .iter()
        .filter(|f| f.severity == Severity::Blocking)
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn both_organisations_are_lawful_today() {
    for name in ["advice-network", "council"] {
        let register = built_in(name);
        let blocking = register.warnings(TODAY).into_iter().filter(|f| f.severity == Severity::Blocking);
        assert_eq!(blocking.count(), 0, "{name}");
    }
}

/// What is broken, where (organisation, file, the text, what stands in its place), and what is said.
const REFUSED: &[(&str, [&str; 4], &str)] = &[
    (
        "an unknown key",
        ["council", "register.toml", "[register]", "[register]\ncolour = \"red\""],
        "register.toml, line",
    ),
    (
        "an unknown word",
        ["council", "activities.toml", "\"public-task\"", "\"public-tusk\""],
        "`public-tusk` is not a lawful basis",
    ),
    (
        "a reference to nothing",
        ["council", "activities.toml", "\"casebook\"", "\"case-book\""],
        "`case-book` is not a system of this register",
    ),
    (
        "two entries of one id",
        ["council", "services.toml", "id = \"cemeteries\"", "id = \"licensing\""],
        "two entries have this id",
    ),
    (
        "special data without a condition (promise N22)",
        ["council", "activities.toml", "art9 = [\"substantial-public-interest\"]\n", ""],
        "special-category data need a condition of Art 9(2)",
    ),
    (
        "legitimate interests of a public authority in its tasks",
        ["council", "functions.toml", "own_tasks = false\n", ""],
        "a public authority performing its tasks cannot rely on legitimate interests",
    ),
    (
        "a condition of Schedule 1 without its policy document (promise N23)",
        ["advice-network", "activities.toml", "policy = \"APD-SUPPORT\"\n", ""],
        "the policy document lacks",
    ),
    (
        "an assessment that is not complete blocks the activity",
        ["council", "assessments.toml", "completed = \"2025-09-12\"\n", ""],
        "its data protection impact assessment is not complete",
    ),
    (
        "an assessment with an unanswered step blocks the activity",
        [
            "council",
            "assessments.toml",
            "consult = \"Trade unions, the policing",
            "consult = \"\" # \"Trade unions, the",
        ],
        "its data protection impact assessment is not complete",
    ),
    (
        "legitimate interests without a completed balance",
        ["advice-network", "assessments.toml", "completed = \"2025-03-24\"\n", ""],
        "its legitimate-interests assessment is not complete",
    ),
    (
        "a transfer to a country that no regulations approve (promise C19)",
        ["council", "recipients.toml", "country = \"IE\"", "country = \"BR\""],
        "no regulations approve `BR`",
    ),
    (
        "a limited approval that is not shown to cover the recipient",
        [
            "council",
            "recipients.toml",
            ", within = \"certified to the UK Extension, entry checked on 6 January 2026\"",
            "",
        ],
        "approved only for organisations certified",
    ),
    (
        "a processor without an agreement (promise C17)",
        ["council", "recipients.toml", "agreement = \"DPA-01\"\n", ""],
        "Art 28(3) UK GDPR",
    ),
    (
        "a field that holds what its activity does not collect (promise C7)",
        ["council", "forms.toml", "data = \"complaint-accident\"", "data = \"union\""],
        "which activity `FUN-REQUESTS` does not collect",
    ),
    (
        "a retention rule that cannot be read",
        ["council", "retention.toml", "6 years after closed", "six years after closed"],
        "in the retention rule",
    ),
];

#[test]
fn what_is_wrong_is_refused_with_its_place_reason_and_provision() {
    for (what, [name, file, from, to], expected) in REFUSED {
        let why = why_refused(&changed(name, file, from, to));
        assert!(why.contains(expected), "{what}: expected `{expected}` in:\n{why}");
    }
}

#[test]
fn an_entry_is_in_force_from_its_day_to_the_day_before_its_end() {
    let register = built_in("advice-network");
    let condition = |on| {
        let mut found = register.activities(on).filter(|e| e.id == "ADV-GENERAL");
        let entry = found.next().unwrap();
        assert!(found.next().is_none(), "one entry a day");
        entry.art9.first().unwrap().code()
    };
    assert_eq!(condition(date(2026, 2, 4)), "explicit-consent");
    assert_eq!(condition(date(2026, 2, 5)), "legal-claims");
    let both = changed("advice-network", "activities.toml", "until = \"2026-02-05\"\n", "");
    assert!(why_refused(&both).contains("in force on the same day"));
}

#[test]
fn a_version_is_not_held_against_the_law_of_a_day_before_it_was_made() {
    for name in ["advice-network", "council"] {
        let files = built_in_files(name).unwrap();
        assert!(Register::from_files(&files, date(2023, 11, 22)).is_ok(), "{name}: a clock that is set back");
    }
}

#[test]
fn a_due_review_is_told_and_blocks_nothing() {
    let register = built_in("council");
    let on = date(2026, 12, 5);
    let due: Vec<_> =
        assessments::list(&register, on).into_iter().filter(|a| a.standing == "review-due").collect();
    assert_eq!(due.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["DPIA-NFI"]);
    assert!(due[0].holds.contains(&"FUN-MATCHING".to_owned()));
    assert!(register.warnings(on).iter().any(|f| f.place.contains("DPIA-NFI")));
}

/// The facts that the promises state of the council's register: promise, what, and whether it holds.
const COUNCIL: &[Fact] = &[
    ("C1", "a registered controller with an officer", |r| {
        r.part.controller.iter().all(|c| !c.registration.is_empty() && c.officer_email.contains('@'))
    }),
    ("C2", "five groups of services", |r| groups(r) == 5),
    ("C2", "finance, human resources and information technology", |r| {
        ["finance", "human-resources", "ict"].iter().all(|s| r.service(s).is_some())
    }),
    ("C3", "special kinds, criminal history among them", |r| {
        special_kinds(r) >= 6 && r.part.data.iter().any(|d| !d.criminal.is_empty())
    }),
    ("C4", "deliver, manage, workers, complaints, spending, quality, plan", |r| {
        ["deliver", "manage-services", "workers", "complaints", "spending", "quality", "plan"]
            .iter()
            .all(|x| r.purpose(x).is_some())
    }),
    ("C5", "thirteen legal reasons", |r| r.part.reason.len() == 13),
    ("C7", "surveys without contact details", |r| {
        r.part.form.iter().any(|f| f.id == "survey" && f.anonymous)
    }),
    ("C9", "nothing is sold", |r| !sold(r)),
    ("C16", "automated steps are registered", |r| r.part.activity.iter().any(|e| e.automated.is_some())),
    ("C17", "an agreement or a ground for each recipient", |r| {
        r.part.recipient.iter().all(|x| x.agreement.is_some() || !x.gateway.is_empty())
    }),
    ("C19", "each system and recipient has a country", |r| {
        r.part.system.iter().all(|s| s.country.len() == 2)
            && r.part.recipient.iter().all(|x| x.country.len() == 2)
    }),
    ("C20", "a schedule from weeks to for ever", |r| {
        r.part.retention.iter().any(|x| x.rule == "permanent")
            && r.part.retention.iter().any(|x| x.rule.starts_with("28 days"))
    }),
    ("C22", "complaint files have their own rule", |r| r.retention("R-COMPLAINT").is_some()),
    ("C25", "18 services", |r| lines_of(r, Line::Service) == 18),
    ("C25", "7 further roles", |r| lines_of(r, Line::Role) == 7),
    ("C25", "21 support functions", |r| lines_of(r, Line::Function) == 21),
    ("C25", "each has an activity", |r| {
        r.part.service.iter().all(|s| r.part.activity.iter().any(|e| e.service == s.id))
    }),
    ("C26", "the people", |r| {
        [
            "staff",
            "volunteers",
            "suppliers",
            "complainants",
            "advisers",
            "witnesses",
            "former-staff",
            "prospective-staff",
            "others-identified",
        ]
        .iter()
        .all(|x| r.people(x).is_some())
    }),
    ("C27", "nineteen kinds of data", |r| r.part.data.len() == 19),
    ("C27", "from personal details to manual file references", |r| {
        ["personal-details", "complaint-accident", "licences-permits", "images-sound", "manual-references"]
            .iter()
            .all(|x| r.data(x).is_some())
    }),
    ("C28", "two dozen kinds of source, cameras among them", |r| {
        r.part.source.len() == 24 && r.source("cctv").is_some() && r.source("body-worn").is_some()
    }),
    ("C28", "every kind of source is used", |r| {
        r.part.source.iter().all(|s| r.part.activity.iter().any(|e| e.sources.contains(&s.id)))
    }),
    ("C31", "fraud initiative, tax, child maintenance, police, courts", |r| {
        ["audit-office", "hmrc", "child-maintenance", "psni", "courts"]
            .iter()
            .all(|x| r.recipient(x).is_some())
    }),
    ("C31", "bulk mail abroad gets names and addresses only", |r| {
        r.recipient("bulk-mailer").is_some_and(|x| x.country == "US" && x.only == ["personal-details"])
    }),
    ("C33", "every activity has a retention rule", |r| {
        r.part.activity.iter().all(|e| !e.retention.is_empty())
    }),
    ("C34", "recordings are a record type", |r| {
        r.part.form.iter().any(|f| f.id == "call-recording" && f.kind == "record")
    }),
    ("C36", "manual files are systems", |r| {
        r.part.system.iter().filter(|s| matches!(s.kind, SystemKind::Paper)).count() >= 3
    }),
];

#[test]
fn the_council_holds_what_its_promises_state() {
    hold(COUNCIL, "council");
}

type Fact = (&'static str, &'static str, fn(&Register) -> bool);

fn hold(facts: &[Fact], name: &str) {
    let register = built_in(name);
    for (promise, what, holds) in facts {
        assert!(holds(&register), "{promise}: {what}");
    }
}

fn lines_of(r: &Register, line: Line) -> usize {
    r.part.service.iter().filter(|s| s.line == line).count()
}

fn sold(r: &Register) -> bool {
    r.part.recipient.iter().any(|x| x.gateway.contains("sale") || x.why.contains("to buy"))
}

const ADVICE: [&str; 6] =
    ["ADV-EMPLOYMENT", "ADV-DISCRIMINATION", "ADV-HOUSING", "ADV-BENEFITS", "ADV-DEBT", "ADV-IMMIGRATION"];

const CHANNELS: [&str; 7] =
    ["sms", "live-chat", "whatsapp", "web-enquiry", "professional-referral", "email", "telephone"];

fn entry<'r>(r: &'r Register, id: &str) -> &'r Entry {
    r.activities(TODAY).find(|e| e.id == id).unwrap_or_else(|| panic!("{id}"))
}

fn groups(r: &Register) -> usize {
    let mut groups: Vec<&str> = r.part.service.iter().map(|s| s.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len()
}

fn special_kinds(r: &Register) -> usize {
    let mut kinds: Vec<_> = r.part.data.iter().flat_map(|d| d.special.iter().copied()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len()
}

/// The facts that the promises state of the network's register: promise, what, and whether it holds.
const NETWORK: &[Fact] = &[
    ("N1", "a national charity and four offices, each a controller", |r| {
        r.part.office.len() == 4 && r.part.controller.len() == 5
    }),
    ("N1", "joint for shared work, alone for local work", |r| {
        r.part.activity.iter().any(|e| e.joint.is_some())
            && r.part.activity.iter().any(|e| e.controller.as_deref() == Some("each-office"))
    }),
    ("N1", "who answers, who notifies, contact point", |r| {
        r.part.joint.iter().all(|j| {
            !j.answers_requests.is_empty() && !j.notifies.is_empty() && j.contact_point.contains('@')
        })
    }),
    ("N2", "joint systems, with what a rights request must do there", |r| {
        r.system("casebook").is_some_and(|s| s.joint.is_some())
            && r.part.system.iter().all(|s| !s.request.is_empty())
    }),
    ("N5", "a client number instead of a name", |r| r.data("client-number").is_some()),
    ("N6", "every office has a local layer", |r| r.part.office.iter().all(|o| !o.local.is_empty())),
    ("N9", "both public forms", |r| {
        ["enquiry", "professional-referral"].iter().all(|f| r.part.form.iter().any(|x| x.id == *f))
    }),
    ("N11", "the channels", |r| CHANNELS.iter().all(|c| r.part.channel.iter().any(|x| x.id == *c))),
    ("N14", "WhatsApp with a warning", |r| {
        r.part.channel.iter().any(|c| c.id == "whatsapp" && c.warning.contains("cannot guarantee"))
    }),
    ("N13", "a referral rests on consent", |r| {
        entry(r, "ADV-REFER").bases.iter().all(|b| b.basis.code() == "consent")
    }),
    ("N15", "membership is an activity", |r| r.service("membership").is_some()),
    ("N20", "likely recipients", |r| {
        ["dwp", "housing", "council", "creditors"].iter().all(|x| r.recipient(x).is_some())
    }),
    ("N21", "legitimate interests for advice, with an assessment", |r| {
        ADVICE.iter().all(|id| {
            entry(r, id)
                .bases
                .iter()
                .any(|b| b.basis.code() == "legitimate-interests" && !b.assessment.is_empty())
        })
    }),
    ("N22", "legal claims for advice about rights", |r| {
        ADVICE.iter().all(|id| entry(r, id).art9.iter().any(|a| a.code() == "legal-claims"))
    }),
    ("N23", "counselling for wellbeing, with a policy", |r| {
        entry(r, "ADV-WELLBEING").schedule1.iter().any(|c| c.paragraph == "17" && c.policy.is_some())
    }),
    ("N25", "three stages of complaint", |r| {
        r.recipient("adjudicator").is_some() && r.service("complaints").is_some()
    }),
    ("N26", "figures that name nobody", |r| r.retention("R-FIGURES").is_some()),
    ("N1", "one office works in Welsh first", |r| {
        r.part.office.iter().filter(|o| o.language == "cy" && o.local_cy.is_some()).count() == 1
    }),
];

#[test]
fn the_network_holds_what_its_promises_state() {
    hold(NETWORK, "advice-network");
}

#[test]
fn published_retention_rules_are_followed_and_none_pretends_to_be_checked() {
    let rows: toml::Table = include_str!("../../../../config/retention.toml").parse().unwrap();
    let rows = rows["row"].as_array().unwrap();
    for name in ["advice-network", "council"] {
        let register = built_in(name);
        assert!(register.part.retention.iter().filter(|r| r.row.is_some()).count() >= 15, "{name}");
        for rule in &register.part.retention {
            assert!(!rule.verified, "{name} {}: nobody has checked it", rule.id);
            let Some(number) = rule.row else { continue };
            assert!(
                rows.iter().any(|r| r["number"].as_integer() == Some(i64::from(number))),
                "{name} {}: row {number} exists",
                rule.id
            );
        }
    }
}

#[test]
fn the_gate_is_given_the_purposes_of_the_activities_that_use_the_casebook() {
    let council = built_in("council");
    let held = council.casework_purposes(TODAY);
    assert!(held.contains(Purpose::ServiceDelivery) && held.contains(Purpose::RightsRequest));
    assert!(!held.contains(Purpose::Workforce), "personnel files are not in the casebook");
}

#[test]
fn each_area_of_advice_rests_on_the_condition_that_the_law_engine_gives_it() {
    use counterfoil_domain::register::issues::{IssueArea, issue_condition};
    let register = built_in("advice-network");
    // The areas that the notice names have an activity each; the others are general advice. (`ADV-CONSUMER` is the
    // statutory helpline, not an area of an office's advice.)
    let named = ["employment", "discrimination", "housing", "benefits", "debt", "immigration", "wellbeing"];
    for area in IssueArea::ALL {
        let own =
            if named.contains(&area.code()) { area.code().to_uppercase() } else { "GENERAL".to_owned() };
        let entry = entry(&register, &format!("ADV-{own}"));
        let condition = issue_condition(*area);
        assert_eq!(entry.art9, [condition.art9], "{area}");
        let part2 = entry.schedule1.iter().any(|c| Some(c.paragraph.as_str()) == condition.schedule1);
        assert_eq!(part2, condition.schedule1.is_some(), "{area}");
    }
}
