//! The forms to print: the same questions, choices and explanations as the form on the site, from the same
//! definitions, as a page and as a PDF.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::rights::representative::Representative;
use counterfoil_service::paper::{PaperForm, Part, form_pdf};
use serde::Serialize;

use super::answers::{Answers, CAPACITIES, CHOICES, FORMATS, LANGUAGES, Step};
use crate::forms::Fields;
use crate::language::Language;
use crate::problem::Problem;
use crate::render::View;
use crate::session::blocking;
use crate::site::Site;
use crate::strings::Strings;
use crate::theme::Contact;
use crate::visit::Visit;

/// The forms that can be printed: the general one, then one for each thing that can be asked.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once("any").chain(CHOICES)
}

/// The list of forms.
#[derive(Debug, Serialize)]
pub struct FormsView {
    forms: Vec<&'static str>,
    contact: Contact,
}

impl View for FormsView {
    const TEMPLATE: &'static str = "ask/forms.html";

    fn samples() -> Vec<Self> {
        vec![Self { forms: names().collect(), contact: crate::pages::home::sample_contact() }]
    }
}

/// A form to print.
#[derive(Debug, Serialize)]
pub struct FormView {
    name: String,
    form: PaperForm,
}

impl View for FormView {
    const TEMPLATE: &'static str = "ask/form.html";

    fn samples() -> Vec<Self> {
        let parts = vec![
            Part::Heading("What is your name?".into()),
            Part::Text("The name that we know you by".into()),
            Part::Boxes(vec!["On paper".into()]),
            Part::Lines("Your name".into(), 1),
            Part::Lines(String::new(), 2),
        ];
        let form = PaperForm { title: "Your request".into(), language: "en".into(), parts };
        vec![Self { name: "any".into(), form }]
    }
}

/// The form of this name, in the words of a language.
fn form(strings: &Strings, language: Language, name: &str, contact: &Contact) -> PaperForm {
    let say = |key: &str| strings.find(language, key).map(|found| found.text.to_owned()).unwrap_or_default();
    let title = if name == "any" {
        say("public.forms.any")
    } else {
        format!("{}: {}", say("public.forms.title"), say(&format!("ask.right.{name}")))
    };
    let mut parts = vec![Part::Text(say("public.forms.lead"))];
    parts.push(Part::Text(format!("{}\n{}\n{}", contact.post.join(", "), contact.email, contact.phone)));
    // Every question of the form for someone who acts for another: on paper the reader leaves out what is not theirs.
    let answers = Answers::read(&Fields::default())
        .with("right", if name == "any" { String::new() } else { name.to_owned() })
        .with("whom", "other".to_owned());
    for step in Step::path(&answers).filter(|step| *step != Step::Check && *step != Step::Died) {
        parts.extend(question(&say, step, name, &answers));
    }
    parts.push(Part::Lines(say("public.forms.signed"), 1));
    parts.push(Part::Text(say("public.forms.time")));
    PaperForm { title, language: language.tag().to_owned(), parts }
}

/// One page of the form on the site, on paper.
fn question(say: &dyn Fn(&str) -> String, step: Step, name: &str, answers: &Answers) -> Vec<Part> {
    let heading = || Part::Heading(say(&format!("ask.title.{}", step.code())));
    let boxes = |table: &str, values: &[&str]| {
        Part::Boxes(values.iter().map(|value| say(&format!("ask.{table}.{value}"))).collect())
    };
    let lines =
        |label: &str, count| Part::Lines(if label.is_empty() { String::new() } else { say(label) }, count);
    // For someone who has died nobody asks in this way; the site says where to turn.
    let living = CAPACITIES.iter().filter(|who| **who != Representative::Executor);
    let capacities: Vec<&str> = living.map(|who| who.code()).collect();
    match step {
        Step::Right if name != "any" => Vec::new(),
        Step::Right => vec![heading(), boxes("right", &CHOICES)],
        Step::Office => vec![heading(), lines("", 1)],
        Step::Whom => vec![heading(), boxes("whom", &["self", "other"])],
        Step::Capacity => {
            vec![heading(), Part::Text(say("public.forms.only_other")), boxes("capacity", &capacities)]
        }
        Step::Subject => {
            vec![heading(), Part::Text(say("public.forms.only_other")), lines("ask.subject_hint", 1)]
        }
        Step::Words => words(say, name, answers),
        Step::Name => vec![heading(), lines("", 1)],
        Step::Known => vec![
            heading(),
            Part::Text(say("ask.known_hint")),
            Part::Text(say("ask.known_no_papers")),
            lines("", 3),
        ],
        Step::Reply => vec![heading(), Part::Text(say("ask.reply_hint")), boxes("reply", &["email", "post"])],
        Step::Address => vec![lines("ask.email", 1), lines("ask.post", 4)],
        Step::Format => vec![heading(), boxes("format", &FORMATS)],
        Step::Language => vec![heading(), boxes("language", &LANGUAGES), lines("ask.other_language", 1)],
        Step::Needs => vec![heading(), Part::Text(say("ask.adjustments_hint")), lines("", 3)],
        Step::Died | Step::Check => Vec::new(),
    }
}

fn words(say: &dyn Fn(&str) -> String, name: &str, answers: &Answers) -> Vec<Part> {
    let mut parts = vec![Part::Heading(say("ask.title.words"))];
    if name != "any" {
        parts.push(Part::Text(say(&format!("ask.words_hint.{name}"))));
    }
    parts.push(Part::Lines(String::new(), 8));
    if ["any", "access"].contains(&name) {
        parts.push(Part::Lines(say("ask.scope"), 2));
    }
    let heading = answers.heading();
    if answers.tells_harm() {
        parts.push(Part::Lines(say(&format!("ask.harm.{heading}")), 5));
    }
    if heading == "damage-or-distress" {
        parts.push(Part::Lines(say("ask.stop"), 3));
    }
    parts
}

/// `GET /forms`
pub async fn list(State(site): State<Site>, visit: Visit) -> Response {
    let view = FormsView { forms: names().collect(), contact: site.theme().contact.clone() };
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

fn asked(site: &Site, visit: &Visit, name: &str) -> Result<PaperForm, Problem> {
    let known = names().find(|own| *own == name).ok_or(Problem::NotFound)?;
    Ok(form(site.strings(), visit.language(), known, &site.theme().contact))
}

/// `GET /forms/{name}`: to read and to print. `GET /forms/{name}.pdf`: to keep.
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Response, Response> {
    match name.strip_suffix(".pdf") {
        None => {
            let form = asked(&site, &visit, &name)?;
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &FormView { name, form }))
        }
        Some(stem) => {
            let form = asked(&site, &visit, stem)?;
            let pdf = blocking(move || form_pdf(&form)).await.map_err(IntoResponse::into_response)?;
            let pdf = pdf.map_err(|_| Problem::Fault.into_response())?;
            let file = format!("inline; filename=\"{stem}.pdf\"");
            let file = HeaderValue::from_str(&file).map_err(|_| Problem::Fault.into_response())?;
            let kind = HeaderValue::from_static("application/pdf");
            Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)], pdf).into_response())
        }
    }
}
