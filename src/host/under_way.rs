//! The changes and the deliveries that have begun and not ended, so that an agent that stops can let them finish.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use smol_str::SmolStr;
use tokio::sync::Notify;

/// What of one kind is under way.
#[derive(Debug, Default)]
pub struct UnderWay {
    begun: Mutex<Begun>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct Begun {
    /// No more begins.
    closed: bool,
    next: u64,
    names: BTreeMap<u64, SmolStr>,
}

/// Something under way, until it is dropped.
#[derive(Debug)]
pub struct Going {
    all: Arc<UnderWay>,
    number: u64,
}

impl UnderWay {
    /// Something begins, unless nothing may any more.
    pub fn begin(self: &Arc<Self>, name: &str) -> Option<Going> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.closed {
            return None;
        }
        let number = begun.next;
        begun.next += 1;
        begun.names.insert(number, name.into());
        Some(Going {
            all: self.clone(),
            number,
        })
    }

    /// From here on nothing begins.
    pub fn close(&self) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.closed = true;
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

impl Drop for Going {
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
