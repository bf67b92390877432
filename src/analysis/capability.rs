//! P5: the capabilities that a runbook uses, narrowed as far as the text says.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::typed::{
    ActionCallee, Block, Callee, CapabilityUse, Expr, ExprKind, ExternId, FunctionId, Package,
    Runbook, StmtKind,
};
use crate::value::Value;

/// Everything that the runbook needs, sorted.
pub fn of_runbook(package: &Package, runbook: &Runbook) -> Vec<CapabilityUse> {
    let mut walk = Walk {
        package,
        seen: BTreeSet::new(),
        open: Vec::new(),
        found: BTreeSet::new(),
    };
    for (_, block) in super::blocks(runbook) {
        walk.block(block);
    }
    // A chain of calls may be as long as the package.
    while let Some(id) = walk.open.pop() {
        walk.block(&package.functions[id.index()].body.block);
    }
    walk.found.into_iter().collect()
}

struct Walk<'a> {
    package: &'a Package,
    seen: BTreeSet<FunctionId>,
    open: Vec<FunctionId>,
    found: BTreeSet<CapabilityUse>,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind {
                match step.callee {
                    ActionCallee::Extern(id) => self.needs(id, &step.args),
                    ActionCallee::Function(id) => self.function(id),
                }
            }
        });
        block.for_each_expr(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind {
                match call.callee {
                    Callee::Extern(id) => self.needs(id, &call.args),
                    Callee::Function(id) => self.function(id),
                    Callee::Builtin(_) => {}
                }
            }
        });
    }

    fn function(&mut self, id: FunctionId) {
        if self.seen.insert(id) {
            self.open.push(id);
        }
    }

    fn needs(&mut self, id: ExternId, args: &[Expr]) {
        for capability in &self.package.externs[id.index()].needs {
            let of = capability
                .of
                .and_then(|index| args.get(usize::from(index)))
                .and_then(|arg| self.constant(arg));
            self.found.insert(CapabilityUse {
                name: capability.name.clone(),
                of,
            });
        }
    }

    fn constant(&self, arg: &Expr) -> Option<SmolStr> {
        let value = match &arg.kind {
            ExprKind::Value(value) => value,
            ExprKind::Const(id) => &self.package.consts[id.index()].value,
            _ => return None,
        };
        match value {
            Value::Text(text) => Some(text.as_str().into()),
            _ => None,
        }
    }
}
