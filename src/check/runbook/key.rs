//! `incident per`: what tells the incidents of a runbook apart.
//!
//! In: the clause, and what the triggers bind. Out: the parts of the key. Whoever binds an event or a
//! whole alert says its key, or that there is one incident for all.

use super::super::state::Checker;
use crate::check::NOR_THIS;
use crate::diag::near::{nearest, offered};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{
    self, ClauseKind as Clause, Ident, Path, TriggerClause, TriggerClauseKind, TriggerKind as Tree,
};
use crate::text::Span;
use crate::typed::{
    Binding, BindingId, BindingKind, KeyPart, NameKind, RunbookId, Trigger, TriggerKind, Type,
};

/// The word for one incident for all.
const ALL: &str = "runbook";

impl Checker<'_> {
    /// The parts of the key.
    pub fn incident_per(&mut self, id: RunbookId, keys: &[Path]) {
        let mut unbound = Vec::new();
        for key in keys {
            let root = key.module.as_ref().unwrap_or(&key.name);
            if root.text.is_empty() || key.name.text.is_empty() {
                continue;
            }
            if let Some(binding) = self.draft(id).binding(root.as_str(), None) {
                self.refer_binding(root.span, id, binding);
                let part = self.key_part(id, binding, key);
                self.runbook_mut(id).incident_per.extend(part);
            } else if root.text == ALL && key.module.is_none() {
                self.one_for_all(id, keys, key.span);
            } else if !self.say_known_alone(id, root, key) && !self.say_near_key(id, root) {
                unbound.push(root);
            }
        }
        self.say_unbound_keys(id, &unbound);
    }

    /// `incident per alert.app`: a label is called by its name alone.
    fn say_known_alone(&mut self, id: RunbookId, root: &Ident, key: &Path) -> bool {
        let foreign = [
            "alert",
            "label",
            "labels",
            "event",
            "request",
            "annotations",
        ];
        let known = self.draft(id).binding(key.name.as_str(), None);
        let (true, Some(binding)) = (
            key.module.is_some() && foreign.contains(&root.as_str()),
            known,
        ) else {
            return false;
        };
        let name = key.name.as_str();
        let message = format!("no trigger binds `{}`", root.text);
        let found = Diagnostic::new(Code::UnknownName, message, root.span, "unknown name");
        let gap = Span::new(
            root.span.source,
            root.span.range().start,
            key.name.span.range().start,
        );
        let found = found.help(format!("it is called by its name alone: `{name}`"));
        self.say(found.fix(format!("remove `{}.`", root.text), gap, ""));
        let field = None;
        self.runbook_mut(id)
            .incident_per
            .push(KeyPart { binding, field });
        true
    }

    fn one_for_all(&mut self, id: RunbookId, keys: &[Path], span: Span) {
        self.runbook_mut(id).one_incident = true;
        if keys.len() > 1 {
            let message = "`runbook` stands alone: it says that there is one incident for all";
            let found = Diagnostic::new(Code::NoIncidentKey, message, span, "beside a key");
            self.say(found.help("leave it out, or leave the others out"));
        }
    }

    /// A name, or a field of a record that it names.
    fn key_part(&mut self, id: RunbookId, binding: BindingId, key: &Path) -> Option<KeyPart> {
        let ty = self.package.runbooks[id.index()].bindings[binding.index()]
            .ty
            .clone();
        let Some(root) = &key.module else {
            if self.tells_apart(&ty) {
                let field = None;
                return Some(KeyPart { binding, field });
            }
            self.say_no_key_type(&ty, key.span, key.name.as_str());
            return None;
        };
        let record = match ty {
            Type::Error => return None,
            Type::Record(record) => record,
            ty => {
                let shown = self.type_name(&ty);
                let message = format!("`{}` is `{shown}` and has no field to tell by", root.text);
                let span = key.name.span;
                self.say(Diagnostic::new(
                    Code::UnknownField,
                    message,
                    span,
                    "unknown field",
                ));
                return None;
            }
        };
        let fields = &self.package.records[record.index()].fields;
        let Some(at) = fields.iter().position(|field| field.name == key.name.text) else {
            let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let near = nearest(key.name.as_str(), all.iter().copied()).map(str::to_owned);
            let help = offered(near.as_deref(), "it has", &all.join(", "));
            let message = format!("`{}` has no field `{}`", root.text, key.name.text);
            let span = key.name.span;
            let found = Diagnostic::new(Code::UnknownField, message, span, "unknown field");
            let found = found.help(help);
            self.say(match near {
                Some(near) => found.fix(format!("write `{near}`"), span, near),
                None => found,
            });
            return None;
        };
        let (ty, declared) = (fields[at].ty.clone(), fields[at].span);
        self.refer(key.name.span, NameKind::Field, declared);
        if !self.tells_apart(&ty) {
            self.say_no_key_type(&ty, key.span, key.name.as_str());
            return None;
        }
        let field = Some(u16::try_from(at).ok()?);
        Some(KeyPart { binding, field })
    }

    /// Whether two values of the type are the same thing only if they are equal.
    fn tells_apart(&self, ty: &Type) -> bool {
        match ty {
            Type::Error | Type::Text | Type::Int | Type::Bool | Type::Enum(_) | Type::Target(_) => {
                true
            }
            Type::Optional(inner) => self.tells_apart(inner),
            Type::Float
            | Type::Percent
            | Type::Size
            | Type::Duration
            | Type::Time
            | Type::Regex
            | Type::Url
            | Type::PromQuery
            | Type::Cron
            | Type::Json
            | Type::Secret
            | Type::Role
            | Type::NoneLiteral
            | Type::List(_)
            | Type::EmptyList
            | Type::Map(..)
            | Type::Range(_)
            | Type::Record(_)
            | Type::Handle(_)
            | Type::RecordKind(_)
            | Type::Parameter(_) => false,
        }
    }

    fn say_no_key_type(&mut self, ty: &Type, span: Span, name: &str) {
        let shown = self.type_name(ty);
        let message = format!("`{name}` is `{shown}`, which tells no incidents apart");
        let found = Diagnostic::new(Code::NoIncidentKey, message, span, "no key");
        let offered = match ty {
            Type::Record(record) => {
                let fields = &self.package.records[record.index()].fields;
                let field = fields.iter().find(|field| self.tells_apart(&field.ty));
                field.map(|field| format!("{name}.{}", field.name))
            }
            _ => None,
        };
        self.say(match offered {
            Some(field) => found
                .help(format!("say which field does: `incident per {field}`; or one incident for all: `incident per runbook`"))
                .fix(format!("tell them apart by `{field}`"), span, field),
            None => found.help("a key is a label, or a field of type String, Int, Bool or an enum; one incident for all is `incident per runbook`"),
        });
    }

    /// A name that some trigger binds, or one that is near to such a name.
    fn say_near_key(&mut self, id: RunbookId, name: &Ident) -> bool {
        let bindings = &self.package.runbooks[id.index()].bindings;
        let partly = bindings.iter().any(|binding| binding.name == name.text);
        let message = match partly {
            true => format!("not every trigger binds `{}`", name.text),
            false => format!("no trigger binds `{}`", name.text),
        };
        let found = Diagnostic::new(Code::UnknownName, message, name.span, "unknown name");
        let all = bindings.iter().map(|binding| binding.name.as_str());
        let near = nearest(name.as_str(), all.filter(|_| !partly));
        let near = near.map(str::to_owned);
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None if partly => found.help("incidents are told apart by names that every trigger binds; one incident for all is `incident per runbook`"),
            None => return false,
        });
        true
    }

    /// Names that no trigger binds: the labels were forgotten there.
    fn say_unbound_keys(&mut self, id: RunbookId, names: &[&Ident]) {
        let Some((first, others)) = names.split_first() else {
            return;
        };
        let message = format!("no trigger binds `{}`", first.text);
        let found = Diagnostic::new(Code::UnknownName, message, first.span, "unknown name");
        let found = others
            .iter()
            .fold(found, |found, other| found.and(other.span, NOR_THIS));
        let labels: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        let labels = labels.join(", ");
        let runbook = &self.package.runbooks[id.index()];
        let label = |binding: &Binding| matches!(binding.kind, BindingKind::Label(_));
        // With labels beside it, the name may be one of another spelling.
        let triggers = match runbook.bindings.iter().any(label) {
            true => &[][..],
            false => runbook.triggers.as_slice(),
        };
        let alert = |trigger: &&Trigger| matches!(trigger.kind, TriggerKind::Alert { .. });
        let Some(shown) = triggers.iter().find(alert) else {
            self.say(found.help("incidents are told apart by names that every trigger binds; one incident for all is `incident per runbook`"));
            return;
        };
        let head = self.text(shown.span).split('{').next().unwrap_or_default();
        let found = found.help(format!(
            "a label gets its name in the trigger: `{} {{ with {labels} }}`; one incident for all is `incident per runbook`",
            head.trim_end()
        ));
        let title = format!("add `with {labels}`");
        let edits: Option<Vec<(Span, String)>> = triggers
            .iter()
            .map(|trigger| self.with_labels(trigger, &labels))
            .collect();
        let edits = edits.unwrap_or_default();
        self.say(edits.into_iter().fold(found, |found, (span, text)| {
            found.fix(title.as_str(), span, text)
        }));
    }

    /// Where labels are asked for in a trigger, and the text that does it.
    fn with_labels(&self, trigger: &Trigger, labels: &str) -> Option<(Span, String)> {
        let (text, span) = (self.text(trigger.span), trigger.span);
        let TriggerKind::Alert { .. } = trigger.kind else {
            return None;
        };
        let at = |offset: usize| span.inside(offset, offset);
        let Some(open) = text.rfind('{') else {
            return Some((at(text.len()), format!(" {{ with {labels} }}")));
        };
        let inner = text.get(open + 1..)?;
        Some(match inner.find("with ") {
            Some(with) => (at(open + 1 + with + "with ".len()), format!("{labels}, ")),
            None if inner.trim_start_matches(' ').starts_with('\n') => {
                let rest = inner.trim_start();
                let blanks = inner.len() - rest.len();
                let indent = inner.get(..blanks)?.rsplit('\n').next()?;
                (at(open + 1 + blanks), format!("with {labels}\n{indent}"))
            }
            None => return None,
        })
    }

    /// What is bound tells incidents apart, or nobody said whether it does.
    pub fn check_incident_key(&mut self, id: RunbookId) {
        let item = self.draft(id).item;
        let mut clauses = item.clauses.iter();
        if clauses.any(|clause| matches!(clause.kind, Clause::IncidentPer(_))) {
            return;
        }
        // That labels belong to an alert is said there.
        let misplaced = |clause: &tree::Clause| match &clause.kind {
            Clause::On(trigger) => {
                let labels = |line: &TriggerClause| matches!(line.kind, TriggerClauseKind::With(_));
                matches!(trigger.kind, Tree::Schedule { .. } | Tree::Request { .. })
                    && trigger.clauses.iter().any(labels)
            }
            _ => false,
        };
        if item.clauses.iter().any(misplaced) {
            return;
        }
        let bindings = &self.package.runbooks[id.index()].bindings;
        let whole = bindings
            .iter()
            .find(|binding| matches!(binding.kind, BindingKind::Alert | BindingKind::Event));
        let label = bindings
            .iter()
            .find(|binding| matches!(binding.kind, BindingKind::Label(_)) && !binding.own);
        let name = &item.name;
        let message = format!("the runbook `{}` has no `incident per`", name.text);
        const LABEL: &str = "one incident for all?";
        match (whole, label) {
            (None, None) => {}
            (None, Some(label)) => {
                let help = format!(
                    "say what tells incidents apart: `incident per {}`",
                    label.name
                );
                let span = label.span;
                let found = Diagnostic::new(Code::MissingClause, message, name.span, LABEL);
                self.say(found.and(span, "this label is bound").help(help));
            }
            (Some(whole), label) => {
                let (bound, span) = (whole.name.clone(), whole.span);
                let field = match &whole.ty {
                    Type::Record(record) => {
                        let fields = self.package.records[record.index()].fields.iter();
                        let mut fitting = fields.filter(|field| self.tells_apart(&field.ty));
                        fitting
                            .next()
                            .map(|field| format!("{bound}.{}", field.name))
                    }
                    _ => None,
                };
                let key = label.map(|label| label.name.to_string()).or(field);
                let is_common = self.draft(id).binding(bound.as_str(), None).is_some();
                let help = match key.filter(|_| is_common) {
                    Some(key) => format!("say what tells incidents apart: `incident per {key}`; or that there is one for all: `incident per runbook`"),
                    None => "name a label or a field that tells incidents apart; or say that there is one for all: `incident per runbook`".to_owned(),
                };
                let found = Diagnostic::new(Code::NoIncidentKey, message, name.span, LABEL);
                self.say(found.and(span, "this is bound").help(help));
            }
        }
    }
}
