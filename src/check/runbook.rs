//! Runbooks: triggers, clauses, watches, diagnosis, remedies.
//!
//! In: runbooks as written. Out: their rows. Names come first, then watches, then the diagnosis,
//! whose `found` lines make the table of findings that the remedies have to cover.

mod blast;
mod clause;
mod finding;
mod key;
mod lost;
mod schedule;
mod trigger;
mod watch;

use std::collections::HashMap;

use smol_str::SmolStr;

use super::declare::Declared;
use super::expr::{Elaborator, Place};
use super::names::FileId;
use super::state::{Checker, Progress};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, ClauseKind};
use crate::text::Span;
use crate::typed::{
    BindingId, Body, FunctionId, Otherwise, OtherwiseOf, Remedy, Runbook, RunbookId, Symbol, Type,
};
use crate::value::Duration;

/// How old a plan may get before the first change, unless the runbook says so.
const FRESH: Duration = Duration::from_seconds(60);
/// How long locks, budgets and windows are waited for, unless the runbook says so.
const PATIENCE: Duration = Duration::from_seconds(10 * 60);

/// What is known of a runbook while it is checked.
pub struct Draft<'a> {
    pub file: FileId,
    pub item: &'a tree::Runbook,
    /// Names that all triggers bind.
    pub common: HashMap<SmolStr, BindingId>,
    /// One per trigger.
    pub triggers: Vec<TriggerScope>,
    pub watches: Vec<WatchDraft<'a>>,
    /// The types that remedies ask for, by finding; None where they leave it open.
    pub asked: HashMap<SmolStr, Vec<Option<Type>>>,
    /// Whether a part of the diagnosis could not be read.
    pub is_broken: bool,
}

/// The names of one trigger.
#[derive(Default)]
pub struct TriggerScope {
    pub names: HashMap<SmolStr, BindingId>,
    /// Labels with the name they are bound to, if any.
    pub labels: Vec<(SmolStr, Option<BindingId>)>,
    /// `as a`
    pub whole: Option<BindingId>,
}

/// A watch, elaborated when its type is first needed.
pub struct WatchDraft<'a> {
    pub function: FunctionId,
    pub item: &'a tree::Watch,
    pub progress: Progress,
}

impl<'a> Draft<'a> {
    /// A runbook of which nothing is known yet.
    pub fn new(file: FileId, item: &'a tree::Runbook) -> Self {
        Draft {
            file,
            item,
            common: HashMap::new(),
            triggers: Vec::new(),
            watches: Vec::new(),
            asked: HashMap::new(),
            is_broken: false,
        }
    }

    /// The binding that a name means, everywhere or for the `where` lines of one trigger.
    pub fn binding(&self, name: &str, trigger: Option<usize>) -> Option<BindingId> {
        let scope = trigger.and_then(|at| self.triggers.get(at));
        let own = scope.and_then(|scope| scope.names.get(name));
        own.or_else(|| self.common.get(name)).copied()
    }

    /// The watch of that name.
    pub fn watch(&self, name: &str) -> Option<usize> {
        self.watches
            .iter()
            .position(|watch| watch.item.name.text == name)
    }
}

/// A row for a runbook whose parts come later.
pub fn blank(item: &tree::Runbook, span: Span) -> Runbook {
    Runbook {
        name: item.name.text.clone(),
        product: None,
        version: None,
        version_span: None,
        severity: Vec::new(),
        triggers: Vec::new(),
        bindings: Vec::new(),
        incident_per: Vec::new(),
        one_incident: false,
        again: None,
        recurs: None,
        clears_stop: true,
        fresh: FRESH,
        patience: PATIENCE,
        ends_within: None,
        tells: Vec::new(),
        blast: Vec::new(),
        caps: Vec::new(),
        blast_span: None,
        watches: Vec::new(),
        diagnose: None,
        findings: Vec::new(),
        remedies: Vec::new(),
        steps: None,
        otherwise: Vec::new(),
        name_span: item.name.span,
        span,
    }
}

impl<'a> Checker<'a> {
    /// What is known of a runbook.
    pub fn draft(&self, id: RunbookId) -> &Draft<'a> {
        &self.drafts[id.index()]
    }

    /// The row of a runbook.
    pub fn runbook_mut(&mut self, id: RunbookId) -> &mut Runbook {
        &mut self.package.runbooks[id.index()]
    }

    /// Every runbook, clause by clause.
    pub fn elaborate_runbooks(&mut self, declared: &[Declared<'a>]) {
        for found in declared {
            let Some(Symbol::Runbook(id)) = found.symbol else {
                continue;
            };
            self.resolve_product_of(id);
            self.resolve_triggers(id);
            self.declare_watches(id);
            self.elaborate_watches(id);
            self.resolve_clauses(id);
            self.resolve_asked(id);
            self.elaborate_diagnosis(id);
            self.elaborate_remedies(id);
            self.check_clauses(id);
        }
    }

    fn resolve_product_of(&mut self, id: RunbookId) {
        let (file, item) = (self.draft(id).file, self.draft(id).item);
        let Some(name) = &item.product else {
            if !item.name.text.is_empty() {
                let message = format!("the runbook `{}` does not say whose it is", item.name.text);
                let found =
                    Diagnostic::new(Code::MissingClause, message, item.name.span, "no product");
                self.say(found.help(format!("write `runbook {} for PRODUCT`", item.name.text)));
            }
            return;
        };
        if name.text.is_empty() {
            return;
        }
        let member = self.unqualified(file, name.as_str());
        match member.map(|member| member.symbol) {
            Some(Symbol::Product(product)) => {
                if let Some(member) = member {
                    self.refer_member(name.span, member);
                }
                self.runbook_mut(id).product = Some(product);
            }
            Some(other) => {
                let what = super::types::symbol_kind(other);
                let message = format!("`{}` is {what}, not a product", name.text);
                self.say(Diagnostic::new(
                    Code::WrongKindOfName,
                    message,
                    name.span,
                    "not a product",
                ));
            }
            None => {
                let message = format!("there is no product `{}`", name.text);
                let found =
                    Diagnostic::new(Code::UnknownName, message, name.span, "unknown product");
                let all = self
                    .package
                    .products
                    .iter()
                    .map(|product| product.name.as_str());
                let near = crate::diag::near::nearest(name.as_str(), all).map(str::to_owned);
                self.say(match near {
                    Some(near) => found.fix(format!("write `{near}`"), name.span, near),
                    None => found.help(format!(
                        "declare it: `product {} {{ owner ... }}`",
                        name.text
                    )),
                });
            }
        }
    }

    fn elaborate_diagnosis(&mut self, id: RunbookId) {
        let item = self.draft(id).item;
        for clause in &item.clauses {
            let (place, block) = match &clause.kind {
                ClauseKind::Diagnose(block) => (Place::Diagnose, block),
                ClauseKind::Steps(block) => (Place::Steps, block),
                _ => continue,
            };
            let body = self.body(id, place, block);
            let row = self.runbook_mut(id);
            let slot = match place {
                Place::Diagnose => &mut row.diagnose,
                _ => &mut row.steps,
            };
            if slot.is_some() {
                let word = if place == Place::Diagnose {
                    "diagnose"
                } else {
                    "steps"
                };
                self.say_clause_twice(word, clause.span.inside(0, word.len()));
            } else {
                *slot = Some(body);
            }
        }
    }

    fn elaborate_remedies(&mut self, id: RunbookId) {
        let item = self.draft(id).item;
        for clause in &item.clauses {
            match &clause.kind {
                ClauseKind::Remedy(remedy) => self.elaborate_remedy(id, remedy, clause.span),
                ClauseKind::Otherwise(otherwise) => {
                    self.elaborate_otherwise(id, otherwise, clause.span);
                }
                _ => {}
            }
        }
        self.check_coverage(id);
    }

    fn elaborate_remedy(&mut self, id: RunbookId, remedy: &tree::Remedy, span: Span) {
        let known = &self.package.runbooks[id.index()].remedies;
        if let Some(first) = known.iter().find(|known| known.name == remedy.name.text) {
            let first = first.name_span;
            self.say_duplicate("remedy", &remedy.name, first);
        }
        self.refuse_defaults(
            &remedy.params,
            "a `found` line gives each of them: leave the value out",
        );
        let (finding, types) = self.remedy_types(id, remedy);
        if let Some(finding) = finding {
            self.refer_finding(remedy.name.span, id, finding);
        }
        let mut elaborator = Elaborator::of_runbook(self, id, Place::Remedy);
        for (param, ty) in remedy.params.iter().zip(types) {
            elaborator.declare_parameter(&param.name, ty);
        }
        let block = elaborator.block(&remedy.body);
        let body = elaborator.into_body(block);
        self.runbook_mut(id).remedies.push(Remedy {
            name: remedy.name.text.clone(),
            finding,
            params: remedy.params.len() as u32,
            body,
            name_span: remedy.name.span,
            span,
        });
    }

    fn elaborate_otherwise(&mut self, id: RunbookId, found: &tree::Otherwise, span: Span) {
        let of = match &found.of {
            None => OtherwiseOf::Both,
            Some(word) => match word.as_str() {
                "novel" => OtherwiseOf::Novel,
                "inconclusive" => OtherwiseOf::Inconclusive,
                "systemic" => OtherwiseOf::Systemic,
                _ => {
                    let all = ["novel", "inconclusive", "systemic"];
                    self.say_unknown_word("built-in finding", word, &all);
                    return;
                }
            },
        };
        let known = &self.package.runbooks[id.index()].otherwise;
        if known.iter().any(|known| known.of == of) {
            self.say_clause_twice("otherwise", span.inside(0, "otherwise".len()));
        }
        let body = self.body(id, Place::Otherwise, &found.body);
        self.runbook_mut(id)
            .otherwise
            .push(Otherwise { of, body, span });
    }

    fn body(&mut self, id: RunbookId, place: Place, block: &tree::Block) -> Body {
        let mut elaborator = Elaborator::of_runbook(self, id, place);
        let block = elaborator.block(block);
        elaborator.into_body(block)
    }
}
