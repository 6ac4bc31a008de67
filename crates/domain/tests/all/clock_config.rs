//! The open points of the law are settings with stated defaults.

use counterfoil_domain::clock::ClockConfig;

/// Every setting with its default and another value.
const SETTINGS: [(&str, &str, &str); 10] = [
    ("same-day-pause", "1", "0"),
    ("holiday-nation", "own-division", "any-part-of-uk"),
    ("late-question", "ignored", "counted"),
    ("earlier-pause", "guidance", "none"),
    ("transition", "date-received", "open-at-change"),
    ("exam-days", "from-day-after", "from-that-day"),
    ("ambiguous-time", "earlier", "refused"),
    ("older-act-end", "next-working-day", "same-day"),
    ("marketing-days", "28", "14"),
    ("no-reply-months", "1", "2"),
];

#[test]
fn each_open_point_has_its_default_and_can_be_settled_otherwise() {
    assert_eq!(SETTINGS.map(|(key, _, _)| key), ClockConfig::KEYS);
    for (key, default, other) in SETTINGS {
        let mut config = ClockConfig::default();
        config.set(key, default).unwrap();
        assert_eq!(config, ClockConfig::default(), "{key}");
        config.set(key, other).unwrap();
        assert_ne!(config, ClockConfig::default(), "{key}");
    }
}

#[test]
fn unknown_settings_and_values_are_refused() {
    for (key, value) in
        [("same-day", "1"), ("same-day-pause", "2"), ("marketing-days", "0"), ("marketing-days", "x")]
    {
        assert!(ClockConfig::default().set(key, value).is_err(), "{key}={value}");
    }
}

#[test]
fn each_default_is_stated_in_the_document() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
    let document: String = ["law.md", "law-clock.md"]
        .iter()
        .filter_map(|name| std::fs::read_to_string(format!("{path}/{name}")).ok())
        .collect();
    for (key, default, _) in SETTINGS {
        assert!(document.contains(&format!("`{key}={default}`")), "{key}={default} is not in docs/law-clock.md");
    }
}
