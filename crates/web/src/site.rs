//! One site: what it shows, where it stands, and what it is given to work with.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use counterfoil_domain::clock::Calendar;
use counterfoil_service::log::witness_file::FileWitness;
use counterfoil_service::organisation::Organisation;
use counterfoil_service::sign_in::SignIn;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

use crate::assets::Assets;
use crate::pages::promises::Counted;
use crate::render::Renderer;
use crate::strings::{Strings, StringsError};
use crate::theme::Theme;
use crate::throttle::{Allowance, Throttle};
use crate::use_cases::{Live, UseCases};

/// The words of one language: those of every page, then those of each area.
macro_rules! words {
    ($language:literal, [$($area:literal),*]) => {
        concat!(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/", $language, "/interface.toml")),
            $("\n", include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/../../content/", $language, "/interface/", $area, ".toml"
            ))),*
        )
    };
}

const EN: &str = words!(
    "en",
    [
        "casebook",
        "desk",
        "inbox",
        "letters",
        "promises",
        "public",
        "register",
        "retention",
        "review",
        "rights",
        "sharing"
    ]
);
const CY: &str = words!(
    "cy",
    [
        "casebook",
        "desk",
        "inbox",
        "letters",
        "promises",
        "public",
        "register",
        "retention",
        "review",
        "rights",
        "sharing"
    ]
);

/// Password checks that may run at once: each takes 19 MiB and a core.
const PASSWORD_CHECKS: usize = 2;

/// Why a site cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The interface's words.
    #[error(transparent)]
    Strings(#[from] StringsError),
    /// A template.
    #[error("a page template is not well formed: {0}")]
    Template(#[from] minijinja::Error),
    /// The time zone data.
    #[error("the time zone of the United Kingdom is not known here: {0}")]
    Zone(String),
    /// The public address.
    #[error("`{0}` is not a site's address: write `https://` or `http://` and a host name, without a path")]
    Address(String),
}

/// Where the site stands.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that visitors use, such as `https://requests.example.org`; nothing for a demo on a
    /// loopback port over plain HTTP.
    pub public_address: Option<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The largest form that is taken, in bytes.
    pub largest_form: usize,
    /// How long a request may take.
    pub time_limit: Duration,
    /// Whether the public sees the promise ledger.
    pub public_ledger: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_address: None,
            trusted_proxies: Vec::new(),
            largest_form: 256 * 1024,
            time_limit: Duration::from_secs(30),
            public_ledger: false,
        }
    }
}

/// Fills bytes with randomness.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the site is given to work with; the only door to time, chance and the use-cases.
#[derive(Clone)]
pub struct Means {
    /// The clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Fills bytes with randomness.
    pub random: Random,
    /// Signing in.
    pub sign_in: SignIn,
    /// The use-cases behind the staff pages.
    pub use_cases: Arc<dyn UseCases>,
    /// The witness that this instance is for other organisations' audit logs, if it is one.
    pub witness: Option<Arc<FileWitness>>,
    /// The bank holidays.
    pub calendar: Calendar,
    /// The division in which the organisation is, by its spelling.
    pub division: String,
    /// What the JSON API and most pages work on; without it there is no API, and such a page is not found.
    pub live: Option<Live>,
}

impl std::fmt::Debug for Means {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Means")
    }
}

/// Where advice is to be had: the data protection officer and the regulator (promise C23).
#[derive(Debug, Clone, serde::Serialize)]
pub struct Advice {
    /// The officer, by title.
    pub officer: String,
    /// The officer's e-mail address.
    pub officer_email: String,
    /// The regulator.
    pub regulator: String,
    /// The regulator's telephone number.
    pub regulator_phone: String,
    /// The regulator's site, without `https://`.
    pub regulator_website: String,
}

impl Advice {
    /// As the organisation's settings have it; nothing for a site without data.
    fn of(live: Option<&Live>) -> Option<Self> {
        let live = live?;
        let settings = live.store.controller(live.controller).ok()?.settings;
        let organisation = Organisation::from_toml(&settings).ok()?;
        Some(Self {
            officer: organisation.data_protection_officer.name,
            officer_email: organisation.data_protection_officer.email,
            regulator: organisation.regulator.name,
            regulator_phone: organisation.regulator.phone,
            regulator_website: organisation.regulator.website,
        })
    }
}

/// One site; cheap to clone.
#[derive(Debug, Clone)]
pub struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    theme: Theme,
    strings: Arc<Strings>,
    assets: Arc<Assets>,
    renderer: Renderer,
    settings: Settings,
    means: Means,
    zone: TimeZone,
    by_address: Throttle,
    by_account: Throttle,
    password_checks: Arc<Semaphore>,
    advice: Option<Advice>,
    counted: Counted,
}

impl Site {
    /// Puts a site together and checks its words, templates and address.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn new(theme: Theme, settings: Settings, means: Means) -> Result<Self, SiteError> {
        if let Some(address) = settings.public_address.as_deref().filter(|address| !is_origin(address)) {
            return Err(SiteError::Address(address.to_owned()));
        }
        let strings = Arc::new(Strings::parse(EN, CY)?);
        let assets = Arc::new(Assets::new(&theme.css()));
        let zone = TimeZone::get("Europe/London").map_err(|error| SiteError::Zone(error.to_string()))?;
        let renderer = Renderer::new(&strings, &assets)?;
        Ok(Self(Arc::new(Inner {
            advice: Advice::of(means.live.as_ref()),
            theme,
            strings,
            assets,
            renderer,
            settings,
            means,
            zone,
            // A whole office may sit behind one address; one account has one person.
            by_address: Throttle::new(Allowance { burst: 30, refill: Duration::from_secs(10) }),
            by_account: Throttle::new(Allowance { burst: 10, refill: Duration::from_secs(60) }),
            password_checks: Arc::new(Semaphore::new(PASSWORD_CHECKS)),
            counted: Counted::default(),
        })))
    }

    /// Whether visitors come over HTTPS.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.origin().is_some_and(|address| address.starts_with("https://"))
    }

    /// The site's own origin, when it is configured.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.0.settings.public_address.as_deref()
    }

    /// The interface's words.
    #[must_use]
    pub fn strings(&self) -> &Strings {
        &self.0.strings
    }

    /// The organisation's look.
    #[must_use]
    pub fn theme(&self) -> &Theme {
        &self.0.theme
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// The page templates.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.0.renderer
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0.means.now)()
    }

    /// The zone in which the organisation's days begin.
    pub(crate) fn zone(&self) -> TimeZone {
        self.0.zone.clone()
    }

    pub(crate) fn sign_in(&self) -> SignIn {
        self.0.means.sign_in.clone()
    }

    pub(crate) fn use_cases(&self) -> Arc<dyn UseCases> {
        Arc::clone(&self.0.means.use_cases)
    }

    /// The bank holidays.
    pub(crate) fn calendar(&self) -> &Calendar {
        &self.0.means.calendar
    }

    /// Where advice is to be had.
    pub(crate) fn advice(&self) -> Option<&Advice> {
        self.0.advice.as_ref()
    }

    /// The division in which the organisation is.
    pub(crate) fn division(&self) -> &str {
        &self.0.means.division
    }

    pub(crate) fn live(&self) -> Option<Live> {
        self.0.means.live.clone()
    }

    /// The promise ledger as it was last counted.
    pub(crate) fn counted(&self) -> &Counted {
        &self.0.counted
    }

    pub(crate) fn witness(&self) -> Option<Arc<FileWitness>> {
        self.0.means.witness.clone()
    }

    pub(crate) fn by_address(&self) -> &Throttle {
        &self.0.by_address
    }

    pub(crate) fn by_account(&self) -> &Throttle {
        &self.0.by_account
    }

    pub(crate) fn password_checks(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.password_checks)
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0.means.random)(&mut bytes);
        bytes
    }

    pub(crate) fn new_token(&self) -> String {
        hex(&self.random::<32>())
    }

    pub(crate) fn new_request_id(&self) -> String {
        hex(&self.random::<8>())
    }
}

fn is_origin(address: &str) -> bool {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    host.is_some_and(|host| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        !host.is_empty() && host.chars().all(plain)
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
