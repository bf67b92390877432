//! Names of targets across bodies: what an action's parameters stand for, what a body declares.

use std::collections::BTreeSet;

use super::super::place::{Place, Root};
use super::{Touch, TypeTouch};
use crate::text::Span;
use crate::typed::{ArmPattern, Block, Expr, ExprKind, LocalId, StmtKind};

/// The touch of a called action, its parameters replaced by the arguments.
pub(super) fn substitute(touch: &Touch, args: &[Expr], site: Span) -> Touch {
    let types = touch.types.iter().map(|(target, touch)| {
        let mut replaced = TypeTouch {
            anonymous: touch.anonymous,
            attempts: touch.attempts,
            sites: vec![site],
            places: BTreeSet::new(),
        };
        for place in &touch.places {
            let base = match place.root {
                Root::Local(local) => args.get(local.index()).and_then(Place::of),
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

/// The locals that a block declares, at any depth.
pub(super) fn declared(block: &Block, locals: &mut BTreeSet<LocalId>) {
    block.for_each_stmt(&mut |stmt| match &stmt.kind {
        StmtKind::Let { local, .. } => {
            locals.insert(*local);
        }
        StmtKind::For(for_loop) => {
            locals.insert(for_loop.local);
        }
        StmtKind::Do(step) => locals.extend(step.result),
        StmtKind::Match { arms, .. } => {
            for arm in arms {
                if let ArmPattern::Some(local) = arm.pattern {
                    locals.insert(local);
                }
            }
        }
        _ => {}
    });
    block.for_each_expr(&mut |expr| match &expr.kind {
        ExprKind::IsSome {
            bind: Some(local), ..
        } => {
            locals.insert(*local);
        }
        ExprKind::Comprehension(comprehension) => {
            locals.insert(comprehension.local);
        }
        ExprKind::Pick { local, .. } => {
            locals.insert(*local);
        }
        _ => {}
    });
}
