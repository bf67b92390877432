//! Names that stand for a value, and what to say about those that do not.
//!
//! In: a bare name. Out: what it stands for: a local, a name of the trigger, a constant, a role,
//! a secret. Types and functions are no values; each mix-up has its own answer.

use smol_str::SmolStr;

use super::super::types::symbol_kind;
use super::{Elaborator, Place, broken, typed};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::Ident;
use crate::text::Span;
use crate::typed::{EnumId, Expr, ExprKind, Symbol, Type};

impl Elaborator<'_, '_> {
    /// What the name stands for.
    pub fn name(&mut self, name: &SmolStr, span: Span, hint: Option<&Type>) -> Expr {
        if name.is_empty() {
            return broken(span);
        }
        if let Some((value, row)) = self.of_row(name, span) {
            let found = self.expr(value, hint);
            self.checker.row = row;
            return found;
        }
        if let Some(found) = self.value_name(name, span) {
            return found;
        }
        if let Some(member) = self.checker.unqualified(self.file, name) {
            self.checker.refer_member(span, member);
            return self.member_value(member.symbol, name, span, hint);
        }
        self.say_unknown(name, span, hint);
        broken(span)
    }

    /// A name that is bound to a value.
    pub fn value_name(&mut self, name: &str, span: Span) -> Option<Expr> {
        if let Some((local, ty)) = self.local(name) {
            self.refer_local(span, local);
            return Some(typed(ExprKind::Local(local), ty, span));
        }
        if let (Some(of), Some(id)) = (self.runbook, self.binding(name)) {
            let runbook = &self.checker.package.runbooks[of.index()];
            let ty = runbook.bindings[id.index()].ty.clone();
            self.checker.refer_binding(span, of, id);
            return Some(typed(ExprKind::Trigger(id), ty, span));
        }
        let member = self.checker.unqualified(self.file, name)?;
        match member.symbol {
            Symbol::Const(id) => {
                self.checker.refer_member(span, member);
                let ty = self.checker.const_type(id, span);
                Some(typed(ExprKind::Const(id), ty, span))
            }
            Symbol::Role(id) => {
                self.checker.refer_member(span, member);
                Some(typed(ExprKind::Role(id), Type::Role, span))
            }
            Symbol::Secret(id) => {
                self.checker.refer_member(span, member);
                Some(typed(ExprKind::Secret(id), Type::Secret, span))
            }
            Symbol::Enum(_)
            | Symbol::Record(_)
            | Symbol::Target(_)
            | Symbol::Extern(_)
            | Symbol::Function(_)
            | Symbol::Product(_)
            | Symbol::Window(_)
            | Symbol::Runbook(_) => None,
        }
    }

    /// A member of a namespace where a value is wanted.
    pub fn member_value(
        &mut self,
        symbol: Symbol,
        name: &str,
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        let help = match symbol {
            Symbol::Record(id) if matches!(hint, Some(Type::Parameter(_))) => {
                return typed(ExprKind::RecordKind(id), Type::RecordKind(id), span);
            }
            Symbol::Const(_) | Symbol::Role(_) | Symbol::Secret(_) => {
                return self.value_name(name, span).unwrap_or(broken(span));
            }
            Symbol::Enum(id) => {
                let members = &self.checker.package.enums[id.index()].members;
                let first = members.first().map_or("member", SmolStr::as_str);
                format!("name one of its members: `{name}.{first}`")
            }
            Symbol::Record(_) => format!("build one with its fields: `{name}(...)`"),
            Symbol::Target(_) => "a target is found by its lookup".to_owned(),
            Symbol::Extern(_) | Symbol::Function(_) => format!("call it: `{name}(...)`"),
            Symbol::Window(_) | Symbol::Product(_) | Symbol::Runbook(_) => {
                "it has no value".to_owned()
            }
        };
        let message = format!("`{name}` is {}, not a value", symbol_kind(symbol));
        let found = Diagnostic::new(
            Code::WrongKindOfName,
            message,
            span,
            "a value is needed here",
        );
        if hint == Some(&Type::Text) {
            let text = format!("\"{name}\"");
            let found = found.help("a text stands in quotes");
            self.say(found.fix(format!("write `{text}`"), span, text));
            return broken(span);
        }
        let found = found.help(help);
        self.say(match name {
            "now" => found.fix("write `now()`", span.at_end(), "()"),
            _ => found,
        });
        broken(span)
    }

    fn say_unknown(&mut self, name: &str, span: Span, hint: Option<&Type>) {
        if self.say_watch_uncalled(name, span)
            || self.say_partly_bound(name, span)
            || self.say_unqualified_member(name, span, hint)
        {
            return;
        }
        let ident = Ident {
            text: name.into(),
            span,
        };
        if self.checker.imported(self.file, name, span).is_some() {
            let message = format!("`{name}` is a module, not a value");
            let found = Diagnostic::new(Code::WrongKindOfName, message, span, "a module");
            self.say(found.help(format!("name one of its members: `{name}.…`")));
            return;
        }
        if name == "any" {
            return self.say_any(span);
        }
        let message = format!("there is no `{name}` here");
        let found = Diagnostic::new(Code::UnknownName, message, ident.span, "unknown name");
        let near = self.near_value(name);
        // Its capital was told where it is declared, with an edit that makes this name right.
        if near.as_deref().is_some_and(|near| {
            near.starts_with(|first: char| first.is_ascii_uppercase())
                && near != name
                && near.eq_ignore_ascii_case(name)
        }) {
            return;
        }
        let found = match near {
            Some(near) => {
                found
                    .help(format!("there is `{near}`"))
                    .fix(format!("write `{near}`"), span, near)
            }
            None if self.called_elsewhere(&found, name, span).is_some() => {
                self.called_elsewhere(&found, name, span).unwrap_or(found)
            }
            None if self.known_behind(span).is_some() => {
                let known = self.known_behind(span).unwrap_or_default();
                let found = found.help(format!("it is called by its name alone: `{known}`"));
                let whole = Span::new(span.source, span.start as usize, span.end as usize + 1);
                found.fix(format!("remove `{name}.`"), whole, "")
            }
            None => self.meant_elsewhere(found, name, span, hint),
        };
        self.say(found);
    }

    /// What a name that is not there means in other languages.
    fn meant_elsewhere(
        &mut self,
        found: Diagnostic,
        name: &str,
        span: Span,
        hint: Option<&Type>,
    ) -> Diagnostic {
        match name {
            "True" | "TRUE" | "False" | "FALSE" => {
                let better = name.to_lowercase();
                let found = found.help(format!("it is written `{better}`"));
                found
                    .fix(format!("write `{better}`"), span, better)
                    .safe()
            }
            "yes" | "Yes" | "YES" | "on" | "no" | "No" | "NO" | "off"
                if hint.is_none_or(|hint| *hint == Type::Bool) =>
            {
                let better = match matches!(name, "yes" | "Yes" | "YES" | "on") {
                    true => "true",
                    false => "false",
                };
                let found = found.help(format!("it is written `{better}`"));
                found.fix(format!("write `{better}`"), span, better)
            }
            "default" | "otherwise" | "_default" => found
                .help("in a `match` the rest is `_`")
                .fix("write `_`", span, "_"),
            "self" | "this" => {
                found.help("a value is called by its name alone: nothing belongs to another value")
            }
            "var" | "vars" | "env" | "params" => found.help(
                "a value for the whole package is a `const` and is called by its name alone",
            ),
            "time" | "datetime" | "timedelta" | "duration" => {
                found.help("how long something takes is a number with its unit: `5m`, `1h30m`")
            }
            _ if number_word(name).is_some() => {
                let digits = number_word(name).unwrap_or_default();
                let found = found.help("a number is written in digits");
                found.fix(format!("write `{digits}`"), span, digits)
            }
            "day" | "hour" | "minute" | "week" | "second" => {
                let unit = format!("1{}", &name[..1]);
                let found = found.help("how long something takes is a number with its unit");
                // A hole holds a name.
                let source = &self.checker.sources.source(span.source).text;
                let before = source.get(..span.start as usize).unwrap_or_default();
                match before.ends_with("${") {
                    true => found,
                    false => found.fix(format!("write `{unit}`"), span, unit),
                }
            }
            "null" | "nil" | "undefined" | "None" | "NULL" => {
                self.nothing(found, span, hint)
            }
            "labels" | "label" | "alert" | "annotations" | "event" => found.help(
                "a label gets a name by `with LABEL` in the trigger; the whole alert or event by `as a` behind it",
            ),
            _ if hint == Some(&Type::Text) => {
                let text = format!("\"{name}\"");
                let found = found.help("a text stands in quotes");
                found.fix(format!("write `{text}`"), span, text)
            }
            _ => match self.bound_out_of_sight(name) {
                true => found.help(format!(
                    "a `let` is known in its own block alone: look it up here, too, or give it to the finding, `found stuck({name})`"
                )),
                false => self.with_what_is_known(found),
            },
        }
    }

    /// Whether a `let` somewhere else in this runbook has this name.
    fn bound_out_of_sight(&mut self, name: &str) -> bool {
        let Some(runbook) = self.runbook else {
            return false;
        };
        self.checker.lets_of(runbook).contains(name)
    }

    /// The same with the names that a runbook may use here.
    fn with_what_is_known(&self, found: Diagnostic) -> Diagnostic {
        let Some(runbook) = self.runbook else {
            return found;
        };
        let bindings = &self.checker.package.runbooks[runbook.index()].bindings;
        let bound = bindings.iter().map(|binding| binding.name.as_str());
        let names: Vec<String> = self
            .visible_names()
            .chain(bound)
            .take(8)
            .map(|name| format!("`{name}`"))
            .collect();
        match names.is_empty() {
            true => found,
            false => found.help(format!(
                "known here: {}; a label of the alert gets its name by `with` in the trigger",
                names.join(", ")
            )),
        }
    }

    /// `math.min(a, b)`, `${var.pod}`, `data.k8s.pods(...)`: what is known here, as a member of what is not.
    fn known_behind(&self, span: Span) -> Option<String> {
        let source = &self.checker.sources.source(span.source).text;
        let behind = source.get(span.end as usize..)?.strip_prefix('.')?;
        let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let end = behind.find(|other| !letter(other)).unwrap_or(behind.len());
        let (member, rest) = behind.split_at(end);
        let called = rest.starts_with('(');
        let imports = &self.checker.file(self.file).imports;
        let module = rest.starts_with('.') && imports.iter().any(|import| import.name == member);
        let value = !called && self.is_value(member);
        let function = called && (member == "now" || super::is_function(member));
        let shown = if function {
            format!("{member}(...)")
        } else {
            member.to_owned()
        };
        (module || value || function).then_some(shown)
    }

    /// `null`: nothing, or no answer where a test says what is answered.
    fn nothing(&self, found: Diagnostic, span: Span, hint: Option<&Type>) -> Diagnostic {
        let found = found.help(
            "nothing there is `none`; in a test `no_data` stands for no answer, `fails` for a failed one",
        );
        let source = &self.checker.sources.source(span.source).text;
        let before = source.get(..span.start as usize).unwrap_or_default();
        let arrow = before.trim_end().strip_suffix("->");
        let asked = before.trim_end();
        if let Some(asked) = asked.strip_suffix("==") {
            let whole = Span::new(span.source, asked.len(), span.end as usize);
            let found = found.help("whether there is nothing is asked with `is none`");
            return found.fix("write `is none`", whole, "is none");
        }
        if asked.ends_with("!=") {
            return found.help("whether there is something is asked with `is some x`, and `x` is then what is there");
        }
        match (arrow, hint) {
            (_, Some(Type::Optional(_))) => found.fix("write `none`", span, "none"),
            (Some(answered), _) if self.place == Place::Test => {
                let whole = Span::new(span.source, answered.len(), span.end as usize);
                found.fix("write `no_data`", whole, "no_data")
            }
            _ => found.fix("write `none`", span, "none"),
        }
    }

    fn say_any(&mut self, span: Span) {
        let message = "`any` has a meaning in tests only";
        let found = Diagnostic::new(Code::OnlyInTests, message, span, "outside of a pattern");
        self.say(found.help("it matches every value of an argument in `given` and `expect` lines"));
    }

    /// `lag` where `lag()` is meant.
    fn say_watch_uncalled(&mut self, name: &str, span: Span) -> bool {
        let watch = self.runbook.and_then(|runbook| {
            let draft = self.checker.draft(runbook);
            draft.watch(name)
        });
        let builtin = super::is_function(name);
        if watch.is_none() && !builtin {
            return false;
        }
        let what = if builtin { "a function" } else { "a watch" };
        let message = format!("`{name}` is {what}, not a value");
        let found = Diagnostic::new(Code::WrongKindOfName, message, span, "not called");
        let plain = watch.is_some() || name == "now";
        let call = if plain { "()" } else { "(...)" };
        let found = found.help(format!("call it: `{name}{call}`"));
        self.say(match watch {
            None if plain => found.fix(format!("write `{name}()`"), span.at_end(), "()"),
            Some(_) => found.fix(format!("write `{name}()`"), span.at_end(), "()"),
            None => found,
        });
        true
    }

    /// A name that some triggers bind, but not all.
    fn say_partly_bound(&mut self, name: &str, span: Span) -> bool {
        let Some(runbook) = self.runbook else {
            return false;
        };
        let bindings = &self.checker.package.runbooks[runbook.index()].bindings;
        let Some(binding) = bindings.iter().find(|binding| binding.name == name) else {
            return false;
        };
        let message = format!("`{name}` is not bound by every trigger of this runbook");
        let found = Diagnostic::new(Code::UnknownName, message, span, "not always there");
        let found = found.and(binding.span, "bound here, by one of several triggers");
        self.say(found.help("bind it in each trigger, or take it out of here"));
        true
    }

    /// `eu` where `Region.eu` is meant.
    fn say_unqualified_member(&mut self, name: &str, span: Span, hint: Option<&Type>) -> bool {
        let wanted = match hint {
            Some(Type::Enum(id)) => Some(*id),
            Some(Type::Optional(inner)) => match **inner {
                Type::Enum(id) => Some(id),
                _ => None,
            },
            _ => None,
        };
        let has = |id: &EnumId| {
            let members = &self.checker.package.enums[id.index()].members;
            members.iter().any(|member| member == name)
        };
        let Some(id) = wanted
            .filter(has)
            .or_else(|| self.visible_enums().find(has))
        else {
            return false;
        };
        let path = format!(
            "{}.{name}",
            self.checker.package.enums[id.index()].name.written()
        );
        let message = format!("the enum member `{name}` is written with its enum");
        let found = Diagnostic::new(Code::UnqualifiedMember, message, span, "without its enum");
        self.say(
            found
                .help(format!("write `{path}`"))
                .fix(format!("write `{path}`"), span, path),
        );
        true
    }

    /// The enums that the file can name.
    fn visible_enums(&self) -> impl Iterator<Item = EnumId> {
        let scope = self.checker.file(self.file);
        let modules = std::iter::once(scope.module);
        let modules = modules.chain(scope.imports.iter().map(|import| import.module));
        let lent = scope.items.iter().map(|lent| lent.member.symbol);
        let names = &self.checker.names;
        modules
            .flat_map(|module| names.members(module).map(move |name| (module, name)))
            .filter_map(|(module, name)| Some(names.member(module, name)?.symbol))
            .chain(lent)
            .filter_map(|symbol| match symbol {
                Symbol::Enum(id) => Some(id),
                _ => None,
            })
    }

    /// The nearest name that is a value here.
    fn near_value(&self, name: &str) -> Option<String> {
        let bound = self.runbook.into_iter().flat_map(|runbook| {
            let bindings = &self.checker.package.runbooks[runbook.index()].bindings;
            bindings.iter().map(|binding| binding.name.as_str())
        });
        let values = self.checker.bare_names(self.file).filter(|name| {
            let symbol = self.checker.named_in(self.file, name);
            symbol.is_some_and(|member| {
                matches!(
                    member.symbol,
                    Symbol::Const(_) | Symbol::Role(_) | Symbol::Secret(_)
                )
            })
        });
        let values = values.map(SmolStr::as_str);
        let imports = self.checker.file(self.file).imports.iter();
        let imports = imports.map(|import| import.name.as_str());
        let all = self.visible_names().chain(bound).chain(values);
        let all = all.chain(self.checker.row_names());
        nearest(name, all.chain(imports)).map(str::to_owned)
    }
}

/// A number that is written as a word.
fn number_word(name: &str) -> Option<&'static str> {
    Some(match name {
        "zero" => "0",
        "one" | "single" => "1",
        "two" => "2",
        "three" => "3",
        "four" => "4",
        "five" => "5",
        "six" => "6",
        "seven" => "7",
        "eight" => "8",
        "nine" => "9",
        "ten" => "10",
        _ => return None,
    })
}
