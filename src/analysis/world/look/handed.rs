//! What a finding hands over: numbers with what they lie within, and of a target the target itself, and what one
//! of its fields said before.

use std::collections::BTreeMap;

use super::super::eval::{Eval, Scope};
use super::super::number::Interval;
use super::super::term::Shape;
use crate::typed::{Body, Expr, ExprKind, FindingId, LocalId, Remedy, StmtKind};

/// A parameter that says what a field of another one, a target, was before.
#[derive(Clone, Copy)]
pub struct Handed<'a> {
    pub of: LocalId,
    pub begun: LocalId,
    pub field: &'a Expr,
}

/// Where each finding is found, and what the names stand for that are handed over.
pub struct Sites<'a> {
    fields: BTreeMap<LocalId, &'a Expr>,
    found: BTreeMap<FindingId, Vec<&'a [Expr]>>,
    /// By finding, what each argument lies within, wherever it is found.
    ranges: BTreeMap<FindingId, Vec<Option<Interval>>>,
}

impl<'a> Sites<'a> {
    pub fn of(diagnose: &'a Body, mut eval: Eval<'_>) -> Sites<'a> {
        let mut sites = Sites {
            fields: BTreeMap::new(),
            found: BTreeMap::new(),
            ranges: BTreeMap::new(),
        };
        diagnose.block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } if handlers.is_empty() => {
                if let Some(range) = range(&mut eval, diagnose, value) {
                    eval.ranges.insert(local.0, range);
                }
                if matches!(value.kind, ExprKind::Field { .. }) {
                    sites.fields.insert(*local, value);
                }
            }
            StmtKind::Found { finding, args } => {
                sites.found.entry(*finding).or_default().push(args);
                let ranges = args.iter().map(|arg| range(&mut eval, diagnose, arg));
                sites.join(*finding, ranges.collect());
            }
            _ => {}
        });
        sites
    }

    /// What one more `found` hands over may be, too.
    fn join(&mut self, finding: FindingId, more: Vec<Option<Interval>>) {
        match self.ranges.get_mut(&finding) {
            None => {
                self.ranges.insert(finding, more);
            }
            Some(known) => {
                for (known, more) in known.iter_mut().zip(more) {
                    *known = (*known).zip(more).map(|(known, more)| known.union(more));
                }
            }
        }
    }

    /// What the numbers that a finding hands over lie within.
    pub fn ranges_of(&self, remedy: &Remedy) -> Vec<(LocalId, Interval)> {
        let ranges = remedy.finding.and_then(|finding| self.ranges.get(&finding));
        let params = (0..remedy.params).map(LocalId);
        let ranges = ranges.into_iter().flatten().zip(params);
        ranges
            .filter_map(|(range, local)| Some((local, (*range)?)))
            .collect()
    }

    /// What every `found` of a remedy's finding hands over so.
    pub fn handed_over(&self, remedy: &Remedy) -> Vec<Handed<'a>> {
        let found = remedy.finding.and_then(|finding| self.found.get(&finding));
        let found = found.map_or(&[][..], Vec::as_slice);
        let Some(first) = found.first() else {
            return Vec::new();
        };
        let number = |at: usize| u32::try_from(at).ok().filter(|at| *at < remedy.params);
        let handed = (0..first.len()).filter_map(|at| {
            let (of, name, field) = self.field_of(first, at)?;
            let everywhere = found.iter().all(|args| {
                let known = self.field_of(args, at);
                known.is_some_and(|(target, same, _)| target == of && same == name)
            });
            everywhere.then_some(Handed {
                of: LocalId(number(of)?),
                begun: LocalId(number(at)?),
                field,
            })
        });
        handed.collect()
    }

    /// Which other argument this one is a field of, and of which.
    fn field_of(&self, args: &[Expr], at: usize) -> Option<(usize, u16, &'a Expr)> {
        let field = *self.fields.get(&local(args.get(at)?)?)?;
        let ExprKind::Field { base, field: name } = &field.kind else {
            return None;
        };
        let target = local(base)?;
        let of = args.iter().position(|arg| local(arg) == Some(target))?;
        Some((of, *name, field))
    }
}

/// What a value that is bound lies within: it was observed, or there is no name for it.
pub fn range(eval: &mut Eval, body: &Body, value: &Expr) -> Option<Interval> {
    let mut scope = Scope::new(body.locals.len());
    let id = eval.expr(&mut scope, value);
    let facts = eval.terms.facts(id);
    let is_known = facts.within != Interval::default();
    (facts.shape == Shape::Plain && is_known).then_some(facts.within)
}

fn local(expr: &Expr) -> Option<LocalId> {
    match expr.kind {
        ExprKind::Local(local) => Some(local),
        _ => None,
    }
}
