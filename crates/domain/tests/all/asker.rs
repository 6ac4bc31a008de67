//! The asker's own way to a request: locks, pauses, withdrawing.

use jiff::civil::date;

use counterfoil_domain::clock::{Dated, Event};
use counterfoil_domain::rights::asker::{Awaited, Lock, Wait, after_wrong, may_withdraw, waits};
use jiff::SignedDuration;

const WAIT: SignedDuration = SignedDuration::from_hours(1);

#[test]
fn each_wait_has_its_reason_and_its_end() {
    let on = |day, event| Dated::new(date(2026, 11, day), event);
    let asked = |question| Event::ClarificationAsked { question, reasonably_required: true };
    let wait = |what, from, to: Option<i8>| Wait {
        what,
        from: date(2026, 11, from),
        to: to.map(|day| date(2026, 11, day)),
    };
    let table: [(&[Dated], Vec<Wait>); 5] = [
        (&[on(1, Event::Received)], vec![]),
        (
            &[on(2, Event::IdentityAsked), on(4, Event::IdentityAsked), on(9, Event::IdentityReceived)],
            vec![wait(Awaited::Identity, 2, Some(9))],
        ),
        (
            &[on(3, asked(1)), on(5, asked(2)), on(8, Event::ClarificationAnswered { question: 1 })],
            vec![wait(Awaited::Clarification, 3, Some(8)), wait(Awaited::Clarification, 5, None)],
        ),
        (&[on(6, Event::FeePaid)], vec![]),
        (
            &[on(7, Event::AuthorityAsked), on(2, Event::FeeAsked)],
            vec![wait(Awaited::Fee, 2, None), wait(Awaited::Authority, 7, None)],
        ),
    ];
    for (events, expected) in table {
        assert_eq!(waits(events), expected, "{events:?}");
    }
}

#[test]
fn what_is_open_can_be_withdrawn() {
    for (state, can) in [("received", true), ("sealed", true), ("released", false), ("closed", false)] {
        assert_eq!(may_withdraw(state), can, "{state}");
    }
}

#[test]
fn five_wrong_codes_wait_and_fifteen_end() {
    for (wrong, expected) in [
        (0, Lock::None),
        (1, Lock::None),
        (4, Lock::None),
        (5, Lock::For(WAIT)),
        (6, Lock::None),
        (10, Lock::For(WAIT)),
        (14, Lock::None),
        (15, Lock::Ended),
        (16, Lock::Ended),
        (u32::MAX, Lock::Ended),
    ] {
        assert_eq!(after_wrong(wrong), expected, "{wrong}");
    }
}
