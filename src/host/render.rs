//! What a message says of what was seen and done: made of the timeline when it is sent, and kept
//! nowhere.

use tracing::warn;

use crate::engine;
use crate::journal::{Journal, Outbox};

/// Puts the evidence into a message about an incident. One that cannot be read costs no page.
pub fn render(journal: &dyn Journal, outbox: &mut Outbox) {
    let Some(incident) = outbox.message.incident else {
        return;
    };
    // Older agents kept it with the message.
    if !outbox.message.evidence.is_empty() {
        return;
    }
    match journal.timeline(incident, 0) {
        Ok(entries) => outbox.message.evidence = engine::evidence(&entries),
        Err(failure) => warn!(%incident, "sent without evidence: {failure}"),
    }
}
