//! The grounds of disclosure.

use crate::questions::{Field, choice, day, must, must_not, text, yes_no};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A ground on which personal data may be given to somebody outside.
    Ground: "ground of disclosure" {
        /// The person's permission: a consent or an authority to act.
        Permission = "permission", "the person's permission";
        /// Under an agreement in force (processors and standing partners).
        Agreement = "agreement", "a sharing or processing agreement";
        /// N19: immediate risk of harm.
        ImmediateHarm = "immediate-harm", "an immediate risk of harm";
        /// N19: in select circumstances the client's best interests.
        BestInterests = "best-interests", "the person's best interests, in select circumstances";
        /// N19, C17: compelled by law.
        CompelledByLaw = "compelled-by-law", "a duty imposed by law";
        /// N19: overriding public interest.
        PublicInterest = "public-interest", "an overriding public interest";
        /// N19: defending a complaint or claim.
        DefendClaim = "defend-claim", "defending a complaint or legal claim";
        /// N19: protecting reputation.
        Reputation = "reputation", "protecting the organisation's reputation";
        /// C17: serious crime.
        SeriousCrime = "serious-crime", "preventing, investigating or prosecuting serious crime";
        /// C17: fraud.
        Fraud = "fraud", "preventing or detecting fraud against public funds";
        /// C17: public or staff safety.
        Safety = "safety", "the safety of the public or of staff";
        /// C17: children or vulnerable adults.
        ProtectVulnerable = "protect-vulnerable", "protecting a child or a vulnerable adult";
    }
}

vocabulary! {
    /// Which published promise an organisation is bound by.
    Promise: "promise about disclosure" {
        /// The advice network: permission or six exceptions.
        N19 = "n19", "nothing leaves the network without permission, save six exceptions";
        /// The council: agreement, duty, or four serious reasons.
        C17 = "c17", "sharing under an agreement, by legal duty, or for a serious reason";
    }
}

vocabulary! {
    /// Who may authorise a disclosure, from the least to the most senior; a more senior one always may.
    Authoriser: "authoriser" {
        /// The person working on the case.
        Caseworker = "caseworker", "caseworker";
        /// Their supervisor or team manager.
        Supervisor = "supervisor", "supervisor";
        /// The information-governance or data protection officer.
        InformationOfficer = "information-officer", "information or data protection officer";
        /// The chief officer or chief executive.
        ChiefOfficer = "chief-officer", "chief officer";
    }
}

vocabulary! {
    /// Whether the person is told.
    TellingDuty: "duty to tell" {
        /// They know: it is their own permission.
        Knows = "knows", "the person knows, because they permitted it";
        /// In the notice; not each time.
        ByNotice = "by-notice", "the notice says so; not told each time";
        /// Discussed first where possible, told in any case, unless there is a recorded reason.
        Tell = "tell", "discussed first where possible and told, unless a recorded reason forbids it";
    }
}

/// What a ground asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroundRule {
    /// The ground.
    pub ground: Ground,
    /// Under which promises it may be used.
    pub promises: &'static [Promise],
    /// The law that it leans on.
    pub provision: &'static str,
    /// The least senior who may authorise it.
    pub authoriser: Authoriser,
    /// The evidence, as typed questions; the seriousness test is among them where one is needed.
    pub evidence: &'static [Field],
    /// Whether the harm or wrong must be serious, and that be recorded.
    pub seriousness: bool,
    /// Whether the person is told.
    pub telling: TellingDuty,
    /// For the person.
    pub plain: &'static str,
}

const SERIOUS: Field =
    must("serious", "is it serious enough to outweigh the person's expectation of confidence?");
const WHY_SERIOUS: Field = text("why_serious", "why is it serious: what harm, to whom, how likely?");
const PROPORTIONATE: Field =
    must("proportionate", "is no more given than is needed, and would nothing milder do?");
const COUNCIL: &[Promise] = &[Promise::C17];
const NETWORK: &[Promise] = &[Promise::N19];
const BOTH: &[Promise] = &[Promise::N19, Promise::C17];

/// Every ground with its rule. Nothing here, or anywhere, permits a sale (C9).
pub const GROUNDS: &[GroundRule] = &[
    GroundRule {
        ground: Ground::Permission,
        promises: BOTH,
        provision: "Art 6(1)(a) or (f) UK GDPR; common-law confidence",
        authoriser: Authoriser::Caseworker,
        evidence: &[
            text("record", "which consent or authority to act is it?"),
            day("given_on", "on which day was it given?"),
            must("covers", "does it cover this recipient and these fields?"),
            must("in_force", "is it in force: neither expired nor withdrawn?"),
        ],
        seriousness: false,
        telling: TellingDuty::Knows,
        plain: "We shared this because you told us that we may.",
    },
    GroundRule {
        ground: Ground::Agreement,
        promises: BOTH,
        provision: "Arts 26, 28 and 35 UK GDPR; data sharing code of practice",
        authoriser: Authoriser::Caseworker,
        evidence: &[
            text("agreement", "which agreement?"),
            must("in_force", "is it in force?"),
            must("covers", "does it cover these fields and this purpose?"),
            choice(
                "assessment",
                "is an impact assessment required, and done?",
                &["not-required", "completed"],
            ),
        ],
        seriousness: false,
        telling: TellingDuty::ByNotice,
        plain: "We shared this under a written agreement that protects it.",
    },
    GroundRule {
        ground: Ground::ImmediateHarm,
        promises: NETWORK,
        provision: "Art 6(1)(d), (ea) with Annex 1 para 6, or (f); Art 9(2)(c) or Sch 1 para 18 DPA 2018",
        authoriser: Authoriser::Supervisor,
        evidence: &[
            text("risk", "what is the risk, and to whom?"),
            must("immediate", "is it immediate?"),
            SERIOUS,
            WHY_SERIOUS,
            PROPORTIONATE,
        ],
        seriousness: true,
        telling: TellingDuty::Tell,
        plain: "We shared this because someone was at immediate risk of harm.",
    },
    GroundRule {
        ground: Ground::BestInterests,
        promises: NETWORK,
        provision: "Art 6(1)(f) UK GDPR; Sch 1 paras 17-19 DPA 2018",
        authoriser: Authoriser::InformationOfficer,
        evidence: &[
            text("circumstances", "what are the select circumstances?"),
            must("asking_impossible", "is it impossible or unreasonable to ask the person?"),
            text("interest", "why is it in the person's best interests?"),
            must_not("refused", "has the person, able to decide, refused?"),
            PROPORTIONATE,
        ],
        seriousness: false,
        telling: TellingDuty::Tell,
        plain: "We shared this because we believed that it was in your best interests and could not ask you.",
    },
    GroundRule {
        ground: Ground::CompelledByLaw,
        promises: BOTH,
        provision: "Art 6(1)(c) UK GDPR; Sch 2 para 5(2) DPA 2018",
        authoriser: Authoriser::InformationOfficer,
        evidence: &[
            text("law", "which enactment, rule of law, order or notice compels it?"),
            must("compels", "does it compel, and not merely permit?"),
            text("request", "where is the request or order filed?"),
            must_not("beyond", "does the request go beyond what the law compels?"),
        ],
        seriousness: false,
        telling: TellingDuty::Tell,
        plain: "We shared this because the law required it.",
    },
    GroundRule {
        ground: Ground::PublicInterest,
        promises: NETWORK,
        provision: "Art 6(1)(ea) or (f) UK GDPR; common-law public interest in disclosure",
        authoriser: Authoriser::InformationOfficer,
        evidence: &[
            text("interest", "which public interest?"),
            must("overrides", "does it override the public interest in a confidential service?"),
            SERIOUS,
            WHY_SERIOUS,
            PROPORTIONATE,
        ],
        seriousness: true,
        telling: TellingDuty::Tell,
        plain: "We shared this because the public interest overrode our duty of confidence.",
    },
    GroundRule {
        ground: Ground::DefendClaim,
        promises: NETWORK,
        provision: "Art 6(1)(f), Art 9(2)(f) UK GDPR; Sch 2 para 5(3) DPA 2018",
        authoriser: Authoriser::InformationOfficer,
        evidence: &[
            text("claim", "which complaint or claim is defended?"),
            text(
                "recipient_role",
                "who is the recipient in it: regulator, insurer, lawyer, court, ombudsman?",
            ),
            must("necessary", "is each field necessary for the defence?"),
        ],
        seriousness: false,
        telling: TellingDuty::Tell,
        plain: "We shared this to answer a complaint or claim against us.",
    },
    GroundRule {
        ground: Ground::Reputation,
        promises: NETWORK,
        provision: "Art 6(1)(f) UK GDPR",
        authoriser: Authoriser::ChiefOfficer,
        evidence: &[
            text("statement", "which public statement is answered, and where was it made?"),
            must("by_person", "did the person, or somebody for them, make it public?"),
            text("assessment", "which legitimate-interests assessment weighs the person's interests?"),
            must_not("special", "would special-category or criminal data be given?"),
            PROPORTIONATE,
        ],
        seriousness: false,
        telling: TellingDuty::Tell,
        plain: "We shared this to correct what was said about us in public.",
    },
    GroundRule {
        ground: Ground::SeriousCrime,
        promises: COUNCIL,
        provision: "Sch 2 para 2 DPA 2018; Sch 1 para 10 DPA 2018; Art 6(1)(c) or (e) UK GDPR",
        authoriser: Authoriser::InformationOfficer,
        evidence: &[
            text("request", "where is the written request filed, or which of our own findings is it?"),
            choice(
                "purpose",
                "which purpose?",
                &["prevention", "investigation", "detection", "apprehension", "prosecution"],
            ),
            must("prejudice", "would not sharing be likely to prejudice that purpose?"),
            SERIOUS,
            WHY_SERIOUS,
            PROPORTIONATE,
        ],
        seriousness: true,
        telling: TellingDuty::Tell,
        plain: "We shared this to prevent, investigate or prosecute a serious crime.",
    },
    GroundRule {
        ground: Ground::Fraud,
        promises: COUNCIL,
        provision: "Sch 2 para 2, Sch 1 paras 10 and 14 DPA 2018; data-matching enactments",
        authoriser: Authoriser::InformationOfficer,
        evidence: &[
            text("funds", "which public funds are protected?"),
            text("authority", "which request, data match or suspicion?"),
            SERIOUS,
            WHY_SERIOUS,
            PROPORTIONATE,
        ],
        seriousness: true,
        telling: TellingDuty::Tell,
        plain: "We shared this to protect public funds against fraud.",
    },
    GroundRule {
        ground: Ground::Safety,
        promises: COUNCIL,
        provision: "Art 6(1)(d) or (e) UK GDPR; health and safety law",
        authoriser: Authoriser::Supervisor,
        evidence: &[
            choice("whose", "whose safety?", &["public", "staff"]),
            text("risk", "what is the risk, and on which facts does it rest?"),
            SERIOUS,
            WHY_SERIOUS,
            PROPORTIONATE,
        ],
        seriousness: true,
        telling: TellingDuty::Tell,
        plain: "We shared this to keep the public or our staff safe.",
    },
    GroundRule {
        ground: Ground::ProtectVulnerable,
        promises: COUNCIL,
        provision: "Art 6(1)(c) or (e) UK GDPR; Sch 1 para 18 DPA 2018",
        authoriser: Authoriser::Supervisor,
        evidence: &[
            choice("who", "who is protected?", &["child", "adult-at-risk"]),
            text("concern", "what is the concern, and on which facts does it rest?"),
            yes_no("consent_sought", "was consent sought?"),
            SERIOUS,
            WHY_SERIOUS,
            PROPORTIONATE,
        ],
        seriousness: true,
        telling: TellingDuty::Tell,
        plain: "We shared this to protect a child or an adult at risk.",
    },
];

/// The rule of a ground; `None` only if the table above lost a row, which a test forbids.
#[must_use]
pub fn ground_rule(ground: Ground) -> Option<&'static GroundRule> {
    GROUNDS.iter().find(|r| r.ground == ground)
}
