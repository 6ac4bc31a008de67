//! Configuration: one TOML file, every key known, secrets only from the environment or a file.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use counterfoil_service::installation::{self, Site};
use counterfoil_service::store::{Place, Store};
use serde::Deserialize;

use crate::clock;
use crate::out::CommandError;
use crate::running::channels::ChannelConfig;

/// The default configuration, which is also its documentation.
pub const DEFAULT: &str = include_str!("../../../config/counterfoil.toml");

/// The variable that holds the passphrase of the key file.
pub const PASSPHRASE: &str = "COUNTERFOIL_PASSPHRASE";

/// The variable that names a file whose first line is the passphrase.
pub const PASSPHRASE_FILE: &str = "COUNTERFOIL_PASSPHRASE_FILE";

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the data is.
    pub data: Data,
    /// Where the keys are.
    pub keys: Keys,
    /// The web site.
    pub site: SiteConfig,
    /// The audit log's upkeep.
    pub log: LogConfig,
    /// Letters by e-mail, and mail that may hold a request.
    pub mail: MailConfig,
    /// The channels by which people write.
    #[serde(default)]
    pub channels: Vec<ChannelConfig>,
}

/// Letters by e-mail, and mail that may hold a request. The password comes from the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The mail server; without one, letters that are to go by e-mail wait.
    pub host: Option<String>,
    /// Its port, when it is not the usual one.
    pub port: Option<u16>,
    /// `tls`, `starttls`, or `loopback` for a server on this machine.
    pub security: String,
    /// The user name, when the server asks for one.
    pub user: Option<String>,
    /// The address that letters come from.
    pub from: String,
    /// A folder of `.eml` files to look through for requests.
    pub requests: Option<PathBuf>,
}

/// Where the data is.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// A folder: the embedded database, its key store and the sealed files; with PostgreSQL, the files.
    pub folder: PathBuf,
    /// A PostgreSQL address; without it the embedded database is used.
    pub postgres: Option<String>,
    /// The schema in that database.
    pub schema: String,
    /// The most connections that one process opens.
    pub connections: usize,
}

impl std::fmt::Debug for Data {
    // INVARIANT: the address may hold a password and is never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Data")
            .field("folder", &self.folder)
            .field("postgres", &self.postgres.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

/// Where the keys are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The key file, sealed by the passphrase.
    pub file: PathBuf,
    /// A folder with the organisation's own policies.
    pub policies: Option<PathBuf>,
}

/// The web site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteConfig {
    /// Where it listens.
    pub listen: String,
    /// Where metrics are served; a private address.
    pub metrics: Option<String>,
    /// The public address, for cookies and links, such as `https://casework.example.org`.
    pub address: Option<String>,
    /// The look of the site; without it that of the organisation's kind.
    pub theme: Option<PathBuf>,
    /// The proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether the public sees the promise ledger, under `/promises`.
    #[serde(default)]
    pub public_ledger: bool,
    /// The folder of a witness: this site then cosigns others' audit logs under `/witness`.
    pub witness: Option<PathBuf>,
}

/// The audit log's upkeep.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Seconds from one signed checkpoint to the next.
    pub seconds: u64,
    /// Who is asked to cosign.
    #[serde(default)]
    pub witnesses: Vec<WitnessConfig>,
}

/// One witness: its key, and where it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessConfig {
    /// Its key, as `name+id+key`.
    pub key: String,
    /// Where it answers, such as `https://office.example.org/witness`.
    pub url: Option<String>,
    /// Its folder, when it is on this machine or on other media.
    pub folder: Option<PathBuf>,
}

impl Config {
    /// Reads the file, or `counterfoil.toml` here when there is one, over the defaults.
    ///
    /// # Errors
    /// An unreadable file, an unknown key, or a value of the wrong kind: each is named.
    pub fn load(file: Option<&Path>) -> Result<Self, CommandError> {
        let here = Path::new("counterfoil.toml");
        let file = file.or_else(|| here.exists().then_some(here));
        let mut merged = parse(DEFAULT, "the default configuration")?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|e| {
                CommandError::refused(
                    "config",
                    format!("the configuration `{}` cannot be read: {e}", path.display()),
                )
            })?;
            merge(&mut merged, parse(&text, &format!("`{}`", path.display()))?);
        }
        let name = file.map_or_else(|| "the configuration".to_owned(), |p| format!("`{}`", p.display()));
        let mut config: Self =
            serde::Deserialize::deserialize(toml::Value::Table(merged)).map_err(|e: toml::de::Error| {
                CommandError::refused("config", format!("{name}: {}", e.message()))
            })?;
        if let Ok(address) = std::env::var("COUNTERFOIL_POSTGRES") {
            config.data.postgres = Some(address);
        }
        Ok(config)
    }

    /// The defaults, with everything in this folder on the embedded database.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn at(folder: &Path) -> Result<Self, CommandError> {
        let mut config = Self::load(None)?;
        config.data = Data { folder: folder.join("data"), postgres: None, ..config.data };
        config.keys = Keys { file: folder.join("organisation.key"), policies: None };
        Ok(config)
    }

    /// The installation that the configuration describes.
    pub fn site(&self) -> Site {
        let place = match &self.data.postgres {
            None => Place::Folder(self.data.folder.clone()),
            Some(address) => Place::Postgres {
                address: address.clone(),
                connections: self.data.connections,
                schema: self.data.schema.clone(),
                files: self.data.folder.join("files"),
            },
        };
        Site { place, key_file: self.keys.file.clone(), policies: self.keys.policies.clone() }
    }

    /// Opens the store.
    ///
    /// # Errors
    /// A missing passphrase or key file, a wrong passphrase, a newer schema, an unreachable database.
    pub fn open(&self) -> Result<Store, CommandError> {
        let passphrase = passphrase()?;
        let clock = fixed_or_system()?;
        let (store, _) = installation::open(&self.site(), &passphrase, clock)?;
        Ok(store)
    }
}

/// The clock for the store: `COUNTERFOIL_NOW` when set, the system's otherwise.
pub fn fixed_or_system() -> Result<counterfoil_service::store::Clock, CommandError> {
    let at_start = clock::now()?;
    let fixed = std::env::var(clock::FIXED).is_ok();
    Ok(installation::clock(move || if fixed { at_start } else { clock::now().unwrap_or(at_start) }))
}

/// The passphrase of the key file.
///
/// # Errors
/// When neither variable is set, or the file cannot be read.
pub fn passphrase() -> Result<String, CommandError> {
    if let Ok(passphrase) = std::env::var(PASSPHRASE) {
        return Ok(passphrase);
    }
    let missing = || {
        CommandError::refused(
            "no-passphrase",
            format!(
                "the passphrase of the key file is missing: set {PASSPHRASE}, or {PASSPHRASE_FILE} to a file that holds it"
            ),
        )
    };
    let path = std::env::var(PASSPHRASE_FILE).map_err(|_| missing())?;
    let text = std::fs::read_to_string(&path).map_err(|e| {
        CommandError::refused("no-passphrase", format!("the passphrase file `{path}` cannot be read: {e}"))
    })?;
    text.lines().next().map(str::to_owned).filter(|l| !l.is_empty()).ok_or_else(missing)
}

fn parse(text: &str, name: &str) -> Result<toml::Table, CommandError> {
    text.parse()
        .map_err(|e: toml::de::Error| CommandError::refused("config", format!("{name}: {}", e.message())))
}

fn merge(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => merge(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}
