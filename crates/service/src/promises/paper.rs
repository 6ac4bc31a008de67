//! Evidence from the register that is in force: what it holds, what has lapsed, and whether its notices can be given.

use counterfoil_domain::promises::Control;
use counterfoil_domain::register::assessment::{AssessmentKind, Standing};
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::sharing::Ground;
use counterfoil_store::Store;
use counterfoil_store::network::Controller;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Found, Measured, size};
use crate::error::Result;
use crate::notices::{Layer, build, text};
use crate::organisation::Organisation;
use crate::register::Register;
use crate::register::lawful::standing_of;
use crate::register::model::{Agreement, Line, SystemKind};

/// The controls that rest on the register.
const ON_PAPER: [Control; 19] = [
    Control::Joint,
    Control::Systems,
    Control::Agreements,
    Control::Assessments,
    Control::Notices,
    Control::Contacts,
    Control::Interests,
    Control::Bases,
    Control::Conditions,
    Control::Purposes,
    Control::Recipients,
    Control::Transfers,
    Control::NoSale,
    Control::Retention,
    Control::Forms,
    Control::Services,
    Control::PeopleKinds,
    Control::DataKinds,
    Control::Sources,
];

/// How many the council's notice publishes: services, further roles, support functions (C25), categories of
/// people (C26), kinds of data (C27), kinds of source (C28).
const PUBLISHED: [usize; 6] = [18, 7, 21, 7, 19, 24];

/// DPV's words for a sale of data; no purpose of a register may carry one.
const SALES: [&str; 3] =
    ["dpv:SellDataToThirdParties", "dpv:SellInsightsFromData", "dpv:SellProductsToDataSubject"];

pub(super) fn measure(
    store: &Store,
    controller: &Controller,
    register: Option<&Register>,
    on: Date,
) -> Result<Found> {
    let Some(register) = register else {
        let gone = || Measured::default().fails("registers that are missing or cannot be read", 1);
        return Ok(ON_PAPER.into_iter().map(|c| (c, gone())).collect());
    };
    let organisation = Organisation::from_toml(&controller.settings)?;
    let since = store.register(controller.id, store.now())?.map(|r| r.effective_from);
    let paper = Paper { register, organisation: &organisation, on };
    let [services, roles, functions, people, data, sources] = PUBLISHED;
    let p = &register.part;
    let lines = |line: Line| p.service.iter().filter(|s| s.line == line).count();
    let services = list("services on the register", lines(Line::Service), services)
        .shows("further roles", size(lines(Line::Role)))
        .fails("roles missing", size(roles.saturating_sub(lines(Line::Role))))
        .shows("support functions", size(lines(Line::Function)))
        .fails("functions missing", size(functions.saturating_sub(lines(Line::Function))));
    let unmapped = p.data.iter().filter(|d| d.dpv.is_empty()).map(|d| d.id.clone()).collect();
    let found = Found::from([
        (Control::Joint, paper.joint()),
        (Control::Systems, paper.systems()),
        (Control::Agreements, paper.agreements()),
        (Control::Assessments, paper.assessments(None)),
        (Control::Interests, paper.interests()),
        (Control::Notices, paper.notices()),
        (Control::Contacts, paper.contacts()),
        (Control::Bases, paper.bases()),
        (Control::Conditions, paper.conditions()),
        (Control::Purposes, Measured::default().shows("purposes on the register", size(p.purpose.len()))),
        (Control::Recipients, paper.recipients()),
        (Control::Transfers, paper.transfers()),
        (Control::NoSale, paper.no_sale()),
        (Control::Retention, paper.retention()),
        (Control::Forms, paper.forms()),
        (Control::Services, services),
        (Control::PeopleKinds, list("categories of people", p.people.len(), people)),
        (
            Control::DataKinds,
            list("kinds of data", p.data.len(), data).fails_in("kinds without a term of DPV", unmapped),
        ),
        (Control::Sources, list("kinds of source", p.source.len(), sources)),
    ]);
    Ok(found.into_iter().map(|(control, m)| (control, dated(m, since))).collect())
}

/// A register's controls work from the day that it is in force.
fn dated(measured: Measured, since: Option<Timestamp>) -> Measured {
    measured.last(since.filter(|at| *at > Timestamp::UNIX_EPOCH))
}

fn list(name: &'static str, found: usize, published: usize) -> Measured {
    Measured::default()
        .shows(name, size(found))
        .fails("fewer than published", size(published.saturating_sub(found)))
}

struct Paper<'a> {
    register: &'a Register,
    organisation: &'a Organisation,
    on: Date,
}

impl Paper<'_> {
    fn joint(&self) -> Measured {
        let p = &self.register.part;
        let due = p.joint.iter().filter(|j| j.review <= self.on).map(|j| j.id.clone()).collect();
        let unreachable = p.joint.iter().filter(|j| j.contact_point.trim().is_empty());
        Measured::default()
            .shows("controllers", size(p.controller.len()))
            .count("joint arrangements", size(p.joint.len()))
            .count("offices", size(p.office.len()))
            .fails_in("arrangements without a contact point", unreachable.map(|j| j.id.clone()).collect())
            .due_in("arrangements due for review", due)
    }

    fn systems(&self) -> Measured {
        let systems = &self.register.part.system;
        let silent = systems
            .iter()
            .filter(|s| s.request.trim().is_empty() || s.location.trim().is_empty())
            .map(|s| s.id.clone());
        // A processor of a system needs an agreement (Art 28(3) UK GDPR).
        let without = systems.iter().filter(|s| {
            let processor = s.processor.as_deref().and_then(|id| self.register.recipient(id));
            processor.is_some_and(|r| r.agreement.is_none())
        });
        Measured::default()
            .shows("systems", size(systems.len()))
            .count("of these on paper", size(systems.iter().filter(|s| s.kind == SystemKind::Paper).count()))
            .fails_in("systems without a place or an instruction", silent.collect())
            .fails_in("processors without an agreement", without.map(|s| s.id.clone()).collect())
    }

    fn agreements(&self) -> Measured {
        let agreements = &self.register.part.agreement;
        let ended = |a: &&Agreement| a.from > self.on || a.until.is_some_and(|u| u < self.on);
        let names = |list: Vec<&Agreement>| list.iter().map(|a| a.reference.clone()).collect::<Vec<_>>();
        let lapsed: Vec<&Agreement> = agreements.iter().filter(ended).collect();
        let due = agreements.iter().filter(|a| !ended(a) && a.review <= self.on).collect();
        Measured::default()
            .shows("agreements in force", size(agreements.len() - lapsed.len()))
            .fails_in("agreements not in force", names(lapsed))
            .due_in("agreements due for review", names(due))
    }

    fn assessments(&self, kind: Option<AssessmentKind>) -> Measured {
        let of_kind = self.register.part.assessment.iter().filter(|a| kind.is_none_or(|k| a.kind == k));
        let (mut whole, mut open, mut due) = (0, Vec::new(), Vec::new());
        for assessment in of_kind {
            match standing_of(assessment, self.on) {
                Standing::Current => whole += 1,
                Standing::Incomplete => open.push(assessment.id.clone()),
                Standing::ReviewDue(_) => due.push(assessment.id.clone()),
            }
        }
        Measured::default()
            .shows("assessments current", whole)
            .fails_in("assessments not complete", open)
            .due_in("assessments due for review", due)
    }

    fn interests(&self) -> Measured {
        let resting = self
            .register
            .activities(self.on)
            .filter(|e| e.bases.iter().any(|b| b.basis == LawfulBasis::LegitimateInterests));
        let kind = AssessmentKind::LegitimateInterests;
        self.assessments(Some(kind)).count("activities on legitimate interests", size(resting.count()))
    }

    fn bases(&self) -> Measured {
        let (mut sound, mut without) = (0, Vec::new());
        for entry in self.register.activities(self.on) {
            if entry.bases.is_empty() { without.push(entry.id.clone()) } else { sound += 1 }
        }
        // The register could be read, so the law accepts each: see `register::lawful`.
        Measured::default()
            .shows("activities with a lawful basis", sound)
            .count("reasons on the register", size(self.register.part.reason.len()))
            .fails_in("activities without one", without)
    }

    fn conditions(&self) -> Measured {
        let special = |e: &&crate::register::model::Entry| {
            e.data.iter().filter_map(|id| self.register.data(id)).any(|d| !d.special.is_empty())
        };
        let (mut sound, mut without) = (0, Vec::new());
        for entry in self.register.activities(self.on).filter(special) {
            if entry.art9.is_empty() { without.push(entry.id.clone()) } else { sound += 1 }
        }
        Measured::default()
            .shows("activities with special data and a condition", sound)
            .count("policy documents", size(self.register.part.policy.len()))
            .fails_in("activities without a condition", without)
    }

    fn recipients(&self) -> Measured {
        let recipients = &self.register.part.recipient;
        let silent = recipients.iter().filter(|r| r.why.trim().is_empty()).map(|r| r.id.clone());
        Measured::default()
            .shows("recipients", size(recipients.len()))
            .fails_in("recipients without a reason", silent.collect())
    }

    fn transfers(&self) -> Measured {
        let p = &self.register.part;
        let abroad = p.recipient.iter().filter(|r| r.country != "GB");
        let without = abroad.clone().filter(|r| r.transfer.is_none()).map(|r| r.id.clone());
        let astray = p.system.iter().filter(|s| {
            let processor = s.processor.as_deref().and_then(|id| self.register.recipient(id));
            s.country != "GB" && processor.is_none_or(|r| r.transfer.is_none())
        });
        let tests = self.assessments(Some(AssessmentKind::Transfer));
        let mut measured = Measured::default()
            .shows("recipients and systems with a country", size(p.recipient.len() + p.system.len()))
            .count("recipients abroad", size(abroad.count()))
            .fails_in("recipients abroad without a mechanism", without.collect())
            .fails_in("systems abroad without a mechanism", astray.map(|s| s.id.clone()).collect());
        measured.evidence.failing += tests.evidence.failing;
        measured.evidence.due += tests.evidence.due;
        measured.figures.extend(tests.figures);
        measured.records.extend(tests.records);
        measured
    }

    fn no_sale(&self) -> Measured {
        let p = &self.register.part;
        let sale = |dpv: &Option<String>| dpv.as_deref().is_some_and(|d| SALES.contains(&d));
        let sold = p.purpose.iter().filter(|w| sale(&w.dpv)).map(|w| w.id.clone()).collect();
        let grounds = Ground::ALL.iter().filter(|g| g.code().contains("sale") || g.label().contains("sale"));
        Measured::default()
            .shows("grounds of disclosure", size(Ground::ALL.len()))
            .shows("purposes on the register", size(p.purpose.len()))
            .fails("grounds that are a sale", size(grounds.count()))
            .fails_in("purposes that are a sale", sold)
    }

    fn retention(&self) -> Measured {
        let (mut ruled, mut without) = (0, Vec::new());
        for entry in self.register.activities(self.on) {
            if entry.retention.is_empty() { without.push(entry.id.clone()) } else { ruled += 1 }
        }
        let unverified = self.register.part.retention.iter().filter(|r| !r.verified).count();
        Measured::default()
            .shows("activities with a retention rule", ruled)
            .count("rules", size(self.register.part.retention.len()))
            .count("rules whose authority is not verified", size(unverified))
            .fails_in("activities without a rule", without)
    }

    fn forms(&self) -> Measured {
        let forms = &self.register.part.form;
        let fields: usize = forms.iter().map(|f| f.field.len()).sum();
        Measured::default().shows("fields with their need", size(fields)).count("forms", size(forms.len()))
    }

    fn layers(&self) -> Vec<Layer> {
        let p = &self.register.part;
        let mut layers = vec![Layer::Organisation, Layer::Child];
        layers.extend(p.office.iter().map(|o| Layer::Office(o.id.clone())));
        layers.extend(p.service.iter().map(|s| Layer::Service(s.id.clone())));
        layers
    }

    fn given(&self, layer: &Layer) -> Result<crate::notices::Notice> {
        build(self.register, self.organisation, layer, "en", self.on)
    }

    fn notices(&self) -> Measured {
        let (mut given, mut not) = (0, Vec::new());
        for layer in self.layers() {
            match self.given(&layer) {
                Ok(notice) if !notice.parts.is_empty() => given += 1,
                _ => not.push(named(&layer)),
            }
        }
        Measured::default()
            .shows("notices that can be given now", given)
            .fails_in("notices that cannot be given", not)
    }

    fn contacts(&self) -> Measured {
        let (mut named_in, mut not) = (0, Vec::new());
        for layer in self.layers().into_iter().filter(|l| *l != Layer::Child) {
            let said = self.given(&layer).map(|n| text(&n)).unwrap_or_default();
            let regulator = &self.organisation.regulator.name;
            if said.contains(&self.organisation.data_protection_officer.email) && said.contains(regulator) {
                named_in += 1;
            } else {
                not.push(named(&layer));
            }
        }
        Measured::default()
            .shows("notices that name the officer and the regulator", named_in)
            .fails_in("notices that do not", not)
    }
}

fn named(layer: &Layer) -> String {
    match layer {
        Layer::Office(id) | Layer::Service(id) => format!("{} `{id}`", layer.word()),
        Layer::Organisation | Layer::Child => layer.word().to_owned(),
    }
}
