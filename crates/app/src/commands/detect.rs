//! `counterfoil detect`: the identifiers and people in a text.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use counterfoil_finding::cast::Cast;
use counterfoil_finding::detect::{Config, Detector, Entity, Finding};
use counterfoil_finding::model::{Document, FileKind};
use counterfoil_finding::read::{self, Hint, Limits};
use serde::{Deserialize, Serialize};

use crate::out::{self, CommandError, CommandResult};

/// Find personal data in a text: what, where, how sure, and why.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to read, a text or any document; standard input when absent or `-`.
    file: Option<PathBuf>,
    /// One file, or lines of `{"id", "text"}`.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The people of the request, as TOML or JSON.
    ///
    /// Tables `[[person]]` with `role` (requester, representative, third-party, professional, staff or
    /// organisation) and `surname`; and where known `title` and the lists `forenames`, `aliases`,
    /// `identifiers`, `emails`, `phones` and `addresses`.
    #[arg(long)]
    cast: Option<PathBuf>,
    /// Threshold, kinds and the organisation's own references, as TOML.
    ///
    /// `threshold`, `entities` and tables `[[references]]` with `name`, `pattern` (a regular expression)
    /// and, when words must stand near, `context`.
    #[arg(long)]
    config: Option<PathBuf>,
    /// A folder with a local model: `model.onnx`, `vocab.txt`, `config.json`.
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
    /// The least score, 0 to 1.
    #[arg(long)]
    threshold: Option<f32>,
    /// Only this kind, such as `UK_NINO`; may be repeated.
    #[arg(long = "entity")]
    entities: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One text or document.
    Text,
    /// JSON lines.
    Jsonl,
}

#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    findings: &'a [Finding],
}

/// What looks through each text.
struct Searcher {
    detector: Detector,
    cast: Option<Cast>,
}

impl Searcher {
    fn find(&self, text: &str) -> Vec<Finding> {
        match &self.cast {
            Some(cast) => self.detector.find_with_cast(text, cast),
            None => self.detector.find(text),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Refused input (status 2): a file, cast, configuration, kind or line that cannot be used. Failed
/// (status 1): output that cannot be written.
pub fn run(args: Args) -> CommandResult {
    let detector =
        Detector::new(&config(&args)?).map_err(|e| CommandError::refused("configuration", e.to_string()))?;
    let detector = super::model::plugged(detector, args.model.as_deref())?;
    let cast = args.cast.as_deref().map(read_cast).transpose()?;
    let searcher = Searcher { detector, cast };
    let Args { file, format, json, .. } = args;
    let input = open(file.as_deref())?;
    match format {
        Format::Jsonl => lines(&searcher, input),
        Format::Text => whole(&searcher, input, file.as_deref(), json),
    }
}

fn config(args: &Args) -> Result<Config, CommandError> {
    let mut config = match &args.config {
        Some(path) => toml::from_str(&read(path)?).map_err(|e| {
            CommandError::refused("configuration", format!("`{}`: {}", path.display(), e.message()))
        })?,
        None => Config::default(),
    };
    if let Some(threshold) = args.threshold {
        if !(0.0..=1.0).contains(&threshold) {
            let message = format!("the threshold `{threshold}` is not between 0 and 1");
            return Err(CommandError::refused("threshold", message));
        }
        config.threshold = threshold;
    }
    for name in &args.entities {
        let entity = Entity::from_name(name).ok_or_else(|| {
            CommandError::refused("entity", format!("there is no kind `{name}`; try `UK_NINO` or `PERSON`"))
        })?;
        config.entities.push(entity);
    }
    Ok(config)
}

fn read(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::refused("input", format!("`{}` cannot be read: {error}", path.display()))
}

fn read_cast(path: &Path) -> Result<Cast, CommandError> {
    let text = read(path)?;
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let cast = if json { Cast::from_json(&text) } else { Cast::from_toml(&text) };
    cast.map_err(|e| CommandError::refused("cast", format!("`{}`: {e}", path.display())))
}

fn open(path: Option<&Path>) -> Result<Box<dyn Read>, CommandError> {
    match path {
        Some(path) if path != Path::new("-") => {
            let file = std::fs::File::open(path).map_err(|e| unreadable(path, &e))?;
            Ok(Box::new(file))
        }
        _ => Ok(Box::new(std::io::stdin())),
    }
}

/// Answers line by line, so that any number of texts fits in memory.
fn lines(searcher: &Searcher, input: Box<dyn Read>) -> CommandResult {
    let mut output = BufWriter::new(std::io::stdout().lock());
    for (number, line) in BufReader::new(input).lines().enumerate() {
        let line = line.map_err(|e| CommandError::refused("input", format!("line {}: {e}", number + 1)))?;
        if line.trim().is_empty() {
            continue;
        }
        let Line { id, text } = serde_json::from_str(&line).map_err(|_| {
            let message = format!("line {} is not an object with `id` and `text`", number + 1);
            CommandError::refused("input", message)
        })?;
        let findings = searcher.find(&text);
        let answer = serde_json::to_string(&Answer { id: &id, findings: &findings });
        let answer = answer.map_err(|e| CommandError::failed("output", e.to_string()))?;
        if writeln!(output, "{answer}").is_err() {
            return Ok(());
        }
    }
    output.flush().map_err(|e| CommandError::failed("output", e.to_string()))
}

/// A finding, and for a document the part and block of it that hold it.
#[derive(Serialize)]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<usize>,
    #[serde(flatten)]
    finding: Finding,
}

fn whole(searcher: &Searcher, mut input: Box<dyn Read>, file: Option<&Path>, json: bool) -> CommandResult {
    let mut bytes = Vec::new();
    input
        .read_to_end(&mut bytes)
        .map_err(|e| CommandError::refused("input", format!("cannot be read: {e}")))?;
    let name = file.and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
    let hint = Hint { name: name.as_deref(), media_type: None };
    let plain = matches!(read::kind(&bytes, &hint), Ok(FileKind::Text)) || bytes.is_empty();
    let mut places = Vec::new();
    match String::from_utf8(bytes) {
        Ok(text) if plain => {
            let found = searcher.find(&text).into_iter();
            places.extend(found.map(|finding| Place { part: None, block: None, finding }));
        }
        other => {
            let bytes = other.map_or_else(std::string::FromUtf8Error::into_bytes, String::into_bytes);
            let document = read::read(&bytes, &hint, &Limits::default())
                .map_err(|e| CommandError::refused("input", format!("the document cannot be read: {e}")))?;
            search(searcher, &document, "", &mut places);
        }
    }
    print(&places, json)
}

/// Searches a document and the files inside it; says what could not be read.
fn search(searcher: &Searcher, document: &Document, part: &str, places: &mut Vec<Place>) {
    let name = (!part.is_empty()).then(|| part.to_owned());
    for located in searcher.detector.find_in_document(document, searcher.cast.as_ref()) {
        places.push(Place { part: name.clone(), block: Some(located.block), finding: located.finding });
    }
    for problem in &document.problems {
        out::note(&format!("not read: {part} {problem}"));
    }
    for (number, attachment) in document.attachments.iter().enumerate() {
        let inner = format!("{part}/attachment {}", number + 1);
        match &attachment.content {
            Ok(document) => search(searcher, document, &inner, places),
            Err(problem) => out::note(&format!("not read: {inner}: {problem}")),
        }
    }
}

fn print(places: &[Place], json: bool) -> CommandResult {
    if json {
        return out::json(&places);
    }
    for Place { part, block, finding } in places {
        let Finding { entity, start, end, score, why } = finding;
        let block = block.map_or(String::new(), |block| format!("block {block:<5} "));
        let part = part.as_deref().unwrap_or("");
        out::line(&format!("{part}{block}{start:>8} {end:>8}  {:<24} {score:.2}  {why}", entity.name()));
    }
    out::note(&format!("{} findings", places.len()));
    Ok(())
}
