//! Which side of an `==` comes first where it is compared alone: `a == b` asks what `b == a` asks.
//!
//! In: the two sides. Out: whether they stand the other way round than they are encoded. Decided by how each begins, in
//! time linear in the chain of its fields; where both begin alike they stay as they are.

use super::canon::Canon;
use crate::typed::{Callee, Expr, ExprKind, LocalId};

/// How a side begins, in the order in which sides are encoded.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Begin {
    /// With a name, by what it stands for.
    Local(String),
    Trigger,
    /// With what an operation of the library gives.
    Extern(String),
    Other,
    /// What is known is said last.
    Constant,
}

impl Canon<'_> {
    pub(super) fn is_turned(&self, left: &Expr, right: &Expr) -> bool {
        let (left, right) = (self.way_to(left), self.way_to(right));
        left > right
    }

    /// How a side begins, and the fields that are read of that, the last first.
    fn way_to(&self, mut side: &Expr) -> (Begin, Vec<u16>) {
        let mut fields = Vec::new();
        loop {
            if let ExprKind::Wrap(inner) = &side.kind {
                side = inner;
            } else if let ExprKind::Field { base, field } = &side.kind {
                fields.push(*field);
                side = base;
            } else {
                return (self.begin(side), fields);
            }
        }
    }

    fn begin(&self, side: &Expr) -> Begin {
        if side.constant(self.package()).is_some() {
            return Begin::Constant;
        }
        if let ExprKind::Local(local) = side.kind {
            return Begin::Local(self.stands_for(local));
        }
        if let ExprKind::Call(call) = &side.kind
            && let Callee::Extern(id) = call.callee
        {
            return Begin::Extern(self.package().externs[id.index()].name.to_string());
        }
        match matches!(side.kind, ExprKind::Trigger(_)) {
            true => Begin::Trigger,
            false => Begin::Other,
        }
    }

    /// What a local from outside stands for, in digits; nothing for one that is bound here.
    fn stands_for(&self, local: LocalId) -> String {
        let meaning = self.meaning_of(local);
        let digits = meaning.map(|meaning| meaning.iter().map(|byte| format!("{byte:02x}")));
        digits.map(Iterator::collect).unwrap_or_default()
    }
}
