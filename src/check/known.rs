//! What was found out about names and lines, for editors.
//!
//! In: a checked package and the facts of it. Out: a row for each value that has a name, each function of the package,
//! and each runbook, remedy and line of a blast that was looked at.

use std::collections::BTreeMap;

use crate::effect::Integrity;
use crate::text::Span;
use crate::typed::{
    BlastLine, BlastPer, Body, Facts, Known, Package, Runbook, RunbookFacts, Touched, Type, What,
};

use super::state::Checker;

impl Checker<'_> {
    /// The values that have names. How far they are trusted is not known yet.
    pub fn values(&self) -> Vec<Known> {
        let mut known = Vec::new();
        for function in &self.package.functions {
            self.locals(&function.body, &mut known);
        }
        for runbook in &self.package.runbooks {
            for binding in &runbook.bindings {
                known.extend(self.value(binding.span, &binding.ty));
            }
            let remedies = runbook.remedies.iter().map(|remedy| &remedy.body);
            let others = runbook.otherwise.iter().map(|clause| &clause.body);
            let bodies = runbook.diagnose.iter().chain(&runbook.steps);
            for body in bodies.chain(remedies).chain(others) {
                self.locals(body, &mut known);
            }
        }
        known
    }

    fn locals(&self, body: &Body, known: &mut Vec<Known>) {
        let locals = body.locals.iter();
        known.extend(locals.filter_map(|local| self.value(local.span, &local.ty)));
    }

    fn value(&self, at: Span, ty: &Type) -> Option<Known> {
        if at.source.is_fixed() || at.len() == 0 || is_unknown(ty) {
            return None;
        }
        let text = &self.sources.source(at.source).text;
        let behind = text.get(at.range().end..).unwrap_or_default();
        let what = What::Value {
            ty: self.type_name(ty).into(),
            trust: None,
            is_written: behind.trim_start().starts_with(':'),
        };
        Some(Known { at, what })
    }
}

fn is_unknown(ty: &Type) -> bool {
    match ty {
        Type::Error => true,
        Type::List(inner) | Type::Optional(inner) | Type::Range(inner) => is_unknown(inner),
        Type::Map(key, value) => is_unknown(key) || is_unknown(value),
        Type::Bool
        | Type::Int
        | Type::Float
        | Type::Text
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Json
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Record(_)
        | Type::Enum(_)
        | Type::Target(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => false,
    }
}

/// Adds what the proofs say.
pub fn add_proofs(
    known: &mut Vec<Known>,
    package: &Package,
    facts: &Facts,
    trusts: &BTreeMap<Span, Integrity>,
) {
    for row in known.iter_mut() {
        if let What::Value { trust, .. } = &mut row.what {
            *trust = trusts.get(&row.at).copied();
        }
    }
    let functions = package.functions.iter().zip(&facts.functions);
    let own = functions.filter(|(function, _)| !function.span.source.is_fixed());
    known.extend(own.map(|(function, found)| Known {
        at: function.span,
        what: What::Effect(found.level),
    }));
    for (runbook, found) in package.runbooks.iter().zip(&facts.runbooks) {
        // One that was not looked at has no remedies' times.
        let remedies = runbook.remedies.iter().zip(&found.remedy_times);
        let remedies = remedies.filter(|(_, time)| time.millis() > 0);
        known.extend(remedies.map(|(remedy, time)| Known {
            at: remedy.name_span,
            what: What::Takes(*time),
        }));
        if found.machine_time.millis() > 0 {
            known.push(Known {
                at: runbook.name_span,
                what: What::Takes(found.machine_time),
            });
        }
        known.extend(lines(runbook, found));
    }
}

/// The lines of a blast, with what is needed of each.
fn lines(runbook: &Runbook, facts: &RunbookFacts) -> impl Iterator<Item = Known> {
    runbook.blast.iter().filter_map(|line| {
        let mut touched = facts.touched.iter();
        let touched = touched.find(|found| found.target == line.target)?;
        let what = What::Needs {
            count: needed(line, touched),
            said: line.count,
        };
        Some(Known {
            at: line.span,
            what,
        })
    })
}

fn needed(line: &BlastLine, touched: &Touched) -> u32 {
    match line.per {
        BlastPer::Run => touched.targets,
        BlastPer::AtOnce => touched.at_once,
        BlastPer::Window(_) => touched.attempts,
    }
}
