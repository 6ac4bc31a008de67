//! Three offices with people of every role behind the whole site, its doors and its API, on each engine; and tries
//! to get round what they may do.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request, header};
use counterfoil_connect::channel::WhatsApp;
use counterfoil_connect::fake::Fake;
use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::{CaseId, PersonId};
use counterfoil_service::casebook::{
    self, CaseText, DocumentText, EntryText, Identity, NewEntryOfCase, NewPerson, NoteText, Profile,
    Protection, Recorded, work,
};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff, Site as Installation};
use counterfoil_service::intake::channels::{Channels, Line};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::disclose::{self, Proposal};
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::refer::{self, Drafting};
use counterfoil_service::sharing::{ConsentPurpose, DisclosureText, Given, recipients};
use counterfoil_service::sign_in::{SignIn, StoreAccounts, code_at, hash_password};
use counterfoil_service::store::{Actor, Hardness, Place};
use counterfoil_web::use_cases::Live;
use counterfoil_web::{Means, Settings};
use jiff::{SignedDuration, Timestamp};
use tokio::task::block_in_place;

use crate::support::{self, Answer, PASSWORD, World};

/// A Friday at ten in the morning.
pub const NOW: &str = "2026-11-20T10:00:00Z";

/// What only the record holds: none of it may be in an answer to somebody who may not see it.
const SECRETS: [&str; 6] = [
    "Thornquist",
    "b.thornquist@mail.example",
    "01632 960777",
    "Brackenwhistle",
    "Quillfeather",
    "Marrowstone",
];

/// Sign-in, office, roles, and whether the training is still in date.
const STAFF: [(&str, &str, &[Role], bool); 16] = [
    ("ada", "Moor", &[Role::Adviser], true),
    ("sup", "Moor", &[Role::Supervisor], true),
    ("man", "Moor", &[Role::OfficeManager], true),
    ("ig", "Moor", &[Role::IgOfficer], true),
    ("iga", "Moor", &[Role::IgOfficer, Role::Adviser], true),
    ("tom", "Vale", &[Role::Adviser], true),
    ("una", "Vale", &[Role::Adviser], true),
    ("vsup", "Vale", &[Role::Supervisor], true),
    ("vman", "Vale", &[Role::OfficeManager], true),
    ("vrec", "Vale", &[Role::Reception], true),
    ("vcom", "Vale", &[Role::ComplaintsOfficer], true),
    ("vig", "Vale", &[Role::IgOfficer], true),
    ("dpo", "Vale", &[Role::DataProtectionOfficer], true),
    ("net", "Vale", &[Role::NetworkAdministrator], true),
    ("lapsed", "Vale", &[Role::Adviser], false),
    ("gil", "Glen", &[Role::Adviser, Role::Supervisor], true),
];

/// How something is tried.
pub enum How {
    /// A page by its address.
    Get(&'static str),
    /// A form of the site, sent whether or not the page with it opens.
    Post(&'static str, Vec<(String, String)>),
    /// A call of the API, with this body.
    Call(Method, &'static str, serde_json::Value),
    /// A call for a purpose of the caller's choice.
    For(&'static str, &'static str),
}

/// A try: its number in `docs/security/ways-round.md`, who tries, and how.
pub struct Try(pub &'static str, pub &'static str, pub How);

pub fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

pub struct House {
    pub world: World,
    pub live: Live,
    pub fake: Fake,
    /// What stands for `{name}` in an address or a field.
    pub named: Mutex<BTreeMap<&'static str, String>>,
    sessions: tokio::sync::Mutex<BTreeMap<String, Session>>,
    _folder: tempfile::TempDir,
}

#[derive(Clone)]
pub struct Session {
    pub cookies: String,
    token: String,
    bearer: String,
}

/// Runs `test` on SQLite, and on PostgreSQL when `COUNTERFOIL_TEST_POSTGRES` names one.
pub async fn each(template: &str, test: impl AsyncFn(&House)) {
    let mut engines = vec![None];
    match std::env::var("COUNTERFOIL_TEST_POSTGRES") {
        Ok(address) => engines.push(Some(address)),
        Err(_) => println!("skipped on PostgreSQL: COUNTERFOIL_TEST_POSTGRES is not set"),
    }
    for engine in engines {
        let folder = tempfile::tempdir().unwrap();
        let place = match engine {
            None => Place::Folder(folder.path().join("data")),
            Some(address) => Place::Postgres {
                address,
                connections: 6,
                schema: named_by_chance(folder.path()),
                files: folder.path().join("files"),
            },
        };
        let house = block_in_place(|| House::build(template, place, folder));
        test(&house).await;
        // A store over PostgreSQL closes its connections outside the async threads.
        block_in_place(|| drop(house));
    }
}

/// A schema that no other test has, also where a server keeps those of tests that were cut off.
fn named_by_chance(folder: &Path) -> String {
    let name = folder.file_name().unwrap().as_encoded_bytes();
    name.iter().fold("ways_".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

impl House {
    fn build(template: &str, place: Place, folder: tempfile::TempDir) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW.parse::<Timestamp>().unwrap().as_second()));
        let hand = Arc::clone(&clock);
        let now = move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap();
        let key_file = folder.path().join("keys");
        installation::make_keys(&key_file, "three plain words", Hardness::Test).unwrap();
        let at = Installation { place, key_file, policies: None };
        let (store, _) =
            installation::open(&at, "three plain words", installation::clock(now.clone())).unwrap();
        let new = NewOrganisation {
            settings: Organisation::template(template).unwrap().0.to_owned(),
            offices: ["Moor", "Vale", "Glen"].map(str::to_owned).into(),
            adherent_until: "2028-01-01T00:00:00Z".parse().ok(),
        };
        let controller = installation::set_up(&store, &new).unwrap();
        let hash = hash_password(PASSWORD, [3; 16]).unwrap();
        for (sign_in, office, roles, trained) in STAFF {
            let until = if trained { "2028-01-01T00:00:00Z" } else { "2026-11-19T00:00:00Z" };
            let new = NewStaff {
                office: office.to_owned(),
                name: format!("Worker {sign_in}"),
                sign_in: sign_in.to_owned(),
                roles: RoleSet::of(roles),
                password_hash: Some(hash.clone()),
                totp_secret: Some(secret(sign_in)),
                training_until: until.parse().ok(),
            };
            installation::add_staff(&store, controller, &new).unwrap();
        }
        let fake = Fake::start().unwrap();
        let provider = Box::new(WhatsApp::new(fake.whatsapp("whatsapp")).unwrap());
        let line = Line { provider, office: "Moor".to_owned(), phone: "01632 960100".to_owned() };
        let live = Live {
            store: store.clone(),
            controller,
            calendar: counterfoil_service::calendar::load(None).unwrap(),
            law: ClockConfig::default(),
            channels: Channels::new(vec![line]).unwrap(),
        };
        let means = Means {
            live: Some(live.clone()),
            use_cases: Arc::new(live.clone()),
            sign_in: SignIn::new(Arc::new(StoreAccounts { store, controller })),
            ..support::means(now)
        };
        let site = support::site_with(Settings::default(), means);
        let world = World { app: counterfoil_web::app(&site), clock };
        let named = Mutex::default();
        let sessions = tokio::sync::Mutex::default();
        let house = Self { world, live, fake, named, sessions, _folder: folder };
        let offices = house.live.store.offices(controller).unwrap();
        house.name("vale", &offices.iter().find(|o| o.name == "Vale").unwrap().id);
        house.people();
        house
    }

    pub fn name(&self, key: &'static str, value: &(impl ToString + ?Sized)) {
        self.named.lock().unwrap().insert(key, value.to_string());
    }

    pub fn named(&self, key: &str) -> String {
        self.named.lock().unwrap().get(key).unwrap_or_else(|| panic!("`{key}` is named")).clone()
    }

    pub fn person(&self) -> PersonId {
        self.named("person").parse().unwrap()
    }

    pub fn actor(&self, sign_in: &str) -> Actor {
        let facts = self.live.store.sign_in_facts(self.live.controller, sign_in).unwrap().unwrap();
        Actor::Staff(self.live.store.actor(self.live.controller, facts.staff, true).unwrap())
    }

    /// Does something beside the site, as staff of the house do it.
    pub fn acting<T>(&self, sign_in: &str, work: impl FnOnce(&Desk<'_>) -> T) -> T {
        block_in_place(|| {
            let who = self.actor(sign_in);
            work(&Desk {
                store: &self.live.store,
                who: &who,
                calendar: &self.live.calendar,
                law: &self.live.law,
            })
        })
    }

    pub fn record(&self, by: &str, surname: &str, change: impl FnOnce(&mut NewPerson)) -> PersonId {
        self.acting(by, |desk| {
            let mut new = NewPerson {
                office: casebook::office_of(desk.who).unwrap(),
                identity: Identity::Named,
                protection: Protection::Standard,
                profile: Profile {
                    forenames: "Beatrix".into(),
                    surname: surname.into(),
                    ..Profile::default()
                },
                shares_contact: false,
            };
            change(&mut new);
            match casebook::record_person(desk.store, desk.who, Purpose::ServiceDelivery, &new).unwrap() {
                Recorded::New(id) | Recorded::Known(id) => id,
            }
        })
    }

    /// The person at Moor whom the others are after, with everything that a record can have; and one of Vale's own.
    fn people(&self) {
        let person = self.record("ada", "Thornquist", |new| {
            new.profile.emails = vec!["b.thornquist@mail.example".into()];
            new.profile.phones = vec!["01632 960777".into()];
            new.profile.born = Some(jiff::civil::date(1961, 4, 9));
        });
        self.name("person", &person);
        self.name(
            "own",
            &self.record("tom", "Ownbody", |new| new.profile.emails = vec!["own@mail.example".into()]),
        );
        self.acting("ada", |desk| {
            let text = CaseText { title: "Brackenwhistle".into(), question: "what can be done?".into() };
            let case: CaseId =
                casebook::open_case(desk.store, desk.who, person, "housing.eviction", &text).unwrap();
            self.name("case", &case);
            let note = NoteText { text: "Quillfeather".into(), ..NoteText::default() };
            work::write_note(desk, case, &note, None).unwrap();
            let about = DocumentText { name: "letter.txt".into(), ..DocumentText::default() };
            let document = work::add_document(desk, (person, Some(case)), &about, b"Marrowstone").unwrap();
            self.name("document", &document);
            let task = NewEntryOfCase {
                case: Some(case),
                staff: None,
                starts_at: None,
                ends_at: None,
                text: EntryText::Task { what: "ring the Thornquist landlord".into() },
            };
            self.name("entry", &work::add_entry(desk, person, &task).unwrap());
            let page = work::case_page(desk, case).unwrap();
            self.name("note", &page.notes[0].id);
        });
        self.name(
            "owncase",
            &self.acting("tom", |desk| {
                let own: PersonId = self.named("own").parse().unwrap();
                let text = CaseText { title: "another matter".into(), ..CaseText::default() };
                casebook::open_case(desk.store, desk.who, own, "housing.eviction", &text).unwrap()
            }),
        );
    }

    /// A consent to refer `person` to a recipient of the register; gives its identifier and code.
    pub fn consent(&self, by: &str, person: PersonId, recipient: &str) -> permissions::Receipt {
        let giving = Giving {
            purpose: Some(ConsentPurpose::Referral),
            parties: vec![recipient.to_owned()],
            fields: vec!["name".into(), "telephone".into()],
            given: Some(Given::InPerson),
            language: "en".into(),
            evidence: "said at the desk".into(),
            ..Giving::default()
        };
        self.acting(by, |desk| permissions::give(desk, person, &giving).unwrap())
    }

    pub fn draft(&self, by: &str, person: PersonId, recipient: &str) -> String {
        let drafting = Drafting {
            recipient: recipient.to_owned(),
            reason: "a food parcel".into(),
            fields: [("name".to_owned(), "Beatrix".to_owned())].into(),
            case: None,
        };
        self.acting(by, |desk| refer::draft(desk, person, &drafting).unwrap().to_string())
    }

    /// A disclosure that waits for somebody senior.
    pub fn proposed(&self, by: &str, ground: &str, evidence: &[(&str, &str)], recipient: &str) -> String {
        let proposal = Proposal {
            text: DisclosureText {
                ground: ground.into(),
                recipient: recipient.into(),
                purpose: "to keep him safe".into(),
                evidence: fields(evidence).into_iter().collect(),
                ..DisclosureText::default()
            },
            content: [("name".to_owned(), "Beatrix Thornquist".to_owned())].into(),
            telling: disclose::TellingChoice {
                how: "after".into(),
                on: Some(jiff::civil::date(2026, 11, 28)),
                because: "there was no time".into(),
            },
            ..Proposal::default()
        };
        self.acting(by, |desk| match disclose::make(desk, self.person(), &proposal).unwrap() {
            disclose::Attempt::Waits(id, _) => id.to_string(),
            other => panic!("it waits: {other:?}"),
        })
    }

    /// The number of a field in the forms of the sharing pages.
    pub fn field_number(&self, name: &str) -> usize {
        self.acting("ada", |desk| {
            recipients::fields(desk).unwrap().iter().position(|(n, _)| n == name).expect("a declared field")
        })
    }

    /// Signs in through the form, once for each.
    pub async fn session(&self, sign_in: &str) -> Session {
        let mut sessions = self.sessions.lock().await;
        if let Some(session) = sessions.get(sign_in) {
            return session.clone();
        }
        let page = self.world.get("/staff/sign-in", "").await;
        let fields = [("form_token", &*page.token()), ("name", sign_in), ("password", PASSWORD)];
        let page = self.world.post("/staff/sign-in", &page.cookies(), &fields).await;
        let code = code_at(&secret(sign_in), self.world.now()).unwrap();
        let fields = [("form_token", &*page.token()), ("code", &*code)];
        let done = self.world.post("/staff/sign-in/code", &page.cookies(), &fields).await;
        let cookies = done.cookies();
        let bearer = cookies.split_once('=').expect("a session").1.to_owned();
        let page = self.world.get("/staff/recipients", &cookies).await;
        let token = if page.body.contains("form_token") {
            page.token()
        } else {
            self.world.get("/staff/work", &cookies).await.token()
        };
        let session = Session { cookies, token, bearer };
        sessions.insert(sign_in.to_owned(), session.clone());
        session
    }

    /// Forgets who is signed in: their sessions are over after a time.
    pub async fn pass(&self, time: SignedDuration) {
        self.world.pass(time.as_secs());
        self.sessions.lock().await.clear();
    }

    fn filled(&self, text: &str) -> String {
        let named = self.named.lock().unwrap();
        named.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    pub async fn send(&self, by: &str, how: &How) -> Answer {
        let session = self.session(by).await;
        let bearer = format!("Bearer {}", session.bearer);
        match how {
            How::Get(path) => self.world.get(&self.filled(path), &session.cookies).await,
            How::Post(path, fields) => {
                let mut filled: Vec<(String, String)> =
                    fields.iter().map(|(n, v)| (n.clone(), self.filled(v))).collect();
                filled.push(("form_token".into(), session.token.clone()));
                let pairs: Vec<(&str, &str)> = filled.iter().map(|(n, v)| (&**n, &**v)).collect();
                self.world.post(&self.filled(path), &session.cookies, &pairs).await
            }
            How::Call(method, path, body) => {
                let request = Request::builder().method(method).uri(self.filled(path));
                let body = Body::from(self.filled(&body.to_string()));
                self.world.send(request.header(header::AUTHORIZATION, bearer).body(body).unwrap()).await
            }
            How::For(purpose, path) => {
                let request = Request::get(self.filled(path)).header("x-purpose", *purpose);
                let request = request.header(header::AUTHORIZATION, bearer).body(Body::empty());
                self.world.send(request.unwrap()).await
            }
        }
    }

    /// Tries each: refused, with nothing of the record in the answer and nothing of it changed.
    pub async fn refuses(&self, tries: Vec<Try>) {
        self.trying(tries, true, true).await;
    }

    /// As [`Self::refuses`], by somebody who may see the record: nothing of it changes.
    pub async fn changes_nothing(&self, tries: Vec<Try>) {
        self.trying(tries, true, false).await;
    }

    /// Tries each: whatever is answered, it tells nothing of the record and changes nothing of it.
    pub async fn tells_nothing(&self, tries: Vec<Try>) {
        self.trying(tries, false, true).await;
    }

    async fn trying(&self, tries: Vec<Try>, refused: bool, quiet: bool) {
        let before = self.state();
        let mut tried = Vec::new();
        for Try(number, by, how) in tries {
            let answer = self.send(by, &how).await;
            let status = answer.status;
            assert!(!status.is_server_error() && status != 401, "{number} by {by}: {status} {}", answer.body);
            let no = status.is_client_error() && status != 405;
            assert!(no || !refused, "{number} by {by}: {status} {}", answer.body);
            if quiet {
                self.keeps_quiet(number, by, &how, &answer);
            }
            tried.push((number, by));
        }
        assert_eq!(before, self.state(), "one of {tried:?} changed something");
    }

    pub fn keeps_quiet(&self, number: &str, by: &str, how: &How, answer: &Answer) {
        let sent = match how {
            How::Post(_, fields) => format!("{fields:?}"),
            How::Call(_, _, body) => body.to_string(),
            _ => String::new(),
        };
        for secret in SECRETS.iter().filter(|s| !sent.contains(*s)) {
            assert!(!answer.body.contains(secret), "{number} by {by} learns `{secret}`: {}", answer.body);
        }
    }

    /// All of the person's record that a try could change, as the home office sees it.
    pub fn state(&self) -> String {
        let person = self.person();
        self.acting("sup", |desk| {
            let page = work::person_page(desk, person).unwrap();
            let case = work::case_page(desk, self.named("case").parse().unwrap()).unwrap();
            let entries: Vec<_> = case.entries.iter().chain(&page.entries).map(|e| (e.id, e.state)).collect();
            let permissions: Vec<_> = permissions::list(desk, person)
                .unwrap()
                .into_iter()
                .map(|l| (l.permission.id, l.permission.until, l.permission.withdrawn_at))
                .collect();
            let referrals: Vec<_> =
                refer::list(desk, person).unwrap().into_iter().map(|r| (r.id, r.state)).collect();
            let disclosed = disclose::list(desk, person).unwrap().into_iter().filter(|(d, _)| d.state != "refused");
            let disclosed: Vec<_> = disclosed.map(|(d, _)| (d.id, d.state, d.sent_at)).collect();
            let sent =
                counterfoil_service::intake::outward::sent(desk, case.case.id).unwrap().messages.len();
            let notes: Vec<_> = case.notes.iter().map(|n| (n.id, n.version)).collect();
            let of_case = (case.case.version, case.case.status, notes, case.documents.len(), case.shares.len());
            let of_person = (
                page.person.version,
                page.person.protection,
                page.person.identity,
                page.person.office,
                page.relations.len(),
                page.cases.len(),
                page.merges.len(),
            );
            let grants: Vec<_> = casebook::reason::digest(desk)
                .unwrap()
                .grants
                .into_iter()
                .map(|g| (g.grant.id, g.grant.revoked_at))
                .collect();
            format!(
                "{of_person:?} {of_case:?} {entries:?} {permissions:?} {referrals:?} {disclosed:?} {sent} {grants:?}"
            )
        })
    }
}

fn secret(sign_in: &str) -> Vec<u8> {
    let mut secret = sign_in.as_bytes().to_vec();
    secret.resize(20, 7);
    secret
}

/// Every address of the site's staff pages, as the source names them.
pub fn addresses() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for rest in text.split(".route(").skip(1) {
                    let rest = rest.trim_start();
                    let quoted = |rest: &str| rest.split('"').nth(1).map(str::to_owned);
                    if rest.starts_with('"') {
                        found.extend(quoted(rest));
                    } else if rest.starts_with("&at(\"") {
                        found.extend(quoted(rest).map(|tail| format!("/staff/people/{{id}}/{tail}")));
                    }
                }
            }
        }
    }
    found.retain(|address| address.starts_with("/staff") && !address.contains("sign"));
    found.sort();
    found.dedup();
    found
}
