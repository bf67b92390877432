//! Arguments: which goes to which parameter, defaults, and what no parameter takes.
//!
//! In: arguments as written, positional ones first. Out: one expression a parameter, in order.
//! Every missing, unknown or doubled one is told; the rest is still checked.

use smol_str::SmolStr;

use super::super::state::Checker;
use super::{Elaborator, Place, Why, broken, value};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Argument};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, ExternId, FunctionId, NameKind, Param, Type};
use crate::value::Value;

/// Whose parameters are filled.
#[derive(Clone, Copy)]
pub enum Owner {
    Extern(ExternId),
    Function(FunctionId),
}

/// What the arguments are for each parameter, and those that no parameter has.
pub struct Placed<'t> {
    pub of_params: Vec<Option<&'t Argument>>,
    /// Named ones without a parameter.
    pub others: Vec<&'t Argument>,
    /// Whether something was said, so that a gap may not be one.
    pub is_broken: bool,
}

impl Elaborator<'_, '_> {
    /// The arguments of a function of the package.
    pub fn function_arguments(
        &mut self,
        id: FunctionId,
        args: &[Argument],
        name_span: Span,
    ) -> Vec<Expr> {
        let placed = self.place(Owner::Function(id), args, name_span);
        let open = self.not_given(Owner::Function(id), &placed);
        self.refuse_others(Owner::Function(id), &placed.others, &open, name_span);
        self.fill(Owner::Function(id), &placed, name_span)
    }

    /// The arguments of an extern; an open one takes equalities on a record's fields as well.
    pub fn extern_arguments(
        &mut self,
        id: ExternId,
        args: &[Argument],
        name_span: Span,
    ) -> (Vec<Expr>, Vec<(SmolStr, Expr)>) {
        let owner = Owner::Extern(id);
        let placed = self.place(owner, args, name_span);
        let is_open = self.checker.package.externs[id.index()].open;
        if !is_open {
            let open = self.not_given(owner, &placed);
            self.refuse_others(owner, &placed.others, &open, name_span);
        }
        let filled = self.fill(owner, &placed, name_span);
        let mut equals = Vec::new();
        if is_open {
            for arg in &placed.others {
                equals.extend(self.equality_argument(&filled, arg));
            }
        }
        self.refuse_empty_keys(id, &filled);
        self.check_free_text(id, &filled);
        (filled, equals)
    }

    /// Distributes the arguments.
    pub fn place<'t>(&mut self, owner: Owner, args: &'t [Argument], name_span: Span) -> Placed<'t> {
        let params = params(self.checker, owner);
        let mut of_params: Vec<Option<&Argument>> = vec![None; params.len()];
        let mut others = Vec::new();
        let mut problems = Vec::new();
        let mut positional = 0;
        let mut named = Vec::new();
        let mut behind = false;
        for arg in args {
            behind |= arg.name.is_some();
            if arg.name.is_none() && behind {
                let open = open_param(args, params, positional);
                problems.push(behind_named(arg, open.map(|at| &params[at])));
                positional += 1;
                if let Some(slot @ None) = open.and_then(|at| of_params.get_mut(at)) {
                    *slot = Some(arg);
                }
                continue;
            }
            let at = match &arg.name {
                Some(name) => params.iter().position(|param| param.name == name.text),
                None => {
                    positional += 1;
                    (positional <= params.len()).then(|| positional - 1)
                }
            };
            if let (Some(at), Some(name)) = (at, &arg.name) {
                named.push((name.span, params[at].span));
            }
            match (at.and_then(|at| of_params.get_mut(at)), &arg.name) {
                (Some(slot @ None), _) => *slot = Some(arg),
                (Some(Some(first)), _) => problems.push(given_twice(params, args, first, arg)),
                (None, Some(_)) => others.push(arg),
                (None, None) => {
                    let callee = self.checker.text(name_span);
                    let message = format!("`{callee}` takes {}", in_words(params.len()));
                    let span = arg.value.span;
                    problems.push(Diagnostic::new(
                        Code::ExtraArgument,
                        message,
                        span,
                        "one too many",
                    ));
                }
            }
        }
        for (name, declared) in named {
            self.checker.refer(name, NameKind::Parameter, declared);
        }
        let is_broken = !problems.is_empty();
        for problem in problems {
            self.say(problem);
        }
        Placed {
            of_params,
            others,
            is_broken,
        }
    }

    /// The parameters that nothing is given for.
    pub fn not_given(&self, owner: Owner, placed: &Placed<'_>) -> Vec<SmolStr> {
        let all = params(self.checker, owner).iter();
        let given = all.zip(&placed.of_params);
        let open = given.filter(|(param, arg)| arg.is_none() && param.default.is_none());
        open.map(|(param, _)| param.name.clone()).collect()
    }

    /// Says that no parameter has these names; `open` are those that nothing is given for.
    pub fn refuse_others(
        &mut self,
        owner: Owner,
        others: &[&Argument],
        open: &[SmolStr],
        name_span: Span,
    ) {
        for arg in others {
            let Some(name) = &arg.name else { continue };
            let callee = self.checker.text(name_span);
            let names: Vec<&str> = params(self.checker, owner)
                .iter()
                .map(|param| param.name.as_str())
                .collect();
            let message = format!("`{callee}` has no parameter `{}`", name.text);
            let found = Diagnostic::new(Code::ExtraArgument, message, name.span, "unknown");
            let found = found.help(match names.is_empty() {
                true => "it takes no arguments".to_owned(),
                false => format!("it takes: {}", names.join(", ")),
            });
            let near = nearest(name.as_str(), names.iter().copied()).map(str::to_owned);
            // Only one is not given: that one is meant.
            let near = near.or_else(|| match open {
                [only] if others.len() == 1 => Some(only.to_string()),
                _ => None,
            });
            self.say(match near {
                Some(near) => found.fix(format!("write `{near}`"), name.span, near),
                None => found,
            });
            // In a test it may be a pattern, which no expression is.
            if self.place != Place::Test {
                self.expr(&arg.value, None);
            }
        }
    }

    /// One expression a parameter.
    pub fn fill(&mut self, owner: Owner, placed: &Placed<'_>, name_span: Span) -> Vec<Expr> {
        let mut filled = Vec::with_capacity(placed.of_params.len());
        let mut missing: Vec<SmolStr> = Vec::new();
        for (index, arg) in placed.of_params.iter().enumerate() {
            filled.push(match arg {
                Some(arg) => self.argument(owner, index, &arg.value),
                None => match self.checker.default_argument(owner, index, name_span) {
                    Some(default) => default,
                    None => {
                        missing.push(params(self.checker, owner)[index].name.clone());
                        broken(name_span)
                    }
                },
            });
        }
        if !missing.is_empty() && !placed.is_broken && placed.others.is_empty() {
            self.say_missing(owner, &missing, name_span);
        }
        filled
    }

    fn say_missing(&mut self, owner: Owner, missing: &[SmolStr], name_span: Span) {
        let callee = self.checker.text(name_span);
        let shown: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        let plural = if missing.len() == 1 {
            "argument"
        } else {
            "arguments"
        };
        let message = format!("`{callee}` needs the {plural} {}", shown.join(", "));
        let found = Diagnostic::new(Code::MissingArgument, message, name_span, "not enough");
        let all: Vec<String> = params(self.checker, owner)
            .iter()
            .map(|param| format!("{}: {}", param.name, self.type_name(&param.ty)))
            .collect();
        self.say(found.help(format!("it takes: ({})", all.join(", "))));
    }

    /// An argument as its parameter wants it.
    pub fn argument(&mut self, owner: Owner, index: usize, arg: &tree::Expr) -> Expr {
        let param = &params(self.checker, owner)[index];
        let (name, ty) = (param.name.clone(), param.ty.clone());
        if ty == Type::PromQuery && self.is_bare_query(arg) {
            self.say_bare_query(arg);
            return broken(arg.span);
        }
        let found = self.expr(arg, Some(&ty));
        if matches!(ty, Type::Parameter(_)) {
            if matches!(found.ty, Type::RecordKind(_) | Type::Error) {
                return found;
            }
            let message = format!("the argument `{name}` takes a record type");
            let problem = Diagnostic::new(Code::TypeMismatch, message, found.span, "not a type");
            self.say(problem.help("name a record of the package: `Deploy`"));
            return broken(found.span);
        }
        let found = self.fit(found, &ty, Why::Argument(&name));
        self.check_amount(owner, index, &found);
        found
    }

    /// A literal amount outside of the range that the extern takes.
    fn check_amount(&mut self, owner: Owner, index: usize, arg: &Expr) {
        let param = &params(self.checker, owner)[index];
        let Some(range) = &param.range else {
            return;
        };
        let Some(known) = self.checker.known(arg) else {
            return;
        };
        if range.contains(&known) {
            return;
        }
        let message = format!("`{known}` is outside of what `{}` takes", param.name);
        let label = range.to_string();
        self.say(Diagnostic::new(
            Code::AmountOutOfRange,
            message,
            arg.span,
            label,
        ));
    }

    /// How much `free_text` leaves is written down, where it can be reviewed.
    fn check_free_text(&mut self, id: ExternId, args: &[Expr]) {
        let row = &self.checker.package.externs[id.index()];
        let Some(most) = args.get(1).filter(|_| row.is_free_text()) else {
            return;
        };
        let literal = self.checker.known(most).is_some();
        let Some(known) = self.checker.evaluate_or_say(most, "`most`") else {
            return;
        };
        // A literal was looked at as every argument is.
        if !literal {
            let most = value(known, Type::Int, most.span);
            self.check_amount(Owner::Extern(id), 1, &most);
        }
    }

    /// `service: service` of an open extern: equality on a field of the record.
    fn equality_argument(&mut self, filled: &[Expr], arg: &Argument) -> Option<(SmolStr, Expr)> {
        let name = arg.name.as_ref()?;
        let Some(Type::RecordKind(record)) = filled.first().map(|arg| arg.ty.clone()) else {
            self.expr(&arg.value, None);
            return None;
        };
        let fields = &self.checker.package.records[record.index()].fields;
        let Some(field) = fields.iter().find(|field| field.name == name.text) else {
            let near = nearest(
                name.as_str(),
                fields.iter().map(|field| field.name.as_str()),
            );
            let near = near.map(str::to_owned);
            let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let all = all.join(", ");
            self.say_unknown_field(&Type::Record(record), name, near, &all);
            self.expr(&arg.value, None);
            return None;
        };
        let (ty, declared) = (field.ty.clone(), field.span);
        self.checker.refer(name.span, NameKind::Field, declared);
        let value = self.expr_of(&arg.value, &ty, Why::Field(name.as_str()));
        Some((name.text.clone(), value))
    }

    /// An empty name never means all: a lookup has to say what it looks for.
    fn refuse_empty_keys(&mut self, id: ExternId, args: &[Expr]) {
        let finds = self.checker.package.targets.iter();
        let is_lookup = finds
            .map(|target| target.lookup)
            .any(|lookup| lookup == Some(id));
        let selects = is_lookup
            || matches!(
                self.checker.package.externs[id.index()].result,
                Type::List(_)
            );
        if !selects {
            return;
        }
        for arg in args {
            if matches!(&arg.kind, ExprKind::Value(Value::Text(text)) if text.trim().is_empty()) {
                let message = "an empty name does not stand for everything";
                let found = Diagnostic::new(Code::EmptyName, message, arg.span, "nothing is named");
                self.say(found.help("name what is to be found"));
            }
        }
    }
}

/// The parameters of a callable.
pub fn params<'c>(checker: &'c Checker<'_>, owner: Owner) -> &'c [Param] {
    match owner {
        Owner::Extern(id) => &checker.package.externs[id.index()].params,
        Owner::Function(id) => &checker.package.functions[id.index()].params,
    }
}

impl Checker<'_> {
    /// The default of a parameter, as an expression of the call that leaves it out.
    pub fn default_argument(&mut self, owner: Owner, index: usize, at: Span) -> Option<Expr> {
        let mut default = params(self, owner)[index].default.clone()?;
        self.transplant(&mut default, at);
        Some(default)
    }

    /// Gives a copied default its place, and the calls in it sites of their own.
    fn transplant(&mut self, expr: &mut Expr, at: Span) {
        expr.span = at;
        match &mut expr.kind {
            ExprKind::Call(call) => {
                call.site = self.new_site();
                call.name_span = at;
                for arg in &mut call.args {
                    self.transplant(arg, at);
                }
            }
            ExprKind::Unary { operand, .. } | ExprKind::Wrap(operand) => {
                self.transplant(operand, at);
            }
            ExprKind::Binary { left, right, .. } => {
                self.transplant(left, at);
                self.transplant(right, at);
            }
            // Whatever else a default is made of holds no call: see `resolve_defaults`.
            _ => {}
        }
    }
}

/// How many arguments, in words.
pub fn in_words(number: usize) -> String {
    match number {
        0 => "no arguments".to_owned(),
        1 => "one argument".to_owned(),
        more => format!("{more} arguments"),
    }
}

/// An argument for a parameter that another one is given for.
fn given_twice(
    params: &[Param],
    args: &[Argument],
    first: &Argument,
    again: &Argument,
) -> Diagnostic {
    let name = again.name.as_ref().map_or("", |name| name.as_str());
    let message = format!("the argument `{name}` is given twice");
    let found = Diagnostic::new(Code::ExtraArgument, message, again.value.span, "again");
    let found = found.and(first.value.span, "given here first");
    let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    let named = args.iter().filter_map(|arg| arg.name.as_ref());
    let named: Vec<&str> = named.map(|name| name.as_str()).collect();
    let open: Vec<&&str> = names.iter().filter(|name| !named.contains(name)).collect();
    let order = names.join(", ");
    let found = found.help(format!("what has no name is taken in order: {order}"));
    match (open.as_slice(), &first.name) {
        // The one that nothing else is given for.
        ([open], None) => {
            let name = format!("{open}: ");
            found.fix(format!("write `{name}`"), first.value.span.at_start(), name)
        }
        _ => found,
    }
}

/// The only parameter that is not given by its name, nor by its place: so many are.
fn open_param(args: &[Argument], params: &[Param], placed: usize) -> Option<usize> {
    let named = |param: &Param| {
        let names = args.iter().filter_map(|arg| arg.name.as_ref());
        names.into_iter().any(|name| name.text == param.name)
    };
    let mut open = (placed..params.len()).filter(|at| !named(&params[*at]));
    let first = open.next()?;
    open.next().is_none().then_some(first)
}

/// `f(to: 3, web)`: an argument without a name behind one with a name.
fn behind_named(arg: &Argument, param: Option<&Param>) -> Diagnostic {
    let span = arg.value.span;
    let message = "an argument without a name stands behind one with a name";
    let found = Diagnostic::new(Code::ExtraArgument, message, span, "which one is it?");
    let found = found.help("arguments stand in their order first, those with a name behind them");
    match param {
        Some(param) => {
            let name = format!("{}: ", param.name);
            found.fix("name it", span.at_start(), name)
        }
        None => found,
    }
}
