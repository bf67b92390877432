//! Values in tests: literals, partial records, targets by their lookup, times in the past.
//!
//! In: an expression and the type that is wanted. Out: the value. A record may lack fields and a
//! target parts of its identity; whoever reads what was not said fails the test.

use std::sync::Arc;

use smol_str::SmolStr;

use super::super::expr::{Callee, Why};
use super::super::types::same;
use super::Scenario;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Argument, ExprKind as Tree};
use crate::text::Span;
use crate::typed::{ExternId, Field, NameKind, RecordId, Symbol, TargetId, Type};
use crate::value::{Bounds, Duration, Identity, Key, Record, Target, Time, Value};

/// A record or target type that is built with fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Built {
    Record(RecordId),
    Target(TargetId),
}

impl Built {
    fn ty(self) -> Type {
        match self {
            Built::Record(id) => Type::Record(id),
            Built::Target(id) => Type::Target(id),
        }
    }
}

impl Scenario<'_, '_> {
    /// The value of an expression, as one of the wanted type.
    pub fn value(&mut self, tree: &tree::Expr, wanted: &Type) -> Option<Value> {
        if let Some((value, row)) = self.of_row(tree) {
            let found = self.value(value, wanted);
            self.checker.row = row;
            return found;
        }
        match (&tree.kind, wanted) {
            (Tree::Missing, _) | (_, Type::Error) => None,
            (Tree::Paren(inner), _) => self.value(inner, wanted),
            (Tree::None, Type::Optional(_)) => Some(Value::None),
            (_, Type::Optional(inner)) => self.value(tree, inner),
            (_, Type::Json) => self.plain(tree, wanted),
            (Tree::Ago(time), _) => self.ago(time, wanted, tree.span),
            (Tree::List(elements), Type::List(element)) => {
                let elements = elements.iter().map(|tree| self.elements(tree, element));
                // Each one is looked at, so that every mistake is told.
                let elements: Vec<Option<Vec<Value>>> = elements.collect();
                let elements: Option<Vec<Vec<Value>>> = elements.into_iter().collect();
                Some(Value::list(elements?.concat()))
            }
            (Tree::Repeat { count, element }, Type::List(of)) => {
                let count = self.elaborator().count(count, "of");
                let element = self.value(element, of)?;
                Some(Value::list(vec![element; count? as usize]))
            }
            (Tree::Call { callee, args }, _) => self.called(callee, args, tree, wanted),
            _ => self.plain(tree, wanted),
        }
    }

    /// What stands for one element of a list: `4 of x` for four of them.
    fn elements(&mut self, tree: &tree::Expr, element: &Type) -> Option<Vec<Value>> {
        match (&tree.kind, element) {
            (Tree::Repeat { count, element: of }, element) if !matches!(element, Type::List(_)) => {
                let count = self.elaborator().count(count, "of");
                let value = self.value(of, element)?;
                Some(vec![value; count? as usize])
            }
            _ => Some(vec![self.value(tree, element)?]),
        }
    }

    /// A value whose targets are all named in full: no call says the rest of their identity.
    pub fn identified(&mut self, tree: &tree::Expr, wanted: &Type) -> Option<Value> {
        let value = self.value(tree, wanted)?;
        if self.is_named(&value, wanted) {
            return Some(value);
        }
        let message = "nothing says which one this is";
        let found = Diagnostic::new(Code::NoIdentity, message, tree.span, "not named in full");
        self.say(found.help("name it by its lookup: `k8s.pod(\"shop\", \"w-1\")`"));
        None
    }

    fn is_named(&self, value: &Value, ty: &Type) -> bool {
        match (value, ty) {
            (Value::Target(target), Type::Target(id)) => {
                target.identity.0.len() == self.checker.target_path(*id).len()
            }
            (Value::List(items), Type::List(of)) => {
                items.iter().all(|item| self.is_named(item, of))
            }
            (value, Type::Optional(inner)) => self.is_named(value, inner),
            _ => true,
        }
    }

    /// What is no different in a test.
    fn plain(&mut self, tree: &tree::Expr, wanted: &Type) -> Option<Value> {
        let mut elaborator = self.elaborator();
        let expr = elaborator.expr_of(tree, wanted, Why::Clause("given"));
        self.checker
            .evaluate_or_say(&expr, crate::check::constant::A_TEST)
    }

    /// `5m ago`, from where the run begins.
    fn ago(&mut self, time: &tree::Expr, wanted: &Type, span: Span) -> Option<Value> {
        let found = self.elaborator().constant(time, &Type::Duration, "ago")?;
        let Value::Duration(ago) = found else {
            return None;
        };
        self.check_type(&Type::Time, wanted, span)?;
        let millis = self.at.millis().saturating_sub(Duration::millis(ago));
        match Time::from_millis(millis) {
            Ok(moment) => Some(Value::Time(moment)),
            Err(failure) => {
                self.checker.say_failure(&failure, span);
                None
            }
        }
    }

    /// A record or target with fields, or a target by its lookup.
    fn called(
        &mut self,
        callee: &tree::Expr,
        args: &[Argument],
        tree: &tree::Expr,
        wanted: &Type,
    ) -> Option<Value> {
        if let Some(built) = self.built(callee, wanted) {
            self.check_type(&built.ty(), wanted, tree.span)?;
            return self.build(built, args);
        }
        if let Some(lookup) = self.lookup(callee) {
            let (target, _) = lookup;
            self.check_type(&Type::Target(target), wanted, tree.span)?;
            return self.found_by(lookup, callee, args).map(Value::Target);
        }
        self.plain(tree, wanted)
    }

    fn check_type(&mut self, found: &Type, wanted: &Type, span: Span) -> Option<()> {
        if same(found, wanted) {
            return Some(());
        }
        let (want, have) = (
            self.checker.type_name(wanted),
            self.checker.type_name(found),
        );
        let message = format!("expected `{want}`, found `{have}`");
        let label = format!("this is `{have}`");
        self.say(Diagnostic::new(Code::TypeMismatch, message, span, label));
        None
    }

    /// The record or target type that a call builds; its module may be left out where it is known.
    pub fn built(&mut self, callee: &tree::Expr, wanted: &Type) -> Option<Built> {
        let Tree::Name(name) = &callee.kind else {
            let Tree::Field { base: _, name } = &callee.kind else {
                return None;
            };
            let upper = name.as_str().starts_with(|c: char| c.is_ascii_uppercase());
            if !upper {
                return None;
            }
            return match self.elaborator().callee(callee) {
                Callee::Record(id) => Some(Built::Record(id)),
                Callee::Target(id) => Some(Built::Target(id)),
                Callee::Extern(_) | Callee::Function(_) | Callee::Builtin(_) | Callee::Broken => {
                    None
                }
            };
        };
        let plain = match wanted {
            Type::Optional(inner) => inner,
            wanted => wanted,
        };
        let package = &self.checker.package;
        match plain {
            Type::Record(id) if package.records[id.index()].name.name == *name => {
                let built = Built::Record(*id);
                self.checker.refer_built(callee.span, built);
                return Some(built);
            }
            Type::Target(id) if package.targets[id.index()].name.name == *name => {
                let built = Built::Target(*id);
                self.checker.refer_built(callee.span, built);
                return Some(built);
            }
            _ => {}
        }
        let member = self.checker.unqualified(self.file, name)?;
        let built = match member.symbol {
            Symbol::Record(id) => Built::Record(id),
            Symbol::Target(id) => Built::Target(id),
            _ => return None,
        };
        self.checker.refer_member(callee.span, member);
        Some(built)
    }

    /// The fields of a type that is built.
    pub fn fields_of(&self, built: Built) -> &[Field] {
        match built {
            Built::Record(id) => &self.checker.package.records[id.index()].fields,
            Built::Target(id) => &self.checker.package.targets[id.index()].fields,
        }
    }

    /// `Pod(true, 2)`: said once of all of them.
    pub fn refuse_nameless<'a>(&mut self, args: impl IntoIterator<Item = &'a Argument>) {
        if let Some(first) = args.into_iter().find(|arg| arg.name.is_none()) {
            let message = "fields are named";
            let place = first.value.span;
            let found = Diagnostic::new(Code::ExtraArgument, message, place, "no name");
            self.say(found.help("only the fields that matter need to be said: `Pod(ready: true)`"));
        }
    }

    /// The field that an argument names, by its index and type.
    pub fn field_named(&mut self, built: Built, arg: &Argument) -> Option<(u16, Type)> {
        let name = arg.name.as_ref()?;
        let fields = self.fields_of(built);
        let at = fields.iter().position(|field| field.name == name.text);
        if let Some(at) = at {
            let (ty, declared) = (fields[at].ty.clone(), fields[at].span);
            self.checker.refer(name.span, NameKind::Field, declared);
            return Some((at as u16, ty));
        }
        let near = nearest(
            name.as_str(),
            fields.iter().map(|field| field.name.as_str()),
        );
        let near = near.map(str::to_owned);
        let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let all = all.join(", ");
        let ty = built.ty();
        self.elaborator().say_unknown_field(&ty, name, near, &all);
        None
    }

    /// A record or target of which only these fields are said.
    fn build(&mut self, built: Built, args: &[Argument]) -> Option<Value> {
        let mut fields: Vec<Option<Value>> = match built {
            // What has a default is said by the record itself.
            Built::Record(_) => {
                let fields = self.fields_of(built).iter();
                fields.map(|field| field.default.clone()).collect()
            }
            Built::Target(_) => vec![None; self.fields_of(built).len()],
        };
        let mut complete = true;
        self.refuse_nameless(args);
        for arg in args {
            let Some((at, ty)) = self.field_named(built, arg) else {
                complete = false;
                continue;
            };
            let found = self.value(&arg.value, &ty);
            if let Some(value) = &found {
                self.check_range(built, at, value, arg.value.span);
            }
            complete &= found.is_some();
            if let Some(slot) = fields.get_mut(usize::from(at)) {
                *slot = found;
            }
        }
        if !complete {
            return None;
        }
        Some(match built {
            Built::Record(id) => Value::Record(Arc::new(Record {
                shape: self.checker.record_shapes[id.index()].clone(),
                fields,
            })),
            Built::Target(id) => {
                let kind = self.checker.package.targets[id.index()].name.to_string();
                let key = fields.first().cloned().flatten();
                let keys = key.map(|key| Key {
                    kind: kind.into(),
                    key: key.to_plain().into(),
                });
                self.target(id, Identity(keys.into_iter().collect()), fields)
            }
        })
    }

    /// What a field never shows, a test does not say of it.
    fn check_range(&mut self, built: Built, at: u16, value: &Value, span: Span) {
        let field = self.fields_of(built).get(usize::from(at));
        let named = field.and_then(|field| Some((field.name.clone(), field.range.clone()?)));
        if let Some((name, range)) = named {
            self.check_seen(&name, &range, value, span);
        }
    }

    /// Says that a value, or one of a list, is never seen under this name.
    pub fn check_seen(&mut self, name: &str, range: &Bounds, value: &Value, span: Span) {
        let never = match value {
            Value::List(items) => items.iter().find(|item| !range.contains(item)),
            value => Some(value).filter(|value| !range.contains(value)),
        };
        let Some(never) = never else { return };
        let message = format!("`{name}` is never `{never}`");
        let found = Diagnostic::new(Code::FieldOutOfRange, message, span, range.to_string());
        self.say(found.help("give what is seen there in earnest"));
    }

    fn target(&self, id: TargetId, identity: Identity, fields: Vec<Option<Value>>) -> Value {
        let shape = self.checker.target_shapes[id.index()].clone();
        let snapshot = Record { shape, fields };
        Value::Target(Arc::new(Target {
            identity,
            uid: None,
            snapshot,
        }))
    }

    /// The lookup that a call calls, with the target that it finds.
    pub fn lookup(&mut self, callee: &tree::Expr) -> Option<(TargetId, ExternId)> {
        if !matches!(callee.kind, Tree::Field { .. }) {
            return None;
        }
        // What is no lookup is elaborated again, and only then spoken about.
        let said = self.checker.mark();
        let found = self.elaborator().callee(callee);
        self.checker.forget(said);
        let Callee::Extern(id) = found else {
            return None;
        };
        let target = self.checker.target_of_lookup(id)?;
        Some((target, id))
    }

    /// The target that a lookup finds, with its whole identity and nothing seen of it.
    pub fn found_by(
        &mut self,
        lookup: (TargetId, ExternId),
        callee: &tree::Expr,
        args: &[Argument],
    ) -> Option<Arc<Target>> {
        let (target, id) = lookup;
        let owner = super::super::expr::arguments::Owner::Extern(id);
        let placed = self.elaborator().place(owner, args, callee.span);
        self.elaborator()
            .refuse_others(owner, &placed.others, &[], callee.span);
        let path = self.checker.target_path(target);
        let mut keys: Vec<Key> = Vec::new();
        for (index, arg) in placed.of_params.iter().enumerate() {
            let Some(arg) = arg else {
                self.say_not_named(callee.span);
                return None;
            };
            let ty = self.checker.package.externs[id.index()].params[index]
                .ty
                .clone();
            let found = self.value(&arg.value, &ty)?;
            if let Value::Target(parent) = &found {
                keys = parent.identity.0.clone();
                continue;
            }
            let step = path.get(keys.len())?;
            let kind = self.checker.package.targets[step.index()].name.to_string();
            keys.push(Key {
                kind: SmolStr::new(kind),
                key: found.to_plain().into(),
            });
        }
        let mut fields = vec![None; self.fields_of(Built::Target(target)).len()];
        if let (Some(slot), Some(key)) = (fields.first_mut(), keys.last()) {
            let form = self.checker.package.targets[target.index()].key_form;
            *slot = Some(form.value(&key.key));
        }
        match self.target(target, Identity(keys), fields) {
            Value::Target(target) => Some(target),
            _ => None,
        }
    }

    fn say_not_named(&mut self, span: Span) {
        let message = "the target is not named in full";
        let found = Diagnostic::new(Code::MissingArgument, message, span, "which one?");
        self.say(found.help("say every argument of the lookup"));
    }
}
