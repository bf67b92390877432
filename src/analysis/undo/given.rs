//! An undo whose values are parameters: whether they are those of its `do` is seen where they are
//! given, at each call of an action and at each `found`.

use std::collections::{BTreeMap, HashMap};

use crate::analysis::same::{Id, Scope, Scopes, Terms};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, FunctionId, FunctionKind, Package, Runbook, Step, StmtKind, UndoChoice,
};

/// How many ways back of one action are followed to its callers.
const MOST: usize = 64;

/// What the arguments of a call and of its way back are, where these differ.
type Differ = Vec<(Id, Id)>;

/// A way back, seen where a call gives it its values.
struct Back {
    differ: Differ,
    undo: Span,
    call: Span,
}

/// The ways back of an action, in terms of its parameters.
struct Summary {
    params: Vec<Id>,
    backs: BTreeMap<Differ, Span>,
}

/// The ways back of the package's actions.
#[derive(Default)]
pub struct Summaries(HashMap<FunctionId, Summary>);

/// The ways back of the package's actions, callees first.
pub fn functions(
    package: &Package,
    order: &[FunctionId],
    terms: &mut Terms<'_>,
    out: &mut Vec<Diagnostic>,
) -> Summaries {
    let mut summaries = Summaries::default();
    for id in order {
        let function = &package.functions[id.index()];
        if !matches!(function.kind, FunctionKind::Action { .. }) {
            continue;
        }
        let mut scope = terms.function(*id);
        let params = terms.params(&mut scope, function.params.len());
        let mut backs = BTreeMap::new();
        for back in backs_of(&summaries, terms, &mut scope, &function.body.block) {
            if back.differ.is_empty() {
                out.push(refused(&back));
            } else if backs.len() < MOST {
                backs.entry(back.differ).or_insert(back.undo);
            }
        }
        summaries.0.insert(*id, Summary { params, backs });
    }
    summaries
}

/// Checks what the blocks of a runbook give, and what each `found` hands them.
pub fn check_runbook(
    summaries: &Summaries,
    terms: &mut Terms<'_>,
    scopes: &mut Scopes,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    for (block, acting) in runbook.acting_blocks().zip(&mut scopes.blocks) {
        for back in backs_of(summaries, terms, &mut acting.scope, block) {
            let same = back.differ.is_empty()
                || acting.handed.iter().any(|args| {
                    let differ = replaced(terms, &back.differ, &acting.params, args);
                    differ.is_empty()
                });
            if same {
                out.push(refused(&back));
            }
        }
    }
}

/// The ways back that the steps of a block have, but for those that are refused where they stand.
fn backs_of(
    summaries: &Summaries,
    terms: &mut Terms<'_>,
    scope: &mut Scope,
    block: &Block,
) -> Vec<Back> {
    let mut found = Vec::new();
    block.for_each_stmt(&mut |stmt| {
        let (StmtKind::Do(step) | StmtKind::WithDo { step, .. }) = &stmt.kind else {
            return;
        };
        match (step.callee, &step.undo) {
            (ActionCallee::Extern(_), UndoChoice::Block(undo)) => {
                undo.for_each_stmt(&mut |stmt| {
                    if let StmtKind::Do(back) = &stmt.kind
                        && back.callee == step.callee
                        && back.args.len() == step.args.len()
                    {
                        let differ = differ(terms, scope, step, back);
                        found.extend((!differ.is_empty()).then_some(Back {
                            differ,
                            undo: back.span,
                            call: step.span,
                        }));
                    }
                });
            }
            (ActionCallee::Function(id), _) => {
                let Some(summary) = summaries.0.get(&id) else {
                    return;
                };
                if summary.backs.is_empty() {
                    return;
                }
                let args: Vec<Id> = step.args.iter().map(|arg| terms.of(scope, arg)).collect();
                for (differ, undo) in &summary.backs {
                    found.push(Back {
                        differ: replaced(terms, differ, &summary.params, &args),
                        undo: *undo,
                        call: step.span,
                    });
                }
            }
            (ActionCallee::Extern(_), _) => {}
        }
    });
    found
}

fn differ(terms: &mut Terms<'_>, scope: &mut Scope, step: &Step, back: &Step) -> Differ {
    let pairs = step.args.iter().zip(&back.args);
    let pairs = pairs.map(|(one, other)| (terms.of(scope, one), terms.of(scope, other)));
    pairs.filter(|(one, other)| one != other).collect()
}

/// What still differs with arguments in the places of parameters.
fn replaced(terms: &mut Terms<'_>, differ: &Differ, params: &[Id], args: &[Id]) -> Differ {
    let places = params.iter().copied().zip(args.iter().copied());
    let mut places: BTreeMap<Id, Id> = places.collect();
    let mut still = Vec::new();
    for (one, other) in differ {
        let one = terms.replaced(*one, &mut places);
        let other = terms.replaced(*other, &mut places);
        if one != other {
            still.push((one, other));
        }
    }
    still
}

fn refused(back: &Back) -> Diagnostic {
    Diagnostic::new(
        Code::UndoTakesNothingBack,
        "with these values the undo makes the same call again",
        back.call,
        "one value for what is set and for what is set back",
    )
    .and(back.undo, "this undo")
    .help("give what was before for the way back, bound in the plan: `let before = k8s.replicas(web)`")
}
