//! Forms: what was typed is never lost, and a form only works for the browser that it was shown to.
//!
//! Two checks guard every change. The browser's own word (`Sec-Fetch-Site`, else `Origin`) refuses
//! another site's form outright. The token in the form, made from a secret in a cookie, refuses what
//! the browser did not say; a form whose token is stale is shown again with everything still in it.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Form, FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;
use crate::visit::Visit;

/// The name of the hidden field that carries the token.
pub const TOKEN_FIELD: &str = "form_token";

/// Something wrong with a field, said by the key of the interface string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The field's name, which is also its id on the page.
    pub field: &'static str,
    /// The key of the words.
    pub key: &'static str,
}

/// The fields of a form as they were typed.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of a form that was never sent: for samples.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The first value of a field without the space around it; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The first value of a field exactly as typed, for passwords.
    #[must_use]
    pub fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Fields that were read otherwise than from a form of text.
    #[must_use]
    pub const fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Every value of a field, such as of boxes that were ticked.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Whether the form had the field at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// Every field but the token, to be shown again.
    pub fn kept(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(name, _)| name != TOKEN_FIELD)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form that came back from a page of this site.
#[derive(Debug)]
pub struct Posted {
    /// What was typed.
    pub fields: Fields,
    /// False when the token is missing or stale: show the page again, change nothing.
    pub fresh: bool,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        form.map(|Form(pairs)| Self(pairs)).map_err(IntoResponse::into_response)
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Some(visit) = request.extensions().get::<Visit>().cloned() else {
            return Err(Problem::Fault.into_response());
        };
        let fields = Fields::from_request(request, state).await?;
        let fresh = visit.has_secret() && fields.exact(TOKEN_FIELD) == visit.form_token();
        Ok(Self { fields, fresh })
    }
}

/// A form with files that came back from a page of this site.
#[derive(Debug)]
pub struct Sent {
    /// What was typed.
    pub fields: Fields,
    /// The files that were chosen, with the names that the visitor's device gave them; none that is empty.
    pub files: Vec<(String, Vec<u8>)>,
    /// False when the token is missing or stale: show the page again, change nothing.
    pub fresh: bool,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Some(visit) = request.extensions().get::<Visit>().cloned() else {
            return Err(Problem::Fault.into_response());
        };
        let (fields, files) = any_form(request, state).await?;
        let fresh = visit.has_secret() && fields.exact(TOKEN_FIELD) == visit.form_token();
        Ok(Self { fields, files, fresh })
    }
}

/// The fields and the files of a form.
type Whole = (Fields, Vec<(String, Vec<u8>)>);

/// A form with files or without: one that is sent again after signing in comes without.
async fn any_form<S: Send + Sync>(request: Request, state: &S) -> Result<Whole, Response> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/")) {
        return Ok((Fields::from_request(request, state).await?, Vec::new()));
    }
    let form = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
    read_parts(form).await.map_err(IntoResponse::into_response)
}

/// What was typed in any form, to be kept while somebody signs in again; files are not kept.
///
/// # Errors
/// The answer to a form that cannot be read.
pub async fn typed<S: Send + Sync>(request: Request, state: &S) -> Result<Fields, Response> {
    any_form(request, state).await.map(|(fields, _)| fields)
}

async fn read_parts(mut form: Multipart) -> Result<Whole, MultipartError> {
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = form.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => fields.push((name, part.text().await?)),
            Some(file) => {
                let content = part.bytes().await?;
                // A browser sends an empty part for a chooser that was left alone.
                if !content.is_empty() {
                    files.push((file, content.to_vec()));
                }
            }
        }
    }
    Ok((Fields(fields), files))
}

/// The token that a secret gives its forms.
#[must_use]
pub fn token(secret: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"counterfoil form token\0");
    hash.update(secret.as_bytes());
    crate::site::hex(&hash.finalize())
}

/// Whether the browser says that a change was asked from a page of this site.
///
/// `origin` is the site's own, such as `https://requests.example.org`; without one the request's
/// `Host` stands in for it.
#[must_use]
pub fn from_this_site(headers: &HeaderMap, origin: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(given) = text(header::ORIGIN.as_str()) else { return false };
    match origin {
        Some(own) => given == own,
        None => {
            let host = given.strip_prefix("http://").or_else(|| given.strip_prefix("https://"));
            host.is_some() && host == text(header::HOST.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn another_sites_form_is_refused() {
        let own = Some("https://a.example");
        for (given, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://a.example")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", "https://a.example")], true),
            (&[("origin", "https://b.example")], false),
            (&[("origin", "http://a.example")], false),
            (&[("origin", "null")], false),
            (&[], false),
        ] {
            assert_eq!(from_this_site(&headers(given), own), expected, "{given:?}");
        }
        assert!(from_this_site(&headers(&[("origin", "http://127.0.0.1:8"), ("host", "127.0.0.1:8")]), None));
        assert!(!from_this_site(&headers(&[("origin", "http://x"), ("host", "127.0.0.1:8")]), None));
    }
}
