//! Templates: embedded, strict about what is undefined, and given typed views only.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, DirEntry, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, HtmlEscape, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::assets::Assets;
use crate::dates;
use crate::forms::Failure;
use crate::language::Language;
use crate::session::SignedIn;
use crate::site::{Advice, Site};
use crate::strings::{Strings, Wording};
use crate::visit::Visit;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../templates");

/// Marks words that stand in English on a page of another language.
const STAND_IN: &str = "<span lang=\"en\">";

/// What one page shows. Each has samples, so that a test renders every template in every language.
pub trait View: Serialize + Sized {
    /// The template's path under `templates/`.
    const TEMPLATE: &'static str;

    /// Views that together reach every branch of the template.
    fn samples() -> Vec<Self>;
}

/// Marks an answer whose body is already what the visitor should see.
#[derive(Debug, Clone, Copy)]
pub struct Rendered;

/// What every template needs to know.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    lang: Language,
    path: String,
    alternates: Vec<Alternate>,
    organisation: String,
    logo_text: String,
    signed_in: Option<SignedIn>,
    form_token: String,
    /// Fields to mend, in the order of the page.
    pub errors: Vec<Failure>,
    /// On a page of a journey, whose answers travel in its form: what the form says to be shown again,
    /// so that another language does not lose what was typed.
    journey: Option<&'static str>,
    /// Whether the language's words await a fluent speaker's check.
    unchecked: bool,
    /// Whether the public sees the promise ledger.
    public_ledger: bool,
    /// Whether some of the page's words are only there in English.
    partly_english: bool,
    /// Where advice is to be had, at the foot of every page.
    advice: Option<Advice>,
}

/// The same page in another language.
#[derive(Debug, Clone, Serialize)]
struct Alternate {
    tag: &'static str,
    name: &'static str,
    address: String,
    current: bool,
}

impl Page {
    pub(crate) fn new(site: &Site, visit: &Visit, signed_in: Option<&SignedIn>) -> Self {
        let (lang, theme) = (visit.language(), site.theme());
        let welsh_name = theme.name_cy.as_ref().filter(|_| lang == Language::Cy);
        let organisation = welsh_name.unwrap_or(&theme.name).clone();
        let alternate = |other: Language| Alternate {
            tag: other.tag(),
            name: other.autonym(),
            address: other.address(visit.path()),
            current: other == lang,
        };
        Self {
            lang,
            path: visit.path().to_owned(),
            alternates: Language::ALL.into_iter().map(alternate).collect(),
            logo_text: theme
                .logo_text
                .clone()
                .filter(|_| welsh_name.is_none())
                .unwrap_or_else(|| organisation.clone()),
            organisation,
            signed_in: signed_in.cloned(),
            form_token: visit.form_token(),
            errors: Vec::new(),
            journey: None,
            unchecked: !site.strings().checked(lang),
            public_ledger: site.settings().public_ledger,
            partly_english: false,
            advice: site.advice().cloned(),
        }
    }

    /// The same page with fields to mend.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<Failure>) -> Self {
        self.errors = errors;
        self
    }

    /// The same page as one of a journey: the form with the id `journey` carries the answers, and its
    /// field `go` with this value shows the same page again.
    #[must_use]
    pub const fn with_journey(mut self, again: &'static str) -> Self {
        self.journey = Some(again);
        self
    }
}

/// The templates of every language.
#[derive(Debug)]
pub struct Renderer {
    en: Environment<'static>,
    cy: Environment<'static>,
}

impl Renderer {
    /// Reads every template.
    ///
    /// # Errors
    /// When a template is not well formed.
    pub fn new(strings: &Arc<Strings>, assets: &Arc<Assets>) -> Result<Self, Error> {
        let build = |language| environment(language, strings, assets);
        Ok(Self { en: build(Language::En)?, cy: build(Language::Cy)? })
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// When the template asks for a value or a string that does not exist.
    pub fn render<V: View>(&self, page: &Page, view: &V) -> Result<String, Error> {
        let environment = match page.lang {
            Language::En => &self.en,
            Language::Cy => &self.cy,
        };
        let template = environment.get_template(V::TEMPLATE)?;
        let view = Value::from(Serde(view));
        let html = template.render(context! { page => Serde(page), view => view.clone() })?;
        // Words that stand in English are known only once the page is drawn; it then says so.
        if page.lang != Language::En && html.contains(STAND_IN) && !page.partly_english {
            let page = Page { partly_english: true, ..page.clone() };
            return template.render(context! { page => Serde(page), view });
        }
        Ok(html)
    }

    /// The names of every page template, to hold against the views that have samples.
    #[must_use]
    pub fn pages() -> Vec<&'static str> {
        let mut found = Vec::new();
        each_template(&TEMPLATES, &mut |name, _| found.push(name));
        found.retain(|name| !name.starts_with("parts/"));
        found
    }
}

impl Site {
    /// An answer with a page in it.
    #[must_use]
    pub fn respond<V: View>(&self, visit: &Visit, status: StatusCode, page: &Page, view: &V) -> Response {
        let html = match self.renderer().render(page, view) {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(request = visit.request_id(), template = V::TEMPLATE, %error, "page not rendered");
                return (StatusCode::INTERNAL_SERVER_ERROR, Rendered, LAST_RESORT).into_response();
            }
        };
        let has_form = html.contains(&visit.form_token());
        let mut response = (status, html).into_response();
        response.extensions_mut().insert(Rendered);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Some(cookie) = visit.new_form_cookie(self.secure()).filter(|_| has_form) {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl axum::response::IntoResponseParts for Rendered {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut parts: axum::response::ResponseParts,
    ) -> Result<axum::response::ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

/// Said when even the page that says that something is wrong cannot be drawn.
const LAST_RESORT: &str = "Something went wrong. Aeth rhywbeth o'i le.\n";

fn each_template(dir: &'static Dir<'_>, found: &mut impl FnMut(&'static str, &'static str)) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(inner) => each_template(inner, found),
            DirEntry::File(file) => {
                if let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    found(name, text);
                }
            }
        }
    }
}

fn environment(
    language: Language,
    strings: &Arc<Strings>,
    assets: &Arc<Assets>,
) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    add_words(&mut env, language, strings);
    let files = Arc::clone(assets);
    env.add_function("asset", move |name: &str| {
        files
            .address(name)
            .map(|address| plain_address(address.to_owned()))
            .ok_or_else(|| missing("file", name))
    });
    env.add_function("to", move |path: &str| plain_address(language.address(path)));
    let words = Arc::clone(strings);
    env.add_filter("long_date", move |text: &str| dates::long(&words, language, text));
    let words = Arc::clone(strings);
    env.add_filter("short_date", move |text: &str| dates::short(&words, language, text));
    let words = Arc::clone(strings);
    env.add_filter("month_year", move |text: &str| dates::month_year(&words, language, text));
    let words = Arc::clone(strings);
    env.add_filter("moment", move |text: &str| dates::moment(&words, language, text));
    let mut failure = None;
    each_template(&TEMPLATES, &mut |name, text| {
        if let Err(error) = env.add_template(name, text) {
            failure.get_or_insert(error);
        }
    });
    failure.map_or(Ok(env), Err)
}

/// `t(key, name=value…)` for text, `plain(…)` for attributes and titles, `n(key, count)` for counts.
fn add_words(env: &mut Environment<'static>, language: Language, strings: &Arc<Strings>) {
    let words = Arc::clone(strings);
    env.add_function("t", move |key: &str, values: Kwargs| {
        let found = words.find(language, key).ok_or_else(|| missing("string", key))?;
        Ok::<_, Error>(shown(found, language, &fill(found.text, &values, true)?))
    });
    let words = Arc::clone(strings);
    env.add_function("plain", move |key: &str, values: Kwargs| {
        let found = words.find(language, key).ok_or_else(|| missing("string", key))?;
        fill(found.text, &values, false)
    });
    let words = Arc::clone(strings);
    env.add_function("n", move |key: &str, count: u64| {
        let found = words.find_plural(language, key, count).ok_or_else(|| missing("string", key))?;
        let text = found.text.replace("{n}", &count.to_string());
        Ok::<_, Error>(shown(found, language, &escape(&text)))
    });
}

/// An address of plain characters needs no escaping, and reads better without; any other is escaped.
fn plain_address(address: String) -> Value {
    let plain = address.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-.".contains(&b));
    if plain { Value::from_safe_string(address) } else { Value::from(address) }
}

fn missing(what: &str, name: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("no {what} `{name}`"))
}

/// Puts the values into the words; with `html`, words and values are escaped.
fn fill(text: &str, values: &Kwargs, html: bool) -> Result<String, Error> {
    let safe = |text: &str| if html { escape(text) } else { text.to_owned() };
    let mut filled = safe(text);
    for name in values.args() {
        let value: Value = values.get(name)?;
        filled = filled.replace(&format!("{{{name}}}"), &safe(&value.to_string()));
    }
    values.assert_all_used()?;
    Ok(filled)
}

/// Escaped words, inside a mark of their language when it is not the page's.
fn shown(found: Wording<'_>, language: Language, escaped: &str) -> Value {
    if found.language == language {
        Value::from_safe_string(escaped.to_owned())
    } else {
        Value::from_safe_string(format!("{STAND_IN}{escaped}</span>"))
    }
}

fn escape(text: &str) -> String {
    HtmlEscape(text).to_string()
}
