//! Actions in tests: `k8s.rollback(to: 41)`, with those arguments that matter.

use super::super::expr::Callee;
use super::super::expr::arguments::Owner;
use super::Scenario;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Argument, ExprKind as Tree};
use crate::text::Span;
use crate::typed::{ActionCallee, ActionPattern};

impl Scenario<'_, '_> {
    /// An action as an `expect` names it.
    pub fn action(&mut self, found: &tree::ActionPattern) -> Option<ActionPattern> {
        let path = &found.action;
        let name = match &path.module {
            None => Tree::Name(path.name.text.clone()),
            Some(module) => Tree::Field {
                base: Box::new(tree::Expr {
                    kind: Tree::Name(module.text.clone()),
                    span: module.span,
                }),
                name: path.name.clone(),
            },
        };
        let callee = tree::Expr {
            kind: name,
            span: path.span,
        };
        self.action_called(
            &callee,
            found.args.as_deref().unwrap_or_default(),
            found.span,
        )
    }

    /// An action as an expression names it: `k8s.rollback`, `k8s.rollback(web)`.
    pub fn action_of(&mut self, tree: &tree::Expr) -> Option<ActionPattern> {
        match &tree.kind {
            Tree::Missing => None,
            Tree::Call { callee, args } => self.action_called(callee, args, tree.span),
            _ => self.action_called(tree, &[], tree.span),
        }
    }

    fn action_called(
        &mut self,
        callee: &tree::Expr,
        args: &[Argument],
        span: Span,
    ) -> Option<ActionPattern> {
        let mut elaborator = self.elaborator();
        let found = elaborator.callee(callee);
        let is_action = elaborator.is_action(found);
        let (action, owner) = match found {
            Callee::Extern(id) if is_action => (ActionCallee::Extern(id), Owner::Extern(id)),
            Callee::Function(id) if is_action => (ActionCallee::Function(id), Owner::Function(id)),
            Callee::Broken => return None,
            _ => {
                let name = self.checker.text(callee.span);
                let message = format!("`{name}` is not an action");
                let found = Diagnostic::new(
                    Code::DoWithoutAction,
                    message,
                    callee.span,
                    "changes nothing",
                );
                self.say(found.help("only a change is done, undone, or not done"));
                return None;
            }
        };
        let (patterns, others) = self.argument_patterns(owner, args, callee.span);
        self.elaborator()
            .refuse_others(owner, &others, &[], callee.span);
        let patterns = patterns
            .into_iter()
            .map(|(at, pattern)| Some((at, pattern?)));
        Some(ActionPattern {
            action,
            args: patterns.collect::<Option<_>>()?,
            span,
        })
    }
}
