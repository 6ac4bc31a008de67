//! `counterfoil redact`: a safe copy of a document, verified, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use counterfoil_finding::cast::Cast;
use counterfoil_finding::detect::{Config, Detector};
use counterfoil_finding::model::{Document, FileKind};
use counterfoil_finding::read::{Hint, Limits, Ocr, read};
use counterfoil_finding::redact::{
    Automatic, Format, Options, ReasonCode, RedactError, Report, SafeFile, redact_and_verify,
};
use counterfoil_finding::verify::{Certificate, ReleasedCopy};

use crate::out::{self, CommandError, CommandResult};

/// A safe copy of a text, e-mail, Office file, PDF or picture.
///
/// Text is written anew, pages and pictures are burnt and rebuilt, sheets become values. The copy is then
/// opened again and searched for everything withheld; if anything is in doubt there is no output and the
/// exit status is 1. What the original does not show (hidden rows, tracked changes, properties …) is never
/// in the copy.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The file to copy
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// A .pdf, .html, .txt, .xlsx, .png or .jpg file, or a folder for every form that the source can have
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Withhold every mention of this text, without regard to case, accents, spacing or line ends (may be
    /// repeated)
    #[arg(long, value_name = "T")]
    term: Vec<String>,
    /// The people of the request, as TOML or JSON; their role decides whether they are withheld
    #[arg(long, value_name = "FILE")]
    cast: Option<PathBuf>,
    /// Withhold everything that is detected, except what the cast says is the requester's
    #[arg(long)]
    auto: bool,
    /// With --auto, a folder with a local model: `model.onnx`, `vocab.txt`, `config.json`
    #[arg(long, value_name = "PATH", requires = "auto")]
    model: Option<PathBuf>,
    /// The reason code on the labels
    #[arg(long, default_value = "S2-16")]
    code: String,
    /// What a code means, for the last page (may be repeated)
    #[arg(long, value_name = "CODE=MEANING")]
    meaning: Vec<String>,
    /// The title of the copy; the original's title and name are never used
    #[arg(long, default_value = "Released copy")]
    title: String,
    /// The language of the document
    #[arg(long, default_value = "en-GB", value_name = "TAG")]
    language: String,
    /// Write the text of pages anew instead of showing burnt pages, so that no gap can be measured
    #[arg(long)]
    reflow: bool,
    /// Leave out the page that explains the codes
    #[arg(long)]
    no_legend: bool,
    /// Read the text of pictures and scans with Tesseract
    #[arg(long)]
    ocr: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// What was written.
#[derive(Debug, serde::Serialize)]
struct Answer<'a> {
    files: Vec<String>,
    report: &'a Report,
    certificate: &'a Certificate,
}

/// Runs the command.
pub fn run(args: &Args) -> CommandResult {
    let Args { input, output, .. } = &args;
    let bytes = std::fs::read(input).map_err(|e| unreadable(input, &e))?;
    let document = open(args, &bytes)?;
    let options = options(args, &document)?;
    let plan = {
        let code = options_code(args)?;
        let cast = args.cast.as_deref().map(cast).transpose()?;
        let detector = args.auto.then(|| Detector::new(&Config::default())).transpose();
        let detector = detector.map_err(|e| CommandError::failed("detector", e.to_string()))?;
        let detector = detector.map(|d| super::model::plugged(d, args.model.as_deref())).transpose()?;
        Automatic { detector: detector.as_ref(), cast: cast.as_ref(), terms: &args.term, code }
            .plan(&document)
    };
    let copy = redact_and_verify(&bytes, &document, &plan, &options).map_err(|e| refused(&e))?;
    let files = write(&copy, output)?;
    if args.json {
        return out::json(&Answer { files, report: copy.report(), certificate: copy.certificate() });
    }
    say(&files, &copy);
    Ok(())
}

fn open(args: &Args, bytes: &[u8]) -> Result<Document, CommandError> {
    let name = args.input.file_name().and_then(|n| n.to_str());
    let ocr = if args.ocr { Ocr::tesseract() } else { Ocr::Off };
    read(bytes, &Hint { name, media_type: None }, &Limits { ocr, ..Limits::default() }).map_err(|e| {
        CommandError::failed("not-read", format!("`{}` was not read: {e}", args.input.display()))
    })
}

fn options_code(args: &Args) -> Result<ReasonCode, CommandError> {
    ReasonCode::new(args.code.clone()).map_err(|e| CommandError::refused("reason-code", e.to_string()))
}

fn options(args: &Args, document: &Document) -> Result<Options, CommandError> {
    let mut meanings = BTreeMap::new();
    for pair in &args.meaning {
        let (code, meaning) = pair.split_once('=').ok_or_else(|| {
            CommandError::refused(
                "meaning",
                format!("`{pair}` is not a code and its meaning; write CODE=MEANING"),
            )
        })?;
        let code = ReasonCode::new(code).map_err(|e| CommandError::refused("reason-code", e.to_string()))?;
        meanings.insert(code, meaning.to_owned());
    }
    Ok(Options {
        title: args.title.clone(),
        language: args.language.clone(),
        formats: formats(&args.output, document)?,
        meanings,
        legend: !args.no_legend,
        reflow_pages: args.reflow,
        ..Options::default()
    })
}

/// One format by the name of the output, or all that the source can have.
fn formats(output: &Path, document: &Document) -> Result<BTreeSet<Format>, CommandError> {
    let extension = output.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let one = match extension.as_deref() {
        Some("pdf") => Format::Pdf,
        Some("html" | "htm") => Format::Html,
        Some("txt") => Format::Text,
        Some("xlsx") => Format::Xlsx,
        Some("png" | "jpg" | "jpeg") => Format::Image,
        None => return Ok(every(document)),
        Some(_) if output.is_dir() => return Ok(every(document)),
        Some(other) => {
            let text = format!(
                "a safe copy is not written as `.{other}`; use .pdf, .html, .txt, .xlsx, .png or .jpg, or a folder"
            );
            return Err(CommandError::refused("output-kind", text));
        }
    };
    Ok(BTreeSet::from([one]))
}

fn every(document: &Document) -> BTreeSet<Format> {
    let mut all = BTreeSet::from([Format::Pdf, Format::Html]);
    if document.kind == FileKind::Spreadsheet {
        all.insert(Format::Xlsx);
    }
    all
}

fn cast(path: &Path) -> Result<Cast, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))?;
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let cast = if json { Cast::from_json(&text) } else { Cast::from_toml(&text) };
    cast.map_err(|e| CommandError::refused("cast", format!("`{}`: {e}", path.display())))
}

fn refused(error: &RedactError) -> CommandError {
    match error {
        RedactError::Doubt(_) => CommandError::failed("not-verified", format!("there is no output: {error}")),
        RedactError::Format(_) | RedactError::WholePicture | RedactError::ManyFrames => {
            CommandError::refused("output-kind", error.to_string())
        }
        _ => CommandError::failed("not-redacted", format!("there is no output: {error}")),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::refused("file", format!("`{}` cannot be read: {error}", path.display()))
}

/// Writes every file beside its place first, then puts all of them there; gives their names.
fn write(copy: &ReleasedCopy, output: &Path) -> Result<Vec<String>, CommandError> {
    let alone = output.extension().is_some() && !output.is_dir();
    let parent = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let folder = if alone { parent } else { output };
    let failed =
        |e: std::io::Error| CommandError::failed("not-written", format!("`{}`: {e}", output.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut ready = Vec::new();
    for (index, file) in copy.files().iter().enumerate() {
        let place = if alone && index == 0 { named(output, file)? } else { folder.join(&file.name) };
        let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        temporary.write_all(&file.bytes).map_err(failed)?;
        ready.push((temporary, place));
    }
    let mut names = Vec::new();
    for (temporary, place) in ready {
        temporary.persist(&place).map_err(|e| failed(e.error))?;
        names.push(place.display().to_string());
    }
    Ok(names)
}

/// A picture keeps its family, so its name has to say so.
fn named(output: &Path, file: &SafeFile) -> Result<PathBuf, CommandError> {
    let wanted = output.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let is_jpeg = file.media_type == "image/jpeg";
    let differs = matches!(wanted.as_str(), "jpg" | "jpeg" | "png") && (wanted != "png") != is_jpeg;
    if differs {
        let right = if is_jpeg { "jpg" } else { "png" };
        return Err(CommandError::refused("output-kind", format!("this picture is copied as `.{right}`")));
    }
    Ok(output.to_owned())
}

fn say(files: &[String], copy: &ReleasedCopy) {
    let report = copy.report();
    for file in files {
        out::line(&format!("written: {file}"));
    }
    for (code, count) in &report.marks {
        out::line(&format!("withheld under {}: {count}", code.as_str()));
    }
    if !report.pages_withheld.is_empty() {
        out::line(&format!("pages withheld whole: {:?}", report.pages_withheld));
    }
    for dropped in &report.hidden_dropped {
        out::line(&format!(
            "not shown by the original, dropped: {:?}, {} ({})",
            dropped.what, dropped.place, dropped.count
        ));
    }
    if !report.attachments_withheld.is_empty() {
        out::line(&format!("attachments not released: {:?}", report.attachments_withheld));
    }
    for problem in &report.not_read {
        out::line(&format!("could not be read, so not in the copy: {problem}"));
    }
    let certificate = copy.certificate();
    out::line(&format!(
        "verified: {} withheld texts searched for in {} files",
        certificate.searched,
        certificate.files.len()
    ));
}
