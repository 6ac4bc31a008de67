//! Drawing identifiers by the rules of those who issue them.

use super::Dice;
use crate::detect::Entity;

/// The kinds that can be drawn.
pub const KINDS: &[Entity] = &[
    Entity::UkNino,
    Entity::UkNhs,
    Entity::UkPostcode,
    Entity::UkPassport,
    Entity::UkDrivingLicence,
    Entity::UkVehicleRegistration,
    Entity::UkSortCode,
    Entity::UkBankAccount,
    Entity::CreditCard,
    Entity::IbanCode,
    Entity::EmailAddress,
    Entity::IpAddress,
    Entity::PhoneNumber,
    Entity::DateTime,
    Entity::DateOfBirth,
    Entity::Address,
    Entity::UkUtr,
];

/// One identifier of a kind, in one of the ways it is written.
pub fn draw(dice: &mut Dice, entity: Entity) -> String {
    match entity {
        Entity::UkNino => nino(dice),
        Entity::UkNhs => nhs(dice),
        Entity::UkPostcode => postcode(dice),
        Entity::UkPassport => format!("{}{}", dice.between(1, 9), dice.digits(8)),
        Entity::UkDrivingLicence => driving_licence(dice),
        Entity::UkVehicleRegistration => vehicle(dice),
        Entity::UkSortCode => sort_code(dice),
        Entity::UkBankAccount => dice.digits(8),
        Entity::UkUtr => dice.digits(10),
        Entity::CreditCard => card(dice),
        Entity::IbanCode => iban(dice),
        Entity::EmailAddress => email(dice),
        Entity::IpAddress => ip(dice),
        Entity::PhoneNumber => phone(dice),
        Entity::Address => address(dice),
        _ => date(dice),
    }
}

fn nino(dice: &mut Dice) -> String {
    loop {
        let (a, b) = (dice.letter("ABCEGHJKLMNOPRSTWXYZ"), dice.letter("ABCEGHJKLMNPRSTWXYZ"));
        if ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&format!("{a}{b}").as_str()) {
            continue;
        }
        let d = dice.digits(6);
        let (x, rest) = d.split_at(2);
        let (y, z) = rest.split_at(2);
        let end = dice.letter("ABCD");
        return match dice.below(3) {
            0 => format!("{a}{b}{d}{end}"),
            1 => format!("{a}{b} {x} {y} {z} {end}"),
            _ => format!("{a}{b} {d} {end}"),
        };
    }
}

/// Ten digits that pass modulus 11.
pub(super) fn nhs_digits(dice: &mut Dice) -> String {
    loop {
        let body = format!("{}{}", dice.pick(&["4", "6", "7"]), dice.digits(8));
        let sum: u32 = body.chars().zip((2..=10).rev()).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
        match 11 - sum % 11 {
            10 => {}
            11 => return body + "0",
            check => return format!("{body}{check}"),
        }
    }
}

/// Digits in groups.
pub(super) fn grouped(digits: &str, sizes: &[usize], mark: &str) -> String {
    let mut rest = digits;
    let mut parts = Vec::new();
    for size in sizes {
        let (part, tail) = rest.split_at_checked(*size).unwrap_or((rest, ""));
        parts.push(part);
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts.join(mark)
}

fn nhs(dice: &mut Dice) -> String {
    let digits = nhs_digits(dice);
    match dice.below(3) {
        0 => digits,
        1 => grouped(&digits, &[3, 3, 4], "-"),
        _ => grouped(&digits, &[3, 3, 4], " "),
    }
}

fn postcode(dice: &mut Dice) -> String {
    let outward = match dice.below(6) {
        0 => format!("{}{}", dice.pick(&["M", "B", "L", "S", "G", "E", "N"]), dice.between(1, 9)),
        1 => format!("{}{}", dice.pick(&["M", "B", "L", "S", "N", "E"]), dice.between(10, 19)),
        2 => dice.pick(&["W1A", "EC1A", "SW1A", "WC2H", "SE1P", "N1C", "E1W", "NW1W"]).to_owned(),
        3 => format!("{}{}", dice.pick(&["PR", "BT", "SW", "LS", "CF", "EH", "NE", "OX"]), dice.between(10, 15)),
        _ => format!(
            "{}{}",
            dice.pick(&["PR", "CR", "LA", "BB", "WN", "CF", "EH", "AB", "BS", "CH", "DH", "IV", "KY", "SA", "TQ", "YO"]),
            dice.between(1, 8)
        ),
    };
    let ending = "ABDEFGHJLNPQRSTUWXYZ";
    let gap = if dice.below(5) == 0 { "" } else { " " };
    format!("{outward}{gap}{}{}{}", dice.below(10), dice.letter(ending), dice.letter(ending))
}

fn driving_licence(dice: &mut Dice) -> String {
    let name = dice.pick(&["MORGA", "SMITH", "FO999", "JONES", "PATEL", "LEE99", "OBRIE", "KHAN9", "WALSH"]);
    let month = dice.between(1, 12) + if dice.below(2) == 0 { 0 } else { 50 };
    let initials = format!("{}{}", dice.letter("ABCDEJKLMRS"), dice.letter("ABCDEJKLMRS9"));
    let tail = format!("{}{}{}", dice.below(10), dice.letter("ABCDEFGHIJ"), dice.letter("ABCDEFGHJK"));
    format!("{name}{}{month:02}{:02}{}{initials}{tail}", dice.below(10), dice.between(1, 28), dice.below(10))
}

fn vehicle(dice: &mut Dice) -> String {
    let three: String = (0..3).map(|_| dice.letter("ABCDEFGHJKLMNOPRSTUVWXYZ")).collect();
    let area = format!("{}{}", dice.letter("ABCDEFGHKLMNOPRSVWY"), dice.letter("ABCDEFGHJKLMNOPRSTUVWXY"));
    let age = if dice.below(2) == 0 { dice.between(2, 25) } else { dice.between(51, 75) };
    match dice.below(8) {
        0 => format!("{}{} {three}", dice.letter("ABCDEFGHJKLMNPRSTVWXY"), dice.between(1, 999)),
        1 => format!("{three} {}{}", dice.between(1, 999), dice.letter("ABCDEFGHJKLMNPRSTVWXY")),
        2 => format!("{}IZ {}", dice.letter("ABCDEFGJKLMNORSTUX"), dice.between(1000, 9999)),
        3 => format!("{area}{age:02}{three}"),
        _ => format!("{area}{age:02} {three}"),
    }
}

fn sort_code(dice: &mut Dice) -> String {
    let d = format!("{}{}", dice.pick(&["20", "30", "40", "60", "77", "09", "11"]), dice.digits(4));
    match dice.below(4) {
        0 => grouped(&d, &[2, 2, 2], " "),
        1 => d,
        _ => grouped(&d, &[2, 2, 2], "-"),
    }
}

/// Appends Luhn's check digit.
fn luhn(body: &str) -> String {
    let sum: u32 = body
        .chars()
        .rev()
        .enumerate()
        .map(|(i, c)| {
            let d = c.to_digit(10).unwrap_or(0) * if i % 2 == 0 { 2 } else { 1 };
            d / 10 + d % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn card(dice: &mut Dice) -> String {
    let body = match dice.below(4) {
        0 => format!("34{}", dice.digits(12)),
        1 => format!("5{}{}", dice.between(1, 5), dice.digits(13)),
        _ => format!("4{}", dice.digits(14)),
    };
    let number = luhn(&body);
    match (dice.below(3), number.len()) {
        (0, _) => number,
        (_, 15) => grouped(&number, &[4, 6, 5], " "),
        (1, _) => grouped(&number, &[4, 4, 4, 4], "-"),
        _ => grouped(&number, &[4, 4, 4, 4], " "),
    }
}

fn iban(dice: &mut Dice) -> String {
    let (country, body) = match dice.below(3) {
        0 => ("IE", format!("{}{}", dice.pick(&["AIBK", "BOFI"]), dice.digits(14))),
        1 => ("DE", dice.digits(18)),
        _ => ("GB", format!("{}{}", dice.pick(&["NWBK", "BARC", "LOYD", "HBUK"]), dice.digits(14))),
    };
    let rest = format!("{body}{country}00").chars().fold(0u32, |rest, c| match c.to_digit(36) {
        Some(d @ 0..=9) => (rest * 10 + d) % 97,
        Some(d) => (rest * 100 + d) % 97,
        None => rest,
    });
    let code = format!("{country}{:02}{body}", 98 - rest);
    if dice.below(2) == 0 { code } else { grouped(&code, &[4, 4, 4, 4, 4], " ") }
}

fn email(dice: &mut Dice) -> String {
    let local = dice.pick(&[
        "sean.doherty", "k.oneill", "info", "priya_shah", "jo-anne.lee", "tom.o'hara", "m.akhtar99", "enquiries+dp",
        "mary.jane.watson", "housing.repairs",
    ]);
    let domain = dice.pick(&[
        "example.org", "council.example.gov.uk", "mail.example.com", "nhs.net", "example.co.uk", "charity.org.uk",
        "my-example.ie", "students.example.ac.uk",
    ]);
    format!("{local}@{domain}")
}

fn ip(dice: &mut Dice) -> String {
    if dice.below(4) == 0 {
        return format!("2001:db8::{:x}:{:x}", dice.between(1, 65535), dice.between(1, 65535));
    }
    (0..4).map(|i| dice.between(usize::from(i == 0), 254).to_string()).collect::<Vec<_>>().join(".")
}

fn phone(dice: &mut Dice) -> String {
    let d = dice.digits(9);
    let mobile = format!("07{d}");
    let local = format!("01772{}", dice.digits(6));
    match dice.below(12) {
        0 => mobile,
        1 => grouped(&mobile, &[5, 6], " "),
        2 => grouped(&mobile, &[5, 3, 3], " "),
        3 => format!("+44 7{} {}", dice.digits(3), dice.digits(6)),
        4 => format!("+44 (0)20 7946 {}", dice.digits(4)),
        5 => format!("(01772) {}", dice.digits(6)),
        6 => grouped(&local, &[5, 6], " "),
        7 => format!("020 7946 {}", dice.digits(4)),
        8 => grouped(&mobile, &[5, 3, 3], "-"),
        9 => format!("0161 496 {}", dice.digits(4)),
        10 => format!("028 90{} {}", dice.digits(2), dice.digits(4)),
        _ => format!("0044 7{} {}", dice.digits(3), dice.digits(6)),
    }
}

fn date(dice: &mut Dice) -> String {
    const MONTHS: &[&str] = &[
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ];
    let (d, m, y) = (dice.between(1, 28), dice.between(1, 12), dice.between(1935, 2025));
    let name = MONTHS.get(m - 1).copied().unwrap_or("May");
    let short: String = name.chars().take(3).collect();
    let suffix = match d {
        1 | 21 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    match dice.below(16) {
        0 => format!("{d:02}/{m:02}/{y}"),
        1 => format!("{d}/{m}/{y}"),
        2 => format!("{d:02}-{m:02}-{y}"),
        3 => format!("{d:02}.{m:02}.{y}"),
        4 => format!("{y}-{m:02}-{d:02}"),
        5 => format!("{d} {name} {y}"),
        6 => format!("{d}{suffix} {name} {y}"),
        7 => format!("{d}{suffix} of {name} {y}"),
        8 => format!("{name} {d}, {y}"),
        9 => format!("{d} {short} {y}"),
        10 => format!("{d:02}-{short}-{y}"),
        11 => format!("{d:02}/{m:02}/{:02}", y % 100),
        12 => format!("{d} {short} {:02}", y % 100),
        13 => format!("{d}{suffix} {name}, {y}"),
        14 => format!("{d} {} {y}", name.to_uppercase()),
        _ => format!("{name} {d}{suffix}, {y}"),
    }
}

fn address(dice: &mut Dice) -> String {
    let number = match dice.below(5) {
        0 => format!("{}{}", dice.between(1, 200), dice.letter("abcABC")),
        1 => format!("Flat {}, {}", dice.between(1, 30), dice.between(1, 200)),
        _ => dice.between(1, 300).to_string(),
    };
    let street = dice.pick(&[
        "Market Street", "Church Road", "St John's Avenue", "Acacia Avenue", "High Street", "Mill Lane",
        "Upper Malone Road", "The Crescent", "King's Close", "Station Approach", "Old Mill Drive", "Park View",
        "Beech Grove", "Water Ln", "Chapel St", "Queen Elizabeth Way", "Lord of the Isles Road", "Albert Terrace",
    ]);
    format!("{number} {street}")
}
