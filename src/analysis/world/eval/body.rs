//! What a body returns, and what its statements bind and rule out.

use super::super::term::{Facts, Id, Node};
use super::{ARGUMENTS, Asks, CALLS, Eval, Scope, takes_no_data};
use crate::typed::{
    ArmPattern, Block, Expr, ExprKind, FunctionId, Handler, HandlerAction, Stmt, StmtKind, Type,
};
use crate::value::Value;

impl Eval<'_> {
    /// What a function of the package returns for these arguments.
    pub fn function(&mut self, id: FunctionId, args: Vec<Id>) -> Id {
        let key = (id, args);
        if let Some(known) = self.returned.get(&key) {
            return *known;
        }
        let judged = self.judged.entry(id).or_default();
        *judged += 1;
        if *judged > ARGUMENTS || self.open.len() >= CALLS || self.open.contains(&id) {
            return self.terms.give_up();
        }
        self.open.push(id);
        let function = &self.package.functions[id.index()];
        let mut scope = Scope::new(function.body.locals.len());
        for (slot, arg) in scope.locals.iter_mut().zip(&key.1) {
            *slot = Some(*arg);
        }
        // A body that ends without an answer was reported.
        let nothing = self.terms.table.unknown(Facts::default());
        let id = self.returns(&mut scope, &function.body.block, nothing);
        self.open.pop();
        self.returned.insert(key, id);
        id
    }

    /// What a block returns, where what follows it returns `rest`.
    pub(super) fn returns(&mut self, scope: &mut Scope, block: &Block, rest: Id) -> Id {
        let mut conditions = Vec::with_capacity(block.statements.len());
        for stmt in &block.statements {
            conditions.push(self.enter(scope, stmt));
        }
        let mut rest = rest;
        for (stmt, asked) in block.statements.iter().zip(conditions).rev() {
            rest = match (&stmt.kind, asked) {
                (StmtKind::Return(_), Some(value)) => value,
                (
                    StmtKind::If {
                        then, otherwise, ..
                    },
                    Some(condition),
                ) => {
                    let yes = self.returns(scope, then, rest);
                    let no = match otherwise {
                        Some(block) => self.returns(scope, block, rest),
                        None => rest,
                    };
                    self.terms.choose(condition, yes, no)
                }
                (StmtKind::Match { subject, arms }, Some(value)) => {
                    let mut otherwise = rest;
                    for (at, arm) in arms.iter().enumerate().rev() {
                        let fits = self.fits(scope, value, &subject.ty, &arm.pattern);
                        let body = self.returns(scope, &arm.body, rest);
                        otherwise = match at + 1 == arms.len() {
                            true => body,
                            false => self.terms.choose(fits, body, otherwise),
                        };
                    }
                    otherwise
                }
                (StmtKind::For(for_loop), Some(list)) => {
                    let body = self.returns(scope, &for_loop.body, rest);
                    if body == rest {
                        rest
                    } else {
                        // Whether there is an element at all decides, and which one.
                        let none = self.terms.make(Node::IsEmpty {
                            of: list,
                            // That a loop does nothing is no word of the author.
                            word: false,
                        });
                        self.terms.choose(none, rest, body)
                    }
                }
                (StmtKind::Let { handlers, .. }, Some(value)) => {
                    match self.diverted(scope, handlers, rest) {
                        Some(fallback) => self.when_no_data(value, fallback, rest),
                        None => rest,
                    }
                }
                _ => rest,
            };
        }
        rest
    }

    /// Without the observation the block returns something else.
    pub(super) fn when_no_data(&mut self, observed: Id, fallback: Id, rest: Id) -> Id {
        if self.terms.facts(observed).selected {
            self.terms.told_fallback = true;
            if self.terms.nothing_told {
                return fallback;
            }
        }
        self.terms.make(Node::OrNoData {
            value: rest,
            fallback,
        })
    }

    /// Whether the handler's value stands for what is not there. In the absent world a `none` for a
    /// failure does, too.
    fn is_absence(&self, handler: &Handler, value: &Expr) -> bool {
        let is_none = matches!(value.kind, ExprKind::Value(Value::None));
        takes_no_data(handler.on) || is_none && self.asks != Asks::Incident
    }

    pub(super) fn diverted(
        &mut self,
        scope: &mut Scope,
        handlers: &[Handler],
        rest: Id,
    ) -> Option<Id> {
        handlers
            .iter()
            .find_map(|handler| match &handler.action {
                HandlerAction::Diverge(stmt) => match &stmt.kind {
                    StmtKind::Return(value) if self.is_absence(handler, value) => {
                        Some(self.expr(scope, value))
                    }
                    _ => None,
                },
                HandlerAction::Value(_) => None,
            })
            .filter(|fallback| *fallback != rest)
    }

    /// Binds what a statement binds; the term that it asks for or returns, if it does.
    pub fn enter(&mut self, scope: &mut Scope, stmt: &Stmt) -> Option<Id> {
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } => {
                let observed = self.expr(scope, value);
                let mut id = observed;
                for handler in handlers {
                    if let HandlerAction::Value(value) = &handler.action
                        && self.is_absence(handler, value)
                    {
                        let fallback = self.expr(scope, value);
                        id = self.terms.make(Node::OrNoData {
                            value: id,
                            fallback,
                        });
                    }
                }
                scope.set(*local, id);
                Some(observed)
            }
            StmtKind::If { condition, .. } => Some(self.expr(scope, condition)),
            StmtKind::Match { subject, .. } => Some(self.expr(scope, subject)),
            StmtKind::Return(value) => Some(self.expr(scope, value)),
            StmtKind::Cleared {
                condition: Some(condition),
                ..
            } => Some(self.expr(scope, condition)),
            StmtKind::For(for_loop) => {
                let list = self.expr(scope, &for_loop.source);
                self.bind_element(scope, for_loop.local, list, &for_loop.source.ty);
                Some(list)
            }
            _ => None,
        }
    }

    /// Whether a value fits an arm's pattern, as a condition.
    pub fn fits(&mut self, scope: &mut Scope, value: Id, ty: &Type, pattern: &ArmPattern) -> Id {
        match pattern {
            ArmPattern::Any => self.terms.table.truth(true),
            ArmPattern::None => {
                let some = self.terms.make(Node::IsSome(value));
                self.terms.not(some)
            }
            ArmPattern::Some(local) => {
                let inner = self.unwrapped(value, ty);
                scope.set(*local, inner);
                self.terms.make(Node::IsSome(value))
            }
            ArmPattern::Value(wanted) => {
                let wanted = self.terms.table.constant(wanted.clone());
                self.terms.make(Node::Equal(value, wanted))
            }
        }
    }
}
