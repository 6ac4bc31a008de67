//! Every adapter against the local provider: real HTTP, IMAP and SMTP on loopback.

use counterfoil_connect::channel::{
    ChannelError, Chat, Event, Hook, HookError, Mailbox, Outgoing, Provider, Texts, WhatsApp, signature,
};
use counterfoil_connect::fake::{Fake, SECRET, Signed};
use counterfoil_connect::mail::{Letter, Security, send};
use counterfoil_domain::intake::{Delivery, Ending};
use jiff::{SignedDuration, Timestamp};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn out(to: &str) -> Outgoing {
    Outgoing {
        to: to.to_owned(),
        subject: "Your enquiry".to_owned(),
        words: "Come on Friday.".to_owned(),
        thread: String::new(),
        id: "m1".to_owned(),
    }
}

fn told(provider: &dyn Provider, call: &Signed, at: Timestamp) -> Result<Vec<Event>, HookError> {
    provider.hook(&Hook { header: &|name| call.header(name), body: call.body.as_bytes() }, at)
}

#[test]
fn a_mailbox_is_read_without_a_trace_and_emptied_of_one_letter_alone() {
    let fake = Fake::start().unwrap();
    let mailbox = Mailbox::new(fake.mail("mailbox", "advice@example.org")).unwrap();
    assert!(mailbox.fetch(9, now()).unwrap().is_empty());
    fake.mail_arrives("Message-ID: <1@x>\nSubject: one\n\nThistledown\n.a line with a dot\n");
    fake.mail_arrives("Message-ID: <2@x>\nSubject: two\n\nBrackenwhistle\n");
    let found = mailbox.fetch(9, now()).unwrap();
    assert_eq!(found.len(), 2);
    assert!(String::from_utf8_lossy(found[0].mail.as_ref().unwrap()).contains("Thistledown\r\n.a line"));
    assert_eq!(mailbox.fetch(9, now()).unwrap(), found, "reading changes nothing");
    assert_eq!(mailbox.fetch(1, now()).unwrap().len(), 1);

    let first = &found[0].reference;
    assert!(mailbox.holds(first, now()).unwrap());
    mailbox.remove(first, now()).unwrap();
    mailbox.remove(first, now()).unwrap();
    assert!(!mailbox.holds(first, now()).unwrap());
    assert!(!fake.holds("Thistledown") && fake.holds("Brackenwhistle"));
    // A mailbox that was made anew: the number is another letter's.
    assert!(!mailbox.holds("8/2", now()).unwrap());
    mailbox.remove("8/2", now()).unwrap();
    assert_eq!(fake.letters(), 1);

    let mut wrong = fake.mail("mailbox", "advice@example.org");
    wrong.password = String::from("wrong").into();
    let refused = Mailbox::new(wrong).unwrap().fetch(9, now()).unwrap_err();
    assert_eq!(refused, ChannelError::NotSignedIn { provider: "mailbox".to_owned() });
    let mut open = fake.mail("mailbox", "advice@example.org");
    open.host = "imap.example.org".to_owned();
    assert!(Mailbox::new(open).is_err(), "a password in the clear over the network");
}

#[test]
fn a_letter_goes_out_and_its_head_holds_one_line_each() {
    let fake = Fake::start().unwrap();
    let settings = fake.mail("mailbox", "advice@example.org").sending;
    let letter = Letter {
        to: "sian@example.org".to_owned(),
        subject: "Your enquiry\r\nBcc: other@example.org".to_owned(),
        text: "Prynhawn da, Siân".to_owned(),
        id: "m1".to_owned(),
        answers: Some("<q@x>".to_owned()),
        ..Letter::default()
    };
    assert_eq!(send(&settings, &letter, now()).unwrap(), "<m1@example.org>");
    let sent = fake.words_sent().remove(0);
    assert!(sent.contains("In-Reply-To: <q@x>") && sent.contains("Sun, 22 Nov 2026 10:00:00"), "{sent}");
    assert!(!sent.contains("\nBcc:"), "{sent}");
    let gone = Letter { to: "sian@nowhere.example".to_owned(), ..letter.clone() };
    let refused = send(&settings, &gone, now()).unwrap_err();
    assert_eq!(refused, ChannelError::Refused { provider: "mailbox".to_owned(), code: 550 });
    assert!(!refused.may_pass());
    let nobody = Letter { to: "sian".to_owned(), ..letter.clone() };
    assert!(matches!(send(&settings, &nobody, now()), Err(ChannelError::Unwritable { .. })));
    let closed = counterfoil_connect::mail::Settings { port: 1, ..settings.clone() };
    assert!(send(&closed, &letter, now()).unwrap_err().may_pass());
    let mut open = settings;
    open.host = "smtp.example.org".to_owned();
    assert_eq!(open.security, Security::Loopback);
    assert!(matches!(send(&open, &letter, now()), Err(ChannelError::Unwritable { .. })));
}

#[test]
fn texts_go_once_and_their_end_is_looked_for() {
    let fake = Fake::start().unwrap();
    let texts = Texts::new(fake.texts("texts", false)).unwrap();
    let id = texts.send(&out("+447700900461"), now()).unwrap();
    assert_eq!(texts.send(&out("+447700900461"), now()).unwrap(), id, "told twice, sent once");
    assert_eq!(texts.receipt(&id, now()).unwrap(), Some(Delivery::Delivered));
    assert_eq!(texts.keeps().ending, Ending::Expires);
    assert!(texts.holds(&id, now()).unwrap());
    assert!(matches!(texts.remove(&id, now()), Err(ChannelError::Unable { .. })));
    fake.period_ends();
    assert!(!texts.holds(&id, now()).unwrap());
    let refused = texts.send(&out("+447700900000"), now()).unwrap_err();
    assert_eq!(refused, ChannelError::Refused { provider: "texts".to_owned(), code: 400 });
    fake.trouble(503);
    assert!(texts.send(&out("+447700900461"), now()).unwrap_err().may_pass());

    let received = fake.text_arrives("+447700900461", "Thistledown", now());
    assert_eq!(texts.fetch(9, now()).unwrap()[0].words, "Thistledown");
    assert!(texts.holds(&received, now()).unwrap());
    let deleting = Texts::new(fake.texts("texts", true)).unwrap();
    deleting.remove(&received, now()).unwrap();
    assert!(!deleting.holds(&received, now()).unwrap());
}

#[test]
fn a_texts_receipt_carries_the_agreed_token() {
    let fake = Fake::start().unwrap();
    let texts = Texts::new(fake.texts("texts", false)).unwrap();
    let call = fake.text_receipt("text-1", "permanent-failure");
    let expected = Event::Receipt { reference: "text-1".to_owned(), state: Delivery::NoSuch };
    assert_eq!(told(&texts, &call, now()), Ok(vec![expected]));
    for (header, body, wrong) in [
        ("Bearer wrong", call.body.as_str(), HookError::NotSigned),
        ("", &call.body, HookError::NotSigned),
        ("Bearer the fake provider's secret", "no JSON", HookError::Misunderstood),
        ("Bearer the fake provider's secret", r#"{"id":"1","status":"odd"}"#, HookError::Misunderstood),
        ("Bearer the fake provider's secret", "{}", HookError::Misunderstood),
    ] {
        let call =
            Signed { headers: vec![("authorization".to_owned(), header.to_owned())], body: body.to_owned() };
        assert_eq!(told(&texts, &call, now()), Err(wrong), "{header} {body}");
    }
}

#[test]
fn whatsapp_calls_are_signed_over_every_byte_and_old_ones_are_refused() {
    let fake = Fake::start().unwrap();
    let whatsapp = WhatsApp::new(fake.whatsapp("whatsapp")).unwrap();
    let call = fake.whatsapp_arrives("447700900461", "Siân", "Thistledown", now());
    let [Event::Arrived(arrived)] = &told(&whatsapp, &call, now()).unwrap()[..] else {
        panic!("one message")
    };
    assert_eq!((arrived.from.as_str(), arrived.words.as_str()), ("+447700900461", "Thistledown"));
    let mut altered = call.clone();
    altered.body = altered.body.replace("Thistledown", "Brackenwhistle");
    assert_eq!(told(&whatsapp, &altered, now()), Err(HookError::NotSigned));
    let unsigned = Signed { headers: Vec::new(), body: call.body.clone() };
    assert_eq!(told(&whatsapp, &unsigned, now()), Err(HookError::NotSigned));
    let week_later = now() + SignedDuration::from_hours(8 * 24);
    assert_eq!(told(&whatsapp, &call, week_later), Err(HookError::Stale));

    let id = whatsapp.send(&out("+447700900461"), now()).unwrap();
    let read = fake.whatsapp_receipt(&id, "read");
    let expected = Event::Receipt { reference: id.clone(), state: Delivery::Delivered };
    assert_eq!(told(&whatsapp, &read, now()), Ok(vec![expected]));
    assert!(matches!(whatsapp.holds(&id, now()), Err(ChannelError::Unable { .. })), "nobody can look");
    assert_eq!(whatsapp.keeps().ending, Ending::Expires);
}

#[test]
fn whatsapp_is_told_that_the_address_is_ours_only_for_the_agreed_word() {
    let fake = Fake::start().unwrap();
    let whatsapp = WhatsApp::new(fake.whatsapp("whatsapp")).unwrap();
    let query = |token: &str, mode: &str| {
        [("hub.mode", mode), ("hub.verify_token", token), ("hub.challenge", "1158201444")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    assert_eq!(whatsapp.challenge(&query(SECRET, "subscribe")).as_deref(), Some("1158201444"));
    assert_eq!(whatsapp.challenge(&query("other", "subscribe")), None);
    assert_eq!(whatsapp.challenge(&query(SECRET, "other")), None);
    assert_eq!(whatsapp.challenge(&[]), None);
}

#[test]
fn a_transcript_is_read_removed_and_looked_for() {
    let fake = Fake::start().unwrap();
    let chat = Chat::new(fake.chat("chat")).unwrap();
    let lines = [("visitor", "Thistledown"), ("adviser", "Let us look.")];
    let id = fake.chat_ends("Siân", "sian@example.org", &lines, now());
    let found = chat.fetch(9, now()).unwrap();
    assert_eq!(found[0].words, "visitor: Thistledown\nadviser: Let us look.");
    assert!(chat.holds(&id, now()).unwrap());
    chat.remove(&id, now()).unwrap();
    chat.remove(&id, now()).unwrap();
    assert!(!chat.holds(&id, now()).unwrap() && !fake.holds("Thistledown"));

    let body = r#"{"id":"chat-9","visitor":{"name":"Ann","email":"ann@example.org"},"messages":[]}"#;
    let signed = |at: Timestamp, key: &str| {
        let moment = at.as_second().to_string();
        let seal = signature(key.as_bytes(), &[moment.as_bytes(), b".", body.as_bytes()]);
        let headers = [("x-chat-timestamp", moment), ("x-chat-signature", seal)];
        Signed { headers: headers.map(|(n, v)| (n.to_owned(), v)).to_vec(), body: body.to_owned() }
    };
    assert_eq!(told(&chat, &signed(now(), SECRET), now()).unwrap().len(), 1);
    assert_eq!(told(&chat, &signed(now(), "other"), now()), Err(HookError::NotSigned));
    let played_again = now() + SignedDuration::from_mins(6);
    assert_eq!(told(&chat, &signed(now(), SECRET), played_again), Err(HookError::Stale));
}
