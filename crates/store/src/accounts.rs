//! Staff accounts and sessions: who is asking.

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_domain::ids::{ControllerId, OfficeId, SessionId, StaffId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::access::StaffActor;
use crate::db::{Conn, Row, Value};
use crate::error::{Result, StoreError};
use crate::seal::aead::{self, Place};
use crate::store::{Inner, Store};

/// The sealed part of a staff account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffText {
    /// The name that colleagues see.
    pub name: String,
    /// What they sign in with.
    pub sign_in: String,
    /// Their e-mail address.
    pub email: String,
    /// Their job title.
    pub title: String,
}

/// A staff account that is to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Their office.
    pub office: OfficeId,
    /// What they are trusted to do.
    pub roles: RoleSet,
    /// Name and sign-in.
    pub text: StaffText,
    /// The hash of their password (PHC string); none until they set one.
    pub password_hash: Option<String>,
    /// The secret of their one-time codes.
    pub totp_secret: Option<Vec<u8>>,
    /// Until when their training counts.
    pub training_until: Option<Timestamp>,
}

/// What signing in needs to know of an account.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Whose.
    pub staff: StaffId,
    /// The hash of the password.
    pub password_hash: Option<String>,
    /// The secret of the one-time codes.
    pub totp_secret: Option<Vec<u8>>,
    /// The last time step whose code was used: a code counts once.
    pub totp_last_step: i64,
    /// Whether the account is open.
    pub active: bool,
    /// How often in a row signing in failed.
    pub failed: i64,
    /// Until when no attempt is taken.
    pub locked_until: Timestamp,
}

/// A member of staff, as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: StaffId,
    /// Their office.
    pub office: OfficeId,
    /// What they are trusted to do.
    pub roles: RoleSet,
    /// Name and sign-in.
    pub text: StaffText,
    /// Whether the account is open.
    pub active: bool,
    /// Until when their training counts.
    pub training_until: Option<Timestamp>,
}

const fn place(staff: &StaffId) -> Place<'_> {
    Place { table: "staff_account", column: "sealed", row: staff.as_bytes() }
}

const fn totp_place(staff: &StaffId) -> Place<'_> {
    Place { table: "staff_account", column: "totp_sealed", row: staff.as_bytes() }
}

pub(crate) fn roles_text(roles: RoleSet) -> String {
    roles.iter().map(Role::as_str).collect::<Vec<_>>().join(" ")
}

fn roles_from(text: &str) -> Result<RoleSet> {
    text.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>().map_err(|_| {
        StoreError::Decode { table: "staff_account", column: "roles", row: 0, why: "not a known role" }
    })
}

impl Inner {
    /// Writes the row of a new account.
    pub(crate) fn insert_account(
        &self,
        conn: &mut Conn,
        controller: ControllerId,
        id: StaffId,
        new: &NewAccount,
        now: Timestamp,
    ) -> Result<StaffId> {
        let text = serde_json::to_vec(&new.text).map_err(|_| StoreError::Invalid("unreadable".to_owned()))?;
        let sealed = self.seal_for_house(conn, controller, place(&id), &text)?;
        let totp = match &new.totp_secret {
            Some(secret) => Some(self.seal_for_house(conn, controller, totp_place(&id), secret)?),
            None => None,
        };
        let made = conn.execute(
            "INSERT INTO staff_account (controller_id, id, office_id, roles, sign_in_blind, sealed, password_hash, \
             totp_sealed, totp_last_step, active, training_until, failed_sign_ins, locked_until, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 1, $9, 0, 0, $10) ON CONFLICT DO NOTHING",
            &[
                controller.into(),
                id.into(),
                new.office.into(),
                roles_text(new.roles).into(),
                self.sign_in_blind(controller, &new.text.sign_in).into(),
                sealed.into(),
                new.password_hash.clone().into(),
                totp.into(),
                new.training_until.unwrap_or(Timestamp::UNIX_EPOCH).into(),
                now.into(),
            ],
        )?;
        if made == 1 {
            Ok(id)
        } else {
            Err(StoreError::Invalid("this sign-in name is taken: choose another".to_owned()))
        }
    }

    fn sign_in_blind(&self, controller: ControllerId, sign_in: &str) -> [u8; 16] {
        self.blind.identity(controller.as_bytes(), "sign-in", &sign_in.trim().to_lowercase())
    }

    fn seal_for_house(
        &self,
        conn: &mut Conn,
        controller: ControllerId,
        place: Place<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        let key = self.controller_key(conn, controller)?;
        aead::seal(&self.keys.key(key)?, key, place, plain, &self.entropy)
    }
}

impl Store {
    /// Makes a staff account.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the sign-in name is taken.
    pub fn set_up_account(&self, controller: ControllerId, new: &NewAccount) -> Result<StaffId> {
        let id = StaffId::from_bytes(self.fresh_id());
        let now = self.now();
        self.write(|conn| self.inner.insert_account(conn, controller, id, new, now))
    }

    /// What signing in needs to know of the account with this sign-in name.
    ///
    /// # Errors
    /// What the database answers.
    pub fn sign_in_facts(&self, controller: ControllerId, sign_in: &str) -> Result<Option<SignIn>> {
        let blind = self.inner.sign_in_blind(controller, sign_in);
        self.sign_in_facts_where(controller, "sign_in_blind = $2", &blind.into())
    }

    /// What signing in needs to know of this member of staff's account.
    ///
    /// # Errors
    /// What the database answers.
    pub fn sign_in_facts_of(&self, controller: ControllerId, staff: StaffId) -> Result<Option<SignIn>> {
        self.sign_in_facts_where(controller, "id = $2", &staff.into())
    }

    fn sign_in_facts_where(
        &self,
        controller: ControllerId,
        condition: &str,
        value: &Value,
    ) -> Result<Option<SignIn>> {
        let sql = format!(
            "SELECT id, password_hash, totp_sealed, totp_last_step, active, failed_sign_ins, locked_until \
             FROM staff_account WHERE controller_id = $1 AND {condition}"
        );
        let rows =
            self.read(|conn| conn.query("staff_account", &sql, &[controller.into(), value.clone()]))?;
        let Some(row) = rows.first() else { return Ok(None) };
        let staff: StaffId = row.get(0, "id")?;
        let totp: Option<Vec<u8>> = row.get(2, "totp_sealed")?;
        Ok(Some(SignIn {
            staff,
            password_hash: row.get(1, "password_hash")?,
            totp_secret: totp.map(|t| self.inner.open_bytes(totp_place(&staff), &t)).transpose()?,
            totp_last_step: row.get(3, "totp_last_step")?,
            active: row.get(4, "active")?,
            failed: row.get(5, "failed_sign_ins")?,
            locked_until: row.get(6, "locked_until")?,
        }))
    }

    /// A member of staff's own name and their office's, as they see them themselves.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or altered content.
    pub fn own_names(&self, controller: ControllerId, staff: StaffId) -> Result<(String, String)> {
        let rows = self.read(|conn| {
            conn.query(
                "staff_account",
                "SELECT a.sealed, o.name FROM staff_account a \
                 JOIN office o ON o.controller_id = a.controller_id AND o.id = a.office_id \
                 WHERE a.controller_id = $1 AND a.id = $2",
                &[controller.into(), staff.into()],
            )
        })?;
        let row = rows.first().ok_or(StoreError::NotFound("staff account"))?;
        let text: StaffText = self.inner.open(place(&staff), &row.get::<Vec<u8>>(0, "sealed")?)?;
        Ok((text.name, row.get(1, "name")?))
    }

    /// Notes a failed attempt to sign in.
    ///
    /// # Errors
    /// What the database answers.
    pub fn note_failed_sign_in(
        &self,
        controller: ControllerId,
        staff: StaffId,
        locked_until: Timestamp,
    ) -> Result<()> {
        self.write(|conn| {
            conn.execute(
                "UPDATE staff_account SET failed_sign_ins = failed_sign_ins + 1, locked_until = $3 \
                 WHERE controller_id = $1 AND id = $2",
                &[controller.into(), staff.into(), locked_until.into()],
            )
            .map(|_| ())
        })
    }

    /// Uses the code of a time step; false when it, or a later one, was used already.
    ///
    /// # Errors
    /// What the database answers.
    pub fn use_totp_step(&self, controller: ControllerId, staff: StaffId, step: i64) -> Result<bool> {
        self.write(|conn| {
            conn.execute(
                "UPDATE staff_account SET totp_last_step = $3, failed_sign_ins = 0, locked_until = 0 \
                 WHERE controller_id = $1 AND id = $2 AND totp_last_step < $3",
                &[controller.into(), staff.into(), step.into()],
            )
            .map(|n| n == 1)
        })
    }

    /// Begins a session; the token itself is never kept, only its SHA-256.
    ///
    /// # Errors
    /// What the database answers.
    pub fn begin_session(
        &self,
        controller: ControllerId,
        staff: StaffId,
        token_hash: [u8; 32],
        second_factor: bool,
        lasts: SignedDuration,
    ) -> Result<SessionId> {
        let id = SessionId::from_bytes(self.fresh_id());
        let now = self.now();
        self.write(|conn| {
            conn.execute(
                "INSERT INTO session (controller_id, id, token_hash, staff_id, second_factor, made_at, last_seen_at, \
                 expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
                &[
                    controller.into(),
                    id.into(),
                    token_hash.into(),
                    staff.into(),
                    second_factor.into(),
                    now.into(),
                    (now + lasts).into(),
                ],
            )
        })?;
        Ok(id)
    }

    /// The member of staff whose live session this token opens: not expired, and seen within `idle`.
    ///
    /// # Errors
    /// What the database answers.
    pub fn session_actor(
        &self,
        controller: ControllerId,
        token_hash: [u8; 32],
        idle: SignedDuration,
    ) -> Result<Option<(SessionId, StaffActor)>> {
        let now = self.now();
        let rows = self.read(|conn| {
            conn.query(
                "session",
                "SELECT s.id, s.second_factor, s.last_seen_at, a.id, a.office_id, a.roles, a.active, a.training_until, \
                 o.adherent_until FROM session s \
                 JOIN staff_account a ON a.controller_id = s.controller_id AND a.id = s.staff_id \
                 JOIN office o ON o.controller_id = a.controller_id AND o.id = a.office_id \
                 WHERE s.controller_id = $1 AND s.token_hash = $2 AND s.expires_at > $3 AND s.last_seen_at > $4",
                &[controller.into(), token_hash.into(), now.into(), (now - idle).into()],
            )
        })?;
        let Some(row) = rows.first() else { return Ok(None) };
        let session: SessionId = row.get(0, "id")?;
        let seen: Timestamp = row.get(2, "last_seen_at")?;
        // Writing down every click would double the work; a minute is exact enough.
        if now.duration_since(seen) > SignedDuration::from_mins(1) {
            self.see_session(controller, session, now)?;
        }
        let actor = staff_actor(controller, row, 3, now, row.get(1, "second_factor")?)?;
        Ok(Some((session, actor)))
    }

    fn see_session(&self, controller: ControllerId, session: SessionId, now: Timestamp) -> Result<()> {
        self.write(|conn| {
            conn.execute(
                "UPDATE session SET last_seen_at = $3 WHERE controller_id = $1 AND id = $2",
                &[controller.into(), session.into(), now.into()],
            )
            .map(|_| ())
        })
    }

    /// Ends one session, or every session of a member of staff.
    ///
    /// # Errors
    /// What the database answers.
    pub fn end_sessions(
        &self,
        controller: ControllerId,
        one: Option<SessionId>,
        of: Option<StaffId>,
    ) -> Result<u64> {
        self.write(|conn| {
            conn.execute(
                "DELETE FROM session WHERE controller_id = $1 AND (id = $2 OR staff_id = $3)",
                &[controller.into(), one.into(), of.into()],
            )
        })
    }

    /// The actor for a member of staff, outside any session (the command line, jobs). The caller says
    /// whether a second factor was given.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn actor(&self, controller: ControllerId, staff: StaffId, second_factor: bool) -> Result<StaffActor> {
        let now = self.now();
        let rows = self.read(|conn| {
            conn.query(
                "staff_account",
                "SELECT a.id, a.office_id, a.roles, a.active, a.training_until, o.adherent_until FROM staff_account a \
                 JOIN office o ON o.controller_id = a.controller_id AND o.id = a.office_id \
                 WHERE a.controller_id = $1 AND a.id = $2",
                &[controller.into(), staff.into()],
            )
        })?;
        staff_actor(
            controller,
            rows.first().ok_or(StoreError::NotFound("staff account"))?,
            0,
            now,
            second_factor,
        )
    }

    /// The staff accounts of a controller.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn accounts(&self, controller: ControllerId) -> Result<Vec<Account>> {
        let rows = self.read(|conn| {
            conn.query(
                "staff_account",
                "SELECT id, office_id, roles, sealed, active, training_until FROM staff_account \
                 WHERE controller_id = $1 ORDER BY id",
                &[controller.into()],
            )
        })?;
        rows.iter()
            .map(|r| {
                let id: StaffId = r.get(0, "id")?;
                Ok(Account {
                    id,
                    office: r.get(1, "office_id")?,
                    roles: roles_from(&r.get::<String>(2, "roles")?)?,
                    text: self.inner.open(place(&id), &r.get::<Vec<u8>>(3, "sealed")?)?,
                    active: r.get(4, "active")?,
                    training_until: training(r.get(5, "training_until")?),
                })
            })
            .collect()
    }
}

fn training(until: Timestamp) -> Option<Timestamp> {
    (until > Timestamp::UNIX_EPOCH).then_some(until)
}

fn staff_actor(
    controller: ControllerId,
    row: &Row,
    at: usize,
    now: Timestamp,
    second_factor: bool,
) -> Result<StaffActor> {
    Ok(StaffActor {
        staff: row.get(at, "id")?,
        office: row.get(at + 1, "office_id")?,
        controller,
        roles: roles_from(&row.get::<String>(at + 2, "roles")?)?,
        training_until: training(row.get(at + 4, "training_until")?),
        second_factor,
        account_active: row.get(at + 3, "active")?,
        office_adherent: row.get::<Timestamp>(at + 5, "adherent_until")? > now,
    })
}
