//! A mailbox: read by IMAP (RFC 3501 with UIDPLUS), emptied after its letters were moved, answered by
//! SMTP. Nothing is marked as read or deleted before an item is closed.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use counterfoil_domain::intake::{Channel, Ending};
use imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode, Status};
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use secrecy::{ExposeSecret, SecretString};

use super::{Arrival, ChannelError, Keeps, LARGEST, Outgoing, Provider, Result};
use crate::mail::{self, Letter, Security, Settings, is_loopback};

/// Where a mailbox is read and answered.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The name in the configuration.
    pub name: String,
    /// The IMAP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS, or none on this machine's own addresses. STARTTLS is not used for reading (RFC 8314).
    pub security: Security,
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The folder that is read.
    pub folder: String,
    /// The folder into which the server moves what is deleted, if it does: it is emptied of it too.
    pub trash: Option<String>,
    /// How answers are sent.
    pub sending: Settings,
}

/// A mailbox.
#[derive(Debug)]
pub struct Mailbox {
    settings: MailSettings,
}

impl Mailbox {
    /// # Errors
    /// An unprotected connection to another machine.
    pub fn new(settings: MailSettings) -> Result<Self> {
        let open = settings.security == Security::Loopback && !is_loopback(&settings.host);
        if open || settings.security == Security::StartTls {
            return Err(ChannelError::Unwritable { what: "mailbox's connection (it must be TLS)" });
        }
        Ok(Self { settings })
    }

    fn session(&self) -> Result<Session> {
        let mut session = Session::open(&self.settings)?;
        let (user, password) =
            (quoted(&self.settings.user)?, quoted(self.settings.password.expose_secret())?);
        session.run(&format!("LOGIN {user} {password}")).map_err(|e| match e {
            ChannelError::Refused { provider, .. } => ChannelError::NotSignedIn { provider },
            e => e,
        })?;
        Ok(session)
    }

    /// The letters of the server's trash that have this `Message-ID` are removed from there too.
    fn empty_trash(&self, session: &mut Session, id: &str) -> Result<()> {
        let (Some(trash), false) = (&self.settings.trash, id.is_empty()) else { return Ok(()) };
        session.select(trash)?;
        for uid in session.search(&format!("HEADER Message-ID {}", quoted(id)?))? {
            session.expunge(uid)?;
        }
        Ok(())
    }
}

impl Provider for Mailbox {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn keeps(&self) -> Keeps {
        Keeps { ending: Ending::Deleted, period: None }
    }

    fn fetch(&self, most: usize, _now: Timestamp) -> Result<Vec<Arrival>> {
        let mut session = self.session()?;
        let validity = session.select(&self.settings.folder)?;
        let uids = session.search("UNDELETED")?;
        let mut found = Vec::new();
        for uid in uids.into_iter().take(most) {
            if let Some(mail) = session.whole(uid)? {
                let reference = format!("{validity}/{uid}");
                found.push(Arrival { reference, mail: Some(mail), ..Arrival::default() });
            }
        }
        session.end();
        Ok(found)
    }

    fn send(&self, out: &Outgoing, now: Timestamp) -> Result<String> {
        let letter = Letter {
            to: out.to.clone(),
            subject: out.subject.clone(),
            text: out.words.clone(),
            answers: (!out.thread.is_empty()).then(|| out.thread.clone()),
            id: out.id.clone(),
            ..Letter::default()
        };
        mail::send(&self.settings.sending, &letter, now)
    }

    fn remove(&self, reference: &str, _now: Timestamp) -> Result<()> {
        let mut session = self.session()?;
        let validity = session.select(&self.settings.folder)?;
        let Some(uid) = uid_of(reference, validity) else { return Ok(()) };
        let id = session.message_id(uid)?;
        session.expunge(uid)?;
        self.empty_trash(&mut session, &id)?;
        session.end();
        Ok(())
    }

    /// A mailbox that was made anew has other numbers: what they named is not there.
    fn holds(&self, reference: &str, _now: Timestamp) -> Result<bool> {
        let mut session = self.session()?;
        let validity = session.select(&self.settings.folder)?;
        let Some(uid) = uid_of(reference, validity) else { return Ok(false) };
        let found = session.search(&format!("UID {uid}"))?;
        session.end();
        Ok(found.contains(&uid))
    }
}

fn uid_of(reference: &str, validity: u32) -> Option<u32> {
    let (of, uid) = reference.split_once('/')?;
    (of.parse() == Ok(validity)).then(|| uid.parse().ok()).flatten()
}

/// A quoted string (RFC 3501, section 9).
fn quoted(text: &str) -> Result<String> {
    if text.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err(ChannelError::Unwritable { what: "mailbox's user, password or folder" });
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// One conversation with the server.
struct Session {
    wire: Box<dyn Wire>,
    provider: String,
    buffer: Vec<u8>,
    number: u32,
    uid_plus: bool,
}

/// What one command answered, besides that it was done.
#[derive(Default)]
struct Answer {
    uids: Vec<u32>,
    bodies: Vec<(u32, Vec<u8>)>,
    validity: Option<u32>,
    capabilities: Vec<String>,
}

impl Session {
    fn open(settings: &MailSettings) -> Result<Self> {
        let provider = settings.name.clone();
        let unreachable = || ChannelError::Unreachable { provider: provider.clone() };
        let patience: Duration = settings.sending.patience;
        let place = (settings.host.as_str(), settings.port);
        let mut addresses = place.to_socket_addrs().map_err(|_| unreachable())?;
        let address = addresses.next().ok_or_else(unreachable)?;
        let tcp = TcpStream::connect_timeout(&address, patience).map_err(|_| unreachable())?;
        tcp.set_read_timeout(Some(patience)).map_err(|_| unreachable())?;
        tcp.set_write_timeout(Some(patience)).map_err(|_| unreachable())?;
        let wire: Box<dyn Wire> = match settings.security {
            Security::Loopback => Box::new(tcp),
            _ => Box::new(secured(&settings.host, tcp).ok_or_else(unreachable)?),
        };
        let mut session = Self { wire, provider, buffer: Vec::new(), number: 0, uid_plus: false };
        session.greeting()?;
        let answer = session.run("CAPABILITY")?;
        session.uid_plus = answer.capabilities.iter().any(|c| c.eq_ignore_ascii_case("UIDPLUS"));
        Ok(session)
    }

    fn misunderstood(&self) -> ChannelError {
        ChannelError::Misunderstood { provider: self.provider.clone() }
    }

    fn greeting(&mut self) -> Result<()> {
        let mut answer = Answer::default();
        self.next(&mut answer).map(|_| ())
    }

    /// Sends one command and reads until it is done.
    fn run(&mut self, command: &str) -> Result<Answer> {
        self.number += 1;
        let tag = format!("c{}", self.number);
        let line = format!("{tag} {command}\r\n");
        let unreachable = || ChannelError::Unreachable { provider: self.provider.clone() };
        self.wire.write_all(line.as_bytes()).and_then(|()| self.wire.flush()).map_err(|_| unreachable())?;
        let mut answer = Answer::default();
        loop {
            match self.next(&mut answer)? {
                None => {}
                Some((done, _)) if done != tag => return Err(self.misunderstood()),
                Some((_, Status::Ok)) => return Ok(answer),
                Some(_) => return Err(ChannelError::Refused { provider: self.provider.clone(), code: 0 }),
            }
        }
    }

    /// Reads one response into the answer; gives the tag and status of one that ends a command.
    fn next(&mut self, answer: &mut Answer) -> Result<Option<(String, Status)>> {
        loop {
            match Response::parse(&self.buffer) {
                Ok((rest, response)) => {
                    let done = take(response, answer);
                    let left = rest.len();
                    let used = self.buffer.len() - left;
                    self.buffer.drain(..used);
                    return Ok(done);
                }
                Err(e) if e.is_incomplete() => self.read_more()?,
                Err(_) if !self.buffer.ends_with(b"\r\n") => self.read_more()?,
                Err(_) => return Err(self.misunderstood()),
            }
        }
    }

    fn read_more(&mut self) -> Result<()> {
        let mut chunk = [0; 16 * 1024];
        let read = self.wire.read(&mut chunk);
        let n = read.map_err(|_| ChannelError::Unreachable { provider: self.provider.clone() })?;
        if n == 0 || self.buffer.len() as u64 > 2 * LARGEST {
            return Err(self.misunderstood());
        }
        self.buffer.extend(chunk.iter().take(n));
        Ok(())
    }

    /// Opens a folder; gives the number that its UIDs are valid under.
    fn select(&mut self, folder: &str) -> Result<u32> {
        let answer = self.run(&format!("SELECT {}", quoted(folder)?))?;
        answer.validity.ok_or_else(|| self.misunderstood())
    }

    fn search(&mut self, criterion: &str) -> Result<Vec<u32>> {
        let mut uids = self.run(&format!("UID SEARCH {criterion}"))?.uids;
        uids.sort_unstable();
        Ok(uids)
    }

    /// A whole letter, unless it went meanwhile or is too large to take in.
    fn whole(&mut self, uid: u32) -> Result<Option<Vec<u8>>> {
        let answer = self.run(&format!("UID FETCH {uid} (UID BODY.PEEK[])"))?;
        Ok(answer.bodies.into_iter().find(|(n, _)| *n == uid).map(|(_, body)| body))
    }

    fn message_id(&mut self, uid: u32) -> Result<String> {
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])");
        let answer = self.run(&command)?;
        let header = answer.bodies.into_iter().find(|(n, _)| *n == uid).map(|(_, body)| body);
        let header = String::from_utf8_lossy(&header.unwrap_or_default()).into_owned();
        Ok(header.split_once(':').map(|(_, id)| id.trim().to_owned()).unwrap_or_default())
    }

    /// Removes one letter and no other: without UIDPLUS that cannot be said, and nothing is removed.
    fn expunge(&mut self, uid: u32) -> Result<()> {
        if !self.uid_plus {
            let provider = self.provider.clone();
            return Err(ChannelError::Unable { provider, what: "remove one letter alone (UIDPLUS)" });
        }
        self.run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"))?;
        self.run(&format!("UID EXPUNGE {uid}")).map(|_| ())
    }

    fn end(mut self) {
        // The work is done; a server that hangs up first is no trouble.
        let _ = self.run("LOGOUT");
    }
}

fn take(response: Response<'_>, answer: &mut Answer) -> Option<(String, Status)> {
    match response {
        Response::Done { tag, status, outcome } => {
            note_code(outcome.code.as_ref(), answer);
            return Some((tag.0, status));
        }
        Response::Data { outcome, .. } => note_code(outcome.code.as_ref(), answer),
        Response::Capabilities(list) => {
            answer.capabilities.extend(list.iter().map(|c| match c {
                imap_proto::Capability::Atom(name) => name.to_string(),
                other => format!("{other:?}"),
            }));
        }
        Response::MailboxData(MailboxDatum::Search(uids)) => answer.uids.extend(uids),
        Response::Fetch(_, attributes) => {
            let uid = attributes.iter().find_map(|a| match a {
                AttributeValue::Uid(uid) => Some(*uid),
                _ => None,
            });
            let body = attributes.into_iter().find_map(|a| match a {
                AttributeValue::BodySection { data: Some(data), .. } => Some(data),
                _ => None,
            });
            if let (Some(uid), Some(data)) = (uid, body) {
                answer.bodies.push((uid, data.into_owned()));
            }
        }
        _ => {}
    }
    None
}

fn note_code(code: Option<&ResponseCode<'_>>, answer: &mut Answer) {
    if let Some(ResponseCode::UidValidity(n)) = code {
        answer.validity = Some(*n);
    }
}

fn secured(host: &str, tcp: TcpStream) -> Option<StreamOwned<ClientConnection, TcpStream>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let connection = ClientConnection::new(Arc::new(config), name).ok()?;
    Some(StreamOwned::new(connection, tcp))
}
