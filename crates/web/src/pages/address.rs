//! What an address may name: anything else is a page that is not there.

use std::str::FromStr;

use crate::problem::Problem;

/// A request's reference: letters, digits and dashes.
///
/// # Errors
/// [`Problem::NotFound`] for anything else.
pub(super) fn reference(text: &str) -> Result<String, Problem> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if plain { Ok(text.to_owned()) } else { Err(Problem::NotFound) }
}

/// An identifier or a word of a list.
///
/// # Errors
/// [`Problem::NotFound`] for anything else.
pub(super) fn id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_reference_or_nothing() {
        assert_eq!(reference("R-2026-00001").ok().as_deref(), Some("R-2026-00001"));
        for bad in ["", "R/1", "../x", "R 1", "R%201", "é"] {
            assert!(reference(bad).is_err(), "{bad}");
        }
        assert!(id::<u8>("300").is_err() && id::<u8>("30").is_ok());
    }
}
