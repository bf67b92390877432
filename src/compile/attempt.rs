//! `attempt`: ways of mending, tried one after the other until one of them is verified.

use super::builder::{Builder, ScopeKind};
use crate::program::points::Body;
use crate::program::{Effect, Filter, Op};
use crate::typed::Attempt;

impl Builder<'_, '_> {
    pub(super) fn attempts(&mut self, attempts: &[Attempt]) {
        let done = self.label();
        for (index, attempt) in attempts.iter().enumerate() {
            self.place = attempt.span;
            let index_in_group = self.tables.number(index);
            let what = format!("attempt {index}", index = index + 1);
            self.enter_body(attempt.span, Body::Attempt, &what);
            self.effect(Effect::BeginAttempt {
                title: attempt.title.clone(),
                index: index_in_group,
            });
            self.open(ScopeKind::Attempt);
            self.begin_plan();
            self.block(&attempt.body);
            let own = self.close();
            self.place = attempt.span;
            self.effect(Effect::End);
            self.go(done);
            self.handle_all(&own, Filter::Piece);
            self.effect(Effect::Unwind);
            if index + 1 == attempts.len() {
                self.emit(Op::Rethrow);
            }
        }
        self.bind(done);
        self.look_again();
    }
}
