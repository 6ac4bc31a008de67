//! What holds for every date: a made-up decade and the loaded years, three divisions.

use counterfoil_domain::clock::config::SameDayPause;
use counterfoil_domain::clock::{
    Calendar, Clock, ClockConfig, Dated, Event, ExtensionReason, History, Nation, Reading, Refused, Regime,
    replay,
};
use counterfoil_domain::place::Division;
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::clock_support::{ACCESS, decade, shipped};

static DECADE: LazyLock<Calendar> = LazyLock::new(decade);
static SHIPPED: LazyLock<Calendar> = LazyLock::new(shipped);

const LATER: Date = date(2034, 6, 1);

fn plus(day: Date, days: i64) -> Date {
    day.checked_add(Span::new().days(days)).unwrap()
}

fn read(
    calendar: &Calendar,
    regime: Regime,
    division: Division,
    events: &[Dated],
    on: Date,
) -> Result<Reading, Refused> {
    replay(&Clock { regime, division, events, on, config: &ClockConfig::default(), calendar })
}

fn due(calendar: &Calendar, regime: Regime, division: Division, received: Date) -> Date {
    let on = plus(received, 3);
    read(calendar, regime, division, &[Dated::new(received, Event::Received)], on).unwrap().due.unwrap()
}

/// Every regime that counts days and has a due date from receipt alone, with its first day.
fn regimes() -> Vec<(Regime, Date)> {
    vec![
        (ACCESS, date(2024, 1, 1)),
        (Regime::Complaint, date(2026, 6, 19)),
        (Regime::Foi, date(2024, 1, 1)),
        (Regime::Foisa, date(2024, 1, 1)),
        (Regime::Eir { complex_and_voluminous: false }, date(2024, 1, 1)),
        (Regime::Eir { complex_and_voluminous: true }, date(2024, 1, 1)),
        (Regime::ExamMarks, date(2024, 1, 1)),
        (Regime::OlderAct(counterfoil_domain::clock::OlderNotice::DamageOrDistress), date(2024, 1, 1)),
    ]
}

/// Walks every day of receipt: the due date is a working day, never earlier than for a day before, and
/// 28 days are always safe for a request under the UK GDPR.
fn walk(calendar: &Calendar, last: Date) {
    for (regime, first) in regimes() {
        for division in Division::ALL.iter().copied() {
            let days = calendar.working_days(regime.nation(division));
            let (mut received, mut before) = (first, first);
            while received <= last {
                let due = due(calendar, regime, division, received);
                assert_eq!(days.closed(due), Ok(None), "{regime:?} {division} {received}");
                assert!(due >= before, "{regime:?} {division} {received}");
                assert!(due > received);
                assert!(regime != ACCESS || due >= plus(received, 28), "{division} {received}");
                before = due;
                received = received.tomorrow().unwrap();
            }
        }
    }
}

#[test]
fn due_is_a_working_day_and_grows_with_the_day_of_receipt_over_the_loaded_years() {
    walk(&SHIPPED, date(2028, 7, 1));
}

#[test]
fn due_is_a_working_day_and_grows_with_the_day_of_receipt_over_a_decade() {
    walk(&DECADE, date(2034, 6, 1));
}

#[test]
fn an_extended_period_ends_on_a_working_day_and_after_the_plain_one() {
    for division in Division::ALL.iter().copied() {
        let mut received = date(2024, 1, 1);
        while received < date(2034, 6, 1) {
            let told = Event::ExtensionTold { reason: Some(ExtensionReason::Number) };
            let events = [Dated::new(received, Event::Received), Dated::new(plus(received, 28), told)];
            let r = read(&DECADE, ACCESS, division, &events, plus(received, 28)).unwrap();
            assert_eq!(DECADE.working_days(Nation::One(division)).closed(r.due.unwrap()), Ok(None));
            assert_eq!(r.notice_by, Some(due(&DECADE, ACCESS, division, received)));
            assert!(r.due > r.notice_by);
            received = plus(received, 5);
        }
    }
}

prop_compose! {
    fn any_day()(n in 0i64..3800) -> Date { plus(date(2024, 1, 1), n) }
}

fn any_division() -> impl Strategy<Value = Division> {
    proptest::sample::select(Division::ALL)
}

prop_compose! {
    /// Questions asked within the first month, with their answers: (days to asking, days to the answer).
    fn questions()(all in proptest::collection::vec((0i64..28, 0i64..40), 0..5)) -> Vec<(i64, i64)> { all }
}

fn access_request(received: Date, identity: Option<(i64, i64)>, questions: &[(i64, i64)]) -> Vec<Dated> {
    let mut events = vec![Dated::new(received, Event::Received)];
    if let Some((asked, came)) = identity {
        events.push(Dated::new(plus(received, asked), Event::IdentityAsked));
        events.push(Dated::new(plus(received, asked + came), Event::IdentityReceived));
    }
    for (n, (asked, answered)) in questions.iter().enumerate() {
        let question = u16::try_from(n).unwrap();
        let ask = Event::ClarificationAsked { question, reasonably_required: true };
        events.push(Dated::new(plus(received, *asked), ask));
        events.push(Dated::new(plus(received, asked + answered), Event::ClarificationAnswered { question }));
    }
    events
}

/// The rule of `law.md` 1.2, written the slow way: count the days one by one.
fn by_hand(
    division: Division,
    received: Date,
    identity: Option<(i64, i64)>,
    questions: &[(i64, i64)],
    months: i32,
) -> Date {
    let start = identity.map_or(received, |(asked, came)| plus(received, asked + came));
    let within =
        |day: Date| questions.iter().any(|(a, b)| plus(received, *a) <= day && day <= plus(received, a + b));
    let mut paused = 0;
    let mut day = start;
    while day < plus(received, 200) {
        day = day.tomorrow().unwrap();
        paused += i64::from(within(day));
    }
    let mut due = plus(start.checked_add(Span::new().months(months)).unwrap(), paused);
    while DECADE.working_days(Nation::One(division)).closed(due).unwrap().is_some() {
        due = due.tomorrow().unwrap();
    }
    due
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reading_is_the_rule_written_the_slow_way(
        received in any_day(),
        division in any_division(),
        identity in proptest::option::of((0i64..20, 0i64..40)),
        questions in questions(),
        extended in any::<bool>(),
    ) {
        let mut events = access_request(received, identity, &questions);
        if extended {
            events.push(Dated::new(received, Event::ExtensionTold { reason: Some(ExtensionReason::Complexity) }));
        }
        let r = read(&DECADE, ACCESS, division, &events, LATER.max(plus(received, 150))).unwrap();
        let months = if extended { 3 } else { 1 };
        prop_assert_eq!(r.due, Some(by_hand(division, received, identity, &questions, months)));
        prop_assert_eq!(r.notice_by, Some(by_hand(division, received, identity, &questions, 1)));
    }

    #[test]
    fn the_order_of_recording_does_not_matter(
        received in any_day(),
        division in any_division(),
        questions in questions(),
        seed in proptest::collection::vec(any::<u32>(), 16),
    ) {
        let events = access_request(received, Some((1, 5)), &questions);
        let mut shuffled: Vec<(u32, Dated)> = seed.iter().copied().cycle().zip(events.iter().copied()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Dated> = shuffled.into_iter().map(|(_, event)| event).collect();
        let on = LATER.max(plus(received, 150));
        prop_assert_eq!(read(&DECADE, ACCESS, division, &events, on), read(&DECADE, ACCESS, division, &shuffled, on));
    }

    #[test]
    fn editing_and_replaying_equals_recording_right_the_first_time(
        received in any_day(),
        questions in questions(),
        wrong in proptest::collection::vec(-400i64..400, 12),
    ) {
        let right = access_request(received, Some((1, 5)), &questions);
        let mut history = History::default();
        let numbers: Vec<usize> = right
            .iter()
            .zip(wrong.iter().cycle())
            .map(|(event, days)| history.record(Dated::new(plus(event.on, *days), event.event)))
            .collect();
        let mistake = history.record(Dated::new(received, Event::Answered));
        for (number, event) in numbers.iter().zip(&right) {
            history.redate(*number, event.on);
        }
        history.withdraw(mistake);
        let mut expected = right.clone();
        expected.sort_unstable();
        prop_assert_eq!(history.events(), expected);
        prop_assert_eq!(history.entries().len(), right.len() * 2 + 2, "every entry is kept");
    }

    #[test]
    fn recording_an_event_never_loses_an_earlier_one(received in any_day(), questions in questions()) {
        let mut history = History::default();
        let mut so_far: Vec<Dated> = Vec::new();
        for event in access_request(received, Some((2, 2)), &questions) {
            history.record(event);
            so_far.push(event);
            let held = history.events();
            prop_assert!(so_far.iter().all(|e| held.contains(e)) && held.len() == so_far.len());
        }
    }

    #[test]
    fn a_pause_of_no_days_moves_nothing(received in any_day(), division in any_division(), asked in 0i64..28) {
        let config = ClockConfig { same_day_pause: SameDayPause::NoDay, ..ClockConfig::default() };
        let on = LATER.max(plus(received, 150));
        let events = access_request(received, None, &[(asked, 0)]);
        let clock = Clock { regime: ACCESS, division, events: &events, on, config: &config, calendar: &DECADE };
        prop_assert_eq!(replay(&clock).unwrap().due, Some(due(&DECADE, ACCESS, division, received)));
        let on_the_day = access_request(received, None, &[(0, 0)]);
        let r = read(&DECADE, ACCESS, division, &on_the_day, on).unwrap();
        prop_assert_eq!((r.paused_days, r.due), (0, Some(due(&DECADE, ACCESS, division, received))));
    }

    #[test]
    fn a_pause_never_brings_the_due_date_forward(received in any_day(), division in any_division(), questions in questions()) {
        let on = LATER.max(plus(received, 150));
        let r = read(&DECADE, ACCESS, division, &access_request(received, None, &questions), on).unwrap();
        prop_assert!(r.due.unwrap() >= due(&DECADE, ACCESS, division, received));
    }

    /// Any events at all, in any order, on any dates: a reading or a refusal, never a panic, and never both
    /// a state that waits and a date.
    #[test]
    fn nonsense_is_read_or_refused_but_never_breaks(
        picks in proptest::collection::vec((0usize..17, -30i64..120), 0..10),
        received in any_day(),
        regime in 0usize..8,
        division in any_division(),
    ) {
        let kinds = [
            Event::Received, Event::Received, Event::IdentityAsked, Event::IdentityReceived, Event::AuthorityAsked,
            Event::AuthorityReceived, Event::FeeAsked, Event::FeePaid,
            Event::ClarificationAsked { question: 1, reasonably_required: true },
            Event::ClarificationAnswered { question: 1 },
            Event::ClarificationAsked { question: 2, reasonably_required: true },
            Event::ExtensionTold { reason: Some(ExtensionReason::Number) },
            Event::ResultsAnnounced, Event::Acknowledged, Event::Answered, Event::ClosedNoReply, Event::Withdrawn,
        ];
        let mut events: Vec<Dated> = picks.iter().map(|(k, n)| Dated::new(plus(received, *n), kinds[*k])).collect();
        events.push(Dated::new(received, Event::Received));
        let (regime, _) = regimes()[regime];
        match read(&DECADE, regime, division, &events, plus(received, 60)) {
            Err(refused) => prop_assert!(!refused.0.is_empty()),
            Ok(r) => {
                let waits = ["awaiting_id", "awaiting_authority", "awaiting_fee", "paused"].contains(&r.state.code());
                prop_assert!(!(waits && (r.due.is_some() || r.late)));
                prop_assert!(!r.working.is_empty());
            }
        }
    }
}
