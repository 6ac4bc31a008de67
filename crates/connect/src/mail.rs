//! Sending mail by SMTP.

use std::time::Duration;

use jiff::Timestamp;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message, SmtpTransport, Transport};
use secrecy::{ExposeSecret, SecretString};

use crate::channel::{ChannelError, Result};

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465, or 993 for IMAP).
    Tls,
    /// STARTTLS, which must succeed (port 587).
    StartTls,
    /// None. Taken for a loopback address only.
    Loopback,
}

/// Where mail is sent, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name in the configuration, for errors.
    pub name: String,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The user; without one no sign-in is made.
    pub user: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
    /// The sender: `advice@example.org` or `Example Advice <advice@example.org>`.
    pub from: String,
    /// How long one step may take.
    pub patience: Duration,
}

/// A file that goes with a letter.
#[derive(Clone)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// One letter by e-mail. Its `Debug` tells nothing of it.
#[derive(Clone, Default)]
pub struct Letter {
    /// Who gets it.
    pub to: String,
    /// The subject: no personal data, because it is shown on locked screens.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML, when there is one.
    pub html: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The `Message-ID` that it answers, for the reader's thread.
    pub answers: Option<String>,
    /// The left part of its own `Message-ID`: any word that is used once.
    pub id: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}

/// Sends a letter. `at` is its date. The answer is its `Message-ID` with its brackets.
///
/// # Errors
/// [`ChannelError`]; those of which [`ChannelError::may_pass`] says so are worth another try.
pub fn send(settings: &Settings, letter: &Letter, at: Timestamp) -> Result<String> {
    let sender: Mailbox =
        settings.from.parse().map_err(|_| ChannelError::Unwritable { what: "sender's address" })?;
    let id = format!("<{}@{}>", letter.id, sender.email.domain());
    let message = write(&sender, &id, letter, at)?;
    let transport = transport(settings, &sender.email)?;
    transport.send(&message).map_err(|e| problem(&settings.name, &e))?;
    Ok(id)
}

fn write(sender: &Mailbox, id: &str, letter: &Letter, at: Timestamp) -> Result<Message> {
    let to: Address =
        letter.to.trim().parse().map_err(|_| ChannelError::Unwritable { what: "recipient's address" })?;
    let mut builder = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&letter.subject))
        .date(at.into())
        .message_id(Some(id.to_owned()));
    if let Some(answers) = &letter.answers {
        let answers = one_line(answers);
        builder = builder.in_reply_to(answers.clone()).references(answers);
    }
    let plain = || SinglePart::plain(letter.text.clone());
    let unwritable = |_| ChannelError::Unwritable { what: "letter" };
    if letter.attachments.is_empty() {
        return match &letter.html {
            None => builder.singlepart(plain()),
            Some(html) => {
                builder.multipart(MultiPart::alternative_plain_html(letter.text.clone(), html.clone()))
            }
        }
        .map_err(unwritable);
    }
    let mut parts = match &letter.html {
        None => MultiPart::mixed().singlepart(plain()),
        Some(html) => {
            MultiPart::mixed().multipart(MultiPart::alternative_plain_html(letter.text.clone(), html.clone()))
        }
    };
    for file in &letter.attachments {
        let kind = ContentType::parse(&file.media_type)
            .map_err(|_| ChannelError::Unwritable { what: "attachment's media type" })?;
        parts = parts.singlepart(Part::new(one_line(&file.name)).body(file.content.clone(), kind));
    }
    builder.multipart(parts).map_err(unwritable)
}

/// A header holds no line break: one would begin another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn transport(settings: &Settings, sender: &Address) -> Result<SmtpTransport> {
    let tls = || {
        TlsParameters::new(settings.host.clone())
            .map_err(|_| ChannelError::Unreachable { provider: settings.name.clone() })
    };
    let tls = match settings.security {
        Security::Tls => Tls::Wrapper(tls()?),
        Security::StartTls => Tls::Required(tls()?),
        Security::Loopback if is_loopback(&settings.host) => Tls::None,
        Security::Loopback => return Err(ChannelError::Unwritable { what: "unprotected connection" }),
    };
    let mut builder = SmtpTransport::builder_dangerous(&settings.host)
        .port(settings.port)
        .tls(tls)
        .hello_name(ClientId::Domain(sender.domain().to_owned()))
        .timeout(Some(settings.patience));
    if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
    }
    Ok(builder.build())
}

/// Whether it is this machine's own address: an unprotected connection is taken there only.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The server's words are dropped: they may repeat the address.
fn problem(provider: &str, e: &lettre::transport::smtp::Error) -> ChannelError {
    let provider = provider.to_owned();
    let code = e.status().map_or(0, u16::from);
    match code {
        530 | 534 | 535 | 538 => ChannelError::NotSignedIn { provider },
        _ if e.is_permanent() => ChannelError::Refused { provider, code },
        _ if e.is_transient() => ChannelError::Later { provider, code },
        _ if e.is_response() => ChannelError::Misunderstood { provider },
        _ => ChannelError::Unreachable { provider },
    }
}
