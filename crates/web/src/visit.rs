//! What is known of one request before any page sees it: its language, its address without the
//! language, a number for the log, and the secret behind its forms.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::cookies::Cookie;
use crate::forms;
use crate::language::Language;
use crate::problem::Problem;
use crate::render::Page;
use crate::session::SignedIn;
use crate::site::Site;

/// The header that names a request's number.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request's circumstances.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    language: Language,
    path: String,
    request_id: String,
    /// What form tokens are made from: the session's token, else the form cookie.
    secret: String,
    /// Whether `secret` came from the browser; a new one must still be given to it.
    known: bool,
    signed_in: Option<SignedIn>,
}

impl Visit {
    /// A visit to an address, for drawing a page without a request.
    #[must_use]
    pub fn at(address: &str) -> Self {
        let (language, path) = Language::split(address);
        Self { language, path: path.to_owned(), ..Self::default() }
    }

    /// The language of the address.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The address without its language.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The request's number.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Whether the browser brought the secret that its forms are tied to.
    #[must_use]
    pub const fn has_secret(&self) -> bool {
        self.known
    }

    /// The token of this visit's forms.
    #[must_use]
    pub fn form_token(&self) -> String {
        forms::token(&self.secret)
    }

    /// The cookie that gives a new browser its secret, for a page with a form.
    pub(crate) fn new_form_cookie(&self, secure: bool) -> Option<HeaderValue> {
        if self.known { None } else { Cookie::Form.set(&self.secret, secure) }
    }

    /// The same visit once it is known who is signed in.
    #[must_use]
    pub fn signed_in(self, signed_in: SignedIn, session_token: String) -> Self {
        Self { signed_in: Some(signed_in), ..self.with_session(session_token) }
    }

    /// The same visit with the session token that this answer gives to the browser.
    #[must_use]
    pub fn with_session(self, token: String) -> Self {
        Self { secret: token, known: true, ..self }
    }

    /// What every template needs to know.
    #[must_use]
    pub fn page(&self, site: &Site) -> Page {
        Page::new(site, self, self.signed_in.as_ref())
    }

    /// The sections of the staff site that are open to whoever is signed in.
    pub(crate) fn menu(&self) -> &[&'static str] {
        self.signed_in.as_ref().map_or(&[], |signed_in| signed_in.menu.as_slice())
    }

    /// A redirect to a page in the visit's language, with GET.
    #[must_use]
    pub fn go(&self, path: &str) -> Response {
        axum::response::Redirect::to(&self.language.address(path)).into_response()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::Fault)
    }
}

/// Where a request came from: the connection's address, or what a trusted proxy says. It is used to
/// count tries and never kept or logged.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(Option<IpAddr>);

impl std::fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

impl ClientAddress {
    fn of(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &[IpAddr]) -> Self {
        let is_trusted = |address: &IpAddr| trusted.contains(address);
        if !peer.as_ref().is_some_and(is_trusted) {
            return Self(peer);
        }
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let hops: Vec<IpAddr> =
            lines.flat_map(|line| line.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
        // The nearest hop that is not one of ours: what lies before it, the visitor could have written.
        Self(hops.into_iter().rev().find(|hop| !is_trusted(hop)).or(peer))
    }
}

impl FromRequestParts<Site> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self::of(&parts.headers, peer, &site.settings().trusted_proxies))
    }
}

/// Reads the circumstances, takes the language off the address, and numbers the request.
pub async fn arrive(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let (language, path) = Language::split(request.uri().path());
    let path = path.to_owned();
    if let Some(uri) = with_path(request.uri(), &path) {
        *request.uri_mut() = uri;
    }
    let secure = site.secure();
    let brought = Cookie::Session
        .read(request.headers(), secure)
        .or_else(|| Cookie::Form.read(request.headers(), secure));
    let known = brought.is_some();
    let secret = brought.unwrap_or_else(|| site.new_token());
    let request_id = site.new_request_id();
    let visit = Visit { language, path, request_id: request_id.clone(), secret, known, signed_in: None };
    request.extensions_mut().insert(visit);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    response
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{query}").parse().ok()
}

/// Refuses a change that was asked from another site.
pub async fn same_site(State(site): State<Site>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || forms::from_this_site(request.headers(), site.origin()) {
        next.run(request).await
    } else {
        Problem::Forbidden.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.9, 203.0.113.5, 10.0.0.2"));
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let of = |peer| ClientAddress::of(&headers, Some(ip(peer)), &trusted).to_string();
        assert_eq!(of("10.0.0.1"), "203.0.113.5");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
    }
}
