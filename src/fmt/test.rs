//! Tests and their lines.
//!
//! In: nodes. Out: pieces of the layout.

use super::brackets::PARENTHESES;
use super::layout::Level;
use super::printer::{Node, Printer};
use crate::syntax::tree::{
    ActionPattern, AlertName, CaseValue, Cause, Expect, Given, GivenOutcome, Ident, PlainText,
    ProbeSays, Reply, ReplyKind, Test, TestLine, TestLineKind, Times,
};
use crate::text::Span;

impl Node for TestLine {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        match &self.kind {
            TestLineKind::Missing => printer.missing(self.span),
            TestLineKind::At { time, zone } => {
                printer.clause("at ", Some(time), Printer::expression);
                printer.clause(" in ", zone.as_ref(), quoted);
            }
            TestLineKind::Case(case) => {
                printer.clause("case ", Some(&case.title), quoted);
                printer.word(": ");
                printer.commas(&case.values);
            }
            TestLineKind::Given(given) => {
                printer.word("given ");
                printer.given(given, self.span);
            }
            TestLineKind::Expect(expect) => {
                printer.word("expect ");
                printer.expect(expect);
            }
        }
    }
}

impl Node for CaseValue {
    fn span(&self) -> Span {
        self.name.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(&self.name);
        printer.word(" =");
        printer.continued(self.value.span.start, |printer| {
            printer.expression(&self.value);
        });
    }
}

fn quoted<'a>(printer: &mut Printer<'a>, text: &'a PlainText) {
    printer.plain_text(text);
}

impl<'a> Printer<'a> {
    pub(super) fn test(&mut self, test: &'a Test) {
        self.word("test ");
        self.name(&test.runbook);
        self.clause(" ", Some(&test.title), quoted);
        self.word(" ");
        self.body(test.title.span.end, &test.lines);
    }

    fn given(&mut self, given: &'a Given, line: Span) {
        match given {
            Given::Alert {
                name,
                labels,
                resolves,
            } => {
                self.word("alert ");
                match name {
                    AlertName::Plain(name) => self.call_unless_empty(name, labels),
                    AlertName::Quoted(text) => {
                        quoted(self, text);
                        if !labels.is_empty() {
                            self.bracketed(&PARENTHESES, text.span.end + 1, labels);
                        }
                    }
                }
                self.clause(" resolves after ", resolves.as_ref(), Self::expression);
            }
            Given::Event(event) => self.clause("event ", Some(event), Self::expression),
            Given::Request { args, by, role } => {
                self.word("request");
                let behind_opener = self.comments.opener_behind(line.start, '(');
                self.bracketed(&PARENTHESES, behind_opener, args);
                self.clause(" by ", by.as_ref(), quoted);
                self.clause(" as ", role.as_ref(), Self::name);
            }
            Given::Schedule => self.word("schedule"),
            Given::Finding { finding, args } => {
                self.word("finding ");
                self.call_unless_empty(finding, args);
            }
            Given::Observation { call, replies } => {
                self.expression(call);
                self.replies(replies);
            }
            Given::Effect {
                action,
                outcome,
                takes,
            } => {
                self.clause("do ", Some(action), Self::expression);
                self.outcome(
                    outcome,
                    takes.as_ref().map_or(line.end, |takes| takes.span.start),
                );
                self.clause(" takes ", takes.as_ref(), Self::expression);
            }
        }
    }

    fn outcome(&mut self, outcome: &'a GivenOutcome, behind: u32) {
        match outcome {
            GivenOutcome::Applied => {}
            GivenOutcome::Fails(why) => {
                self.word(" fails");
                self.clause(" ", why.as_ref(), quoted);
            }
            GivenOutcome::Breaks(why) => {
                self.word(" breaks");
                self.clause(" ", why.as_ref(), quoted);
            }
            GivenOutcome::Unknown(ProbeSays::Unsaid) => self.word(" unknown"),
            GivenOutcome::Unknown(says) => {
                self.word(" unknown,");
                self.continued(behind, |printer| {
                    printer.word(match says {
                        ProbeSays::Unsaid | ProbeSays::Nothing => "probe says nothing",
                        ProbeSays::Applied => "probe says applied",
                        ProbeSays::NotApplied => "probe says not applied",
                    });
                });
            }
        }
    }

    fn replies(&mut self, replies: &'a [Reply]) {
        let Some((first, others)) = replies.split_first() else {
            return;
        };
        self.layout.open(true);
        match &first.kind {
            ReplyKind::Value(value) => {
                self.word(" ->");
                self.continued(value.span.start, |printer| printer.expression(value));
            }
            ReplyKind::Fails(_) | ReplyKind::NoData => {
                self.word(" ");
                self.reply(&first.kind);
            }
        }
        self.reply_options(first);
        self.layout.indent(Level::Broken);
        for reply in others {
            self.word(",");
            self.layout.next_element();
            self.folded(reply.span.start);
            self.word("then ");
            self.reply(&reply.kind);
            self.reply_options(reply);
        }
        self.layout.dedent(Level::Broken);
        self.layout.close();
    }

    fn reply(&mut self, kind: &'a ReplyKind) {
        match kind {
            ReplyKind::Value(value) => self.expression(value),
            ReplyKind::Fails(why) => {
                self.word("fails");
                self.clause(" ", why.as_ref(), quoted);
            }
            ReplyKind::NoData => self.word("no_data"),
        }
    }

    fn reply_options(&mut self, reply: &'a Reply) {
        self.clause(" takes ", reply.takes.as_ref(), Self::expression);
        match &reply.cause {
            None => {}
            Some(Cause::OnceDid(action)) => {
                self.clause(" once did ", Some(action), Self::expression);
            }
            Some(Cause::After(time)) => self.clause(" after ", Some(time), Self::expression),
            Some(Cause::OnRead(count)) => self.clause(" on read ", Some(count), Self::expression),
        }
    }

    fn expect(&mut self, expect: &'a Expect) {
        match expect {
            Expect::Found(finding) => {
                if !matches!(finding.as_str(), "novel" | "inconclusive" | "systemic") {
                    self.word("found ");
                }
                self.name(finding);
            }
            Expect::Did { steps, times } => self.did(steps, times.as_ref()),
            Expect::No(action) => self.clause("no ", Some(action), Self::action_pattern),
            Expect::NoChange => self.word("no change"),
            Expect::Undone(action) => self.clause("undone ", Some(action), Self::action_pattern),
            Expect::End {
                end,
                role,
                because,
                within,
            } => {
                self.name(end);
                let owed = end.as_str() == "mitigated";
                self.clause(
                    if owed { " owed by " } else { " " },
                    role.as_ref(),
                    Self::name,
                );
                self.clause(" because ", because.as_ref(), Self::name);
                self.clause(" within ", within.as_ref(), Self::expression);
            }
            Expect::NobodyPaged => self.word("nobody paged"),
            Expect::Told {
                how,
                roles,
                because,
            } => self.told(how, roles, because.as_ref()),
        }
    }

    fn did(&mut self, steps: &'a [ActionPattern], times: Option<&'a Times>) {
        self.word("did ");
        for (index, step) in steps.iter().enumerate() {
            if index > 0 {
                self.word(" then ");
            }
            self.action_pattern(step);
        }
        match times {
            None => {}
            Some(Times::Once) => self.word(" once"),
            Some(Times::Exactly(count)) => {
                self.clause(" ", Some(count), Self::expression);
                self.word(" times");
            }
        }
    }

    fn told(&mut self, how: &'a Ident, roles: &'a [Ident], because: Option<&'a Ident>) {
        self.name(how);
        if !roles.is_empty() {
            self.word(" ");
            self.commas(roles);
        }
        self.clause(" because ", because, Self::name);
    }

    fn action_pattern(&mut self, pattern: &'a ActionPattern) {
        self.path(&pattern.action);
        if let Some(args) = &pattern.args {
            self.bracketed(&PARENTHESES, pattern.action.span.end + 1, args);
        }
    }
}
