//! What a finding hands over of a target: the target itself, and what one of its fields said before.

use std::collections::BTreeMap;

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
}

impl<'a> Sites<'a> {
    pub fn of(diagnose: &'a Body) -> Sites<'a> {
        let mut sites = Sites {
            fields: BTreeMap::new(),
            found: BTreeMap::new(),
        };
        diagnose.block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } if handlers.is_empty() && matches!(value.kind, ExprKind::Field { .. }) => {
                sites.fields.insert(*local, value);
            }
            StmtKind::Found { finding, args } => {
                sites.found.entry(*finding).or_default().push(args);
            }
            _ => {}
        });
        sites
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

fn local(expr: &Expr) -> Option<LocalId> {
    match expr.kind {
        ExprKind::Local(local) => Some(local),
        _ => None,
    }
}
