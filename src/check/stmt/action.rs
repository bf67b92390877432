//! `do`: the lines that change the world.
//!
//! In: a call behind a `do`. Out: a [`Step`] with its arguments, its times, how it is taken back.
//! Only an action can be done; a probe is asked, and a `fn` is computed.

use super::super::expr::arguments::{Owner, Placed};
use super::super::expr::{Callee, Elaborator};
use crate::diag::{Code, Diagnostic};
use crate::effect::Sink;
use crate::syntax::tree::{self, Argument, ExprKind as Tree, FailureFilter};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Expr, ExternId, ExternKind, Handler, HandlerAction, Step, StmtKind, Type,
    UndoChoice,
};
use crate::value::Duration;

/// An action's arguments as its parameters want them.
struct Called {
    callee: ActionCallee,
    args: Vec<Expr>,
    touching: Option<Expr>,
}

impl Elaborator<'_, '_> {
    /// `do k8s.scale(web, to: 3) within 4m undo { ... }`
    pub fn step(&mut self, found: &tree::DoCall, span: Span) -> Option<Step> {
        let called = self.action_call(&found.call);
        let within = match &found.within {
            Some(time) => self.duration(time, "within"),
            None => None,
        };
        let retry = self.retry(found.retry.as_ref());
        let undo = match &found.undo {
            None => UndoChoice::Unsaid,
            Some(tree::Undo::Block(block)) => UndoChoice::Block(self.block(block)),
            Some(tree::Undo::Previous) => UndoChoice::Previous,
            Some(tree::Undo::Waived(why)) => UndoChoice::Waived(why.text.clone()),
        };
        let handlers = found.handlers.iter();
        let handlers = handlers.map(|handler| self.do_handler(handler)).collect();
        let Called {
            callee,
            args,
            touching,
        } = called?;
        if let (Some(within), Some(time), ActionCallee::Extern(id)) =
            (within, &found.within, callee)
        {
            self.check_within(within, time.span, id);
        }
        Some(Step {
            callee,
            args,
            touching,
            site: self.checker.new_site(),
            within,
            retry,
            undo,
            handlers,
            result: None,
            span,
            name_span: callee_span(&found.call),
        })
    }

    /// `within` shortens what the action declares; it does not lengthen it.
    fn check_within(&mut self, within: Duration, span: Span, id: ExternId) {
        let action = &self.checker.package.externs[id.index()];
        let most = action.deadline;
        if most == Duration::ZERO || within <= most {
            return;
        }
        let message = format!("`{}` declares that it takes at most {most}", action.name);
        let found = Diagnostic::new(Code::AmountOutOfRange, message, span, "longer than that")
            .help("`within` may only shorten the time that the action declares")
            .fix(format!("write `{most}`"), span, most.to_string());
        self.say(found);
    }

    /// `let h = do k8s.x(...)`
    pub fn let_do(
        &mut self,
        found: &tree::LetStmt,
        call: &tree::DoCall,
        wanted: Option<Type>,
        span: Span,
    ) -> StmtKind {
        let mut step = self.step(call, span);
        let result = match &step {
            Some(step) => self.result_of(step.callee, call.call.span),
            None => Type::Error,
        };
        let ty = match wanted {
            Some(wanted) if !super::super::types::same(&wanted, &result) => {
                let (want, have) = (self.type_name(&wanted), self.type_name(&result));
                let message = format!("expected `{want}`, found `{have}`");
                let label = format!("gives `{have}`");
                self.say(Diagnostic::new(
                    Code::TypeMismatch,
                    message,
                    call.call.span,
                    label,
                ));
                wanted
            }
            _ => result,
        };
        if let (Some(step), Some(retry)) = (&mut step, &found.retry) {
            step.retry = self.retry(Some(retry));
        }
        if let Some(step) = &mut step {
            for handler in &found.handlers {
                let handler = self.do_handler(handler);
                step.handlers.push(handler);
            }
        }
        let local = self.declare_let(&found.name, ty);
        match step {
            Some(step) => StmtKind::Do(Box::new(Step {
                result: Some(local),
                ..step
            })),
            None => StmtKind::Error,
        }
    }

    fn result_of(&mut self, callee: ActionCallee, span: Span) -> Type {
        match callee {
            ActionCallee::Extern(id) => self.checker.package.externs[id.index()].result.clone(),
            ActionCallee::Function(_) => {
                let message = "an `action` of the package gives nothing";
                let found = Diagnostic::new(Code::TypeMismatch, message, span, "no result");
                self.say(found.help("write the `do` without `let`"));
                Type::Error
            }
        }
    }

    /// The action that a call names, with its arguments.
    fn action_call(&mut self, call: &tree::Expr) -> Option<Called> {
        let Tree::Call { callee, args } = &call.kind else {
            if !matches!(call.kind, Tree::Missing) {
                let message = "`do` stands before a call of an action";
                let found = Diagnostic::new(Code::DoWithoutAction, message, call.span, "no call");
                self.say(found.help("for example `do k8s.restart(worker)`"));
            }
            return None;
        };
        let name_span = callee.span;
        let found = self.callee(callee);
        if found == Callee::Broken || !self.is_action(found) {
            self.arguments_alone(args);
            if found != Callee::Broken {
                self.say_no_action(found, name_span);
            }
            return None;
        }
        match found {
            Callee::Extern(id) => Some(self.extern_action(id, args, name_span)),
            Callee::Function(id) => Some(Called {
                callee: ActionCallee::Function(id),
                args: self.function_arguments(id, args, name_span),
                touching: None,
            }),
            Callee::Builtin(_) | Callee::Record(_) | Callee::Target(_) | Callee::Broken => None,
        }
    }

    fn extern_action(&mut self, id: ExternId, args: &[Argument], name_span: Span) -> Called {
        let row = &self.checker.package.externs[id.index()];
        let claims = matches!(&row.kind, ExternKind::Action(contract) if contract.touching);
        let owner = Owner::Extern(id);
        let mut placed = self.place(owner, args, name_span);
        let mut touching = None;
        if claims {
            let at = placed
                .others
                .iter()
                .position(|arg| matches!(&arg.name, Some(name) if name.as_str() == "touching"));
            touching = match at {
                Some(at) => Some(self.touched(&placed.others.remove(at).value)),
                None => {
                    self.say_untouched(name_span);
                    None
                }
            };
        }
        let open = self.not_given(owner, &placed);
        self.refuse_others(owner, &placed.others, &open, name_span);
        self.refuse_two_bodies(id, &placed);
        let args = self.fill(owner, &placed, name_span);
        Called {
            callee: ActionCallee::Extern(id),
            args,
            touching,
        }
    }

    /// Of the forms in which something may be sent, a call takes one.
    fn refuse_two_bodies(&mut self, id: ExternId, placed: &Placed<'_>) {
        let params = &self.checker.package.externs[id.index()].params;
        let mut given = params
            .iter()
            .zip(&placed.of_params)
            .filter_map(|(param, arg)| {
                let is_form = param.sink == Some(Sink::Payload) && param.default.is_some();
                Some((param.name.clone(), arg.filter(|_| is_form)?.value.span))
            });
        let (Some((first, at)), Some((second, span))) = (given.next(), given.next()) else {
            return;
        };
        let message = format!("a request sends `{first}` or `{second}`, not both");
        let found = Diagnostic::new(Code::TwoBodies, message, span, "a second thing to send");
        self.say(found.and(at, "this would be sent, too").help(
            "drop one of them: `json:` takes a record, a map or a list, `body:` any other text",
        ));
    }

    fn touched(&mut self, tree: &tree::Expr) -> Expr {
        let found = self.expr(tree, None);
        if !matches!(found.ty, Type::Target(_) | Type::Error) {
            let shown = self.type_with_article(&found.ty);
            let message = format!("`touching` names a target, not {shown}");
            let span = found.span;
            self.say(Diagnostic::new(
                Code::TypeMismatch,
                message,
                span,
                "not a target",
            ));
        }
        found
    }

    fn say_untouched(&mut self, name_span: Span) {
        let name = self.checker.text(name_span);
        let message = format!("`{name}` does not say what it touches");
        let found = Diagnostic::new(Code::MissingArgument, message, name_span, "a raw action");
        self.say(
            found.help(
                "nobody can see from outside what it changes: name it with `touching: target`",
            ),
        );
    }

    fn say_no_action(&mut self, callee: Callee, span: Span) {
        let name = self.checker.text(span);
        let (message, help) = match callee {
            Callee::Extern(_) | Callee::Function(_) => (
                format!("`{name}` changes nothing, so it is not done"),
                format!("drop the `do`: `let x = {name}(...)`"),
            ),
            Callee::Builtin(_) | Callee::Record(_) | Callee::Target(_) | Callee::Broken => (
                format!("`{name}` is not an action"),
                "only an action can be done".to_owned(),
            ),
        };
        let found = Diagnostic::new(Code::DoWithoutAction, message, span, "no action");
        self.say(found.help(help));
    }

    /// `else ...` of a `do`: it takes *not applied* only.
    fn do_handler(&mut self, handler: &tree::Handler) -> Handler {
        if let tree::HandlerAction::Value(tree) = &handler.action
            && !self.is_filter_alone(tree)
        {
            let message = "no value stands in for a change that was not made";
            let found = Diagnostic::new(Code::HandlerMisplaced, message, tree.span, "a value");
            self.say(found.help("end the block: `else page builder \"...\"`, `else hand ...`"));
        }
        if handler.on != FailureFilter::Any {
            let message = "`no_data` and `failed` are said of observations";
            let found = Diagnostic::new(Code::HandlerMisplaced, message, handler.span, "a change");
            self.say(
                found.help("on a `do`, `else` stands alone: the change was certainly not made"),
            );
        }
        let action: HandlerAction = self.diverging(&handler.action, handler.span);
        Handler {
            on: handler.on,
            action,
            span: handler.span,
        }
    }

    /// `else failed` with nothing behind it: the word says what of, and what is done is missing.
    fn is_filter_alone(&mut self, value: &tree::Expr) -> bool {
        let word = self.checker.text(value.span);
        if !matches!(word, "failed" | "no_data") {
            return false;
        }
        let message = "nothing says what is done instead";
        let label = format!("`{word}` is said of observations");
        let found = Diagnostic::new(Code::HandlerMisplaced, message, value.span, label);
        self.say(found.help(
            "behind the `else` of a `do` stands what ends the block: `else page builder \"...\"`",
        ));
        true
    }

    /// `with do k8s.cordon(node) { ... }`
    pub fn with_do(&mut self, call: &tree::DoCall, body: &tree::Block, span: Span) -> StmtKind {
        if let (Some(_), Tree::Call { callee, .. }) = (&call.undo, &call.call.kind) {
            let message = "the end of the block takes it back: it has no `undo` of its own";
            let found =
                Diagnostic::new(Code::ClauseConflict, message, callee.span, "with an `undo`");
            self.say(
                found.help("leave the `undo` out; what is taken back otherwise is a plain `do`"),
            );
        }
        let step = self.step(call, span);
        let body = self.block(body);
        let Some(step) = step else {
            return StmtKind::Error;
        };
        let Some((inverse, inverse_args)) = self.inverse(step.callee) else {
            let name = self.checker.text(step.name_span);
            let message = format!("`{name}` has no inverse that would release it");
            let found = Diagnostic::new(Code::NoInverse, message, step.name_span, "not released");
            self.say(found.help("write a plain `do` with an `undo`"));
            // The change is still one, for whoever counts them.
            return StmtKind::Do(Box::new(step));
        };
        StmtKind::WithDo {
            step: Box::new(step),
            inverse,
            inverse_args,
            body,
        }
    }

    /// The action that releases, and which of the step's arguments it takes.
    fn inverse(&self, callee: ActionCallee) -> Option<(ExternId, Vec<u16>)> {
        let ActionCallee::Extern(id) = callee else {
            return None;
        };
        let row = &self.checker.package.externs[id.index()];
        let ExternKind::Action(contract) = &row.kind else {
            return None;
        };
        let inverse = contract.inverse?;
        let params = &self.checker.package.externs[inverse.index()].params;
        let args = params.iter().map(|param| {
            let at = row
                .params
                .iter()
                .position(|known| known.name == param.name)?;
            Some(at as u16)
        });
        Some((inverse, args.collect::<Option<_>>()?))
    }
}

/// The name of what is called.
fn callee_span(call: &tree::Expr) -> Span {
    match &call.kind {
        Tree::Call { callee, args: _ } => callee.span,
        _ => call.span,
    }
}
