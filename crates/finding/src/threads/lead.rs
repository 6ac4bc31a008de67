//! The lines with which mail programs introduce a quoted message, in several languages.

use std::sync::LazyLock;

use regex::Regex;

/// Words for `wrote`, at the end of the line before a quote: English, German, French, Spanish,
/// Italian, Portuguese, Dutch, Polish, Russian, Swedish, Danish, Norwegian, Welsh, Romanian, Finnish.
const WROTE: &str = r"wrote|writes|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|geschreven|napisał\(a\)|napisała?|написала?|skrev|ysgrifennodd|a scris|kirjoitti";

/// Names of header lines inside a body.
const HEADER: &str = r"(?i)^[\s*>]*(?P<name>from|to|cc|bcc|sent|date|subject|reply-to|importance|attachments|von|an|gesendet|betreff|datum|kopie|de|à|a|para|envoyé|objet|date d'envoi|enviado(?: el| em)?|asunto|assunto|fecha|data|da|inviato|oggetto|van|aan|verzonden|onderwerp|oddany|od|do|wysłano|temat|от|кому|отправлено|тема|дата|oddi wrth|at|anfonwyd|pwnc)\s?\*?\s*:\*?\s*(?P<value>.*)$";

static WROTE_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)(?:\b|\s)(?:{WROTE})\b?[^\n]{{0,20}}:?\s*$")).ok());

static HEADER_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(HEADER).ok());

static SEPARATOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[\s>*]*(?:[-_=]{2,}\s*)(?:original message|original appointment|forwarded message|begin forwarded message|",
        r"reply message|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|message d'origine|message original|",
        r"message transféré|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|mensagem original|",
        r"mensagem encaminhada|oorspronkelijk bericht|doorgestuurd bericht|wiadomość oryginalna|wiadomość przekazana|",
        r"исходное сообщение|пересылаемое сообщение|ursprungligt meddelande|neges wreiddiol)\b[^\n]{0,40}$"
    ))
    .ok()
});

/// How a quoted part was introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// `-----Original Message-----` and its kin.
    Separator,
    /// `On … wrote:` and its kin.
    Wrote,
    /// A block of header lines.
    Headers,
    /// A line of underscores, as Outlook on the web draws above header lines.
    Rule,
}

fn is(pattern: &Option<Regex>, line: &str) -> bool {
    pattern.as_ref().is_some_and(|p| p.is_match(line))
}

/// The name and value of a header line in a body.
pub(super) fn header(line: &str) -> Option<(String, String)> {
    if line.len() > 2000 || !line.contains(':') {
        return None;
    }
    let found = HEADER_LINE.as_ref()?.captures(line)?;
    Some((found.name("name")?.as_str().to_lowercase(), found.name("value")?.as_str().trim().to_owned()))
}

/// How many of `lines` from the first are header lines, continuation lines counted in.
fn headers_at(lines: &[&str]) -> (usize, usize) {
    let (mut used, mut known) = (0, 0);
    for line in lines.iter().take(24) {
        if header(line).is_some() {
            known += 1;
        } else if known == 0 || line.trim().is_empty() || !line.starts_with([' ', '\t']) {
            break;
        }
        used += 1;
    }
    (used, known)
}

/// What opens at the first of `lines`, and how many lines the introduction takes.
pub(super) fn opening(lines: &[&str]) -> Option<(Opening, usize)> {
    let first = lines.first()?.trim();
    if first.is_empty() || first.len() > 2000 {
        return None;
    }
    // Nearly every line is prose; the patterns are asked only about lines that could match.
    let ruled = first.trim_start_matches(['>', '*', ' ', '\t']).starts_with(['-', '_', '=']);
    if ruled && is(&SEPARATOR, first) {
        let blank = lines.iter().skip(1).take_while(|l| l.trim().is_empty()).count();
        let (used, _) = headers_at(lines.get(1 + blank..).unwrap_or_default());
        return Some((Opening::Separator, 1 + if used > 0 { blank + used } else { 0 }));
    }
    let rule = first.len() >= 10 && first.chars().all(|c| c == '_');
    let at = usize::from(rule);
    let (used, known) = headers_at(lines.get(at..).unwrap_or_default());
    if known >= 3 {
        return Some((if rule { Opening::Rule } else { Opening::Headers }, at + used));
    }
    wrote(lines).map(|used| (Opening::Wrote, used))
}

/// `On … wrote:`, which mail programs fold over up to three lines.
fn wrote(lines: &[&str]) -> Option<usize> {
    let mut joined = String::new();
    for (index, line) in lines.iter().take(3).enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('>') && index > 0 {
            return None;
        }
        joined.push_str(line.trim().trim_start_matches(['>', ' ']));
        joined.push(' ');
        if is(&WROTE_LINE, joined.trim_end()) && looks_dated(&joined) {
            return Some(index + 1);
        }
    }
    None
}

/// A sentence may end with "wrote"; an introduction also has a date or an address, and is short.
fn looks_dated(line: &str) -> bool {
    let digits = line.chars().filter(char::is_ascii_digit).count();
    line.chars().count() < 300
        && (digits >= 3 || line.contains('@') || line.trim_end().ends_with(':') && digits > 0)
}
