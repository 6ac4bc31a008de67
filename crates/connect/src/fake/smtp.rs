//! The SMTP of the fake provider: it takes every letter, and keeps it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::{Shared, open};

pub(super) fn talk(stream: &mut TcpStream, shelves: &Shared) -> std::io::Result<()> {
    write!(stream, "220 ready\r\n")?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" | "HELO" => "250-here\r\n250 8BITMIME",
            // An address at `nowhere` does not exist.
            "RCPT" if line.contains("@nowhere.") => "550 no such mailbox",
            "DATA" => {
                write!(stream, "354 go on\r\n")?;
                let letter = letter(&mut reader)?;
                open(shelves).sent_mail.push(letter);
                "250 kept"
            }
            "QUIT" => {
                write!(stream, "221 bye\r\n")?;
                return Ok(());
            }
            _ => "250 ok",
        };
        write!(stream, "{answer}\r\n")?;
    }
}

fn letter(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(whole);
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        whole.extend_from_slice(line);
    }
}
