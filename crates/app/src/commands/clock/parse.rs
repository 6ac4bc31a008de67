//! From words to events. Every problem is collected, so that all can be mended at once.

use std::str::FromStr;

use counterfoil_domain::clock::breach::instant;
use counterfoil_domain::clock::reading::Warning;
use counterfoil_domain::clock::{ClockConfig, Dated, Event, ExtensionReason, Regime};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_domain::vocabulary::UnknownWord;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Args, Problem};

/// What was asked of a clock that counts days.
pub(super) struct Days {
    pub regime: Regime,
    pub division: Division,
    pub events: Vec<Dated>,
    pub on: Option<Date>,
}

/// What was asked of the clock that counts hours.
pub(super) struct Hours {
    pub aware: Zoned,
    pub reported: Option<Timestamp>,
    pub on: Option<Timestamp>,
    pub warnings: Vec<Warning>,
}

/// The open points, settled as asked.
pub(super) fn config(assume: &[String]) -> Result<ClockConfig, Vec<Problem>> {
    let mut config = ClockConfig::default();
    for text in assume {
        let set = match text.split_once('=') {
            None => Err(format!("`{text}` is not of the form KEY=VALUE")),
            Some((key, value)) => config.set(key, value).map_err(|e| e.to_string()),
        };
        set.map_err(|message| vec![Problem::new("bad-setting", message)])?;
    }
    Ok(config)
}

/// Collects problems while the rest is read.
#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
    events: Vec<Dated>,
}

impl Reader {
    fn keep<T>(&mut self, code: &'static str, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.problems.push(Problem::new(code, message))).ok()
    }

    fn date(&mut self, option: &str, text: &str) -> Option<Date> {
        let bad =
            || format!("`{text}` is not a date for --{option}: give a day that exists, as in 2026-01-31");
        let strict = text.len() == 10;
        self.keep("bad-date", text.parse().ok().filter(|_| strict).ok_or_else(bad))
    }

    fn event(&mut self, option: &str, text: Option<&String>, event: Event) {
        if let Some(on) = text.and_then(|text| self.date(option, text)) {
            self.events.push(Dated::new(on, event));
        }
    }

    fn all(&mut self, option: &str, texts: &[String], event: Event) {
        for text in texts {
            self.event(option, Some(text), event);
        }
    }

    fn clarify(&mut self, number: usize, text: &str) {
        let question = u16::try_from(number).unwrap_or(u16::MAX);
        let (asked, answered) = text.split_once("..").unwrap_or((text, ""));
        if let Some(on) = self.date("clarify", asked) {
            let event = Event::ClarificationAsked { question, reasonably_required: true };
            self.events.push(Dated::new(on, event));
        }
        if !answered.is_empty()
            && let Some(on) = self.date("clarify", answered)
        {
            self.events.push(Dated::new(on, Event::ClarificationAnswered { question }));
        }
    }

    fn extension(&mut self, args: &Args) {
        let reason = args.extension_reason.as_ref().and_then(|text| {
            let parsed = text.parse::<ExtensionReason>().map_err(|e| e.to_string());
            self.keep("extension-without-reason", parsed)
        });
        if args.extended_told.is_none() && args.extension_reason.is_some() {
            let message = "--extension-reason is given without --extended-told: an extension runs only from telling the person";
            self.problems.push(Problem::new("extension-not-told", message));
        }
        if args.extension_reason.is_none() || reason.is_some() {
            self.event("extended-told", args.extended_told.as_ref(), Event::ExtensionTold { reason });
        }
    }

    fn events(&mut self, args: &Args) {
        self.event("received", args.received.as_ref(), Event::Received);
        self.all("identity-asked", &args.identity_asked, Event::IdentityAsked);
        self.all("identity-received", &args.identity_received, Event::IdentityReceived);
        self.all("authority-asked", &args.authority_asked, Event::AuthorityAsked);
        self.all("authority-received", &args.authority_received, Event::AuthorityReceived);
        self.all("fee-asked", &args.fee_asked, Event::FeeAsked);
        self.all("fee-paid", &args.fee_paid, Event::FeePaid);
        for (number, text) in args.clarify.iter().enumerate() {
            self.clarify(number + 1, text);
        }
        self.extension(args);
        self.event("announced", args.announced.as_ref(), Event::ResultsAnnounced);
        self.event("acknowledged", args.acknowledged.as_ref(), Event::Acknowledged);
        self.event("answered", args.answered.as_ref(), Event::Answered);
        self.event("closed", args.closed.as_ref(), Event::ClosedNoReply);
    }
}

/// Reads the options of a clock that counts days.
pub(super) fn days(args: &Args) -> Result<Days, Vec<Problem>> {
    let mut reader = Reader::default();
    let regime = regime(args);
    let regime = regime.map_err(|problem| reader.problems.push(problem)).ok();
    let division = division(args, regime).map_err(|problem| reader.problems.push(problem)).ok();
    if args.received.is_none() {
        reader.problems.push(Problem::new("missing-option", "give the day of receipt with --received"));
    }
    if args.aware.is_some() {
        reader.problems.push(Problem::new("not-for-regime", "--aware belongs to --regime breach"));
    }
    reader.events(args);
    let on = args.on.as_ref().and_then(|text| reader.date("on", text));
    match (regime, division) {
        (Some(regime), Some(division)) if reader.problems.is_empty() => {
            Ok(Days { regime, division, events: reader.events, on })
        }
        _ => Err(reader.problems),
    }
}

fn regime(args: &Args) -> Result<Regime, Problem> {
    const KNOWN: &str = "uk-gdpr, complaint, breach, foi, foisa, eir, exam-marks or older-act";
    let text = args
        .regime
        .as_deref()
        .ok_or(Problem::new("missing-option", format!("give the law with --regime: {KNOWN}")))?;
    if args.complex_and_voluminous && text != "eir" {
        return Err(Problem::new("not-for-regime", "--complex-and-voluminous belongs to --regime eir"));
    }
    if args.right.is_some() && !matches!(text, "uk-gdpr" | "older-act") {
        return Err(Problem::new(
            "not-for-regime",
            format!("--right has no meaning for `{text}`: leave it out"),
        ));
    }
    Ok(match text {
        "uk-gdpr" => Regime::UkGdpr(right(args)?),
        "complaint" => Regime::Complaint,
        "foi" => Regime::Foi,
        "foisa" => Regime::Foisa,
        "eir" => Regime::Eir { complex_and_voluminous: args.complex_and_voluminous },
        "exam-marks" | "exam" => Regime::ExamMarks,
        "older-act" => Regime::OlderAct(word("unknown-right", "right", args.right.as_deref())?),
        other => {
            return Err(Problem::new("unknown-regime", format!("`{other}` is not a regime: use {KNOWN}")));
        }
    })
}

/// The right, also by the words that people use for it.
fn right(args: &Args) -> Result<Right, Problem> {
    match args.right.as_deref() {
        Some("marketing" | "marketing-stop" | "direct-marketing") => Ok(Right::MarketingObjection),
        Some("automated-decision") => Ok(Right::AutomatedDecisions),
        Some("consent-withdrawal" | "withdrawal") => Ok(Right::WithdrawConsent),
        Some("recipients") => Ok(Right::NotifyRecipients),
        text => word("unknown-right", "right", text),
    }
}

fn word<T: FromStr<Err = UnknownWord>>(
    code: &'static str,
    option: &str,
    text: Option<&str>,
) -> Result<T, Problem> {
    let text = text.ok_or_else(|| Problem::new("missing-option", format!("give --{option}")))?;
    text.parse().map_err(|e: UnknownWord| Problem::new(code, e.to_string()))
}

/// The division; the laws that look at the whole United Kingdom, or at Scotland, need none.
fn division(args: &Args, regime: Option<Regime>) -> Result<Division, Problem> {
    match (args.division.as_deref(), regime) {
        (None, Some(Regime::Foi | Regime::Eir { .. })) => Ok(Division::EnglandAndWales),
        (None, Some(Regime::Foisa)) => Ok(Division::Scotland),
        (text, _) => word("unknown-division", "division", text),
    }
}

/// Reads the options of the clock that counts hours.
pub(super) fn breach(args: &Args, config: &ClockConfig) -> Result<Hours, Vec<Problem>> {
    only_for_breach(args)?;
    let one = |problem| vec![problem];
    let zone = TimeZone::get(&args.zone).map_err(|_| {
        one(Problem::new(
            "unknown-zone",
            format!("`{}` is not a time zone: use a name such as Europe/London", args.zone),
        ))
    })?;
    let aware = args.aware.as_deref().ok_or_else(|| {
        one(Problem::new(
            "missing-option",
            "give the moment of becoming aware with --aware, as in 2026-11-20T17:00",
        ))
    })?;
    let mut warnings = Vec::new();
    let mut at = |option, text, end| moment(option, text, end, &zone, config, &mut warnings).map_err(one);
    let aware = at("aware", aware, false)?;
    let reported = args.answered.as_deref().map(|text| at("answered", text, false)).transpose()?;
    let on = args.on.as_deref().map(|text| at("on", text, true)).transpose()?;
    Ok(Hours { aware, reported: reported.map(|z| z.timestamp()), on: on.map(|z| z.timestamp()), warnings })
}

fn only_for_breach(args: &Args) -> Result<(), Vec<Problem>> {
    let others = [
        ("right", args.right.is_some()),
        ("received", args.received.is_some()),
        ("identity-asked", !args.identity_asked.is_empty()),
        ("identity-received", !args.identity_received.is_empty()),
        ("authority-asked", !args.authority_asked.is_empty()),
        ("authority-received", !args.authority_received.is_empty()),
        ("fee-asked", !args.fee_asked.is_empty()),
        ("fee-paid", !args.fee_paid.is_empty()),
        ("clarify", !args.clarify.is_empty()),
        ("extended-told", args.extended_told.is_some()),
        ("extension-reason", args.extension_reason.is_some()),
        ("complex-and-voluminous", args.complex_and_voluminous),
        ("announced", args.announced.is_some()),
        ("acknowledged", args.acknowledged.is_some()),
        ("closed", args.closed.is_some()),
    ];
    let text = |option: &str| format!("--{option} has no meaning for a breach: leave it out");
    let found: Vec<Problem> = others
        .iter()
        .filter(|(_, given)| *given)
        .map(|(o, _)| Problem::new("not-for-regime", text(o)))
        .collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// An instant: with an offset it is one already, otherwise it is local to `zone`.
fn moment(
    option: &str,
    text: &str,
    day_end: bool,
    zone: &TimeZone,
    config: &ClockConfig,
    warnings: &mut Vec<Warning>,
) -> Result<Zoned, Problem> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.to_zoned(zone.clone()));
    }
    let local = local(option, text, day_end)?;
    let (at, warning) = instant(local, zone, config).map_err(|r| Problem::new(r.code(), r.to_string()))?;
    warnings.extend(warning);
    Ok(at)
}

fn local(option: &str, text: &str, day_end: bool) -> Result<DateTime, Problem> {
    if text.len() == 10 {
        let day: Date = text.parse().map_err(|_| bad_moment(option, text))?;
        let needed =
            format!("--{option} `{text}` needs a time: 72 hours run from the hour, as in {text}T17:00");
        return if day_end {
            Ok(day.to_datetime(Time::MAX))
        } else {
            Err(Problem::new("time-needed", needed))
        };
    }
    text.parse().map_err(|_| bad_moment(option, text))
}

fn bad_moment(option: &str, text: &str) -> Problem {
    let message = format!(
        "`{text}` is not a date and time for --{option}: write it as 2026-11-20T17:00 or 2026-11-20T17:00+00:00"
    );
    Problem::new("bad-date", message)
}
