//! Invented people with the errors that files have, to measure and to test with. Seeded.

use std::fmt::Write;

use super::learn::Draw;

const FORENAMES: &str = include_str!("../../data/forenames.txt");
const SURNAMES: &str = include_str!("../../data/surnames.txt");
const ENDINGS: [&str; 8] = ["ington", "shaw", "bottom", "croft", "well", "den", "stead", "ett"];
const STREETS: [&str; 10] =
    ["High", "Church", "Station", "Park", "Mill", "Victoria", "Green", "Manor", "King", "Queen"];
const TYPES: [&str; 6] = ["Street", "Road", "Lane", "Avenue", "Close", "Drive"];
const AREAS: [&str; 8] = ["LS", "BD", "NE", "EX", "CF", "BT", "M", "B"];

/// One record: forename, surname, date of birth, address, town, postcode, phone, e-mail.
type Cells = [String; 8];

struct Maker {
    draw: Draw,
    forenames: Vec<&'static str>,
    surnames: Vec<&'static str>,
}

impl Maker {
    fn new(seed: u64) -> Self {
        let words = |text: &'static str| text.split_whitespace().collect();
        Self { draw: Draw(seed), forenames: words(FORENAMES), surnames: words(SURNAMES) }
    }

    fn below(&mut self, n: usize) -> usize {
        self.draw.below(u32::try_from(n).unwrap_or(u32::MAX)) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// The first words are taken more often than the last, as names are.
    fn common<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let at = self.below(words.len().max(1)).min(self.below(words.len().max(1)));
        words.get(at).copied().unwrap_or_default()
    }

    fn surname(&mut self) -> String {
        let surnames = self.surnames.clone();
        let whole = self.common(&surnames);
        if self.chance(50) {
            return whole.to_owned();
        }
        let length = 2 + self.below(4);
        let start: String = whole.chars().filter(char::is_ascii_alphabetic).take(length).collect();
        format!("{start}{}", self.common(&ENDINGS))
    }

    fn digits(&mut self, number: usize) -> String {
        (0..number).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))).collect()
    }

    fn letter(&mut self) -> char {
        char::from(b'a' + u8::try_from(self.below(26)).unwrap_or(0))
    }

    /// Address, town, postcode, telephone.
    fn home(&mut self) -> [String; 4] {
        let (street, kind, area) = (self.common(&STREETS), self.common(&TYPES), self.common(&AREAS));
        let district = 1 + self.below(20);
        let (x, y) = (self.letter(), self.letter());
        let code = format!("{area}{district} {}{x}{y}", 1 + self.below(9)).to_uppercase();
        let town = format!(
            "{street}{}",
            ["ford", "ton", "ley", "ham"].get(district % 4).copied().unwrap_or_default()
        );
        [format!("{} {street} {kind}", 1 + self.below(150)), town, code, format!("01{}", self.digits(9))]
    }

    fn person(&mut self, surname: &str, home: &[String; 4], year: usize) -> Cells {
        let forenames = self.forenames.clone();
        let forename = self.common(&forenames).to_owned();
        let born = format!("{}-{:02}-{:02}", year + self.below(8), 1 + self.below(12), 1 + self.below(28));
        let email = format!("{forename}.{surname}{}@example.org", self.digits(2)).to_lowercase();
        let [address, town, code, phone] = home.clone();
        [forename, surname.to_owned(), born, address, town, code, phone, email]
    }

    fn slip(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        if letters.len() < 2 {
            return text.to_owned();
        }
        let at = self.below(letters.len() - 1);
        let new = if letters.get(at).is_some_and(char::is_ascii_digit) { '7' } else { self.letter() };
        match self.below(4) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, new),
            2 => letters.swap(at, at + 1),
            _ => letters.splice(at..=at, [new]).for_each(drop),
        }
        letters.into_iter().collect()
    }

    /// The record as another clerk would have written it.
    fn copy(&mut self, person: &Cells, noise: usize) -> Cells {
        let mut cells = person.clone();
        if self.chance(noise) {
            let [address, town, code, phone] = self.home();
            let [forename, surname, born, .., email] = cells;
            cells = [forename, surname, born, address, town, code, phone, email];
        }
        for cell in &mut cells {
            if self.chance(noise / 2) {
                *cell = self.slip(cell);
            } else if self.chance(noise / 2) {
                cell.clear();
            }
        }
        cells
    }
}

/// A CSV file of `people` invented people in families, each in one to `copies` records, with `noise`
/// per cent of errors. Columns: `id`, `person` (the truth), `forename`, `surname`, `dob`, `address`,
/// `town`, `postcode`, `phone`, `email`.
pub fn invent(people: usize, copies: usize, noise: usize, seed: u64) -> String {
    let (mut maker, mut csv) = (Maker::new(seed), String::new());
    csv.push_str("id,person,forename,surname,dob,address,town,postcode,phone,email\n");
    let (mut person, mut line) = (0, 0);
    while person < people {
        let (home, surname, year) = (maker.home(), maker.surname(), 1935 + maker.below(60));
        for member in 0..(1 + maker.below(4)).min(people - person) {
            let generation = if member < 2 { 0 } else { 25 };
            let cells = maker.person(&surname, &home, year + generation);
            person += 1;
            for _ in 0..=maker.below(copies.max(1)) {
                line += 1;
                let _ = writeln!(csv, "r{line},p{person},{}", maker.copy(&cells, noise).join(","));
            }
        }
    }
    csv
}
