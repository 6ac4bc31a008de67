//! The site's three cookies, all strictly necessary: the staff session, the secret that ties a form to the
//! browser that it was shown to, and the proof that this browser may see one request.

use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The staff session.
    Session,
    /// What a form's token is made from before anyone has signed in.
    Form,
    /// That key and code of one request were shown here: for half an hour, or until the page is left.
    Follow,
}

impl Cookie {
    /// Every cookie that the site sets.
    pub const ALL: [Self; 3] = [Self::Session, Self::Form, Self::Follow];

    /// Its name. The `__Host-` prefix makes a browser refuse it unless it is Secure, for this host
    /// only and for the whole site; plain HTTP (a demo on a loopback port) cannot use the prefix.
    #[must_use]
    pub const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Form, true) => "__Host-form",
            (Self::Form, false) => "form",
            (Self::Follow, true) => "__Host-follow",
            (Self::Follow, false) => "follow",
        }
    }

    /// Its value in a request; nothing when absent, given twice, or not one that the site makes.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut own = pairs
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(given, _)| *given == name)
            .map(|(_, value)| value);
        let value = own.next()?;
        (own.next().is_none() && is_token(value)).then(|| value.to_owned())
    }

    /// The header that sets it, until the browser closes.
    #[must_use]
    pub fn set(self, value: &str, secure: bool) -> Option<HeaderValue> {
        self.header(value, "", secure)
    }

    /// The header that removes it.
    #[must_use]
    pub fn clear(self, secure: bool) -> Option<HeaderValue> {
        self.header("", "; Max-Age=0", secure)
    }

    fn header(self, value: &str, age: &str, secure: bool) -> Option<HeaderValue> {
        let name = self.name(secure);
        let flag = if secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{flag}{age}")).ok()
    }
}

/// Whether this is 32 bytes in hexadecimal, as every token of the site is.
fn is_token(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(line).unwrap());
        Cookie::Session.read(&headers, true)
    }

    #[test]
    fn only_a_single_well_formed_cookie_counts() {
        let token = "a".repeat(64);
        let good = format!("a=b; __Host-session={token}; c=d");
        assert_eq!(read(&good), Some(token.clone()));
        for bad in [
            format!("session={token}"),
            format!("__Host-session={token}; __Host-session={token}"),
            "__Host-session=short".to_owned(),
            format!("__Host-session={}", "%".repeat(64)),
        ] {
            assert_eq!(read(&bad), None, "{bad}");
        }
    }
}
