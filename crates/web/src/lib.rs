//! The public site, the staff site and the API.
