//! The doors of the inbox: signed calls alone, in their size and time; public forms of declared fields.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use counterfoil_connect::channel::{Chat, Texts, WhatsApp};
use counterfoil_connect::fake::{Fake, SECRET, Signed};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::intake::Channel;
use counterfoil_service::calendar;
use counterfoil_service::installation::{self, NewOrganisation, Site as Place};
use counterfoil_service::intake::channels::{Channels, Line};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::store::{Hardness, Place as Where, Store};
use counterfoil_web::Settings;
use counterfoil_web::use_cases::Live;
use jiff::Timestamp;

use crate::support::{self, Answer, World};

struct Door {
    _folder: tempfile::TempDir,
    world: World,
    store: Store,
    controller: counterfoil_domain::ids::ControllerId,
    fake: Fake,
}

/// A live organisation with its channels at the local provider.
fn door() -> Door {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(1_795_340_000));
    let hand = Arc::clone(&clock);
    let now = move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap();
    let key_file = folder.path().join("key");
    installation::make_keys(&key_file, "a passphrase", Hardness::Test).unwrap();
    let place = Place { place: Where::Folder(folder.path().join("data")), key_file, policies: None };
    let (store, _) = installation::open(&place, "a passphrase", Arc::new(now.clone())).unwrap();
    let (settings, _) = Organisation::template("advice-network").unwrap();
    let offices = vec!["Weir Street".to_owned(), "Market Hall".to_owned()];
    let new = NewOrganisation { settings: settings.to_owned(), offices, adherent_until: None };
    let controller = installation::set_up(&store, &new).unwrap();
    let fake = Fake::start().unwrap();
    let line =
        |provider| Line { provider, office: "Weir Street".to_owned(), phone: "01632 960100".to_owned() };
    let channels = Channels::new(vec![
        line(Box::new(Texts::new(fake.texts("texts", true)).unwrap())),
        line(Box::new(WhatsApp::new(fake.whatsapp("whatsapp")).unwrap())),
        line(Box::new(Chat::new(fake.chat("chat")).unwrap())),
    ])
    .unwrap();
    let live = Live {
        store: store.clone(),
        controller,
        calendar: calendar::load(None).unwrap(),
        law: ClockConfig::default(),
        channels,
    };
    let means = counterfoil_web::Means { live: Some(live), ..support::means(now) };
    let settings = Settings { public_address: Some("https://site.example".into()), ..Settings::default() };
    let site = support::site_with(settings, means);
    let world = World { app: counterfoil_web::app(&site), clock };
    Door { _folder: folder, world, store, controller, fake }
}

impl Door {
    async fn call(&self, provider: &str, call: &Signed) -> Answer {
        let mut request = Request::post(format!("/hooks/{provider}"));
        for (name, value) in &call.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        self.world.send(request.body(Body::from(call.body.clone())).unwrap()).await
    }

    fn open(&self, channel: Channel) -> u64 {
        self.store.channel_figures(self.controller, channel, jiff::civil::date(2026, 11, 22)).unwrap().open
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_taken_once_and_only_when_it_is_signed() {
    let door = door();
    let now = door.world.now();
    let call = door.fake.whatsapp_arrives("447700900461", "Siân", "Thistledown", now);
    let mut altered = call.clone();
    altered.body = altered.body.replace("Thistledown", "Brackenwhistle");
    for (bad, provider, status) in [
        (&altered, "whatsapp", StatusCode::UNAUTHORIZED),
        (&Signed { headers: Vec::new(), body: call.body.clone() }, "whatsapp", StatusCode::UNAUTHORIZED),
        (&call, "texts", StatusCode::UNAUTHORIZED),
        (&call, "nobody", StatusCode::NOT_FOUND),
    ] {
        let answer = door.call(provider, bad).await;
        assert_eq!(answer.status, status, "{provider}");
        assert!(!answer.body.contains("Thistledown"));
    }
    assert_eq!(door.open(Channel::WhatsApp), 0);
    for _ in 0..3 {
        assert_eq!(
            door.call("whatsapp", &call).await.status,
            StatusCode::OK,
            "played again, it is the same item"
        );
    }
    assert_eq!(door.open(Channel::WhatsApp), 1);
    door.world.pass(8 * 24 * 3600);
    assert_eq!(
        door.call("whatsapp", &call).await.status,
        StatusCode::UNAUTHORIZED,
        "a week later it is a recording"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_too_large_or_no_json_is_refused() {
    let door = door();
    let signed = |body: String| {
        let headers = vec![("authorization".to_owned(), format!("Bearer {SECRET}"))];
        Signed { headers, body }
    };
    let large = signed("x".repeat(300 * 1024));
    assert_eq!(door.call("texts", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(door.call("texts", &signed("not JSON".into())).await.status, StatusCode::BAD_REQUEST);
    // A receipt for what nobody here sent is taken and means nothing.
    let receipt = door.fake.text_receipt("text-99", "delivered");
    assert_eq!(door.call("texts", &receipt).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp_is_told_that_the_address_is_ours_for_the_agreed_word() {
    let door = door();
    let ask = |token: &str| {
        format!(
            "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=4711&hub.verify_token={}",
            token.replace(' ', "%20")
        )
    };
    let yes = door.world.get(&ask(SECRET), "").await;
    assert_eq!((yes.status, yes.body.as_str()), (StatusCode::OK, "4711"));
    assert_eq!(door.world.get(&ask("other"), "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enquiry_takes_declared_fields_alone_and_keeps_what_was_typed() {
    let door = door();
    for (address, wanted) in
        [("/enquiry", "your-question"), ("/refer", "clients-consent"), ("/cy/enquiry", "Gofynnwch i ni")]
    {
        let page = door.world.get(address, "").await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.body.contains(wanted), "{address}");
    }
    let page = door.world.get("/enquiry", "").await;
    let (token, cookies) = (page.token(), page.cookies());
    let once = "a".repeat(64);
    let send = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("form_token", token.clone()), ("once", once.clone())];
        fields.extend(more.iter().map(|(n, v)| (*n, (*v).to_owned())));
        fields
    };
    let post = async |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        door.world.post("/enquiry", &cookies, &fields).await
    };
    let undeclared =
        post(send(&[("your-question", "Thistledown"), ("contact", "s@example.org"), ("religion", "x")]))
            .await;
    assert_eq!(undeclared.status, StatusCode::BAD_REQUEST);
    let incomplete = post(send(&[("your-question", "Thistledown"), ("contact", "my sister")])).await;
    assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(incomplete.body.contains("Thistledown") && incomplete.body.contains("href=\"#contact\""));
    assert_eq!(door.open(Channel::WebEnquiry), 0);
    let sent = post(send(&[("your-question", "Thistledown"), ("contact", "s@example.org")])).await;
    assert_eq!(sent.status, StatusCode::OK);
    assert!(!sent.body.contains("Thistledown"), "what was sent is not shown again");
    post(send(&[("your-question", "Thistledown"), ("contact", "s@example.org")])).await;
    assert_eq!(door.open(Channel::WebEnquiry), 1, "sent twice, it is one");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_behind_the_sign_in() {
    let door = door();
    let id = "inb_01932f0c5e7a7c3f9d2b6a1e4f508192";
    for address in ["/staff/inbox", "/staff/inbox/chase", "/staff/inbox/log"] {
        assert_eq!(door.world.get(address, "").await.status, StatusCode::SEE_OTHER, "{address}");
    }
    for address in [format!("/staff/inbox/items/{id}"), format!("/staff/inbox/items/{id}/parts/1")] {
        assert_eq!(door.world.get(&address, "").await.status, StatusCode::SEE_OTHER);
    }
    let shut = door.world.post(&format!("/staff/inbox/items/{id}"), "", &[("do", "discard")]).await;
    assert_eq!(shut.status, StatusCode::UNAUTHORIZED);
}
