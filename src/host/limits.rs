//! How much is under way at once, so that nothing of the agent's own runs out.
//!
//! In: what is to be asked, changed or told. Out: a place for it, or that its time was over before
//! there was one. What never got a place never began: that is no evidence about the world.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connect::Endpoint;

/// Looks at one endpoint.
const ENDPOINT: usize = 64;
/// Looks in all.
const LOOKS: usize = 256;
/// Changes of one connector.
const CHANGES: usize = 16;
/// Deliveries in all; each contact has one at a time.
const DELIVERIES: usize = 16;
/// Connections that others may have to the agent.
const CONNECTIONS: usize = 512;
/// Descriptors that are kept for the store, for pages and for health.
const RESERVE: u64 = 64;
/// Endpoints that are remembered; those that nobody asks go first.
const REMEMBERED: usize = 1_024;

/// The places of one agent.
#[derive(Debug)]
pub struct Limits {
    looks: Arc<Semaphore>,
    deliveries: Arc<Semaphore>,
    each: Mutex<BTreeMap<(Kind, String), Arc<Semaphore>>>,
    /// Connections that others may have.
    pub connections: usize,
}

/// What a place is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Endpoint,
    Change,
    Program,
    Contact,
}

/// A place, as long as it is held.
#[derive(Debug)]
pub struct Place(Vec<OwnedSemaphorePermit>);

/// The time was over before there was a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl Limits {
    /// As many places as the descriptors of this process allow.
    pub fn of_this_process() -> Limits {
        Limits::new(descriptors())
    }

    fn new(descriptors: u64) -> Limits {
        let free = descriptors.saturating_sub(RESERVE);
        let free = usize::try_from(free).unwrap_or(usize::MAX);
        let looks = LOOKS.min(free / 4).max(1);
        let connections = CONNECTIONS.min(free / 2).max(1);
        Limits {
            looks: Arc::new(Semaphore::new(looks)),
            deliveries: Arc::new(Semaphore::new(DELIVERIES)),
            each: Mutex::new(BTreeMap::new()),
            connections,
        }
    }

    /// A place for a look at this endpoint.
    pub async fn look(&self, endpoint: &Endpoint, patience: Duration) -> Result<Place, Busy> {
        match endpoint {
            Endpoint::Named(name) => {
                let of = self.each(Kind::Endpoint, name, ENDPOINT);
                both(of, self.looks.clone(), patience).await
            }
            Endpoint::Program => one(self.programs(), patience).await,
        }
    }

    /// A place for a change by this connector.
    pub async fn change(
        &self,
        module: &str,
        endpoint: &Endpoint,
        patience: Duration,
    ) -> Result<Place, Busy> {
        let places = match endpoint {
            Endpoint::Named(_) => self.each(Kind::Change, module, CHANGES),
            Endpoint::Program => self.programs(),
        };
        one(places, patience).await
    }

    /// One a core, and two at least: one that hangs must not keep all others waiting.
    fn programs(&self) -> Arc<Semaphore> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.each(Kind::Program, "", cores.max(2))
    }

    /// A place for a delivery to this contact, however long that takes.
    pub async fn delivery(&self, to: &str) -> Place {
        let of = self.each(Kind::Contact, to, 1);
        let forever = Duration::MAX;
        // Without an end to the patience there is always a place at last.
        let place = both(of, self.deliveries.clone(), forever).await;
        place.unwrap_or(Place(Vec::new()))
    }

    fn each(&self, kind: Kind, name: &str, places: usize) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if each.len() >= REMEMBERED {
            each.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let places = || Arc::new(Semaphore::new(places));
        let known = each.entry((kind, name.to_owned())).or_insert_with(places);
        known.clone()
    }
}

async fn one(places: Arc<Semaphore>, patience: Duration) -> Result<Place, Busy> {
    match tokio::time::timeout(patience, places.acquire_owned()).await {
        Ok(Ok(place)) => Ok(Place(vec![place])),
        Ok(Err(_)) | Err(_) => Err(Busy),
    }
}

/// The narrower one first, so that who waits for it holds nothing that others could use.
async fn both(
    narrow: Arc<Semaphore>,
    wide: Arc<Semaphore>,
    patience: Duration,
) -> Result<Place, Busy> {
    let places = async {
        let Place(mut places) = one(narrow, Duration::MAX).await?;
        places.extend(one(wide, Duration::MAX).await?.0);
        Ok(Place(places))
    };
    match tokio::time::timeout(patience, places).await {
        Ok(places) => places,
        Err(_) => Err(Busy),
    }
}

/// How many descriptors this process may have, after it has asked for as many as it may ask for.
fn descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let wider = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where that is refused, the old limit goes on to hold.
    let _ = setrlimit(Resource::Nofile, wider);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_no_place_in_time_never_begins() {
        let limits = Limits::new(1_024);
        let patience = Duration::from_millis(20);
        let [a, b] = ["a:80", "b:80"].map(|name| Endpoint::Named(name.to_owned()));
        let mut held = Vec::new();
        for _ in 0..ENDPOINT {
            held.push(limits.look(&a, patience).await.unwrap());
        }
        assert_eq!(limits.look(&a, patience).await.err(), Some(Busy));
        assert!(limits.look(&b, patience).await.is_ok());
        held.pop();
        assert!(limits.look(&a, patience).await.is_ok());
    }

    #[tokio::test]
    async fn few_descriptors_mean_few_places() {
        let limits = Limits::new(128);
        assert_eq!(
            (limits.connections, limits.looks.available_permits()),
            (32, 16)
        );
        let none = Limits::new(0);
        assert_eq!((none.connections, none.looks.available_permits()), (1, 1));
    }
}
