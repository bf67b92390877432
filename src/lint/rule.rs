//! What a rule is: its code and name, which nodes it wants to see, what data it needs.

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{CallExpr, Expr, Function, Product, Remedy, Runbook, Stmt, Trigger};

use super::cx::Cx;

/// One lint.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub code: Code,
    /// By which packages know it: the name of its code in small letters.
    pub name: &'static str,
    pub needs: Data,
    /// What its findings offer to mend them.
    pub fixes: Fixes,
    pub sees: Sees,
}

/// Who finds it.
#[derive(Clone, Copy, Debug)]
pub enum Sees {
    /// The rule itself, at nodes of these kinds.
    Nodes(&'static [Kind], Run),
    /// It falls out of a check that is made anyway.
    Elsewhere,
}

/// Looks at one node of a kind that the rule wants to see.
pub type Run = for<'a> fn(&Cx<'a>, Node<'a>, &mut Vec<Diagnostic>);

/// What a rule needs beside the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    Nothing,
    /// The rules of alerts.
    Rules,
    /// Which metrics there are.
    Metrics,
    /// Which day it is.
    Day,
    /// That the tests were run.
    Tests,
    /// The settings of an agent.
    Agent,
}

impl Data {
    /// As a list of lints shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Data::Nothing => "-",
            Data::Rules => "rules",
            Data::Metrics => "metrics",
            Data::Day => "day",
            Data::Tests => "tests",
            Data::Agent => "agent",
        }
    }

    /// The flag of a command that brings it.
    pub fn flag(self) -> &'static str {
        match self {
            Data::Nothing => "",
            Data::Rules => "--rules",
            Data::Metrics => "--metrics",
            Data::Day => "--today",
            Data::Tests => "--tests",
            Data::Agent => "--config",
        }
    }
}

/// What the edits of a rule do to behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixes {
    /// There are none: somebody has to think.
    None,
    /// No core changes, and no result of a test.
    Safe,
    /// Behaviour may change.
    Unsafe,
}

impl Fixes {
    /// As a list of lints shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Fixes::None => "-",
            Fixes::Safe => "safe",
            Fixes::Unsafe => "unsafe",
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident)*) => {
        /// The kinds of nodes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// How many there are.
            pub const COUNT: usize = [$(Kind::$kind,)*].len();
        }
    };
}

kinds! {
    /// The whole package, when all else was seen.
    Package
    Product
    /// A function, probe, action or watch, when its body was seen.
    Function
    /// A runbook, when its parts were seen.
    Runbook
    /// A remedy, when its body was seen.
    Remedy
    Trigger
    /// A statement of any form.
    Stmt
    /// What an `if`, a `guard`, a `where` and the like ask.
    Condition
    /// `==`, `<` and the like.
    Comparison
    Call
    /// `as ratio`
    As
    /// A `promql"..."` where it is written.
    Query
    /// What people are told.
    Text
    /// The reason of a waiver.
    Waiver
}

/// A node that a rule sees.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    Package,
    Product(&'a Product),
    Function(&'a Function),
    /// With its index in the package.
    Runbook(usize, &'a Runbook),
    Remedy(&'a Remedy),
    Trigger(&'a Trigger),
    Stmt(&'a Stmt),
    Condition(&'a Expr),
    Comparison(&'a Expr),
    Call(&'a Expr, &'a CallExpr),
    As(&'a Expr),
    Query(&'a Expr),
    Text(Told, &'a Expr),
    Waiver(&'a str, Span),
}

/// Who tells a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Page,
    Hand,
    Tell,
    /// Why a run ended as it did.
    Why,
}

impl Node<'_> {
    pub fn kind(&self) -> Kind {
        match self {
            Node::Package => Kind::Package,
            Node::Product(_) => Kind::Product,
            Node::Function(_) => Kind::Function,
            Node::Runbook(..) => Kind::Runbook,
            Node::Remedy(_) => Kind::Remedy,
            Node::Trigger(_) => Kind::Trigger,
            Node::Stmt(_) => Kind::Stmt,
            Node::Condition(_) => Kind::Condition,
            Node::Comparison(_) => Kind::Comparison,
            Node::Call(..) => Kind::Call,
            Node::As(_) => Kind::As,
            Node::Query(_) => Kind::Query,
            Node::Text(..) => Kind::Text,
            Node::Waiver(..) => Kind::Waiver,
        }
    }
}
