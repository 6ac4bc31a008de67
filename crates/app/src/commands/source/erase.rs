//! `counterfoil source erase`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use counterfoil_connect::erase::{
    self, ColumnPlan, Decision, Erased, ErasedRow, Erasing, Erasure, Outcome, SharedRule,
};
use counterfoil_connect::find::Question;
use counterfoil_connect::mask::{Secret, Strategy};
use counterfoil_connect::policy::{self, Rule};
use counterfoil_connect::value::Value;
use serde_json::{Map, Value as Json, json};

use super::rows::{shared_json, shown};
use super::{Common, Opened, read, refused};
use crate::chance;
use crate::out::{self, CommandError, CommandResult};

/// Erase what the source holds of a person by masking it; prints the plan unless --execute is given
///
/// Everything is written in one transaction and searched for again before it is made durable. What cannot
/// be written is said before anything is: a column that can neither be emptied nor masked, or a row that may
/// be another person's too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Write; without it only the plan is printed
    #[arg(long)]
    execute: bool,
    /// Take categories and strategies from the erasure rules of a Fides policy (YAML or JSON)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["category", "masking"])]
    policy: Option<PathBuf>,
    /// Erase this category of data and those below [default: user]; several may be given
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,
    /// How: null_rewrite, string_rewrite:TEXT, random_string_rewrite, hash, hmac
    #[arg(long, value_name = "STRATEGY", default_value = "null_rewrite")]
    masking: String,
    /// How for one column, before every other rule: table.column=STRATEGY
    #[arg(long, value_name = "COLUMN=STRATEGY")]
    strategy: Vec<String>,
    /// Leave a table or table.column as it is (a legal hold, a retention duty)
    #[arg(long, value_name = "COLUMN")]
    keep: Vec<String>,
    /// What happens to rows that may be other people's too
    #[arg(long, value_enum, default_value = "refuse")]
    shared: SharedWord,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SharedWord {
    /// Write nothing until somebody has decided
    Refuse,
    /// Leave such rows
    Keep,
    /// Mask such rows too
    Mask,
}

pub(super) fn run(args: &Args) -> CommandResult {
    let opened = args.common.open()?;
    opened.require_identity()?;
    let erasure = erasure(args, &opened)?;
    let done = if args.execute {
        erase::execute(&opened.address, &erasure)
    } else {
        erase::plan(&opened.address, &erasure)
    };
    let done = match done {
        Err(error) if args.common.json => {
            let reason = json!({ "code": error.code(), "message": error.to_string() });
            out::json(&json!({ "answer": "refused", "executed": false, "reason": reason }))?;
            return Err(refused(error));
        }
        done => done.map_err(refused)?,
    };
    if args.common.json {
        out::json(&as_json(&opened, &done))?;
    } else {
        print(&opened, &done);
    }
    match done {
        Erasing::Failed(error) => Err(CommandError::failed(error.code(), error.to_string())),
        _ => Ok(()),
    }
}

fn erasure<'q>(args: &Args, opened: &'q Opened) -> Result<Erasure<'q>, CommandError> {
    let question = Question {
        dataset: &opened.dataset,
        identities: &opened.identities,
        limits: opened.limits,
        accept_unlinked: args.common.accept_unlinked,
    };
    let shared = match args.shared {
        SharedWord::Refuse => SharedRule::Refuse,
        SharedWord::Keep => SharedRule::Keep,
        SharedWord::Mask => SharedRule::Mask,
    };
    Ok(Erasure {
        question,
        rules: rules(args)?,
        strategies: strategies(&args.strategy)?,
        keep: args.keep.clone(),
        shared,
        secret: Secret::new(chance::random()?),
        reviewed: args.common.reviewed(),
    })
}

fn rules(args: &Args) -> Result<Vec<Rule>, CommandError> {
    if let Some(path) = &args.policy {
        return policy::parse(&read(path)?)
            .map_err(|p| CommandError::refused(p.code(), format!("`{}`: {p}", path.display())));
    }
    let strategy =
        Strategy::from_word(&args.masking).map_err(|e| CommandError::refused("unknown-strategy", e))?;
    let targets = if args.category.is_empty() { vec!["user".to_owned()] } else { args.category.clone() };
    Ok(vec![Rule { targets, strategy }])
}

fn strategies(texts: &[String]) -> Result<BTreeMap<String, Strategy>, CommandError> {
    let one = |text: &String| {
        let (column, word) = text.split_once('=').ok_or_else(|| {
            CommandError::refused("bad-strategy", format!("`{text}`: write `table.column=STRATEGY`"))
        })?;
        let strategy = Strategy::from_word(word).map_err(|e| CommandError::refused("unknown-strategy", e))?;
        Ok((column.to_owned(), strategy))
    };
    texts.iter().map(one).collect()
}

fn as_json(opened: &Opened, done: &Erasing) -> Json {
    let (word, outcome) = match done {
        Erasing::Held(outcome) => ("held", outcome),
        Erasing::NoneHeld(outcome) => ("none-held", outcome),
        Erasing::NotThisKindOfPerson => {
            return json!({ "answer": "not-this-kind-of-person", "executed": false });
        }
        Erasing::Failed(error) => {
            let reason = json!({ "code": error.code(), "message": error.to_string() });
            return json!({ "answer": "failed", "executed": false, "reason": reason });
        }
    };
    let changed: u64 = outcome.collections.iter().map(|c| c.changed).sum();
    json!({
        "answer": word,
        "executed": outcome.executed,
        "source": outcome.engine,
        "rows_changed": changed,
        "order": outcome.collections.iter().map(|c| opened.name(c.collection)).collect::<Vec<_>>(),
        "collections": outcome.collections.iter().map(|c| collection(opened, outcome, c)).collect::<Vec<_>>(),
        "blocked": outcome.blocked,
        "warnings": outcome.warnings,
        "still_reachable": outcome.still_reachable,
        "fingerprint": outcome.fingerprint,
        "statements": outcome.statements,
    })
}

fn collection(opened: &Opened, outcome: &Outcome, erased: &Erased) -> Json {
    let columns = outcome.columns.iter().filter(|c| c.collection == erased.collection);
    json!({
        "name": opened.name(erased.collection),
        "action": if erased.delete { "delete" } else { "mask" },
        "found": erased.rows.len(),
        "to_change": to_change(erased),
        "changed": erased.changed,
        "left_as_shared": erased.left,
        "columns": columns.map(column).collect::<Vec<_>>(),
        "rows": erased.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn to_change(erased: &Erased) -> usize {
    erased.rows.iter().filter(|r| r.write).count()
}

fn column(plan: &ColumnPlan) -> Json {
    let name = plan.path.join(".");
    match &plan.decision {
        Decision::Mask { strategy, limit, instead } => json!({
            "column": name, "categories": plan.categories, "action": "mask", "strategy": strategy.name(),
            "length": limit, "why": instead,
        }),
        Decision::Keep { why } => {
            json!({ "column": name, "categories": plan.categories, "action": "keep", "why": why })
        }
        Decision::Blocked { why } => {
            json!({ "column": name, "categories": plan.categories, "action": "blocked", "why": why })
        }
    }
}

fn row(row: &ErasedRow) -> Json {
    let key: Vec<Json> = row.key.iter().map(Value::to_json).collect();
    let mut map = Map::new();
    map.insert("key".to_owned(), Json::from(key));
    if !row.shared.is_empty() {
        map.insert("shared".to_owned(), Json::from(shared_json(&row.shared)));
    }
    if row.left {
        map.insert("left".to_owned(), Json::Bool(true));
    }
    Json::Object(map)
}

fn print(opened: &Opened, done: &Erasing) {
    let outcome = match done {
        Erasing::Held(outcome) => outcome,
        Erasing::NoneHeld(_) => return out::line("none held: everything was searched and nothing was found"),
        Erasing::NotThisKindOfPerson => {
            return out::line("not this kind of person: no field of the dataset holds such an identity");
        }
        Erasing::Failed(_) => return,
    };
    for (number, erased) in outcome.collections.iter().enumerate() {
        let (found, change) = (erased.rows.len(), to_change(erased));
        let done = if outcome.executed {
            format!("{} changed", erased.changed)
        } else {
            format!("{change} to change")
        };
        out::line(&format!(
            "{}. {}: {found} rows found, {done}, {} left as shared",
            number + 1,
            opened.name(erased.collection),
            erased.left
        ));
        if change > 0 {
            print_columns(outcome, erased);
        }
        for row in erased.rows.iter().filter(|r| !r.shared.is_empty() && r.to_change).take(20) {
            let key: Vec<String> = row.key.iter().map(shown).collect();
            out::line(&format!("   the row {} may be another person's too", key.join(", ")));
        }
    }
    outcome.warnings.iter().for_each(|w| out::line(&format!("warning: {w}")));
    outcome.blocked.iter().for_each(|b| out::line(&format!("blocked: {b}")));
    out::line(if outcome.executed {
        "erased and searched for again"
    } else {
        "a plan: nothing was written; --execute writes"
    });
}

fn print_columns(outcome: &Outcome, erased: &Erased) {
    if erased.delete {
        return out::line("   the rows are deleted");
    }
    for plan in outcome.columns.iter().filter(|c| c.collection == erased.collection) {
        let what = match &plan.decision {
            Decision::Mask { strategy, instead: None, .. } => strategy.name().to_owned(),
            Decision::Mask { strategy, instead: Some(why), .. } => format!("{} ({why})", strategy.name()),
            Decision::Keep { why } => format!("stays: {why}"),
            Decision::Blocked { why } => format!("blocked: {why}"),
        };
        out::line(&format!("   {}: {what}", plan.path.join(".")));
    }
}
