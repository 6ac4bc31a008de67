//! One register: a changed purpose changes the notice, the Art 15 information and what the gate allows.

use std::sync::Arc;

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::{ControllerId, OfficeId};
use counterfoil_service::ServiceError;
use counterfoil_service::calendar;
use counterfoil_service::casebook::{self, Identity, NewPerson, Profile, Protection, Recorded};
use counterfoil_service::installation::{self, NewOrganisation};
use counterfoil_service::notices::{Layer, build, text};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::register::edit::{self, Edit, List, Proposal};
use counterfoil_service::register::{Files, information, keep};
use counterfoil_service::rights::Desk;
use counterfoil_service::store::{Actor, StoreError};
use counterfoil_store::access::{Gate, Limits};
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings};

use crate::register::TODAY;

struct House {
    store: Store,
    controller: ControllerId,
    office: OfficeId,
    _folder: tempfile::TempDir,
}

impl House {
    fn new(template: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(|| "2026-11-22T09:00:00Z".parse().unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(&Place::Folder(folder.path().join("data")), surroundings).unwrap();
        let new = NewOrganisation {
            settings: Organisation::template(template).unwrap().0.to_owned(),
            offices: vec!["Moor".to_owned()],
            adherent_until: None,
        };
        let controller = installation::set_up(&store, &new).unwrap();
        let office = installation::office_named(&store, controller, "Moor").unwrap();
        Self { store, controller, office, _folder: folder }
    }

    fn actor(&self, role: Role) -> Actor {
        let new = NewAccount {
            office: self.office,
            roles: RoleSet::of(&[role]),
            text: StaffText { name: role.to_string(), sign_in: role.to_string(), ..StaffText::default() },
            password_hash: None,
            totp_secret: None,
            training_until: Some("2027-06-01T00:00:00Z".parse().unwrap()),
        };
        let id = self.store.set_up_account(self.controller, &new).unwrap();
        Actor::Staff(self.store.actor(self.controller, id, true).unwrap())
    }

    /// What the notice of quality and the Art 15 information say of checking quality.
    fn says_quality(&self) -> (bool, bool) {
        let register = keep::current(&self.store, self.controller).unwrap().unwrap();
        let (_, organisation) = Organisation::template("advice-network").unwrap();
        let notice = build(&register, &organisation, &Layer::Organisation, "en", TODAY).unwrap();
        let words = "check the quality of our advice";
        let informed = information::of_casework(&register, TODAY);
        (text(&notice).contains(words), informed.purposes.iter().any(|p| p.contains(words)))
    }
}

/// The register without the purpose of quality in any activity.
fn without_quality(files: &Files) -> Files {
    files
        .iter()
        .map(|(name, content)| {
            let content = content.replace("\"quality\", ", "").replace(", \"quality\"", "");
            (name.clone(), content)
        })
        .collect()
}

#[test]
fn a_purpose_that_leaves_the_register_leaves_the_notice_the_letter_and_the_gate() {
    let house = House::new("advice-network");
    let (adviser, supervisor) = (house.actor(Role::Adviser), house.actor(Role::Supervisor));
    let officer = house.actor(Role::IgOfficer);
    let new = NewPerson {
        office: house.office,
        identity: Identity::Named,
        protection: Protection::Standard,
        profile: Profile { surname: "Larkspur".to_owned(), ..Profile::default() },
        shares_contact: false,
    };
    let recorded = casebook::record_person(&house.store, &adviser, Purpose::ServiceDelivery, &new).unwrap();
    let person = match recorded {
        Recorded::New(id) => id,
        other => panic!("{other:?}"),
    };
    let open = || casebook::open_person(&house.store, &supervisor, Purpose::Quality, person);
    assert!(open().is_ok(), "a supervisor reads for quality");
    assert_eq!(house.says_quality(), (true, true));

    let current = keep::current(&house.store, house.controller).unwrap().unwrap();
    keep::save(&house.store, &officer, house.office, &without_quality(current.files()), TODAY).unwrap();

    assert_eq!(house.says_quality(), (false, false));
    match open() {
        Err(ServiceError::Store(StoreError::Refused { policies, .. })) => {
            assert!(policies.iter().any(|p| p == "purpose-not-held"), "{policies:?}");
        }
        other => panic!("the gate refuses a purpose that no activity has: {other:?}"),
    }
    let still = casebook::open_person(&house.store, &adviser, Purpose::ServiceDelivery, person);
    assert!(still.is_ok(), "the other purposes stand");
}

#[test]
fn only_who_keeps_the_register_may_change_it_and_only_to_a_lawful_one() {
    let house = House::new("council");
    let current = keep::current(&house.store, house.controller).unwrap().unwrap();
    let adviser = house.actor(Role::Adviser);
    let refused = keep::save(&house.store, &adviser, house.office, current.files(), TODAY).unwrap_err();
    assert!(matches!(refused, ServiceError::Store(StoreError::Refused { .. })), "{refused}");
    let officer = house.actor(Role::IgOfficer);
    let mut files = current.files().clone();
    let text = files.get_mut("assessments.toml").unwrap();
    *text = text.replacen("completed = \"2025-09-12\"\n", "", 1);
    let unlawful = keep::save(&house.store, &officer, house.office, &files, TODAY).unwrap_err().to_string();
    assert!(unlawful.contains("is not complete"), "{unlawful}");
}

/// Runs as this actor.
fn at_desk<T>(house: &House, who: &Actor, work: impl FnOnce(&Desk<'_>) -> T) -> T {
    let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
    work(&Desk { store: &house.store, who, calendar: &calendar, law: &law })
}

/// The form of the first activity that checks quality, with that purpose not ticked any more.
fn untick_quality(desk: &Desk<'_>) -> Proposal {
    let kept = edit::open(desk).unwrap();
    let entry = kept.register.activities(TODAY).find(|e| e.purposes.iter().any(|p| p == "quality")).unwrap();
    let lists = List::ALL.map(|list| {
        let chosen = kept.choices(entry, list).into_iter().filter(|c| c.chosen && c.id != "quality");
        (list, chosen.map(|c| c.id).collect())
    });
    let (id, name, why) = (entry.id.clone(), entry.name.clone(), entry.why.clone());
    let edit = Edit::Activity { id, name, why, lists: lists.into_iter().collect() };
    Proposal { seen: kept.seen.clone(), edit, version: kept.next_version(), from: TODAY }
}

#[test]
fn a_form_shows_what_it_changes_and_saves_that() {
    let house = House::new("advice-network");
    let officer = house.actor(Role::IgOfficer);
    at_desk(&house, &officer, |desk| {
        let before = edit::open(desk).unwrap();
        let proposal = untick_quality(desk);
        let shown = edit::preview(desk, &proposal).unwrap();
        let removed: Vec<&str> = shown
            .notices
            .iter()
            .flat_map(|(_, changes)| changes)
            .filter(|c| c.what == "removed")
            .map(|c| c.text.as_str())
            .collect();
        assert!(removed.iter().any(|t| t.contains("check the quality")), "{removed:?}");
        assert_eq!(edit::open(desk).unwrap().seen, before.seen, "a preview saves nothing");

        edit::save(desk, &proposal).unwrap();
        let after = edit::open(desk).unwrap();
        assert_eq!(after.register.head.version, proposal.version);
        assert_eq!(after.versions.len(), 2);
        let comments = |files: &Files| -> usize {
            files.values().map(|t| t.lines().filter(|l| l.starts_with('#')).count()).sum()
        };
        assert_eq!(comments(after.register.files()), comments(before.register.files()));
    });
}

#[test]
fn an_edit_is_refused_that_is_stale_empty_backdated_unlawful_or_not_theirs() {
    let house = House::new("advice-network");
    let (officer, adviser) = (house.actor(Role::IgOfficer), house.actor(Role::Adviser));
    let refused = |who: &Actor, change: &dyn Fn(&mut Proposal)| {
        at_desk(&house, who, |desk| {
            let mut proposal = untick_quality(desk);
            change(&mut proposal);
            edit::save(desk, &proposal).unwrap_err().to_string()
        })
    };
    let told = refused(&officer, &|p| p.seen.clear());
    assert!(told.contains("someone else"), "{told}");
    let told = refused(&officer, &|p| p.version = "2026.2".to_owned());
    assert!(told.contains("a new version"), "{told}");
    let told = refused(&officer, &|p| p.from = jiff::civil::date(2026, 11, 1));
    assert!(told.contains("today or later"), "{told}");
    let told = refused(&officer, &|p| {
        p.edit = Edit::File { name: "activities.toml".to_owned(), text: "[[activity]\n".to_owned() };
    });
    assert!(told.contains("activities.toml"), "{told}");
    let told = refused(&officer, &|p| {
        if let Edit::Activity { lists, .. } = &mut p.edit {
            lists.insert(List::Retention, vec!["R-NONE".to_owned()]);
        }
    });
    assert!(told.contains("R-NONE"), "{told}");
    let told = refused(&adviser, &|_| ());
    assert!(told.contains("register.edit"), "{told}");
    assert_eq!(house.store.register_versions(house.controller).unwrap().len(), 1, "nothing was saved");
}
