//! Expressions, types, parameters and texts, each on one line.

use super::{Outline, words};
use crate::syntax::tree::{
    Argument, BinaryOp, Collect, Comprehension, Expr, ExprKind, Hole, Ident, IsTest, Parameter,
    Path, PlainText, RangeDecl, TaggedLiteral, Text, TextLiteral, TextPart, TypeRef, TypeRefKind,
    UnaryOp,
};

impl Outline<'_> {
    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Missing => "<missing>".into(),
            ExprKind::Number | ExprKind::Time => self.slice(expr.span).into(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::None => "none".into(),
            ExprKind::Text(literal) => self.literal(literal),
            ExprKind::Tagged(literal) => self.tagged(literal),
            ExprKind::Name(name) => name.to_string(),
            ExprKind::Field { base, name } => format!("{}.{}", self.expr(base), name.text),
            ExprKind::Call { callee, args } => {
                format!("({})", words(&[&self.expr(callee), &self.arguments(args)]))
            }
            ExprKind::Index { base, index } => {
                format!("(index {} {})", self.expr(base), self.expr(index))
            }
            ExprKind::Unary { op, operand } => format!("({} {})", unary(*op), self.expr(operand)),
            ExprKind::Binary {
                op,
                op_span: _,
                left,
                right,
            } => {
                format!("({} {} {})", binary(*op), self.expr(left), self.expr(right))
            }
            ExprKind::Is { operand, test } => {
                format!("(is {} {})", self.expr(operand), is_test(test))
            }
            ExprKind::As { operand, unit } => format!("(as {} {})", self.expr(operand), unit.text),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                format!(
                    "(if {} {} {})",
                    self.expr(condition),
                    self.expr(then),
                    self.expr(otherwise)
                )
            }
            ExprKind::Paren(inner) => format!("(paren {})", self.expr(inner)),
            ExprKind::List(elements) => format!("[{}]", self.exprs(elements)),
            ExprKind::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", self.expr(key), self.expr(value)))
                    .collect();
                format!("[map {}]", entries.join(", "))
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Pick {
                name,
                source,
                condition,
            } => {
                format!(
                    "(pick {} in {} where {})",
                    name.text,
                    self.expr(source),
                    self.expr(condition)
                )
            }
            ExprKind::Do(call) => self.do_head(call),
            ExprKind::Ago(duration) => format!("(ago {})", self.expr(duration)),
            ExprKind::Matching(text) => format!("~{}", plain(text)),
            ExprKind::Repeat { count, element } => {
                format!("(repeat {} {})", self.expr(count), self.expr(element))
            }
        }
    }

    pub(super) fn exprs(&self, exprs: &[Expr]) -> String {
        let exprs: Vec<String> = exprs.iter().map(|expr| self.expr(expr)).collect();
        exprs.join(" ")
    }

    /// A word and an expression behind it, if there is one.
    pub(super) fn after(&self, word: &str, expr: &Option<Expr>) -> String {
        expr.as_ref()
            .map_or(String::new(), |expr| format!("{word} {}", self.expr(expr)))
    }

    /// `in 1..=1000`, `in 0..`
    pub(super) fn range(&self, range: &Option<RangeDecl>) -> String {
        range.as_ref().map_or(String::new(), |range| {
            let open = if range.open { ".." } else { "" };
            format!("in {}{open}", self.expr(&range.of))
        })
    }

    pub(super) fn arguments(&self, args: &[Argument]) -> String {
        let args: Vec<String> = args
            .iter()
            .map(|arg| match &arg.name {
                Some(name) => format!("{}: {}", name.text, self.expr(&arg.value)),
                None => self.expr(&arg.value),
            })
            .collect();
        args.join(" ")
    }

    fn comprehension(&self, comprehension: &Comprehension) -> String {
        let Comprehension {
            collect,
            element,
            name,
            source,
            condition,
        } = comprehension;
        let parts = [
            collect_word(*collect),
            &self.expr(element),
            "for",
            &name.text,
            "in",
            &self.expr(source),
            &self.after("where", condition),
        ];
        format!("({})", words(&parts))
    }

    pub(super) fn literal(&self, literal: &TextLiteral) -> String {
        let TextLiteral { parts } = literal;
        let mut text = String::from("\"");
        for part in parts {
            match part {
                TextPart::Text(piece) => text.extend(piece.escape_debug()),
                TextPart::Hole(Hole { path, span: _ }) => {
                    text.push_str(&format!("${{{}}}", self.expr(path)))
                }
            }
        }
        text.push('"');
        text
    }

    pub(super) fn text(&self, text: &Option<Text>) -> String {
        text.as_ref()
            .map_or(String::new(), |text| self.literal(&text.literal))
    }

    fn tagged(&self, literal: &TaggedLiteral) -> String {
        let TaggedLiteral { tag, raw, holes } = literal;
        let holes: Vec<String> = holes
            .iter()
            .map(|hole| format!(" {{{}}}", self.expr(&hole.path)))
            .collect();
        format!("{}\"{}\"{}", tag.text, self.slice(*raw), holes.concat())
    }

    pub(super) fn ty(&self, ty: &TypeRef) -> String {
        match &ty.kind {
            TypeRefKind::Missing => "<missing>".into(),
            TypeRefKind::Named(path) => path_text(path),
            TypeRefKind::List(element) => format!("List[{}]", self.ty(element)),
            TypeRefKind::Map(key, value) => format!("Map[{}, {}]", self.ty(key), self.ty(value)),
            TypeRefKind::Optional(inner) => format!("{}?", self.ty(inner)),
            TypeRefKind::RecordKind(name) => format!("type {}", name.text),
        }
    }

    pub(super) fn params(&self, params: &[Parameter]) -> String {
        let params: Vec<String> = params.iter().map(|param| self.param(param)).collect();
        format!("({})", params.join(", "))
    }

    fn param(&self, param: &Parameter) -> String {
        let Parameter {
            name,
            ty,
            range,
            sink,
            default,
            span: _,
        } = param;
        let ty = ty
            .as_ref()
            .map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
        let sink = sink.as_ref().map_or("", Ident::as_str);
        words(&[
            &format!("{}{ty}", name.text),
            &self.range(range),
            sink,
            &self.after("=", default),
        ])
    }
}

/// A string without holes.
pub(super) fn plain(text: &PlainText) -> String {
    format!("\"{}\"", text.text.escape_debug())
}

pub(super) fn path_text(path: &Path) -> String {
    match &path.module {
        Some(module) => format!("{}.{}", module.text, path.name.text),
        None => path.name.text.to_string(),
    }
}

/// Names side by side.
pub(super) fn names(idents: &[Ident]) -> String {
    let names: Vec<&str> = idents.iter().map(Ident::as_str).collect();
    names.join(", ")
}

fn is_test(test: &IsTest) -> String {
    match test {
        IsTest::Some(name) => format!("some {}", name.text),
        IsTest::None => "none".into(),
        IsTest::Empty => "empty".into(),
        IsTest::NotEmpty => "not empty".into(),
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Negate => "-",
        UnaryOp::Not => "not",
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Range => "..",
        BinaryOp::RangeInclusive => "..=",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
    }
}

fn collect_word(collect: Collect) -> &'static str {
    match collect {
        Collect::List => "list",
        Collect::Any => "any",
        Collect::All => "all",
        Collect::Count => "count",
        Collect::Sum => "sum",
        Collect::Min => "min",
        Collect::Max => "max",
    }
}
