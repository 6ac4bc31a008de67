//! Signing in and out: the password, then the code. A form that was sent when nobody was signed in
//! any more travels along and is offered again at the end.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use counterfoil_service::sign_in::SignInError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cookies::Cookie;
use crate::forms::{Failure, Fields, Posted};
use crate::problem::Problem;
use crate::render::View;
use crate::session::blocking;
use crate::site::Site;
use crate::visit::{ClientAddress, Visit};

/// The prefix of the hidden fields that carry what was sent.
const KEPT: &str = "kept.";
const START: &str = "/staff/sign-in";
const HOME: &str = "/staff";

/// Where to go after signing in.
#[derive(Debug, Clone, Default, Serialize)]
struct Onward {
    /// The page that was asked for.
    next: String,
    /// What was sent to it, when it was a form.
    kept: Vec<(String, String)>,
}

impl Onward {
    fn to(path: &str) -> Self {
        Self { next: if is_staff_page(path) { path.to_owned() } else { HOME.to_owned() }, kept: Vec::new() }
    }

    fn read(fields: &Fields) -> Self {
        let kept =
            fields.kept().filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?.into(), value.into())));
        Self { kept: kept.collect(), ..Self::to(fields.get("next")) }
    }
}

/// Whether an address, given by the browser, is a plain staff page of this site.
fn is_staff_page(path: &str) -> bool {
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b));
    let staff = path == HOME || path.strip_prefix(HOME).is_some_and(|rest| rest.starts_with('/'));
    plain && staff && !path.contains("//") && !path.starts_with(START)
}

/// The address of the sign-in that leads on to `path`.
#[must_use]
pub fn address_before(path: &str) -> String {
    if path == HOME || !is_staff_page(path) { START.to_owned() } else { format!("{START}?next={path}") }
}

/// The password page.
#[derive(Debug, Serialize)]
pub struct SignInView {
    name: String,
    onward: Onward,
}

impl SignInView {
    /// The page for someone whose session had ended when they sent a form to `path`.
    #[must_use]
    pub fn after_expiry(path: &str, fields: &Fields) -> Self {
        let kept = fields.kept().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { name: String::new(), onward: Onward { kept, ..Onward::to(path) } }
    }
}

impl View for SignInView {
    const TEMPLATE: &'static str = "staff/sign-in.html";

    fn samples() -> Vec<Self> {
        let kept = vec![("note".to_owned(), "words".to_owned())];
        vec![
            Self { name: String::new(), onward: Onward::to(HOME) },
            Self { name: "ada@example.org".into(), onward: Onward { kept, ..Onward::to(HOME) } },
        ]
    }
}

/// The code page.
#[derive(Debug, Serialize)]
pub struct CodeView {
    onward: Onward,
}

impl View for CodeView {
    const TEMPLATE: &'static str = "staff/code.html";

    fn samples() -> Vec<Self> {
        vec![Self { onward: Onward::to(HOME) }]
    }
}

/// The page that offers a kept form again.
#[derive(Debug, Serialize)]
pub struct ContinueView {
    onward: Onward,
}

impl View for ContinueView {
    const TEMPLATE: &'static str = "staff/continue.html";

    fn samples() -> Vec<Self> {
        vec![Self { onward: Onward { next: HOME.into(), kept: vec![("note".into(), "words".into())] } }]
    }
}

/// The page after signing out.
#[derive(Debug, Serialize)]
pub struct SignedOutView {}

impl View for SignedOutView {
    const TEMPLATE: &'static str = "staff/signed-out.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// What the address of the sign-in page may say.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
}

/// `GET /staff/sign-in`
pub async fn start(
    State(site): State<Site>,
    visit: Visit,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let next = asked.map(|Query(asked)| asked.next).unwrap_or_default();
    let view = SignInView { name: String::new(), onward: Onward::to(&next) };
    site.respond(&visit, StatusCode::OK, visit.page(&site), &view)
}

/// `POST /staff/sign-in`
pub async fn password(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Problem> {
    let (name, password) = (fields.get("name").to_lowercase(), fields.exact("password").to_owned());
    let errors = password_errors(&name, &password, fresh);
    let again = |status, errors| {
        let view = SignInView { name: name.clone(), onward: Onward::read(&fields) };
        site.respond(&visit, status, visit.page(&site).with_errors(errors), &view)
    };
    if !errors.is_empty() {
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, errors));
    }
    if let Err(seconds) = may_try(&site, &client, &name) {
        let mut response =
            again(StatusCode::TOO_MANY_REQUESTS, vec![failure("name", "sign_in.error.too_many")]);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    match check_password(&site, name.clone(), password).await? {
        Ok(token) => {
            let view = CodeView { onward: Onward::read(&fields) };
            let visit = visit.with_session(token.clone());
            let page = site.respond(&visit, StatusCode::OK, visit.page(&site), &view);
            Ok(with_session(page, &site, &token))
        }
        Err(error) => {
            let error = unless_unavailable(&visit, error)?;
            tracing::info!(request = visit.request_id(), %error, "sign-in refused");
            Ok(again(StatusCode::UNPROCESSABLE_ENTITY, vec![failure("name", "sign_in.error.refused")]))
        }
    }
}

/// `GET /staff/sign-in/code`: after going back, or reloading.
pub async fn ask_code(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = Cookie::Session.read(&headers, site.secure()).unwrap_or_default();
    let (use_cases, now) = (site.sign_in(), site.now());
    let waits = blocking(move || use_cases.waits_for_code(&token, now)).await?;
    if waits.or_else(|error| unless_unavailable(&visit, error).map(|_| false))? {
        let view = CodeView { onward: Onward::to(HOME) };
        return Ok(site.respond(&visit, StatusCode::OK, visit.page(&site), &view));
    }
    Ok(visit.go(START))
}

/// `POST /staff/sign-in/code`
pub async fn code(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Problem> {
    let onward = Onward::read(&fields);
    let again = |key| {
        let page = visit.page(&site).with_errors(vec![failure("code", key)]);
        site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, page, &CodeView { onward: onward.clone() })
    };
    let code = fields.get("code").to_owned();
    if !fresh {
        return Ok(again("form.stale"));
    }
    if code.is_empty() {
        return Ok(again("sign_in.error.code_missing"));
    }
    let waiting = Cookie::Session.read(&headers, site.secure()).unwrap_or_default();
    let (use_cases, now, random) = (site.sign_in(), site.now(), site.random());
    match blocking(move || use_cases.code(&waiting, &code, random, now)).await? {
        Ok(token) => Ok(arrive(&site, visit, token, onward)),
        Err(SignInError::Refused) => Ok(again("sign_in.error.code_wrong")),
        Err(error) => {
            unless_unavailable(&visit, error)?;
            let page = visit.page(&site).with_errors(vec![failure("name", "sign_in.error.expired")]);
            let view = SignInView { name: String::new(), onward };
            Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, page, &view))
        }
    }
}

/// `POST /staff/sign-out`: works with a stale token too, for nothing can be lost by it.
pub async fn sign_out(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = Cookie::Session.read(&headers, site.secure()) {
        let (use_cases, now) = (site.sign_in(), site.now());
        if let Err(error) = blocking(move || use_cases.sign_out(&token, now)).await? {
            unless_unavailable(&visit, error)?;
        }
    }
    let mut response = visit.go("/staff/signed-out");
    if let Some(cleared) = Cookie::Session.clear(site.secure()) {
        response.headers_mut().append(header::SET_COOKIE, cleared);
    }
    Ok(response)
}

/// `GET /staff/signed-out`
pub async fn signed_out(State(site): State<Site>, visit: Visit) -> Response {
    site.respond(&visit, StatusCode::OK, visit.page(&site), &SignedOutView {})
}

fn arrive(site: &Site, visit: Visit, token: String, onward: Onward) -> Response {
    let response = if onward.kept.is_empty() {
        visit.go(&onward.next)
    } else {
        let visit = visit.with_session(token.clone());
        site.respond(&visit, StatusCode::OK, visit.page(site), &ContinueView { onward })
    };
    with_session(response, site, &token)
}

fn with_session(mut response: Response, site: &Site, token: &str) -> Response {
    if let Some(cookie) = Cookie::Session.set(token, site.secure()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn password_errors(name: &str, password: &str, fresh: bool) -> Vec<Failure> {
    [
        (!fresh, "name", "form.stale"),
        (name.is_empty(), "name", "sign_in.error.name_missing"),
        (password.is_empty(), "password", "sign_in.error.password_missing"),
    ]
    .into_iter()
    .filter(|(wrong, ..)| *wrong)
    .map(|(_, field, key)| failure(field, key))
    .collect()
}

const fn failure(field: &'static str, key: &'static str) -> Failure {
    Failure { field, key }
}

/// Seconds to wait when this address or this account has tried too often.
fn may_try(site: &Site, client: &ClientAddress, name: &str) -> Result<(), u64> {
    let now = site.now();
    let key =
        |kind: &[u8], value: &[u8]| Sha256::new().chain_update(kind).chain_update(value).finalize().into();
    let by_address = site.by_address().take(key(b"address\0", client.to_string().as_bytes()), now);
    let by_account = site.by_account().take(key(b"account\0", name.as_bytes()), now);
    by_address.and(by_account).map_err(|wait| wait.as_secs() + 1)
}

async fn check_password(
    site: &Site,
    name: String,
    password: String,
) -> Result<Result<String, SignInError>, Problem> {
    let _turn = site.password_checks().acquire_owned().await.map_err(|_| Problem::Unavailable)?;
    let (use_cases, now, random) = (site.sign_in(), site.now(), site.random());
    blocking(move || use_cases.password(&name, &password, random, now)).await
}

/// Passes on what the person can mend; what they cannot is logged and becomes a page of its own.
fn unless_unavailable(visit: &Visit, error: SignInError) -> Result<SignInError, Problem> {
    match error {
        SignInError::Unavailable(reason) => {
            tracing::error!(request = visit.request_id(), reason, "accounts not available");
            Err(Problem::Unavailable)
        }
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_only_to_staff_pages_of_this_site() {
        for good in ["/staff", "/staff/requests/req_01"] {
            assert_eq!(Onward::to(good).next, good);
        }
        for bad in [
            "",
            "/",
            "//evil.example",
            "/staff//evil",
            "https://evil.example",
            "/staffing",
            "/staff/sign-in/code",
            "/staff?a=b",
        ] {
            assert_eq!(Onward::to(bad).next, "/staff", "{bad}");
        }
    }
}
