//! Headings of the Data Protection Act 1998 that an organisation's notice still promises to honour (promise C32):
//! what each notice says, which right it is today, which clock it has and where it leads.

use super::Right;
use crate::clock::{OlderNotice, Regime};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A heading of the older Act.
    Heading: "heading of the older Act" {
        /// s.10 of the 1998 Act.
        DamageOrDistress = "damage-or-distress", "notice to prevent damage or distress";
        /// s.11.
        DirectMarketing = "direct-marketing", "notice to prevent direct marketing";
        /// s.12.
        AutomatedDecision = "automated-decision", "notice about automated decisions";
        /// s.13.
        Compensation = "compensation", "claim for compensation";
        /// s.14.
        CourtOrder = "court-order", "asking a court to order correction or erasure";
        /// s.42.
        Assessment = "assessment", "asking the regulator for an assessment";
    }
}

/// One thing that a notice under a heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// Its stable key.
    pub key: &'static str,
    /// What it says, in words.
    pub says: &'static str,
}

impl Heading {
    /// The provisions: then and now.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::DamageOrDistress => "s.10 DPA 1998; today Art 21(1) UK GDPR",
            Self::DirectMarketing => "s.11 DPA 1998; today Art 21(2)-(3) UK GDPR",
            Self::AutomatedDecision => "s.12 DPA 1998; today Arts 22A-22D UK GDPR",
            Self::Compensation => "s.13 DPA 1998; today Art 82 UK GDPR and s.168 DPA 2018",
            Self::CourtOrder => "s.14 DPA 1998; today s.167 DPA 2018",
            Self::Assessment => "s.42 DPA 1998; today s.165 DPA 2018",
        }
    }

    /// The right that it is today; what is none of them is taken as a complaint.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::DamageOrDistress => Right::Objection,
            Self::DirectMarketing => Right::MarketingObjection,
            Self::AutomatedDecision => Right::AutomatedDecisions,
            Self::Compensation | Self::CourtOrder | Self::Assessment => Right::Complaint,
        }
    }

    /// The clock: 21 days where the older Act set them, otherwise that of a complaint.
    #[must_use]
    pub const fn regime(self) -> Regime {
        match self {
            Self::DamageOrDistress => Regime::OlderAct(OlderNotice::DamageOrDistress),
            Self::DirectMarketing => Regime::OlderAct(OlderNotice::DirectMarketing),
            Self::AutomatedDecision => Regime::OlderAct(OlderNotice::AutomatedDecision),
            Self::Compensation | Self::CourtOrder | Self::Assessment => Regime::Complaint,
        }
    }

    /// What the notice says. One that lacks something is honoured all the same; the person is asked for the rest.
    #[must_use]
    pub const fn contents(self) -> &'static [Content] {
        match self {
            Self::DamageOrDistress => &[
                Content {
                    key: "processing",
                    says: "which use of which information is to stop, or not to begin",
                },
                Content {
                    key: "harm",
                    says: "the substantial damage or distress that it causes or would cause, and to whom",
                },
                Content { key: "unwarranted", says: "why that damage or distress is not warranted" },
            ],
            Self::DirectMarketing => &[Content { key: "marketing", says: "that marketing is to stop" }],
            Self::AutomatedDecision => {
                &[Content { key: "decision", says: "which decision is not to be taken by computer alone" }]
            }
            Self::Compensation => &[
                Content { key: "breach", says: "what was done against data protection law" },
                Content {
                    key: "damage",
                    says: "the damage suffered, distress included, and what is claimed for it",
                },
            ],
            Self::CourtOrder => &[Content { key: "order", says: "what the court is to be asked to order" }],
            Self::Assessment => {
                &[Content { key: "question", says: "which use the regulator is asked to look at" }]
            }
        }
    }

    /// Where it leads, in words for the person.
    #[must_use]
    pub const fn route(self) -> &'static str {
        match self {
            Self::DamageOrDistress => {
                "We answer in writing within 21 days: that we have stopped or will stop, or why we think that the \
                 notice is not justified. Meanwhile we stop the use in question."
            }
            Self::DirectMarketing => {
                "We stop marketing by every means: post, e-mail, telephone, text and door to door."
            }
            Self::AutomatedDecision => {
                "We answer in writing within 21 days, explain the decision, and a person looks at it again."
            }
            Self::Compensation => {
                "We look into your claim as a complaint and answer it. If you are not content you can bring the claim \
                 to a court; only a court can order compensation."
            }
            Self::CourtOrder => {
                "We look at what you want corrected or erased as a complaint first. A court can make a compliance \
                 order if it finds that your rights have been infringed."
            }
            Self::Assessment => {
                "We look into it as a complaint. You can ask the regulator at any time, and need not wait for us."
            }
        }
    }

    /// Which of the contents are missing from what was said.
    pub fn missing<'a>(
        self,
        said: impl Fn(&str) -> Option<&'a str>,
    ) -> impl Iterator<Item = &'static Content> {
        self.contents().iter().filter(move |c| said(c.key).is_none_or(|text| text.trim().is_empty()))
    }
}
