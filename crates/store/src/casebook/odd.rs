//! Odd accesses: noted in the act that they happened in, kept for the home office's reviewer (promise N4).

use counterfoil_domain::access::{Flag, FlagSet, Purpose, ResourceKind, Verb};
use counterfoil_domain::casebook::odd::{self, Look};
use counterfoil_domain::ids::{OddId, OfficeId, PersonId, StaffId};
use jiff::{SignedDuration, Timestamp};

use super::people::Profile;
use crate::accounts::StaffText;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::{PersonRow, Terms};
use crate::seal::aead::Place;
use crate::tx::Tx;

/// An access that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// Which.
    pub id: OddId,
    /// Whose record.
    pub person: PersonId,
    /// Who looked.
    pub staff: StaffId,
    /// What for, by the purpose's spelling.
    pub purpose: String,
    /// What is odd.
    pub flags: FlagSet,
    /// Whether the gate refused it.
    pub refused: bool,
    /// When, first on that day.
    pub at: Timestamp,
    /// What a reviewer found, if one has looked: `explained` or `not-explained`.
    pub outcome: Option<String>,
}

fn spelled(flags: FlagSet) -> String {
    flags.iter().map(Flag::as_str).collect::<Vec<_>>().join(" ")
}

fn read(text: &str) -> FlagSet {
    text.split_whitespace().filter_map(|w| w.parse().ok()).collect()
}

/// The purposes for which somebody looks who has no case with the person, as their task is.
const NOT_CASEWORK: [Purpose; 4] =
    [Purpose::RightsRequest, Purpose::Complaint, Purpose::Incident, Purpose::Quality];

impl Tx<'_> {
    /// Looks at a reading that the gate allowed, once for each person of an act.
    pub(crate) fn look(&mut self, person: PersonId, row: &PersonRow, from_gate: FlagSet) -> Result<()> {
        let reads = matches!(self.verb, Verb::RecordRead | Verb::RecordExport);
        let Some(me) = self.who.staff().filter(|_| reads).map(|s| s.staff) else { return Ok(()) };
        if self.looked.contains(&person) {
            return Ok(());
        }
        self.looked.push(person);
        let profile = self.profile(person, row)?;
        let (own_surname, own_home) = self.worker(me)?;
        let surname = odd::surname_key(&profile.surname);
        let look = Look {
            same_surname: !surname.is_empty() && surname == own_surname,
            same_address: own_home.is_some_and(|home| home_of(&profile) == Some(home)),
            watched: row.watched,
            has_reason: NOT_CASEWORK.contains(&self.purpose) || self.explained(person, row)?,
        };
        let flags: FlagSet = from_gate.iter().chain(odd::flags(&look).iter()).collect();
        if flags.meets(odd::ODD) { self.note_odd(person, row.office, flags, false) } else { Ok(()) }
    }

    /// The worker's surname, and where they live when the casebook knows them as a person too.
    fn worker(&mut self, me: StaffId) -> Result<(String, Option<(String, String)>)> {
        let rows = self.query(
            "staff_account",
            "SELECT a.sealed, p.id, p.sealed FROM staff_account a LEFT JOIN person p \
             ON p.controller_id = a.controller_id AND p.staff_id = a.id WHERE a.controller_id = $1 AND a.id = $2",
            &[self.controller().into(), me.into()],
        )?;
        let Some(row) = rows.first() else { return Ok((String::new(), None)) };
        let place = Place { table: "staff_account", column: "sealed", row: me.as_bytes() };
        let account: StaffText = self.open(place, &row.get::<Vec<u8>>(0, "sealed")?)?;
        let home = match row.get::<Option<PersonId>>(1, "id")? {
            None => None,
            Some(id) => {
                let place = Place { table: "person", column: "sealed", row: id.as_bytes() };
                home_of(&self.open::<Profile>(place, &row.get::<Vec<u8>>(2, "sealed")?)?)
            }
        };
        Ok((odd::surname_key(&account.name), home))
    }

    /// Whether something that the worker's office does explains the access: an open case, an appointment
    /// within a day, a share, a grant, or a record that is new today.
    fn explained(&mut self, person: PersonId, row: &PersonRow) -> Result<bool> {
        let day = SignedDuration::from_hours(24);
        if self.now.duration_since(row.made_at) < day || row.has_grant() {
            return Ok(true);
        }
        let office = self.who.staff().map(|s| s.office);
        let rows = self.query(
            "case_file",
            "SELECT 1 FROM case_file WHERE controller_id = $1 AND person_id = $2 AND status <> 'closed' UNION ALL \
             SELECT 1 FROM case_entry WHERE controller_id = $1 AND person_id = $2 AND kind = 'appointment' \
             AND office_id = $3 AND starts_at > $4 AND starts_at < $5 LIMIT 1",
            &[
                self.controller().into(),
                person.into(),
                office.into(),
                (self.now - day).into(),
                (self.now + day).into(),
            ],
        )?;
        Ok(!rows.is_empty())
    }

    /// Notes a refused access when what was tried is odd by itself.
    pub(crate) fn note_odd_refusal(
        &mut self,
        person: PersonId,
        office: OfficeId,
        flags: FlagSet,
    ) -> Result<()> {
        if flags.meets(odd::ODD) && self.verb != Verb::RecordList {
            self.note_odd(person, office, flags, true)?;
        }
        Ok(())
    }

    fn note_odd(&mut self, person: PersonId, office: OfficeId, flags: FlagSet, refused: bool) -> Result<()> {
        let Some(me) = self.who.staff().map(|s| s.staff) else { return Ok(()) };
        let day = self.now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let id = OddId::from_bytes(self.fresh_id());
        // Straight to the database: it changes nothing of what the act knows of the person.
        self.conn.execute(
            "INSERT INTO odd_access (controller_id, id, person_id, staff_id, office_id, on_date, purpose, flags, \
             refused, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (controller_id, staff_id, person_id, on_date, refused) DO NOTHING",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                me.into(),
                office.into(),
                day.into(),
                self.purpose.as_str().into(),
                spelled(flags).into(),
                refused.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The odd accesses to an office's records that nobody has looked at, the newest first.
    ///
    /// # Errors
    /// A refusal of the gate (rule 59).
    pub fn odd_accesses(&mut self, office: OfficeId, most: u32, terms: &Terms) -> Result<Vec<Odd>> {
        self.permit_house(ResourceKind::Office, *office.as_bytes(), office, None, terms)?;
        let rows = self.query(
            "odd_access",
            "SELECT id, person_id, staff_id, purpose, flags, refused, at, outcome FROM odd_access \
             WHERE controller_id = $1 AND office_id = $2 AND reviewed_at IS NULL ORDER BY at DESC LIMIT $3",
            &[self.controller().into(), office.into(), most.into()],
        )?;
        rows.iter().map(odd_row).collect()
    }

    /// Says what came of looking at an odd access. Nobody reviews their own.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn review_odd(&mut self, id: OddId, explained: bool, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "odd_access",
            "SELECT office_id, staff_id FROM odd_access WHERE controller_id = $1 AND id = $2 AND reviewed_at IS NULL",
            &[self.controller().into(), id.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("access that waits for review"))?;
        let (office, staff): (OfficeId, StaffId) = (row.get(0, "office_id")?, row.get(1, "staff_id")?);
        self.permit_house(ResourceKind::Office, *office.as_bytes(), office, None, terms)?;
        let me = self.who.staff().map(|s| s.staff);
        if me == Some(staff) {
            return Err(StoreError::Refused {
                why: "this is your own access: another person reviews it".to_owned(),
                remedy: Some("ask your office's manager or the data protection officer".to_owned()),
                policies: Vec::new(),
            });
        }
        self.execute(
            "UPDATE odd_access SET reviewed_by = $3, reviewed_at = $4, outcome = $5 \
             WHERE controller_id = $1 AND id = $2",
            &[
                self.controller().into(),
                id.into(),
                me.into(),
                self.now.into(),
                (if explained { "explained" } else { "not-explained" }).into(),
            ],
        )
        .map(|_| ())
    }

    /// How many different people's records each worker of an office opened since a moment, the busiest first.
    ///
    /// # Errors
    /// A refusal of the gate (rule 59).
    pub fn busiest(
        &mut self,
        office: OfficeId,
        since: Timestamp,
        terms: &Terms,
    ) -> Result<Vec<(StaffId, u64)>> {
        self.permit_house(ResourceKind::Office, *office.as_bytes(), office, None, terms)?;
        self.send_entries()?;
        let controller = self.controller();
        let counted = self.query(
            "audit_entry",
            "SELECT actor, COUNT(DISTINCT subject) FROM audit_entry WHERE controller_id = $1 AND at >= $2 \
             AND subject IS NOT NULL GROUP BY actor",
            &[controller.into(), since.into()],
        )?;
        let staff = self.query(
            "staff_account",
            "SELECT id FROM staff_account WHERE controller_id = $1 AND office_id = $2",
            &[controller.into(), office.into()],
        )?;
        let mut found = Vec::new();
        for row in &staff {
            let id: StaffId = row.get(0, "id")?;
            let name = self.store.blind.pseudonym(controller.as_bytes(), "staff", id.as_bytes());
            for line in &counted {
                if line.get::<[u8; 16]>(0, "actor")? == name {
                    let people: i64 = line.get(1, "count")?;
                    found.push((id, people.unsigned_abs()));
                }
            }
        }
        found.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        Ok(found)
    }

    /// Marks a record as one that draws the curious, or takes the mark away.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn set_watched(&mut self, person: PersonId, watched: bool, terms: &Terms) -> Result<()> {
        let permit = self.permit(crate::permit::Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.execute(
            "UPDATE person SET watched = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), person.into(), watched.into()],
        )
        .map(|_| ())
    }
}

fn odd_row(row: &Row) -> Result<Odd> {
    Ok(Odd {
        id: row.get(0, "id")?,
        person: row.get(1, "person_id")?,
        staff: row.get(2, "staff_id")?,
        purpose: row.get(3, "purpose")?,
        flags: read(&row.get::<String>(4, "flags")?),
        refused: row.get(5, "refused")?,
        at: row.get(6, "at")?,
        outcome: row.get(7, "outcome")?,
    })
}

/// Where somebody lives, as two addresses are compared: the postcode and the first line.
fn home_of(profile: &Profile) -> Option<(String, String)> {
    let fold =
        |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let address = profile.addresses.iter().find(|a| a.until.is_none())?;
    let (postcode, line) = (fold(&address.postcode), fold(address.lines.first()?));
    (!postcode.is_empty() && !line.is_empty()).then_some((postcode, line))
}
