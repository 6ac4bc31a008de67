//! Invented records that together reach every part of the pages.

use counterfoil_domain::access::{Flag, FlagSet, Identity, Protection, ReasonCode, Role};
use counterfoil_domain::casebook::adherence::Until;
use counterfoil_domain::casebook::review::Why;
use counterfoil_domain::casebook::words::{EntryState, Relation};
use counterfoil_domain::ids::{
    CaseId, DocumentId, EntryOfCaseId, GrantId, NoteId, OddId, OfficeId, PersonId, RelationId, ShareId,
    StaffId, TransferId,
};
use counterfoil_service::casebook::reason::{Digest, Looked, OddLine, ToReview};
use counterfoil_service::casebook::work::{CasePage, MyDesk, PersonPage};
use counterfoil_service::casebook::{
    Address, Case, CaseText, ContactRules, Entry, EntryText, Grant, GrantText, Identifier, JointText, Note,
    NoteText, Odd, Person, Profile, Related, RelationText, Share, Transfer, Waiting,
};
use counterfoil_service::network::{Joint, Network, OfficeLine, Work};
use jiff::Timestamp;
use jiff::civil::date;

use super::sheet::Sheet;

const PERSON: PersonId = PersonId::from_bytes([7; 16]);
const CASE: CaseId = CaseId::from_bytes([8; 16]);
const STAFF: StaffId = StaffId::from_bytes([4; 16]);
const OFFICE: OfficeId = OfficeId::from_bytes([5; 16]);
const OTHER: OfficeId = OfficeId::from_bytes([6; 16]);

fn at() -> Timestamp {
    Timestamp::from_second(1_795_340_000).unwrap_or_default()
}

/// Every page.
pub(super) fn all() -> Vec<Sheet> {
    let mut sheets = super::search::samples();
    sheets.extend(super::record::samples());
    sheets.extend(super::recordings::samples());
    sheets.extend(super::person::samples());
    sheets.extend(super::case::samples());
    sheets.extend(super::documents::samples());
    sheets.extend(super::work::samples());
    sheets.extend(super::ask::samples());
    sheets.extend(super::access::samples());
    sheets.extend(super::network::samples());
    sheets.extend(super::research::samples());
    let refused =
        Sheet::new("book.people.title").refused(Some("records of another office need a reason".to_owned()));
    sheets.push(refused.add(super::sheet::Block::Warning { text: super::sheet::key("book.code.once") }));
    sheets
}

fn person() -> Person {
    let old = Address { lines: vec!["1 Old Rd".into()], until: Some(date(2026, 1, 1)), ..Address::default() };
    let contact = ContactRules {
        call: "no".into(),
        text: "yes".into(),
        format: "large-print".into(),
        ..ContactRules::default()
    };
    Person {
        id: PERSON,
        office: OFFICE,
        identity: Identity::Named,
        protection: Protection::Extra,
        restricted: true,
        legal_hold: true,
        profile: Profile {
            forenames: "Ann".into(),
            surname: "Lee".into(),
            born: Some(date(1979, 3, 4)),
            phones: vec!["07700 900123".into()],
            addresses: vec![old],
            identifiers: vec![Identifier { kind: "nino".into(), value: "QQ123456C".into() }],
            contact_rules: "Only in the morning".into(),
            contact,
            ..Profile::default()
        },
        version: 3,
        made_at: at(),
        changed_at: at(),
        watched: true,
        checked_at: at(),
        merged_into: Some(PERSON),
        earlier: 2,
        statements: Vec::new(),
    }
}

fn bare() -> Person {
    Person {
        identity: Identity::Anonymous,
        protection: Protection::Standard,
        restricted: false,
        legal_hold: false,
        watched: false,
        merged_into: None,
        profile: Profile::default(),
        ..person()
    }
}

fn entry(state: EntryState, text: EntryText) -> Entry {
    Entry {
        id: EntryOfCaseId::from_bytes([9; 16]),
        person: PERSON,
        case: Some(CASE),
        office: OFFICE,
        state,
        staff: Some(STAFF),
        starts_at: Some(at()),
        ends_at: None,
        text,
        made_by: STAFF,
        made_at: at(),
        changed_at: at(),
    }
}

fn entries() -> Vec<Entry> {
    let text = || "Ring the landlord".to_owned();
    vec![
        entry(EntryState::Open, EntryText::Task { what: text() }),
        entry(EntryState::Open, EntryText::Appointment { who: text(), what: text(), place: text() }),
        entry(
            EntryState::Done,
            EntryText::Outcome { code: "income".into(), pence: Some(125_000), what: text() },
        ),
        entry(
            EntryState::Done,
            EntryText::Quality { points: vec![("advice".into(), true)], feedback: text() },
        ),
        entry(EntryState::Asked, EntryText::Paper { title: text(), location: text(), custodian: text() }),
        entry(EntryState::Dropped, EntryText::Task { what: text() }),
        entry(EntryState::Missed, EntryText::Task { what: text() }),
    ]
}

fn case(status: &str) -> Case {
    Case {
        id: CASE,
        person: PERSON,
        office: OFFICE,
        issue: "housing.homeless".into(),
        status: status.into(),
        text: CaseText { title: "Notice to leave".into(), question: "Where can I go?".into() },
        opened_at: at(),
        closed_at: None,
        worker: Some(STAFF),
        version: 2,
        statements: Vec::new(),
    }
}

/// A full page, and one as reception sees it of a person without a name.
pub(super) fn people() -> Vec<PersonPage> {
    let related = Related {
        id: RelationId::from_bytes([1; 16]),
        other: PERSON,
        relation: Relation::Partner,
        text: RelationText::default(),
        made_at: at(),
    };
    let relations = vec![(related.clone(), Some("Bo Lee".to_owned())), (related, None)];
    let full = PersonPage {
        person: person(),
        relations,
        cases: vec![case("open"), case("waiting"), case("closed")],
        sees_cases: true,
        documents: Vec::new(),
        entries: entries(),
        merges: Vec::new(),
    };
    let desk = PersonPage {
        person: bare(),
        relations: Vec::new(),
        cases: Vec::new(),
        sees_cases: false,
        documents: Vec::new(),
        entries: Vec::new(),
        merges: Vec::new(),
    };
    let quiet = PersonPage { sees_cases: true, ..desk.clone() };
    vec![full, desk, quiet]
}

/// A full case, an empty one, and a closed one.
pub(super) fn cases() -> Vec<CasePage> {
    let note = Note {
        id: NoteId::from_bytes([2; 16]),
        case: CASE,
        person: PERSON,
        author: STAFF,
        text: NoteText {
            text: "Question:\nWhere can I go?".into(),
            source: "the client".into(),
            ..NoteText::default()
        },
        version: 2,
        made_at: at(),
        statements: Vec::new(),
    };
    let share = Share {
        id: ShareId::from_bytes([3; 16]),
        person: PERSON,
        case: CASE,
        office: OTHER,
        text: Some(JointText { why: "the debt unit sits there".into(), ..JointText::default() }),
        from: at(),
        until: at(),
        ended_at: None,
    };
    let document = counterfoil_service::casebook::Document {
        id: DocumentId::from_bytes([3; 16]),
        person: PERSON,
        case: Some(CASE),
        text: counterfoil_service::casebook::DocumentText { name: "notice.pdf".into(), ..Default::default() },
        version: counterfoil_domain::ids::VersionId::from_bytes([3; 16]),
        number: 1,
        size: 10,
        address: [0; 32],
        made_at: at(),
        statements: Vec::new(),
    };
    let full = CasePage {
        name: "Ann Lee".into(),
        person: person(),
        case: case("open"),
        notes: vec![note],
        draft: Some((NoteText::default(), at())),
        entries: entries(),
        documents: vec![document],
        shares: vec![share.clone(), Share { ended_at: Some(at()), ..share }],
    };
    let empty = CasePage {
        name: String::new(),
        person: bare(),
        case: Case { worker: None, text: CaseText::default(), ..case("waiting") },
        notes: Vec::new(),
        draft: None,
        entries: Vec::new(),
        documents: Vec::new(),
        shares: Vec::new(),
    };
    vec![CasePage { case: case("closed"), ..empty.clone() }, full, empty]
}

fn waiting() -> Waiting {
    Waiting {
        id: CASE,
        person: PERSON,
        issue: "debt.energy".into(),
        status: "open".into(),
        worker: None,
        opened_at: at(),
    }
}

fn grant() -> Grant {
    Grant {
        id: GrantId::from_bytes([1; 16]),
        staff: STAFF,
        person: PERSON,
        reason: ReasonCode::ClientAttends,
        evidence_checked: false,
        text: GrantText { reason: "she is at our desk".into(), ..GrantText::default() },
        from: at(),
        until: at(),
        reviewed_at: None,
        outcome: None,
        revoked_at: None,
    }
}

/// A desk with something of everything.
pub(super) fn desk() -> MyDesk {
    let offer = Transfer {
        id: TransferId::from_bytes([1; 16]),
        person: PERSON,
        from: OFFICE,
        to: OTHER,
        state: "offered".into(),
        made_by: STAFF,
        made_at: at(),
    };
    let share = Share {
        id: ShareId::from_bytes([3; 16]),
        person: PERSON,
        case: CASE,
        office: OTHER,
        text: None,
        from: at(),
        until: at(),
        ended_at: None,
    };
    MyDesk {
        tasks: entries(),
        diary: entries(),
        cases: vec![(waiting(), Some("Ann Lee".into()))],
        unallocated: vec![(waiting(), None)],
        shared: vec![share],
        offers: vec![offer],
        grants: vec![grant()],
    }
}

/// A digest with each kind of line.
pub(super) fn digest() -> Digest {
    let flags = FlagSet::of(Flag::ALL);
    let odd = |refused, purpose: &str| OddLine {
        odd: Odd {
            id: OddId::from_bytes([1; 16]),
            person: PERSON,
            staff: STAFF,
            purpose: purpose.into(),
            flags,
            refused,
            at: at(),
            outcome: None,
        },
        name: refused.then(|| "Ann Lee".to_owned()),
    };
    let of = |why, checked| ToReview {
        grant: Grant { evidence_checked: checked, ..grant() },
        why,
        flags,
        name: Some("Ann Lee".into()),
    };
    Digest {
        grants: vec![
            of(Why::Odd, false),
            of(Why::Word, false),
            of(Why::Sampled, true),
            of(Why::NotDrawn, true),
        ],
        odd: vec![odd(true, "service-delivery"), odd(false, "complaint")],
        busy: vec![(STAFF, 72)],
    }
}

/// A person's list with the system, the own office and another.
pub(super) fn looked() -> Vec<Looked> {
    let line = |roles: &[Role], elsewhere: bool| Looked {
        at: at(),
        verb: "record.read".into(),
        purpose: "service-delivery".into(),
        reason: elsewhere.then(|| "client-attends".to_owned()),
        roles: roles.to_vec(),
        office: "Lancaster".into(),
        elsewhere,
    };
    vec![line(&[], false), line(&[Role::Adviser], false), line(&[Role::Adviser, Role::Supervisor], true)]
}

/// A network with an adherent office, a lapsed one, and leavers.
pub(super) fn network() -> (Network, Vec<(OfficeId, String)>) {
    use counterfoil_service::network::{Account, Incident, Left, Office, Partnership, StaffText};
    let office = Office {
        id: OFFICE,
        name: "Lancaster".into(),
        division: "england-and-wales".into(),
        language: "en".into(),
        adherent_until: at(),
    };
    let line = |adherent, until| OfficeLine {
        office: office.clone(),
        recorded: None,
        until,
        adherent,
        staff: 4,
        untrained: usize::from(!adherent),
        deviations: if adherent { vec!["its notice adds a line".into()] } else { Vec::new() },
    };
    let account = |active| Account {
        id: STAFF,
        office: OFFICE,
        roles: [Role::Adviser].into_iter().collect(),
        text: StaffText { name: "Ada".into(), ..StaffText::default() },
        active,
        training_until: Some(at()),
    };
    let partnership = |ended_at| Partnership {
        id: counterfoil_domain::ids::PartnershipId::from_bytes([1; 16]),
        offices: (OFFICE, OTHER),
        reference: "P-1".into(),
        about: "debt".into(),
        from: at(),
        until: at(),
        ended_at,
    };
    let network = Network {
        offices: vec![line(true, Some(Until { day: date(2027, 1, 1), why: "review" })), line(false, None)],
        joint: vec![Joint {
            name: "Casework".into(),
            reference: "JCA-1".into(),
            controllers: vec!["National".into()],
            answers_requests: "the office".into(),
            notifies: "the national charity".into(),
            review: Some(date(2027, 4, 1)),
        }],
        partnerships: vec![partnership(None), partnership(Some(at()))],
        incidents: vec![Incident {
            id: counterfoil_domain::ids::IncidentId::from_bytes([1; 16]),
            office: OFFICE,
            reference: "INC-1".into(),
            opened_at: at(),
            closed_at: None,
        }],
        accounts: vec![
            (account(true), Left { cases: 2, tasks: 1 }),
            (account(false), Left { cases: 2, tasks: 1 }),
            (account(false), Left::default()),
        ],
        whole: true,
    };
    (network, vec![(OFFICE, "Lancaster".to_owned()), (OTHER, "Kendal".to_owned())])
}

/// What a leaver leaves.
pub(super) fn work() -> Work {
    Work { cases: vec![(waiting(), None), (waiting(), Some("Ann Lee".into()))], tasks: entries() }
}
