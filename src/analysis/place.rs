//! Places: names of targets that the text fixes. Equal places are equal targets, because nothing
//! in the language changes a name once it is bound.

use crate::typed::{BindingId, ConstId, Expr, ExprKind, LocalId};

/// An immutable name followed by fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub root: Root,
    pub fields: Vec<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    Local(LocalId),
    Trigger(BindingId),
    Const(ConstId),
}

impl Place {
    /// The place that the expression names; None where it computes.
    pub fn of(expr: &Expr) -> Option<Place> {
        match &expr.kind {
            ExprKind::Local(local) => Some(Place::root(Root::Local(*local))),
            ExprKind::Trigger(binding) => Some(Place::root(Root::Trigger(*binding))),
            ExprKind::Const(constant) => Some(Place::root(Root::Const(*constant))),
            ExprKind::Field { base, field } => {
                let mut place = Place::of(base)?;
                place.fields.push(*field);
                Some(place)
            }
            _ => None,
        }
    }

    fn root(root: Root) -> Place {
        Place {
            root,
            fields: Vec::new(),
        }
    }

    /// The same fields behind another place: a parameter replaced by its argument.
    pub fn rebased(&self, base: &Place) -> Place {
        let mut place = base.clone();
        place.fields.extend(&self.fields);
        place
    }

    /// The local it begins with.
    pub fn local(&self) -> Option<LocalId> {
        match self.root {
            Root::Local(local) => Some(local),
            Root::Trigger(_) | Root::Const(_) => None,
        }
    }
}
