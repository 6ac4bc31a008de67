"""Invented people of the United Kingdom, with the errors that real files have. Seeded: the same every time.

Families share home, telephone and surname; women marry; people move; names are shortened, mistyped and
swapped; dates lose their order or their digits; anything may be missing.
"""

import random
import string
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "crates" / "finding" / "data"
FIELDS = ["forename", "surname", "date_of_birth", "address_1", "town", "postcode", "phone", "email", "occupation"]
STREETS = "High Church Station Park Mill Victoria Green Manor King Queen School Chapel West North South Grange".split()
TYPES = "Street Road Lane Avenue Close Drive Gardens Terrace Crescent Way".split()
JOBS = "nurse,teacher,driver,clerk,cook,carer,builder,cleaner,engineer,accountant,student,retired,artist,actor".split(",")


def words(name):
    return (DATA / name).read_text().split()


def nicknames():
    table = {}
    for line in (DATA / "nicknames.txt").read_text().splitlines():
        first, *others = line.split()
        table[first] = others
    return table


class People:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.forenames, self.surnames = words("forenames.txt"), words("surnames.txt")
        self.random.shuffle(self.surnames)
        self.nicknames = nicknames()
        areas = [f"{a}{n}" for a in ("LS", "BD", "S", "M", "B", "NE", "EX", "CF", "G", "BT") for n in range(1, 16)]
        names = [a + b for a in ("Ash", "Brad", "Carl", "Dun", "Eas", "Hol", "Kir", "Lang") for b in
                 ("ford", "ton", "ley", "wick", "ham", "by", "worth", "field")]
        self.towns = [(area, names[i % len(names)]) for i, area in enumerate(areas)]

    def zipf(self, items):
        return items[min(int(len(items) * self.random.random() ** 2.2), len(items) - 1)]

    def surname(self):
        name = self.zipf(self.surnames)
        # Most surnames are rare: the list alone would make everybody a Smith.
        if self.random.random() < 0.5:
            name = name[: self.random.randint(2, 5)] + self.random.choice(
                ["ington", "shaw", "bottom", "croft", "well", "den", "more", "gate", "stead", "ing", "ett", "man"])
        return name

    def digits(self, n):
        return "".join(self.random.choice(string.digits) for _ in range(n))

    def home(self):
        area, town = self.random.choice(self.towns)
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        code = f"{area} {self.random.randint(1, 9)}{self.random.choice(letters)}{self.random.choice(letters)}"
        street = f"{self.random.choice(STREETS)} {self.random.choice(TYPES)}"
        return {"address_1": f"{self.random.randint(1, 150)} {street}", "town": town, "postcode": code,
                "phone": f"01{self.digits(9)}"}

    def person(self, home, surname, year):
        forename = self.zipf(self.forenames)
        born = f"{year:04}-{self.random.randint(1, 12):02}-{self.random.randint(1, 28):02}"
        email = f"{forename}.{surname}{self.random.randint(1, 99)}@example.org".lower()
        person = dict(home, forename=forename, surname=surname, date_of_birth=born, email=email,
                      occupation=self.random.choice(JOBS))
        if self.random.random() < 0.5:
            person["phone"] = f"07{self.digits(9)}"
        return person

    def family(self):
        home, surname, year = self.home(), self.surname(), self.random.randint(1930, 2000)
        adults = [self.person(home, surname, year + self.random.randint(-4, 4)) for _ in range(self.random.randint(1, 2))]
        children = [self.person(home, surname, year + self.random.randint(20, 35)) for _ in range(self.random.choice([0, 0, 1, 2, 3]))]
        if len(children) > 1 and self.random.random() < 0.05:
            children[1]["date_of_birth"] = children[0]["date_of_birth"]
        if children and self.random.random() < 0.05:
            children[0]["forename"] = adults[0]["forename"]
        return adults + children

    def slip(self, text):
        if len(text) < 2:
            return text
        at, kind = self.random.randrange(len(text) - 1), self.random.randrange(4)
        alphabet = string.digits if text[at].isdigit() else string.ascii_lowercase
        letter = self.random.choice(alphabet)
        return [text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :]][kind]

    def birth(self, born):
        y, m, d = born.split("-")
        return self.random.choice([f"{y}-{d}-{m}" if int(d) <= 12 else born, f"{y}-{m}-{self.slip(d)[:2]}", f"{y}-01-01",
                                   f"{int(y) + self.random.choice([-1, 1, 10, -10])}-{m}-{d}"])

    def record(self, person, noise):
        r, chance = dict(person), self.random.random
        if chance() < noise and r["forename"].lower() in self.nicknames:
            r["forename"] = self.random.choice(self.nicknames[r["forename"].lower()]).title()
        elif chance() < noise * 0.4:
            r["forename"] = r["forename"][0]
        if chance() < noise * 0.3:
            r["surname"] = self.surname()
        if chance() < noise * 0.15:
            r["forename"], r["surname"] = r["surname"], r["forename"]
        if chance() < noise:
            r.update(self.home())
        if chance() < noise * 0.6:
            r["date_of_birth"] = self.birth(r["date_of_birth"])
        for field in ("forename", "surname", "address_1", "town", "postcode", "phone", "email"):
            if chance() < noise * 0.5:
                r[field] = self.slip(r[field])
        if chance() < noise:
            r["occupation"] = self.random.choice(JOBS)
        for field in FIELDS:
            if chance() < noise * (0.2 if field in ("forename", "surname") else 0.8):
                r[field] = ""
        if chance() < 0.3:
            r["surname"] = r["surname"].upper()
        return r


def records(number, seed, noise, copies):
    """About `number` records; each person stands in 1 to `copies` of them."""
    people, made, person = People(seed), [], 0
    while len(made) < number:
        for member in people.family():
            person += 1
            for _ in range(people.random.randint(1, copies)):
                made.append(dict(people.record(member, noise), cluster=f"p{person}"))
    people.random.shuffle(made)
    return [dict(record, id=f"r{i}") for i, record in enumerate(made[:number])]
