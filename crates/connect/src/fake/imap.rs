//! The IMAP of the fake provider: one mailbox, and the commands that emptying it needs.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::{Letter, SECRET, Shared, open};

/// The mailbox is never made anew.
const VALIDITY: u32 = 7;

pub(super) fn talk(stream: &mut TcpStream, shelves: &Shared) -> std::io::Result<()> {
    write!(stream, "* OK ready\r\n")?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut signed_in = false;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let Some((tag, command)) = line.trim_end().split_once(' ') else { return Ok(()) };
        let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
        let answer: Vec<u8> = match word.to_ascii_uppercase().as_str() {
            "CAPABILITY" => format!("* CAPABILITY IMAP4rev1 UIDPLUS\r\n{tag} OK done\r\n").into(),
            "LOGIN" => {
                signed_in = rest.contains(&format!("\"{SECRET}\""));
                let word = if signed_in { "OK" } else { "NO" };
                format!("{tag} {word} done\r\n").into()
            }
            "LOGOUT" => {
                stream.write_all(format!("* BYE\r\n{tag} OK done\r\n").as_bytes())?;
                return Ok(());
            }
            _ if !signed_in => format!("{tag} NO sign in first\r\n").into(),
            "SELECT" => {
                let count = open(shelves).letters.len();
                format!(
                    "* {count} EXISTS\r\n* OK [UIDVALIDITY {VALIDITY}] .\r\n{tag} OK [READ-WRITE] done\r\n"
                )
                .into()
            }
            "UID" => by_uid(rest, tag, shelves),
            _ => format!("{tag} BAD what\r\n").into(),
        };
        stream.write_all(&answer)?;
    }
}

fn by_uid(rest: &str, tag: &str, shelves: &Shared) -> Vec<u8> {
    let mut words = rest.split(' ');
    let command = words.next().unwrap_or_default().to_ascii_uppercase();
    let mut shelves = open(shelves);
    let done = format!("{tag} OK done\r\n").into_bytes();
    let uid: Option<u32> = words.next().and_then(|w| w.parse().ok());
    match command.as_str() {
        "SEARCH" => {
            let one: Option<u32> = rest.split("UID ").nth(1).and_then(|w| w.trim().parse().ok());
            let uids = shelves.letters.iter().filter(|l| !l.deleted && one.is_none_or(|n| n == l.uid));
            let list: String = uids.map(|l| format!(" {}", l.uid)).collect();
            [format!("* SEARCH{list}\r\n").into_bytes(), done].concat()
        }
        "FETCH" => {
            let found = shelves.letters.iter().find(|l| Some(l.uid) == uid);
            let body = found.map(|l| fetched(l, rest.contains("HEADER.FIELDS"))).unwrap_or_default();
            [body, done].concat()
        }
        "STORE" => {
            shelves.letters.iter_mut().filter(|l| Some(l.uid) == uid).for_each(|l| l.deleted = true);
            done
        }
        "EXPUNGE" => {
            shelves.letters.retain(|l| !(l.deleted && Some(l.uid) == uid));
            done
        }
        _ => format!("{tag} BAD what\r\n").into_bytes(),
    }
}

fn fetched(letter: &Letter, header: bool) -> Vec<u8> {
    let (section, body) = if header {
        let text = String::from_utf8_lossy(&letter.mail).into_owned();
        let line = text.lines().find(|l| l.to_ascii_lowercase().starts_with("message-id:"));
        ("[HEADER.FIELDS (MESSAGE-ID)]", format!("{}\r\n\r\n", line.unwrap_or_default()).into_bytes())
    } else {
        ("[]", letter.mail.clone())
    };
    let head = format!("* 1 FETCH (UID {} BODY{section} {{{}}}\r\n", letter.uid, body.len());
    [head.as_bytes(), &body, b")\r\n"].concat()
}
