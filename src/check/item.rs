//! Items but for runbooks and tests: their signatures, contracts and bodies.
//!
//! In: declared items. Out: complete rows in the package's tables. Signatures of all items come
//! first, so that bodies may use any of them in any order.

mod callable;
mod contract;
mod product;
mod record;
mod target;
mod window;

pub use callable::returning;

use super::declare::Declared;
use super::expr::{Elaborator, Place, Why};
use super::names::FileId;
use super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{ExternKind, ItemKind, Parameter};
use crate::typed::{Symbol, Type};

use super::expr::arguments::Owner;

impl<'a> Checker<'a> {
    /// Fields of records and targets, parameters and results of everything that can be called.
    pub fn resolve_types(&mut self, declared: &[Declared<'a>]) {
        for found in declared {
            match (&found.item.kind, found.symbol) {
                (ItemKind::Record(item), Some(Symbol::Record(id))) => {
                    self.resolve_record(found.file, item, id);
                }
                (ItemKind::Extern(item), Some(symbol)) => {
                    self.refuse_extern(found.file, found.item.span);
                    match (&item.kind, symbol) {
                        (ExternKind::Target(clauses), Symbol::Target(id)) => {
                            self.resolve_target(found.file, clauses, id);
                        }
                        (_, Symbol::Extern(id)) => self.resolve_extern(found.file, item, id),
                        _ => {}
                    }
                }
                (kind, Some(Symbol::Function(id))) => {
                    self.resolve_function(found.file, kind, id);
                }
                _ => {}
            }
        }
        self.refuse_recursive_records(declared);
    }

    /// What needs every signature: defaults of parameters, contracts, lookups.
    pub fn resolve_contracts(&mut self, declared: &[Declared<'a>]) {
        for found in declared {
            match (&found.item.kind, found.symbol) {
                (ItemKind::Extern(item), Some(symbol)) => match (&item.kind, symbol) {
                    (ExternKind::Target(clauses), Symbol::Target(id)) => {
                        self.resolve_lookup(found.file, clauses, id);
                    }
                    (_, Symbol::Extern(id)) => self.resolve_contract(found.file, item, id),
                    _ => {}
                },
                (ItemKind::Fn(item), Some(Symbol::Function(id))) => {
                    self.resolve_defaults(found.file, &item.params, Owner::Function(id));
                }
                (ItemKind::Probe(item), Some(Symbol::Function(id))) => {
                    self.resolve_defaults(found.file, &item.params, Owner::Function(id));
                }
                (ItemKind::Action(item), Some(Symbol::Function(id))) => {
                    self.resolve_defaults(found.file, &item.params, Owner::Function(id));
                }
                _ => {}
            }
        }
    }

    /// Constants, roles, products, and the bodies of functions.
    pub fn elaborate_items(&mut self, declared: &[Declared<'a>]) {
        for found in declared {
            match (&found.item.kind, found.symbol) {
                (ItemKind::Const(_), Some(Symbol::Const(id))) => self.complete_const(id, None),
                (ItemKind::Record(_), Some(Symbol::Record(id))) => self.complete_record(id),
                (ItemKind::Role(item), Some(Symbol::Role(id))) => {
                    self.resolve_role(found.file, item, id);
                }
                (ItemKind::Window(item), Some(Symbol::Window(id))) => {
                    self.resolve_window(found.file, item, id);
                }
                (ItemKind::Secret(item), Some(_)) => self.check_secret(item),
                (ItemKind::Product(item), Some(Symbol::Product(id))) => {
                    self.resolve_product(found.file, item, id, found.item.span);
                }
                (kind, Some(Symbol::Function(id))) => {
                    self.elaborate_function(found.file, kind, id);
                }
                _ => {}
            }
        }
        self.refuse_circular_windows(declared);
    }

    /// Defaults of parameters: constants, or calls over constants such as `now()`.
    pub fn resolve_defaults(&mut self, file: FileId, params: &[Parameter], owner: Owner) {
        for (index, param) in params.iter().enumerate() {
            let Some(tree) = &param.default else { continue };
            let ty = super::expr::arguments::params(self, owner)[index]
                .ty
                .clone();
            let mut elaborator = Elaborator::new(self, file, Place::Clause);
            let default = elaborator.expr_of(tree, &ty, Why::Default(param.name.as_str()));
            self.param_mut(owner, index).default = Some(default);
        }
    }

    fn param_mut(&mut self, owner: Owner, index: usize) -> &mut crate::typed::Param {
        match owner {
            Owner::Extern(id) => &mut self.package.externs[id.index()].params[index],
            Owner::Function(id) => &mut self.package.functions[id.index()].params[index],
        }
    }

    /// Only the library declares what it cannot prove.
    fn refuse_extern(&mut self, file: FileId, span: crate::text::Span) {
        if self.names.is_library(self.file(file).module) {
            return;
        }
        let start = span.inside(0, "extern".len());
        let message = "`extern` stands in the library only";
        let found = Diagnostic::new(
            Code::ExternOutsideLibrary,
            message,
            start,
            "not in a package",
        );
        self.say(found.help(
            "what an extern says of itself is believed; write a `fn`, `probe` or `action` over the library's externs",
        ));
    }

    /// Says that something could not be a part of the library as it stands.
    pub fn say_contract(&mut self, message: impl Into<String>, span: crate::text::Span) {
        self.say(Diagnostic::new(
            Code::ExternOutsideLibrary,
            message,
            span,
            "in this extern",
        ));
    }
}

/// Whether a value of the type can be the key of a lookup.
pub fn is_key(ty: &Type) -> bool {
    matches!(ty, Type::Error | Type::Text | Type::Int)
}
