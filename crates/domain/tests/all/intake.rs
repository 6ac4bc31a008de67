//! The rules of intake, as tables.

use counterfoil_domain::clock::{Nation, WorkingDays};
use counterfoil_domain::intake::{
    Age, Channel, Copy, CopyEvent, Delivery, DiscardReason, Ending, Hours, Intent, ItemState, MessagePurpose,
    NotYet, PartKind, TemplateProblem, check_template, cost, fill, intent, keeps_by_default, may_send_at,
    outcome_allowed, owed_by, standing,
};
use jiff::civil::{Date, DateTime};

use crate::clock_support::{EW, NI, shipped};

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

fn with_working<T>(nation: Nation, work: impl Fn(WorkingDays<'_>) -> T) -> T {
    work(shipped().working_days(nation))
}

#[test]
fn an_item_is_owed_by_the_offices_own_clock() {
    with_working(Nation::One(EW), |working| {
        for (channel, received, owed) in [
            // A Thursday morning, and the same after closing time.
            (Channel::Sms, "2026-11-19T10:00", "2026-11-20"),
            (Channel::Sms, "2026-11-19T16:59", "2026-11-20"),
            (Channel::Sms, "2026-11-19T17:00", "2026-11-23"),
            // A Saturday counts as the Monday.
            (Channel::WhatsApp, "2026-11-21T09:00", "2026-11-24"),
            (Channel::Email, "2026-11-20T09:00", "2026-11-24"),
            (Channel::WebEnquiry, "2026-11-16T09:00", "2026-11-23"),
            (Channel::Referral, "2026-11-20T18:30", "2026-11-30"),
            (Channel::Letter, "2026-11-18T09:00", "2026-11-23"),
            // Over Christmas 2026: 25 and 28 December are holidays.
            (Channel::Phone, "2026-12-24T12:00", "2026-12-29"),
            (Channel::Chat, "2026-12-24T18:00", "2026-12-30"),
        ] {
            let found = owed_by(channel, at(received), &Hours::default(), working).unwrap();
            assert_eq!(found, on(owed), "{channel} at {received}");
        }
        assert!(owed_by(Channel::Email, at("2099-01-01T09:00"), &Hours::default(), working).is_err());
    });
}

#[test]
fn another_nations_holidays_are_that_offices() {
    // 17 March is a holiday in Northern Ireland only.
    let owed = |nation| {
        with_working(nation, |working| {
            owed_by(Channel::Counter, at("2026-03-16T10:00"), &Hours::default(), working).unwrap()
        })
    };
    assert_eq!((owed(Nation::One(EW)), owed(Nation::One(NI))), (on("2026-03-17"), on("2026-03-18")));
}

#[test]
fn nobody_is_disturbed_at_night_or_on_a_day_of_rest() {
    with_working(Nation::One(EW), |working| {
        for (now, wrote, sent) in [
            ("2026-11-19T12:00", None, "2026-11-19T12:00"),
            ("2026-11-19T07:59", None, "2026-11-19T08:00"),
            ("2026-11-19T08:00", None, "2026-11-19T08:00"),
            ("2026-11-19T19:59", None, "2026-11-19T19:59"),
            ("2026-11-19T20:00", None, "2026-11-20T08:00"),
            // Friday night goes on Saturday; Saturday night waits for Monday.
            ("2026-11-20T22:00", None, "2026-11-21T08:00"),
            ("2026-11-21T22:00", None, "2026-11-23T08:00"),
            ("2026-11-22T11:00", None, "2026-11-23T08:00"),
            ("2026-12-25T11:00", None, "2026-12-26T08:00"),
            // Whoever wrote within the hour is awake.
            ("2026-11-22T21:30", Some("2026-11-22T20:30"), "2026-11-22T21:30"),
            ("2026-11-22T21:31", Some("2026-11-22T20:30"), "2026-11-23T08:00"),
            // A message from the future is no conversation.
            ("2026-11-22T21:30", Some("2026-11-22T22:30"), "2026-11-23T08:00"),
        ] {
            let found = may_send_at(at(now), wrote.map(at), &Hours::default(), working).unwrap();
            assert_eq!(found, at(sent), "{now}, who wrote {wrote:?}");
        }
    });
}

#[test]
fn an_item_ends_once_and_with_something_to_show() {
    use ItemState as S;
    for (from, to, kept, summary, place, expected) in [
        (S::New, S::Moved, 1, false, false, Ok(())),
        (S::Allocated, S::Moved, 0, true, false, Ok(())),
        (S::Allocated, S::Moved, 0, false, false, Err(NotYet::NothingKept)),
        (S::New, S::Signposted, 0, false, true, Ok(())),
        (S::New, S::Signposted, 0, true, false, Err(NotYet::NoPlace)),
        (S::New, S::Referred, 1, true, false, Err(NotYet::NoPlace)),
        (S::New, S::Discarded, 0, false, false, Ok(())),
        (S::Moved, S::Moved, 1, true, true, Err(NotYet::Closed)),
        (S::Discarded, S::Moved, 1, true, true, Err(NotYet::Closed)),
    ] {
        assert_eq!(outcome_allowed(from, to, kept, summary, place), expected, "{from} to {to}");
    }
    let open: Vec<_> = S::ALL.iter().filter(|s| s.is_open()).collect();
    assert_eq!(open, [&S::New, &S::Allocated]);
    assert_eq!("spam".parse(), Ok(DiscardReason::Spam));
}

#[test]
fn what_only_the_channel_adds_starts_unticked() {
    let kept: Vec<_> = PartKind::ALL.iter().filter(|p| keeps_by_default(**p)).map(|p| p.code()).collect();
    assert_eq!(kept, ["words", "answer", "file", "recording"]);
}

#[test]
fn an_item_stands_against_its_limit() {
    for (limit, today, expected) in [
        ("2026-11-20", "2026-11-19", Age::InTime),
        ("2026-11-20", "2026-11-20", Age::Today),
        ("2026-11-20", "2026-11-21", Age::Past),
    ] {
        assert_eq!(standing(on(limit), on(today)), expected);
    }
    assert!(Age::Past < Age::Today && Age::Today < Age::InTime, "the past come first");
}

#[test]
fn a_channels_copy_ends_verified_confirmed_or_failed() {
    use CopyEvent as E;
    let run = |events: &[E]| events.iter().fold(Copy::Kept, |copy, event| copy.after(*event));
    for (events, expected) in [
        (&[E::ItemClosed(Ending::NoCopy)][..], Copy::Gone),
        (&[E::ItemClosed(Ending::Deleted)], Copy::Due),
        (&[E::ItemClosed(Ending::Deleted), E::Taken], Copy::Asked),
        (&[E::ItemClosed(Ending::Deleted), E::Taken, E::SeenAgain], Copy::Asked),
        (&[E::ItemClosed(Ending::Deleted), E::Taken, E::NotFound], Copy::Gone),
        (&[E::ItemClosed(Ending::Expires)], Copy::Asked),
        (&[E::ItemClosed(Ending::Expires), E::NotFound], Copy::Gone),
        (&[E::ItemClosed(Ending::Expires), E::CannotLook], Copy::ByHand),
        (&[E::ItemClosed(Ending::Expires), E::CannotLook, E::SaidDone], Copy::Confirmed),
        (&[E::ItemClosed(Ending::Asked), E::GivenUp], Copy::Failed),
        (&[E::ItemClosed(Ending::Asked), E::GivenUp, E::SaidDone], Copy::Confirmed),
        (&[E::ItemClosed(Ending::ByHand)], Copy::ByHand),
        (&[E::ItemClosed(Ending::ByHand), E::SaidDone], Copy::Confirmed),
        // Nothing is removed before the item is closed, and nothing comes back.
        (&[E::Taken], Copy::Kept),
        (&[E::NotFound], Copy::Kept),
        (&[E::ItemClosed(Ending::Deleted), E::Taken, E::NotFound, E::GivenUp], Copy::Gone),
        (&[E::ItemClosed(Ending::ByHand), E::SaidDone, E::SeenAgain], Copy::Confirmed),
    ] {
        assert_eq!(run(events), expected, "{events:?}");
    }
    let over: Vec<_> = Copy::ALL.iter().filter(|c| c.is_over()).collect();
    assert_eq!(over, [&Copy::Gone, &Copy::Confirmed]);
}

#[test]
fn a_receipt_never_takes_a_message_back() {
    use Delivery as D;
    for (receipts, expected) in [
        (&[D::Sending, D::Sent, D::Delivered][..], D::Delivered),
        (&[D::Delivered, D::Sent, D::NotReached], D::Delivered),
        (&[D::Sent, D::Sending], D::Sent),
        (&[D::Sending, D::NotReached, D::Sent], D::NotReached),
        (&[D::Sending, D::NotReached, D::Delivered], D::Delivered),
        (&[D::Stopped, D::Sent], D::Stopped),
    ] {
        assert_eq!(receipts.iter().fold(D::Waiting, |d, r| d.after(*r)), expected, "{receipts:?}");
    }
    for delivery in D::ALL {
        assert!(!delivery.needs_someone() || delivery.is_over(), "{delivery}");
        assert_eq!(delivery.after(*delivery), *delivery);
    }
}

#[test]
fn an_opt_out_is_the_word_alone_in_either_language() {
    for (text, expected) in [
        ("STOP", Intent::Stop),
        (" stop. ", Intent::Stop),
        ("Stop please!", Intent::Stop),
        ("Please stop texting me", Intent::Stop),
        ("STOP ALL", Intent::Stop),
        ("Unsubscribe, thanks", Intent::Stop),
        ("STOPIO", Intent::Stop),
        ("Peidiwch, diolch", Intent::Stop),
        ("dim mwy plis", Intent::Stop),
        ("START", Intent::Start),
        ("Dechrau os gwelwch yn dda", Intent::Start),
        ("I cannot stop the bailiffs", Intent::Words),
        ("Stop the bailiffs please", Intent::Words),
        ("the end of my tenancy", Intent::Words),
        ("thanks", Intent::Words),
        ("", Intent::Words),
    ] {
        assert_eq!(intent(text), expected, "`{text}`");
    }
}

#[test]
fn a_text_costs_what_its_alphabet_needs() {
    let of = |text: &str| {
        let cost = cost(text);
        (cost.segments, cost.basic, cost.fits)
    };
    for (text, expected) in [
        (String::new(), (1, true, true)),
        ("a".repeat(160), (1, true, true)),
        ("a".repeat(161), (2, true, true)),
        ("a".repeat(612), (4, true, true)),
        ("a".repeat(613), (5, true, false)),
        // The euro takes two places.
        ("€".repeat(80), (1, true, true)),
        ("€".repeat(81), (2, true, true)),
        // One Welsh ŵ changes the alphabet of the whole text.
        (format!("{}ŵ", "a".repeat(69)), (1, false, true)),
        (format!("{}ŵ", "a".repeat(70)), (2, false, true)),
        ("ŷ".repeat(269), (5, false, false)),
        ("😀".repeat(35), (1, false, true)),
        ("😀".repeat(36), (2, false, true)),
    ] {
        assert_eq!(of(&text), expected, "{} letters", text.chars().count());
    }
    assert_eq!(cost("Dŵr, ŷd, dŵr").beyond, ['ŵ', 'ŷ']);
}

#[test]
fn a_template_says_no_more_than_its_purpose_may() {
    for (purpose, template, expected) in [
        (MessagePurpose::Reminder, "{office}: {day} at {time}. {phone}", Ok(())),
        (
            MessagePurpose::Reminder,
            "Your {issue} appointment",
            Err(TemplateProblem::SaysTooMuch { purpose: MessagePurpose::Reminder, name: "issue".into() }),
        ),
        (
            MessagePurpose::Update,
            "{words}",
            Err(TemplateProblem::SaysTooMuch { purpose: MessagePurpose::Update, name: "words".into() }),
        ),
        (MessagePurpose::Reply, "{words}", Ok(())),
        (MessagePurpose::Reply, "{words", Err(TemplateProblem::Unclosed)),
    ] {
        assert_eq!(check_template(purpose, template), expected, "{template}");
    }
    for purpose in MessagePurpose::ALL {
        assert!(!purpose.may_say().contains(&"name"), "{purpose} names nobody");
    }
    let values = [("office", "Weir Street"), ("phone", " "), ("day", "Friday")];
    assert_eq!(fill(MessagePurpose::Reminder, "{office}, {day}.", &values).unwrap(), "Weir Street, Friday.");
    assert_eq!(
        fill(MessagePurpose::Reminder, "{phone}", &values),
        Err(TemplateProblem::Missing { name: "phone".into() })
    );
}

#[test]
fn only_whatsapp_warns_first_and_every_channel_has_a_limit() {
    for channel in Channel::ALL {
        assert_eq!(channel.warns_first(), *channel == Channel::WhatsApp);
        assert!((1..=5).contains(&channel.limit_in_working_days()), "{channel}");
        assert!(!channel.is_text() || channel.answers());
    }
}
