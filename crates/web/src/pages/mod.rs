//! The pages: one module each, with its view, its samples and its handler.

mod address;
pub mod ask;
pub mod book;
pub mod deadline;
pub mod desk;
pub mod figures;
pub mod follow;
pub mod home;
pub mod inbox;
pub mod letters;
pub mod older;
pub mod privacy;
pub mod promises;
pub mod register;
pub mod request;
pub mod requests;
pub mod retention;
pub mod review;
pub mod rights;
mod runway;
pub mod sharing;
pub mod sign_in;
pub mod statements;
