//! `counterfoil detect`: the identifiers and people in a text.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use counterfoil_finding::cast::Cast;
use counterfoil_finding::detect::{Config, Detector, Entity, Finding};
use serde::{Deserialize, Serialize};

use crate::out::{self, CommandError, CommandResult};

/// Find personal data in a text: what, where, how sure, and why.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to read; standard input when absent or `-`.
    file: Option<PathBuf>,
    /// One text, or lines of `{"id", "text"}`.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The people of the request, as TOML or JSON.
    #[arg(long)]
    cast: Option<PathBuf>,
    /// Threshold, kinds and the organisation's own references, as TOML.
    #[arg(long)]
    config: Option<PathBuf>,
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
    /// One text.
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
    let detector = Detector::new(&config(&args)?)
        .map_err(|e| CommandError::refused("configuration", e.to_string()))?;
    let cast = args.cast.as_deref().map(read_cast).transpose()?;
    let searcher = Searcher { detector, cast };
    let input = open(args.file.as_deref())?;
    match args.format {
        Format::Jsonl => lines(&searcher, input),
        Format::Text => text(&searcher, input, args.json),
    }
}

fn config(args: &Args) -> Result<Config, CommandError> {
    let mut config = match &args.config {
        Some(path) => toml::from_str(&read(path)?)
            .map_err(|e| CommandError::refused("configuration", format!("`{}`: {}", path.display(), e.message())))?,
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

fn text(searcher: &Searcher, mut input: Box<dyn Read>, json: bool) -> CommandResult {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|e| CommandError::refused("input", format!("cannot be read: {e}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| CommandError::refused("input", "the text is not UTF-8; convert it first"))?;
    let findings = searcher.find(&text);
    if json {
        return out::json(&findings);
    }
    for finding in &findings {
        let Finding { entity, start, end, score, why } = finding;
        out::line(&format!("{start:>8} {end:>8}  {:<24} {score:.2}  {why}", entity.name()));
    }
    out::note(&format!("{} findings", findings.len()));
    Ok(())
}
