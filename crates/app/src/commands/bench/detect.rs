//! `counterfoil bench detect`: recall, precision and speed on generated texts, Presidio beside us.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use counterfoil_finding::cast::Cast;
use counterfoil_finding::corpus::{self, DISGUISES, KINDS, Sample};
use counterfoil_finding::detect::{Config, Detector, Entity};
use serde::{Deserialize, Serialize};

use crate::out::{self, CommandError, CommandResult};

/// Find identifiers in generated texts: how many are found exactly, how many findings are right, how
/// fast.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Samples of each kind and class.
    #[arg(long, default_value_t = 200)]
    samples: usize,
    /// Megabytes of prose for the speed.
    #[arg(long, default_value_t = 7)]
    megabytes: usize,
    /// Kilobytes of the same prose for the peer.
    #[arg(long, default_value_t = 100)]
    peer_kilobytes: usize,
    /// The seed of all texts.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// A Python with `presidio-analyzer` installed, to measure it beside us.
    #[arg(long)]
    peer: Option<PathBuf>,
    /// The peer's driver.
    #[arg(long, default_value = "bench/peers/detect.py")]
    peer_driver: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A named set of samples about one kind.
struct Class {
    name: String,
    entity: Entity,
    samples: Vec<Sample>,
}

/// A finding, by whomever.
#[derive(Debug, Clone, Deserialize)]
struct Found {
    entity: String,
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Score {
    /// Share of identifiers found with exactly their characters.
    recall: f64,
    /// Share of findings of the kind that are right.
    precision: f64,
}

#[derive(Serialize)]
struct Row {
    class: String,
    entity: String,
    ours: Score,
    peer: Option<Score>,
}

#[derive(Serialize)]
struct Speed {
    what: &'static str,
    megabytes: f64,
    cpu_seconds: f64,
    megabytes_per_cpu_second: f64,
}

#[derive(Serialize)]
struct Report {
    rows: Vec<Row>,
    /// Findings on 90 texts without any.
    look_alikes: usize,
    look_alikes_peer: Option<usize>,
    /// Share of the mentions of known people that are found with exactly their characters.
    cast_recall: f64,
    speed: Vec<Speed>,
    /// How often faster than the peer, for a byte.
    ratio: Option<f64>,
}

/// Runs the workload.
///
/// # Errors
/// When the detector cannot be made or the peer cannot be run.
pub fn run(args: Args) -> CommandResult {
    let detector = Detector::new(&Config::default())
        .map_err(|e| CommandError::failed("configuration", e.to_string()))?;
    let json = args.json;
    let report = measure(args, &detector)?;
    if json { out::json(&report) } else { print(&report) }
}

fn measure(args: Args, detector: &Detector) -> Result<Report, CommandError> {
    let classes = classes(args.seed, args.samples);
    let negatives = corpus::look_alikes(args.seed, 90);
    let prose = corpus::bulk(args.seed, args.megabytes << 20);
    let small = corpus::bulk(args.seed, args.peer_kilobytes << 10);
    let texts: Vec<&str> = classes
        .iter()
        .flat_map(|c| c.samples.iter().map(|s| s.text.as_str()))
        .chain(negatives.iter().map(String::as_str))
        .collect();
    let ours: Vec<Vec<Found>> = texts.iter().map(|text| find(detector, text)).collect();
    let driver = args.peer_driver;
    let peer = args.peer.as_deref().map(|python| ask_peer(python, &driver, &texts, &small)).transpose()?;
    let (cast_recall, cast) = cast_recall(args.seed, args.samples)?;
    let speed = speeds(detector, &cast, &prose);
    let ratio = peer.as_ref().and_then(|peer| {
        let ours = speed.first()?.megabytes_per_cpu_second;
        Some(ours / (megabytes(&small) / peer.cpu_seconds))
    });
    let tail = texts.len() - negatives.len();
    let count = |all: &[Vec<Found>]| all.iter().skip(tail).map(Vec::len).sum();
    Ok(Report {
        rows: rows(&classes, &ours, peer.as_ref().map(|p| p.findings.as_slice())),
        look_alikes: count(&ours),
        look_alikes_peer: peer.as_ref().map(|p| count(&p.findings)),
        cast_recall,
        speed,
        ratio,
    })
}

/// The kinds whose disguises are measured.
const DISGUISED: [Entity; 6] = [
    Entity::UkNino,
    Entity::UkNhs,
    Entity::UkPostcode,
    Entity::PhoneNumber,
    Entity::EmailAddress,
    Entity::UkSortCode,
];

fn classes(seed: u64, count: usize) -> Vec<Class> {
    let mut classes = Vec::new();
    for entity in KINDS.iter().copied() {
        classes.push(Class { name: "prose".to_owned(), entity, samples: corpus::prose(seed, entity, count) });
    }
    let references = corpus::nhs_against_references(seed, count);
    classes.push(Class { name: "among references".to_owned(), entity: Entity::UkNhs, samples: references });
    for entity in DISGUISED {
        for disguise in DISGUISES {
            let samples = corpus::disguised(seed, entity, disguise, count);
            if !samples.is_empty() {
                classes.push(Class { name: (*disguise).to_owned(), entity, samples });
            }
        }
        if entity != Entity::EmailAddress {
            classes.push(Class {
                name: "OCR slip".to_owned(),
                entity,
                samples: corpus::slipped(seed, entity, count),
            });
        }
    }
    classes
}

fn find(detector: &Detector, text: &str) -> Vec<Found> {
    let found = detector.find(text).into_iter();
    found.map(|f| Found { entity: f.entity.name(), start: f.start, end: f.end }).collect()
}

fn rows(classes: &[Class], ours: &[Vec<Found>], peer: Option<&[Vec<Found>]>) -> Vec<Row> {
    let mut from = 0;
    let mut rows = Vec::new();
    for class in classes {
        let part =
            |all: &[Vec<Found>]| score(class, all.get(from..from + class.samples.len()).unwrap_or(&[]));
        rows.push(Row {
            class: class.name.clone(),
            entity: class.entity.name(),
            ours: part(ours),
            peer: peer.map(part),
        });
        from += class.samples.len();
    }
    rows
}

/// A date of birth may be reported as a date.
fn same_kind(found: &Found, entity: Entity) -> bool {
    found.entity == entity.name()
        || (entity == Entity::DateOfBirth && found.entity == Entity::DateTime.name())
}

fn score(class: &Class, found: &[Vec<Found>]) -> Score {
    let (mut hits, mut gold, mut all) = (0, 0, 0);
    for (sample, found) in class.samples.iter().zip(found) {
        let of_kind: Vec<&Found> = found.iter().filter(|f| same_kind(f, class.entity)).collect();
        gold += sample.gold.len();
        all += of_kind.len();
        hits += sample
            .gold
            .iter()
            .filter(|g| of_kind.iter().any(|f| (f.start, f.end) == (g.start, g.end)))
            .count();
    }
    Score { recall: share(hits, gold), precision: share(hits, all) }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn cast_recall(seed: u64, count: usize) -> Result<(f64, Cast), CommandError> {
    let (people, letters) = corpus::cast_letters(seed, count);
    let cast = Cast::new(people).map_err(|e| CommandError::failed("cast", e.to_string()))?;
    let (mut hits, mut all) = (0, 0);
    for letter in &letters {
        let mentions = cast.mentions(&letter.text);
        all += letter.mentions.len();
        hits += letter
            .mentions
            .iter()
            .filter(|(who, g)| {
                mentions.iter().any(|m| (m.start, m.end) == (g.start, g.end) && m.candidates == *who)
            })
            .count();
    }
    Ok((share(hits, all), cast))
}

fn speeds(detector: &Detector, cast: &Cast, prose: &str) -> Vec<Speed> {
    let megabyte = 1 << 20;
    let digits = "7".repeat(megabyte);
    let dots = ".".repeat(megabyte);
    let mixed = "1.".repeat(megabyte / 2);
    vec![
        speed("prose, patterns and cast", prose, || detector.find_with_cast(prose, cast).len()),
        speed("prose, patterns", prose, || detector.find(prose).len()),
        speed("digits", &digits, || detector.find(&digits).len()),
        speed("dots", &dots, || detector.find(&dots).len()),
        speed("digits and dots", &mixed, || detector.find(&mixed).len()),
    ]
}

fn megabytes(text: &str) -> f64 {
    text.len() as f64 / 1e6
}

/// The better of two runs.
fn speed(what: &'static str, text: &str, work: impl Fn() -> usize) -> Speed {
    let cpu_seconds = (0..2).map(|_| timed(&work)).fold(f64::INFINITY, f64::min).max(1e-6);
    let megabytes = megabytes(text);
    Speed { what, megabytes, cpu_seconds, megabytes_per_cpu_second: megabytes / cpu_seconds }
}

fn timed(work: &impl Fn() -> usize) -> f64 {
    let (before, start) = (cpu_nanoseconds(), Instant::now());
    let count = work();
    std::hint::black_box(count);
    match (before, cpu_nanoseconds()) {
        (Some(before), Some(after)) => (after - before) as f64 / 1e9,
        // Without the kernel's figure, elapsed time is the upper bound.
        _ => start.elapsed().as_secs_f64(),
    }
}

/// The time that this thread has spent on a processor (Linux).
fn cpu_nanoseconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// What the peer found, and its time for the prose.
struct Peer {
    findings: Vec<Vec<Found>>,
    cpu_seconds: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PeerLine {
    Findings { findings: Vec<Found> },
    Time { cpu_seconds: f64 },
}

/// Runs the peer's driver on the texts, then on the prose; it answers each with a line.
fn ask_peer(python: &Path, driver: &Path, texts: &[&str], prose: &str) -> Result<Peer, CommandError> {
    let failed =
        |why: String| CommandError::failed("peer", format!("`{}` did not run: {why}", driver.display()));
    let mut child = Command::new(python)
        .arg(driver)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| failed(e.to_string()))?;
    let mut input = String::new();
    for text in texts {
        input.push_str(&serde_json::json!({ "text": text }).to_string());
        input.push('\n');
    }
    input.push_str(&serde_json::json!({ "text": prose, "timed": true }).to_string());
    let pipe = child.stdin.take();
    let writer = std::thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(input.as_bytes())));
    let output = child.wait_with_output().map_err(|e| failed(e.to_string()))?;
    let _ = writer.join();
    if !output.status.success() {
        return Err(failed(format!("status {}", output.status)));
    }
    let mut peer = Peer { findings: Vec::new(), cpu_seconds: f64::NAN };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match serde_json::from_str(line).map_err(|e| failed(e.to_string()))? {
            PeerLine::Findings { findings } => peer.findings.push(findings),
            PeerLine::Time { cpu_seconds } => peer.cpu_seconds = cpu_seconds,
        }
    }
    Ok(peer)
}

fn print(report: &Report) -> CommandResult {
    out::line(&format!(
        "{:<20} {:<24} {:>7} {:>9} {:>7} {:>9}",
        "class", "entity", "recall", "precision", "peer", "precision"
    ));
    for row in &report.rows {
        let peer = row.peer.map_or(String::new(), |p| format!("{:>7.3} {:>9.3}", p.recall, p.precision));
        let Score { recall, precision } = row.ours;
        out::line(&format!("{:<20} {:<24} {recall:>7.3} {precision:>9.3} {peer}", row.class, row.entity));
    }
    let peer = report.look_alikes_peer.map_or(String::new(), |count| format!(", peer {count}"));
    out::line(&format!("findings on 90 look-alikes: {}{peer}", report.look_alikes));
    out::line(&format!("mentions of the cast: recall {:.3}", report.cast_recall));
    for speed in &report.speed {
        let Speed { what, megabytes, cpu_seconds, megabytes_per_cpu_second } = speed;
        out::line(&format!(
            "{what:<26} {megabytes:>5.1} MB {cpu_seconds:>7.3} CPU s {megabytes_per_cpu_second:>8.1} MB/CPU s"
        ));
    }
    if let Some(ratio) = report.ratio {
        out::line(&format!("{ratio:.0} times the peer's speed"));
    }
    Ok(())
}
