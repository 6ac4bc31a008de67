//! The inbox: items under keys of their own, copies on their way out, messages that leave nothing behind.

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::ids::{ChannelMessageId, InboxItemId};
use counterfoil_domain::intake::{
    Channel, Copy, CopyEvent, Delivery, Ending, ItemState, MessagePurpose, PartKind,
};
use counterfoil_store::access::Actor;
use counterfoil_store::intake::items::{Close, ItemText, NewItem, NewPart, PartText};
use counterfoil_store::intake::messages::{MessageText, NewMessage, Step};
use counterfoil_store::{StoreError, Terms};
use jiff::SignedDuration;

use crate::raw::Raw;
use crate::support::{House, on_both_engines, profile};

const FOR: Purpose = Purpose::ServiceDelivery;

fn system(house: &House) -> Actor {
    Actor::Automation { controller: house.controller }
}

fn mail(house: &House, source: &str) -> NewItem {
    NewItem {
        office: house.here,
        channel: Channel::Email,
        provider: "mailbox".to_owned(),
        source: source.to_owned(),
        sender: Some((IdentityKind::Email, "Sian@Example.org".to_owned())),
        text: ItemText {
            from: "Siân".to_owned(),
            address: "sian@example.org".to_owned(),
            subject: "Thistledown lease".to_owned(),
            ..ItemText::default()
        },
        parts: vec![
            NewPart {
                kind: Some(PartKind::Words),
                text: PartText { words: "about the Thistledown boiler".to_owned(), ..PartText::default() },
                content: None,
            },
            NewPart {
                kind: Some(PartKind::File),
                text: PartText { name: "lease.txt".to_owned(), ..PartText::default() },
                content: Some(b"Thistledown clauses".to_vec()),
            },
        ],
        limit: "2026-11-24".parse().unwrap(),
        received_at: house.hands.now(),
        ending: Ending::Deleted,
        ends_at: None,
    }
}

fn receive(house: &House, new: &NewItem) -> (InboxItemId, bool) {
    let system = system(house);
    let received =
        house.store.act(&system, Verb::MessageReceive, FOR, |tx| tx.receive_item(new, &Terms::default()));
    received.unwrap()
}

fn close(house: &House, who: &Actor, item: InboxItemId) -> Result<(), StoreError> {
    house.store.act(who, Verb::MessageHandle, FOR, |tx| {
        let item = tx.open_item(item, &Terms::default())?;
        let how = Close { to: ItemState::Moved, how: String::new(), person: None, case: None, kept: 1 };
        tx.close_item(&item, &how)
    })
}

#[test]
fn an_item_is_taken_in_once_opened_and_emptied_when_it_is_closed() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let (id, new) = receive(&house, &mail(&house, "<a@b>"));
        assert_eq!((receive(&house, &mail(&house, "<a@b>")), new), ((id, false), true), "twice is once");
        let line =
            house.store.act(&adviser, Verb::MessageRead, FOR, |tx| tx.inbox(house.here, true, 9)).unwrap();
        assert_eq!(line[0].text.as_ref().unwrap().subject, "Thistledown lease");
        let (item, content) = house
            .store
            .act(&adviser, Verb::MessageRead, FOR, |tx| {
                let item = tx.open_item(id, &Terms::default())?;
                let content = tx.part_content(&item.parts[1])?;
                Ok((item, content))
            })
            .unwrap();
        assert_eq!(item.parts[0].text.words, "about the Thistledown boiler");
        assert_eq!(content, b"Thistledown clauses");
        assert_eq!(house.store.health().unwrap().files_missing, 0);

        close(&house, &adviser, id).unwrap();
        let again = close(&house, &adviser, id).unwrap_err();
        assert!(matches!(again, StoreError::Invalid(_)), "{again}");
        let mut raw = Raw::open(&house.place);
        assert_eq!(raw.one("SELECT count(*) FROM inbox_part"), "0");
        assert_eq!(raw.one("SELECT length(sealed) FROM inbox_item"), "0");
        assert_eq!(raw.one("SELECT content FROM inbox_item"), "key-destroyed");
        assert_eq!(raw.one("SELECT count(*) FROM inbox_item WHERE sender_blind IS NOT NULL"), "0");
        assert_eq!(house.store.health().unwrap().files, 0, "no file is left");
        assert_eq!(house.store.intake_figures(house.controller).unwrap().not_emptied, 0);
        assert!(house.store.waits_for_scrub().unwrap());
        house.store.scrub().unwrap();
        assert!(!house.store.waits_for_scrub().unwrap());
        let job = house
            .store
            .claim_job_of(Some(house.controller), &["channel.drain"], SignedDuration::from_mins(1))
            .unwrap();
        assert!(job.is_some(), "the removal of the channel's copy is queued");
    });
}

#[test]
fn another_office_and_those_close_to_the_sender_are_kept_out() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let reception = house.actor(house.here, Role::Reception);
        let person = house.record(&adviser, profile("Siân", "O'Neill", "sian@example.org"));
        let (id, _) = receive(&house, &mail(&house, "<a@b>"));
        let open = |who: &Actor| {
            house.store.act(who, Verb::MessageRead, FOR, |tx| tx.open_item(id, &Terms::default()))
        };
        assert!(open(&reception).is_ok());
        for stranger in
            [house.actor(house.there, Role::Adviser), house.actor(house.here, Role::Auditor), system(&house)]
        {
            assert!(matches!(open(&stranger), Err(StoreError::Refused { .. })), "{stranger:?}");
        }
        house.store.act(&reception, Verb::RecordLocate, FOR, |tx| tx.declare_relation(person)).unwrap();
        assert!(matches!(open(&reception), Err(StoreError::Refused { .. })));
        let lines =
            house.store.act(&reception, Verb::MessageRead, FOR, |tx| tx.inbox(house.here, true, 9)).unwrap();
        assert_eq!(lines[0].text, None, "the queue says that there is one, not what it says");
        assert!(open(&adviser).is_ok());
    });
}

#[test]
fn the_words_of_an_unmoved_item_go_with_the_person_who_wrote_it() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let person = house.record(&adviser, profile("Siân", "O'Neill", "sian@example.org"));
        let (id, _) = receive(&house, &mail(&house, "<a@b>"));
        let system = system(&house);
        let officers = [Role::IgOfficer, Role::OfficeManager].map(|r| house.staff(house.here, r));
        let terms = Terms { signatories: officers.to_vec(), ..Terms::default() };
        house
            .store
            .act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
                let permit = tx.permit(counterfoil_store::Record::Person, person, &terms)?;
                tx.erase_person(&permit)
            })
            .unwrap();
        let mut raw = Raw::open(&house.place);
        assert_eq!(raw.one("SELECT content FROM inbox_item"), "key-destroyed");
        assert_eq!(raw.one("SELECT state FROM channel_copy"), "due", "the mailbox's copy follows");
        let closed =
            house.store.act(&adviser, Verb::MessageRead, FOR, |tx| tx.open_item(id, &Terms::default()));
        assert!(matches!(closed, Err(StoreError::Invalid(_))));
    });
}

#[test]
fn a_copy_is_asked_looked_for_and_gone_and_its_name_with_it() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let system = system(&house);
        let (id, _) = receive(&house, &mail(&house, "<thistledown@b>"));
        close(&house, &adviser, id).unwrap();
        let event = |event, why: &str| {
            house
                .store
                .act(&system, Verb::MessageDrain, FOR, |tx| {
                    let copy = tx.open_copy(id.as_bytes())?;
                    let reference = copy.text.reference.clone();
                    Ok((tx.copy_event(&copy, event, why)?, reference))
                })
                .unwrap()
        };
        assert_eq!(event(CopyEvent::Taken, ""), (Copy::Asked, "<thistledown@b>".to_owned()));
        assert_eq!(event(CopyEvent::SeenAgain, "it is still there").0, Copy::Asked);
        let owed = |most| {
            house.store.act(&adviser, Verb::MessageRead, FOR, |tx| tx.copies_owed(house.here, most)).unwrap()
        };
        assert_eq!((owed(5).len(), owed(5)[0].copy.why.as_str()), (1, "it is still there"));
        assert_eq!(event(CopyEvent::NotFound, "").0, Copy::Gone);
        assert!(owed(5).is_empty());
        let mut raw = Raw::open(&house.place);
        assert_eq!(
            raw.one("SELECT length(sealed) FROM channel_copy"),
            "0",
            "the channel's name for it is gone"
        );
    });
}

fn text_message(house: &House) -> NewMessage {
    NewMessage {
        office: house.here,
        channel: Channel::Sms,
        provider: "texts".to_owned(),
        purpose: MessagePurpose::Update,
        template: "update".to_owned(),
        person: None,
        item: None,
        text: MessageText {
            to: "07700 900461".to_owned(),
            words: "Thistledown".to_owned(),
            ..MessageText::default()
        },
        send_at: house.hands.now(),
    }
}

#[test]
fn a_message_is_held_until_it_arrives_and_then_gone() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let system = system(&house);
        let new = text_message(&house);
        let id: ChannelMessageId = house
            .store
            .act(&adviser, Verb::MessageSend, FOR, |tx| tx.write_message(&new, &Terms::default()))
            .unwrap();
        let deliver = |state, taken: bool| {
            house
                .store
                .act(&system, Verb::MessageDeliver, FOR, |tx| {
                    let (message, text) = tx.open_message(id)?;
                    if taken {
                        tx.message_taken(&message, "SM-17", Ending::Expires, None)?;
                    }
                    Ok((
                        tx.message_step(&message, Step { state, why: "", last: false })?,
                        text.map(|t| t.words),
                    ))
                })
                .unwrap()
        };
        assert_eq!(deliver(Delivery::Sending, true), (Delivery::Sending, Some("Thistledown".to_owned())));
        let found = house
            .store
            .act(&system, Verb::MessageDeliver, FOR, |tx| tx.message_of_reference("texts", "SM-17"))
            .unwrap();
        assert_eq!(found, Some(id));
        assert_eq!(deliver(Delivery::Delivered, false).0, Delivery::Delivered);
        assert_eq!(deliver(Delivery::Sent, false), (Delivery::Delivered, None), "the words are gone");
        let mut raw = Raw::open(&house.place);
        assert_eq!(raw.one("SELECT content FROM channel_message"), "key-destroyed");
        assert_eq!(raw.one("SELECT state FROM channel_copy"), "asked");
    });
}

#[test]
fn a_wish_for_no_messages_is_kept_without_the_number_and_can_be_taken_back() {
    on_both_engines(|house| {
        let system = system(&house);
        let act = |wanted: Option<bool>| {
            house
                .store
                .act(&system, Verb::MessageReceive, FOR, |tx| {
                    if let Some(wanted) = wanted {
                        tx.set_opt_out(IdentityKind::Phone, "+44 7700 900461", wanted, "sms")?;
                    }
                    tx.opted_out(IdentityKind::Phone, "07700900461")
                })
                .unwrap()
        };
        assert!(!act(None));
        assert!(act(Some(false)) && act(Some(false)), "twice is once");
        assert!(!act(Some(true)));
    });
}

#[test]
fn a_crash_between_the_commit_and_the_key_is_finished_at_the_start() {
    on_both_engines(|house| {
        let (id, _) = receive(&house, &mail(&house, "<a@b>"));
        let adviser = house.actor(house.here, Role::Adviser);
        close(&house, &adviser, id).unwrap();
        // As if the process had died: the rows say emptied.
        let mut raw = Raw::open(&house.place);
        raw.run("UPDATE inbox_item SET content = 'emptied'");
        assert_eq!(house.store.intake_figures(house.controller).unwrap().not_emptied, 1);
        let again = house.reopen();
        assert_eq!(again.intake_figures(house.controller).unwrap().not_emptied, 0);
    });
}
