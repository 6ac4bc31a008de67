//! The record of processing as JSON-LD in the Data Privacy Vocabulary 2.3 of the W3C community group.
//!
//! Every `dpv:`, `pd:`, `loc:`, `eu-gdpr:` and `legal-gb:` term is one of version 2.3 (a test holds this). What DPV
//! lacks (conditions of Schedule 1, recognised legitimate interests, kinds of our own) has terms of the
//! `uk` namespace, which is the organisation's own and is explained in the document itself.

use counterfoil_domain::register::assessment::dpia_required;
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::register::special::Art9;
use counterfoil_domain::register::transfer::Mechanism;
use counterfoil_domain::rights::Right;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::super::Register;
use super::super::model::{Controller, Entry, Recipient, RecipientRole, SystemKind};
use super::cells;

/// The prefixes of the document.
pub const PREFIXES: [(&str, &str); 14] = [
    ("dpv", "https://w3id.org/dpv#"),
    ("pd", "https://w3id.org/dpv/pd#"),
    ("loc", "https://w3id.org/dpv/loc#"),
    ("eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"),
    ("legal-gb", "https://w3id.org/dpv/legal/gb#"),
    ("sector-publicservices", "https://w3id.org/dpv/sector/publicservices#"),
    ("justifications", "https://w3id.org/dpv/justifications#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("uk", ""),
];

/// The terms of our own, with what they mean.
pub const OWN_TERMS: [(&str, &str); 4] = [
    (
        "uk:schedule1Condition",
        "the condition of Schedule 1 to the Data Protection Act 2018 that is relied on",
    ),
    (
        "uk:recognisedLegitimateInterest",
        "Art 6(1)(ea) UK GDPR and the condition of its Annex 1 that is relied on",
    ),
    (
        "uk:officialAuthority",
        "criminal data are processed under the control of official authority, Art 10(1) UK GDPR",
    ),
    ("uk:retentionRule", "the rule by which records are disposed of, in the words of the retention schedule"),
];

/// The record of processing of a register on a day.
#[must_use]
pub fn jsonld(register: &Register, on: Date) -> Value {
    let site = &register.head.website;
    let mut context = Map::new();
    for (prefix, iri) in PREFIXES {
        let iri = if prefix == "uk" { format!("{site}/vocabulary#") } else { iri.to_owned() };
        context.insert(prefix.to_owned(), Value::String(iri));
    }
    let controllers: Vec<Value> = register.part.controller.iter().map(|c| controller(register, c)).collect();
    let processes: Vec<Value> = register.activities(on).map(|e| process(register, e, on)).collect();
    let terms = OWN_TERMS
        .iter()
        .map(|(term, means)| json!({ "@id": term, "@type": "rdf:Property", "rdfs:comment": means }));
    let whole = json!({
        "@id": format!("{site}/register"),
        "@type": "dpv:ROPA",
        "dct:title": "Record of processing activities",
        "dct:issued": { "@value": on.to_string(), "@type": "xsd:date" },
        "dct:hasVersion": register.head.version,
        "dpv:hasDataController": controllers,
        "dpv:hasJurisdiction": { "@id": register.head.location },
        "dpv:hasProcess": processes,
    });
    let graph: Vec<Value> = std::iter::once(whole).chain(terms).collect();
    json!({ "@context": context, "@graph": graph })
}

fn id(register: &Register, kind: &str, id: &str) -> String {
    format!("{}/register/{kind}/{id}", register.head.website)
}

fn controller(register: &Register, c: &Controller) -> Value {
    let body = match c.kind {
        counterfoil_domain::register::bases::ControllerKind::Private => "dpv:CharityOrganisation",
        _ => "dpv:PublicSectorBody",
    };
    json!({
        "@id": id(register, "controller", &c.id),
        "@type": ["dpv:DataController", body],
        "dpv:hasName": c.name,
        "dpv:hasAddress": c.address,
        "dpv:hasContact": format!("mailto:{}", c.email),
        "dpv:hasIdentifier": c.registration,
        "dpv:hasDataProtectionOfficer": {
            "@type": "dpv:DataProtectionOfficer",
            "dpv:hasName": c.officer,
            "dpv:hasContact": format!("mailto:{}", c.officer_email),
        },
    })
}

fn process(register: &Register, e: &Entry, on: Date) -> Value {
    let mut node = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = value.as_array().is_some_and(Vec::is_empty) || value.is_null();
        if !empty {
            node.insert(key.to_owned(), value);
        }
    };
    put("@id", json!(id(register, "activity", &e.id)));
    put("@type", json!("dpv:PersonalDataProcess"));
    put("dct:identifier", json!(e.id));
    put("dct:title", json!(e.name));
    put("dct:description", json!(e.why));
    let unit = register.service(&e.service).map(|s| s.name.clone());
    put("dpv:hasOrganisationalUnit", json!({ "@type": "dpv:OrganisationalUnit", "dpv:hasName": unit }));
    put("dpv:hasPurpose", purposes(register, e));
    controllers_of(register, e, &mut put);
    put("dpv:hasDataSubject", subjects(register, e));
    put("dpv:hasPersonalData", data(register, e));
    put("dpv:hasLegalBasis", legal_bases(e));
    put("dpv:hasApplicableLaw", json!([{ "@id": "legal-gb:law-GDPR" }, { "@id": "legal-gb:law-DPA" }]));
    put("dpv:hasJurisdiction", json!({ "@id": "loc:GB" }));
    put("dpv:hasJustification", justification(e));
    put("dpv:hasAssessment", assessments(register, e));
    put("dpv:hasDataSource", sources(register, e));
    recipients(register, e, &mut put);
    put("dpv:hasTechnicalOrganisationalMeasure", measures(register, e));
    put("dpv:hasStorageCondition", storage(register, e));
    put("dpv:hasRight", rights(register, e, on));
    let page = format!("{}/privacy/{}", register.head.website, e.service);
    put(
        "dpv:hasNotice",
        json!({ "@type": "dpv:PrivacyNotice", "foaf:page": { "@id": page }, "dct:language": "en" }),
    );
    put("dpv:hasImpactAssessment", impact(register, e));
    put("dpv:hasAutomationLevel", automation(e));
    let conditions: Vec<String> =
        e.schedule1.iter().map(|c| format!("DPA 2018, Sch 1 para {}", c.paragraph)).collect();
    put("uk:schedule1Condition", json!(conditions));
    let recognised: Vec<&str> = e
        .bases
        .iter()
        .filter_map(|b| b.annex1)
        .map(counterfoil_domain::register::bases::Annex1::provision)
        .collect();
    put("uk:recognisedLegitimateInterest", json!(recognised));
    if e.official_authority {
        put("uk:officialAuthority", json!(true));
    }
    Value::Object(node)
}

/// A thing of our own that narrows a term of DPV, or stands alone where DPV has none.
fn narrower(register: &Register, class: &str, kind: &str, own: &str, name: &str, broader: &[&str]) -> Value {
    let mut node = json!({
        "@id": id(register, kind, own),
        "@type": class,
        "dct:title": name,
    });
    if let (Some(object), false) = (node.as_object_mut(), broader.is_empty()) {
        let terms: Vec<Value> = broader.iter().map(|b| json!({ "@id": b })).collect();
        object.insert("skos:broader".to_owned(), Value::Array(terms));
    }
    node
}

fn purposes(register: &Register, e: &Entry) -> Value {
    let list = e.purposes.iter().filter_map(|p| register.purpose(p));
    list.map(|p| {
        let broader: Vec<&str> = p.dpv.as_deref().into_iter().collect();
        narrower(register, "dpv:Purpose", "purpose", &p.id, &p.name, &broader)
    })
    .collect()
}

fn subjects(register: &Register, e: &Entry) -> Value {
    let list = e.people.iter().filter_map(|p| register.people(p));
    list.map(|p| {
        let class = p.dpv.as_deref().unwrap_or("dpv:DataSubject");
        narrower(register, class, "people", &p.id, &p.name, &[])
    })
    .collect()
}

fn data(register: &Register, e: &Entry) -> Value {
    let list = e.data.iter().filter_map(|d| register.data(d));
    list.map(|d| {
        let class = if !d.special.is_empty() {
            "dpv:SpecialCategoryPersonalData"
        } else if d.criminal.is_empty() {
            "dpv:PersonalData"
        } else {
            "dpv:SensitivePersonalData"
        };
        let broader: Vec<&str> = d.dpv.iter().map(String::as_str).collect();
        narrower(register, class, "data", &d.id, &d.name, &broader)
    })
    .collect()
}

fn sources(register: &Register, e: &Entry) -> Value {
    let list = e.sources.iter().filter_map(|s| register.source(s));
    list.map(|s| {
        let class = s.dpv.as_deref().unwrap_or("dpv:DataSource");
        narrower(register, class, "source", &s.id, &s.name, &[])
    })
    .collect()
}

fn measures(register: &Register, e: &Entry) -> Value {
    let list = e.security.iter().filter_map(|s| register.measure(s));
    list.map(|m| {
        let class = m.dpv.as_deref().unwrap_or("dpv:TechnicalOrganisationalMeasure");
        narrower(register, class, "measure", &m.id, &m.name, &[])
    })
    .collect()
}

fn controllers_of(register: &Register, e: &Entry, put: &mut impl FnMut(&str, Value)) {
    let refs: Vec<Value> = register
        .controllers_of(e)
        .iter()
        .map(|c| json!({ "@id": id(register, "controller", &c.id) }))
        .collect();
    match e.joint.as_deref().and_then(|j| register.joint(j)) {
        Some(joint) => put(
            "dpv:hasJointDataControllers",
            json!({
                "@id": id(register, "joint", &joint.id),
                "@type": "dpv:JointDataControllers",
                "dpv:hasDataController": refs,
                "dct:description": joint.essence,
            }),
        ),
        None if refs.is_empty() => {
            let offices = register.part.office.iter();
            let each: Vec<Value> =
                offices.map(|o| json!({ "@id": id(register, "controller", &o.controller) })).collect();
            put("dpv:hasDataController", json!(each));
        }
        None => put("dpv:hasDataController", json!(refs)),
    }
}

/// The term of DPV's European extension; none for (ea), which only the United Kingdom has.
const fn basis_term(basis: LawfulBasis) -> Option<&'static str> {
    match basis {
        LawfulBasis::Consent => Some("eu-gdpr:A6-1-a"),
        LawfulBasis::Contract => Some("eu-gdpr:A6-1-b"),
        LawfulBasis::LegalObligation => Some("eu-gdpr:A6-1-c"),
        LawfulBasis::VitalInterests => Some("eu-gdpr:A6-1-d"),
        LawfulBasis::PublicTask => Some("eu-gdpr:A6-1-e"),
        LawfulBasis::LegitimateInterests => Some("eu-gdpr:A6-1-f"),
        LawfulBasis::RecognisedInterest => None,
    }
}

const fn condition_term(condition: Art9) -> &'static str {
    match condition {
        Art9::ExplicitConsent => "eu-gdpr:A9-2-a",
        Art9::Employment => "eu-gdpr:A9-2-b",
        Art9::Vital => "eu-gdpr:A9-2-c",
        Art9::NotForProfit => "eu-gdpr:A9-2-d",
        Art9::MadePublic => "eu-gdpr:A9-2-e",
        Art9::LegalClaims => "eu-gdpr:A9-2-f",
        Art9::SubstantialPublicInterest => "eu-gdpr:A9-2-g",
        Art9::Health => "eu-gdpr:A9-2-h",
        Art9::PublicHealth => "eu-gdpr:A9-2-i",
        Art9::Research => "eu-gdpr:A9-2-j",
    }
}

fn legal_bases(e: &Entry) -> Value {
    let bases = e.bases.iter().map(|b| match basis_term(b.basis) {
        Some(term) => json!({ "@id": term }),
        None => json!({ "@type": "dpv:LegitimateInterest", "dct:description": b.basis.provision() }),
    });
    bases.chain(e.art9.iter().map(|a| json!({ "@id": condition_term(*a) }))).collect()
}

fn justification(e: &Entry) -> Value {
    let said = e.bases.iter().filter(|b| b.basis == LawfulBasis::LegitimateInterests);
    said.map(|b| json!({ "@type": "dpv:Justification", "dct:description": b.says })).collect()
}

fn assessments(register: &Register, e: &Entry) -> Value {
    let linked = e.bases.iter().filter(|b| !b.assessment.is_empty());
    linked
        .map(|b| {
            json!({
                "@type": "dpv:LegitimateInterestAssessment",
                "dct:source": { "@id": id(register, "assessment", &b.assessment) },
            })
        })
        .collect()
}

/// The term for the ground of a transfer; none where the European law has no such ground.
const fn transfer_term(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Adequacy => "eu-gdpr:A45-3",
        Mechanism::Idta | Mechanism::Addendum => "eu-gdpr:A46-2-d",
        Mechanism::BindingRules => "eu-gdpr:A46-2-b",
        Mechanism::PublicInstrument => "eu-gdpr:A46-2-a",
        Mechanism::ExplicitConsent => "eu-gdpr:A49-1-a",
        Mechanism::Contract => "eu-gdpr:A49-1-b",
        Mechanism::PublicInterest => "eu-gdpr:A49-1-d",
        Mechanism::LegalClaims => "eu-gdpr:A49-1-e",
        Mechanism::VitalInterests => "eu-gdpr:A49-1-f",
    }
}

fn recipients(register: &Register, e: &Entry, put: &mut impl FnMut(&str, Value)) {
    let all: Vec<&Recipient> = e.recipients.iter().filter_map(|r| register.recipient(r)).collect();
    let named = |r: &Recipient, class: &str| {
        let mut node =
            json!({ "@id": id(register, "recipient", &r.id), "@type": class, "dpv:hasName": r.name });
        if let (Some(object), Some(a)) =
            (node.as_object_mut(), r.agreement.as_deref().and_then(|a| register.agreement(a)))
        {
            let class = match r.role {
                RecipientRole::Processor => "dpv:DataProcessingAgreement",
                RecipientRole::JointController => "dpv:JointDataControllersAgreement",
                _ => "dpv:LegalAgreement",
            };
            let measure = json!({ "@type": class, "dct:identifier": a.reference, "dct:title": a.name });
            object.insert("dpv:hasLegalMeasure".to_owned(), measure);
        }
        node
    };
    let processors = all.iter().filter(|r| r.role == RecipientRole::Processor);
    put("dpv:hasDataProcessor", processors.map(|r| named(r, "dpv:DataProcessor")).collect());
    let others = all.iter().filter(|r| r.role != RecipientRole::Processor);
    put("dpv:hasRecipient", others.map(|r| named(r, "dpv:ThirdParty")).collect());
    let abroad = all.iter().filter(|r| r.country != "GB");
    put(
        "dpv:hasThirdCountry",
        abroad
            .map(|r| {
                let mut country = json!({ "@type": "dpv:ThirdCountry", "dpv:hasCountry": { "@id": format!("loc:{}", r.country) } });
                if let (Some(object), Some(t)) = (country.as_object_mut(), &r.transfer) {
                    object.insert("dpv:hasLegalBasis".to_owned(), json!({ "@id": transfer_term(t.mechanism) }));
                }
                country
            })
            .collect(),
    );
}

fn storage(register: &Register, e: &Entry) -> Value {
    let rules = e.retention.iter().filter_map(|r| register.retention(r)).map(|r| {
        json!({
            "@id": id(register, "retention", &r.id),
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": { "@type": "dpv:UntilEventDuration", "dct:description": r.says },
            "uk:retentionRule": r.rule,
        })
    });
    let places = e.systems.iter().filter_map(|s| register.system(s)).map(|s| {
        let mut node = json!({
            "@id": id(register, "system", &s.id),
            "@type": "dpv:StorageLocation",
            "dct:title": s.name,
            "dct:description": s.location,
            "dpv:hasLocation": { "@id": format!("loc:{}", s.country) },
        });
        if let (Some(object), SystemKind::Paper) = (node.as_object_mut(), s.kind) {
            object.insert("dct:format".to_owned(), json!("manual file"));
        }
        node
    });
    rules.chain(places).collect()
}

const fn right_term(right: Right) -> &'static str {
    match right {
        Right::Access => "eu-gdpr:A15",
        Right::Rectification => "eu-gdpr:A16",
        Right::Erasure => "eu-gdpr:A17",
        Right::Restriction => "eu-gdpr:A18",
        Right::NotifyRecipients => "eu-gdpr:A19",
        Right::Portability => "eu-gdpr:A20",
        Right::Objection | Right::MarketingObjection => "eu-gdpr:A21",
        Right::AutomatedDecisions => "eu-gdpr:A22",
        Right::WithdrawConsent => "eu-gdpr:A7-3",
        Right::Complaint => "eu-gdpr:A77",
    }
}

fn rights(register: &Register, e: &Entry, on: Date) -> Value {
    let mut terms: Vec<&str> =
        cells::rights_of(register, e, on).into_iter().map(|(r, _)| right_term(r)).collect();
    terms.sort_unstable();
    terms.dedup();
    terms.into_iter().map(|t| json!({ "@id": t })).collect()
}

fn impact(register: &Register, e: &Entry) -> Value {
    let needed = dpia_required(&e.features);
    let status = if needed { "eu-gdpr:DPIARequired" } else { "eu-gdpr:DPIANotRequired" };
    let mut node = json!({ "@type": "dpv:DPIA", "dpv:hasStatus": { "@id": status } });
    if let (Some(object), Some(dpia)) = (node.as_object_mut(), &e.dpia) {
        object.insert("dct:source".to_owned(), json!({ "@id": id(register, "assessment", dpia) }));
    }
    node
}

fn automation(e: &Entry) -> Value {
    match &e.automated {
        None => json!({ "@id": "dpv:NotAutomated" }),
        Some(a) if a.solely => json!({ "@id": "dpv:FullAutomation" }),
        Some(_) => json!({ "@id": "dpv:AssistiveAutomation" }),
    }
}
