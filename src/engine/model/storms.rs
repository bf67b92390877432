//! Storms: so much at once that nothing is mended by itself.

use super::Model;
use crate::journal::{Duty, Fact, MessageKind, Outbox, Scope, Storm, Subject, TakenOn};
use crate::run::moment;
use crate::value::{Duration, Time};

impl Model {
    /// The chain that a page belongs to.
    pub fn paged(&self, outbox: &Outbox) -> Option<Subject> {
        if outbox.message.kind != MessageKind::Page {
            return None;
        }
        let of_storm = || {
            let mut storms = self.storms();
            let (scope, _) = storms.find(|(scope, storm)| {
                let own = format!("/storm/{scope}/{}", storm.since.millis());
                outbox.message.thread.ends_with(&own)
            })?;
            Some(Subject::Storm(scope.clone()))
        };
        let incident = outbox.message.incident;
        incident.map(Subject::Incident).or_else(of_storm)
    }

    /// Every storm that was not forgotten yet: also those that are over.
    pub fn storms(&self) -> impl Iterator<Item = (&Scope, &Storm)> {
        self.storms.iter()
    }

    pub fn storm(&self, scope: &Scope) -> Option<&Storm> {
        self.storms.get(scope)
    }

    /// The storm that lasts over a product: its own, or one of everything.
    pub fn storm_over(&self, product: &str) -> Option<(&Scope, &Storm)> {
        self.over(product, |storm| storm.cool_until.is_none())
    }

    /// The storm for which changes of a product wait: one that lasts, or whose cool-down does.
    pub fn storm_in_the_way(&self, product: &str, now: Time) -> Option<(&Scope, &Storm)> {
        self.over(product, |storm| storm.stands(now))
    }

    fn over(&self, product: &str, is: impl Fn(&Storm) -> bool) -> Option<(&Scope, &Storm)> {
        let scopes = [Scope::Product(product.into()), Scope::All];
        let known = scopes
            .iter()
            .filter_map(|scope| self.storms.get_key_value(scope));
        let mut standing = known.filter(|(_, storm)| is(storm));
        standing.next()
    }

    /// The storms that differ once something has happened, as they are then.
    pub(super) fn storms_after(&self, fact: &Fact, at: Time) -> Vec<(Scope, Storm)> {
        let with = |scope: &Scope, change: &dyn Fn(&mut Storm)| {
            let mut storm = self.storms.get(scope)?.clone();
            change(&mut storm);
            Some((scope.clone(), storm))
        };
        let of = |subject: &Subject, change: &dyn Fn(&mut Storm)| match subject {
            Subject::Storm(scope) => with(scope, change),
            Subject::Incident(_) => None,
        };
        let moved = |duty: &mut Option<Duty>, change: &dyn Fn(&mut Duty)| {
            if let Some(duty) = duty {
                change(duty);
            }
        };
        let changed = match fact {
            Fact::StormBegan(fact) => Some((
                fact.scope.clone(),
                Storm {
                    since: fact.since,
                    cool_until: None,
                    duty: None,
                    taken: None,
                    told: Vec::new(),
                },
            )),
            Fact::StormAcknowledged(fact) => with(&fact.scope, &|storm| {
                storm.taken = Some(TakenOn {
                    by: fact.by.clone(),
                    until: Some(moment::after(at, fact.term)),
                });
            }),
            Fact::MessageQueued(fact) => match (&fact.storm, fact.kind) {
                (Some(scope), MessageKind::Page) => with(scope, &|storm| {
                    if !storm.told.contains(&fact.to) {
                        storm.told.push(fact.to.clone());
                    }
                }),
                _ => None,
            },
            Fact::StormEnded(fact) => with(&fact.scope, &|storm| {
                storm.cool_until = Some(fact.cool_until);
                storm.taken = None;
            }),
            Fact::ChainStarted(fact) => of(&fact.subject, &|storm| {
                storm.taken = None;
                storm.duty = Some(Duty {
                    link: fact.link,
                    repeats: 0,
                    next: fact.next,
                    text: fact.text.clone(),
                    reason: fact.reason.clone(),
                });
            }),
            Fact::ChainAdvanced(fact) => of(&fact.subject, &|storm| {
                moved(&mut storm.duty, &|duty| {
                    duty.link = Some(fact.link);
                    duty.repeats = fact.repeats;
                    duty.next = fact.next;
                });
            }),
            Fact::LinkReached(fact) => of(&fact.subject, &|storm| {
                moved(&mut storm.duty, &|duty| duty.next = fact.next);
            }),
            Fact::ChainEnded(fact) => of(&fact.subject, &|storm| storm.duty = None),
            Fact::ClockStepped(fact) => {
                let all = self.storms.iter();
                return all
                    .map(|(scope, storm)| (scope.clone(), storm.later(fact.by)))
                    .collect();
            }
            _ => None,
        };
        changed.into_iter().collect()
    }
}

impl Storm {
    /// Whether changes wait for it.
    pub fn stands(&self, now: Time) -> bool {
        self.cool_until.is_none_or(|until| until > now)
    }

    fn later(&self, by: Duration) -> Storm {
        Storm {
            since: moment::after(self.since, by),
            cool_until: self.cool_until.map(|until| moment::after(until, by)),
            duty: self.duty.clone().map(|duty| Duty {
                next: moment::after(duty.next, by),
                ..duty
            }),
            taken: self.taken.clone().map(|taken| TakenOn {
                until: taken.until.map(|until| moment::after(until, by)),
                ..taken
            }),
            told: self.told.clone(),
        }
    }
}
