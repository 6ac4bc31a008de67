//! Who is able to exercise their own rights: age and understanding.

use crate::place::Division;
use crate::vocabulary::vocabulary;

/// The age from which a child in Scotland is presumed to have enough understanding (s.208(3) DPA).
pub const SCOTLAND_PRESUMED_FROM: u8 = 12;
/// The age below which s.208 DPA speaks of a child in Scotland.
pub const SCOTLAND_CHILD_UNDER: u8 = 16;
/// The age at which a person is of full age.
pub const ADULT_FROM: u8 = 18;

vocabulary! {
    /// What is known of a person's understanding of what it means to exercise the right.
    Understanding: "state of understanding" {
        /// Nobody has looked.
        NotAssessed = "not-assessed", "not assessed";
        /// Shown to be enough.
        Sufficient = "sufficient", "has enough understanding";
        /// Shown not to be enough, with the assessment recorded.
        Insufficient = "insufficient", "does not have enough understanding";
    }
}

vocabulary! {
    /// Whether a person exercises their own rights.
    Capacity: "capacity" {
        /// The request is theirs to make.
        Own = "own", "the person exercises the right";
        /// Somebody must first look at whether the child understands.
        AssessFirst = "assess-first", "assess the child's understanding first";
        /// A representative acts.
        NeedsRepresentative = "needs-representative", "a representative exercises the right";
    }
}

/// The answer, with its authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapacityAnswer {
    /// Whether they act for themselves.
    pub capacity: Capacity,
    /// Where the rule comes from.
    pub provision: &'static str,
    /// Why, for the decision maker.
    pub why: &'static str,
}

const fn answer(capacity: Capacity, provision: &'static str, why: &'static str) -> CapacityAnswer {
    CapacityAnswer { capacity, provision, why }
}

/// Whether a person of `age` completed years exercises their own rights.
///
/// Scotland: from 12 presumed to have enough understanding unless the contrary is shown; under 12 it must
/// be shown (s.208 DPA). England and Wales, and Northern Ireland: no age; a child acts when they
/// understand. Adults everywhere are presumed able; the presumption falls only to a recorded assessment
/// (Mental Capacity Act 2005 s.1(2); Adults with Incapacity (Scotland) Act 2000; common law in Northern
/// Ireland). Assumption: in Scotland the adult rule holds from 16, where s.208 ends.
#[must_use]
pub fn capacity(division: Division, age: u8, understanding: Understanding) -> CapacityAnswer {
    let adult_from = if division == Division::Scotland { SCOTLAND_CHILD_UNDER } else { ADULT_FROM };
    if age >= adult_from {
        return adult(division, understanding);
    }
    match (division, understanding) {
        (Division::Scotland, Understanding::NotAssessed) if age >= SCOTLAND_PRESUMED_FROM => answer(
            Capacity::Own,
            "s.208(3) DPA 2018",
            "from 12 a child in Scotland is presumed to understand, unless the contrary is shown",
        ),
        (_, Understanding::Sufficient) => answer(
            Capacity::Own,
            child_rule(division),
            "the child understands what it means to exercise the right, so it is theirs; a parent needs the child's \
             authority",
        ),
        (_, Understanding::Insufficient) => answer(
            Capacity::NeedsRepresentative,
            child_rule(division),
            "the child does not understand enough: a holder of parental responsibility may act, in the child's interest",
        ),
        (_, Understanding::NotAssessed) => answer(
            Capacity::AssessFirst,
            child_rule(division),
            "no age decides: look at whether the child understands, and record it",
        ),
    }
}

const fn child_rule(division: Division) -> &'static str {
    match division {
        Division::Scotland => "s.208(1)-(2) DPA 2018",
        Division::EnglandAndWales | Division::NorthernIreland => {
            "common law (understanding); regulator's guidance"
        }
    }
}

fn adult(division: Division, understanding: Understanding) -> CapacityAnswer {
    let law = match division {
        Division::EnglandAndWales => "Mental Capacity Act 2005 s.1(2)",
        Division::Scotland => "Adults with Incapacity (Scotland) Act 2000",
        Division::NorthernIreland => "common law presumption of capacity",
    };
    if understanding == Understanding::Insufficient {
        let why = "a recorded assessment shows that the adult cannot decide this: an attorney, deputy, guardian or \
                   controller appointed by the court may act within their powers";
        return answer(Capacity::NeedsRepresentative, law, why);
    }
    answer(Capacity::Own, law, "an adult is presumed able to decide")
}
