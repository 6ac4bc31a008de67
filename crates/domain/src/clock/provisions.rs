//! The provisions that the clocks cite, each written once.
//!
//! [`ALL`] lists them; a test holds it equal to the table in `docs/law-clock.md`, both ways.
//! "(M)" marks what is from general knowledge and was not read in the source.

macro_rules! provisions {
    ($($(#[$doc:meta])+ $name:ident = $text:literal;)+) => {
        $($(#[$doc])+ pub const $name: &str = $text;)+

        /// Every provision above.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

provisions! {
    /// Act without undue delay, before the end of the applicable period.
    ART_12_3 = "Art 12(3) UK GDPR";
    /// One month of receipt, two further months; the wording before 5 February 2026.
    ART_12_3_EARLIER = "Art 12(3) UK GDPR before 5 February 2026";
    /// The period: one month beginning with the relevant time.
    ART_12A_1 = "Art 12A(1) UK GDPR";
    /// The relevant time: the latest of receipt, identity and fee.
    ART_12A_2 = "Art 12A(2) UK GDPR";
    /// Two further months for complexity or number.
    ART_12A_3 = "Art 12A(3) UK GDPR";
    /// Notice of extension within one month, with reasons.
    ART_12A_4 = "Art 12A(4) UK GDPR";
    /// Clarification of an access request does not count.
    ART_12A_5 = "Art 12A(5) UK GDPR";
    /// The fee for a manifestly unfounded or excessive request.
    ART_12_5 = "Art 12(5) UK GDPR";
    /// Confirmation of identity where there are reasonable doubts.
    ART_12_6 = "Art 12(6) UK GDPR";
    /// How UK GDPR periods are counted, from 20 August 2025.
    ART_4A = "Art 4A UK GDPR; Art 3 of Regulation 1182/71";
    /// A period that ends on a holiday or weekend runs to the end of the next working day.
    REG_1182_3_4 = "Art 3(4) of Regulation 1182/71";
    /// Withdrawal of consent, which has no period of its own.
    ART_7_3 = "Art 7(3) UK GDPR";
    /// Direct marketing stops on objection.
    ART_21_3 = "Art 21(3) UK GDPR";
    /// The regulator's guidance on the right of access.
    ICO_ACCESS = "ICO right of access guidance, 8 December 2025";
    /// The regulator's practice of stopping the clock before Art 12A(5).
    ICO_PAUSE = "ICO right of access guidance, October 2020";
    /// Acknowledge a complaint within 30 days.
    S164A_3 = "s.164A(3) DPA 2018";
    /// Deal with a complaint without undue delay and tell the outcome.
    S164A_4 = "s.164A(4)-(5) DPA 2018";
    /// How the Act's own periods are counted.
    S205_2 = "s.205(2) DPA 2018";
    /// The regulator counts the 30 days from the day after.
    ICO_COMPLAINTS = "ICO complaints guidance, key themes";
    /// Report a breach within 72 hours of becoming aware; a later report gives its reasons.
    ART_33_1 = "Art 33(1) UK GDPR";
    /// Periods in hours have no weekend relief.
    REG_1182_HOURS = "Art 3(4) of Regulation 1182/71 (hours excepted)";
    /// Twentieth working day following receipt.
    FOIA_10_1 = "s.10(1) FOIA 2000";
    /// The days of a fees notice are disregarded.
    FOIA_10_2 = "s.10(2) FOIA 2000";
    /// Working day, and date of receipt when clarification was needed.
    FOIA_10_6 = "s.10(6) FOIA 2000";
    /// Scotland's twentieth working day.
    FOISA_10_1 = "s.10(1) FOISA 2002 (M)";
    /// Scotland's working day.
    FOISA_73 = "s.73 FOISA 2002 (M)";
    /// Twenty working days after receipt.
    EIR_5_2 = "reg 5(2) EIR 2004";
    /// Forty working days when complex and voluminous.
    EIR_7_1 = "reg 7(1) EIR 2004";
    /// Notice of the longer period within the first twenty.
    EIR_7_3 = "reg 7(3) EIR 2004 (M)";
    /// Working day as in FOIA.
    EIR_2_1 = "reg 2(1) EIR 2004 (M)";
    /// The days of an advance-payment notice are disregarded.
    EIR_8_6 = "reg 8(6) EIR 2004 (M)";
    /// Further particulars: the request counts as received when they arrive.
    EIR_9_4 = "reg 9(4) EIR 2004 (M)";
    /// Exam marks: five months, or forty days beginning with the announcement.
    SCH2_25_3 = "Sch 2 para 25(3) DPA 2018";
    /// Damage or distress: a written answer within 21 days.
    DPA98_10_3 = "s.10(3) DPA 1998 (M)";
    /// Direct marketing: stop within a reasonable period.
    DPA98_11_1 = "s.11(1) DPA 1998 (M)";
    /// Automated decision: a written answer within 21 days.
    DPA98_12_3 = "s.12(3) DPA 1998 (M)";
    /// When Art 4A began.
    SI_2025_904 = "SI 2025/904 reg 2";
    /// When Art 12A began.
    SI_2026_82 = "SI 2026/82 reg 2";
    /// When s.164A began.
    DUAA_SCH_10 = "DUAA 2025 s.103 and Sch 10";
}
