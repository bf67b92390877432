//! Constants: worked out once, when first needed; and bounds, which must be constant.
//!
//! In: `const` items, defaults of fields, the expressions of bounds. Out: values. What a
//! computation on constants would do at run time it does here: overflow is an error at its
//! operator.

use std::collections::BTreeMap;

use super::expr::{Elaborator, Place, Why, is_open};
use super::names::FileId;
use super::state::{Checker, Progress};
use super::types::is_broken;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, BinaryOp, Ident, UnaryOp};
use crate::text::Span;
use crate::typed::{ConstId, EnumId, Expr, ExprKind, LocalId, RecordId, Type, Unit};
use crate::value::{self, Duration, Failure, Range, Record, Value, weight};

/// How messages call the values of a test.
pub const A_TEST: &str = "what a test says";

/// How many bytes one constant may come to, and all of a package.
const ONE_CONSTANT: u64 = 2 * 1024 * 1024;
pub const ALL_CONSTANTS: u64 = 16 * 1024 * 1024;

/// Why an expression has no value while checking.
pub enum NoValue {
    /// Something in it is known at run time only.
    NotConstant(Span),
    Fails(Span, Failure),
    /// Something was said about it.
    Broken,
}

impl Checker<'_> {
    /// The type of a constant that is mentioned at `span`.
    pub fn const_type(&mut self, id: ConstId, span: Span) -> Type {
        self.read.insert(id, ());
        self.complete_const(id, Some(span));
        self.package.consts[id.index()].ty.clone()
    }

    /// Works a constant out, if that was not done yet.
    pub fn complete_const(&mut self, id: ConstId, mention: Option<Span>) {
        let pending = &mut self.consts[id.index()];
        let (file, item) = (pending.file, pending.item);
        match pending.progress {
            Progress::Done | Progress::Failed => return,
            Progress::Begun => {
                let message = format!("the constant `{}` depends on itself", item.name.text);
                let span = mention.unwrap_or(item.name.span);
                let found = Diagnostic::new(Code::Circular, message, span, "needs itself");
                self.say(found.and(item.name.span, "declared here"));
                return;
            }
            Progress::Waiting => pending.progress = Progress::Begun,
        }
        let wanted = item.ty.as_ref().map(|ty| self.resolve_type(file, ty, &[]));
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        let mut expr = elaborator.expr(&item.value, wanted.as_ref());
        expr = match &wanted {
            Some(wanted) => elaborator.fit(expr, wanted, Why::Declared),
            None if is_open(&expr.ty) => elaborator.say_open("this", expr.span),
            None => expr,
        };
        self.refuse_secret(&expr.ty, item.value.span, "a constant");
        let known = self.evaluate_or_say(&expr, "the value of a `const`");
        let known = known.filter(|known| self.fits(&item.name, known));
        self.check_all_members(&expr);
        let row = &mut self.package.consts[id.index()];
        row.ty = match (wanted, known.is_some()) {
            (Some(wanted), _) => wanted,
            (None, true) => expr.ty,
            (None, false) => Type::Error,
        };
        let progress = match known {
            Some(known) => {
                row.value = known;
                Progress::Done
            }
            None => Progress::Failed,
        };
        self.consts[id.index()].progress = progress;
    }

    /// Whether a constant is small enough to be gone through wherever it is read; says so if not.
    fn fits(&mut self, name: &Ident, value: &Value) -> bool {
        let most = ONE_CONSTANT.min(self.constants_left);
        let bytes = weight(value, most);
        let fits = bytes < most;
        if !fits {
            let message = match most {
                ONE_CONSTANT => format!(
                    "the constant `{}` is too large: with all that it mentions it comes to more than 2 MiB",
                    name.text
                ),
                _ => format!(
                    "the constant `{}` is too much: with all that they mention, the constants of the package come to more \
                     than 16 MiB",
                    name.text
                ),
            };
            let found = Diagnostic::new(Code::BoundOutOfRange, message, name.span, "too large");
            self.say(found.help(
                "each mention of another constant counts with all that is in it: name what is needed of it where it is \
                 needed, or leave out what nothing reads",
            ));
        }
        self.constants_left -= bytes.min(self.constants_left);
        fits
    }

    /// A constant map over an enum has an entry for each member.
    fn check_all_members(&mut self, expr: &Expr) {
        let (Type::Map(key, _), ExprKind::Map(entries)) = (&expr.ty, &expr.kind) else {
            return;
        };
        let Type::Enum(id) = **key else { return };
        let said: Vec<u16> = entries
            .iter()
            .filter_map(|(key, _)| member_index(key))
            .collect();
        // A key that is there twice was told: it is meant to be the one that is missing.
        let mut told = said.clone();
        told.sort_unstable();
        told.dedup();
        if told.len() < entries.len() {
            return;
        }
        let missing = self.members_without(id, &said);
        if missing.is_empty() {
            return;
        }
        let message = format!("the map has no entry for {}", missing.join(", "));
        let found = Diagnostic::new(Code::NotExhaustive, message, expr.span, "not complete");
        self.say(found.help("a constant map over an enum has an entry for each of its members"));
    }

    /// The members of an enum that are not among these, as they are written.
    pub fn members_without(&self, id: EnumId, said: &[u16]) -> Vec<String> {
        let found = &self.package.enums[id.index()];
        let members = found.members.iter().enumerate();
        members
            .filter(|(index, _)| !said.contains(&(*index as u16)))
            .map(|(_, member)| format!("`{}.{member}`", found.name))
            .collect()
    }

    /// Works the defaults of a record's fields out, if that was not done yet.
    pub fn complete_record(&mut self, id: RecordId) {
        let pending = &mut self.records[id.index()];
        if pending.progress != Progress::Waiting {
            return;
        }
        pending.progress = Progress::Begun;
        let (file, item) = (pending.file, pending.item);
        for (index, field) in item.fields.iter().enumerate() {
            let Some(default) = &field.default else {
                continue;
            };
            let ty = self.package.records[id.index()].fields[index].ty.clone();
            let mut elaborator = Elaborator::new(self, file, Place::Clause);
            let expr = elaborator.expr_of(default, &ty, Why::Default(field.name.as_str()));
            let known = self.evaluate_or_say(&expr, "the default of a field");
            self.package.records[id.index()].fields[index].default = known;
        }
        self.records[id.index()].progress = Progress::Done;
    }

    /// The value of a literal, a constant, or a quotient of these, at once.
    pub fn known(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            // It is kept as it was written: what it is depends on what it meets.
            ExprKind::Binary { left, right, .. } if expr.is_quotient() => {
                let (left, right) = (self.literal(left)?, self.literal(right)?);
                divide(&expr.ty, &left, &right).ok()
            }
            _ => self.literal(expr),
        }
    }

    fn literal(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Value(value) => Some(value.clone()),
            ExprKind::Const(id) => {
                let row = &self.package.consts[id.index()];
                let done = self.consts[id.index()].progress == Progress::Done;
                (done && !is_broken(&row.ty)).then(|| row.value.clone())
            }
            _ => None,
        }
    }

    /// The value of an expression that must be constant; says why it has none.
    pub fn evaluate_or_say(&mut self, expr: &Expr, what: &str) -> Option<Value> {
        let why = match self.evaluate(expr) {
            Ok(value) => return Some(value),
            Err(why) => why,
        };
        self.say_no_value(&why, what);
        None
    }

    fn say_no_value(&mut self, why: &NoValue, what: &str) {
        match why {
            NoValue::Broken => {}
            NoValue::Fails(span, failure) => self.say_failure(failure, *span),
            NoValue::NotConstant(span) => {
                let message = format!("{what} must be constant");
                let found =
                    Diagnostic::new(Code::NotConstant, message, *span, "known at run time only");
                let clock = what == A_TEST && self.text(*span).starts_with("now");
                self.say(match clock {
                    true => found.help(
                        "moments of a test count back from its beginning, `1d ago`, or are dates",
                    ),
                    false => found.help(
                        "only literals, constants, and what operators compute from them; no calls",
                    ),
                });
            }
        }
    }

    /// Says that a computation on constants has no result.
    pub fn say_failure(&mut self, failure: &Failure, span: Span) {
        let message = format!("this can only fail: {failure}");
        self.say(Diagnostic::new(
            Code::ConstantFails,
            message,
            span,
            "fails every time",
        ));
    }

    /// The value of an expression over constants.
    pub fn evaluate(&self, expr: &Expr) -> Result<Value, NoValue> {
        self.evaluate_with(expr, &BTreeMap::new())
    }

    /// The same, where names stand for constants: what was bound to one never changes.
    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub fn evaluate_with(
        &self,
        expr: &Expr,
        locals: &BTreeMap<LocalId, Value>,
    ) -> Result<Value, NoValue> {
        let span = expr.span;
        let fails = |failure| NoValue::Fails(span, failure);
        match &expr.kind {
            ExprKind::Error => Err(NoValue::Broken),
            ExprKind::Value(value) => Ok(value.clone()),
            ExprKind::Const(id) => {
                let row = &self.package.consts[id.index()];
                let broken = self.consts[id.index()].progress != Progress::Done;
                match broken || is_broken(&row.ty) {
                    true => Err(NoValue::Broken),
                    false => Ok(row.value.clone()),
                }
            }
            ExprKind::Wrap(inner) => self.evaluate_with(inner, locals),
            ExprKind::Role(id) => {
                let name = &self.package.roles[id.index()].name;
                Ok(Value::Role(name.as_str().into()))
            }
            ExprKind::List(elements) => {
                let elements = elements
                    .iter()
                    .map(|element| self.evaluate_with(element, locals));
                Ok(Value::list(elements.collect::<Result<_, _>>()?))
            }
            ExprKind::Map(entries) => {
                let entry = |(key, value): &(Expr, Expr)| {
                    Ok::<_, NoValue>((
                        self.evaluate_with(key, locals)?,
                        self.evaluate_with(value, locals)?,
                    ))
                };
                let entries: Vec<_> = entries.iter().map(entry).collect::<Result<_, _>>()?;
                Ok(Value::Map(value::Map::from(entries).into()))
            }
            ExprKind::Record { record, fields } => {
                let field = |field: &Option<Expr>| {
                    field
                        .as_ref()
                        .map(|field| self.evaluate_with(field, locals))
                        .transpose()
                };
                Ok(Value::Record(
                    Record {
                        shape: self.record_shapes[record.index()].clone(),
                        fields: fields.iter().map(field).collect::<Result<_, _>>()?,
                    }
                    .into(),
                ))
            }
            ExprKind::Unary { op, operand } => {
                let op = match op {
                    UnaryOp::Negate => value::UnaryOp::Negate,
                    UnaryOp::Not => value::UnaryOp::Not,
                };
                value::unary(op, &self.evaluate_with(operand, locals)?).map_err(fails)
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (
                    self.evaluate_with(left, locals)?,
                    self.evaluate_with(right, locals)?,
                );
                if expr.is_quotient() {
                    return divide(&expr.ty, &left, &right).map_err(fails);
                }
                binary(*op, left, right).map_err(fails)
            }
            ExprKind::As { operand, unit } => {
                let unit = match unit {
                    Unit::Ratio => value::Unit::Ratio,
                    Unit::Seconds => value::Unit::Seconds,
                    Unit::Bytes => value::Unit::Bytes,
                };
                value::convert(&self.evaluate_with(operand, locals)?, unit).map_err(fails)
            }
            ExprKind::Template { template, holes } => {
                let holes = holes.iter().map(|hole| self.evaluate_with(hole, locals));
                let holes: Vec<Value> = holes.collect::<Result<_, _>>()?;
                value::fill(template, &holes).map_err(fails)
            }
            ExprKind::Local(id) => {
                let known = locals.get(id).cloned();
                known.ok_or(NoValue::NotConstant(span))
            }
            ExprKind::Trigger(_)
            | ExprKind::Field { .. }
            | ExprKind::Index { .. }
            | ExprKind::Call(_)
            | ExprKind::IsSome { .. }
            | ExprKind::IsNone(_)
            | ExprKind::IsEmpty { .. }
            | ExprKind::If { .. }
            | ExprKind::Comprehension(_)
            | ExprKind::Pick { .. }
            | ExprKind::Secret(_)
            | ExprKind::RecordKind(_) => Err(NoValue::NotConstant(span)),
        }
    }

    /// Says that a word is none of those that fit, and which one is near.
    pub fn say_unknown_word(&mut self, what: &str, word: &Ident, all: &[&str]) {
        if word.text.is_empty() {
            return;
        }
        let message = format!("there is no {what} `{}`", word.text);
        let found = Diagnostic::new(Code::UnknownWord, message, word.span, "unknown word");
        let near = crate::diag::near::nearest(word.as_str(), all.iter().copied());
        let near = near.or_else(|| {
            crate::diag::near::elsewhere(word.as_str()).filter(|name| all.contains(name))
        });
        let found = found.help(crate::diag::near::offered(
            near,
            "there are",
            &all.join(", "),
        ));
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), word.span, near),
            None => found,
        });
    }

    /// A constant expression of a clause.
    pub fn constant(
        &mut self,
        file: FileId,
        tree: &tree::Expr,
        ty: &Type,
        words: &str,
    ) -> Option<Value> {
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        elaborator.constant(tree, ty, words)
    }

    /// A constant duration above zero.
    pub fn duration(&mut self, file: FileId, tree: &tree::Expr, words: &str) -> Option<Duration> {
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        elaborator.duration(tree, words)
    }

    /// A constant count of at least one.
    pub fn count(&mut self, file: FileId, tree: &tree::Expr, words: &str) -> Option<u32> {
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        elaborator.count(tree, words)
    }
}

/// The most that a bound may count.
const MOST: i64 = value::LIST_LENGTH as i64;

impl Elaborator<'_, '_> {
    /// A constant; `words` are those before it, for messages.
    pub fn constant(&mut self, tree: &tree::Expr, ty: &Type, words: &str) -> Option<Value> {
        let expr = self.expr_of(tree, ty, Why::Clause(words));
        match self.checker.evaluate(&expr) {
            Ok(value) => Some(value),
            Err(why) => {
                self.checker.say_no_value(&why, &format!("`{words}`"));
                None
            }
        }
    }

    /// A constant duration above zero.
    pub fn duration(&mut self, tree: &tree::Expr, words: &str) -> Option<Duration> {
        let Some(Value::Duration(found)) = self.constant(tree, &Type::Duration, words) else {
            return None;
        };
        if found > Duration::ZERO {
            return Some(found);
        }
        let message = format!("`{words}` needs a time above zero");
        let label = "no time at all";
        let said = Diagnostic::new(Code::BoundOutOfRange, message, tree.span, label);
        let said = said.help("write a duration such as `30s` or `5m`");
        let positive = self
            .checker
            .text(tree.span)
            .strip_prefix('-')
            .map(str::to_owned);
        self.say(match positive {
            Some(right) => said.fix(format!("write `{right}`"), tree.span, right),
            None => said,
        });
        None
    }

    /// A constant count of at least one.
    pub fn count(&mut self, tree: &tree::Expr, words: &str) -> Option<u32> {
        let Some(Value::Int(found)) = self.constant(tree, &Type::Int, words) else {
            return None;
        };
        if (1..=MOST).contains(&found) {
            return u32::try_from(found).ok();
        }
        let message = format!("`{words}` takes a number from 1 to {MOST}");
        let label = format!("this is {found}");
        self.say(
            Diagnostic::new(Code::BoundOutOfRange, message, tree.span, label)
                .help(without_any(words)),
        );
        None
    }
}

/// What is written where a count would be 0.
fn without_any(words: &str) -> &'static str {
    match words {
        "retry" => "what is not tried again has no `retry` on its line",
        "times" => "that something was not done is `expect no k8s.restart`",
        "recurs" | "of" | "on read" => "count from 1",
        "again at most" => "where it is not done again, the line is left out",
        "at least" => "a group has 1 member or more",
        "within" => "give a day or more: `within 2 workdays`",
        _ => "how many at most is 1 or more; where nothing may be done, the line is left out",
    }
}

fn member_index(key: &Expr) -> Option<u16> {
    match &key.kind {
        ExprKind::Value(Value::Enum(member)) => Some(member.index),
        _ => None,
    }
}

/// A quotient as what it is.
fn divide(ty: &Type, left: &Value, right: &Value) -> Result<Value, Failure> {
    match ty {
        Type::Percent => value::share(left, right),
        _ => value::binary(value::BinaryOp::Divide, left, right),
    }
}

fn binary(op: BinaryOp, left: Value, right: Value) -> Result<Value, Failure> {
    if let Some(op) = super::expr::table_op(op) {
        return value::binary(op, &left, &right);
    }
    Ok(match (op, left, right) {
        (BinaryOp::And, Value::Bool(a), Value::Bool(b)) => Value::Bool(a && b),
        (BinaryOp::Or, Value::Bool(a), Value::Bool(b)) => Value::Bool(a || b),
        (op, start, end) => Value::Range(
            Range {
                start,
                end,
                inclusive: op == BinaryOp::RangeInclusive,
            }
            .into(),
        ),
    })
}
