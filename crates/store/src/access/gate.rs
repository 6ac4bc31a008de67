//! Loading the policies: strict, and before anything else runs.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use cedar_policy::{
    ActionConstraint, Authorizer, Effect, Entities, Entity, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, RequestEnv, Schema, ValidationMode, Validator,
};
use counterfoil_domain::access::Verb;

use super::entities::Types;
use super::explain::Wording;
use super::question::Limits;

const SCHEMA: &str = include_str!("../../../../policies/counterfoil.cedarschema");
const WORDING: &str = include_str!("../../../../content/en/refusals.toml");

macro_rules! built_in {
    ($($file:literal),* $(,)?) => {
        [$(($file, include_str!(concat!("../../../../policies/", $file)))),*]
    };
}

const BUILT_IN: &[(&str, &str)] = &built_in![
    "1-own-office.cedar",
    "2-other-offices.cedar",
    "3-rights-requests.cedar",
    "4-ending.cedar",
    "5-running.cedar",
    "6-never.cedar",
    "7-book.cedar",
    "7-desk.cedar",
    "7-inbox.cedar",
    "7-rights.cedar",
    "7-public.cedar",
    "7-sharing.cedar",
];

/// Why the gate does not start.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A folder or file of policies could not be read.
    #[error("the policies in `{file}` cannot be read: {why}; check the path and its permissions")]
    Unreadable {
        /// The folder or file.
        file: String,
        /// The operating system's words.
        why: std::io::Error,
    },
    /// A file is not Cedar.
    #[error("`{file}`, policy `{policy}`, is not written in Cedar: {why}")]
    Syntax {
        /// The file.
        file: String,
        /// The policy's id as far as it can be told.
        policy: String,
        /// What the parser says.
        why: String,
    },
    /// A policy has no `@id`, so that the audit log could not name it.
    #[error("`{file}` has a policy without a name: put `@id(\"…\")` before {policy}")]
    Unnamed {
        /// The file.
        file: String,
        /// Where: "its first policy", counted.
        policy: String,
    },
    /// Two policies have the same name.
    #[error("`{file}` names a policy `{policy}`, but `{first}` has one of that name: rename it")]
    Duplicate {
        /// The file with the second.
        file: String,
        /// The name.
        policy: String,
        /// The file with the first.
        first: String,
    },
    /// A template decides nothing until linked; there is no linking here.
    #[error("`{file}`, policy `{policy}`, has a `?principal` or `?resource` slot: name what it is about")]
    Template {
        /// The file.
        file: String,
        /// The policy.
        policy: String,
    },
    /// A policy does not fit the schema.
    #[error("`{file}`, policy `{policy}`, does not fit the schema: {why}")]
    Invalid {
        /// The file.
        file: String,
        /// The policy.
        policy: String,
        /// What the validator says.
        why: String,
    },
    /// An organisation's own permit would show in no list, because lists follow a fixed SQL filter.
    #[error(
        "`{file}`, policy `{policy}`, permits `record.list`, which only the built-in policies may: name the other verbs that it is for"
    )]
    WidensLists {
        /// The file.
        file: String,
        /// The policy.
        policy: String,
    },
    /// The schema or the wording that is built in is wrong: a fault of this program.
    #[error("the built-in {what} is wrong: {why}")]
    BuiltIn {
        /// Which part.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

/// One file of policies.
#[derive(Debug, Clone)]
pub struct PolicySource {
    /// Its name, for errors.
    pub file: String,
    /// Its text, in Cedar.
    pub text: String,
    /// Whether it is an organisation's own. Such a file adds policies and cannot widen lists.
    pub own: bool,
}

/// The policies that can bear on one verb, and the action that Cedar knows it by.
#[derive(Debug)]
pub(super) struct VerbRules {
    pub action: EntityUid,
    pub action_entity: Entity,
    /// Every policy whose scope covers the verb. The rest cannot match, so the answer is the same.
    pub all: PolicySet,
    /// Of these the permits, to tell "nothing allows it" from "something forbids it".
    pub permits: PolicySet,
    /// The kinds of asker and of thing that the schema joins to the verb. Policies are validated for
    /// these pairs only, so any other pair is refused unasked.
    pub pairs: HashSet<(EntityTypeName, EntityTypeName)>,
}

/// The loaded policies. Make it once at start and share it.
#[derive(Debug)]
pub struct Gate {
    pub(super) types: Types,
    pub(super) authorizer: Authorizer,
    pub(super) limits: Limits,
    pub(super) wording: Wording,
    schema: Schema,
    rules: Vec<VerbRules>,
}

impl Gate {
    /// Loads the built-in policies and, if a folder is given, an organisation's own (`*.cedar`).
    ///
    /// # Errors
    /// When any policy does not parse, has no name or one that is taken, does not fit the schema, or
    /// widens lists. Nothing is loaded then, and the program must not start.
    pub fn load(own_folder: Option<&Path>, limits: Limits) -> Result<Self, PolicyError> {
        let mut sources = Self::built_in();
        if let Some(folder) = own_folder {
            sources.extend(read_folder(folder)?);
        }
        Self::from_sources(&sources, limits)
    }

    /// The policies that come with the program.
    #[must_use]
    pub fn built_in() -> Vec<PolicySource> {
        BUILT_IN
            .iter()
            .map(|(file, text)| PolicySource {
                file: (*file).to_owned(),
                text: (*text).to_owned(),
                own: false,
            })
            .collect()
    }

    /// Loads exactly these policies.
    ///
    /// # Errors
    /// As [`Gate::load`].
    pub fn from_sources(sources: &[PolicySource], limits: Limits) -> Result<Self, PolicyError> {
        let schema = schema()?;
        let mut named = Named::default();
        for source in sources {
            named.add(source)?;
        }
        named.validate(&schema)?;
        let types = Types::new().ok_or_else(|| built_in_fault("schema", "a type name does not parse"))?;
        let actions = Actions::of(&schema)?;
        let rules: Vec<VerbRules> =
            Verb::ALL.iter().map(|v| named.rules(&actions, types.action(*v))).collect::<Result<_, _>>()?;
        named.refuse_wider_lists(&rules)?;
        let wording = Wording::read(WORDING).map_err(|why| built_in_fault("wording", &why))?;
        Ok(Self { types, authorizer: Authorizer::new(), limits, wording, schema, rules })
    }

    /// The limits that it was loaded with.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The schema that the policies were validated against.
    pub(super) const fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn rules(&self, verb: Verb) -> Option<&VerbRules> {
        self.rules.get(verb as usize)
    }
}

fn built_in_fault(what: &'static str, why: &str) -> PolicyError {
    PolicyError::BuiltIn { what, why: why.to_owned() }
}

fn schema() -> Result<Schema, PolicyError> {
    let (schema, _) =
        Schema::from_cedarschema_str(SCHEMA).map_err(|e| built_in_fault("schema", &e.to_string()))?;
    Ok(schema)
}

fn read_folder(folder: &Path) -> Result<Vec<PolicySource>, PolicyError> {
    let unreadable = |path: &Path, why| PolicyError::Unreadable { file: path.display().to_string(), why };
    let mut files = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
        .map_err(|why| unreadable(folder, why))?;
    files.retain(|path| path.extension().is_some_and(|e| e == "cedar"));
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|why| unreadable(path, why))?;
        Ok(PolicySource { file: path.display().to_string(), text, own: true })
    };
    files.iter().map(read).collect()
}

/// What the schema says of actions.
struct Actions {
    entities: Entities,
    environments: Vec<RequestEnv>,
}

impl Actions {
    fn of(schema: &Schema) -> Result<Self, PolicyError> {
        let entities = schema.action_entities().map_err(|e| built_in_fault("schema", &e.to_string()))?;
        Ok(Self { entities, environments: schema.request_envs().collect() })
    }
}

/// The policies by name, each with its file.
#[derive(Default)]
struct Named {
    policies: BTreeMap<String, (Policy, PolicySource)>,
}

impl Named {
    fn add(&mut self, source: &PolicySource) -> Result<(), PolicyError> {
        let parsed: PolicySet = source.text.parse().map_err(|e| syntax(source, &format!("{e}")))?;
        if let Some(template) = parsed.templates().next() {
            let policy = template.annotation("id").unwrap_or("(no name)").to_owned();
            return Err(PolicyError::Template { file: source.file.clone(), policy });
        }
        for (index, policy) in parsed.policies().enumerate() {
            self.insert(source, index, policy)?;
        }
        Ok(())
    }

    fn insert(&mut self, source: &PolicySource, index: usize, policy: &Policy) -> Result<(), PolicyError> {
        let name = policy.annotation("id").filter(|n| !n.is_empty()).map(str::to_owned).ok_or_else(|| {
            PolicyError::Unnamed { file: source.file.clone(), policy: format!("policy number {}", index + 1) }
        })?;
        if let Some((_, first)) = self.policies.get(&name) {
            let (file, first) = (source.file.clone(), first.file.clone());
            return Err(PolicyError::Duplicate { file, policy: name, first });
        }
        let policy = policy.new_id(PolicyId::new(&name));
        self.policies.insert(name, (policy, source.clone()));
        Ok(())
    }

    fn file_of(&self, policy: &str) -> String {
        self.policies.get(policy).map_or_else(String::new, |(_, source)| source.file.clone())
    }

    fn set(&self, keep: impl Fn(&Policy) -> bool) -> Result<PolicySet, PolicyError> {
        let kept = self.policies.values().map(|(policy, _)| policy).filter(|p| keep(p)).cloned();
        PolicySet::from_policies(kept).map_err(|e| built_in_fault("policy set", &e.to_string()))
    }

    /// Strict: a warning (a policy that can never match) stops the start as an error does.
    fn validate(&self, schema: &Schema) -> Result<(), PolicyError> {
        let result = Validator::new(schema.clone()).validate(&self.set(|_| true)?, ValidationMode::Strict);
        let errors = result.validation_errors().map(|e| (e.policy_id().to_string(), e.to_string()));
        let warnings = result.validation_warnings().map(|w| (w.policy_id().to_string(), w.to_string()));
        match errors.chain(warnings).next() {
            Some((policy, why)) => Err(PolicyError::Invalid { file: self.file_of(&policy), policy, why }),
            None => Ok(()),
        }
    }

    fn rules(&self, actions: &Actions, action: EntityUid) -> Result<VerbRules, PolicyError> {
        let missing = || built_in_fault("schema", &format!("`{action}` is not declared"));
        let action_entity = actions.entities.get(&action).ok_or_else(missing)?.clone();
        let groups = actions.entities.ancestors(&action).ok_or_else(missing)?;
        let covering: HashSet<EntityUid> = groups.cloned().chain([action.clone()]).collect();
        let all = self.set(|p| covers(p, &covering))?;
        let permits = self.set(|p| p.effect() == Effect::Permit && covers(p, &covering))?;
        let fitting = actions.environments.iter().filter(|e| *e.action() == action);
        let pairs = fitting.map(|e| (e.principal().clone(), e.resource().clone())).collect();
        Ok(VerbRules { action, action_entity, all, permits, pairs })
    }

    fn refuse_wider_lists(&self, rules: &[VerbRules]) -> Result<(), PolicyError> {
        let lists = rules.get(Verb::RecordList as usize).map(|r| &r.permits);
        let permits = lists.into_iter().flat_map(PolicySet::policies).map(|p| p.id().to_string());
        for policy in permits {
            if let Some((_, source)) = self.policies.get(&policy).filter(|(_, s)| s.own) {
                return Err(PolicyError::WidensLists { file: source.file.clone(), policy });
            }
        }
        Ok(())
    }
}

/// Whether the policy's scope covers an action that these are the action and its groups of.
fn covers(policy: &Policy, action_and_groups: &HashSet<EntityUid>) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(one) => action_and_groups.contains(&one),
        ActionConstraint::In(some) => some.iter().any(|a| action_and_groups.contains(a)),
    }
}

/// Cedar's parser gives no policy name, so each piece of the file that begins with `@id` is tried.
fn syntax(source: &PolicySource, why: &str) -> PolicyError {
    let broken = source
        .text
        .split("@id(\"")
        .skip(1)
        .find(|rest| format!("@id(\"{rest}").parse::<PolicySet>().is_err());
    let policy = broken.and_then(|rest| rest.split('"').next()).unwrap_or("(no name)").to_owned();
    PolicyError::Syntax { file: source.file.clone(), policy, why: why.to_owned() }
}
