//! Pictures and sound in a request for access, on both engines: what is recorded of where somebody is becomes a mention,
//! is withheld until it is decided, and is gone from the sealed copy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use counterfoil_domain::ids::PersonId;
use counterfoil_domain::rights::Right;
use counterfoil_service::casebook::{DocumentText, Region, VersionText, work};
use counterfoil_service::promises;
use counterfoil_service::rights::{self, CastMember, Choice, Fate, Ground, TurnedPage};
use image::{ImageFormat, Rgb, RgbImage};

use crate::rights::{House, in_each};

/// The promise that this module keeps and breaks.
pub const WHOLE: [&str; 1] = ["C35"];

const RATE: usize = 8000;

fn ground() -> Ground {
    let test = [
        ("identifies", "yes"),
        ("consented", "no"),
        ("other", "ordinary"),
        ("information", "what they look and sound like"),
        ("confidentiality", "none was promised"),
        ("steps", "none: they cannot be reached"),
        ("capable", "yes"),
        ("refusal", "no"),
        ("reasonable", "no"),
        ("why", "they would not expect it"),
    ];
    let answers: BTreeMap<_, _> = test.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    Ground { code: "S2-16".into(), reason: "others in the picture".into(), answers, known: false }
}

fn why(reason: &str) -> Ground {
    Ground { reason: reason.into(), ..Ground::default() }
}

/// A picture in which every place has its own colours, with the camera's words in it.
fn picture() -> Vec<u8> {
    let shade = |v: u32| u8::try_from(40 + v % 200).unwrap();
    let picture = RgbImage::from_fn(400, 300, |x, y| Rgb([shade(x * 7), shade(y * 11), shade(x * y)]));
    let mut png = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut png), ImageFormat::Png).unwrap();
    let mut text = b"tEXtAuthor\0Casper Holt".to_vec();
    let mut crc = flate2::Crc::new();
    crc.update(&text);
    let mut chunk = u32::try_from(text.len() - 4).unwrap().to_be_bytes().to_vec();
    chunk.append(&mut text);
    chunk.extend(crc.sum().to_be_bytes());
    // After the header chunk, which is 25 bytes behind 8 of the signature.
    png.splice(33..33, chunk);
    png
}

/// Four seconds of a tone that is never silent, in 16 bits.
fn sound() -> Vec<u8> {
    let data: Vec<u8> =
        (0..4 * RATE).flat_map(|n| i16::try_from(1000 + n % 97).unwrap().to_le_bytes()).collect();
    let mut wav =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data".to_vec();
    wav.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    wav.extend(data);
    wav.extend(b"LIST\x0c\0\0\0Casper Holt ");
    let size = u32::try_from(wav.len() - 8).unwrap().to_le_bytes();
    wav.splice(4..8, size);
    wav
}

fn region(label: &str, at: [u16; 4], own: bool) -> Region {
    let [x, y, width, height] = at;
    Region { label: label.into(), x, y, width, height, own, ..Region::default() }
}

fn span(label: &str, from_ms: u64, until_ms: u64, own: bool) -> Region {
    Region { label: label.into(), from_ms, until_ms, own, ..Region::default() }
}

fn keep(house: &House, person: PersonId, name: &str, content: &[u8], regions: Vec<Region>) {
    let about = DocumentText {
        name: name.into(),
        media_type: "application/octet-stream".into(),
        source: "the warden".into(),
        ..DocumentText::default()
    };
    let ada = house.desk("ada");
    let id = work::add_document(&ada, (person, None), &about, content).unwrap();
    let said = VersionText { regions, made: "the yard, 2 November 2026".into(), ..VersionText::default() };
    work::describe_document(&ada, id, &said).unwrap();
}

const OWN: [u16; 4] = [0, 0, 250, 250];
const CHILD: [u16; 4] = [300, 100, 200, 300];
const CASPER: [u16; 4] = [600, 500, 300, 400];

/// A request of somebody who is in a picture and heard in a recording, each with others.
fn asked(house: &House) -> String {
    let (person, _) = house.person();
    let seen = vec![
        region("Wilfred's face", OWN, true),
        region("a child's face", CHILD, false),
        region("face of Casper Holt", CASPER, false),
    ];
    keep(house, person, "yard.png", &picture(), seen);
    keep(
        house,
        person,
        "call.wav",
        &sound(),
        vec![span("Wilfred", 0, 1000, true), span("a neighbour", 1000, 2000, false)],
    );
    let letter = "From: Casper Holt <casper.holt@mail.example>\r\nTo: w.ashgrove@mail.example\r\nSubject: The pipe\r\n\
                  Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nContent-Type: text/plain\r\n\r\nIt is mine.\r\n";
    keep(house, person, "letter.eml", letter.as_bytes(), vec![]);
    let reference = house.asked(Right::Access, person, &[]);
    rights::search(&house.desk("ines"), &reference, &[], &|_, _, _| ()).unwrap();
    house.plan(&reference);
    reference
}

fn number(house: &House, reference: &str, name: &str) -> i64 {
    let review = rights::review(&house.desk("ines"), reference, &|_, _| ()).unwrap();
    review.items.iter().find(|i| i.name == name).unwrap().number
}

fn turn(house: &House, reference: &str, item: i64) -> TurnedPage {
    rights::turn_to(&house.desk("ines"), reference, item, 1).unwrap()
}

fn states(page: &TurnedPage) -> Vec<&str> {
    page.regions.iter().map(|r| r.state.as_str()).collect()
}

fn decide(house: &House, reference: &str, choice: &Choice) -> i64 {
    rights::decide(&house.desk("ines"), reference, choice).unwrap().number
}

fn seal(house: &House, reference: &str) -> counterfoil_service::Result<()> {
    rights::approve(&house.desk("marek"), reference)?;
    rights::seal(&house.desk("ines"), reference, &|_, _| ()).map(|_| ())
}

fn released(house: &House, reference: &str) -> PathBuf {
    let target = house.folder.path().join(reference);
    rights::release(&house.desk("ines"), reference, &target, None).unwrap();
    target.join("documents")
}

pub fn state(house: &House, id: &str) -> &'static str {
    let ledger = promises::ledger(&house.store, house.controller, &house.calendar, &house.law).unwrap();
    ledger.promises.iter().find(|p| p.id == id).unwrap().state
}

/// Whether the pixels of a region, half a percent inside it, are what the original had.
fn shown(copy: &RgbImage, [x, y, width, height]: [u16; 4]) -> bool {
    let original = image::load_from_memory(&picture()).unwrap().to_rgb8();
    let at = |part: u16, whole: u32| (u32::from(part) * whole).div_ceil(1000);
    let (w, h) = copy.dimensions();
    let columns = at(x, w) + 2..at(x + width, w) - 2;
    let mut same = columns.flat_map(|x0| (at(y, h) + 2..at(y + height, h) - 2).map(move |y0| (x0, y0)));
    same.all(|(x0, y0)| copy.get_pixel(x0, y0) == original.get_pixel(x0, y0))
}

/// A decision about one region alone, its undoing, and one about what is recorded no longer.
fn single_regions(house: &House, reference: &str, yard: i64) {
    let child = |fate, ground| Choice::Region {
        number: yard,
        region: 1,
        label: "a child's face".into(),
        fate,
        ground,
    };
    let given = decide(house, reference, &child(Fate::Release, why("the requester's own child")));
    assert_eq!(states(&turn(house, reference, yard)), ["own", "kept", "kept"]);
    rights::undo(&house.desk("ines"), reference, given).unwrap();
    let stale = Choice::Region {
        number: yard,
        region: 1,
        label: "a dog".into(),
        fate: Fate::Release,
        ground: why("a dog is nobody"),
    };
    decide(house, reference, &stale);
    assert_eq!(states(&turn(house, reference, yard)), ["own", "withheld", "kept"], "another label");
}

fn copies_are_clean(documents: &Path, yard: i64, call: i64) {
    let png = std::fs::read(documents.join(format!("document-{yard:04}.png"))).unwrap();
    assert!(!png.windows(6).any(|w| w == b"Casper"), "the camera's words stay behind");
    let copy = image::load_from_memory(&png).unwrap().to_rgb8();
    assert!(shown(&copy, OWN) && shown(&copy, CASPER) && !shown(&copy, CHILD));
    let inside = copy.get_pixel(160, 75);
    assert!(inside.0.iter().all(|v| *v < 60), "burnt: {inside:?}");
    assert!(documents.join(format!("document-{yard:04}.pdf")).exists());

    let wav = std::fs::read(documents.join(format!("document-{call:04}.wav"))).unwrap();
    assert_eq!(wav.len(), 44 + 8 * RATE, "samples alone");
    let quiet = |from: usize, until: usize| wav[44 + from * 16..44 + until * 16].iter().all(|b| *b == 0);
    assert!(quiet(1000, 2000) && quiet(3000, 3500), "16 bytes a millisecond");
    assert_eq!(wav[44..44 + 16_000], sound()[44..44 + 16_000], "the requester's own words are whole");
    assert!(!quiet(2000, 3000) && !quiet(3500, 4000));
}

#[test]
fn what_is_recorded_in_a_picture_and_a_recording_is_gone_from_the_sealed_copy() {
    in_each("council", "", |house| {
        assert_eq!(state(house, "C35"), "not-exercised");
        let reference = asked(house);
        let (yard, call) = (number(house, &reference, "yard.png"), number(house, &reference, "call.wav"));
        let page = turn(house, &reference, yard);
        assert_eq!(states(&page), ["own", "undecided", "undecided"]);
        assert_eq!(page.regions[2].name, "Casper Holt", "the label names somebody of the review");
        assert_eq!((page.best, page.withheld.as_str(), page.open), ("picture", "", 2));
        assert_eq!(page.boxes.iter().filter(|b| b.state == "undecided").count(), 2);
        let heard = turn(house, &reference, call);
        assert_eq!((heard.recording, states(&heard)), ("wav", vec!["own", "undecided"]));
        assert_eq!(rights::recording(&house.desk("ines"), &reference, call).unwrap(), sound());
        assert!(
            rights::recording(&house.desk("ines"), &reference, yard).is_err(),
            "a picture is no recording"
        );

        // Nobody listened and nobody decided: nothing goes out.
        let refused = seal(house, &reference).unwrap_err().to_string();
        assert!(refused.contains(&format!("items {call} cannot be read")), "{refused}");
        assert!(refused.contains("about whom nothing is decided"), "{refused}");

        // One decision about a person holds in words and in pictures.
        let casper = Choice::Person {
            member: CastMember::named("Casper Holt", "third-party"),
            fate: Fate::Release,
            ground: why("he agreed in writing"),
            who: String::new(),
        };
        decide(house, &reference, &casper);
        assert_eq!(states(&turn(house, &reference, yard)), ["own", "undecided", "kept"]);
        decide(house, &reference, &Choice::Others { fate: Fate::Withhold, ground: ground() });
        assert_eq!(states(&turn(house, &reference, yard)), ["own", "withheld", "kept"]);
        single_regions(house, &reference, yard);

        // The reviewer hears one more, and says that the rest may go.
        let backwards = Choice::Span { number: call, from_ms: 3000, until_ms: 2500, ground: ground() };
        assert!(rights::decide(&house.desk("ines"), &reference, &backwards).is_err());
        decide(
            house,
            &reference,
            &Choice::Span { number: call, from_ms: 3000, until_ms: 3500, ground: ground() },
        );
        decide(
            house,
            &reference,
            &Choice::Item { number: call, fate: Fate::Release, ground: why("listened to whole") },
        );
        seal(house, &reference).unwrap();
        assert_eq!(state(house, "C35"), "kept");

        copies_are_clean(&released(house, &reference), yard, call);
        if break_it(house, "UPDATE request_media SET covered = 0 WHERE kind = 'picture'") {
            assert_eq!(state(house, "C35"), "broken", "a region in a sealed copy that nobody covered");
        }
    });
}

/// Alters the database behind the store's back, where that is a file.
pub fn break_it(house: &House, sql: &str) -> bool {
    let file = house.folder.path().join("data/counterfoil.db");
    if !file.exists() {
        return false;
    }
    let raw = rusqlite::Connection::open(file).unwrap();
    raw.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(raw.execute(sql, []).unwrap() > 0, "`{sql}` changed nothing");
    true
}

#[test]
fn what_cannot_be_edited_does_not_go_out_and_a_photograph_waits_for_a_look() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        keep(house, person, "call.mp3", b"ID3\x04\0\0\0\0\0\0\xff\xfbrest", vec![]);
        keep(house, person, "plain.png", &picture(), vec![]);
        let reference = house.asked(Right::Access, person, &[]);
        rights::search(&house.desk("ines"), &reference, &[], &|_, _, _| ()).unwrap();
        house.plan(&reference);
        let (call, plain) = (number(house, &reference, "call.mp3"), number(house, &reference, "plain.png"));
        assert_eq!(turn(house, &reference, plain).withheld, "NOT READ", "nobody has looked at it");
        let seen = |number| Choice::Page {
            number,
            part: vec![],
            page: Some(0),
            fate: Fate::Release,
            ground: why("an empty yard"),
        };
        decide(house, &reference, &seen(plain));
        assert_eq!(turn(house, &reference, plain).withheld, "");
        let heard = turn(house, &reference, call);
        assert_eq!(heard.recording, "other");
        assert!(heard.remarks[0].contains("save it as WAV outside"), "{:?}", heard.remarks);
        decide(house, &reference, &Choice::Others { fate: Fate::Withhold, ground: ground() });
        let whole = |fate, ground| Choice::Item { number: call, fate, ground };
        decide(house, &reference, &whole(Fate::Release, why("listened to whole")));
        let refused = seal(house, &reference).unwrap_err().to_string();
        assert!(refused.contains(&format!("items {call} cannot be read")), "{refused}");
        decide(house, &reference, &whole(Fate::Withhold, ground()));
        seal(house, &reference).unwrap();
        assert!(!released(house, &reference).join(format!("document-{call:04}.wav")).exists());
    });
}
