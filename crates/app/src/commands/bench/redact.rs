//! `counterfoil bench redact`: what a safe copy of a page costs, read, burnt, written and verified.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use counterfoil_finding::model::Document;
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_finding::redact::{Format, Options, Plan, ReasonCode, mentions, redact, spread};
use counterfoil_finding::verify::{Withheld, verify};

use crate::out::{self, CommandError, CommandResult};

/// Redact every PDF of a folder and print what a page costs.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder of PDFs
    #[arg(long, value_name = "FOLDER")]
    pdfs: PathBuf,
    /// Withhold every mention of this text (may be repeated)
    #[arg(long, value_name = "T", default_value = "court")]
    term: Vec<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// The figures; times are elapsed milliseconds on one thread.
#[derive(Debug, Default, serde::Serialize)]
struct Figures {
    files: usize,
    not_read: usize,
    not_redacted: usize,
    not_verified: usize,
    pages: usize,
    marks: usize,
    read_ms_per_page: f64,
    redact_ms_per_page: f64,
    verify_ms_per_page: f64,
    kilobytes_per_page: f64,
    /// Processor time of the whole process for all of it, where the system tells it.
    cpu_ms_per_page: Option<f64>,
}

/// The processor time of this process in milliseconds (Linux, which counts in hundredths of a second).
fn processor_time() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold spaces; user and system time follow it.
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<f64>().ok()).sum::<Option<f64>>().map(|ticks| ticks * 10.0)
}

/// Measures and prints.
pub fn run(args: &Args) -> CommandResult {
    let entries = std::fs::read_dir(&args.pdfs).map_err(|e| {
        CommandError::refused("folder", format!("`{}` cannot be read: {e}", args.pdfs.display()))
    })?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")));
    files.sort();
    let code = ReasonCode::new("S2-16").map_err(|e| CommandError::failed("reason-code", e.to_string()))?;
    let mut figures = Figures { files: files.len(), ..Figures::default() };
    let mut spent = Spent::default();
    let before = processor_time();
    for file in &files {
        measure(file, &args.term, &code, &mut figures, &mut spent);
    }
    let pages = figures.pages.max(1) as f64;
    let each = |time: Duration| time.as_secs_f64() * 1000.0 / pages;
    figures.read_ms_per_page = each(spent.reading);
    figures.redact_ms_per_page = each(spent.redacting);
    figures.verify_ms_per_page = each(spent.verifying);
    figures.cpu_ms_per_page = before.zip(processor_time()).map(|(from, to)| (to - from) / pages);
    figures.kilobytes_per_page = spent.bytes as f64 / 1024.0 / pages;
    if args.json { out::json(&figures) } else { say(&figures) }
}

#[derive(Debug, Default)]
struct Spent {
    reading: Duration,
    redacting: Duration,
    verifying: Duration,
    bytes: usize,
}

fn measure(file: &Path, terms: &[String], code: &ReasonCode, figures: &mut Figures, spent: &mut Spent) {
    let Ok(bytes) = std::fs::read(file) else { return figures.not_read += 1 };
    let start = Instant::now();
    let Ok(document) = read(&bytes, &Hint::default(), &Limits::default()) else {
        return figures.not_read += 1;
    };
    let reading = start.elapsed();
    let plan = plan(&document, terms, code);
    let options = Options { formats: [Format::Pdf].into(), ..Options::default() };
    let start = Instant::now();
    let Ok(copy) = redact(&bytes, &document, &plan, &options) else { return figures.not_redacted += 1 };
    let redacting = start.elapsed();
    let start = Instant::now();
    let verified = verify(&copy.files, &Withheld::of(&document, &plan, &options));
    spent.verifying += start.elapsed();
    spent.reading += reading;
    spent.redacting += redacting;
    spent.bytes += copy.files.iter().map(|f| f.bytes.len()).sum::<usize>();
    figures.pages += document.pages.len();
    figures.marks += plan.spans.len();
    figures.not_verified += usize::from(verified.is_err());
}

fn plan(document: &Document, terms: &[String], code: &ReasonCode) -> Plan {
    let mut plan = Plan { spans: mentions(document, terms, code), ..Plan::default() };
    spread(document, &mut plan);
    plan
}

fn say(figures: &Figures) -> CommandResult {
    let Figures { files, pages, marks, .. } = figures;
    out::line(&format!("{files} files, {pages} pages, {marks} marks"));
    let Figures { not_read, not_redacted, not_verified, .. } = figures;
    out::line(&format!("not read {not_read}, not redacted {not_redacted}, not verified {not_verified}"));
    let Figures { read_ms_per_page, redact_ms_per_page, verify_ms_per_page, kilobytes_per_page, .. } =
        figures;
    out::line(&format!(
        "a page: read {read_ms_per_page:.1} ms, redact {redact_ms_per_page:.1} ms, verify {verify_ms_per_page:.1} ms, \
         {kilobytes_per_page:.0} KB"
    ));
    if let Some(cpu) = figures.cpu_ms_per_page {
        out::line(&format!("processor time of a page, all of it: {cpu:.1} ms"));
    }
    Ok(())
}
