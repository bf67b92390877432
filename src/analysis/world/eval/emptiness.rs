//! Whether something is empty, and whose word that is.

use crate::analysis::world::term::{Id, Node};
use crate::typed::{Callee, Expr, ExprKind, FunctionKind, Type};
use crate::value::Value;

use super::{Eval, Scope};

impl Eval<'_> {
    /// `xs is empty`. A text that is empty is one without a letter.
    pub(super) fn is_empty(&mut self, scope: &mut Scope, operand: &Expr) -> Id {
        let of = self.expr(scope, operand);
        if matches!(operand.ty, Type::Text) {
            let nothing = self.terms.table.constant(Value::text(""));
            return self.terms.make(Node::Equal(of, nothing));
        }
        let word = self.is_authors_word(operand, of);
        self.terms.make(Node::IsEmpty { of, word })
    }

    /// Whether the author gave the list a name, or a probe answers with it: then `is empty` is said
    /// knowingly.
    fn is_authors_word(&self, operand: &Expr, of: Id) -> bool {
        match &operand.kind {
            ExprKind::Trigger(_) | ExprKind::Const(_) => true,
            ExprKind::Local(local) => {
                let function = self
                    .open
                    .last()
                    .map(|id| &self.package.functions[id.index()]);
                let is_parameter =
                    function.is_some_and(|function| local.index() < function.params.len());
                // A parameter is only another word for what was given.
                !is_parameter
                    || !matches!(
                        self.terms.table.node(of),
                        Node::Filter { .. } | Node::Apply { .. } | Node::List(_)
                    )
            }
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(_) => true,
                Callee::Function(id) => match self.package.functions[id.index()].kind {
                    FunctionKind::Probe | FunctionKind::Watch(_) => true,
                    FunctionKind::Fn | FunctionKind::Action { .. } => false,
                },
                Callee::Builtin(_) => false,
            },
            ExprKind::Field { base, .. } => self.is_authors_word(base, of),
            _ => false,
        }
    }
}
