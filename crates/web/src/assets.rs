//! Styles, scripts and icons, embedded in the executable and served under names that change with
//! their content, so that browsers may keep them for ever.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use crate::problem::Problem;
use crate::site::Site;

static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/dist");

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The icons that the style sheet names have no hash in their address.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// One file and how it is served.
#[derive(Debug, Clone)]
struct Asset {
    bytes: Vec<u8>,
    kind: &'static str,
    caching: HeaderValue,
}

/// The site's files by the last part of their address.
#[derive(Debug)]
pub struct Assets {
    files: BTreeMap<String, Asset>,
    addresses: BTreeMap<String, String>,
}

impl Assets {
    /// The embedded files and the theme's style sheet.
    #[must_use]
    pub fn new(theme_css: &str) -> Self {
        let mut assets = Self { files: BTreeMap::new(), addresses: BTreeMap::new() };
        for file in DIST.files() {
            if let Some(name) = file.path().file_name().and_then(|name| name.to_str()) {
                assets.add(name, file.contents());
            }
        }
        assets.add("theme.css", theme_css.as_bytes());
        assets
    }

    /// The address of a file by its plain name.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<&str> {
        self.addresses.get(name).map(String::as_str)
    }

    fn add(&mut self, name: &str, bytes: &[u8]) {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let digest = Sha256::digest(bytes);
        let mark: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let hashed = format!("{stem}-{mark}.{extension}");
        let asset = |caching| Asset { bytes: bytes.to_vec(), kind: kind_of(extension), caching };
        self.files.insert(name.to_owned(), asset(A_DAY));
        self.files.insert(hashed.clone(), asset(FOR_EVER));
        self.addresses.insert(name.to_owned(), format!("/assets/{hashed}"));
    }
}

fn kind_of(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

/// `GET /assets/{name}`
pub async fn serve(State(site): State<Site>, Path(name): Path<String>) -> Response {
    match site.assets().files.get(&name) {
        Some(asset) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
                (header::CACHE_CONTROL, asset.caching.clone()),
            ];
            (headers, asset.bytes.clone()).into_response()
        }
        None => Problem::NotFound.into_response(),
    }
}
