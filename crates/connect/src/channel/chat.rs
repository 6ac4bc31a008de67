//! Transcripts of a live chat that a third party runs: fetched or told, then deleted there. The calls are
//! signed with their moment, so that a recording of one is refused.

use counterfoil_domain::intake::{Channel, Ending};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::http::{Http, same, segment, signature, text};
use super::{Arrival, Event, Hook, HookError, Keeps, Provider, Result};

/// A call that was signed longer ago than this is a recording.
const OLDEST: SignedDuration = SignedDuration::from_mins(5);

/// Where transcripts are, and as whom they are read.
#[derive(Debug, Clone)]
pub struct ChatSettings {
    /// The name in the configuration.
    pub name: String,
    /// The interface's address.
    pub address: String,
    /// The access token.
    pub secret: SecretString,
    /// What signs the provider's calls.
    pub hook_secret: SecretString,
}

/// A provider of live chat.
#[derive(Debug)]
pub struct Chat {
    settings: ChatSettings,
    http: Http,
}

impl Chat {
    /// # Errors
    /// An address that is not HTTPS.
    pub fn new(settings: ChatSettings) -> Result<Self> {
        let http = Http::new(&settings.name, &settings.address)?;
        Ok(Self { settings, http })
    }

    fn auth(&self) -> String {
        format!("Bearer {}", self.settings.secret.expose_secret())
    }
}

/// A transcript: each line with who said it.
fn transcript(value: &Value) -> Option<Arrival> {
    let lines = value.pointer("/messages").and_then(Value::as_array)?;
    let said: Vec<String> =
        lines.iter().map(|m| format!("{}: {}", text(m, "/from"), text(m, "/text"))).collect();
    let arrival = Arrival {
        reference: text(value, "/id"),
        from: text(value, "/visitor/email"),
        name: text(value, "/visitor/name"),
        words: said.join("\n"),
        received: text(value, "/ended_at").parse().ok(),
        ..Arrival::default()
    };
    (!arrival.reference.is_empty()).then_some(arrival)
}

impl Provider for Chat {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn channel(&self) -> Channel {
        Channel::Chat
    }

    fn keeps(&self) -> Keeps {
        Keeps { ending: Ending::Deleted, period: None }
    }

    fn fetch(&self, most: usize, _now: Timestamp) -> Result<Vec<Arrival>> {
        let answer = self.http.json("GET", "/transcripts", &self.auth(), None)?;
        let list = answer.pointer("/transcripts").and_then(Value::as_array);
        let list = list.ok_or_else(|| self.http.misunderstood())?;
        Ok(list.iter().filter_map(transcript).take(most).collect())
    }

    fn hook(&self, hook: &Hook<'_>, now: Timestamp) -> std::result::Result<Vec<Event>, HookError> {
        let moment = (hook.header)("x-chat-timestamp").unwrap_or_default();
        let given = (hook.header)("x-chat-signature").unwrap_or_default();
        let key = self.settings.hook_secret.expose_secret().as_bytes();
        if !same(&given, &signature(key, &[moment.as_bytes(), b".", hook.body])) {
            return Err(HookError::NotSigned);
        }
        let signed = moment.parse().ok().and_then(|s| Timestamp::from_second(s).ok());
        if signed.is_none_or(|at| now.duration_since(at).abs() > OLDEST) {
            return Err(HookError::Stale);
        }
        let value: Value = serde_json::from_slice(hook.body).map_err(|_| HookError::Misunderstood)?;
        let arrived = transcript(&value).ok_or(HookError::Misunderstood)?;
        Ok(vec![Event::Arrived(Box::new(arrived))])
    }

    fn remove(&self, reference: &str, _now: Timestamp) -> Result<()> {
        self.http.delete(&format!("/transcripts/{}", segment(reference)), &self.auth())
    }

    fn holds(&self, reference: &str, _now: Timestamp) -> Result<bool> {
        self.http.exists(&format!("/transcripts/{}", segment(reference)), &self.auth())
    }
}
