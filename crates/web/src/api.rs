//! The JSON API under `/api/v1`: the casebook's people for programs. The same use-cases as the pages, so the same
//! gate, purposes and audit entries; no cookies, so no forms to forge. See `docs/guide/api.md`.
//!
//! A caller signs in with name, password and one-time code and then sends `Authorization: Bearer …`.
//! Nothing personal stands in an address: a person is found by a request body.

mod book;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_domain::access::Purpose;
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::ServiceError;
use counterfoil_service::casebook::people::{self, Taken};
use counterfoil_service::casebook::{self, Identity, NewPerson, Person, Profile, Protection, Recorded};
use counterfoil_service::sign_in::SignInError;
use counterfoil_service::store::Actor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::session::blocking;
use crate::site::Site;
use crate::use_cases::Live;

/// The largest body that is taken.
const LARGEST: usize = 256 * 1024;

/// The header with the second person's token, where two people must agree.
const APPROVER: &str = "x-approver";

#[derive(Clone)]
struct At {
    site: Site,
    live: Live,
}

/// The API's routes.
pub fn routes(site: &Site, live: Live) -> Router {
    Router::new()
        .route("/api/v1/sign-in", post(sign_in))
        .route("/api/v1/people", post(create))
        .route("/api/v1/people/find", post(find))
        .route("/api/v1/people/{id}", get(read).put(update).delete(erase))
        .route("/api/v1/people/{id}/audit", get(audit))
        .merge(book::routes())
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(axum::middleware::from_fn(crate::log::watch))
        .with_state(At { site: site.clone(), live })
}

/// What is answered instead: a status, a stable code, and what to do in words.
struct Failed(StatusCode, &'static str, String);

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.1, "message": self.2 } });
        answer(self.0, &body)
    }
}

impl From<ServiceError> for Failed {
    fn from(error: ServiceError) -> Self {
        let status = match error.code() {
            "refused" => StatusCode::FORBIDDEN,
            "not-found" => StatusCode::NOT_FOUND,
            "moved-on" => StatusCode::CONFLICT,
            _ if error.is_refusal() => StatusCode::UNPROCESSABLE_ENTITY,
            code => {
                tracing::error!(code, "the interface could not answer");
                return Self(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "this is not possible now: try again, and tell the operator if it stays so".to_owned(),
                );
            }
        };
        Self(status, error.code(), error.to_string())
    }
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            (status, headers, text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn body<T: DeserializeOwned>(bytes: &Bytes) -> std::result::Result<T, Failed> {
    // The library's text names fields and places, never values.
    serde_json::from_slice(bytes).map_err(|e| {
        Failed(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-body",
            format!(
                "the body cannot be used: line {}, column {}: check it against the guide",
                e.line(),
                e.column()
            ),
        )
    })
}

fn unauthorised() -> Failed {
    let message = "sign in at /api/v1/sign-in and send the token as `Authorization: Bearer …`".to_owned();
    Failed(StatusCode::UNAUTHORIZED, "not-signed-in", message)
}

fn bearer(headers: &HeaderMap) -> std::result::Result<String, Failed> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    value.and_then(|v| v.strip_prefix("Bearer ")).map(str::to_owned).ok_or_else(unauthorised)
}

/// What the caller does it for; without the header, to give the service.
fn purpose(headers: &HeaderMap) -> std::result::Result<Purpose, Failed> {
    let Some(named) = headers.get("x-purpose") else { return Ok(Purpose::ServiceDelivery) };
    named.to_str().ok().and_then(|p| p.parse().ok()).ok_or_else(|| {
        let message = "`x-purpose` is not a purpose: see docs/security/access-rules.md".to_owned();
        Failed(StatusCode::UNPROCESSABLE_ENTITY, "unknown-word", message)
    })
}

fn person(id: &str) -> std::result::Result<PersonId, Failed> {
    id.parse().map_err(|_| {
        Failed(
            StatusCode::NOT_FOUND,
            "not-found",
            "there is no such person, or you may not see them".to_owned(),
        )
    })
}

impl At {
    /// Who holds this token, asked of the same sessions as the pages.
    fn actor(&self, token: &str) -> std::result::Result<Actor, Failed> {
        let found = self.site.sign_in().resume(token, self.site.now());
        let who = found.map_err(|_| unauthorised())?.ok_or_else(unauthorised)?;
        let staff = self.live.store.actor(self.live.controller, who.staff, true);
        Ok(Actor::Staff(staff.map_err(ServiceError::from)?))
    }

    /// Runs a use-case as the caller, off the async threads.
    async fn run<T: Serialize + Send + 'static>(
        self,
        headers: HeaderMap,
        good: StatusCode,
        work: impl FnOnce(&Live, &Actor, Purpose) -> std::result::Result<T, Failed> + Send + 'static,
    ) -> Response {
        let done = blocking(move || {
            let who = self.actor(&bearer(&headers)?)?;
            work(&self.live, &who, purpose(&headers)?)
        });
        match done.await {
            Ok(Ok(value)) => answer(good, &value),
            Ok(Err(failed)) => failed.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    password: String,
    code: String,
}

async fn sign_in(State(at): State<At>, bytes: Bytes) -> Response {
    let given: Credentials = match body(&bytes) {
        Ok(given) => given,
        Err(failed) => return failed.into_response(),
    };
    let permit = at.site.password_checks().acquire_owned().await;
    let (first, second): ([u8; 32], [u8; 32]) = (at.site.random(), at.site.random());
    let done = blocking(move || {
        let _permit = permit;
        let (use_cases, now) = (at.site.sign_in(), at.site.now());
        let waiting = use_cases.password(&given.name, &given.password, first, now)?;
        use_cases.code(&waiting, &given.code, second, now)
    });
    match done.await {
        Ok(Ok(token)) => answer(StatusCode::OK, &json!({ "token": token })),
        Ok(Err(SignInError::Unavailable(error))) => {
            tracing::error!(error, "signing in is not possible");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Ok(Err(error)) => {
            Failed(StatusCode::UNAUTHORIZED, "not-signed-in", error.to_string()).into_response()
        }
    }
}

async fn create(State(at): State<At>, headers: HeaderMap, bytes: Bytes) -> Response {
    at.run(headers, StatusCode::CREATED, move |live, who, purpose| {
        let (profile, taken): (Profile, Taken) = with_source(&bytes)?;
        let office = casebook::office_of(who).ok_or_else(unauthorised)?;
        let new = NewPerson {
            office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile,
            shares_contact: false,
        };
        let profile = people::sourced(&book::desk(live, who), &Profile::default(), new.profile, &taken)?;
        let new = NewPerson { profile, ..new };
        Ok(match casebook::record_person(&live.store, who, purpose, &new)? {
            Recorded::New(id) => json!({ "id": id.to_string(), "known": false }),
            Recorded::Known(id) => json!({ "id": id.to_string(), "known": true }),
        })
    })
    .await
}

async fn read(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, purpose| {
        Ok(shown(&casebook::open_person(&live.store, who, purpose, person(&id)?)?))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sought {
    kind: String,
    value: String,
}

async fn find(State(at): State<At>, headers: HeaderMap, bytes: Bytes) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, purpose| {
        let sought: Sought = body(&bytes)?;
        let kind: IdentityKind = IdentityKind::named(&sought.kind).ok_or_else(|| {
            let message = format!("`{}` is not a kind of identity: use email, phone or nino", sought.kind);
            Failed(StatusCode::UNPROCESSABLE_ENTITY, "unknown-word", message)
        })?;
        let people = casebook::find_people(&live.store, who, purpose, kind, &sought.value)?;
        Ok(json!({ "people": people.iter().map(shown).collect::<Vec<_>>() }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    version: i64,
    profile: Profile,
    /// Where what is new came from, by the register's id, and when it was taken (promise C28).
    #[serde(default)]
    source: String,
    #[serde(default)]
    taken_on: Option<jiff::civil::Date>,
}

/// A profile with the `source` of its details and the day (`taken_on`, today without one) beside its own fields.
fn with_source(bytes: &Bytes) -> std::result::Result<(Profile, Taken), Failed> {
    #[derive(Deserialize, Default)]
    struct Beside {
        #[serde(default)]
        source: String,
        #[serde(default)]
        taken_on: Option<jiff::civil::Date>,
    }
    let mut all: serde_json::Map<String, Value> = body(bytes)?;
    let beside: Beside = body(bytes)?;
    all.remove("source");
    all.remove("taken_on");
    let rest = serde_json::to_vec(&all).map(Bytes::from).unwrap_or_default();
    Ok((body(&rest)?, Taken { source: beside.source, on: beside.taken_on }))
}

async fn update(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, purpose| {
        let change: Change = body(&bytes)?;
        let id = person(&id)?;
        let taken = Taken { source: change.source, on: change.taken_on };
        let at = (id, change.version);
        people::change(&book::desk(live, who), purpose, at, &change.profile, &taken)?;
        Ok(json!({ "id": id.to_string(), "version": change.version + 1 }))
    })
    .await
}

/// Erases: the caller proposes, the holder of the second token approves, the system carries it out.
async fn erase(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let second = at.clone();
    at.run(headers.clone(), StatusCode::OK, move |live, who, _| {
        let token = headers.get(APPROVER).and_then(|v| v.to_str().ok()).ok_or_else(|| {
            let message =
                "an erasure needs two people: send the second one's token as `x-approver`".to_owned();
            Failed(StatusCode::FORBIDDEN, "refused", message)
        })?;
        let erased = casebook::erase_agreed(&live.store, who, &second.actor(token)?, person(&id)?)?;
        let rows: serde_json::Map<String, Value> =
            erased.rows.iter().map(|(table, n)| ((*table).to_owned(), (*n).into())).collect();
        Ok(json!({ "erased_at": erased.at.to_string(), "rows": rows, "files": erased.files }))
    })
    .await
}

/// Who opened this record, when, for what: newest first.
async fn audit(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, purpose| {
        let trail = casebook::access_list(&live.store, who, purpose, person(&id)?, MOST_ENTRIES)?;
        let lines: Vec<Value> = trail
            .iter()
            .map(|line| {
                json!({
                    "at": line.entry.time, "verb": line.entry.verb.as_str(), "purpose": line.entry.purpose.as_str(),
                    "entry": line.id.to_string(), "number": line.number,
                    "staff": line.opened.as_ref().and_then(|o| o.staff.clone()),
                    "office": line.opened.as_ref().and_then(|o| o.office.clone()),
                })
            })
            .collect();
        Ok(json!({ "entries": lines }))
    })
    .await
}

/// The most entries of a record that are given at once.
const MOST_ENTRIES: u32 = 100;

fn shown(person: &Person) -> Value {
    json!({ "id": person.id.to_string(), "version": person.version, "profile": person.profile })
}
