//! Triggers: what sets a runbook off, and the names that it binds.
//!
//! In: `on` clauses. Out: typed triggers and the table of bindings. A name is in scope only if
//! every trigger binds it; equality with a literal makes a label the author's own.

use smol_str::SmolStr;

use super::super::expr::{Elaborator, Place};
use super::super::hiding::Reach;
use super::super::state::Checker;
use super::super::types::same;
use super::TriggerScope;
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::tree::{
    self, ClauseKind, Ident, TriggerClauseKind as Clause, TriggerKind as Tree, WithLabel, WithOp,
};
use crate::text::Span;
use crate::typed::{
    Binding, BindingId, BindingKind, LabelCondition, LabelTest, RunbookId, Symbol, Trigger,
    TriggerKind, Type,
};
use crate::value::Value;

/// A name that one trigger binds.
struct Bound {
    name: Ident,
    ty: Type,
    kind: BindingKind,
    own: bool,
}

impl<'a> Checker<'a> {
    /// The triggers of a runbook and the names they bind.
    pub fn resolve_triggers(&mut self, id: RunbookId) {
        let item = self.draft(id).item;
        let mut triggers: Vec<&tree::Trigger> = Vec::new();
        for clause in &item.clauses {
            if let ClauseKind::On(trigger) = &clause.kind {
                triggers.push(trigger);
            }
        }
        let mut bound: Vec<Vec<Bound>> = Vec::new();
        for trigger in &triggers {
            let names = self.bound_by(id, trigger);
            bound.push(names);
        }
        self.enter_bindings(id, &bound);
        for (index, trigger) in triggers.into_iter().enumerate() {
            let typed = self.trigger(id, index, trigger);
            self.runbook_mut(id).triggers.push(typed);
        }
    }

    /// The names of one trigger.
    fn bound_by(&mut self, id: RunbookId, trigger: &tree::Trigger) -> Vec<Bound> {
        let file = self.draft(id).file;
        let mut bound: Vec<Bound> = Vec::new();
        match &trigger.kind {
            Tree::Missing | Tree::Schedule { .. } => {}
            Tree::Alert { name: _, binding } => bound.extend(binding.as_ref().map(|name| Bound {
                name: name.clone(),
                ty: self.alert_type(),
                kind: BindingKind::Alert,
                own: false,
            })),
            Tree::Event { record, binding } => {
                let ty = self.event_type(id, record);
                bound.extend(binding.as_ref().map(|name| Bound {
                    name: name.clone(),
                    ty,
                    kind: BindingKind::Event,
                    own: false,
                }));
            }
            Tree::Request { params, by: _ } => {
                self.refuse_defaults(
                    params,
                    "whoever asks gives each of them: leave the value out",
                );
                for param in params {
                    let ty = match &param.ty {
                        Some(ty) => self.resolve_type(file, ty, &[]),
                        None => Type::Error,
                    };
                    self.refuse_secret(&ty, param.span, "a trigger");
                    bound.push(Bound {
                        name: param.name.clone(),
                        ty,
                        kind: BindingKind::Request,
                        own: false,
                    });
                }
            }
        }
        for clause in &trigger.clauses {
            if let Clause::With(labels) = &clause.kind {
                bound.extend(labels.iter().filter_map(label_bound));
            }
        }
        self.refuse_bound_twice(&mut bound);
        bound
    }

    fn refuse_bound_twice(&mut self, bound: &mut Vec<Bound>) {
        let mut seen: Vec<(SmolStr, Span)> = Vec::new();
        let mut again = Vec::new();
        bound.retain(|found| {
            let first = seen.iter().find(|(name, _)| *name == found.name.text);
            if let Some((_, first)) = first {
                again.push((found.name.clone(), *first));
                return false;
            }
            seen.push((found.name.text.clone(), found.name.span));
            true
        });
        for (name, first) in again {
            let message = format!("the trigger binds `{}` twice", name.text);
            let found = Diagnostic::new(Code::NameTaken, message, name.span, "bound again");
            let found = found.and(first, "bound here first");
            self.say(found.help("several conditions on one label: bind one of them with `as`"));
        }
    }

    fn alert_type(&self) -> Type {
        let prelude = self.names.module(library::PRELUDE);
        let member = prelude.and_then(|prelude| self.names.member(prelude, "Alert"));
        match member.map(|member| member.symbol) {
            Some(Symbol::Record(record)) => Type::Record(record),
            _ => Type::Error,
        }
    }

    fn event_type(&mut self, id: RunbookId, record: &tree::Path) -> Type {
        let file = self.draft(id).file;
        if record.name.text.is_empty() {
            return Type::Error;
        }
        match self.type_member(file, record).map(|member| member.symbol) {
            Some(Symbol::Record(record)) => Type::Record(record),
            Some(other) => {
                let what = super::super::types::symbol_kind(other);
                let message = format!("`{}` is {what}, not a record", record.name.text);
                self.say(Diagnostic::new(
                    Code::WrongKindOfName,
                    message,
                    record.span,
                    "no event",
                ));
                Type::Error
            }
            None => Type::Error,
        }
    }

    /// Fills the table: first what all triggers bind, then the rest.
    fn enter_bindings(&mut self, id: RunbookId, bound: &[Vec<Bound>]) {
        let mut names: Vec<(&Bound, bool)> = Vec::new();
        for found in bound.iter().flatten() {
            if names
                .iter()
                .any(|(known, _)| known.name.text == found.name.text)
            {
                continue;
            }
            let everywhere = bound
                .iter()
                .all(|names| names.iter().any(|known| known.name.text == found.name.text));
            names.push((found, everywhere));
        }
        names.sort_by_key(|(_, everywhere)| !everywhere);
        let mut scopes: Vec<TriggerScope> = Vec::new();
        scopes.resize_with(bound.len(), TriggerScope::default);
        for (index, (first, everywhere)) in names.into_iter().enumerate() {
            let binding = BindingId(index as u32);
            let mut own = first.own;
            for (scope, bound) in scopes.iter_mut().zip(bound) {
                let found = bound
                    .iter()
                    .find(|known| known.name.text == first.name.text);
                let Some(found) = found else { continue };
                own &= found.own;
                self.check_same_type(first, found);
                self.define_binding(&found.name, &first.kind, first.name.span);
                scope.names.insert(found.name.text.clone(), binding);
                match &found.kind {
                    BindingKind::Label(label) => {
                        scope.labels.push((label.clone(), Some(binding)));
                    }
                    BindingKind::Alert | BindingKind::Event => scope.whole = Some(binding),
                    BindingKind::Request => {}
                }
            }
            self.refuse_taken(id, &first.name);
            if everywhere {
                let common = &mut self.drafts[id.index()].common;
                common.insert(first.name.text.clone(), binding);
            }
            self.runbook_mut(id).bindings.push(Binding {
                name: first.name.text.clone(),
                ty: first.ty.clone(),
                kind: first.kind.clone(),
                own,
                span: first.name.span,
            });
        }
        self.drafts[id.index()].triggers = scopes;
    }

    fn check_same_type(&mut self, first: &Bound, found: &Bound) {
        if same(&first.ty, &found.ty) {
            return;
        }
        let (a, b) = (self.type_name(&first.ty), self.type_name(&found.ty));
        let message = format!("`{}` is bound as `{a}` and as `{b}`", found.name.text);
        let label = format!("this is `{b}`");
        let said = Diagnostic::new(Code::TypeMismatch, message, found.name.span, label);
        let said = said.and(first.name.span, format!("this is `{a}`"));
        self.say(said.help("take another name for one of them"));
    }

    /// A name of the trigger does not hide a constant or a role.
    fn refuse_taken(&mut self, id: RunbookId, name: &Ident) {
        self.refuse_hiding(self.draft(id).file, name, Reach::Local);
        let Some(member) = self.named_in(self.draft(id).file, name.as_str()) else {
            return;
        };
        if !matches!(
            member.symbol,
            Symbol::Const(_) | Symbol::Role(_) | Symbol::Secret(_)
        ) {
            return;
        }
        let message = format!("the name `{}` is already in use here", name.text);
        let found = Diagnostic::new(Code::NameTaken, message, name.span, "bound again");
        let found = found.and(member.span, "declared here");
        self.say(found.help("bind the label under another name: `with x as y`"));
    }

    fn trigger(&mut self, id: RunbookId, index: usize, trigger: &tree::Trigger) -> Trigger {
        let mut labels = Vec::new();
        let mut conditions = Vec::new();
        let mut written = Vec::new();
        let mut holding = None;
        self.refuse_holding_twice(&trigger.clauses);
        let is_alert = match &trigger.kind {
            Tree::Alert { .. } | Tree::Missing => true,
            // What it is an event of is told, and may have been meant as an alert.
            Tree::Event { record, .. } => self.event_record(id, record).is_none(),
            Tree::Schedule { .. } | Tree::Request { .. } => false,
        };
        for clause in &trigger.clauses {
            match &clause.kind {
                Clause::Missing => {}
                Clause::With(with) => {
                    if !is_alert {
                        self.say_alerts_only("with", clause.span);
                    }
                    for label in with {
                        labels.extend(self.label_condition(id, label));
                    }
                }
                Clause::Where(tree) => {
                    let mut elaborator = Elaborator::of_runbook(self, id, Place::Clause);
                    elaborator.trigger = Some(index);
                    conditions.push(elaborator.condition(tree));
                    written.push(one_line(self.sources.slice(tree.span)));
                }
                Clause::Holding(time) => {
                    if !is_alert {
                        self.say_alerts_only("holding", clause.span);
                    }
                    let file = self.draft(id).file;
                    holding = self.duration(file, time, "holding");
                }
            }
        }
        let scope = &mut self.drafts[id.index()].triggers[index];
        for condition in &labels {
            if scope
                .labels
                .iter()
                .all(|(label, _)| *label != condition.label)
            {
                scope.labels.push((condition.label.clone(), None));
            }
        }
        Trigger {
            kind: self.trigger_kind(id, index, trigger),
            labels,
            conditions,
            written,
            holding,
            span: trigger.span,
        }
    }

    fn say_alerts_only(&mut self, word: &str, span: Span) {
        let message = format!("`{word}` belongs to an alert");
        let start = span.inside(0, word.len());
        let found = Diagnostic::new(Code::ClauseConflict, message, start, "no alert");
        self.say(found.help("say it with `where` on the fields that the trigger binds"));
    }

    fn trigger_kind(
        &mut self,
        id: RunbookId,
        index: usize,
        trigger: &tree::Trigger,
    ) -> TriggerKind {
        let file = self.draft(id).file;
        match &trigger.kind {
            Tree::Missing => TriggerKind::Alert {
                name: SmolStr::default(),
            },
            Tree::Alert { name, binding: _ } => {
                if name.text.trim().is_empty() && name.span.len() > 1 {
                    let message = "an empty name does not stand for every alert";
                    self.say(Diagnostic::new(
                        Code::EmptyName,
                        message,
                        name.span,
                        "nothing is named",
                    ));
                }
                TriggerKind::Alert {
                    name: name.text.clone(),
                }
            }
            Tree::Event { record, .. } => match self.event_record(id, record) {
                Some(record) => TriggerKind::Event { record },
                None => TriggerKind::Alert {
                    name: SmolStr::default(),
                },
            },
            Tree::Schedule {
                cron,
                zone,
                missed_runs,
                missed_within,
            } => {
                let found = self.constant(file, cron, &Type::Cron, "schedule");
                let cron = match found {
                    Some(Value::Query(query)) => query.text.clone(),
                    _ => SmolStr::default(),
                };
                let zone = match zone {
                    Some(zone) => self.zone(zone),
                    None => None,
                };
                let within = missed_within.as_deref();
                TriggerKind::Schedule {
                    cron,
                    zone,
                    missed: self.missed(file, *missed_runs, within),
                }
            }
            Tree::Request { params, by } => {
                let scope = &self.draft(id).triggers[index].names;
                let found = params
                    .iter()
                    .filter_map(|param| scope.get(&param.name.text));
                let params = found.copied().collect();
                let by = match by {
                    Some(by) => self.role(file, by),
                    None => None,
                };
                TriggerKind::Request { params, by }
            }
        }
    }

    /// The record of an event, looked up again without saying anything twice.
    fn event_record(&self, id: RunbookId, record: &tree::Path) -> Option<crate::typed::RecordId> {
        let file = self.draft(id).file;
        let member = match &record.module {
            None => self.unqualified(file, record.name.as_str())?,
            Some(module) => {
                let imports = &self.file(file).imports;
                let import = imports.iter().find(|found| found.name == module.text)?;
                self.names.member(import.module, record.name.as_str())?
            }
        };
        match member.symbol {
            Symbol::Record(record) => Some(record),
            _ => None,
        }
    }

    fn label_condition(&mut self, id: RunbookId, label: &WithLabel) -> Option<LabelCondition> {
        let file = self.draft(id).file;
        let test = match &label.condition {
            None => LabelTest::Present,
            Some(condition) => {
                let (ty, words) = match condition.op {
                    WithOp::Equal => (Type::Text, "=="),
                    WithOp::NotEqual => (Type::Text, "!="),
                    WithOp::In => (Type::List(Type::Text.into()), "in"),
                    WithOp::Matches => (Type::Regex, "~"),
                };
                let value = self.constant(file, &condition.value, &ty, words)?;
                self.refuse_empty_label(&value, condition.value.span);
                match (condition.op, value) {
                    (WithOp::Equal, value) => LabelTest::Equal(value),
                    (WithOp::NotEqual, value) => LabelTest::NotEqual(value),
                    (WithOp::In, Value::List(values)) => LabelTest::In(values.to_vec()),
                    (WithOp::Matches, Value::Query(query)) => {
                        LabelTest::Matches(query.text.clone())
                    }
                    (WithOp::In | WithOp::Matches, _) => return None,
                }
            }
        };
        Some(LabelCondition {
            label: label.label.text.clone(),
            test,
        })
    }

    fn refuse_empty_label(&mut self, value: &Value, span: Span) {
        if matches!(value, Value::Text(text) if text.is_empty()) {
            let message = "an empty label is a missing one";
            let found = Diagnostic::new(Code::EmptyName, message, span, "never there");
            self.say(found.help("`with x` asks that the label is there, whatever it is"));
        }
    }
}

/// The name that a label is bound to, if it is.
fn label_bound(label: &WithLabel) -> Option<Bound> {
    let name = match &label.binding {
        Some(name) => name.clone(),
        None if label.quoted => return None,
        None => Ident {
            text: label.label.text.clone(),
            span: label.label.span,
        },
    };
    if name.text.is_empty() {
        return None;
    }
    let own = matches!(
        label.condition.as_ref().map(|condition| condition.op),
        Some(WithOp::Equal | WithOp::In)
    );
    Some(Bound {
        name,
        ty: Type::Text,
        kind: BindingKind::Label(label.label.text.clone()),
        own,
    })
}

/// A text of the source as one line.
fn one_line(text: &str) -> SmolStr {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").into()
}
