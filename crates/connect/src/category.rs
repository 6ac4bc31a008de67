//! Categories of data: dotted names that are compared segment by segment.

/// Whether `category` is `target` or below it: `user.contact` covers `user.contact.email`, and
/// `user.device.cookie` does not cover `user.device.cookie_id`.
#[must_use]
pub fn covers(target: &str, category: &str) -> bool {
    category.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether any of the categories is covered by any of the targets.
#[must_use]
pub fn any_covered(targets: &[String], categories: &[String]) -> bool {
    categories.iter().any(|c| targets.iter().any(|t| covers(t, c)))
}

/// Whether a text is a category's name: segments of letters, digits, `_`, `-`, `<` and `>`.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-<>".contains(c);
    text.split('.').all(|segment| !segment.is_empty() && segment.chars().all(fits))
}
