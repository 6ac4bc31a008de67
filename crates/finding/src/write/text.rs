//! The plain-text copy.

use super::Words;
use super::flow::{Flow, Item, Role, plain};
use super::font::drawable_lines;

/// Writes `flow` as UTF-8 text with labels written out; tables become tab-separated lines.
#[must_use]
pub fn text(flow: &Flow, words: &Words) -> String {
    let mut out = format!("{}\n\n", flow.title);
    for item in &flow.items {
        let lines = match item {
            Item::Heading(_, runs) => format!("\n{}\n", plain(runs, words)),
            Item::Text(Role::ListItem, runs) => format!("- {}\n", plain(runs, words)),
            Item::Text(Role::Quote(depth), runs) => quoted(&plain(runs, words), *depth),
            Item::Text(_, runs) => format!("{}\n\n", plain(runs, words)),
            Item::Field(name, runs) => format!("{name}: {}\n", plain(runs, words)),
            Item::Table(table) => {
                let row = |row: &Vec<Vec<_>>| {
                    let cells: Vec<String> =
                        row.iter().map(|cell| plain(cell, words).replace(['\n', '\t'], " ")).collect();
                    cells.join("\t") + "\n"
                };
                table.rows.iter().map(row).collect::<String>() + "\n"
            }
        };
        out.push_str(&drawable_lines(&lines));
    }
    out
}

fn quoted(text: &str, depth: u8) -> String {
    let mark = "> ".repeat(usize::from(depth.clamp(1, 9)));
    text.lines().map(|line| format!("{mark}{line}\n")).collect::<String>() + "\n"
}
