//! Tests.

use super::expr::{names, path_text, plain};
use super::{Outline, words};
use crate::syntax::tree::{
    ActionPattern, AlertName, Case, CaseValue, Cause, Expect, Given, GivenOutcome, Ident,
    PlainText, ProbeSays, Reply, ReplyKind, Test, TestLineKind, Times,
};

impl Outline<'_> {
    pub(super) fn test(&mut self, test: &Test) {
        let Test {
            runbook,
            title,
            lines,
        } = test;
        self.line(&format!("test {} {}", runbook.text, plain(title)));
        self.nested(|outline| {
            for line in lines {
                match &line.kind {
                    TestLineKind::Missing => outline.line("<missing>"),
                    TestLineKind::At { time, zone } => {
                        let zone = zone
                            .as_ref()
                            .map_or(String::new(), |zone| format!("in {}", plain(zone)));
                        outline.line(&words(&["at", &outline.expr(time), &zone]));
                    }
                    TestLineKind::Case(Case { title, values }) => {
                        outline.line(&words(&["case", &plain(title)]));
                        outline.nested(|outline| {
                            for CaseValue { name, value } in values {
                                outline.line(&words(&[&name.text, "=", &outline.expr(value)]));
                            }
                        });
                    }
                    TestLineKind::Given(given) => outline.given(given),
                    TestLineKind::Expect(expect) => {
                        outline.line(&format!("expect {}", outline.expect(expect)))
                    }
                }
            }
        });
    }

    fn given(&mut self, given: &Given) {
        let line = match given {
            Given::Alert {
                name,
                labels,
                resolves,
            } => words(&[
                "alert",
                &match name {
                    AlertName::Plain(name) => name.text.to_string(),
                    AlertName::Quoted(text) => plain(text),
                },
                &self.arguments(labels),
                &self.after("resolves after", resolves),
            ]),
            Given::Event(event) => format!("event {}", self.expr(event)),
            Given::Request { args, by, role } => {
                let by = by
                    .as_ref()
                    .map_or(String::new(), |by| format!("by {}", plain(by)));
                let role = role
                    .as_ref()
                    .map_or(String::new(), |role| format!("as {}", role.text));
                words(&["request", &self.arguments(args), &by, &role])
            }
            Given::Schedule => "schedule".into(),
            Given::Finding { finding, args } => {
                words(&["finding", &finding.text, &self.exprs(args)])
            }
            Given::Observation { call, replies: _ } => self.expr(call),
            Given::Effect {
                action,
                outcome,
                takes,
            } => {
                let outcome = outcome_text(outcome);
                words(&[
                    "do",
                    &self.expr(action),
                    &outcome,
                    &self.after("takes", takes),
                ])
            }
        };
        self.line(&format!("given {line}"));
        if let Given::Observation { call: _, replies } = given {
            self.nested(|outline| {
                replies
                    .iter()
                    .for_each(|reply| outline.line(&outline.reply(reply)))
            });
        }
    }

    fn reply(&self, reply: &Reply) -> String {
        let Reply {
            kind,
            cause,
            takes,
            span: _,
        } = reply;
        let kind = match kind {
            ReplyKind::Value(value) => self.expr(value),
            ReplyKind::Fails(why) => reason(why),
            ReplyKind::NoData => "no_data".into(),
        };
        let cause = match cause {
            None => String::new(),
            Some(Cause::OnceDid(action)) => format!("once did {}", self.expr(action)),
            Some(Cause::After(duration)) => format!("after {}", self.expr(duration)),
            Some(Cause::OnRead(count)) => format!("on read {}", self.expr(count)),
        };
        words(&[&kind, &cause, &self.after("takes", takes)])
    }

    fn expect(&self, expect: &Expect) -> String {
        match expect {
            Expect::Found(finding) => format!("found {}", finding.text),
            Expect::Did { steps, times } => {
                let steps: Vec<String> = steps.iter().map(|step| self.action(step)).collect();
                let times = match times {
                    None => String::new(),
                    Some(Times::Once) => "once".into(),
                    Some(Times::Exactly(count)) => format!("{} times", self.expr(count)),
                };
                words(&["did", &steps.join(" then "), &times])
            }
            Expect::No(action) => format!("no {}", self.action(action)),
            Expect::NoChange => "no change".into(),
            Expect::Undone(action) => format!("undone {}", self.action(action)),
            Expect::End {
                end,
                role,
                because,
                within,
            } => {
                let role = role
                    .as_ref()
                    .map_or(String::new(), |role| format!("of {}", role.text));
                words(&[
                    "end",
                    &end.text,
                    &role,
                    &cause_text(because),
                    &self.after("within", within),
                ])
            }
            Expect::NobodyPaged => "nobody paged".into(),
            Expect::Told {
                how,
                roles,
                because,
            } => words(&[&how.text, &names(roles), &cause_text(because)]),
        }
    }

    fn action(&self, pattern: &ActionPattern) -> String {
        let ActionPattern {
            action,
            args,
            span: _,
        } = pattern;
        match args {
            None => path_text(action),
            Some(args) => format!("({})", words(&[&path_text(action), &self.arguments(args)])),
        }
    }
}

fn cause_text(because: &Option<Ident>) -> String {
    because
        .as_ref()
        .map_or(String::new(), |word| format!("because {}", word.text))
}

fn reason(why: &Option<PlainText>) -> String {
    match why {
        Some(why) => format!("fails {}", plain(why)),
        None => "fails".into(),
    }
}

fn outcome_text(outcome: &GivenOutcome) -> String {
    match outcome {
        GivenOutcome::Applied => String::new(),
        GivenOutcome::Fails(why) => reason(why),
        GivenOutcome::Breaks(Some(why)) => format!("breaks {}", plain(why)),
        GivenOutcome::Breaks(None) => "breaks".into(),
        GivenOutcome::Unknown(ProbeSays::Unsaid) => "unknown".into(),
        GivenOutcome::Unknown(ProbeSays::Applied) => "unknown, probe says applied".into(),
        GivenOutcome::Unknown(ProbeSays::NotApplied) => "unknown, probe says not applied".into(),
        GivenOutcome::Unknown(ProbeSays::Nothing) => "unknown, probe says nothing".into(),
    }
}
