//! Statements that look, decide and end; those that act are beside.

use super::words::{retry, said};
use super::{Failed, Flow, Kind, Open, Part};
use crate::typed::{
    Arm, Block, Expr, FailureFilter, FindingId, For, Handler, HandlerAction, LocalId, OnFailure,
    Retry, Stmt, StmtKind,
};

impl<'a> Flow<'a> {
    /// Walks a block; what comes back leads to whatever is behind it.
    pub(super) fn block(&mut self, block: &'a Block, mut open: Vec<Open>) -> Vec<Open> {
        let mut rest = block.statements.as_slice();
        while let Some((first, behind)) = rest.split_first() {
            if open.is_empty() {
                break;
            }
            let told = rest.iter().take_while(|stmt| is_telling(stmt)).count();
            if told > 0 {
                let (telling, behind) = rest.split_at(told);
                open = self.telling(telling, open);
                rest = behind;
                continue;
            }
            open = self.statement(first, open);
            rest = behind;
        }
        open
    }

    fn statement(&mut self, stmt: &'a Stmt, open: Vec<Open>) -> Vec<Open> {
        match &stmt.kind {
            // No runbook without errors has one.
            StmtKind::Error | StmtKind::Return(_) => open,
            StmtKind::Let {
                local,
                value,
                retry,
                handlers,
            } => self.look(*local, value, *retry, handlers, open),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let line = self.asked("if", condition);
                self.choice(line, open, |flow, node| {
                    let yes = flow.labelled(node, "yes");
                    let mut open = flow.block(then, yes);
                    let no = flow.labelled(node, "no");
                    open.extend(match otherwise {
                        Some(block) => flow.block(block, no),
                        None => no,
                    });
                    open
                })
            }
            StmtKind::Match { subject, arms } => {
                let line = self.asked("match", subject);
                self.choice(line, open, |flow, node| flow.arms(arms, node))
            }
            StmtKind::For(each) => self.each(each, open),
            StmtKind::Found { finding, args: _ } => self.found(*finding, open),
            StmtKind::Cleared { condition, why } => {
                self.cleared(condition.as_ref(), why.as_ref(), open)
            }
            StmtKind::Novel(text) => {
                let open = self.because(text.as_ref(), open);
                self.novel.extend(open);
                Vec::new()
            }
            StmtKind::Inconclusive(text) => {
                let open = self.because(text.as_ref(), open);
                self.inconclusive.extend(open);
                Vec::new()
            }
            StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => self.telling(std::slice::from_ref(stmt), open),
            StmtKind::Wait(time) => {
                let node = self.put(Kind::Wait, vec![format!("wait {time}")], open);
                self.one(node)
            }
            StmtKind::Guard(condition) => self.guard(condition, open),
            StmtKind::Do(step) => self.step(step, open),
            StmtKind::WithDo {
                step,
                inverse,
                inverse_args: _,
                body,
            } => self.with(step, *inverse, body, open),
            StmtKind::Verify(verify) => self.verify(verify, open),
            StmtKind::WaiveVerify(why) => {
                let line = format!("verify waived: {}", said(why));
                let node = self.put(Kind::Verify, vec![line], open);
                self.one(node)
            }
            StmtKind::Attempts(attempts) => self.attempts(attempts, open),
            StmtKind::Mitigated(mitigated) => self.mitigated(mitigated, open),
        }
    }

    fn found(&mut self, finding: FindingId, open: Vec<Open>) -> Vec<Open> {
        let name = &self.runbook.findings[finding.index()].name;
        let words = format!("found {name}");
        let open = open.into_iter().map(|open| open.and(&words));
        self.closed += 1;
        self.found.entry(finding).or_default().extend(open);
        Vec::new()
    }

    fn guard(&mut self, condition: &Expr, open: Vec<Open>) -> Vec<Open> {
        let line = self.asked("guard", condition);
        let node = self.put(Kind::Guard, vec![line], open);
        let no = self.labelled(node, "no");
        self.hand("a guard does not hold", no);
        self.labelled(node, "yes")
    }

    /// Something that leads on in several ways; nothing is drawn where all of them do nothing that is shown.
    fn choice(
        &mut self,
        line: String,
        open: Vec<Open>,
        ways: impl FnOnce(&mut Self, usize) -> Vec<Open>,
    ) -> Vec<Open> {
        self.unless_bare(Kind::Decision, vec![line], open, ways)
    }

    fn unless_bare(
        &mut self,
        kind: Kind,
        lines: Vec<String>,
        open: Vec<Open>,
        ways: impl FnOnce(&mut Self, usize) -> Vec<Open>,
    ) -> Vec<Open> {
        let (nodes, edges) = (self.graph.nodes.len(), self.graph.edges.len());
        let node = self.put(kind, lines, open.clone());
        let closed = self.closed;
        let behind = ways(self, node);
        if self.closed == closed && node == nodes && !self.is_cut(node) {
            self.graph.nodes.truncate(nodes);
            self.graph.edges.truncate(edges);
            return open;
        }
        behind
    }

    fn arms(&mut self, arms: &'a [Arm], node: usize) -> Vec<Open> {
        let mut behind = Vec::new();
        for Arm {
            pattern,
            body,
            span: _,
        } in arms
        {
            let open = self.labelled(node, &self.pattern(pattern));
            behind.extend(self.block(body, open));
        }
        behind
    }

    /// A `let` is shown where its failure leads away.
    fn look(
        &mut self,
        local: LocalId,
        value: &Expr,
        retries: Option<Retry>,
        handlers: &'a [Handler],
        open: Vec<Open>,
    ) -> Vec<Open> {
        let line = self.asked(&format!("let {} =", self.local(local)), value);
        let lines = std::iter::once(line).chain(retries.map(retry));
        self.unless_bare(Kind::Look, lines.collect(), open, |flow, node| {
            flow.handlers(handlers, node, FailureFilter::words);
            flow.one(node)
        })
    }

    /// Where failures lead that are not taken as a value.
    pub(super) fn handlers(
        &mut self,
        handlers: &'a [Handler],
        node: usize,
        words: fn(FailureFilter) -> &'static str,
    ) {
        for handler in handlers {
            match &handler.action {
                HandlerAction::Value(_) => {}
                HandlerAction::Diverge(stmt) => {
                    let open = self.labelled(node, words(handler.on));
                    self.statement(stmt, open);
                }
            }
        }
    }

    fn each(&mut self, each: &'a For, open: Vec<Open>) -> Vec<Open> {
        let For {
            local,
            source,
            at_most,
            on_failure,
            body,
        } = each;
        let mut lines = vec![self.asked(&format!("for {} in", self.local(*local)), source)];
        lines.extend(at_most.map(|most| format!("at most {most}, one after the other")));
        let acts = self.part == Part::Acting;
        if acts {
            lines.push(
                match on_failure {
                    OnFailure::UndoStop => "on failure undo this, stop",
                    OnFailure::UndoContinue => "on failure undo this, continue",
                }
                .to_owned(),
            );
        }
        self.unless_bare(Kind::Loop, lines, open, |flow, node| {
            let open = flow.labelled(node, "each");
            let goes_on = acts && *on_failure == OnFailure::UndoContinue;
            flow.failed.extend(goes_on.then_some(Failed::GoesOn));
            let mut behind = flow.block(body, open);
            if goes_on {
                flow.failed.pop();
            }
            if acts {
                let empty = flow.labelled(node, "empty");
                flow.hand("a list is empty", empty);
            } else {
                behind.extend(flow.labelled(node, "none is left"));
            }
            behind
        })
    }

    fn cleared(
        &mut self,
        condition: Option<&Expr>,
        why: Option<&Expr>,
        open: Vec<Open>,
    ) -> Vec<Open> {
        let mut lines = vec!["cleared".to_owned()];
        lines.extend(why.map(|why| self.words(why.span)));
        let Some(condition) = condition else {
            return self.end(Kind::Cleared, lines, open);
        };
        let line = self.asked("cleared if", condition);
        let node = self.put(Kind::Decision, vec![line], open);
        let yes = self.labelled(node, "yes");
        self.end(Kind::Cleared, lines, yes);
        self.labelled(node, "no")
    }

    /// With the author's words on the way.
    fn because(&mut self, text: Option<&Expr>, open: Vec<Open>) -> Vec<Open> {
        self.closed += 1;
        match text {
            None => open,
            Some(text) => {
                let words = self.words(text.span);
                open.into_iter().map(|open| open.and(&words)).collect()
            }
        }
    }

    /// Neighbouring lines that tell somebody something.
    fn telling(&mut self, lines: &'a [Stmt], open: Vec<Open>) -> Vec<Open> {
        let words = lines.iter().map(|stmt| self.told(stmt.span)).collect();
        if lines.iter().any(is_duty) {
            return self.end(Kind::Handed, words, open);
        }
        let node = self.put(Kind::Note, words, open);
        self.one(node)
    }
}

fn is_telling(stmt: &Stmt) -> bool {
    is_duty(stmt) || matches!(stmt.kind, StmtKind::Tell { .. } | StmtKind::Attach(_))
}

/// Whether somebody has the duty from here on.
fn is_duty(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Page { .. } | StmtKind::Hand(_))
}
