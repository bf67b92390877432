//! What a rule may ask beside its node: where it stands, what was read so far, the queries as trees.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::effect::Level;
use crate::literal::query::Tree;
use crate::syntax::tree::{self, ItemKind};
use crate::text::{SourceId, Span};
use crate::typed::{
    BindingId, Body, CallExpr, Callee, Expr, ExprKind, ExternId, Function, FunctionId, LocalId,
    Package, RecordId, Runbook, RunbookFacts, StmtKind, Type, parameter_local,
};
use crate::value::Value;

use super::walk::Input;

/// In what part of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A clause of a runbook, its triggers among them.
    Clause,
    Function,
    Diagnose,
    /// A remedy, or `steps`.
    Remedy,
    Otherwise,
}

/// Where the walk is, and what it has seen.
pub struct Cx<'a> {
    pub input: Input<'a>,
    /// The runbook around the node, by its index.
    pub runbook: Option<usize>,
    pub place: Place,
    pub body: Option<&'a Body>,
    /// How many blocks are around the node.
    pub depth: usize,
    /// Whether the node is the `if` of an `else if`.
    pub is_chained: bool,
    /// Whether the node is only looked at for people.
    pub is_attached: bool,
    pub read: Read<'a>,
    own: BTreeSet<SourceId>,
    queries: RefCell<HashMap<Span, Option<Rc<Tree>>>>,
}

/// What was read so far.
pub struct Read<'a> {
    /// Of the body that was seen last.
    locals: Vec<bool>,
    /// Of each runbook, outside of its key.
    bindings: Vec<Vec<bool>>,
    called: Vec<bool>,
    /// Of each record.
    fields: Vec<Vec<bool>>,
    /// The records that events are read as.
    decoded: BTreeSet<RecordId>,
    /// Of the body that was seen last: the labels that stand in what each local is.
    origins: Vec<Vec<BindingId>>,
    /// Of each runbook: the probes that are given labels, and which.
    lookups: Vec<Vec<(ExternId, Vec<BindingId>)>>,
    /// Of each runbook: the queries that decide something.
    queries: Vec<Vec<&'a Expr>>,
    /// Where a number is written in comparisons, by its words.
    numbers: BTreeMap<&'a str, Vec<Span>>,
}

impl<'a> Read<'a> {
    pub fn enter(&mut self, locals: usize) {
        self.locals.clear();
        self.locals.resize(locals, false);
        self.origins.clear();
        self.origins.resize(locals, Vec::new());
    }

    /// Takes down what a local is.
    pub fn made(&mut self, package: &Package, local: LocalId, value: &Expr) {
        let mut labels = Vec::new();
        self.labels_in(package, value, &mut labels);
        if let Some(origin) = self.origins.get_mut(local.index()) {
            *origin = labels;
        }
    }

    /// The labels that stand in a value: as they are, in a text, or by way of a name or a function of a text.
    fn labels_in(&self, package: &Package, expr: &Expr, found: &mut Vec<BindingId>) {
        let mut add = |labels: &[BindingId]| {
            for label in labels {
                if !found.contains(label) {
                    found.push(*label);
                }
            }
        };
        match &expr.kind {
            ExprKind::Trigger(binding) => add(&[*binding]),
            ExprKind::Local(local) => {
                add(self.origins.get(local.index()).map_or(&[], Vec::as_slice))
            }
            ExprKind::Wrap(inside) => self.labels_in(package, inside, found),
            ExprKind::Template { template: _, holes } => {
                for hole in holes {
                    self.labels_in(package, hole, found);
                }
            }
            ExprKind::Call(call) => {
                let Callee::Function(id) = call.callee else {
                    return;
                };
                let function = package.functions.get(id.index());
                let text = function.and_then(returned).map_or(Vec::new(), texts);
                for (at, arg) in call.args.iter().enumerate() {
                    if text.contains(&parameter_local(at)) {
                        self.labels_in(package, arg, found);
                    }
                }
            }
            // What it is asked for says which of its values it is.
            ExprKind::If { .. } => expr.for_each(&mut |part| match &part.kind {
                ExprKind::Trigger(binding) => add(&[*binding]),
                ExprKind::Local(local) => {
                    add(self.origins.get(local.index()).map_or(&[], Vec::as_slice));
                }
                _ => {}
            }),
            ExprKind::Index { base, index }
                if matches!(
                    base.kind,
                    ExprKind::Const(_) | ExprKind::Value(_) | ExprKind::Map(_)
                ) =>
            {
                self.labels_in(package, index, found);
            }
            _ => {}
        }
    }

    pub fn local(&mut self, local: LocalId) {
        if let Some(read) = self.locals.get_mut(local.index()) {
            *read = true;
        }
    }

    pub fn binding(&mut self, runbook: Option<usize>, binding: BindingId) {
        let of = runbook.and_then(|runbook| self.bindings.get_mut(runbook));
        if let Some(read) = of.and_then(|of| of.get_mut(binding.index())) {
            *read = true;
        }
    }

    /// Takes down a probe with the labels that it is given.
    pub fn asked(&mut self, package: &Package, runbook: Option<usize>, call: &CallExpr) {
        let mut labels = Vec::new();
        for arg in &call.args {
            self.labels_in(package, arg, &mut labels);
        }
        let of = runbook.and_then(|runbook| self.lookups.get_mut(runbook));
        if let (Callee::Extern(id), Some(of)) = (call.callee, of) {
            of.push((id, labels));
        }
    }

    pub fn query(&mut self, runbook: Option<usize>, query: &'a Expr) {
        if let Some(of) = runbook.and_then(|runbook| self.queries.get_mut(runbook)) {
            of.push(query);
        }
    }

    pub fn queries(&self, runbook: usize) -> &[&'a Expr] {
        self.queries.get(runbook).map_or(&[], Vec::as_slice)
    }

    /// The probes that a runbook asks.
    pub fn asked_by(&self, runbook: usize) -> impl Iterator<Item = ExternId> {
        let asked = self.lookups.get(runbook).into_iter().flatten();
        asked.map(|(id, _)| *id)
    }

    pub fn asks(&self, runbook: usize, probe: ExternId) -> bool {
        self.asked_by(runbook).any(|id| id == probe)
    }

    /// The labels that a probe is given, if a runbook asks it with the same ones everywhere.
    pub fn labels_of(&self, runbook: usize, probe: ExternId) -> &[BindingId] {
        let asked = self.lookups.get(runbook).into_iter().flatten();
        let mut asked = asked
            .filter(|(id, _)| *id == probe)
            .map(|(_, labels)| labels);
        match asked.next() {
            Some(labels) if asked.all(|other| other == labels) => labels,
            _ => &[],
        }
    }

    pub fn number(&mut self, words: &'a str, at: Span) {
        self.numbers.entry(words).or_default().push(at);
    }

    pub fn numbers(&self) -> impl Iterator<Item = (&'a str, &Vec<Span>)> {
        self.numbers.iter().map(|(words, places)| (*words, places))
    }

    pub fn has_binding(&self, runbook: usize, binding: BindingId) -> bool {
        let of = self.bindings.get(runbook);
        of.and_then(|of| of.get(binding.index()))
            .copied()
            .unwrap_or(true)
    }

    pub fn call(&mut self, function: FunctionId) {
        if let Some(called) = self.called.get_mut(function.index()) {
            *called = true;
        }
    }

    pub fn field(&mut self, base: &Type, field: u16) {
        if let Type::Record(id) = base
            && let Some(of) = self.fields.get_mut(id.index())
            && let Some(read) = of.get_mut(usize::from(field))
        {
            *read = true;
        }
    }

    /// A record that goes on whole: nobody knows here what becomes of it.
    pub fn whole(&mut self, record: RecordId) {
        if let Some(of) = self.fields.get_mut(record.index()) {
            of.fill(true);
        }
    }

    pub fn decoded(&mut self, record: RecordId) {
        self.decoded.insert(record);
    }

    /// Whether a probe answers an event as this record.
    pub fn has_decoded(&self, record: RecordId) -> bool {
        self.decoded.contains(&record)
    }

    pub fn has_field(&self, record: RecordId, field: u16) -> bool {
        let of = self.fields.get(record.index());
        of.and_then(|of| of.get(usize::from(field)))
            .copied()
            .unwrap_or(true)
    }

    pub fn has_local(&self, local: LocalId) -> bool {
        self.locals.get(local.index()).copied().unwrap_or(true)
    }

    pub fn has_called(&self, function: FunctionId) -> bool {
        self.called.get(function.index()).copied().unwrap_or(true)
    }
}

impl<'a> Cx<'a> {
    pub fn new(input: &Input<'a>) -> Cx<'a> {
        let package = input.package;
        Cx {
            input: *input,
            runbook: None,
            place: Place::Clause,
            body: None,
            depth: 0,
            is_chained: false,
            is_attached: false,
            read: Read {
                locals: Vec::new(),
                origins: Vec::new(),
                bindings: package
                    .runbooks
                    .iter()
                    .map(|runbook| vec![false; runbook.bindings.len()])
                    .collect(),
                lookups: vec![Vec::new(); package.runbooks.len()],
                queries: vec![Vec::new(); package.runbooks.len()],
                numbers: BTreeMap::new(),
                decoded: BTreeSet::new(),
                called: vec![false; package.functions.len()],
                fields: package
                    .records
                    .iter()
                    .map(|record| vec![false; record.fields.len()])
                    .collect(),
            },
            own: input.trees.iter().map(|tree| tree.source).collect(),
            queries: RefCell::new(HashMap::new()),
        }
    }

    pub fn package(&self) -> &'a Package {
        self.input.package
    }

    /// Whether something stands in the package's own files.
    pub fn is_own(&self, span: Span) -> bool {
        self.own.contains(&span.source)
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &'a str {
        self.input.sources.slice(span)
    }

    /// The runbook around the node.
    pub fn runbook(&self) -> Option<&'a Runbook> {
        self.package().runbooks.get(self.runbook?)
    }

    /// What was proven of a runbook.
    pub fn facts(&self, runbook: usize) -> Option<&'a RunbookFacts> {
        self.input.facts.runbooks.get(runbook)
    }

    /// Whether a runbook changes anything.
    pub fn changes(&self, runbook: usize) -> bool {
        let facts = self.facts(runbook);
        facts.is_some_and(|facts| facts.level >= Level::Change)
    }

    /// A runbook as it is written.
    pub fn written(&self, runbook: &Runbook) -> Option<&'a tree::Runbook> {
        let mut trees = self.input.trees.iter();
        let file = trees.find(|tree| tree.source == runbook.span.source)?;
        let at = runbook.name_span.start;
        let after = file.items.partition_point(|item| item.span.start <= at);
        match &file.items.get(after.checked_sub(1)?)?.kind {
            ItemKind::Runbook(found) if found.name.span == runbook.name_span => Some(found),
            _ => None,
        }
    }

    /// The name of who owns what a runbook is for.
    pub fn owner(&self, runbook: &Runbook) -> Option<&'a str> {
        let package = self.package();
        let product = package.products.get(runbook.product?.index())?;
        let role = package.roles.get(product.owner?.index())?;
        Some(role.name.as_str())
    }

    /// The query that is written here, if one is.
    pub fn query(&self, expr: &Expr) -> Option<Rc<Tree>> {
        if expr.ty != Type::PromQuery {
            return None;
        }
        let mut known = self.queries.borrow_mut();
        let found = known.entry(expr.span);
        found.or_insert_with(|| self.read_query(expr.span)).clone()
    }

    fn read_query(&self, span: Span) -> Option<Rc<Tree>> {
        const OPEN: &str = "promql\"";
        let text = self.text(span);
        let raw = text.strip_prefix(OPEN)?.strip_suffix('"')?;
        let inside = span.inside(OPEN.len(), OPEN.len() + raw.len());
        Tree::of(raw, inside).map(Rc::new)
    }

    /// The query that an expression answers: of a probe that takes one, or of what the package names after it.
    pub fn answer_of(&self, expr: &Expr) -> Option<Rc<Tree>> {
        match &expr.kind {
            ExprKind::As { operand, .. } | ExprKind::Wrap(operand) => self.answer_of(operand),
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(_) => self.query_among(call),
                Callee::Function(id) => self.answer_of(returned(self.function(id)?)?),
                Callee::Builtin(_) => None,
            },
            _ => None,
        }
    }

    fn query_among(&self, call: &CallExpr) -> Option<Rc<Tree>> {
        call.args.iter().find_map(|arg| self.query(arg))
    }

    pub fn function(&self, id: FunctionId) -> Option<&'a Function> {
        self.package().functions.get(id.index())
    }

    /// The constant that an expression is.
    pub fn constant<'e>(&self, expr: &'e Expr) -> Option<&'e Value>
    where
        'a: 'e,
    {
        match &expr.kind {
            ExprKind::Value(value) => Some(value),
            ExprKind::Const(id) => Some(&self.package().consts.get(id.index())?.value),
            ExprKind::Wrap(inside) => self.constant(inside),
            _ => None,
        }
    }
}

/// What a function of one statement returns.
pub fn returned(function: &Function) -> Option<&Expr> {
    match function.body.block.statements.as_slice() {
        [stmt] => match &stmt.kind {
            StmtKind::Return(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// The parameters of which a text is made.
fn texts(expr: &Expr) -> Vec<LocalId> {
    match &expr.kind {
        ExprKind::Local(local) => vec![*local],
        ExprKind::Wrap(inside) => texts(inside),
        ExprKind::Template { template: _, holes } => holes.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
