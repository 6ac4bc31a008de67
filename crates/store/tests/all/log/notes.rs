use counterfoil_store::log::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use counterfoil_store::log::key::{KeyError, KeyType, Signer, VerifierKey};
use counterfoil_store::log::note::{MAX_SIGNATURES, Note, NoteError};
use counterfoil_store::log::policy::{Policy, PolicyError};
use counterfoil_store::log::vectors::{VectorKind, run};
use proptest::prelude::*;

// Published test keys and signatures of Go's golang.org/x/mod/sumdb/note.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_SIG: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_SIG: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn open(note: &str, keys: &[VerifierKey]) -> Result<Vec<String>, NoteError> {
    let note = Note::parse(note.as_bytes())?;
    Ok(note.open(keys)?.iter().map(|v| v.key.name().to_owned()).collect())
}

#[test]
fn the_published_key_signs_the_published_note() {
    let signer = Signer::from_secret_text(PETER_SECRET).unwrap();
    assert_eq!(signer.verifier().to_string(), PETER);
    assert_eq!(signer.to_secret_text().as_str(), PETER_SECRET);
    let mut note = Note::new(TEXT.to_owned()).unwrap();
    note.signatures.push(signer.sign(TEXT, 0));
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_SIG}"));
    assert!(!format!("{signer:?}").contains("AYEK"), "the secret is not printed");
}

#[test]
fn no_other_spelling_of_a_key_is_accepted() {
    let whole = PETER.as_bytes();
    for from in 0..whole.len() {
        for to in from + 1..=whole.len() {
            let part = &PETER[from..to];
            assert_eq!(part.parse::<VerifierKey>().is_ok(), part.len() == whole.len(), "{part}");
        }
    }
    for i in 0..whole.len() {
        let mut other = whole.to_vec();
        other[i] += 1;
        let other = String::from_utf8(other).unwrap();
        assert!(other.parse::<VerifierKey>().is_err(), "{other}");
    }
    for (bad, why) in [
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", KeyError::Form),
        ("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Type),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("nothing", KeyError::Form),
    ] {
        assert_eq!(bad.parse::<VerifierKey>(), Err(why), "{bad}");
    }
    assert_eq!(Signer::from_secret_text(PETER).err(), Some(KeyError::Form));
    for name in ["", "a b", "a+b", "a\u{a0}b", "a\u{3000}b", "a\nb", "a\u{1}b"] {
        assert!(Signer::from_seed(name, KeyType::Ed25519, &[1; 32]).is_err(), "{name:?}");
    }
}

#[test]
fn known_good_signatures_are_needed_and_unknown_ones_ignored() {
    let (peter, enoch) = ([key(PETER)], [key(ENOCH)]);
    let both = [key(PETER), key(ENOCH)];
    let note = format!("{TEXT}\n{PETER_SIG}{ENOCH_SIG}");
    let names = |n: &[&str]| Ok(n.iter().map(|s| (*s).to_owned()).collect());
    assert_eq!(open(&note, &peter), names(&["PeterNeumann"]));
    assert_eq!(open(&note, &enoch), names(&["EnochRoot"]));
    assert_eq!(open(&note, &both), names(&["PeterNeumann", "EnochRoot"]));
    assert_eq!(open(&note, &[]), Err(NoteError::NoKnownSignature));
    // A known name with an unknown identifier, and the reverse, are unknown keys.
    let renamed = PETER_SIG.replace("PeterNeumann", "CarmenSandiego");
    let other_id = PETER_SIG.replace("x08go", "y08go");
    for stranger in [renamed, other_id] {
        assert_eq!(open(&format!("{TEXT}\n{stranger}"), &peter), Err(NoteError::NoKnownSignature));
        assert_eq!(open(&format!("{TEXT}\n{PETER_SIG}{stranger}"), &peter), names(&["PeterNeumann"]));
    }
    // The same line twice counts once.
    assert_eq!(open(&format!("{TEXT}\n{PETER_SIG}{PETER_SIG}"), &peter), names(&["PeterNeumann"]));
}

#[test]
fn one_bad_signature_by_a_known_key_rejects_the_note() {
    let bad = format!("{}ABCD{}", &PETER_SIG[..60], &PETER_SIG[60..]);
    let refused = Err(NoteError::BadSignature("PeterNeumann".to_owned()));
    assert_eq!(open(&format!("{TEXT}\n{bad}"), &[key(PETER)]), refused);
    assert_eq!(open(&format!("{TEXT}\n{ENOCH_SIG}{bad}"), &[key(PETER), key(ENOCH)]), refused);
    assert_eq!(open(&format!("{TEXT}\n{PETER_SIG}{bad}"), &[key(PETER)]), refused, "even after a good one");
    assert!(open(&format!("{TEXT}\n{ENOCH_SIG}{bad}"), &[key(ENOCH)]).is_ok(), "unknown, so ignored");
    assert_eq!(open(&format!("{}\n{PETER_SIG}", TEXT.replace("problem", "Problem")), &[key(PETER)]), refused);
}

#[test]
fn a_key_given_twice_is_ambiguous_only_when_it_is_used() {
    let keys = [key(ENOCH), key(PETER), key(ENOCH)];
    let ambiguous = Err(NoteError::AmbiguousKey("EnochRoot".to_owned()));
    assert_eq!(open(&format!("{TEXT}\n{ENOCH_SIG}"), &keys), ambiguous);
    assert!(open(&format!("{TEXT}\n{PETER_SIG}"), &keys).is_ok());
}

#[test]
fn malformed_notes_are_refused() {
    let line = "— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let cases: Vec<Vec<u8>> = vec![
        TEXT.into(),
        format!("{TEXT}\n").into(),
        format!("{TEXT}\n{}", PETER_SIG.trim_end()).into(),
        format!("\u{1}{TEXT}\n{PETER_SIG}").into(),
        format!("{TEXT}\r\n{PETER_SIG}").into(),
        format!("{TEXT}\t\n{PETER_SIG}").into(),
        [b"\xff", TEXT.as_bytes(), b"\n", PETER_SIG.as_bytes()].concat(),
        format!("{TEXT}\n{line}").into(),
        format!("{TEXT}\n{PETER_SIG}Unexpected line.\n").into(),
        format!("{TEXT}\n{PETER_SIG}\n").into(),
        format!("{TEXT}{PETER_SIG}").into(),
        format!("{TEXT}\n- {}", &PETER_SIG[4..]).into(),
        format!("{TEXT}\n— PeterNeumann \n").into(),
        format!("{TEXT}\n— PeterNeumann AAAA\n").into(),
        format!("{TEXT}\n— PeterNeumann AAAAAA==\n").into(),
        format!("{TEXT}\n— PeterNeumann AAAAAB==\n").into(),
        format!("{TEXT}\n— PeterNeumann AAAAAAE\n").into(),
        b"".to_vec(),
        vec![b'a'; (1 << 20) + 1],
    ];
    for bytes in cases {
        assert!(
            Note::parse(&bytes).is_err(),
            "{:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
        );
    }
    for text in ["", "no end", "tab\t\n"] {
        assert!(Note::new(text.to_owned()).is_err(), "{text:?}");
    }
}

#[test]
fn the_last_blank_line_divides_and_many_signatures_are_read() {
    let signer = Signer::from_secret_text(PETER_SECRET).unwrap();
    let text = "a paragraph\n\n\n— looks like a signature\n\nthe end\n";
    let mut note = Note::new(text.to_owned()).unwrap();
    note.signatures.push(signer.sign(text, 0));
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!((read.text(), &read), (text, &note));
    for (count, good) in [(16, true), (MAX_SIGNATURES, true), (MAX_SIGNATURES + 1, false)] {
        let many = format!("{TEXT}\n{}", PETER_SIG.repeat(count));
        assert_eq!(open(&many, &[key(PETER)]).is_ok(), good, "{count}");
    }
}

#[test]
fn a_cosignature_signs_its_time_and_is_no_plain_signature() {
    let witness = Signer::from_seed("witness.example/w1", KeyType::Cosignature, &[7; 32]).unwrap();
    let plain = Signer::from_seed("witness.example/w1", KeyType::Ed25519, &[7; 32]).unwrap();
    assert_ne!(witness.verifier().id(), plain.verifier().id(), "the type is part of the identifier");
    let text = "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let line = witness.sign(text, 1_679_315_147);
    assert_eq!(line.bytes.len(), 8 + 64);
    assert_eq!(witness.verifier().verify(text, &line.bytes).unwrap().time, Some(1_679_315_147));
    // The message is exactly what the specification writes out.
    let message = format!("cosignature/v1\ntime 1679315147\n{text}");
    assert_eq!(plain.sign(&message, 0).bytes, line.bytes[8..]);
    for i in 0..line.bytes.len() {
        let mut bad = line.bytes.clone();
        bad[i] ^= 1;
        assert_eq!(witness.verifier().verify(text, &bad), None, "byte {i}");
    }
    assert_eq!(plain.verifier().verify(text, &line.bytes[8..]), None);
    for (time, good) in [(i64::MAX as u64, true), (1 << 63, false)] {
        let signature = plain.sign(&format!("cosignature/v1\ntime {time}\n{text}"), 0).bytes;
        let blob = [time.to_be_bytes().as_slice(), &signature].concat();
        assert_eq!(witness.verifier().verify(text, &blob).is_some(), good, "{time}");
    }
}

#[test]
fn checkpoints_have_one_form() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let good = format!("example.com/behind-the-sofa\n20852163\n{root}\n");
    let read = Checkpoint::parse(&good).unwrap();
    assert_eq!((read.size, read.to_string()), (20_852_163, good));
    let extended = format!("any origin at all\n0\n{root}\nmore\nand more\n");
    assert_eq!(Checkpoint::parse(&extended).unwrap().to_string(), extended);
    assert!(Checkpoint::parse(&format!("o\n{}\n{root}\n", u64::MAX)).is_ok());
    for (bad, why) in [
        (String::new(), CheckpointError::Lines),
        ("o\n".to_owned(), CheckpointError::Size),
        ("o\n1\n".to_owned(), CheckpointError::Root),
        (format!("\n1\n{root}\n"), CheckpointError::Origin),
        (format!("o\n01\n{root}\n"), CheckpointError::Size),
        (format!("o\n+1\n{root}\n"), CheckpointError::Size),
        (format!("o\n-1\n{root}\n"), CheckpointError::Size),
        (format!("o\n 1\n{root}\n"), CheckpointError::Size),
        (format!("o\n1 \n{root}\n"), CheckpointError::Size),
        (format!("o\n\n{root}\n"), CheckpointError::Size),
        (format!("o\n0x1\n{root}\n"), CheckpointError::Size),
        (format!("o\n18446744073709551616\n{root}\n"), CheckpointError::Size),
        (format!("o\n1\n{root}=\n"), CheckpointError::Root),
        (format!("o\n1\n {root}\n"), CheckpointError::Root),
        ("o\n1\nAAAA\n".to_owned(), CheckpointError::Root),
        (format!("o\n1\n{root}"), CheckpointError::Lines),
        (format!("o\n1\n{root}\n\n"), CheckpointError::Lines),
        (format!("o\n1\n{root}\n\nx\n"), CheckpointError::Lines),
    ] {
        assert_eq!(Checkpoint::parse(&bad), Err(why), "{bad:?}");
    }
    let signer = Signer::from_seed("o", KeyType::Ed25519, &[1; 32]).unwrap();
    assert!(Checkpoint::new("two\nlines", 1, [0; 32]).sign(&signer, 0).is_err());
    assert!(Checkpoint::new("", 1, [0; 32]).sign(&signer, 0).is_err());
}

/// Keys `log`, `w1`, `w2` … and a checkpoint of `log` signed by those that are asked for.
fn signed_by(names: &[&str]) -> SignedCheckpoint {
    let signer = |n: &str, t| Signer::from_seed(n, t, &[n.as_bytes()[n.len() - 1]; 32]).unwrap();
    let mut signed = Checkpoint::new("log", 3, [9; 32]).sign(&signer("log", KeyType::Ed25519), 0).unwrap();
    for name in &names[1..] {
        let line = signer(name, KeyType::Cosignature).sign(signed.note.text(), 77);
        signed.note.signatures.push(line);
    }
    if names[0].is_empty() {
        signed.note.signatures.remove(0);
    }
    signed
}

fn vkey(name: &str) -> VerifierKey {
    let t = if name.starts_with('w') { KeyType::Cosignature } else { KeyType::Ed25519 };
    Signer::from_seed(name, t, &[name.as_bytes()[name.len() - 1]; 32]).unwrap().verifier().clone()
}

#[test]
fn a_policy_counts_witnesses_as_it_says() {
    let head = format!(
        "# who we trust\n\nlog {} https://log.example/\n witness\tA {}\nwitness B {}\nwitness C {} https://c.example\n",
        vkey("log"),
        vkey("w1"),
        vkey("w2"),
        vkey("w3")
    );
    let rule = |r: &str| Policy::parse(format!("{head}{r}").as_bytes()).unwrap();
    let table: &[(&str, &[&str], bool)] = &[
        ("quorum none\n", &["log"], true),
        ("quorum A\n", &["log"], false),
        ("quorum A\n", &["log", "w1"], true),
        ("quorum A", &["log", "w2"], false),
        ("group g any A B C\nquorum g\n", &["log", "w3"], true),
        ("group g 2 A B C\nquorum g\n", &["log", "w3"], false),
        ("group g 2 A B C\nquorum g\n", &["log", "w3", "w1"], true),
        ("group g all A B C\nquorum g\n", &["log", "w3", "w1"], false),
        ("group g all A B C\nquorum g\n", &["log", "w3", "w1", "w2"], true),
        ("group g any A B\ngroup h all g C\nquorum h\n", &["log", "w1", "w2"], false),
        ("group g any A B\ngroup h all g C\nquorum h\n", &["log", "w2", "w3"], true),
    ];
    for (r, by, good) in table {
        assert_eq!(rule(r).check(&signed_by(by)).is_ok(), *good, "{r} {by:?}");
    }
    assert_eq!(rule("quorum none\n").check(&signed_by(&["", "w1"])), Err(PolicyError::NotByLog));
    let verdict = rule("quorum none\n").check(&signed_by(&["log", "w2", "w9"])).unwrap();
    assert_eq!((verdict.witnesses, verdict.unknown), (vec![("w2".to_owned(), 77)], 1));
    let repeated = signed_by(&["log", "w1", "w1"]);
    assert!(rule("group g 2 A B C\nquorum g\n").check(&repeated).is_err(), "one witness counts once");
    // A log's key counts only for the log that it is named after.
    let other = Checkpoint::new("another", 3, [9; 32]);
    let signer = Signer::from_seed("log", KeyType::Ed25519, &[b'g'; 32]).unwrap();
    assert_eq!(rule("quorum none\n").check(&other.sign(&signer, 0).unwrap()), Err(PolicyError::NotByLog));
}

#[test]
fn keys_alone_are_a_policy_that_wants_every_witness() {
    let policy = Policy::of_keys(&[vkey("log"), vkey("w1"), vkey("w2")]).unwrap();
    assert!(policy.check(&signed_by(&["log", "w1", "w2"])).is_ok());
    assert_eq!(policy.check(&signed_by(&["log", "w1"])), Err(PolicyError::NoQuorumMet { got: 1 }));
    assert_eq!(Policy::of_keys(&[vkey("w1")]), Err(PolicyError::NoLog));
}

#[test]
fn malformed_policies_are_refused_with_their_line() {
    let (log, a, b) = (vkey("log"), vkey("w1"), vkey("w2"));
    let again = Signer::from_seed("renamed", KeyType::Ed25519, &[b'g'; 32]).unwrap();
    let cases: Vec<(String, usize)> = vec![
        (format!("log {a}\nquorum none"), 1),
        (format!("witness A {log}\nquorum A"), 1),
        (format!("log {log}\nlog {}\nquorum none", again.verifier()), 2),
        (format!("witness A {a}\nwitness B {a}\nquorum A"), 2),
        (format!("witness A {a}\nwitness A {b}\nquorum A"), 2),
        (format!("witness none {a}\nquorum none"), 1),
        ("quorum A".to_owned(), 1),
        (format!("quorum A\nwitness A {a}"), 1),
        (format!("witness A {a}\nquorum A\nquorum A"), 3),
        (format!("witness A {a}\ngroup g 0 A\nquorum g"), 2),
        (format!("witness A {a}\ngroup g 2 A\nquorum g"), 2),
        (format!("witness A {a}\ngroup g 01 A\nquorum g"), 2),
        (format!("witness A {a}\ngroup g most A\nquorum g"), 2),
        (format!("witness A {a}\ngroup g any\nquorum g"), 2),
        (format!("witness A {a}\ngroup g any A A\nquorum g"), 2),
        (format!("witness A {a}\ngroup g any A\ngroup h any A g\nquorum h"), 3),
        (format!("witness A {a}\ngroup g any g\nquorum g"), 2),
        (format!("witness A {a}\ngroup g any none\nquorum g"), 2),
        ("unknown line\nquorum none".to_owned(), 1),
        ("log\nquorum none".to_owned(), 1),
        ("quorum none\r\n".to_owned(), 1),
        ("quorum none # comment".to_owned(), 1),
    ];
    for (text, at) in cases {
        match Policy::parse(text.as_bytes()) {
            Err(PolicyError::Line { line, .. }) => assert_eq!(line, at, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(Policy::parse(b""), Err(PolicyError::NoQuorum));
    assert!(Policy::parse(&[b"# \xff\xfe any bytes\nquorum none".as_slice(), b""].concat()).is_ok());
}

#[test]
fn note_key_and_checkpoint_vectors_run_as_json_and_as_they_are() {
    let note = format!("{TEXT}\n{PETER_SIG}");
    let json = serde_json::json!([
        {"note": note, "keys": [PETER], "desc": "good", "wantErr": false},
        {"note": note, "keys": [ENOCH], "desc": "unknown", "wantErr": true},
        {"noteBase64": "/w==", "keys": [PETER], "desc": "not text", "wantErr": true},
    ]);
    let outcomes = run(VectorKind::Note, json.to_string().as_bytes(), &[]).unwrap();
    assert!(outcomes.len() == 3 && outcomes.iter().all(|o| o.good), "{outcomes:?}");
    assert!(run(VectorKind::Note, note.as_bytes(), &[key(PETER)]).unwrap()[0].good);
    assert!(!run(VectorKind::Note, note.as_bytes(), &[key(ENOCH)]).unwrap()[0].good);
    assert!(run(VectorKind::Vkey, format!("{PETER}\n").as_bytes(), &[]).unwrap()[0].good);
    let bad = format!(r#"{{"vkey":"{}","desc":"short","wantErr":true}}"#, &PETER[1..]);
    assert!(run(VectorKind::Vkey, bad.as_bytes(), &[]).unwrap()[0].good);
    let signed = signed_by(&["log"]).to_string();
    assert!(run(VectorKind::Checkpoint, signed.as_bytes(), &[vkey("log")]).unwrap()[0].good);
    assert!(!run(VectorKind::Checkpoint, signed.as_bytes(), &[key(PETER)]).unwrap()[0].good);
    let text = signed_by(&["log"]).checkpoint.to_string();
    assert!(run(VectorKind::Checkpoint, text.as_bytes(), &[]).unwrap()[0].good);
}

proptest! {
    #[test]
    fn reading_anything_ends_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}") {
        let _ = Note::parse(&bytes);
        let _ = SignedCheckpoint::parse(text.as_bytes());
        let _ = Policy::parse(&bytes);
        let _ = text.parse::<VerifierKey>();
        let _ = Signer::from_secret_text(&text);
    }

    #[test]
    fn what_is_written_is_read_back(origin in "[^\\s+\\x00-\\x1f]{1,40}", size in any::<u64>(), root in any::<[u8; 32]>()) {
        let signer = Signer::from_seed(&origin, KeyType::Ed25519, &root).unwrap();
        prop_assert_eq!(&signer.verifier().to_string().parse::<VerifierKey>().unwrap(), signer.verifier());
        let signed = Checkpoint::new(&origin, size, root).sign(&signer, 0).unwrap();
        let read = SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &signed);
        prop_assert!(read.open(&[signer.verifier().clone()]).is_ok());
    }
}
