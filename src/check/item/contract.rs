//! Contracts: what an extern promises about itself, and that the promises fit together.
//!
//! In: the clauses of an `extern probe` or `extern action`. Out: deadlines, capabilities, what
//! repeating and undoing mean. Said once, in the library, and believed from then on.

use super::super::expr::arguments::Owner;
use super::super::expr::{Callee, Elaborator, Place};
use super::super::names::FileId;
use super::super::state::Checker;
use crate::effect::{Level, Repeat, Sink};
use crate::syntax::tree::{
    self, ExternClause, ExternClauseKind as Clause, ExternItem, ExternKind, Ident, RepeatDecl,
    UndoDecl,
};
use crate::text::Span;
use crate::typed::{self, ActionContract, Capability, ExternId, Param, Symbol, Type, UndoContract};

impl Checker<'_> {
    /// The clauses of an extern, and the defaults of its parameters.
    pub fn resolve_contract(&mut self, file: FileId, item: &ExternItem, id: ExternId) {
        let (params, clauses): (_, &[ExternClause]) = match &item.kind {
            ExternKind::Target(_) => return,
            ExternKind::Fn { params, result: _ } => (params, &[]),
            ExternKind::Probe {
                params, clauses, ..
            }
            | ExternKind::Action {
                params, clauses, ..
            } => (params, clauses),
        };
        self.resolve_defaults(file, params, Owner::Extern(id));
        let mut seen = Seen::default();
        for clause in clauses {
            self.contract_clause(file, id, clause, &mut seen);
        }
        let name = item.name.span;
        if matches!(item.kind, ExternKind::Action { .. }) {
            self.complete_action(id, &seen, name);
        }
        if !matches!(item.kind, ExternKind::Fn { .. }) && !seen.deadline {
            self.say_contract("an extern that reaches outside has a `deadline`", name);
        }
    }

    fn contract_clause(
        &mut self,
        file: FileId,
        id: ExternId,
        clause: &ExternClause,
        seen: &mut Seen,
    ) {
        match &clause.kind {
            Clause::Missing => {}
            Clause::Needs { capability, of } => {
                let of = of.as_ref().and_then(|name| self.param_index(id, name));
                let name = capability.text.clone();
                let row = &mut self.package.externs[id.index()];
                row.needs.push(Capability { name, of });
            }
            Clause::Deadline(time) => {
                seen.deadline = true;
                if let Some(deadline) = self.duration(file, time, "deadline") {
                    self.package.externs[id.index()].deadline = deadline;
                }
            }
            Clause::Settles(time) => {
                seen.settles = true;
                if let Some(settles) = self.duration(file, time, "settles") {
                    self.with_contract(id, clause.span, |contract| contract.settles = settles);
                }
            }
            Clause::Changes(names) => {
                let params: Vec<Param> = self.package.externs[id.index()].params.clone();
                let changes = self.changed_params(names, &params, true);
                self.with_contract(id, clause.span, |contract| contract.changes = changes);
            }
            Clause::Repeat(repeat) => {
                seen.repeat = true;
                self.repeat(file, id, repeat, clause.span);
            }
            Clause::Undo(undo) => {
                seen.undo = true;
                self.undo(file, id, undo, clause.span);
            }
            Clause::Inverse(name) => {
                let inverse = self.sibling(file, name, Level::Change);
                self.with_contract(id, clause.span, |contract| contract.inverse = inverse);
            }
            Clause::Touching => {
                self.with_contract(id, clause.span, |contract| contract.touching = true);
            }
        }
    }

    fn with_contract(
        &mut self,
        id: ExternId,
        span: Span,
        change: impl FnOnce(&mut ActionContract),
    ) {
        match &mut self.package.externs[id.index()].kind {
            typed::ExternKind::Action(contract) => change(contract),
            typed::ExternKind::Fn | typed::ExternKind::Probe => {
                self.say_contract("only an action has this clause", span);
            }
        }
    }

    fn repeat(&mut self, file: FileId, id: ExternId, repeat: &RepeatDecl, span: Span) {
        let (class, probe) = match repeat {
            RepeatDecl::Safe => (Repeat::Safe, None),
            RepeatDecl::Keyed => (Repeat::Keyed, None),
            RepeatDecl::UnsafeHuman => (Repeat::UnsafeHuman, None),
            RepeatDecl::UnsafeProbe(name) => {
                let probe = self.sibling(file, name, Level::Observe);
                if let Some(probe) = probe {
                    self.check_settle_probe(id, probe, name.span);
                }
                (Repeat::UnsafeProbe, probe)
            }
        };
        self.with_contract(id, span, |contract| {
            contract.repeat = class;
            contract.settle_probe = probe;
        });
    }

    /// The probe that settles takes the action's own arguments and answers Bool.
    fn check_settle_probe(&mut self, action: ExternId, probe: ExternId, span: Span) {
        let types = |id: ExternId| {
            let params = &self.package.externs[id.index()].params;
            params.iter().map(|param| &param.ty).collect::<Vec<_>>()
        };
        let answers = self.package.externs[probe.index()].result == Type::Bool;
        if !answers || types(action) != types(probe) {
            self.say_contract(
                "the probe takes the action's parameters and gives a Bool",
                span,
            );
        }
    }

    fn undo(&mut self, file: FileId, id: ExternId, undo: &UndoDecl, span: Span) {
        let contract = match undo {
            UndoDecl::ByCaller => UndoContract::ByCaller,
            UndoDecl::Previous => UndoContract::Previous,
            UndoDecl::Unneeded(why) => UndoContract::Unneeded(why.text.clone()),
            UndoDecl::Impossible => {
                self.package.externs[id.index()].level = Level::Irreversible;
                UndoContract::Impossible
            }
            UndoDecl::By(call) => match self.undo_call(file, id, call) {
                Some(contract) => contract,
                None => return,
            },
        };
        self.with_contract(id, span, |found| found.undo = contract);
    }

    /// `undo by NAME(args)`, with arguments over the action's own parameters.
    fn undo_call(&mut self, file: FileId, id: ExternId, call: &tree::Expr) -> Option<UndoContract> {
        let tree::ExprKind::Call { callee, args } = &call.kind else {
            self.say_contract("`undo by` names an action with its arguments", call.span);
            return None;
        };
        let params: Vec<Param> = self.package.externs[id.index()].params.clone();
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        for param in params {
            let name = Ident {
                text: param.name,
                span: param.span,
            };
            elaborator.declare(&name, param.ty);
        }
        let found = elaborator.callee(callee);
        let Callee::Extern(action) = found else {
            self.say_contract("`undo by` names an action of the library", callee.span);
            return None;
        };
        if !elaborator.is_action(found) {
            self.say_contract("`undo by` names an action", callee.span);
            return None;
        }
        let (args, _) = elaborator.extern_arguments(action, args, callee.span);
        Some(UndoContract::By { action, args })
    }

    /// Another extern of the same module, of this level.
    fn sibling(&mut self, file: FileId, name: &Ident, level: Level) -> Option<ExternId> {
        let module = self.file(file).module;
        let member = self.names.member(module, name.as_str());
        if let Some(Symbol::Extern(id)) = member.map(|member| member.symbol)
            && self.package.externs[id.index()].level == level
        {
            return Some(id);
        }
        let message = format!("`{}` is not what belongs here", name.text);
        self.say_contract(message, name.span);
        None
    }

    fn param_index(&mut self, id: ExternId, name: &Ident) -> Option<u16> {
        let params = &self.package.externs[id.index()].params;
        let at = params.iter().position(|param| param.name == name.text);
        if at.is_none() {
            let message = format!("there is no parameter `{}`", name.text);
            self.say_contract(message, name.span);
        }
        at.map(|at| at as u16)
    }

    /// An action says everything about itself.
    fn complete_action(&mut self, id: ExternId, seen: &Seen, name: Span) {
        let row = &self.package.externs[id.index()];
        let typed::ExternKind::Action(contract) = &row.kind else {
            return;
        };
        let silent = contract.changes.is_empty() && !contract.touching;
        let has_default = row.params.iter().any(|param| {
            // Nothing to send is said by sending nothing.
            let decides = param.sink.is_some_and(|sink| sink != Sink::Payload);
            param.default.is_some() && (decides || matches!(param.ty, Type::Target(_)))
        });
        let gaps = [
            (silent, "an action says what it `changes`, or is `touching`"),
            (
                !seen.repeat,
                "an action says what repeating it means: `repeat`",
            ),
            (!seen.undo, "an action says how it is taken back: `undo`"),
            (
                !seen.settles,
                "an action says when it has settled: `settles`",
            ),
            (
                has_default,
                "what an action changes or how much has no default",
            ),
        ];
        for (gap, message) in gaps {
            if gap {
                self.say_contract(message, name);
            }
        }
    }
}

/// Which clauses an extern has.
#[derive(Default)]
struct Seen {
    deadline: bool,
    settles: bool,
    repeat: bool,
    undo: bool,
}
