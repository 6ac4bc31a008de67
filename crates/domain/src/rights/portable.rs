//! What is portable (Art 20(1) UK GDPR): what the person provided, and not what others said or we worked out.

/// Whether the source that a record names is the person. A record that names no source is not taken as theirs.
#[must_use]
pub fn given_by_person(source: &str) -> bool {
    let source = source.trim().to_lowercase();
    ["the client", "client", "the person", "you", "self", "the resident", "the customer"]
        .iter()
        .any(|own| source == *own)
}
