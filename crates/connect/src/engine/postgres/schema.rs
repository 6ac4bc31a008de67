//! The schema as the server has it now.

use postgres::types::Type;

use super::{PostgresSession, failed, list, number, text};
use crate::engine::{TableName, quote};
use crate::error::Result;
use crate::live::{ForeignKey, Kind, LiveColumn, LiveTable};

impl PostgresSession<'_> {
    pub(in crate::engine) fn all_tables(&mut self) -> Result<Vec<String>> {
        let sql = "SELECT c.relname::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition \
                   AND pg_table_is_visible(c.oid) AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, \
                   'information_schema'::regnamespace) ORDER BY 1";
        self.ask(sql, &[])?.iter().map(|r| text(r, 0)).collect()
    }

    pub(in crate::engine) fn tables(&mut self, names: &[TableName]) -> Result<Vec<Option<LiveTable>>> {
        let full = |n: &TableName| {
            n.schema.as_ref().map_or_else(|| quote(&n.name), |s| format!("{}.{}", quote(s), quote(&n.name)))
        };
        let full: Vec<String> = names.iter().map(full).collect();
        let mut tables: Vec<Option<LiveTable>> = names.iter().map(|_| None).collect();
        for row in self.ask(COLUMNS, &[(&full, Type::TEXT_ARRAY)])? {
            let (Ok(at), Some(name)) = (number(&row, 0), names.get(number(&row, 0)?)) else { continue };
            if let Some(slot) = tables.get_mut(at) {
                let table = slot.get_or_insert_with(|| LiveTable {
                    schema: name.schema.clone(),
                    name: name.name.clone(),
                    ..LiveTable::default()
                });
                let relation = text(&row, 7)?;
                table.hidden_key = (relation == "r").then_some("ctid");
                table.rows = text(&row, 8)?.parse().ok();
                table.columns.push(column(&row)?);
            }
        }
        for row in self.ask(INDEXES, &[(&full, Type::TEXT_ARRAY)])? {
            let Some(Some(table)) = tables.get_mut(number(&row, 0)?) else { continue };
            index(table, &row)?;
        }
        for row in self.ask(FOREIGN_KEYS, &[(&full, Type::TEXT_ARRAY)])? {
            let Some(Some(table)) = tables.get_mut(number(&row, 0)?) else { continue };
            let (columns, to) = (list(&row, 2)?, list(&row, 3)?);
            table.foreign_keys.push(ForeignKey { columns, table: text(&row, 1)?, to });
        }
        Ok(tables)
    }
}

/// The columns of the named tables, with the number of the table in the list.
const COLUMNS: &str = "\
SELECT (n.at - 1)::text, a.attname::text, format_type(a.atttypid, a.atttypmod), t.typname::text, \
  t.typcategory::text, (a.attnotnull OR t.typnotnull)::text, \
  (CASE WHEN a.atttypmod > 4 AND t.typname IN ('varchar', 'bpchar') THEN a.atttypmod - 4 END)::text, \
  c.relkind::text, (CASE WHEN c.reltuples >= 0 THEN c.reltuples::int8 END)::text, \
  (a.attgenerated <> '' OR a.attidentity = 'a')::text, \
  (CASE WHEN l.collname IN ('C', 'POSIX') OR l.collname ~* '^(C|ucs_basic)([._].*)?$' \
     OR (l.collname = 'default' AND (SELECT datlocprovider = 'c' AND datcollate ~* '^(C|POSIX)([.].*)?$' \
         FROM pg_database WHERE datname = current_database())) \
   THEN quote_ident(s.nspname) || '.' || quote_ident(l.collname) END) \
FROM unnest($1::text[]) WITH ORDINALITY n(name, at) \
JOIN pg_class c ON c.oid = to_regclass(n.name) \
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
JOIN pg_type t ON t.oid = a.atttypid \
LEFT JOIN pg_collation l ON l.oid = a.attcollation \
LEFT JOIN pg_namespace s ON s.oid = l.collnamespace \
ORDER BY n.at, a.attnum";

/// The indexes: whether unique and whole, whether the primary key, the columns, what it begins with.
const INDEXES: &str = "\
SELECT (n.at - 1)::text, i.indisprimary::text, (i.indisunique AND i.indpred IS NULL)::text, \
  (i.indpred IS NULL AND m.amname = 'btree')::text, pg_get_indexdef(i.indexrelid, 1, true), \
  ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) k) \
FROM unnest($1::text[]) WITH ORDINALITY n(name, at) \
JOIN pg_index i ON i.indrelid = to_regclass(n.name) AND i.indisvalid \
JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam ORDER BY n.at";

/// The references that the server keeps.
const FOREIGN_KEYS: &str = "\
SELECT (n.at - 1)::text, f.relname::text, \
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY x(num, o) \
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num ORDER BY x.o), \
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY x(num, o) \
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num ORDER BY x.o) \
FROM unnest($1::text[]) WITH ORDINALITY n(name, at) \
JOIN pg_constraint k ON k.conrelid = to_regclass(n.name) AND k.contype = 'f' \
JOIN pg_class f ON f.oid = k.confrelid ORDER BY n.at, k.conname";

fn column(row: &postgres::Row) -> Result<LiveColumn> {
    let (type_name, base, category) = (text(row, 2)?, text(row, 3)?, text(row, 4)?);
    let kind = match (base.as_str(), category.as_str()) {
        ("int2" | "int4" | "int8", _) => Kind::Int,
        ("numeric", _) => Kind::Numeric,
        ("float4" | "float8", _) => Kind::Float,
        ("bool", _) => Kind::Bool,
        ("uuid", _) => Kind::Uuid,
        ("bytea", _) => Kind::Bytes,
        ("json" | "jsonb", _) => Kind::Json,
        ("citext", _) => Kind::FoldedText,
        ("bpchar", _) => Kind::PaddedText,
        ("text" | "varchar", _) => Kind::Text,
        (_, "A") => Kind::Array,
        _ => Kind::Other,
    };
    let order: Option<String> = row.try_get(10).map_err(|e| failed(&e))?;
    Ok(LiveColumn {
        name: text(row, 1)?,
        type_name,
        kind,
        not_null: text(row, 5)? == "true",
        length: text(row, 6)?.parse().ok(),
        generated: text(row, 9)? == "true",
        bytes_order: order,
    })
}

fn index(table: &mut LiveTable, row: &postgres::Row) -> Result<()> {
    let columns: Vec<String> = list(row, 5)?.iter().map(|c| plain(c)).collect();
    if text(row, 1)? == "true" {
        table.primary_key.clone_from(&columns);
    }
    if text(row, 3)? == "true" {
        table.indexed.push(plain(&text(row, 4)?));
    }
    if text(row, 2)? == "true" {
        table.unique.push(columns);
    }
    Ok(())
}

/// A column as an index names it, without quotes; `lower(email::text)` is `lower(email)`.
fn plain(text: &str) -> String {
    if let Some(inner) = text.strip_prefix("lower(").and_then(|t| t.strip_suffix(')')) {
        let inner = inner.trim_start_matches('(').split("::").next().unwrap_or(inner);
        return format!("lower({})", plain(inner.trim_end_matches(')')));
    }
    text.strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .map_or_else(|| text.to_owned(), |t| t.replace("\"\"", "\""))
}
