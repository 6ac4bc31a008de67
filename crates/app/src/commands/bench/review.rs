//! `counterfoil bench review`: a large access request from its search to its sealed pack, as the workbench works.

use std::time::Instant;

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_finding::redact::{Options, page_picture};
use counterfoil_finding::write::flow::{Flow, Item, Role as FlowRole, Run, Table};
use counterfoil_finding::write::{self, Words};
use counterfoil_service::calendar;
use counterfoil_service::casebook::{self, DocumentText, Identity, NewPerson, Profile, Protection, Recorded};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::{
    self, Bench, CastMember, Choice, Desk, Fate, Ground, Reception, RequestText,
};
use counterfoil_service::store::{Actor, Hardness, Store};
use serde::Serialize;

use crate::config::{self, Config};
use crate::out::{self, CommandError, CommandResult};
use crate::progress::Bar;

/// Review a large request of mail, PDFs, sheets, text and scans about invented people, and seal it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// About how many pages
    #[arg(long, default_value_t = 2000)]
    pages: usize,
    /// How many of the pages are scans, read by OCR where Tesseract is installed
    #[arg(long, default_value_t = 20)]
    scans: usize,
    /// How many spreadsheets of names besides: a list of which every name is withheld stops at the verifier
    #[arg(long, default_value_t = 0)]
    sheets: usize,
    /// How many pages are turned to
    #[arg(long, default_value_t = 200)]
    turns: usize,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Default, Serialize)]
struct Figures {
    items: usize,
    pages: usize,
    people: usize,
    search_seconds: f64,
    list_ms: f64,
    turn_median_ms: f64,
    turn_p95_ms: f64,
    turn_longest_ms: f64,
    drawn_page_median_ms: f64,
    decided_mentions: usize,
    decide_ms: f64,
    decide_and_list_ms: f64,
    approve_ms: f64,
    seal_seconds: f64,
    pack_files: usize,
    megabytes_at_most: Option<u64>,
}

/// The one who is mentioned four hundred times.
const OFTEN: &str = "Gareth Holt";
const SURNAMES: [&str; 12] = [
    "Fenwick", "Tully", "Ashgrove", "Grey", "Marlow", "Quill", "Sorrel", "Vane", "Wexley", "Yarrow", "Brack",
    "Dunmore",
];
const FORENAMES: [&str; 10] =
    ["Noreen", "Aldous", "Priya", "Gethin", "Ottoline", "Tariq", "Freya", "Desmond", "Mina", "Rory"];

/// Measures and prints.
pub fn run(args: &Args) -> CommandResult {
    let folder = tempfile::tempdir().map_err(|e| CommandError::failed("bench", e.to_string()))?;
    let bench = House::open(folder.path())?;
    let bar = Bar::new("reviewing");
    let reference = bench.request(args, &bar)?;
    let mut figures = Figures::default();
    let officer = bench.desk(&bench.officer);
    let began = Instant::now();
    rights::search(&officer, &reference, &[], &|what, n, of| bar.at(what, n, of))?;
    figures.search_seconds = began.elapsed().as_secs_f64();
    rights::sources::set_plan(&officer, &reference, &[], "the person of the bench is in no other system")?;
    let (list, took) = timed(|| rights::bench(&officer, &reference))?;
    (figures.items, figures.pages, figures.people) = (list.items.len(), list.pages, list.people.len());
    figures.list_ms = took;
    turns(args, &officer, &reference, &list, &mut figures)?;
    decide(&officer, &reference, &list, &mut figures)?;
    let second = bench.desk(&bench.second);
    figures.approve_ms = timed(|| rights::approve(&second, &reference))?.1;
    let began = Instant::now();
    let sealed = rights::seal(&officer, &reference, &|n, of| bar.at("sealing", n, of))?;
    figures.seal_seconds = began.elapsed().as_secs_f64();
    figures.pack_files = sealed.files;
    figures.megabytes_at_most = super::read::peak();
    bar.done();
    tell(args, &figures)
}

fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, f64), E> {
    let began = Instant::now();
    let value = work()?;
    Ok((value, began.elapsed().as_secs_f64() * 1000.0))
}

/// Turns to pages all over the request, and draws those that can be drawn.
fn turns(
    args: &Args,
    desk: &Desk<'_>,
    reference: &str,
    list: &Bench,
    figures: &mut Figures,
) -> Result<(), CommandError> {
    let all: Vec<(i64, usize)> =
        list.items.iter().flat_map(|i| (1..=i.pages).map(move |page| (i.number, page))).collect();
    let step = (all.len() / args.turns.max(1)).max(1);
    let (mut turned, mut drawn) = (Vec::new(), Vec::new());
    for (item, page) in all.iter().step_by(step) {
        let (seen, took) = timed(|| rights::turn_to(desk, reference, *item, *page))?;
        turned.push(took);
        if seen.has_picture {
            drawn.push(timed(|| rights::page_image(desk, reference, *item, *page, true))?.1);
        }
    }
    turned.sort_by(f64::total_cmp);
    drawn.sort_by(f64::total_cmp);
    let at = |times: &[f64], part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0.0);
    figures.turn_median_ms = at(&turned, 50);
    figures.turn_p95_ms = at(&turned, 95);
    figures.turn_longest_ms = turned.last().copied().unwrap_or(0.0);
    figures.drawn_page_median_ms = at(&drawn, 50);
    Ok(())
}

fn decide(desk: &Desk<'_>, reference: &str, list: &Bench, figures: &mut Figures) -> Result<(), CommandError> {
    let often = list.people.iter().find(|p| p.name == OFTEN);
    let often = often.ok_or_else(|| CommandError::failed("bench", "nobody was found in the request"))?;
    figures.decided_mentions = often.mentions;
    let member = CastMember::named(&often.name, &often.role);
    let choice = Choice::Person { member, fate: Fate::Withhold, ground: ground(), who: often.key.clone() };
    figures.decide_ms = timed(|| rights::decide(desk, reference, &choice))?.1;
    figures.decide_and_list_ms = figures.decide_ms + timed(|| rights::bench(desk, reference))?.1;
    rights::decide(desk, reference, &Choice::Others { fate: Fate::Withhold, ground: ground() })?;
    Ok(())
}

fn ground() -> Ground {
    let test = [
        ("identifies", "yes"),
        ("consented", "no"),
        ("other", "ordinary"),
        ("information", "what they said about themselves"),
        ("confidentiality", "none was promised"),
        ("steps", "none"),
        ("capable", "yes"),
        ("refusal", "no"),
        ("reasonable", "no"),
        ("why", "they would not expect it"),
    ];
    let answers = test.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    Ground {
        code: "S2-16".to_owned(),
        reason: "other people's own affairs".to_owned(),
        answers,
        known: false,
    }
}

fn tell(args: &Args, f: &Figures) -> CommandResult {
    if args.json {
        return out::json(f);
    }
    out::line(&format!("{} items, {} pages, {} people", f.items, f.pages, f.people));
    out::line(&format!("searched, read, people found       {:>9.1} s", f.search_seconds));
    out::line(&format!("the list of items and people       {:>9.1} ms", f.list_ms));
    out::line(&format!(
        "a page turned: median, 95 %, most   {:>8.1} {:>8.1} {:>8.1} ms",
        f.turn_median_ms, f.turn_p95_ms, f.turn_longest_ms
    ));
    out::line(&format!("a page drawn as it will go out     {:>9.1} ms", f.drawn_page_median_ms));
    out::line(&format!(
        "decided on {} mentions at once     {:>6.1} ms, with the list again {:.1} ms",
        f.decided_mentions, f.decide_ms, f.decide_and_list_ms
    ));
    out::line(&format!("approved                           {:>9.1} ms", f.approve_ms));
    out::line(&format!("sealed, {} files               {:>9.1} s", f.pack_files, f.seal_seconds));
    if let Some(most) = f.megabytes_at_most {
        out::line(&format!("memory at most                     {most:>9} MB"));
    }
    Ok(())
}

/// An organisation with two officers and an adviser.
struct House {
    store: Store,
    calendar: counterfoil_domain::clock::Calendar,
    law: ClockConfig,
    office: counterfoil_domain::ids::OfficeId,
    officer: Actor,
    second: Actor,
    adviser: Actor,
}

impl House {
    fn open(folder: &std::path::Path) -> Result<Self, CommandError> {
        const PASSPHRASE: &str = "a passphrase for the bench";
        let site = Config::at(folder)?.site();
        installation::make_keys(&site.key_file, PASSPHRASE, Hardness::Test)?;
        let (store, _) = installation::open(&site, PASSPHRASE, config::fixed_or_system()?)?;
        let (settings, _) = Organisation::template("council")?;
        let new = NewOrganisation {
            settings: settings.to_owned(),
            offices: vec!["Bench".to_owned()],
            adherent_until: None,
        };
        let controller = installation::set_up(&store, &new)?;
        let office = installation::office_named(&store, controller, "Bench")?;
        let actor = |name: &str, role| -> Result<Actor, CommandError> {
            let staff = NewStaff {
                office: "Bench".to_owned(),
                name: name.to_owned(),
                sign_in: name.to_owned(),
                roles: RoleSet::of(&[role]),
                password_hash: None,
                totp_secret: None,
                training_until: store.now().checked_add(jiff::SignedDuration::from_hours(24)).ok(),
            };
            let id = installation::add_staff(&store, controller, &staff)?;
            Ok(Actor::Staff(store.actor(controller, id, true)?))
        };
        let (officer, second) = (actor("officer", Role::IgOfficer)?, actor("second", Role::IgOfficer)?);
        let adviser = actor("adviser", Role::Adviser)?;
        let (calendar, law) = (calendar::load(None)?, ClockConfig::default());
        Ok(Self { store, calendar, law, office, officer, second, adviser })
    }

    fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: &self.store, who, calendar: &self.calendar, law: &self.law }
    }

    /// A request of somebody with so many pages of papers.
    fn request(&self, args: &Args, bar: &Bar) -> Result<String, CommandError> {
        let profile = Profile {
            forenames: "Wilhelmina".to_owned(),
            surname: "Thornquist".to_owned(),
            emails: vec!["w.thornquist@mail.example".to_owned()],
            ..Profile::default()
        };
        let new = NewPerson {
            office: self.office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile,
            shares_contact: false,
        };
        let recorded = casebook::record_person(&self.store, &self.adviser, Purpose::ServiceDelivery, &new)?;
        let (Recorded::New(person) | Recorded::Known(person)) = recorded;
        for (n, paper) in papers(args).enumerate() {
            bar.at("papers", n, 0);
            let (name, media_type, content) = paper?;
            let about = DocumentText {
                name,
                media_type: media_type.to_owned(),
                source: "bench".to_owned(),
                description: String::new(),
            };
            casebook::add_document(&self.store, &self.adviser, person, &about, &content, None)?;
        }
        let desk = self.desk(&self.officer);
        let reception = Reception {
            office: self.office,
            right: Right::Access,
            division: Division::NorthernIreland,
            received_on: self.store.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
            text: RequestText {
                requester: "Wilhelmina Thornquist".to_owned(),
                capacity: "self".to_owned(),
                wording: "Everything, please.".to_owned(),
                ..RequestText::default()
            },
        };
        let reference = rights::receive(&desk, &reception)?.reference;
        rights::identify(&desk, &reference, person, "known to the office")?;
        Ok(reference)
    }
}

type Paper = Result<(String, &'static str, Vec<u8>), CommandError>;

/// The papers: of every 100 pages 45 of messages, 35 of PDFs and 20 of text; then sheets and scans.
fn papers(args: &Args) -> impl Iterator<Item = Paper> {
    let (pages, scans) = (args.pages.saturating_sub(args.scans), args.scans);
    let (mails, pdfs, texts, sheets) = (pages * 45 / 100, pages * 35 / 1000, pages * 20 / 300, args.sheets);
    // The one person's four hundred mentions are spread over the messages, half of them in quotes.
    let every = (mails / 134).max(1);
    let mail = move |n| Ok((format!("mail-{n:04}.eml"), "message/rfc822", mail(n, n % every == 0)));
    let pdf = |n| Ok((format!("report-{n:03}.pdf"), "application/pdf", report(n, 10)?));
    let text = |n| Ok((format!("notes-{n:03}.txt"), "text/plain", prose(n, 130).join("\n\n").into_bytes()));
    let sheet = |n| {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        Ok((format!("list-{n:03}.xlsx"), kind, list_of(n)?))
    };
    let scan = |n| Ok((format!("scan-{n:03}.jpg"), "image/jpeg", scan_of(n)?));
    (0..mails)
        .map(mail)
        .chain((0..pdfs).map(pdf))
        .chain((0..texts).map(text))
        .chain((0..sheets).map(sheet))
        .chain((0..scans).map(scan))
}

fn someone(n: usize) -> String {
    let pick = |list: &[&'static str], n: usize| list.get(n % list.len()).copied().unwrap_or("Ann");
    format!("{} {}", pick(&FORENAMES, n), pick(&SURNAMES, n / 3))
}

/// Sentences about invented people, in which nobody else is called what another is.
fn prose(seed: usize, lines: usize) -> Vec<String> {
    (0..lines)
        .map(|n| match (seed + n) % 6 {
            0 => format!(
                "{} rang about the damp and asked for a visit on the {}th.",
                someone(seed + n),
                n % 28 + 1
            ),
            1 => "The contractor could not come in, since nobody answered the door that morning.".to_owned(),
            2 => "Wilhelmina Thornquist says that the boiler was mended, and that the wall is wet again."
                .to_owned(),
            3 => format!("Reading {n} of the meter was taken and put into the file with the others."),
            4 => "It was agreed to write to the landlord once more and to wait for fourteen days.".to_owned(),
            _ => {
                "A copy of the tenancy was asked for; the office has it and will send it by post.".to_owned()
            }
        })
        .collect()
}

/// A message of a conversation; every answer quotes the one before it.
fn mail(n: usize, often: bool) -> Vec<u8> {
    let other = someone(n / 5);
    let address = other.to_lowercase().replace(' ', ".");
    let mut body = prose(n, 12).join("\n\n");
    if often {
        body.push_str("\n\nGareth Holt was there as well, and Mr Holt spoke for the others.");
    }
    if !n.is_multiple_of(5) {
        body.push_str("\n\nOn Mon, 2 Nov 2026 at 10:00, Wilhelmina Thornquist wrote:\n> ");
        body.push_str(&prose(n - 1, 12).join("\n>\n> "));
        if often {
            body.push_str("\n>\n> Gareth Holt will know.");
        }
    }
    format!(
        "From: {other} <{address}@mail.example>\r\nTo: Wilhelmina Thornquist <w.thornquist@mail.example>\r\n\
         Subject: {}Damp, part {}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
        if !n.is_multiple_of(5) { "Re: " } else { "" },
        n / 5
    )
    .into_bytes()
}

fn flow(n: usize, pages: usize) -> Flow {
    let text = |line: String| Item::Text(FlowRole::Paragraph, vec![Run::Text(line)]);
    let items = prose(n, pages * 32).into_iter().map(text).collect();
    Flow { title: "Report".to_owned(), language: "en-GB".to_owned(), items }
}

fn report(n: usize, pages: usize) -> Result<Vec<u8>, CommandError> {
    write::pdf(&flow(n, pages), &Words::default()).map_err(|e| CommandError::failed("bench", e.to_string()))
}

fn list_of(n: usize) -> Result<Vec<u8>, CommandError> {
    let cell = |text: String| vec![Run::Text(text)];
    let row = |r: usize| {
        vec![cell(someone(n + r)), cell(format!("flat number {r}")), cell(format!("visit {}", r % 9))]
    };
    let head = vec![cell("Name".to_owned()), cell("Flat".to_owned()), cell("Note".to_owned())];
    let rows = std::iter::once(head).chain((0..200).map(row)).collect();
    let table = Item::Table(Table { has_header: true, rows, origin: (0, 0) });
    let flow = Flow { title: "List".to_owned(), language: "en-GB".to_owned(), items: vec![table] };
    write::xlsx(&flow, &Words::default()).map_err(|e| CommandError::failed("bench", e.to_string()))
}

/// A page as it comes from a scanner: a picture of a page of a report.
fn scan_of(n: usize) -> Result<Vec<u8>, CommandError> {
    let failed = |e: String| CommandError::failed("bench", e);
    let pdf = report(n, 1)?;
    let document = read(&pdf, &Hint::default(), &Limits::default()).map_err(|e| failed(e.to_string()))?;
    page_picture(&pdf, &document, None, &Options::default(), 0)
        .map_err(|e| failed(e.to_string()))?
        .ok_or_else(|| failed("a scan could not be drawn".to_owned()))
}
