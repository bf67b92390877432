//! One body, followed in the order of its statements.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Diagnostic;
use crate::effect::Integrity;
use crate::text::Span;
use crate::typed::{
    ActionCallee, ArmPattern, Block, Body, Endorsement, FindingId, FunctionId, HandlerAction,
    Local, LocalId, Package, Runbook, SiteId, Step, Stmt, StmtKind, Type, UndoChoice,
};

use super::Taints;
use super::free::Use;
use super::origin::{Params, Taint};
use super::sink::Reach;
use super::value::part;

/// One body, followed in the order of its statements.
pub struct Flow<'a, 'b> {
    pub(super) package: &'a Package,
    pub(super) taints: &'a Taints,
    pub(super) runbook: Option<&'a Runbook>,
    pub(super) locals: Vec<Taint>,
    pub(super) result: Taint,
    pub(super) sinks: Vec<(usize, Reach, Span)>,
    /// Whether a function is summarised, so that it has parameters.
    pub(super) in_function: bool,
    /// The parameters that are used as free text may not be.
    pub(super) plain: Params,
    /// The parameters that a `clamp` with own bounds is about.
    pub(super) clamps: Params,
    pub(super) endorsed: Vec<Endorsement>,
    /// The functions called that endorse something.
    pub(super) calls: BTreeSet<FunctionId>,
    pub(super) names: &'a [Local],
    /// The names that stand for texts of the author's.
    pub(super) texts: BTreeMap<LocalId, String>,
    pub(super) found: Vec<(FindingId, Vec<Taint>)>,
    pub(super) lookups: &'b mut BTreeSet<SiteId>,
    pub(super) out: &'b mut Vec<Diagnostic>,
}

impl<'a, 'b> Flow<'a, 'b> {
    pub(super) fn new(
        package: &'a Package,
        taints: &'a Taints,
        runbook: Option<&'a Runbook>,
        body: &'a Body,
        lookups: &'b mut BTreeSet<SiteId>,
        out: &'b mut Vec<Diagnostic>,
    ) -> Self {
        Flow {
            package,
            taints,
            runbook,
            locals: vec![Taint::default(); body.locals.len()],
            result: Taint::default(),
            sinks: Vec::new(),
            in_function: false,
            plain: Params::default(),
            clamps: Params::default(),
            endorsed: Vec::new(),
            calls: BTreeSet::new(),
            names: &body.locals,
            texts: BTreeMap::new(),
            found: Vec::new(),
            lookups,
            out,
        }
    }

    /// Tells how far each name is trusted.
    pub(super) fn trusts(&self, trusts: &mut BTreeMap<Span, Integrity>) {
        let locals = self.names.iter().zip(&self.locals);
        trusts.extend(locals.map(|(name, taint)| (name.span, taint.matter.level())));
    }

    pub(super) fn set(&mut self, local: LocalId, taint: Taint) {
        if let Some(slot) = self.locals.get_mut(local.index()) {
            *slot = taint;
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        crate::steps::count(1);
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } => {
                let mut taint = self.expr(value);
                for handler in handlers {
                    match &handler.action {
                        HandlerAction::Value(value) => taint = taint.join(self.expr(value)),
                        HandlerAction::Diverge(stmt) => self.stmt(stmt),
                    }
                }
                let text = self.text(value).map(str::to_owned);
                self.texts.extend(text.map(|text| (*local, text)));
                self.set(*local, taint);
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.block(then);
                if let Some(block) = otherwise {
                    self.block(block);
                }
            }
            StmtKind::Match { subject, arms } => {
                let taint = self.expr(subject);
                for arm in arms {
                    match arm.pattern {
                        ArmPattern::Some(local) => self.set(local, taint.clone()),
                        ArmPattern::Value(_) => {
                            self.used(taint.clone(), subject.span, Use::Compared);
                        }
                        ArmPattern::Any | ArmPattern::None => {}
                    }
                    self.block(&arm.body);
                }
            }
            StmtKind::For(for_loop) => {
                let taint = self.expr(&for_loop.source);
                let taint = match &for_loop.source.ty {
                    Type::List(element) => part(taint, element),
                    _ => taint,
                };
                self.set(for_loop.local, taint);
                self.block(&for_loop.body);
            }
            StmtKind::Found { finding, args } => {
                let taints = args.iter().map(|arg| self.expr(arg)).collect();
                self.found.push((*finding, taints));
            }
            StmtKind::Cleared { condition, why } => {
                if let Some(condition) = condition {
                    self.expr(condition);
                }
                why.iter().for_each(|why| {
                    self.expr(why);
                });
            }
            StmtKind::Return(value) => {
                let taint = self.expr(value);
                self.result = std::mem::take(&mut self.result).join(taint);
            }
            StmtKind::Do(step) => self.step(step),
            StmtKind::WithDo { step, body, .. } => {
                self.step(step);
                self.block(body);
            }
            StmtKind::Error
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Verify(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Attempts(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_) => {
                stmt.for_each_expr(&mut |expr| {
                    self.expr(expr);
                });
                stmt.for_each_block(&mut |block| self.block(block));
            }
            StmtKind::Attach(values) => {
                for value in values {
                    let taint = self.expr(value);
                    self.used(taint, value.span, Use::Attached);
                }
            }
        }
    }

    pub(super) fn step(&mut self, step: &Step) {
        let taints: Vec<Taint> = step.args.iter().map(|arg| self.expr(arg)).collect();
        for handler in &step.handlers {
            match &handler.action {
                HandlerAction::Value(value) => {
                    self.expr(value);
                }
                HandlerAction::Diverge(stmt) => self.stmt(stmt),
            }
        }
        match step.callee {
            ActionCallee::Extern(id) => self.extern_sinks(id, &step.args, &taints),
            ActionCallee::Function(id) => self.function_sinks(id, &step.args, &taints),
        }
        if let Some(result) = step.result {
            self.set(result, Taint::of(Integrity::Measured));
        }
        if let UndoChoice::Block(block) = &step.undo {
            self.block(block);
        }
    }
}
