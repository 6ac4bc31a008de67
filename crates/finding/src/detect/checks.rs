//! Checksums and number plans.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

fn digit(b: u8) -> u32 {
    u32::from(b.wrapping_sub(b'0') % 10)
}

/// NHS number, CHI number and Health and Care number: modulus 11 over ten digits.
pub(super) fn nhs(digits: &[u8]) -> bool {
    let [body @ .., check] = digits else { return false };
    if body.len() != 9 || digits.iter().all(|d| Some(d) == digits.first()) {
        return false;
    }
    let sum: u32 = body.iter().zip((2..=10).rev()).map(|(d, weight)| digit(*d) * weight).sum();
    (11 - sum % 11) % 11 == digit(*check)
}

/// Unique Taxpayer Reference: the first of ten digits checks the other nine.
pub(super) fn utr(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [6, 7, 8, 9, 10, 5, 4, 3, 2];
    let [check, body @ ..] = digits else { return false };
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(d, weight)| digit(*d) * weight).sum();
    let expected = b"21987654321".get((sum % 11) as usize).copied();
    body.len() == 9 && expected == Some(*check)
}

/// Luhn's check, for payment cards.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, digit(*d)) {
            (0, d) => d,
            (_, d) => d * 2 / 10 + d * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|d| *d != b'0')
}

/// Whether issuers of cards that begin so make them this long (ISO/IEC 7812 ranges in use).
pub(super) fn card_issuer(digits: &[u8]) -> bool {
    let prefix = |n: usize| digits.iter().take(n).fold(0, |sum, d| sum * 10 + digit(*d));
    matches!(
        (prefix(4), digits.len()),
        (4000..=4999, 13 | 16 | 19)
            | (5100..=5599 | 2221..=2720, 16)
            | (3400..=3499 | 3700..=3799 | 1000..=1999, 15)
            | (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 14)
            | (3528..=3589 | 6000..=6999, 16..=19)
            | (5018..=5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763, 12..=19)
    )
}

/// IBAN: the country's length and modulus 97 (ISO 13616). Upper case.
pub(super) fn iban(code: &[u8]) -> bool {
    let (Some(country), true) = (code.get(..2), code.len() >= 15) else { return false };
    if iban_length(country) != Some(code.len()) {
        return false;
    }
    let rest = code.iter().skip(4).chain(code.iter().take(4)).try_fold(0u32, |rest, b| match b {
        b'0'..=b'9' => Some((rest * 10 + digit(*b)) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(b - b'A') + 10) % 97),
        _ => None,
    });
    rest == Some(1)
}

/// The length of a country's IBANs (SWIFT registry).
pub(super) fn iban_length(country: &[u8]) -> Option<usize> {
    const LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28\
        EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20\
        LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29\
        RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";
    let entry = LENGTHS.as_bytes().chunks_exact(4).find(|entry| entry.starts_with(country))?;
    let length = entry.iter().skip(2).fold(0, |sum, d| sum * 10 + digit(*d));
    usize::try_from(length).ok()
}

/// The first two letters of a National Insurance number (HMRC manual NIM39110).
pub(super) fn nino_prefix(first: u8, second: u8) -> bool {
    first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && !b"DFIQUV".contains(&first)
        && !b"DFIOQUV".contains(&second)
        && ![*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"].contains(&[first, second])
}

/// Irish Personal Public Service number: seven digits, a check letter, at times one more letter.
pub(super) fn ppsn(code: &[u8]) -> bool {
    let (Some(digits), Some(check)) = (code.get(..7), code.get(7)) else { return false };
    let extra = code.get(8).map_or(0, |b| match b {
        b'A'..=b'V' => u32::from(b - b'A') + 1,
        _ => 0,
    });
    let sum: u32 = digits.iter().zip((2..=8).rev()).map(|(d, weight)| digit(*d) * weight).sum();
    let letter = b"WABCDEFGHIJKLMNOPQRSTUV".get(((sum + extra * 9) % 23) as usize);
    digits.iter().all(u8::is_ascii_digit) && letter == Some(check)
}

/// A driving licence number of Great Britain, 16 characters in upper case: five of surname, decade,
/// month (plus 50 for women), day, year, two of initials, a digit and two letters.
pub(super) fn driving_licence(code: &[u8]) -> bool {
    let (Some(name), Some(born), Some(rest)) = (code.get(..5), code.get(5..11), code.get(11..16)) else {
        return false;
    };
    let padded = name.iter().skip_while(|b| b.is_ascii_uppercase()).all(|b| *b == b'9');
    let number = |from: usize| born.iter().skip(from).take(2).fold(0, |sum, d| sum * 10 + digit(*d));
    let date = born.iter().all(u8::is_ascii_digit)
        && matches!(number(1), 1..=12 | 51..=62)
        && matches!(number(3), 1..=31);
    let tail = matches!(rest, [a, b, c, d, e]
        if (a.is_ascii_uppercase() || *a == b'9') && (b.is_ascii_uppercase() || *b == b'9')
            && c.is_ascii_digit() && d.is_ascii_alphanumeric() && e.is_ascii_uppercase());
    name.first().is_some_and(u8::is_ascii_uppercase) && padded && date && tail
}

/// A Bitcoin address: Base58Check, or Bech32 and Bech32m with the prefix `bc`.
pub(super) fn bitcoin(text: &[u8]) -> bool {
    match text {
        [b'b', b'c', b'1', ..] | [b'B', b'C', b'1', ..] => bech32(text),
        [b'1' | b'3', ..] => base58_check(text),
        _ => false,
    }
}

fn base58_check(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut number = [0u8; 25];
    for b in text {
        let Some(value) = ALPHABET.iter().position(|a| a == b) else { return false };
        let mut carry = value;
        for byte in number.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry % 256) as u8;
            carry /= 256;
        }
        if carry != 0 {
            return false;
        }
    }
    let (body, check) = number.split_at(21);
    Sha256::digest(Sha256::digest(body)).get(..4) == Some(check)
}

fn bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    let data = text.iter().skip(3).map(|b| ALPHABET.iter().position(|a| *a == b.to_ascii_lowercase()));
    let mut check = 1u32;
    // The human-readable part `bc`, expanded: high bits, a zero, low bits.
    for value in [3usize, 3, 0, 2, 3].into_iter().map(Some).chain(data) {
        let Some(value) = value else { return false };
        let top = check >> 25;
        check = (check & 0x1ff_ffff) << 5 ^ value as u32;
        for (i, generator) in GENERATORS.iter().enumerate() {
            if top >> i & 1 == 1 {
                check ^= generator;
            }
        }
    }
    !mixed && matches!(check, 1 | 0x2bc8_30a3)
}

/// An Ethereum address with its mixed-case checksum (EIP-55), `0x` and 40 hexadecimal digits.
pub(super) fn ethereum(text: &[u8]) -> bool {
    let Some(hex) = text.strip_prefix(b"0x").filter(|hex| hex.len() == 40) else { return false };
    let hash = sha3::digest::Digest::finalize({
        let mut hasher = <Keccak256 as sha3::digest::Digest>::new();
        sha3::digest::Digest::update(&mut hasher, hex.to_ascii_lowercase());
        hasher
    });
    let nibbles = hash.iter().flat_map(|b| [b >> 4, b & 15]);
    let cased = hex.iter().zip(nibbles).all(|(b, n)| match b {
        b'0'..=b'9' => true,
        b'a'..=b'f' => n < 8,
        b'A'..=b'F' => n >= 8,
        _ => false,
    });
    cased && hex.iter().any(u8::is_ascii_alphabetic)
}
