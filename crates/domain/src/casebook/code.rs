//! The follow-up code of a person without a name: the client holds it, the system keeps only a keyed hash.

/// Crockford's base 32: no I, L, O or U, so that nothing is misread from a card.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code that these 80 random bits make: sixteen characters in four groups, such as
/// `7KQ2-M9XD-0TRA-5HVE`.
#[must_use]
pub fn from_random(random: [u8; 10]) -> String {
    let bits = random.iter().fold(0_u128, |all, b| all << 8 | u128::from(*b));
    let letter = |n: u32| LETTERS.get(((bits >> (75 - 5 * n)) & 31) as usize).map_or('0', |l| char::from(*l));
    let mut code = String::with_capacity(19);
    for n in 0..16 {
        if n > 0 && n % 4 == 0 {
            code.push('-');
        }
        code.push(letter(n));
    }
    code
}

/// The form in which codes are compared; none when it is no code. Letters that are easily misread count as
/// what they were.
#[must_use]
pub fn normalise(typed: &str) -> Option<String> {
    let folded: String = typed
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let known = folded.bytes().all(|b| LETTERS.contains(&b));
    (folded.len() == 16 && known).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it_down() {
        let code = from_random([0xff, 0, 0x5a, 0x13, 0x77, 1, 2, 3, 0xc4, 0x99]);
        assert_eq!(code.len(), 19, "{code}");
        let compared = normalise(&code).unwrap();
        for typed in
            [code.to_lowercase(), code.replace('-', " "), code.replace('0', "o"), code.replace('1', "l")]
        {
            assert_eq!(normalise(&typed), Some(compared.clone()), "{typed}");
        }
        assert_eq!(normalise(&code[1..]), None);
        assert_eq!(normalise("UUUU-UUUU-UUUU-UUUU"), None);
        assert_ne!(from_random([0; 10]), from_random([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
    }
}
