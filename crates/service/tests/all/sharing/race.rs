//! Sending and withdrawing at the same moment: one comes first, and what was withdrawn is never sent after.

use std::sync::Barrier;

use counterfoil_service::sharing::permissions;
use counterfoil_service::sharing::refer::{self, Drafting, Sending};

use super::house::{content, on_both, referral_consent};

#[test]
fn a_withdrawal_and_a_sending_never_both_win() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let (mut sent, mut stopped) = (0, 0);
        for round in 0..12 {
            let person = house.person(&adviser, "Ada", &format!("ada{round}@mail.example"));
            let desk = house.desk(&adviser);
            let receipt = permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
            let drafting = Drafting {
                recipient: "referral-partners".into(),
                reason: "a food parcel".into(),
                fields: content(&[("name", "Ada Brook")]),
                case: None,
            };
            let referral = refer::draft(&desk, person, &drafting).unwrap();
            let start = Barrier::new(2);
            let (sending, withdrawing) = std::thread::scope(|scope| {
                let sending = scope.spawn(|| {
                    start.wait();
                    refer::send(&house.desk(&adviser), person, referral)
                });
                let withdrawing = scope.spawn(|| {
                    start.wait();
                    permissions::withdraw(&house.desk(&adviser), person, receipt.id, "now")
                });
                (sending.join().unwrap(), withdrawing.join().unwrap())
            });
            withdrawing.expect("the person's word always counts");
            let state = refer::list(&desk, person).unwrap()[0].state.clone();
            let line = &permissions::list(&desk, person).unwrap()[0].permission;
            match sending.unwrap() {
                Sending::Sent => {
                    sent += 1;
                    assert_eq!(state, "sent");
                    assert!(
                        line.relied_on_at.unwrap() <= line.withdrawn_at.unwrap(),
                        "sent before it was withdrawn"
                    );
                }
                Sending::Refused(gaps) => {
                    stopped += 1;
                    assert_ne!(state, "sent", "{gaps:?}");
                    assert!(line.relied_on_at.is_none());
                }
            }
            // Whatever came first, nothing more is sent.
            let again = refer::draft(&desk, person, &drafting).unwrap();
            assert!(matches!(refer::send(&desk, person, again).unwrap(), Sending::Refused(_)));
        }
        println!("{sent} sent first, {stopped} withdrawn first");
    });
}
