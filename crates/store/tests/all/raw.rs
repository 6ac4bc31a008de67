//! The engines without the store: to see what is really kept, and to tamper with it.

use counterfoil_store::Place;

/// A connection of one's own to a house's database.
pub enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

/// One row as texts; bytes are in hexadecimal.
pub type Cells = Vec<Option<String>>;

impl Raw {
    pub fn open(place: &Place) -> Self {
        match place {
            Place::Folder(folder) => {
                let conn = rusqlite::Connection::open(folder.join("counterfoil.db")).unwrap();
                conn.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
                conn.execute_batch("PRAGMA synchronous=OFF").unwrap();
                Self::Sqlite(conn)
            }
            Place::Postgres { address, schema, .. } => {
                let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
                client
                    .batch_execute(&format!(
                        "SET search_path = {schema}, {schema}_keys; SET bytea_output = 'hex'"
                    ))
                    .unwrap();
                Self::Postgres(Box::new(client))
            }
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Runs statements, without the checks of foreign keys: a tamperer would.
    pub fn run(&mut self, sql: &str) {
        match self {
            Self::Sqlite(conn) => conn.execute_batch(&format!("PRAGMA foreign_keys=OFF; {sql}")).unwrap(),
            Self::Postgres(client) => client.batch_execute(sql).unwrap(),
        }
    }

    pub fn rows(&mut self, sql: &str) -> Vec<Cells> {
        match self {
            Self::Sqlite(conn) => sqlite_rows(conn, sql),
            Self::Postgres(client) => {
                client.simple_query(sql).unwrap().iter().filter_map(postgres_row).collect()
            }
        }
    }

    /// The first cell of the first row.
    pub fn one(&mut self, sql: &str) -> String {
        self.rows(sql).first().and_then(|r| r.first().cloned().flatten()).unwrap_or_default()
    }

    /// A literal of bytes given in hexadecimal.
    pub fn bytes(&self, hex: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("X'{hex}'"),
            Self::Postgres(..) => format!("'\\x{hex}'::bytea"),
        }
    }
}

fn sqlite_rows(conn: &rusqlite::Connection, sql: &str) -> Vec<Cells> {
    let mut statement = conn.prepare(sql).unwrap();
    let width = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| Ok((0..width).map(|i| cell(row.get_ref(i).unwrap())).collect());
    let rows = statement.query_map([], read).unwrap();
    rows.map(Result::unwrap).collect()
}

fn cell(value: rusqlite::types::ValueRef<'_>) -> Option<String> {
    use rusqlite::types::ValueRef as V;
    match value {
        V::Null => None,
        V::Integer(v) => Some(v.to_string()),
        V::Real(v) => Some(v.to_string()),
        V::Text(v) => Some(String::from_utf8_lossy(v).into_owned()),
        V::Blob(v) => Some(hex(v)),
    }
}

fn postgres_row(message: &postgres::SimpleQueryMessage) -> Option<Cells> {
    let postgres::SimpleQueryMessage::Row(row) = message else { return None };
    let text = |i| row.get(i).map(|t: &str| t.strip_prefix("\\x").unwrap_or(t).to_owned());
    Some((0..row.len()).map(text).collect())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}
