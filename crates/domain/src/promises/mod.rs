//! The promises that an organisation's notice makes, and when each of them counts as kept.
//!
//! A promise names the controls that keep it. A control's evidence is counted elsewhere, from live data; here is
//! only what the counts mean. A promise of which the product lacks a part is never kept, whatever else works.

mod list;

use jiff::Timestamp;

use crate::vocabulary::vocabulary;

pub use list::PROMISES;

vocabulary! {
    /// The kind of organisation that makes a promise.
    Owner: "kind of organisation" {
        /// Ids `N1` to `N26`.
        AdviceNetwork = "advice-network", "a network of advice charities";
        /// Ids `C1` to `C36`.
        Council = "council", "a council";
    }
}

vocabulary! {
    /// How a promise, or one control, stands; from the worst to the best.
    State: "state of a promise" {
        /// A control fails: the notice says what is not so.
        Broken = "broken", "broken";
        /// The product lacks a part of it.
        NotBuilt = "not-built", "not built yet";
        /// Nothing fails, and something will unless somebody acts.
        AtRisk = "at-risk", "at risk";
        /// Nothing fails because nothing was done yet.
        NotExercised = "not-exercised", "not exercised yet";
        /// Done, with figures that show it.
        Kept = "kept", "kept";
    }
}

vocabulary! {
    /// What keeps a promise, and can be looked at while the product runs.
    Control: "control" {
        /// Trials are put to the policies that are loaded now.
        Gate = "gate", "every access is decided by the policies";
        /// The whole log is checked anew.
        AuditLog = "audit-log", "the audit log is whole and signed";
        /// Rule 5 of the access rules.
        Training = "training", "staff training is in date";
        /// Rule 6 of the access rules.
        Adherence = "adherence", "each office's adherence to the network's terms is in date";
        /// Every data key is opened, every sealed file looked for.
        Sealing = "sealing", "records are sealed, and every key opens";
        /// The bill of materials, from the locked lists of the build.
        Materials = "materials", "every part that the product is built from is known and held by a hash";
        /// The erasure ledger.
        Erasure = "erasure", "erasures are finished and their space is cleared";
        /// Every open request is read by its clock.
        RequestClocks = "request-clocks", "requests are answered in time";
        /// Each pack bears the approvals that it needed.
        Packs = "packs", "answers are sealed with two people's names";
        /// Art 15(1A) UK GDPR: every system and paper file of the register is asked, or left out with a reason.
        SourcesAsked = "sources-asked", "every system and paper file of the register answers before an answer is sealed";
        /// The register's controllers and their arrangements.
        Joint = "joint", "controllers and joint arrangements are on the register";
        /// Arts 12 and 26(2) UK GDPR: by the office and the place where the data is.
        Answerable = "answerable", "letters and packs name who is answerable: the local office, the joint controllers, or both";
        /// The register's systems.
        Systems = "systems", "each system says where it is and what a request must do there";
        /// Agreements of the recipients and processors.
        Agreements = "agreements", "agreements are in force and reviewed";
        /// Impact, legitimate-interests and transfer assessments.
        Assessments = "assessments", "assessments are complete and reviewed";
        /// Every layer is built now.
        Notices = "notices", "each layer of the notice can be given";
        /// Officer and regulator in each layer.
        Contacts = "contacts", "each notice names the officer and the regulator";
        /// Art 6(1)(f) UK GDPR.
        Interests = "interests", "legitimate interests are assessed";
        /// Art 6(1) UK GDPR.
        Bases = "bases", "each activity states its lawful basis, and the law accepts it";
        /// Art 9 UK GDPR.
        Conditions = "conditions", "special data has its condition and policy document";
        /// Rule 33 of the access rules.
        Purposes = "purposes", "records are used only for purposes on the register";
        /// Rule 34 of the access rules.
        ComplaintFiles = "complaint-files", "complaint files are used only for the complaint";
        /// Art 18(2) UK GDPR.
        Restriction = "restriction", "restricted records are stored and not used";
        /// Rule 35 of the access rules.
        Protection = "protection", "people may be unnamed, and extra protection narrows who sees them";
        /// Access rules 12 to 18; each grant has its reason, its bound and its review.
        GoodReason = "good-reason", "access to another office's record has a reason, ends in hours and is reviewed";
        /// Access rule 59.
        OddReview = "odd-review", "odd accesses are noted and a reviewer looks at them";
        /// The code that an unnamed person holds.
        FollowUp = "follow-up", "people without a name come back with a code that only they hold";
        /// A change keeps what was said before.
        Versions = "versions", "every earlier version of a record is kept";
        /// The agreement, training and review behind the date that the gate uses.
        AdherenceDates = "adherence-dates", "each office's agreement, training and review are on record";
        /// Art 5(1)(c) and (d) UK GDPR.
        Quality = "quality", "details are checked, and two records of one person can be merged and parted";
        /// Paper has its place in the casebook.
        Paper = "paper", "paper files are registered, and those asked for are fetched";
        /// Pictures, sound and film in rights requests.
        Media = "media", "who is seen or heard in pictures and recordings is covered unless it is decided otherwise";
        /// Promise C34: calls from the telephone system, and those kept by hand.
        Recordings = "recordings", "recordings have their source, their telling and a time of their own";
        /// Art 13(1)(e) UK GDPR.
        Recipients = "recipients", "recipients are on the register with their reasons";
        /// Promise N20: authorities, disclosures and tellings.
        Listed = "listed", "whoever is given data, permitted it or told is an entry of the directory";
        /// Arts 14(2)(f), 15(1)(g) UK GDPR.
        OwnSources = "own-sources", "each detail of a person states where it came from and when";
        /// Arts 44A to 49A UK GDPR.
        Transfers = "transfers", "what goes abroad rests on a mechanism of law";
        /// There is no ground for it.
        NoSale = "no-sale", "no ground and no purpose allows a sale";
        /// Art 5(1)(e) UK GDPR.
        Retention = "retention", "each activity has a retention rule";
        /// Art 5(1)(e) UK GDPR: due lists, holds, two people, certificates.
        Disposal = "disposal", "what is past its time is disposed of by two people, with a certificate";
        /// Art 5(1)(c) UK GDPR.
        Forms = "forms", "each field of a form says why it is needed";
        /// Art 9 UK GDPR in the casebook: advice about rights.
        SpecialAdvice = "special-advice", "special information is recorded under the condition of its issue, and refused without";
        /// Art 9 UK GDPR in the casebook: support that is not about a right.
        SpecialSupport = "special-support", "special information in wellbeing support rests on counselling, and is refused without";
        /// Promise C7.
        Surveys = "surveys", "surveys take declared fields alone, and nothing that says who somebody is";
        /// Art 7 UK GDPR.
        Consents = "consents", "a consent that was withdrawn is never relied on";
        /// Promise N7.
        Authorities = "authorities", "authorities to act gate what is given under them";
        /// Promise N13.
        Referrals = "referrals", "nobody is referred without a consent on record";
        /// Promises N19, C17.
        Disclosures = "disclosures", "each disclosure has its ground, authoriser, copy and telling";
        /// Art 21(2), (3) UK GDPR.
        Marketing = "marketing", "marketing follows consent, and a stop is kept";
        /// Promises N26, C22.
        Statistics = "statistics", "figures are released without small numbers";
        /// Promise C8.
        Research = "research", "extracts name nobody, and two people open the way back";
        /// The public forms and what became of them.
        Enquiries = "enquiries", "enquiries and referrals end in advice, a referral or a signposting record";
        /// Each item's words leave the inbox, and its copy the channel.
        Drain = "drain", "what is dealt with leaves no copy at its channel";
        /// Opt-outs, quiet hours, receipts.
        Texts = "texts", "texts go out in time and never against a wish";
        /// Transcripts of a third party's chat.
        Chat = "chat", "transcripts of the chat are taken in and removed at their source";
        /// Before the first answer.
        Warnings = "warnings", "whoever writes on WhatsApp is warned before the first answer";
        /// The council's published lists.
        Services = "services", "all services, roles and functions are on the register";
        /// The council's published lists.
        PeopleKinds = "people-kinds", "all categories of people are on the register";
        /// The running site is looked at, page by page, each day.
        PublicPages = "public-pages", "each public page answers and names the officer and the regulator";
        /// What those pages set in a browser, and whether they fetch anything from elsewhere.
        Cookies = "cookies", "the public pages set only the cookies that are needed";
        /// Keys, papers and collections of the asker's own way to a request.
        Following = "following", "askers can follow, answer and collect on the site";
        /// Requests that came by another way than the site, and those passed to another office.
        Routing = "routing", "requests are logged from every channel and passed between offices";
        /// The council's published lists, mapped to DPV.
        DataKinds = "data-kinds", "all kinds of data are on the register";
        /// The council's published lists.
        Sources = "sources", "all kinds of source are on the register";
        /// Arts 12(4), 15 to 22D UK GDPR.
        Applicability = "applicability", "each decision rests on the law's reasons, and the person is told them";
        /// Art 16 UK GDPR.
        Corrections = "corrections", "what is wrong is corrected, or the person's statement stands beside it";
        /// Art 17 UK GDPR.
        ErasureByRequest = "erasure-by-request", "erasures are signed by two people and certified";
        /// Art 19 UK GDPR.
        RecipientsTold = "recipients-told", "recipients are told, and chased until they answer";
        /// Art 18(3) UK GDPR.
        RestrictionTold = "restriction-told", "restrictions are enforced, and ended only after the person was told";
        /// Arts 21(1) and 7(3) UK GDPR.
        Stops = "stops", "a use that the person stopped is refused by the gate";
        /// Art 20 UK GDPR.
        Portability = "portability", "what people gave is exported for them";
        /// Arts 22A to 22D UK GDPR.
        Automated = "automated", "decisions by computer are on record and looked at by a person";
        /// Art 21(3) UK GDPR.
        MarketingStop = "marketing-stop", "a stop of marketing holds on every channel";
        /// s.164A DPA 2018.
        Complaints = "complaints", "complaints go through their stages";
        /// Promise C32.
        OlderAct = "older-act", "notices under the older Act are taken in with their contents and clocks";
    }
}

/// A promise: the words are content, not rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// `N1` to `N26`, `C1` to `C36`.
    pub id: &'static str,
    /// Whose it is.
    pub owner: Owner,
    /// Whether the product does all of it today.
    pub whole: bool,
    /// What keeps it, or the part of it that is built.
    pub controls: &'static [Control],
}

/// What was counted about one control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Records that show it at work.
    pub exercised: u64,
    /// Things that are wrong now.
    pub failing: u64,
    /// Things that will be wrong unless somebody acts.
    pub due: u64,
    /// When it last worked; `None` when nothing dates it.
    pub last: Option<Timestamp>,
}

impl Evidence {
    /// What the counts mean.
    ///
    /// INVARIANT: without a record that shows it at work a control is never kept.
    #[must_use]
    pub const fn state(&self) -> State {
        match (self.failing, self.due, self.exercised) {
            (1.., _, _) => State::Broken,
            (0, 1.., _) => State::AtRisk,
            (0, 0, 0) => State::NotExercised,
            (0, 0, 1..) => State::Kept,
        }
    }
}

impl Promise {
    /// How the promise stands, given its controls: as the worst of them, and never better than not built while
    /// a part is missing. A control that fails shows even then.
    #[must_use]
    pub fn state(&self, controls: &[State]) -> State {
        let worst = controls.iter().copied().min().unwrap_or(State::NotBuilt);
        if self.whole { worst } else { worst.min(State::NotBuilt) }
    }
}

/// The promises of one kind of organisation, in the order of their ids.
pub fn of(owner: Owner) -> impl Iterator<Item = &'static Promise> {
    PROMISES.iter().filter(move |p| p.owner == owner)
}
