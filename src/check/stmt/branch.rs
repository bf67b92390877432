//! `if`, `match`, `for`.
//!
//! In: branches. Out: typed ones; a `match` covers every case once.

use super::super::expr::{Elaborator, Why};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Else, PatternKind};
use crate::text::Span;
use crate::typed::{Arm, ArmPattern, Block, Expr, For, Stmt, StmtKind, Type};
use crate::value::Value;

impl Elaborator<'_, '_> {
    /// `if c { } else { }`
    pub fn if_stmt(&mut self, found: &tree::IfStmt) -> StmtKind {
        let mark = self.mark();
        let condition = self.head(&found.condition);
        let then = self.block(&found.then);
        self.unwind(mark);
        let otherwise = found.otherwise.as_ref().map(|otherwise| match otherwise {
            Else::Block(block) => self.block(block),
            Else::If(stmt) => {
                let kind = match self.enter(stmt.span) {
                    true => self.stmt(stmt),
                    false => return broken_block(stmt.span),
                };
                self.leave();
                let span = stmt.span;
                Block {
                    statements: vec![Stmt { kind, span }],
                    span,
                }
            }
        });
        StmtKind::If {
            condition,
            then,
            otherwise,
        }
    }

    /// `for x in xs at most 3 { }`
    pub fn for_stmt(&mut self, found: &tree::ForStmt) -> StmtKind {
        let (source, element) = self.source(&found.source);
        let at_most = match &found.at_most {
            // A bound that is wrong was told: it is no missing one.
            Some(bound) => self.count(bound, "at most").or(Some(1)),
            None => None,
        };
        let mark = self.mark();
        let local = self.declare(&found.name, element);
        let body = self.block(&found.body);
        self.unwind(mark);
        StmtKind::For(Box::new(For {
            local,
            source,
            at_most,
            on_failure: found.on_failure.unwrap_or(tree::OnFailure::UndoStop),
            body,
        }))
    }

    /// `match x { pattern -> body }`
    pub fn match_stmt(&mut self, found: &tree::MatchStmt) -> StmtKind {
        let subject = self.expr(&found.subject, None);
        let mut seen = Seen::default();
        let mut arms = Vec::with_capacity(found.arms.len());
        for arm in &found.arms {
            let mark = self.mark();
            let pattern = self.pattern(&arm.pattern, &subject.ty);
            if let Some(pattern) = &pattern {
                self.check_reachable(&mut seen, pattern, arm.pattern.span);
            } else {
                seen.is_broken = true;
            }
            let body = self.block(&arm.body);
            self.unwind(mark);
            if let Some(pattern) = pattern {
                arms.push(Arm {
                    pattern,
                    body,
                    span: arm.span,
                });
            }
        }
        if !self.check_exhaustive(&seen, &subject, found.span) {
            // What the forgotten cases would do is not known: nothing is said about what follows.
            arms.push(Arm {
                pattern: ArmPattern::Any,
                body: broken_block(found.span),
                span: found.span,
            });
        }
        StmtKind::Match { subject, arms }
    }

    fn pattern(&mut self, pattern: &tree::Pattern, subject: &Type) -> Option<ArmPattern> {
        let optional = matches!(subject, Type::Optional(_) | Type::Error);
        match &pattern.kind {
            PatternKind::Missing => None,
            PatternKind::Any => Some(ArmPattern::Any),
            PatternKind::None if optional => Some(ArmPattern::None),
            PatternKind::Some(name) if optional => {
                let inner = match subject {
                    Type::Optional(inner) => (**inner).clone(),
                    _ => Type::Error,
                };
                Some(ArmPattern::Some(self.declare(name, inner)))
            }
            PatternKind::None | PatternKind::Some(_) => {
                if let PatternKind::Some(name) = &pattern.kind {
                    self.declare(name, Type::Error);
                }
                let shown = self.type_with_article(subject);
                let message = format!("{shown} is always there");
                let span = pattern.span;
                self.say(Diagnostic::new(
                    Code::NotOptional,
                    message,
                    span,
                    "never none",
                ));
                None
            }
            PatternKind::Value(tree) => {
                if optional && *subject != Type::Error {
                    let message = "what may be missing is matched with `some x` and `none`";
                    let found = Diagnostic::new(Code::TypeMismatch, message, tree.span, "a value");
                    self.say(found.help("take it apart first, then match what is in it"));
                    return None;
                }
                let value = self.expr_of(tree, subject, Why::Clause("match"));
                let value = self.checker.evaluate_or_say(&value, "a pattern")?;
                Some(ArmPattern::Value(value))
            }
        }
    }

    /// Says that an arm is never taken.
    fn check_reachable(&mut self, seen: &mut Seen, pattern: &ArmPattern, span: Span) {
        let first = match pattern {
            _ if seen.any.is_some() => seen.any,
            ArmPattern::Any => seen.any.replace(span),
            ArmPattern::None => seen.none.replace(span),
            ArmPattern::Some(_) => seen.some.replace(span),
            ArmPattern::Value(value) => {
                let known = seen.values.iter().find(|(known, _)| known == value);
                let known = known.map(|(_, span)| *span);
                seen.values.push((value.clone(), span));
                known
            }
        };
        if let Some(first) = first {
            let message = "this arm is never taken";
            let found = Diagnostic::new(Code::UnreachableArm, message, span, "never reached");
            self.say(found.and(first, "this one is taken before"));
        }
    }

    /// Whether every case is covered; says which are not.
    fn check_exhaustive(&mut self, seen: &Seen, subject: &Expr, span: Span) -> bool {
        if seen.any.is_some() || seen.is_broken {
            return true;
        }
        let missing: Vec<String> = match &subject.ty {
            Type::Error => return true,
            Type::Enum(id) => {
                let said = seen.values.iter().filter_map(|(value, _)| match value {
                    Value::Enum(member) => Some(member.index),
                    _ => None,
                });
                let said: Vec<u16> = said.collect();
                self.checker.members_without(*id, &said)
            }
            Type::Bool => [true, false]
                .into_iter()
                .filter(|case| !seen.has(&Value::Bool(*case)))
                .map(|case| format!("`{case}`"))
                .collect(),
            Type::Optional(_) => {
                let cases = [("`some x`", seen.some), ("`none`", seen.none)];
                let open = cases.into_iter().filter(|(_, span)| span.is_none());
                open.map(|(case, _)| case.to_owned()).collect()
            }
            _ => vec!["all other values, `_`".to_owned()],
        };
        if missing.is_empty() {
            return true;
        }
        let message = format!("the `match` forgets {}", missing.join(", "));
        let head = span.inside(0, "match".len());
        let found = Diagnostic::new(Code::NotExhaustive, message, head, "not every case");
        self.say(found.help("write an arm for each, or `_` for the rest"));
        false
    }
}

fn broken_block(span: Span) -> Block {
    Block {
        statements: vec![Stmt {
            kind: StmtKind::Error,
            span,
        }],
        span,
    }
}

/// The cases that the arms so far have taken.
#[derive(Default)]
struct Seen {
    any: Option<Span>,
    none: Option<Span>,
    some: Option<Span>,
    values: Vec<(Value, Span)>,
    is_broken: bool,
}

impl Seen {
    fn has(&self, value: &Value) -> bool {
        self.values.iter().any(|(known, _)| known == value)
    }
}
