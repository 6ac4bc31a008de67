//! The test of an exemption: it is recorded before anything is withheld.

use std::collections::BTreeMap;

use counterfoil_domain::questions::Kind;
use counterfoil_domain::rights::exemptions;
use serde::Serialize;

use crate::forms::Fields;
use crate::render::View;

/// The exemption that most withholding in an access request rests on.
const USUAL: &str = "S2-16";

/// Fields of this page; what else the form has says what is withheld, and goes on with it.
const OWN: [&str; 4] = ["code", "reason", "go", "ground"];

/// The test of an exemption, to be answered.
#[derive(Debug, Serialize)]
pub struct WithholdView {
    reference: String,
    /// What the form says, to be carried on.
    kept: Vec<(String, String)>,
    /// What is withheld, for the heading: the word of the form's `do`.
    about: String,
    /// Whose name or which words, when known.
    what: String,
    /// Every exemption by code and name.
    exemptions: Vec<(&'static str, &'static str)>,
    code: String,
    provision: &'static str,
    note: &'static str,
    plain: &'static str,
    questions: Vec<Question>,
    reason: String,
    back: String,
    refused: Option<String>,
}

/// A question of the test.
#[derive(Debug, Serialize)]
struct Question {
    key: &'static str,
    ask: &'static str,
    /// `yes-no`, `text`, `date` or `choice`.
    kind: &'static str,
    choices: Vec<&'static str>,
    answer: String,
}

/// The answers of a form, by the question's key.
pub(super) fn answers(fields: &Fields) -> BTreeMap<String, String> {
    let answered = |(name, value): (&str, &str)| {
        let key = name.strip_prefix("a.")?;
        (!value.trim().is_empty()).then(|| (key.to_owned(), value.trim().to_owned()))
    };
    fields.kept().filter_map(answered).collect()
}

impl WithholdView {
    /// The test, for what a form of the workbench asks to withhold.
    pub(super) fn asked(reference: &str, fields: &Fields) -> Self {
        Self::new(reference, fields, None)
    }

    /// The test again, with what is missing.
    pub(super) fn refused(reference: &str, fields: &Fields, why: String) -> Self {
        Self::new(reference, fields, Some(why))
    }

    fn new(reference: &str, fields: &Fields, refused: Option<String>) -> Self {
        let code = if fields.get("code").is_empty() { USUAL } else { fields.get("code") };
        let exemption = exemptions::exemption(code).or_else(|| exemptions::exemption(USUAL));
        let given = answers(fields);
        let test = exemption.map_or(&[][..], |e| e.test);
        let questions = test
            .iter()
            .map(|field| Question {
                key: field.key,
                ask: field.ask,
                kind: match field.kind {
                    Kind::MustBe(_) | Kind::YesNo => "yes-no",
                    Kind::Text => "text",
                    Kind::Date | Kind::OpinionDate => "date",
                    Kind::Choice(_) => "choice",
                },
                choices: if let Kind::Choice(codes) = field.kind { codes.to_vec() } else { Vec::new() },
                answer: given.get(field.key).cloned().unwrap_or_default(),
            })
            .collect();
        let carried = |(name, _): &(&str, &str)| !OWN.contains(name) && !name.starts_with("a.");
        let item = fields.get("item");
        let page = if fields.get("page").is_empty() { "1" } else { fields.get("page") };
        let back = if item.is_empty() || fields.get("back") == "list" {
            format!("/staff/requests/{reference}/review")
        } else {
            format!("/staff/requests/{reference}/review/{item}?page={page}")
        };
        let what = ["name", "text"].map(|f| fields.get(f)).into_iter().find(|t| !t.is_empty());
        Self {
            reference: reference.to_owned(),
            kept: fields.kept().filter(carried).map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            about: fields.get("do").to_owned(),
            what: what.unwrap_or_default().to_owned(),
            exemptions: exemptions::all().map(|e| (e.code, e.name)).collect(),
            code: exemption.map_or(USUAL, |e| e.code).to_owned(),
            provision: exemption.map_or("", |e| e.provision),
            note: exemption.map_or("", |e| e.note),
            plain: exemption.map_or("", |e| e.plain),
            questions,
            reason: fields.get("reason").to_owned(),
            back,
            refused,
        }
    }
}

impl View for WithholdView {
    const TEMPLATE: &'static str = "staff/review-withhold.html";

    fn samples() -> Vec<Self> {
        let of = |pairs: &[(&str, &str)]| Fields::of(pairs);
        let person =
            of(&[("do", "person"), ("who", "p1"), ("name", "Casper Holt"), ("item", "12"), ("page", "2")]);
        let about = |what: &str| Self::asked("AR-2026-0041", &of(&[("do", what), ("code", "S3-5")]));
        let missing =
            of(&[("do", "passage"), ("text", "a passage"), ("a.identifies", "yes"), ("a.other", "ordinary")]);
        let mut all = vec![
            Self::asked("AR-2026-0041", &person),
            Self::refused("AR-2026-0041", &missing, "answer `why`: why?".into()),
        ];
        all.extend(["others", "item", "mention", "page", "file", "area", "region", "span"].map(about));
        all
    }
}
