//! The picture of a runbook: its flow from the triggers to every end, with its bounds on it.
//!
//! In: the typed runbook, its manifest, and the words of its source. Out: a [`Graph`] as plain data,
//! drawn as SVG, Mermaid or DOT. It has no cycle: a run that is diagnosed anew is an end that says so.

mod dot;
mod flow;
mod layout;
mod mermaid;
mod svg;

pub use dot::dot;
pub use flow::graph;
pub use mermaid::mermaid;
pub use svg::svg;

/// The most boxes of a picture; what does not fit is left out, and a box says so.
const MOST: usize = 2_000;

/// The flow of one runbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The name of the runbook.
    pub title: String,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: Kind,
    /// Each without anything invisible.
    pub lines: Vec<String>,
}

/// An arrow between two boxes, by their indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// Empty where there is nothing to say.
    pub label: String,
}

/// What a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Trigger,
    Runbook,
    /// `diagnose`, `steps`, `otherwise`.
    Part,
    Remedy,
    /// `if`, `match`, `cleared if`.
    Decision,
    /// An observation whose failure leads away.
    Look,
    Loop,
    Guard,
    Wait,
    /// A `do`, `with do` too.
    Step,
    /// What `with do` gives back.
    Release,
    Verify,
    Attempt,
    /// `tell` and `attach`.
    Note,
    Resolved,
    Cleared,
    Mitigated,
    /// Somebody has the duty now.
    Handed,
    Novel,
    Inconclusive,
    Systemic,
    Again,
    /// In place of all that is not shown.
    Cut,
}

/// The outline of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Box,
    Round,
    Choice,
}

/// Its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    Ask,
    Act,
    Proof,
    Good,
    Human,
}

impl Tone {
    const ALL: [Tone; 6] = [
        Tone::Plain,
        Tone::Ask,
        Tone::Act,
        Tone::Proof,
        Tone::Good,
        Tone::Human,
    ];

    fn word(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Ask => "ask",
            Tone::Act => "act",
            Tone::Proof => "proof",
            Tone::Good => "good",
            Tone::Human => "human",
        }
    }
}

impl Kind {
    /// Whether a run may end here. What found nothing goes on where the runbook says `otherwise`.
    pub fn is_end(self) -> bool {
        match self {
            Kind::Resolved
            | Kind::Cleared
            | Kind::Mitigated
            | Kind::Handed
            | Kind::Novel
            | Kind::Inconclusive
            | Kind::Systemic
            | Kind::Again
            | Kind::Cut => true,
            Kind::Trigger
            | Kind::Runbook
            | Kind::Part
            | Kind::Remedy
            | Kind::Decision
            | Kind::Look
            | Kind::Loop
            | Kind::Guard
            | Kind::Wait
            | Kind::Step
            | Kind::Release
            | Kind::Verify
            | Kind::Attempt
            | Kind::Note => false,
        }
    }

    fn shape(self) -> Shape {
        match self {
            Kind::Decision | Kind::Guard => Shape::Choice,
            Kind::Runbook
            | Kind::Part
            | Kind::Remedy
            | Kind::Look
            | Kind::Loop
            | Kind::Wait
            | Kind::Step
            | Kind::Release
            | Kind::Verify
            | Kind::Attempt
            | Kind::Note => Shape::Box,
            Kind::Trigger
            | Kind::Resolved
            | Kind::Cleared
            | Kind::Mitigated
            | Kind::Handed
            | Kind::Novel
            | Kind::Inconclusive
            | Kind::Systemic
            | Kind::Again
            | Kind::Cut => Shape::Round,
        }
    }

    fn tone(self) -> Tone {
        match self {
            Kind::Trigger
            | Kind::Runbook
            | Kind::Part
            | Kind::Remedy
            | Kind::Attempt
            | Kind::Loop
            | Kind::Wait
            | Kind::Note
            | Kind::Cut => Tone::Plain,
            Kind::Decision | Kind::Look | Kind::Guard => Tone::Ask,
            Kind::Step | Kind::Release => Tone::Act,
            Kind::Verify => Tone::Proof,
            Kind::Resolved | Kind::Cleared | Kind::Mitigated => Tone::Good,
            Kind::Handed | Kind::Novel | Kind::Inconclusive | Kind::Systemic | Kind::Again => {
                Tone::Human
            }
        }
    }

    /// Whether its first line is a heading.
    fn has_heading(self) -> bool {
        matches!(
            self,
            Kind::Runbook | Kind::Part | Kind::Remedy | Kind::Attempt
        )
    }
}
