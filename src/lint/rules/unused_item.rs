//! An item of the package that nothing names.
//!
//! A package without a runbook is there for others, who may name everything. An item that only an unused one names is
//! said when that one is gone.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::{Item, ItemKind};
use crate::text::Span;
use crate::typed::{FunctionKind, Symbol};

pub static RULE: Rule = Rule {
    code: Code::UnusedItem,
    name: "unused-item",
    needs: Data::Nothing,
    // Another package may import it.
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, _: Node<'_>, out: &mut Vec<Diagnostic>) {
    if cx.package().runbooks.is_empty() {
        return;
    }
    for symbol in cx.input.unnamed {
        let Some((what, name, span)) = declared(cx, *symbol) else {
            continue;
        };
        let Some(item) = item_at(cx, span) else {
            continue;
        };
        let message = format!("nothing uses {what} `{name}`");
        let found = Diagnostic::new(Code::UnusedItem, message, span, "never used");
        let found = found.help("drop it, or use it");
        out.push(found.fix("drop it", whole(cx, item), ""));
    }
}

/// What an item is, its name, and where that stands; nothing of what is there without being named.
fn declared<'a>(cx: &Cx<'a>, symbol: Symbol) -> Option<(&'static str, &'a str, Span)> {
    let package = cx.package();
    match symbol {
        Symbol::Enum(id) => {
            let found = package.enums.get(id.index())?;
            Some(("the enum", &found.name.name, found.span))
        }
        Symbol::Record(id) => {
            let found = package.records.get(id.index())?;
            Some(("the record", &found.name.name, found.span))
        }
        Symbol::Const(id) => {
            let found = package.consts.get(id.index())?;
            Some(("the constant", &found.name, found.span))
        }
        Symbol::Function(id) => {
            let found = package.functions.get(id.index())?;
            let what = match &found.kind {
                FunctionKind::Fn => "the function",
                FunctionKind::Probe => "the probe",
                FunctionKind::Action { .. } => "the action",
                FunctionKind::Watch(_) => return None,
            };
            Some((what, &found.name.name, found.span))
        }
        Symbol::Role(id) => {
            let found = package.roles.get(id.index())?;
            Some(("the role", &found.name, found.span))
        }
        Symbol::Window(id) => {
            let found = package.windows.get(id.index())?;
            Some(("the window", &found.name, found.span))
        }
        Symbol::Secret(id) => {
            let found = package.secrets.get(id.index())?;
            Some(("the secret", &found.name, found.span))
        }
        Symbol::Target(_) | Symbol::Extern(_) | Symbol::Product(_) | Symbol::Runbook(_) => None,
    }
}

fn item_at<'a>(cx: &Cx<'a>, span: Span) -> Option<&'a Item> {
    let mut trees = cx.input.trees.iter();
    let file = trees.find(|tree| tree.source == span.source)?;
    let after = file
        .items
        .partition_point(|item| item.span.start <= span.start);
    let item = file.items.get(after.checked_sub(1)?)?;
    (!matches!(item.kind, ItemKind::Runbook(_))).then_some(item)
}

/// An item with its documentation and its line break. Comments above it are not its own.
fn whole(cx: &Cx<'_>, item: &Item) -> Span {
    let source = cx.input.sources.source(item.span.source);
    let line = source.position(item.span.start).line;
    let first = line.saturating_sub(item.doc.len() as u32).max(1);
    let start = source.line_range(first).start;
    let last = source.position(item.span.end).line;
    let end = source.line_range(last).end;
    let rest = source.text.get(item.span.end as usize..end);
    match rest.is_some_and(|rest| rest.trim().is_empty()) {
        true => Span::new(source.id, start, end),
        false => Span::new(source.id, start, item.span.end as usize),
    }
}
