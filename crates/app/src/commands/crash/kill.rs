//! Start a writer, kill it, check.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::store::{Hardness, Store};
use serde_json::json;

use super::check::Record;
use crate::chance::random;
use crate::config::{self, Config};
use crate::out::{self, CommandError, CommandResult};

/// Kill writers and check.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How often to kill a writer on the embedded engine.
    #[arg(long, default_value_t = 0)]
    sqlite: u32,
    /// How often to kill one on PostgreSQL (COUNTERFOIL_TEST_POSTGRES).
    #[arg(long, default_value_t = 0)]
    postgres: u32,
    /// An empty folder to work in.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// How many kills one installation lives through before a fresh one is made.
    #[arg(long, default_value_t = 10)]
    lives: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

const PASSPHRASE: &str = "only for the crash test";

/// Runs `counterfoil crash run`.
pub fn run(args: &Args) -> CommandResult {
    let address = std::env::var("COUNTERFOIL_TEST_POSTGRES").ok();
    if args.postgres > 0 && address.is_none() {
        return Err(CommandError::refused(
            "no-postgres",
            "set COUNTERFOIL_TEST_POSTGRES to a server's address",
        ));
    }
    let mut results = Vec::new();
    for (engine, kills, address) in [("sqlite", args.sqlite, None), ("postgres", args.postgres, address)] {
        let mut acts = 0;
        let mut done = 0;
        while done < kills {
            let lives = args.lives.min(kills - done);
            let house = House::make(&args.folder.join(format!("{engine}-{done}")), address.clone())?;
            acts += house.live(lives)?;
            done += lives;
            out::note(&format!("{engine}: {done} of {kills} kills, {acts} acts acknowledged, nothing lost"));
        }
        results.push(json!({ "engine": engine, "kills": kills, "acts": acts, "lost": 0 }));
    }
    if args.json {
        return out::json(&results);
    }
    out::line("Nothing acknowledged was lost; every change has its entry and every entry its change.");
    Ok(())
}

/// An installation to be killed.
struct House {
    folder: PathBuf,
    address: Option<String>,
    controller: ControllerId,
}

impl House {
    fn make(folder: &Path, address: Option<String>) -> Result<Self, CommandError> {
        std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
        let chance = hex(&random::<6>()?);
        let text = format!(
            "[data]\nfolder = {data:?}\nschema = \"crash{chance}\"\nconnections = 8\n\n[keys]\nfile = {key:?}\n",
            data = folder.join("data"),
            key = folder.join("organisation.key"),
        );
        std::fs::write(folder.join("counterfoil.toml"), text).map_err(|e| failed(&e))?;
        installation::make_keys(&folder.join("organisation.key"), PASSPHRASE, Hardness::Test)?;
        let mut house =
            Self { folder: folder.to_owned(), address, controller: ControllerId::from_bytes([0; 16]) };
        let store = house.open()?;
        let (settings, _) = Organisation::template("advice-network")?;
        let new = NewOrganisation {
            settings: settings.to_owned(),
            offices: vec!["Moor".to_owned()],
            adherent_until: None,
        };
        house.controller = installation::set_up(&store, &new)?;
        for (sign_in, role) in [("writer", Role::Adviser), ("second", Role::OfficeManager)] {
            installation::add_staff(&store, house.controller, &staff(sign_in, role, &store))?;
        }
        Ok(house)
    }

    fn open(&self) -> Result<Store, CommandError> {
        let mut config = Config::load(Some(&self.folder.join("counterfoil.toml")))?;
        config.data.postgres.clone_from(&self.address);
        let (store, _) = installation::open(&config.site(), PASSPHRASE, config::fixed_or_system()?)?;
        Ok(store)
    }

    /// Lives through `kills` deaths; gives how many acts were acknowledged.
    fn live(&self, kills: u32) -> Result<usize, CommandError> {
        let mut record = Record::default();
        for _ in 0..kills {
            self.die(&mut record)?;
            let wrong = record.check(&self.open()?, self.controller)?;
            if let Some(first) = wrong.first() {
                let message =
                    format!("{} things are wrong in `{}`: {first}", wrong.len(), self.folder.display());
                return Err(CommandError::failed("lost", message));
            }
        }
        Ok(record.acts)
    }

    /// Starts a writer, kills it after 5 to 500 ms of work, and takes down what it acknowledged.
    fn die(&self, record: &mut Record) -> CommandResult {
        let mut child = self.start()?;
        let pipe =
            child.stdout.take().ok_or_else(|| CommandError::failed("crash", "the writer has no output"))?;
        let mut lines = BufReader::new(pipe).lines();
        let ready = matches!(lines.next(), Some(Ok(line)) if line == "ready");
        let [a, b] = random::<2>()?;
        let pause = Duration::from_millis(5 + u64::from(u16::from_be_bytes([a, b])) % 496);
        std::thread::scope(|scope| {
            let heard = scope.spawn(|| lines.map_while(Result::ok).try_for_each(|line| record.hear(&line)));
            std::thread::sleep(pause);
            let early = child.try_wait();
            // SIGKILL: no handler runs, nothing is flushed.
            let _ = child.kill();
            let _ = child.wait();
            let heard =
                heard.join().unwrap_or_else(|_| Err(CommandError::failed("crash", "the listener panicked")));
            heard.and(match early {
                Ok(None) if ready => Ok(()),
                _ => Err(CommandError::failed("crash", "the writer ended before it was killed")),
            })
        })
    }

    fn start(&self) -> Result<Child, CommandError> {
        let program = std::env::current_exe().map_err(|e| failed(&e))?;
        let mut command = Command::new(program);
        command
            .args(["crash", "write", "--as", "writer", "--config"])
            .arg(self.folder.join("counterfoil.toml"));
        command.env(config::PASSPHRASE, PASSPHRASE).stdout(Stdio::piped());
        match &self.address {
            Some(address) => command.env("COUNTERFOIL_POSTGRES", address),
            None => command.env_remove("COUNTERFOIL_POSTGRES"),
        };
        command.spawn().map_err(|e| failed(&e))
    }
}

fn staff(sign_in: &str, role: Role, store: &Store) -> NewStaff {
    NewStaff {
        office: "Moor".to_owned(),
        name: sign_in.to_owned(),
        sign_in: sign_in.to_owned(),
        roles: RoleSet::of(&[role]),
        password_hash: None,
        totp_secret: None,
        training_until: store.now().checked_add(jiff::SignedDuration::from_hours(24)).ok(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn failed(error: &std::io::Error) -> CommandError {
    CommandError::failed("crash", error.to_string())
}
