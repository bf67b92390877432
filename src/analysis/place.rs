//! Places: names of targets that the text fixes. Equal places are equal targets, because nothing
//! in the language changes a name once it is bound.

use crate::typed::{BindingId, ConstId, Expr, ExprKind, LocalId};
use crate::value::Value;

/// An immutable name followed by fields and constant indices.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub root: Root,
    pub parts: Vec<Part>,
}

/// A step from a name into what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Field(u16),
    /// An element of a list, by a constant index.
    Element(i64),
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
                place.parts.push(Part::Field(*field));
                Some(place)
            }
            ExprKind::Index { base, index } => {
                let ExprKind::Value(Value::Int(index)) = index.kind else {
                    return None;
                };
                let mut place = Place::of(base)?;
                place.parts.push(Part::Element(index));
                Some(place)
            }
            _ => None,
        }
    }

    fn root(root: Root) -> Place {
        Place {
            root,
            parts: Vec::new(),
        }
    }

    /// The same fields behind another place: a parameter replaced by its argument.
    pub fn rebased(&self, base: &Place) -> Place {
        let mut place = base.clone();
        place.parts.extend(&self.parts);
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
