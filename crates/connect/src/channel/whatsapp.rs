//! WhatsApp in the shape of Meta's Cloud API: messages by HTTP, calls signed with the app's secret.
//!
//! The interface has no way to delete a message: the provider's copy ends by its period, and the one on a
//! service telephone by hand. Media are deleted at once.

use counterfoil_domain::intake::{Channel, Delivery, Ending};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::http::{Http, same, segment, signature, text};
use super::{Arrival, Event, File, Hook, HookError, Keeps, Outgoing, Provider, Result};

/// A call that tells of something older than this is a recording, played again: the provider itself
/// stops trying after a week.
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where WhatsApp messages go, and as whom.
#[derive(Debug, Clone)]
pub struct WhatsAppSettings {
    /// The name in the configuration.
    pub name: String,
    /// The interface's address with its version, such as `https://graph.facebook.com/v23.0`.
    pub address: String,
    /// The id of the organisation's number.
    pub number_id: String,
    /// The access token.
    pub secret: SecretString,
    /// The app's secret, which signs the calls.
    pub app_secret: SecretString,
    /// What the provider must say when it asks whether the address is ours.
    pub verify_token: SecretString,
    /// For how many days the provider keeps messages.
    pub keeps_days: u16,
}

/// A provider of WhatsApp.
#[derive(Debug)]
pub struct WhatsApp {
    settings: WhatsAppSettings,
    http: Http,
}

impl WhatsApp {
    /// # Errors
    /// An address that is not HTTPS.
    pub fn new(settings: WhatsAppSettings) -> Result<Self> {
        let http = Http::new(&settings.name, &settings.address)?;
        Ok(Self { settings, http })
    }

    fn auth(&self) -> String {
        format!("Bearer {}", self.settings.secret.expose_secret())
    }

    fn message(&self, message: &Value, contacts: &Value) -> Result<Option<Arrival>> {
        let from = text(message, "/from");
        let names = contacts.as_array().map(Vec::as_slice).unwrap_or_default();
        let known = names.iter().find(|c| text(c, "/wa_id") == from);
        let kind = text(message, "/type");
        let mut arrival = Arrival {
            reference: text(message, "/id"),
            words: text(message, "/text/body"),
            name: known.map(|c| text(c, "/profile/name")).unwrap_or_default(),
            received: received(message),
            thread: text(message, "/id"),
            from: format!("+{}", from.trim_start_matches('+')),
            ..Arrival::default()
        };
        if arrival.reference.is_empty() || from.is_empty() {
            return Ok(None);
        }
        if let Some(media) = message.get(&kind).filter(|m| m.get("id").is_some()) {
            arrival.words = text(media, "/caption");
            arrival.files.push(self.media(&kind, media)?);
        }
        Ok(Some(arrival))
    }

    fn media(&self, kind: &str, media: &Value) -> Result<File> {
        let id = text(media, "/id");
        let path = format!("/{}", segment(&id));
        let about = self.http.json("GET", &path, &self.auth(), None)?;
        let content = self.http.bytes(&text(&about, "/url"), &self.auth())?;
        // Ours now: the provider's copy of a file can be removed, and is.
        self.http.delete(&path, &self.auth())?;
        let name = text(media, "/filename");
        let name = if name.is_empty() { kind.to_owned() } else { name };
        Ok(File { name, media_type: text(media, "/mime_type"), content })
    }

    fn value(&self, value: &Value, now: Timestamp) -> std::result::Result<Vec<Event>, HookError> {
        let mut events = Vec::new();
        let list = |name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        for message in list("messages") {
            let at = received(&message).ok_or(HookError::Misunderstood)?;
            if now.duration_since(at) > OLDEST {
                return Err(HookError::Stale);
            }
            let contacts = value.get("contacts").cloned().unwrap_or_default();
            let arrived = self.message(&message, &contacts).map_err(|_| HookError::Misunderstood)?;
            events.push(Event::Arrived(Box::new(arrived.ok_or(HookError::Misunderstood)?)));
        }
        for status in list("statuses") {
            let state = match text(&status, "/status").as_str() {
                "sent" => Delivery::Sent,
                "delivered" | "read" => Delivery::Delivered,
                "failed" => Delivery::NotReached,
                _ => continue,
            };
            events.push(Event::Receipt { reference: text(&status, "/id"), state });
        }
        Ok(events)
    }
}

fn received(message: &Value) -> Option<Timestamp> {
    Timestamp::from_second(text(message, "/timestamp").parse().ok()?).ok()
}

impl Provider for WhatsApp {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn channel(&self) -> Channel {
        Channel::WhatsApp
    }

    fn keeps(&self) -> Keeps {
        let period = SignedDuration::from_hours(24 * i64::from(self.settings.keeps_days));
        Keeps { ending: Ending::Expires, period: Some(period) }
    }

    fn hook(&self, hook: &Hook<'_>, now: Timestamp) -> std::result::Result<Vec<Event>, HookError> {
        let given = (hook.header)("x-hub-signature-256").unwrap_or_default();
        let given = given.strip_prefix("sha256=").unwrap_or_default();
        let key = self.settings.app_secret.expose_secret().as_bytes();
        if !same(given, &signature(key, &[hook.body])) {
            return Err(HookError::NotSigned);
        }
        let body: Value = serde_json::from_slice(hook.body).map_err(|_| HookError::Misunderstood)?;
        let entries = body.get("entry").and_then(Value::as_array).ok_or(HookError::Misunderstood)?;
        let mut events = Vec::new();
        for entry in entries {
            let changes = entry.get("changes").and_then(Value::as_array);
            for change in changes.ok_or(HookError::Misunderstood)? {
                events.extend(self.value(change.get("value").unwrap_or(&Value::Null), now)?);
            }
        }
        Ok(events)
    }

    fn challenge(&self, query: &[(String, String)]) -> Option<String> {
        let get = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let ours = same(get("hub.verify_token")?, self.settings.verify_token.expose_secret());
        (get("hub.mode")? == "subscribe" && ours).then(|| get("hub.challenge").unwrap_or_default().to_owned())
    }

    fn send(&self, out: &Outgoing, _now: Timestamp) -> Result<String> {
        let body = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": out.to.trim_start_matches('+'),
            "type": "text",
            "text": { "preview_url": false, "body": out.words },
            "biz_opaque_callback_data": out.id,
        });
        let path = format!("/{}/messages", segment(&self.settings.number_id));
        let answer = self.http.json("POST", &path, &self.auth(), Some(&body))?;
        let id = text(&answer, "/messages/0/id");
        if id.is_empty() { Err(self.http.misunderstood()) } else { Ok(id) }
    }

    /// The interface cannot be asked for a message. Once its period is over, the provider's word is what
    /// there is.
    fn holds(&self, _reference: &str, _now: Timestamp) -> Result<bool> {
        Err(self.unable("say whether it still holds a message: a person confirms it"))
    }
}
