//! A site over accounts and requests kept in memory, with a clock that the test moves.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use counterfoil_domain::ids::{SessionId, StaffId};
use counterfoil_service::ServiceError;
use counterfoil_service::notices::{Layer, Notice};
use counterfoil_service::rights::{PublicRequest, Received, RequestSummary, RequestView};
use counterfoil_service::sign_in::{
    Account, Accounts, LiveSession, NewSession, SignIn, SignedIn, code_at, hash_password,
};
use counterfoil_service::store::StoreError;
use counterfoil_web::theme::Theme;
use counterfoil_web::use_cases::{NewEvent, UseCases};
use counterfoil_web::{Means, Settings, Site, samples};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt as _;

pub const NAME: &str = "ada@example.org";
pub const PASSWORD: &str = "three plain words";
pub const SECRET: [u8; 20] = [5; 20];
pub const THEME: &str = include_str!("../../../../organisations/council/theme.toml");

/// One account, and its sessions with when each was last used and when it ends.
#[derive(Debug)]
pub struct Memory {
    account: Mutex<Account>,
    sessions: Mutex<Vec<(NewSession, SessionId, Timestamp)>>,
}

impl Memory {
    pub fn new() -> Self {
        let account = Account {
            staff: StaffId::from_bytes([1; 16]),
            password_hash: Some(hash_password(PASSWORD, [3; 16]).unwrap()),
            code_secret: Some(SECRET.to_vec()),
            last_code_step: 0,
            active: true,
            failed_tries: 0,
            locked_until: Timestamp::UNIX_EPOCH,
        };
        Self { account: Mutex::new(account), sessions: Mutex::default() }
    }
}

impl Accounts for Memory {
    fn by_name(&self, name: &str) -> Result<Option<Account>, String> {
        Ok((name == NAME).then(|| self.account.lock().unwrap().clone()))
    }
    fn by_id(&self, _: StaffId) -> Result<Option<Account>, String> {
        Ok(Some(self.account.lock().unwrap().clone()))
    }
    fn names(&self, _: StaffId) -> Result<(String, String), String> {
        Ok(("Ada Officer".into(), "Information rights".into()))
    }
    fn note_failure(&self, _: StaffId, locked_until: Timestamp) -> Result<(), String> {
        let mut account = self.account.lock().unwrap();
        account.failed_tries += 1;
        account.locked_until = locked_until;
        Ok(())
    }
    fn use_code(&self, _: StaffId, step: u64) -> Result<bool, String> {
        let mut account = self.account.lock().unwrap();
        let fresh = step > account.last_code_step;
        account.last_code_step = account.last_code_step.max(step);
        account.failed_tries = 0;
        Ok(fresh)
    }
    fn open(&self, session: &NewSession) -> Result<(), String> {
        let mut sessions = self.sessions.lock().unwrap();
        let id = SessionId::from_bytes([u8::try_from(sessions.len()).unwrap(); 16]);
        sessions.push((*session, id, session.now));
        Ok(())
    }
    fn live(
        &self,
        hash: [u8; 32],
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<LiveSession>, String> {
        let mut sessions = self.sessions.lock().unwrap();
        let alive = |s: &&mut (NewSession, SessionId, Timestamp)| {
            s.0.token_hash == hash && now < s.2 + idle && now < s.0.now + s.0.lasts
        };
        Ok(sessions.iter_mut().find(alive).map(|(session, id, seen)| {
            *seen = now;
            LiveSession { id: *id, staff: session.staff, second_factor: session.second_factor, active: true }
        }))
    }
    fn close(&self, closed: SessionId) -> Result<(), String> {
        self.sessions.lock().unwrap().retain(|(_, id, _)| *id != closed);
        Ok(())
    }
}

/// The samples as use-cases; one request panics and one is a fault, to see what the visitor is told.
#[derive(Debug)]
pub struct Samples;

pub const PANICS: &str = "AR-PANICS";
pub const FAULT: &str = "AR-FAULT";

impl UseCases for Samples {
    fn requests(&self, _: &SignedIn) -> Result<Vec<RequestSummary>, ServiceError> {
        Ok(samples::summaries())
    }
    fn request(&self, _: &SignedIn, reference: &str) -> Result<RequestView, ServiceError> {
        match reference {
            PANICS => panic!("Gethin Vaughan's file"),
            FAULT => Err(StoreError::Database("a table is missing".into()).into()),
            _ => {
                let found = samples::requests().into_iter().find(|r| r.summary.reference == reference);
                found.ok_or_else(|| StoreError::NotFound("request").into())
            }
        }
    }
    fn ask(&self, asked: &PublicRequest) -> Result<Received, ServiceError> {
        match &*asked.text.requester {
            FAULT => Err(StoreError::Database("a table is missing".into()).into()),
            _ => Ok(Received { reference: "R-2026-00042".into(), due: Some(date(2026, 12, 22)) }),
        }
    }
    fn notice(&self, layer: &Layer, _: &str) -> Result<Notice, ServiceError> {
        match layer {
            Layer::Service(id) if id != "licensing" => {
                Err(ServiceError::Invalid(format!("`{id}` is not a service of this register")))
            }
            _ => Ok(counterfoil_web::pages::privacy::sample()),
        }
    }
    fn record_event(&self, _: &SignedIn, _: &str, event: &NewEvent) -> Result<(), ServiceError> {
        if event.kind == "extended" {
            Err(ServiceError::Unlawful("it was told too late".into()))
        } else {
            Ok(())
        }
    }
    fn search(&self, _: &SignedIn, _: &str) -> Result<(), ServiceError> {
        Ok(())
    }
    fn approve(&self, _: &SignedIn, _: &str) -> Result<(), ServiceError> {
        Ok(())
    }
    fn healthy(&self) -> bool {
        true
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The form token on the page.
    pub fn token(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"form_token\" value=\"").expect("a form on the page");
        rest.split('"').next().unwrap().to_owned()
    }

    /// What a browser would send back as cookies after this answer.
    pub fn cookies(&self) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).into_iter();
        set.map(|line| line.to_str().unwrap().split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
    }
}

pub struct World {
    pub app: Router,
    pub clock: Arc<AtomicI64>,
}

pub fn means(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Means {
    let count = AtomicU64::new(1);
    let random = move |bytes: &mut [u8]| {
        let n = count.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.iter_mut().zip(n.iter().rev().cycle()).for_each(|(to, from)| *to = *from);
    };
    Means {
        now: Arc::new(now),
        random: Arc::new(random),
        sign_in: SignIn::new(Arc::new(Memory::new())),
        use_cases: Arc::new(Samples),
        witness: None,
        calendar: counterfoil_service::calendar::load(None).unwrap(),
        division: "northern-ireland".into(),
        live: None,
    }
}

pub fn site(settings: Settings) -> (Site, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(1_795_340_000));
    let hand = Arc::clone(&clock);
    let means = means(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap());
    (site_with(settings, means), clock)
}

pub fn site_with(settings: Settings, means: Means) -> Site {
    Site::new(Theme::parse(THEME).unwrap(), settings, means).unwrap()
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings { public_address: Some("https://site.example".into()), ..Settings::default() })
    }

    pub fn with(settings: Settings) -> Self {
        let (site, clock) = site(settings);
        Self { app: counterfoil_web::app(&site), clock }
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn get(&self, path: &str, cookies: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookies);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, cookies)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encode(fields))).unwrap()).await
    }

    /// Signs in and gives the session's cookie.
    pub async fn sign_in(&self) -> String {
        let page = self.get("/staff/sign-in", "").await;
        let fields = [("form_token", &*page.token()), ("name", NAME), ("password", PASSWORD)];
        let page = self.post("/staff/sign-in", &page.cookies(), &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let code = code_at(&SECRET, self.now()).unwrap();
        let fields = [("form_token", &*page.token()), ("code", &*code)];
        let done = self.post("/staff/sign-in/code", &page.cookies(), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        done.cookies()
    }
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}
