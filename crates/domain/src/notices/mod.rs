//! What a notice must be besides complete: readable (Art 12(1) UK GDPR).

pub mod reading;
