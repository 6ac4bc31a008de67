//! The site over samples in memory, for the browser tests until the demo command serves it.
//! Writes its address and sign-in to the file given as JSON, as `counterfoil demo --json-ready` does.

#[path = "../tests/all/support.rs"]
mod support;

use std::net::SocketAddr;

#[tokio::main]
async fn main() {
    let file = std::env::args().nth(1).expect("give a file for the addresses");
    #[expect(clippy::disallowed_methods, reason = "a demonstration outside the product")]
    let means = support::means(jiff::Timestamp::now);
    let theme = counterfoil_web::theme::Theme::parse(support::THEME).unwrap();
    let site = counterfoil_web::Site::new(theme, counterfoil_web::Settings::default(), means).unwrap();
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let secret: Vec<u8> = support::SECRET.to_vec();
    let ready = serde_json::json!({ "sites": [{ "organisation": "council", "address": address, "sign_ins": [
        { "name": support::NAME, "password": support::PASSWORD, "code_secret": base32(&secret) } ] }] });
    std::fs::write(&file, ready.to_string()).unwrap();
    counterfoil_web::serve(site, listener, None, std::future::pending()).await.unwrap();
}

fn base32(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|b| format!("{b:08b}")).collect();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let chunk =
        |c: &[u8]| letters[usize::from_str_radix(std::str::from_utf8(c).unwrap(), 2).unwrap()] as char;
    bits.as_bytes().chunks(5).map(chunk).collect()
}
