//! The network itself, run by tract on this machine's processor.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tract_onnx::prelude::*;

use super::{ModelError, WINDOW};

/// What an input of the network is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    Pieces,
    Mask,
    Types,
}

/// A network with inputs of one window.
#[derive(Debug)]
pub(super) struct Network {
    plan: Arc<TypedRunnableModel>,
    inputs: Vec<Input>,
}

/// What the network says of each piece of a window: for each as many figures as there are labels.
#[derive(Debug)]
pub(super) struct Logits {
    pub(super) labels: usize,
    figures: Vec<f32>,
}

impl Logits {
    /// The likeliest label of a piece, and its probability.
    pub(super) fn best(&self, piece: usize) -> (usize, f32) {
        let from = piece * self.labels;
        let row = self.figures.get(from..from + self.labels).unwrap_or_default();
        let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f32 = row.iter().map(|v| (v - most).exp()).sum();
        let label = row.iter().position(|v| *v >= most).unwrap_or(0);
        (label, if total > 0.0 { 1.0 / total } else { 0.0 })
    }
}

impl Network {
    pub(super) fn load(onnx: &[u8]) -> Result<Self, ModelError> {
        guarded(|| {
            let mut model = tract_onnx::onnx().model_for_read(&mut Cursor::new(onnx))?;
            let outlets = model.input_outlets()?.to_vec();
            let mut inputs = Vec::new();
            for (number, outlet) in outlets.iter().enumerate() {
                inputs.push(purpose(&model.node(outlet.node).name));
                model.set_input_fact(number, i64::fact([1, WINDOW]).into())?;
            }
            Ok(Self { plan: model.into_optimized()?.into_runnable()?, inputs })
        })
    }

    /// `pieces` are the numbers of a window's pieces; 0 and below stand for nothing.
    pub(super) fn logits(&self, pieces: &[i64]) -> Result<Logits, ModelError> {
        guarded(|| {
            let shape = [1, pieces.len()];
            let mut values: TVec<TValue> = tvec!();
            for input in &self.inputs {
                let row: Vec<i64> = match input {
                    Input::Pieces => pieces.iter().map(|p| (*p).max(0)).collect(),
                    Input::Mask => pieces.iter().map(|p| i64::from(*p >= 0)).collect(),
                    Input::Types => vec![0; pieces.len()],
                };
                values.push(Tensor::from_shape(&shape, &row)?.into_tvalue());
            }
            let outputs = self.plan.run(values)?;
            let first = outputs.first().ok_or_else(|| TractError::msg("it has no output"))?;
            let labels = match first.shape() {
                [1, length, labels] if *length == pieces.len() => *labels,
                _ => return Err(TractError::msg("its output is not one row of figures a piece")),
            };
            let figures = first.cast_to::<f32>()?.to_plain_array_view::<f32>()?.iter().copied().collect();
            Ok(Logits { labels, figures })
        })
    }
}

fn purpose(name: &str) -> Input {
    if name.contains("mask") {
        Input::Mask
    } else if name.contains("type") {
        Input::Types
    } else {
        Input::Pieces
    }
}

/// A model that the library cannot take may make it panic; that must not end the process.
fn guarded<T>(call: impl FnOnce() -> TractResult<T>) -> Result<T, ModelError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(ModelError::Network(error.to_string())),
        Err(_) => Err(ModelError::Network("the library that runs it failed on it".to_owned())),
    }
}
