//! Recognising a request in an enquiry: nobody has to name a law, or use the word "request".
//!
//! The phrases are few and read from left to right: each step is one of some words, at most so many words after
//! the step before. A phrase that could mean something else is only a hint; a person decides.

use super::Right;

/// How sure a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It can hardly mean anything else.
    Plain,
    /// It may mean something else.
    Perhaps,
}

/// A phrase of a text that looks like a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// The right that it asks for.
    pub right: Right,
    /// How sure it is.
    pub strength: Strength,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// A step: words, each of which serves, and how many other words may stand before it. A word that ends with `*`
/// stands for all that begin so.
type Step = (&'static [&'static str], usize);

struct Phrase {
    right: Right,
    strength: Strength,
    steps: &'static [Step],
}

const fn phrase(right: Right, strength: Strength, steps: &'static [Step]) -> Phrase {
    Phrase { right, strength, steps }
}

const GIVE: &[&str] = &[
    "send",
    "give",
    "show",
    "share",
    "provide",
    "supply",
    "post",
    "email",
    "let",
    "copy",
    "copies",
    "see",
    "want",
    "need",
    "request",
    "requesting",
    "obtain",
    "receive",
    "get",
    "access",
    "have",
    "like",
];
const DATA: &[&str] = &[
    "everything",
    "anything",
    "information",
    "info",
    "data",
    "record",
    "records",
    "file",
    "files",
    "notes",
    "details",
    "documents",
    "emails",
    "recordings",
    "footage",
    "paperwork",
];
const HOLD: &[&str] =
    &["about", "on", "hold", "holds", "held", "have", "has", "got", "keep", "keeps", "concerning"];
const MINE: &[&str] = &["me", "myself", "my", "i", "our", "us"];
const ENDS: &[&str] =
    &["delete", "erase", "remove", "destroy", "wipe", "deleted", "erased", "removed", "destroyed"];
const USE: &[&str] = &["using", "use", "sharing", "share", "processing", "process", "selling"];
const WRONG: &[&str] = &["wrong", "incorrect", "inaccurate", "mistaken", "untrue", "outdated"];
const MENDS: &[&str] = &["correct", "rectify", "amend", "update", "fix", "change"];
const ADVERTS: &[&str] = &["marketing", "newsletter*", "advert*", "leaflets", "mailing*", "promotion*"];

const GIVE_CY: &[&str] = &[
    "anfon",
    "anfonwch",
    "rhoi",
    "rhowch",
    "roi",
    "gweld",
    "weld",
    "dangos",
    "dangoswch",
    "copi",
    "gopi",
    "eisiau",
    "hoffwn",
    "angen",
    "darparu",
    "darparwch",
    "cael",
    "gael",
];
const DATA_CY: &[&str] = &[
    "popeth",
    "bopeth",
    "gwybodaeth",
    "wybodaeth",
    "data",
    "ddata",
    "cofnodion",
    "gofnodion",
    "ffeil",
    "ffeiliau",
    "nodiadau",
    "manylion",
    "fanylion",
    "dogfennau",
    "ddogfennau",
];
const ABOUT_CY: &[&str] = &["amdanaf", "arnaf", "amdana", "arna", "fi", "fy", "gennych", "gynnoch"];
const ENDS_CY: &[&str] =
    &["dileu", "dileuwch", "dilewch", "ddileu", "dilëwch", "dinistrio", "dinistriwch", "tynnu"];
const ADVERTS_CY: &[&str] = &["marchnata", "farchnata", "hysbyseb*", "cylchlythyr*", "taflenni"];

const PHRASES: &[Phrase] = &[
    phrase(Right::Access, Strength::Plain, &[(&["subject"], 0), (&["access"], 0)]),
    phrase(Right::Access, Strength::Plain, &[(&["sar", "dsar", "sars"], 0)]),
    phrase(Right::Access, Strength::Plain, &[(&["article", "art"], 0), (&["15"], 0)]),
    phrase(Right::Access, Strength::Plain, &[(GIVE, 0), (DATA, 6), (HOLD, 4), (MINE, 3)]),
    phrase(Right::Access, Strength::Plain, &[(GIVE, 0), (DATA, 6), (MINE, 3), (HOLD, 2)]),
    phrase(Right::Access, Strength::Plain, &[(&["what"], 0), (DATA, 3), (HOLD, 4), (MINE, 3)]),
    phrase(Right::Access, Strength::Plain, &[(&["what"], 0), (HOLD, 3), (&["about", "on"], 1), (MINE, 1)]),
    phrase(Right::Access, Strength::Perhaps, &[(GIVE, 0), (&["my"], 4), (DATA, 3)]),
    phrase(Right::Access, Strength::Plain, &[(GIVE_CY, 0), (DATA_CY, 6), (ABOUT_CY, 6)]),
    phrase(Right::Access, Strength::Plain, &[(&["cais"], 0), (&["gwrthrych"], 2)]),
    phrase(Right::Access, Strength::Plain, &[(&["pa"], 0), (DATA_CY, 1), (ABOUT_CY, 6)]),
    phrase(Right::Erasure, Strength::Plain, &[(&["right"], 0), (&["forgotten"], 3)]),
    phrase(Right::Erasure, Strength::Plain, &[(&["forget"], 0), (&["me"], 0)]),
    phrase(Right::Erasure, Strength::Plain, &[(ENDS, 0), (MINE, 3), (DATA, 3)]),
    phrase(Right::Erasure, Strength::Plain, &[(ENDS, 0), (DATA, 3), (HOLD, 4), (MINE, 3)]),
    phrase(Right::Erasure, Strength::Plain, &[(MINE, 0), (DATA, 2), (ENDS, 4)]),
    phrase(Right::Erasure, Strength::Plain, &[(ENDS_CY, 0), (ABOUT_CY, 2), (DATA_CY, 2)]),
    phrase(Right::Erasure, Strength::Plain, &[(ENDS_CY, 0), (DATA_CY, 3), (ABOUT_CY, 6)]),
    phrase(Right::Rectification, Strength::Plain, &[(MENDS, 0), (&["my"], 2), (DATA, 2)]),
    phrase(Right::Rectification, Strength::Perhaps, &[(DATA, 0), (HOLD, 2), (MINE, 2), (WRONG, 4)]),
    phrase(Right::Rectification, Strength::Perhaps, &[(&["my"], 0), (WRONG, 5)]),
    phrase(Right::Rectification, Strength::Plain, &[(&["cywiro", "cywirwch", "gywiro"], 0), (&["fy"], 2)]),
    phrase(Right::MarketingObjection, Strength::Plain, &[(&["unsubscribe"], 0)]),
    phrase(Right::MarketingObjection, Strength::Plain, &[(&["stop", "no"], 0), (ADVERTS, 5)]),
    phrase(Right::MarketingObjection, Strength::Plain, &[(&["off"], 0), (&["mailing"], 3), (&["list*"], 0)]),
    phrase(
        Right::MarketingObjection,
        Strength::Plain,
        &[(&["stopio", "stopiwch", "gorau"], 0), (ADVERTS_CY, 6)],
    ),
    phrase(
        Right::Restriction,
        Strength::Plain,
        &[(&["restrict", "limit", "pause", "freeze"], 0), (USE, 4), (MINE, 4)],
    ),
    phrase(Right::Restriction, Strength::Plain, &[(&["cyfyngu", "cyfyngwch"], 0), (DATA_CY, 5)]),
    phrase(Right::Objection, Strength::Plain, &[(&["stop", "object"], 0), (USE, 3), (&["my"], 2), (DATA, 2)]),
    phrase(Right::Objection, Strength::Plain, &[(&["gwrthwynebu", "gwrthwynebaf"], 0), (DATA_CY, 8)]),
    phrase(
        Right::Portability,
        Strength::Plain,
        &[(&["transfer", "move", "port"], 0), (&["my"], 2), (DATA, 2), (&["to"], 2)],
    ),
    phrase(Right::Portability, Strength::Plain, &[(&["machine"], 0), (&["readable"], 0)]),
    phrase(
        Right::WithdrawConsent,
        Strength::Plain,
        &[(&["withdraw", "withdrawing", "revoke"], 0), (&["consent", "permission"], 3)],
    ),
    phrase(
        Right::WithdrawConsent,
        Strength::Plain,
        &[(&["tynnu"], 0), (&["cydsyniad", "nghydsyniad", "caniatâd", "nghaniatâd"], 3)],
    ),
    phrase(
        Right::AutomatedDecisions,
        Strength::Plain,
        &[
            (&["decision", "decided", "refused", "rejected"], 0),
            (&["computer", "algorithm", "automated", "automatic*"], 5),
        ],
    ),
    phrase(
        Right::AutomatedDecisions,
        Strength::Plain,
        &[(&["computer", "algorithm"], 0), (&["decision", "decided", "refused", "rejected"], 3)],
    ),
    phrase(
        Right::Complaint,
        Strength::Perhaps,
        &[(&["complain*"], 0), (&["data", "information", "privacy", "details", "records"], 8)],
    ),
    phrase(Right::Complaint, Strength::Perhaps, &[(&["cwyn", "gwyn", "cwyno", "gwyno"], 0), (DATA_CY, 8)]),
];

/// A word of the text, in lower case and without what stands inside it.
struct Word {
    text: String,
    start: usize,
    end: usize,
}

/// The words of a text. An apostrophe inside a word ends it in no language.
fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric();
        if inside || (open && matches!(c, '\'' | '\u{2019}')) {
            if !open {
                words.push(Word { text: String::new(), start: at, end: at });
            }
            open = true;
            if let Some(word) = words.last_mut().filter(|_| inside) {
                word.text.extend(c.to_lowercase());
                word.end = at + c.len_utf8();
            }
        } else {
            open = false;
        }
    }
    words
}

fn serves(step: &[&str], word: &str) -> bool {
    step.iter().any(|own| match own.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => *own == word,
    })
}

/// Where the phrase that begins at this word ends.
fn matched(words: &[Word], first: usize, steps: &[Step]) -> Option<usize> {
    let ((begins, _), rest) = steps.split_first()?;
    let mut at = first;
    if !serves(begins, &words.get(at)?.text) {
        return None;
    }
    for (step, gap) in rest {
        let next = words.iter().enumerate().skip(at + 1).take(gap + 1);
        at = next.filter(|(_, word)| serves(step, &word.text)).map(|(n, _)| n).next()?;
    }
    Some(at)
}

/// The phrases of a text that look like a rights request, in the order of the text, the surer first where two
/// begin together; at most one of each right.
#[must_use]
pub fn recognise(text: &str) -> Vec<Sign> {
    let words = words(text);
    let mut signs: Vec<Sign> = Vec::new();
    for phrase in PHRASES {
        let found = (0..words.len()).find_map(|first| {
            let last = matched(&words, first, phrase.steps)?;
            Some((words.get(first)?.start, words.get(last)?.end))
        });
        if let Some((start, end)) = found {
            signs.push(Sign { right: phrase.right, strength: phrase.strength, start, end });
        }
    }
    signs.sort_by_key(|sign| (sign.strength, sign.start));
    let mut seen: Vec<Right> = Vec::new();
    signs.retain(|sign| {
        let first = !seen.contains(&sign.right);
        seen.push(sign.right);
        first
    });
    signs.sort_by_key(|sign| (sign.start, sign.strength));
    signs
}
