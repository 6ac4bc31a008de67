//! Requests in the words that people use, in English and Welsh; and mail that asks for nothing of the kind.

use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::recognise::{Strength, recognise};

/// The sure rights of a text.
fn plain(text: &str) -> Vec<&'static str> {
    let signs = recognise(text).into_iter().filter(|sign| sign.strength == Strength::Plain);
    signs.map(|sign| sign.right.code()).collect()
}

#[test]
fn a_request_is_recognised_in_any_words() {
    for (text, right) in [
        ("Please send me everything you have on me.", Right::Access),
        ("I would like a copy of all the information you hold about me", Right::Access),
        ("Can I see the notes you keep about me?", Right::Access),
        ("What information do you have about me?", Right::Access),
        ("what do you hold on me", Right::Access),
        ("This is a Subject Access Request under Article 15.", Right::Access),
        ("SAR - J Smith", Right::Access),
        ("Hi, my rent is late. Also give me all records you've got on my family.", Right::Access),
        ("Please delete all my data", Right::Erasure),
        ("I want the right to be forgotten", Right::Erasure),
        ("Remove everything you hold about me from your system", Right::Erasure),
        ("I want my details removed", Right::Erasure),
        ("Please correct my records: the date of birth is 4 May", Right::Rectification),
        ("Take me off your mailing list", Right::MarketingObjection),
        ("STOP sending me marketing", Right::MarketingObjection),
        ("unsubscribe", Right::MarketingObjection),
        ("Please stop sharing my information with the landlord", Right::Objection),
        ("I ask you to restrict the use of my file until this is settled", Right::Restriction),
        ("I withdraw my consent", Right::WithdrawConsent),
        ("My claim was refused by a computer and nobody looked", Right::AutomatedDecisions),
        ("Please transfer my data to the law centre", Right::Portability),
        ("Anfonwch bopeth sydd gennych amdanaf, os gwelwch yn dda", Right::Access),
        ("Hoffwn weld fy ffeil a'r nodiadau sydd gennych amdanaf i", Right::Access),
        ("Pa wybodaeth sydd gennych chi amdanaf?", Right::Access),
        ("Dilëwch fy manylion", Right::Erasure),
        ("Rwyf am dynnu fy nghydsyniad: tynnu fy nghydsyniad yn ôl", Right::WithdrawConsent),
        ("Rhowch y gorau i anfon deunydd marchnata ataf", Right::MarketingObjection),
        ("Plîs cywirwch fy nghyfeiriad", Right::Rectification),
    ] {
        assert!(plain(text).contains(&right.code()), "`{text}`: {:?}", recognise(text));
    }
}

#[test]
fn ordinary_mail_is_not_a_request() {
    for text in [
        "",
        "Can I get an appointment on Tuesday?",
        "My landlord will not fix the boiler. What can I do?",
        "Please send me the form for council tax reduction.",
        "I have moved. Please change my appointment to the afternoon.",
        "Thank you for your help with my benefits.",
        "Where is your office and when is it open?",
        "Could someone call me about my debt?",
        "Bore da, hoffwn wneud apwyntiad ar gyfer dydd Llun.",
        "The council has sent me a bill that I cannot pay",
        "Is the information evening still on?",
    ] {
        assert_eq!(plain(text), Vec::<&str>::new(), "`{text}`: {:?}", recognise(text));
    }
}

#[test]
fn the_phrase_is_shown_as_it_stands() {
    let text = "Hello. Could you SEND me, please, everything\nyou have on me? Thanks";
    let sign = recognise(text)[0];
    assert_eq!(text.get(sign.start..sign.end), Some("SEND me, please, everything\nyou have on me"));
    let welsh = "Helo — anfonwch bopeth sydd gennych amdanaf.";
    let sign = recognise(welsh)[0];
    assert_eq!(welsh.get(sign.start..sign.end), Some("anfonwch bopeth sydd gennych"));
}

#[test]
fn several_rights_are_each_found_once() {
    let text = "Send me all the data you hold about me, then delete my data. Delete my data!";
    assert_eq!(plain(text), ["access", "erasure"]);
    assert_eq!(recognise(&"send me everything you have on me. ".repeat(2000)).len(), 1, "and in good time");
}
