//! What each form of the page does: reads its fields and calls one use-case. It holds no rule.

use std::collections::BTreeMap;

use counterfoil_domain::rights::complaints::Reviewed;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_domain::rights::telling::Telling;
use counterfoil_service::rights::Desk;
use counterfoil_service::rights::other::{
    automated, complaint, consent, correct, decide, erase, facts, marketing, outcome, recipients, regulator,
    restrict, review, stop,
};
use counterfoil_service::{Result, ServiceError};
use jiff::civil::Date;

use crate::dates;
use crate::forms::Fields;

type Deed = fn(&Desk<'_>, &str, &Fields) -> Result<()>;

/// Every form: its name, the section of the page in which it stands, and what it does.
const DEEDS: &[(&str, &str, Deed)] = &[
    ("facts", "applies", found),
    ("decide", "decision", decided),
    ("correct", "carry-out", corrected),
    ("statement", "carry-out", statement),
    ("propose", "carry-out", |desk, of, _| erase::propose(desk, of).map(|_| ())),
    ("approve", "carry-out", |desk, of, _| erase::approve(desk, of)),
    ("execute", "carry-out", executed),
    ("restrict", "carry-out", restricted),
    ("restriction-told", "carry-out", restriction_told),
    ("lift", "carry-out", |desk, of, _| restrict::lift(desk, of)),
    ("stop", "carry-out", stopped),
    ("take-back", "carry-out", taken_back),
    ("marketing", "carry-out", marketing_stopped),
    ("look-again", "carry-out", looked_again),
    ("recipient", "recipients", recipient),
    ("recipient-step", "recipients", recipient_step),
    ("tell", "tell", told),
    ("stage", "complaint", stage),
    ("investigation", "complaint", investigated),
    ("review", "after", |desk, of, f| review::ask(desk, of, f.get("review-why"))),
    ("review-decide", "after", reviewed),
    ("regulator", "after", regulator_opened),
    ("regulator-close", "after", |desk, of, f| regulator::close(desk, of, f.get("regulator-outcome"))),
];

/// Whether there is such a form.
pub(super) fn known(deed: &str) -> bool {
    DEEDS.iter().any(|(name, ..)| *name == deed)
}

/// The section to which the page goes back.
pub(super) fn section(deed: &str) -> &'static str {
    DEEDS.iter().find(|(name, ..)| *name == deed).map_or("main-content", |(_, section, _)| section)
}

/// Does what a form asks.
pub(super) fn run(desk: &Desk<'_>, reference: &str, deed: &str, fields: &Fields) -> Result<()> {
    match DEEDS.iter().find(|(name, ..)| *name == deed) {
        Some((_, _, act)) => act(desk, reference, fields),
        None => Err(ServiceError::Invalid(format!("`{deed}` is not something that can be done here"))),
    }
}

fn invalid(e: impl std::fmt::Display) -> ServiceError {
    ServiceError::Invalid(e.to_string())
}

/// A date of three fields; today's is never assumed.
fn date(fields: &Fields, name: &str) -> Result<Date> {
    let part = |part: &str| fields.get(&format!("{name}-{part}")).to_owned();
    dates::from_parts(&["day", "month", "year"].map(part))
        .ok_or_else(|| ServiceError::Invalid("give a real date, such as 17 12 2026".to_owned()))
}

fn date_if_any(fields: &Fields, name: &str) -> Result<Option<Date>> {
    let empty = ["day", "month", "year"].iter().all(|p| fields.get(&format!("{name}-{p}")).is_empty());
    if empty { Ok(None) } else { date(fields, name).map(Some) }
}

fn number<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<T> {
    fields.get(name).parse().map_err(|_| ServiceError::Invalid("choose which one is meant".to_owned()))
}

/// Every value of a field that may be given more than once.
fn all(fields: &Fields, name: &str) -> Vec<String> {
    fields
        .kept()
        .filter(|(field, value)| *field == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
        .collect()
}

fn found(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let answered: BTreeMap<String, bool> = fields
        .kept()
        .filter_map(|(name, value)| Some((name.strip_prefix("fact-")?.to_owned(), value == "yes", value)))
        .filter(|(_, _, value)| matches!(*value, "yes" | "no"))
        .map(|(name, holds, _)| (name, holds))
        .collect();
    facts::note(
        desk,
        reference,
        &facts::FactText {
            facts: answered,
            activities: all(fields, "activity"),
            note: fields.get("facts-note").to_owned(),
        },
    )
}

fn decided(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let outcome: Outcome = fields
        .get("outcome")
        .parse()
        .map_err(|_| ServiceError::Invalid("choose what is decided".to_owned()))?;
    let decision = decide::Decision {
        outcome,
        reasons: fields.get("reasons").to_owned(),
        evidence: fields.get("evidence").to_owned(),
        exemption: fields.get("exemption").to_owned(),
        answers: answers(fields.get("answers"))?,
    };
    decide::decide(desk, reference, &decision).map(|_| ())
}

/// One answer a line, `question = answer`.
fn answers(text: &str) -> Result<BTreeMap<String, String>> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            line.split_once('=').map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned())).ok_or_else(|| {
                ServiceError::Invalid("write each answer of the test on a line: question = answer".to_owned())
            })
        })
        .collect()
}

fn corrected(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let correction = correct::Correction {
        field: fields.get("field").to_owned(),
        wrong: fields.get("wrong").to_owned(),
        right: fields.get("right").to_owned(),
    };
    correct::correct(desk, reference, &correction)
}

fn statement(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    correct::attach_statement(desk, reference, fields.get("about"), fields.get("words"))
}

fn executed(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    erase::execute(desk, reference, &all(fields, "without")).map(|_| ())
}

fn restricted(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    restrict::place(desk, reference, fields.get("ground"), fields.get("restrict-why"))
}

fn restriction_told(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    restrict::told(desk, reference, date(fields, "told-on")?, fields.get("told-how"))
}

fn stopped(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let asked = stop::Stop {
        activity: fields.get("stop-activity").to_owned(),
        purposes: Vec::new(),
        words: fields.get("stop-words").to_owned(),
    };
    stop::stop(desk, reference, &asked).map(|_| ())
}

fn taken_back(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let id = fields
        .get("consent")
        .parse()
        .map_err(|_| ServiceError::Invalid("choose which consent is taken back".to_owned()))?;
    consent::withdraw(desk, reference, id)
}

fn marketing_stopped(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let further: Vec<String> = fields.get("contacts").lines().map(str::to_owned).collect();
    marketing::stop(desk, reference, &further).map(|_| ())
}

fn looked_again(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let look = automated::Look {
        number: number(fields, "look-number")?,
        outcome: fields.get("look-outcome").to_owned(),
        representations: fields.get("representations").to_owned(),
        findings: fields.get("findings").to_owned(),
    };
    automated::look_again(desk, reference, &look)
}

fn recipient(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let whom = recipients::Whom {
        entry: fields.get("recipient").to_owned(),
        name: fields.get("recipient-other").to_owned(),
        unlisted_why: fields.get("recipient-why").to_owned(),
    };
    recipients::add(desk, reference, &whom, fields.get("recipient-what"))
}

fn recipient_step(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let words = fields.get("step-words").to_owned();
    let step = match fields.get("step") {
        "told" => recipients::Step::Told(date(fields, "step-on")?),
        "chased" => recipients::Step::Chased(date(fields, "step-on")?),
        "impossible" => recipients::Step::Impossible(words),
        answer => recipients::Step::Answered(answer.parse::<Telling>().map_err(invalid)?, words),
    };
    recipients::step(desk, reference, number(fields, "step-number")?, &step)
}

fn told(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    outcome::tell(desk, reference, date(fields, "tell-on")?, fields.get("tell-how"))
}

fn stage(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let step = complaint::Step {
        stage: fields.get("stage").to_owned(),
        words: fields.get("stage-words").to_owned(),
        next: fields.get("stage-next").to_owned(),
        learned: fields.get("stage-learned").to_owned(),
        about: fields.get("stage-about").to_owned(),
    };
    complaint::step(desk, reference, &step).map(|_| ())
}

fn investigated(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    complaint::note(desk, reference, fields.get("investigation"))
}

fn reviewed(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let outcome: Reviewed = fields
        .get("review-outcome")
        .parse()
        .map_err(|_| ServiceError::Invalid("choose how the review ends".to_owned()))?;
    review::decide(desk, reference, outcome, fields.get("review-reasons"))
}

fn regulator_opened(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<()> {
    let case = regulator::RegulatorCase {
        reference: fields.get("regulator-reference").to_owned(),
        contact: fields.get("regulator-contact").to_owned(),
        what: fields.get("regulator-what").to_owned(),
        answer_by: date_if_any(fields, "regulator-by")?,
    };
    regulator::open(desk, reference, &case)
}
