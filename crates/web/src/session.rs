//! Who is signed in, and what happens to a page when nobody is any more.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::access::sections::Section;
use counterfoil_service::sign_in;
use serde::Serialize;

use crate::cookies::Cookie;
use crate::forms;
use crate::pages::sign_in::{SignInView, address_before};
use crate::problem::Problem;
use crate::site::Site;
use crate::use_cases::Live;
use crate::visit::Visit;

/// What the layout shows of the person who is signed in.
#[derive(Debug, Clone, Serialize)]
pub struct SignedIn {
    /// Their name.
    pub name: String,
    /// Their office.
    pub office: String,
    /// The sections of the staff site that the gate opens to them, by their codes: the menu's entries.
    pub menu: Vec<&'static str>,
}

/// The member of staff behind a request, for handlers that need one.
#[derive(Debug, Clone)]
pub struct Staff(pub sign_in::SignedIn);

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::Forbidden)
    }
}

/// Lets only signed-in staff through. A page asked for in vain leads to the sign-in and back; a form
/// sent in vain is kept and offered again after signing in.
pub async fn require_staff(
    State(site): State<Site>,
    visit: Visit,
    mut request: Request,
    next: Next,
) -> Response {
    let token = Cookie::Session.read(request.headers(), site.secure());
    match resume(&site, token.clone()).await {
        Err(problem) => problem.into_response(),
        Ok(Some((who, menu))) => {
            let shown = SignedIn { name: who.name.clone(), office: who.office.clone(), menu };
            request.extensions_mut().insert(visit.signed_in(shown, token.unwrap_or_default()));
            request.extensions_mut().insert(Staff(who));
            next.run(request).await
        }
        Ok(None) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            visit.go(&address_before(visit.path()))
        }
        Ok(None) => keep_what_was_sent(&site, &visit, request).await,
    }
}

/// Who is signed in, with the entries of their menu.
async fn resume(
    site: &Site,
    token: Option<String>,
) -> Result<Option<(sign_in::SignedIn, Vec<&'static str>)>, Problem> {
    let Some(token) = token else { return Ok(None) };
    let (use_cases, now, live) = (site.sign_in(), site.now(), site.live());
    let found = blocking(move || {
        let who = use_cases.resume(&token, now)?;
        Ok::<_, sign_in::SignInError>(who.map(|who| {
            let menu = menu(live.as_ref(), &who);
            (who, menu)
        }))
    });
    found.await?.map_err(|error| {
        tracing::error!(%error, "session not read");
        Problem::Unavailable
    })
}

/// A site without data shows every entry: its pages are samples.
fn menu(live: Option<&Live>, who: &sign_in::SignedIn) -> Vec<&'static str> {
    let Some(live) = live else { return Section::ALL.iter().map(|s| s.code()).collect() };
    let actor = live.store.actor(live.controller, who.staff, true);
    let open = actor.map(|actor| live.store.sections(&actor)).unwrap_or_default();
    open.into_iter().map(Section::code).collect()
}

async fn keep_what_was_sent(site: &Site, visit: &Visit, request: Request) -> Response {
    match forms::typed(request, site).await {
        Ok(fields) => {
            let view = SignInView::after_expiry(visit.path(), &fields);
            site.respond(visit, StatusCode::UNAUTHORIZED, &visit.page(site), &view)
        }
        Err(response) => response,
    }
}

/// Runs a use-case, which may block, off the async threads.
///
/// # Errors
/// [`Problem::Fault`] when it panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::Fault)
}
