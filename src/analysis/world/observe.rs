//! What an observation is worth, and what the library says of its range.

use crate::literal::{self, Fallback, Within};
use crate::typed::{CallExpr, Expr, ExprKind, ExternId, ExternKind, Field, Type};
use crate::value::Value;

use super::eval::{Asks, Eval};
use super::number::Interval;
use super::term::{Facts, Id, Leaf, Node, Operation, Shape};

/// The clock of whoever asks is beyond the end of 2023.
const CLOCK: Interval = Interval {
    low: 1_704_000_000_000.0,
    high: f64::INFINITY,
};

pub fn shape(ty: &Type) -> Shape {
    match ty {
        Type::List(_) | Type::Map(..) | Type::EmptyList => Shape::List,
        Type::Optional(_) | Type::NoneLiteral => Shape::Optional,
        Type::Record(_) => Shape::Record,
        Type::Target(_) => Shape::Target,
        Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Text
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
        | Type::Range(_)
        | Type::Enum(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => Shape::Plain,
    }
}

/// The type of an element, or of what an optional holds.
pub fn inner(ty: &Type) -> &Type {
    match ty {
        Type::List(inner) | Type::Optional(inner) => inner,
        other => other,
    }
}

/// What an answer of this type is worth: numbers are measured, words are told.
fn answered(asks: Asks, ty: &Type) -> Facts {
    let words = match inner(inner(ty)) {
        Type::Text | Type::Json | Type::Url | Type::Parameter(_) => asks == Asks::Incident,
        _ => false,
    };
    let list = matches!(ty, Type::List(_) | Type::Map(..));
    let handle = matches!(ty, Type::Target(_));
    Facts {
        // How many there are was observed, even where each of them is a word.
        world: !handle && (!words || list),
        told: words && !list,
        worded: asks == Asks::Incident && has_words(ty),
        whole: matches!(ty, Type::Int),
        shape: shape(ty),
        ..Facts::default()
    }
}

fn is_words(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::Json | Type::Url | Type::Parameter(_))
}

/// Whether what a list or a map has in it is words.
fn has_words(ty: &Type) -> bool {
    match ty {
        Type::Optional(inner) => has_words(inner),
        Type::List(element) => is_words(inner(element)) || has_words(element),
        Type::Map(key, value) => is_words(key) || is_words(inner(value)) || has_words(value),
        _ => false,
    }
}

/// What lies inside a value of which this is known: an element, a field, what an optional holds.
pub fn inside(asks: Asks, outer: Facts, ty: &Type) -> Facts {
    let own = Facts {
        told: outer.told,
        whole: matches!(ty, Type::Int),
        shape: shape(ty),
        ..Facts::default()
    };
    match outer.world {
        true => answered(asks, ty),
        false => own,
    }
}

pub fn field(eval: &mut Eval, id: Id, base: &Expr, field: u16, ty: &Type) -> Id {
    let outer = eval.terms.facts(id);
    let node = Node::Field { base: id, field };
    let facts = match &base.ty {
        Type::Target(_) if field == 0 => key(eval, id, ty),
        Type::Target(target) => {
            let declared = &eval.package.targets[target.index()].fields;
            let mut facts = answered(eval.asks, ty);
            facts.within = within(declared.get(usize::from(field)));
            // The library tells of no moment to come: when something began, or was changed last.
            facts.past = matches!(inner(ty), Type::Time);
            facts
        }
        _ => match eval.terms.table.node(id) {
            Node::Record { .. } | Node::Const(_) | Node::Choose { .. } | Node::OrNoData { .. } => {
                return eval.terms.make(node);
            }
            _ => {
                let mut facts = inside(eval.asks, outer, ty);
                if let Type::Record(record) = &base.ty {
                    let declared = &eval.package.records[record.index()].fields;
                    facts.within = within(declared.get(usize::from(field)));
                }
                facts
            }
        },
    };
    eval.terms.table.put(node, facts)
}

/// What the library says is ever seen in a field.
fn within(field: Option<&Field>) -> Interval {
    let range = field.and_then(|field| field.range.as_ref());
    range.map_or(Interval::default(), Interval::of)
}

/// The key of a handle is no observation; which elements a list has is one.
fn key(eval: &mut Eval, id: Id, ty: &Type) -> Facts {
    let listed = match *eval.terms.table.node(id) {
        Node::Element { list, .. } => eval.terms.facts(list).world,
        _ => false,
    };
    Facts {
        world: listed || eval.asks == Asks::Line,
        whole: matches!(ty, Type::Int),
        ..Facts::default()
    }
}

/// A call of the library.
pub fn call(eval: &mut Eval, id: ExternId, args: Vec<Id>, call: &CallExpr, ty: &Type) -> Id {
    let called = &eval.package.externs[id.index()];
    if called.name.name == "now" && called.name.module.as_deref() == Some("prelude") {
        let facts = Facts {
            world: eval.asks == Asks::Line,
            within: CLOCK,
            ..Facts::default()
        };
        return eval.terms.table.put(Node::Leaf(Leaf::Now), facts);
    }
    match called.kind {
        ExternKind::Fn => return function(eval, id, args),
        ExternKind::Probe | ExternKind::Action(_) => {}
    }
    let place = call
        .args
        .iter()
        .position(|arg| matches!(arg.ty, Type::PromQuery));
    if let Some(at) = place
        && let Some(chosen) = eval.each_query(&args, at, &mut |eval, args| {
            self::call(eval, id, args, call, ty)
        })
    {
        return chosen;
    }
    let query = place.and_then(|at| asked(eval, *args.get(at)?));
    // What is only spelled otherwise is the same query.
    let mut args = args;
    if let (Some(query), Some(arg)) = (&query, place.and_then(|at| args.get_mut(at))) {
        *arg = *eval.spelled.entry(query.form).or_insert(*arg);
    }
    let mut facts = answered(eval.asks, &called.result);
    facts.shape = shape(ty);
    if eval.asks == Asks::Incident && called.is_sent() {
        facts.told = true;
        facts.world = false;
    }
    if let (Some(range), Shape::Plain) = (&called.range, facts.shape) {
        facts.within = Interval::of(range);
    }
    if let Some(query) = &query
        && matches!(inner(&called.result), Type::Float)
    {
        answer_within(eval, query, &mut facts);
    }
    // A query that is not known may be one that asks for nothing.
    let asks_nothing = match &query {
        Some(query) => !query.series || eval.asks == Asks::Look && query.past,
        None => place
            .and_then(|at| args.get(at))
            .is_some_and(|query| !is_written(eval, *query)),
    };
    if asks_nothing && eval.asks != Asks::Line {
        facts.world = false;
    }
    if eval.asks == Asks::Look && is_dated(eval, id, &args) {
        facts.world = false;
    }
    let node = Node::Observe { probe: id.0, args };
    let value = eval.terms.table.put(node, facts);
    match query.and_then(|query| query.fallback) {
        Some(fallback) => {
            let fallback = match (fallback, facts.shape) {
                // It answers so at each point.
                (Fallback::Number(number), Shape::List) => {
                    let points = Value::list(vec![Value::Float(number)]);
                    eval.terms.table.constant(points)
                }
                (Fallback::Number(number), _) => eval.terms.table.constant(Value::Float(number)),
                (Fallback::Some, _) => {
                    let clock = Node::Leaf(Leaf::ByClock);
                    eval.terms.table.put(clock, Facts::default())
                }
            };
            eval.terms.make(Node::OrNoData { value, fallback })
        }
        None => value,
    }
}

/// Narrows what is known of an answer to the numbers that its query may answer.
fn answer_within(eval: &mut Eval, query: &literal::Asked, facts: &mut Facts) {
    // Whether there is something at all is for the world to decide, and then its number is one.
    if query.present && eval.asks == Asks::Incident {
        return;
    }
    eval.narrower |= query.answers != query.within;
    let Within { low, high } = match eval.answered {
        true => query.answers,
        false => query.within,
    };
    facts.within = match low <= high {
        true => facts.within.intersection(Interval { low, high }),
        // It never answers: no number is on either side of another.
        false => Interval { low, high },
    };
}

/// A function of the library, which observes nothing.
fn function(eval: &mut Eval, id: ExternId, args: Vec<Id>) -> Id {
    let called = &eval.package.externs[id.index()];
    let what = match (called.name.name.as_str(), args.as_slice()) {
        ("abs", _) => Operation::Abs,
        ("div", _) => Operation::Quotient,
        ("rem", _) => Operation::Remainder,
        // Whatever the text is, it begins and ends with nothing, and with itself.
        ("starts_with" | "ends_with", [text, part]) if text == part || is_no_text(eval, *part) => {
            return eval.terms.table.truth(true);
        }
        _ => Operation::Function(id.0),
    };
    eval.terms.make(Node::Apply { what, args })
}

/// Whether it is the text without a letter.
pub fn is_no_text(eval: &Eval, id: Id) -> bool {
    matches!(eval.terms.table.value(id), Some(Value::Text(text)) if text.is_empty())
}

/// Whether a query was written here, be it one that was refused.
fn is_written(eval: &Eval, query: Id) -> bool {
    let is_text = matches!(
        eval.terms.table.node(query),
        Node::Const(_)
            | Node::Apply {
                what: Operation::Text,
                ..
            }
    );
    is_text || eval.terms.facts(query).world
}

/// Whether it is asked for another moment than this one.
fn is_dated(eval: &Eval, id: ExternId, args: &[Id]) -> bool {
    let params = eval.package.externs[id.index()].params.iter();
    params.zip(args).any(|(param, arg)| {
        let now = matches!(eval.terms.table.node(*arg), Node::Leaf(Leaf::Now));
        param.name == "at" && matches!(param.ty, Type::Time) && !now
    })
}

/// What the query of this term asks.
fn asked(eval: &Eval, id: Id) -> Option<literal::Asked> {
    match eval.terms.table.node(id) {
        Node::Const(Value::Query(query)) => eval.queries.asked(&query.text, &[]),
        Node::Apply {
            what: Operation::Text,
            args,
        } => match args.first().and_then(|text| eval.terms.table.value(*text)) {
            // What fills a hole is a term of its own.
            Some(Value::Text(text)) => eval.queries.asked(text.as_str(), args.get(1..)?),
            _ => None,
        },
        _ => None,
    }
}

/// A text or query with holes: its words, then what fills them.
pub fn template(eval: &mut Eval, expr: &Expr, holes: Vec<Id>) -> Id {
    let ExprKind::Template {
        template,
        holes: written,
    } = &expr.kind
    else {
        return eval.terms.table.worst();
    };
    let words = eval
        .terms
        .table
        .constant(Value::text(template.text_with(literal::HOLE)));
    let mut args = vec![words];
    args.extend(holes);
    let of_texts = written.iter().any(|hole| is_words(inner(&hole.ty)));
    eval.terms.spelled(args, of_texts)
}
