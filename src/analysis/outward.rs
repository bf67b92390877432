//! What a runbook says to other programs, as far as the text says it: commands and URLs of raw calls, queries.

use std::collections::BTreeSet;

use crate::text::one_line;
use crate::typed::{
    ActionCallee, Block, Callee, Expr, ExprKind, ExternId, FunctionId, Package, Param, Runbook,
    StmtKind, Type,
};
use crate::value::{Segment, Template, Value};

/// What a runbook says, and what it calls; each once, sorted.
#[derive(Default)]
pub struct Said {
    /// The commands and URLs: `exec.apply ["app-control", "restart"]`.
    pub raw: Vec<String>,
    /// `promql"up == 0"`
    pub queries: Vec<String>,
}

pub fn of_runbook(package: &Package, runbook: &Runbook) -> Said {
    let mut walk = Walk {
        package,
        seen: BTreeSet::new(),
        open: Vec::new(),
        found: BTreeSet::new(),
        queries: BTreeSet::new(),
    };
    for (_, block) in super::blocks(runbook) {
        walk.block(block);
    }
    // A chain of calls may be as long as the package.
    while let Some(id) = walk.open.pop() {
        walk.block(&package.functions[id.index()].body.block);
    }
    Said {
        raw: walk.found.into_iter().collect(),
        queries: walk.queries.into_iter().collect(),
    }
}

/// The command or the URL of one call, if it is raw and the text says some of it.
pub fn of_call(package: &Package, id: ExternId, args: &[Expr]) -> Option<String> {
    let called = &package.externs[id.index()];
    let mut given = called.params.iter().zip(args);
    given.find_map(|(param, arg)| is_raw(param).then(|| shown(package, arg))?)
}

struct Walk<'a> {
    package: &'a Package,
    seen: BTreeSet<FunctionId>,
    open: Vec<FunctionId>,
    found: BTreeSet<String>,
    queries: BTreeSet<String>,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind {
                match step.callee {
                    ActionCallee::Extern(id) => self.call(id, &step.args),
                    ActionCallee::Function(id) => self.function(id),
                }
            }
        });
        block.for_each_expr(&mut |expr| {
            if expr.ty == Type::PromQuery
                && let Some(query) = query(self.package, expr)
            {
                self.queries.insert(query);
            }
            if let ExprKind::Call(call) = &expr.kind {
                match call.callee {
                    Callee::Extern(id) => self.call(id, &call.args),
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

    fn call(&mut self, id: ExternId, args: &[Expr]) {
        let called = &self.package.externs[id.index()];
        for (param, arg) in called.params.iter().zip(args) {
            if is_raw(param)
                && let Some(shown) = shown(self.package, arg)
            {
                self.found.insert(format!("{} {shown}", called.name));
            }
        }
    }
}

/// Whether it takes a command or a URL.
pub fn is_raw(param: &Param) -> bool {
    let is_command = matches!(&param.ty, Type::List(of) if **of == Type::Text);
    param.sink.is_some() && (is_command || param.ty == Type::Url)
}

/// What the text says of a value; `…` stands for what is known when it runs.
fn shown(package: &Package, arg: &Expr) -> Option<String> {
    if let Some(value) = arg.constant(package) {
        return Some(value.to_string());
    }
    match &arg.kind {
        ExprKind::List(items) => {
            let items = items.iter().map(|item| match &item.kind {
                // A list in a list is no command: this goes one deep.
                ExprKind::List(_) => None,
                _ => shown(package, item),
            });
            let items: Vec<String> = items
                .map(|item| item.unwrap_or_else(|| "…".to_owned()))
                .collect();
            Some(format!("[{}]", items.join(", ")))
        }
        ExprKind::Template { template, holes } => {
            Some(format!("\"{}\"", filled(package, template, holes)))
        }
        _ => None,
    }
}

/// A query on one line; `${…}` stands for what is known when it runs.
fn query(package: &Package, expr: &Expr) -> Option<String> {
    let text = match &expr.kind {
        ExprKind::Template { template, holes } => {
            format!("promql\"{}\"", filled(package, template, holes))
        }
        _ => expr.constant(package)?.to_string(),
    };
    Some(one_line(&text))
}

/// The text of a template, with what is constant in its holes.
fn filled(package: &Package, template: &Template, holes: &[Expr]) -> String {
    let mut holes = holes.iter();
    let segments = template.segments.iter().map(|segment| match segment {
        Segment::Text(text) => text.to_string(),
        Segment::Hole(_) => {
            let known = holes.next().and_then(|hole| hole.constant(package));
            known.map_or_else(|| "${…}".to_owned(), Value::to_plain)
        }
    });
    segments.collect()
}
