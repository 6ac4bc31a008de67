//! How exemptions are printed.

use counterfoil_domain::place::Division;
use counterfoil_domain::questions::{Field, Kind};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::exemptions::{Exemption, Organisation, lifts_right, may_claim};
use serde_json::{Value, json};

use super::Chosen;
use crate::out::{self, CommandResult};

/// A list with a line each, or with `explain` everything about each.
pub fn print(chosen: &Chosen, explain: bool, as_json: bool) -> CommandResult {
    if as_json {
        let list: Vec<Value> = chosen.rows.iter().map(|e| describe(chosen, e)).collect();
        return out::json(&json!({ "exemptions": list, "errors": [] }));
    }
    for e in &chosen.rows {
        if explain {
            print_whole(e);
        } else {
            out::line(&format!("{:<9} {} ({})", e.code, e.name, e.provision));
        }
        let places = chosen.places(e);
        if chosen.kind.is_some() && places.is_empty() {
            out::line("          This body may not claim it.");
        } else if chosen.division.is_none() && places.len() < Division::ALL.len() {
            let places: Vec<&str> = places.iter().map(|d| d.label()).collect();
            out::line(&format!("          This body may claim it only in {}.", places.join(", ")));
        }
    }
    if chosen.rows.is_empty() {
        out::line("none");
    }
    Ok(())
}

fn claimants(e: &Exemption) -> Vec<(Organisation, Vec<Division>)> {
    let places = |k| Division::ALL.iter().copied().filter(|d| may_claim(e, k, *d)).collect::<Vec<_>>();
    Organisation::ALL.iter().map(|k| (*k, places(*k))).filter(|(_, d)| !d.is_empty()).collect()
}

fn rights(e: &Exemption) -> Vec<&'static str> {
    Right::ALL.iter().filter(|r| lifts_right(e.lifts, **r)).map(|r| r.code()).collect()
}

fn describe(chosen: &Chosen, e: &Exemption) -> Value {
    let claimable: Vec<&str> = chosen.places(e).iter().map(|d| d.code()).collect();
    let who: Vec<Value> = claimants(e)
        .into_iter()
        .map(|(kind, places)| {
            json!({ "kind": kind.code(), "divisions": places.iter().map(|d| d.code()).collect::<Vec<_>>() })
        })
        .collect();
    json!({
        "code": e.code,
        "name": e.name,
        "provision": e.provision,
        "nature": e.nature.code(),
        "lifts": {
            "set": e.lifts.name(),
            "articles": e.lifts.articles().iter().map(|a| a.code()).collect::<Vec<_>>(),
            "rights": rights(e),
        },
        "claimants": who,
        "claimable_in": chosen.kind.map(|_| claimable),
        "test": e.test.iter().map(describe_field).collect::<Vec<_>>(),
        "mention": e.mention.code(),
        "plain": e.plain,
        "note": e.note,
    })
}

fn describe_field(field: &Field) -> Value {
    let (kind, must_be, codes) = match field.kind {
        Kind::MustBe(wanted) => ("yes-no", Some(wanted), None),
        Kind::YesNo => ("yes-no", None, None),
        Kind::Text => ("text", None, None),
        Kind::Date => ("date", None, None),
        Kind::OpinionDate => ("opinion-date", None, None),
        Kind::Choice(codes) => ("choice", None, Some(codes)),
    };
    json!({ "field": field.key, "question": field.ask, "kind": kind, "must_be": must_be, "choices": codes })
}

fn print_whole(e: &Exemption) {
    out::line(&format!("{}: {} ({})", e.code, e.name, e.provision));
    out::line(&format!("  How it works: {}", e.nature.label()));
    let rights = rights(e);
    let lifted =
        if rights.is_empty() { "no right; it moves the clock".to_owned() } else { rights.join(", ") };
    out::line(&format!("  Lifts: {lifted} (set {})", e.lifts.name()));
    let who: Vec<String> = claimants(e).iter().map(|(k, d)| claimant_words(*k, d)).collect();
    out::line(&format!("  May be claimed by: {}", who.join("; ")));
    out::line("  Test to be recorded, for each item:");
    for field in e.test {
        let kind = match field.kind {
            Kind::Choice(codes) => format!("one of {}", codes.join(", ")),
            kind => kind.words().to_owned(),
        };
        out::line(&format!("    {}: {} [{kind}]", field.key, field.ask));
    }
    out::line(&format!("  Mention: {}", e.mention.label()));
    out::line(&format!("  To the person: {}", e.plain));
    if !e.note.is_empty() {
        out::line(&format!("  Note: {}", e.note));
    }
}

fn claimant_words(kind: Organisation, places: &[Division]) -> String {
    if places.len() == Division::ALL.len() {
        return kind.label().to_owned();
    }
    let places: Vec<&str> = places.iter().map(|d| d.label()).collect();
    format!("{} ({})", kind.label(), places.join(", "))
}
