//! The runway: a request's time drawn to scale, with the days that do not count shaded.

use counterfoil_service::rights::PauseLine;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;

/// The width of the drawing in its own units.
pub(super) const WIDTH: i32 = 600;

/// A scale from one day to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: Date,
    days: i32,
}

impl Scale {
    /// A scale of one day at least.
    pub(super) fn new(from: Date, to: Date) -> Self {
        Self { from, days: days(from, to).max(1) }
    }

    /// Where a day is; what lies outside is put at the edge.
    pub(super) fn place(self, date: Date) -> i32 {
        (days(self.from, date).clamp(0, self.days) * WIDTH) / self.days
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A shaded span.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shade {
    x: i32,
    width: i32,
    #[serde(serialize_with = "dates::iso")]
    from: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    to: Option<Date>,
    why: &'static str,
}

/// One request's time.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Runway {
    #[serde(serialize_with = "dates::iso")]
    from: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    to: Option<Date>,
    /// Where it begins.
    start: i32,
    /// How far it has run.
    run: i32,
    /// Where the due date is; nothing while there is none.
    pub(super) due: Option<i32>,
    /// Where it is late: from the due date to today.
    late: Option<i32>,
    today: Option<i32>,
    pauses: Vec<Shade>,
}

impl Runway {
    /// On a scale of its own: receipt on the left; on the right the due date, or today when that has passed.
    /// Nothing before anything can be drawn.
    pub(super) fn alone(from: Date, due: Option<Date>, today: Date, pauses: &[PauseLine]) -> Option<Self> {
        let to = due.map_or(today, |due| due.max(today));
        let drawn = to > from && due.is_none_or(|due| due > from);
        drawn.then(|| Self::on(Scale::new(from, to), from, due, today, pauses))
    }

    /// On a scale that others share.
    pub(super) fn on(scale: Scale, from: Date, due: Option<Date>, today: Date, pauses: &[PauseLine]) -> Self {
        let (start, now) = (scale.place(from), scale.place(today));
        let end = due.map_or(now, |due| scale.place(due).min(now)).max(start);
        let shade = |p: &PauseLine| {
            let x = scale.place(p.from);
            // Both ends inside: the shade lasts to the end of its last day.
            let to = p.to.map_or(today, |to| to.tomorrow().unwrap_or(to));
            Shade { x, width: (scale.place(to) - x).max(2), from: p.from, to: p.to, why: p.why }
        };
        Self {
            from,
            to: due,
            start,
            run: end - start,
            due: due.map(|due| scale.place(due)),
            late: due.filter(|due| today > *due).map(|due| now - scale.place(due)),
            today: (from <= today).then_some(now),
            pauses: pauses.iter().map(shade).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_runway_is_to_scale_and_shows_what_is_late() {
        let drawn =
            |due, today| Runway::alone(date(2026, 11, 1), due, today, &[]).map(|r| (r.due, r.late, r.today));
        let due = Some(date(2026, 12, 1));
        assert_eq!(drawn(due, date(2026, 11, 16)), Some((Some(600), None, Some(300))));
        assert_eq!(drawn(due, date(2026, 12, 31)), Some((Some(300), Some(300), Some(600))));
        assert_eq!(drawn(due, date(2026, 10, 1)), Some((Some(600), None, None)));
        assert_eq!(drawn(None, date(2026, 11, 16)), Some((None, None, Some(600))));
        assert_eq!(drawn(Some(date(2026, 11, 1)), date(2026, 11, 16)), None);
    }

    #[test]
    fn a_pause_is_shaded_to_the_end_of_its_last_day() {
        let pause = |to| PauseLine { from: date(2026, 11, 11), to, why: "clarification" };
        let drawn = |to| {
            let (from, due, today) = (date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 21));
            let runway = Runway::alone(from, Some(due), today, &[pause(to)]).unwrap();
            (runway.pauses[0].x, runway.pauses[0].width)
        };
        assert_eq!(drawn(Some(date(2026, 11, 15))), (200, 100));
        assert_eq!(drawn(None), (200, 200));
    }
}
