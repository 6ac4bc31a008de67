//! `counterfoil request`: the whole life of a rights request from the command line.

mod decide;
mod receive;
mod rights;
mod show;
mod work;

use clap::Subcommand;

use crate::out::CommandResult;

/// A rights request: receive, identify, search, review, decide, approve, seal, release.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Log a request, by whatever channel it came
    Receive(receive::Receive),
    /// Record something that moves the clock: identity asked, clarification answered, extended ...
    Event(receive::EventArgs),
    /// Link the request to the person of the casebook
    Identify(receive::Identify),
    /// Search the casebook and folders
    Search(work::Search),
    /// Show or keep the search plan: which systems of the register are asked, and why the others are not
    Plan(work::Plan),
    /// Go on without the answer of a source, with a reason that the letter states
    Waive(work::Waive),
    /// Show the people mentioned and the items, with what is still to be decided
    Review(work::Review),
    /// Decide about a person, everyone else, an item or a passage
    Decide(decide::Decide),
    /// Take a decision back
    Undo(decide::Undo),
    /// Put your name to the request as it stands
    Approve(work::Reference),
    /// Build, verify and seal the pack
    Seal(work::Reference),
    /// Write the sealed pack out: a folder, or an encrypted archive
    Release(work::Release),
    /// Take in a notice under a heading of the older Act
    Older(rights::Older),
    /// Note what was found out about a request of another right
    Facts(rights::FactsArgs),
    /// Show whether the right applies, and why
    Applies(rights::OfRequest),
    /// Decide a request of another right
    Resolve(rights::Resolve),
    /// Count what an erasure would destroy and put it forward
    ProposeErasure(rights::OfRequest),
    /// Approve an erasure that someone else proposed
    ApproveErasure(rights::OfRequest),
    /// Carry out an approved erasure
    Erase(rights::Erase),
    /// Stop marketing on every channel
    StopMarketing(rights::StopMarketing),
    /// Export what the person gave, as JSON or CSV
    Export(rights::Export),
    /// Record that the person was told the outcome
    Tell(rights::Tell),
    /// Show a request: its clock with the working, sources, items, decisions
    Show(show::Show),
    /// List the requests
    List(show::List),
}

/// Runs `counterfoil request`.
pub fn run(args: Args) -> CommandResult {
    match args.action {
        Action::Receive(args) => receive::receive(&args),
        Action::Event(args) => receive::event(&args),
        Action::Identify(args) => receive::identify(&args),
        Action::Search(args) => work::search(&args),
        Action::Plan(args) => work::plan(&args),
        Action::Waive(args) => work::waive(&args),
        Action::Review(args) => work::review(&args),
        Action::Decide(args) => decide::decide(&args),
        Action::Undo(args) => decide::undo(&args),
        Action::Approve(args) => work::approve(&args),
        Action::Seal(args) => work::seal(&args),
        Action::Release(args) => work::release(&args),
        Action::Older(args) => rights::older(&args),
        Action::Facts(args) => rights::facts(&args),
        Action::Applies(args) => rights::applies(&args),
        Action::Resolve(args) => rights::resolve(&args),
        Action::ProposeErasure(args) => rights::propose_erasure(&args),
        Action::ApproveErasure(args) => rights::approve_erasure(&args),
        Action::Erase(args) => rights::erase(&args),
        Action::StopMarketing(args) => rights::stop_marketing(&args),
        Action::Export(args) => rights::export(&args),
        Action::Tell(args) => rights::tell(&args),
        Action::Show(args) => show::show(&args),
        Action::List(args) => show::list(&args),
    }
}
