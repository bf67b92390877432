//! Target types: scope, place, key, fields, and the lookup that finds one again.
//!
//! In: the clauses of an `extern target`. Out: its row; field 0 is the key.

use smol_str::SmolStr;

use super::super::names::FileId;
use super::super::state::Checker;
use super::is_key;
use crate::effect::{Level, Scope};
use crate::syntax::tree::{FieldDecl, TargetClause, TargetClauseKind};
use crate::text::Span;
use crate::typed::{Field, Symbol, TargetId, Type};
use crate::value::{KeyForm, Shape};

impl Checker<'_> {
    /// Everything but the lookup.
    pub fn resolve_target(&mut self, file: FileId, clauses: &[TargetClause], id: TargetId) {
        let span = self.package.targets[id.index()].span;
        let mut fields: Vec<&FieldDecl> = Vec::new();
        let mut key: Option<(SmolStr, Span)> = None;
        for clause in clauses {
            match &clause.kind {
                TargetClauseKind::Missing | TargetClauseKind::Lookup(_) => {}
                TargetClauseKind::Scope(word) => match Scope::from_word(word.as_str()) {
                    Some(scope) => self.package.targets[id.index()].scope = scope,
                    None => {
                        let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.word()).collect();
                        self.say_unknown_word("scope", word, &all);
                    }
                },
                TargetClauseKind::Within(path) => {
                    match self.type_member(file, path).map(|member| member.symbol) {
                        Some(Symbol::Target(outer)) => {
                            self.package.targets[id.index()].within = Some(outer);
                        }
                        Some(_) => self.say_contract("a target lies within a target", path.span),
                        None => {}
                    }
                }
                TargetClauseKind::Key(name, word) => {
                    key = Some((name.text.clone(), name.span));
                    let Some(word) = word else { continue };
                    match KeyForm::from_word(word.as_str()) {
                        Some(form) => self.package.targets[id.index()].key_form = form,
                        None => self.say_unknown_word("kind of key", word, &["name", "path"]),
                    }
                }
                TargetClauseKind::Field(field) => fields.push(field),
            }
        }
        let Some((key, key_span)) = key else {
            self.say_contract("the target has no `key`", span);
            return;
        };
        let mut all = vec![Field {
            name: key.clone(),
            ty: Type::Text,
            default: None,
            range: None,
            span: key_span,
        }];
        all.extend(self.resolve_fields(file, fields, "a target"));
        let row = &mut self.package.targets[id.index()];
        self.target_shapes[id.index()] = std::sync::Arc::new(Shape {
            name: SmolStr::new(row.name.to_string()),
            fields: all.iter().map(|field| field.name.clone()).collect(),
        });
        row.key = key;
        row.fields = all;
        self.refuse_circular_place(id, span);
    }

    fn refuse_circular_place(&mut self, id: TargetId, span: Span) {
        let mut outer = self.package.targets[id.index()].within;
        for _ in 0..self.package.targets.len() {
            let Some(next) = outer else { return };
            outer = self.package.targets[next.index()].within;
        }
        self.package.targets[id.index()].within = None;
        self.say_contract("the target lies within itself", span);
    }

    /// The types that a target lies in, outermost first, itself last.
    pub fn target_path(&self, id: TargetId) -> Vec<TargetId> {
        let mut path = vec![id];
        let mut outer = self.package.targets[id.index()].within;
        while let Some(next) = outer.filter(|_| path.len() <= self.package.targets.len()) {
            path.push(next);
            outer = self.package.targets[next.index()].within;
        }
        path.reverse();
        path
    }

    /// The probe that finds it by its identity: it takes the keys, or the handle of a parent.
    pub fn resolve_lookup(&mut self, file: FileId, clauses: &[TargetClause], id: TargetId) {
        for clause in clauses {
            let TargetClauseKind::Lookup(name) = &clause.kind else {
                continue;
            };
            let module = self.file(file).module;
            let member = self.names.member(module, name.as_str());
            let Some(Symbol::Extern(lookup)) = member.map(|member| member.symbol) else {
                let message = format!("there is no probe `{}`", name.text);
                self.say_contract(message, name.span);
                continue;
            };
            let found = &self.package.externs[lookup.index()];
            let fits = found.level == Level::Observe
                && found.result == Type::Target(id)
                && self.finds_by_identity(lookup, id);
            match fits {
                true => {
                    let key = found.params.last().map(|param| param.ty.clone());
                    let row = &mut self.package.targets[id.index()];
                    row.lookup = Some(lookup);
                    // The key is read as it is looked up.
                    if let (Some(Type::Int), Some(field)) = (key, row.fields.first_mut()) {
                        row.key_form = KeyForm::Number;
                        field.ty = Type::Int;
                    }
                }
                false => {
                    let message =
                        format!("`{}` does not find this target by its identity", name.text);
                    self.say_contract(message, name.span);
                }
            }
        }
    }

    /// Whether the parameters are the keys along the path, a parent's handle standing for the
    /// keys up to it.
    fn finds_by_identity(&self, lookup: crate::typed::ExternId, id: TargetId) -> bool {
        let params = &self.package.externs[lookup.index()].params;
        let path = self.target_path(id);
        let mut depth = 0;
        for param in params {
            depth = match &param.ty {
                Type::Target(outer) => match path.iter().position(|step| step == outer) {
                    Some(at) if depth == 0 => at + 1,
                    _ => return false,
                },
                ty if is_key(ty) => depth + 1,
                _ => return false,
            };
        }
        depth == path.len()
    }
}
