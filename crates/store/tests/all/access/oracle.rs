//! The rules of `docs/security/access-rules.md` once more, in plain Rust, written from that page and
//! not from the policies. Numbers are those of the page.

use counterfoil_domain::access::{
    Identity, Protection, Purpose as P, ReasonCode as Reason, ResourceKind as Kind, Role as R, Verb as V,
};
use counterfoil_store::access::{Actor, GrantFacts, Limits, PersonFacts, Question, StaffActor};

/// Whether the page allows it.
pub fn allows(q: &Question, limits: &Limits) -> bool {
    if !q.verb.kinds().contains(q.resource.kind) || q.actor.controller() != q.resource.controller {
        return false; // 1, 2
    }
    match &q.actor {
        Actor::Automation { .. } => system_may(q) && record_may_end(q),
        Actor::Staff(me) => worker_in_order(me, q) && !forbidden(me, q, limits) && permitted(me, q, limits),
    }
}

fn system_may(q: &Question) -> bool {
    match q.verb {
        V::RequestReceive => q.purpose == P::RightsRequest, // 23
        V::ErasureExecute => q.purpose == P::RightsRequest && different_people(q) >= 2, // 23, 44
        V::DisposalExecute => q.purpose == P::Disposal && different_people(q) >= 2, // 25, 44
        V::DisposalFind => q.purpose == P::Disposal,        // 85
        V::SystemBackup => q.purpose == P::Administration,  // 32
        V::MessageReceive | V::MessageDeliver | V::MessageDrain => q.purpose == P::ServiceDelivery, // 66
        V::RequestFollow | V::RequestLooked | V::RequestReply | V::RequestCollect => {
            let theirs = q.asker.is_some_and(|request| *request.as_bytes() == q.resource.id);
            theirs && q.purpose == P::RightsRequest // 50, 51, 52, 97
        }
        V::RequestAnswer => {
            let asked = q.colleague.is_some_and(|request| *request.as_bytes() == q.resource.id);
            asked && q.purpose == P::RightsRequest // 90
        }
        V::ConsentWithdraw => q.purpose == P::RightsRequest, // 75
        V::SurveyAnswer => q.purpose == P::Research,         // 75
        _ => false,
    }
}

fn record_may_end(q: &Question) -> bool {
    if !q.resource.kind.is_record() {
        return true;
    }
    match (&q.resource.person, q.verb) {
        (Some(person), V::ErasureExecute | V::DisposalExecute) => {
            !person.legal_hold && (!person.restricted || q.restriction_use.is_some()) // 39, 41
        }
        (Some(person), V::DisposalFind) => !person.restricted || q.restriction_use.is_some(), // 39
        _ => true,
    }
}

fn different_people(q: &Question) -> usize {
    q.signatories.iter().collect::<std::collections::BTreeSet<_>>().len()
}

/// 3, 4, 5.
fn worker_in_order(me: &StaffActor, q: &Question) -> bool {
    me.account_active && me.second_factor && me.training_until.is_some_and(|until| q.now < until)
}

fn reaches(verb: V) -> bool {
    matches!(
        verb,
        V::RecordLocate
            | V::RecordList
            | V::RecordRead
            | V::RecordCreate
            | V::RecordEdit
            | V::RecordMerge
            | V::RecordExport
            | V::DisclosureMake
            | V::DisclosureAuthorise
            | V::ResearchExtract
            | V::ResearchReidentify
            | V::RecordAccept
            | V::AppointmentBook
    )
}

fn ends(verb: V) -> bool {
    matches!(
        verb,
        V::ErasurePropose
            | V::ErasureApprove
            | V::ErasureExecute
            | V::DisposalPropose
            | V::DisposalApprove
            | V::DisposalExecute
    )
}

fn own_office(me: &StaffActor, q: &Question) -> bool {
    me.office == q.resource.office
}

fn has(me: &StaffActor, any: &[R]) -> bool {
    any.iter().any(|role| me.roles.contains(*role))
}

fn caseworker(me: &StaffActor) -> bool {
    has(me, &[R::Adviser, R::ProtectedAdviser, R::Supervisor])
}

fn serving(q: &Question) -> bool {
    q.purpose == P::ServiceDelivery || q.purpose == P::Safeguarding
}

fn forbidden(me: &StaffActor, q: &Question, limits: &Limits) -> bool {
    let house = lapsed_office(me, q) || one_pair_of_hands(me, q, limits);
    house || q.resource.person.as_ref().is_some_and(|person| person_forbids(me, q, person))
}

/// 6.
fn lapsed_office(me: &StaffActor, q: &Question) -> bool {
    if me.office_adherent {
        return false;
    }
    match q.verb {
        V::RecordExport => true,
        V::GrantAsk => !own_office(me, q),
        verb => reaches(verb) && !own_office(me, q),
    }
}

/// 42, 43.
fn one_pair_of_hands(me: &StaffActor, q: &Question, limits: &Limits) -> bool {
    match q.verb {
        V::RequestApprove
        | V::ErasureApprove
        | V::DisposalApprove
        | V::GrantReview
        | V::ResearchReidentify => q.signatories.is_empty() || q.signatories.contains(&me.staff),
        V::RequestSeal | V::RequestRelease => different_people(q) < usize::from(limits.pack_signatures()),
        _ => false,
    }
}

/// 33 to 41.
fn person_forbids(me: &StaffActor, q: &Question, person: &PersonFacts) -> bool {
    let close = person.relations.contains(&me.staff) && q.resource.kind != Kind::StaffAccount;
    if person.staff_member == Some(me.staff) || close {
        return true; // 36, 37
    }
    if !q.resource.kind.is_record() {
        return false;
    }
    let untold = q.verb == V::RestrictionLift && !q.person_told; // 40
    let held = person.legal_hold && ends(q.verb); // 41
    let frozen = person.restricted && uses(q.verb) && q.restriction_use.is_none(); // 39
    let not_for_this = reaches(q.verb) && !purpose_fits(q, person);
    let narrowed = reaches(q.verb) && person.protection == Protection::Extra && !cleared(me, q);
    untold || held || frozen || not_for_this || narrowed || hidden(me, q, person)
}

fn uses(verb: V) -> bool {
    (reaches(verb) && !matches!(verb, V::RecordLocate | V::RecordList | V::AppointmentBook))
        || ends(verb)
        || verb == V::DisposalFind
}

/// 33, 34.
fn purpose_fits(q: &Question, person: &PersonFacts) -> bool {
    let held = person.purposes.contains(q.purpose) || matches!(q.purpose, P::RightsRequest | P::Incident);
    held && (!person.complaint_file || matches!(q.purpose, P::Complaint | P::RightsRequest))
}

/// 35.
fn cleared(me: &StaffActor, q: &Question) -> bool {
    has(me, &[R::Supervisor, R::ProtectedAdviser])
        || has(me, &[R::ComplaintsOfficer]) && q.purpose == P::Complaint
        || has(me, &[R::IgOfficer]) && matches!(q.purpose, P::RightsRequest | P::Incident)
}

/// 38.
fn hidden(me: &StaffActor, q: &Question, person: &PersonFacts) -> bool {
    let shown_anyway = has(me, &[R::IgOfficer]) && q.purpose == P::RightsRequest;
    if shown_anyway || !matches!(q.verb, V::RecordLocate | V::RecordList | V::AppointmentBook) {
        return false;
    }
    let private = person.identity != Identity::Named || person.protection == Protection::Extra;
    person.restricted || private && !own_office(me, q)
}

fn permitted(me: &StaffActor, q: &Question, limits: &Limits) -> bool {
    at_own_office(me, q)
        || across_the_network(me, q)
        || with_a_grant(me, q, limits)
        || for_a_rights_request(me, q)
        || keeps_a_complaint_file(me, q)
        || for_ending(me, q)
        || running_the_house(me, q)
        || in_the_inbox(me, q)
        || sharing(me, q)
        || figures_and_research(me, q)
        || in_the_casebook(me, q)
        || in_the_inbox(me, q)
}

/// 70 to 74.
fn sharing(me: &StaffActor, q: &Question) -> bool {
    let complains = q.purpose == P::Complaint;
    let governs = has(me, &[R::IgOfficer]);
    let runs = has(me, &[R::Supervisor, R::OfficeManager]) && own_office(me, q);
    match q.verb {
        V::DisclosureMake => {
            own_office(me, q)
                && (caseworker(me) && serving(q) || has(me, &[R::ComplaintsOfficer]) && complains)
                || governs && (serving(q) || complains)
        }
        V::DisclosureAuthorise => (runs || governs) && (serving(q) || complains),
        V::DisclosureReview => {
            q.purpose == P::Assurance && (runs || governs || has(me, &[R::DataProtectionOfficer]))
        }
        V::ConsentWithdraw => {
            let meets_people = caseworker(me) || has(me, &[R::Reception, R::ComplaintsOfficer]) || governs;
            meets_people && matches!(q.purpose, P::ServiceDelivery | P::RightsRequest)
        }
        _ => false,
    }
}

/// 76 to 79.
fn figures_and_research(me: &StaffActor, q: &Question) -> bool {
    let counting = matches!(q.purpose, P::ServiceManagement | P::Planning | P::Research);
    let governs = has(me, &[R::IgOfficer]);
    let network = has(me, &[R::NetworkAdministrator]);
    let manages = has(me, &[R::OfficeManager]);
    match q.verb {
        V::StatisticsRead => {
            let sees = governs || network || manages || has(me, &[R::Supervisor, R::DataProtectionOfficer]);
            sees && counting
        }
        V::StatisticsRelease => (governs || network) && counting,
        V::ResearchOpen | V::ResearchExtract => governs && q.purpose == P::Research,
        V::ResearchReidentify => (governs || manages) && q.purpose == P::Research,
        _ => false,
    }
}

/// 55 to 59.
fn in_the_casebook(me: &StaffActor, q: &Question) -> bool {
    let person = q.resource.kind == Kind::Person;
    let answers_for_it = has(me, &[R::Supervisor, R::OfficeManager]);
    match q.verb {
        V::AppointmentBook => (caseworker(me) || has(me, &[R::Reception])) && serving(q),
        V::RecordRead => q.shared && caseworker(me) && serving(q),
        V::RecordEdit => q.shared && caseworker(me) && serving(q) && !person,
        V::RecordCreate => {
            let review = has(me, &[R::Supervisor]) && q.purpose == P::Quality && own_office(me, q);
            q.shared && caseworker(me) && serving(q) && !person || review && q.resource.kind == Kind::Case
        }
        V::RecordAccept => q.offered && answers_for_it && q.purpose == P::ServiceDelivery,
        V::AccessReview => {
            let own = q.resource.id == *me.office.as_bytes() && answers_for_it;
            (own || has(me, &[R::DataProtectionOfficer])) && q.purpose == P::Assurance
        }
        _ => false,
    }
}

/// 7 to 11.
fn at_own_office(me: &StaffActor, q: &Question) -> bool {
    let works = matches!(q.verb, V::RecordList | V::RecordRead | V::RecordCreate | V::RecordEdit);
    let looks = matches!(q.verb, V::RecordList | V::RecordRead);
    let takes = matches!(q.verb, V::RecordMerge | V::RecordExport);
    let person = q.resource.kind == Kind::Person;
    own_office(me, q)
        && (caseworker(me) && serving(q) && works
            || has(me, &[R::Reception]) && q.purpose == P::ServiceDelivery && works && person
            || has(me, &[R::Supervisor]) && serving(q) && takes
            || has(me, &[R::Supervisor]) && q.purpose == P::Quality && looks
            || has(me, &[R::ComplaintsOfficer]) && q.purpose == P::Complaint && works)
}

/// 12, 13, 18.
fn across_the_network(me: &StaffActor, q: &Question) -> bool {
    let complains = q.purpose == P::Complaint;
    match q.verb {
        V::RecordLocate => {
            (caseworker(me) || has(me, &[R::Reception, R::ComplaintsOfficer])) && (serving(q) || complains)
        }
        V::GrantAsk => {
            (caseworker(me) || has(me, &[R::ComplaintsOfficer, R::IgOfficer]))
                && (serving(q) || complains || q.purpose == P::Incident)
        }
        V::GrantReview | V::GrantWithdraw => {
            own_office(me, q) && has(me, &[R::Supervisor, R::OfficeManager]) && q.purpose == P::Assurance
        }
        _ => false,
    }
}

/// 14 to 17.
fn with_a_grant(me: &StaffActor, q: &Question, limits: &Limits) -> bool {
    let (Some(grant), Some(person)) = (&q.grant, &q.resource.person) else { return false };
    if grant.staff != me.staff || grant.person != person.id || !live(grant, q, limits) {
        return false;
    }
    let for_clients =
        matches!(grant.reason, Reason::ClientAttends | Reason::Partnership | Reason::Configured);
    let client = for_clients && caseworker(me) && serving(q);
    let complaint =
        grant.reason == Reason::Complaint && has(me, &[R::ComplaintsOfficer]) && q.purpose == P::Complaint;
    let incident = grant.reason == Reason::Incident && has(me, &[R::IgOfficer]) && q.purpose == P::Incident;
    match q.verb {
        V::RecordList | V::RecordRead => client || complaint || incident,
        V::RecordCreate | V::RecordEdit => client && q.resource.kind != Kind::Person,
        _ => false,
    }
}

fn live(grant: &GrantFacts, q: &Question, limits: &Limits) -> bool {
    let in_time = grant.from <= q.now && q.now < grant.until;
    let short = grant.until.duration_since(grant.from) <= limits.longest_grant();
    let proved = grant.evidence_checked || grant.reason == Reason::ClientAttends;
    in_time && short && proved && !grant.withdrawn
}

/// 19 to 22.
fn for_a_rights_request(me: &StaffActor, q: &Question) -> bool {
    let manager = has(me, &[R::OfficeManager]) && own_office(me, q);
    if q.verb == V::DisposalApprove {
        return manager && q.purpose == P::Disposal;
    }
    if q.purpose != P::RightsRequest {
        return false;
    }
    let governs = has(me, &[R::IgOfficer]);
    match q.verb {
        V::RequestReceive => governs || caseworker(me) || has(me, &[R::Reception, R::ComplaintsOfficer]),
        V::RequestRead | V::RequestApprove | V::ErasureApprove => governs || manager,
        V::RequestSearch | V::RequestReview | V::RequestDecide | V::RequestSeal | V::RequestRelease => {
            governs
        }
        V::RestrictionPlace | V::RestrictionLift | V::ErasurePropose => governs,
        V::RecordLocate | V::RecordList | V::RecordRead | V::RecordEdit | V::RecordExport => governs,
        _ => false,
    }
}

/// 24, 26, 86, 87.
/// 45.
fn keeps_a_complaint_file(me: &StaffActor, q: &Question) -> bool {
    q.resource.kind == Kind::Note
        && q.resource.person.as_ref().is_some_and(|p| p.complaint_file)
        && q.purpose == P::Complaint
        && matches!(q.verb, V::RecordRead | V::RecordCreate)
        && has(me, &[R::IgOfficer, R::ComplaintsOfficer])
}

/// 24, 26, 86, 87.
fn for_ending(me: &StaffActor, q: &Question) -> bool {
    let keeps = has(me, &[R::RecordsManager]) && q.purpose == P::Disposal;
    let second = has(me, &[R::OfficeManager]) && own_office(me, q) && q.purpose == P::Disposal;
    match q.verb {
        V::DisposalPropose | V::DisposalApprove => keeps,
        V::DisposalFind => keeps || second, // 86, 87
        V::HoldPlace | V::HoldLift => keeps || has(me, &[R::IgOfficer]) && q.purpose == P::RightsRequest,
        _ => false,
    }
}

/// 65, 67.
fn in_the_inbox(me: &StaffActor, q: &Question) -> bool {
    let works = (caseworker(me) || has(me, &[R::Reception])) && own_office(me, q);
    match q.verb {
        V::MessageReceive | V::MessageHandle | V::MessageSend | V::MessageDrain => {
            works && q.purpose == P::ServiceDelivery
        }
        V::MessageRead => {
            works && q.purpose == P::ServiceDelivery
                || has(me, &[R::IgOfficer]) && q.purpose == P::RightsRequest
        }
        _ => false,
    }
}

/// 27 to 32.
fn running_the_house(me: &StaffActor, q: &Question) -> bool {
    let oversees = has(me, &[R::DataProtectionOfficer]);
    let network = has(me, &[R::NetworkAdministrator]);
    let (assures, administers) = (q.purpose == P::Assurance, q.purpose == P::Administration);
    match q.verb {
        V::AuditRead => (oversees || has(me, &[R::Auditor])) && assures,
        V::RequestRead | V::GrantReview | V::GrantWithdraw => oversees && assures,
        V::StaffAdminister => (network || has(me, &[R::OfficeManager]) && own_office(me, q)) && administers,
        V::OfficeAdminister => network && administers,
        V::RegisterEdit => (network || has(me, &[R::IgOfficer])) && administers,
        V::SystemBackup | V::SystemRestore | V::SystemRotateKeys => {
            has(me, &[R::SystemOperator]) && administers
        }
        _ => false,
    }
}
