//! The schema and its versions: numbered steps that only go forward.
//!
//! In: a store of any version. Out: one of the newest, or a refusal if a later version of the tool
//! wrote it, or something else altogether. Never changes a step that was released.

use rusqlite::{Connection, params};

use super::ask::{get, one};
use super::record::{FORM, decode, encode};
use super::trouble::{error, from_sqlite};
use super::write::{execute, state_of, write_alert};
use crate::journal::{Error, ErrorKind, Incident, StoreMigrated, StoredIntent};

/// Version N is what the first N steps make.
const STEPS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
];

/// Since this version the alerts of an incident have rows of their own.
const ALERTS: usize = 6;

/// Since this version the record of a change says what is known of it, and not its column alone.
const STATES: usize = 8;

/// Says in the file's head that it is a store: `rbk` and a zero, as a number.
const APPLICATION: i64 = 0x7262_6b00;

/// What the schema of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Nothing is there yet.
    Fresh,
    /// Of an older version: so many steps were taken.
    Older(usize),
    Current,
}

/// Looks at the file without changing anything.
pub fn look(connection: &Connection) -> Result<Schema, Error> {
    let application = number(connection, "application_id")?;
    let version = number(connection, "user_version")?;
    let objects = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0));
    let objects: i64 = objects.map_err(from_sqlite)?;
    if application == 0 && version == 0 && objects == 0 {
        return Ok(Schema::Fresh);
    }
    if application != APPLICATION {
        return Err(error(
            ErrorKind::Corrupt,
            "the file is not a store: it is a database of another program",
        ));
    }
    match usize::try_from(version) {
        Ok(version) if version > STEPS.len() => Err(error(
            ErrorKind::Newer,
            format!(
                "a later version of this tool wrote the store: its schema is {version}, and this \
                 one knows {}",
                STEPS.len()
            ),
        )),
        Ok(version) if version == STEPS.len() => {
            look_at_form(connection)?;
            Ok(Schema::Current)
        }
        Ok(version) if version > 0 => Ok(Schema::Older(version)),
        Ok(_) | Err(_) => Err(error(
            ErrorKind::Corrupt,
            format!("the store is damaged: {version} is not a version of a schema"),
        )),
    }
}

/// The tables that a store of this version lacks, as SQL that makes them for one connection alone; none where a step
/// changes what is there: else such a store is read as it is.
pub fn tables_added(version: usize) -> Option<String> {
    let lines = STEPS.iter().skip(version).flat_map(|step| step.lines());
    let sql: Vec<&str> = lines.filter(|line| !line.starts_with("--")).collect();
    let sql = sql.join("\n");
    let statements = sql.split(';').map(str::trim);
    let mut made = String::new();
    for statement in statements.filter(|statement| !statement.is_empty()) {
        let table = statement.strip_prefix("CREATE TABLE ")?;
        made.push_str(&format!("CREATE TEMP TABLE {table};\n"));
    }
    (version >= ALERTS.max(STATES)).then_some(made)
}

/// Refuses records of an earlier form: what they do not say of an incident cannot be made up.
pub fn look_at_form(connection: &Connection) -> Result<(), Error> {
    let sql = "SELECT min(substr(form, 1, 1)) FROM (SELECT * FROM \
               (SELECT artefact AS form FROM program LIMIT 1) UNION ALL \
               SELECT * FROM (SELECT record FROM incident LIMIT 1))";
    let form = connection.query_row(sql, [], |row| row.get::<_, Option<Vec<u8>>>(0));
    let form = form.map_err(from_sqlite)?;
    match form.as_deref().and_then(<[u8]>::first) {
        Some(form) if (1..FORM).contains(form) => Err(error(
            ErrorKind::Failed,
            format!(
                "an earlier version of this tool wrote the store: its records have form {form}, \
                 and this version reads form {FORM}; let that version finish its incidents, then \
                 begin with a new store"
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

/// Takes the steps that are missing, inside the caller's transaction; gives what has happened to a
/// store that was there.
pub fn migrate(connection: &Connection, schema: Schema) -> Result<Option<StoreMigrated>, Error> {
    let done = match schema {
        Schema::Fresh => 0,
        Schema::Older(version) => version,
        Schema::Current => return Ok(None),
    };
    for step in STEPS.iter().skip(done) {
        connection.execute_batch(step).map_err(from_sqlite)?;
    }
    if (1..ALERTS).contains(&done) {
        part_alerts(connection)?;
    }
    if (1..STATES).contains(&done) {
        say_states(connection)?;
    }
    let version = STEPS.len();
    let stamp = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version}");
    connection.execute_batch(&stamp).map_err(from_sqlite)?;
    let number = |steps| u32::try_from(steps).unwrap_or(u32::MAX);
    Ok((done > 0).then(|| StoreMigrated {
        from: number(done),
        to: number(version),
    }))
}

/// Gives the alerts that stand in the records of incidents rows of their own. A record that cannot be
/// read stays: whoever needs it says so.
fn part_alerts(connection: &Connection) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let sql = "SELECT id, record FROM incident WHERE id > ?1 ORDER BY id LIMIT 1";
        let next = one(connection, sql, [after], |row| {
            Ok((get::<i64>(row, 0)?, get::<Vec<u8>>(row, 1)?))
        })?;
        let Some((id, record)) = next else {
            return Ok(());
        };
        after = id;
        let Some(mut incident) = decode::<Incident>(&record) else {
            continue;
        };
        let alerts = incident.take_alerts();
        for (fingerprint, heard) in alerts.all() {
            write_alert(connection, incident.id, fingerprint, *heard)?;
        }
        let sql = "UPDATE incident SET record = ?2 WHERE id = ?1";
        execute(connection, sql, params![id, encode(&incident)])?;
    }
}

/// Writes what the columns of changes say is known of them into their records.
fn say_states(connection: &Connection) -> Result<(), Error> {
    let mut after = i64::MIN;
    loop {
        let sql = "SELECT id, state, record FROM intent WHERE id > ?1 ORDER BY id LIMIT 1";
        let next = one(connection, sql, [after], |row| {
            Ok((get(row, 0)?, get(row, 1)?, get::<Vec<u8>>(row, 2)?))
        })?;
        let Some((id, state, record)) = next else {
            return Ok(());
        };
        after = id;
        let known = decode::<StoredIntent>(&record).zip(state_of(state));
        let Some((known, state)) = known.filter(|(known, state)| known.state != *state) else {
            continue;
        };
        let sql = "UPDATE intent SET record = ?2 WHERE id = ?1";
        let record = encode(&StoredIntent { state, ..known });
        execute(connection, sql, params![id, record])?;
    }
}

fn number(connection: &Connection, pragma: &str) -> Result<i64, Error> {
    connection
        .pragma_query_value(None, pragma, |row| row.get(0))
        .map_err(from_sqlite)
}

#[cfg(test)]
mod tests {
    use super::{STEPS, tables_added};

    #[test]
    fn a_store_is_read_as_it_is_where_no_table_changed() {
        let read = (1..STEPS.len()).filter(|version| tables_added(*version).is_some());
        assert_eq!(read.collect::<Vec<_>>(), [9, 10]);
    }
}
