//! A notice as HTML, as a flow (for tagged PDF) and as text.

use std::fmt::Write as _;

use counterfoil_finding::write::flow::{Flow, Item, Role, Run, Table};

use super::{Block, Notice, Passage};

/// The notice as the content of a page: a heading, what it says of itself, contents, sections. Each passage in
/// another language than the notice's says so, to eyes and to ears.
#[must_use]
pub fn html(notice: &Notice) -> String {
    let mut page = Page { notice, out: String::new() };
    page.whole();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
        notice.language,
        escape(&notice.title.text),
        page.out
    )
}

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;color:#0b0c0c;background:#fff;max-width:46rem;\
margin:2rem auto;padding:0 1rem}h1{font-size:1.8rem}h2{font-size:1.4rem;margin-top:2.2rem}h3{font-size:1.15rem}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #b1b4b6;\
padding:.4rem .7rem .4rem 0;text-align:left;vertical-align:top}.about,.mark{color:#505a5f;font-size:.95rem}\
.callout{border-left:.5rem solid #1d6b5c;padding:.6rem 1rem;font-weight:700}a{color:#1a5fa8}\
a:focus{outline:3px solid #ffdd00;background:#ffdd00;color:#0b0c0c}";

struct Page<'a> {
    notice: &'a Notice,
    out: String,
}

impl Page<'_> {
    fn whole(&mut self) {
        let notice = self.notice;
        let _ = writeln!(self.out, "<h1>{}</h1>", escape(&notice.title.text));
        for line in &notice.about {
            let line = self.inline(line);
            let _ = writeln!(self.out, "<p class=\"about\">{line}</p>");
        }
        self.out.push_str("<nav aria-label=\"contents\">\n<ol>\n");
        for part in &notice.parts {
            let _ =
                writeln!(self.out, "<li><a href=\"#{}\">{}</a></li>", part.id, escape(&part.heading.text));
        }
        self.out.push_str("</ol>\n</nav>\n");
        for part in &notice.parts {
            let heading = self.inline(&part.heading);
            let _ = writeln!(
                self.out,
                "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{heading}</h2>",
                part.id
            );
            part.blocks.iter().for_each(|b| self.block(b));
            self.out.push_str("</section>\n");
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(p) => self.element("p", "", p),
            Block::Callout(p) => self.element("p", " class=\"callout\"", p),
            Block::Heading(p) => self.element("h3", "", p),
            Block::List(list) => {
                self.out.push_str("<ul>\n");
                list.iter().for_each(|p| self.element("li", "", p));
                self.out.push_str("</ul>\n");
            }
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Links(links) => {
                self.out.push_str("<ul>\n");
                for (p, href) in links {
                    let _ =
                        writeln!(self.out, "<li><a href=\"{}\">{}</a></li>", escape(href), self.inline(p));
                }
                self.out.push_str("</ul>\n");
            }
        }
    }

    fn table(&mut self, columns: &[Passage], rows: &[Vec<Passage>]) {
        let name = columns.first().map(|c| escape(&c.text)).unwrap_or_default();
        let _ = writeln!(
            self.out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\">\n<table>\n<thead><tr>"
        );
        columns.iter().for_each(|c| self.element("th", " scope=\"col\"", c));
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.out.push_str("<tr>");
            row.iter().for_each(|c| self.element("td", "", c));
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n</div>\n");
    }

    fn element(&mut self, tag: &str, attributes: &str, passage: &Passage) {
        let inline = self.inline(passage);
        let _ = writeln!(self.out, "<{tag}{attributes}>{inline}</{tag}>");
    }

    /// The words, with their language where it is another.
    fn inline(&self, passage: &Passage) -> String {
        let text = escape(&passage.text);
        if passage.language == self.notice.language {
            return text;
        }
        let mark =
            self.notice.mark.as_ref().map(|m| format!(" <span class=\"mark\">{}</span>", escape(&m.text)));
        format!("<span lang=\"{}\">{text}</span>{}", passage.language, mark.unwrap_or_default())
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The notice for the writers of `finding`: tagged PDF and text.
#[must_use]
pub fn flow(notice: &Notice) -> Flow {
    let mut items = vec![Item::Heading(1, run(&notice.title.text))];
    items.extend(notice.about.iter().map(|p| Item::Text(Role::Aside, run(&p.text))));
    for part in &notice.parts {
        items.push(Item::Heading(2, run(&marked(notice, &part.heading))));
        for block in &part.blocks {
            add(notice, block, &mut items);
        }
    }
    let language = if notice.language == "cy" { "cy" } else { "en-GB" };
    Flow { title: notice.title.text.clone(), language: language.to_owned(), items }
}

fn run(text: &str) -> Vec<Run> {
    vec![Run::Text(text.to_owned())]
}

fn marked(notice: &Notice, passage: &Passage) -> String {
    match &notice.mark {
        Some(mark) if passage.language != notice.language => format!("{} {}", passage.text, mark.text),
        _ => passage.text.clone(),
    }
}

fn add(notice: &Notice, block: &Block, items: &mut Vec<Item>) {
    let text = |p: &Passage| run(&marked(notice, p));
    match block {
        Block::Paragraph(p) => items.push(Item::Text(Role::Paragraph, text(p))),
        Block::Callout(p) => items.push(Item::Text(Role::Notice, text(p))),
        Block::Heading(p) => items.push(Item::Heading(3, text(p))),
        Block::List(list) => items.extend(list.iter().map(|p| Item::Text(Role::ListItem, text(p)))),
        Block::Links(links) => {
            items.extend(links.iter().map(|(p, _)| Item::Text(Role::ListItem, text(p))));
        }
        Block::Table { columns, rows } => {
            let head = columns.iter().map(text).collect();
            let body = rows.iter().map(|row| row.iter().map(text).collect());
            let rows = std::iter::once(head).chain(body).collect();
            items.push(Item::Table(Table { has_header: true, rows, origin: (0, 0) }));
        }
    }
}

/// The notice as plain text.
#[must_use]
pub fn text(notice: &Notice) -> String {
    counterfoil_finding::write::text(&flow(notice), &counterfoil_finding::write::Words::default())
}

/// The notice as tagged PDF.
///
/// # Errors
/// When it cannot be written.
pub fn pdf(notice: &Notice) -> crate::error::Result<Vec<u8>> {
    counterfoil_finding::write::pdf(&flow(notice), &counterfoil_finding::write::Words::default())
        .map_err(|e| crate::ServiceError::Invalid(e.to_string()))
}
