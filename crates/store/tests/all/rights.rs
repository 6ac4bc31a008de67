//! Rights requests as files of their own, on both engines.

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_store::rights::items::ItemText;
use counterfoil_store::rights::requests::{EventText, NewRequest, RequestText};
use counterfoil_store::{StoreError, Terms};

use crate::support::on_both_engines;

const FOR: Purpose = Purpose::RightsRequest;

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn a_request_is_logged_given_items_and_decisions_and_a_decision_voids_approvals() {
    on_both_engines(|house| {
        let officer = house.actor(house.here, Role::IgOfficer);
        let new = NewRequest {
            office: house.here,
            right: "access".to_owned(),
            regime: "uk-gdpr".to_owned(),
            division: "england-and-wales".to_owned(),
            received_on: jiff::civil::date(2026, 11, 10),
            text: RequestText {
                requester: "Rory".to_owned(),
                office: house.here.to_string(),
                ..RequestText::default()
            },
        };
        let terms = Terms::default();
        let references: Vec<String> = (0..2)
            .map(|_| {
                house
                    .store
                    .act(&officer, Verb::RequestReceive, FOR, |tx| tx.receive_request(&new, &terms))
                    .unwrap()
                    .reference
            })
            .collect();
        assert_eq!(references, ["R-2026-00001", "R-2026-00002"]);
        let open = |tx: &mut counterfoil_store::Tx<'_>| {
            let id = tx.request_by_reference("R-2026-00001")?;
            tx.open_request(id, &terms)
        };
        let text = ItemText { name: "a file".to_owned(), ..ItemText::default() };
        house
            .store
            .act(&officer, Verb::RequestSearch, FOR, |tx| {
                let request = open(tx)?;
                tx.add_item(&request, "shared", &text, b"content")?;
                tx.keep_approval(&request, [7; 32])
            })
            .unwrap();
        house
            .store
            .act(&officer, Verb::RequestDecide, FOR, |tx| {
                let request = open(tx)?;
                tx.keep_decision(&request, &serde_json::json!({ "fate": "release" }))
            })
            .unwrap();
        let (items, content, approvals, events) = house
            .store
            .act(&officer, Verb::RequestRead, FOR, |tx| {
                let request = open(tx)?;
                let items = tx.items_of(&request)?;
                let content = tx.item_content(&items[0])?;
                tx.move_request(&request, "searched")?;
                let stale = tx.move_request(&request, "sealed");
                assert!(
                    matches!(stale, Err(StoreError::Invalid(_))),
                    "a request that moved on is not moved again"
                );
                tx.add_event(
                    &request,
                    "identity-asked",
                    jiff::civil::date(2026, 11, 11),
                    &EventText::default(),
                )?;
                Ok((items, content, tx.approvals_of(&request)?, tx.events_of(&request)?))
            })
            .unwrap();
        assert_eq!(
            (items.len(), content.as_slice(), approvals.len(), events.len()),
            (1, b"content".as_slice(), 0, 2)
        );
        let adviser = house.actor(house.here, Role::Adviser);
        let refused =
            house.store.act(&adviser, Verb::RequestDecide, FOR, |tx| open(tx).map(|_| ())).unwrap_err();
        assert!(matches!(refused, StoreError::Refused { .. }), "{refused}");
    });
}
