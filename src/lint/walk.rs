//! The one walk over a package: each node is shown to the rules that want its kind.
//!
//! Functions come first, then runbooks, and the package, so that a rule of a whole knows what its parts read.

use crate::analysis::is_number;
use crate::diag::Diagnostic;
use crate::project::{Level, Levels, Lock, Wanted};
use crate::syntax::tree::File;
use crate::text::Sources;
use crate::typed::{
    Block, Body, CallExpr, Callee, Expr, ExprKind, Facts, Function, FunctionKind, HandlerAction,
    Notice, Package, RecordId, Runbook, Step, Stmt, StmtKind, Symbol, Type, UndoChoice,
};

use super::cx::{Cx, Place};
use super::known::Known;
use super::rule::{Kind, Node, Rule, Sees, Told};
use super::rules::ALL;

/// A sound package, and what is known of it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub sources: &'a Sources,
    /// Its own files.
    pub trees: &'a [File],
    pub package: &'a Package,
    pub facts: &'a Facts,
    /// Its own items that nothing names.
    pub unnamed: &'a [Symbol],
    pub levels: &'a Levels,
    /// What it depends on.
    pub wanted: &'a [Wanted],
    /// What is locked of that.
    pub lock: Option<&'a Lock>,
    /// What is known beside it.
    pub known: &'a Known,
    /// Asked between items: whether the findings are still wanted.
    pub is_wanted: &'a dyn Fn() -> bool,
}

/// Everything that the rules have to say; none once that is not wanted any more.
pub fn run(input: &Input<'_>) -> Option<Vec<Diagnostic>> {
    let mut walk = Walk {
        cx: Cx::new(input),
        table: table(input.levels, input.known),
        out: Vec::new(),
    };
    let package = input.package;
    for function in &package.functions {
        if walk.cx.is_own(function.span) {
            (input.is_wanted)().then(|| walk.function(function))?;
        }
    }
    for product in &package.products {
        walk.show(Node::Product(product));
    }
    for (index, runbook) in package.runbooks.iter().enumerate() {
        (input.is_wanted)().then(|| walk.runbook(index, runbook))?;
    }
    (input.is_wanted)().then(|| walk.show(Node::Package))?;
    Some(walk.out)
}

/// Which rules want which kind; those that are off, or lack what they need, want none.
fn table(levels: &Levels, known: &Known) -> [Vec<&'static Rule>; Kind::COUNT] {
    let mut table = [const { Vec::new() }; Kind::COUNT];
    for rule in ALL {
        if let Sees::Nodes(kinds, _) = &rule.sees
            && levels.of(rule.code) != Level::Off
            && known.has(rule.needs)
        {
            for kind in *kinds {
                table[*kind as usize].push(*rule);
            }
        }
    }
    table
}

struct Walk<'a> {
    cx: Cx<'a>,
    table: [Vec<&'static Rule>; Kind::COUNT],
    out: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    fn show(&mut self, node: Node<'a>) {
        for rule in &self.table[node.kind() as usize] {
            if let Sees::Nodes(_, run) = &rule.sees {
                run(&self.cx, node, &mut self.out);
            }
        }
    }

    fn function(&mut self, function: &'a Function) {
        self.cx.runbook = match function.kind {
            FunctionKind::Watch(runbook) => Some(runbook.index()),
            FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. } => None,
        };
        for param in &function.params {
            param.default.iter().for_each(|value| self.expr(value));
        }
        self.body(Place::Function, &function.body);
        self.show(Node::Function(function));
        self.cx.runbook = None;
        self.cx.body = None;
    }

    fn body(&mut self, place: Place, body: &'a Body) {
        self.cx.place = place;
        self.cx.body = Some(body);
        self.cx.read.enter(body.locals.len());
        self.block(&body.block);
    }

    fn runbook(&mut self, index: usize, runbook: &'a Runbook) {
        self.cx.runbook = Some(index);
        self.clauses(runbook);
        if let Some(body) = &runbook.diagnose {
            self.body(Place::Diagnose, body);
        }
        for remedy in &runbook.remedies {
            self.body(Place::Remedy, &remedy.body);
            self.show(Node::Remedy(remedy));
        }
        if let Some(body) = &runbook.steps {
            self.body(Place::Remedy, body);
        }
        for clause in &runbook.otherwise {
            self.body(Place::Otherwise, &clause.body);
        }
        self.cx.body = None;
        self.show(Node::Runbook(index, runbook));
        self.cx.runbook = None;
    }

    fn clauses(&mut self, runbook: &'a Runbook) {
        self.cx.place = Place::Clause;
        self.cx.body = None;
        for key in &runbook.incident_per {
            let binding = runbook.bindings.get(key.binding.index());
            if let (Some(binding), Some(field)) = (binding, key.field) {
                self.cx.read.field(&binding.ty, field);
            }
        }
        for trigger in &runbook.triggers {
            for condition in &trigger.conditions {
                self.condition(condition);
            }
            self.show(Node::Trigger(trigger));
        }
        for case in &runbook.severity {
            case.when.iter().for_each(|when| self.condition(when));
        }
        match runbook.recurs.as_ref().map(|recurs| &recurs.then) {
            Some(Notice::Page { roles: _, text }) => self.text(Told::Page, text),
            Some(Notice::Hand(hand)) => self.text(Told::Hand, &hand.text),
            None => {}
        }
        for tell in &runbook.tells {
            self.text(Told::Tell, &tell.text);
        }
        for cap in &runbook.caps {
            use crate::typed::CapKind;
            match &cap.kind {
                CapKind::Share { population, .. } | CapKind::Keep { population, .. } => {
                    self.expr(&population.call);
                }
                CapKind::PerDomain { .. }
                | CapKind::DomainsAtOnce { .. }
                | CapKind::Pause(_)
                | CapKind::Only(_) => {}
            }
        }
    }

    fn text(&mut self, told: Told, text: &'a Option<Expr>) {
        if let Some(text) = text {
            self.show(Node::Text(told, text));
            self.expr(text);
        }
    }

    fn condition(&mut self, condition: &'a Expr) {
        self.show(Node::Condition(condition));
        self.expr(condition);
    }

    fn block(&mut self, block: &'a Block) {
        self.cx.depth += 1;
        for stmt in &block.statements {
            self.stmt(stmt);
        }
        self.cx.depth -= 1;
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        self.show(Node::Stmt(stmt));
        self.cx.is_chained = false;
        self.asked(stmt);
        self.told(stmt);
        self.cx.is_attached = matches!(stmt.kind, StmtKind::Attach(_));
        match &stmt.kind {
            // What becomes of it is seen in the remedy, or in the arms.
            StmtKind::Found { finding: _, args } => args.iter().for_each(|arg| self.part(arg)),
            StmtKind::Match { subject, arms: _ } => self.part(subject),
            _ => stmt.for_each_expr(&mut |expr| self.expr(expr)),
        }
        self.cx.is_attached = false;
        if let StmtKind::Let { local, value, .. } = &stmt.kind {
            self.cx.read.made(self.cx.package(), *local, value);
        }
        stmt.for_each_block(&mut |block| match else_if(stmt, block) {
            Some(next) => {
                self.cx.is_chained = true;
                self.stmt(next);
            }
            None => self.block(block),
        });
    }

    /// Shows the conditions of a statement as such; what they are made of is shown with all other expressions.
    fn asked(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::If { condition, .. } => self.show(Node::Condition(condition)),
            StmtKind::Guard(condition) => self.show(Node::Condition(condition)),
            StmtKind::Cleared {
                condition: Some(condition),
                ..
            } => self.show(Node::Condition(condition)),
            StmtKind::Verify(verify) => {
                if let Some(condition) = &verify.abort_if {
                    self.show(Node::Condition(condition));
                }
            }
            StmtKind::Error
            | StmtKind::Let { .. }
            | StmtKind::Match { .. }
            | StmtKind::For(_)
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Do(_)
            | StmtKind::WithDo { .. }
            | StmtKind::WaiveVerify(_)
            | StmtKind::Attempts(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {}
        }
    }

    /// Shows the words of a statement that people read.
    fn told(&mut self, stmt: &'a Stmt) {
        let (told, text) = match &stmt.kind {
            StmtKind::Page { roles: _, text } => (Told::Page, text),
            StmtKind::Tell { roles: _, text } => (Told::Tell, text),
            StmtKind::Hand(hand) => (Told::Hand, &hand.text),
            StmtKind::Cleared { condition: _, why } => (Told::Why, why),
            StmtKind::Novel(text) | StmtKind::Inconclusive(text) => (Told::Why, text),
            StmtKind::Mitigated(mitigated) => (Told::Why, &mitigated.text),
            StmtKind::WaiveVerify(why) => return self.show(Node::Waiver(why, stmt.span)),
            StmtKind::Do(step) => return self.waiver(step),
            StmtKind::WithDo { step, .. } => return self.waiver(step),
            StmtKind::Let { handlers, .. } => {
                for handler in handlers {
                    if let HandlerAction::Diverge(stmt) = &handler.action {
                        self.show(Node::Stmt(stmt));
                        self.told(stmt);
                    }
                }
                return;
            }
            StmtKind::Error
            | StmtKind::If { .. }
            | StmtKind::Match { .. }
            | StmtKind::For(_)
            | StmtKind::Found { .. }
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Verify(_)
            | StmtKind::Attempts(_)
            | StmtKind::Attach(_) => return,
        };
        if let Some(text) = text {
            self.show(Node::Text(told, text));
        }
    }

    fn waiver(&mut self, step: &'a Step) {
        if let UndoChoice::Waived(why) = &step.undo {
            self.show(Node::Waiver(why, step.span));
        }
    }

    /// Takes down a number that is written out; the first ones, and all, are no decision of anybody.
    fn number(&mut self, expr: &'a Expr) {
        if let ExprKind::Value(value) = &expr.kind
            && is_number(value)
        {
            let words = self.cx.text(expr.span);
            if !["0", "1", "2", "0.0", "1.0", "100%", "0%", "0s"].contains(&words) {
                self.cx.read.number(words, expr.span);
            }
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        let goes_on = matches!(expr.kind, ExprKind::Local(_) | ExprKind::Trigger(_));
        if let Some(record) = record(&expr.ty)
            && (goes_on || self.cx.is_attached)
        {
            self.cx.read.whole(record);
        }
        self.part(expr);
    }

    /// The same of what a field is taken of: the rest of it goes nowhere.
    fn part(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Local(local) => self.cx.read.local(*local),
            ExprKind::Trigger(binding) => self.cx.read.binding(self.cx.runbook, *binding),
            ExprKind::Call(call) => {
                match call.callee {
                    Callee::Function(function) => self.cx.read.call(function),
                    Callee::Extern(_) => {
                        let package = self.cx.package();
                        if !self.cx.is_attached {
                            self.cx.read.asked(package, self.cx.runbook, call);
                        }
                        self.equal(expr, call);
                    }
                    Callee::Builtin(_) => {}
                }
                self.show(Node::Call(expr, call));
            }
            ExprKind::Binary { op, left, right } if op.comparison().is_some() => {
                self.number(left);
                self.number(right);
                self.show(Node::Comparison(expr));
            }
            ExprKind::As { .. } => self.show(Node::As(expr)),
            ExprKind::IsSome { operand, bind: _ } | ExprKind::IsNone(operand) => {
                return self.part(operand);
            }
            ExprKind::Field { base, field } => {
                self.cx.read.field(&base.ty, *field);
                return self.part(base);
            }
            _ if expr.ty == Type::PromQuery => {
                let decides = match self.cx.place {
                    Place::Diagnose | Place::Remedy | Place::Function => !self.cx.is_attached,
                    Place::Clause | Place::Otherwise => false,
                };
                if decides {
                    self.cx.read.query(self.cx.runbook, expr);
                }
                self.show(Node::Query(expr));
            }
            _ => {}
        }
        expr.for_each_child(&mut |child| self.expr(child));
    }
}

impl<'a> Walk<'a> {
    /// Takes down the fields that a probe of events picks them by, and that it reads them.
    fn equal(&mut self, expr: &'a Expr, call: &'a CallExpr) {
        let record = call.args.iter().find_map(|arg| match arg.kind {
            ExprKind::RecordKind(record) => Some(record),
            _ => None,
        });
        let Some(record) = record else {
            return;
        };
        if expr.ty == Type::Record(record) {
            self.cx.read.decoded(record);
        }
        let fields = self.cx.package().records.get(record.index());
        for (name, _) in &call.equals {
            let mut fields = fields.into_iter().flat_map(|record| &record.fields);
            if let Some(at) = fields.position(|field| field.name == *name) {
                self.cx.read.field(&Type::Record(record), at as u16);
            }
        }
    }
}

/// The `if` of `else if`, which stands beside the one before it and not in it.
fn else_if<'a>(stmt: &Stmt, block: &'a Block) -> Option<&'a Stmt> {
    let StmtKind::If {
        otherwise: Some(otherwise),
        ..
    } = &stmt.kind
    else {
        return None;
    };
    match block.statements.as_slice() {
        [next] if otherwise.span == block.span && next.span.start == block.span.start => {
            matches!(next.kind, StmtKind::If { .. }).then_some(next)
        }
        _ => None,
    }
}

/// The record that something is, if there is one.
fn record(ty: &Type) -> Option<RecordId> {
    match ty {
        Type::Record(record) => Some(*record),
        Type::Optional(inside) => record(inside),
        _ => None,
    }
}
