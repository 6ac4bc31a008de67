//! The local model. With the feature `ner` a tiny one is made here, written as ONNX and run; without it
//! a build says that it has no loader.

use counterfoil_finding::ner::{Files, Model, ModelError};

const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nTess\nHa\n##le\nrang\nfrom\nLarch\nCourt\n.\nNovak\n";
const CONFIG: &str = r#"{"id2label": {"0": "O", "1": "B-PER", "2": "I-PER", "3": "B-LOC"}}"#;

#[cfg(not(feature = "ner"))]
#[test]
fn a_build_without_the_feature_says_so() {
    let files = Files { onnx: b"", vocabulary: VOCABULARY, config: CONFIG, tokenizer: None };
    assert_eq!(Model::new(&files).unwrap_err(), ModelError::NotBuilt);
}

#[cfg(feature = "ner")]
mod with_a_loader {
    use std::sync::Arc;

    use counterfoil_finding::detect::{Config, Detector, Entity, Finding};

    use super::{CONFIG, Files, Model, ModelError, VOCABULARY};

    /// A field of a protocol buffer that holds bytes.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = bytes.len();
        while length >= 0x80 {
            out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        out.push(u8::try_from(length).unwrap());
        out.extend_from_slice(bytes);
        out
    }

    /// A field that holds a small number.
    fn number(field: u8, value: u8) -> Vec<u8> {
        vec![field << 3, value]
    }

    fn node(kind: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
        let inputs: Vec<u8> = inputs.iter().flat_map(|i| field(1, i.as_bytes())).collect();
        let attributes: Vec<u8> = attributes.iter().flat_map(|a| field(5, a)).collect();
        let names = [field(2, output.as_bytes()), field(3, output.as_bytes()), field(4, kind.as_bytes())];
        field(1, &[inputs, names.concat(), attributes].concat())
    }

    /// An input or output of rank 2 or 3 without fixed sizes. Element type 1 is `f32`, 7 is `i64`.
    fn value(place: u8, name: &str, element: u8, rank: usize) -> Vec<u8> {
        let free = field(1, &field(2, b"n"));
        let tensor = [number(1, element), field(2, &free.repeat(rank))].concat();
        field(place, &[field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat())
    }

    /// A model that looks each piece up in a table of figures for the labels, and blanks out what the
    /// mask leaves out: Gather, Cast, Unsqueeze, Mul.
    fn onnx(table: &[[f32; 4]]) -> Vec<u8> {
        let figures: Vec<u8> = table.iter().flatten().flat_map(|f| f.to_le_bytes()).collect();
        let rows = u8::try_from(table.len()).unwrap();
        let weights = [number(1, rows), number(1, 4), number(2, 1), field(8, b"table"), field(9, &figures)];
        let to_float = [field(1, b"to"), number(3, 1), vec![0xa0, 1, 2]].concat();
        let last_axis = [field(1, b"axes"), field(8, &[2]), vec![0xa0, 1, 7]].concat();
        let graph = [
            node("Gather", &["table", "input_ids"], "found", &[]),
            node("Cast", &["attention_mask"], "cast", &[to_float]),
            node("Unsqueeze", &["cast"], "wide", &[last_axis]),
            node("Mul", &["found", "wide"], "logits", &[]),
            field(2, b"tiny"),
            field(5, &weights.concat()),
            value(11, "input_ids", 7, 2),
            value(11, "attention_mask", 7, 2),
            value(12, "logits", 1, 3),
        ];
        [number(1, 7), field(7, &graph.concat()), field(8, &number(2, 11))].concat()
    }

    /// Names begin with `Tess` or are `Novak`; `Ha` goes on a name, `Larch` begins a place.
    fn model() -> Model {
        let row = |label: usize| {
            let mut row = [0.0; 4];
            row[label] = 6.0;
            row
        };
        let table: Vec<[f32; 4]> = [0, 0, 0, 0, 1, 2, 0, 0, 0, 3, 3, 0, 1].map(row).to_vec();
        let onnx = onnx(&table);
        Model::new(&Files { onnx: &onnx, vocabulary: VOCABULARY, config: CONFIG, tokenizer: None }).unwrap()
    }

    fn pieces(text: &str, found: &[Finding]) -> Vec<String> {
        found.iter().map(|f| text.chars().skip(f.start).take(f.end - f.start).collect()).collect()
    }

    #[test]
    fn names_are_found_with_their_places() {
        let model = model();
        let table: &[(&str, &[&str])] = &[
            ("Tess Hale rang from Larch Court.", &["Tess Hale"]),
            ("«Tess» rang, Novak rang", &["Tess", "Novak"]),
            ("Tess Novak", &["Tess", "Novak"]),
            ("é漢 Tess\u{a0}Hale", &["Tess\u{a0}Hale"]),
            ("Tess\n\nHale rang", &["Tess", "Hale"]),
            ("rang", &[]),
            ("", &[]),
        ];
        for (text, expected) in table {
            let found = model.find(text);
            assert_eq!(pieces(text, &found), *expected, "{text:?}");
            assert!(found.iter().all(|f| f.entity == Entity::Person && f.score > 0.9));
            assert!(found.iter().all(|f| f.why.contains("PER")));
        }
    }

    #[test]
    fn a_long_text_is_read_to_its_end() {
        let model = model();
        let text = "Tess Hale rang from Larch Court. ".repeat(400);
        assert_eq!(model.find(&text).len(), 400);
        let unbroken = format!("{} Novak", "x".repeat(50_000));
        assert_eq!(pieces(&unbroken, &model.find(&unbroken)), ["Novak"]);
    }

    #[test]
    fn the_rules_and_the_model_find_together() {
        let detector = Detector::new(&Config::default()).unwrap();
        let text = "Novak, of NI number JG 12 34 56 C, rang";
        let without: Vec<Entity> = detector.find(text).iter().map(|f| f.entity).collect();
        assert_eq!(without, [Entity::UkNino]);
        let detector = detector.with_model(Arc::new(model()));
        let with: Vec<Entity> = detector.find(text).iter().map(|f| f.entity).collect();
        assert_eq!(with, [Entity::Person, Entity::UkNino]);
        let only = Config { entities: vec![Entity::UkNino], ..Config::default() };
        let only = Detector::new(&only).unwrap().with_model(Arc::new(model()));
        assert_eq!(only.find(text).len(), 1);
    }

    #[test]
    fn a_bad_model_is_refused_with_a_reason() {
        let good = onnx(&[[0.0; 4]; 13]);
        let few = r#"{"id2label": {"0": "O", "1": "PER"}}"#;
        let none = r#"{"id2label": {"0": "O", "1": "ORG"}}"#;
        let table: &[(&[u8], &str, &str, &str)] = &[
            (b"not a model", VOCABULARY, CONFIG, "the model cannot be used"),
            (&good, "only\nwords", CONFIG, "[CLS]"),
            (&good, VOCABULARY, "{}", "id2label"),
            (&good, VOCABULARY, few, "4 labels"),
            (&good, VOCABULARY, none, "PERSON"),
        ];
        for (onnx, vocabulary, config, why) in table {
            let error = Model::new(&Files { onnx, vocabulary, config, tokenizer: None }).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
            assert_ne!(error, ModelError::NotBuilt);
        }
    }
}
