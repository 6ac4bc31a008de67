//! Reading: the real documents, invented fixtures, and hostile files.

pub mod fixture;
mod hidden;
mod hostile;
mod pictures;
mod regressions;

mod real {
    use std::path::PathBuf;

    use counterfoil_finding::model::Document;
    use counterfoil_finding::read::{self, Hint, Limits};

    fn shared() -> Option<PathBuf> {
        let near = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
        let folder =
            std::env::var_os("COUNTERFOIL_SHARED").map_or_else(|| PathBuf::from(near), PathBuf::from);
        Some(folder.join("data/real")).filter(|real| real.is_dir())
    }

    fn row(name: &str, read: &Result<Document, read::ReadError>) -> String {
        match read {
            Ok(d) => {
                let shown = d.blocks.iter().filter(|b| b.visible).count();
                let characters: usize = d.blocks.iter().map(|b| b.text.chars().count()).sum();
                let hidden: Vec<_> = d.hidden.iter().map(|h| format!("{:?} {}", h.what, h.count)).collect();
                let problems: Vec<_> = d.problems.iter().map(ToString::to_string).collect();
                format!(
                    "{name:<46} {:?} | {shown}+{} blocks, {characters} chars, {} files, {} pages | {} | {}",
                    d.kind,
                    d.blocks.len() - shown,
                    d.attachments.len(),
                    d.pages.len(),
                    hidden.join(", "),
                    problems.join("; ")
                )
            }
            Err(e) => format!("{name:<46} REFUSED: {e}"),
        }
    }

    #[test]
    fn every_file_is_read_or_refused_with_a_reason() {
        let Some(folder) = shared() else {
            println!("skipped: the shared documents are not here");
            return;
        };
        let mut count = 0;
        for kind in ["email", "office", "pdf", "text"] {
            let mut files: Vec<_> =
                std::fs::read_dir(folder.join(kind)).unwrap().map(|f| f.unwrap().path()).collect();
            files.sort();
            for file in files {
                let bytes = std::fs::read(&file).unwrap();
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                let result =
                    read::read(&bytes, &Hint { name: Some(&name), media_type: None }, &Limits::default());
                println!("{}", row(&name, &result));
                if let Ok(document) = &result {
                    // Forms of empty tables and sheets really have no words.
                    let told = document.hidden.len() + document.metadata.len() + document.problems.len();
                    assert!(!document.blocks.is_empty() || told > 0, "{name} came out empty");
                }
                assert!(!matches!(result, Err(read::ReadError::Panicked { .. })), "{name} panicked");
                count += 1;
            }
        }
        assert!(count > 100, "only {count} files were found");
    }
}
