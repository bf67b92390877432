//! Calls: what is called, and with what.
//!
//! In: a callee and its arguments as written. Out: a call with one argument a parameter, defaults
//! filled in, or the record that was built. A change is never an expression: the error says how a
//! `do` is written.

use smol_str::SmolStr;

use super::super::names::Member;
use super::super::types::symbol_kind;
use super::{Elaborator, broken, typed};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::library::Generic;
use crate::syntax::tree::{self, Argument, ClauseKind, ExprKind as Tree, Ident};
use crate::text::Span;
use crate::typed::{
    self, CallExpr, Expr, ExprKind, ExternId, ExternKind, FunctionId, FunctionKind, NameKind,
    RecordId, Symbol, TargetId, Type,
};

/// What a call calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    Extern(ExternId),
    Function(FunctionId),
    Builtin(Generic),
    Record(RecordId),
    Target(TargetId),
    /// Something was said about it.
    Broken,
}

impl Elaborator<'_, '_> {
    /// `callee(args)` as a value.
    pub fn call(&mut self, callee: &tree::Expr, args: &[Argument], span: Span) -> Expr {
        let name_span = callee.span;
        match self.callee(callee) {
            Callee::Broken => {
                self.arguments_alone(args);
                broken(span)
            }
            Callee::Builtin(builtin) => self.builtin(builtin, args, name_span, span),
            Callee::Record(record) => self.construct(record, args, name_span, span),
            Callee::Target(target) => {
                self.say_target_built(target, name_span);
                self.arguments_alone(args);
                broken(span)
            }
            Callee::Extern(id) => {
                if self.is_action(Callee::Extern(id)) {
                    return self.say_without_do(args, name_span, span);
                }
                let (args, equals) = self.extern_arguments(id, args, name_span);
                let result = self.extern_result(id, &args);
                let callee = typed::Callee::Extern(id);
                self.finished_call(callee, args, equals, result, name_span, span)
            }
            Callee::Function(id) => {
                if self.is_action(Callee::Function(id)) {
                    return self.say_without_do(args, name_span, span);
                }
                let args = self.function_arguments(id, args, name_span);
                let result = self.checker.function(id).result.clone();
                let callee = typed::Callee::Function(id);
                self.finished_call(callee, args, Vec::new(), result, name_span, span)
            }
        }
    }

    /// A call whose arguments are done.
    pub fn finished_call(
        &mut self,
        callee: typed::Callee,
        args: Vec<Expr>,
        equals: Vec<(SmolStr, Expr)>,
        result: Type,
        name_span: Span,
        span: Span,
    ) -> Expr {
        let call = CallExpr {
            callee,
            args,
            equals,
            site: self.checker.new_site(),
            name_span,
        };
        typed(ExprKind::Call(Box::new(call)), result, span)
    }

    /// Looks arguments over whose callee is broken, so that their own mistakes are told.
    pub fn arguments_alone(&mut self, args: &[Argument]) {
        for arg in args {
            // A record may be what is taken there.
            if let Tree::Name(name) = &arg.value.kind
                && let Some(member) = self.checker.unqualified(self.file, name)
                && matches!(member.symbol, Symbol::Record(_))
            {
                self.checker.refer_member(arg.value.span, member);
                continue;
            }
            self.expr(&arg.value, None);
        }
    }

    /// What the expression before the bracket names.
    pub fn callee(&mut self, callee: &tree::Expr) -> Callee {
        match &callee.kind {
            Tree::Missing => Callee::Broken,
            Tree::Name(name) => self.named_callee(name, callee.span),
            Tree::Field { base, name } => match &base.kind {
                Tree::Name(module) => self.module_callee(module, base, name, callee.span),
                _ => self.say_no_method(base, name),
            },
            _ => {
                let message = "only a name can be called";
                self.say(Diagnostic::new(
                    Code::NotCallable,
                    message,
                    callee.span,
                    "not a name",
                ));
                Callee::Broken
            }
        }
    }

    fn named_callee(&mut self, name: &SmolStr, span: Span) -> Callee {
        if name.is_empty() {
            return Callee::Broken;
        }
        if let Some(runbook) = self.runbook
            && let Some(watch) = self.checker.draft(runbook).watch(name)
        {
            if !self.checker.complete_watch(runbook, watch, span) {
                return Callee::Broken;
            }
            let watch = &self.checker.draft(runbook).watches[watch];
            let (function, declared) = (watch.function, watch.item.name.span);
            self.checker.refer(span, NameKind::Watch, declared);
            return Callee::Function(function);
        }
        if let Some(member) = self.checker.unqualified(self.file, name) {
            self.checker.refer_member(span, member);
            return self.member_callee(member, name, span);
        }
        if let Some(builtin) = Generic::from_name(name) {
            return Callee::Builtin(builtin);
        }
        self.say_unknown_callee(name, span);
        Callee::Broken
    }

    fn member_callee(&mut self, member: Member, name: &str, span: Span) -> Callee {
        match member.symbol {
            Symbol::Extern(id) => Callee::Extern(id),
            Symbol::Function(id) => {
                self.checker.called.insert(id, ());
                Callee::Function(id)
            }
            Symbol::Record(id) => Callee::Record(id),
            Symbol::Target(id) => Callee::Target(id),
            Symbol::Enum(_)
            | Symbol::Const(_)
            | Symbol::Role(_)
            | Symbol::Window(_)
            | Symbol::Secret(_)
            | Symbol::Product(_)
            | Symbol::Runbook(_) => {
                let what = symbol_kind(member.symbol);
                let message = format!("`{name}` is {what} and cannot be called");
                let found = Diagnostic::new(Code::NotCallable, message, span, "not a function");
                self.say(found.and(member.span, "declared here"));
                Callee::Broken
            }
        }
    }

    fn module_callee(
        &mut self,
        module: &SmolStr,
        base: &tree::Expr,
        name: &Ident,
        span: Span,
    ) -> Callee {
        let imported = self.checker.imported(self.file, module, base.span);
        let imported = imported.map(Some);
        let imported = imported.or_else(|| {
            let ident = Ident {
                text: module.clone(),
                span: base.span,
            };
            let free = !self.is_value(module);
            free.then(|| self.checker.say_not_imported(self.file, &ident))?
        });
        if let Some(id) = imported {
            let Some(id) = id else {
                return Callee::Broken;
            };
            let Some(member) = self.checker.names.member(id, name.as_str()) else {
                self.checker.say_unknown_member(id, module, name);
                return Callee::Broken;
            };
            self.checker.refer_member(name.span, member);
            return self.member_callee(member, self.checker.text(span), span);
        }
        self.say_no_method(base, name)
    }

    fn say_no_method(&mut self, base: &tree::Expr, name: &Ident) -> Callee {
        let base = self.expr(base, None);
        if base.ty != Type::Error {
            let message = format!("a value has no function `{}`", name.text);
            let found = Diagnostic::new(Code::NotCallable, message, name.span, "not a function");
            if let Some(found) = self.empty_method(&found, base.span, &name.text, name.span) {
                self.say(found);
                return Callee::Broken;
            }
            let shown = self.checker.text(base.span);
            let Some(function) = function_for(name.as_str()) else {
                let help = method_help(name.as_str()).map(str::to_owned);
                let help = help.unwrap_or_else(|| {
                    format!(
                        "a value has no functions: `{}({shown})` calls one with it",
                        name.text
                    )
                });
                self.say(found.help(help));
                return Callee::Broken;
            };
            let source = &self.checker.sources.source(name.span.source).text;
            let rest = source.get(name.span.range().end..).unwrap_or_default();
            let between = match rest.strip_prefix('(').map(|rest| rest.starts_with(')')) {
                Some(false) => ", ",
                _ => "",
            };
            let gap = Span {
                start: base.span.end,
                end: name.span.end + u32::from(rest.starts_with('(')),
                ..base.span
            };
            let title = format!("call `{function}`");
            let found = found.help(format!(
                "a function takes the value: `{function}({shown}, ...)`"
            ));
            let found = found.fix(&title, base.span.at_start(), format!("{function}("));
            self.say(found.fix(title, gap, between));
        }
        Callee::Broken
    }

    fn say_unknown_callee(&mut self, name: &str, span: Span) {
        if let Some((_, ty)) = self.local(name) {
            let shown = self.type_with_article(&ty);
            let message = format!("`{name}` is {shown} and cannot be called");
            self.say(Diagnostic::new(
                Code::NotCallable,
                message,
                span,
                "not a function",
            ));
            return;
        }
        if self.is_later_watch(name) {
            let message = format!("`{name}` is a watch, and a `where` asks the event alone");
            let found = Diagnostic::new(Code::UnknownName, message, span, "observed, later");
            self.say(found.help(format!(
                "what is observed is asked in the diagnosis: `cleared if {name}() ...`"
            )));
            return;
        }
        if self.say_unit_called(name, span) || self.say_times(span) {
            return;
        }
        if self.checker.imported(self.file, name, span).is_some() {
            let message = format!("`{name}` is a module, not a function");
            let found = Diagnostic::new(Code::WrongKindOfName, message, span, "a module");
            self.say(found.help(format!("call one of its members: `{name}.…(...)`")));
            return;
        }
        let message = format!("there is no `{name}` to call");
        let found = Diagnostic::new(Code::UnknownName, message, span, "unknown name");
        let known = self.member_without_module(&found, name, span);
        if let Some(found) = known.or_else(|| self.empty_called(&found, name, span)) {
            self.say(found);
            return;
        }
        let near = function_for(name).map(str::to_owned);
        let near = near.or_else(|| self.near_callable(name));
        self.say(match near {
            Some(near) => {
                found
                    .help(format!("there is `{near}`"))
                    .fix(format!("write `{near}`"), span, near)
            }
            None if matches!(name, "range" | "xrange" | "seq") => {
                found.help("a range is written `0..3`, with its end `0..=3`; a list is gone through as it is: `for x in xs`")
            }
            None if matches!(name, "lookup" | "get" | "element" | "index") => {
                found.help("what a map or a list holds stands in brackets: `quotas[\"shop\"]`, `xs[0]`")
            }
            None if matches!(name, "try" | "coalesce" | "default" | "ifnull" | "or_else") => {
                found.help("what stands in for a reading without an answer follows it: `let x = lag() else no_data 0.0`")
            }
            None if matches!(name, "timedelta" | "datetime" | "parse_duration") => {
                found.help("how long something takes is a number with its unit: `2m`, `1h30m`")
            }
            None if is_conversion(name) => {
                let found = found.help(
                    "there is no conversion: leave it out; whole numbers come of `round`, `floor` and `ceil`, and a text takes a value in, `\"${x}\"`",
                );
                self.without_call(found, name, span)
            }
            None => found,
        });
    }

    /// Whether the runbook has a watch of this name, which the conditions of its triggers do not see.
    fn is_later_watch(&self, name: &str) -> bool {
        self.runbook.is_some_and(|runbook| {
            let clauses = &self.checker.draft(runbook).item.clauses;
            clauses.iter().any(|clause| match &clause.kind {
                ClauseKind::Watch(watch) => watch.name.as_str() == name,
                _ => false,
            })
        })
    }

    fn near_callable(&self, name: &str) -> Option<String> {
        let names = &self.checker.names;
        let prelude = names.module(crate::library::PRELUDE);
        let watches = self.runbook.into_iter().flat_map(|runbook| {
            let watches = &self.checker.draft(runbook).watches;
            watches.iter().map(|watch| watch.item.name.as_str())
        });
        let own = self.checker.bare_names(self.file);
        let own = own.chain(prelude.into_iter().flat_map(|id| names.members(id)));
        let all = watches
            .chain(own.map(SmolStr::as_str))
            .chain(Generic::ALL.iter().map(|generic| generic.name()));
        let near = nearest(name, all).map(str::to_owned);
        near.or_else(|| self.longer_watch(name))
    }

    /// The one watch whose name has this one as a word: `queue_lag` for `lag`.
    fn longer_watch(&self, name: &str) -> Option<String> {
        let watches = &self.checker.draft(self.runbook?).watches;
        let names = watches.iter().map(|watch| watch.item.name.as_str());
        let mut longer = names.filter(|watch| watch.split('_').any(|word| word == name));
        let only = longer.next()?;
        longer.next().is_none().then(|| only.to_owned())
    }

    /// Whether it is an action, of the library or of the package.
    pub fn is_action(&self, callee: Callee) -> bool {
        match callee {
            Callee::Extern(id) => {
                let found = &self.checker.package.externs[id.index()];
                matches!(found.kind, ExternKind::Action(_))
            }
            Callee::Function(id) => {
                matches!(self.checker.function(id).kind, FunctionKind::Action { .. })
            }
            Callee::Builtin(_) | Callee::Record(_) | Callee::Target(_) | Callee::Broken => false,
        }
    }

    fn say_without_do(&mut self, args: &[Argument], name_span: Span, span: Span) -> Expr {
        self.arguments_alone(args);
        let name = self.checker.text(name_span);
        let message = format!("`{name}` changes something and is called without `do`");
        let found = Diagnostic::new(Code::ActionWithoutDo, message, name_span, "an action");
        let help = "every line that changes the world says so: `do ...`, in a remedy or in `steps`";
        self.say(found.help(help));
        broken(span)
    }

    fn say_target_built(&mut self, target: TargetId, span: Span) {
        let found = &self.checker.package.targets[target.index()];
        let message = format!("a `{}` cannot be made up", found.name);
        let lookup = found.lookup;
        let said = Diagnostic::new(Code::NotCallable, message, span, "a target type");
        let help = match lookup {
            Some(lookup) => {
                let name = &self.checker.package.externs[lookup.index()].name;
                format!("it is found by `{name}`; only a test says what one is like")
            }
            None => "only a lookup finds one; only a test says what one is like".to_owned(),
        };
        self.say(said.help(help));
    }

    /// The type of what an extern gives, its type parameters replaced.
    pub fn extern_result(&self, id: ExternId, args: &[Expr]) -> Type {
        let found = &self.checker.package.externs[id.index()];
        substitute(&found.result, |parameter| {
            let at = found
                .params
                .iter()
                .position(|param| param.ty == Type::Parameter(parameter))?;
            match args.get(at)?.ty {
                Type::RecordKind(record) => Some(Type::Record(record)),
                _ => None,
            }
        })
    }
}

/// The type with its parameters replaced; an unknown one is broken.
fn substitute(ty: &Type, known: impl Fn(u8) -> Option<Type> + Copy) -> Type {
    match ty {
        Type::Parameter(at) => known(*at).unwrap_or(Type::Error),
        Type::List(element) => Type::List(substitute(element, known).into()),
        Type::Optional(inner) => Type::Optional(substitute(inner, known).into()),
        other => other.clone(),
    }
}

/// Names that other languages give to functions which make one type of another.
fn is_conversion(name: &str) -> bool {
    matches!(
        name,
        "int"
            | "Int"
            | "float"
            | "Float"
            | "str"
            | "String"
            | "string"
            | "bool"
            | "Number"
            | "parse"
            | "parseInt"
            | "to_string"
            | "toString"
            | "to_int"
            | "float64"
            | "float32"
            | "int64"
            | "int32"
            | "uint"
            | "double"
            | "number"
            | "tonumber"
            | "tostring"
            | "tobool"
            | "tolist"
            | "toset"
            | "list"
            | "set"
            | "tuple"
    )
}

/// What is done in this language with what others ask a value for.
fn method_help(name: &str) -> Option<&'static str> {
    Some(match name {
        "unwrap" | "expect" | "unwrap_or" | "await" | "get" | "clone" => {
            "what fails ends the block by itself: leave it out, or say at the end of the line what follows, `else none`"
        }
        "is_some" | "is_none" | "isPresent" | "exists" => {
            "whether there is a value is asked with `x is some y` and `x is none`, or with `match`"
        }
        "filter" | "map" | "forEach" | "for_each" | "find" | "reduce" | "iter" => {
            "what is done with each element is said in place: `[x.name for x in xs where x.ready]`"
        }
        "split" | "substring" | "substr" | "slice" | "replace" | "trim" | "strip" | "lower"
        | "upper" | "matches" | "match" | "test" => {
            "a text is not taken apart: it is asked with `starts_with(a, \"x\")`, `ends_with`, `contains`, or in a trigger with `~ re\"...\"`"
        }
        _ => return None,
    })
}

/// The function of this language that does what one of another language does.
fn function_for(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().replace('_', "").as_str() {
        "contains" | "includes" | "has" => "contains",
        "startswith" | "hasprefix" => "starts_with",
        "endswith" | "hassuffix" => "ends_with",
        "len" | "length" | "size" | "count" => "count",
        _ => return None,
    })
}
