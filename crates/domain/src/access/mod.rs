//! The words of access: who may do what to which record, and what for.
//!
//! This is the one place that defines them. The policies (`policies/counterfoil.cedarschema`), the
//! audit log, the commands and the register use these spellings; a test holds the schema equal.
//! What the words decide is written in `docs/security/access-rules.md`.

pub mod sections;
mod words;

pub use words::UnknownWord;
use words::words;

words! {
    /// What a member of staff or a volunteer is trusted to do. One person may hold several.
    Role, RoleSet, "role" {
        /// Advises clients: casework of the own office.
        Adviser = "adviser",
        /// An adviser who is cleared for records under extra protection.
        ProtectedAdviser = "protected-adviser",
        /// Supervises advice: also merges and exports, checks quality, reviews grants.
        Supervisor = "supervisor",
        /// Meets people first: their contact details, no notes or documents.
        Reception = "reception",
        /// Investigates complaints.
        ComplaintsOfficer = "complaints-officer",
        /// Information governance: answers rights requests, and reaches casework for nothing else.
        IgOfficer = "ig-officer",
        /// The data protection officer (Art 37 to 39 UK GDPR): oversees, decides nothing.
        DataProtectionOfficer = "data-protection-officer",
        /// Runs an office: its staff, and the second signature.
        OfficeManager = "office-manager",
        /// Keeps the retention schedule: proposes disposal, places legal holds, reads no contents.
        RecordsManager = "records-manager",
        /// Reads the audit log, never the contents.
        Auditor = "auditor",
        /// Administers offices and staff of the network; reads no casework.
        NetworkAdministrator = "network-administrator",
        /// Runs the machine: backups, restores, keys; reads no casework.
        SystemOperator = "system-operator",
    }

    /// What is asked to be done. The audit log uses the same words.
    Verb, VerbSet, "verb" {
        /// Learn that a person is known, and to which office; nothing more.
        RecordLocate = "record.locate",
        /// See a record as a line in a list or a search result.
        RecordList = "record.list",
        /// Open a record.
        RecordRead = "record.read",
        /// Make a record.
        RecordCreate = "record.create",
        /// Change a record.
        RecordEdit = "record.edit",
        /// Make one person of two records of the same person.
        RecordMerge = "record.merge",
        /// Take a copy of a record out of the system.
        RecordExport = "record.export",
        /// Restrict processing (Art 18 UK GDPR).
        RestrictionPlace = "restriction.place",
        /// Lift a restriction (Art 18(3): the person is told first).
        RestrictionLift = "restriction.lift",
        /// Place a legal hold.
        HoldPlace = "hold.place",
        /// Lift a legal hold.
        HoldLift = "hold.lift",
        /// Propose to erase a person's data (Art 17 UK GDPR).
        ErasurePropose = "erasure.propose",
        /// Approve an erasure that someone else proposed.
        ErasureApprove = "erasure.approve",
        /// Carry out an approved erasure.
        ErasureExecute = "erasure.execute",
        /// See when the retention period of a record ends, with the date of birth where the rule asks for it.
        DisposalFind = "disposal.find",
        /// Propose to dispose of a record whose retention period has ended.
        DisposalPropose = "disposal.propose",
        /// Approve a disposal that someone else proposed.
        DisposalApprove = "disposal.approve",
        /// Carry out an approved disposal.
        DisposalExecute = "disposal.execute",
        /// Log a rights request, by whatever channel it came.
        RequestReceive = "request.receive",
        /// Open a rights request.
        RequestRead = "request.read",
        /// Search the sources for a rights request.
        RequestSearch = "request.search",
        /// Review what the search found.
        RequestReview = "request.review",
        /// Decide what is released, withheld, or done.
        RequestDecide = "request.decide",
        /// Approve a pack that someone else prepared.
        RequestApprove = "request.approve",
        /// Seal the pack.
        RequestSeal = "request.seal",
        /// Release the sealed pack.
        RequestRelease = "request.release",
        /// See of one's own request what its asker may see.
        RequestFollow = "request.follow",
        /// See, as the asker of a request about oneself, who looked at one's record.
        RequestLooked = "request.looked",
        /// Answer a question about one's own request, send what was asked for, or withdraw it.
        RequestReply = "request.reply",
        /// Collect the answer to one's own request.
        RequestCollect = "request.collect",
        /// Answer, as a colleague who was asked, what a source holds for a request.
        RequestAnswer = "request.answer",
        /// Ask for access to one person's record of another office, with a good reason.
        GrantAsk = "grant.ask",
        /// Review a grant that someone else used.
        GrantReview = "grant.review",
        /// End a grant before its time.
        GrantWithdraw = "grant.withdraw",
        /// Book an appointment at the own office for a person who is known, without opening the record.
        AppointmentBook = "appointment.book",
        /// Take over a record that its home office has offered.
        RecordAccept = "record.accept",
        /// Look through who opened an office's records, odd ones first.
        AccessReview = "access.review",
        /// Read the audit log.
        AuditRead = "audit.read",
        /// Add, change or close a staff account.
        StaffAdminister = "staff.administer",
        /// Add or change an office, its agreement and adherence.
        OfficeAdminister = "office.administer",
        /// Change the register of activities, systems and recipients.
        RegisterEdit = "register.edit",
        /// Make a sealed backup.
        SystemBackup = "system.backup",
        /// Restore from a backup.
        SystemRestore = "system.restore",
        /// Rotate the organisation's key.
        SystemRotateKeys = "system.rotate-keys",
        /// Take something that arrived into the inbox.
        MessageReceive = "message.receive",
        /// See the inbox's queue, and open an item.
        MessageRead = "message.read",
        /// Allocate an item, move it into a case, refer, signpost or discard it.
        MessageHandle = "message.handle",
        /// Write to a person by a channel.
        MessageSend = "message.send",
        /// Hand a written message to its provider, and take the receipts.
        MessageDeliver = "message.deliver",
        /// Remove the channel's own copy.
        MessageDrain = "message.drain",
        /// Give a person's data to somebody outside, or propose it.
        DisclosureMake = "disclosure.make",
        /// Put one's name to a disclosure that someone else proposed.
        DisclosureAuthorise = "disclosure.authorise",
        /// Look over the register of disclosures.
        DisclosureReview = "disclosure.review",
        /// Withdraw a person's consent or authority, because they say so.
        ConsentWithdraw = "consent.withdraw",
        /// See figures that name nobody.
        StatisticsRead = "statistics.read",
        /// Release figures that name nobody.
        StatisticsRelease = "statistics.release",
        /// Take an answer to a survey that names nobody.
        SurveyAnswer = "survey.answer",
        /// Open or close a research project, and ask for a person behind a pseudonym.
        ResearchOpen = "research.open",
        /// Take a person into a pseudonymised extract.
        ResearchExtract = "research.extract",
        /// Find the person behind a pseudonym, with the permit of two people.
        ResearchReidentify = "research.reidentify",
    }

    /// What something is done for. Every access names one.
    Purpose, PurposeSet, "purpose" {
        /// Giving the service: advice, benefits, a licence.
        ServiceDelivery = "service-delivery",
        /// Protecting a child or an adult at risk.
        Safeguarding = "safeguarding",
        /// Managing and improving a service.
        ServiceManagement = "service-management",
        /// Managing workers.
        Workforce = "workforce",
        /// Investigating a complaint.
        Complaint = "complaint",
        /// Looking into an incident or a breach (Art 33 UK GDPR).
        Incident = "incident",
        /// Tracking spending.
        Spending = "spending",
        /// Checking the quality of the work.
        Quality = "quality",
        /// Planning.
        Planning = "planning",
        /// Research and statistics (Art 89 UK GDPR).
        Research = "research",
        /// Answering a rights request (Art 12 to 22 UK GDPR).
        RightsRequest = "rights-request",
        /// Keeping and disposing of records in time (Art 5(1)(e) UK GDPR).
        Disposal = "disposal",
        /// Assurance: reviewing who did what (Art 5(2), 24 UK GDPR).
        Assurance = "assurance",
        /// Running the organisation's offices, staff accounts, register and machine.
        Administration = "administration",
    }

    /// The good reason for opening a record of another office.
    ReasonCode, ReasonSet, "reason" {
        /// The client has come to this office.
        ClientAttends = "client-attends",
        /// The two offices work together in partnership.
        Partnership = "partnership",
        /// A complaint is investigated.
        Complaint = "complaint",
        /// An incident is investigated.
        Incident = "incident",
        /// A further reason that the organisation has configured; its own code is in the grant.
        Configured = "configured",
    }

    /// The uses that a restriction leaves open (Art 18(2) UK GDPR).
    RestrictionUse, RestrictionUseSet, "use of a restricted record" {
        /// The person consents.
        Consent = "consent",
        /// Establishing, exercising or defending legal claims.
        LegalClaims = "legal-claims",
        /// Protecting the rights of another person.
        ProtectOthers = "protect-others",
        /// Important public interest.
        PublicInterest = "public-interest",
    }

    /// What kind of thing is reached.
    ResourceKind, ResourceKindSet, "kind of record" {
        /// A person whose data is held.
        Person = "person",
        /// A case.
        Case = "case",
        /// A note in a case.
        Note = "note",
        /// A document.
        Document = "document",
        /// A rights request.
        Request = "request",
        /// A grant of access with a good reason.
        Grant = "grant",
        /// The audit log of the organisation.
        AuditLog = "audit-log",
        /// A staff account.
        StaffAccount = "staff-account",
        /// An office.
        Office = "office",
        /// The register of activities.
        Register = "register",
        /// The installation.
        System = "system",
        /// An item of the inbox, or a message to a person.
        Message = "message",
        /// The organisation's figures and research projects.
        Statistics = "statistics",
    }

    /// How a person is known. Anything but a name hides the record from other offices.
    Identity, IdentitySet, "way of being known" {
        /// By name.
        Named = "named",
        /// By a name that is not theirs.
        Pseudonymous = "pseudonymous",
        /// By a code that only the client holds.
        Anonymous = "anonymous",
    }

    /// How narrowly a record is held.
    Protection, ProtectionSet, "protection" {
        /// As any record.
        Standard = "standard",
        /// Extra protection: only supervisors and people cleared for it.
        Extra = "extra",
    }

    /// What makes an access worth a reviewer's look, whether it was allowed or refused.
    Flag, FlagSet, "flag" {
        /// The worker's own record.
        OwnRecord = "own-record",
        /// The record of someone to whom the worker has declared a relation.
        DeclaredRelation = "declared-relation",
        /// The record of a member of staff.
        StaffRecord = "staff-record",
        /// A record of another office.
        OtherOffice = "other-office",
        /// A grant whose reason rests on the worker's word alone.
        SelfClaimed = "self-claimed",
        /// A record under extra protection.
        ExtraProtection = "extra-protection",
        /// A use of a restricted record.
        RestrictedUse = "restricted-use",
        /// A record of another controller.
        OtherController = "other-controller",
        /// The worker and the person have one surname.
        SameSurname = "same-surname",
        /// The worker is known to live where the person lives.
        SameAddress = "same-address",
        /// The record of someone in the public eye.
        Watched = "watched",
        /// Nothing that the office does for the person explains the access.
        NoCase = "no-case",
        /// Many records in one day.
        Volume = "volume",
    }
}

/// The kinds that hold a person's casework.
pub const RECORDS: ResourceKindSet = ResourceKindSet::of(&[
    ResourceKind::Person,
    ResourceKind::Case,
    ResourceKind::Note,
    ResourceKind::Document,
]);

impl ResourceKind {
    /// Whether it is a record of casework: a person, case, note or document.
    #[must_use]
    pub const fn is_record(self) -> bool {
        RECORDS.contains(self)
    }
}

impl Verb {
    /// The kinds of thing that the verb can be done to. Asked of any other kind, the gate refuses.
    #[must_use]
    pub const fn kinds(self) -> ResourceKindSet {
        use ResourceKind as K;
        match self {
            Self::DisclosureMake
            | Self::DisclosureAuthorise
            | Self::DisclosureReview
            | Self::ConsentWithdraw
            | Self::ResearchExtract
            | Self::ResearchReidentify => ResourceKindSet::of(&[K::Person]),
            Self::StatisticsRead | Self::StatisticsRelease | Self::SurveyAnswer | Self::ResearchOpen => {
                ResourceKindSet::of(&[K::Statistics])
            }
            Self::RecordLocate
            | Self::RecordMerge
            | Self::RecordAccept
            | Self::AppointmentBook
            | Self::RestrictionPlace
            | Self::RestrictionLift => ResourceKindSet::of(&[K::Person]),
            Self::RecordList
            | Self::RecordRead
            | Self::RecordCreate
            | Self::RecordEdit
            | Self::RecordExport => RECORDS,
            Self::HoldPlace | Self::HoldLift => RECORDS,
            Self::ErasurePropose | Self::ErasureApprove | Self::ErasureExecute => RECORDS,
            Self::DisposalFind | Self::DisposalPropose | Self::DisposalApprove | Self::DisposalExecute => {
                RECORDS.with(K::Request)
            }
            Self::RequestReceive
            | Self::RequestRead
            | Self::RequestSearch
            | Self::RequestReview
            | Self::RequestDecide
            | Self::RequestApprove
            | Self::RequestSeal
            | Self::RequestRelease
            | Self::RequestFollow
            | Self::RequestLooked
            | Self::RequestReply
            | Self::RequestCollect
            | Self::RequestAnswer => ResourceKindSet::of(&[K::Request]),
            Self::GrantAsk | Self::GrantReview | Self::GrantWithdraw => ResourceKindSet::of(&[K::Grant]),
            Self::AuditRead => ResourceKindSet::of(&[K::AuditLog]),
            Self::StaffAdminister => ResourceKindSet::of(&[K::StaffAccount]),
            Self::OfficeAdminister | Self::AccessReview => ResourceKindSet::of(&[K::Office]),
            Self::RegisterEdit => ResourceKindSet::of(&[K::Register]),
            Self::SystemBackup | Self::SystemRestore | Self::SystemRotateKeys => {
                ResourceKindSet::of(&[K::System])
            }
            Self::MessageReceive
            | Self::MessageRead
            | Self::MessageHandle
            | Self::MessageSend
            | Self::MessageDeliver
            | Self::MessageDrain => ResourceKindSet::of(&[K::Message]),
        }
    }
}

impl ReasonCode {
    /// Whether the reason holds only with evidence that the system has checked: a partnership, a
    /// complaint or an incident that it knows. A client at the desk cannot be proved beforehand, so
    /// that reason rests on the worker's word and every such grant is reviewed.
    #[must_use]
    pub const fn demands_evidence(self) -> bool {
        !matches!(self, Self::ClientAttends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_an_unknown_one_names_the_known() {
        for verb in Verb::ALL {
            assert_eq!(verb.as_str().parse(), Ok(*verb));
            assert!(!verb.kinds().is_empty(), "{verb} can be done to something");
        }
        let error = "advisor".parse::<Role>().unwrap_err().to_string();
        assert!(error.starts_with("`advisor` is not a role: use one of adviser, "), "{error}");
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let set = RoleSet::of(&[Role::Auditor, Role::Adviser]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Role::Adviser, Role::Auditor]);
        assert!(set.contains(Role::Auditor) && !set.contains(Role::Reception));
        assert!(set.meets(RoleSet::EMPTY.with(Role::Auditor)) && !set.meets(RoleSet::EMPTY));
        assert_eq!(Role::ALL.iter().copied().collect::<RoleSet>().iter().count(), Role::ALL.len());
    }
}
