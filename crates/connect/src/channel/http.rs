//! Calling a provider's HTTP interface, and checking who calls us.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::{ChannelError, LARGEST, Result};
use crate::mail::is_loopback;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// One provider's interface.
#[derive(Debug, Clone)]
pub(super) struct Http {
    provider: String,
    base: String,
    agent: ureq::Agent,
}

impl Http {
    /// # Errors
    /// An address that is not HTTPS; HTTP is taken for this machine's own addresses only.
    pub fn new(provider: &str, base: &str) -> Result<Self> {
        let base = base.trim_end_matches('/');
        let host = base.strip_prefix("http://").map(|rest| {
            let end = rest.find(['/', ':']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or(rest)
        });
        if !base.starts_with("https://") && !host.is_some_and(is_loopback) {
            return Err(ChannelError::Unwritable { what: "provider's address (it must be https)" });
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        Ok(Self { provider: provider.to_owned(), base: base.to_owned(), agent })
    }

    fn unreachable(&self) -> ChannelError {
        ChannelError::Unreachable { provider: self.provider.clone() }
    }

    pub fn misunderstood(&self) -> ChannelError {
        ChannelError::Misunderstood { provider: self.provider.clone() }
    }

    /// The whole answer: its status and bytes. `path` begins with a slash and holds no personal data.
    fn call(&self, method: &str, path: &str, auth: &str, body: Option<&Value>) -> Result<(u16, Vec<u8>)> {
        let url = format!("{}{path}", self.base);
        self.call_url(method, &url, auth, body)
    }

    fn call_url(&self, method: &str, url: &str, auth: &str, body: Option<&Value>) -> Result<(u16, Vec<u8>)> {
        let answer = match (method, body) {
            ("POST", Some(body)) => {
                let text = body.to_string();
                let request = self.agent.post(url).header("authorization", auth);
                request.header("content-type", "application/json").send(text.as_bytes())
            }
            ("DELETE", _) => self.agent.delete(url).header("authorization", auth).call(),
            _ => self.agent.get(url).header("authorization", auth).call(),
        };
        let mut answer = answer.map_err(|_| self.unreachable())?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
        Ok((status, body.map_err(|_| self.unreachable())?))
    }

    /// A JSON answer; a status that is no success is an error.
    pub fn json(&self, method: &str, path: &str, auth: &str, body: Option<&Value>) -> Result<Value> {
        let (status, bytes) = self.call(method, path, auth, body)?;
        self.good(status)?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|_| self.misunderstood())
    }

    /// The bytes behind an address that the provider itself gave.
    pub fn bytes(&self, url: &str, auth: &str) -> Result<Vec<u8>> {
        // A provider's answer must not send us elsewhere with its key.
        if !url.starts_with("https://") && !url.starts_with(&self.base) {
            return Err(self.misunderstood());
        }
        let (status, bytes) = self.call_url("GET", url, auth, None)?;
        self.good(status).map(|()| bytes)
    }

    /// The bytes of an answer that is no JSON.
    pub fn content(&self, path: &str, auth: &str) -> Result<Vec<u8>> {
        let (status, bytes) = self.call("GET", path, auth, None)?;
        self.good(status).map(|()| bytes)
    }

    /// Whether a thing is there: 404 and 410 say that it is not.
    pub fn exists(&self, path: &str, auth: &str) -> Result<bool> {
        let (status, _) = self.call("GET", path, auth, None)?;
        if matches!(status, 404 | 410) {
            return Ok(false);
        }
        self.good(status).map(|()| true)
    }

    /// Deletes a thing; one that is gone already is no error.
    pub fn delete(&self, path: &str, auth: &str) -> Result<()> {
        let (status, _) = self.call("DELETE", path, auth, None)?;
        if matches!(status, 404 | 410) { Ok(()) } else { self.good(status) }
    }

    fn good(&self, status: u16) -> Result<()> {
        let provider = || self.provider.clone();
        match status {
            200..300 => Ok(()),
            401 | 403 => Err(ChannelError::NotSignedIn { provider: provider() }),
            408 | 425 | 429 | 500.. => Err(ChannelError::Later { provider: provider(), code: status }),
            _ => Err(ChannelError::Refused { provider: provider(), code: status }),
        }
    }
}

/// HMAC-SHA-256 in hexadecimal: how the providers sign their calls.
#[must_use]
pub fn signature(key: &[u8], parts: &[&[u8]]) -> String {
    mac(key, parts).iter().map(|b| format!("{b:02x}")).collect()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // An HMAC takes a key of any length; an empty answer never equals a signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// Whether two secrets are equal, in a time that does not tell where they differ. An empty one is none.
pub(super) fn same(a: &str, b: &str) -> bool {
    // Equal under a key of their own length: the comparison sees hashes, not the secrets.
    let (left, right) = (mac(b"compare", &[a.as_bytes()]), mac(b"compare", &[b.as_bytes()]));
    let differ = left.iter().zip(&right).fold(0u8, |d, (x, y)| d | (x ^ y));
    differ == 0 && !a.is_empty() && left.len() == right.len() && !left.is_empty()
}

/// A JSON Web Token with HS256 (RFC 7519), as GOV.UK Notify asks: issuer and moment.
pub(super) fn token(issuer: &str, secret: &[u8], at: jiff::Timestamp) -> String {
    let encode = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let head = encode(&serde_json::json!({ "typ": "JWT", "alg": "HS256" }));
    let claims = encode(&serde_json::json!({ "iss": issuer, "iat": at.as_second() }));
    let signed = format!("{head}.{claims}");
    let seal = URL_SAFE_NO_PAD.encode(mac(secret, &[signed.as_bytes()]));
    format!("{signed}.{seal}")
}

/// An identifier as part of a path: what could leave its segment is escaped.
pub(super) fn segment(id: &str) -> String {
    let mut out = String::new();
    for b in id.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=') && id != ".." && id != "." {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// A text inside a JSON value; empty when there is none.
pub(super) fn text(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_compare_as_wholes() {
        for (a, b, equal) in [("x", "x", true), ("", "", false), ("x", "y", false), ("x", "xx", false)] {
            assert_eq!(same(a, b), equal, "{a} {b}");
        }
    }

    #[test]
    fn an_identifier_stays_in_its_segment() {
        for (id, path) in
            [("wamid.HB=", "wamid.HB="), ("a/../b", "a%2F..%2Fb"), ("..", "%2E%2E"), ("ŵ?", "%C5%B5%3F")]
        {
            assert_eq!(segment(id), path);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for (base, taken) in [
            ("https://api.example.org", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://localhost", true),
            ("http://api.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(Http::new("p", base).is_ok(), taken, "{base}");
        }
    }

    #[test]
    fn a_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature(b"Jefe", &[b"what do ya want ", b"for nothing?"]),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
