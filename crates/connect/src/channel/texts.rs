//! Text messages over HTTP, in the shape of GOV.UK Notify's interface: a token made from the service's
//! secret, one template whose only words are ours, callbacks that carry an agreed token.

use counterfoil_domain::intake::{Channel, Delivery, Ending};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::http::{Http, same, segment, text, token};
use super::{Arrival, Event, Hook, HookError, Keeps, Outgoing, Provider, Result};

/// Where text messages go, and as whom.
#[derive(Debug, Clone)]
pub struct TextSettings {
    /// The name in the configuration.
    pub name: String,
    /// The interface's address.
    pub address: String,
    /// The service's id.
    pub service: String,
    /// The service's secret.
    pub secret: SecretString,
    /// The template whose only placeholder is `words`.
    pub template: String,
    /// What the provider's callbacks carry.
    pub hook_token: SecretString,
    /// For how many days the provider keeps what it sent and received.
    pub keeps_days: u16,
    /// Whether the provider deletes when it is asked, before its period ends.
    pub deletes: bool,
}

/// A provider of text messages.
#[derive(Debug)]
pub struct Texts {
    settings: TextSettings,
    http: Http,
}

impl Texts {
    /// # Errors
    /// An address that is not HTTPS.
    pub fn new(settings: TextSettings) -> Result<Self> {
        let http = Http::new(&settings.name, &settings.address)?;
        Ok(Self { settings, http })
    }

    fn auth(&self, now: Timestamp) -> String {
        let secret = self.settings.secret.expose_secret();
        format!("Bearer {}", token(&self.settings.service, secret.as_bytes(), now))
    }
}

/// What Notify's words for a state mean.
fn state(word: &str) -> Option<Delivery> {
    Some(match word {
        "created" | "sending" | "pending" => Delivery::Sending,
        "sent" => Delivery::Sent,
        "delivered" => Delivery::Delivered,
        "temporary-failure" => Delivery::NotReached,
        "permanent-failure" | "validation-failed" => Delivery::NoSuch,
        "technical-failure" | "virus-scan-failed" | "cancelled" => Delivery::Failed,
        _ => return None,
    })
}

fn arrival(value: &Value, id: &str, from: &str, words: &str, at: &str) -> Option<Arrival> {
    let arrival = Arrival {
        reference: text(value, id),
        from: text(value, from),
        words: text(value, words),
        received: text(value, at).parse().ok(),
        ..Arrival::default()
    };
    (!arrival.reference.is_empty() && !arrival.from.is_empty()).then_some(arrival)
}

impl Provider for Texts {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn channel(&self) -> Channel {
        Channel::Sms
    }

    fn keeps(&self) -> Keeps {
        if self.settings.deletes {
            return Keeps { ending: Ending::Deleted, period: None };
        }
        let period = SignedDuration::from_hours(24 * i64::from(self.settings.keeps_days));
        Keeps { ending: Ending::Expires, period: Some(period) }
    }

    fn fetch(&self, most: usize, now: Timestamp) -> Result<Vec<Arrival>> {
        let answer = self.http.json("GET", "/v2/received-text-messages", &self.auth(now), None)?;
        let list = answer.pointer("/received_text_messages").and_then(Value::as_array);
        let list = list.ok_or_else(|| self.http.misunderstood())?;
        // The newest come first.
        let found = list.iter().rev().take(most);
        Ok(found.filter_map(|m| arrival(m, "/id", "/user_number", "/content", "/created_at")).collect())
    }

    fn hook(&self, hook: &Hook<'_>, _now: Timestamp) -> std::result::Result<Vec<Event>, HookError> {
        let given = (hook.header)("authorization").unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or_default();
        if !same(given, self.settings.hook_token.expose_secret()) {
            return Err(HookError::NotSigned);
        }
        let value: Value = serde_json::from_slice(hook.body).map_err(|_| HookError::Misunderstood)?;
        let reference = text(&value, "/id");
        if let Some(state) = value.pointer("/status").and_then(Value::as_str) {
            let state = state_or(state)?;
            return Ok(vec![Event::Receipt { reference, state }]);
        }
        arrival(&value, "/id", "/source_number", "/message", "/date_received")
            .map(|a| vec![Event::Arrived(Box::new(a))])
            .ok_or(HookError::Misunderstood)
    }

    fn send(&self, out: &Outgoing, now: Timestamp) -> Result<String> {
        let body = json!({
            "phone_number": out.to,
            "template_id": self.settings.template,
            "personalisation": { "words": out.words },
            "reference": out.id,
        });
        let answer = self.http.json("POST", "/v2/notifications/sms", &self.auth(now), Some(&body))?;
        let id = text(&answer, "/id");
        if id.is_empty() { Err(self.http.misunderstood()) } else { Ok(id) }
    }

    fn receipt(&self, reference: &str, now: Timestamp) -> Result<Option<Delivery>> {
        let path = format!("/v2/notifications/{}", segment(reference));
        let answer = self.http.json("GET", &path, &self.auth(now), None)?;
        Ok(state(&text(&answer, "/status")))
    }

    fn remove(&self, reference: &str, now: Timestamp) -> Result<()> {
        if !self.settings.deletes {
            return Err(self.unable("remove a copy: its period must end"));
        }
        self.http.delete(&format!("/v2/notifications/{}", segment(reference)), &self.auth(now))
    }

    fn holds(&self, reference: &str, now: Timestamp) -> Result<bool> {
        if self.http.exists(&format!("/v2/notifications/{}", segment(reference)), &self.auth(now))? {
            return Ok(true);
        }
        // What was received is in a list of its own.
        Ok(self.fetch(usize::MAX, now)?.iter().any(|a| a.reference == reference))
    }
}

fn state_or(word: &str) -> std::result::Result<Delivery, HookError> {
    state(word).ok_or(HookError::Misunderstood)
}
