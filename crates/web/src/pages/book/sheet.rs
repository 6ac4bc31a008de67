//! What a page of the casebook is made of: headings, facts, tables, forms and notes in one order, drawn by one
//! template, so that every page looks and works alike.

use serde::Serialize;

use crate::forms::Fields;
use crate::render::View;

/// Words: of the interface, or data.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Text {
    /// A key of the interface's words.
    Key(String),
    /// Data, as it is.
    Plain(String),
    /// A label that is only there in English.
    English(String),
}

pub(super) fn key(text: impl Into<String>) -> Text {
    Text::Key(text.into())
}

pub(super) fn plain(text: impl Into<String>) -> Text {
    Text::Plain(text.into())
}

pub(super) fn english(text: impl Into<String>) -> Text {
    Text::English(text.into())
}

/// A cell of a table, or a value of a summary.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cell {
    text: Text,
    href: Option<String>,
    tag: Option<&'static str>,
    note: Option<Text>,
    /// A moment or a date in ISO 8601, written in words by the template.
    when: Option<String>,
    post: Vec<Button>,
    action: Option<String>,
}

impl Cell {
    pub(super) fn new(text: Text) -> Self {
        Self { text, href: None, tag: None, note: None, when: None, post: Vec::new(), action: None }
    }

    pub(super) fn when(at: impl std::fmt::Display) -> Self {
        Self { when: Some(at.to_string()), ..Self::new(plain("")) }
    }

    pub(super) fn when_if(at: Option<impl std::fmt::Display>) -> Self {
        at.map_or_else(|| Self::new(plain("")), Self::when)
    }

    /// A link.
    pub(super) fn to(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// A tag of this colour.
    pub(super) fn tag(mut self, colour: &'static str) -> Self {
        self.tag = Some(colour);
        self
    }

    /// With a note below.
    pub(super) fn note(mut self, note: Text) -> Self {
        self.note = Some(note);
        self
    }

    /// With buttons that post to an address.
    pub(super) fn buttons(action: impl Into<String>, buttons: Vec<Button>) -> Self {
        Self { post: buttons, action: Some(action.into()), ..Self::new(plain("")) }
    }
}

/// A button of a form: what it does, and the hidden values that go with it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Button {
    name: &'static str,
    value: String,
    label: Text,
    /// What a screen reader adds, so that two buttons of one name differ.
    of: String,
    hidden: Vec<(&'static str, String)>,
    style: &'static str,
}

impl Button {
    pub(super) fn new(value: impl Into<String>, label: Text) -> Self {
        let (value, of) = (value.into(), String::new());
        Self { name: "do", value, label, of, hidden: Vec::new(), style: "" }
    }

    pub(super) fn quiet(mut self) -> Self {
        self.style = " govuk-button--secondary";
        self
    }

    pub(super) fn of(mut self, of: impl Into<String>) -> Self {
        self.of = of.into();
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.hidden.push((name, value.to_string()));
        self
    }
}

/// One choice.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: Text,
    pub(super) hint: Option<Text>,
    pub(super) group: Option<String>,
    pub(super) chosen: bool,
}

/// A field of a form. `name` is also its id.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Field {
    kind: &'static str,
    name: String,
    label: Text,
    hint: Option<Text>,
    value: String,
    parts: [String; 3],
    choices: Vec<Choice>,
    rows: u8,
    width: &'static str,
    /// Whether it stands in a fold, and whether that is open.
    folded: bool,
    opened: bool,
}

impl Field {
    fn new(kind: &'static str, name: impl Into<String>, typed: &Fields, given: &str) -> Self {
        let name = name.into();
        let value = if typed.has(&name) { typed.get(&name).to_owned() } else { given.to_owned() };
        let label = key(format!("book.field.{name}"));
        let part = |part: &str| typed.get(&format!("{name}-{part}")).to_owned();
        let parts = ["day", "month", "year"].map(part);
        let (hint, choices, rows, width) = (None, Vec::new(), 4, "govuk-!-width-two-thirds");
        Self { kind, name, label, hint, value, parts, choices, rows, width, folded: false, opened: false }
    }

    pub(super) fn line(name: &'static str, typed: &Fields, given: &str) -> Self {
        Self::new("line", name, typed, given)
    }

    pub(super) fn area(name: &'static str, typed: &Fields, given: &str, rows: u8) -> Self {
        Self { rows, ..Self::new("area", name, typed, given) }
    }

    pub(super) fn date(name: &'static str, typed: &Fields, given: Option<jiff::civil::Date>) -> Self {
        let mut field = Self::new("date", name, typed, "");
        if !typed.has(&format!("{name}-day"))
            && let Some(date) = given
        {
            field.parts = [date.day().to_string(), date.month().to_string(), date.year().to_string()];
        }
        field
    }

    pub(super) fn select(name: impl Into<String>, typed: &Fields, given: &str, choices: Vec<Choice>) -> Self {
        Self::chosen("select", name, typed, given, choices)
    }

    pub(super) fn radios(name: impl Into<String>, typed: &Fields, given: &str, choices: Vec<Choice>) -> Self {
        Self::chosen("radios", name, typed, given, choices)
    }

    /// Boxes of which several may be ticked; `given` are those that are.
    pub(super) fn boxes(
        name: &'static str,
        typed: &Fields,
        given: &[&str],
        mut choices: Vec<Choice>,
    ) -> Self {
        let ticked: Vec<&str> = if typed.has(name) { typed.all(name).collect() } else { given.to_vec() };
        choices.iter_mut().for_each(|c| c.chosen = ticked.contains(&c.value.as_str()));
        Self { choices, ..Self::new("boxes", name, typed, "") }
    }

    pub(super) fn file(name: &'static str) -> Self {
        Self::new("file", name, &Fields::default(), "")
    }

    fn chosen(
        kind: &'static str,
        name: impl Into<String>,
        typed: &Fields,
        given: &str,
        mut choices: Vec<Choice>,
    ) -> Self {
        let field = Self::new(kind, name, typed, given);
        choices.iter_mut().for_each(|c| c.chosen = c.value == field.value);
        Self { choices, ..field }
    }

    pub(super) fn label(mut self, label: Text) -> Self {
        self.label = label;
        self
    }

    pub(super) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(key(hint));
        self
    }

    /// A hint that is no string of the interface.
    pub(super) fn saying(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Boxes in a fold that is open when one is ticked.
    pub(super) fn folded(mut self) -> Self {
        self.folded = true;
        self.opened = self.choices.iter().any(|c| c.chosen);
        self
    }

    pub(super) fn narrow(mut self) -> Self {
        self.width = "govuk-input--width-10";
        self
    }
}

pub(super) fn choice(value: impl Into<String>, text: Text) -> Choice {
    Choice { value: value.into(), text, hint: None, group: None, chosen: false }
}

/// A form with its own address.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Form {
    id: &'static str,
    action: String,
    heading: Option<Text>,
    /// Closed until somebody opens it.
    folded: bool,
    fields: Vec<Field>,
    buttons: Vec<Button>,
    hidden: Vec<(&'static str, String)>,
    multipart: bool,
    autosave: Option<String>,
    saved_at: Option<String>,
}

impl Form {
    pub(super) fn new(
        id: &'static str,
        action: impl Into<String>,
        fields: Vec<Field>,
        button: Button,
    ) -> Self {
        Self {
            id,
            action: action.into(),
            heading: None,
            folded: false,
            fields,
            buttons: vec![button],
            hidden: Vec::new(),
            multipart: false,
            autosave: None,
            saved_at: None,
        }
    }

    /// Under a heading that opens it.
    pub(super) fn folded(mut self, heading: &'static str, open: bool) -> Self {
        self.heading = Some(key(heading));
        self.folded = !open;
        self
    }

    pub(super) fn and(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.hidden.push((name, value.to_string()));
        self
    }

    pub(super) fn multipart(mut self) -> Self {
        self.multipart = true;
        self
    }

    pub(super) fn autosaved(mut self, to: impl Into<String>, saved_at: Option<jiff::Timestamp>) -> Self {
        self.autosave = Some(to.into());
        self.saved_at = saved_at.map(|at| at.to_string());
        self
    }
}

/// A note, a step, a line of history.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) heading: Text,
    pub(super) at: String,
    pub(super) by: String,
    pub(super) text: String,
    pub(super) href: Option<(String, Text)>,
    pub(super) mark: Option<(Text, &'static str)>,
}

/// A part of a page.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub(super) enum Block {
    Heading { id: &'static str, text: Text },
    Para { text: Text },
    Inset { text: Text },
    Warning { text: Text },
    Code { text: String },
    Summary { rows: Vec<(Text, Vec<Cell>)> },
    Table { caption: Text, columns: Vec<Text>, rows: Vec<Vec<Cell>> },
    Links { items: Vec<(String, Text)> },
    Form { form: Form },
    Events { items: Vec<Event> },
}

/// A page of the casebook.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    title: &'static str,
    heading: Text,
    caption: Option<Text>,
    back: Option<(String, &'static str)>,
    tags: Vec<(Text, &'static str)>,
    refused: Option<String>,
    blocks: Vec<Block>,
}

impl Sheet {
    /// A page with this title, which names nobody: it stands in the browser's history.
    pub(super) fn new(title: &'static str) -> Self {
        let (heading, tags, blocks) = (key(title), Vec::new(), Vec::new());
        Self { title, heading, caption: None, back: None, tags, refused: None, blocks }
    }

    pub(super) fn heading(mut self, text: Text) -> Self {
        self.heading = text;
        self
    }

    pub(super) fn caption(mut self, text: Text) -> Self {
        self.caption = Some(text);
        self
    }

    pub(super) fn back(mut self, href: impl Into<String>, label: &'static str) -> Self {
        self.back = Some((href.into(), label));
        self
    }

    pub(super) fn tag(mut self, text: Text, colour: &'static str) -> Self {
        self.tags.push((text, colour));
        self
    }

    pub(super) fn tag_if(self, yes: bool, text: &'static str, colour: &'static str) -> Self {
        if yes { self.tag(key(text), colour) } else { self }
    }

    pub(super) fn refused(mut self, why: Option<String>) -> Self {
        self.refused = why;
        self
    }

    pub(super) fn add(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub(super) fn add_if(self, yes: bool, block: impl FnOnce() -> Block) -> Self {
        if yes { self.add(block()) } else { self }
    }

    pub(super) fn head(self, id: &'static str, text: &'static str) -> Self {
        self.add(Block::Heading { id, text: key(text) })
    }

    pub(super) fn para(self, text: &'static str) -> Self {
        self.add(Block::Para { text: key(text) })
    }

    pub(super) fn form(self, form: Form) -> Self {
        self.add(Block::Form { form })
    }

    /// A table, or the words that there is nothing.
    pub(super) fn table(
        self,
        caption: &'static str,
        columns: &[&'static str],
        rows: Vec<Vec<Cell>>,
        none: &'static str,
    ) -> Self {
        if rows.is_empty() {
            return self.para(none);
        }
        let columns = columns.iter().map(|c| key(*c)).collect();
        self.add(Block::Table { caption: key(caption), columns, rows })
    }
}

impl View for Sheet {
    const TEMPLATE: &'static str = "staff/book.html";

    fn samples() -> Vec<Self> {
        super::samples::all()
    }
}
