//! The store as people look at it when they look into an agent: every table, row by row.
//!
//! In: a table and what is asked of it. Out: rows, each with its id, its columns and its records as
//! JSON. Never changes anything; a record that is damaged is shown as damaged beside the others.

use std::fmt::Debug;

use rusqlite::Row as Columns;
use rusqlite::types::ValueRef;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};
use smol_str::SmolStr;

use super::ask::{Read, count_all, get, text};
use super::record::{decode, encode, open, seal};
use super::trouble::from_sqlite;
use super::write::{FREEZE, STORM, sender_of, state_of, yes};
use super::{Sqlite, open::epoch};
use crate::journal::{
    self, AtWork, DeadLetter, DealtWith, Debt, Disposition, Dwell, Entry, Error, Event, Freeze,
    Heard, Incident, IncidentId, Journal, Outbox, Scope, StoredIntent, StoredWait, Storm,
};
use crate::program::{CodeHash, Program};
use crate::run::{Action, Run};
use crate::value::Time;

/// A table of the store, and how it is read: its statement gives an id, then columns, then records, the newest first.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// What one row of it is.
    pub about: &'static str,
    sql: &'static str,
    columns: &'static [&'static str],
    records: &'static [(&'static str, Decoder)],
}

/// How a record is read that begins in a column; none if it is damaged.
type Decoder = fn(&Columns<'_>, usize) -> Read<Option<Json>>;

/// What is known of the whole store.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// What the store is called in idempotency keys.
    pub name: String,
    /// How often an agent has opened it.
    pub epoch: u64,
    /// When the last batch was written.
    pub written: Option<Time>,
    /// Who stopped all changes, if somebody did.
    pub freeze: Option<Json>,
    /// How many rows each table has.
    pub tables: Map<String, Json>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What it is found by; parts are separated by dots.
    pub id: SmolStr,
    pub columns: Map<String, Json>,
    /// By name; `null` stands for one that is damaged.
    pub records: Map<String, Json>,
}

/// Columns that hold a moment.
const MOMENTS: [&str; 3] = ["at", "opened", "due_at"];
/// Columns that say yes or no.
const FLAGS: [&str; 5] = ["open", "loud", "ended", "due", "owed"];

/// The bytes of a hash.
const HASH: usize = 32;

/// Every table. The first number of an id is what the row belongs to: `7.2` is the third entry of incident 7. A run is
/// shown as everywhere: `7.0` is the first one of incident 7, `debt-3.0` the first one that looks at debt 3.
pub const TABLES: &[Table] = &[
    Table {
        name: "event",
        about: "what arrived, and what became of it",
        sql: "SELECT id, at, name, disposition, record, sender FROM event ORDER BY id DESC",
        columns: &["at", "name"],
        records: &[("disposition", of::<Disposition>), ("event", event)],
    },
    Table {
        name: "dead_letter",
        about: "what could not be dealt with",
        sql: "SELECT id, record FROM dead_letter ORDER BY id DESC",
        columns: &[],
        records: &[("letter", of::<DeadLetter>)],
    },
    Table {
        name: "holding",
        about: "an alert that has to stand for a while first",
        sql: "SELECT event || '.' || runbook || '.' || trigger, record FROM holding \
              ORDER BY event DESC, runbook, trigger",
        columns: &[],
        records: &[("dwell", of::<Dwell>)],
    },
    Table {
        name: "incident",
        about: "an incident",
        sql: "SELECT id, runbook, key, opened, open, loud, record FROM incident ORDER BY id DESC",
        columns: &["runbook", "key", "opened", "open", "loud"],
        records: &[("incident", of::<Incident>)],
    },
    Table {
        name: "alert",
        about: "an alert of an incident",
        sql: "SELECT incident || '.' || fingerprint, fires, record FROM alert \
              ORDER BY incident DESC, fingerprint DESC",
        columns: &["fires"],
        records: &[("alert", of::<(IncidentId, SmolStr, Heard)>)],
    },
    Table {
        name: "entry",
        about: "a line of an incident's timeline",
        sql: "SELECT incident || '.' || number, record FROM entry ORDER BY incident DESC, number DESC",
        columns: &[],
        records: &[("entry", of::<Entry>)],
    },
    Table {
        name: "run",
        about: "a run, and what it waits for",
        sql: "SELECT iif(kind, 'debt-', '') || owner || '.' || ordinal, ended, due, ask, clock, record, state \
              FROM run LEFT JOIN run_state ON run_state.run = run.id ORDER BY kind DESC, owner DESC, ordinal DESC",
        columns: &["ended", "due_at", "ask", "clock"],
        records: &[("pending", of::<(CodeHash, Vec<Action>)>), ("run", run)],
    },
    Table {
        name: "waiting",
        about: "a run that waits for leave to change something",
        sql: "SELECT iif(kind, 'debt-', '') || owner || '.' || ordinal, record FROM waiting \
              ORDER BY kind DESC, owner DESC, ordinal DESC",
        columns: &[],
        records: &[("wait", of::<StoredWait>)],
    },
    Table {
        name: "intent",
        about: "a change that was granted, and its outcome",
        sql: "SELECT id, iif(kind, 'debt-', '') || owner || '.' || ordinal, state, record FROM intent ORDER BY id DESC",
        columns: &["run", "state"],
        records: &[("intent", of::<StoredIntent>)],
    },
    Table {
        name: "target",
        about: "how many targets of a type an intent was to change",
        sql: "SELECT intent || '.' || type, at, amount FROM target ORDER BY intent DESC, type",
        columns: &["at", "amount"],
        records: &[],
    },
    Table {
        name: "message",
        about: "a page, a task or a note, and what became of it: the outbox",
        sql: "SELECT id, due, record FROM message ORDER BY id DESC",
        columns: &["due"],
        records: &[("message", of::<Outbox>)],
    },
    Table {
        name: "debt",
        about: "what is owed after a mitigation",
        sql: "SELECT id, owed, record FROM debt ORDER BY id DESC",
        columns: &["owed"],
        records: &[("debt", of::<Debt>)],
    },
    Table {
        name: "control",
        about: "where changes are stopped, and storms",
        sql: "SELECT scope, kind, record FROM control ORDER BY scope DESC",
        columns: &["kind"],
        records: &[("control", control)],
    },
    Table {
        name: "version",
        about: "what a version of a runbook does that was at work",
        sql: "SELECT runbook || '.' || version, record FROM version ORDER BY runbook DESC, version DESC",
        columns: &[],
        records: &[("version", of::<AtWork>)],
    },
    Table {
        name: "schedule",
        about: "how far the due times of a schedule have been dealt with",
        sql: "SELECT runbook || '.' || schedule || '.' || zone, record FROM schedule \
              ORDER BY runbook DESC, schedule DESC, zone DESC",
        columns: &[],
        records: &[("schedule", of::<DealtWith>)],
    },
    Table {
        name: "program",
        about: "a compiled runbook that a run is pinned to",
        sql: "SELECT lower(hex(hash)), length(artefact), artefact FROM program ORDER BY id DESC",
        columns: &["bytes"],
        records: &[("program", program)],
    },
    Table {
        name: "batch",
        about: "the facts that became durable together",
        sql: "SELECT number, epoch, at, mono, boot, open, personal FROM batch ORDER BY number DESC",
        columns: &["epoch", "at", "mono", "boot"],
        records: &[("facts", facts)],
    },
];

impl Sqlite {
    /// What is known of the whole store.
    pub fn overview(&self) -> Result<Overview, Error> {
        let connection = self.known()?;
        let mut tables = Map::new();
        for table in TABLES {
            let count = count_all(connection, &format!("SELECT count(*) FROM {}", table.name))?;
            tables.insert(table.name.into(), count.into());
        }
        let mut freezes = self.freezes()?.into_iter();
        let everywhere = freezes.find(|(scope, _)| *scope == Scope::All);
        Ok(Overview {
            name: self.name()?,
            epoch: epoch(connection)?.0,
            written: self.stamp()?.map(|stamp| stamp.at),
            freeze: everywhere.map(|(_, freeze)| shown(&freeze)),
            tables,
        })
    }

    /// The newest rows of a table, the newest last: at most so many, of those whose id is this one or begins with it.
    pub fn rows(&self, table: &Table, id: Option<&str>, most: usize) -> Result<Vec<Row>, Error> {
        let mut statement = self.known()?.prepare(table.sql).map_err(from_sqlite)?;
        let mut rows = statement.query([]).map_err(from_sqlite)?;
        let mut found = Vec::new();
        while found.len() < most
            && let Some(row) = rows.next().map_err(from_sqlite)?
        {
            let own = id_of(row)?;
            if id.is_none_or(|id| is_named(&own, id)) {
                found.push(table.row(row, own)?);
            }
        }
        found.reverse();
        Ok(found)
    }
}

impl Table {
    fn row(&self, row: &Columns<'_>, id: SmolStr) -> Read<Row> {
        let mut columns = Map::new();
        for (index, name) in self.columns.iter().enumerate() {
            columns.insert((*name).into(), column(row, index + 1, name)?);
        }
        let mut records = Map::new();
        for (index, (name, read)) in self.records.iter().enumerate() {
            let record = read(row, self.columns.len() + 1 + index)?;
            records.insert((*name).into(), record.unwrap_or_default());
        }
        Ok(Row {
            id,
            columns,
            records,
        })
    }
}

/// The id of a row: a number, or a text.
fn id_of(row: &Columns<'_>) -> Read<SmolStr> {
    match row.get_ref(0).map_err(from_sqlite)? {
        ValueRef::Integer(number) => Ok(number.to_string().into()),
        _ => text(row, 0),
    }
}

/// Whether an id is this one, or begins with it.
fn is_named(own: &str, id: &str) -> bool {
    let rest = own.strip_prefix(id);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn column(row: &Columns<'_>, index: usize, name: &str) -> Read<Json> {
    Ok(match row.get_ref(index).map_err(from_sqlite)? {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => meant(number, name),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(_) => text(row, index)?.as_str().into(),
        ValueRef::Blob(bytes) => hex(bytes.iter().copied()).into(),
    })
}

/// What a number in a column means, and not how it is stored; one that means nothing stands as it is.
fn meant(number: i64, name: &str) -> Json {
    let is_flag = FLAGS.contains(&name);
    match name {
        _ if is_flag && number == yes(true) => true.into(),
        _ if is_flag && number == yes(false) => false.into(),
        "fires" if number == 0 || number == 1 => (number == 1).into(),
        _ if MOMENTS.contains(&name) => {
            Time::from_millis(number).map_or(number.into(), |at| json!(at))
        }
        "state" => state_of(number).map_or(number.into(), |state| json!(state)),
        "kind" if number == FREEZE => "freeze".into(),
        "kind" if number == STORM => "storm".into(),
        _ => number.into(),
    }
}

fn of<T: DeserializeOwned + Serialize>(row: &Columns<'_>, index: usize) -> Read<Option<Json>> {
    Ok(blob(row, index)?.and_then(|blob| Some(shown(&decode::<T>(&blob)?))))
}

/// What arrived; of an alert with who sent it, which stands behind the record.
fn event(row: &Columns<'_>, index: usize) -> Read<Option<Json>> {
    let Some(event) = blob(row, index)?.and_then(|blob| decode::<Event>(&blob)) else {
        return Ok(None);
    };
    let mut json = shown(&event);
    if let (Event::Alert(_), Ok(sender)) = (event, get(row, index + 1)) {
        json["Alert"]["sender"] = json!(sender_of(sender).source());
    }
    Ok(Some(json))
}

fn run(row: &Columns<'_>, index: usize) -> Read<Option<Json>> {
    let blob = blob(row, index)?;
    let run = blob.and_then(|blob| Run::of_stored(open(&blob)?));
    Ok(run.map(|run| shown(&run)))
}

fn program(row: &Columns<'_>, index: usize) -> Read<Option<Json>> {
    let program = blob(row, index)?.and_then(|blob| Program::of_artefact(open(&blob)?));
    Ok(program.map(|program| shown(&program)))
}

/// A storm, or where changes are stopped: the column before it says which.
fn control(row: &Columns<'_>, index: usize) -> Read<Option<Json>> {
    match get(row, index - 1) {
        Ok(FREEZE) => of::<(Scope, Freeze)>(row, index),
        Ok(STORM) => of::<(Scope, Storm)>(row, index),
        Ok(_) | Err(_) => Ok(None),
    }
}

/// The facts of a batch. Where what names a person is gone, the rest is shown.
fn facts(row: &Columns<'_>, index: usize) -> Read<Option<Json>> {
    let (openly, personal) = (blob(row, index)?, blob(row, index + 1)?);
    let personal = personal.as_deref().and_then(open);
    let openly = openly.as_deref().and_then(open);
    let facts = openly.and_then(|openly| journal::decode(openly, personal));
    let facts = facts.map(|facts| facts.iter().map(fact).collect());
    Ok(facts.map(Json::Array))
}

fn fact(read: &journal::Read) -> Json {
    match read {
        journal::Read::Fact(fact) => {
            let fields = fact.fields().into_iter();
            let fields: Map<_, _> = fields
                .map(|(name, text)| (name.into(), text.into()))
                .collect();
            json!({ "kind": fact.kind().name, "fields": fields })
        }
        journal::Read::Newer { kind, version } => json!({ "kind": kind, "version": version }),
    }
}

fn blob(row: &Columns<'_>, index: usize) -> Read<Option<Vec<u8>>> {
    get(row, index)
}

/// Reads bytes as each kind of record: what can be read is shown, and is written as it was read.
pub fn try_records(bytes: &[u8]) {
    let blob = seal(bytes);
    again::<Disposition>(&blob);
    again::<Event>(&blob);
    again::<DeadLetter>(&blob);
    again::<Dwell>(&blob);
    again::<Incident>(&blob);
    again::<(IncidentId, SmolStr, Heard)>(&blob);
    again::<Entry>(&blob);
    again::<(CodeHash, Vec<Action>)>(&blob);
    again::<Run>(&blob);
    again::<StoredWait>(&blob);
    again::<StoredIntent>(&blob);
    again::<Outbox>(&blob);
    again::<Debt>(&blob);
    again::<(Scope, Freeze)>(&blob);
    again::<(Scope, Storm)>(&blob);
    again::<AtWork>(&blob);
    again::<DealtWith>(&blob);
    if let Some(program) = Program::of_artefact(bytes) {
        shown(&program);
        program.code_hash();
    }
    for personal in [None, Some(bytes)] {
        let facts = journal::decode(bytes, personal);
        facts.iter().flatten().map(fact).for_each(drop);
    }
}

fn again<T: DeserializeOwned + Serialize + Debug>(blob: &[u8]) {
    if let Some(record) = decode::<T>(blob) {
        shown(&record);
        let read = decode::<T>(&encode(&record)).map(|again| format!("{again:?}"));
        assert_eq!(read, Some(format!("{record:?}")));
    }
}

/// A record as JSON, with its hashes as they are printed elsewhere.
fn shown(record: &impl Serialize) -> Json {
    match serde_json::to_value(record) {
        Ok(record) => printed(record),
        Err(why) => format!("it cannot be shown: {why}").into(),
    }
}

fn printed(json: Json) -> Json {
    match json {
        Json::Array(items) => match hash(&items) {
            Some(hash) => hash.into(),
            None => items.into_iter().map(printed).collect(),
        },
        Json::Object(fields) => {
            let fields = fields.into_iter();
            fields.map(|(name, value)| (name, printed(value))).collect()
        }
        leaf @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => leaf,
    }
}

/// The bytes of a hash, as they are printed.
fn hash(items: &[Json]) -> Option<String> {
    let bytes = items.iter().map(|item| u8::try_from(item.as_u64()?).ok());
    let bytes = bytes.collect::<Option<Vec<u8>>>()?;
    (bytes.len() == HASH).then(|| hex(bytes.into_iter()))
}

fn hex(bytes: impl Iterator<Item = u8>) -> String {
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
