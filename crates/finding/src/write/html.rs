//! The accessible HTML copy: one file, no script, no picture, nothing fetched from anywhere.

use std::fmt::Write;

use super::Words;
use super::flow::{Flow, Item, Role, Run, Table, plain};
use super::font::drawable_lines;

/// The style sheet of every HTML copy. Labels have one width whatever they stand for.
pub(crate) const STYLE: &str = "\
body{font:1.05rem/1.55 'Noto Sans',system-ui,sans-serif;color:#0b0c0c;background:#fff;max-width:44rem;\
margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7rem}h2{font-size:1.35rem}h3{font-size:1.15rem}\
blockquote{margin:.6rem 0;padding-left:.9rem;border-left:.25rem solid #b1b4b6}\
blockquote p{margin:.3rem 0}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:700}dd{margin:0}\
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:.8rem 0}\
th,td{border-bottom:1px solid #b1b4b6;padding:.35rem .7rem .35rem 0;text-align:left;vertical-align:top}\
th{border-bottom:2px solid #505a5f}\
.aside{color:#505a5f;font-size:.95rem}.notice{font-weight:700}\
.withheld{display:inline-block;width:11.5rem;padding:0 .3rem;box-sizing:border-box;background:#1d1d1d;color:#fff;\
font-size:.85em;text-align:center;white-space:nowrap;overflow:hidden}\
@media print{.withheld{border:1px solid #000;background:#fff;color:#000}}";

/// Writes `flow` as one HTML page with its language, landmarks, headings in order and table headings.
#[must_use]
pub fn html(flow: &Flow, words: &Words) -> String {
    let (language, title) = (escape(&flow.language), escape(&flow.title));
    let mut page = Page { out: String::new(), words, heading: 1, open: None };
    page.items(&flow.items);
    page.close();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}</main>\n\
         </body>\n</html>\n",
        page.out
    )
}

struct Page<'a> {
    out: String,
    words: &'a Words,
    heading: u8,
    /// The element that groups the items being written: `ul` or `dl`.
    open: Option<&'static str>,
}

impl Page<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Text(Role::ListItem, _) => self.group("ul"),
                Item::Field(..) => self.group("dl"),
                _ => self.close(),
            }
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Heading(level, runs) => {
                // The title is the only h1; levels never jump down by more than one.
                let level = level.saturating_add(1).clamp(2, (self.heading + 1).min(6));
                self.heading = level;
                self.element(&format!("h{level}"), "", runs);
            }
            Item::Text(Role::Quote(depth), runs) => {
                let depth = usize::from((*depth).clamp(1, 5));
                self.out.push_str(&"<blockquote>".repeat(depth));
                self.element("p", "", runs);
                self.out.push_str(&"</blockquote>\n".repeat(depth));
            }
            Item::Text(Role::ListItem, runs) => self.element("li", "", runs),
            Item::Text(Role::Aside, runs) => self.element("p", " class=\"aside\"", runs),
            Item::Text(Role::Notice, runs) => self.element("p", " class=\"notice\"", runs),
            Item::Text(Role::Paragraph, runs) => self.element("p", "", runs),
            Item::Field(name, runs) => {
                let _ = writeln!(self.out, "<dt>{}</dt>", escape(name));
                self.element("dd", "", runs);
            }
            Item::Table(table) => self.table(table),
        }
    }

    fn table(&mut self, table: &Table) {
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\">\n<table>\n");
        for (index, row) in table.rows.iter().enumerate() {
            self.out.push_str("<tr>");
            let header = table.has_header && index == 0;
            for runs in row {
                let (tag, scope) = if header { ("th", " scope=\"col\"") } else { ("td", "") };
                let _ = write!(self.out, "<{tag}{scope}>{}</{tag}>", self.runs(runs));
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</table>\n</div>\n");
    }

    fn element(&mut self, tag: &str, attributes: &str, runs: &[Run]) {
        let content = self.runs(runs);
        let _ = writeln!(self.out, "<{tag}{attributes}>{content}</{tag}>");
    }

    fn runs(&self, runs: &[Run]) -> String {
        let mut out = String::new();
        for run in runs {
            let text = escape(&drawable_lines(&plain(std::slice::from_ref(run), self.words)));
            match run {
                Run::Text(_) => out.push_str(&text.replace('\n', "<br>")),
                Run::Label(_) => {
                    let _ = write!(out, "<span class=\"withheld\">{text}</span>");
                }
            }
        }
        out
    }

    fn group(&mut self, tag: &'static str) {
        if self.open != Some(tag) {
            self.close();
            let _ = writeln!(self.out, "<{tag}>");
            self.open = Some(tag);
        }
    }

    fn close(&mut self) {
        if let Some(tag) = self.open.take() {
            let _ = writeln!(self.out, "</{tag}>");
        }
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
