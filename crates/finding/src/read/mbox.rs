//! Unix mailboxes, one message at a time.

use std::io::{self, BufRead};

use super::builder::Builder;
use super::limits::Context;
use super::{Limits, Meter, ReadError, email, guard};
use crate::model::{Document, FileKind};

/// Iterates over the messages of a mailbox without holding more than one of them.
///
/// A message begins at a line `From ` after an empty line (or at the start). Lines that a mail
/// program quoted as `>From ` are restored. Each message is at most `limit` bytes; the rest of a
/// larger one is passed over and the item is an error of kind [`io::ErrorKind::FileTooLarge`].
#[derive(Debug)]
pub struct Messages<R> {
    reader: R,
    limit: usize,
    started: bool,
    ended: bool,
}

/// The messages of the mailbox in `reader`, each of at most 64 MiB.
pub fn messages<R: BufRead>(reader: R) -> Messages<R> {
    Messages { reader, limit: 64 << 20, started: false, ended: false }
}

/// The messages of the mailbox in `reader`, each read into the block model with its own budget.
///
/// # Errors
/// An item is an error when the stream fails or the message is refused; the next item follows.
pub fn documents<'l, R: BufRead + 'l>(
    reader: R,
    limits: &'l Limits,
) -> impl Iterator<Item = Result<Document, ReadError>> + 'l {
    let limit = usize::try_from(limits.bytes).unwrap_or(usize::MAX).min(64 << 20);
    Messages { reader, limit, started: false, ended: false }.map(|message| {
        let bytes =
            message.map_err(|e| ReadError::malformed(format!("the mailbox cannot be read: {}", e.kind())))?;
        guard::on_deep_stack("e-mail", || {
            let meter = Meter::new(limits);
            email::read(&bytes, Context::new(limits, &meter))
        })
    })
}

impl<R: BufRead> Messages<R> {
    /// Reads one line of any length into `line`, up to `room` bytes; tells how long it was.
    fn line(&mut self, line: &mut Vec<u8>, room: usize) -> io::Result<usize> {
        let mut total = 0;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(total);
            }
            let end = memchr::memchr(b'\n', buffer).map(|at| at + 1);
            let used = end.unwrap_or(buffer.len());
            let keep = used.min(room.saturating_sub(line.len()));
            line.extend_from_slice(buffer.get(..keep).unwrap_or_default());
            self.reader.consume(used);
            total += used;
            if end.is_some() {
                return Ok(total);
            }
        }
    }

    fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        let mut blank = true;
        let mut size = 0_usize;
        let mut any = self.started;
        loop {
            let mut line = Vec::new();
            let length = self.line(&mut line, self.limit + 1)?;
            if length == 0 {
                self.ended = true;
                break;
            }
            if blank && line.starts_with(b"From ") {
                let first = !any;
                any = true;
                self.started = true;
                if first || message.is_empty() && size == 0 {
                    blank = false;
                    continue;
                }
                break;
            }
            blank = matches!(line.as_slice(), b"\n" | b"\r\n");
            any |= !blank;
            size += length;
            if message.len() + line.len() <= self.limit {
                message.extend_from_slice(unquoted(&line));
            }
        }
        match () {
            () if size > self.limit => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
            () if message.iter().all(u8::is_ascii_whitespace) => Ok(None),
            () => Ok(Some(message)),
        }
    }
}

/// Takes one `>` from a line that a mail program quoted because it began with `From `.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|b| **b == b'>').count();
    let quoted = marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(b"From "));
    if quoted { line.get(1..).unwrap_or_default() } else { line }
}

impl<R: BufRead> Iterator for Messages<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.message() {
                Ok(Some(message)) => return Some(Ok(message)),
                Ok(None) => {}
                Err(e) => {
                    self.ended |= e.kind() != io::ErrorKind::FileTooLarge;
                    return Some(Err(e));
                }
            }
        }
        None
    }
}

/// A whole mailbox as one document whose attachments are its messages.
pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Mbox, context);
    for (index, message) in messages(bytes).enumerate() {
        let name = format!("message {}", index + 1);
        match message {
            Ok(bytes) => {
                let content = context.inside(|inner| email::read(&bytes, inner));
                builder.add(&name, bytes, content)?;
            }
            Err(_) => builder.problem(name, "the message is larger than the limit of 64 MiB"),
        }
    }
    Ok(builder.document)
}
