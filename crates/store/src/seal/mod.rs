//! Sealing, key hierarchy and blind indexes (`docs/security/cryptography.md`).

pub mod aead;
pub mod blind;
pub mod entropy;
pub mod keystore;
pub mod organisation;
pub mod stream;
