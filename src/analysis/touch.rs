//! P3: which targets a piece of code touches, at most: named places and a number of others.
//!
//! The domain per target type is (named places, anonymous count, changing calls). Sequence is
//! union and sum, alternatives are the larger, a loop multiplies what depends on its element.
//! Linear in the code; exact on the usual shapes, above the truth otherwise.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic};
use crate::effect::Scope;
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, ExternKind, For, FunctionId, FunctionKind, LocalId, OnFailure, Package,
    Runbook, Step, Stmt, StmtKind, TargetId, Type, UndoChoice,
};

use super::place::Place;
use names::{Names, substitute};

/// What is touched, by target type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Touch {
    pub types: BTreeMap<TargetId, TypeTouch>,
}

/// The touched targets of one type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypeTouch {
    places: BTreeSet<Place>,
    anonymous: u32,
    /// Changing calls, retries included, undo not.
    pub attempts: u32,
    /// The first of the `do` lines that add up.
    pub sites: Vec<Span>,
}

/// How many lines are kept for messages: what grows with the text would be copied at every line.
pub const SITES: usize = 5;

impl TypeTouch {
    /// Distinct targets, at most.
    pub fn count(&self) -> u32 {
        self.anonymous.saturating_add(self.places.len() as u32)
    }
}

/// What a whole runbook touches.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    pub total: Touch,
    /// Per type, the most that is disturbed between two passed verifications.
    pub at_once: BTreeMap<TargetId, u32>,
    /// None when nothing is changed.
    pub scope: Option<Scope>,
    /// The types of what each remedy touches, or `steps`.
    pub each: Vec<BTreeSet<TargetId>>,
}

impl Touch {
    fn then(&mut self, other: &Touch) {
        for (target, theirs) in &other.types {
            crate::steps::count(1 + theirs.places.len());
            let ours = self.types.entry(*target).or_default();
            ours.places.extend(theirs.places.iter().cloned());
            ours.anonymous = ours.anonymous.saturating_add(theirs.anonymous);
            ours.attempts = ours.attempts.saturating_add(theirs.attempts);
            add_sites(&mut ours.sites, &theirs.sites);
        }
    }

    fn or(&mut self, other: &Touch) {
        for (target, theirs) in &other.types {
            crate::steps::count(1 + theirs.places.len());
            // A type that only one side touches keeps its names: they count as certain, which is
            // never below the truth.
            let Some(ours) = self.types.get_mut(target) else {
                self.types.insert(*target, theirs.clone());
                continue;
            };
            let both: BTreeSet<Place> = ours.places.intersection(&theirs.places).cloned().collect();
            let count = ours.count().max(theirs.count());
            ours.anonymous = count - both.len() as u32;
            ours.places = both;
            ours.attempts = ours.attempts.max(theirs.attempts);
            add_sites(&mut ours.sites, &theirs.sites);
        }
    }

    /// Repeated `times`, where places that begin with an inner name are new each time.
    fn repeated(&self, times: u32, is_inner: &dyn Fn(LocalId) -> bool) -> Touch {
        let types = self.types.iter().map(|(target, touch)| {
            let (changing, fixed): (BTreeSet<Place>, BTreeSet<Place>) = touch
                .places
                .iter()
                .cloned()
                .partition(|place| place.local().is_some_and(is_inner));
            let each = touch.anonymous.saturating_add(changing.len() as u32);
            let repeated = TypeTouch {
                places: fixed,
                anonymous: each.saturating_mul(times),
                attempts: touch.attempts.saturating_mul(times),
                sites: touch.sites.clone(),
            };
            crate::steps::count(1 + touch.places.len());
            (*target, repeated)
        });
        Touch {
            types: types.collect(),
        }
    }
}

fn add_sites(ours: &mut Vec<Span>, theirs: &[Span]) {
    for site in theirs {
        if ours.len() < SITES && !ours.contains(site) {
            ours.push(*site);
        }
    }
}

/// What each action of the package touches, in terms of its parameters.
pub struct Touches {
    functions: Vec<(Touch, Option<Scope>)>,
}

/// Summarises the package's actions, callees first.
pub fn functions(package: &Package, order: &[FunctionId], out: &mut Vec<Diagnostic>) -> Touches {
    let mut touches = Touches {
        functions: vec![(Touch::default(), None); package.functions.len()],
    };
    for id in order {
        let function = &package.functions[id.index()];
        let FunctionKind::Action { changes } = &function.kind else {
            continue;
        };
        let mut walk = Walk::new(package, &touches, out);
        // Its own locals are names for nobody else.
        let is_own = |local: LocalId| local.index() >= function.params.len();
        let mut open = Touch::default();
        let lines: Vec<Touch> = function
            .body
            .block
            .statements
            .iter()
            .map(|stmt| walk.stmt(stmt, &mut open).repeated(1, &is_own))
            .collect();
        let scope = walk.scope;
        let mut total = Touch::default();
        for line in &lines {
            total.then(line);
        }
        check_changes(package, *id, changes, &lines, out);
        touches.functions[id.index()] = (total, scope);
    }
    touches
}

/// An action touches only what its `changes` names.
fn check_changes(
    package: &Package,
    id: FunctionId,
    changes: &[u16],
    lines: &[Touch],
    out: &mut Vec<Diagnostic>,
) {
    let function = &package.functions[id.index()];
    let outside = |touch: &&TypeTouch| {
        let named = touch.places.iter().all(|place| {
            place.parts.is_empty()
                && changes
                    .iter()
                    .any(|index| place.local() == Some(LocalId(u32::from(*index))))
        });
        touch.anonymous > 0 || !named
    };
    let touched = lines
        .iter()
        .flat_map(|line| line.types.values())
        .filter(outside);
    let mut sites = touched.filter_map(|touch| touch.sites.first().copied());
    let Some(site) = sites.next() else {
        return;
    };
    let message = format!(
        "action `{}` changes something that its `changes` does not name",
        function.name
    );
    let found = Diagnostic::new(Code::ChangesUndeclared, message, site, "changed here");
    let found = found.and(function.span, "declared here");
    let found = sites.fold(found, |found, site| found.and(site, "and here"));
    out.push(
        found.help("take the target as a parameter and name it behind `changes`: `changes web`"),
    );
}

/// What the runbook touches in all.
pub fn runbook(
    package: &Package,
    touches: &Touches,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) -> Bound {
    let mut bound = Bound::default();
    for block in runbook.acting_blocks() {
        let mut walk = Walk::new(package, touches, out);
        let total = walk.block(block, &mut Touch::default());
        bound.each.push(total.types.keys().copied().collect());
        bound.total.or(&total);
        for (target, peak) in walk.peak {
            let entry = bound.at_once.entry(target).or_default();
            *entry = peak.max(*entry);
        }
        bound.scope = bound.scope.max(walk.scope);
    }
    bound
}

struct Walk<'a, 'b> {
    package: &'a Package,
    touches: &'a Touches,
    peak: BTreeMap<TargetId, u32>,
    /// What the enclosing `with do` hold: no verify inside ends that.
    held: Touch,
    scope: Option<Scope>,
    names: Names,
    out: &'b mut Vec<Diagnostic>,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(package: &'a Package, touches: &'a Touches, out: &'b mut Vec<Diagnostic>) -> Self {
        Walk {
            package,
            touches,
            peak: BTreeMap::new(),
            held: Touch::default(),
            scope: None,
            names: Names::default(),
            out,
        }
    }

    /// What the block touches; `open` is what was disturbed since the last passed verify.
    fn block(&mut self, block: &Block, open: &mut Touch) -> Touch {
        let mut total = Touch::default();
        for stmt in &block.statements {
            let touched = self.stmt(stmt, open);
            total.then(&touched);
        }
        total
    }

    fn stmt(&mut self, stmt: &Stmt, open: &mut Touch) -> Touch {
        crate::steps::count(1);
        self.names.bind_own(stmt);
        match &stmt.kind {
            StmtKind::Do(step) => self.step(step, open),
            StmtKind::WithDo { step, body, .. } => {
                let mut total = self.step(step, open);
                let release = self.of_step(step);
                let outside = self.held.clone();
                self.held.then(&release);
                total.then(&self.block(body, open));
                self.held = outside;
                total.then(&release);
                total
            }
            StmtKind::Verify(_) | StmtKind::WaiveVerify(_) => {
                *open = Touch::default();
                Touch::default()
            }
            StmtKind::If {
                then, otherwise, ..
            } => {
                let mut other_open = self.parting(open);
                let mut total = self.block(then, open);
                let other = match otherwise {
                    Some(block) => self.block(block, &mut other_open),
                    None => Touch::default(),
                };
                open.or(&other_open);
                total.or(&other);
                total
            }
            StmtKind::Match { arms, .. } => {
                let before = self.parting(open);
                let mut total = Touch::default();
                for arm in arms {
                    let mut arm_open = before.clone();
                    let touched = self.block(&arm.body, &mut arm_open);
                    total.or(&touched);
                    open.or(&arm_open);
                }
                total
            }
            StmtKind::For(for_loop) => self.for_loop(for_loop, open),
            StmtKind::Attempts(attempts) => {
                // A failed verify resets nothing: each attempt stands on those before it.
                let mut total = Touch::default();
                for attempt in attempts {
                    let mut attempt_open = open.clone();
                    attempt_open.then(&total);
                    let touched = self.block(&attempt.body, &mut attempt_open);
                    total.then(&touched);
                }
                *open = Touch::default();
                total
            }
            StmtKind::Error
            | StmtKind::Let { .. }
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => Touch::default(),
        }
    }

    /// What is open, for another path.
    fn parting(&self, open: &Touch) -> Touch {
        for touch in open.types.values() {
            crate::steps::count(1 + touch.places.len());
        }
        open.clone()
    }

    fn step(&mut self, step: &Step, open: &mut Touch) -> Touch {
        let touched = self.of_step(step);
        open.then(&touched);
        self.note_peak(open);
        if let UndoChoice::Block(undo) = &step.undo {
            self.undo(step, undo, &touched);
        }
        touched
    }

    /// What is disturbed at this point, with what is held.
    fn note_peak(&mut self, open: &Touch) {
        for (target, touch) in self.held.types.iter().chain(&open.types) {
            let held = self.held.types.get(target);
            let count = match (held, open.types.get(target)) {
                (Some(held), Some(open)) => {
                    let places = open.places.difference(&held.places).count() as u32;
                    let both = held.count().saturating_add(places);
                    both.saturating_add(open.anonymous)
                }
                _ => touch.count(),
            };
            let peak = self.peak.entry(*target).or_default();
            *peak = count.max(*peak);
        }
    }

    fn of_step(&mut self, step: &Step) -> Touch {
        match step.callee {
            ActionCallee::Extern(id) => self.of_extern(id, step),
            ActionCallee::Function(id) => {
                let (touch, scope) = &self.touches.functions[id.index()];
                self.scope = self.scope.max(*scope);
                substitute(touch, &self.names, &step.args, step.span)
            }
        }
    }

    fn of_extern(&mut self, id: crate::typed::ExternId, step: &Step) -> Touch {
        let mut touch = Touch::default();
        let ExternKind::Action(contract) = &self.package.externs[id.index()].kind else {
            return touch;
        };
        if contract.touching {
            self.scope = self.scope.max(Some(Scope::Substrate));
        }
        let attempts = 1 + step.retry.map_or(0, |retry| retry.times);
        let changed = contract
            .changes
            .iter()
            .filter_map(|index| step.args.get(usize::from(*index)));
        for arg in changed.chain(&step.touching) {
            let (target, many) = match &arg.ty {
                Type::Target(target) => (*target, false),
                Type::List(element) => match element.as_ref() {
                    Type::Target(target) => (*target, true),
                    _ => continue,
                },
                _ => continue,
            };
            let scope = self.package.targets[target.index()].scope;
            self.scope = self.scope.max(Some(scope));
            let entry = touch.types.entry(target).or_default();
            entry.attempts = attempts;
            add_sites(&mut entry.sites, &[step.span]);
            match self.names.place(arg) {
                _ if many => entry.anonymous = crate::value::LIST_LENGTH as u32,
                Some(place) => {
                    entry.places.insert(place);
                }
                None => entry.anonymous += 1,
            }
        }
        touch
    }

    fn for_loop(&mut self, for_loop: &For, open: &mut Touch) -> Touch {
        let times = for_loop.at_most.unwrap_or(1);
        let begin = self.names.len();
        self.names.bind(for_loop.local);

        // Walked once, from nothing: what one round leaves behind for the next. What stands open
        // before the first round is added to all that a round touches, never below the truth.
        let mut left = Touch::default();
        let body = self.block(&for_loop.body, &mut left);
        let names = &self.names;
        let is_inner = |local: LocalId| names.is_since(local, begin);
        let once = body.repeated(1, &is_inner);
        let always = body.repeated(times, &is_inner);
        let left_always = left.repeated(times, &is_inner);
        let mut first = open.clone();
        first.then(&once);
        if !open.types.is_empty() {
            self.note_peak(&first);
        }
        // With `continue` an element that failed its verify stays disturbed beside the next.
        let goes_on = for_loop.on_failure == OnFailure::UndoContinue;
        if left == body || goes_on {
            open.then(&always);
        } else {
            // A loop over nothing verifies nothing: what stood open may stand open behind it.
            open.or(&left_always);
        }
        self.note_peak(open);
        always
    }

    /// An undo touches only what its `do` touched, by name: what is computed might be anything.
    fn undo(&mut self, step: &Step, undo: &Block, touched: &Touch) {
        let peak = std::mem::take(&mut self.peak);
        let total = self.block(undo, &mut Touch::default());
        self.peak = peak;
        for (target, touch) in &total.types {
            let Some(site) = touch.sites.first() else {
                continue;
            };
            let ours = touched.types.get(target);
            let named = ours.is_some_and(|ours| touch.places.is_subset(&ours.places));
            let name = &self.package.targets[target.index()].name;
            let problem = match (named, touch.anonymous) {
                (true, 0) => continue,
                (false, _) => Diagnostic::new(
                    Code::UndoTouchesMore,
                    format!("this undo touches a `{name}` that its `do` does not touch"),
                    *site,
                    "another target",
                )
                .help("an undo draws on the reservation of its `do`: give it the same target"),
                (true, _) => Diagnostic::new(
                    Code::UndoTouchesMore,
                    format!("nothing says that this is the `{name}` that the `do` touches"),
                    *site,
                    "a target that is computed",
                )
                .help("bind the target with `let` in the plan, and use that name in both lines"),
            };
            self.out
                .push(problem.and(step.span, "the `do` that it takes back"));
        }
    }
}
