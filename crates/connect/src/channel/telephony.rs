//! The telephone system: its recordings of calls are listed, fetched, then deleted there. A recording says who rang, when,
//! how long it is, and whether the announcement was played at the start.

use counterfoil_domain::intake::{Channel, Ending, Told};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::http::{Http, segment, text};
use super::{Arrival, File, Keeps, Provider, Result};

/// Where recordings are, and as whom they are read.
#[derive(Debug, Clone)]
pub struct TelephonySettings {
    /// The name in the configuration.
    pub name: String,
    /// The interface's address.
    pub address: String,
    /// The access token.
    pub secret: SecretString,
}

/// A telephone system that records calls.
#[derive(Debug)]
pub struct Telephony {
    settings: TelephonySettings,
    http: Http,
}

impl Telephony {
    /// # Errors
    /// An address that is not HTTPS.
    pub fn new(settings: TelephonySettings) -> Result<Self> {
        let http = Http::new(&settings.name, &settings.address)?;
        Ok(Self { settings, http })
    }

    fn auth(&self) -> String {
        format!("Bearer {}", self.settings.secret.expose_secret())
    }

    /// A call with its sound. Whether the caller was told is the system's to say, and is not guessed.
    fn call(&self, value: &Value) -> Result<Arrival> {
        let reference = text(value, "/id");
        let path = format!("/recordings/{}/audio", segment(&reference));
        let content = self.http.content(&path, &self.auth())?;
        let told = match value.pointer("/announced").and_then(Value::as_bool) {
            Some(true) => Told::AtStart,
            Some(false) => Told::ByNotice,
            None => Told::Unknown,
        };
        let started: String = text(value, "/started_at");
        let name = format!("call {}.wav", started.replace([':', 'T', 'Z'], " ").trim());
        Ok(Arrival {
            from: text(value, "/caller"),
            words: format!(
                "A call of {} seconds, recorded by the telephone system.",
                text(value, "/seconds")
            ),
            files: vec![File { name, media_type: text(value, "/media_type"), content }],
            received: started.parse().ok(),
            told: Some(told),
            reference,
            ..Arrival::default()
        })
    }
}

impl Provider for Telephony {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn channel(&self) -> Channel {
        Channel::Phone
    }

    fn keeps(&self) -> Keeps {
        Keeps { ending: Ending::Deleted, period: None }
    }

    fn fetch(&self, most: usize, _now: Timestamp) -> Result<Vec<Arrival>> {
        let answer = self.http.json("GET", "/recordings", &self.auth(), None)?;
        let list = answer.pointer("/recordings").and_then(Value::as_array);
        let list = list.ok_or_else(|| self.http.misunderstood())?;
        let named = list.iter().filter(|v| !text(v, "/id").is_empty());
        named.take(most).map(|value| self.call(value)).collect()
    }

    fn remove(&self, reference: &str, _now: Timestamp) -> Result<()> {
        self.http.delete(&format!("/recordings/{}", segment(reference)), &self.auth())
    }

    fn holds(&self, reference: &str, _now: Timestamp) -> Result<bool> {
        self.http.exists(&format!("/recordings/{}", segment(reference)), &self.auth())
    }
}
