//! Consents and authorities: given with a receipt, renewed, withdrawn by staff of any office and by the person.

use counterfoil_domain::access::{Identity, Protection, Purpose, Role};
use counterfoil_domain::sharing::marketing::MarketingChannel;
use counterfoil_service::ServiceError;
use counterfoil_service::casebook::{self, NewPerson, Profile};
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::{ConsentPurpose, Given, Stand, market, refer};
use counterfoil_service::store::StoreError;

use super::house::{content, fields, on_both, referral_consent};

fn marketing(channels: &[&str]) -> Giving {
    Giving {
        purpose: Some(ConsentPurpose::Marketing),
        fields: fields(channels),
        given: Some(Given::Online),
        language: "en".to_owned(),
        ..Giving::default()
    }
}

#[test]
fn a_consent_has_a_receipt_in_the_words_that_were_agreed_to() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let (desk, person) = (house.desk(&adviser), house.person(&adviser, "Ada", "ada@mail.example"));
        let receipt = permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        assert!(receipt.words.contains("services to which you agreed to be referred"), "{}", receipt.words);
        assert!(receipt.words.contains("name, telephone") && !receipt.words.contains('{'));
        assert_eq!(receipt.code.len(), 14);
        assert_eq!(receipt.until.unwrap().to_string(), "2027-05-21", "six months, and no longer");
        assert_eq!(permissions::receipt(&desk, person, receipt.id).unwrap(), receipt);
        let line = &permissions::list(&desk, person).unwrap()[0];
        assert_eq!((line.stand, line.events.len()), (Stand::Current, 1));
        house.at("2027-05-01T09:00:00Z");
        let line = &permissions::list(&house.desk(&adviser), person).unwrap()[0];
        assert!(matches!(line.stand, Stand::Expiring(_)));
        permissions::renew(&house.desk(&adviser), person, receipt.id, Given::Telephone, "asked again")
            .unwrap();
        let line = &permissions::list(&house.desk(&adviser), person).unwrap()[0];
        assert_eq!((line.stand, line.events.len()), (Stand::Current, 2));
        let welsh = Giving { language: "cy".into(), ..referral_consent("referral-partners") };
        let receipt = permissions::give(&house.desk(&adviser), person, &welsh).unwrap();
        assert!(receipt.words.starts_with("Rwy'n cytuno"));
    });
}

#[test]
fn what_is_no_consent_is_not_recorded() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let (desk, person) = (house.desk(&adviser), house.person(&adviser, "Ada", "ada@mail.example"));
        let good = referral_consent("referral-partners");
        for (what, giving) in [
            ("silence", Giving { given: None, ..good.clone() }),
            ("everybody", Giving { parties: Vec::new(), ..good.clone() }),
            ("everything", Giving { fields: Vec::new(), ..good.clone() }),
            ("an undeclared field", Giving { fields: fields(&["shoe size"]), ..good.clone() }),
            ("tomorrow", Giving { given_on: Some("2026-11-23".parse().unwrap()), ..good.clone() }),
            ("a channel that there is not", marketing(&["pigeon"])),
            ("no channel", marketing(&[])),
        ] {
            assert!(permissions::give(&desk, person, &giving).is_err(), "{what}");
        }
        // An authority cannot be for longer than its wording allows.
        let long = Giving { purpose: None, until: Some("2036-01-01".parse().unwrap()), ..good };
        let receipt = permissions::give(&desk, person, &long).unwrap();
        assert_eq!(
            (receipt.kind.as_str(), receipt.until.unwrap().to_string().as_str()),
            ("authority", "2027-11-21")
        );
        assert_eq!(permissions::list(&desk, person).unwrap().len(), 1);
    });
}

#[test]
fn withdrawing_is_as_easy_as_giving_and_takes_effect_at_once() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let (desk, person) = (house.desk(&adviser), house.person(&adviser, "Ada", "ada@mail.example"));
        let receipt = permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        let drafting = refer::Drafting {
            recipient: "referral-partners".into(),
            reason: "a food parcel".into(),
            fields: content(&[("name", "Ada Brook")]),
            case: None,
        };
        let referral = refer::draft(&desk, person, &drafting).unwrap();
        // The desk of another office, which sees nothing of the record, withdraws it for the person.
        let elsewhere = house.staff("Vale", &[Role::Reception]);
        let withdrawn =
            permissions::withdraw(&house.desk(&elsewhere), person, receipt.id, "came in").unwrap();
        assert_eq!(withdrawn.stopped, 1, "the draft that waited on it stops");
        assert_eq!(refer::list(&desk, person).unwrap()[0].state, "stopped");
        assert!(matches!(refer::send(&desk, person, referral).unwrap(), refer::Sending::Refused(_)));
        assert!(permissions::withdraw(&desk, person, receipt.id, "again").is_err());
        let renewed = permissions::renew(&desk, person, receipt.id, Given::InPerson, "no");
        assert!(renewed.is_err(), "a withdrawn consent is not brought back");
        assert_eq!(permissions::list(&desk, person).unwrap()[0].stand, Stand::Withdrawn);
    });
}

#[test]
fn the_code_of_a_receipt_withdraws_that_one_and_nothing_else() {
    on_both("council", |house| {
        let officer = house.staff("Moor", &[Role::Adviser]);
        let (desk, person) = (house.desk(&officer), house.person(&officer, "Ada", "ada@mail.example"));
        let first = permissions::give(&desk, person, &marketing(&["email"])).unwrap();
        let second = permissions::give(&desk, person, &referral_consent("trusts")).unwrap();
        let public = house.public();
        let typed = first.code.to_lowercase().replace('-', " ");
        let seen = permissions::by_code(&house.desk(&public), &typed).unwrap();
        assert_eq!((seen.id, seen.withdrawn), (first.id, false));
        permissions::withdraw_by_code(&house.desk(&public), &typed).unwrap();
        assert!(permissions::by_code(&house.desk(&public), &typed).unwrap().withdrawn);
        assert!(!permissions::by_code(&house.desk(&public), &second.code).unwrap().withdrawn);
        let strange = permissions::by_code(&house.desk(&public), "0000-0000-0000");
        assert!(matches!(strange, Err(ServiceError::Store(StoreError::NotFound(_)))));
        let events = permissions::list(&desk, person).unwrap();
        let own = events.iter().find(|l| l.permission.id == first.id).unwrap().events.last().unwrap().clone();
        assert_eq!((own.kind.as_str(), own.by), ("withdrawn", None), "the person's own act");
    });
}

#[test]
fn marketing_follows_consent_and_a_stop_outlives_the_record() {
    on_both("council", |house| {
        let officer = house.staff("Moor", &[Role::Adviser]);
        let desk = house.desk(&officer);
        let person = house.person(&officer, "Ada", "ada@mail.example");
        let ask = |channel| market::may_market(&desk, person, channel).unwrap().map_err(|g| g.code);
        assert_eq!(ask(MarketingChannel::Email), Err("no-marketing-consent"));
        permissions::give(&desk, person, &marketing(&["email", "post"])).unwrap();
        assert_eq!(ask(MarketingChannel::Email), Ok(()));
        assert_eq!(ask(MarketingChannel::DoorToDoor), Err("no-marketing-consent"));
        market::stop(&desk, person).unwrap();
        assert_eq!(ask(MarketingChannel::Email), Err("marketing-stopped"));
        // The same address in a new record: the stop is known.
        let again = house.person(&officer, "Ada Louise", "ADA@mail.example");
        assert_ne!(again, person);
        let found = market::may_market(&desk, again, MarketingChannel::Email).unwrap();
        assert_eq!(found.map_err(|g| g.code), Err("marketing-stopped"));
        // A new consent is the person's own last word.
        permissions::give(&desk, again, &marketing(&["email"])).unwrap();
        assert_eq!(market::may_market(&desk, again, MarketingChannel::Email).unwrap(), Ok(()));
    });
}

#[test]
fn a_bulk_mailing_has_names_and_addresses_of_those_who_agree() {
    on_both("council", |house| {
        let (officer, lead) =
            (house.staff("Moor", &[Role::Adviser]), house.staff("Moor", &[Role::Supervisor]));
        let desk = house.desk(&officer);
        for (name, email, stops) in [("Ada", "ada@mail.example", false), ("Ben", "ben@mail.example", true)] {
            let person = house.person(&officer, name, email);
            permissions::give(&desk, person, &marketing(&["email"])).unwrap();
            if stops {
                market::stop(&desk, person).unwrap();
            }
        }
        house.person(&officer, "Cal", "cal@mail.example");
        let elsewhere = house.staff("Vale", &[Role::Adviser]);
        let far = house.person(&elsewhere, "Dot", "dot@mail.example");
        permissions::give(&house.desk(&elsewhere), far, &marketing(&["email"])).unwrap();
        let list = market::mailing(&house.desk(&lead), "bulk-mailer", &["name", "email"]).unwrap();
        assert_eq!(list.csv, "name,email\nAda Brook,ada@mail.example\n");
        assert_eq!((list.people, list.left_out), (1, 1));
        // Round it: other fields, a recipient without an agreement, somebody who may take nothing out.
        let more = market::mailing(&house.desk(&lead), "bulk-mailer", &["name", "email", "phone"]);
        assert!(matches!(more, Err(ServiceError::Unlawful(_))));
        assert!(market::mailing(&house.desk(&lead), "courts", &["name", "email"]).is_err());
        assert!(market::mailing(&house.desk(&lead), "nobody", &["name"]).is_err());
        assert_eq!(market::mailing(&desk, "bulk-mailer", &["name", "email"]).unwrap().people, 0);
    });
}

#[test]
fn another_offices_consents_are_not_read() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let (desk, person) = (house.desk(&adviser), house.person(&adviser, "Ada", "ada@mail.example"));
        let receipt = permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        let elsewhere = house.staff("Vale", &[Role::Adviser, Role::Supervisor]);
        let far = house.desk(&elsewhere);
        assert!(permissions::list(&far, person).is_err());
        assert!(permissions::receipt(&far, person, receipt.id).is_err());
        assert!(permissions::give(&far, person, &referral_consent("referral-partners")).is_err());
        // One's own person does not open another's permission.
        let own = house.person(&elsewhere, "Ben", "ben@mail.example");
        assert!(permissions::receipt(&far, own, receipt.id).is_err());
    });
}

#[test]
fn what_is_erased_takes_its_permissions_along() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let (desk, person) = (house.desk(&adviser), house.person(&adviser, "Ada", "ada@mail.example"));
        let receipt = permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        let first = house.staff("Moor", &[Role::IgOfficer]);
        let second = house.staff("Moor", &[Role::IgOfficer]);
        casebook::erase_agreed(&house.store, &first, &second, person).unwrap();
        assert!(permissions::by_code(&house.desk(&house.public()), &receipt.code).is_err());
        let unnamed = NewPerson {
            office: casebook::office_of(&adviser).unwrap(),
            identity: Identity::Anonymous,
            protection: Protection::Standard,
            profile: Profile::default(),
            shares_contact: false,
        };
        casebook::record_person(&house.store, &adviser, Purpose::ServiceDelivery, &unnamed).unwrap();
    });
}
