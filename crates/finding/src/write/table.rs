//! Setting tables: column widths from the content that survives, rows that may cross pages, headings
//! repeated on each page.

use super::flow::{Run, Table};
use super::layout::{Composer, LABEL_EMS, LEFT, Line, Segment, Style};
use super::page::{NodeId, NodeTag};

/// More columns than this are set as bands, one below the other.
const BAND: usize = 7;
const PADDING: f32 = 4.0;
const CELL: Style = Style { size: 9.0, bold: false, shade: 0x0b };
const RULE: u8 = 0xb4;
const HEAVY: u8 = 0x50;

/// Sets `table` at the current place.
pub(crate) fn set(composer: &mut Composer<'_>, table: &Table) {
    let columns = table.columns();
    let mut first = 0;
    while first < columns {
        let band = first..(first + BAND).min(columns);
        let empty =
            |row: &Vec<Vec<Run>>| row.get(band.clone()).is_none_or(|cells| cells.iter().all(Vec::is_empty));
        if !table.rows.iter().all(empty) {
            set_band(composer, table, &band);
            composer.gap(10.0);
        }
        first = band.end;
    }
}

fn set_band(composer: &mut Composer<'_>, table: &Table, band: &std::ops::Range<usize>) {
    let widths = widths(composer, table, band);
    let node = composer.tree.add(None, NodeTag::Table);
    let header: Option<Vec<Vec<Line>>> =
        table.rows.first().filter(|_| table.has_header).map(|row| cells(composer, row, band, &widths, true));
    for (index, row) in table.rows.iter().enumerate() {
        let is_header = table.has_header && index == 0;
        let row_node = composer.tree.add(Some(node), NodeTag::Row);
        let tag = if is_header { NodeTag::ColumnHeader } else { NodeTag::Cell };
        let nodes: Vec<NodeId> =
            band.clone().map(|_| composer.tree.add(Some(row_node), tag.clone())).collect();
        let lines = cells(composer, row, band, &widths, is_header);
        set_row(composer, &lines, &nodes, &widths, is_header, header.as_deref().filter(|_| !is_header));
    }
}

/// Draws a row line by line, so that a row taller than a page goes on over the next.
fn set_row(
    composer: &mut Composer<'_>,
    cells: &[Vec<Line>],
    nodes: &[NodeId],
    widths: &[f32],
    is_header: bool,
    header: Option<&[Vec<Line>]>,
) {
    let style = Style { bold: is_header, ..CELL };
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let whole = height as f32 * style.leading() + 2.0 * PADDING;
    let fits_a_page = whole < 300.0;
    let need = if fits_a_page { whole } else { style.leading() * 2.0 + PADDING };
    if composer.keep(need) {
        repeat_header(composer, header, widths);
    }
    composer.y += PADDING;
    for index in 0..height {
        if composer.keep(style.leading()) {
            repeat_header(composer, header, widths);
            composer.y += PADDING;
        }
        let mut x = LEFT;
        for ((lines, node), width) in cells.iter().zip(nodes).zip(widths) {
            if let Some(line) = lines.get(index) {
                composer.put_line(line, x + PADDING, style, Some(*node));
            }
            x += width;
        }
        composer.y += style.leading();
    }
    composer.y += PADDING;
    let total: f32 = widths.iter().sum();
    let (weight, shade) = if is_header { (1.2, HEAVY) } else { (0.6, RULE) };
    composer.put_rect([LEFT, composer.y, total, weight], shade);
}

fn repeat_header(composer: &mut Composer<'_>, header: Option<&[Vec<Line>]>, widths: &[f32]) {
    let Some(header) = header else { return };
    let style = Style { bold: true, ..CELL };
    composer.y += PADDING;
    let top = composer.y;
    let height = header.iter().map(Vec::len).max().unwrap_or(0);
    for index in 0..height {
        let mut x = LEFT;
        for (lines, width) in header.iter().zip(widths) {
            if let Some(line) = lines.get(index) {
                composer.put_line(line, x + PADDING, style, None);
            }
            x += width;
        }
        composer.y += style.leading();
    }
    composer.y = top + height as f32 * style.leading() + PADDING;
    composer.put_rect([LEFT, composer.y, widths.iter().sum(), 1.2], HEAVY);
}

fn cells(
    composer: &Composer<'_>,
    row: &[Vec<Run>],
    band: &std::ops::Range<usize>,
    widths: &[f32],
    bold: bool,
) -> Vec<Vec<Line>> {
    let style = Style { bold, ..CELL };
    let empty: Vec<Run> = Vec::new();
    band.clone()
        .zip(widths)
        .map(|(column, width)| {
            let runs = row.get(column).unwrap_or(&empty);
            composer.lines(runs, style, width - 2.0 * PADDING)
        })
        .collect()
}

/// Column widths in points: natural where they fit, else shared in proportion, none too thin to read.
fn widths(composer: &Composer<'_>, table: &Table, band: &std::ops::Range<usize>) -> Vec<f32> {
    const LEAST: f32 = 46.0;
    let full = Composer::width();
    let natural: Vec<f32> = band
        .clone()
        .map(|column| {
            let cells = table.rows.iter().take(200).filter_map(|row| row.get(column));
            let widest = cells.map(|runs| natural_width(composer, runs)).fold(LEAST, f32::max);
            // A hair more, or rounding would break the widest line.
            widest + 2.0 * PADDING + 0.5
        })
        .collect();
    let natural: Vec<f32> = match natural.iter().sum::<f32>() {
        total if total <= full => return natural,
        _ => natural.iter().map(|w| w.min(full * 0.6)).collect(),
    };
    let total: f32 = natural.iter().sum();
    if total <= full {
        let widest = natural.iter().copied().fold(0.0, f32::max);
        let spare = full - total;
        return natural.iter().map(|w| if *w >= widest { w + spare } else { *w }).collect();
    }
    let floor = LEAST + 2.0 * PADDING;
    let spare = (full - floor * natural.len() as f32).max(0.0);
    let above: f32 = natural.iter().map(|w| w - floor).sum::<f32>().max(1.0);
    natural.iter().map(|w| floor + (w - floor) / above * spare).collect()
}

fn natural_width(composer: &Composer<'_>, runs: &[Run]) -> f32 {
    let bold = Style { bold: true, ..CELL };
    let lines = composer.lines(runs, bold, 4000.0);
    lines.iter().map(|line| line_width(composer, line, bold)).fold(0.0, f32::max)
}

fn line_width(composer: &Composer<'_>, line: &Line, style: Style) -> f32 {
    match line.last() {
        Some(Segment::Text(x, text)) => x + composer.fonts.width(text, style.bold) * style.size,
        Some(Segment::Label(x, _)) => x + LABEL_EMS * style.size,
        None => 0.0,
    }
}
