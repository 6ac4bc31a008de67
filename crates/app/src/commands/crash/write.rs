//! The writer that is killed: each act that was acknowledged is printed, and only then.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use counterfoil_domain::access::Purpose;
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_service::casebook::{
    self, CaseText, Identity, NewPerson, NoteText, Profile, Protection, Recorded,
};
use counterfoil_service::store::{Actor, Store};

use crate::desk::AsWhom;
use crate::out::{CommandError, CommandResult};

/// Write until killed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many threads write.
    #[arg(long, default_value_t = 4)]
    threads: u64,
    #[command(flatten)]
    who: AsWhom,
}

const FOR: Purpose = Purpose::ServiceDelivery;

struct Writer {
    store: Store,
    who: Actor,
    controller: ControllerId,
    office: OfficeId,
    signatories: Vec<StaffId>,
    started: i64,
    next: AtomicU64,
}

/// Runs `counterfoil crash write`.
pub fn run(args: &Args) -> CommandResult {
    let opened = args.who.open()?;
    let missing = || CommandError::refused("staff", "the writer must be a member of staff");
    let staff = opened.who.staff().ok_or_else(missing)?;
    let (controller, office) = (staff.controller, staff.office);
    let signatories = opened.store.accounts(controller)?.iter().map(|a| a.id).take(2).collect();
    let started = opened.store.now().as_nanosecond() as i64;
    let (store, who) = (opened.store, opened.who);
    let writer = Writer { store, who, controller, office, signatories, started, next: AtomicU64::new(0) };
    acknowledge("ready");
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..args.threads)
            .map(|n| {
                scope.spawn({
                    let writer = &writer;
                    move || writer.go(n)
                })
            })
            .collect();
        let panicked = |_| Err(CommandError::failed("crash", "a writer panicked"));
        threads.into_iter().try_for_each(|t| t.join().unwrap_or_else(panicked))
    })
}

/// One line in one write: a line in the pipe is whole.
fn acknowledge(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}

impl Writer {
    fn go(&self, thread: u64) -> CommandResult {
        loop {
            let person = self.create()?;
            let read = casebook::open_person(&self.store, &self.who, FOR, person)?;
            let changed = Profile { contact_rules: format!("changed by {thread}"), ..read.profile };
            let version =
                casebook::change_person(&self.store, &self.who, FOR, person, read.version, &changed)?;
            acknowledge(&format!("update {person} {version}"));
            let text = CaseText { title: "Rent".to_owned(), question: "May they?".to_owned() };
            let case = casebook::open_case(&self.store, &self.who, person, "housing", &text)?;
            acknowledge(&format!("case {person}"));
            let note = NoteText {
                text: "Called the landlord".to_owned(),
                source: "client".to_owned(),
                ..NoteText::default()
            };
            casebook::write_note(&self.store, &self.who, case, &note)?;
            acknowledge(&format!("note {person}"));
            let count = self.next.fetch_add(1, Ordering::SeqCst);
            if count.is_multiple_of(3) {
                casebook::erase_person(&self.store, person, self.controller, self.signatories.clone())?;
                acknowledge(&format!("erase {person}"));
            }
            if count.is_multiple_of(5) {
                let (_, note) = self.store.checkpoint(self.controller)?;
                acknowledge(&format!("checkpoint {}", note.replace('\n', "|")));
            }
        }
    }

    fn create(&self) -> Result<PersonId, CommandError> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let new = NewPerson {
            office: self.office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: Profile {
                emails: vec![format!("c{}n{number}@example.org", self.started)],
                forenames: "Ann".to_owned(),
                surname: "Lee".to_owned(),
                ..Profile::default()
            },
            shares_contact: false,
        };
        match casebook::record_person(&self.store, &self.who, FOR, &new)? {
            Recorded::New(id) => {
                acknowledge(&format!("create {id}"));
                Ok(id)
            }
            Recorded::Known(_) => Err(CommandError::failed("crash", "a new address was known already")),
        }
    }
}
