//! Which labels of an alert decide about a value.
//!
//! In: a body, and what its parameters hold. Out: for an expression the names of the labels that flow into it.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::typed::{
    ArmPattern, BindingKind, Block, Body, Expr, ExprKind, FindingId, HandlerAction, LocalId,
    Remedy, Runbook, Stmt, StmtKind, UndoChoice,
};

/// Names of labels. Of an alert that is handed on as a whole each label may decide: [`ALL`].
pub type Names = BTreeSet<SmolStr>;

/// Stands for every label.
pub const ALL: &str = "*";

/// What the diagnosis hands over, by finding and parameter, over all places that find it.
#[derive(Default)]
pub struct Handed(BTreeMap<(FindingId, u32), Names>);

/// The labels in the locals of one body.
pub struct Labels<'a> {
    runbook: &'a Runbook,
    locals: BTreeMap<LocalId, Names>,
}

/// What the diagnosis hands over.
pub fn handed(runbook: &Runbook) -> Handed {
    let mut handed = Handed::default();
    let Some(body) = &runbook.diagnose else {
        return handed;
    };
    let labels = Labels::of_body(runbook, body);
    body.block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Found { finding, args } = &stmt.kind {
            for (index, arg) in args.iter().enumerate() {
                let known = handed.0.entry((*finding, index as u32)).or_default();
                known.extend(labels.of(arg));
            }
        }
    });
    handed
}

impl<'a> Labels<'a> {
    /// Of a body whose parameters, if any, hold no label.
    pub fn of_body(runbook: &'a Runbook, body: &Body) -> Labels<'a> {
        Labels::begun(runbook, body, BTreeMap::new())
    }

    pub fn of_remedy(runbook: &'a Runbook, remedy: &Remedy, handed: &Handed) -> Labels<'a> {
        let given = (0..remedy.params).filter_map(|index| {
            let names = handed.0.get(&(remedy.finding?, index))?;
            Some((LocalId(index), names.clone()))
        });
        Labels::begun(runbook, &remedy.body, given.collect())
    }

    fn begun(runbook: &'a Runbook, body: &Body, locals: BTreeMap<LocalId, Names>) -> Labels<'a> {
        let mut labels = Labels { runbook, locals };
        // Without a label in the trigger there is nothing to follow.
        if runbook
            .bindings
            .iter()
            .any(|binding| name(&binding.kind).is_some())
        {
            labels.block(&body.block);
        }
        labels
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    /// Each name is bound before it is read.
    fn stmt(&mut self, stmt: &Stmt) {
        stmt.for_each_expr(&mut |expr| drop(self.bound_inside(expr)));
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                retry: _,
            } => {
                let mut names = self.of(value);
                for handler in handlers {
                    if let HandlerAction::Value(value) = &handler.action {
                        names.extend(self.of(value));
                    }
                }
                self.bind(*local, names);
            }
            StmtKind::For(for_loop) => {
                let names = self.of(&for_loop.source);
                self.bind(for_loop.local, names);
            }
            StmtKind::Match { subject, arms } => {
                let names = self.of(subject);
                for arm in arms {
                    if let ArmPattern::Some(local) = arm.pattern {
                        self.bind(local, names.clone());
                    }
                }
            }
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => {
                if let UndoChoice::Block(undo) = &step.undo {
                    self.block(undo);
                }
            }
            _ => {}
        }
        if !matches!(stmt.kind, StmtKind::Do(_)) {
            stmt.for_each_block(&mut |block| self.block(block));
        }
    }

    /// The labels that flow into an expression; what it binds for its own parts is bound on the way.
    fn bound_inside(&mut self, expr: &Expr) -> Names {
        crate::steps::count(1);
        let mut names = self.of_itself(expr);
        let bound = match &expr.kind {
            ExprKind::Comprehension(each) => Some((each.local, &each.source)),
            ExprKind::Pick { local, source, .. } => Some((*local, source.as_ref())),
            ExprKind::IsSome {
                operand,
                bind: Some(local),
            } => Some((*local, operand.as_ref())),
            _ => None,
        };
        if let Some((local, source)) = bound {
            let source = self.bound_inside(source);
            names.extend(source.iter().cloned());
            self.bind(local, source);
        }
        let mut parts = Vec::new();
        expr.for_each_child(&mut |part| parts.push(part));
        // The source is the first of them.
        for part in parts.into_iter().skip(usize::from(bound.is_some())) {
            names.extend(self.bound_inside(part));
        }
        names
    }

    fn bind(&mut self, local: LocalId, names: Names) {
        if !names.is_empty() {
            self.locals.insert(local, names);
        }
    }

    /// The labels that flow into an expression.
    pub fn of(&self, expr: &Expr) -> Names {
        let mut names = Names::new();
        expr.for_each(&mut |part| names.extend(self.of_itself(part)));
        names
    }

    /// Those that flow into it, and not into its parts.
    fn of_itself(&self, expr: &Expr) -> Names {
        match &expr.kind {
            ExprKind::Local(local) => self.locals.get(local).cloned().unwrap_or_default(),
            ExprKind::Trigger(id) => {
                let binding = self.runbook.bindings.get(id.index());
                binding
                    .and_then(|binding| name(&binding.kind))
                    .into_iter()
                    .collect()
            }
            _ => Names::new(),
        }
    }
}

fn name(kind: &BindingKind) -> Option<SmolStr> {
    match kind {
        BindingKind::Label(label) => Some(label.clone()),
        BindingKind::Alert => Some(ALL.into()),
        BindingKind::Event | BindingKind::Request => None,
    }
}
