//! A store, and an engine that knows what it holds: to work on it, or only to look.

use std::path::Path;

use tracing::warn;

use super::load::Refused;
use super::serve::{open_store, store_refused};
use crate::engine::{Engine, Runbooks};
use crate::host::Clock;
use crate::journal::{Error, Journal, Memory};
use crate::settings::Settings;
use crate::store::Sqlite;
use crate::value::Duration;

/// The store as its one owner, and its engine.
pub fn take_up(
    path: &Path,
    runbooks: Runbooks,
    settings: &Settings,
    clock: &Clock,
) -> Result<(Sqlite, Engine), Vec<Refused>> {
    let store = open_store(path)?;
    let engine = engine_of(&store, runbooks, settings, clock);
    let engine = engine.map_err(|failure| vec![store_refused(path, &failure)])?;
    Ok((store, engine))
}

/// The store as whoever only looks, also beside an agent at work, and an engine of which nothing may be written. What
/// no agent has used yet is empty; what cannot be looked at is refused, since it may hold what stops changes.
pub fn look_at(
    path: &Path,
    runbooks: Runbooks,
    settings: &Settings,
    clock: &Clock,
) -> Result<(Box<dyn Journal>, Engine), Vec<Refused>> {
    let refused = |failure| vec![store_refused(path, &failure)];
    let store: Box<dyn Journal> = match Sqlite::look(path).map_err(refused)? {
        Some(store) => Box::new(store),
        None => Box::new(Memory::new("dry-run")),
    };
    let engine = engine_of(store.as_ref(), runbooks, settings, clock);
    let engine = engine.map_err(refused)?;
    Ok((store, engine))
}

fn engine_of(
    store: &dyn Journal,
    runbooks: Runbooks,
    settings: &Settings,
    clock: &Clock,
) -> Result<Engine, Error> {
    let stepped = stepped(store, clock)?;
    let grants = settings.grants.clone();
    let platform = settings.platform.clone();
    let mut engine = Engine::start(store, runbooks, grants, platform, stepped, clock.now())?;
    engine.abides_by(store, settings.bounds.clone(), clock.now())?;
    Ok(engine)
}

/// How far the clock was set since the store was written last.
fn stepped(store: &dyn Journal, clock: &Clock) -> Result<Option<Duration>, Error> {
    let last = store.stamp()?;
    let by = last.and_then(|last| clock.missed(&last));
    if let Some(by) = by {
        warn!(
            "the clock was set by {by} while no agent was at work; what is due has moved with it"
        );
    }
    Ok(by)
}
