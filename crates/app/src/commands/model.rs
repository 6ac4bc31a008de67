//! The folder of a local model, read for `detect` and `redact`.

use std::path::Path;
use std::sync::Arc;

use counterfoil_finding::detect::Detector;
use counterfoil_finding::ner::{Files, Model};

use crate::out::CommandError;

/// The largest model file that is read, in bytes.
const LARGEST: u64 = 4 << 30;

/// The detector with the model in this folder, when one is given.
///
/// # Errors
/// Refused: a file that is missing or unreadable, a model that cannot be used, a build without a loader.
pub fn plugged(detector: Detector, folder: Option<&Path>) -> Result<Detector, CommandError> {
    let Some(folder) = folder else { return Ok(detector) };
    let onnx = bytes(&folder.join("model.onnx"))?;
    let vocabulary = text(&folder.join("vocab.txt"))?;
    let config = text(&folder.join("config.json"))?;
    let tokenizer = folder.join("tokenizer_config.json");
    let tokenizer = tokenizer.exists().then(|| text(&tokenizer)).transpose()?;
    let files =
        Files { onnx: &onnx, vocabulary: &vocabulary, config: &config, tokenizer: tokenizer.as_deref() };
    let model = Model::new(&files)
        .map_err(|e| CommandError::refused("model", format!("`{}`: {e}", folder.display())))?;
    Ok(detector.with_model(Arc::new(model)))
}

fn bytes(path: &Path) -> Result<Vec<u8>, CommandError> {
    let refused = |why: String| CommandError::refused("model", format!("`{}`: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|e| refused(e.to_string()))?.len();
    if size > LARGEST {
        return Err(refused(format!("larger than the limit of {LARGEST} bytes")));
    }
    std::fs::read(path).map_err(|e| refused(e.to_string()))
}

fn text(path: &Path) -> Result<String, CommandError> {
    String::from_utf8(bytes(path)?)
        .map_err(|_| CommandError::refused("model", format!("`{}`: not UTF-8 text", path.display())))
}
