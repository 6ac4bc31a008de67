//! Giving personal data to somebody else.
