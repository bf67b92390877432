//! A condition by itself: what it asks, whatever the names around it are called and wherever it stands.
//!
//! A local from outside counts as what it was bound to, so that a further `let` before the condition,
//! or another order of them, leaves its hash as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::Cores;
use super::canon::Canon;
use super::meaning::{Finder, Meanings};
use super::reading::{Moment, Place};
use crate::program::manifest::{Clause, ConditionHash};
use crate::typed::{
    ArmPattern, BindingId, Body, Cap, CapKind, Expr, FailureFilter, FindingId, Hand, Handler,
    HandlerAction, LocalId, Remedy, Runbook, Step, StmtKind, Type,
};

/// What each parameter of each finding stands for, at all places that find it.
#[derive(Default)]
pub struct Handed(BTreeMap<(FindingId, u32), BTreeSet<ConditionHash>>);

impl<'a> Cores<'a> {
    /// What the locals of a body stand for; the first `params` are its parameters.
    pub fn meanings(&self, runbook: &'a Runbook, body: &'a Body, params: u32) -> Meanings {
        let mut finder = Finder::new(self, runbook, body);
        for index in 0..params {
            let ty = &body.locals[index as usize].ty;
            finder.is(LocalId(index), "parameter", |canon| {
                canon.number(u64::from(index));
                canon.ty(ty);
            });
        }
        finder.body(body)
    }

    /// What the diagnosis hands over, in time linear in its text.
    pub fn handed(&self, runbook: &'a Runbook) -> Handed {
        let mut handed = Handed::default();
        let Some(body) = &runbook.diagnose else {
            return handed;
        };
        let mut seen = self.meanings(runbook, body, 0);
        body.block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Found { finding, args } = &stmt.kind {
                seen.go_to(stmt.span);
                for (index, arg) in args.iter().enumerate() {
                    let place = match arg.ty {
                        Type::Target(_) => Place::Target,
                        _ => Place::Once,
                    };
                    let given = self.given(runbook, &seen, (&[arg], &[arg]), place);
                    let places = handed.0.entry((*finding, index as u32)).or_default();
                    places.insert(given);
                }
            }
        });
        handed
    }

    /// What the locals of a remedy stand for: a parameter for what the diagnosis hands over, wherever it finds this.
    pub fn remedy_meanings(
        &self,
        runbook: &'a Runbook,
        remedy: &'a Remedy,
        handed: &Handed,
    ) -> Meanings {
        let mut finder = Finder::new(self, runbook, &remedy.body);
        for index in 0..remedy.params {
            let ty = &remedy.body.locals[index as usize].ty;
            let key = remedy.finding.map(|finding| (finding, index));
            let given = key.and_then(|key| handed.0.get(&key));
            match given {
                Some(given) => finder.is(LocalId(index), "handed", |canon| {
                    canon.ty(ty);
                    given.iter().copied().for_each(|one| canon.short(one));
                }),
                None => finder.is(LocalId(index), "parameter", |canon| {
                    canon.number(u64::from(index));
                    canon.ty(ty);
                }),
            }
        }
        finder.body(&remedy.body)
    }

    /// The hash of a condition in a body.
    pub fn condition(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        condition: &Expr,
        place: Place,
    ) -> Asks {
        let observes = condition.observes(self.package);
        let how = ("condition", place);
        self.asked_at(runbook, meanings, how, observes, |canon| {
            canon.expr(condition);
        })
    }

    /// The hash of what holds in an arm of a `match`.
    pub fn arm(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        subject: &Expr,
        pattern: &ArmPattern,
    ) -> Asks {
        let observes = subject.observes(self.package);
        self.asked_at(runbook, meanings, ("arm", Place::Once), observes, |canon| {
            canon.expr(subject);
            canon.pattern(pattern);
        })
    }

    /// The hash of what becomes of a step that was not applied, whatever people are told of it.
    pub fn handlers(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        handlers: &[Handler],
    ) -> ConditionHash {
        self.hashed(runbook, meanings, "handlers", |canon| {
            canon.list(handlers, handler_without_text);
        })
    }

    /// The hash of a reading that has an answer.
    pub fn reading(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        value: &Expr,
    ) -> ConditionHash {
        self.hashed(runbook, meanings, "reading", |canon| canon.expr(value))
    }

    /// The hash of what people read.
    pub fn words(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        words: &[&Expr],
    ) -> ConditionHash {
        self.hashed(runbook, meanings, "words", |canon| {
            canon.list(words, |canon, expr| canon.expr(expr));
        })
    }

    /// The hash of a reason, which is a plain text.
    pub fn reason(&self, runbook: &'a Runbook, text: &str) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "reason", |canon| {
            canon.text(text)
        })
    }

    /// The hash of how severe it is.
    pub fn severity(&self, runbook: &'a Runbook) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "severity", |canon| {
            canon.list(&runbook.severity, Canon::severity);
        })
    }

    /// The hash of the clauses that stand nowhere else: which incidents are one, what is tried again, when it ends.
    pub fn clauses(&self, runbook: &'a Runbook) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "clauses", |canon| {
            canon.flag(runbook.one_incident);
            canon.option(runbook.again, |canon, times| canon.number(u64::from(times)));
            canon.option(runbook.ends_within.as_ref(), |canon, (time, _)| {
                canon.duration(*time);
            });
        })
    }

    /// The hash of the zone of its product.
    pub fn zone(&self, runbook: &'a Runbook) -> ConditionHash {
        let product = runbook.product.map(|id| &self.package.products[id.index()]);
        let zone = product.and_then(|product| product.zone.as_ref());
        self.hashed(runbook, &Meanings::default(), "zone", |canon| {
            canon.option(zone, |canon, zone| canon.text(zone));
        })
    }

    /// One hash of several, in their order, by what they are together.
    pub fn joined(
        &self,
        runbook: &'a Runbook,
        word: &'static str,
        hashes: &[ConditionHash],
    ) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), word, |canon| {
            canon.list(hashes.iter().copied(), Canon::short);
        })
    }

    /// The hash of some of what a step is given: of these parts of these arguments.
    pub fn given(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        (parts, args): (&[&Expr], &[&Expr]),
        place: Place,
    ) -> ConditionHash {
        let fresh = self.hashed(runbook, meanings, "given", |canon| {
            canon.list(parts, |canon, part| canon.expr(part));
        });
        let mut whole = Canon::new(self, runbook).meaning(meanings);
        args.iter().for_each(|arg| whole.expr(arg));
        match meanings.ages(&whole.met(), place) {
            None => fresh,
            Some(ages) => self.older(runbook, fresh, ages),
        }
    }

    /// The hash of something that has to be so for what stands in it: the `with do` around it, an
    /// attempt that failed before it.
    pub fn around(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        word: &'static str,
        step: Option<&Step>,
    ) -> ConditionHash {
        self.hashed(runbook, meanings, word, |canon| {
            canon.option(step, |canon, step| {
                canon.callee(step.callee);
                canon.exprs(&step.args);
            });
        })
    }

    /// The hash of the parameters of a request, with their types.
    pub fn parameters(&self, runbook: &'a Runbook, params: &[BindingId]) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "parameters", |canon| {
            canon.list(params, |canon, id| canon.binding(*id));
        })
    }

    /// The hash of conditions together, which are looked at again and again.
    pub fn conditions(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        conditions: &[Expr],
    ) -> ConditionHash {
        let how = ("conditions", Place::Live);
        let asks = self.asked_at(runbook, meanings, how, false, |canon| {
            canon.exprs(conditions)
        });
        match asks.ages(meanings.now()) {
            Some(ages) => self.older(runbook, asks.hash, ages),
            None => asks.hash,
        }
    }

    /// The hash of what a diagnosis finds, and when.
    pub fn diagnosis(&self, runbook: &'a Runbook, body: &Body) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "diagnosis", |canon| {
            canon.body(body, 0);
        })
    }

    /// The hash of a line of `blast` that looks at the world.
    pub fn cap(&self, runbook: &'a Runbook, cap: &Cap) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "cap", |canon| canon.cap(cap))
    }

    /// The hash of such a line without its number.
    pub fn cap_of(&self, runbook: &'a Runbook, cap: &Cap) -> ConditionHash {
        self.hashed(
            runbook,
            &Meanings::default(),
            "cap of",
            |canon| match &cap.kind {
                CapKind::Share {
                    share: _,
                    population,
                } => {
                    canon.tag("share");
                    canon.population(population);
                }
                CapKind::Keep {
                    least: _,
                    field,
                    population,
                } => {
                    canon.tag("keep");
                    canon.field_name(&crate::typed::Type::Target(population.target), *field);
                    canon.population(population);
                }
                CapKind::PerDomain {
                    count: _,
                    target,
                    domain,
                    window,
                } => {
                    canon.tag("per domain");
                    canon.named(super::Named::Target(*target));
                    canon.named(super::Named::Target(*domain));
                    canon.duration(*window);
                }
                CapKind::DomainsAtOnce {
                    count: _,
                    domain,
                    target,
                } => {
                    canon.tag("domains at once");
                    canon.named(super::Named::Target(*domain));
                    canon.named(super::Named::Target(*target));
                }
                CapKind::Pause(_) | CapKind::Only(_) => canon.cap(cap),
            },
        )
    }

    pub(super) fn hashed(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        word: &'static str,
        said: impl FnOnce(&mut Canon<'_>),
    ) -> ConditionHash {
        let mut canon = Canon::new(self, runbook).meaning(meanings);
        canon.tag(word);
        said(&mut canon);
        canon.met();
        short(canon)
    }

    /// The hash of something that is asked where the meanings are now, and since when that is so.
    pub(super) fn asked_at(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        (word, place): (&'static str, Place),
        observes: bool,
        said: impl FnOnce(&mut Canon<'_>),
    ) -> Asks {
        let mut canon = Canon::new(self, runbook).meaning(meanings);
        canon.tag(word);
        said(&mut canon);
        let read = Meanings::read(&canon.met(), place);
        // What is looked at again is of then.
        let asked = (observes && place == Place::Once).then(|| meanings.now());
        Asks {
            hash: short(canon),
            read,
            asked,
            clauses: Vec::new(),
        }
    }

    /// The same, of which something was read or asked earlier.
    pub fn older(
        &self,
        runbook: &'a Runbook,
        fresh: ConditionHash,
        ages: Vec<u64>,
    ) -> ConditionHash {
        self.hashed(runbook, &Meanings::default(), "read before", |canon| {
            canon.short(fresh);
            canon.list(ages, Canon::number);
        })
    }
}

/// What is asked at one place.
#[derive(Clone)]
pub struct Asks {
    pub hash: ConditionHash,
    /// When each value in it was read.
    pub read: Vec<Moment>,
    /// When it was asked itself; none where it is looked at again, or does not grow old.
    pub asked: Option<Moment>,
    /// What that comes to, part by part, where the way there is told.
    pub clauses: Vec<Clause>,
}

impl Asks {
    /// Something that does not grow old.
    pub fn always(hash: ConditionHash) -> Asks {
        Asks {
            hash,
            read: Vec::new(),
            asked: None,
            clauses: Vec::new(),
        }
    }

    /// How old it is, where something in it is.
    pub fn ages(&self, now: Moment) -> Option<Vec<u64>> {
        // Between steps that are added one after the other what was asked once stays what was asked.
        let asked = self.asked.map(|asked| now.since(asked).min(1));
        let read = self.read.iter().map(|read| now.since(*read));
        let ages: Vec<u64> = asked.into_iter().chain(read).collect();
        ages.iter().any(|age| *age > 0).then_some(ages)
    }
}

fn short(canon: Canon<'_>) -> ConditionHash {
    let ([a, b, c, d, e, f, g, h, ..], ..) = canon.finish();
    ConditionHash([a, b, c, d, e, f, g, h])
}

/// What a handler does, without the words for people.
fn handler_without_text(canon: &mut Canon<'_>, handler: &Handler) {
    let HandlerAction::Diverge(stmt) = &handler.action else {
        return canon.handler(handler);
    };
    let word = match &stmt.kind {
        StmtKind::Page { roles, text: _ } => {
            canon.roles(roles);
            "page"
        }
        StmtKind::Tell { roles, text: _ } => {
            canon.roles(roles);
            "tell"
        }
        StmtKind::Hand(hand) => {
            let text = None;
            canon.hand(&Hand {
                text,
                ..hand.clone()
            });
            "hand"
        }
        StmtKind::Novel(_) => "novel",
        StmtKind::Inconclusive(_) => "inconclusive",
        _ => return canon.handler(handler),
    };
    canon.tag(word);
    canon.tag(match handler.on {
        FailureFilter::Any => "else",
        FailureFilter::NoData => "else no_data",
        FailureFilter::Failed => "else failed",
    });
}
