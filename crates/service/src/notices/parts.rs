//! What stands under each heading of a notice.

use std::collections::BTreeSet;

use counterfoil_domain::rights::applicability::{ARTICLE_22A_FROM, COMPLAINT_TO_CONTROLLER_FROM};
use counterfoil_domain::rights::{Right, Verdict, across};
use jiff::civil::Date;

use super::words::{Words, filled};
use super::{Block, Layer, Passage, Section};
use crate::organisation::Organisation;
use crate::register::model::{Entry, Line, RecipientRole};
use crate::register::{EACH_OFFICE, Register};

/// Makes the sections of one notice.
pub(super) struct Maker<'a> {
    pub(super) register: &'a Register,
    pub(super) organisation: &'a Organisation,
    pub(super) layer: &'a Layer,
    pub(super) words: &'a Words,
    pub(super) on: Date,
}

/// The distinct ids of a list in every activity, in the order of the first.
fn distinct<'a>(entries: &[&'a Entry], list: impl Fn(&'a Entry) -> &'a [String]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    entries.iter().flat_map(|e| list(e)).map(String::as_str).filter(|id| seen.insert(*id)).collect()
}

impl Maker<'_> {
    /// The activities that the notice is about.
    fn entries(&self) -> Vec<&Entry> {
        self.register
            .activities(self.on)
            .filter(|e| match self.layer {
                Layer::Organisation => true,
                Layer::Child => false,
                Layer::Service(id) => e.service == *id,
                Layer::Office(id) => {
                    let own = self.register.office(id).map(|o| o.controller.as_str());
                    e.controller.as_deref() == Some(EACH_OFFICE)
                        || e.controller.as_deref() == own
                        || e.joint
                            .as_deref()
                            .and_then(|j| self.register.joint(j))
                            .is_some_and(|j| j.controllers.iter().any(|c| Some(c.as_str()) == own))
                }
            })
            .collect()
    }

    /// The blocks of a section; none when it has nothing to say.
    pub(super) fn section(&self, section: Section) -> Vec<Block> {
        let mut blocks = self.statements(section);
        let entries = self.entries();
        if *self.layer == Layer::Child {
            blocks.extend(self.for_children(section));
            return blocks;
        }
        match section {
            Section::Who => blocks.splice(0..0, self.who(&entries)).for_each(drop),
            Section::Why => blocks.extend(self.why(&entries)),
            Section::Reasons => blocks.extend(self.reasons(&entries)),
            Section::Data => blocks.extend(self.data(&entries)),
            Section::Sources => blocks.extend(self.sources(&entries)),
            Section::Sharing => blocks.extend(self.sharing(&entries)),
            Section::Abroad => blocks.extend(self.abroad(&entries)),
            Section::Keep => blocks.extend(self.keep(&entries)),
            Section::Security => blocks.extend(self.security(&entries)),
            Section::Rights => blocks.splice(0..0, self.rights(&entries)).for_each(drop),
            Section::Automated => blocks.extend(self.automated(&entries)),
            Section::Complain => blocks.extend(self.complain()),
            Section::More => blocks.extend(self.more()),
            Section::Standards | Section::Special | Section::Cookies => {}
        }
        blocks
    }

    /// The standing statements: a list of standards, paragraphs elsewhere.
    fn statements(&self, section: Section) -> Vec<Block> {
        let first = self.register.head.from;
        let said: Vec<Passage> = self
            .register
            .part
            .statement
            .iter()
            .filter(|s| s.section == section.code() && s.layers.iter().any(|l| l == self.layer.word()))
            .filter(|s| s.from.unwrap_or(first) <= self.on && s.until.is_none_or(|u| self.on < u))
            .map(|s| self.words.of(&s.text, s.cy.as_ref()))
            .collect();
        match section {
            Section::Standards if !said.is_empty() => vec![Block::List(said)],
            _ => said.into_iter().map(Block::Paragraph).collect(),
        }
    }

    fn say(&self, key: &str) -> Block {
        Block::Paragraph(self.words.say(key))
    }

    fn fill(&self, key: &str, with: &[(&str, &str)]) -> Block {
        Block::Paragraph(self.words.fill(key, with))
    }

    fn who(&self, entries: &[&Entry]) -> Vec<Block> {
        let own = match self.layer {
            Layer::Office(id) => self.register.office(id).map(|o| o.controller.as_str()),
            _ => self.register.part.controller.first().map(|c| c.id.as_str()),
        };
        let mut blocks = Vec::new();
        if let Some(c) = own.and_then(|id| self.register.controller(id)) {
            let facts = [
                ("name", c.name.as_str()),
                ("registration", &c.registration),
                ("address", &c.address),
                ("email", &c.email),
                ("phone", &c.phone),
            ];
            blocks.push(self.fill("controller", &facts));
            blocks.push(self.fill("officer", &[("email", &c.officer_email)]));
        }
        if let Layer::Service(id) = self.layer
            && let Some(service) = self.register.service(id)
        {
            blocks.push(Block::Paragraph(self.words.of(&service.does, None)));
            if !service.legislation.is_empty() {
                blocks.push(self.fill("from_law", &[("legislation", &service.legislation)]));
            }
        }
        blocks.extend(self.office());
        blocks.extend(self.together(entries));
        blocks
    }

    fn office(&self) -> Vec<Block> {
        let Layer::Office(id) = self.layer else { return Vec::new() };
        let Some(office) = self.register.office(id) else { return Vec::new() };
        let mut blocks = vec![Block::Paragraph(self.words.of(&office.local, office.local_cy.as_ref()))];
        if !office.outreach.is_empty() {
            blocks.push(self.fill("outreach", &[("places", &office.outreach.join(", "))]));
        }
        if !office.frn.is_empty() {
            blocks.push(self.fill("firm", &[("frn", &office.frn)]));
        }
        blocks
    }

    /// The essence of the joint arrangements (Art 26(2)), and who is alone.
    fn together(&self, entries: &[&Entry]) -> Vec<Block> {
        let mut joints: Vec<&str> = entries.iter().filter_map(|e| e.joint.as_deref()).collect();
        joints.sort_unstable();
        joints.dedup();
        let name = |id: &String| self.register.controller(id).map(|c| c.name.clone());
        let mut blocks: Vec<Block> = joints
            .iter()
            .filter_map(|id| self.register.joint(id))
            .map(|j| {
                let names: Vec<String> = j.controllers.iter().filter_map(name).collect();
                let facts = [
                    ("names", names.join(", ")),
                    ("essence", j.essence.clone()),
                    ("contact", j.contact_point.clone()),
                ];
                let facts: Vec<(&str, &str)> = facts.iter().map(|(k, v)| (*k, v.as_str())).collect();
                self.fill("joint", &facts)
            })
            .collect();
        if entries.iter().any(|e| e.controller.as_deref() == Some(EACH_OFFICE)) {
            let names: Vec<&str> = self.register.part.office.iter().map(|o| o.name.as_str()).collect();
            blocks.push(self.fill("each_office", &[("names", &names.join(", "))]));
        }
        blocks
    }

    fn why(&self, entries: &[&Entry]) -> Vec<Block> {
        let mut blocks = Vec::new();
        if matches!(self.layer, Layer::Service(_)) {
            for e in entries {
                blocks.push(Block::Heading(self.words.of(&e.name, e.cy.as_ref())));
                blocks.push(Block::Paragraph(self.words.of(&e.why, e.why_cy.as_ref())));
                if !e.must_give.is_empty() {
                    blocks.push(self.fill("must_give", &[("text", &e.must_give)]));
                }
            }
        }
        let purposes = distinct(entries, |e| &e.purposes);
        let list = purposes.iter().filter_map(|id| self.register.purpose(id));
        let list: Vec<Passage> = list.map(|p| self.words.of(&p.name, p.cy.as_ref())).collect();
        self.listed("purpose_list", list, &mut blocks);
        let people = distinct(entries, |e| &e.people);
        let people = people.iter().filter_map(|id| self.register.people(id));
        let people: Vec<Passage> = people.map(|p| self.words.of(&p.name, p.cy.as_ref())).collect();
        self.listed("people_list", people, &mut blocks);
        blocks
    }

    fn listed(&self, key: &str, list: Vec<Passage>, blocks: &mut Vec<Block>) {
        if !list.is_empty() {
            blocks.push(self.say(key));
            blocks.push(Block::List(list));
        }
    }

    fn reasons(&self, entries: &[&Entry]) -> Vec<Block> {
        let mut blocks = Vec::new();
        let used: Vec<Passage> = self
            .register
            .part
            .reason
            .iter()
            .filter(|r| {
                *self.layer == Layer::Organisation
                    || entries.iter().any(|e| {
                        e.bases.iter().any(|b| r.bases.contains(&b.basis))
                            || e.art9.iter().any(|a| r.art9.contains(a))
                    })
            })
            .map(|r| self.words.of(&r.name, r.cy.as_ref()))
            .collect();
        if !used.is_empty() {
            blocks.push(Block::List(used));
        }
        let columns = ["activities", "basis", "condition"].map(|k| self.words.say(k)).to_vec();
        let rows: Vec<Vec<Passage>> = entries.iter().map(|e| self.basis_row(e)).collect();
        if !rows.is_empty() {
            blocks.push(Block::Table { columns, rows });
        }
        blocks
    }

    fn basis_row(&self, e: &Entry) -> Vec<Passage> {
        let english = |text: String| Passage { text, language: "en" };
        let bases = e.bases.iter().map(|b| {
            let recognised =
                b.annex1.map(|a| self.words.fill("recognised", &[("condition", a.label())]).text);
            let says = recognised.unwrap_or_else(|| b.says.clone());
            format!("{} ({}): {says}", b.basis.label(), b.basis.provision())
        });
        let mut conditions: Vec<String> =
            e.art9.iter().map(|a| format!("{} ({})", a.label(), a.provision())).collect();
        conditions.extend(e.schedule1.iter().map(|c| format!("Sch 1 para {} DPA 2018", c.paragraph)));
        let condition =
            if conditions.is_empty() { self.words.say("none") } else { english(conditions.join("; ")) };
        vec![self.words.of(&e.name, e.cy.as_ref()), english(bases.collect::<Vec<_>>().join("; ")), condition]
    }

    fn data(&self, entries: &[&Entry]) -> Vec<Block> {
        let kinds = distinct(entries, |e| &e.data);
        let list = kinds.iter().filter_map(|id| self.register.data(id)).map(|d| {
            let name = self.words.of(&d.name, d.cy.as_ref());
            let mark = match (d.special.is_empty(), d.criminal.is_empty()) {
                (false, _) => "special_mark",
                (true, false) => "criminal_mark",
                (true, true) => return name,
            };
            let marked = self.words.fill(mark, &[("name", &name.text)]);
            Passage { language: name.language, ..marked }
        });
        let mut blocks = Vec::new();
        self.listed("data_list", list.collect(), &mut blocks);
        blocks.extend(self.systems(entries));
        blocks
    }

    fn systems(&self, entries: &[&Entry]) -> Vec<Block> {
        let mut blocks = Vec::new();
        let english = |text: String| Passage { text, language: "en" };
        let ids = distinct(entries, |e| &e.systems);
        let systems = ids.iter().filter_map(|id| self.register.system(id));
        let systems = systems.map(|s| english(format!("{} ({})", s.name, s.location))).collect();
        self.listed("systems_list", systems, &mut blocks);
        if !matches!(self.layer, Layer::Service(_)) {
            let channels = self.register.part.channel.iter().map(|c| {
                let warning = if c.warning.is_empty() { String::new() } else { format!(" {}", c.warning) };
                english(format!("{}: {}{warning}", c.name, c.handling))
            });
            self.listed("channels_list", channels.collect(), &mut blocks);
        }
        blocks
    }

    fn sources(&self, entries: &[&Entry]) -> Vec<Block> {
        let ids = distinct(entries, |e| &e.sources);
        let list = ids.iter().filter_map(|id| self.register.source(id));
        let mut blocks = Vec::new();
        self.listed(
            "source_list",
            list.map(|s| self.words.of(&s.name, s.cy.as_ref())).collect(),
            &mut blocks,
        );
        blocks
    }

    fn sharing(&self, entries: &[&Entry]) -> Vec<Block> {
        let ids = distinct(entries, |e| &e.recipients);
        let mut all: Vec<_> = ids.iter().filter_map(|id| self.register.recipient(id)).collect();
        // Those who decide for themselves come first: they are what people ask about.
        all.sort_by_key(|r| r.role == RecipientRole::Processor);
        let rows: Vec<Vec<Passage>> = all
            .iter()
            .map(|r| vec![self.words.of(&r.name, r.cy.as_ref()), self.words.of(&r.why, None)])
            .collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let columns = ["recipient", "recipient_why"].map(|k| self.words.say(k)).to_vec();
        vec![Block::Table { columns, rows }]
    }

    fn abroad(&self, entries: &[&Entry]) -> Vec<Block> {
        let ids = distinct(entries, |e| &e.recipients);
        let goes: Vec<Passage> = ids
            .iter()
            .filter_map(|id| self.register.recipient(id))
            .filter_map(|r| Some((r, r.transfer.as_ref()?)))
            .map(|(r, t)| {
                let mechanism = format!("{} ({})", t.mechanism.label(), t.mechanism.provision());
                self.words
                    .fill("goes", &[("name", &r.name), ("country", &r.country), ("mechanism", &mechanism)])
            })
            .collect();
        if goes.is_empty() { vec![self.say("stays")] } else { vec![Block::List(goes)] }
    }

    fn keep(&self, entries: &[&Entry]) -> Vec<Block> {
        let ids = distinct(entries, |e| &e.retention);
        let rows: Vec<Vec<Passage>> = ids
            .iter()
            .filter_map(|id| self.register.retention(id))
            .map(|r| {
                let mut authority = r.authority.clone();
                if !r.verified {
                    let mark = self.words.say("unverified").text;
                    authority = if authority.is_empty() { mark } else { format!("{authority} ({mark})") };
                }
                vec![
                    self.words.of(&r.record, None),
                    self.words.of(&r.says, r.cy.as_ref()),
                    Passage { text: authority, language: "en" },
                ]
            })
            .collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let columns = ["records", "how_long", "authority"].map(|k| self.words.say(k)).to_vec();
        vec![Block::Table { columns, rows }]
    }

    fn security(&self, entries: &[&Entry]) -> Vec<Block> {
        let ids = distinct(entries, |e| &e.security);
        let list = ids.iter().filter_map(|id| self.register.measure(id));
        let mut blocks = Vec::new();
        self.listed(
            "security_list",
            list.map(|m| self.words.of(&m.name, m.cy.as_ref())).collect(),
            &mut blocks,
        );
        blocks
    }

    fn rights(&self, entries: &[&Entry]) -> Vec<Block> {
        let mut list = Vec::new();
        for right in Right::ALL {
            let verdicts: Vec<Verdict> = entries
                .iter()
                .map(|e| {
                    let of = crate::register::ropa::rights_of(self.register, e, self.on);
                    of.into_iter().find(|(r, _)| r == right).map_or(Verdict::DoesNotApply, |(_, v)| v)
                })
                .collect();
            let words = self.words.right(right.code());
            match across(&verdicts) {
                Some(Verdict::Applies) => list.push(words),
                Some(Verdict::AppliesInPart) => {
                    let part = self.words.right("in_part");
                    let language = words.language;
                    list.push(Passage { language, ..filled(part, &[("text", &words.text)]) });
                }
                Some(Verdict::DoesNotApply) | None => {}
            }
        }
        let mut blocks = vec![Block::Callout(self.words.say("object"))];
        self.listed("rights_which", list, &mut blocks);
        blocks.push(self.say("no_form"));
        blocks
    }

    fn automated(&self, entries: &[&Entry]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for a in entries.iter().filter_map(|e| e.automated.as_ref()) {
            let facts = [("what", a.what.as_str()), ("logic", &a.logic), ("effect", &a.effect)];
            blocks.push(self.fill("automation", &facts));
            blocks.push(self.say(if a.solely { "automation_solely" } else { "automation_person" }));
        }
        if !entries.iter().any(|e| e.automated.as_ref().is_some_and(|a| a.solely)) {
            blocks.push(self.say("no_automation"));
        }
        // Arts 22A to 22D: from 5 February 2026 the safeguards are named in the law's own words.
        if self.on >= ARTICLE_22A_FROM && entries.iter().any(|e| e.automated.is_some()) {
            blocks.push(self.say("automation_rights"));
        }
        blocks
    }

    fn complain(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        // Art 13(2)(ca), 14(2)(da): from 19 June 2026.
        if self.on >= COMPLAINT_TO_CONTROLLER_FROM {
            blocks.push(self.say("complain_us"));
        }
        // Promise N25: from the office to the officer of the whole network, then to the regulator.
        if matches!(self.layer, Layer::Office(_)) {
            let email = self.organisation.data_protection_officer.email.as_str();
            blocks.push(self.fill("complain_officer", &[("email", email)]));
        }
        let r = &self.organisation.regulator;
        let facts = [
            ("name", r.name.as_str()),
            ("address", &r.address),
            ("phone", &r.phone),
            ("website", &r.website),
        ];
        blocks.push(self.fill("complain_regulator", &facts));
        blocks.push(self.say("court"));
        blocks
    }

    fn for_children(&self, section: Section) -> Vec<Block> {
        match section {
            Section::Rights => {
                let c = &self.organisation.contact;
                vec![self.fill("contact_child", &[("email", &c.email), ("phone", &c.phone)])]
            }
            Section::Complain => {
                let r = &self.organisation.regulator;
                vec![self.fill("complain_child", &[("name", &r.name), ("phone", &r.phone)])]
            }
            _ => Vec::new(),
        }
    }

    /// The other layers (promise N6).
    fn more(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        if *self.layer != Layer::Organisation {
            let whole = vec![(self.words.say("whole_link"), "/privacy".to_owned())];
            blocks.push(Block::Links(whole));
            return blocks;
        }
        blocks.push(Block::Links(vec![(self.words.say("child_link"), "/privacy/child".to_owned())]));
        if self.register.part.office.len() > 1 {
            blocks.push(Block::Heading(self.words.say("offices_heading")));
            let offices = self.register.part.office.iter().map(|o| {
                let name = Passage { text: o.name.clone(), language: self.words.language };
                (name, format!("/privacy/office/{}", o.id))
            });
            blocks.push(Block::Links(offices.collect()));
        }
        for (line, key) in [
            (Line::Service, "services_heading"),
            (Line::Role, "roles_heading"),
            (Line::Function, "functions_heading"),
        ] {
            let links: Vec<(Passage, String)> = self
                .register
                .part
                .service
                .iter()
                .filter(|s| s.line == line)
                .map(|s| (self.words.of(&s.name, s.cy.as_ref()), format!("/privacy/{}", s.id)))
                .collect();
            if !links.is_empty() {
                blocks.push(Block::Heading(self.words.say(key)));
                blocks.push(Block::Links(links));
            }
        }
        blocks
    }
}
