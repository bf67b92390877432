//! The tables of the program while it is made: what was met once keeps its number.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use smol_str::SmolStr;

use super::TooLarge;
use super::declare::target;
use crate::program::points::Points;
use crate::program::{
    ActionIndex, ConstantIndex, EDITION, Function, FunctionIndex, INSTRUCTION_SET, ObservableIndex,
    Program, Role, RoleIndex, ShapeIndex, TemplateIndex,
};
use crate::typed::{
    BindingId, ExternId, Facts, FunctionId, FunctionKind, Package, RecordId, RoleId, Runbook,
    TargetId,
};
use crate::value::{Duration, Shape, Template, Value};

/// Everything known while one runbook is compiled.
pub(super) struct Tables<'a> {
    pub(super) package: &'a Package,
    pub(super) facts: &'a Facts,
    pub(super) runbook: &'a Runbook,
    /// How long after its opening a run may begin a change.
    pub(super) stated: Duration,
    pub(super) program: Program,
    /// What the watches of the runbook read of its trigger; each takes all of it.
    pub(super) watch_captures: Vec<BindingId>,
    pub(super) observables: HashMap<Observed, ObservableIndex>,
    pub(super) actions: HashMap<ExternId, ActionIndex>,
    pub(super) targets: BTreeSet<TargetId>,
    constants: BTreeMap<Value, ConstantIndex>,
    shapes: HashMap<RecordId, ShapeIndex>,
    roles: HashMap<RoleId, RoleIndex>,
    functions: HashMap<Callable, FunctionIndex>,
    /// Callables whose number is known and whose code is not made yet.
    pub(super) waiting: VecDeque<(Callable, FunctionIndex)>,
    pub(super) points: Points,
    /// Whether tests can reach what is compiled now.
    pub(super) counts: bool,
    /// Callables that only code calls which no test can reach.
    uncounted: HashSet<Callable>,
    pub(super) too_large: bool,
}

/// A callable of the package. It may be compiled twice: for live positions it reads the targets that
/// it is given as they are now.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Callable {
    pub(super) function: FunctionId,
    pub(super) live: bool,
}

/// What can be observed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Observed {
    Extern(ExternId),
    Function(FunctionId),
}

impl<'a> Tables<'a> {
    pub(super) fn new(
        package: &'a Package,
        facts: &'a Facts,
        runbook: &'a Runbook,
        stated: Duration,
    ) -> Self {
        let version = runbook.version.map(|version| {
            SmolStr::new(format!(
                "{}.{}.{}",
                version.major, version.minor, version.patch
            ))
        });
        let product = runbook
            .product
            .map(|id| package.products[id.index()].name.clone());
        let program = Program {
            edition: EDITION,
            instruction_set: INSTRUCTION_SET,
            package: package.name.clone(),
            runbook: runbook.name.clone(),
            version: version.unwrap_or_default(),
            product: product.unwrap_or_default(),
            ..Program::default()
        };
        Tables {
            package,
            facts,
            runbook,
            stated,
            program,
            watch_captures: watch_captures(package, runbook),
            observables: HashMap::new(),
            actions: HashMap::new(),
            targets: BTreeSet::new(),
            constants: BTreeMap::new(),
            shapes: HashMap::new(),
            roles: HashMap::new(),
            functions: HashMap::new(),
            waiting: VecDeque::new(),
            points: Points::default(),
            counts: true,
            uncounted: HashSet::new(),
            too_large: false,
        }
    }

    pub(super) fn finish(self) -> Result<(Program, Points), TooLarge> {
        if self.too_large {
            return Err(TooLarge);
        }
        debug_assert_eq!(self.program.validate(), Ok(()));
        Ok((self.program, self.points))
    }

    /// A number in a table; remembers when there are too many.
    pub(super) fn number(&mut self, index: usize) -> u16 {
        u16::try_from(index).unwrap_or_else(|_| {
            self.too_large = true;
            u16::MAX
        })
    }

    pub(super) fn constant(&mut self, value: Value) -> ConstantIndex {
        if let Some(known) = self.constants.get(&value) {
            return *known;
        }
        let index = ConstantIndex(self.number(self.program.constants.len()));
        self.program.constants.push(value.clone());
        self.constants.insert(value, index);
        index
    }

    pub(super) fn template(&mut self, template: &Template) -> TemplateIndex {
        let index = TemplateIndex(self.number(self.program.templates.len()));
        self.program.templates.push(template.clone());
        index
    }

    pub(super) fn shape(&mut self, record: RecordId) -> ShapeIndex {
        if let Some(known) = self.shapes.get(&record) {
            return *known;
        }
        let index = ShapeIndex(self.number(self.program.shapes.len()));
        let declared = self.package.records.get(record.index());
        let fields = declared.iter().flat_map(|record| &record.fields);
        self.program.shapes.push(Arc::new(Shape {
            name: declared
                .map(|record| SmolStr::new(record.name.to_string()))
                .unwrap_or_default(),
            fields: fields.map(|field| field.name.clone()).collect(),
        }));
        self.shapes.insert(record, index);
        index
    }

    pub(super) fn role(&mut self, role: RoleId) -> RoleIndex {
        if let Some(known) = self.roles.get(&role) {
            return *known;
        }
        let index = RoleIndex(self.number(self.program.roles.len()));
        let declared = self.package.roles.get(role.index());
        self.program.roles.push(Role {
            name: declared.map(|role| role.name.clone()).unwrap_or_default(),
            address: declared
                .map(|role| role.address.clone())
                .unwrap_or_default(),
        });
        self.roles.insert(role, index);
        index
    }

    pub(super) fn role_list(&mut self, roles: &[RoleId]) -> Vec<RoleIndex> {
        roles.iter().map(|role| self.role(*role)).collect()
    }

    /// A number for code that is made later.
    pub(super) fn reserve(&mut self) -> FunctionIndex {
        let index = FunctionIndex(self.number(self.program.functions.len()));
        self.program.functions.push(Function::default());
        index
    }

    pub(super) fn define(&mut self, index: FunctionIndex, function: Function) {
        if let Some(slot) = self.program.functions.get_mut(index.index()) {
            *slot = function;
        }
    }

    /// The code of a callable of the package; made once, and only when something calls it.
    pub(super) fn callable(&mut self, function: FunctionId, live: bool) -> FunctionIndex {
        let live = live && self.takes_targets(function);
        let callable = Callable { function, live };
        if self.counts {
            self.uncounted.remove(&callable);
        }
        if let Some(known) = self.functions.get(&callable) {
            return *known;
        }
        let index = self.reserve();
        self.functions.insert(callable, index);
        if !self.counts {
            self.uncounted.insert(callable);
        }
        self.waiting.push_back((callable, index));
        index
    }

    /// Whether tests can reach the code of a callable.
    pub(super) fn is_counted(&self, callable: Callable) -> bool {
        !self.uncounted.contains(&callable)
    }

    /// Whether something that it is given could have changed since.
    fn takes_targets(&self, id: FunctionId) -> bool {
        let declared = self.package.functions.get(id.index());
        let params = declared.iter().flat_map(|function| &function.params);
        let captures = self.captures(id).iter();
        let captures = captures.filter_map(|id| self.runbook.bindings.get(id.index()));
        let mut types = params
            .map(|param| &param.ty)
            .chain(captures.map(|binding| &binding.ty));
        types.any(|ty| target(ty).is_some())
    }

    /// What a callable takes before its arguments.
    pub(super) fn captures(&self, function: FunctionId) -> &[BindingId] {
        match self
            .package
            .functions
            .get(function.index())
            .map(|function| &function.kind)
        {
            Some(FunctionKind::Watch(_)) => &self.watch_captures,
            Some(FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. }) | None => {
                &[]
            }
        }
    }
}

fn watch_captures(package: &Package, runbook: &Runbook) -> Vec<BindingId> {
    let mut read = BTreeSet::new();
    for watch in &runbook.watches {
        if let Some(function) = package.functions.get(watch.index()) {
            function.body.block.for_each_expr(&mut |expr| {
                if let crate::typed::ExprKind::Trigger(binding) = expr.kind {
                    read.insert(binding);
                }
            });
        }
    }
    read.into_iter().collect()
}
