//! The casebook's words: how people are related, what a case holds besides notes, how contact is allowed.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// How one person of the casebook stands to another.
    Relation: "relation" {
        /// Symmetric.
        Household = "household", "lives in the same household";
        /// Symmetric.
        Partner = "partner", "partner";
        /// Read from the person: the other is the parent.
        Parent = "parent", "parent or guardian";
        /// Read from the person: the other is the child.
        Child = "child", "child";
        /// Read from the person: the other cares for them.
        Carer = "carer", "carer";
        /// Read from the person: the other is cared for by them.
        CaredFor = "cared-for", "person cared for";
        /// Symmetric; never both in one room or one letter.
        Conflict = "conflict", "opposing party";
        /// Symmetric.
        Other = "other", "another relation";
    }
}

impl Relation {
    /// The same relation read from the other person.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Carer => Self::CaredFor,
            Self::CaredFor => Self::Carer,
            other => other,
        }
    }
}

vocabulary! {
    /// Whether a way of reaching the person is safe; nothing is taken as safe unasked.
    Contact: "answer about contact" {
        /// They said that it is safe.
        Yes = "yes", "safe to use";
        /// They said that it is not.
        No = "no", "not safe: do not use";
        /// Nobody has asked.
        Unknown = "unknown", "not asked";
    }
}

vocabulary! {
    /// A thing that stands beside the notes of a case.
    EntryKind: "kind of entry" {
        /// Something that somebody must do, by a day.
        Task = "task", "task";
        /// The person comes, or is rung, at a time.
        Appointment = "appointment", "appointment";
        /// What came of the advice, with an amount where there is one.
        Outcome = "outcome", "outcome";
        /// A supervisor's check of the work.
        Quality = "quality", "quality review";
        /// A file on paper, with where it is and who keeps it.
        Paper = "paper", "paper file";
    }
}

vocabulary! {
    /// How such a thing stands.
    EntryState: "state of an entry" {
        /// To be done, to come, on the shelf.
        Open = "open", "open";
        /// A paper file that somebody has asked for.
        Asked = "asked", "asked for";
        /// A paper file that was fetched.
        Fetched = "fetched", "fetched";
        /// Done, attended, recorded, back on the shelf.
        Done = "done", "done";
        /// It will not be done.
        Dropped = "dropped", "dropped";
        /// An appointment that the person did not come to.
        Missed = "missed", "missed";
    }
}

impl EntryKind {
    /// The states that an entry of this kind may move to from `from`.
    #[must_use]
    pub const fn next(self, from: EntryState) -> &'static [EntryState] {
        use EntryState as S;
        match (self, from) {
            (Self::Task, S::Open) => &[S::Done, S::Dropped],
            (Self::Appointment, S::Open) => &[S::Done, S::Missed, S::Dropped],
            (Self::Paper, S::Open) => &[S::Asked],
            (Self::Paper, S::Asked) => &[S::Fetched, S::Open],
            (Self::Paper, S::Fetched) => &[S::Open],
            _ => &[],
        }
    }

    /// The state in which an entry of this kind is made.
    #[must_use]
    pub const fn first(self) -> EntryState {
        match self {
            Self::Outcome | Self::Quality => EntryState::Done,
            _ => EntryState::Open,
        }
    }
}

vocabulary! {
    /// What came of a case.
    Outcome: "outcome" {
        /// Money that the person gets, once or a year.
        Income = "income", "income gained";
        /// Money that the person no longer owes.
        DebtReduced = "debt-reduced", "debt written off or reduced";
        /// Money back.
        Reimbursed = "reimbursed", "money paid back";
        /// A home kept or found.
        Housing = "housing", "home kept, found or repaired";
        /// A right made good that has no amount.
        Right = "right", "right established";
        /// The person knows where they stand.
        Informed = "informed", "informed and able to act";
        /// The person chose not to go on.
        NotPursued = "not-pursued", "not pursued by the person's choice";
        /// Nothing came of it.
        Unsuccessful = "unsuccessful", "unsuccessful";
    }
}

vocabulary! {
    /// What a supervisor looks at in a quality review.
    QualityPoint: "point of a quality review" {
        /// The person's question was understood.
        Question = "question", "the question was understood";
        /// What the person can do themselves was explored.
        Capability = "capability", "the person's own ability to act was explored";
        /// The advice is right.
        Advice = "advice", "the advice is correct and complete";
        /// The advice names its source.
        Source = "source", "the advice names its source";
        /// Deadlines are noted, with tasks.
        Deadlines = "deadlines", "deadlines are noted and followed up";
        /// Nothing is recorded that is not needed.
        Need = "need", "nothing is recorded that is not needed";
    }
}

vocabulary! {
    /// How a case stands.
    CaseStatus: "status of a case" {
        /// Work goes on.
        Open = "open", "open";
        /// Somebody else must act first.
        Waiting = "waiting", "waiting for somebody else";
        /// The work is over.
        Closed = "closed", "closed";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_read_twice_from_the_other_side_is_itself() {
        for relation in Relation::ALL {
            assert_eq!(relation.inverse().inverse(), *relation);
        }
    }

    #[test]
    fn a_paper_file_is_asked_for_fetched_and_put_back_and_a_finished_thing_stays() {
        use EntryState as S;
        assert_eq!(EntryKind::Paper.next(S::Open), [S::Asked]);
        assert_eq!(EntryKind::Paper.next(S::Fetched), [S::Open]);
        for kind in EntryKind::ALL {
            assert!(kind.next(S::Done).is_empty() && kind.next(S::Dropped).is_empty(), "{kind}");
            assert!(!kind.next(kind.first()).contains(&kind.first()), "{kind}");
        }
    }
}
