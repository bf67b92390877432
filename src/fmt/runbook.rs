//! Runbooks and their clauses.
//!
//! In: nodes. Out: pieces of the layout. The clauses keep the author's order.

use smol_str::SmolStr;

use super::brackets::{BLOCK, PARENTHESES};
use super::printer::{Node, Printer};
use crate::syntax::tree::{
    BlastLine, BlastLineKind, BlastPer, Clause, ClauseKind, Notice, Otherwise, Path, Remedy,
    Runbook, SeverityCase, TellClause, Trigger, TriggerClause, TriggerClauseKind, TriggerKind,
    Watch, WithLabel, WithOp,
};
use crate::text::Span;

impl Node for Clause {
    fn span(&self) -> Span {
        self.span
    }

    fn documentation(&self) -> &[SmolStr] {
        &self.doc
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.runbook_clause(self);
    }
}

impl Node for SeverityCase {
    fn span(&self) -> Span {
        self.level.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(&self.level);
        printer.clause(" when ", self.when.as_ref(), Printer::expression);
    }
}

impl Node for TriggerClause {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        match &self.kind {
            TriggerClauseKind::Missing => printer.missing(self.span),
            TriggerClauseKind::With(labels) => printer.labels(labels),
            TriggerClauseKind::Where(condition) => {
                printer.clause("where ", Some(condition), Printer::expression);
            }
            TriggerClauseKind::Holding(time) => {
                printer.clause("holding ", Some(time), Printer::expression);
            }
        }
    }
}

impl Node for WithLabel {
    fn span(&self) -> Span {
        self.label.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.plain_text(&self.label);
        if let Some(condition) = &self.condition {
            printer.word(match condition.op {
                WithOp::Equal => " ==",
                WithOp::NotEqual => " !=",
                WithOp::In => " in",
                WithOp::Matches => " ~",
            });
            printer.continued(condition.value.span.start, |printer| {
                printer.expression(&condition.value);
            });
        }
        printer.clause(" as ", self.binding.as_ref(), Printer::name);
    }
}

impl Node for BlastLine {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        match &self.kind {
            BlastLineKind::Missing => printer.missing(self.span),
            BlastLineKind::AtMost { count, target, per } => {
                printer.clause("at most ", Some(count), Printer::expression);
                printer.clause(" ", Some(target), Printer::path);
                match per {
                    BlastPer::Run => {}
                    BlastPer::AtOnce => printer.word(" at once"),
                    BlastPer::Window(time) => {
                        printer.clause(" per ", Some(time), Printer::expression);
                    }
                }
            }
            BlastLineKind::Share { share, population } => {
                printer.clause("at most ", Some(share), Printer::expression);
                printer.clause(" of ", Some(population), Printer::expression);
            }
            BlastLineKind::Keep {
                least,
                field,
                population,
            } => {
                printer.clause("keep at least ", Some(least), Printer::expression);
                printer.clause(" ", Some(field), Printer::name);
                printer.clause(" of ", Some(population), Printer::expression);
            }
            BlastLineKind::PerDomain {
                count,
                target,
                domain,
                window,
            } => {
                printer.clause("at most ", Some(count), Printer::expression);
                printer.clause(" ", Some(target), Printer::path);
                printer.clause(" per ", Some(domain), Printer::path);
                printer.clause(" per ", Some(window), Printer::expression);
            }
            BlastLineKind::DomainsAtOnce {
                count,
                domain,
                target,
            } => {
                printer.clause("at most ", Some(count), Printer::expression);
                printer.clause(" ", Some(domain), Printer::path);
                printer.clause(" of ", Some(target), Printer::path);
                printer.word(" at once");
            }
            BlastLineKind::Pause(window) => {
                printer.clause("pause during ", Some(window), Printer::name);
            }
            BlastLineKind::Only(window) => {
                printer.clause("only during ", Some(window), Printer::name);
            }
        }
    }
}

impl<'a> Printer<'a> {
    pub(super) fn runbook(&mut self, runbook: &'a Runbook) {
        self.word("runbook ");
        self.name(&runbook.name);
        self.clause(" for ", runbook.product.as_ref(), Self::name);
        self.word(" ");
        self.body(runbook.name.span.end, &runbook.clauses);
    }

    fn runbook_clause(&mut self, clause: &'a Clause) {
        match &clause.kind {
            ClauseKind::Missing => self.missing(clause.span),
            ClauseKind::Version(version) => {
                self.word("version ");
                self.slice(*version);
            }
            ClauseKind::Severity(cases) => {
                self.word("severity ");
                self.commas(cases);
            }
            ClauseKind::On(trigger) => self.trigger(trigger),
            ClauseKind::IncidentPer(labels) => self.incident_per(labels, clause.span),
            ClauseKind::Again(times) => {
                self.clause("again at most ", Some(times), Self::expression);
            }
            ClauseKind::Recurs {
                times,
                within,
                then,
            } => {
                self.clause("recurs ", Some(times), Self::expression);
                self.clause(" within ", Some(within), Self::expression);
                self.word(" then ");
                match then {
                    Notice::Page { roles, text } => self.notice("page ", roles, text.as_ref()),
                    Notice::Hand(hand) => self.hand(hand),
                }
            }
            ClauseKind::Clears(what) => self.clause("clears ", Some(what), Self::name),
            ClauseKind::Fresh(time) => self.clause("fresh ", Some(time), Self::expression),
            ClauseKind::Patience(time) => self.clause("patience ", Some(time), Self::expression),
            ClauseKind::EndsWithin(time) => {
                self.clause("ends within ", Some(time), Self::expression);
            }
            ClauseKind::Tell(tell) => self.tell(tell),
            ClauseKind::Blast(lines) => {
                self.word("blast ");
                let behind_opener = self.comments.opener_behind(clause.span.start, '{');
                self.bracketed(&BLOCK, behind_opener, lines);
            }
            ClauseKind::Watch(watch) => self.watch(watch),
            ClauseKind::Diagnose(block) => self.clause("diagnose ", Some(block), Self::block),
            ClauseKind::Remedy(remedy) => self.remedy(remedy),
            ClauseKind::Steps(block) => self.clause("steps ", Some(block), Self::block),
            ClauseKind::Otherwise(otherwise) => self.otherwise(otherwise),
        }
    }

    fn trigger(&mut self, trigger: &'a Trigger) {
        self.word("on ");
        match &trigger.kind {
            TriggerKind::Missing => self.missing(trigger.span),
            TriggerKind::Alert { name, binding } => {
                self.word("alert ");
                self.plain_text(name);
                self.clause(" as ", binding.as_ref(), Self::name);
            }
            TriggerKind::Event { record, binding } => {
                self.clause("event ", Some(record), Self::path);
                self.clause(" as ", binding.as_ref(), Self::name);
            }
            TriggerKind::Schedule {
                cron,
                zone,
                missed_runs,
                missed_within,
            } => {
                self.word("schedule ");
                self.expression(cron);
                self.clause(" in ", zone.as_ref(), |printer, zone| {
                    printer.plain_text(zone)
                });
                match missed_runs {
                    None => {}
                    Some(true) => self.word(" missed run once"),
                    Some(false) => self.word(" missed skip"),
                }
                self.clause(" within ", missed_within.as_deref(), Self::expression);
            }
            TriggerKind::Request { params, by } => {
                self.word("request");
                let behind_opener = self.comments.opener_behind(trigger.span.start, '(');
                self.bracketed(&PARENTHESES, behind_opener, params);
                self.clause(" by ", by.as_ref(), Self::name);
            }
        }
        if let Some(first) = trigger.clauses.first() {
            self.word(" ");
            self.bracketed(&BLOCK, first.span.start, &trigger.clauses);
        }
    }

    /// One line for all labels, or one for each as soon as one of them has a condition.
    fn labels(&mut self, labels: &'a [WithLabel]) {
        self.word("with ");
        if labels.iter().all(|label| label.condition.is_none()) {
            return self.commas(labels);
        }
        for (index, label) in labels.iter().enumerate() {
            if index > 0 {
                self.new_line(label.span().start);
                self.word("with ");
            }
            label.print(self);
        }
    }

    fn incident_per(&mut self, labels: &'a [Path], clause: Span) {
        self.word("incident per ");
        match labels {
            [only] if !self.comments.any_before(clause.end) => self.path(only),
            _ => {
                let behind_opener = self.comments.opener_behind(clause.start, '(');
                self.bracketed(&PARENTHESES, behind_opener, labels);
            }
        }
    }

    fn tell(&mut self, tell: &'a TellClause) {
        self.word("tell ");
        self.commas(&tell.roles);
        match &tell.unresolved_after {
            None => self.word(" at once"),
            Some(time) => self.clause(" if unresolved after ", Some(time), Self::expression),
        }
        self.message(tell.text.as_ref());
    }

    fn watch(&mut self, watch: &'a Watch) {
        self.word("watch ");
        self.signature(&watch.name, &watch.params, None);
        self.default(Some(&watch.value));
    }

    fn remedy(&mut self, remedy: &'a Remedy) {
        self.word("remedy ");
        self.call_unless_empty(&remedy.name, &remedy.params);
        self.word(" ");
        self.block(&remedy.body);
    }

    fn otherwise(&mut self, otherwise: &'a Otherwise) {
        self.word("otherwise ");
        if let Some(of) = &otherwise.of {
            self.name(of);
            self.word(" ");
        }
        self.block_or_statement(&otherwise.body, otherwise.braces);
    }
}
