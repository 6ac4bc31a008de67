//! Which of the three legal systems of the United Kingdom a rule is read in.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A division of the United Kingdom, as GOV.UK's bank-holiday list draws them; each is also one
    /// legal system (England and Wales are one).
    Division: "division" {
        /// England and Wales.
        EnglandAndWales = "england-and-wales", "England and Wales";
        /// Scotland.
        Scotland = "scotland", "Scotland";
        /// Northern Ireland.
        NorthernIreland = "northern-ireland", "Northern Ireland";
    }
}
