//! The HTTP of the fake provider: one request a connection, as little of the protocol as that needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{Kept, SECRET, Shared, Shelves, open};

struct Request {
    method: String,
    path: String,
    auth: String,
    body: Vec<u8>,
}

pub(super) fn answer(stream: &mut TcpStream, shelves: &Shared) -> std::io::Result<()> {
    let Some(request) = read(stream)? else { return Ok(()) };
    if let Some(sound) = sound(&open(shelves), &request) {
        let head = format!(
            "HTTP/1.1 200 x\r\ncontent-type: audio/wav\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            sound.len()
        );
        return stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&sound));
    }
    let (status, body) = {
        let mut shelves = open(shelves);
        if shelves.trouble.is_empty() {
            respond(&mut shelves, &request)
        } else {
            (shelves.trouble.remove(0), Value::Null)
        }
    };
    let text = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    )
}

/// The sound of a call, which is no JSON.
fn sound(shelves: &Shelves, request: &Request) -> Option<Vec<u8>> {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let ["telephony", "recordings", id, "audio"] = parts.as_slice() else { return None };
    let ours = request.auth == format!("Bearer {SECRET}") && shelves.trouble.is_empty();
    let (_, sound) = shelves.calls.iter().find(|(kept, _)| ours && kept.id == *id)?;
    Some(sound.clone())
}

fn read(stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
    let (mut length, mut auth) = (0u64, String::new());
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => value.trim().clone_into(&mut auth),
            _ => {}
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok(Some(Request { method, path, auth, body }))
}

fn respond(shelves: &mut Shelves, request: &Request) -> (u16, Value) {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    // Texts carry a token that is made anew each time; the others the secret itself.
    let ours = request.auth == format!("Bearer {SECRET}");
    let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["v2", "received-text-messages"]) => {
            let list: Vec<_> = shelves.texts.iter().rev().filter(|k| !k.ours).map(|k| &k.value).collect();
            (200, json!({ "received_text_messages": list }))
        }
        ("POST", ["v2", "notifications", "sms"]) if request.auth.split('.').count() == 3 => {
            text(shelves, &body())
        }
        ("GET", ["v2", "notifications", id]) => found(&shelves.texts, id),
        ("DELETE", ["v2", "notifications", id]) => gone(&mut shelves.texts, id),
        _ if !ours => (403, Value::Null),
        ("POST", ["whatsapp", _, "messages"]) => {
            let id = format!("wamid.{}", shelves.next());
            shelves.whatsapp.push(Kept { id: id.clone(), value: body(), ours: true });
            (200, json!({ "messages": [{ "id": id }] }))
        }
        ("GET", ["chat", "transcripts"]) => {
            let list: Vec<_> = shelves.transcripts.iter().map(|k| &k.value).collect();
            (200, json!({ "transcripts": list }))
        }
        ("GET", ["telephony", "recordings"]) => {
            let list: Vec<_> = shelves.calls.iter().map(|(k, _)| &k.value).collect();
            (200, json!({ "recordings": list }))
        }
        ("GET", ["telephony", "recordings", id]) => {
            let found = shelves.calls.iter().find(|(k, _)| k.id == *id);
            found.map_or((404, Value::Null), |(k, _)| (200, k.value.clone()))
        }
        ("DELETE", ["telephony", "recordings", id]) => {
            let before = shelves.calls.len();
            shelves.calls.retain(|(k, _)| k.id != *id);
            if shelves.calls.len() == before { (404, Value::Null) } else { (204, Value::Null) }
        }
        ("GET", ["chat", "transcripts", id]) => found(&shelves.transcripts, id),
        ("DELETE", ["chat", "transcripts", id]) => gone(&mut shelves.transcripts, id),
        _ => (404, Value::Null),
    }
}

/// A number that ends in 000 does not exist.
fn text(shelves: &mut Shelves, body: &Value) -> (u16, Value) {
    let number = body.pointer("/phone_number").and_then(Value::as_str).unwrap_or_default();
    if number.ends_with("000") {
        return (400, json!({ "errors": [{ "error": "ValidationError" }] }));
    }
    let known = body.pointer("/reference").cloned().unwrap_or_default();
    // Told twice, it is sent once.
    let before = shelves.texts.iter().find(|k| k.ours && k.value.pointer("/reference") == Some(&known));
    if let Some(kept) = before {
        return (201, json!({ "id": kept.id }));
    }
    let id = format!("text-{}", shelves.next());
    let mut value = body.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("status".to_owned(), json!("delivered"));
    }
    shelves.texts.push(Kept { id: id.clone(), value, ours: true });
    (201, json!({ "id": id }))
}

fn found(shelf: &[Kept], id: &str) -> (u16, Value) {
    shelf.iter().find(|k| k.id == id).map_or((404, Value::Null), |k| (200, k.value.clone()))
}

fn gone(shelf: &mut Vec<Kept>, id: &str) -> (u16, Value) {
    let before = shelf.len();
    shelf.retain(|k| k.id != id);
    if shelf.len() == before { (404, Value::Null) } else { (204, Value::Null) }
}
