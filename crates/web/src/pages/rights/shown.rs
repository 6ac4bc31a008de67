//! The panel as the template reads it.

use counterfoil_domain::rights::complaints::{Reviewed, Stage};
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_domain::rights::telling::Telling;
use counterfoil_domain::rights::{Condition, Right};
use counterfoil_service::rights::other::panel::{Complaint, OfPerson, Panel};
use counterfoil_service::rights::other::{automated, correct, facts, restrict};
use jiff::civil::Date;
use serde_json::{Value, json};

fn words<T: std::str::FromStr>(code: &str, label: impl Fn(T) -> &'static str) -> String {
    code.parse::<T>().map_or_else(|_| code.to_owned(), |w| label(w).to_owned())
}

fn pairs<T: Copy>(all: &[T], pair: impl Fn(T) -> (&'static str, &'static str)) -> Vec<Value> {
    all.iter().map(|w| pair(*w)).map(|(code, label)| json!({ "code": code, "label": label })).collect()
}

/// Everything that the page shows.
pub(super) fn shown(panel: &Panel, today: Date) -> Value {
    let right = panel.right.parse::<Right>().ok();
    json!({
        "reference": panel.reference,
        "requester": panel.requester,
        "right": panel.right,
        "provision": right.map(Right::provision),
        "state": panel.state,
        "heading": panel.heading,
        "wording": panel.wording,
        "identified": panel.identified,
        "answered": panel.answered,
        "today": [today.day().to_string(), today.month().to_string(), today.year().to_string()],
        "applicability": panel.applicability,
        "decision": panel.decision.as_ref().map(decision),
        "follow_ups": panel.follow_ups.iter().map(|f| f.label()).collect::<Vec<_>>(),
        "plan": panel.plan.as_ref().map(|l| json!({
            "state": l.state, "rows": l.text.rows, "files": l.text.files, "systems": l.text.systems,
            "recipients": l.text.recipients, "left": l.text.left, "at": l.at.to_string(),
        })),
        "certificate": panel.certificate.as_ref().map(|l| json!({
            "done": l.text.done, "left": l.text.left, "systems": l.text.systems, "at": l.at.to_string(),
        })),
        "recipients": panel.recipients.iter().map(|(l, due, senior)| json!({
            "number": l.number, "name": l.text.recipient, "what": l.text.what, "code": l.state,
            "unlisted": l.text.entry.is_empty(),
            "state": words::<Telling>(&l.state, Telling::label),
            "asked_on": l.text.asked_on.map(|d| d.to_string()),
            "chased_on": l.text.chased_on.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "answer": l.text.answer, "why": l.text.why,
            "due_on": l.due_on.map(|d| d.to_string()), "due": due, "senior": senior,
        })).collect::<Vec<_>>(),
        "suggested": panel.suggested,
        "person": person(&panel.person),
        "complaint": panel.complaint.as_ref().map(complaint),
        "reviews": panel.reviews.iter().map(|l| json!({
            "state": words::<Reviewed>(&l.state, Reviewed::label), "open": l.state == "open",
            "due_on": l.due_on.map(|d| d.to_string()), "why": l.text.why, "reasons": l.text.reasons,
            "copied": {
                "received_on": l.text.copied.received_on.map(|d| d.to_string()),
                "due": l.text.copied.due.map(|d| d.to_string()), "outcome": l.text.copied.outcome,
                "reasons": l.text.copied.reasons, "decisions": l.text.copied.decisions,
                "sources": l.text.copied.sources,
            },
        })).collect::<Vec<_>>(),
        "regulator": panel.regulator.iter().map(|l| json!({
            "open": l.state == "open", "due_on": l.due_on.map(|d| d.to_string()),
            "reference": l.text.reference, "contact": l.text.contact, "what": l.text.what,
            "outcome": l.text.outcome, "at": l.at.to_string(),
        })).collect::<Vec<_>>(),
        "choices": choices(),
    })
}

fn choices() -> Value {
    json!({
        "outcomes": pairs(Outcome::ALL, |o| (o.code(), o.label())),
        "fields": correct::FIELDS,
        "grounds": pairs(restrict::GROUNDS, |g| (g.code(), g.label())),
        "looks": automated::REVIEWED,
        "reviews": pairs(Reviewed::ALL, |o| (o.code(), o.label())),
    })
}

fn decision(line: &counterfoil_service::rights::other::panel::Line<facts::DecisionText>) -> Value {
    json!({
        "outcome": words::<Outcome>(&line.text.outcome, Outcome::label), "code": line.text.outcome,
        "reasons": line.text.reasons, "evidence": line.text.evidence, "exemption": line.text.exemption,
        "at": line.at.to_string(),
    })
}

fn person(of: &OfPerson) -> Value {
    json!({
        "stops": of.stops.iter().map(|s| json!({
            "activity": s.text.activity, "cause": s.text.cause, "purposes": s.about, "state": s.state,
            "since": s.since.to_string(), "ended": s.ended.map(|d| d.to_string()), "grounds": s.text.grounds,
        })).collect::<Vec<_>>(),
        "restrictions": of.restrictions.iter().map(|r| json!({
            "ground": words::<Condition>(&r.about, Condition::label), "state": r.state,
            "since": r.since.to_string(), "told": r.told.map(|d| d.to_string()),
            "ended": r.ended.map(|d| d.to_string()), "reason": r.text.reason,
        })).collect::<Vec<_>>(),
        "automated": of.automated.iter().map(|a| json!({
            "activity": a.about, "state": a.state, "on": a.since.to_string(), "inputs": a.text.inputs,
            "logic": a.text.logic, "outcome": a.text.outcome, "effect": a.text.effect,
            "representations": a.text.representations, "review": a.text.review,
        })).collect::<Vec<_>>(),
        "records": of.records,
        "consents": of.consents.iter().map(|c| json!({
            "id": c.id.to_string(), "purpose": c.purpose, "names": c.names,
            "given": c.given_on.to_string(), "withdrawn": c.withdrawn,
        })).collect::<Vec<_>>(),
    })
}

fn complaint(of: &Complaint) -> Value {
    json!({
        "stage": of.stage.label(),
        "next": pairs(of.stage.next(), |s| (s.code(), s.label())),
        "steps": of.steps.iter().map(|l| json!({
            "stage": words::<Stage>(&l.state, Stage::label), "at": l.at.to_string(), "words": l.text.words,
            "next": l.text.next, "learned": l.text.learned, "about": l.text.about,
        })).collect::<Vec<_>>(),
        "notes": of.notes.iter().map(|l| json!({ "at": l.at.to_string(), "text": l.text.text }))
            .collect::<Vec<_>>(),
    })
}

/// A panel of each right in a few states, for rendering the template in tests.
pub(super) fn samples() -> Vec<Value> {
    Right::ALL.iter().flat_map(|right| [sample(*right, false), sample(*right, true)]).collect()
}

fn sample(right: Right, full: bool) -> Value {
    let some = |value: Value| if full { json!([value]) } else { json!([]) };
    let one = |value: Value| if full { value } else { Value::Null };
    let system = json!({ "name": "the shop", "answer": "erased", "rows": 2, "why": "" });
    json!({
        "reference": "R-2026-00041", "requester": "Ann Lee", "right": right.code(),
        "provision": right.provision(), "state": if full { "done" } else { "identified" },
        "heading": one(json!(["a notice", "s.10", "We answer."])), "wording": "Please.", "identified": full,
        "answered": false, "today": ["22", "11", "2026"],
        "applicability": one(json!({
            "right": right.code(), "verdict": "applies", "note": "asked",
            "lines": [{ "activities": ["Advice"], "basis": "consent", "verdict": "applies",
                        "reasons": [["for", "Art 16", "correct it", "We correct it."]] }],
            "asked": [{ "code": "inaccurate", "label": "it is wrong", "holds": true, "open": false }],
            "activities": [{ "id": "A", "name": "Advice", "chosen": true, "purposes": ["service-delivery"] }],
        })),
        "decision": one(json!({ "outcome": "granted", "code": "granted", "reasons": "It is so.",
                                "evidence": "Seen.", "exemption": "", "at": "2026-11-20T10:00:00Z" })),
        "follow_ups": ["tell the person"],
        "plan": one(json!({ "state": "proposed", "rows": [{ "table": "note", "number": 2 }], "files": 1,
                            "systems": [system], "recipients": ["A creditor"], "left": ["the log"],
                            "at": "2026-11-20T10:00:00Z" })),
        "certificate": one(json!({ "done": ["deleted"], "left": ["the log"], "systems": [system],
                                   "at": "2026-11-20T10:00:00Z" })),
        "recipients": some(json!({ "number": 1, "name": "A creditor", "what": "deleted", "code": "told", "unlisted": true,
                                   "state": "told", "asked_on": "2026-11-01", "chased_on": ["2026-11-15"],
                                   "answer": "", "why": "", "due_on": "2026-11-22", "due": true,
                                   "senior": true })),
        "suggested": [["creditors", "A creditor", true], ["dwp", "The DWP", false]],
        "person": {
            "stops": some(json!({ "activity": "A", "cause": "objection", "purposes": "service-delivery",
                                  "state": "pending", "since": "2026-11-20", "ended": null, "grounds": "" })),
            "restrictions": some(json!({ "ground": "contested", "state": "in-force", "since": "2026-11-20",
                                         "told": "2026-11-21", "ended": null, "reason": "so" })),
            "automated": some(json!({ "activity": "A", "state": "standing", "on": "2026-11-01",
                                      "inputs": "x", "logic": "y", "outcome": "z", "effect": "w",
                                      "representations": "", "review": "" })),
            "records": some(json!(["not_1", "a note"])),
            "consents": [
                { "id": "prm_1", "purpose": "referral", "names": ["the food bank"], "given": "2026-10-01",
                  "withdrawn": false },
                { "id": "prm_2", "purpose": "marketing", "names": [], "given": "2026-10-01", "withdrawn": true },
            ],
        },
        "complaint": if right == Right::Complaint { json!({
            "stage": "received", "next": [{ "code": "acknowledged", "label": "acknowledged" }],
            "steps": some(json!({ "stage": "received", "at": "2026-11-20T10:00:00Z", "words": "w", "next": "n",
                                  "learned": "l", "about": "R-2026-00001" })),
            "notes": some(json!({ "at": "2026-11-20T10:00:00Z", "text": "t" })),
        }) } else { Value::Null },
        "reviews": some(json!({ "state": "open", "open": true, "due_on": "2026-12-20", "why": "w",
                                "reasons": "", "copied": { "received_on": "2026-10-01", "due": "2026-11-01",
                                "outcome": "refused", "reasons": "r", "decisions": ["d"], "sources": ["s"] } })),
        "regulator": some(json!({ "open": true, "due_on": "2026-12-20", "reference": "IC-1", "contact": "c",
                                  "what": "w", "outcome": "", "at": "2026-11-20T10:00:00Z" })),
        "choices": choices(),
    })
}
