//! The channels as configured, and the thread that works them.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use counterfoil_connect::channel::{
    Chat, ChatSettings, MailSettings, Mailbox, Provider, Telephony, TelephonySettings, TextSettings, Texts,
    WhatsApp, WhatsAppSettings,
};
use counterfoil_connect::mail::{Security, Settings};
use counterfoil_domain::clock::Calendar;
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::intake::channels::{Channels, Line};
use counterfoil_service::intake::work::Works;
use counterfoil_service::store::Store;
use secrecy::SecretString;
use serde::Deserialize;

use crate::out::CommandError;

/// How long one step of a mail server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the providers are asked for what waits, and the errands that are due are done.
pub const EVERY: Duration = Duration::from_secs(30);

/// One channel: what carries it, for which office, and where its secrets are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelConfig {
    /// Its name; a provider's calls come to `/hooks/NAME`.
    pub name: String,
    /// `email`, `sms`, `whatsapp`, `chat` or `telephony`.
    pub kind: String,
    /// The office whose inbox it fills.
    pub office: String,
    /// The telephone number that messages give for an answer.
    #[serde(default)]
    pub phone: String,
    /// The provider's address: `https://…`; for e-mail the server's host.
    pub address: String,
    /// A file whose first line is the secret: the key, the access token, the mailbox's password.
    pub secret_file: std::path::PathBuf,
    /// A file whose first line signs or opens the provider's calls.
    pub hook_secret_file: Option<std::path::PathBuf>,
    /// For e-mail.
    pub mail: Option<MailConfig>,
    /// For text messages and WhatsApp.
    pub messages: Option<MessagesConfig>,
}

/// A mailbox's further settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The IMAP port; 993, with TLS.
    #[serde(default = "imap")]
    pub port: u16,
    /// The user.
    pub user: String,
    /// The folder that is read.
    #[serde(default = "inbox")]
    pub folder: String,
    /// The folder into which the server moves what is deleted, if it does.
    pub trash: Option<String>,
    /// The SMTP server; the same as the IMAP server when left out.
    pub smtp: Option<String>,
    /// Its port: 465 (TLS) or 587 (STARTTLS).
    #[serde(default = "smtp")]
    pub smtp_port: u16,
    /// The sender: `Example Advice <advice@example.org>`.
    pub from: String,
}

/// A message provider's further settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagesConfig {
    /// The service's id, or the id of the organisation's number.
    pub service: String,
    /// The template whose only placeholder is `words` (text messages).
    #[serde(default)]
    pub template: String,
    /// A file whose first line is said by the provider when it asks whether the address is ours (WhatsApp).
    pub verify_file: Option<std::path::PathBuf>,
    /// For how many days the provider keeps messages.
    pub keeps_days: u16,
    /// Whether it deletes when it is asked.
    #[serde(default)]
    pub deletes: bool,
}

const fn imap() -> u16 {
    993
}

const fn smtp() -> u16 {
    465
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn wrong(name: &str, why: &str) -> CommandError {
    CommandError::refused("channels", format!("channel `{name}`: {why}; see docs/guide/channels.md"))
}

/// The configured channels.
///
/// # Errors
/// A kind that is not known, a missing part, or a secret that cannot be read: each named by its channel.
pub fn build(configs: &[ChannelConfig]) -> Result<Channels, CommandError> {
    let lines = configs
        .iter()
        .map(|c| Ok(Line { provider: provider(c)?, office: c.office.clone(), phone: c.phone.clone() }))
        .collect::<Result<_, CommandError>>()?;
    Ok(Channels::new(lines)?)
}

fn secret(name: &str, file: Option<&Path>) -> Result<SecretString, CommandError> {
    let file = file.ok_or_else(|| wrong(name, "a file with a secret is missing"))?;
    let text = std::fs::read_to_string(file)
        .map_err(|e| wrong(name, &format!("`{}` cannot be read: {e}", file.display())))?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        return Err(wrong(name, &format!("`{}` is empty", file.display())));
    }
    Ok(SecretString::from(line.to_owned()))
}

fn provider(c: &ChannelConfig) -> Result<Box<dyn Provider>, CommandError> {
    let key = secret(&c.name, Some(&c.secret_file))?;
    let hook = || secret(&c.name, c.hook_secret_file.as_deref());
    let messages = || c.messages.as_ref().ok_or_else(|| wrong(&c.name, "it needs a `messages` table"));
    let built: Result<Box<dyn Provider>, _> = match c.kind.as_str() {
        "email" => Mailbox::new(mailbox(c, key)?).map(|p| Box::new(p) as Box<dyn Provider>),
        "sms" => {
            let m = messages()?;
            Texts::new(TextSettings {
                name: c.name.clone(),
                address: c.address.clone(),
                service: m.service.clone(),
                secret: key,
                template: m.template.clone(),
                hook_token: hook()?,
                keeps_days: m.keeps_days,
                deletes: m.deletes,
            })
            .map(|p| Box::new(p) as Box<dyn Provider>)
        }
        "whatsapp" => {
            let m = messages()?;
            WhatsApp::new(WhatsAppSettings {
                name: c.name.clone(),
                address: c.address.clone(),
                number_id: m.service.clone(),
                secret: key,
                app_secret: hook()?,
                verify_token: secret(&c.name, m.verify_file.as_deref())?,
                keeps_days: m.keeps_days,
            })
            .map(|p| Box::new(p) as Box<dyn Provider>)
        }
        "telephony" => Telephony::new(TelephonySettings {
            name: c.name.clone(),
            address: c.address.clone(),
            secret: key,
        })
        .map(|p| Box::new(p) as Box<dyn Provider>),
        "chat" => Chat::new(ChatSettings {
            name: c.name.clone(),
            address: c.address.clone(),
            secret: key,
            hook_secret: hook()?,
        })
        .map(|p| Box::new(p) as Box<dyn Provider>),
        other => {
            return Err(wrong(
                &c.name,
                &format!("`{other}` is not a kind: use email, sms, whatsapp, chat or telephony"),
            ));
        }
    };
    built.map_err(|e| wrong(&c.name, &e.to_string()))
}

fn mailbox(c: &ChannelConfig, password: SecretString) -> Result<MailSettings, CommandError> {
    let m = c.mail.as_ref().ok_or_else(|| wrong(&c.name, "it needs a `mail` table"))?;
    let sending = Settings {
        name: c.name.clone(),
        host: m.smtp.clone().unwrap_or_else(|| c.address.clone()),
        port: m.smtp_port,
        security: if m.smtp_port == 587 { Security::StartTls } else { Security::Tls },
        user: Some(m.user.clone()),
        password: Some(password.clone()),
        from: m.from.clone(),
        patience: PATIENCE,
    };
    Ok(MailSettings {
        name: c.name.clone(),
        host: c.address.clone(),
        port: m.port,
        security: Security::Tls,
        user: m.user.clone(),
        password,
        folder: m.folder.clone(),
        trash: m.trash.clone(),
        sending,
    })
}

/// The thread that works the channels of one organisation; dropping it stops it after the round at hand.
#[derive(Debug)]
pub struct ChannelWork {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl ChannelWork {
    /// Starts rounds every `every`.
    #[must_use]
    pub fn start(
        store: Store,
        controller: ControllerId,
        calendar: Calendar,
        channels: Channels,
        every: Duration,
    ) -> Self {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut last: Vec<String> = Vec::new();
            loop {
                let works = Works { store: &store, controller, calendar: &calendar, channels: &channels };
                let round = works.round();
                for trouble in round.troubles.iter().filter(|t| !last.contains(t)) {
                    tracing::warn!(trouble, "channels");
                }
                last = round.troubles;
                let stopped = told.0.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = told.1.wait_timeout_while(stopped, every, |stopped| !*stopped);
                if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                    return;
                }
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for ChannelWork {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
