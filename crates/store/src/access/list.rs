//! The rule of `record.list` for people as a SQL filter, so that a list of a hundred thousand people
//! does not ask the policies a hundred thousand times.
//!
//! INVARIANT: the filter shows exactly the people for whom the built-in policies decide
//! `record.list`. A property test holds the two equal on random data. An organisation's own policies
//! can only narrow that (the gate refuses to load one that permits `record.list`), so the store asks
//! the gate once more for each row that it shows.

use counterfoil_domain::access::{Purpose, PurposeSet, ReasonCode, ReasonSet, Role, RoleSet};
use counterfoil_domain::ids::{ControllerId, OfficeId, StaffId};
use jiff::Timestamp;

use super::entities::longest_grant_millis;
use super::question::{Actor, Limits, StaffActor};

/// A value for a `$n` of the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// Sixteen bytes of an identifier.
    Bytes([u8; 16]),
    /// A number; here always milliseconds.
    Int(i64),
    /// A word.
    Text(&'static str),
}

impl From<Param> for crate::db::Value {
    fn from(param: Param) -> Self {
        match param {
            Param::Bytes(v) => v.into(),
            Param::Int(v) => v.into(),
            Param::Text(v) => v.into(),
        }
    }
}

/// Who may be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRule {
    /// Nobody.
    Nothing,
    /// The people whom this reach covers.
    Within(Reach),
}

/// How far a worker's lists reach, for one purpose at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    controller: ControllerId,
    me: StaffId,
    office: OfficeId,
    /// A rights request: the whole controller, hidden people too.
    everywhere: bool,
    /// The own office's people.
    own_office: bool,
    /// The purpose, where a person can stop it; none for what is a duty of law.
    stoppable: Option<Purpose>,
    /// The reasons of a grant that serve the purpose.
    reasons: ReasonSet,
    /// Whether other offices are open at all (adherence).
    beyond: bool,
    /// Whether people under extra protection are.
    cleared: bool,
    now: i64,
    longest_grant: i64,
}

const CASEWORKERS: RoleSet = RoleSet::of(&[Role::Adviser, Role::ProtectedAdviser, Role::Supervisor]);
const SERVING: PurposeSet = PurposeSet::of(&[Purpose::ServiceDelivery, Purpose::Safeguarding]);
const ALWAYS_HELD: PurposeSet = PurposeSet::of(&[Purpose::RightsRequest, Purpose::Incident]);

/// Whom `actor` may see in a list of people, for `purpose`, at `now`.
///
/// `held` are the purposes of the activity that keeps the list's people (the casebook's, in the
/// register).
#[must_use]
pub fn rule(actor: &Actor, purpose: Purpose, held: PurposeSet, now: Timestamp, limits: &Limits) -> ListRule {
    let Some(me) = actor.staff() else { return ListRule::Nothing };
    let reach = reach(me, purpose, now, limits);
    let purpose_held = held.contains(purpose) || ALWAYS_HELD.contains(purpose);
    let somewhere = reach.everywhere || reach.own_office || !reach.reasons.is_empty();
    if may_act(me, now) && purpose_held && somewhere { ListRule::Within(reach) } else { ListRule::Nothing }
}

fn may_act(me: &StaffActor, now: Timestamp) -> bool {
    let trained = me.training_until.is_some_and(|until| now.as_millisecond() < until.as_millisecond());
    me.account_active && me.second_factor && trained
}

fn reach(me: &StaffActor, purpose: Purpose, now: Timestamp, limits: &Limits) -> Reach {
    let has = |role| me.roles.contains(role);
    let serving = me.roles.meets(CASEWORKERS) && SERVING.contains(purpose);
    let complaint = has(Role::ComplaintsOfficer) && purpose == Purpose::Complaint;
    let incident = has(Role::IgOfficer) && purpose == Purpose::Incident;
    let everywhere = has(Role::IgOfficer) && purpose == Purpose::RightsRequest;
    let reception = has(Role::Reception) && purpose == Purpose::ServiceDelivery;
    let quality = has(Role::Supervisor) && purpose == Purpose::Quality;
    let reasons = [
        (ReasonCode::ClientAttends, serving),
        (ReasonCode::Partnership, serving),
        (ReasonCode::Configured, serving),
        (ReasonCode::Complaint, complaint),
        (ReasonCode::Incident, incident),
    ];
    Reach {
        controller: me.controller,
        me: me.staff,
        office: me.office,
        everywhere,
        own_office: serving || complaint || reception || quality,
        stoppable: (!ALWAYS_HELD.contains(purpose)).then_some(purpose),
        reasons: reasons.into_iter().filter_map(|(reason, serves)| serves.then_some(reason)).collect(),
        beyond: me.office_adherent,
        cleared: has(Role::Supervisor) || has(Role::ProtectedAdviser) || everywhere || incident || complaint,
        now: now.as_millisecond(),
        longest_grant: longest_grant_millis(limits),
    }
}

impl ListRule {
    /// The filter as a SQL condition over the `person` row that `alias` names, with its parameters.
    ///
    /// Parameters are numbered from `first_param`; each is used once and they appear in order, so the
    /// text runs on SQLite and PostgreSQL alike. It reads the columns `controller_id`, `office_id`,
    /// `kind`, `protection`, `restricted`, `stopped`, `staff_id`, and the tables `access_grant` and
    /// `declared_relation`.
    ///
    /// `alias` is a name written in the program, never input.
    #[must_use]
    pub fn sql(&self, alias: &'static str, first_param: usize) -> (String, Vec<Param>) {
        match self {
            Self::Nothing => ("1 = 0".to_owned(), Vec::new()),
            Self::Within(reach) => {
                let mut clause = Clause { alias, next: first_param, params: Vec::new() };
                (reach.condition(&mut clause), clause.params)
            }
        }
    }
}

/// A condition in the making: hands out `$n`.
struct Clause {
    alias: &'static str,
    next: usize,
    params: Vec<Param>,
}

impl Clause {
    fn param(&mut self, value: Param) -> String {
        let place = format!("${}", self.next);
        self.next += 1;
        self.params.push(value);
        place
    }

    fn id(&mut self, id: &[u8; 16]) -> String {
        self.param(Param::Bytes(*id))
    }
}

impl Reach {
    fn condition(&self, clause: &mut Clause) -> String {
        let mut parts = vec![self.not_conflicted(clause), self.opened(clause)];
        if !self.beyond {
            parts.push(self.at_home(clause));
        }
        if !self.everywhere {
            parts.push(self.not_hidden(clause));
        }
        if !self.cleared {
            parts.push(format!("{}.protection = 'standard'", clause.alias));
        }
        if let Some(purpose) = self.stoppable {
            // Words of the closed list of purposes, none of which is part of another between commas.
            parts.push(format!("{}.stopped NOT LIKE '%,{purpose},%'", clause.alias));
        }
        format!("({})", parts.join(" AND "))
    }

    /// Same controller; not the worker's own record, nor that of someone close to them.
    fn not_conflicted(&self, clause: &mut Clause) -> String {
        let p = clause.alias;
        let controller = clause.id(self.controller.as_bytes());
        let own = clause.id(self.me.as_bytes());
        let me = clause.id(self.me.as_bytes());
        format!(
            "{p}.controller_id = {controller} AND ({p}.staff_id IS NULL OR {p}.staff_id <> {own}) \
             AND NOT EXISTS (SELECT 1 FROM declared_relation r WHERE r.controller_id = {p}.controller_id \
             AND r.person_id = {p}.id AND r.staff_id = {me})"
        )
    }

    /// Opened by the own office, by a grant, or by a rights request.
    fn opened(&self, clause: &mut Clause) -> String {
        if self.everywhere {
            return "1 = 1".to_owned();
        }
        let mut ways = Vec::new();
        if self.own_office {
            ways.push(self.at_home(clause));
        }
        if !self.reasons.is_empty() {
            ways.push(self.granted(clause));
        }
        format!("({})", ways.join(" OR "))
    }

    fn at_home(&self, clause: &mut Clause) -> String {
        let office = clause.id(self.office.as_bytes());
        format!("{}.office_id = {office}", clause.alias)
    }

    /// A live grant, for a reason that serves the purpose.
    fn granted(&self, clause: &mut Clause) -> String {
        let p = clause.alias;
        let me = clause.id(self.me.as_bytes());
        let begun = clause.param(Param::Int(self.now));
        let not_ended = clause.param(Param::Int(self.now));
        let longest = clause.param(Param::Int(self.longest_grant));
        let reasons: Vec<_> = self.reasons.iter().map(|r| clause.param(Param::Text(r.as_str()))).collect();
        let unproved = clause.param(Param::Text(ReasonCode::ClientAttends.as_str()));
        format!(
            "EXISTS (SELECT 1 FROM access_grant g WHERE g.controller_id = {p}.controller_id \
             AND g.person_id = {p}.id AND g.staff_id = {me} AND g.revoked_at IS NULL \
             AND g.valid_from <= {begun} AND g.valid_until > {not_ended} \
             AND g.valid_until - g.valid_from <= {longest} AND g.reason IN ({}) \
             AND (g.evidence_checked = 1 OR g.reason = {unproved}))",
            reasons.join(", ")
        )
    }

    /// Existence is data too: nobody restricted, and of other offices nobody nameless or under extra
    /// protection.
    fn not_hidden(&self, clause: &mut Clause) -> String {
        let p = clause.alias;
        let home = self.at_home(clause);
        format!("{p}.restricted = 0 AND ({home} OR ({p}.kind = 'named' AND {p}.protection = 'standard'))")
    }
}
