//! The steps of asking, what each needs, and the answers that travel from page to page.

use std::collections::BTreeMap;

use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::older::Heading;
use counterfoil_domain::rights::representative::Representative;
use counterfoil_service::rights::{PublicRequest, RequestText};
use serde::Serialize;

use crate::forms::{Failure, Fields};

/// The most characters of a short answer, such as a name.
const SHORT: usize = 200;
/// The most characters of an answer in the person's own words.
const LONG: usize = 10_000;

/// What can be asked for, in the order of the page: the rights by their codes, then the headings of the older
/// Act, each of which is a right of today under another name.
pub(super) const CHOICES: [&str; 12] = [
    Right::Access.code(),
    Right::Rectification.code(),
    Right::Erasure.code(),
    Right::Restriction.code(),
    Right::Objection.code(),
    Right::Portability.code(),
    Right::MarketingObjection.code(),
    Right::AutomatedDecisions.code(),
    Right::WithdrawConsent.code(),
    DAMAGE,
    COMPENSATION,
    Right::Complaint.code(),
];

/// A notice to stop what causes damage or distress: an objection (Art 21(1) UK GDPR).
const DAMAGE: &str = Heading::DamageOrDistress.code();
/// A claim for compensation (Art 82 UK GDPR, s.168 DPA 2018): looked into as a complaint.
const COMPENSATION: &str = Heading::Compensation.code();

/// Who may ask for someone else, in the order of the page; an executor is told what else there is.
pub(super) const CAPACITIES: [Representative; 7] = [
    Representative::Parent,
    Representative::Solicitor,
    Representative::Attorney,
    Representative::Deputy,
    Representative::Elected,
    Representative::Authorised,
    Representative::Executor,
];

pub(super) const FORMATS: [&str; 4] = ["electronic", "paper", "large-print", "easy-read"];
pub(super) const LANGUAGES: [&str; 3] = ["en", "cy", "other"];

/// A page of the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Step {
    Right,
    /// Which office of a network.
    Office,
    Whom,
    Capacity,
    /// Data protection law is for the living: what else there is.
    Died,
    Subject,
    Words,
    Name,
    Known,
    Reply,
    Address,
    Format,
    Language,
    Needs,
    Check,
}

impl Step {
    pub(super) const ALL: [Self; 15] = [
        Self::Right,
        Self::Office,
        Self::Whom,
        Self::Capacity,
        Self::Died,
        Self::Subject,
        Self::Words,
        Self::Name,
        Self::Known,
        Self::Reply,
        Self::Address,
        Self::Format,
        Self::Language,
        Self::Needs,
        Self::Check,
    ];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Office => "office",
            Self::Whom => "whom",
            Self::Capacity => "capacity",
            Self::Died => "died",
            Self::Subject => "subject",
            Self::Words => "words",
            Self::Name => "name",
            Self::Known => "known",
            Self::Reply => "reply",
            Self::Address => "address",
            Self::Format => "format",
            Self::Language => "language",
            Self::Needs => "needs",
            Self::Check => "check",
        }
    }

    pub(super) fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The fields that this page shows; every other travels hidden.
    pub(super) const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Right => &["right"],
            Self::Office => &["office"],
            Self::Whom => &["whom"],
            Self::Capacity => &["capacity"],
            Self::Subject => &["subject"],
            Self::Words => &["wording", "scope", "harm", "stop"],
            Self::Name => &["name"],
            Self::Known => &["known"],
            Self::Reply => &["reply"],
            Self::Address => &["email", "post"],
            Self::Format => &["format"],
            Self::Language => &["language", "other_language"],
            Self::Needs => &["adjustments"],
            Self::Died | Self::Check => &[],
        }
    }

    /// The pages of these answers, in order.
    pub(super) fn path(answers: &Answers) -> impl DoubleEndedIterator<Item = Self> {
        Self::ALL.into_iter().filter(|step| match step {
            Self::Office => !answers.get("many").is_empty(),
            Self::Capacity => answers.for_someone_else(),
            Self::Died => answers.of_someone_who_died(),
            Self::Subject => answers.for_someone_else() && !answers.of_someone_who_died(),
            // A complaint is heard whoever makes it; nobody need be found first.
            Self::Known => answers.right() != Some(Right::Complaint),
            _ => true,
        })
    }

    pub(super) fn before(self, answers: &Answers) -> Self {
        Self::path(answers).take_while(|step| *step != self).last().unwrap_or(Self::Right)
    }

    /// The page after this one. Whoever has seen the check of the answers goes back to it at once, but
    /// never past a page on which something is missing.
    pub(super) fn after(self, answers: &Answers) -> Self {
        let missing = answers.first_to_mend();
        if answers.reviewed() {
            return missing.unwrap_or(Self::Check);
        }
        let next = Self::path(answers).skip_while(|step| *step != self).nth(1).unwrap_or(Self::Check);
        if next == Self::Check { missing.unwrap_or(Self::Check) } else { next }
    }
}

/// Everything said so far, by field; every field is there, empty until it is answered.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Answers(BTreeMap<&'static str, String>);

/// What travels beside the answers: the token that makes the form one request however often it is sent,
/// whether the check of the answers has been seen, whether there are several offices to choose from, and the
/// secret of the link under which the form was saved.
const TRAVELS: [&str; 4] = ["once", "reviewed", "many", "saved"];

impl Answers {
    pub(super) fn read(fields: &Fields) -> Self {
        let own = Step::ALL.into_iter().flat_map(Step::fields).chain(&TRAVELS);
        // A browser sends a line's end as two characters; as kept, it is one.
        Self(own.map(|name| (*name, fields.get(name).replace("\r\n", "\n"))).collect())
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.0.insert(name, value);
        self
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The fields that a page does not show.
    pub(super) fn hidden_on(&self, step: Option<Step>) -> Vec<(&'static str, String)> {
        let shown = step.map_or(&[][..], Step::fields);
        let carried = self.0.iter().filter(|(name, value)| !shown.contains(name) && !value.is_empty());
        carried.map(|(name, value)| (*name, value.clone())).collect()
    }

    pub(super) fn reviewed(&self) -> bool {
        !self.get("reviewed").is_empty()
    }

    pub(super) fn for_someone_else(&self) -> bool {
        self.get("whom") == "other"
    }

    fn of_someone_who_died(&self) -> bool {
        self.for_someone_else() && self.get("capacity") == Representative::Executor.code()
    }

    pub(super) fn right(&self) -> Option<Right> {
        let code = self.get("right");
        let older = self.older().map(Heading::right);
        older.or_else(|| code.parse().ok().filter(|_| CHOICES.contains(&code)))
    }

    /// The heading of the older Act that was chosen; mostly none. Every one of them is honoured, though the page
    /// offers only those that today's rights do not name anyway (promise C32).
    fn older(&self) -> Option<Heading> {
        self.get("right").parse().ok()
    }

    /// Its code, or nothing.
    pub(super) fn heading(&self) -> &'static str {
        self.older().map_or("", Heading::code)
    }

    /// Whether the heading asks for the damage or distress to be told.
    pub(super) fn tells_harm(&self) -> bool {
        matches!(self.heading(), DAMAGE | COMPENSATION)
    }

    /// What the first page offers: with a heading of the older Act that its own page led to.
    pub(super) fn choices(&self) -> Vec<&'static str> {
        let further = Some(self.heading()).filter(|h| !h.is_empty() && !CHOICES.contains(h));
        CHOICES.into_iter().chain(further).collect()
    }

    /// Everything, to be saved; the token of the form stays, so that what is sent later is one request.
    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).unwrap_or_default()
    }

    /// What was saved. A field that no page knows is left out.
    pub(super) fn from_json(saved: &[u8]) -> Option<Self> {
        let saved: BTreeMap<String, String> = serde_json::from_slice(saved).ok()?;
        let none = Self::read(&Fields::default());
        Some(Self(
            none.0.into_keys().map(|name| (name, saved.get(name).cloned().unwrap_or_default())).collect(),
        ))
    }

    pub(super) fn representative(&self) -> Option<Representative> {
        let who = self.get("capacity").parse().ok().filter(|who| CAPACITIES.contains(who));
        who.filter(|_| self.for_someone_else())
    }

    /// The first page on which something is missing or wrong.
    pub(super) fn first_to_mend(&self) -> Option<Step> {
        Step::path(self).find(|step| !self.wrong_on(*step).is_empty())
    }

    /// What is to be mended on a page.
    #[expect(clippy::too_many_lines, reason = "one table, a row a field")]
    pub(super) fn wrong_on(&self, step: Step) -> Vec<Failure> {
        let long = |field: &str, most| self.get(field).chars().count() > most;
        let empty = |field: &str| self.get(field).is_empty();
        let rules: Vec<(bool, &'static str, &'static str)> = match step {
            Step::Right => vec![(self.right().is_none(), "right", "ask.error.right")],
            Step::Office => vec![(empty("office") || long("office", SHORT), "office", "ask.error.office")],
            Step::Whom => {
                vec![(!["self", "other"].contains(&self.get("whom")), "whom", "ask.error.whom")]
            }
            Step::Capacity => vec![(self.representative().is_none(), "capacity", "ask.error.capacity")],
            // No request leads past this page.
            Step::Died => vec![(true, "capacity", "ask.error.capacity")],
            Step::Subject => vec![
                (empty("subject"), "subject", "ask.error.subject"),
                (long("subject", SHORT), "subject", "ask.error.short"),
            ],
            Step::Words => vec![
                (empty("wording") && !self.speaks_for_itself(), "wording", "ask.error.wording"),
                (long("wording", LONG), "wording", "ask.error.long"),
                (long("scope", LONG), "scope", "ask.error.long"),
                (self.tells_harm() && empty("harm"), "harm", "ask.error.harm"),
                (long("harm", LONG), "harm", "ask.error.long"),
                (self.heading() == DAMAGE && empty("stop"), "stop", "ask.error.stop"),
                (long("stop", LONG), "stop", "ask.error.long"),
            ],
            Step::Name => vec![
                (empty("name"), "name", "ask.error.name"),
                (long("name", SHORT), "name", "ask.error.short"),
            ],
            Step::Known => vec![
                (
                    empty("known") && self.right() == Some(Right::MarketingObjection),
                    "known",
                    "ask.error.known",
                ),
                (long("known", LONG), "known", "ask.error.long"),
            ],
            Step::Reply => {
                vec![(!["email", "post"].contains(&self.get("reply")), "reply", "ask.error.reply")]
            }
            Step::Address if self.get("reply") == "post" => vec![
                (empty("post"), "post", "ask.error.post"),
                (long("post", 2 * SHORT), "post", "ask.error.short"),
            ],
            Step::Address => vec![
                (!is_email(self.get("email")), "email", "ask.error.email"),
                (long("email", SHORT), "email", "ask.error.short"),
            ],
            Step::Format => vec![(!FORMATS.contains(&self.get("format")), "format", "ask.error.format")],
            Step::Language => vec![
                (!LANGUAGES.contains(&self.get("language")), "language", "ask.error.language"),
                (
                    self.get("language") == "other" && empty("other_language"),
                    "other_language",
                    "ask.error.other_language",
                ),
                (long("other_language", SHORT), "other_language", "ask.error.short"),
            ],
            Step::Needs => vec![(long("adjustments", LONG), "adjustments", "ask.error.long")],
            Step::Check => Vec::new(),
        };
        let wrong = rules.into_iter().filter(|(wrong, ..)| *wrong);
        wrong.map(|(_, field, key)| Failure { field, key }).collect()
    }

    /// Whether the right alone says everything: more words are welcome and not needed.
    pub(super) fn speaks_for_itself(&self) -> bool {
        matches!(self.right(), Some(Right::Access | Right::Portability | Right::MarketingObjection))
    }

    /// The answers of a page for the check: the name of the field, what was typed, or the key of its words.
    pub(super) fn said_on(&self, step: Step) -> Vec<(&'static str, &str, Option<String>)> {
        let shown = |field: &&'static str| match *field {
            "scope" => self.right() == Some(Right::Access),
            "harm" => self.tells_harm(),
            "stop" => self.heading() == DAMAGE,
            // The address says it.
            "reply" => false,
            "email" | "post" => self.get("reply") == *field,
            "language" => self.get("language") != "other",
            "other_language" => self.get("language") == "other",
            _ => true,
        };
        let words = |field: &str, value: &str| {
            let chosen = ["right", "whom", "capacity", "format", "language"].contains(&field);
            (chosen && !value.is_empty()).then(|| format!("ask.{field}.{value}"))
        };
        let fields = step.fields().iter().copied().filter(shown);
        fields.map(|field| (field, self.get(field), words(field, self.get(field)))).collect()
    }

    /// The request, once no page has anything to mend. What belongs to a choice that was changed
    /// afterwards is left out.
    pub(super) fn request(&self) -> Option<PublicRequest> {
        let right = self.right()?;
        let only = |when: bool, field| if when { self.get(field).to_owned() } else { String::new() };
        let language = if self.get("language") == "other" { "other_language" } else { "language" };
        let text = RequestText {
            requester: only(true, "name"),
            subject: only(self.for_someone_else(), "subject"),
            capacity: self.representative().map_or("self", Representative::code).to_owned(),
            reply_to: self.get(if self.get("reply") == "email" { "email" } else { "post" }).to_owned(),
            wording: self.wording(),
            office: only(true, "office"),
            heading: self.heading().to_owned(),
            scope: only(right == Right::Access, "scope"),
            format: only(true, "format"),
            language: only(true, language),
            known_by: only(right != Right::Complaint, "known"),
            adjustments: only(true, "adjustments"),
            ..RequestText::default()
        };
        Some(PublicRequest { token: self.get("once").to_owned(), right, text })
    }
}

impl Answers {
    /// The request in the person's words; of a notice under the older Act, what its parts say.
    fn wording(&self) -> String {
        let mut wording = self.get("wording").to_owned();
        for (field, says, when) in [
            ("harm", "Damage or distress that it causes", self.tells_harm()),
            ("stop", "What is to stop, and from when", self.heading() == DAMAGE),
        ] {
            if when {
                wording = format!("{wording}\n\n{says}:\n{}", self.get(field));
            }
        }
        wording
    }
}

/// Whether this could be an address: the rest is found out by writing to it.
fn is_email(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    plain && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(pairs: &[(&'static str, &str)]) -> Answers {
        let none = Answers::read(&Fields::default());
        pairs.iter().fold(none, |all, (name, value)| all.with(name, (*value).to_owned()))
    }

    #[test]
    fn the_path_asks_only_what_is_needed() {
        let path = |pairs: &[(&'static str, &str)]| {
            Step::path(&answers(pairs)).map(Step::code).collect::<Vec<_>>().join(" ")
        };
        for (said, expected) in [
            (
                &[("right", "access")][..],
                "right whom words name known reply address format language needs check",
            ),
            (
                &[("right", "complaint"), ("whom", "self")],
                "right whom words name reply address format language needs check",
            ),
            (
                &[("right", "erasure"), ("whom", "other"), ("capacity", "parent")],
                "right whom capacity subject words name known reply address format language needs check",
            ),
            (
                &[("right", "access"), ("whom", "other"), ("capacity", "executor")],
                "right whom capacity died words name known reply address format language needs check",
            ),
        ] {
            assert_eq!(path(said), expected, "{said:?}");
        }
    }

    #[test]
    fn nothing_leads_past_a_page_with_something_missing() {
        let full = [
            ("right", "access"),
            ("whom", "self"),
            ("name", "Gethin Vaughan"),
            ("reply", "email"),
            ("email", "gethin@mail.example"),
            ("format", "paper"),
            ("language", "cy"),
        ];
        assert_eq!(Step::Needs.after(&answers(&full)), Step::Check);
        for (left_out, expected) in [
            (0, Step::Right),
            (1, Step::Whom),
            (2, Step::Name),
            (3, Step::Reply),
            (4, Step::Address),
            (6, Step::Language),
        ] {
            let mut some = full.to_vec();
            some.remove(left_out);
            assert_eq!(Step::Needs.after(&answers(&some)), expected, "without {left_out}");
        }
        let died = answers(&full).with("whom", "other".into()).with("capacity", "executor".into());
        assert_eq!(Step::Needs.after(&died), Step::Died);
    }

    #[test]
    fn what_belongs_to_another_choice_is_not_sent() {
        let changed = answers(&[
            ("right", "complaint"),
            ("whom", "self"),
            ("capacity", "solicitor"),
            ("subject", "Someone else"),
            ("scope", "2019"),
            ("known", "Tenancy 4471"),
            ("reply", "post"),
            ("email", "gethin@mail.example"),
            ("post", "14 Mill Lane"),
        ]);
        let text = changed.request().unwrap().text;
        assert_eq!(
            (&*text.capacity, &*text.subject, &*text.scope, &*text.known_by, &*text.reply_to),
            ("self", "", "", "", "14 Mill Lane")
        );
    }

    #[test]
    fn every_heading_of_the_older_act_is_a_request_of_today_under_its_own_heading() {
        for heading in Heading::ALL {
            let said = answers(&[("right", heading.code()), ("whom", "self"), ("harm", "I lost my home")]);
            assert_eq!(said.right(), Some(heading.right()), "{heading}");
            assert!(said.choices().contains(&heading.code()), "{heading}");
            let asked = said.request().unwrap();
            assert_eq!((asked.right, &*asked.text.heading), (heading.right(), heading.code()));
            let tells = [DAMAGE, COMPENSATION].contains(&heading.code());
            assert_eq!(asked.text.wording.contains("I lost my home"), tells, "{heading}");
        }
        assert!(answers(&[("right", "access")]).choices().len() == CHOICES.len());
        assert_eq!(answers(&[("right", "nothing")]).right(), None);
    }

    #[test]
    fn an_address_of_an_email_has_a_name_and_a_host() {
        for (text, good) in [
            ("a@b.example", true),
            ("first.last+tag@sub.b.example", true),
            ("", false),
            ("a@b", false),
            ("@b.example", false),
            ("a b@c.example", false),
        ] {
            assert_eq!(is_email(text), good, "{text}");
        }
    }
}
