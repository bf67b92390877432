//! One `do` line: what it calls, what it is given, what it waited for; and one `verify`, which is about those before it.
//!
//! In: the walk of the body it stands in. Out: its row, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use super::amount;
use super::does::{action_name, undo_by};
use super::given;
use super::labels::Names;
use super::steps::Walk;
use crate::analysis::core::Place;
use crate::analysis::outward;
use crate::effect::Sink;
use crate::program::manifest::{ConditionHash, Otherwise, Part, Seen, Step, UndoBy, Verify};
use crate::typed::{self, ActionCallee, Expr, Package, Param, Type, UndoChoice, VerifyElse};
use crate::value::Duration;

impl<'a> Walk<'_, 'a> {
    pub(super) fn step(&mut self, step: &'a typed::Step) {
        self.steps += 1;
        let id = format!("{}/{}", self.name, self.steps);
        let at = Part::Step(id.clone());
        self.made.places.entry(at).or_insert(step.span);
        let undo = match self.undoing {
            true => UndoBy::Itself,
            false => undo_by(self.made.package, step),
        };
        if undo == UndoBy::Waived {
            let action = action_name(self.made.package, step);
            self.found.waives.push(format!("undo {action}"));
        }
        if let UndoChoice::Waived(why) = &step.undo {
            let why = self.cores.reason(self.runbook, why);
            self.found.words.push((Seen::Waive, why));
        }
        let (guards, again) = self.waits_for();
        let handled = (!step.handlers.is_empty()).then(|| {
            self.cores
                .handlers(self.runbook, &self.meanings, &step.handlers)
        });
        self.handlers_of(step);
        let (after, after_if) = self.waited();
        self.unproven.push(self.found.steps.len());
        self.asked.push(self.known.hashes());
        self.found.steps.push(Step {
            id,
            action: action_name(self.made.package, step),
            undo,
            on: self.given(step, Matter::Other).unwrap_or_default(),
            commands: self.given(step, Matter::Command),
            amount: self.amount(step),
            raw: match step.callee {
                ActionCallee::Extern(id) => outward::of_call(self.made.package, id, &step.args),
                ActionCallee::Function(_) => None,
            },
            given: self.written(step),
            amounts: amount::amounts(self.made.package, &self.lets, step),
            labels: self.labels_of(step),
            within: step.within,
            retry: step.retry.map(|retry| retry.times),
            every: step.retry.map(|retry| retry.every),
            each: self.each,
            continues: self.continues,
            otherwise: handled,
            guards,
            again,
            after,
            after_if,
            verify: None,
        });
        if let ActionCallee::Function(id) = step.callee
            && self.called.seen.insert(id)
        {
            self.called.open.push_back(id);
        }
        if let UndoChoice::Block(undo) = &step.undo {
            let outer = std::mem::replace(&mut self.undoing, true);
            let unproven = self.unproven.clone();
            // What the step waits for, its undo does not.
            let known = std::mem::take(&mut self.known);
            self.block(undo);
            self.known = known;
            // What takes back is not what the next verify is about.
            self.unproven = unproven;
            self.undoing = outer;
        }
    }

    /// What has to be so for a step here, sorted, each once; and what of that is looked at again right before it.
    fn waits_for(&mut self) -> (Vec<ConditionHash>, Vec<ConditionHash>) {
        let (mut all, mut again) = (BTreeSet::new(), BTreeSet::new());
        for asked in self.known.all().to_vec() {
            let is_guard = asked.is_guard;
            let hash = self.as_of_now(asked.asks);
            all.insert(hash);
            again.extend(is_guard.then_some(hash));
        }
        (all.into_iter().collect(), again.into_iter().collect())
    }

    /// The hash of the amounts: of what has a largest value, without that, which stands beside it as an end.
    fn amount(&self, step: &'a typed::Step) -> Option<ConditionHash> {
        let package = self.made.package;
        let mut parts: Vec<&Expr> = Vec::new();
        for arg in self.args(step, Matter::Amount) {
            match amount::capped(package, amount::bound(&self.lets, arg)) {
                Some(capped) => {
                    parts.extend(capped.low);
                    parts.push(capped.of);
                }
                None => parts.push(arg),
            }
        }
        let args = self.args(step, Matter::Amount);
        let of = (parts.as_slice(), args.as_slice());
        (!parts.is_empty()).then(|| {
            self.cores
                .given(self.runbook, &self.meanings, of, Place::Once)
        })
    }

    /// The hash of the arguments of one kind; none where there are none.
    fn given(&self, step: &'a typed::Step, wanted: Matter) -> Option<ConditionHash> {
        let args = self.args(step, wanted);
        let of = (args.as_slice(), args.as_slice());
        let place = match wanted {
            Matter::Amount | Matter::Command => Place::Once,
            Matter::Other => Place::Target,
        };
        (!args.is_empty()).then(|| self.cores.given(self.runbook, &self.meanings, of, place))
    }

    /// What it is given as people read it, but for defaults, and the command or the URL that stands beside it.
    fn written(&self, step: &'a typed::Step) -> BTreeMap<String, String> {
        let (params, is_own) = params(self.made.package, step);
        let given = params.iter().zip(&step.args);
        let given = given.filter(|(param, _)| is_own || !outward::is_raw(param));
        let text = |arg| given::text(self.made, &self.lets, &self.handed, arg);
        let each = given.filter_map(|(param, arg)| {
            let (text, default) = (text(arg), param.default.as_ref().map(text));
            (default.as_ref() != Some(&text)).then(|| (param.name.to_string(), text))
        });
        each.collect()
    }

    /// The arguments of one kind.
    fn args(&self, step: &'a typed::Step, wanted: Matter) -> Vec<&'a Expr> {
        let (params, is_own) = params(self.made.package, step);
        let args = params.iter().zip(&step.args);
        let args = args.filter(|(param, arg)| matter(param, arg, is_own) == wanted);
        let mut args: Vec<&Expr> = args.map(|(_, arg)| arg).collect();
        if wanted == Matter::Other {
            args.extend(&step.touching);
        }
        args
    }

    /// The labels that decide what it does and how much of it.
    fn labels_of(&self, step: &'a typed::Step) -> Vec<String> {
        let mut names = Names::new();
        for wanted in [Matter::Command, Matter::Amount] {
            for arg in self.args(step, wanted) {
                names.extend(self.labels.of(arg));
            }
        }
        names.iter().map(ToString::to_string).collect()
    }

    /// What was waited, taken off, and under which condition, if under one.
    pub(super) fn waited(&mut self) -> (Option<Duration>, Option<ConditionHash>) {
        let waited = std::mem::replace(&mut self.waited, Duration::ZERO);
        let mut paths = std::mem::take(&mut self.waits);
        paths.retain(|path| !self.known.is_below(*path));
        let paths: Vec<ConditionHash> = paths.into_iter().flatten().collect();
        let under = (!paths.is_empty()).then(|| self.cores.joined(self.runbook, "waits", &paths));
        ((waited > Duration::ZERO).then_some(waited), under)
    }

    pub(super) fn verify(&mut self, verify: &'a typed::Verify) {
        self.verifies += 1;
        let id = format!("{}/v{}", self.name, self.verifies);
        let at = Part::Verify(id.clone());
        self.made.places.entry(at).or_insert(verify.span);
        let about = std::mem::take(&mut self.unproven);
        self.last = about.last().copied().or(self.last);
        for index in about {
            if let Some(step) = self.found.steps.get_mut(index) {
                step.verify = Some(id.clone());
            }
        }
        let held = self.known.held();
        let mut only_if = self.known.hashes();
        only_if.retain(|hash| held.binary_search(hash).is_err());
        if let Some(asked) = self.last.and_then(|last| self.asked.get(last)) {
            only_if.retain(|hash| asked.binary_search(hash).is_err());
        }
        let mut conditions = Vec::new();
        for asked in &verify.conditions {
            for asks in self.asks_each(asked, Place::Live) {
                conditions.push(self.as_of_now(asks));
            }
        }
        conditions.sort();
        let abort = verify.abort_if.as_ref().map(|asked| self.asks(asked));
        let (after, after_if) = self.waited();
        self.found.verifies.push(Verify {
            id,
            after,
            after_if,
            within: verify.within,
            every: verify.every,
            holding: verify.holding,
            conditions,
            only_if,
            held,
            abort,
            otherwise: match verify.otherwise {
                VerifyElse::Undo => Otherwise::Undo,
                VerifyElse::Keep => Otherwise::Keep,
                VerifyElse::Again => Otherwise::Again,
            },
        });
    }
}

/// What an argument decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matter {
    /// How much.
    Amount,
    /// What is done: a command, a path, a flag, what is sent.
    Command,
    /// To what, and what people read of it.
    Other,
}

/// The parameters of what it calls, and whether that is written in rbk.
fn params<'p>(package: &'p Package, step: &typed::Step) -> (&'p [Param], bool) {
    match step.callee {
        ActionCallee::Extern(id) => (&package.externs[id.index()].params, false),
        ActionCallee::Function(id) => (&package.functions[id.index()].params, true),
    }
}

fn matter(param: &Param, arg: &Expr, is_own: bool) -> Matter {
    let is_target = matches!(arg.ty, Type::Target(_) | Type::List(_)) && param.sink.is_none();
    match param.sink {
        Some(Sink::Amount) => Matter::Amount,
        Some(
            Sink::Host
            | Sink::Path
            | Sink::Flag
            | Sink::Executable
            | Sink::Population
            | Sink::Payload,
        ) => Matter::Command,
        // What an action of the package makes of it is not said: it may be all of it.
        None if is_own && !is_target => Matter::Command,
        // A plan, which says all that is done.
        None if matches!(arg.ty, Type::Record(_)) => Matter::Command,
        None => Matter::Other,
    }
}
