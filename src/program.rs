//! The compiled artefact of one runbook: what the machine runs and what a run needs to know.
//!
//! In: built by `compile`. Out: read by `vm` and `run`; identified by its content hash, stored with
//! every run that is pinned to it. Holds no tree and no source text.

mod code;
mod contract;
mod data;
mod effect;
mod hash;
mod index;
mod listing;
pub mod lower;
pub mod manifest;
pub mod points;
mod validate;
pub mod window;

pub use code::{Arithmetic, Comparison, Filter, Function, HandlerRange, Op};
pub use contract::{Action, Guard, Mitigation, Observable, Seen, Step, Undo, Verify, VerifyElse};
pub use data::{Binding, Capability, DataType, Link, RecordType};
pub use effect::{Effect, MessageKind, ObservationSite};
pub use hash::CodeHash;
pub use index::{
    ActionIndex, Address, ConstantIndex, EffectIndex, FunctionIndex, GuardIndex, MitigationIndex,
    ObservableIndex, OperandsIndex, Register, RoleIndex, ShapeIndex, StepIndex, TemplateIndex,
    VerifyIndex,
};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::effect::Severity;
use crate::text::Span;
use crate::value::{Duration, KeyForm, Shape, Template, Value, escape_text};

/// The language edition that programs are compiled under.
pub const EDITION: u16 = 2026;
/// Rises with every change of an instruction's meaning or cost.
pub const INSTRUCTION_SET: u16 = 3;

/// How many lists and options have been added at the end of an artefact since the first version.
const ADDED: usize = 5;

/// Everything that a run of one runbook needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Program {
    pub edition: u16,
    pub instruction_set: u16,
    pub package: SmolStr,
    pub runbook: SmolStr,
    /// `1.3.0`
    pub version: SmolStr,
    /// Code, by [`FunctionIndex`].
    pub functions: Vec<Function>,
    pub constants: Vec<Value>,
    pub templates: Vec<Template>,
    /// The records that the code makes.
    pub shapes: Vec<Arc<Shape>>,
    /// What is observed, by [`ObservableIndex`].
    pub observables: Vec<Observable>,
    /// The actions of the stdlib that are called, by [`ActionIndex`].
    pub actions: Vec<Action>,
    /// The `do` sites, by [`StepIndex`].
    pub steps: Vec<Step>,
    pub verifies: Vec<Verify>,
    pub guards: Vec<Guard>,
    pub mitigations: Vec<Mitigation>,
    /// Target types that appear, by name.
    pub targets: Vec<TargetType>,
    pub roles: Vec<Role>,
    /// The kinds of events that the code asks for.
    pub records: Vec<DataType>,
    /// Names of the secrets that the code refers to.
    pub secrets: Vec<SmolStr>,
    pub owns: Vec<Vec<(SmolStr, SmolStr)>>,
    pub zone: Option<SmolStr>,
    pub entries: Entries,
    pub metadata: Metadata,
    /// The product that the runbook is for; empty in artefacts of earlier versions. For people only, so
    /// it stands last, and the hash is made without it.
    pub product: SmolStr,
    /// The `where` of each trigger as it is written; none in artefacts of earlier versions. For people only.
    pub conditions: Vec<SmolStr>,
    /// When changes may begin, where the `blast` says. Where it does not, the artefact ends before this, as those of
    /// earlier versions do.
    /// It is there where `lowers` is, even if no line names a window: what stands behind it could not be told from it else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<Box<window::Windows>>,
    /// What lowers the limits by what is seen; artefacts end before it where nothing does.
    #[serde(skip_serializing_if = "lower::Lowers::is_empty")]
    pub lowers: lower::Lowers,
}

impl Program {
    /// The name of the product that the runbook is for; where that is not known, of the package.
    pub fn product(&self) -> &SmolStr {
        match self.product.is_empty() {
            true => &self.package,
            false => &self.product,
        }
    }

    /// A program by its artefact, as this version or an earlier one wrote it.
    pub fn of_artefact(artefact: &[u8]) -> Option<Program> {
        // Earlier versions knew nothing that lowers, before that no windows, no conditions, and no product: none of it
        // has one byte each.
        (0..=ADDED).find_map(|added| {
            let whole = [artefact, &[0].repeat(added)].concat();
            match postcard::take_from_bytes::<Program>(&whole) {
                Ok((program, [])) => Some(program),
                Ok(_) | Err(_) => None,
            }
        })
    }

    /// That a condition of a trigger does not hold, which is written so.
    pub fn passes(&self, trigger: usize) -> String {
        let runbook = &self.runbook;
        match self.condition(trigger) {
            Some(written) => {
                let written = escape_text(written, 120);
                format!("`where {written}` of `{runbook}` is false")
            }
            None => format!("a `where` of `{runbook}` is false"),
        }
    }

    /// The condition of a trigger as it is written, if that is known.
    pub fn condition(&self, trigger: usize) -> Option<&str> {
        let written = self.conditions.get(trigger)?;
        (!written.is_empty()).then_some(written)
    }
}

/// Where the run enters the code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entries {
    /// Takes the trigger bindings; absent for routine work.
    pub diagnose: Option<FunctionIndex>,
    /// Routine work; takes the trigger bindings.
    pub steps: Option<FunctionIndex>,
    /// In the order of the findings; each remedy takes the trigger bindings, then the finding's
    /// arguments.
    pub remedies: Vec<Remedy>,
    /// Take the trigger bindings.
    pub novel: Option<FunctionIndex>,
    pub inconclusive: Option<FunctionIndex>,
    pub systemic: Option<FunctionIndex>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remedy {
    pub finding: SmolStr,
    pub function: FunctionIndex,
    /// Whether the remedy can change anything.
    pub changes: bool,
}

/// Clauses that the engine and the run read; nothing in here is code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Names of the trigger bindings, in order; they are the entries' first arguments.
    pub bindings: Vec<SmolStr>,
    /// The first is the severity; each further one that applies replaces it.
    pub severity: Vec<SeverityCase>,
    /// Further runs that `again` may start.
    pub again: u32,
    pub clears_stop: bool,
    pub fresh: Duration,
    pub patience: Duration,
    /// No change begins later than this after the opening of its run.
    pub stated: Duration,
    pub owner: Option<RoleIndex>,
    /// Whom a page reaches when nobody answers; the last one is told again and again.
    pub chain: Vec<Link>,
    pub tells: Vec<TellClause>,
    pub blast: Vec<BlastLine>,
    pub triggers: Vec<Trigger>,
    /// What tells its incidents apart.
    pub incident_per: Vec<KeyPart>,
    /// One incident for all, said so.
    pub one_incident: bool,
    pub recurs: Option<Recurs>,
    /// Nothing: what an earlier version limited itself by and did not enforce.
    pub shadow: Vec<SmolStr>,
}

/// A binding by its index, or a field of its record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyPart {
    pub binding: u16,
    pub field: Option<u16>,
}

/// `sev3`, `sev1 when room() < 2%`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeverityCase {
    pub level: Severity,
    /// Takes the trigger bindings, returns Bool; may observe.
    pub when: Option<FunctionIndex>,
}

/// `recurs 2 within 24h then page builder`: from then on the incident is diagnosed, not mended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recurs {
    pub times: u32,
    pub within: Duration,
    /// Takes the trigger bindings, tells.
    pub then: FunctionIndex,
}

/// `tell builder if unresolved after 5m`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TellClause {
    pub roles: Vec<RoleIndex>,
    /// None: at once.
    pub unresolved_after: Option<Duration>,
    /// Takes the trigger bindings, returns the text.
    pub text: Option<FunctionIndex>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlastLine {
    pub count: u32,
    pub target: SmolStr,
    pub per: BlastPer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlastPer {
    Run,
    AtOnce,
    Window(Duration),
}

/// What sets the runbook off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    pub kind: TriggerKind,
    pub labels: Vec<(SmolStr, LabelTest)>,
    /// Where each of the runbook's bindings comes from.
    pub bindings: Vec<Binding>,
    /// Takes the bindings, returns Bool.
    pub condition: Option<FunctionIndex>,
    pub holding: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TriggerKind {
    Alert(SmolStr),
    Event(SmolStr),
    Schedule {
        cron: SmolStr,
        zone: Option<SmolStr>,
        missed_run: bool,
    },
    Request {
        by: Option<RoleIndex>,
    },
    /// A schedule that makes up for what was missed no later than this.
    ScheduleWithin {
        cron: SmolStr,
        zone: Option<SmolStr>,
        within: Duration,
    },
}

/// What becomes of the due times of a schedule that were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    Skip,
    /// One run makes up for all of them.
    Once,
    /// The same, unless the newest of them is longer ago.
    OnceWithin(Duration),
}

impl TriggerKind {
    /// The text and the zone of a schedule, and what becomes of what is missed.
    pub fn schedule(&self) -> Option<(&SmolStr, Option<&SmolStr>, Missed)> {
        match self {
            TriggerKind::Schedule {
                cron,
                zone,
                missed_run,
            } => {
                let missed = match missed_run {
                    true => Missed::Once,
                    false => Missed::Skip,
                };
                Some((cron, zone.as_ref(), missed))
            }
            TriggerKind::ScheduleWithin { cron, zone, within } => {
                Some((cron, zone.as_ref(), Missed::OnceWithin(*within)))
            }
            TriggerKind::Alert(_) | TriggerKind::Event(_) | TriggerKind::Request { .. } => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LabelTest {
    Present,
    Equal(Value),
    NotEqual(Value),
    In(Vec<Value>),
    Matches(SmolStr),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub name: SmolStr,
    pub address: SmolStr,
}

/// A target type: how one is told apart and found again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetType {
    /// `k8s.Pod`
    pub name: SmolStr,
    /// Names of the types it lies in, outermost first, itself last.
    pub path: Vec<SmolStr>,
    /// Finds one again by its identity.
    pub lookup: Option<Lookup>,
    /// Field 0 is the key.
    pub fields: Vec<SmolStr>,
    pub key: KeyForm,
}

/// The probe that finds a target again, and what it takes out of the identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lookup {
    pub observable: ObservableIndex,
    /// One per parameter, in order.
    pub arguments: Vec<LookupArgument>,
}

/// Where an argument of a lookup comes from; the number is a step of the identity from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LookupArgument {
    /// The key of that step, as a text.
    Text(u16),
    /// The key of that step, as a number.
    Int(u16),
    /// The parent at that step, as a target without a snapshot.
    Parent(u16),
}

/// A place in the source, kept for messages and timelines only; not part of the content hash.
pub type Place = Span;
