//! Care about what is written: which special categories are in it, and what is pointed out before it is kept.

use counterfoil_domain::register::issues::IssueCondition;
use counterfoil_domain::register::special::SpecialCategory;
use counterfoil_domain::sharing::Missing;
use counterfoil_service::casebook::NoteText;
use counterfoil_service::sharing::minimise::{Care, look_over};

use super::sheet::{Field, Text, choice, english};
use crate::forms::Fields;

/// What the worker said of what they wrote.
pub(super) fn said(fields: &Fields) -> Care {
    let special = fields.all("special").filter(|c| !c.is_empty()).map(str::to_owned).collect();
    Care { special, because: fields.get("kept").to_owned() }
}

/// The words of a case's form.
pub(super) fn case_words(typed: &Fields) -> String {
    format!("{}\n{}", typed.get("title"), typed.get("question"))
}

/// The fields by which the worker says it: the categories in a fold, and why something stays, once something in the
/// words is pointed out or a reason was given.
pub(super) fn fields(typed: &Fields, given: &NoteText, words: &str, issue: &str) -> Vec<Field> {
    let choices = SpecialCategory::ALL.iter().map(|c| choice(c.code(), english(c.label()))).collect();
    let ticked: Vec<&str> = given.special.iter().map(String::as_str).collect();
    let special = Field::boxes("special", typed, &ticked, choices).hint("book.hint.special").folded();
    let found = look_over(words, issue);
    let kept = Field::line("kept", typed, &given.kept);
    if found.is_empty() && given.kept.is_empty() && typed.get("kept").is_empty() {
        return vec![special];
    }
    vec![special, kept.saying(pointed_at(words, &found))]
}

/// Each thing where it stands, and what to do.
fn pointed_at(words: &str, found: &[(counterfoil_domain::sharing::nudge::Nudge, &'static str)]) -> Text {
    let lines = found.iter().map(|(nudge, advice)| {
        let there = words.get(nudge.start..nudge.end).unwrap_or_default();
        format!("\u{201c}{there}\u{201d}: {advice}")
    });
    english(lines.collect::<Vec<_>>().join(" "))
}

/// On which condition special-category data may be recorded in a case, or why not.
pub(super) fn condition(found: std::result::Result<IssueCondition, Missing>) -> Text {
    match found {
        Ok(condition) => {
            let paragraph =
                condition.schedule1.map(|p| format!(", Sch 1 para {p} DPA 2018")).unwrap_or_default();
            english(format!("{} ({}{paragraph})", condition.art9.label(), condition.art9.provision()))
        }
        Err(gap) => english(format!("none, so it is refused: {}", gap.reason)),
    }
}

/// The mark of a note that holds special categories.
pub(super) fn mark(text: &NoteText) -> Option<(Text, &'static str)> {
    let labels: Vec<&str> = SpecialCategory::ALL
        .iter()
        .filter(|c| text.special.iter().any(|s| s == c.code()))
        .map(|c| c.label())
        .collect();
    (!labels.is_empty()).then(|| (english(labels.join(", ")), "purple"))
}
