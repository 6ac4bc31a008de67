use counterfoil_domain::access::*;
use counterfoil_domain::ids::*;
use counterfoil_store::access::*;
use jiff::Timestamp;

#[test]
#[ignore]
fn bench() {
    let gate = Gate::load(None, Limits::default()).unwrap();
    let now = Timestamp::from_millisecond(1_790_000_000_000).unwrap();
    let staff = StaffActor {
        staff: StaffId::from_bytes([1; 16]), office: OfficeId::from_bytes([2; 16]), controller: ControllerId::from_bytes([3; 16]),
        roles: RoleSet::of(&[Role::Adviser]), training_until: Some(Timestamp::from_millisecond(1_800_000_000_000).unwrap()),
        second_factor: true, account_active: true, office_adherent: true };
    let person = PersonId::from_bytes([9; 16]);
    let facts = PersonFacts { id: person, identity: Identity::Named, protection: Protection::Standard, restricted: false, legal_hold: false,
        complaint_file: false, staff_member: None, relations: vec![], purposes: PurposeSet::of(&[Purpose::ServiceDelivery, Purpose::Quality, Purpose::Complaint]) };
    let res = Resource { kind: ResourceKind::Note, id: [7; 16], controller: staff.controller, office: staff.office, person: Some(facts) };
    let own = Question::new(Actor::Staff(staff.clone()), Verb::RecordRead, Purpose::ServiceDelivery, res.clone(), now);
    let mut cross = own.clone();
    cross.resource.office = OfficeId::from_bytes([8; 16]);
    let no = cross.clone();
    cross.grant = Some(GrantFacts { staff: staff.staff, person, reason: ReasonCode::Partnership, evidence_checked: true, from: now, until: Timestamp::from_millisecond(1_790_000_100_000).unwrap(), withdrawn: false });
    for (name, q) in [("own", &own), ("cross", &cross), ("refused", &no)] {
        gate.conforms(q).unwrap();
        let mut best = f64::MAX;
        for _ in 0..50 {
            let t = std::time::Instant::now();
            for _ in 0..200 { std::hint::black_box(gate.decide(std::hint::black_box(q))); }
            best = best.min(t.elapsed().as_secs_f64() / 200.0 * 1e6);
        }
        println!("{name} {best:.1} us {:?}", gate.decide(q));
    }
}
