//! Disclosures on each ground: evidence, authoriser, telling; and every way round refused (N7, N19, C9, C17, C19, C31).

use std::collections::BTreeMap;

use counterfoil_domain::access::Role;
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::sharing::Authoriser;
use counterfoil_service::ServiceError;
use counterfoil_service::register::built_in_files;
use counterfoil_service::register::keep;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::disclose::{self, Attempt, Proposal, TellingChoice};
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::{DisclosureText, Filter, minimise, recipients, register};
use jiff::civil::date;

use super::house::{House, content, fields, on_both, referral_consent};

fn evidence(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    content(pairs)
}

fn told_later(because: &str) -> TellingChoice {
    TellingChoice { how: "after".into(), on: Some(date(2026, 11, 30)), because: because.into() }
}

/// To the police, who asked in writing, about a stabbing.
fn to_the_police() -> Proposal {
    Proposal {
        text: DisclosureText {
            ground: "serious-crime".into(),
            recipient: "psni".into(),
            purpose: "to investigate a stabbing".into(),
            gateway: "police".into(),
            stated: vec![0, 1, 2, 3, 4],
            evidence: evidence(&[
                ("request", "form 81 of 20 November, filed under crime requests"),
                ("purpose", "investigation"),
                ("prejudice", "yes"),
                ("serious", "yes"),
                ("why_serious", "a man was stabbed; the attacker is at large"),
                ("proportionate", "yes"),
            ]),
            ..DisclosureText::default()
        },
        content: content(&[
            ("name", "Ada Brook"),
            ("what happened", "she called the office at 14:10 from the bridge"),
        ]),
        telling: told_later("telling her now could warn the attacker"),
        ..Proposal::default()
    }
}

/// Somebody may hurt himself tonight.
fn immediate_harm() -> Proposal {
    Proposal {
        text: DisclosureText {
            ground: "immediate-harm".into(),
            recipient: "safeguarding".into(),
            purpose: "to find him before he is hurt".into(),
            evidence: evidence(&[
                ("risk", "said that he will not see tomorrow"),
                ("immediate", "yes"),
                ("serious", "yes"),
                ("why_serious", "his life; he has tried before"),
                ("proportionate", "yes"),
            ]),
            ..DisclosureText::default()
        },
        content: content(&[
            ("name", "Ada Brook"),
            ("address", "14 Ropewalk"),
            ("situation", "alone at home"),
        ]),
        telling: told_later("there was no time"),
        ..Proposal::default()
    }
}

fn codes(desk: &Desk<'_>, person: PersonId, proposal: &Proposal) -> Vec<&'static str> {
    disclose::make(desk, person, proposal).unwrap().gaps().iter().map(|g| g.code).collect()
}

#[test]
fn a_serious_ground_waits_for_who_may_authorise_it() {
    on_both("council", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        let Attempt::Waits(id, least) = disclose::make(&desk, person, &to_the_police()).unwrap() else {
            panic!("an adviser cannot authorise it")
        };
        assert_eq!(least, Authoriser::InformationOfficer);
        assert!(matches!(disclose::send(&desk, id, false).unwrap(), Attempt::Refused(..)), "not before");
        let supervisor = house.staff("Moor", &[Role::Supervisor]);
        let tried = disclose::authorise(&house.desk(&supervisor), id, false).unwrap();
        assert_eq!(tried.gaps()[0].code, "no-authoriser", "not senior enough");
        assert!(disclose::authorise(&desk, id, false).is_err(), "the gate keeps an adviser from authorising");
        let officer = house.staff("Vale", &[Role::IgOfficer]);
        let governance = house.desk(&officer);
        let waiting = register::disclosures(&governance, Filter::Waiting).unwrap();
        assert_eq!((waiting.len(), waiting[0].id), (1, id));
        assert_eq!(disclose::authorise(&governance, id, false).unwrap(), Attempt::Authorised(id));
        assert_eq!(disclose::send(&desk, id, false).unwrap(), Attempt::Sent(id));
        assert!(matches!(disclose::send(&desk, id, false).unwrap(), Attempt::Refused(..)), "not twice");
        let (kept, copy) = &disclose::list(&desk, person).unwrap()[0];
        assert_eq!((kept.state.as_str(), kept.telling.as_str()), ("sent", "to-tell"));
        assert_eq!(kept.text.authoriser, "information-officer");
        assert_eq!(copy.len(), 2);
        assert_eq!(register::disclosures(&governance, Filter::ToTell).unwrap().len(), 1);
        assert!(disclose::tell(&desk, id, false, " ").is_err(), "not telling needs a reason");
        disclose::tell(&desk, id, true, "").unwrap();
        assert!(register::disclosures(&governance, Filter::ToTell).unwrap().is_empty());
    });
}

type Change = fn(&mut Proposal);

#[test]
fn each_thing_that_is_missing_refuses_and_is_written_down() {
    on_both("council", |house| {
        let officer = house.staff("Moor", &[Role::IgOfficer, Role::Adviser]);
        let desk = house.desk(&officer);
        let person = house.person(&officer, "Ada", "ada@mail.example");
        let cases: [(&str, Change); 14] = [
            ("ground-not-promised", |p| {
                p.text.ground = "reputation".into();
                p.text.gateway.clear();
            }),
            ("unanswered", |p| {
                p.text.evidence.remove("why_serious");
            }),
            ("test-not-met", |p| {
                p.text.evidence.insert("serious".into(), "no".into());
            }),
            ("wrong-kind", |p| {
                p.text.evidence.insert("purpose".into(), "curiosity".into());
            }),
            ("unknown-field", |p| {
                p.text.evidence.insert("mood".into(), "dark".into());
            }),
            ("not-stated", |p| p.text.stated = vec![0]),
            ("gateway-for-another-ground", |p| p.text.gateway = "tax".into()),
            ("unknown-gateway", |p| p.text.gateway = "gossip".into()),
            ("not-told", |p| p.telling = TellingChoice::default()),
            ("not-told", |p| p.telling.because.clear()),
            ("sale", |p| p.text.consideration = true),
            ("undeclared-field", |p| {
                p.content.insert("bank card".into(), "4000".into());
            }),
            ("field-not-for-recipient", |p| {
                p.text.recipient = "bulk-mailer".into();
            }),
            ("unanswered", |p| p.content.clear()),
        ];
        for (expected, change) in cases {
            let mut proposal = to_the_police();
            change(&mut proposal);
            let found = codes(&desk, person, &proposal);
            assert!(found.contains(&expected), "{expected}: {found:?}");
            assert!(house.refusal_logged(person, found[0]), "{expected} is in the log");
        }
        let kept = register::disclosures(&desk, Filter::Refused).unwrap();
        assert_eq!(kept.len(), 14, "every attempt is in the register");
        assert!(kept.iter().all(|d| !d.text.refused.is_empty() && d.sent_at.is_none()));
        for ground in ["", "sale", "money", "permissions"] {
            let mut proposal = to_the_police();
            proposal.text.ground = ground.into();
            let found = disclose::make(&desk, person, &proposal);
            assert!(matches!(found, Err(ServiceError::Unlawful(_))), "no ground, no disclosure: `{ground}`");
        }
        assert!(codes(&desk, person, &to_the_police()).is_empty());
    });
}

#[test]
fn a_stranger_abroad_is_sent_nothing_without_a_mechanism_and_the_regulators_advice() {
    on_both("council", |house| {
        let officer = house.staff("Moor", &[Role::IgOfficer, Role::Adviser]);
        let desk = house.desk(&officer);
        let person = house.person(&officer, "Ada", "ada@mail.example");
        let abroad = |country: &str, change: &dyn Fn(&mut DisclosureText)| {
            let mut proposal = to_the_police();
            proposal.text.recipient.clear();
            proposal.text.recipient_name = "a police force abroad".into();
            proposal.text.unlisted_why = "we never met them before".into();
            proposal.text.country = country.into();
            change(&mut proposal.text);
            codes(&desk, person, &proposal)
        };
        assert_eq!(abroad("br", &|_| ()), ["no-mechanism"]);
        assert_eq!(abroad("BR", &|t| t.mechanism = "adequacy".into()), ["no-transfer"]);
        assert_eq!(abroad("BR", &|t| t.mechanism = "public-interest".into()), ["no-advice"]);
        let advised = |t: &mut DisclosureText| {
            t.mechanism = "public-interest".into();
            t.advice = Some(date(2026, 11, 20));
        };
        assert!(abroad("BR", &advised).is_empty());
        assert!(abroad("IE", &|t| t.mechanism = "adequacy".into()).is_empty());
    });
}

/// Changes words of the register and saves it, in force from today.
fn edit(house: &House, old: &str, new: &str) {
    let keeper = house.staff("Moor", &[Role::IgOfficer]);
    let office = counterfoil_service::casebook::office_of(&keeper).unwrap();
    let mut files = built_in_files("council").unwrap();
    let text = files.get_mut("recipients.toml").unwrap();
    assert!(text.contains(old), "{old}");
    *text = text.replacen(old, new, 1);
    keep::save(&house.store, &keeper, office, &files, date(2026, 11, 22)).unwrap();
}

#[test]
fn a_recipient_without_an_agreement_in_force_is_sent_nothing() {
    on_both("council", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        let under_agreement = |recipient: &str| Proposal {
            text: DisclosureText {
                ground: "agreement".into(),
                recipient: recipient.into(),
                purpose: "to act on a complaint".into(),
                ..DisclosureText::default()
            },
            content: content(&[("name", "Ada Brook")]),
            ..Proposal::default()
        };
        assert!(codes(&desk, person, &under_agreement("pcsp-partners")).is_empty());
        assert!(codes(&desk, person, &under_agreement("courts")).contains(&"no-agreement"));
        // The agreement runs out: the next attempt is refused, under it and with permission.
        let line = |d: &Desk<'_>| {
            recipients::directory(d).unwrap().into_iter().find(|r| r.id == "pcsp-partners").unwrap()
        };
        assert!(line(&desk).blocked.is_empty());
        let agreement = line(&desk).agreement;
        let at = format!("reference = \"{agreement}\"\nfrom = \"2025-04-01\"");
        edit(&house, &at, &format!("{at}\nuntil = \"2026-11-21\""));
        let refused = codes(&desk, person, &under_agreement("pcsp-partners"));
        assert!(refused.contains(&"agreement-not-in-force"), "{refused:?}");
        assert_eq!(line(&desk).agreement_state, "not-in-force");
        assert!(!line(&desk).blocked.is_empty(), "the directory says so too");
        let consent = referral_consent("pcsp-partners");
        let receipt = permissions::give(&desk, person, &consent).unwrap();
        let mut permitted = under_agreement("pcsp-partners");
        permitted.text.ground = "permission".into();
        permitted.permission = Some(receipt.id);
        assert_eq!(codes(&desk, person, &permitted), ["agreement-not-in-force"]);
    });
}

#[test]
fn an_authority_to_act_gates_what_is_given_under_it() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        let authority = Giving {
            purpose: None,
            parties: vec!["creditors".into()],
            fields: fields(&["name", "money"]),
            until: Some(date(2026, 12, 31)),
            ..referral_consent("creditors")
        };
        let receipt = permissions::give(&desk, person, &authority).unwrap();
        let offer = |permission| Proposal {
            text: DisclosureText {
                ground: "permission".into(),
                recipient: "creditors".into(),
                purpose: "to offer £5 a month".into(),
                ..DisclosureText::default()
            },
            content: content(&[("name", "Ada Brook"), ("money", "£31 a week spare")]),
            permission,
            ..Proposal::default()
        };
        assert!(codes(&desk, person, &offer(None)).contains(&"no-permission"));
        assert!(codes(&desk, person, &offer(Some(receipt.id))).is_empty());
        let mut elsewhere = offer(Some(receipt.id));
        elsewhere.text.recipient = "dwp".into();
        assert_eq!(codes(&desk, person, &elsewhere), ["permission-other-recipient"]);
        // Somebody else's authority is not found.
        let other = house.person(&adviser, "Ben", "ben@mail.example");
        assert!(disclose::make(&desk, other, &offer(Some(receipt.id))).is_err());
        house.at("2027-01-01T09:00:00Z");
        assert_eq!(codes(&desk, person, &offer(Some(receipt.id))), ["permission-expired"]);
        house.at("2026-12-01T09:00:00Z");
        permissions::withdraw(&desk, person, receipt.id, "").unwrap();
        assert_eq!(codes(&desk, person, &offer(Some(receipt.id))), ["permission-withdrawn"]);
    });
}

#[test]
fn a_supervisor_acts_at_once_where_someone_is_in_danger() {
    on_both("advice-network", |house| {
        let supervisor = house.staff("Moor", &[Role::Supervisor]);
        let desk = house.desk(&supervisor);
        let person = house.person(&supervisor, "Ada", "ada@mail.example");
        assert!(matches!(disclose::make(&desk, person, &immediate_harm()).unwrap(), Attempt::Sent(_)));
        let adviser = house.adviser();
        let tried = disclose::make(&house.desk(&adviser), person, &immediate_harm()).unwrap();
        assert!(matches!(tried, Attempt::Waits(_, Authoriser::Supervisor)));
        // The council promises other grounds (C17), the network no ground of fraud (N19).
        let mut fraud = immediate_harm();
        fraud.text.ground = "fraud".into();
        assert!(codes(&desk, person, &fraud).contains(&"ground-not-promised"));
        // Nothing special to defend a reputation, whoever signs.
        let manager = house.staff("Moor", &[Role::OfficeManager, Role::Supervisor]);
        let mut reply = immediate_harm();
        reply.text.ground = "reputation".into();
        reply.content = content(&[("name", "Ada Brook"), ("health", "asthma")]);
        assert!(codes(&house.desk(&manager), person, &reply).contains(&"special-not-for-ground"));
    });
}

#[test]
fn another_offices_person_is_not_disclosed_and_the_register_is_for_those_who_oversee() {
    on_both("advice-network", |house| {
        let supervisor = house.staff("Moor", &[Role::Supervisor]);
        let person = house.person(&supervisor, "Ada", "ada@mail.example");
        disclose::make(&house.desk(&supervisor), person, &immediate_harm()).unwrap();
        let elsewhere = house.staff("Vale", &[Role::Supervisor]);
        let far = house.desk(&elsewhere);
        assert!(disclose::make(&far, person, &immediate_harm()).is_err());
        assert!(disclose::list(&far, person).is_err());
        let id = register::disclosures(&house.desk(&supervisor), Filter::All).unwrap()[0].id;
        assert!(disclose::send(&far, id, false).is_err());
        assert!(disclose::authorise(&far, id, false).is_err());
        assert!(disclose::open_to_authorise(&far, id).is_err());
        assert!(register::disclosures(&far, Filter::All).unwrap().is_empty(), "not one of another office");
        let adviser = house.adviser();
        assert!(register::disclosures(&house.desk(&adviser), Filter::All).unwrap().is_empty());
        let dpo = house.staff("Vale", &[Role::DataProtectionOfficer]);
        assert_eq!(register::disclosures(&house.desk(&dpo), Filter::All).unwrap().len(), 1);
        assert!(disclose::open_to_authorise(&house.desk(&dpo), id).is_err(), "oversees, decides nothing");
    });
}

#[test]
fn special_data_need_a_condition_and_forms_take_only_what_they_declare() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        assert!(minimise::may_record_special(&desk, person, "housing.disrepair").is_ok());
        assert!(minimise::may_record_special(&desk, person, "wellbeing.loneliness").is_ok());
        assert!(minimise::may_record_special(&desk, person, "gossip").is_err());
        assert!(house.refusal_logged(person, "no-area"));
        assert!(minimise::only_declared(&desk, "enquiry", &fields(&["your question", "postcode"])).is_ok());
        let more = minimise::only_declared(&desk, "enquiry", &fields(&["your question", "religion"]));
        assert!(matches!(more, Err(ServiceError::Unlawful(why)) if why.contains("`religion`")));
        assert!(minimise::only_declared(&desk, "no-such-form", &fields(&["name"])).is_err());
        // A year later the register has lost the condition: nothing special is recorded under it.
        let keeper = house.staff("Moor", &[Role::IgOfficer]);
        let office = counterfoil_service::casebook::office_of(&keeper).unwrap();
        let mut files = built_in_files("advice-network").unwrap();
        let activities = files.get_mut("activities.toml").unwrap();
        let at = activities.find("id = \"ADV-HOUSING\"").unwrap();
        let own = activities.split_off(at).replacen(
            "art9 = [\"legal-claims\"]",
            "art9 = [\"explicit-consent\"]",
            1,
        );
        activities.push_str(&own);
        keep::save(&house.store, &keeper, office, &files, date(2026, 11, 22)).unwrap();
        assert!(minimise::may_record_special(&desk, person, "housing.disrepair").is_err());
        assert!(house.refusal_logged(person, "no-condition"));
        assert!(minimise::may_record_special(&desk, person, "debt.rent").is_ok(), "other areas keep theirs");
    });
}

#[test]
fn the_directory_says_who_gets_what_on_which_footing() {
    on_both("council", |house| {
        let adviser = house.adviser();
        let all = recipients::directory(&house.desk(&adviser)).unwrap();
        assert!(all.len() > 30, "{}", all.len());
        let mailer = all.iter().find(|r| r.id == "bulk-mailer").unwrap();
        assert_eq!((mailer.country.as_str(), mailer.agreement_state), ("US", "in-force"));
        assert!(!mailer.fields.iter().any(|f| f == "health"), "{:?}", mailer.fields);
        assert!(all.iter().all(|r| !r.why.is_empty()));
    });
}
