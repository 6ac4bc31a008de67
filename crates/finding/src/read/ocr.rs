//! Optical character recognition by a Tesseract child process.
//!
//! The child gets the picture on its standard input and nothing else: an empty environment but for
//! the place of its language data, the system's temporary folder as its working directory, one
//! thread, and a time limit after which it is stopped.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ReadError;
use super::builder::Builder;
use super::limits::{Context, Ocr};
use crate::model::{Area, Block, BlockKind, Source, Word};

/// Why a picture's text was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum OcrError {
    #[error("text in the picture was not read because OCR is switched off")]
    Off,
    #[error("text in the picture was not read because OCR (Tesseract) is not installed")]
    Absent,
    #[error("text in the picture was not read because OCR took longer than {0} seconds")]
    Slow(u64),
    #[error("text was not read because there are more than {0} pages for OCR")]
    Many(usize),
    #[error("text in the picture was not read because OCR failed on it")]
    Failed,
}

/// A word in pixels, with the line that it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    text: String,
    line: [u32; 4],
    area: [f32; 4],
}

/// Most that a page of words can be.
const OUTPUT: u64 = 8 << 20;

/// The words in a picture file.
pub(super) fn words(picture: &[u8], context: &Context<'_>) -> Result<Vec<Found>, OcrError> {
    let Ocr::Tesseract { program, language, seconds_per_page, .. } = &context.limits.ocr else {
        return Err(OcrError::Off);
    };
    let program = program.clone().or_else(search).ok_or(OcrError::Absent)?;
    let output = run(&program, language, picture, *seconds_per_page)?;
    Ok(parse(&output))
}

/// The words of page `number` (from 0) of a picture, unless it has more pages than OCR may read.
pub(super) fn words_of_page(
    picture: &[u8],
    number: usize,
    context: &Context<'_>,
) -> Result<Vec<Found>, OcrError> {
    match &context.limits.ocr {
        Ocr::Tesseract { pages, .. } if number >= *pages => Err(OcrError::Many(*pages)),
        _ => words(picture, context),
    }
}

fn search() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("tesseract")).find(|p| p.is_file())
}

fn start(program: &Path, language: &str) -> Result<Child, OcrError> {
    let mut command = Command::new(program);
    command.args(["stdin", "stdout", "-l", language, "tsv"]);
    command
        .env_clear()
        .env("OMP_THREAD_LIMIT", "1")
        .env("LC_ALL", "C.UTF-8")
        .current_dir(std::env::temp_dir());
    if let Some(data) = std::env::var_os("TESSDATA_PREFIX") {
        command.env("TESSDATA_PREFIX", data);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().map_err(|_| OcrError::Absent)
}

fn run(program: &Path, language: &str, picture: &[u8], seconds: u64) -> Result<String, OcrError> {
    let mut child = start(program, language)?;
    let (mut input, output) = (child.stdin.take(), child.stdout.take());
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that stops reading early has its reason in its exit status.
            if let Some(input) = &mut input {
                let _ = input.write_all(picture);
            }
        });
        let reader = scope.spawn(move || {
            let mut text = Vec::new();
            let _ = output.map(|o| o.take(OUTPUT).read_to_end(&mut text));
            text
        });
        let ended = wait(&mut child, seconds);
        let text = reader.join().map_err(|_| OcrError::Failed)?;
        ended?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    })
}

/// Waits for the child and stops it when its time is over.
fn wait(child: &mut Child, seconds: u64) -> Result<(), OcrError> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) | Err(_) => return Err(OcrError::Failed),
            Ok(None) if begun.elapsed() > Duration::from_secs(seconds) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(OcrError::Slow(seconds));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// Word rows of Tesseract's table: level 5, then page, block, paragraph, line, word, box, confidence, text.
fn parse(table: &str) -> Vec<Found> {
    let row = |line: &str| {
        let mut fields = line.split('\t');
        (fields.next()? == "5").then_some(())?;
        let mut number = || fields.next()?.parse::<f32>().ok();
        let mut line = [0; 4];
        for part in &mut line {
            *part = number().map(to_u32)?;
        }
        number()?;
        let [left, top, width, height] = [number()?, number()?, number()?, number()?];
        number()?;
        let text = fields.next()?.trim().to_owned();
        let area = [left, top, left + width, top + height];
        (!text.is_empty()).then_some(Found { text, line, area })
    };
    table.lines().filter_map(row).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Tesseract counts lines from 0")]
fn to_u32(number: f32) -> u32 {
    number as u32
}

/// Adds the words as one block a paragraph; `scale` is points for a pixel.
pub(super) fn push(
    found: &[Found],
    page: usize,
    scale: f32,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    for paragraph in found.chunk_by(|a, b| a.line.get(..3) == b.line.get(..3)) {
        let mut text = String::new();
        let mut words = Vec::new();
        let mut length = 0;
        let mut line = None;
        for word in paragraph {
            if let Some(last) = line {
                text.push(if last == word.line { ' ' } else { '\n' });
                length += 1;
            }
            line = Some(word.line);
            text.push_str(&word.text);
            let start = length;
            length += word.text.chars().count();
            let [x0, y0, x1, y1] = word.area.map(|v| v * scale);
            words.push(Word { start, end: length, area: Area { x0, y0, x1, y1 } });
        }
        let source = Source::Page { page, words };
        builder.push(Block { kind: BlockKind::Paragraph, text, source, visible: true })?;
    }
    Ok(())
}
