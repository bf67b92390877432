//! Statements that change the world, and those that prove that it helped.

use super::words::{line, retry, said};
use super::{Failed, Flow, Kind, Open};
use crate::typed::{
    ActionCallee, Attempt, Block, Extern, ExternId, ExternKind, FailureFilter, Mitigated, Step,
    UndoChoice, UndoContract, Verify, VerifyElse,
};

impl<'a> Flow<'a> {
    pub(super) fn step(&mut self, step: &'a Step, open: Vec<Open>) -> Vec<Open> {
        let mut lines = vec![format!("do {}", self.call(step))];
        lines.extend(self.bounds_of(step));
        lines.push(self.undo(step));
        let node = self.put(Kind::Step, lines, open);
        // An `else` of a `do` takes what was certainly not applied, whatever it says.
        let words = |_: FailureFilter| "not applied";
        self.handlers(&step.handlers, node, words);
        self.one(node)
    }

    pub(super) fn with(
        &mut self,
        step: &'a Step,
        inverse: ExternId,
        body: &'a Block,
        open: Vec<Open>,
    ) -> Vec<Open> {
        let inverse = &self.package.externs[inverse.index()].name;
        let mut lines = vec![format!("with do {}", self.call(step))];
        lines.extend(self.bounds_of(step));
        lines.push(line(&format!("given back on every way out: {inverse}")));
        let node = self.put(Kind::Step, lines, open);
        self.handlers(&step.handlers, node, |_| "not applied");
        let inside = self.one(node);
        let open = self.block(body, inside);
        if open.is_empty() {
            return open;
        }
        let lines = vec![line(&format!("gives it back: do {inverse}"))];
        let node = self.put(Kind::Release, lines, open);
        self.one(node)
    }

    /// The call as it is written, up to what follows it.
    fn call(&self, step: &Step) -> String {
        let ends = step.args.iter().chain(&step.touching);
        let inside = ends.filter(|arg| step.span.holds(arg.span));
        let text = self.sources.slice(step.span);
        let from = (step.name_span.start - step.span.start) as usize;
        let last = inside.map(|arg| arg.span.end).max();
        let last = last.unwrap_or(step.name_span.end);
        let searched = (last - step.span.start) as usize;
        // The bracket behind the last argument.
        let close = text.get(searched..).and_then(|rest| rest.find(')'));
        let to = close.map_or(searched, |close| searched + close + 1);
        self.words(step.span.inside(from, to))
    }

    fn bounds_of(&self, step: &Step) -> Vec<String> {
        let declared = self.declared(step.callee).map(|action| action.deadline);
        let mut lines = Vec::new();
        if let Some(within) = step.within.or(declared) {
            lines.push(format!("within {within}"));
        }
        lines.extend(step.retry.map(retry));
        match lines.is_empty() {
            true => lines,
            false => vec![lines.join(", ")],
        }
    }

    fn declared(&self, callee: ActionCallee) -> Option<&'a Extern> {
        match callee {
            ActionCallee::Extern(id) => Some(&self.package.externs[id.index()]),
            ActionCallee::Function(_) => None,
        }
    }

    fn undo(&self, step: &Step) -> String {
        match &step.undo {
            UndoChoice::Block(block) => format!("undo {}", self.words(block.span)),
            UndoChoice::Previous => "undo: what was there before".to_owned(),
            UndoChoice::Waived(why) => format!("undo waived: {}", said(why)),
            UndoChoice::Unsaid => match self.declared(step.callee) {
                None => "undo: as its own lines say".to_owned(),
                Some(action) => self.contract(action),
            },
        }
    }

    fn contract(&self, action: &Extern) -> String {
        let ExternKind::Action(contract) = &action.kind else {
            return "changes nothing".to_owned();
        };
        match &contract.undo {
            UndoContract::ByCaller => "no undo".to_owned(),
            UndoContract::By { action, args: _ } => {
                let action = &self.package.externs[action.index()].name;
                line(&format!("undo: do {action}"))
            }
            UndoContract::Previous => "undo: what was there before".to_owned(),
            UndoContract::Unneeded(why) => format!("needs no undo: {}", said(why)),
            UndoContract::Impossible => "cannot be undone".to_owned(),
        }
    }

    pub(super) fn verify(&mut self, verify: &'a Verify, open: Vec<Open>) -> Vec<Open> {
        let Verify {
            within,
            every,
            holding,
            abort_if,
            conditions,
            otherwise,
            span: _,
        } = verify;
        let mut first = format!("verify within {within} every {every}");
        if let Some(holding) = holding {
            first.push_str(&format!(" holding {holding}"));
        }
        let mut lines = vec![first];
        lines.extend(conditions.iter().map(|asked| self.words(asked.span)));
        lines.extend(abort_if.iter().map(|worse| self.asked("abort if", worse)));
        let node = self.put(Kind::Verify, lines, open);
        match otherwise {
            VerifyElse::Undo => {
                let open = self.labelled(node, "fails: undo");
                self.fail(
                    "not verified: what was changed since the last verify is undone",
                    open,
                );
            }
            VerifyElse::Keep => {
                let open = self.labelled(node, "fails: keep");
                self.fail("not verified: what was changed is kept", open);
            }
            VerifyElse::Again => {
                let times = self.runbook.again.unwrap_or_default();
                let open = self.labelled(node, &format!("fails: again at most {times}"));
                let lines = vec![
                    "again: what was changed stays, diagnosed again".to_owned(),
                    format!("after {times} further runs handed to {}", self.owner()),
                ];
                self.end(Kind::Again, lines, open);
            }
        }
        self.labelled(node, "holds")
    }

    /// To the next attempt, if there is one; else to a human.
    fn fail(&mut self, why: &str, open: Vec<Open>) {
        match self.failed.last_mut() {
            Some(Failed::Next(failed)) => {
                self.closed += 1;
                failed.extend(open);
            }
            Some(Failed::GoesOn) => self.hand("an element failed: told behind the loop", open),
            None => self.hand(why, open),
        }
    }

    pub(super) fn attempts(&mut self, attempts: &'a [Attempt], mut open: Vec<Open>) -> Vec<Open> {
        let mut behind = Vec::new();
        for (index, attempt) in attempts.iter().enumerate() {
            let Attempt {
                title,
                body,
                span: _,
            } = attempt;
            let title = format!("attempt {:?}", title.as_str());
            let node = self.put(Kind::Attempt, vec![line(&title)], open);
            let inside = self.one(node);
            if index + 1 == attempts.len() {
                behind.extend(self.block(body, inside));
                break;
            }
            self.failed.push(Failed::Next(Vec::new()));
            behind.extend(self.block(body, inside));
            open = match self.failed.pop() {
                Some(Failed::Next(failed)) if !failed.is_empty() => failed,
                Some(_) | None => self.labelled(node, "fails"),
            };
        }
        behind
    }

    pub(super) fn mitigated(&mut self, mitigated: &'a Mitigated, open: Vec<Open>) -> Vec<Open> {
        let Mitigated {
            text,
            owed_by,
            within,
            until,
        } = mitigated;
        let mut lines = vec!["mitigated".to_owned()];
        lines.extend(text.iter().map(|text| self.words(text.span)));
        let owed = self.roles(&[*owed_by]);
        lines.push(line(&format!("owed by {owed} within {within}")));
        lines.extend(until.iter().map(|asked| self.asked("until", asked)));
        self.end(Kind::Mitigated, lines, open)
    }
}
