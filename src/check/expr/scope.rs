//! The elaborator of one body: which names are local, and where the body stands.
//!
//! In: declarations as the statements make them. Out: the body's table of locals. A name means one
//! thing in a body: nothing is shadowed and nothing is assigned twice.

use std::collections::{BTreeMap, HashMap};

use smol_str::SmolStr;

use super::super::constant::NoValue;
use super::super::hiding::Reach;
use super::super::names::FileId;
use super::super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::Ident;
use crate::text::Span;
use crate::typed::{
    BindingId, Block, Body, Expr, Local, LocalId, NameKind, RunbookId, Symbol, Type,
};
use crate::value::Value;

/// What kind of body is elaborated; decides which statements may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A constant, a default, a clause: an expression without a body.
    Clause,
    Fn,
    Watch,
    Probe,
    Action,
    Diagnose,
    Remedy,
    Steps,
    Otherwise,
    /// A reply or an argument in a test.
    Test,
}

/// Elaborates one body, or one expression outside of any.
pub struct Elaborator<'c, 'a> {
    pub checker: &'c mut Checker<'a>,
    pub file: FileId,
    pub place: Place,
    pub runbook: Option<RunbookId>,
    /// Sees the names that this trigger binds, not only those that all of them bind.
    pub trigger: Option<usize>,
    /// What `return` gives.
    pub result: Type,
    locals: Vec<Local>,
    /// How many of them are parameters: those come first.
    parameters: usize,
    /// The numbers, texts and the like that `let`s bind.
    constants: BTreeMap<LocalId, Value>,
    /// Beside `locals`: whether it was read, and whether a `let` made it.
    uses: Vec<Use>,
    visible: HashMap<SmolStr, LocalId>,
    /// The visible names in the order of their declaration.
    order: Vec<SmolStr>,
    /// How many expressions and branches are open around the present one.
    depth: u32,
}

/// The deepest that expressions and chains of `else if` may go. Brackets are limited before; this
/// is for chains without any, such as `a + b + c`.
const DEEPEST: u32 = 250;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Made by a `let` and not read yet.
    Unread,
    /// Read, or no need to be.
    Fine,
}

impl<'c, 'a> Elaborator<'c, 'a> {
    /// For a body in a file.
    pub fn new(checker: &'c mut Checker<'a>, file: FileId, place: Place) -> Self {
        Elaborator {
            checker,
            file,
            place,
            runbook: None,
            trigger: None,
            result: Type::Error,
            locals: Vec::new(),
            parameters: 0,
            constants: BTreeMap::new(),
            uses: Vec::new(),
            visible: HashMap::new(),
            order: Vec::new(),
            depth: 0,
        }
    }

    /// Goes one deeper, if that is not too deep; [`Self::leave`] comes back.
    pub fn enter(&mut self, span: Span) -> bool {
        if self.depth < DEEPEST {
            self.depth += 1;
            return true;
        }
        let message = "this is nested too deeply";
        let found = Diagnostic::new(Code::TooDeep, message, span, "too deep from here on");
        self.say(found.help("give a part of it a name with `let`"));
        false
    }

    /// Comes back from [`Self::enter`].
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The same for a part of a runbook.
    pub fn of_runbook(checker: &'c mut Checker<'a>, runbook: RunbookId, place: Place) -> Self {
        let file = checker.draft(runbook).file;
        let mut new = Elaborator::new(checker, file, place);
        new.runbook = Some(runbook);
        new
    }

    /// Says something to the user.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        self.checker.say(diagnostic);
    }

    /// Where to go back to with [`Self::unwind`].
    pub fn mark(&self) -> usize {
        self.order.len()
    }

    /// Forgets the names declared since the mark.
    pub fn unwind(&mut self, mark: usize) {
        for name in self.order.drain(mark..) {
            self.visible.remove(&name);
        }
    }

    /// Declares a parameter; before any other local.
    pub fn declare_parameter(&mut self, name: &Ident, ty: Type) -> LocalId {
        self.parameters += 1;
        self.declare_as(name, ty, Use::Fine)
    }

    /// Declares a local that nobody has to read: a loop's element.
    pub fn declare(&mut self, name: &Ident, ty: Type) -> LocalId {
        self.declare_as(name, ty, Use::Fine)
    }

    /// Declares what a `let` binds.
    pub fn declare_let(&mut self, name: &Ident, ty: Type) -> LocalId {
        let fine = matches!(ty, Type::Error);
        self.declare_as(name, ty, if fine { Use::Fine } else { Use::Unread })
    }

    /// Keeps what a `let` binds, where it is a constant.
    pub fn keep_constant(&mut self, local: LocalId, value: &Expr) {
        // What may be long is not carried along from name to name.
        let short = |known: &Value| match known {
            Value::Text(text) => text.as_str().len() <= 256,
            Value::List(_) | Value::Map(_) | Value::Record(_) | Value::Query(_) => false,
            _ => true,
        };
        if let Ok(known) = self.constant_of(value)
            && short(&known)
        {
            self.constants.insert(local, known);
        }
    }

    /// The value of an expression over constants, also of those that have a name here.
    pub fn constant_of(&self, expr: &Expr) -> Result<Value, NoValue> {
        self.checker.evaluate_with(expr, &self.constants)
    }

    fn declare_as(&mut self, name: &Ident, ty: Type, usage: Use) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        let mut usage = usage;
        if let Some(first) = self.taken(name.as_str()) {
            usage = Use::Fine;
            let message = format!("the name `{}` is already in use here", name.text);
            let found = Diagnostic::new(Code::NameTaken, message, name.span, "bound again");
            let found = found.and(first, "bound here first");
            self.say(
                found.help("nothing is assigned twice and nothing is hidden: take another name"),
            );
        } else if !name.text.is_empty() {
            let module = self.checker.file(self.file).module;
            if !self.checker.names.is_library(module) {
                self.checker.refuse_hiding(self.file, name, Reach::Local);
            }
            self.visible.insert(name.text.clone(), id);
            self.order.push(name.text.clone());
        }
        self.locals.push(Local {
            name: name.text.clone(),
            ty,
            span: name.span,
        });
        self.uses.push(usage);
        self.checker.define(name.span, self.local_kind(id));
        id
    }

    fn local_kind(&self, local: LocalId) -> NameKind {
        match local.index() < self.parameters {
            true => NameKind::Parameter,
            false => NameKind::Local,
        }
    }

    /// Where a local was bound.
    pub fn bound_at(&self, local: LocalId) -> Span {
        self.locals[local.index()].span
    }

    /// Notes a mention of a local.
    pub fn refer_local(&mut self, at: Span, local: LocalId) {
        let declared = self.locals[local.index()].span;
        self.checker.refer(at, self.local_kind(local), declared);
    }

    /// Where a name that is a value here was bound.
    fn taken(&self, name: &str) -> Option<Span> {
        if let Some(local) = self.visible.get(name) {
            return Some(self.locals[local.index()].span);
        }
        if let (Some(runbook), Some(binding)) = (self.runbook, self.binding(name)) {
            let runbook = &self.checker.package.runbooks[runbook.index()];
            return Some(runbook.bindings[binding.index()].span);
        }
        let member = self.checker.named_in(self.file, name)?;
        match member.symbol {
            Symbol::Const(_) | Symbol::Role(_) | Symbol::Secret(_) => Some(member.span),
            Symbol::Enum(_)
            | Symbol::Record(_)
            | Symbol::Target(_)
            | Symbol::Extern(_)
            | Symbol::Function(_)
            | Symbol::Window(_)
            | Symbol::Product(_)
            | Symbol::Runbook(_) => None,
        }
    }

    /// The local of that name; it counts as read.
    pub fn local(&mut self, name: &str) -> Option<(LocalId, Type)> {
        let id = *self.visible.get(name)?;
        self.uses[id.index()] = Use::Fine;
        Some((id, self.locals[id.index()].ty.clone()))
    }

    /// The trigger's name in scope.
    pub fn binding(&self, name: &str) -> Option<BindingId> {
        let draft = self.checker.draft(self.runbook?);
        draft.binding(name, self.trigger)
    }

    /// The names of the locals in scope, in order.
    pub fn visible_names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(SmolStr::as_str)
    }

    /// The body around a block, with its locals; says which `let`s nobody reads.
    pub fn into_body(mut self, block: Block) -> Body {
        let unread = self.uses.iter().enumerate();
        let unread = unread.filter(|(_, usage)| **usage == Use::Unread);
        let unread: Vec<usize> = unread.map(|(index, _)| index).collect();
        for index in unread {
            let Local { name, span, .. } = &self.locals[index];
            let message = format!("nothing reads `{name}`");
            let found = Diagnostic::new(Code::UnusedLet, message, *span, "never read");
            self.say(found.help("drop the line, or use what it found"));
        }
        Body {
            locals: std::mem::take(&mut self.locals),
            block,
        }
    }
}
