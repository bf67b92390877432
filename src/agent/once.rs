//! One alert, now: what an agent would do about it, done by this process, with the agent's store.
//!
//! What is begun is written down first, as always: if this process dies, the next agent on the same
//! store goes on from there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::load::{Package, Refused};
use super::serve::{Options, folder_of, reach};
use super::take_up::take_up;
use super::view::{IncidentDetail, TimelineLine};
use crate::diag::Code;
use crate::engine::{Accepted, Arriving};
use crate::host::{Clock, Driver, Gone, Handle, Reading};
use crate::journal::{Alert, IncidentId, IncidentState};
use crate::settings::Settings;

/// How often the incident is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// No runbook takes the alert, or not now.
    NotTaken(String),
    /// The incident as it is left.
    Left(Box<IncidentDetail>),
}

/// Deals with one alert, and tells `say` each line of the timeline as it comes.
pub async fn run_once(
    options: &Options,
    settings: Settings,
    package: Package,
    alert: Alert,
    mut say: impl FnMut(&TimelineLine),
) -> Result<Outcome, Vec<Refused>> {
    let reach = reach(&settings, options, &package)?;
    let folder = folder_of(&options.settings);
    let path = folder.join(&settings.store);
    let reading = Reading::of(path.clone());
    let clock = Arc::new(Clock::default());
    // An agent loads more than the one that takes the alert.
    let runbooks = package.runbooks().into_part();
    let (store, engine) = take_up(&path, runbooks, &settings, &clock)?;
    let (stopped, _) = oneshot::channel();
    let (handle, orders) = Handle::begin();
    let driver = Driver::start(
        orders,
        Box::new(store),
        engine,
        reach.performer,
        clock,
        None,
        stopped,
    );
    let outcome = follow(&handle, &reading, alert, &mut say).await;
    handle.stop();
    // The thread writes what has come in before it ends.
    let _ = tokio::task::spawn_blocking(|| driver.join()).await;
    outcome.map_err(|Gone| {
        let why = "the store failed in the middle of it".to_owned();
        let code = Some(Code::StoreFailed);
        vec![Refused::of(code, why)]
    })
}

async fn follow(
    handle: &Handle,
    reading: &Reading,
    alert: Alert,
    say: &mut impl FnMut(&TimelineLine),
) -> Result<Outcome, Gone> {
    let accepted = handle.accept(vec![Arriving::Alert(alert)]).await;
    // Nobody else sends anything, so it is never busy.
    let accepted = accepted.map_err(|_| Gone)?;
    let id = match accepted.first() {
        Some(Accepted::Taken(incidents)) => incidents.first().copied(),
        Some(Accepted::Joined(incident)) => Some(*incident),
        Some(Accepted::Dead { code, why }) => {
            return Ok(Outcome::NotTaken(format!("{why} ({code})")));
        }
        Some(Accepted::Kept) => {
            let why =
                "the alert has to stand for a while first (`holding`); an agent waits for that";
            return Ok(Outcome::NotTaken(why.to_owned()));
        }
        None => None,
    };
    let Some(id) = id else {
        return Ok(Outcome::NotTaken("nothing takes it".to_owned()));
    };
    let mut next = 0;
    loop {
        let (detail, is_left) = look(handle, reading, id, next).await?;
        for line in &detail.timeline {
            say(line);
            next = line.number + 1;
        }
        if is_left {
            return Ok(Outcome::Left(Box::new(detail)));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The incident from an entry on, and whether nothing more comes of it without a human.
async fn look(
    handle: &Handle,
    reading: &Reading,
    id: IncidentId,
    from: u64,
) -> Result<(IncidentDetail, bool), Gone> {
    let looked = reading.look(move |archive| {
        let Some(incident) = archive.incident(id)? else {
            return Ok(None);
        };
        let entries = archive.timeline(id, from)?;
        Ok(Some((incident, entries)))
    });
    let (incident, entries) = looked.await.ok().flatten().ok_or(Gone)?;
    let waits_for_humans = match &incident.state {
        IncidentState::Open | IncidentState::Reopened => false,
        IncidentState::Handed
        | IncidentState::Acknowledged { .. }
        | IncidentState::Resolved { .. } => true,
    };
    let is_told = handle.look(move |engine| engine.model().messages_of(id).next().is_none());
    let is_left = incident.run.is_none() && waits_for_humans && is_told.await?;
    Ok((IncidentDetail::of(&Ok(incident), &entries), is_left))
}
