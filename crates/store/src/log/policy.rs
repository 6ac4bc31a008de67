//! Trust policies (c2sp.org/tlog-policy): which logs, which witnesses, and how many of them must have
//! cosigned a checkpoint before it is believed.

use std::collections::{HashMap, HashSet};

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::key::{KeyType, VerifierKey};

/// The most lines of each kind that a policy may have.
const MAX_DEFINITIONS: usize = 1024;

/// Why a policy is refused, or a checkpoint under it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A line that breaks the format.
    #[error("line {line} of the policy: {what}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong and what to do.
        what: &'static str,
    },
    /// No quorum line.
    #[error("the policy has no quorum: add one line `quorum NAME`, or `quorum none`")]
    NoQuorum,
    /// The policy or the key list names no log.
    #[error("no log's key was given")]
    NoLog,
    /// The checkpoint's signatures are malformed, wrong, or by nobody known.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// No listed log has signed.
    #[error("the log itself has not signed the checkpoint")]
    NotByLog,
    /// Too few witnesses have cosigned.
    #[error("not enough witnesses have cosigned the checkpoint: {got} of those that the policy knows")]
    NoQuorumMet {
        /// How many known witnesses have.
        got: usize,
    },
}

/// Who must agree.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// The witness with this place in the list.
    Witness(usize),
    /// At least `k` of the members.
    Group { k: usize, members: Vec<Rule> },
    /// Nobody.
    None,
}

/// A trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    witnesses: Vec<VerifierKey>,
    // INVARIANT: `logs` then `witnesses`; what signatures are looked up in.
    known: Vec<VerifierKey>,
    quorum: Rule,
}

/// Who signed a checkpoint that the policy accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The names of the log keys that signed.
    pub logs: Vec<String>,
    /// The witnesses that cosigned, and when, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
    /// How many signature lines were by keys that the policy does not know.
    pub unknown: usize,
}

impl Policy {
    /// The policy that trusts these keys: any of the log keys must have signed, and **every** witness
    /// key must have cosigned.
    ///
    /// # Errors
    /// [`PolicyError::NoLog`] when none of them is a log's key.
    pub fn of_keys(keys: &[VerifierKey]) -> Result<Self, PolicyError> {
        let (logs, witnesses): (Vec<_>, Vec<_>) =
            keys.iter().cloned().partition(|k| k.key_type() == KeyType::Ed25519);
        if logs.is_empty() {
            return Err(PolicyError::NoLog);
        }
        let members = (0..witnesses.len()).map(Rule::Witness).collect();
        Ok(Self::new(logs, witnesses, |n| Rule::Group { k: n, members }))
    }

    fn new(logs: Vec<VerifierKey>, witnesses: Vec<VerifierKey>, quorum: impl FnOnce(usize) -> Rule) -> Self {
        let known = [logs.as_slice(), &witnesses].concat();
        let quorum = quorum(witnesses.len());
        Self { logs, witnesses, known, quorum }
    }

    /// Reads a policy file. Names are opaque bytes; only tab, line feed and printable bytes may occur.
    ///
    /// # Errors
    /// [`PolicyError`] with the line and what to do.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let mut reader = Reader::default();
        for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
            reader.line(line).map_err(|what| PolicyError::Line { line: i + 1, what })?;
        }
        let quorum = reader.quorum.ok_or(PolicyError::NoQuorum)?;
        Ok(Self::new(reader.logs, reader.witnesses, |_| quorum))
    }

    /// The keys of the logs.
    #[must_use]
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The keys of the witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }

    /// Accepts or refuses a signed checkpoint. The log's key must carry the checkpoint's origin as its
    /// name.
    ///
    /// # Errors
    /// When a known signature is wrong, the log has not signed, or too few witnesses have cosigned.
    pub fn check(&self, signed: &SignedCheckpoint) -> Result<Verdict, PolicyError> {
        let verified = signed.open(&self.known)?;
        let origin = &signed.checkpoint.origin;
        let is_log = |k: &VerifierKey| self.logs.contains(k) && k.name() == origin;
        let logs: Vec<String> =
            verified.iter().filter(|v| is_log(v.key)).map(|v| v.key.name().to_owned()).collect();
        if logs.is_empty() {
            return Err(PolicyError::NotByLog);
        }
        let cosigned: HashSet<usize> =
            verified.iter().filter_map(|v| self.witnesses.iter().position(|w| w == v.key)).collect();
        if !is_met(&self.quorum, &cosigned) {
            return Err(PolicyError::NoQuorumMet { got: cosigned.len() });
        }
        let witnesses =
            verified.iter().filter_map(|v| v.time.map(|t| (v.key.name().to_owned(), t))).collect();
        let is_known =
            |s: &super::note::Signature| self.known.iter().any(|k| k.id() == s.key_id && k.name() == s.name);
        let unknown = signed.note.signatures.iter().filter(|s| !is_known(s)).count();
        Ok(Verdict { logs, witnesses, unknown })
    }
}

fn is_met(rule: &Rule, cosigned: &HashSet<usize>) -> bool {
    match rule {
        Rule::None => true,
        Rule::Witness(i) => cosigned.contains(i),
        Rule::Group { k, members } => members.iter().filter(|m| is_met(m, cosigned)).count() >= *k,
    }
}

/// Reads a policy line by line: a line may only use names that earlier lines defined.
#[derive(Default)]
struct Reader<'b> {
    logs: Vec<VerifierKey>,
    witnesses: Vec<VerifierKey>,
    defined: HashMap<&'b [u8], Rule>,
    in_a_group: HashSet<&'b [u8]>,
    quorum: Option<Rule>,
}

type Step = Result<(), &'static str>;

impl<'b> Reader<'b> {
    fn line(&mut self, line: &'b [u8]) -> Step {
        if line.iter().any(|b| (*b < b' ' && *b != b'\t') || *b == 0x7f) {
            return Err("only printable characters, spaces and tabs are allowed");
        }
        let words: Vec<&[u8]> = line.split(|b| matches!(b, b' ' | b'\t')).filter(|w| !w.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] | [b"log", key, _] => self.log(key),
            [b"witness", name, key] | [b"witness", name, key, _] => self.witness(name, key),
            [b"group", name, k, members @ ..] => self.group(name, k, members),
            [b"quorum", name] => self.set_quorum(name),
            _ => Err(
                "give `log KEY [URL]`, `witness NAME KEY [URL]`, `group NAME all|any|K MEMBER…` or `quorum NAME`",
            ),
        }
    }

    fn log(&mut self, key: &[u8]) -> Step {
        let key = parse_key(key)?;
        if key.key_type() != KeyType::Ed25519 {
            return Err("a log's key must be an Ed25519 key (type 01)");
        }
        add_key(&mut self.logs, key)
    }

    fn witness(&mut self, name: &'b [u8], key: &[u8]) -> Step {
        let key = parse_key(key)?;
        if key.key_type() != KeyType::Cosignature {
            return Err("a witness's key must be a cosignature key (type 04)");
        }
        self.define(name, Rule::Witness(self.witnesses.len()))?;
        add_key(&mut self.witnesses, key)
    }

    fn group(&mut self, name: &'b [u8], k: &[u8], members: &[&'b [u8]]) -> Step {
        let k = match k {
            b"all" => members.len(),
            b"any" => 1,
            digits => threshold(digits).ok_or("a group's threshold is `all`, `any` or a number")?,
        };
        if k < 1 || k > members.len() {
            return Err("a group's threshold must be at least 1 and at most the number of its members");
        }
        let members = members.iter().map(|m| self.take_member(m)).collect::<Result<_, _>>()?;
        self.define(name, Rule::Group { k, members })
    }

    fn take_member(&mut self, name: &'b [u8]) -> Result<Rule, &'static str> {
        let rule =
            self.defined.get(name).cloned().ok_or("a group's member must be defined on an earlier line")?;
        // So that one witness cannot count twice.
        if self.in_a_group.insert(name) { Ok(rule) } else { Err("a name may be a member of one group only") }
    }

    fn define(&mut self, name: &'b [u8], rule: Rule) -> Step {
        if name == b"none" {
            return Err("`none` is not a name: choose another");
        }
        if self.defined.len() >= MAX_DEFINITIONS {
            return Err("the policy is too long");
        }
        if self.defined.insert(name, rule).is_none() { Ok(()) } else { Err("this name is already defined") }
    }

    fn set_quorum(&mut self, name: &[u8]) -> Step {
        if self.quorum.is_some() {
            return Err("a policy has exactly one quorum");
        }
        let rule = if name == b"none" { Some(Rule::None) } else { self.defined.get(name).cloned() };
        self.quorum = Some(
            rule.ok_or("the quorum must name a witness or group defined on an earlier line, or `none`")?,
        );
        Ok(())
    }
}

fn parse_key(bytes: &[u8]) -> Result<VerifierKey, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the key is not UTF-8")?;
    text.parse()
        .map_err(|_| "the key cannot be read: give name, plus, eight hexadecimal digits, plus, base64")
}

/// Two keys are the same when their public bytes are, whatever they are called.
fn add_key(keys: &mut Vec<VerifierKey>, key: VerifierKey) -> Step {
    if keys.len() >= MAX_DEFINITIONS {
        return Err("the policy is too long");
    }
    if keys.iter().any(|k| k.public_bytes() == key.public_bytes()) {
        return Err("this key is already listed");
    }
    keys.push(key);
    Ok(())
}

fn threshold(digits: &[u8]) -> Option<usize> {
    super::text::decimal(std::str::from_utf8(digits).ok()?)?.try_into().ok()
}
