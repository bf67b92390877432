//! The changes that have begun and not ended, so that an agent that stops can let them finish.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use smol_str::SmolStr;
use tokio::sync::Notify;

/// Changes under way.
#[derive(Debug, Default)]
pub struct UnderWay {
    begun: Mutex<Begun>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct Begun {
    next: u64,
    names: BTreeMap<u64, SmolStr>,
}

/// A change, until it is dropped.
#[derive(Debug)]
pub struct Change {
    all: Arc<UnderWay>,
    number: u64,
}

impl UnderWay {
    /// A change begins.
    pub fn begin(self: &Arc<Self>, name: &str) -> Change {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let number = begun.next;
        begun.next += 1;
        begun.names.insert(number, name.into());
        Change {
            all: self.clone(),
            number,
        }
    }

    /// The names of those under way, oldest first.
    pub fn names(&self) -> Vec<SmolStr> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.names.values().cloned().collect()
    }

    /// Resolves once none is left.
    pub async fn none_left(&self) {
        loop {
            let ended = self.ended.notified();
            if self.names().is_empty() {
                return;
            }
            ended.await;
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        let mut begun = self
            .all
            .begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        begun.names.remove(&self.number);
        drop(begun);
        self.all.ended.notify_waiters();
    }
}
