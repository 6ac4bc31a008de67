//! The story's requests of other rights and its complaints, told through the use-cases.

use std::collections::BTreeMap;

use counterfoil_domain::access::Purpose;
use jiff::ToSpan;
use serde::Deserialize;

use super::{Teller, unusable};
use crate::error::Result;
use crate::rights::Desk;
use crate::rights::other::{
    automated, complaint, correct, decide, erase, facts, marketing, outcome, portable, recipients, regulator,
    restrict, review, stop,
};

/// Something that was done about a request of another right.
#[derive(Debug, Clone, Deserialize)]
pub struct Act {
    /// How many days ago.
    pub days_ago: i32,
    /// Who did it, by sign-in name; the first information governance officer of the story otherwise.
    #[serde(default)]
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What can be done about it in a story; each is one use-case.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// What was found out.
    Facts {
        /// Conditions that hold.
        #[serde(default)]
        yes: Vec<String>,
        /// Conditions that do not.
        #[serde(default)]
        no: Vec<String>,
        /// The activities it is about.
        #[serde(default)]
        activities: Vec<String>,
    },
    /// The decision.
    Decide {
        /// The outcome, by its spelling.
        outcome: String,
        /// Why.
        reasons: String,
        /// What it rests on.
        #[serde(default)]
        evidence: String,
    },
    /// The record is put right.
    Correct {
        /// The field.
        field: String,
        /// The right value.
        right: String,
    },
    /// The person's own words.
    Statement {
        /// The words.
        words: String,
    },
    /// An erasure is proposed.
    Propose,
    /// It is approved.
    Approve,
    /// It is carried out.
    Execute,
    /// A restriction is placed.
    Restrict {
        /// The ground.
        ground: String,
        /// Why.
        why: String,
    },
    /// A use stops.
    Stop {
        /// The activity.
        activity: String,
        /// What the person says.
        words: String,
    },
    /// Marketing stops.
    Marketing {
        /// Further contacts.
        #[serde(default)]
        contacts: Vec<String>,
    },
    /// A computer took a decision about the person of the request.
    Logged {
        /// The person's key in the story.
        person: String,
        /// The activity.
        activity: String,
        /// What went in.
        inputs: String,
        /// How.
        logic: String,
        /// What came out.
        outcome: String,
        /// What followed.
        effect: String,
    },
    /// A person looked at the decision again.
    LookAgain {
        /// What becomes of it.
        outcome: String,
        /// What the person says.
        representations: String,
        /// What was found.
        findings: String,
    },
    /// The export is made.
    Export,
    /// A recipient is noted.
    Recipient {
        /// Who.
        name: String,
        /// Why it is none of the directory, where it is not.
        #[serde(default)]
        unlisted: String,
        /// What they are told.
        what: String,
    },
    /// A recipient was told.
    Told {
        /// Which.
        number: i64,
    },
    /// A recipient was chased.
    Chased {
        /// Which.
        number: i64,
    },
    /// A recipient answered.
    Answer {
        /// Which.
        number: i64,
        /// What, by its spelling.
        answer: String,
        /// In words.
        words: String,
    },
    /// The person was told.
    Tell {
        /// How.
        how: String,
    },
    /// A complaint goes on.
    Stage {
        /// To which stage.
        stage: String,
        /// In words.
        #[serde(default)]
        words: String,
        /// What follows.
        #[serde(default)]
        next: String,
    },
    /// A note of the investigation.
    Note {
        /// The note.
        words: String,
    },
    /// An internal review is asked for.
    Review {
        /// Why.
        why: String,
    },
    /// The regulator opens a case.
    Regulator {
        /// Its reference.
        reference: String,
        /// What it asks.
        what: String,
        /// In how many days it wants an answer.
        answer_in: i32,
    },
}

/// Tells one act.
pub(super) fn tell(teller: &Teller<'_>, number: usize, act: &Act) -> Result<()> {
    let by = if act.by.is_empty() { &teller.officer } else { &act.by };
    let who = teller.actor(by)?;
    let desk = teller.desk(&who);
    let of = teller.references.get(&number).ok_or_else(|| unusable("an act before its request"))?;
    match &act.deed {
        Deed::Logged { person, activity, inputs, logic, outcome, effect } => {
            let taken = automated::Taken {
                activity: activity.clone(),
                on: None,
                inputs: inputs.clone(),
                logic: logic.clone(),
                outcome: outcome.clone(),
                effect: effect.clone(),
            };
            let person = teller.person_of(person)?;
            automated::log(desk.store, desk.who, Purpose::RightsRequest, person, &taken)
        }
        Deed::Told { number } => {
            recipients::step(&desk, of, *number, &recipients::Step::Told(teller.day(act.days_ago)?))
        }
        Deed::Chased { number } => {
            recipients::step(&desk, of, *number, &recipients::Step::Chased(teller.day(act.days_ago)?))
        }
        Deed::Tell { how } => outcome::tell(&desk, of, teller.day(act.days_ago)?, how),
        Deed::Regulator { reference, what, answer_in } => {
            let case = regulator::RegulatorCase {
                reference: reference.clone(),
                contact: "a case officer".to_owned(),
                what: what.clone(),
                answer_by: teller.day(act.days_ago)?.checked_add(i64::from(*answer_in).days()).ok(),
            };
            regulator::open(&desk, of, &case)
        }
        deed => decided(&desk, of, deed),
    }
}

/// Acts of the decision and of what carries it out.
fn decided(desk: &Desk<'_>, of: &str, deed: &Deed) -> Result<()> {
    match deed {
        Deed::Facts { yes, no, activities } => {
            let known = yes.iter().map(|c| (c.clone(), true)).chain(no.iter().map(|c| (c.clone(), false)));
            let (facts, activities) = (known.collect(), activities.clone());
            let note = "the file and the register".to_owned();
            facts::note(desk, of, &facts::FactText { facts, activities, note })
        }
        Deed::Decide { outcome, reasons, evidence } => {
            let decision = decide::Decision {
                outcome: outcome.parse().map_err(|_| unusable("an outcome"))?,
                reasons: reasons.clone(),
                evidence: evidence.clone(),
                exemption: String::new(),
                answers: BTreeMap::new(),
            };
            decide::decide(desk, of, &decision).map(|_| ())
        }
        Deed::Correct { field, right } => {
            let correction =
                correct::Correction { field: field.clone(), wrong: String::new(), right: right.clone() };
            correct::correct(desk, of, &correction)
        }
        Deed::Statement { words } => correct::attach_statement(desk, of, "person", words),
        Deed::Propose => erase::propose(desk, of).map(|_| ()),
        Deed::Approve => erase::approve(desk, of),
        Deed::Execute => erase::execute(desk, of, &[]).map(|_| ()),
        Deed::Restrict { ground, why } => restrict::place(desk, of, ground, why),
        Deed::Stop { activity, words } => {
            let (activity, words) = (activity.clone(), words.clone());
            stop::stop(desk, of, &stop::Stop { activity, purposes: Vec::new(), words }).map(|_| ())
        }
        Deed::Marketing { contacts } => marketing::stop(desk, of, contacts).map(|_| ()),
        Deed::Export => portable::export(desk, of).map(|_| ()),
        deed => followed(desk, of, deed),
    }
}

/// Acts of what follows.
fn followed(desk: &Desk<'_>, of: &str, deed: &Deed) -> Result<()> {
    match deed {
        Deed::LookAgain { outcome, representations, findings } => {
            let look = automated::Look {
                number: 1,
                outcome: outcome.clone(),
                representations: representations.clone(),
                findings: findings.clone(),
            };
            automated::look_again(desk, of, &look)
        }
        Deed::Recipient { name, unlisted, what } => {
            let whom = recipients::Whom {
                name: name.clone(),
                unlisted_why: unlisted.clone(),
                ..recipients::Whom::default()
            };
            recipients::add(desk, of, &whom, what)
        }
        Deed::Answer { number, answer, words } => {
            let answer = answer.parse().map_err(|_| unusable("an answer"))?;
            recipients::step(desk, of, *number, &recipients::Step::Answered(answer, words.clone()))
        }
        Deed::Stage { stage, words, next } => {
            let step = complaint::Step {
                stage: stage.clone(),
                words: words.clone(),
                next: next.clone(),
                ..complaint::Step::default()
            };
            complaint::step(desk, of, &step).map(|_| ())
        }
        Deed::Note { words } => complaint::note(desk, of, words),
        Deed::Review { why } => review::ask(desk, of, why),
        _ => Err(unusable("an act that it does not know")),
    }
}
