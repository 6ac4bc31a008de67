//! A provider of every channel on this machine, for tests and the demonstration: it speaks the same HTTP,
//! IMAP and SMTP as the real ones, on loopback alone, and forgets everything when it ends.
//!
//! What a person would do at the other end (write a mail, a text, a chat) are methods of [`Fake`]; what it
//! still holds can be searched, so that a test can show that nothing is left.

mod http;
mod imap;
mod smtp;

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use crate::channel::{
    ChatSettings, MailSettings, TelephonySettings, TextSettings, WhatsAppSettings, signature,
};
use crate::mail::{Security, Settings};

/// The key that signs and opens everything at the fake provider.
pub const SECRET: &str = "the fake provider's secret";

/// How long a connection may stand still.
const PATIENCE: Duration = Duration::from_secs(10);

/// A letter in the mailbox.
#[derive(Clone)]
struct Letter {
    uid: u32,
    mail: Vec<u8>,
    deleted: bool,
}

/// A text, WhatsApp message or transcript.
#[derive(Clone)]
struct Kept {
    id: String,
    value: serde_json::Value,
    ours: bool,
}

#[derive(Default)]
struct Shelves {
    letters: Vec<Letter>,
    sent_mail: Vec<Vec<u8>>,
    texts: Vec<Kept>,
    whatsapp: Vec<Kept>,
    media: Vec<(String, Vec<u8>)>,
    transcripts: Vec<Kept>,
    calls: Vec<(Kept, Vec<u8>)>,
    counted: u32,
    /// What the next calls answer instead of doing their work.
    trouble: Vec<u16>,
}

impl Shelves {
    fn next(&mut self) -> u32 {
        self.counted += 1;
        self.counted
    }
}

type Shared = Arc<Mutex<Shelves>>;

fn open(shelves: &Shared) -> MutexGuard<'_, Shelves> {
    shelves.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The provider; dropping it ends it.
pub struct Fake {
    shelves: Shared,
    http: SocketAddr,
    imap: SocketAddr,
    smtp: SocketAddr,
    over: Arc<AtomicBool>,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fake").field("http", &self.http).finish_non_exhaustive()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        for address in [self.http, self.imap, self.smtp] {
            // Wakes the listener, which then sees that it is over.
            let _ = TcpStream::connect_timeout(&address, Duration::from_millis(200));
        }
    }
}

fn serve(
    over: &Arc<AtomicBool>,
    shelves: &Shared,
    work: fn(&mut TcpStream, &Shared) -> std::io::Result<()>,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (over, shelves) = (Arc::clone(over), Arc::clone(shelves));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if over.load(Ordering::SeqCst) {
                return;
            }
            let (Ok(mut stream), shelves) = (stream, Arc::clone(&shelves)) else { continue };
            std::thread::spawn(move || {
                let _ = stream.set_read_timeout(Some(PATIENCE));
                // A client that hangs up is its own affair.
                let _ = work(&mut stream, &shelves);
                let _ = stream.flush();
            });
        }
    });
    Ok(address)
}

impl Fake {
    /// Starts the provider on free loopback ports.
    ///
    /// # Errors
    /// When the system gives no port.
    pub fn start() -> std::io::Result<Self> {
        let (shelves, over) = (Shared::default(), Arc::new(AtomicBool::new(false)));
        let http = serve(&over, &shelves, http::answer)?;
        let imap = serve(&over, &shelves, imap::talk)?;
        let smtp = serve(&over, &shelves, smtp::talk)?;
        Ok(Self { shelves, http, imap, smtp, over })
    }

    fn secret() -> SecretString {
        SecretString::from(SECRET.to_owned())
    }

    /// The mailbox, as its configuration would say it.
    #[must_use]
    pub fn mail(&self, name: &str, address: &str) -> MailSettings {
        MailSettings {
            name: name.to_owned(),
            host: self.imap.ip().to_string(),
            port: self.imap.port(),
            security: Security::Loopback,
            user: address.to_owned(),
            password: Self::secret(),
            folder: "INBOX".to_owned(),
            trash: None,
            sending: Settings {
                name: name.to_owned(),
                host: self.smtp.ip().to_string(),
                port: self.smtp.port(),
                security: Security::Loopback,
                user: None,
                password: None,
                from: address.to_owned(),
                patience: PATIENCE,
            },
        }
    }

    /// The text messages.
    #[must_use]
    pub fn texts(&self, name: &str, deletes: bool) -> TextSettings {
        TextSettings {
            name: name.to_owned(),
            address: format!("http://{}", self.http),
            service: "demonstration".to_owned(),
            secret: Self::secret(),
            template: "words".to_owned(),
            hook_token: Self::secret(),
            keeps_days: 7,
            deletes,
        }
    }

    /// WhatsApp.
    #[must_use]
    pub fn whatsapp(&self, name: &str) -> WhatsAppSettings {
        WhatsAppSettings {
            name: name.to_owned(),
            address: format!("http://{}/whatsapp", self.http),
            number_id: "number".to_owned(),
            secret: Self::secret(),
            app_secret: Self::secret(),
            verify_token: Self::secret(),
            keeps_days: 30,
        }
    }

    /// The chat.
    #[must_use]
    pub fn chat(&self, name: &str) -> ChatSettings {
        ChatSettings {
            name: name.to_owned(),
            address: format!("http://{}/chat", self.http),
            secret: Self::secret(),
            hook_secret: Self::secret(),
        }
    }

    /// The telephone system.
    #[must_use]
    pub fn telephony(&self, name: &str) -> TelephonySettings {
        TelephonySettings {
            name: name.to_owned(),
            address: format!("http://{}/telephony", self.http),
            secret: Self::secret(),
        }
    }

    /// A call ends and was recorded: `announced` says whether the system told the caller at the start, if it knows.
    pub fn call_ends(&self, caller: &str, wav: &[u8], announced: Option<bool>, at: Timestamp) -> String {
        let mut shelves = open(&self.shelves);
        let id = format!("call-{}", shelves.next());
        let value = json!({
            "id": id, "caller": caller, "started_at": at.to_string(), "seconds": "12",
            "media_type": "audio/wav", "announced": announced,
        });
        shelves.calls.push((Kept { id: id.clone(), value, ours: false }, wav.to_vec()));
        id
    }

    /// How many recordings of calls the telephone system holds.
    #[must_use]
    pub fn calls(&self) -> usize {
        open(&self.shelves).calls.len()
    }

    /// Somebody writes a letter: the whole of it, as it arrives.
    pub fn mail_arrives(&self, mail: &str) {
        let mut shelves = open(&self.shelves);
        let uid = shelves.next();
        let mail = mail.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        shelves.letters.push(Letter { uid, mail, deleted: false });
    }

    /// Somebody writes a text.
    pub fn text_arrives(&self, from: &str, words: &str, at: Timestamp) -> String {
        let mut shelves = open(&self.shelves);
        let id = format!("received-{}", shelves.next());
        let value = json!({ "id": id, "user_number": from, "content": words, "created_at": at.to_string() });
        shelves.texts.push(Kept { id: id.clone(), value, ours: false });
        id
    }

    /// Somebody chats; the transcript is what waits.
    pub fn chat_ends(&self, name: &str, email: &str, lines: &[(&str, &str)], at: Timestamp) -> String {
        let mut shelves = open(&self.shelves);
        let id = format!("chat-{}", shelves.next());
        let messages: Vec<_> =
            lines.iter().map(|(from, text)| json!({ "from": from, "text": text })).collect();
        let value = json!({
            "id": id, "visitor": { "name": name, "email": email }, "messages": messages,
            "ended_at": at.to_string(),
        });
        shelves.transcripts.push(Kept { id: id.clone(), value, ours: false });
        id
    }

    /// Somebody writes on WhatsApp: the body of the call that the provider makes, and its signature.
    pub fn whatsapp_arrives(&self, from: &str, name: &str, words: &str, at: Timestamp) -> Signed {
        let mut shelves = open(&self.shelves);
        let id = format!("wamid.{}", shelves.next());
        let value = json!({ "entry": [{ "changes": [{ "value": {
            "contacts": [{ "wa_id": from, "profile": { "name": name } }],
            "messages": [{
                "from": from, "id": id, "timestamp": at.as_second().to_string(), "type": "text",
                "text": { "body": words },
            }],
        } }] }] });
        shelves.whatsapp.push(Kept { id, value: value.clone(), ours: false });
        Signed::whatsapp(&value.to_string())
    }

    /// The call that tells what became of a message on WhatsApp.
    #[must_use]
    pub fn whatsapp_receipt(&self, id: &str, status: &str) -> Signed {
        let value = json!({ "entry": [{ "changes": [{ "value": {
            "statuses": [{ "id": id, "status": status }],
        } }] }] });
        Signed::whatsapp(&value.to_string())
    }

    /// The call that tells what became of a text.
    #[must_use]
    pub fn text_receipt(&self, id: &str, status: &str) -> Signed {
        let body = json!({ "id": id, "status": status }).to_string();
        Signed { headers: vec![("authorization".to_owned(), format!("Bearer {SECRET}"))], body }
    }

    /// The provider's period is over: it deletes what it kept of texts and WhatsApp.
    pub fn period_ends(&self) {
        let mut shelves = open(&self.shelves);
        shelves.texts.clear();
        shelves.whatsapp.clear();
        shelves.media.clear();
    }

    /// The next call is answered with this status, whatever it asks.
    pub fn trouble(&self, status: u16) {
        open(&self.shelves).trouble.push(status);
    }

    /// The names of what was sent by us, in order: texts, then WhatsApp.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        let shelves = open(&self.shelves);
        let ours = shelves.texts.iter().chain(&shelves.whatsapp).filter(|k| k.ours);
        ours.map(|k| k.id.clone()).collect()
    }

    /// The words of what was sent by us: texts, WhatsApp and mail.
    #[must_use]
    pub fn words_sent(&self) -> Vec<String> {
        let shelves = open(&self.shelves);
        let ours = shelves.texts.iter().chain(&shelves.whatsapp).filter(|k| k.ours);
        let words = ours.map(|k| k.value.to_string());
        words.chain(shelves.sent_mail.iter().map(|m| String::from_utf8_lossy(m).into_owned())).collect()
    }

    /// Whether anything that the provider holds, of what it received, has these words in it.
    #[must_use]
    pub fn holds(&self, words: &str) -> bool {
        let shelves = open(&self.shelves);
        let in_mail = shelves.letters.iter().any(|l| String::from_utf8_lossy(&l.mail).contains(words));
        let kept = shelves.texts.iter().chain(&shelves.whatsapp).chain(&shelves.transcripts);
        in_mail || kept.filter(|k| !k.ours).any(|k| k.value.to_string().contains(words))
    }

    /// How many letters are in the mailbox.
    #[must_use]
    pub fn letters(&self) -> usize {
        open(&self.shelves).letters.len()
    }
}

/// A call that the provider makes: what it carries.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Signed {
    fn whatsapp(body: &str) -> Self {
        let seal = signature(SECRET.as_bytes(), &[body.as_bytes()]);
        let header = ("x-hub-signature-256".to_owned(), format!("sha256={seal}"));
        Self { headers: vec![header], body: body.to_owned() }
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }
}
