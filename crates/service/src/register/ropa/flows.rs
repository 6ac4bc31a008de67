//! The picture of where data flows: people, systems, recipients, countries; and the same as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::super::Register;
use super::super::model::Entry;

/// The columns of the table that says what the picture shows.
pub const FLOW_COLUMNS: [&str; 5] = ["Activity", "People", "Systems", "Recipients", "Countries"];

/// The table: one row an activity of the service, or of all.
#[must_use]
pub fn flow_rows(register: &Register, on: Date, service: Option<&str>) -> Vec<Vec<String>> {
    activities(register, on, service)
        .map(|e| {
            let list = |items: Vec<String>| items.join("\n");
            let [people, systems, recipients, countries] = stages(register, e);
            vec![e.name.clone(), list(people), list(systems), list(recipients), list(countries)]
        })
        .collect()
}

fn activities<'a>(
    register: &'a Register,
    on: Date,
    service: Option<&'a str>,
) -> impl Iterator<Item = &'a Entry> {
    register.activities(on).filter(move |e| service.is_none_or(|s| e.service == s))
}

/// What an activity names at each of the four stages.
fn stages(register: &Register, e: &Entry) -> [Vec<String>; 4] {
    let people = e.people.iter().filter_map(|id| register.people(id)).map(|p| p.name.clone()).collect();
    let systems = e.systems.iter().filter_map(|id| register.system(id)).map(|s| s.name.clone()).collect();
    let to: Vec<_> = e.recipients.iter().filter_map(|id| register.recipient(id)).collect();
    let mut countries: Vec<String> = to.iter().map(|r| r.country.clone()).collect();
    countries.extend(e.systems.iter().filter_map(|id| register.system(id)).map(|s| s.country.clone()));
    countries.sort();
    countries.dedup();
    [people, systems, to.iter().map(|r| r.name.clone()).collect(), countries]
}

/// How many activities link a name at one stage with a name at the next.
type Links = [BTreeMap<(String, String), usize>; 3];

fn links(register: &Register, on: Date, service: Option<&str>) -> Links {
    let mut found = Links::default();
    let [to_systems, to_recipients, to_countries] = &mut found;
    for e in activities(register, on, service) {
        let [people, systems, recipients, _] = stages(register, e);
        for system in &systems {
            for person in &people {
                *to_systems.entry((person.clone(), system.clone())).or_default() += 1;
            }
            for recipient in &recipients {
                *to_recipients.entry((system.clone(), recipient.clone())).or_default() += 1;
            }
        }
        for r in e.recipients.iter().filter_map(|id| register.recipient(id)) {
            *to_countries.entry((r.name.clone(), r.country.clone())).or_default() += 1;
        }
    }
    found
}

const WIDTH: usize = 3 * GAP + BOX + 10;
const BOX: usize = 220;
const GAP: usize = 320;
const ROW: usize = 34;
const TOP: usize = 70;

/// The places of the boxes of one stage: name and the middle of its height.
fn column(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut all: Vec<String> = names.collect();
    all.sort();
    all.dedup();
    all.into_iter().enumerate().map(|(at, name)| (name, TOP + at * ROW + ROW / 2)).collect()
}

/// The picture as SVG, with a title, a description, and the table's content in it for those who hear it.
#[must_use]
pub fn flow_picture(register: &Register, on: Date, service: Option<&str>) -> String {
    let links = links(register, on, service);
    let [a, b, c] = &links;
    let columns = [
        column(a.keys().map(|k| k.0.clone())),
        column(a.keys().map(|k| k.1.clone()).chain(b.keys().map(|k| k.0.clone()))),
        column(b.keys().map(|k| k.1.clone()).chain(c.keys().map(|k| k.0.clone()))),
        column(c.keys().map(|k| k.1.clone())),
    ];
    let tallest = columns.iter().map(BTreeMap::len).max().unwrap_or(0);
    let height = TOP + tallest * ROW + 20;
    let what = service.and_then(|s| register.service(s)).map_or("all activities", |s| s.name.as_str());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"flow-title flow-desc\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <title id=\"flow-title\">Where personal data flows: {}</title>\n<desc id=\"flow-desc\">{}</desc>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escape(what),
        escape(&description(register, on, service)),
    );
    for (at, heading) in ["People", "Systems", "Recipients", "Countries"].iter().enumerate() {
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"40\" font-size=\"18\" font-weight=\"700\" fill=\"#0b0c0c\">{heading}</text>",
            left(at)
        );
    }
    for (at, stage) in links.iter().enumerate() {
        curves(&mut out, at, stage, &columns);
    }
    for (at, names) in columns.iter().enumerate() {
        boxes(&mut out, at, names);
    }
    out.push_str("</svg>\n");
    out
}

const fn left(at: usize) -> usize {
    at * GAP
}

fn curves(
    out: &mut String,
    at: usize,
    stage: &BTreeMap<(String, String), usize>,
    columns: &[BTreeMap<String, usize>; 4],
) {
    let (from, to) = (columns.get(at), columns.get(at + 1));
    for ((a, b), weight) in stage {
        let (Some(y1), Some(y2)) = (from.and_then(|c| c.get(a)), to.and_then(|c| c.get(b))) else { continue };
        let (x1, x2) = (left(at) + BOX, left(at + 1));
        let middle = x1.midpoint(x2);
        let width = (*weight).min(8);
        let _ = writeln!(
            out,
            "<path d=\"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}\" fill=\"none\" stroke=\"#5694ca\" \
             stroke-opacity=\"0.45\" stroke-width=\"{width}\"/>"
        );
    }
}

fn boxes(out: &mut String, at: usize, names: &BTreeMap<String, usize>) {
    for (name, middle) in names {
        let (x, y) = (left(at), middle - 13);
        let _ = writeln!(
            out,
            "<g><title>{0}</title><rect x=\"{x}\" y=\"{y}\" width=\"{BOX}\" height=\"26\" fill=\"#f3f2f1\" \
             stroke=\"#505a5f\"/><text x=\"{1}\" y=\"{2}\" fill=\"#0b0c0c\">{3}</text></g>",
            escape(name),
            x + 6,
            middle + 5,
            escape(&short(name)),
        );
    }
}

/// What fits into a box; the whole name is in its title and in the table.
fn short(name: &str) -> String {
    const FITS: usize = 31;
    if name.chars().count() <= FITS {
        return name.to_owned();
    }
    let mut text: String = name.chars().take(FITS - 1).collect();
    text.push('…');
    text
}

fn description(register: &Register, on: Date, service: Option<&str>) -> String {
    let lines = activities(register, on, service).map(|e| {
        let [people, systems, recipients, countries] = stages(register, e);
        format!(
            "{}: data of {} is kept in {}; it goes to {}; countries: {}.",
            e.name,
            people.join(", "),
            systems.join(", "),
            if recipients.is_empty() { "nobody".to_owned() } else { recipients.join(", ") },
            countries.join(", "),
        )
    });
    lines.collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
