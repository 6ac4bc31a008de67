//! From a [`Question`] to Cedar's entities and context, built natively (no JSON, ten times faster).

use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use counterfoil_domain::access::{Identity, Protection, Purpose, ResourceKind, Verb};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};

use super::question::{Actor, GrantFacts, Limits, PersonFacts, Question, Resource, StaffActor};

/// Why a question could not be put. Each is a fault of the caller or of this code, and a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// The resource lacks what its kind must have.
    #[error("the facts about the person are missing")]
    FactsMissing,
    /// A person's record that names another person, which a grant could wrongly open.
    #[error("the facts are those of another person")]
    FactsOfAnother,
    /// Nobody of this kind does this to a thing of that kind.
    #[error("the verb is not for this kind of asker or thing")]
    Unfitting,
    /// A policy failed to evaluate.
    #[error("a policy could not be evaluated")]
    Unevaluable,
    /// Cedar did not take a value.
    #[error("the question could not be put to the policies")]
    Unbuildable,
}

type Attributes = HashMap<String, RestrictedExpression>;
type Value = RestrictedExpression;

/// The names of Cedar's entity types, parsed once.
#[derive(Debug, Clone)]
pub(super) struct Types {
    action: EntityTypeName,
    automation: EntityTypeName,
    controller: EntityTypeName,
    office: EntityTypeName,
    purpose: EntityTypeName,
    reason: EntityTypeName,
    restriction_use: EntityTypeName,
    role: EntityTypeName,
    staff: EntityTypeName,
    person: EntityTypeName,
    case: EntityTypeName,
    note: EntityTypeName,
    document: EntityTypeName,
    request: EntityTypeName,
    grant: EntityTypeName,
    audit_log: EntityTypeName,
    staff_account: EntityTypeName,
    register: EntityTypeName,
    system: EntityTypeName,
    message: EntityTypeName,
    statistics: EntityTypeName,
}

/// What Cedar is given for one question.
#[derive(Debug)]
pub(super) struct Built {
    pub principal: Entity,
    pub resource: Entity,
    pub context: Context,
}

impl Types {
    /// Parses the names; `None` only if Cedar's grammar changed.
    pub fn new() -> Option<Self> {
        let name = |text: &str| text.parse::<EntityTypeName>().ok();
        Some(Self {
            action: name("Action")?,
            automation: name("Automation")?,
            controller: name("Controller")?,
            office: name("Office")?,
            purpose: name("Purpose")?,
            reason: name("Reason")?,
            restriction_use: name("RestrictionUse")?,
            role: name("Role")?,
            staff: name("Staff")?,
            person: name("Person")?,
            case: name("Case")?,
            note: name("Note")?,
            document: name("Document")?,
            request: name("Request")?,
            grant: name("Grant")?,
            audit_log: name("AuditLog")?,
            staff_account: name("StaffAccount")?,
            register: name("Register")?,
            system: name("System")?,
            message: name("Message")?,
            statistics: name("Statistics")?,
        })
    }

    /// The action of a verb.
    pub fn action(&self, verb: Verb) -> EntityUid {
        word(&self.action, verb.as_str())
    }

    /// Everything that Cedar needs for `question`.
    pub fn build(&self, question: &Question, limits: &Limits) -> Result<Built, Fault> {
        Ok(Built {
            principal: self.principal(&question.actor)?,
            resource: self.resource(&question.resource)?,
            context: self.context(question, limits)?,
        })
    }

    fn principal(&self, actor: &Actor) -> Result<Entity, Fault> {
        match actor {
            Actor::Staff(staff) => self.staff(staff),
            Actor::Automation { controller } => {
                let uid = word(&self.automation, "system");
                entity(uid, HashMap::from([self.controlled_by(*controller)]), HashSet::new())
            }
        }
    }

    fn staff(&self, staff: &StaffActor) -> Result<Entity, Fault> {
        let mut attributes = HashMap::from([
            self.controlled_by(staff.controller),
            self.at_office(staff.office),
            flag("officeAdherent", staff.office_adherent),
            flag("accountActive", staff.account_active),
            flag("secondFactor", staff.second_factor),
        ]);
        if let Some(until) = staff.training_until {
            attributes.extend([number("trainedUntil", until.as_millisecond())]);
        }
        let roles = staff.roles.iter().map(|role| word(&self.role, role.as_str())).collect();
        entity(self.staff_uid(staff.staff), attributes, roles)
    }

    fn resource(&self, resource: &Resource) -> Result<Entity, Fault> {
        let mut attributes = HashMap::from([self.controlled_by(resource.controller)]);
        if let Some(facts) = facts_of(resource)? {
            if resource.kind == ResourceKind::Person && &resource.id != facts.id.as_bytes() {
                return Err(Fault::FactsOfAnother);
            }
            attributes.extend([self.at_office(resource.office)]);
            self.add_facts(&mut attributes, resource.kind, facts)?;
        }
        entity(uid(self.of_kind(resource.kind), &resource.id), attributes, HashSet::new())
    }

    fn add_facts(&self, to: &mut Attributes, kind: ResourceKind, facts: &PersonFacts) -> Result<(), Fault> {
        if let Some(staff) = facts.staff_member {
            to.extend([("staffMember".to_owned(), self.staff_value(staff))]);
        } else if kind == ResourceKind::StaffAccount {
            return Err(Fault::FactsMissing);
        }
        if kind == ResourceKind::StaffAccount {
            return Ok(());
        }
        to.extend([set("relations", facts.relations.iter().map(|s| self.staff_value(*s)))]);
        if kind.is_record() {
            to.extend([
                ("person".to_owned(), self.person_value(facts.id)),
                flag("named", facts.identity == Identity::Named),
                flag("extraProtection", facts.protection == Protection::Extra),
                flag("restricted", facts.restricted),
                flag("legalHold", facts.legal_hold),
                flag("complaintFile", facts.complaint_file),
                set("purposes", facts.purposes.iter().map(|p| self.purpose_value(p))),
            ]);
        }
        Ok(())
    }

    fn context(&self, question: &Question, limits: &Limits) -> Result<Context, Fault> {
        let signatures = i64::try_from(question.signatures()).unwrap_or(i64::MAX);
        let mut pairs = vec![
            ("purpose".to_owned(), self.purpose_value(question.purpose)),
            number("now", question.now.as_millisecond()),
            number("longestGrant", longest_grant_millis(limits)),
            flag("personTold", question.person_told),
            set("signatories", question.signatories.iter().map(|s| self.staff_value(*s))),
            number("signatures", signatures),
            number("packSignatures", i64::from(limits.pack_signatures())),
            flag("shared", question.shared),
            flag("offered", question.offered),
        ];
        if let Some(grant) = &question.grant {
            pairs.push(("grant".to_owned(), self.grant_value(grant)?));
        }
        if let Some(used_for) = question.restriction_use {
            let value = Value::new_entity_uid(word(&self.restriction_use, used_for.as_str()));
            pairs.push(("restrictionUse".to_owned(), value));
        }
        if let Some(request) = question.asker {
            let value = Value::new_entity_uid(uid(&self.request, request.as_bytes()));
            pairs.push(("asker".to_owned(), value));
        }
        if let Some(request) = question.colleague {
            let value = Value::new_entity_uid(uid(&self.request, request.as_bytes()));
            pairs.push(("colleague".to_owned(), value));
        }
        Context::from_pairs(pairs).map_err(|_| Fault::Unbuildable)
    }

    fn grant_value(&self, grant: &GrantFacts) -> Result<Value, Fault> {
        Value::new_record([
            ("worker".to_owned(), self.staff_value(grant.staff)),
            ("person".to_owned(), self.person_value(grant.person)),
            ("reason".to_owned(), Value::new_entity_uid(word(&self.reason, grant.reason.as_str()))),
            flag("evidenceChecked", grant.evidence_checked),
            number("from", grant.from.as_millisecond()),
            number("until", grant.until.as_millisecond()),
            flag("withdrawn", grant.withdrawn),
        ])
        .map_err(|_| Fault::Unbuildable)
    }

    fn of_kind(&self, kind: ResourceKind) -> &EntityTypeName {
        match kind {
            ResourceKind::Person => &self.person,
            ResourceKind::Case => &self.case,
            ResourceKind::Note => &self.note,
            ResourceKind::Document => &self.document,
            ResourceKind::Request => &self.request,
            ResourceKind::Grant => &self.grant,
            ResourceKind::AuditLog => &self.audit_log,
            ResourceKind::StaffAccount => &self.staff_account,
            ResourceKind::Office => &self.office,
            ResourceKind::Register => &self.register,
            ResourceKind::System => &self.system,
            ResourceKind::Message => &self.message,
            ResourceKind::Statistics => &self.statistics,
        }
    }

    fn controlled_by(&self, controller: ControllerId) -> (String, Value) {
        ("controller".to_owned(), Value::new_entity_uid(uid(&self.controller, controller.as_bytes())))
    }

    fn at_office(&self, office: OfficeId) -> (String, Value) {
        ("office".to_owned(), Value::new_entity_uid(uid(&self.office, office.as_bytes())))
    }

    fn staff_uid(&self, staff: StaffId) -> EntityUid {
        uid(&self.staff, staff.as_bytes())
    }

    fn staff_value(&self, staff: StaffId) -> Value {
        Value::new_entity_uid(self.staff_uid(staff))
    }

    fn person_value(&self, person: PersonId) -> Value {
        Value::new_entity_uid(uid(&self.person, person.as_bytes()))
    }

    fn purpose_value(&self, purpose: Purpose) -> Value {
        Value::new_entity_uid(word(&self.purpose, purpose.as_str()))
    }
}

/// The longest grant in milliseconds.
pub(super) fn longest_grant_millis(limits: &Limits) -> i64 {
    i64::try_from(limits.longest_grant().as_millis()).unwrap_or(0)
}

/// The facts that a resource of this kind must have.
fn facts_of(resource: &Resource) -> Result<Option<&PersonFacts>, Fault> {
    match resource.kind {
        ResourceKind::Office
        | ResourceKind::AuditLog
        | ResourceKind::Register
        | ResourceKind::System
        | ResourceKind::Statistics => Ok(None),
        _ => resource.person.as_ref().map(Some).ok_or(Fault::FactsMissing),
    }
}

fn entity(uid: EntityUid, attributes: Attributes, parents: HashSet<EntityUid>) -> Result<Entity, Fault> {
    Entity::new(uid, attributes, parents).map_err(|_| Fault::Unbuildable)
}

fn word(of: &EntityTypeName, text: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(text))
}

fn uid(of: &EntityTypeName, id: &[u8; 16]) -> EntityUid {
    let hex: String = id.iter().flat_map(|b| [hex_digit(b >> 4), hex_digit(b & 15)]).collect();
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(hex))
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

fn flag(name: &str, value: bool) -> (String, Value) {
    (name.to_owned(), Value::new_bool(value))
}

fn number(name: &str, value: i64) -> (String, Value) {
    (name.to_owned(), Value::new_long(value))
}

fn set(name: &str, values: impl IntoIterator<Item = Value>) -> (String, Value) {
    (name.to_owned(), Value::new_set(values))
}
