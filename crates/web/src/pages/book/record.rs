//! Recording a person, and changing what is held about one.

use counterfoil_domain::access::{Identity, Protection, Purpose};
use counterfoil_domain::casebook::words::Contact;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::casebook::people::Taken;
use counterfoil_service::casebook::{
    self, Address, ContactRules, Identifier, NewPerson, Profile, Recorded, people,
};
use counterfoil_service::rights::Desk;
use counterfoil_service::store::StoreError;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Block, Button, Choice, Field, Form, Sheet, choice, english, key};
use super::{Done, date, go, id};
use crate::forms::Fields;

const WAYS: [&str; 5] = ["call", "voicemail", "text", "email_safe", "post"];

fn contact_choices() -> Vec<Choice> {
    Contact::ALL
        .iter()
        .map(|c| choice(if *c == Contact::Unknown { "" } else { c.code() }, english(c.label())))
        .collect()
}

fn safe(rules: &ContactRules, way: &str) -> String {
    match way {
        "call" => rules.call.clone(),
        "voicemail" => rules.voicemail.clone(),
        "text" => rules.text.clone(),
        "email_safe" => rules.email.clone(),
        _ => rules.post.clone(),
    }
}

fn number(profile: &Profile, kind: &str) -> String {
    profile.identifiers.iter().find(|i| i.kind == kind).map(|i| i.value.clone()).unwrap_or_default()
}

/// The fields of a person's details.
fn fields_of(profile: &Profile, typed: &Fields) -> Vec<Field> {
    let line = |name, given: &str| Field::line(name, typed, given);
    let address = profile.addresses.first().cloned().unwrap_or_default();
    let mut fields = vec![
        line("forenames", &profile.forenames),
        line("surname", &profile.surname),
        line("also_known_as", &profile.also_known_as.join("; ")).hint("book.hint.several"),
        Field::date("born", typed, profile.born),
        line("email", &profile.emails.join("; ")).hint("book.hint.several"),
        line("phone", &profile.phones.join("; ")).hint("book.hint.several"),
        Field::area("address", typed, &address.lines.join("\n"), 3),
        line("postcode", &address.postcode).narrow(),
        line("nino", &number(profile, "nino")).narrow(),
        line("reference", &number(profile, "reference")).narrow(),
    ];
    fields.extend(WAYS.map(|way| Field::select(way, typed, &safe(&profile.contact, way), contact_choices())));
    let formats = ["", "large-print", "easy-read", "audio", "braille"];
    let formats =
        formats.map(|f| choice(f, key(format!("book.format.{}", if f.is_empty() { "none" } else { f }))));
    fields.push(Field::select("format", typed, &profile.contact.format, formats.into()));
    fields.push(line("language", &profile.language).narrow().hint("book.hint.language"));
    fields.push(line("interpreter", &profile.contact.interpreter));
    fields.push(Field::area("contact_rules", typed, &profile.contact_rules, 2));
    fields
}

/// Where the details came from and when: asked for whatever is new (promise C28).
fn source_fields(desk: &Desk<'_>, typed: &Fields, given: &str) -> Result<Vec<Field>> {
    let known = people::sources(desk)?.into_iter();
    let choices = known.map(|(id, name)| {
        let words = if id == people::THEMSELVES { key("book.source.themselves") } else { english(name) };
        choice(id, words)
    });
    Ok(asked_of(choices.collect(), typed, given, today(desk)?))
}

fn asked_of(sources: Vec<Choice>, typed: &Fields, given: &str, today: jiff::civil::Date) -> Vec<Field> {
    let choices = std::iter::once(choice("", key("book.choose"))).chain(sources).collect();
    vec![
        Field::select("details_source", typed, given, choices).hint("book.hint.details_source"),
        Field::date("details_on", typed, Some(today)),
    ]
}

fn taken(fields: &Fields) -> Result<Taken> {
    Ok(Taken { source: fields.get("details_source").to_owned(), on: date(fields, "details_on")? })
}

fn several(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

/// The profile as typed; what the form does not hold stays as it was. An address that changed keeps the old one with
/// the day on which it ended.
fn profile(fields: &Fields, before: &Profile, today: jiff::civil::Date) -> Result<Profile> {
    let text = |name: &str| fields.get(name).to_owned();
    let mut to = Profile {
        forenames: text("forenames"),
        surname: text("surname"),
        also_known_as: several(fields.get("also_known_as")),
        born: date(fields, "born")?,
        emails: several(fields.get("email")),
        phones: several(fields.get("phone")),
        language: text("language"),
        contact_rules: text("contact_rules"),
        contact: ContactRules {
            call: text("call"),
            voicemail: text("voicemail"),
            text: text("text"),
            email: text("email_safe"),
            post: text("post"),
            format: text("format"),
            interpreter: text("interpreter"),
            no_fixed_address: before.contact.no_fixed_address,
        },
        ..before.clone()
    };
    to.identifiers.retain(|i| i.kind != "nino" && i.kind != "reference");
    for kind in ["nino", "reference"] {
        if !fields.get(kind).is_empty() {
            to.identifiers.push(Identifier { kind: kind.to_owned(), value: text(kind) });
        }
    }
    to.addresses = addresses(fields, before, today);
    Ok(to)
}

fn addresses(fields: &Fields, before: &Profile, today: jiff::civil::Date) -> Vec<Address> {
    let lines: Vec<String> =
        fields.get("address").lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    let postcode = fields.get("postcode").to_owned();
    let present = before.addresses.first();
    if present.is_some_and(|a| a.lines == lines && a.postcode == postcode) {
        return before.addresses.clone();
    }
    let mut all = Vec::new();
    if !lines.is_empty() || !postcode.is_empty() {
        all.push(Address { lines, postcode, from: present.map(|_| today), until: None });
    }
    let ended = |a: &Address| Address { until: a.until.or(Some(today)), ..a.clone() };
    all.extend(before.addresses.iter().map(ended));
    all
}

fn today(desk: &Desk<'_>) -> Result<jiff::civil::Date> {
    Ok(desk.store.now().to_zoned(super::london()?).date())
}

/// `GET /staff/people/new`
pub(super) fn build_new(desk: &Desk<'_>, _: &[String], typed: &Fields) -> Result<Sheet> {
    Ok(new_page(typed, &Profile::default(), source_fields(desk, typed, "")?))
}

fn new_page(typed: &Fields, given: &Profile, sources: Vec<Field>) -> Sheet {
    let known: Vec<Choice> = Identity::ALL
        .iter()
        .map(|i| Choice {
            hint: Some(key(format!("book.identity_hint.{}", i.as_str()))),
            ..choice(i.as_str(), key(format!("book.identity.{}", i.as_str())))
        })
        .collect();
    let mut fields = vec![Field::radios("known_as", typed, "named", known)];
    fields.extend(fields_of(given, typed));
    fields.extend(sources);
    fields.push(Field::boxes(
        "extra",
        typed,
        &[],
        vec![choice("protect", key("book.extra.protect")), choice("shares", key("book.extra.shares"))],
    ));
    Sheet::new("book.new.title")
        .back("/staff/people", "book.people.title")
        .para("book.new.lead")
        .form(Form::new("person", "/staff/people/new", fields, Button::new("save", key("book.new.save"))))
}

/// `POST /staff/people/new`: from the search with what was typed there, or to be recorded.
pub(super) fn act_new(desk: &Desk<'_>, _: &[String], fields: &Fields) -> Result<Done> {
    if fields.get("do") == "start" {
        let (first, last) = fields.get("name").rsplit_once(' ').unwrap_or(("", fields.get("name")));
        let given = Profile { forenames: first.to_owned(), surname: last.to_owned(), ..Profile::default() };
        return Ok(Done::Show(Box::new(new_page(fields, &given, source_fields(desk, fields, "")?))));
    }
    let office = casebook::office_of(desk.who).ok_or(StoreError::NotFound("office"))?;
    let identity: Identity = fields.get("known_as").parse().unwrap_or(Identity::Named);
    let extra = |what: &str| fields.all("extra").any(|v| v == what);
    let protection = if extra("protect") { Protection::Extra } else { Protection::Standard };
    let profile = match identity {
        // Nothing that identifies is taken from an anonymous person's form, whatever was typed.
        Identity::Anonymous => anonymous(fields),
        _ => profile(fields, &Profile::default(), today(desk)?)?,
    };
    let new = NewPerson { office, identity, protection, profile, shares_contact: extra("shares") };
    let (recorded, code) = people::record(desk, &new, &taken(fields)?)?;
    match (recorded, code) {
        (Recorded::New(id), Some(code)) => Ok(Done::Show(Box::new(told_once(id, &code)))),
        (Recorded::New(id), None) => go(format!("/staff/people/{id}")),
        (Recorded::Known(_), _) => Err(ServiceError::Invalid(
            "somebody is known already by this e-mail address, telephone number or number: search for them first, \
             or tick that they share it"
                .to_owned(),
        )),
    }
}

fn anonymous(fields: &Fields) -> Profile {
    let contact = ContactRules {
        format: fields.get("format").to_owned(),
        interpreter: fields.get("interpreter").to_owned(),
        ..ContactRules::default()
    };
    Profile { language: fields.get("language").to_owned(), contact, ..Profile::default() }
}

/// The page that tells a follow-up code: once, since only its hash is kept.
pub(super) fn told_once(id: PersonId, code: &str) -> Sheet {
    Sheet::new("book.code.title")
        .para("book.code.lead")
        .add(Block::Code { text: code.to_owned() })
        .add(Block::Warning { text: key("book.code.once") })
        .add(Block::Links { items: vec![(format!("/staff/people/{id}"), key("book.code.on"))] })
}

/// `GET /staff/people/{id}/edit`
pub(super) fn build_edit(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let person = casebook::open_person(desk.store, desk.who, Purpose::ServiceDelivery, id(ids, 0)?)?;
    let sources = source_fields(desk, typed, "")?;
    Ok(edit_page(&person.profile, (person.id, person.version), person.identity, typed, sources))
}

fn edit_page(
    profile: &Profile,
    (id, version): (PersonId, i64),
    identity: Identity,
    typed: &Fields,
    sources: Vec<Field>,
) -> Sheet {
    let at = format!("/staff/people/{id}");
    let version = if typed.has("version") { typed.get("version").to_owned() } else { version.to_string() };
    let form = Form::new(
        "person",
        format!("{at}/edit"),
        fields_of(profile, typed).into_iter().chain(sources).collect(),
        Button::new("save", key("book.save")),
    )
    .with("version", version);
    let unnamed = identity != Identity::Named;
    Sheet::new("book.edit.title")
        .back(at, "book.person.back")
        .add_if(unnamed, || Block::Inset { text: key("book.edit.unnamed") })
        .form(if unnamed {
            form.and(Button::new("name", key("book.edit.become_named")).quiet())
        } else {
            form
        })
}

/// `POST /staff/people/{id}/edit`
pub(super) fn act_edit(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let id: PersonId = id(ids, 0)?;
    let before = casebook::open_person(desk.store, desk.who, Purpose::ServiceDelivery, id)?;
    let version = fields.get("version").parse().unwrap_or(0);
    let to = profile(fields, &before.profile, today(desk)?)?;
    if fields.get("do") == "name" {
        people::become_named(desk, (id, version), &to, &taken(fields)?)?;
    } else {
        people::change(desk, Purpose::ServiceDelivery, (id, version), &to, &taken(fields)?)?;
    }
    go(format!("/staff/people/{id}"))
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let id = PersonId::from_bytes([7; 16]);
    let profile = Profile { forenames: "Ann".into(), surname: "Lee".into(), ..Profile::default() };
    let sources = || {
        let you = choice(people::THEMSELVES, key("book.source.themselves"));
        asked_of(vec![you], &Fields::default(), "", jiff::civil::date(2026, 11, 22))
    };
    vec![
        new_page(&Fields::default(), &Profile::default(), sources()),
        told_once(id, "7KQ2-M9XD-0TRA-5HVE"),
        edit_page(&profile, (id, 3), Identity::Named, &Fields::default(), sources()),
        edit_page(&profile, (id, 3), Identity::Anonymous, &Fields::default(), sources()),
    ]
}
