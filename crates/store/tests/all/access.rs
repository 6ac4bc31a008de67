//! The gate's decision. What each test holds is described in `docs/security/access-rules.md`.

mod cases;
mod listing;
mod loading;
mod matrix;
mod mutants;
mod oracle;
mod refusals;
mod words;
mod world;
