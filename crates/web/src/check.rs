//! Looking at the site as a visitor would: every public page, in each language. What it sets, what it would fetch
//! from elsewhere, and whether it names the officer and the regulator is counted and kept, so that what the cookie
//! statement says rests on a look at the running site.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use counterfoil_service::store::SiteCheck;
use tower::ServiceExt as _;

use crate::cookies::Cookie;
use crate::language::Language;
use crate::pages::ask::form_names;
use crate::session::blocking;
use crate::site::Site;

/// Public pages that anyone can open without having typed anything.
const PAGES: [&str; 13] = [
    "/",
    "/ask",
    "/follow",
    "/follow/with/AAAAA",
    "/collect/AAAAA",
    "/forms",
    "/older-rights",
    "/accessibility",
    "/cookies",
    "/deadline",
    "/privacy",
    "/privacy/child",
    "/staff/sign-in",
];

/// How often a running site is looked at.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Every public page of the site in every language.
fn addresses() -> Vec<String> {
    let forms = form_names().map(|name| format!("/forms/{name}"));
    let pages: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).chain(forms).collect();
    let in_each = |page: &String| Language::ALL.map(|language| language.address(page));
    pages.iter().flat_map(in_each).collect()
}

/// Looks at every public page.
pub async fn look(site: &Site) -> SiteCheck {
    let app = crate::app(site);
    let (mut check, mut cookies, mut unknown) = (SiteCheck::default(), BTreeSet::new(), BTreeSet::new());
    for address in addresses() {
        let Ok(request) = Request::get(&address).body(Body::empty()) else { continue };
        let Ok(response) = app.clone().oneshot(request).await;
        let status = response.status();
        for name in set_by(response.headers()) {
            let known = Cookie::ALL.iter().any(|cookie| cookie.name(site.secure()) == name);
            if known {
                cookies.insert(name)
            } else {
                unknown.insert(name)
            };
        }
        let body = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap_or_default();
        let html = String::from_utf8_lossy(&body);
        check.pages += i64::from(status == StatusCode::OK);
        check.foreign_files += foreign(&html);
        let named = site.advice().is_some_and(|advice| {
            html.contains(&advice.officer_email) && html.contains(&advice.regulator_website)
        });
        check.without_contacts += i64::from(status != StatusCode::OK || !named);
    }
    let number = |set: &BTreeSet<String>| i64::try_from(set.len()).unwrap_or(i64::MAX);
    (check.cookies, check.unknown_cookies) = (number(&cookies), number(&unknown));
    check
}

fn set_by(headers: &axum::http::HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::SET_COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim().to_owned()).collect()
}

/// Files of other sites that a browser would fetch for the page: links that one follows are none.
fn foreign(html: &str) -> i64 {
    let loads = |tag: &&str| {
        let head = tag.split('>').next().unwrap_or_default();
        let fetched = ["img ", "script ", "iframe ", "source ", "object ", "embed ", "video ", "audio "];
        let linked = head.starts_with("link ") && !head.contains("rel=\"alternate\"");
        let outside = ["=\"http://", "=\"https://", "=\"//"].iter().any(|begin| head.contains(begin));
        (fetched.iter().any(|name| head.starts_with(name)) || linked) && outside
    };
    i64::try_from(html.split('<').filter(loads).count()).unwrap_or(i64::MAX)
}

/// Looks at the site and keeps what was found, now and then each day, as long as it is served.
pub async fn keep_looking(site: Site) {
    let Some(live) = site.live() else { return };
    loop {
        let check = look(&site).await;
        let (store, controller) = (live.store.clone(), live.controller);
        let kept = blocking(move || store.keep_site_check(controller, &check)).await;
        if !matches!(kept, Ok(Ok(()))) {
            tracing::warn!("a look at the site could not be kept");
        }
        tokio::time::sleep(DAY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_site_is_seen_and_a_link_is_none() {
        for (html, count) in [
            ("<p><a href=\"https://ico.org.uk/\">regulator</a></p>", 0),
            ("<link rel=\"alternate\" href=\"https://a.example/cy\">", 0),
            ("<link rel=\"stylesheet\" href=\"/assets/app.css\">", 0),
            ("<link rel=\"stylesheet\" href=\"https://fonts.example/a.css\">", 1),
            ("<script src=\"//t.example/t.js\"></script><img src=\"https://t.example/p.gif\">", 2),
        ] {
            assert_eq!(foreign(html), count, "{html}");
        }
    }
}
