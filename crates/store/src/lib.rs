//! SQLite and PostgreSQL behind one concrete type: transactions, the gate, sealing, blind indexes, audit log, jobs.

pub mod log;
