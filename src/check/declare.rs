//! The first pass: every item gets a place in its table and its name an entry.
//!
//! In: the files. Out: [`Declared`] items with their symbols; what they mean is left to later
//! passes, so that order never matters. Says which names are declared twice.

use std::sync::Arc;

use smol_str::SmolStr;

use super::Input;
use super::hiding::Reach;
use super::library::Module;
use super::names::{FileId, Member, ModuleId, OWN, Origin};
use super::runbook::Draft;
use super::state::{Checker, Pending, Progress};
use super::types;
use crate::diag::{Code, Diagnostic};
use crate::effect::{Level, Scope};
use crate::syntax::tree::{EnumItem, ExternItem, ExternKind, File, Ident, Item, ItemKind};
use crate::text::Span;
use crate::typed::{
    self, ActionContract, Body, ConstId, EnumId, ExternId, Function, FunctionId, FunctionKind,
    NameKind, ProductId, QualifiedName, RecordId, RoleId, RunbookId, SecretId, Symbol, TargetId,
    Type, UndoContract, WindowId,
};
use crate::value::{Duration, EnumMember, KeyForm, Shape, Value};

/// An item and where its name leads.
#[derive(Clone, Copy)]
pub struct Declared<'a> {
    pub file: FileId,
    pub item: &'a Item,
    /// None for what has no name: `use`, `test`, what could not be read.
    pub symbol: Option<Symbol>,
}

impl<'a> Checker<'a> {
    /// Declares every item of the library's modules, of the package's files and of its dependencies.
    pub fn declare(&mut self, modules: &'a [Module], input: &Input<'a>) -> Vec<Declared<'a>> {
        let first = |files: &[File]| files.first().map(|file| file.source);
        let own = self.names.open(Origin::Own, input.uses, first(input.files));
        debug_assert_eq!(own, OWN, "the package's namespace is the first");
        let mut scopes = Vec::new();
        for module in modules {
            let origin = Origin::Library(module.name.into());
            let id = self.names.open(origin, &[], Some(module.file.source));
            scopes.push((id, &*module.file));
        }
        scopes.extend(input.files.iter().map(|file| (own, file)));
        for lender in input.dependencies {
            let origin = Origin::Dependency(lender.name.clone());
            let id = self.names.open(origin, &lender.uses, first(&lender.files));
            scopes.extend(lender.files.iter().map(|file| (id, file)));
        }
        for (module, file) in &scopes {
            self.open_file(*module, file);
        }
        let mut declared = Vec::new();
        for (index, (module, file)) in scopes.iter().copied().enumerate() {
            let id = FileId(index as u32);
            for item in &file.items {
                if self.is_left_alone(module, item) {
                    continue;
                }
                let symbol = self.declare_item(id, module, item);
                declared.push(Declared {
                    file: id,
                    item,
                    symbol,
                });
            }
        }
        for (index, (_, file)) in scopes.into_iter().enumerate() {
            self.bring_in(FileId(index as u32), file);
        }
        declared
    }

    /// Whether it is nothing to whoever depends on the package that it stands in.
    fn is_left_alone(&mut self, module: ModuleId, item: &Item) -> bool {
        if !matches!(self.names.origin(module), Origin::Dependency(_)) {
            return false;
        }
        let (name, what) = match &item.kind {
            ItemKind::Runbook(runbook) => (&runbook.name, "a runbook"),
            ItemKind::Product(product) => (&product.name, "a product"),
            ItemKind::Test(_) => return true,
            ItemKind::Missing
            | ItemKind::Use(_)
            | ItemKind::Role(_)
            | ItemKind::Const(_)
            | ItemKind::Enum(_)
            | ItemKind::Record(_)
            | ItemKind::Window(_)
            | ItemKind::Secret(_)
            | ItemKind::Fn(_)
            | ItemKind::Probe(_)
            | ItemKind::Action(_)
            | ItemKind::Extern(_) => return false,
        };
        self.names.keep(module, &name.text, what);
        true
    }

    fn declare_item(&mut self, file: FileId, module: ModuleId, item: &'a Item) -> Option<Symbol> {
        let name = item.name()?;
        let qualified = QualifiedName {
            module: self.names.name(module).cloned(),
            name: name.text.clone(),
        };
        let symbol = self.new_symbol(file, item, qualified)?;
        if name.text.is_empty() {
            return Some(symbol);
        }
        if self.references.is_some() {
            self.define(name.span, self.kind_of(symbol));
        }
        if types::is_built_in(&name.text) {
            let message = format!("`{}` is a type of the language", name.text);
            let found = Diagnostic::new(Code::NameTaken, message, name.span, "already in use");
            self.say(found.help("give it a name of its own"));
        }
        if !self.names.is_library(module) {
            self.refuse_hiding(file, name, Reach::Item);
        }
        let member = Member {
            symbol,
            span: name.span,
        };
        if let Some(first) = self.names.enter(module, &name.text, member) {
            self.say_duplicate("item", name, first.span);
        }
        if let ItemKind::Secret(_) = item.kind {
            self.refuse_same_secret(module, name);
        }
        Some(symbol)
    }

    /// Says that two packages have a secret of one name: an agent resolves it by its name alone, so one would get
    /// what is the other's. The package itself comes first, and is where it can be mended.
    fn refuse_same_secret(&mut self, module: ModuleId, name: &Ident) {
        let of = self.names.name(module);
        let mut known = self.package.secrets.iter();
        let other = known.find(|known| known.name == name.text && known.of.as_ref() != of);
        let Some(other) = other else {
            return;
        };
        let package = |of: Option<&SmolStr>| match of {
            Some(of) => format!("`{of}`"),
            None => "this package".to_owned(),
        };
        let (first, second) = (package(other.of.as_ref()), package(of));
        let message = format!(
            "two packages have a secret `{}`: {first} and {second}",
            name.text
        );
        let declared = match &other.of {
            Some(of) => self.names.dependency(of),
            None => Some(OWN),
        };
        let member = declared.and_then(|module| self.names.member(module, &name.text));
        let known = member.map_or(other.span, |member| member.span);
        let (here, there, label) = match other.of {
            None => (known, name.span, format!("that of {second}")),
            Some(_) => (name.span, known, format!("that of {first}")),
        };
        let found = Diagnostic::new(Code::NameTaken, message, here, "already in use");
        self.say(found.and(there, label).help(
            "an agent knows a secret by its name alone, and one would get what is the other's: give one of them \
             another name",
        ));
    }

    /// Says that a name is declared twice, at both places.
    pub fn say_duplicate(&mut self, what: &str, name: &Ident, first: Span) {
        let message = format!("the {what} `{}` is declared twice", name.text);
        let found = Diagnostic::new(Code::DuplicateName, message, name.span, "declared again");
        self.say(found.and(first, "declared here first"));
    }

    /// Makes room for the item in the table of its kind.
    fn new_symbol(&mut self, file: FileId, item: &'a Item, name: QualifiedName) -> Option<Symbol> {
        let span = item.span;
        let package = &mut self.package;
        Some(match &item.kind {
            ItemKind::Missing | ItemKind::Use(_) | ItemKind::Test(_) => return None,
            ItemKind::Enum(found) => Symbol::Enum(self.new_enum(found, name, span)),
            ItemKind::Record(found) => {
                self.records.push(waiting(file, found));
                let shape = shape(&name, found.fields.iter().map(|field| &field.name));
                self.record_shapes.push(shape);
                let fields = Vec::new();
                Symbol::Record(RecordId(push(
                    &mut package.records,
                    typed::Record { name, fields, span },
                )))
            }
            ItemKind::Const(found) => {
                self.consts.push(waiting(file, found));
                let value = Value::None;
                let (name, ty) = (name.name, Type::Error);
                let new = typed::Const {
                    name,
                    ty,
                    value,
                    span,
                };
                Symbol::Const(ConstId(push(&mut package.consts, new)))
            }
            ItemKind::Role(_) => self.new_role(name, span),
            ItemKind::Window(_) => Symbol::Window(WindowId(push(
                &mut package.windows,
                typed::Window {
                    name: name.name,
                    of: name.module,
                    times: None,
                    except: None,
                    span,
                },
            ))),
            ItemKind::Secret(found) => Symbol::Secret(SecretId(push(
                &mut package.secrets,
                typed::Secret {
                    name: name.name,
                    of: name.module,
                    store: found.store.text.clone(),
                    address: found.address.text.clone(),
                    span,
                },
            ))),
            ItemKind::Product(_) => Symbol::Product(ProductId(push(
                &mut package.products,
                typed::Product {
                    name: name.name,
                    owner: None,
                    chain: Vec::new(),
                    owns: Vec::new(),
                    zone: None,
                    span,
                },
            ))),
            ItemKind::Fn(_) => self.new_function(name, FunctionKind::Fn, span),
            ItemKind::Probe(_) => self.new_function(name, FunctionKind::Probe, span),
            ItemKind::Action(_) => {
                let changes = Vec::new();
                self.new_function(name, FunctionKind::Action { changes }, span)
            }
            ItemKind::Extern(found) => self.new_extern(found, name, span),
            ItemKind::Runbook(found) => {
                self.drafts.push(Draft::new(file, found));
                let runbook = super::runbook::blank(found, span);
                Symbol::Runbook(RunbookId(push(&mut self.package.runbooks, runbook)))
            }
        })
    }

    fn new_role(&mut self, name: QualifiedName, span: Span) -> Symbol {
        let new = typed::Role {
            name: name.name,
            of: name.module,
            kind: typed::RoleKind::Rota,
            address: SmolStr::default(),
            at_least: None,
            span,
        };
        Symbol::Role(RoleId(push(&mut self.package.roles, new)))
    }

    fn new_enum(&mut self, item: &EnumItem, name: QualifiedName, span: Span) -> EnumId {
        let mut members: Vec<SmolStr> = Vec::new();
        for (index, member) in item.members.iter().enumerate() {
            if let Some(first) = members.iter().position(|known| *known == member.name.text) {
                let first = item.members[first].name.span;
                self.say_duplicate("enum member", &item.members[index].name, first);
                continue;
            }
            members.push(member.name.text.clone());
            self.define(member.name.span, NameKind::EnumMember);
        }
        let enumeration = SmolStr::new(name.to_string());
        let value = |(index, member): (usize, &SmolStr)| {
            Arc::new(EnumMember {
                enumeration: enumeration.clone(),
                member: member.clone(),
                index: index as u16,
            })
        };
        self.members
            .push(members.iter().enumerate().map(value).collect());
        let places = item.members.iter().map(|member| member.name.span);
        self.member_places.push(places.collect());
        let new = typed::Enum {
            name,
            members,
            span,
        };
        EnumId(push(&mut self.package.enums, new))
    }

    /// A function whose signature and body come later.
    pub fn new_function(&mut self, name: QualifiedName, kind: FunctionKind, span: Span) -> Symbol {
        let new = Function {
            name,
            kind,
            params: Vec::new(),
            result: Type::Error,
            body: empty_body(span),
            span,
        };
        Symbol::Function(FunctionId(push(&mut self.package.functions, new)))
    }

    fn new_extern(&mut self, item: &ExternItem, name: QualifiedName, span: Span) -> Symbol {
        let (kind, level) = match &item.kind {
            ExternKind::Target(_) => {
                self.target_shapes.push(shape(&name, [].into_iter()));
                let new = typed::Target {
                    name,
                    scope: Scope::Instance,
                    within: None,
                    key: SmolStr::default(),
                    key_form: KeyForm::Name,
                    lookup: None,
                    fields: Vec::new(),
                    span,
                };
                return Symbol::Target(TargetId(push(&mut self.package.targets, new)));
            }
            ExternKind::Fn { .. } => (typed::ExternKind::Fn, Level::Pure),
            ExternKind::Probe { .. } => (typed::ExternKind::Probe, Level::Observe),
            ExternKind::Action { .. } => {
                (typed::ExternKind::Action(blank_contract()), Level::Change)
            }
        };
        let new = typed::Extern {
            name,
            kind,
            level,
            params: Vec::new(),
            type_parameters: 0,
            open: false,
            result: Type::Error,
            range: None,
            needs: Vec::new(),
            deadline: Duration::ZERO,
            span,
        };
        Symbol::Extern(ExternId(push(&mut self.package.externs, new)))
    }
}

/// A body with nothing in it.
pub fn empty_body(span: Span) -> Body {
    Body {
        locals: Vec::new(),
        block: typed::Block {
            statements: Vec::new(),
            span,
        },
    }
}

/// The names of a record or target type and its fields, as its values carry them.
pub fn shape<'n>(name: &QualifiedName, fields: impl Iterator<Item = &'n Ident>) -> Arc<Shape> {
    Arc::new(Shape {
        name: SmolStr::new(name.to_string()),
        fields: fields.map(|field| field.text.clone()).collect(),
    })
}

/// The contract of an action before its clauses are read.
fn blank_contract() -> ActionContract {
    ActionContract {
        changes: Vec::new(),
        repeat: crate::effect::Repeat::UnsafeHuman,
        settle_probe: None,
        settles: Duration::ZERO,
        undo: UndoContract::ByCaller,
        inverse: None,
        touching: false,
    }
}

fn waiting<Item>(file: FileId, item: Item) -> Pending<Item> {
    Pending {
        file,
        item,
        progress: Progress::Waiting,
    }
}

/// Adds a row and gives its index.
fn push<Row>(table: &mut Vec<Row>, row: Row) -> u32 {
    table.push(row);
    table.len() as u32 - 1
}
