//! Names of hosts: where they end and what their last label says.

use super::text::{Text, wordy};

/// Top-level domains that also serve without a scheme or path (IANA root zone, the common part).
const TELLING: &[&str] = &[
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "info",
    "biz",
    "uk",
    "ie",
    "de",
    "fr",
    "nl",
    "eu",
    "es",
    "pt",
    "pl",
    "cz",
    "dk",
    "fi",
    "se",
    "ch",
    "be",
    "ca",
    "au",
    "nz",
    "jp",
    "cn",
    "ru",
    "br",
    "za",
    "ng",
    "gh",
    "ke",
    "pk",
    "il",
    "lk",
    "tr",
    "gr",
    "ro",
    "hu",
    "ua",
    "io",
    "co",
    "ai",
    "tv",
    "dev",
    "online",
    "site",
    "shop",
    "london",
    "scot",
    "wales",
    "cymru",
    "cloud",
    "page",
    "blog",
    "xyz",
    "tech",
    "charity",
    "foundation",
    "care",
    "health",
    "school",
    "church",
    "ngo",
    "ong",
    "museum",
    "ac",
    "nhs",
    "police",
    "webcam",
    "vlaanderen",
    "app",
    "email",
];
/// Further two-letter ones that are also words: they need `www.`, a path or another label.
const WORDLIKE: &[&str] = &[
    "it", "is", "in", "to", "so", "no", "as", "at", "my", "me", "am", "us", "do", "by", "la", "pm", "al",
    "mr", "ms", "id", "hr", "md", "st", "sc", "ly", "gg", "cc", "fm", "ws", "vc",
];
/// Endings where a name run together with the next word is cut. Longest first.
const CUTS: &[&[u8]] = &[b"info", b"com", b"org", b"net", b"edu", b"gov", b"uk", b"ie", b"eu"];

/// Whether the name ends in a top-level domain of any kind.
pub(super) fn has_top_level(name: &[u8]) -> bool {
    let Some(dot) = name.iter().rposition(|b| *b == b'.') else { return false };
    let label = name.get(dot + 1..).unwrap_or(&[]);
    let www = name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"www."));
    let dots = name.iter().filter(|b| **b == b'.').count();
    let alphabetic = (2..=24).contains(&label.len()) && label.iter().all(u8::is_ascii_alphabetic);
    (alphabetic || label.starts_with(b"xn--")) && dot > 0 && !(www && dots < 2)
}

/// Whether this is a top-level domain that we know.
pub(super) fn is_known_top_level(label: &[u8]) -> bool {
    TELLING.iter().chain(WORDLIKE).any(|known| known.as_bytes().eq_ignore_ascii_case(label))
}

/// Whether a name that ends so is a name without anything else to show it.
pub(super) fn is_telling_top_level(label: &[u8], dots: usize) -> bool {
    let short = matches!(label.len(), 2) && dots < 2;
    let word = label.eq_ignore_ascii_case(b"page")
        || label.eq_ignore_ascii_case(b"care")
        || label.eq_ignore_ascii_case(b"be");
    let shown = TELLING.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(label));
    shown && !word && !(short && WORDLIKE.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(label)))
}

/// The end of a host name that begins at `start`.
pub(super) fn host_end(text: &Text, start: usize) -> usize {
    let end = text.run(start, 253, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let name = text.slice(start, end);
    start + name.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1)
}

/// The end of the domain of an e-mail address, or nothing when there is none. White space may stand
/// around its dots when a known top-level domain follows.
pub(super) fn mail_domain_end(text: &Text, after: usize) -> Option<usize> {
    let mut at = text.skip_space(after);
    let loose = at > after;
    let mut end = None;
    for labels in 0..12 {
        let label_end = text.run(at, 64, |b| wordy(b) || b == b'-');
        if label_end == at {
            break;
        }
        let label = text.slice(at, label_end);
        let Some((dot_end, spaced)) = dot(text, label_end) else {
            end = (labels > 0).then(|| finish(label, at, label_end)).flatten();
            break;
        };
        let next = text.run(dot_end, 64, |b| wordy(b) || b == b'-');
        let next_label = text.slice(dot_end, next);
        if next == dot_end || (spaced && !joins(next_label)) {
            end = (labels > 0).then(|| finish(label, at, label_end)).flatten();
            break;
        }
        at = dot_end;
    }
    let end = end?;
    let top = text.slice(text.run_back(end, 24, |b| b.is_ascii_alphanumeric()), end);
    (!loose || is_known_top_level(top)).then_some(end)
}

/// Whether a label after a dot and white space goes on with the name: small letters of a known
/// ending, not the first word of a sentence.
fn joins(label: &[u8]) -> bool {
    label.first().is_some_and(u8::is_ascii_lowercase)
        && (is_known_top_level(label) && !WORDLIKE.iter().any(|w| w.as_bytes() == label))
}

/// Past a dot, which may be spelt or stand among white space; and whether it does.
fn dot(text: &Text, at: usize) -> Option<(usize, bool)> {
    let from = text.skip_space(at);
    let spelt = text.slice(from, from + 5);
    if [&b"(dot)"[..], b"[dot]"].iter().any(|known| spelt.eq_ignore_ascii_case(known)) {
        return Some((text.skip_space(from + 5), false));
    }
    if text.at(from) != b'.' {
        return None;
    }
    let to = text.skip_space(from + 1);
    let broken = text.slice(at, to).contains(&b'\n') && text.at(to).is_ascii_lowercase();
    Some((to, to - at > 1 && !broken))
}

/// The end of the last label, cut where the next word is run together with it.
fn finish(label: &[u8], start: usize, end: usize) -> Option<usize> {
    let label = label.strip_suffix(b"-").unwrap_or(label);
    if is_known_top_level(label) {
        return Some(start + label.len());
    }
    if let Some(cut) = CUTS.iter().find(|cut| label.len() > cut.len() && starts_with(label, cut)) {
        return Some(start + cut.len());
    }
    let whole = label.len() >= 2 && label.iter().all(u8::is_ascii_alphabetic) && label.len() <= 24;
    (whole || label.starts_with(b"xn--")).then_some(end.min(start + label.len()))
}

fn starts_with(word: &[u8], head: &[u8]) -> bool {
    word.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}
