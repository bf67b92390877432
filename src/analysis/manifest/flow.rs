//! The way through a body: which statements are reached where, and what has to be so for that.
//!
//! In: the walk of a body. Out: what is known at each `do`, `verify` and line for people.

use super::amount;
use super::does::action_name;
use super::paths::{Asked, Onward, otherwise};
use super::steps::Walk;
use crate::analysis::core::{Asks, Place};
use crate::program::manifest::{
    self as program, Cause, Clause, ConditionHash, Literal, Numbered, Part,
};
use crate::typed::{
    self, Block, Collect, Expr, ExprKind, FindingId, OnFailure, Stmt, StmtKind, Type,
};
use crate::value::Duration;

impl<'a> Walk<'_, 'a> {
    pub(super) fn block(&mut self, block: &'a Block) -> Onward {
        let known = self.known.len();
        let (onward, _) = self.statements(block);
        self.known.truncate(known);
        match onward {
            Onward::Never { is_told } => Onward::Never { is_told },
            // Behind its block a guard is not looked at again.
            Onward::Where(asked) => Onward::Where(asked.into_iter().map(Asked::behind).collect()),
        }
    }

    /// Also what of that is asked behind the first step.
    fn statements(&mut self, block: &'a Block) -> (Onward, Vec<Asked>) {
        let steps = self.found.steps.len();
        let (mut on, mut late) = (Vec::new(), Vec::new());
        let mut end = None;
        for stmt in &block.statements {
            match self.stmt(stmt) {
                Onward::Never { is_told } => end = Some(is_told),
                Onward::Where(asked) => {
                    self.know(&asked);
                    if self.found.steps.len() > steps {
                        late.extend(asked.iter().cloned());
                    }
                    on.extend(asked);
                }
            }
        }
        match end {
            Some(is_told) => (Onward::Never { is_told }, late),
            None => (Onward::Where(on), late),
        }
    }

    /// A block that is reached only where these hold.
    fn block_where(&mut self, holds: &[Asked], block: &'a Block) -> Onward {
        let (known, around) = (self.known.len(), self.around.len());
        let innermost = std::mem::replace(&mut self.innermost, known..known + holds.len());
        self.know(holds);
        self.around.extend(holds.iter().map(|one| one.asks.hash));
        let onward = self.block(block);
        self.innermost = innermost;
        self.known.truncate(known);
        self.around.truncate(around);
        onward
    }

    pub(super) fn know(&mut self, asked: &[Asked]) {
        for one in asked {
            let before = self.known.path();
            let path = match (one.is_told, before) {
                (true, before) => before,
                (false, None) => Some(one.asks.hash),
                (false, Some(before)) => {
                    let both = [before, one.asks.hash];
                    Some(self.cores.joined(self.runbook, "path", &both))
                }
            };
            self.known.push(one.clone(), path);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Onward {
        self.meanings.go_to(stmt.span);
        self.words(stmt);
        match &stmt.kind {
            StmtKind::Guard(condition) => {
                Onward::each(self.asks_each(condition, Place::Live), Asked::guard)
            }
            // What follows is reached only where it was not over by itself.
            StmtKind::Cleared {
                condition: Some(condition),
                why: _,
            } => Onward::each(self.fails_each(condition), Asked::branch),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => self.branches(condition, then, otherwise.as_ref()),
            StmtKind::Match { subject, arms } => self.arms(subject, arms),
            StmtKind::For(for_loop) => self.for_loop(for_loop),
            StmtKind::Let {
                local: _,
                value,
                retry: _,
                handlers,
            } => self.reading(value, handlers),
            StmtKind::Wait(time) => {
                let waited = self.waited.millis().saturating_add(time.millis());
                self.waited = Duration::from_millis(waited);
                self.waits.push(self.known.path());
                Onward::ALWAYS
            }
            StmtKind::Do(step) => {
                self.step(step);
                Onward::ALWAYS
            }
            StmtKind::WithDo { step, body, .. } => {
                self.step(step);
                let held = self
                    .cores
                    .around(self.runbook, &self.meanings, "within", Some(step));
                let text = format!("with do {}", action_name(self.made.package, step));
                let held = self.made.around(held, text, step.name_span);
                self.block_where(&[Asked::held(held)], body)
            }
            StmtKind::Verify(verify) => {
                self.verify(verify);
                Onward::ALWAYS
            }
            StmtKind::WaiveVerify(_) => {
                self.found.waives.push(format!("verify {}", self.name));
                Onward::ALWAYS
            }
            StmtKind::Attempts(attempts) => self.attempts(attempts),
            StmtKind::Found { finding, args } => {
                let cause = self.cause(*finding, args);
                self.found.causes.push(cause);
                Onward::Never { is_told: false }
            }
            StmtKind::Page { .. } | StmtKind::Hand(_) | StmtKind::Mitigated(_) => {
                self.duties(stmt, self.known.path());
                Onward::Never { is_told: true }
            }
            StmtKind::Tell { text, .. } => {
                text.iter().for_each(|text| self.reads_in(text));
                self.duties(stmt, self.known.path());
                Onward::ALWAYS
            }
            StmtKind::Cleared {
                condition: None,
                why: _,
            }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_) => Onward::Never { is_told: false },
            StmtKind::Error | StmtKind::Attach(_) => Onward::ALWAYS,
        }
    }

    fn cause(&mut self, finding: FindingId, args: &[Expr]) -> Cause {
        let way = self.known.way(&self.innermost);
        let way = Numbered::new(&way, &mut self.found.asked);
        let (cores, runbook, meanings) = (self.cores, self.runbook, &self.meanings);
        let is_target = |arg: &&Expr| matches!(arg.ty, Type::Target(_));
        let (targets, values): (Vec<&Expr>, Vec<&Expr>) = args.iter().partition(is_target);
        let given = |parts: Vec<&Expr>, place| {
            let given = |part| cores.given(runbook, meanings, (&[part], &[part]), place);
            parts.into_iter().map(given).collect()
        };
        let is_within = !self.around.is_empty();
        Cause {
            finding: runbook.findings[finding.index()].name.to_string(),
            when: self.known.path().unwrap_or_default(),
            around: is_within.then(|| cores.joined(runbook, "within", &self.around)),
            way: Some(way),
            targets: given(targets, Place::Target),
            values: given(values, Place::Once),
        }
    }

    fn branches(
        &mut self,
        condition: &'a Expr,
        then: &'a Block,
        otherwise: Option<&'a Block>,
    ) -> Onward {
        self.reads_in(condition);
        let holds = self.asks_each(condition, Place::Once);
        let fails = self.fails_each(condition);
        let [if_holds, if_fails] = [&holds, &fails].map(|all| {
            let all: Vec<ConditionHash> = all.iter().map(|asks| asks.hash).collect();
            self.cores.joined(self.runbook, "and", &all)
        });
        let branch =
            |all: Vec<Asks>| -> Vec<Asked> { all.into_iter().map(Asked::branch).collect() };
        let (holds, fails) = (branch(holds), branch(fails));
        let then = self.block_where(&holds, then);
        let otherwise = otherwise.map(|block| self.block_where(&fails, block));
        // Behind a branch that always ends the other one holds.
        match (then, otherwise.unwrap_or(Onward::ALWAYS)) {
            (Onward::Never { is_told: a }, Onward::Never { is_told: b }) => {
                Onward::Never { is_told: a && b }
            }
            (Onward::Never { is_told }, Onward::Where(more)) => {
                let fails = fails.into_iter().map(|one| Asked { is_told, ..one });
                Onward::Where(fails.chain(more).collect())
            }
            (Onward::Where(more), Onward::Never { is_told }) => {
                let holds = holds.into_iter().map(|one| Asked { is_told, ..one });
                Onward::Where(holds.chain(more).collect())
            }
            (Onward::Where(then), Onward::Where(otherwise)) => {
                let mut on = self.only_in(if_holds, "in a branch", then);
                on.extend(self.only_in(if_fails, "in a branch", otherwise));
                Onward::Where(on)
            }
        }
    }

    /// What is asked in a part that is only sometimes reached.
    fn only_in(&mut self, part: ConditionHash, word: &str, asked: Vec<Asked>) -> Vec<Asked> {
        let each = asked.into_iter().map(|one| {
            let hash = self
                .cores
                .joined(self.runbook, "in", &[part, one.asks.hash]);
            let text = self
                .made
                .texts
                .get(&one.asks.hash)
                .cloned()
                .unwrap_or_default();
            let span = self
                .made
                .places
                .get(&Part::Condition(one.asks.hash))
                .copied();
            self.made
                .texts
                .entry(hash)
                .or_insert_with(|| match text.ends_with(word) {
                    true => text,
                    false => format!("{text}, {word}"),
                });
            if let Some(span) = span {
                self.made
                    .places
                    .entry(Part::Condition(hash))
                    .or_insert(span);
            }
            let asks = Asks {
                hash,
                clauses: Vec::new(),
                ..one.asks
            };
            Asked { asks, ..one }.behind()
        });
        each.collect()
    }

    fn arms(&mut self, subject: &'a Expr, arms: &'a [typed::Arm]) -> Onward {
        self.reads_in(subject);
        let (mut on, mut are_told) = (Vec::new(), true);
        let mut goes_on = arms.is_empty();
        for (arm, asks) in arms.iter().zip(self.asked_of_arms(subject, arms)) {
            let hash = asks.hash;
            match self.block_where(&[Asked::branch(asks.clone())], &arm.body) {
                Onward::Never { is_told } => {
                    are_told &= is_told;
                    let not = self.cores.joined(self.runbook, "not", &[hash]);
                    let not = self
                        .made
                        .condition(not, "no ending arm of match ", subject.span);
                    let clauses = otherwise(&asks.clauses);
                    let not = Asked::branch(Asks {
                        hash: not,
                        clauses,
                        ..asks
                    });
                    on.push(Asked { is_told, ..not });
                }
                Onward::Where(asked) => {
                    goes_on = true;
                    on.extend(self.only_in(hash, "in an arm", asked));
                }
            }
        }
        match goes_on {
            true => Onward::Where(on),
            false => Onward::Never { is_told: are_told },
        }
    }

    /// What has to be so in each arm; in `_` that nothing is so of the others.
    fn asked_of_arms(&mut self, subject: &'a Expr, arms: &'a [typed::Arm]) -> Vec<Asks> {
        let (cores, runbook, meanings) = (self.cores, self.runbook, &self.meanings);
        let each = arms.iter();
        let mut each: Vec<Asks> = each
            .map(|arm| cores.arm(runbook, meanings, subject, &arm.pattern))
            .collect();
        let is_rest = |arm: &typed::Arm| matches!(arm.pattern, typed::ArmPattern::Any);
        let others = arms.iter().zip(&each).filter(|(arm, _)| !is_rest(arm));
        let mut others: Vec<ConditionHash> = others.map(|(_, asks)| asks.hash).collect();
        others.sort_unstable();
        let of = cores.reading(runbook, meanings, subject);
        let of = Some(of);
        let is = |what| Literal {
            is_so: true,
            asked: program::Asked { of, what },
        };
        for (arm, asks) in arms.iter().zip(&mut each) {
            asks.clauses = vec![Clause(vec![is(asks.hash)])];
            if is_rest(arm) {
                asks.hash = cores.joined(runbook, "rest", &others);
                let others = others.iter();
                asks.clauses = others.map(|one| Clause(vec![is(*one).not()])).collect();
            }
            self.made
                .condition(asks.hash, "an arm of match ", subject.span);
        }
        each
    }

    fn for_loop(&mut self, for_loop: &'a typed::For) -> Onward {
        self.reads_in(&for_loop.source);
        let outer = self.each;
        let outer_continues = self.continues;
        self.continues |= for_loop.on_failure == OnFailure::UndoContinue;
        self.each = match (outer, for_loop.at_most) {
            (Some(outer), Some(most)) => Some(outer.saturating_mul(most)),
            (one, other) => one.or(other),
        };
        let source = &for_loop.source;
        let each = self.cores.reading(self.runbook, &self.meanings, source);
        let (known, steps) = (self.known.len(), self.found.steps.len());
        if let Some(condition) = self.filter(source) {
            self.chosen_by(condition, source);
        }
        let (onward, late) = self.statements(&for_loop.body);
        self.known.truncate(known);
        self.each = outer;
        self.continues = outer_continues;
        let asked = match onward {
            // Where there is an element.
            Onward::Never { is_told } => {
                let none = self.cores.joined(self.runbook, "not", &[each]);
                let hash = self.made.condition(none, "nothing in ", source.span);
                let asked = Some(self.meanings.now());
                let none = Asked::branch(Asks {
                    asked,
                    ..Asks::always(hash)
                });
                vec![Asked { is_told, ..none }]
            }
            Onward::Where(asked) => asked,
        };
        // What ends the path behind a step keeps it from the next element, too.
        let late: Vec<ConditionHash> = late.iter().map(|asked| asked.asks.hash).collect();
        let below = self.found.steps.iter_mut().skip(steps);
        for step in below.filter(|step| !late.is_empty() && !step.undo.is_itself()) {
            step.guards.extend(&late);
            step.guards.sort_unstable();
            step.guards.dedup();
        }
        Onward::Where(self.only_in(each, "in a loop", asked))
    }

    /// What each element of a list was chosen by.
    fn filter(&self, list: &'a Expr) -> Option<&'a Expr> {
        match &amount::bound(&self.lets, list).kind {
            ExprKind::Comprehension(of) if of.collect == Collect::List => of.condition.as_ref(),
            _ => None,
        }
    }

    /// What holds of each element that a list was chosen by; of a list that was read earlier it held then.
    fn chosen_by(&mut self, condition: &Expr, list: &Expr) {
        let list = self
            .cores
            .condition(self.runbook, &self.meanings, list, Place::Once);
        for mut asks in self.asks_each(condition, Place::Once) {
            asks.read.extend(&list.read);
            asks.asked = [asks.asked, list.asked].into_iter().flatten().min();
            self.know(&[Asked::branch(asks)]);
        }
    }

    /// Each but the first is made only where one before it failed.
    fn attempts(&mut self, attempts: &'a [typed::Attempt]) -> Onward {
        let failed = self
            .cores
            .around(self.runbook, &self.meanings, "attempt", None);
        let known = self.known.len();
        let (mut on, mut are_told) = (Vec::new(), true);
        let mut goes_on = attempts.is_empty();
        for (index, attempt) in attempts.iter().enumerate() {
            let onward = match index {
                0 => self.block(&attempt.body),
                _ => {
                    let at = attempt.span.at_start();
                    let text = "an attempt before failed".to_owned();
                    let failed = self.made.around(failed, text, at);
                    self.block_where(&[Asked::branch(Asks::always(failed))], &attempt.body)
                }
            };
            match onward {
                Onward::Never { is_told } => are_told &= is_told,
                Onward::Where(asked) => {
                    goes_on = true;
                    // What ended the path in one attempt leaves nothing to the next.
                    self.know(&asked);
                    on.extend(asked);
                }
            }
        }
        self.known.truncate(known);
        match goes_on {
            true => Onward::Where(on),
            false => Onward::Never { is_told: are_told },
        }
    }

    /// What has to be so where the condition holds: by `a and b` both, so that a further one asks for more, and for
    /// nothing else.
    pub(super) fn asks_each(&mut self, condition: &Expr, place: Place) -> Vec<Asks> {
        self.each(condition, true, place)
    }

    /// What has to be so where the condition does not hold.
    fn fails_each(&mut self, condition: &Expr) -> Vec<Asks> {
        self.each(condition, false, Place::Once)
    }

    fn each(&mut self, condition: &Expr, holds: bool, place: Place) -> Vec<Asks> {
        let of = (self.cores, self.runbook);
        let mut each = self.made.asked(of, &self.meanings, condition, holds, place);
        if self.finds {
            let parts = self.cores.asked(condition, holds);
            for (asks, part) in each.iter_mut().zip(&parts) {
                let clause = self.cores.clause(self.runbook, &self.meanings, part);
                asks.clauses = vec![clause];
            }
        }
        each
    }

    /// The hash of a condition that a `verify` looks at.
    pub(super) fn asks(&mut self, condition: &Expr) -> ConditionHash {
        let asks = self
            .cores
            .condition(self.runbook, &self.meanings, condition, Place::Live);
        self.made.condition(asks.hash, "", condition.span);
        self.as_of_now(asks)
    }

    /// What is asked, by something that rests on it here: of what was read before something was done or waited for it is
    /// the older one.
    pub(super) fn as_of_now(&mut self, asks: Asks) -> ConditionHash {
        match asks.ages(self.meanings.now()) {
            Some(ages) => {
                let of = (self.cores, self.runbook);
                self.made.older(of, asks.hash, ages)
            }
            None => asks.hash,
        }
    }
}
