//! `counterfoil bench read`: how fast files are read, and how much memory a large mailbox takes.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use counterfoil_finding::read::{self, Hint, Limits, Ocr};
use serde::Serialize;

use crate::out::{self, CommandError, CommandResult};

/// Read every file of a folder, and a generated mailbox message by message
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of files to read, with its subfolders
    #[arg(long)]
    folder: Option<PathBuf>,
    /// How often each file is read; the best time counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    repeat: u16,
    /// Megabytes of the generated mailbox
    #[arg(long, default_value_t = 500)]
    mailbox: u32,
    /// Read text in pictures with Tesseract
    #[arg(long)]
    ocr: bool,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// The figures of one kind of file.
#[derive(Debug, Default, Serialize)]
struct Figure {
    files: usize,
    refused: usize,
    /// Files of which some part could not be read, with the reason in their problems.
    with_problems: usize,
    pages: usize,
    megabytes: f64,
    seconds: f64,
}

/// The figures of the mailbox.
#[derive(Debug, Serialize)]
struct Mailbox {
    messages: usize,
    refused: usize,
    megabytes: f64,
    seconds: f64,
    /// The most memory that the process held; `None` where the system does not say.
    peak_megabytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Figures {
    mailbox: Mailbox,
    kinds: BTreeMap<String, Figure>,
}

/// Measures and prints the figures.
///
/// # Errors
/// `folder` when it cannot be listed.
pub fn run(args: &Args) -> CommandResult {
    let ocr = if args.ocr { Ocr::tesseract() } else { Ocr::Off };
    let limits = Limits { ocr, ..Limits::default() };
    // The mailbox comes first, so that the peak is its own.
    let mailbox = mailbox(args.mailbox, &limits);
    let mut kinds = BTreeMap::new();
    for file in args.folder.as_deref().map_or(Ok(Vec::new()), files)? {
        measure(&file, usize::from(args.repeat), &limits, &mut kinds)?;
    }
    let figures = Figures { mailbox, kinds };
    if args.json {
        return out::json(&figures);
    }
    print(&figures);
    Ok(())
}

fn print(figures: &Figures) {
    let m = &figures.mailbox;
    let peak = m.peak_megabytes.map_or_else(|| "unknown".into(), |p| format!("{p} MB"));
    out::line(&format!(
        "mailbox: {} messages, {} refused, {:.0} MB in {:.1} s ({:.1} MB/s), peak memory {peak}",
        m.messages,
        m.refused,
        m.megabytes,
        m.seconds,
        m.megabytes / m.seconds.max(1e-9)
    ));
    out::line(&format!(
        "{:<14}{:>7}{:>9}{:>10}{:>7}{:>10}{:>10}{:>9}",
        "kind", "files", "refused", "problems", "pages", "MB", "seconds", "MB/s"
    ));
    for (kind, f) in &figures.kinds {
        let speed = f.megabytes / f.seconds.max(1e-9);
        out::line(&format!(
            "{kind:<14}{:>7}{:>9}{:>10}{:>7}{:>10.2}{:>10.3}{speed:>9.1}",
            f.files, f.refused, f.with_problems, f.pages, f.megabytes, f.seconds
        ));
    }
}

fn unreadable(path: &Path) -> CommandError {
    CommandError::refused("folder", format!("`{}` cannot be read; name a folder of files", path.display()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|_| unreadable(&folder))? {
            let path = entry.map_err(|_| unreadable(&folder))?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn measure(
    path: &Path,
    repeat: usize,
    limits: &Limits,
    kinds: &mut BTreeMap<String, Figure>,
) -> Result<(), CommandError> {
    let bytes = std::fs::read(path).map_err(|_| unreadable(path))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let hint = Hint { name: name.as_deref(), media_type: None };
    let mut best = f64::MAX;
    let mut last = None;
    for _ in 0..repeat {
        let begun = Instant::now();
        last = Some(read::read(&bytes, &hint, limits));
        best = best.min(begun.elapsed().as_secs_f64());
    }
    let kind = match &last {
        Some(Ok(document)) => format!("{:?}", document.kind).to_lowercase(),
        _ => read::kind(&bytes, &hint).map_or_else(|_| "unknown".into(), |k| format!("{k:?}").to_lowercase()),
    };
    let figure = kinds.entry(kind).or_default();
    figure.files += 1;
    figure.megabytes += megabytes(bytes.len());
    figure.seconds += best;
    match last {
        Some(Ok(document)) => {
            figure.pages += document.pages.len();
            figure.with_problems += usize::from(!document.problems.is_empty());
        }
        _ => figure.refused += 1,
    }
    Ok(())
}

fn megabytes(bytes: usize) -> f64 {
    u32::try_from(bytes).map_or(f64::from(u32::MAX), f64::from) / 1e6
}

fn mailbox(size: u32, limits: &Limits) -> Mailbox {
    let begun = Instant::now();
    let source =
        Generated { limit: u64::from(size) * 1_000_000, made: 0, number: 0, message: Vec::new(), at: 0 };
    let (mut messages, mut refused) = (0, 0);
    for message in read::mbox::documents(BufReader::new(source), limits) {
        messages += usize::from(message.is_ok());
        refused += usize::from(message.is_err());
    }
    let seconds = begun.elapsed().as_secs_f64();
    Mailbox { messages, refused, megabytes: f64::from(size), seconds, peak_megabytes: peak() }
}

/// The high-water mark of the process's memory, where the system tells it.
pub(super) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1000)
}

/// A mailbox that is made while it is read, each message with words and a file of 22 kB.
struct Generated {
    limit: u64,
    made: u64,
    number: u64,
    message: Vec<u8>,
    at: usize,
}

impl Generated {
    fn next_message(&mut self) {
        self.number += 1;
        let n = self.number;
        let file = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==\n".repeat(400);
        let words = "The visit to the flat was moved and the officer will write again next week. ".repeat(20);
        self.message = format!(
            "From p{n}@example.org Tue Mar  3 16:19:00 2026\nFrom: Person {n} <p{n}@example.org>\nTo: desk@example.org\n\
             Subject: Case {n}\nDate: Tue, 3 Mar 2026 16:19:00 +0000\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n{words}\n--x\n\
             Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n\
             Content-Transfer-Encoding: base64\n\n{file}\n--x--\n\n"
        )
        .into_bytes();
        self.at = 0;
        self.made += self.message.len() as u64;
    }
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.at >= self.message.len() {
            if self.made >= self.limit {
                return Ok(0);
            }
            self.next_message();
        }
        let mut rest = self.message.get(self.at..).unwrap_or_default();
        let read = rest.read(out)?;
        self.at += read;
        Ok(read)
    }
}
