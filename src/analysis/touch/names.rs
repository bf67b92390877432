//! Names of targets across bodies: what an action's parameters stand for, what a body declares.

use std::collections::{BTreeMap, BTreeSet};

use super::super::place::{Place, Root};
use super::{Touch, TypeTouch};
use crate::text::Span;
use crate::typed::{ArmPattern, Expr, ExprKind, LocalId, Stmt, StmtKind};

/// The touch of a called action, its parameters replaced by the arguments.
pub(super) fn substitute(touch: &Touch, names: &Names, args: &[Expr], site: Span) -> Touch {
    let types = touch.types.iter().map(|(target, touch)| {
        let mut replaced = TypeTouch {
            anonymous: touch.anonymous,
            attempts: touch.attempts,
            sites: vec![site],
            places: BTreeSet::new(),
        };
        for place in &touch.places {
            let base = match place.root {
                Root::Local(local) => args.get(local.index()).and_then(|arg| names.place(arg)),
                Root::Trigger(_) | Root::Const(_) => None,
            };
            match base {
                Some(base) => {
                    replaced.places.insert(place.rebased(&base));
                }
                None => replaced.anonymous += 1,
            }
        }
        (*target, replaced)
    });
    Touch {
        types: types.collect(),
    }
}

/// The names that were bound so far, with how many there were before each: those that a loop binds
/// at any depth are the ones that came since it began.
#[derive(Default)]
pub(super) struct Names {
    before: BTreeMap<LocalId, usize>,
    /// The places that names were given to: another name is no other target.
    places: BTreeMap<LocalId, Place>,
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.before.len()
    }

    pub(super) fn bind(&mut self, local: LocalId) {
        let before = self.before.len();
        self.before.entry(local).or_insert(before);
    }

    /// Whether the name was bound when there were so many already.
    pub(super) fn is_since(&self, local: LocalId, begin: usize) -> bool {
        self.before.get(&local).is_some_and(|at| *at >= begin)
    }

    /// The place that an expression names, names of names followed.
    pub(super) fn place(&self, expr: &Expr) -> Option<Place> {
        let place = Place::of(expr)?;
        match place.local().and_then(|local| self.places.get(&local)) {
            Some(base) => Some(place.rebased(base)),
            None => Some(place),
        }
    }

    /// Binds what a statement binds outside its blocks.
    pub(super) fn bind_own(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } => {
                self.bind(*local);
                if handlers.is_empty()
                    && let Some(place) = self.place(value)
                {
                    self.places.insert(*local, place);
                }
            }
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => {
                step.result.into_iter().for_each(|local| self.bind(local));
            }
            StmtKind::Match { arms, .. } => {
                for arm in arms {
                    if let ArmPattern::Some(local) = arm.pattern {
                        self.bind(local);
                    }
                }
            }
            _ => {}
        }
        stmt.for_each_expr(&mut |expr| {
            expr.for_each(&mut |part| match &part.kind {
                ExprKind::IsSome {
                    bind: Some(local), ..
                }
                | ExprKind::Pick { local, .. } => self.bind(*local),
                ExprKind::Comprehension(comprehension) => self.bind(comprehension.local),
                _ => {}
            });
        });
    }
}
