//! In place of the network in a build without the feature `ner`: there is no value of it.

use super::ModelError;

/// A network that cannot be.
#[derive(Debug)]
pub(super) enum Network {}

/// What a network says of each piece.
#[derive(Debug)]
pub(super) struct Logits {
    pub(super) labels: usize,
}

impl Logits {
    pub(super) fn best(&self, _piece: usize) -> (usize, f32) {
        (0, 0.0)
    }
}

impl Network {
    pub(super) fn load(_onnx: &[u8]) -> Result<Self, ModelError> {
        Err(ModelError::NotBuilt)
    }

    pub(super) fn logits(&self, _pieces: &[i64]) -> Result<Logits, ModelError> {
        match *self {}
    }
}
