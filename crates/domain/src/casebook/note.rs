//! The template of a note: question, capability, advice and its source, next steps, deadlines.
//!
//! A note is kept as one text with headings, so that whoever reads it (a colleague, the person, a search)
//! reads all of it; the form takes it apart again.

/// The parts of a note in the order of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteParts {
    /// What the person asks.
    pub question: String,
    /// What they can do themselves: reading, writing, computers, confidence, emergencies.
    pub capability: String,
    /// What they were told.
    pub advice: String,
    /// Where the advice comes from: a statute, a guide, a colleague.
    pub source: String,
    /// Who does what next.
    pub next_steps: String,
    /// What must happen by when.
    pub deadlines: String,
    /// Anything else.
    pub other: String,
}

/// The headings, in the order of the form; what stands before the first is `other`.
pub const HEADINGS: [&str; 6] =
    ["Question", "Capability", "Advice", "Source of the advice", "Next steps", "Deadlines"];

impl NoteParts {
    fn parts(&self) -> [&String; 6] {
        [&self.question, &self.capability, &self.advice, &self.source, &self.next_steps, &self.deadlines]
    }

    fn part_mut(&mut self, index: usize) -> Option<&mut String> {
        match index {
            0 => Some(&mut self.question),
            1 => Some(&mut self.capability),
            2 => Some(&mut self.advice),
            3 => Some(&mut self.source),
            4 => Some(&mut self.next_steps),
            5 => Some(&mut self.deadlines),
            _ => None,
        }
    }

    /// Whether nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.other.trim().is_empty() && self.parts().iter().all(|p| p.trim().is_empty())
    }

    /// The note as one text. A typed line that is itself a heading is indented, so that it stays text.
    #[must_use]
    pub fn compose(&self) -> String {
        let mut pieces = Vec::new();
        if !self.other.trim().is_empty() {
            pieces.push(plain(&self.other));
        }
        for (heading, part) in HEADINGS.iter().zip(self.parts()) {
            if !part.trim().is_empty() {
                pieces.push(format!("{heading}:\n{}", plain(part)));
            }
        }
        pieces.join("\n\n")
    }

    /// Takes a text apart. A text without headings is all `other`.
    #[must_use]
    pub fn split(text: &str) -> Self {
        let mut parts = Self::default();
        let mut at = None;
        for line in text.lines() {
            let heading = HEADINGS.iter().position(|h| line.strip_suffix(':') == Some(h));
            if heading.is_some() {
                at = heading;
                continue;
            }
            let into = match at {
                None => &mut parts.other,
                Some(index) => match parts.part_mut(index) {
                    Some(part) => part,
                    None => continue,
                },
            };
            into.push_str(line);
            into.push('\n');
        }
        parts.trimmed()
    }

    fn trimmed(mut self) -> Self {
        for index in 0..HEADINGS.len() {
            if let Some(part) = self.part_mut(index) {
                *part = part.trim().to_owned();
            }
        }
        self.other = self.other.trim().to_owned();
        self
    }
}

fn plain(text: &str) -> String {
    let is_heading = |line: &str| line.strip_suffix(':').is_some_and(|l| HEADINGS.contains(&l));
    let lines = text.trim().lines().map(|l| if is_heading(l) { format!(" {l}") } else { l.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_taken_apart_as_it_was_put_together() {
        let parts = NoteParts {
            question: "Can they evict me?".into(),
            advice: "Not without an order.\n\nAdvice:\nis a line too".into(),
            deadlines: "Reply by 3 December".into(),
            other: "Rang from a friend's phone".into(),
            ..NoteParts::default()
        };
        let text = parts.compose();
        assert!(
            text.starts_with("Rang from a friend's phone\n\nQuestion:\nCan they evict me?\n\nAdvice:"),
            "{text}"
        );
        let again = NoteParts::split(&text);
        assert_eq!(again.question, parts.question);
        assert_eq!(again.advice.replace(" Advice:", "Advice:"), parts.advice);
        assert_eq!((again.deadlines, again.other), (parts.deadlines, parts.other));
        assert_eq!(NoteParts::split("A free note.\nTwo lines.").compose(), "A free note.\nTwo lines.");
        assert!(NoteParts::split(" \n").is_empty());
    }
}
