//! `given k8s.pod("shop", "w-1") -> Pod(ready: true), then ...`: what is observed, and when.

use super::super::expr::arguments::{Owner, params};
use super::super::expr::{Callee, Elaborator, Place};
use super::Scenario;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Argument, ExprKind as Tree};
use crate::text::Span;
use crate::typed::{
    Cause, ExternId, ExternKind, FunctionKind, GivenObservation, Observable, Pattern, Reply,
    ReplyKind, Type,
};
use crate::value::{Target, Value};

impl Scenario<'_, '_> {
    /// What a call is answered with.
    pub fn observation(&mut self, call: &tree::Expr, replies: &[tree::Reply], span: Span) {
        let Tree::Call { callee, args } = &call.kind else {
            if !matches!(call.kind, Tree::Missing) {
                let message = "only a call is answered";
                let found = Diagnostic::new(Code::NotObservable, message, call.span, "no call");
                self.say(found.help("`given lag() -> 5`, `given k8s.pods(any) -> []`"));
            }
            return;
        };
        let Some((of, owner)) = self.observable(callee) else {
            self.replies(replies, &Type::Error);
            return;
        };
        let (patterns, others) = self.argument_patterns(owner, args, callee.span);
        let result = self.result(owner, &patterns, args);
        let equals = self.equals(owner, &others, args, callee.span);
        let replies = self.replies(replies, &result);
        let all_patterns = self.all_patterns(owner, patterns);
        let (Some(args), Some(replies)) = (all_patterns, replies) else {
            return;
        };
        self.check_identity(of, &args, &replies);
        self.check_results(of, &replies);
        self.test.observations.push(GivenObservation {
            of,
            args,
            equals,
            replies,
            span,
        });
    }

    /// A lookup yields what was asked for.
    fn check_identity(&mut self, of: Observable, args: &[Pattern], replies: &[Reply]) {
        let Observable::Extern(id) = of else { return };
        if self.checker.target_of_lookup(id).is_none() {
            return;
        }
        for reply in replies {
            let ReplyKind::Value(Value::Target(target)) = &reply.kind else {
                continue;
            };
            let Some((asked, got)) = other_identity(args, target) else {
                continue;
            };
            let message = format!("the lookup of `{asked}` yields `{got}`");
            let found = Diagnostic::new(Code::OtherIdentity, message, reply.span, "another one");
            self.say(found.help(
                "a lookup yields what was asked for, or it fails; leave the name out, or fix it",
            ));
        }
    }

    /// A probe of the library answers what it is ever seen to answer.
    fn check_results(&mut self, of: Observable, replies: &[Reply]) {
        let Observable::Extern(id) = of else { return };
        let row = &self.checker.package.externs[id.index()];
        let Some(range) = row.range.clone() else {
            return;
        };
        let name = row.name.to_string();
        for reply in replies {
            if let ReplyKind::Value(value) = &reply.kind {
                self.check_seen(&name, &range, value, reply.span);
            }
        }
    }

    /// What can be observed: an extern probe, a watch, a probe of the package.
    fn observable(&mut self, callee: &tree::Expr) -> Option<(Observable, Owner)> {
        let mut elaborator = Elaborator::of_runbook(self.checker, self.runbook, Place::Test);
        elaborator.file = self.file;
        let found = elaborator.callee(callee);
        match found {
            Callee::Extern(id) => {
                let row = &self.checker.package.externs[id.index()];
                if matches!(row.kind, ExternKind::Probe) {
                    return Some((Observable::Extern(id), Owner::Extern(id)));
                }
            }
            Callee::Function(id) => match self.checker.function(id).kind {
                FunctionKind::Probe | FunctionKind::Watch(_) => {
                    return Some((Observable::Function(id), Owner::Function(id)));
                }
                FunctionKind::Fn | FunctionKind::Action { .. } => {}
            },
            Callee::Broken => return None,
            Callee::Builtin(_) | Callee::Record(_) | Callee::Target(_) => {}
        }
        let name = self.checker.text(callee.span);
        let message = format!("`{name}` is not observed");
        let found = Diagnostic::new(Code::NotObservable, message, callee.span, "no observation");
        self.say(found.help(
            "a test answers for probes and watches; what becomes of a change is said with `given do ...`",
        ));
        None
    }

    /// The type of the answers.
    fn result(
        &mut self,
        owner: Owner,
        patterns: &[(u16, Option<Pattern>)],
        args: &[Argument],
    ) -> Type {
        match owner {
            Owner::Function(id) => self.checker.function(id).result.clone(),
            Owner::Extern(id) => {
                let result = self.checker.package.externs[id.index()].result.clone();
                match (result, patterns.first().zip(args.first())) {
                    (Type::Parameter(_), Some((_, arg))) => self.record_type(id, arg),
                    (Type::Parameter(_), None) => Type::Error,
                    (result, _) => result,
                }
            }
        }
    }

    /// The record that the first argument of an open extern names.
    fn record_type(&mut self, _owner: ExternId, arg: &Argument) -> Type {
        let said = self.checker.mark();
        let hint = Type::Parameter(0);
        let found = self.elaborator().expr(&arg.value, Some(&hint));
        self.checker.forget(said);
        match found.ty {
            Type::RecordKind(id) => Type::Record(id),
            _ => Type::Error,
        }
    }

    /// Further named arguments of an open extern; others are refused.
    fn equals(
        &mut self,
        owner: Owner,
        others: &[&Argument],
        args: &[Argument],
        name_span: Span,
    ) -> Vec<(smol_str::SmolStr, Pattern)> {
        let open = match owner {
            Owner::Extern(id) => {
                Some(id).filter(|id| self.checker.package.externs[id.index()].open)
            }
            Owner::Function(_) => None,
        };
        let (Some(id), Some(first)) = (open, args.first()) else {
            self.elaborator()
                .refuse_others(owner, others, &[], name_span);
            return Vec::new();
        };
        let Type::Record(record) = self.record_type(id, first) else {
            return Vec::new();
        };
        let built = super::value::Built::Record(record);
        let mut equals = Vec::new();
        self.refuse_nameless(others.iter().copied());
        for arg in others {
            let Some((_, ty)) = self.field_named(built, arg) else {
                continue;
            };
            let pattern = self.pattern(&arg.value, &ty);
            equals.extend(arg.name.as_ref().zip(pattern).map(|(name, pattern)| {
                let name = name.text.clone();
                (name, pattern)
            }));
        }
        equals
    }

    /// One pattern a parameter: what is not said is the default, if that is constant, else any.
    fn all_patterns(
        &mut self,
        owner: Owner,
        said: Vec<(u16, Option<Pattern>)>,
    ) -> Option<Vec<Pattern>> {
        let mut all = Vec::new();
        for param in params(self.checker, owner) {
            let constant = param
                .default
                .as_ref()
                .map(|default| self.checker.evaluate(default));
            all.push(match constant {
                Some(Ok(value)) => Pattern::Value(value),
                Some(Err(_)) | None => Pattern::Any,
            });
        }
        for (at, pattern) in said {
            if let Some(slot) = all.get_mut(usize::from(at)) {
                *slot = pattern?;
            }
        }
        Some(all)
    }

    fn replies(&mut self, replies: &[tree::Reply], result: &Type) -> Option<Vec<Reply>> {
        let mut typed = Vec::with_capacity(replies.len());
        let mut complete = true;
        for (index, reply) in replies.iter().enumerate() {
            match self.reply(reply, index == 0, result) {
                Some(reply) => typed.push(reply),
                None => complete = false,
            }
        }
        complete.then_some(typed)
    }

    /// Whether an action stands here, called or not.
    fn names_action(&mut self, tree: &tree::Expr) -> bool {
        let callee = match &tree.kind {
            Tree::Call { callee, .. } => callee,
            Tree::Field { .. } | Tree::Name(_) => tree,
            _ => return false,
        };
        let mark = self.checker.mark();
        let mut elaborator = self.elaborator();
        let found = elaborator.callee(callee);
        let is_action = elaborator.is_action(found);
        self.checker.forget(mark);
        is_action
    }

    /// `then 10 after k8s.restart`: what an action brings about is said with `once did`.
    fn say_after_action(&mut self, action: &tree::Expr, reply: Span) {
        let named = self.checker.text(action.span);
        let named = named.split('(').next().unwrap_or_default();
        let before = Span {
            end: action.span.start,
            ..reply
        };
        let word = self.checker.text(before).rfind("after").unwrap_or_default();
        let whole = Span {
            start: reply.start + word as u32,
            ..action.span
        };
        let message = "`after` takes a time, and this is an action";
        let found = Diagnostic::new(Code::TypeMismatch, message, action.span, "an action");
        let better = format!("once did {named}");
        let found = found.help(format!(
            "what holds after an action is said with `{better}`"
        ));
        self.say(found.fix(format!("write `{better}`"), whole, better));
    }

    fn reply(&mut self, reply: &tree::Reply, first: bool, result: &Type) -> Option<Reply> {
        let kind = match &reply.kind {
            tree::ReplyKind::Value(tree) => self.value(tree, result).map(ReplyKind::Value),
            tree::ReplyKind::Fails(why) => {
                Some(ReplyKind::Fails(why.as_ref().map(|why| why.text.clone())))
            }
            tree::ReplyKind::NoData => Some(ReplyKind::NoData),
        };
        let cause = match &reply.cause {
            None if first => Some(Cause::Start),
            None => {
                let message = "nothing says when this answer begins";
                let span = reply.span;
                let found = Diagnostic::new(Code::MissingClause, message, span, "after what?");
                self.say(found.help("`once did ACTION`, `after 4m`, `on read 2`"));
                None
            }
            Some(tree::Cause::OnceDid(action)) => self.action_of(action).map(Cause::OnceDid),
            Some(tree::Cause::After(time)) if self.names_action(time) => {
                self.say_after_action(time, reply.span);
                None
            }
            Some(tree::Cause::After(time)) => {
                self.elaborator().duration(time, "after").map(Cause::After)
            }
            Some(tree::Cause::OnRead(count)) => {
                self.elaborator().count(count, "on read").map(Cause::OnRead)
            }
        };
        let takes = match &reply.takes {
            Some(time) => Some(self.elaborator().duration(time, "takes")?),
            None => None,
        };
        Some(Reply {
            kind: kind?,
            cause: cause?,
            takes,
            span: reply.span,
        })
    }
}

/// The key that was asked for, and the other one that is given, innermost first.
fn other_identity(args: &[Pattern], target: &Target) -> Option<(String, String)> {
    let mut asked: Vec<Option<String>> = Vec::new();
    for arg in args {
        match arg {
            Pattern::Value(Value::Target(parent)) => {
                let keys = parent.identity.0.iter();
                asked = keys.map(|key| Some(key.key.to_string())).collect();
            }
            Pattern::Value(value) => asked.push(Some(value.to_plain())),
            Pattern::Any | Pattern::Json(_) | Pattern::Matching(_) | Pattern::Fields(_) => {
                asked.push(None);
            }
        }
    }
    let got = target
        .identity
        .0
        .iter()
        .rev()
        .map(|key| key.key.to_string());
    let mut both = asked.into_iter().rev().zip(got);
    both.find_map(|(asked, got)| {
        let asked = asked.filter(|asked| *asked != got)?;
        Some((asked, got))
    })
}
