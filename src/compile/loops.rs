//! `for`: plain loops, and loops that act element by element.

use super::builder::{Builder, NOWHERE, ScopeKind};
use super::free::Variable;
use crate::program::points::Rounds;
use crate::program::{Effect, Filter, Op, Register};
use crate::typed::{For, Line, OnFailure, Stmt};

impl Builder<'_, '_> {
    pub(super) fn for_loop(&mut self, for_loop: &For) {
        let mark = self.mark();
        if self.remedy && self.shapes.acts(&for_loop.body) {
            self.acting_loop(for_loop);
        } else {
            self.plain_loop(for_loop);
        }
        self.release(mark);
    }

    fn plain_loop(&mut self, for_loop: &For) {
        let (again, end) = (self.label(), self.label());
        let iterator = self.iterator(&for_loop.source);
        self.check_bound(for_loop, iterator);
        let to = self.variable(Variable::Local(for_loop.local));
        self.note_age(to, &for_loop.source);
        self.bind(again);
        self.rounds(for_loop.source.span, false);
        self.jump(
            end,
            Op::Next {
                iterator,
                to,
                exit: NOWHERE,
            },
        );
        self.block(&for_loop.body);
        self.go(again);
        self.bind(end);
    }

    /// Before the first act of a phase: the lists of its loops are looked up, bounded and kept, so
    /// that the plan names everything that will be touched.
    pub(super) fn freeze_lists(&mut self, rest: &[Stmt]) {
        for stmt in rest {
            match stmt.line() {
                Line::Loop(for_loop) if self.shapes.acts(&for_loop.body) => {
                    let span = for_loop.source.span;
                    if self.frozen.iter().any(|(frozen, _)| *frozen == span) {
                        continue;
                    }
                    let variables = self.tables.free([&for_loop.source]);
                    let known = variables
                        .iter()
                        .all(|variable| self.bound(*variable).is_some());
                    if known {
                        self.freeze(for_loop);
                    }
                }
                // From here on it is another phase's plan.
                Line::Plan(_) | Line::Attempts(_) => return,
                Line::Loop(_)
                | Line::Change(..)
                | Line::Verify(_)
                | Line::Waiver
                | Line::Branch
                | Line::Beside => {}
            }
        }
    }

    fn freeze(&mut self, for_loop: &For) {
        let place = std::mem::replace(&mut self.place, for_loop.source.span);
        let iterator = self.iterator(&for_loop.source);
        self.check_bound(for_loop, iterator);
        self.not_empty(for_loop, iterator);
        self.planned.push((None, iterator));
        self.frozen.push((for_loop.source.span, iterator));
        self.place = place;
    }

    /// A loop that acts fails on nothing.
    fn not_empty(&mut self, for_loop: &For, list: Register) {
        self.refuses(for_loop.source.span, Rounds::None);
        self.emit(Op::NotEmpty { list });
    }

    fn check_bound(&mut self, for_loop: &For, iterator: Register) {
        if let Some(at_most) = for_loop.at_most {
            self.refuses(for_loop.source.span, Rounds::OverBound);
            self.emit(Op::Bound {
                list: iterator,
                at_most,
            });
        }
    }

    /// Each element is a piece: it plans, acts and fails by itself.
    fn acting_loop(&mut self, for_loop: &For) {
        let span = for_loop.source.span;
        let frozen = self.frozen.iter().find(|(of, _)| *of == span);
        let iterator = match frozen.map(|(_, iterator)| *iterator) {
            Some(iterator) => iterator,
            None => {
                let iterator = self.iterator(&for_loop.source);
                self.check_bound(for_loop, iterator);
                self.not_empty(for_loop, iterator);
                iterator
            }
        };
        let (again, end) = (self.label(), self.label());
        let value = self.variable(Variable::Local(for_loop.local));
        self.bind(again);
        self.rounds(for_loop.source.span, true);
        self.jump(
            end,
            Op::Next {
                iterator,
                to: value,
                exit: NOWHERE,
            },
        );
        self.effect(Effect::BeginElement { iterator, value });
        self.open(ScopeKind::Element);
        self.begin_plan();
        self.block(&for_loop.body);
        self.planning = false;
        let own = self.close();
        self.effect(Effect::End);
        self.go(again);
        self.handle_all(&own, Filter::Piece);
        self.effect(Effect::Unwind);
        match for_loop.on_failure {
            OnFailure::UndoStop => self.emit(Op::Rethrow),
            OnFailure::UndoContinue => self.go(again),
        }
        self.bind(end);
    }
}
