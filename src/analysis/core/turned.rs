//! Which side of an `==` comes first where it is compared alone: `a == b` asks what `b == a` asks.
//!
//! In: the two sides. Out: whether they stand the other way round than they are encoded. Decided by how each begins, in
//! time linear in the chain of its fields; where both begin alike they stay as they are.

use super::canon::Canon;
use crate::typed::{Callee, Expr, ExprKind, LocalId};

/// How a side begins: what kind of thing it is, and what it is called.
type Begin = (u8, String);

impl Canon<'_> {
    pub(super) fn is_turned(&self, left: &Expr, right: &Expr) -> bool {
        self.begin(left) > self.begin(right)
    }

    fn begin(&self, expr: &Expr) -> Begin {
        let mut path = String::new();
        let mut expr = expr;
        loop {
            match &expr.kind {
                ExprKind::Wrap(inner) => expr = inner,
                ExprKind::Field { base, field } => {
                    path.push_str(&format!(".{field}"));
                    expr = base;
                }
                _ => break,
            }
        }
        let (rank, name) = match &expr.kind {
            ExprKind::Local(local) => (0, self.stands_for(*local)),
            ExprKind::Trigger(_) => (1, String::new()),
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(id) => (2, self.package().externs[id.index()].name.to_string()),
                Callee::Function(_) | Callee::Builtin(_) => (3, String::new()),
            },
            // What is known is said last.
            ExprKind::Value(_) | ExprKind::Const(_) => (5, String::new()),
            _ => (4, String::new()),
        };
        (rank, format!("{name}{path}"))
    }

    /// What a local from outside stands for, in digits; nothing for one that is bound here.
    fn stands_for(&self, local: LocalId) -> String {
        let meaning = self.meaning_of(local);
        let digits = meaning.map(|meaning| meaning.iter().map(|byte| format!("{byte:02x}")));
        digits.map(Iterator::collect).unwrap_or_default()
    }
}
