//! How the request stands, in plain words.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use counterfoil_domain::clock::State as ClockState;
use counterfoil_service::follow::{self, Followed, LetterLine, Need, Pause};
use counterfoil_service::letters::{Language, Piece};
use jiff::civil::date;
use serde::Serialize;

use super::{for_visit, visit_of};
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::visit::Visit;

/// The request's page.
#[derive(Debug, Serialize)]
pub struct FollowView {
    request: Followed,
    /// What its state is called: a clock's code, `ready`, or `unknown`.
    state: String,
    contact: Contact,
}

impl FollowView {
    fn new(request: Followed, contact: Contact) -> Self {
        let state = match &*request.clock {
            _ if request.ready => "ready".to_owned(),
            "" => "unknown".to_owned(),
            clock => clock.to_owned(),
        };
        Self { request, state, contact }
    }
}

/// A request for samples: one that runs.
fn sample() -> Followed {
    Followed {
        reference: "R-2026-00041".into(),
        right: "access".into(),
        received_on: date(2026, 11, 2),
        due: Some(date(2026, 12, 17)),
        clock: "running".into(),
        late: false,
        extended: String::new(),
        working: vec![("received on Monday 2 November 2026".into(), "Art 12A(2) UK GDPR".into())],
        pauses: vec![
            Pause { what: "identity", from: date(2026, 11, 3), to: Some(date(2026, 11, 6)) },
            Pause { what: "clarification", from: date(2026, 11, 9), to: None },
        ],
        needs: Vec::new(),
        letters: vec![LetterLine { kind: "acknowledgement".into(), at: jiff::Timestamp::UNIX_EPOCH }],
        papers: 0,
        ready: false,
        collected: 0,
        may_withdraw: true,
        sees_looked: true,
        answerable: crate::pages::ask::sample_answerable(),
    }
}

impl View for FollowView {
    const TEMPLATE: &'static str = "follow/request.html";

    fn samples() -> Vec<Self> {
        let with = |change: &dyn Fn(&mut Followed)| {
            let mut request = sample();
            change(&mut request);
            Self::new(request, crate::pages::home::sample_contact())
        };
        let clocks = ClockState::ALL.iter().map(|state| with(&|r| r.clock = state.code().to_owned()));
        let needs = ["identity", "authority", "clarification", "fee"].map(|what| {
            with(&|r| {
                let said = vec![Piece::Paragraph("Which years?".into()), Piece::List(vec!["2019".into()])];
                r.needs = vec![Need { what, since: date(2026, 11, 9), said }];
            })
        });
        let letters = counterfoil_domain::letters::LetterKind::ALL.iter().map(|kind| {
            with(&|r| {
                r.letters = vec![LetterLine { kind: kind.code().into(), at: jiff::Timestamp::UNIX_EPOCH }];
            })
        });
        let ready =
            with(&|r| (r.ready, r.collected, r.may_withdraw, r.sees_looked) = (true, 1, false, false));
        let complaint = with(&|r| r.right = "complaint".into());
        let unread = with(&|r| (r.clock, r.due, r.pauses) = (String::new(), None, Vec::new()));
        let late = with(&|r| (r.late, r.extended, r.papers) = (true, "complexity".into(), 2));
        let asked = with(&|r| {
            r.needs = vec![Need { what: "clarification", since: date(2026, 11, 9), said: Vec::new() }];
        });
        let more = [ready, complaint, unread, late, asked, with(&|r| r.letters.clear())];
        clocks.chain(needs).chain(letters).chain(more).collect()
    }
}

/// `GET /follow/request`
pub async fn show(State(site): State<Site>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let token_hash = visit_of(&headers, &site);
    let language = Language::of(visit.language().tag());
    let request = for_visit(&site, &visit, move |desk| follow::follow(desk, token_hash, language)).await?;
    let view = FollowView::new(request, site.theme().contact.clone());
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}
