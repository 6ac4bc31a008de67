//! Addresses of the network: e-mail, URL, IP, MAC. Each is found from the one mark it cannot lack.

use std::net::Ipv6Addr;
use std::str::FromStr;

use super::Entity;
use super::hosts::{self, host_end};
use super::scan::{Scan, score};
use super::text::{Text, wordy};
use super::topics::Topic;

/// The longest local part (RFC 5321) and URL tail that are looked at.
const LONGEST_LOCAL: usize = 64;
const LONGEST_URL: usize = 2048;

/// Looks at a character that is no letter or digit.
pub(super) fn mark(scan: &mut Scan, at: usize, b: u8) {
    match b {
        b'@' => email(scan, at, at + 1),
        b'(' | b'[' => spelt_at(scan, at),
        b':' => {
            url(scan, at);
            ip6(scan, at);
            mac(scan, at, 2, 6);
        }
        b'-' => mac(scan, at, 2, 6),
        b'.' => {
            mac(scan, at, 4, 3);
            ip4(scan, at);
            domain(scan, at);
        }
        _ => {}
    }
}

/// `(at)` and `[at]`.
fn spelt_at(scan: &mut Scan, at: usize) {
    let word = scan.text.slice(at, at + 4);
    if [&b"(at)"[..], b"[at]"].iter().any(|known| word.eq_ignore_ascii_case(known)) {
        email(scan, at, at + 4);
    }
}

/// An e-mail address around `@`, which stands at `at..after`.
fn email(scan: &mut Scan, at: usize, after: usize) {
    let Some(start) = local_start(&scan.text, at) else { return };
    let Some(end) = hosts::mail_domain_end(&scan.text, after) else { return };
    scan.add(Entity::EmailAddress, start, end, score::SURE, "e-mail address");
}

fn local_start(text: &Text, at: usize) -> Option<usize> {
    let mut end = back_over_space(text, at);
    let floor = at.saturating_sub(LONGEST_LOCAL + 16);
    let mut start = end;
    loop {
        start = text.run_back(start, start.saturating_sub(floor), local);
        // A line that was broken after a mark goes on above.
        let above = back_over_space(text, start);
        let broken = above < start
            && text.slice(above, start).contains(&b'\n')
            && start < end
            && (matches!(text.before(above), b'.' | b'_' | b'-') || matches!(text.at(start), b'.' | b'_'));
        if !broken || above <= floor {
            break;
        }
        start = above;
    }
    while start < end && !wordy(text.at(start)) {
        start += 1;
    }
    while end > start && text.before(end) == b'.' {
        end -= 1;
    }
    (start < end).then_some(start)
}

fn local(b: u8) -> bool {
    wordy(b) || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'&')
}

/// Before white space and quotation marks of lines that end at `at`.
fn back_over_space(text: &Text, at: usize) -> usize {
    text.run_back(at, 8, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'>'))
}

/// A URL with its scheme, whose colon stands at `colon`.
fn url(scan: &mut Scan, colon: usize) {
    if scan.text.slice(colon, colon + 3) != b"://" {
        return;
    }
    let start = scan.text.run_back(colon, 12, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let scheme = scan.text.slice(start, colon);
    let known = ["http", "https", "ftp", "ftps", "sftp", "ssh", "ws", "wss", "file", "git", "rtsp", "smb"];
    let Some(scheme) = known.iter().filter(|k| ends_with(scheme, k.as_bytes())).max_by_key(|k| k.len()) else {
        return;
    };
    let start = colon - scheme.len();
    let mut host = colon + 3;
    let userinfo = scan.text.run(host, 80, |b| local(b) || b == b':');
    if scan.text.at(userinfo) == b'@' {
        host = userinfo + 1;
    }
    let host_end = host_end(&scan.text, host);
    let name = scan.text.slice(host, host_end);
    let local_host = name.eq_ignore_ascii_case(b"localhost") && scan.text.at(host_end) == b':';
    if hosts::has_top_level(name) || local_host {
        let end = url_end(&scan.text, host_end);
        scan.add(Entity::Url, start, end, score::SURE, "URL with its scheme");
    }
}

fn ends_with(word: &[u8], end: &[u8]) -> bool {
    word.len() >= end.len() && word.iter().rev().zip(end.iter().rev()).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// `www.example.org/page` or `example.org`, whose dot stands at `dot`.
fn domain(scan: &mut Scan, dot: usize) {
    let text = &scan.text;
    if !wordy(text.before(dot)) || !text.at(dot + 1).is_ascii_alphabetic() {
        return;
    }
    let label_end = text.run(dot + 1, 24, |b| b.is_ascii_alphabetic());
    let next = text.at(label_end);
    let goes_on = wordy(next) || next == b'@' || next == b'_' || (next == b'.' && wordy(text.at(label_end + 1)))
        || (next == b'-' && wordy(text.at(label_end + 1)));
    let label = text.slice(dot + 1, label_end);
    if goes_on || !hosts::is_known_top_level(label) {
        return;
    }
    let start = text.run_back(dot, 253, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let start = start + text.slice(start, dot).iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let before = text.before(start);
    if matches!(before, b'@' | b'/' | b':' | b'_' | b'\\') && !(before == b':' && text.at(start.saturating_sub(2)).is_ascii_alphabetic()) {
        return;
    }
    let name = text.slice(start, label_end);
    let www = name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"www."));
    let dots = name.iter().filter(|b| **b == b'.').count();
    if www && dots < 2 || name.windows(2).any(|pair| pair == b"..") {
        return;
    }
    let path = next == b'/' || (next == b':' && text.at(label_end + 1).is_ascii_digit()) || next == b'?';
    let capital = label.first().is_some_and(u8::is_ascii_uppercase) && name.iter().any(u8::is_ascii_lowercase);
    let sure = www || path || (hosts::is_telling_top_level(label, dots) && !capital);
    if sure {
        let end = url_end(text, label_end);
        scan.add(Entity::Url, start, end, score::FAIR, "domain name");
    }
}

/// Past port, path, query and fragment, without the punctuation of the sentence.
fn url_end(text: &Text, host_end: usize) -> usize {
    let mut end = host_end;
    if text.at(end) == b':' && text.at(end + 1).is_ascii_digit() {
        end = text.run(end + 1, 5, |b| b.is_ascii_digit());
    }
    if !matches!(text.at(end), b'/' | b'?' | b'#') {
        return end;
    }
    let from = end;
    end = text.run(end, LONGEST_URL, |b| {
        wordy(b) || b"/?#&=%+-_.~:;,!*$@()[]|'".contains(&b)
    });
    while end > from {
        let last = text.before(end);
        let opened = text.slice(from, end);
        let unbalanced = |open: u8, close: u8| {
            last == close
                && opened.iter().filter(|b| **b == close).count() > opened.iter().filter(|b| **b == open).count()
        };
        if b".,;:!?'*[(".contains(&last) || unbalanced(b'(', b')') || unbalanced(b'[', b']') {
            end -= 1;
        } else {
            break;
        }
    }
    end
}

/// An IPv4 address, when `dot` is the first dot of four numbers.
fn ip4(scan: &mut Scan, dot: usize) {
    let text = &scan.text;
    let start = text.run_back(dot, 4, |b| b.is_ascii_digit());
    let before = text.before(start);
    if start == dot || wordy(before) || before == b'.' || before == b'_' {
        return;
    }
    let Some(mut end) = four_octets(text, start) else { return };
    let more = text.at(end) == b'.' && text.at(end + 1).is_ascii_digit();
    if more {
        let after = text.run(end + 1, 4, |b| b.is_ascii_digit());
        if text.at(after) == b'.' && text.at(after + 1).is_ascii_digit() {
            return;
        }
    }
    if wordy(text.at(end)) || text.at(end) == b'_' {
        return;
    }
    end = prefix_length(text, end, 32);
    let around = scan.around(start);
    let software = around.within(Topic::Software, 2);
    let value = if software.is_some() && text.at(end) != b'/' { score::FAINT } else { score::GOOD };
    scan.add(Entity::IpAddress, start, end, value, "IPv4 address");
}

fn four_octets(text: &Text, start: usize) -> Option<usize> {
    let mut at = start;
    for i in 0..4 {
        let end = text.run(at, 4, |b| b.is_ascii_digit());
        let value = text.slice(at, end).iter().fold(0u32, |sum, b| sum * 10 + u32::from(b - b'0'));
        if !(1..=3).contains(&(end - at)) || value > 255 {
            return None;
        }
        if i < 3 && text.at(end) != b'.' {
            return None;
        }
        at = if i < 3 { end + 1 } else { end };
    }
    Some(at)
}

/// Past `/24` when it is a prefix length.
fn prefix_length(text: &Text, end: usize, most: u32) -> usize {
    if text.at(end) != b'/' {
        return end;
    }
    let last = text.run(end + 1, 4, |b| b.is_ascii_digit());
    let value = text.slice(end + 1, last).iter().fold(0u32, |sum, b| sum * 10 + u32::from(b - b'0'));
    let clean = last > end + 1 && !wordy(text.at(last)) && text.at(last) != b'/';
    if clean && value <= most { last } else { end }
}

/// An IPv6 address, when `colon` is its first colon.
fn ip6(scan: &mut Scan, colon: usize) {
    let text = &scan.text;
    let part = |b: u8| b.is_ascii_hexdigit() || b == b'.';
    let start = text.run_back(colon, 6, part);
    if matches!(text.before(start), b':' | b'.') || wordy(text.before(start)) {
        return;
    }
    let mut end = text.run(colon, 48, |b| part(b) || b == b':');
    if wordy(text.at(end)) {
        return;
    }
    while matches!(text.before(end), b'.') || (text.before(end) == b':' && !text.slice(start, end).ends_with(b"::")) {
        end -= 1;
    }
    let Some(address) = text_of(text.slice(start, end)).and_then(|s| Ipv6Addr::from_str(s).ok()) else { return };
    let token = text.slice(start, end);
    if !token.iter().any(u8::is_ascii_digit) && token != b"::" {
        return;
    }
    if token == b"::" && !(text.before(start) == 0 || matches!(text.before(start), b' ' | b'=' | b'\n' | b'[' | b'(' | b'"')) {
        return;
    }
    if token.iter().filter(|b| **b == b':').count() < 2 || (token != b"::" && address.is_unspecified() && token.len() < 2) {
        return;
    }
    if text.at(end) == b'%' {
        let zone = text.run(end + 1, 16, |b| b.is_ascii_alphanumeric());
        end = if zone > end + 1 { zone } else { end };
    }
    let end = prefix_length(text, end, 128);
    let value = if token == b"::" { score::PASS } else { score::GOOD };
    scan.add(Entity::IpAddress, start, end, value, "IPv6 address");
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// A MAC address of `groups` groups of `size` digits, when the mark at `at` is its first.
fn mac(scan: &mut Scan, at: usize, size: usize, groups: usize) {
    let text = &scan.text;
    let Some(start) = at.checked_sub(size) else { return };
    let mark = text.at(at);
    let end = start + groups * size + groups - 1;
    let value = text.slice(start, end);
    let shaped = value.len() == end - start
        && value.iter().enumerate().all(|(i, b)| {
            if i % (size + 1) == size { *b == mark } else { b.is_ascii_hexdigit() }
        });
    let open = |b: u8| !wordy(b) && b != mark && b != b'_';
    let joined = text.at(end) == mark && wordy(text.at(end + 1));
    if !shaped || wordy(text.before(start)) || text.before(start) == mark || (!open(text.at(end)) && joined) || wordy(text.at(end)) {
        return;
    }
    let broadcast = value.iter().all(|b| *b == mark || b.eq_ignore_ascii_case(&b'f'));
    let zero = value.iter().all(|b| *b == mark || *b == b'0');
    // Six pairs of digits alone are as likely a date and time.
    let telling = value.iter().any(u8::is_ascii_alphabetic) || mark != b'-' || value.contains(&b'0');
    if !broadcast && !zero && telling {
        scan.add(Entity::MacAddress, start, end, score::GOOD, "MAC address");
    }
}
