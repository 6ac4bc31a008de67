//! The examples in `policies/cases`: files that a person who does not program can read and add to.
//! `policies/cases/README.md` says how.

use std::path::{Path, PathBuf};

use counterfoil_domain::access::{
    Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, Role, Verb,
};
use counterfoil_domain::ids::RequestId;
use counterfoil_store::access::{Actor, Gate, Question};
use serde::Deserialize;

use super::world;

/// A file of examples.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Written>,
}

/// One word, or several each of which must come out the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Each {
    One(String),
    Several(Vec<String>),
}

impl Each {
    fn all(&self) -> Vec<String> {
        match self {
            Self::One(word) => vec![word.clone()],
            Self::Several(words) => words.clone(),
        }
    }

    fn given(this: Option<&Self>) -> Vec<String> {
        this.map(Self::all).unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sentence: String,
    who: Each,
    does: Each,
    to: Each,
    #[serde(rename = "for")]
    purpose: Each,
    at: Option<String>,
    worker: Option<Each>,
    person: Option<Each>,
    activity_has: Option<Vec<String>>,
    grant: Option<WrittenGrant>,
    use_of_restricted: Option<Each>,
    person_told: Option<bool>,
    proved_by: Option<String>,
    signed_by: Option<Vec<String>>,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    offered: bool,
    #[serde(default)]
    whatever_is_permitted: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGrant {
    reason: Each,
    evidence: Option<bool>,
    begins: Option<String>,
    ends: Option<String>,
    held_by: Option<String>,
    about: Option<String>,
    withdrawn: Option<bool>,
}

/// One question with its expected answer.
#[derive(Debug, Clone)]
pub struct Case {
    pub sentence: String,
    pub allowed: bool,
    /// Whether it must be refused even by [`world::generous`] policies.
    pub whatever_is_permitted: bool,
    pub question: Question,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/cases")
}

/// Every example, each word of each list in turn.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, allowed) in [("ALLOW", true), ("DENY", false)] {
        let mut files: Vec<_> =
            std::fs::read_dir(folder().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            cases.extend(file.case.iter().flat_map(|written| written.questions(allowed)));
        }
    }
    cases
}

impl Written {
    fn questions(&self, allowed: bool) -> Vec<Case> {
        let mut questions = Vec::new();
        for who in self.who.all() {
            for verb in self.does.all() {
                for kind in self.to.all() {
                    for purpose in self.purpose.all() {
                        questions.push(self.question(&who, &verb, &kind, &purpose));
                    }
                }
            }
        }
        let uses = Each::given(self.use_of_restricted.as_ref());
        let reasons = self.grant.as_ref().map(|g| g.reason.all()).unwrap_or_default();
        let questions = each(questions, &uses, |q, word| q.restriction_use = Some(read(word)));
        let questions = each(questions, &reasons, |q, word| q.grant = Some(self.granted(word)));
        questions
            .into_iter()
            .map(|question| {
                let (sentence, whatever_is_permitted) = (self.sentence.clone(), self.whatever_is_permitted);
                Case { sentence, allowed, whatever_is_permitted, question }
            })
            .collect()
    }

    fn question(&self, who: &str, verb: &str, kind: &str, purpose: &str) -> Question {
        let kind: ResourceKind = read(kind);
        let office = match self.at.as_deref().unwrap_or("own office") {
            "own office" | "another controller" => world::OFFICE,
            "another office" => world::OTHER_OFFICE,
            other => panic!("at = `{other}`: use own office, another office or another controller"),
        };
        let mut question =
            world::asks(actor(who), read::<Verb>(verb), read::<Purpose>(purpose), kind, office);
        if self.at.as_deref() == Some("another controller") {
            question.resource.controller = world::OTHER_CONTROLLER;
        }
        for word in Each::given(self.worker.as_ref()) {
            describe_worker(&mut question, &word);
        }
        for word in Each::given(self.person.as_ref()) {
            describe_person(&mut question, &word);
        }
        if let Some(purposes) = &self.activity_has {
            world::facts(&mut question).purposes = purposes.iter().map(|p| read(p)).collect::<PurposeSet>();
        }
        (question.shared, question.offered) = (self.shared, self.offered);
        question.person_told = self.person_told.unwrap_or(false);
        let (own, other) = (RequestId::from_bytes(question.resource.id), RequestId::from_bytes([11; 16]));
        match self.proved_by.as_deref() {
            None => {}
            Some("its asker") => question.asker = Some(own),
            Some("the asker of another request") => question.asker = Some(other),
            Some("a colleague who was asked") => question.colleague = Some(own),
            Some("a colleague who was asked about another request") => question.colleague = Some(other),
            Some(word) => panic!("proved_by = `{word}`: see policies/cases/README.md"),
        }
        question.signatories = self.signed_by.iter().flatten().map(|name| someone(name)).collect();
        question
    }

    fn granted(&self, reason: &str) -> counterfoil_store::access::GrantFacts {
        let written = self.grant.as_ref().unwrap();
        let mut grant = world::grant(read::<ReasonCode>(reason));
        grant.evidence_checked = written.evidence.unwrap_or(true);
        grant.withdrawn = written.withdrawn.unwrap_or(false);
        grant.from = written.begins.as_deref().map_or(grant.from, moment);
        grant.until = written.ends.as_deref().map_or(grant.until, moment);
        grant.staff = written.held_by.as_deref().map_or(grant.staff, someone);
        match written.about.as_deref() {
            None | Some("this person") => {}
            Some("another person") => grant.person = world::OTHER_PERSON,
            Some(other) => panic!("about = `{other}`: use this person or another person"),
        }
        grant
    }
}

fn each(questions: Vec<Question>, words: &[String], set: impl Fn(&mut Question, &str)) -> Vec<Question> {
    if words.is_empty() {
        return questions;
    }
    let with = |question: &Question, word: &String| {
        let mut question = question.clone();
        set(&mut question, word);
        question
    };
    questions.iter().flat_map(|q| words.iter().map(|w| with(q, w)).collect::<Vec<_>>()).collect()
}

fn read<T: std::str::FromStr<Err: std::fmt::Display>>(word: &str) -> T {
    word.parse().unwrap_or_else(|e| panic!("{e}"))
}

fn actor(who: &str) -> Actor {
    if who == "the system" {
        return Actor::Automation { controller: world::CONTROLLER };
    }
    let roles: Vec<Role> = who.split(" and ").filter(|w| *w != "nobody in particular").map(read).collect();
    Actor::Staff(world::worker(&roles))
}

fn someone(name: &str) -> counterfoil_domain::ids::StaffId {
    match name {
        "the worker" => world::ME,
        "a colleague" => world::COLLEAGUE,
        "another colleague" => world::SECOND_COLLEAGUE,
        other => panic!("`{other}`: use the worker, a colleague or another colleague"),
    }
}

fn describe_worker(question: &mut Question, word: &str) {
    let me = world::me(question);
    match word {
        "account closed" => me.account_active = false,
        "no second factor" => me.second_factor = false,
        "training lapsed" => me.training_until = Some(world::hours(-24)),
        "training ends now" => me.training_until = Some(world::now()),
        "never trained" => me.training_until = None,
        "office not adherent" => me.office_adherent = false,
        other => panic!("worker = `{other}` is not known"),
    }
}

fn describe_person(question: &mut Question, word: &str) {
    let facts = world::facts(question);
    match word {
        "anonymous" => facts.identity = Identity::Anonymous,
        "pseudonymous" => facts.identity = Identity::Pseudonymous,
        "extra protection" => facts.protection = Protection::Extra,
        "restricted" => facts.restricted = true,
        "legal hold" => facts.legal_hold = true,
        "complaint file" => facts.complaint_file = true,
        "is the worker" => facts.staff_member = Some(world::ME),
        "is a colleague" => facts.staff_member = Some(world::COLLEAGUE),
        "close to the worker" => facts.relations = vec![world::COLLEAGUE, world::ME],
        "close to a colleague" => facts.relations = vec![world::COLLEAGUE],
        other => panic!("person = `{other}` is not known"),
    }
}

/// "now", "in 3 hours", "2 hours ago", "in 9 minutes".
fn moment(text: &str) -> jiff::Timestamp {
    let words: Vec<_> = text.split(' ').collect();
    let (amount, unit, sign) = match words.as_slice() {
        ["now"] => return world::now(),
        ["in", amount, unit] => (amount, unit, 1),
        [amount, unit, "ago"] => (amount, unit, -1),
        _ => panic!("`{text}`: write now, in 3 hours, or 2 hours ago"),
    };
    let minutes = match *unit {
        "hour" | "hours" => 60,
        "minute" | "minutes" => 1,
        other => panic!("`{other}`: count in hours or minutes"),
    };
    world::now() + jiff::SignedDuration::from_mins(sign * minutes * amount.parse::<i64>().unwrap())
}

#[test]
fn the_examples_are_decided_as_their_sentences_say() {
    let (gate, generous) = (world::gate(), world::generous(Gate::built_in()).unwrap());
    let limits = counterfoil_store::access::Limits::default();
    let cases = all();
    assert!(cases.len() > 300, "{} cases", cases.len());
    for case in &cases {
        assert!(
            case.sentence.ends_with('.') && case.sentence.len() > 25,
            "a sentence, please: {}",
            case.sentence
        );
        let decision = gate.decide(&case.question);
        assert_eq!(decision.allowed, case.allowed, "{}\n{decision:?}\n{:?}", case.sentence, case.question);
        assert_eq!(
            super::oracle::allows(&case.question, &limits),
            case.allowed,
            "the oracle: {}",
            case.sentence
        );
        if world::fits_the_schema(&case.question) {
            assert_eq!(gate.conforms(&case.question), Ok(()), "{}", case.sentence);
        }
        if case.whatever_is_permitted {
            assert!(!generous.allows(&case.question) && !case.allowed, "permitted: {}", case.sentence);
        }
    }
    println!("{} questions from the examples", cases.len());
}
