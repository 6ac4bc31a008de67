//! Statutory gateways: who asks for personal data under which law, and what the request must state.
//!
//! A gateway is evidence for a ground, not a ground of its own. "Compels" means that refusing is a breach of
//! law; otherwise the law only lifts the obstacles and the organisation decides. Enactments marked (M) are
//! from general knowledge and are to be checked before a disclosure leans on them.

use super::grounds::Ground;
use crate::place::Division;

/// One gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gateway {
    /// A stable code, such as `police`.
    pub code: &'static str,
    /// Who asks, for what.
    pub name: &'static str,
    /// The law.
    pub provision: &'static str,
    /// Whether it compels.
    pub compels: bool,
    /// The grounds that it supports.
    pub grounds: &'static [Ground],
    /// Where it exists; empty is everywhere.
    pub divisions: &'static [Division],
    /// What the request must state before it is answered.
    pub must_state: &'static [&'static str],
    /// The exemption that lets the person go uninformed, by code, if there is one.
    pub exemption: Option<&'static str>,
}

const WHO: &str = "who asks, with name, rank or office, and how to call back through a public number";
const WHICH: &str = "which person and which data, no wider than needed";
const PURPOSE: &str = "the purpose, and why the data are needed for it";
const POWER: &str = "the power relied on, by enactment and section";
const SIGNED: &str = "a signature of the authorising officer, and the date";
const PREJUDICE: &str = "how not having the data, or telling the person, would prejudice the purpose";
const NI: &[Division] = &[Division::NorthernIreland];
const GB: &[Division] = &[Division::EnglandAndWales, Division::Scotland];
const EW: &[Division] = &[Division::EnglandAndWales];

use Ground::{
    CompelledByLaw, DefendClaim, Fraud, ImmediateHarm, ProtectVulnerable, PublicInterest, Safety,
    SeriousCrime,
};

/// Every gateway.
pub const GATEWAYS: &[Gateway] = &[
    Gateway {
        code: "police",
        name: "the police or another crime agency, about crime or offenders",
        provision: "Sch 2 para 2(1)(a)-(b) DPA 2018",
        compels: false,
        grounds: &[SeriousCrime, PublicInterest, ImmediateHarm],
        divisions: &[],
        must_state: &[WHO, WHICH, PURPOSE, PREJUDICE, SIGNED],
        exemption: Some("S2-2"),
    },
    Gateway {
        code: "tax",
        name: "HM Revenue and Customs, about tax",
        provision: "Sch 2 para 2(1)(c) DPA 2018",
        compels: false,
        grounds: &[Fraud, PublicInterest],
        divisions: &[],
        must_state: &[WHO, WHICH, PURPOSE, PREJUDICE, SIGNED],
        exemption: Some("S2-2"),
    },
    Gateway {
        code: "tax-notice",
        name: "HM Revenue and Customs, by information notice",
        provision: "Finance Act 2008 Sch 36 (M)",
        compels: true,
        grounds: &[CompelledByLaw],
        divisions: &[],
        must_state: &[
            WHO,
            WHICH,
            POWER,
            "the tribunal's approval or the taxpayer's agreement, where a third party is asked",
        ],
        exemption: Some("S2-5(2)"),
    },
    Gateway {
        code: "fraud-initiative",
        name: "the National Fraud Initiative, England",
        provision: "Local Audit and Accountability Act 2014 s.33 and Sch 9 (M)",
        compels: true,
        grounds: &[CompelledByLaw, Fraud],
        divisions: EW,
        must_state: &[
            WHO,
            "the data specification of the exercise",
            "that the code of data matching practice is kept",
        ],
        exemption: Some("S2-5(2)"),
    },
    Gateway {
        code: "fraud-initiative-ni",
        name: "the National Fraud Initiative, Northern Ireland",
        provision: "Audit and Accountability (Northern Ireland) Order 2003 arts 4A-4H (M)",
        compels: true,
        grounds: &[CompelledByLaw, Fraud],
        divisions: NI,
        must_state: &[
            WHO,
            "the data specification of the exercise",
            "that the code of data matching practice is kept",
        ],
        exemption: Some("S2-5(2)"),
    },
    Gateway {
        code: "benefit-fraud",
        name: "the benefits authority, about suspected benefit fraud",
        provision: "Social Security Administration Act 1992 s.109B, and the 1992 Act for Northern Ireland (M)",
        compels: true,
        grounds: &[CompelledByLaw, Fraud],
        divisions: &[],
        must_state: &[WHO, WHICH, POWER, "the authorised officer's certificate"],
        exemption: Some("S2-2"),
    },
    Gateway {
        code: "child-maintenance",
        name: "the Child Maintenance Service",
        provision: "Child Support Information Regulations 2008, and those for Northern Ireland (M)",
        compels: true,
        grounds: &[CompelledByLaw],
        divisions: &[],
        must_state: &[WHO, WHICH, POWER, "which of the regulation's purposes the information is for"],
        exemption: Some("S2-5(2)"),
    },
    Gateway {
        code: "court-order",
        name: "a court or tribunal, by order, summons or witness summons",
        provision: "Sch 2 para 5(2) DPA 2018",
        compels: true,
        grounds: &[CompelledByLaw],
        divisions: &[],
        must_state: &[
            "the sealed order, with court, number and date",
            WHICH,
            "the time and the way of compliance",
        ],
        exemption: Some("S2-5(2)"),
    },
    Gateway {
        code: "legal-proceedings",
        name: "somebody who needs data for legal proceedings, advice or rights",
        provision: "Sch 2 para 5(3) DPA 2018",
        compels: false,
        grounds: &[DefendClaim, PublicInterest],
        divisions: &[],
        must_state: &[WHO, WHICH, "the proceedings or the right", "why the data are necessary for them"],
        exemption: Some("S2-5(3)"),
    },
    Gateway {
        code: "safety-executive",
        name: "the Health and Safety Executive",
        provision: "Health and Safety at Work etc. Act 1974 s.20; RIDDOR 2013 (M)",
        compels: true,
        grounds: &[CompelledByLaw, Safety],
        divisions: GB,
        must_state: &[WHO, WHICH, POWER],
        exemption: Some("S2-7"),
    },
    Gateway {
        code: "safety-executive-ni",
        name: "the Health and Safety Executive for Northern Ireland (HSENI)",
        provision: "Health and Safety at Work (Northern Ireland) Order 1978 art 22; RIDDOR (NI) 1997 (M)",
        compels: true,
        grounds: &[CompelledByLaw, Safety],
        divisions: NI,
        must_state: &[WHO, WHICH, POWER],
        exemption: Some("S2-7"),
    },
    Gateway {
        code: "safeguarding-child",
        name: "a children's authority or safeguarding partner",
        provision: "Children Act 1989 s.47(9); Children (Northern Ireland) Order 1995 arts 46 and 66 (M); Annex 1 para 6 UK GDPR",
        compels: false,
        grounds: &[ProtectVulnerable, ImmediateHarm],
        divisions: &[],
        must_state: &[
            WHO,
            WHICH,
            "the concern and the child",
            "whether parents have been asked, and if not why",
        ],
        exemption: Some("S3-21"),
    },
    Gateway {
        code: "safeguarding-adult",
        name: "an adult safeguarding authority",
        provision: "Care Act 2014 ss.42 and 45 (E&W) (M); Annex 1 para 6 UK GDPR; Sch 1 para 18 DPA 2018",
        compels: false,
        grounds: &[ProtectVulnerable, ImmediateHarm],
        divisions: &[],
        must_state: &[
            WHO,
            WHICH,
            "the concern and the adult",
            "whether the adult has been asked, and if not why",
        ],
        exemption: None,
    },
    Gateway {
        code: "public-task",
        name: "a body that states it needs the data for its public task",
        provision: "Art 6(1)(ea) and Annex 1 para 1 UK GDPR (from 5 February 2026; not for a public authority's own tasks)",
        compels: false,
        grounds: &[PublicInterest],
        divisions: &[],
        must_state: &[
            WHO,
            WHICH,
            "the task, and where it is laid down",
            "that it needs the data for that task",
        ],
        exemption: None,
    },
    Gateway {
        code: "emergency",
        name: "a responder in an emergency",
        provision: "Civil Contingencies Act 2004 Part 1-2; Annex 1 para 3 UK GDPR",
        compels: false,
        grounds: &[ImmediateHarm, Safety],
        divisions: &[],
        must_state: &[WHO, WHICH, "the emergency"],
        exemption: None,
    },
    Gateway {
        code: "regulator",
        name: "the data-protection regulator, by information notice",
        provision: "s.142 DPA 2018",
        compels: true,
        grounds: &[CompelledByLaw],
        divisions: &[],
        must_state: &["the notice, with its date and the time for complying", WHICH],
        exemption: Some("S2-5(2)"),
    },
    Gateway {
        code: "ombudsman",
        name: "a public services ombudsman",
        provision: "the ombudsman's Act; Public Services Ombudsman Act (Northern Ireland) 2016 (M)",
        compels: true,
        grounds: &[CompelledByLaw, DefendClaim],
        divisions: &[],
        must_state: &[WHO, WHICH, POWER, "the complaint's reference"],
        exemption: Some("S2-7"),
    },
];

/// The gateway with this code.
#[must_use]
pub fn gateway(code: &str) -> Option<&'static Gateway> {
    GATEWAYS.iter().find(|g| g.code == code)
}
