//! The words for what holds where nothing is there: of which kind that is, and what the author may mean.

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};

/// What makes a condition hold where nothing is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    /// A filter, or what is made of one.
    Filtered,
    /// A list as it was observed.
    Listed,
    /// `x is none`
    Missing,
    /// What stands for no data.
    Given,
}

/// A condition that holds where nothing is there, with its help.
pub fn diagnostic(code: Code, message: String, span: Span, conditions: &[Expr]) -> Diagnostic {
    let absence = absence(conditions);
    let label = match absence {
        Absence::Filtered | Absence::Listed => "true of an empty list",
        Absence::Missing => "true of all that is not there",
        Absence::Given => "true without data",
    };
    Diagnostic::new(code, message, span, label).help(help(absence))
}

fn absence(conditions: &[Expr]) -> Absence {
    let mut found = Absence::Given;
    for condition in conditions {
        condition.for_each(&mut |part| {
            let here = match &part.kind {
                ExprKind::Comprehension(_) | ExprKind::Pick { .. } => Absence::Filtered,
                ExprKind::IsNone(_) if found == Absence::Given => Absence::Missing,
                // What the author wrote is there.
                ExprKind::Value(_) | ExprKind::Const(_) | ExprKind::List(_) => return,
                _ if matches!(part.ty, Type::List(_)) && found != Absence::Filtered => {
                    Absence::Listed
                }
                _ => return,
            };
            found = here;
        });
    }
    found
}

/// The author's word on what emptiness means, in the words of the conditions.
fn help(absence: Absence) -> &'static str {
    match absence {
        Absence::Filtered => {
            "say what an empty list means: `k8s.pods(ns) is not empty and ...` where something has to be there, `k8s.pods(ns) is empty or ...` where nothing may be, or a second line that has to hold"
        }
        Absence::Listed => {
            "say what an empty list means: `k8s.pods(ns) is not empty and ...` where something has to be there, `k8s.pods(ns) is empty` alone where none may be, or a second line that has to hold"
        }
        Absence::Missing => {
            "that something is not there is no proof that it is well: add a second line about something that has to be there, as in `w.ready`"
        }
        Absence::Given => {
            "a value for no data is not a proof: leave `else no_data`, `absent(..)` and `or vector(..)` out here, or add a second line about something that has to be there"
        }
    }
}
