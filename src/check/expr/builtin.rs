//! The functions that work on more than one type: what they take and give.
//!
//! In: their arguments. Out: a typed call. All other functions of the prelude are declared there.

use super::super::types::kind;
use super::operator::are_numbers;
use super::{Elaborator, Why, broken};
use crate::diag::{Code, Diagnostic};
use crate::library::Generic;
use crate::syntax::tree::Argument;
use crate::text::Span;
use crate::typed::{Callee, Expr, Type};
use crate::value::{self, Kind, Value};

/// Whether a function of the language has that name.
pub fn is_function(name: &str) -> bool {
    Generic::from_name(name).is_some()
}

impl Elaborator<'_, '_> {
    /// A call of one of them.
    pub fn builtin(
        &mut self,
        builtin: Generic,
        args: &[Argument],
        name_span: Span,
        span: Span,
    ) -> Expr {
        let arity = builtin.arity();
        let named = args.iter().find_map(|arg| arg.name.as_ref());
        if args.len() != arity || named.is_some() {
            let code = match args.len() < arity {
                true => Code::MissingArgument,
                false => Code::ExtraArgument,
            };
            let (name, form) = (self.checker.text(name_span), builtin.form());
            let message = format!("`{name}` takes its arguments like this: `{form}`");
            let at = named.map_or(name_span, |name| name.span);
            let found = Diagnostic::new(code, message, at, "not like this");
            let found = found.help(format!("write `{form}`"));
            self.say(self.without_brackets(found, args, arity));
            self.arguments_alone(args);
            return broken(span);
        }
        let typed = match builtin {
            Generic::Min | Generic::Max | Generic::Clamp => self.ordered(args),
            Generic::First => self.first(args),
            Generic::Count => self.counted(args),
            Generic::Sum => self.summed(args),
            Generic::Contains => self.contained(args),
            Generic::Abs => self.magnitude(args),
            Generic::Round | Generic::Floor | Generic::Ceil => self.whole(args),
        };
        match typed {
            Some((args, ty)) => {
                self.check_bounds(builtin, &args);
                let callee = Callee::Builtin(builtin);
                self.finished_call(callee, args, Vec::new(), ty, name_span, span)
            }
            None => broken(span),
        }
    }

    /// `min([a, b])`: what it takes, in brackets.
    fn without_brackets(&self, found: Diagnostic, args: &[Argument], arity: usize) -> Diagnostic {
        let [only] = args else {
            return found;
        };
        let span = only.value.span;
        match &only.value.kind {
            crate::syntax::tree::ExprKind::List(elements) if elements.len() == arity => {
                let title = "remove the brackets";
                let open = Span {
                    end: span.start + 1,
                    ..span
                };
                let close = Span {
                    start: span.end - 1,
                    ..span
                };
                found.fix(title, open, "").fix(title, close, "")
            }
            _ => found,
        }
    }

    /// All of one ordered type; numerals take that of the others, an Int meets a Float, and a
    /// quotient a Percent.
    fn ordered(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let mut found: Vec<Expr> = Vec::with_capacity(args.len());
        // The first argument with a type of its own decides what a numeral is.
        let is_plain =
            |arg: &&Argument| !matches!(arg.value.kind, crate::syntax::tree::ExprKind::Number);
        let leading = args.iter().position(|arg| is_plain(&arg)).unwrap_or(0);
        let lead = self.expr(&args.get(leading)?.value, None);
        let ty = lead.ty.clone();
        for (index, arg) in args.iter().enumerate() {
            if index != leading {
                found.push(self.expr(&arg.value, Some(&ty)));
            }
        }
        found.insert(leading, lead);
        let (found, ty) = self.meet(found, ty);
        if found.iter().any(|arg| arg.ty == Type::Error) {
            return None;
        }
        let ordered = kind(&ty).filter(|kind| {
            value::result_kind(value::BinaryOp::Less, *kind, *kind) == Some(Kind::Bool)
        });
        if ordered.is_none() {
            let first = found.first()?;
            self.say_type(
                "these have no order",
                first,
                "a number, a Percent, a Duration, a Size or a Time",
            );
            return None;
        }
        Some((found, ty))
    }

    /// The arguments as of one type, which is that of the leading one unless they agree on another.
    fn meet(&mut self, args: Vec<Expr>, leading: Type) -> (Vec<Expr>, Type) {
        let is = |ty: Type| args.iter().any(|arg| arg.ty == ty);
        if args.iter().all(|arg| are_numbers(&arg.ty, &arg.ty)) {
            let ty = if is(Type::Float) {
                Type::Float
            } else {
                Type::Int
            };
            return (args, ty);
        }
        let ty = match leading {
            Type::Float if is(Type::Percent) && args.iter().any(Expr::is_quotient) => Type::Percent,
            leading => leading,
        };
        let fitted = args.into_iter().map(|arg| match ty {
            Type::Percent if arg.ty == Type::Float && arg.is_quotient() => self.share(arg),
            _ => self.fit(arg, &ty, Why::Element),
        });
        (fitted.collect(), ty.clone())
    }

    /// `abs(x)`: of the same type.
    fn magnitude(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let number = self.expr(&args.first()?.value, None);
        let ty = number.ty.clone();
        match ty {
            Type::Error => None,
            Type::Int | Type::Float | Type::Percent | Type::Duration | Type::Size => {
                Some((vec![number], ty))
            }
            _ => {
                self.say_type(
                    "this has no sign",
                    &number,
                    "a number, a Percent, a Duration or a Size",
                );
                None
            }
        }
    }

    /// `round(x)`, `floor(x)`, `ceil(x)`: an Int.
    fn whole(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let number = self.expr(&args.first()?.value, None);
        match number.ty {
            Type::Error => None,
            Type::Int | Type::Float => Some((vec![number], Type::Int)),
            _ => {
                self.say_type("this is not a plain number", &number, "a `Float`");
                None
            }
        }
    }

    fn first(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let list = self.list_argument(args)?;
        let number = self.expr_of(&args.get(1)?.value, &Type::Int, Why::Argument("n"));
        let ty = list.ty.clone();
        Some((vec![list, number], ty))
    }

    /// Constant bounds that could only fail.
    fn check_bounds(&mut self, builtin: Generic, args: &[Expr]) {
        match (builtin, args) {
            (Generic::First, [_, number]) => {
                let Ok(Value::Int(n)) = self.constant_of(number) else {
                    return;
                };
                if n < 0 {
                    let message = format!("`first` takes none or more, and this is {n}");
                    let found =
                        Diagnostic::new(Code::BoundsWrong, message, number.span, "fewer than none");
                    self.say(found.help("the first ones of a list: `first(xs, 3)`"));
                }
            }
            (Generic::Clamp, [_, low, high]) => {
                let (Ok(least), Ok(most)) = (self.constant_of(low), self.constant_of(high)) else {
                    return;
                };
                // Both are of the type that the call is about.
                if least > most {
                    let message = format!("nothing lies between {least} and {most}");
                    let span = low.span.to(high.span);
                    let found =
                        Diagnostic::new(Code::BoundsWrong, message, span, "the wrong way round");
                    let swapped = format!(
                        "{}, {}",
                        self.checker.text(high.span),
                        self.checker.text(low.span)
                    );
                    self.say(
                        found
                            .help("the low bound comes first: `clamp(x, low, high)`")
                            .fix("swap them", span, swapped),
                    );
                }
            }
            _ => {}
        }
    }

    fn counted(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let list = self.list_argument(args)?;
        Some((vec![list], Type::Int))
    }

    fn summed(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let list = self.list_argument(args)?;
        let element = match &list.ty {
            Type::List(element) => (**element).clone(),
            _ => Type::Int,
        };
        if !can_add(&element) {
            self.say_type(
                "these do not add up",
                &list,
                "a list of numbers, durations or sizes",
            );
            return None;
        }
        Some((vec![list], element))
    }

    fn contained(&mut self, args: &[Argument]) -> Option<(Vec<Expr>, Type)> {
        let whole = self.expr(&args.first()?.value, None);
        let part = &args.get(1)?.value;
        let part = match &whole.ty {
            Type::Error => {
                self.expr(part, None);
                return None;
            }
            Type::Text => self.expr_of(part, &Type::Text, Why::Argument("part")),
            Type::List(element) => {
                let element = (**element).clone();
                self.expr_of(part, &element, Why::Element)
            }
            _ => {
                self.say_type("nothing is contained in it", &whole, "a list or a String");
                return None;
            }
        };
        Some((vec![whole, part], Type::Bool))
    }

    fn list_argument(&mut self, args: &[Argument]) -> Option<Expr> {
        let list = self.expr(&args.first()?.value, None);
        match list.ty {
            Type::List(_) | Type::EmptyList => Some(list),
            Type::Error => None,
            _ => {
                self.say_type("this is not a list", &list, "a list");
                None
            }
        }
    }

    fn say_type(&mut self, what: &str, found: &Expr, takes: &str) {
        let shown = self.type_name(&found.ty);
        let message = format!("{what}: `{shown}`");
        let label = format!("takes {takes}");
        self.say(Diagnostic::new(
            Code::TypeMismatch,
            message,
            found.span,
            label,
        ));
    }
}

/// Whether values of the type add up to one of the same type.
pub fn can_add(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Error | Type::Int | Type::Float | Type::Percent | Type::Duration | Type::Size
    )
}
