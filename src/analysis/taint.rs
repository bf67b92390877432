//! P12: data from outside may select among what the author wrote, never supply it.
//!
//! Levels: own < measured < told. Implicit flows are allowed on purpose: the set of alternatives
//! is finite, in the text, and bounded by `blast`. What may not happen is that told data reaches a
//! sink, or that forged words alone bring a change about.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::effect::{Integrity, Level, Sink};
use crate::text::Span;
use crate::typed::{
    ActionCallee, ArmPattern, BindingKind, Block, Body, Builtin, CallExpr, Callee, Endorsement,
    Expr, ExprKind, ExternId, ExternKind, FindingId, FunctionId, FunctionKind, HandlerAction,
    LocalId, Package, Param, Runbook, SiteId, Step, Stmt, StmtKind, Type,
};

use super::kind::always_ends;
use super::level::Levels;

/// Where a value comes from: a level of its own, and the parameters that it depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Taint {
    level: Integrity,
    /// A bit per parameter of the function that is being summarised; 64 and more share the last.
    params: u64,
}

impl Taint {
    fn of(level: Integrity) -> Taint {
        Taint { level, params: 0 }
    }

    fn join(self, other: Taint) -> Taint {
        Taint {
            level: self.level.max(other.level),
            params: self.params | other.params,
        }
    }

    fn may_be_told(self) -> bool {
        self.level == Integrity::Told || self.params != 0
    }
}

fn bit(param: usize) -> u64 {
    1 << param.min(63)
}

/// What is known of each function.
pub struct Taints {
    functions: Vec<Summary>,
    told_lookups: BTreeSet<SiteId>,
}

#[derive(Clone, Debug, Default)]
struct Summary {
    result: Taint,
    /// Parameters that reach a sink inside.
    sinks: Vec<(usize, Sink, Span)>,
}

impl Taints {
    /// Adds the lookups inside functions whose arguments may be told.
    pub fn told_lookups(&self, sites: &mut BTreeSet<SiteId>) {
        sites.extend(&self.told_lookups);
    }
}

/// Summarises the functions, callees first; sinks fed by what is told inside are reported.
pub fn functions(package: &Package, order: &[FunctionId], out: &mut Vec<Diagnostic>) -> Taints {
    let mut taints = Taints {
        functions: vec![Summary::default(); package.functions.len()],
        told_lookups: BTreeSet::new(),
    };
    for id in order {
        let function = &package.functions[id.index()];
        let runbook = match function.kind {
            FunctionKind::Watch(id) => package.runbooks.get(id.index()),
            FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. } => None,
        };
        let mut lookups = BTreeSet::new();
        let mut flow = Flow::new(package, &taints, runbook, &function.body, &mut lookups, out);
        for (index, param) in function.params.iter().enumerate() {
            flow.locals[index] = match param.ty {
                // A handle is own: it was looked up.
                Type::Target(_) => Taint::default(),
                _ => Taint {
                    level: Integrity::Own,
                    params: bit(index),
                },
            };
        }
        flow.block(&function.body.block);
        let summary = Summary {
            result: flow.result,
            sinks: flow.sinks,
        };
        taints.functions[id.index()] = summary;
        taints.told_lookups.extend(lookups);
    }
    taints
}

/// Follows data through the runbook: diagnosis, then each remedy with the findings' arguments.
pub fn check_runbook(
    levels: &Levels,
    taints: &Taints,
    runbook: &Runbook,
    told_lookups: &mut BTreeSet<SiteId>,
    out: &mut Vec<Diagnostic>,
) {
    let package = levels.package;
    let mut findings: Vec<Vec<Taint>> = runbook
        .findings
        .iter()
        .map(|finding| vec![Taint::default(); finding.params.len()])
        .collect();
    let mut lookups = BTreeSet::new();
    if let Some(body) = &runbook.diagnose {
        let mut flow = Flow::new(package, taints, Some(runbook), body, &mut lookups, out);
        flow.changing = changing_findings(levels, runbook);
        flow.block(&body.block);
        for (finding, args) in flow.found {
            let known = findings.get_mut(finding.index()).into_iter().flatten();
            for (known, arg) in known.zip(args) {
                *known = known.join(arg);
            }
        }
    }
    for remedy in &runbook.remedies {
        let body = &remedy.body;
        let mut flow = Flow::new(package, taints, Some(runbook), body, &mut lookups, out);
        let args = remedy.finding.and_then(|id| findings.get(id.index()));
        for (index, taint) in args.into_iter().flatten().enumerate() {
            if let Some(local) = flow.locals.get_mut(index) {
                *local = *taint;
            }
        }
        flow.block(&body.block);
    }
    let others = runbook.steps.iter();
    let others = others.chain(runbook.otherwise.iter().map(|clause| &clause.body));
    for body in others {
        Flow::new(package, taints, Some(runbook), body, &mut lookups, out).block(&body.block);
    }
    owns_something(package, runbook, &lookups, out);
    told_lookups.extend(lookups);
}

/// For the report: where told data picks a target, by the right of ownership.
pub fn endorsements(
    package: &Package,
    told_lookups: &BTreeSet<SiteId>,
    runbook: &Runbook,
    found: &mut Vec<Endorsement>,
) {
    for_each_call(runbook, &mut |call, span| {
        if told_lookups.contains(&call.site)
            && let Callee::Extern(id) = call.callee
        {
            let owner = runbook
                .product
                .map_or("nobody", |id| package.products[id.index()].name.as_str());
            found.push(Endorsement {
                what: package.externs[id.index()].name.to_string(),
                by: format!("owned by {owner}"),
                span,
            });
        }
    });
}

fn for_each_call(runbook: &Runbook, visit: &mut dyn FnMut(&CallExpr, Span)) {
    for (_, block) in super::blocks(runbook) {
        block.for_each_expr(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind {
                visit(call, expr.span);
            }
        });
    }
}

/// Told names can only pick what the product owns; a product that owns nothing has nothing.
fn owns_something(
    package: &Package,
    runbook: &Runbook,
    lookups: &BTreeSet<SiteId>,
    out: &mut Vec<Diagnostic>,
) {
    let Some(product) = runbook.product.map(|id| &package.products[id.index()]) else {
        return;
    };
    if lookups.is_empty() || !product.owns.is_empty() {
        return;
    }
    let mut site = None;
    for_each_call(runbook, &mut |call, span| {
        if site.is_none() && lookups.contains(&call.site) {
            site = Some(span);
        }
    });
    if let Some(site) = site {
        out.push(
            Diagnostic::new(
                Code::OwnsNothing,
                format!(
                    "words from outside pick this target, but product `{}` owns nothing",
                    product.name
                ),
                site,
                "would always be refused",
            )
            .and(product.span, "has no `owns`")
            .help("say what belongs to the product: `owns k8s.namespace(\"shop\")`"),
        );
    }
}

/// The findings whose remedies change something.
fn changing_findings(levels: &Levels, runbook: &Runbook) -> BTreeSet<FindingId> {
    runbook
        .remedies
        .iter()
        .filter(|remedy| levels.block(&remedy.body.block) >= Level::Change)
        .filter_map(|remedy| remedy.finding)
        .collect()
}

/// One body, followed in the order of its statements.
struct Flow<'a, 'b> {
    package: &'a Package,
    taints: &'a Taints,
    runbook: Option<&'a Runbook>,
    locals: Vec<Taint>,
    result: Taint,
    sinks: Vec<(usize, Sink, Span)>,
    found: Vec<(FindingId, Vec<Taint>)>,
    changing: BTreeSet<FindingId>,
    /// Whether reaching the current line depends on something measured.
    corroborated: bool,
    /// Whether the expression just followed holds something measured.
    measured: bool,
    lookups: &'b mut BTreeSet<SiteId>,
    out: &'b mut Vec<Diagnostic>,
}

impl<'a, 'b> Flow<'a, 'b> {
    fn new(
        package: &'a Package,
        taints: &'a Taints,
        runbook: Option<&'a Runbook>,
        body: &Body,
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
            found: Vec::new(),
            changing: BTreeSet::new(),
            corroborated: false,
            measured: false,
            lookups,
            out,
        }
    }

    fn set(&mut self, local: LocalId, taint: Taint) {
        if let Some(slot) = self.locals.get_mut(local.index()) {
            *slot = taint;
        }
    }

    fn block(&mut self, block: &Block) {
        let outside = self.corroborated;
        for stmt in &block.statements {
            self.stmt(stmt);
        }
        self.corroborated = outside;
    }

    fn stmt(&mut self, stmt: &Stmt) {
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
                self.set(*local, taint);
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => self.branch(condition, then, otherwise.as_ref()),
            StmtKind::Match { subject, arms } => {
                let taint = self.expr_measured(subject);
                let measured = self.measured;
                let before = self.corroborated;
                for arm in arms {
                    if let ArmPattern::Some(local) = arm.pattern {
                        self.set(local, taint);
                    }
                    self.corroborated = before || measured;
                    self.block(&arm.body);
                }
                let leaves = arms.iter().any(|arm| ends(&arm.body));
                self.corroborated = before || (measured && leaves);
            }
            StmtKind::For(for_loop) => {
                let taint = self.expr(&for_loop.source);
                self.set(for_loop.local, taint);
                self.block(&for_loop.body);
            }
            StmtKind::Found { finding, args } => self.found(stmt, *finding, args),
            StmtKind::Cleared { condition, why } => {
                if let Some(condition) = condition {
                    self.expr_measured(condition);
                    self.corroborated |= self.measured;
                }
                why.iter().for_each(|why| {
                    self.expr(why);
                });
            }
            StmtKind::Return(value) => {
                let taint = self.expr(value);
                self.result = self.result.join(taint);
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
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {
                stmt.for_each_expr(&mut |expr| {
                    self.expr(expr);
                });
                stmt.for_each_block(&mut |block| self.block(block));
            }
        }
    }

    /// What stands behind an `if` that leaves the block depends on its condition too.
    fn branch(&mut self, condition: &Expr, then: &Block, otherwise: Option<&Block>) {
        self.expr_measured(condition);
        let measured = self.measured;
        let before = self.corroborated;
        self.corroborated = before || measured;
        self.block(then);
        if let Some(block) = otherwise {
            self.block(block);
        }
        let leaves = ends(then) || otherwise.is_some_and(ends);
        self.corroborated = before || (measured && leaves);
    }

    fn found(&mut self, stmt: &Stmt, finding: FindingId, args: &[Expr]) {
        let taints = args.iter().map(|arg| self.expr(arg)).collect();
        if self.changing.contains(&finding) && !self.corroborated {
            let name = self
                .runbook
                .and_then(|runbook| runbook.findings.get(finding.index()))
                .map_or("", |finding| finding.name.as_str());
            self.out.push(
                Diagnostic::new(
                    Code::Uncorroborated,
                    format!("`found {name}` rests on nothing that was measured"),
                    stmt.span,
                    "its remedy changes something",
                )
                .help("an alert is only words, and words can be forged: test a measurement first, as in `if errors() > 5% { found ... }`"),
            );
        }
        self.found.push((finding, taints));
    }

    fn step(&mut self, step: &Step) {
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
        if let crate::typed::UndoChoice::Block(block) = &step.undo {
            self.block(block);
        }
    }

    /// As [`Flow::expr`]; afterwards `self.measured` tells whether something measured is in it.
    fn expr_measured(&mut self, expr: &Expr) -> Taint {
        self.measured = false;
        self.expr(expr)
    }

    fn expr(&mut self, expr: &Expr) -> Taint {
        let taint = self.expr_taint(expr);
        if taint.level == Integrity::Measured && is_scalar(&expr.ty) {
            self.measured = true;
        }
        taint
    }

    fn expr_taint(&mut self, expr: &Expr) -> Taint {
        match &expr.kind {
            ExprKind::Local(local) => self.locals.get(local.index()).copied().unwrap_or_default(),
            ExprKind::Trigger(binding) => {
                let binding = self
                    .runbook
                    .and_then(|runbook| runbook.bindings.get(binding.index()));
                match binding {
                    Some(binding) if binding.own => Taint::default(),
                    // A requested target was looked up, and must be owned.
                    Some(binding)
                        if binding.kind == BindingKind::Request
                            && matches!(binding.ty, Type::Target(_)) =>
                    {
                        Taint::default()
                    }
                    _ => Taint::of(Integrity::Told),
                }
            }
            ExprKind::Field { base, field } => {
                let taint = self.expr(base);
                self.field(base, *field, taint)
            }
            ExprKind::Call(call) => self.call(call, &expr.ty),
            ExprKind::IsSome { operand, bind } => {
                let taint = self.expr(operand);
                if let Some(local) = bind {
                    self.set(*local, taint);
                }
                taint
            }
            ExprKind::IsNone(operand) | ExprKind::IsEmpty { operand, .. } => self.expr(operand),
            ExprKind::Comprehension(comprehension) => {
                let source = self.expr(&comprehension.source);
                self.set(comprehension.local, source);
                if let Some(condition) = &comprehension.condition {
                    self.expr(condition);
                }
                self.expr(&comprehension.element)
            }
            ExprKind::Pick {
                local,
                source,
                condition,
            } => {
                let source = self.expr(source);
                self.set(*local, source);
                self.expr(condition);
                source
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                let then = self.expr(then);
                then.join(self.expr(otherwise))
            }
            // Comparing selects; the answer is as good as what was compared.
            _ => {
                let mut joined = Taint::default();
                expr.for_each_child(&mut |child| joined = joined.join(self.expr(child)));
                joined
            }
        }
    }

    fn field(&self, base: &Expr, field: u16, taint: Taint) -> Taint {
        let declared = match &base.ty {
            Type::Target(id) => self.package.targets[id.index()]
                .fields
                .get(usize::from(field)),
            Type::Record(id) => self.package.records[id.index()]
                .fields
                .get(usize::from(field)),
            _ => None,
        };
        let Some(declared) = declared else {
            return taint;
        };
        match &base.ty {
            // The key of a handle was endorsed with it.
            Type::Target(_) if field == 0 => taint,
            Type::Target(_) => Taint::of(observed(&declared.ty)),
            _ if taint.level == Integrity::Measured => Taint {
                level: observed(&declared.ty),
                ..taint
            },
            _ => taint,
        }
    }

    fn call(&mut self, call: &CallExpr, ty: &Type) -> Taint {
        let args: Vec<Taint> = call.args.iter().map(|arg| self.expr(arg)).collect();
        let equals: Vec<Taint> = call
            .equals
            .iter()
            .map(|(_, value)| self.expr(value))
            .collect();
        let joined = |taints: &[Taint]| {
            taints
                .iter()
                .fold(Taint::default(), |joined, taint| joined.join(*taint))
        };
        match call.callee {
            Callee::Builtin(Builtin::Clamp) => match args.as_slice() {
                [_, low, high] if low.level == Integrity::Own && high.level == Integrity::Own => {
                    low.join(*high)
                }
                _ => joined(&args),
            },
            Callee::Builtin(_) => joined(&args),
            Callee::Function(id) => {
                self.function_sinks(id, &call.args, &args);
                let result = self.taints.functions[id.index()].result;
                args.iter()
                    .enumerate()
                    .filter(|(index, _)| result.params & bit(*index) != 0)
                    .fold(Taint::of(result.level), |joined, (_, taint)| {
                        joined.join(*taint)
                    })
            }
            Callee::Extern(id) => {
                self.extern_sinks(id, &call.args, &args);
                let extern_ = &self.package.externs[id.index()];
                match extern_.kind {
                    ExternKind::Fn => joined(&args),
                    ExternKind::Probe | ExternKind::Action(_) => {
                        let told = args.iter().chain(&equals).any(|taint| taint.may_be_told());
                        if told && finds_targets(ty) {
                            self.lookups.insert(call.site);
                        }
                        // The clock of the machine is nobody's word.
                        if extern_.name.name == "now" {
                            return Taint::default();
                        }
                        // A record of the caller's choice is decoded from what somebody sent.
                        match extern_.result {
                            Type::Parameter(_) => Taint::of(Integrity::Told),
                            _ => Taint::of(observed(ty)),
                        }
                    }
                }
            }
        }
    }

    fn extern_sinks(&mut self, id: ExternId, args: &[Expr], taints: &[Taint]) {
        let extern_ = &self.package.externs[id.index()];
        for ((param, arg), taint) in extern_.params.iter().zip(args).zip(taints) {
            let Some(sink) = param.sink else { continue };
            // A URL's host is constant by its own grammar.
            if arg.ty == Type::Url {
                continue;
            }
            let name = extern_.name.to_string();
            self.sink(sink, &name, param, arg.span, *taint);
        }
    }

    fn function_sinks(&mut self, id: FunctionId, args: &[Expr], taints: &[Taint]) {
        let function = &self.package.functions[id.index()];
        let summary = &self.taints.functions[id.index()];
        for (index, sink, _) in &summary.sinks {
            if let (Some(param), Some(arg), Some(taint)) = (
                function.params.get(*index),
                args.get(*index),
                taints.get(*index),
            ) {
                let name = function.name.to_string();
                self.sink(*sink, &name, param, arg.span, *taint);
            }
        }
    }

    fn sink(&mut self, sink: Sink, callee: &str, param: &Param, span: Span, taint: Taint) {
        for index in 0..64 {
            if taint.params & bit(index) != 0 {
                self.sinks.push((index, sink, span));
            }
        }
        if taint.level != Integrity::Told {
            return;
        }
        self.out.push(
            Diagnostic::new(
                Code::ToldAtSink,
                format!(
                    "words from outside would supply `{}` of `{callee}`",
                    param.name
                ),
                span,
                format!("told, but this is {}", sink_phrase(sink)),
            )
            .help(match sink {
                Sink::Amount => "bound it by your own numbers: `clamp(x, 1, 10)`",
                Sink::Population => "look the population up by a name that your product owns",
                Sink::Host | Sink::Path | Sink::Flag | Sink::Executable => {
                    "choose among your own: `pick c in CONSTANTS where c.name == ...` yields the constant, not the words"
                }
            }),
        );
    }
}

fn ends(block: &Block) -> bool {
    block.statements.last().is_some_and(always_ends)
}

/// What a connector's answer of this type is worth: numbers are measured, words are told.
fn observed(ty: &Type) -> Integrity {
    match ty {
        Type::Text | Type::Json | Type::Url | Type::Parameter(_) => Integrity::Told,
        Type::Target(_) => Integrity::Own,
        Type::List(element) | Type::Optional(element) => observed(element),
        Type::Map(key, value) => observed(key).max(observed(value)),
        Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Regex
        | Type::PromQuery
        | Type::Cron
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Range(_)
        | Type::Record(_)
        | Type::Enum(_)
        | Type::Handle(_)
        | Type::RecordKind(_) => Integrity::Measured,
    }
}

fn is_scalar(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Bool
            | Type::Int
            | Type::Float
            | Type::Percent
            | Type::Size
            | Type::Duration
            | Type::Time
            | Type::Enum(_)
    )
}

fn finds_targets(ty: &Type) -> bool {
    match ty {
        Type::Target(_) => true,
        Type::List(element) | Type::Optional(element) => finds_targets(element),
        _ => false,
    }
}

fn sink_phrase(sink: Sink) -> &'static str {
    match sink {
        Sink::Amount => "an amount",
        Sink::Host => "a host",
        Sink::Path => "a path",
        Sink::Flag => "a flag",
        Sink::Executable => "an executable",
        Sink::Population => "a population",
    }
}
