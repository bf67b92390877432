//! `given`: what sets the run off, what the world is like, what becomes of changes.

use std::sync::Arc;

use smol_str::SmolStr;

use super::super::expr::arguments::in_words;
use super::super::types::same;
use super::Scenario;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, AlertName, Argument, Given, Ident, PlainText};
use crate::text::Span;
use crate::typed::{BindingId, GivenEffect, GivenOutcome, GivenTrigger, TriggerKind, Type};
use crate::value::{Map, Record, Value};

impl Scenario<'_, '_> {
    /// One `given` line.
    pub fn given(&mut self, given: &Given, span: Span) {
        match given {
            Given::Alert {
                name,
                labels,
                resolves,
            } => {
                self.alert(name, labels, span);
                let resolves = resolves.as_ref();
                let after = resolves.and_then(|time| self.elaborator().duration(time, "after"));
                self.test.alert_resolves = after.or(self.test.alert_resolves);
            }
            Given::Event(event) => self.event(event, span),
            Given::Request { args, by, role } => {
                self.request(args, by.as_ref(), role.as_ref(), span);
            }
            Given::Schedule => self.schedule(span),
            Given::Finding { finding, args } => self.given_finding(finding, args),
            Given::Observation { call, replies } => self.observation(call, replies, span),
            Given::Effect {
                action,
                outcome,
                takes,
            } => self.effect(action, outcome, takes.as_ref(), span),
        }
    }

    fn effect(
        &mut self,
        action: &tree::Expr,
        outcome: &tree::GivenOutcome,
        takes: Option<&tree::Expr>,
        span: Span,
    ) {
        let action = self.action_of(action);
        let takes = match takes {
            Some(time) => self.elaborator().duration(time, "takes"),
            None => None,
        };
        let outcome = match outcome {
            tree::GivenOutcome::Applied => GivenOutcome::Applied,
            tree::GivenOutcome::Fails(why) => {
                GivenOutcome::Fails(why.as_ref().map(|why| why.text.clone()))
            }
            tree::GivenOutcome::Breaks(why) => {
                GivenOutcome::Breaks(why.as_ref().map(|why| why.text.clone()))
            }
            tree::GivenOutcome::Unknown(says) => GivenOutcome::Unknown(*says),
        };
        self.test.effects.extend(action.map(|action| GivenEffect {
            action,
            outcome,
            takes,
            span,
        }));
    }

    /// The first trigger of a kind, by its index.
    fn trigger(&self, fits: impl Fn(&TriggerKind) -> bool) -> Option<usize> {
        let triggers = &self.checker.package.runbooks[self.runbook.index()].triggers;
        triggers.iter().position(|trigger| fits(&trigger.kind))
    }

    fn set_off(&mut self, description: String, bindings: Vec<(BindingId, Value)>, span: Span) {
        let count = self.checker.package.runbooks[self.runbook.index()]
            .bindings
            .len();
        let mut values = vec![None; count];
        for (binding, value) in bindings {
            if let Some(slot) = values.get_mut(binding.index()) {
                *slot = Some(value);
            }
        }
        if let Some(first) = &self.test.trigger {
            let first = first.span;
            let message = "a run is set off by one thing";
            let found = Diagnostic::new(Code::TriggerMismatch, message, span, "a second trigger");
            self.say(found.and(first, "given here first"));
            return;
        }
        self.test.trigger = Some(GivenTrigger {
            description,
            bindings: values,
            span,
        });
    }

    /// Says that nothing like this sets the runbook off.
    fn say_no_trigger(&mut self, what: &str, span: Span, near: Option<String>) {
        self.is_broken = true;
        let runbook = &self.checker.package.runbooks[self.runbook.index()];
        if runbook.triggers.is_empty() {
            return;
        }
        let message = format!("the runbook `{}` is not set off by {what}", runbook.name);
        let places: Vec<Span> = runbook
            .triggers
            .iter()
            .map(|trigger| trigger.span)
            .collect();
        let found = Diagnostic::new(Code::TriggerMismatch, message, span, "no such trigger");
        let found = places
            .into_iter()
            .fold(found, |found, place| found.and(place, "set off by this"));
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), span, near),
            None => found,
        });
    }

    /// `given alert ErrorRateHigh(service: "web")`
    fn alert(&mut self, name: &AlertName, args: &[Argument], span: Span) {
        let labels = self.labels(args);
        let wanted = name.text().as_str();
        let found =
            self.trigger(|kind| matches!(kind, TriggerKind::Alert { name } if name == wanted));
        let Some(index) = found else {
            let runbook = &self.checker.package.runbooks[self.runbook.index()];
            let alerts = runbook
                .triggers
                .iter()
                .filter_map(|trigger| match &trigger.kind {
                    TriggerKind::Alert { name } => Some(name.as_str()),
                    _ => None,
                });
            let near = nearest(wanted, alerts).map(in_quotes);
            self.say_no_trigger(&format!("an alert `{wanted}`"), name.span(), near);
            return;
        };
        let Some(labels) = labels else {
            self.is_broken = true;
            return;
        };
        self.refer_labels(index, args);
        let labels = self.by_label(index, labels);
        self.check_labels(index, &labels, name.span());
        let scope = &self.checker.draft(self.runbook).triggers[index];
        let mut bindings: Vec<(BindingId, Value)> = Vec::new();
        for (label, binding) in &scope.labels {
            let value = labels.iter().find(|(known, _)| known == label);
            bindings.extend(binding.zip(value.map(|(_, value)| Value::text(value))));
        }
        if let Some(whole) = scope.whole {
            bindings.extend(self.alert_record(name, &labels).map(|alert| (whole, alert)));
        }
        let shown: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}: {}", Value::text(value)))
            .collect();
        let description = format!("alert {}({})", in_quotes(name.text()), shown.join(", "));
        self.set_off(description, bindings, span);
    }

    /// The labels that the trigger binds to names, under either.
    fn refer_labels(&mut self, index: usize, args: &[Argument]) {
        for name in args.iter().filter_map(|arg| arg.name.as_ref()) {
            let scope = &self.checker.draft(self.runbook).triggers[index];
            let binding = scope.names.get(&name.text).copied();
            if let Some(binding) = binding {
                self.checker.refer_binding(name.span, self.runbook, binding);
            }
        }
    }

    /// A label that is no name, `"app.kubernetes.io/name"`, is given by the name it is bound to.
    fn by_label(&self, index: usize, given: Vec<(SmolStr, SmolStr)>) -> Vec<(SmolStr, SmolStr)> {
        let scope = &self.checker.draft(self.runbook).triggers[index];
        let bindings = &self.checker.package.runbooks[self.runbook.index()].bindings;
        let label_of = |name: &SmolStr| {
            let mut labels = scope.labels.iter();
            let bound = labels.find(|(_, binding)| {
                binding.is_some_and(|binding| bindings[binding.index()].name == *name)
            });
            bound.map(|(label, _)| label.clone())
        };
        let known = |name: &SmolStr| scope.labels.iter().any(|(label, _)| label == name);
        let given = given.into_iter().map(|(name, value)| {
            let label = if known(&name) { None } else { label_of(&name) };
            (label.unwrap_or(name), value)
        });
        given.collect()
    }

    fn labels(&mut self, args: &[Argument]) -> Option<Vec<(SmolStr, SmolStr)>> {
        let mut labels = Vec::with_capacity(args.len());
        for arg in args {
            let Some(name) = &arg.name else {
                let message = "labels are named";
                let span = arg.value.span;
                let found = Diagnostic::new(Code::ExtraArgument, message, span, "which label?");
                self.say(found.help("for example `given alert QueueStuck(pod: \"w-1\")`"));
                continue;
            };
            if let Some(Value::Text(text)) = self.value(&arg.value, &Type::Text) {
                labels.push((name.text.clone(), SmolStr::new(text.as_str())));
            }
        }
        (labels.len() == args.len()).then_some(labels)
    }

    /// What `as a` binds.
    fn alert_record(&self, name: &AlertName, labels: &[(SmolStr, SmolStr)]) -> Option<Value> {
        let runbook = &self.checker.package.runbooks[self.runbook.index()];
        let record = runbook
            .bindings
            .iter()
            .find_map(|binding| match binding.ty {
                Type::Record(id) if binding.kind == crate::typed::BindingKind::Alert => Some(id),
                _ => None,
            })?;
        let shape = self.checker.record_shapes[record.index()].clone();
        let entry = |(label, value): &(SmolStr, SmolStr)| (Value::text(label), Value::text(value));
        let labels: Vec<(Value, Value)> = labels.iter().map(entry).collect();
        let field = |field: &SmolStr| match field.as_str() {
            "name" => Some(Value::text(name.text())),
            "labels" => Some(Value::Map(Arc::new(Map::from(labels.clone())))),
            _ => None,
        };
        let fields = shape.fields.iter().map(field).collect();
        Some(Value::Record(Arc::new(Record { shape, fields })))
    }

    /// `given event Deploy(service: "web", at: 5m ago)`
    fn event(&mut self, event: &tree::Expr, span: Span) {
        let tree::ExprKind::Call { callee, args: _ } = &event.kind else {
            if !matches!(event.kind, tree::ExprKind::Missing) {
                let message = "an event is a record with its fields";
                self.say(Diagnostic::new(
                    Code::TypeMismatch,
                    message,
                    event.span,
                    "no record",
                ));
            }
            self.is_broken = true;
            return;
        };
        let Some(super::value::Built::Record(record)) = self.built(callee, &Type::Error) else {
            // Whatever it is, calling it as a value tells.
            self.elaborator().expr(event, None);
            self.is_broken = true;
            return;
        };
        let Some(value) = self.value(event, &Type::Record(record)) else {
            self.is_broken = true;
            return;
        };
        let trigger = self.trigger(
            |kind| matches!(kind, TriggerKind::Event { record: known } if *known == record),
        );
        match trigger.filter(|_| self.test.trigger.is_none()) {
            Some(index) => {
                let whole = self.checker.draft(self.runbook).triggers[index].whole;
                let description = format!("event {value}");
                let bindings = whole.map(|whole| (whole, value.clone()));
                if whole.is_none() {
                    self.test.events.push(value);
                }
                self.set_off(description, bindings.into_iter().collect(), span);
            }
            None => {
                if let Value::Record(event) = &value {
                    self.test.told.push((event.shape.name.clone(), span));
                }
                self.test.events.push(value);
            }
        }
    }

    /// `given request(pool: k8s.deployment("shop", "web")) by "ben@example.com" as platform`
    fn request(
        &mut self,
        args: &[Argument],
        by: Option<&PlainText>,
        role: Option<&Ident>,
        span: Span,
    ) {
        let trigger = self.trigger(|kind| matches!(kind, TriggerKind::Request { .. }));
        let Some(index) = trigger else {
            self.say_no_trigger("a request", span.inside(0, "given".len()), None);
            return;
        };
        let row = &self.checker.package.runbooks[self.runbook.index()];
        let TriggerKind::Request {
            params,
            by: allowed,
        } = &row.triggers[index].kind
        else {
            return;
        };
        let (params, allowed) = (params.clone(), *allowed);
        let named: Vec<(SmolStr, Type)> = params
            .iter()
            .map(|id| &row.bindings[id.index()])
            .map(|binding| (binding.name.clone(), binding.ty.clone()))
            .collect();
        let mut bindings = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let at = match &arg.name {
                None => Some(at),
                Some(name) => named.iter().position(|(known, _)| *known == name.text),
            };
            let Some(((_, ty), id)) = at.and_then(|at| named.get(at).zip(params.get(at))) else {
                let all: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
                let place = arg.name.as_ref().map_or(arg.value.span, |name| name.span);
                let message = "the request has no such parameter";
                let found = Diagnostic::new(Code::ExtraArgument, message, place, "unknown");
                self.say(found.help(format!("it takes: {}", all.join(", "))));
                self.is_broken = true;
                continue;
            };
            let (ty, id) = (ty.clone(), *id);
            if let Some(name) = &arg.name {
                self.checker.refer_binding(name.span, self.runbook, id);
            }
            match self.identified(&arg.value, &ty) {
                Some(value) => bindings.push((id, value)),
                None => self.is_broken = true,
            }
        }
        self.check_request(&named, &params, &bindings, span);
        self.check_requester(allowed, role);
        let who = by.map_or("somebody", |by| by.text.as_str());
        self.set_off(format!("request by {who}"), bindings, span);
    }

    fn check_request(
        &mut self,
        named: &[(SmolStr, Type)],
        params: &[BindingId],
        bindings: &[(BindingId, Value)],
        span: Span,
    ) {
        let missing = named
            .iter()
            .zip(params)
            .filter(|(_, id)| bindings.iter().all(|(known, _)| known != *id));
        let missing: Vec<String> = missing.map(|((name, _), _)| format!("`{name}`")).collect();
        if missing.is_empty() || self.is_broken {
            return;
        }
        let message = format!("the request needs {}", missing.join(", "));
        let place = span.inside(0, "given".len());
        self.say(Diagnostic::new(
            Code::MissingArgument,
            message,
            place,
            "not enough",
        ));
    }

    /// Who asks may ask.
    fn check_requester(&mut self, allowed: Option<crate::typed::RoleId>, role: Option<&Ident>) {
        let Some(role) = role else { return };
        let found = self.checker.role(self.file, role);
        let (Some(found), Some(allowed)) = (found, allowed) else {
            return;
        };
        if found == allowed {
            return;
        }
        let name = self.checker.package.roles[allowed.index()].name.clone();
        let message = format!("only `{name}` may ask for this");
        self.say(Diagnostic::new(
            Code::TriggerMismatch,
            message,
            role.span,
            "may not",
        ));
    }

    fn schedule(&mut self, span: Span) {
        let trigger = self.trigger(|kind| matches!(kind, TriggerKind::Schedule { .. }));
        match trigger {
            Some(_) => self.set_off("schedule".to_owned(), Vec::new(), span),
            None => self.say_no_trigger("a schedule", span, None),
        }
    }

    /// `given finding stuck(k8s.pod("shop", "w"))`
    fn given_finding(&mut self, name: &Ident, args: &[tree::Expr]) {
        let Some(finding) = self.finding(name) else {
            self.is_broken = true;
            return;
        };
        let row = &self.checker.package.runbooks[self.runbook.index()];
        let types = row.findings[finding.index()].params.clone();
        if types.len() != args.len() {
            let message = format!(
                "`{}` is found with {}, and given with {}",
                name.text,
                in_words(types.len()),
                in_words(args.len())
            );
            let names: Vec<String> = types.iter().map(|ty| self.checker.type_name(ty)).collect();
            let help = format!("it takes: {}({})", name.text, names.join(", "));
            let code = Code::FindingMismatch;
            let found = Diagnostic::new(code, message, name.span, "other arguments");
            self.say(found.help(help));
            self.is_broken = true;
            return;
        }
        let mut values = Vec::with_capacity(args.len());
        for (arg, ty) in args.iter().zip(&types) {
            match self.identified(arg, ty) {
                Some(value) => values.push(value),
                None => self.is_broken |= !same(ty, &Type::Error),
            }
        }
        if values.len() == args.len() {
            self.test.finding = Some((finding, values));
        }
        self.is_broken |= self.test.finding.is_none();
    }
}

/// The name of an alert as a test writes it.
fn in_quotes(alert: &str) -> String {
    let mut letters = alert.chars();
    let begins = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    match begins && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        true => alert.to_owned(),
        false => Value::text(alert).to_string(),
    }
}
