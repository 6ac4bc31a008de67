//! Papers that the asker sent: evidence of identity or authority, or an answer. Kept sealed, shown to the officer,
//! deleted when they have served.

use counterfoil_domain::access::Verb;
use counterfoil_finding::model::FileKind;
use counterfoil_finding::read::{Hint, kind};
use counterfoil_store::rights::follow::{AskerFile, AskerFileText};
use counterfoil_store::{StoreError, Terms};
use jiff::Timestamp;
use serde::Serialize;

use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// The most bytes of one paper.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// The most papers of one request that are kept at once.
pub const MOST: usize = 20;

/// A paper as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaper {
    /// The name that the asker's device gave it.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A paper that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// Which, in hexadecimal.
    pub id: String,
    /// `identity`, `authority` or `answer`.
    pub purpose: String,
    /// Its name.
    pub name: String,
    /// What its bytes are.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// When it came.
    pub at: Timestamp,
}

/// What a paper may be, by what its bytes are: scans, photographs, and documents in which nothing runs.
pub(super) fn checked(new: &NewPaper) -> Result<AskerFileText> {
    if new.content.is_empty() || new.content.len() > LARGEST {
        return Err(ServiceError::Invalid("the file is empty or larger than 10 MB".to_owned()));
    }
    let found = kind(&new.content, &Hint { name: Some(&new.name), ..Hint::default() });
    let media_type = match found {
        Ok(FileKind::Pdf) => "application/pdf",
        Ok(FileKind::Image) => "application/octet-stream",
        Ok(FileKind::Text) => "text/plain",
        Ok(FileKind::Docx) => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Ok(FileKind::Odt) => "application/vnd.oasis.opendocument.text",
        _ => {
            return Err(ServiceError::Invalid(
                "send a photograph, a scan, a PDF, a text or a Word document".to_owned(),
            ));
        }
    };
    let media_type = picture(&new.content).unwrap_or(media_type);
    Ok(AskerFileText { name: tidy(&new.name), media_type: media_type.to_owned() })
}

fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some("image/tiff"),
        _ => None,
    }
}

/// A file's name without a path, controls or quotes, short enough for a page.
fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String =
        last.chars().filter(|c| !c.is_control() && !"\"<>|:*?".contains(*c)).take(100).collect();
    if plain.trim().is_empty() { "file".to_owned() } else { plain.trim().to_owned() }
}

fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn line(file: &AskerFile) -> Paper {
    Paper {
        id: hex(&file.id),
        purpose: file.purpose.clone(),
        name: file.text.name.clone(),
        media_type: file.text.media_type.clone(),
        size: file.size,
        at: file.made_at,
    }
}

/// The papers that the asker of a request sent, for the officer.
///
/// # Errors
/// A refusal of the gate, or altered content.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
pub fn papers(desk: &Desk<'_>, reference: &str) -> Result<Vec<Paper>> {
    let files = desk
        .on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| tx.asker_files(request))?;
    Ok(files.iter().map(line).collect())
}

/// One paper with its content, for the officer.
///
/// # Errors
/// A refusal of the gate, [`StoreError::NotFound`], or altered content.
pub fn paper(desk: &Desk<'_>, reference: &str, id: &str) -> Result<(Paper, Vec<u8>)> {
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        let files = tx.asker_files(request)?;
        let file = files.iter().find(|f| hex(&f.id) == id).ok_or(StoreError::NotFound("paper"))?;
        Ok((line(file), tx.asker_file_content(file)?))
    })
}

/// Deletes a paper that has served.
///
/// # Errors
/// A refusal of the gate; [`StoreError::NotFound`] when it is gone already.
pub fn delete_paper(desk: &Desk<'_>, reference: &str, id: &str) -> Result<()> {
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        let files = tx.asker_files(request)?;
        let file = files.iter().find(|f| hex(&f.id) == id).ok_or(StoreError::NotFound("paper"))?;
        tx.drop_asker_file(request, file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_papers_are_taken_and_their_names_are_tidied() {
        let sent = |name: &str, content: &[u8]| {
            checked(&NewPaper { name: name.to_owned(), content: content.to_vec() })
        };
        let taken =
            sent("C:\\scans\\pass\"port.jpg", &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0]);
        assert_eq!(
            taken.unwrap(),
            AskerFileText { name: "passport.jpg".into(), media_type: "image/jpeg".into() }
        );
        assert_eq!(sent("../../letter.pdf", b"%PDF-1.7\n%%EOF").unwrap().name, "letter.pdf");
        for (name, content) in [
            ("empty.pdf", &b""[..]),
            ("run.exe", b"MZ\x90\0\x03\0\0\0\x04"),
            ("page.pdf", b"<html><script>alert(1)</script></html>"),
        ] {
            assert!(sent(name, content).unwrap_err().is_refusal(), "{name}");
        }
        assert!(sent("big.txt", &vec![b'a'; LARGEST + 1]).is_err());
    }
}
