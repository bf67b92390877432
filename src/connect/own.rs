//! The module `events`: what its tools reported to the agent. The engine answers it out of the journal, and no provider is
//! asked.

use super::operation::{Connector, Operation, OperationKind, SpeaksTo};

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "events",
    operations: &[
        Operation {
            name: "events.last",
            kind: OperationKind::Probe,
            params: &["kind: type R", "within: Duration"],
            result: Some("R"),
        },
        Operation {
            name: "events.number",
            kind: OperationKind::Probe,
            params: &["kind: type R", "within: Duration"],
            result: Some("Int"),
        },
    ],
    speaks_to: SpeaksTo::Agent,
    make: |_| Ok(None),
};
