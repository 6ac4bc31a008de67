//! The thread that sends letters and fetches mail that may hold a request.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use counterfoil_connect::mail::{self, Letter, Security, Settings};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_service::letters::{self, Delivery, Mail};
use counterfoil_service::mailbox;
use counterfoil_service::rights::{Desk, sources};
use counterfoil_service::store::{Actor, Store};
use secrecy::SecretString;

use crate::clock;
use crate::config::MailConfig;
use crate::out::CommandError;

/// How long one step of sending may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the queue and the folder are looked at.
const EVERY: Duration = Duration::from_secs(15);

/// The variable that holds the mail server's password.
pub const PASSWORD: &str = "COUNTERFOIL_MAIL_PASSWORD";

/// The thread; dropping it stops it after the round at hand.
#[derive(Debug)]
pub struct Letters {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

/// What one round works with.
struct Post {
    store: Store,
    calendar: Calendar,
    server: Option<Settings>,
    folder: Option<PathBuf>,
}

impl Letters {
    /// Starts the thread when there is something for it to do: a mail server, or a folder of mail.
    ///
    /// # Errors
    /// A configuration that cannot be used: each value is named.
    pub fn start(
        store: Store,
        calendar: Calendar,
        config: &MailConfig,
    ) -> Result<Option<Self>, CommandError> {
        let post = Post { store, calendar, server: server(config)?, folder: config.requests.clone() };
        if post.server.is_none() && post.folder.is_none() {
            return Ok(None);
        }
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut last = String::new();
            loop {
                post.round(&mut last);
                let stopped = told.0.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = told.1.wait_timeout_while(stopped, EVERY, |stopped| !*stopped);
                if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                    return;
                }
            }
        });
        Ok(Some(Self { stop, thread: Some(thread) }))
    }
}

impl Drop for Letters {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Post {
    /// Sends and fetches; a trouble is logged once as long as it lasts.
    fn round(&self, last: &mut String) {
        let trouble =
            [self.send(), self.fetch()].into_iter().filter_map(Result::err).collect::<Vec<_>>().join("; ");
        if !trouble.is_empty() && trouble != *last {
            tracing::error!(trouble, "letters and mail");
        }
        *last = trouble;
    }

    fn send(&self) -> Result<(), String> {
        let Some(server) = self.server.clone() else { return Ok(()) };
        for controller in self.store.controllers().map_err(|e| e.to_string())? {
            sources::chase_for_everyone(&self.store, controller.id, &self.calendar, &ClockConfig::default())
                .map_err(|e| e.to_string())?;
        }
        let hand_over = move |letter: &Mail| hand_over(&server, letter);
        let sent = letters::deliver(&self.store, &hand_over).map_err(|e| e.to_string())?;
        if sent.failed > 0 {
            tracing::warn!(failed = sent.failed, "letters were given up; their requests say why");
        }
        Ok(())
    }

    fn fetch(&self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let controllers = self.store.controllers().map_err(|e| e.to_string())?;
        let [controller] = controllers.as_slice() else {
            return Err("a folder of mail is for an installation with one organisation".to_owned());
        };
        let who = Actor::Automation { controller: controller.id };
        let law = ClockConfig::default();
        let desk = Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &law };
        mailbox::fetch(&desk, folder).map(|_| ()).map_err(|e| e.to_string())
    }
}

fn hand_over(server: &Settings, letter: &Mail) -> Result<(), Delivery> {
    let at = clock::now().map_err(|_| Delivery::Later)?;
    let letter = Letter {
        to: letter.to.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        html: Some(letter.html.clone()),
        id: letter.id.clone(),
        ..Letter::default()
    };
    mail::send(server, &letter, at)
        .map(|_| ())
        .map_err(|e| if e.may_pass() { Delivery::Later } else { Delivery::Refused })
}

/// The mail server of the configuration; none without a host.
fn server(config: &MailConfig) -> Result<Option<Settings>, CommandError> {
    let Some(host) = &config.host else { return Ok(None) };
    let wrong = |why: String| CommandError::refused("config", why);
    let (security, port) = match config.security.as_str() {
        "tls" => (Security::Tls, 465),
        "starttls" => (Security::StartTls, 587),
        "loopback" => (Security::Loopback, 25),
        other => {
            return Err(wrong(format!("[mail] security `{other}`: use tls, starttls or loopback")));
        }
    };
    if config.from.is_empty() {
        return Err(wrong("[mail] from: say which address letters come from".to_owned()));
    }
    Ok(Some(Settings {
        name: "mail".to_owned(),
        host: host.clone(),
        port: config.port.unwrap_or(port),
        security,
        user: config.user.clone(),
        password: std::env::var(PASSWORD).ok().map(SecretString::from),
        from: config.from.clone(),
        patience: PATIENCE,
    }))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// A mail server that takes one letter, or refuses its recipient; gives what it was told.
    fn fake(refuses: bool) -> (u16, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let (mut out, mut lines) = (stream.try_clone().unwrap(), BufReader::new(stream).lines());
            let mut told = String::new();
            let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
            say("220 fake");
            let mut in_letter = false;
            while let Some(Ok(line)) = lines.next() {
                told.push_str(&line);
                told.push('\n');
                let open = if in_letter {
                    in_letter = line != ".";
                    in_letter || say("250 taken")
                } else if line.starts_with("DATA") {
                    in_letter = true;
                    say("354 go on")
                } else if refuses && line.starts_with("RCPT") {
                    say("550 no such mailbox")
                } else if line.starts_with("QUIT") {
                    say("221 bye");
                    false
                } else {
                    say("250 ok")
                };
                if !open {
                    break;
                }
            }
            told
        });
        (port, thread)
    }

    fn config(port: u16) -> MailConfig {
        MailConfig {
            host: Some("127.0.0.1".into()),
            port: Some(port),
            security: "loopback".into(),
            user: None,
            from: "Information Rights <rights@glenarrow.example>".into(),
            requests: None,
        }
    }

    fn letter() -> Mail {
        Mail {
            to: "gethin@mail.example".into(),
            subject: "Your request R-2026-00041".into(),
            text: "Dear Gethin Vaughan\n".into(),
            html: "<p>Dear Gethin Vaughan</p>".into(),
            id: "msg_1".into(),
        }
    }

    #[test]
    fn a_letter_is_handed_to_the_mail_server() {
        let (port, thread) = fake(false);
        let server = server(&config(port)).unwrap().unwrap();
        assert_eq!(hand_over(&server, &letter()), Ok(()));
        let told = thread.join().unwrap();
        for said in
            ["RCPT TO:<gethin@mail.example>", "Subject: Your request R-2026-00041", "Dear Gethin Vaughan"]
        {
            assert!(told.contains(said), "{said}: {told}");
        }
        assert!(!told.lines().any(|line| line.starts_with("Subject") && line.contains("Gethin")));
    }

    #[test]
    fn a_refusal_is_for_good_and_silence_is_for_later() {
        let (port, thread) = fake(true);
        let server_of = |port| server(&config(port)).unwrap().unwrap();
        assert_eq!(hand_over(&server_of(port), &letter()), Err(Delivery::Refused));
        drop(thread);
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert_eq!(hand_over(&server_of(closed), &letter()), Err(Delivery::Later));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for change in [
            MailConfig { security: "none".into(), ..config(25) },
            MailConfig { from: String::new(), ..config(25) },
        ] {
            assert!(server(&change).is_err(), "{change:?}");
        }
        assert!(server(&MailConfig { host: None, ..config(25) }).unwrap().is_none());
    }
}
