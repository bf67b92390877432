//! What the analyses found out: for the compiler, and for `check --report`.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{SiteId, TargetId};
use crate::effect::{Level, Scope};
use crate::text::Span;
use crate::value::Duration;

/// The facts of a package without errors; indices are those of the package's tables.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Lookups with a told argument: what they find must be owned by the product.
    pub told_lookups: BTreeSet<SiteId>,
    /// The longest that one look at a condition may take: of guards, verifies, `abort if` and
    /// `until`.
    pub looks: BTreeMap<Span, Duration>,
    /// One per function.
    pub functions: Vec<FunctionFacts>,
    /// One per runbook.
    pub runbooks: Vec<RunbookFacts>,
}

#[derive(Clone, Debug, Default)]
pub struct FunctionFacts {
    pub level: Level,
    pub suspends: bool,
}

/// What one runbook may do, at most.
#[derive(Clone, Debug, Default)]
pub struct RunbookFacts {
    pub level: Level,
    pub scope: Option<Scope>,
    pub touched: Vec<Touched>,
    /// The longest that the machine may take, all runs of `again` included.
    pub machine_time: Duration,
    /// The same of each remedy by itself, its plan made anew included, for one run.
    pub remedy_times: Vec<Duration>,
    /// The types of what each remedy changes; of `steps`, where there are no remedies.
    pub remedy_touches: Vec<BTreeSet<TargetId>>,
    /// The longest that humans may be waited for.
    pub human_time: Duration,
    /// Commands and URLs that the text names: `exec.apply ["app-control", "restart"]`.
    pub raw: Vec<String>,
    /// The queries it asks, each once.
    pub queries: Vec<String>,
    pub waivers: Vec<Waiver>,
    pub undo_claims: Vec<UndoClaim>,
    /// Where told data became a target or an amount, and by what right.
    pub endorsements: Vec<Endorsement>,
    /// What stands for data that is not there: each `else no_data V`.
    pub made_up: Vec<MadeUp>,
    /// The parts that begin only where all of them fits into a window; none where the blast names no window.
    pub units: Vec<UnitFacts>,
}

/// A part of a runbook that begins only where all of it fits into a window.
#[derive(Clone, Debug)]
pub struct UnitFacts {
    /// The finding whose remedy it is in; `steps` for routine work.
    pub remedy: SmolStr,
    /// What it is, for people: `each element of remedy stuck`.
    pub of: String,
    /// The longest that it may take.
    pub time: Duration,
    /// The lines of its changes, those of called actions among them.
    pub steps: BTreeSet<Span>,
    pub span: Span,
}

impl RunbookFacts {
    /// How long after its opening a run may still begin a change.
    pub fn stated_time(&self) -> Duration {
        let millis = self.machine_time.millis();
        Duration::from_millis(millis.saturating_add(self.human_time.millis()))
    }
}

/// The bound that was inferred for a target type.
#[derive(Clone, Debug)]
pub struct Touched {
    pub target: TargetId,
    /// Distinct targets in a run.
    pub targets: u32,
    /// Distinct targets between verifications.
    pub at_once: u32,
    /// Changing calls, retries and undo included.
    pub attempts: u32,
}

#[derive(Clone, Debug)]
pub struct Waiver {
    /// `undo` or `verify`
    pub of: &'static str,
    pub why: SmolStr,
    pub span: Span,
}

/// A raw action that is said to take a change back.
#[derive(Clone, Debug)]
pub struct UndoClaim {
    pub of: String,
    pub by: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Endorsement {
    pub what: String,
    pub by: String,
    pub span: Span,
}

/// `else no_data V`
#[derive(Clone, Debug)]
pub struct MadeUp {
    /// The name of what is asked.
    pub of: String,
    pub value: String,
    pub span: Span,
}
