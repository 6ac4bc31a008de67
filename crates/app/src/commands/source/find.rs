//! `counterfoil source find`.

use counterfoil_connect::SourceError;
use counterfoil_connect::find::{self, Answer, CollectionReport, Question, Report};
use serde_json::{Value, json};

use super::rows::Rows;
use super::{Common, Opened, milliseconds, refused};
use crate::out::{self, CommandError, CommandResult};

/// Find what the source holds of a person: every row that the references lead to from the identity
///
/// The search reads one snapshot and can write nothing. The answer is one of held, none-held,
/// not-this-kind-of-person or failed; rows that were printed before a failure are not an answer.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Only fields of this category of data or below, such as user.contact; several may be given
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,
}

pub(super) fn run(args: &Args) -> CommandResult {
    let opened = args.common.open()?;
    opened.require_identity()?;
    let question = Question {
        dataset: &opened.dataset,
        identities: &opened.identities,
        limits: opened.limits,
        accept_unlinked: args.common.accept_unlinked,
    };
    let mut rows = Rows::new(&opened.dataset, &args.category, args.common.json);
    let mut begun = false;
    let mut broken = None;
    let answer = find::find(&opened.address, &question, &mut |item| {
        let written = if begun { Ok(()) } else { rows.begin() }.and_then(|()| rows.row(&item));
        begun = true;
        written.map_err(|e| {
            broken = Some(e);
            SourceError::Failed { code: "output", message: "the answer could not be written".to_owned() }
        })
    });
    if let Some(error) = broken {
        return Err(error);
    }
    let answer = answer.map_err(refused)?;
    if !begun {
        rows.begin()?;
    }
    let (searched, rest) = rest(&opened, &answer, args.common.reviewed().as_deref());
    rows.end(&searched, &rest)?;
    conclude(&opened, answer, args.common.json)
}

/// What stands behind the collections.
fn rest(opened: &Opened, answer: &Answer, reviewed: Option<&str>) -> (Vec<usize>, Value) {
    let kinds: Vec<&str> = opened.identities.iter().map(|i| i.kind.as_str()).collect();
    let (word, report) = match answer {
        Answer::Held(report) => ("held", report),
        Answer::NoneHeld(report) => ("none-held", report),
        Answer::NotThisKindOfPerson => {
            return (Vec::new(), json!({ "answer": "not-this-kind-of-person", "identities": kinds }));
        }
        Answer::Failed(error) => {
            let reason = json!({ "code": error.code(), "message": error.to_string() });
            return (Vec::new(), json!({ "answer": "failed", "identities": kinds, "reason": reason }));
        }
    };
    let rows: u64 = report.collections.iter().map(|c| c.rows).sum();
    let shared: u64 = report.collections.iter().map(|c| c.shared).sum();
    let rest = json!({
        "answer": word,
        "identities": kinds,
        "source": report.engine,
        "rows": rows,
        "shared": shared,
        "searched": report.collections.iter().map(|c| collection(opened, c)).collect::<Vec<_>>(),
        "not_searched": report.not_searched.iter().map(|c| opened.name(*c)).collect::<Vec<_>>(),
        "warnings": warnings(opened, report, reviewed),
        "fingerprint": report.fingerprint,
        "statements": report.statements,
        "milliseconds": milliseconds(report.elapsed),
    });
    (report.collections.iter().map(|c| c.collection).collect(), rest)
}

fn collection(opened: &Opened, report: &CollectionReport) -> Value {
    json!({
        "collection": opened.name(report.collection),
        "rows": report.rows,
        "shared": report.shared,
        "rounds": report.rounds,
        "milliseconds": milliseconds(report.elapsed),
    })
}

fn warnings(opened: &Opened, report: &Report, reviewed: Option<&str>) -> Vec<String> {
    let mut warnings = Vec::new();
    if !report.unlisted.is_empty() {
        let list: Vec<String> =
            report.unlisted.iter().map(|(c, name)| format!("{}.{name}", opened.name(*c))).collect();
        warnings.push(format!("columns that the dataset does not list were left out: {}", list.join(", ")));
    }
    if !report.not_searched.is_empty() {
        let list: Vec<&str> = report.not_searched.iter().map(|c| opened.name(*c)).collect();
        warnings.push(format!("no identity of this kind leads to: {}", list.join(", ")));
    }
    if reviewed.is_some_and(|r| r != report.fingerprint) {
        warnings
            .push("the schema is not the one that was reviewed: run `counterfoil source check`".to_owned());
    }
    warnings
}

fn conclude(opened: &Opened, answer: Answer, json: bool) -> CommandResult {
    let tell = |text: &str| if json { out::note(text) } else { out::line(text) };
    match answer {
        Answer::Failed(error) => Err(CommandError::failed(error.code(), error.to_string())),
        Answer::NotThisKindOfPerson => {
            tell("not this kind of person: no field of the dataset holds such an identity");
            Ok(())
        }
        Answer::NoneHeld(report) => {
            warnings(opened, &report, None).iter().for_each(|w| out::note(w));
            tell("none held: everything was searched and nothing was found");
            Ok(())
        }
        Answer::Held(report) => {
            warnings(opened, &report, None).iter().for_each(|w| out::note(w));
            let rows: u64 = report.collections.iter().map(|c| c.rows).sum();
            let shared: u64 = report.collections.iter().map(|c| c.shared).sum();
            let time = milliseconds(report.elapsed);
            tell(&format!("held: {rows} rows, {shared} of which may be other people's too ({time} ms)"));
            Ok(())
        }
    }
}
