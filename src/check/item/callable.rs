//! What can be called: signatures of externs and functions, and the bodies of functions.

use super::super::expr::{Elaborator, Place, Why};
use super::super::names::FileId;
use super::super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::effect::Sink;
use crate::syntax::tree::{
    self, ExternItem, ExternKind, Ident, ItemKind, Parameter, TypeRef, TypeRefKind,
};
use crate::text::Span;
use crate::typed::{
    Block, ExternId, FunctionId, FunctionKind, NameKind, Param, Stmt, StmtKind, Type,
};
use crate::value::{Bounds, Value};

impl Checker<'_> {
    /// Parameters and result of an `extern fn`, `probe` or `action`.
    pub fn resolve_extern(&mut self, file: FileId, item: &ExternItem, id: ExternId) {
        let (params, result, range, open) = match &item.kind {
            ExternKind::Target(_) => return,
            ExternKind::Fn { params, result } => (params, Some(result), None, false),
            ExternKind::Probe {
                params,
                open,
                result,
                range,
                clauses: _,
            } => (params, Some(result), range.as_ref(), *open),
            ExternKind::Action {
                params,
                result,
                clauses: _,
            } => (params, result.as_ref(), None, false),
        };
        let parameters = type_parameters(params);
        let resolved = self.resolve_params(file, params, &parameters);
        let result = match result {
            Some(result) => self.resolve_type(file, result, &parameters),
            None => Type::Handle(id),
        };
        let range = range.and_then(|range| self.bounds(file, range, &result));
        if open && !matches!(resolved.first(), Some(first) if first.ty == Type::Parameter(0)) {
            self.say_contract(
                "`..` needs a record type as the first parameter",
                item.name.span,
            );
        }
        let row = &mut self.package.externs[id.index()];
        row.params = resolved;
        row.result = result;
        row.range = range;
        row.open = open;
        row.type_parameters = parameters.len() as u8;
    }

    /// Parameters and result of a function of the package.
    pub fn resolve_function(&mut self, file: FileId, kind: &ItemKind, id: FunctionId) {
        let (params, result) = match kind {
            ItemKind::Fn(item) => (&item.params, Some(&item.result)),
            ItemKind::Probe(item) => (&item.params, Some(&item.result)),
            ItemKind::Action(item) => (&item.params, None),
            _ => return,
        };
        let resolved = self.resolve_params(file, params, &[]);
        if let ItemKind::Action(item) = kind {
            let changes = self.changed_params(&item.changes, &resolved, false);
            self.package.functions[id.index()].kind = FunctionKind::Action { changes };
        }
        let result = match result {
            Some(result) => {
                let ty = self.resolve_type(file, result, &[]);
                self.refuse_secret(&ty, result.span, "a result");
                ty
            }
            // An action gives nothing.
            None => Type::NoneLiteral,
        };
        let row = &mut self.package.functions[id.index()];
        row.params = resolved;
        row.result = result;
    }

    /// Parameters without their defaults.
    pub fn resolve_params(
        &mut self,
        file: FileId,
        params: &[Parameter],
        parameters: &[Ident],
    ) -> Vec<Param> {
        let mut resolved: Vec<Param> = Vec::with_capacity(params.len());
        for param in params {
            if let Some(first) = resolved.iter().find(|known| known.name == param.name.text) {
                let first = first.span;
                self.say_duplicate("parameter", &param.name, first);
            }
            let ty = match &param.ty {
                Some(ty) => self.resolve_type(file, ty, parameters),
                None => Type::Error,
            };
            let range = match &param.range {
                Some(range) => self.bounds(file, range, &ty),
                None => None,
            };
            let sink = match &param.sink {
                Some(word) => self.sink(word),
                None => None,
            };
            resolved.push(Param {
                name: param.name.text.clone(),
                ty,
                range,
                sink,
                default: None,
                span: param.name.span,
            });
        }
        resolved
    }

    /// `in low..=high`, `in low..`: of a list, of its elements.
    pub(super) fn bounds(
        &mut self,
        file: FileId,
        range: &tree::RangeDecl,
        ty: &Type,
    ) -> Option<Bounds> {
        let ty = match ty {
            Type::Optional(inner) | Type::List(inner) => inner,
            ty => ty,
        };
        if range.open {
            let low = self.constant(file, &range.of, ty, "in")?;
            return Some(Bounds { low, high: None });
        }
        let wanted = Type::Range(ty.clone().into());
        match self.constant(file, &range.of, &wanted, "in")? {
            Value::Range(range) if range.inclusive => Some(Bounds {
                low: range.start.clone(),
                high: Some(range.end.clone()),
            }),
            _ => {
                let message = "a range is written `low..=high`, or `low..` where it has no end";
                self.say_contract(message, range.span);
                None
            }
        }
    }

    fn sink(&mut self, word: &Ident) -> Option<Sink> {
        let sink = Sink::from_word(word.as_str());
        if sink.is_none() {
            let all: Vec<&str> = Sink::ALL.iter().map(|sink| sink.word()).collect();
            self.say_unknown_word("mark", word, &all);
        }
        sink
    }

    /// The parameters that `changes` names; they are targets.
    pub fn changed_params(&mut self, names: &[Ident], params: &[Param], library: bool) -> Vec<u16> {
        let mut changes = Vec::new();
        for name in names {
            let at = params.iter().position(|param| param.name == name.text);
            let Some(at) = at else {
                if !name.text.is_empty() {
                    let message = format!("there is no parameter `{}` to change", name.text);
                    let found = Diagnostic::new(Code::UnknownName, message, name.span, "unknown");
                    let near = crate::diag::near::nearest(
                        name.as_str(),
                        params.iter().map(|param| param.name.as_str()),
                    );
                    self.say(match near {
                        Some(near) => found.fix(format!("write `{near}`"), name.span, near),
                        None => found,
                    });
                }
                continue;
            };
            self.refer(name.span, NameKind::Parameter, params[at].span);
            if !is_target(&params[at].ty) {
                let shown = self.type_with_article(&params[at].ty);
                let message = format!("`changes` names targets, and `{}` is {shown}", name.text);
                match library {
                    true => self.say_contract(message, name.span),
                    false => self.say(Diagnostic::new(
                        Code::TypeMismatch,
                        message,
                        name.span,
                        "not a target",
                    )),
                }
                continue;
            }
            changes.push(at as u16);
        }
        changes
    }

    /// The body of a function of the package.
    pub fn elaborate_function(&mut self, file: FileId, kind: &ItemKind, id: FunctionId) {
        let (place, names) = match kind {
            ItemKind::Fn(item) => (Place::Fn, &item.params),
            ItemKind::Probe(item) => (Place::Probe, &item.params),
            ItemKind::Action(item) => (Place::Action, &item.params),
            _ => return,
        };
        let types: Vec<Type> = self
            .function(id)
            .params
            .iter()
            .map(|p| p.ty.clone())
            .collect();
        let result = self.function(id).result.clone();
        let mut elaborator = Elaborator::new(self, file, place);
        for (param, ty) in names.iter().zip(types) {
            elaborator.declare_parameter(&param.name, ty);
        }
        elaborator.result = result;
        let body = match kind {
            ItemKind::Fn(item) => {
                let block = elaborator.result_block(&item.body);
                elaborator.into_body(block)
            }
            ItemKind::Probe(item) => {
                let block = elaborator.block(&item.body);
                elaborator.into_body(block)
            }
            ItemKind::Action(item) => {
                let block = elaborator.block(&item.body);
                elaborator.into_body(block)
            }
            _ => return,
        };
        self.package.functions[id.index()].body = body;
    }
}

impl Elaborator<'_, '_> {
    /// `= e` as a block that returns it.
    pub fn result_block(&mut self, body: &tree::Expr) -> Block {
        let result = self.result.clone();
        let value = self.expr_of(body, &result, Why::Return);
        returning(value, body.span)
    }
}

/// A block that returns a value.
pub fn returning(value: crate::typed::Expr, span: Span) -> Block {
    Block {
        statements: vec![Stmt {
            kind: StmtKind::Return(value),
            span,
        }],
        span,
    }
}

/// The names behind `type R`, each once.
fn type_parameters(params: &[Parameter]) -> Vec<Ident> {
    let mut found: Vec<Ident> = Vec::new();
    for param in params {
        if let Some(TypeRef {
            kind: TypeRefKind::RecordKind(name),
            ..
        }) = &param.ty
            && found.iter().all(|known| known.text != name.text)
        {
            found.push(name.clone());
        }
    }
    found
}

/// A target, or a list of targets.
fn is_target(ty: &Type) -> bool {
    match ty {
        Type::Error | Type::Target(_) => true,
        Type::List(element) => is_target(element),
        _ => false,
    }
}
