//! A generated network that is kept in a folder, to be measured again after a change.

use std::path::Path;

use counterfoil_domain::access::Role;
use counterfoil_domain::ids::{BadId, OfficeId, PersonId};
use counterfoil_service::casebook::batch::Made;
use counterfoil_service::demo::{Colleague, Network};
use serde::{Deserialize, Serialize};

use crate::out::CommandError;

/// What the database does not tell of a generated network, or tells too slowly.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Where it is on PostgreSQL.
    pub(super) schema: Option<String>,
    pub(super) people: u32,
    pub(super) people_per_second: f64,
    controller: String,
    name: String,
    offices: Vec<String>,
    staff: Vec<Worker>,
    made: Vec<Batch>,
}

/// An office, and the people recorded there together, each with their cases.
type Batch = (String, Vec<(String, Vec<String>)>);

#[derive(Debug, Serialize, Deserialize)]
struct Worker {
    staff: String,
    office: String,
    sign_in: String,
    adviser: bool,
    secret: [u8; 20],
}

const FILE: &str = "network.json";

fn trouble(e: impl std::fmt::Display) -> CommandError {
    CommandError::failed("bench", format!("the network that is kept cannot be used: {e}"))
}

impl Kept {
    pub(super) fn of(
        schema: Option<String>,
        (people, people_per_second): (u32, f64),
        network: &Network,
        made: &[(OfficeId, Made)],
    ) -> Self {
        let worker = |c: &Colleague| Worker {
            staff: c.staff.to_string(),
            office: c.office.to_string(),
            sign_in: c.sign_in.clone(),
            adviser: c.role == Role::Adviser,
            secret: c.secret,
        };
        let person = |(person, cases): &(_, Vec<_>)| {
            let person: &PersonId = person;
            (person.to_string(), cases.iter().map(ToString::to_string).collect())
        };
        Self {
            schema,
            people,
            people_per_second,
            controller: network.controller.to_string(),
            name: network.name.clone(),
            offices: network.offices.iter().map(ToString::to_string).collect(),
            staff: network.staff.iter().map(worker).collect(),
            made: made.iter().map(|(o, some)| (o.to_string(), some.iter().map(person).collect())).collect(),
        }
    }

    /// What is kept in the folder, when something is.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, CommandError> {
        match std::fs::read(folder.join(FILE)) {
            Ok(content) => serde_json::from_slice(&content).map(Some).map_err(trouble),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(trouble(e)),
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), CommandError> {
        let content = serde_json::to_vec(self).map_err(trouble)?;
        std::fs::write(folder.join(FILE), content).map_err(trouble)
    }

    pub(super) fn network(&self) -> Result<Network, CommandError> {
        let colleague = |w: &Worker| {
            Ok(Colleague {
                staff: w.staff.parse()?,
                office: w.office.parse()?,
                sign_in: w.sign_in.clone(),
                role: if w.adviser { Role::Adviser } else { Role::Supervisor },
                secret: w.secret,
            })
        };
        let network = || -> Result<Network, BadId> {
            Ok(Network {
                controller: self.controller.parse()?,
                name: self.name.clone(),
                offices: self.offices.iter().map(|o| o.parse()).collect::<Result<_, _>>()?,
                staff: self.staff.iter().map(colleague).collect::<Result<_, BadId>>()?,
            })
        };
        network().map_err(trouble)
    }

    pub(super) fn made(&self) -> Result<Vec<(OfficeId, Made)>, CommandError> {
        let person = |(person, cases): &(String, Vec<String>)| {
            Ok((person.parse()?, cases.iter().map(|c| c.parse()).collect::<Result<_, _>>()?))
        };
        let some = |(office, some): &(String, Vec<_>)| {
            Ok((office.parse()?, some.iter().map(person).collect::<Result<_, BadId>>()?))
        };
        self.made.iter().map(some).collect::<Result<_, BadId>>().map_err(trouble)
    }
}
