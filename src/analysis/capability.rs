//! P5: the capabilities that a runbook uses, narrowed as far as the text says, and what raw calls are given.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::typed::{
    ActionCallee, Block, Callee, CapabilityUse, Expr, ExprKind, ExternId, FunctionId, Package,
    Runbook, StmtKind, Type,
};
use crate::value::{Segment, Value};

/// Everything that the runbook needs, sorted; and the commands and URLs that it names.
pub fn of_runbook(package: &Package, runbook: &Runbook) -> (Vec<CapabilityUse>, Vec<String>) {
    let mut walk = Walk {
        package,
        seen: BTreeSet::new(),
        open: Vec::new(),
        found: BTreeSet::new(),
        raw: BTreeSet::new(),
    };
    for (_, block) in super::blocks(runbook) {
        walk.block(block);
    }
    // A chain of calls may be as long as the package.
    while let Some(id) = walk.open.pop() {
        walk.block(&package.functions[id.index()].body.block);
    }
    let raw = walk.raw.into_iter().collect();
    (walk.found.into_iter().collect(), raw)
}

struct Walk<'a> {
    package: &'a Package,
    seen: BTreeSet<FunctionId>,
    open: Vec<FunctionId>,
    found: BTreeSet<CapabilityUse>,
    /// `exec.apply ["app-control", "restart"]`
    raw: BTreeSet<String>,
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
        self.raw(id, args);
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

    /// The command or the URL of a raw call, as far as the text says it.
    fn raw(&mut self, id: ExternId, args: &[Expr]) {
        let called = &self.package.externs[id.index()];
        for (param, arg) in called.params.iter().zip(args) {
            let is_command = matches!(&param.ty, Type::List(of) if **of == Type::Text);
            if param.sink.is_some()
                && (is_command || param.ty == Type::Url)
                && let Some(shown) = self.shown(arg)
            {
                self.raw.insert(format!("{} {shown}", called.name));
            }
        }
    }

    /// What the text says of a value; `…` stands for what is known when it runs.
    fn shown(&self, arg: &Expr) -> Option<String> {
        match &arg.kind {
            ExprKind::Value(value) => Some(value.to_string()),
            ExprKind::Const(id) => Some(self.package.consts[id.index()].value.to_string()),
            ExprKind::List(items) => {
                let items = items.iter().map(|item| match &item.kind {
                    // A list in a list is no command: this goes one deep.
                    ExprKind::List(_) => None,
                    _ => self.shown(item),
                });
                let items: Vec<String> = items
                    .map(|item| item.unwrap_or_else(|| "…".to_owned()))
                    .collect();
                Some(format!("[{}]", items.join(", ")))
            }
            ExprKind::Template { template, .. } => {
                let segments = template.segments.iter().map(|segment| match segment {
                    Segment::Text(text) => text.as_str(),
                    Segment::Hole(_) => "${…}",
                });
                Some(format!("\"{}\"", segments.collect::<String>()))
            }
            _ => None,
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
