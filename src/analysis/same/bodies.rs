//! What the names of bodies stand for: of functions by their parameters, of remedies by what the
//! diagnosis hands them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Given, Id, PARTS, Scope, Term, Terms};
use crate::typed::{
    ArmPattern, Block, FindingId, FunctionId, FunctionKind, HandlerAction, Package, Runbook,
    StmtKind, parameter_local,
};
use crate::value::Value;

/// How many `return`s of a function are followed.
const RETURNS: usize = 8;

/// The names of a runbook's acting blocks, in their order, and what each `found` hands over.
pub struct Scopes {
    pub blocks: Vec<Acting>,
}

/// One block that acts.
pub struct Acting {
    pub scope: Scope,
    /// What its parameters are where each `found` that leads to it hands over something else.
    pub params: Vec<Id>,
    pub handed: Vec<Vec<Id>>,
}

impl<'a> Terms<'a> {
    /// With what each function of the package gives, callees first.
    pub fn new(package: &'a Package, order: &[FunctionId]) -> Terms<'a> {
        let mut terms = Terms {
            package,
            table: Vec::new(),
            ids: BTreeMap::new(),
            serial: 0,
            functions: HashMap::new(),
            bodies: HashMap::new(),
        };
        for id in order {
            let function = &package.functions[id.index()];
            let mut scope = Scope::default();
            let params = (0..function.params.len())
                .map(|index| terms.local(&mut scope, parameter_local(index)))
                .collect();
            let block = &function.body.block;
            terms.names(&mut scope, block);
            match function.kind {
                FunctionKind::Fn | FunctionKind::Probe => {
                    let result = terms.result(&mut scope, block);
                    if let Some(result) = result.filter(|result| terms.is_small(*result)) {
                        terms.functions.insert(*id, Given { params, result });
                    }
                }
                FunctionKind::Action { .. } | FunctionKind::Watch(_) => {}
            }
            terms.bodies.insert(*id, scope);
        }
        terms
    }

    /// What the names of a function stand for.
    pub fn function(&self, id: FunctionId) -> Scope {
        self.bodies.get(&id).cloned().unwrap_or_default()
    }

    /// What the parameters of a function are.
    pub fn params(&mut self, scope: &mut Scope, count: usize) -> Vec<Id> {
        (0..count)
            .map(|index| self.local(scope, parameter_local(index)))
            .collect()
    }

    /// Binds what the block, and those in it, give names to.
    fn names(&mut self, scope: &mut Scope, block: &Block) {
        block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } => {
                let mut term = self.of(scope, value);
                for handler in handlers {
                    if let HandlerAction::Value(other) = &handler.action {
                        // It may stand for something else than what was asked for.
                        let other = self.of(scope, other);
                        let condition = self.unknown();
                        term = self.choose(condition, term, other);
                    }
                }
                scope.locals.insert(*local, term);
            }
            StmtKind::If { condition, .. } => {
                self.of(scope, condition);
            }
            StmtKind::Match { subject, arms } => {
                let term = self.of(scope, subject);
                scope
                    .locals
                    .extend(arms.iter().filter_map(|arm| match arm.pattern {
                        ArmPattern::Some(local) => Some((local, term)),
                        ArmPattern::Any | ArmPattern::None | ArmPattern::Value(_) => None,
                    }));
            }
            _ => {}
        });
    }

    /// What the function gives; None where that is one of many.
    fn result(&mut self, scope: &mut Scope, block: &Block) -> Option<Id> {
        let mut returns = Vec::new();
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Return(value) = &stmt.kind {
                returns.push(value);
            }
            if let StmtKind::Let { handlers, .. } = &stmt.kind {
                for handler in handlers {
                    if let HandlerAction::Diverge(stmt) = &handler.action
                        && let StmtKind::Return(value) = &stmt.kind
                    {
                        returns.push(value);
                    }
                }
            }
        });
        if returns.len() > RETURNS {
            return None;
        }
        let mut result = None;
        for value in returns {
            let term = self.of(scope, value);
            result = Some(match result {
                None => term,
                Some(known) => {
                    let condition = self.unknown();
                    self.choose(condition, known, term)
                }
            });
        }
        result
    }

    /// Whether the term has so few parts that others are put in their places.
    fn is_small(&self, id: Id) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if seen.len() > PARTS {
                return false;
            }
            crate::steps::count(1);
            if seen.insert(id) {
                self.term(id).for_each_part(&mut |part| open.push(part));
            }
        }
        seen.len() <= PARTS
    }

    /// The names of the blocks of a runbook that act.
    pub fn runbook(&mut self, runbook: &Runbook) -> Scopes {
        let mut handed: HashMap<FindingId, Vec<Vec<Id>>> = HashMap::new();
        if let Some(body) = &runbook.diagnose {
            let mut scope = Scope::default();
            self.names(&mut scope, &body.block);
            body.block.for_each_stmt(&mut |stmt| {
                if let StmtKind::Found { finding, args } = &stmt.kind {
                    let args = self.all(&mut scope, args);
                    handed.entry(*finding).or_default().push(args);
                }
            });
        }
        let mut blocks = Vec::new();
        for remedy in &runbook.remedies {
            let of = remedy.finding.and_then(|finding| handed.remove(&finding));
            blocks.push(self.acting(&remedy.body.block, of.unwrap_or_default()));
        }
        if let Some(body) = &runbook.steps {
            blocks.push(self.acting(&body.block, Vec::new()));
        }
        Scopes { blocks }
    }

    fn acting(&mut self, block: &Block, handed: Vec<Vec<Id>>) -> Acting {
        let mut scope = Scope::default();
        let count = handed.iter().map(Vec::len).max().unwrap_or_default();
        let mut params = Vec::with_capacity(count);
        for index in 0..count {
            crate::steps::count(handed.len());
            let mut each = handed.iter().map(|args| args.get(index).copied());
            let first = each.next().flatten();
            let id = match first.filter(|first| each.all(|other| other == Some(*first))) {
                Some(same) => same,
                None => self.unknown(),
            };
            scope.locals.insert(parameter_local(index), id);
            params.push(id);
        }
        self.names(&mut scope, block);
        Acting {
            scope,
            params,
            handed,
        }
    }

    /// Whether nothing is there.
    pub fn is_none(&self, id: Id) -> bool {
        matches!(self.term(id), Term::Constant(Value::None))
    }
}
