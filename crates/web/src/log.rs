//! One line a request, and its figures. Addresses are logged as the route's pattern: no identifier,
//! no query string, no name, no network address.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use crate::visit::Visit;

/// Logs and counts a request once it is answered.
pub async fn watch(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let number = request.extensions().get::<Visit>().map(|visit| visit.request_id().to_owned());
    let method = request.method().as_str().to_owned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request = number, method, route, status, millis, "answered");
    let labels = [("route", route), ("method", method), ("status", status.to_string())];
    metrics::counter!("counterfoil_web_requests_total", &labels).increment(1);
    metrics::histogram!("counterfoil_web_request_seconds", &labels).record(took.as_secs_f64());
    response
}
