//! The windows that the lines of a `blast` name, as data that a program carries.

use super::{CapKind, Package, Runbook, WindowId};
use crate::program::window::{Lines, Window};

impl Package {
    /// When a runbook may begin changes, as its `blast` says.
    pub fn window_lines(&self, runbook: &Runbook) -> Lines {
        let mut lines = Lines::default();
        for cap in &runbook.caps {
            match cap.kind {
                CapKind::Pause(window) => lines.pause.push(self.window_times(window)),
                CapKind::Only(window) => lines.only.push(self.window_times(window)),
                CapKind::Share { .. }
                | CapKind::Keep { .. }
                | CapKind::PerDomain { .. }
                | CapKind::DomainsAtOnce { .. } => {}
            }
        }
        lines
    }

    /// A window with what is cut out of it.
    fn window_times(&self, window: WindowId) -> Window {
        let mut layers = Vec::new();
        let mut next = Some(window);
        // One that is cut out of itself ends, too: the checker has refused it.
        for _ in 0..self.windows.len() {
            let Some(window) = next.and_then(|id| self.windows.get(id.index())) else {
                break;
            };
            layers.extend(window.times.clone());
            next = window.except;
        }
        let name = self.windows.get(window.index());
        Window {
            name: name.map(|window| window.name.clone()).unwrap_or_default(),
            layers,
        }
    }
}
