//! Runbooks: triggers, clauses, blast, diagnosis, remedies, and what their product owns.

use super::Named;
use super::canon::Canon;
use crate::program::EDITION;
use crate::typed::{
    BlastLine, BlastPer, Cap, CapKind, ChainWait, Finding, KeyPart, LabelCondition, LabelTest,
    Least, Missed, Notice, Otherwise, OtherwiseOf, OwnsPattern, Population, Product, Recurs,
    Remedy, Runbook, SeverityCase, TellClause, Trigger, TriggerKind, WindowId,
};

impl Canon<'_> {
    #[expect(
        clippy::too_many_lines,
        reason = "takes every clause apart, so that a new one breaks the build"
    )]
    pub fn runbook(&mut self, runbook: &Runbook) {
        let Runbook {
            name: _,
            product,
            version: _,
            version_span: _,
            severity,
            triggers,
            // Each is encoded where it is used; one that nothing uses is told to people.
            bindings,
            incident_per,
            one_incident,
            again,
            recurs,
            clears_stop,
            fresh,
            patience,
            ends_within,
            tells,
            blast,
            caps,
            blast_span: _,
            // By what they do, where they are called.
            watches: _,
            diagnose,
            findings,
            remedies,
            steps,
            otherwise,
            name_span: _,
            span: _,
        } = runbook;
        self.number(u64::from(EDITION));
        self.option(*product, |canon, id| {
            canon.product(&canon.package().products[id.index()]);
        });
        self.list(severity, Canon::severity);
        self.list(triggers, Canon::trigger);
        self.list(bindings, Canon::bound);
        self.list(incident_per, |canon, KeyPart { binding, field }| {
            canon.binding(*binding);
            canon.option(*field, |canon, field| {
                let ty = canon.binding_type(*binding);
                canon.field_name(&ty, field);
            });
        });
        self.flag(*one_incident);
        self.option(*again, |canon, times| canon.number(u64::from(times)));
        self.option(recurs.as_ref(), |canon, recurs| canon.recurs(recurs));
        self.flag(*clears_stop);
        self.duration(*fresh);
        self.duration(*patience);
        self.option(ends_within.as_ref(), |canon, (time, _)| {
            canon.duration(*time);
        });
        self.list(tells, Canon::tell);
        self.list(blast, Canon::blast_line);
        self.list(caps, Canon::cap);
        self.option(diagnose.as_ref(), |canon, body| canon.body(body, 0));
        self.list(findings, |canon, finding| {
            let Finding {
                name,
                params,
                sites: _,
            } = finding;
            canon.text(name);
            canon.list(params, Canon::ty);
        });
        self.list(remedies, |canon, remedy| {
            let Remedy {
                name,
                finding: _,
                params,
                body,
                name_span: _,
                span: _,
            } = remedy;
            canon.text(name);
            canon.body(body, *params);
        });
        self.option(steps.as_ref(), |canon, body| canon.body(body, 0));
        self.list(otherwise, |canon, clause| {
            let Otherwise { of, body, span: _ } = clause;
            canon.tag(match of {
                OtherwiseOf::Both => "novel or inconclusive",
                OtherwiseOf::Novel => "novel",
                OtherwiseOf::Inconclusive => "inconclusive",
                OtherwiseOf::Systemic => "systemic",
            });
            canon.body(body, 0);
        });
    }

    fn product(&mut self, product: &Product) {
        let Product {
            name: _,
            owner,
            chain,
            owns,
            zone,
            span: _,
        } = product;
        self.option(*owner, |canon, id| canon.named(Named::Role(id)));
        self.list(chain, |canon, (role, waits)| {
            canon.named(Named::Role(*role));
            match waits {
                ChainWait::For(time) => {
                    canon.tag("for");
                    canon.duration(*time);
                }
                ChainWait::UntilAcknowledged => canon.tag("until acknowledged"),
                ChainWait::Unsaid => canon.tag("unsaid"),
            }
        });
        self.list(owns, |canon, OwnsPattern { steps, span: _ }| {
            canon.list(steps, |canon, (kind, key)| {
                canon.text(kind);
                canon.text(key);
            });
        });
        self.maybe_text(zone.as_ref());
    }

    pub fn severity(&mut self, case: &SeverityCase) {
        let SeverityCase { level, when } = case;
        self.tag(level.word());
        self.maybe(when.as_ref());
    }

    pub fn trigger(&mut self, trigger: &Trigger) {
        let Trigger {
            kind,
            labels,
            conditions,
            written: _,
            holding,
            span: _,
        } = trigger;
        match kind {
            TriggerKind::Alert { name } => {
                self.tag("alert");
                self.text(name);
            }
            TriggerKind::Event { record } => {
                self.tag("event");
                self.named(Named::Record(*record));
            }
            TriggerKind::Schedule { cron, zone, missed } => {
                self.tag("schedule");
                self.text(cron);
                self.maybe_text(zone.as_ref());
                self.flag(*missed != Missed::Skip);
                if let Missed::OnceWithin(within) = missed {
                    self.tag("within");
                    self.duration(*within);
                }
            }
            TriggerKind::Request { params, by } => {
                self.tag("request");
                self.list(params, |canon, id| canon.binding(*id));
                self.option(*by, |canon, id| canon.named(Named::Role(id)));
            }
        }
        self.list(labels, |canon, LabelCondition { label, test }| {
            canon.text(label);
            canon.label_test(test);
        });
        self.exprs(conditions);
        self.option(*holding, Canon::duration);
    }

    fn label_test(&mut self, test: &LabelTest) {
        match test {
            LabelTest::Present => self.tag("present"),
            LabelTest::Equal(value) => {
                self.tag("==");
                self.value(value);
            }
            LabelTest::NotEqual(value) => {
                self.tag("!=");
                self.value(value);
            }
            LabelTest::In(values) => {
                self.tag("in");
                self.list(values, Canon::value);
            }
            LabelTest::Matches(pattern) => {
                self.tag("~");
                self.text(pattern);
            }
        }
    }

    fn recurs(&mut self, recurs: &Recurs) {
        let Recurs {
            times,
            within,
            then,
        } = recurs;
        self.number(u64::from(*times));
        self.duration(*within);
        match then {
            Notice::Page { roles, text } => {
                self.tag("page");
                self.roles(roles);
                self.maybe(text.as_ref());
            }
            Notice::Hand(hand) => self.hand(hand),
        }
    }

    fn tell(&mut self, tell: &TellClause) {
        let TellClause {
            roles,
            unresolved_after,
            text,
            span: _,
        } = tell;
        self.roles(roles);
        self.option(*unresolved_after, Canon::duration);
        self.maybe(text.as_ref());
    }

    fn blast_line(&mut self, line: &BlastLine) {
        let BlastLine {
            count,
            target,
            per,
            span: _,
        } = line;
        self.number(u64::from(*count));
        self.named(Named::Target(*target));
        match per {
            BlastPer::Run => self.tag("a run"),
            BlastPer::AtOnce => self.tag("at once"),
            BlastPer::Window(window) => {
                self.tag("per");
                self.duration(*window);
            }
        }
    }

    pub fn cap(&mut self, cap: &Cap) {
        let Cap {
            kind,
            words: _,
            span: _,
        } = cap;
        match kind {
            CapKind::Share { share, population } => {
                self.tag("share");
                self.text(&share.to_string());
                self.population(population);
            }
            CapKind::Keep {
                least,
                field,
                population,
            } => {
                self.tag("keep");
                match least {
                    Least::Count(count) => self.number(u64::from(*count)),
                    Least::Share(share) => self.text(&share.to_string()),
                }
                self.field_name(&crate::typed::Type::Target(population.target), *field);
                self.population(population);
            }
            CapKind::PerDomain {
                count,
                target,
                domain,
                window,
            } => {
                self.tag("per domain");
                self.number(u64::from(*count));
                self.named(Named::Target(*target));
                self.named(Named::Target(*domain));
                self.duration(*window);
            }
            CapKind::DomainsAtOnce {
                count,
                domain,
                target,
            } => {
                self.tag("domains at once");
                self.number(u64::from(*count));
                self.named(Named::Target(*domain));
                self.named(Named::Target(*target));
            }
            CapKind::Pause(window) => {
                self.tag("pause");
                self.named(Named::Window(*window));
                // Its times are the limit, so they belong to the line.
                self.windows(*window);
            }
            CapKind::Only(window) => {
                self.tag("only");
                self.named(Named::Window(*window));
                self.windows(*window);
            }
        }
    }

    /// The times of a window, and of what is cut out of it.
    fn windows(&mut self, window: WindowId) {
        let windows = &self.package().windows;
        let mut next = Some(window);
        // One that is cut out of itself ends, too.
        for _ in 0..windows.len() {
            let Some(id) = next else { break };
            self.window(&windows[id.index()]);
            next = windows[id.index()].except;
        }
    }

    pub fn population(&mut self, population: &Population) {
        let Population {
            call,
            words: _,
            target,
        } = population;
        self.expr(call);
        self.named(Named::Target(*target));
    }
}
