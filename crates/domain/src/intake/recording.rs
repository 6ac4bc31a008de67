//! Recordings of calls: what the person was told.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Whether the person knew that they were recorded (Arts 5(1)(a) and 13 UK GDPR).
    Told: "telling about a recording" {
        /// The call began with it.
        AtStart = "at-start", "told at the start";
        /// The notice says that calls may be recorded; this call did not.
        ByNotice = "by-notice", "by the notice alone";
        /// Neither is on record: somebody must find out.
        Unknown = "unknown", "not on record";
    }
}
