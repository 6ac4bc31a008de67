//! The story of a demonstration: invented offices, staff, people and requests, as data.

use serde::Deserialize;

/// One organisation's story. Days count back from the day of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// The offices; the first is where requests are received.
    pub offices: Vec<String>,
    /// The staff; the first is shown to visitors first.
    pub staff: Vec<Member>,
    /// The people.
    pub people: Vec<Individual>,
    /// The requests.
    pub requests: Vec<Asked>,
}

/// More of the story, in a file of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Further {
    people: Vec<Individual>,
    requests: Vec<Asked>,
}

/// A member of staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// What they sign in with.
    pub sign_in: String,
    /// Their name.
    pub name: String,
    /// Their office.
    pub office: String,
    /// Their roles, by their spelling.
    pub roles: Vec<String>,
}

/// A person of the casebook.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Individual {
    /// A short name within the story.
    pub key: String,
    /// Forenames.
    pub forenames: String,
    /// Surname.
    pub surname: String,
    /// Date of birth.
    pub born: Option<jiff::civil::Date>,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Telephone number.
    #[serde(default)]
    pub phone: String,
    /// Address lines.
    #[serde(default)]
    pub address: Vec<String>,
    /// Postcode.
    #[serde(default)]
    pub postcode: String,
    /// The language they prefer.
    #[serde(default = "english")]
    pub language: String,
    /// Their cases.
    #[serde(default)]
    pub cases: Vec<CaseStory>,
    /// Their documents.
    #[serde(default)]
    pub documents: Vec<Paper>,
}

fn english() -> String {
    "en".to_owned()
}

/// A case with its notes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseStory {
    /// Who works on it, by sign-in name.
    pub by: String,
    /// How many days ago it was opened.
    pub days_ago: i32,
    /// The issue's code.
    pub issue: String,
    /// What it is about.
    pub title: String,
    /// What the person asks for.
    pub question: String,
    /// Notes.
    pub notes: Vec<Jotting>,
}

/// A note.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jotting {
    /// How many days ago it was written.
    pub days_ago: i32,
    /// The note.
    pub text: String,
    /// Where what it says came from.
    pub source: String,
}

/// A document: its name says of what kind it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// File name.
    pub name: String,
    /// How many days ago it was added.
    pub days_ago: i32,
    /// Who added it, by sign-in name.
    pub by: String,
    /// Its content.
    #[serde(default)]
    pub text: String,
    /// `picture` or `call`, for what is drawn or sounded for the demonstration.
    #[serde(default)]
    pub made: String,
    /// Who and what is where in it.
    #[serde(default)]
    pub regions: Vec<Seen>,
}

/// Where somebody is in a picture, or from when to when in a recording.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    /// Who or what.
    pub label: String,
    /// Left, top, width and height in thousandths; from and until in milliseconds for a recording.
    pub at: [u16; 4],
    /// Whether it is the person whose document it is.
    pub own: bool,
}

/// A rights request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The right, by its spelling.
    pub right: String,
    /// How many days ago it was received.
    pub days_ago: i32,
    /// Who asks.
    pub requester: String,
    /// Whose data, when it is someone else's.
    #[serde(default)]
    pub subject: String,
    /// By what right they ask for someone else.
    #[serde(default)]
    pub capacity: String,
    /// Their words.
    pub wording: String,
    /// How it came.
    pub channel: String,
    /// Where the answer goes.
    #[serde(default)]
    pub reply_to: String,
    /// The language of the answer.
    #[serde(default = "english")]
    pub language: String,
    /// What was done since.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What was done since, for the rights other than access.
    #[serde(default)]
    pub acts: Vec<super::rights::Act>,
    /// The heading of the older Act under which it came, by its spelling.
    #[serde(default)]
    pub heading: String,
    /// What a notice under that heading states.
    #[serde(default)]
    pub contents: std::collections::BTreeMap<String, String>,
}

/// Something that was done about a request.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// How many days ago.
    pub days_ago: i32,
    /// Who did it, by sign-in name; the first information governance officer of the story otherwise.
    #[serde(default)]
    pub by: String,
    /// What was done.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What can be done about a request in a story.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Deed {
    /// Something that moves the clock.
    Event {
        /// The event, by its spelling.
        event: String,
        /// The reason, where it needs one.
        #[serde(default)]
        reason: String,
        /// A note.
        #[serde(default)]
        note: String,
    },
    /// The person was found in the casebook.
    Identify {
        /// The person's key in the story.
        person: String,
        /// How it was made sure.
        how: String,
    },
    /// The sources were searched.
    Search,
    /// Everyone else's mentions were decided.
    Others {
        /// Whether they are given.
        release: bool,
        /// The exemption's code, when not.
        #[serde(default)]
        code: String,
        /// Why.
        #[serde(default)]
        reason: String,
        /// The answers to the exemption's test.
        #[serde(default)]
        answers: std::collections::BTreeMap<String, String>,
    },
    /// A recording was listened to and released.
    Listened {
        /// Its file name.
        name: String,
        /// What was heard.
        heard: String,
    },
    /// A person put their name to it.
    Approve,
    /// The pack was sealed.
    Seal,
    /// The plan of the search was kept.
    Plan {
        /// The systems of the register that are asked, by their ids.
        systems: Vec<String>,
        /// Why the others are left out.
        why: String,
    },
    /// A colleague was asked what a source holds.
    Ask {
        /// The source, by name.
        source: String,
        /// The colleague.
        name: String,
        /// What is asked.
        question: String,
        /// In how many days from then the answer is wanted.
        days: i32,
    },
    /// The colleague who was asked last about a source answered by their link.
    Answer {
        /// The source, by name.
        source: String,
        /// `held`, `none-held` or `not-mine`.
        result: String,
        /// Where they looked, or whom to ask instead.
        said: String,
        /// A paper that they sent: its words.
        #[serde(default)]
        paper: String,
    },
    /// The officer recorded what a source holds.
    Record {
        /// The source, by name.
        source: String,
        /// `none-held`, `not-this-kind-of-person` or `failed`.
        result: String,
        /// Where was looked, or why it could not be.
        said: String,
    },
    /// It was passed to the office that it concerns.
    Pass {
        /// The office, by name.
        office: String,
        /// Why.
        why: String,
    },
    /// A letter about it was printed and posted to where the answer goes.
    Letter {
        /// What for, by its code.
        letter: String,
        /// The officer's part, where it needs one.
        #[serde(default)]
        said: String,
    },
    /// Whoever was to be reminded was.
    Remind,
    /// Time was noted.
    Time {
        /// How many minutes.
        minutes: i64,
    },
    /// It was noted which service the request is about.
    Service {
        /// The service, by its id in the register.
        service: String,
    },
}

impl Story {
    /// The story that comes with a built-in organisation.
    ///
    /// # Errors
    /// [`crate::ServiceError::Invalid`] for an unknown organisation or a story that cannot be read.
    pub fn of(organisation: &str) -> crate::Result<Self> {
        let (text, rights) = match organisation {
            "advice-network" => (
                include_str!("../../../../organisations/advice-network/demo.toml"),
                include_str!("../../../../organisations/advice-network/demo-rights.toml"),
            ),
            "council" => (
                include_str!("../../../../organisations/council/demo.toml"),
                include_str!("../../../../organisations/council/demo-rights.toml"),
            ),
            other => {
                return Err(crate::ServiceError::Invalid(format!(
                    "`{other}` is not an organisation with a demonstration: use advice-network or council"
                )));
            }
        };
        let unreadable = |e| crate::ServiceError::Invalid(format!("the demonstration cannot be read: {e}"));
        let mut story: Self = toml::from_str(text).map_err(unreadable)?;
        let further: Further = toml::from_str(rights).map_err(unreadable)?;
        story.people.extend(further.people);
        story.requests.extend(further.requests);
        Ok(story)
    }
}
