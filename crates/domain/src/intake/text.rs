//! Texts: what they cost, what a person means by one, and how little a template says.

use crate::vocabulary::vocabulary;

/// The most segments of a text message: what is longer belongs in a letter or a call.
const MOST_SEGMENTS: usize = 4;

/// The wording of the WhatsApp warning that is given now. Recorded with each warning.
pub const WARNING_VERSION: &str = "2026-11";

/// How long a text is in the alphabet that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Message segments; each is paid for.
    pub segments: usize,
    /// Whether the basic alphabet (GSM 03.38) suffices. One letter outside it, such as ŵ, halves what
    /// a segment holds.
    pub basic: bool,
    /// The letters outside the basic alphabet, each once.
    pub beyond: Vec<char>,
    /// Whether it is short enough to send.
    pub fits: bool,
}

/// The basic alphabet of text messages (3GPP TS 23.038), without the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension: each takes two places.
const EXTENDED: &str = "^{}\\[~]|€";

/// What sending a text costs.
#[must_use]
pub fn cost(text: &str) -> Cost {
    let mut beyond: Vec<char> =
        text.chars().filter(|c| !BASIC.contains(*c) && !EXTENDED.contains(*c)).collect();
    beyond.sort_unstable();
    beyond.dedup();
    let basic = beyond.is_empty();
    let (units, one, each) = if basic {
        (text.chars().map(|c| if EXTENDED.contains(c) { 2 } else { 1 }).sum::<usize>(), 160, 153)
    } else {
        (text.encode_utf16().count(), 70, 67)
    };
    let segments = if units <= one { 1 } else { units.div_ceil(each) };
    Cost { segments, basic, beyond, fits: segments <= MOST_SEGMENTS }
}

/// What a person means by a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
    /// Anything else: a person reads it.
    Words,
}

/// The words that stop messages, English and Welsh.
const STOPS: [&str; 16] = [
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "opt out",
    "optout",
    "stopio",
    "stopiwch",
    "peidio",
    "peidiwch",
    "canslo",
    "diwedd",
    "dim mwy",
];

/// The words that allow them again.
const STARTS: [&str; 6] = ["start", "unstop", "opt in", "dechrau", "ailddechrau", "dechreuwch"];

/// What may stand around such a word.
const POLITE: [&str; 9] =
    ["please", "pls", "thank you", "thanks", "texting me", "messages", "os gwelwch yn dda", "plis", "diolch"];

/// Reads a text for an opt-out or its contrary: the word alone, politely or not, in any case and with any
/// punctuation. A sentence that happens to hold the word (`I cannot stop the bailiffs`) is for a person.
#[must_use]
pub fn intent(text: &str) -> Intent {
    let mut words: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for _ in 0..2 {
        for phrase in POLITE {
            let shorter = words
                .strip_suffix(phrase)
                .or_else(|| words.strip_prefix(phrase))
                .map(|rest| rest.trim().to_owned())
                .filter(|rest| !rest.is_empty());
            words = shorter.unwrap_or(words);
        }
    }
    if STOPS.contains(&words.as_str()) {
        Intent::Stop
    } else if STARTS.contains(&words.as_str()) {
        Intent::Start
    } else {
        Intent::Words
    }
}

vocabulary! {
    /// What a message is for. Marketing is not among them: this door does not send it.
    MessagePurpose: "purpose of a message" {
        /// An appointment that is near.
        Reminder = "reminder", "reminder of an appointment";
        /// We shall call soon, from this number.
        BeforeCall = "contact-before-call", "we shall call";
        /// Something happened that the person waits for.
        Update = "update", "important update";
        /// An answer to what the person wrote.
        Reply = "reply", "answer";
        /// The channel cannot be made safe.
        Warning = "warning", "warning about the channel";
        /// We have stopped.
        Stopped = "opt-out-confirmation", "messages are stopped";
    }
}

impl MessagePurpose {
    /// What a template of this purpose may fill in. Never what the person came about: whoever else sees
    /// the screen learns that somebody has an appointment, no more.
    #[must_use]
    pub const fn may_say(self) -> &'static [&'static str] {
        match self {
            Self::Reminder => &["office", "day", "time", "phone"],
            Self::BeforeCall => &["office", "day", "time", "phone"],
            Self::Update => &["office", "phone"],
            Self::Reply => &["office", "phone", "words"],
            Self::Warning => &["office", "phone", "address"],
            Self::Stopped => &["office", "phone"],
        }
    }

    /// Whether it is sent although the person asked for no messages: only to say that they stopped.
    #[must_use]
    pub const fn overrides_opt_out(self) -> bool {
        matches!(self, Self::Stopped)
    }
}

/// Why a template is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// It fills in something that its purpose may not say.
    #[error("a {purpose} may not say `{name}`: leave it out")]
    SaysTooMuch {
        /// The purpose.
        purpose: MessagePurpose,
        /// What it fills in.
        name: String,
    },
    /// A brace that is never closed.
    #[error("the template has a `{{` without its `}}`: mend it")]
    Unclosed,
    /// Something that it fills in was not given.
    #[error("`{name}` is needed for this message: give it")]
    Missing {
        /// What.
        name: String,
    },
}

/// Checks a template: it fills in only what its purpose may say.
///
/// # Errors
/// [`TemplateProblem`].
pub fn check_template(purpose: MessagePurpose, template: &str) -> Result<(), TemplateProblem> {
    pieces(template, &mut |piece| match piece {
        Piece::Text(_) => Ok(()),
        Piece::Name(name) if purpose.may_say().contains(&name) => Ok(()),
        Piece::Name(name) => Err(TemplateProblem::SaysTooMuch { purpose, name: name.to_owned() }),
    })
}

/// Fills a template in.
///
/// # Errors
/// [`TemplateProblem`]: also when something is missing or empty.
pub fn fill(
    purpose: MessagePurpose,
    template: &str,
    values: &[(&str, &str)],
) -> Result<String, TemplateProblem> {
    check_template(purpose, template)?;
    let mut filled = String::new();
    pieces(template, &mut |piece| {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => {
                let value = values.iter().find(|(n, v)| *n == name && !v.trim().is_empty());
                let missing = || TemplateProblem::Missing { name: name.to_owned() };
                filled.push_str(value.ok_or_else(missing)?.1.trim());
            }
        }
        Ok(())
    })?;
    Ok(filled)
}

enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

fn pieces<'t>(
    template: &'t str,
    take: &mut impl FnMut(Piece<'t>) -> Result<(), TemplateProblem>,
) -> Result<(), TemplateProblem> {
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        take(Piece::Text(text))?;
        let (name, after) = after.split_once('}').ok_or(TemplateProblem::Unclosed)?;
        take(Piece::Name(name))?;
        rest = after;
    }
    take(Piece::Text(rest))
}
