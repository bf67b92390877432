//! What stands where a statement should be and is none: an expression, an assignment, a word of another language.

use super::{BlockFor, Lowering};
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::rules::Nodes;
use crate::syntax::teach;
use crate::syntax::tree::{Expr, ExprKind, StmtKind};
use crate::syntax::words;
use crate::text::Span;

/// What is said of a value that stands alone.
fn idle(span: Span, label: &str) -> Diagnostic {
    let message = "an expression is not a statement";
    Diagnostic::new(Code::ExpressionStatement, message, span, label)
}

impl Lowering {
    /// An expression, or something like an assignment, where a statement should be.
    pub(super) fn wrong_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let before = self.diagnostics.len();
        let value = self.next_expr(&mut nodes, span);
        let diagnostic = match &value.kind {
            kind if run_together(kind).is_some() => {
                let first = run_together(kind).unwrap_or_default();
                let gap = Span {
                    start: span.start + first.len() as u32,
                    end: span.start + first.len() as u32,
                    ..span
                };
                self.diagnostics.truncate(before);
                Diagnostic::new(
                    Code::UnknownFirstWord,
                    "a blank is missing behind the first word",
                    span,
                    format!("begins with `{first}`"),
                )
                .help(format!("a statement begins with its word: `{first} ...`"))
                .fix("add a blank", gap, " ")
            }
            ExprKind::Binary { op_span, left, .. } if self.is_single_equals(before, *op_span) => {
                self.diagnostics.truncate(before);
                assignment(left, span)
            }
            kind if habit(kind).is_some() => idle(span, "means nothing here")
            .help(habit(kind).unwrap_or_default()),
            ExprKind::Name(name) if ends_a_block(name) => idle(span, "means nothing here")
            .help("a block ends with `}`: leave the word out")
            .fix(format!("remove `{name}`"), span, ""),
            _ if self.block == BlockFor::Probe => idle(span, "nothing is done with this value")
            .help("what a probe gives is said with `return`; a value gets a name with `let`")
            .fix("write `return`", span.at_start(), "return "),
            ExprKind::Call { callee, .. }
                if self.block == BlockFor::Diagnosis
                    && matches!(callee.kind, ExprKind::Name(_)) =>
            {
                idle(span, "nothing is done with its value")
                .help("what a diagnosis has found is said with `found`")
                .fix("write `found`", span.at_start(), "found ")
            }
            ExprKind::Name(_) if self.block == BlockFor::Diagnosis => idle(span, "nothing is done with this value")
            .help("what a diagnosis has found is said with `found`")
            .fix("write `found`", span.at_start(), "found "),
            ExprKind::Call { callee, .. } if observes(callee) => idle(span, "nothing is done with its value")
            .help("it changes nothing: what it observes gets a name, `let before = ...`"),
            ExprKind::Call { .. } => idle(span, "nothing is done with its value")
            .help("a line that changes the world begins with `do`; a value gets a name with `let`")
            .fix("write `do`", span.at_start(), "do "),
            _ => idle(span, "nothing is done with this value")
            .help("a statement begins with a word such as `let`, `do`, `if`, `found`, `verify`"),
        };
        self.say(diagnostic);
        StmtKind::Missing
    }

    /// `["a" = 5, "b" = 3]`: the entries of a map as other languages write them.
    pub(super) fn entries_by_equals(&mut self, before: usize, elements: Vec<Expr>) -> ExprKind {
        let sign = |element: &Expr| match &element.kind {
            ExprKind::Binary {
                op_span,
                left,
                right,
                ..
            } if is_key(left) => Some((*op_span, left.span.end, right.span.start)),
            _ => None,
        };
        let signs: Option<Vec<(Span, u32, u32)>> = elements.iter().map(sign).collect();
        let refused = |(place, ..): &(Span, u32, u32)| self.is_single_equals(before, *place);
        let Some(signs) = signs.filter(|signs| signs.iter().all(refused)) else {
            return ExprKind::List(elements);
        };
        let Some((first, ..)) = signs.first().copied() else {
            return ExprKind::List(elements);
        };
        let said = self.diagnostics.split_off(before);
        let others = said.into_iter().filter(|found| {
            let place = found.primary.span;
            found.code != Code::SingleEquals || signs.iter().all(|(sign, ..)| *sign != place)
        });
        self.diagnostics.extend(others);
        let found = Diagnostic::new(
            Code::SingleEquals,
            "an entry of a map has a `:`",
            first,
            "no `=` here",
        );
        let found =
            found.help("the key and the value of an entry have a `:` between them: `[\"a\": 1]`");
        self.say(signs.into_iter().fold(found, |found, (place, start, end)| {
            found.fix(
                "write `:`",
                Span {
                    start,
                    end,
                    ..place
                },
                ": ",
            )
        }));
        let entry = |element: Expr| match element.kind {
            ExprKind::Binary { left, right, .. } => Some((*left, *right)),
            _ => None,
        };
        ExprKind::Map(elements.into_iter().filter_map(entry).collect())
    }

    /// Whether a `=` at this place was refused just now.
    fn is_single_equals(&self, before: usize, place: Span) -> bool {
        let said = self.diagnostics.iter().skip(before);
        said.into_iter().any(|diagnostic| {
            diagnostic.code == Code::SingleEquals && diagnostic.primary.span == place
        })
    }
}

/// `then`, `fi`, `done`: where a block begins or ends in a shell.
fn ends_a_block(name: &str) -> bool {
    matches!(
        name,
        "then" | "fi" | "done" | "esac" | "begin" | "endif" | "endfor" | "endwhile"
    )
}

/// The word of the language with which a statement begins, where no blank stands behind it: `foundstuck(worker)`.
fn run_together(kind: &ExprKind) -> Option<&'static str> {
    match kind {
        ExprKind::Name(name) => teach::joined_word(name, words::STATEMENT_WORDS),
        ExprKind::Call { callee, .. } => run_together(&callee.kind),
        ExprKind::Binary { left, .. } => run_together(&left.kind),
        _ => None,
    }
}

/// What is said of a word of another language that stands as a statement, alone or called.
fn habit(kind: &ExprKind) -> Option<&'static str> {
    match kind {
        ExprKind::Name(name) => teach::habit_of_statement(name),
        ExprKind::Call { callee, .. } | ExprKind::Field { base: callee, .. } => habit(&callee.kind),
        _ => None,
    }
}

/// `k8s.replicas`: a member of the library that changes nothing.
fn observes(callee: &Expr) -> bool {
    let ExprKind::Field { base, name } = &callee.kind else {
        return false;
    };
    let ExprKind::Name(module) = &base.kind else {
        return false;
    };
    let probe = format!("extern probe {}(", name.text);
    library::module(module).is_some_and(|module| module.text.contains(&probe))
}

/// Whether it may be a key: a text, a number, a member of an enum.
fn is_key(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Text(_) | ExprKind::Number | ExprKind::Field { .. }
    )
}

fn assignment(left: &Expr, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::Assignment,
        "values do not change: there is no assignment",
        span,
        "a new value needs a new name",
    );
    match left.kind {
        ExprKind::Name(ref name) if teach::habit_of_statement(name).is_some() => {
            diagnostic.help(teach::habit_of_statement(name).unwrap_or_default())
        }
        ExprKind::Name(_) => diagnostic.help("give the value a name with `let`").fix(
            "write `let`",
            span.at_start(),
            "let ",
        ),
        _ => diagnostic.help("to change the world, use an action: `do k8s.scale(web, to: 3)`"),
    }
}
