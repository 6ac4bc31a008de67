//! Ordinary prose around an identifier, as casework is written.

use super::{Dice, Gold, Sample, draw};
use crate::detect::Entity;

/// Sentences for each kind, `{}` for the identifier. Where a careful writer would name the kind, the
/// sentence does; where the form speaks for itself, some do not.
fn sentences(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::UkNino => &[
            "Her National Insurance number is {} and she started in May.",
            "We hold {} for this employee.",
            "NINO: {}",
            "The claim form gives {}, which matches our system.",
            "Please quote {} when you write to us.",
        ],
        Entity::UkNhs => &[
            "The patient's NHS number is {}.",
            "NHS No: {}",
            "Mr Hart (NHS {}) was seen in clinic.",
            "Discharge letter for patient {} received.",
        ],
        Entity::UkPostcode => &[
            "She moved to {} last year.",
            "Deliver to {}, please.",
            "The property at {} is let.",
            "Postcode {} is in our area.",
            "They travelled from {} by bus.",
        ],
        Entity::UkPassport => &[
            "His passport number is {}.",
            "Passport {} was checked and copied.",
            "ID seen: UK passport no. {}",
            "She showed her passport ({}) at reception.",
        ],
        Entity::UkDrivingLicence => &[
            "Driving licence {} was shown.",
            "The licence number is {}.",
            "ID document: {} (photocard).",
            "He gave {} as proof of identity.",
        ],
        Entity::UkVehicleRegistration => &[
            "The car, registration {}, was parked outside.",
            "A blue van {} was seen by the neighbour.",
            "Parking permit for {} has expired.",
            "Vehicle reg: {}",
            "A white Ford with the plate {} drove off.",
        ],
        Entity::UkSortCode => &[
            "The sort code is {} at the branch.",
            "Sort code: {}",
            "Refund to the account with sort code {}.",
            "Her bank details changed, sort code {} now.",
        ],
        Entity::UkBankAccount => &[
            "The account number is {}.",
            "Account no: {}",
            "Pay into bank account {} by Friday.",
            "Sort code 20-15-77, account {}.",
            "A/c {} was closed.",
        ],
        Entity::UkUtr => &["His UTR is {}.", "Unique Taxpayer Reference: {}", "Self assessment reference {} on the return."],
        Entity::CreditCard => &[
            "She paid with card {} today.",
            "Card number: {}",
            "The charge went to {} in error.",
            "Please remove {} from the recording.",
        ],
        Entity::IbanCode => &["The IBAN is {}.", "Transfer to {} was refused.", "IBAN: {}"],
        Entity::EmailAddress => &[
            "Write to {} for a copy.",
            "Her e-mail is {}.",
            "From: Housing <{}>",
            "cc {}, as agreed",
            "I had no answer from {}",
        ],
        Entity::IpAddress => &["Logged in from {} at noon.", "The IP address {} appears twice.", "Source: {}"],
        Entity::PhoneNumber => &[
            "Please ring {} after six.",
            "Tel: {}",
            "You can reach her on {}.",
            "His mobile is {}, the landline is dead.",
            "She left {} as a contact.",
            "I tried {} twice without an answer.",
        ],
        Entity::DateTime => &[
            "The visit took place on {}.",
            "Letter dated {} received.",
            "We wrote on {} and had no reply.",
            "Between {} and the hearing nothing happened.",
            "Tenancy started {}.",
        ],
        Entity::DateOfBirth => &[
            "Date of birth: {}",
            "DOB {}",
            "She was born on {} in Leyland.",
            "Mr Khan (d.o.b. {}) attended.",
            "His date of birth is {}.",
        ],
        _ => &[
            "He lives at {} with his mother.",
            "The flat at {} is damp.",
            "Moved from {} in spring.",
            "Address: {}",
            "We visited {} twice.",
        ],
    }
}

/// `count` samples of one kind in ordinary prose.
#[must_use]
pub fn prose(seed: u64, entity: Entity, count: usize) -> Vec<Sample> {
    let mut dice = Dice::new(seed);
    (0..count).map(|_| place(&mut dice, entity, None)).collect()
}

/// One sentence with an identifier, as drawn or as given.
pub(super) fn place(dice: &mut Dice, entity: Entity, given: Option<String>) -> Sample {
    let sentence = dice.pick(sentences(entity));
    let identifier = given.unwrap_or_else(|| draw(dice, entity));
    around(sentence, entity, &identifier)
}

pub(super) fn around(sentence: &str, entity: Entity, identifier: &str) -> Sample {
    let (before, after) = sentence.split_once("{}").unwrap_or((sentence, ""));
    let start = before.chars().count();
    let end = start + identifier.chars().count();
    Sample { text: format!("{before}{identifier}{after}"), gold: vec![Gold { entity, start, end }] }
}

/// About `bytes` bytes of casework: plain sentences, an identifier in every fourth or so.
#[must_use]
pub fn bulk(seed: u64, bytes: usize) -> String {
    const PLAIN: &[&str] = &[
        "We discussed the repairs and agreed that the boiler must be replaced before the winter.",
        "She explained that the letter had never arrived and asked for a further copy to be sent.",
        "The panel noted the concerns about the stairs, the lighting and the condition of the kitchen.",
        "No further action was thought necessary at this stage, but the position will be reviewed.",
        "The household would like to move nearer to the school because the journey takes too long.",
        "He said that nobody had told him about the change and that he felt he had been ignored.",
        "The officer advised that the council could not help with the cost but gave details of a charity.",
    ];
    let mut dice = Dice::new(seed);
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        if dice.below(4) == 0 {
            let kind = super::KINDS.get(dice.below(super::KINDS.len())).copied().unwrap_or(Entity::UkNino);
            text.push_str(&place(&mut dice, kind, None).text);
        } else {
            text.push_str(dice.pick(PLAIN));
        }
        text.push(if dice.below(5) == 0 { '\n' } else { ' ' });
    }
    text
}
