//! The few words of our own that a safe copy contains, in one place so that they can be given in
//! another language and so that the verifier knows which words are not the source's.

use std::collections::BTreeMap;

use crate::redact::ReasonCode;

/// Our own words in a safe copy. The default is English; give the words in the document's language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Words {
    /// Stands in a label before the code, such as `withheld`.
    pub withheld: String,
    /// `Page`, before a number.
    pub page: String,
    /// `of`, between a page number and the number of pages.
    pub of: String,
    /// The heading of the legend.
    pub legend: String,
    /// The legend's two columns and the count: code, meaning, times used.
    pub legend_columns: [String; 3],
    /// What the legend says of a code that was given no meaning.
    pub no_meaning: String,
    /// Under the legend: what a safe copy does not reproduce.
    pub not_reproduced: String,
    /// Says that a whole page is withheld.
    pub page_withheld: String,
    /// Says that a page could not be read, so that it could not be checked.
    pub page_unread: String,
    /// Says that a whole part is withheld.
    pub part_withheld: String,
    /// Names a file that was attached, before its number.
    pub attachment: String,
    /// Says that an attachment is a file of its own in the released set.
    pub attachment_released: String,
    /// Says that an attachment is withheld.
    pub attachment_withheld: String,
    /// Names a sheet, before its number.
    pub sheet: String,
    /// Names a field whose own name is not one of the well-known ones.
    pub field: String,
    /// Names a picture that is not reproduced.
    pub picture: String,
}

impl Default for Words {
    fn default() -> Self {
        let s = str::to_owned;
        Self {
            withheld: s("withheld"),
            page: s("Page"),
            of: s("of"),
            legend: s("What the codes mean"),
            legend_columns: [s("Code"), s("Meaning"), s("Times used")],
            no_meaning: s("See the letter that came with this copy"),
            not_reproduced: s(
                "This is a copy made for release. It gives the information in the record. It does not \
                 reproduce the fonts and layout of the original.",
            ),
            page_withheld: s("This whole page is withheld."),
            page_unread: s("This page could not be read by the system that checks copies before release."),
            part_withheld: s("This whole part is withheld."),
            attachment: s("Attachment"),
            attachment_released: s("released as a separate file"),
            attachment_withheld: s("not included in this copy"),
            sheet: s("Sheet"),
            field: s("Other header"),
            picture: s("[picture not reproduced]"),
        }
    }
}

impl Words {
    /// The text of a label, such as `[withheld: S2-16]`. It depends on the code alone.
    #[must_use]
    pub fn label(&self, code: &ReasonCode) -> String {
        format!("[{}: {}]", self.withheld, code.as_str())
    }

    /// `Page 2 of 5`.
    #[must_use]
    pub fn page_of(&self, number: usize, pages: usize) -> String {
        format!("{} {number} {} {pages}", self.page, self.of)
    }

    /// Every phrase of ours that a copy with these codes and meanings may contain, with `#` for a number.
    ///
    /// The verifier takes these out of what it reads before it searches, so that a person called
    /// Page is found in the text and not in our page numbers.
    #[must_use]
    pub fn phrases(&self, codes: &BTreeMap<ReasonCode, String>) -> Vec<String> {
        let Self { page, of, attachment, sheet, .. } = self;
        let mut all = vec![
            self.legend.clone(),
            self.legend_columns.join(" "),
            self.not_reproduced.clone(),
            self.page_withheld.clone(),
            self.page_unread.clone(),
            self.part_withheld.clone(),
            self.picture.clone(),
            self.field.clone(),
            format!("{page} # {of} #"),
            format!("{page} #"),
            format!("{sheet} #"),
            format!("{attachment} #"),
            format!("{attachment} # {}", self.attachment_released),
            format!("{attachment} # {}", self.attachment_withheld),
        ];
        for (code, meaning) in codes {
            let meaning = if meaning.is_empty() { &self.no_meaning } else { meaning };
            all.push(self.label(code));
            // Alone on a narrow box. A code without a digit could be someone's word.
            all.extend(Some(code.as_str().to_owned()).filter(|c| c.contains(|d: char| d.is_ascii_digit())));
            all.push(format!("{} {meaning} #", code.as_str()));
        }
        all
    }
}
