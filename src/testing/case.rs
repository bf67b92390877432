//! One test with all that it refers to.

use std::collections::HashMap;
use std::sync::Arc;

use crate::program::{CodeHash, Program};
use crate::typed::{
    ActionCallee, ExprKind, ExternId, FunctionId, FunctionKind, LocalId, Observable, Package,
    Pattern, Runbook, Stmt, StmtKind, Test,
};

/// A test, its runbook, and what the names in calls stand for.
pub struct Case<'p> {
    pub package: &'p Package,
    pub test: &'p Test,
    pub runbook: &'p Runbook,
    pub program: &'p Program,
    /// What identifies the program.
    pub hash: CodeHash,
    /// What can be observed, by the name that it has in calls.
    observables: HashMap<Arc<str>, Observable>,
}

impl<'p> Case<'p> {
    /// None if the package lacks what the test refers to.
    pub fn new(
        package: &'p Package,
        programs: &'p [Program],
        hashes: &[CodeHash],
        test: &'p Test,
    ) -> Option<Self> {
        let program = programs.get(test.runbook.index())?;
        let hash = *hashes.get(test.runbook.index())?;
        Case::of(package, program, hash, test)
    }

    /// The same with the program of its runbook.
    pub fn of(
        package: &'p Package,
        program: &'p Program,
        hash: CodeHash,
        test: &'p Test,
    ) -> Option<Self> {
        Some(Case {
            package,
            test,
            runbook: package.runbooks.get(test.runbook.index())?,
            program,
            hash,
            observables: observables(package, test),
        })
    }

    /// What is observed under this name.
    pub fn observable(&self, name: &str) -> Option<Observable> {
        self.observables.get(name).copied()
    }

    /// The name of an extern as it stands in calls.
    pub fn extern_name(&self, id: ExternId) -> String {
        let found = self.package.externs.get(id.index());
        found
            .map(|found| found.name.to_string())
            .unwrap_or_default()
    }

    /// The extern action that a pattern is about, and its patterns by that action's parameters.
    pub fn action(
        &self,
        action: ActionCallee,
        args: &[(u16, Pattern)],
    ) -> (String, Vec<(u16, Pattern)>) {
        match action {
            ActionCallee::Extern(id) => (self.extern_name(id), args.to_vec()),
            ActionCallee::Function(id) => self.first_effect(id, args),
        }
    }

    /// An action of the package stands for the first change that it makes.
    fn first_effect(
        &self,
        id: FunctionId,
        args: &[(u16, Pattern)],
    ) -> (String, Vec<(u16, Pattern)>) {
        let function = self.package.functions.get(id.index());
        let statements = function.map(|function| function.body.block.statements.as_slice());
        let step = statements.unwrap_or_default().iter().find_map(first_step);
        let Some(step) = step else {
            return (String::new(), Vec::new());
        };
        // A pattern of a parameter is one of whatever argument is exactly that parameter.
        let is = |argument: &crate::typed::Expr, param: u16| match argument.kind {
            ExprKind::Local(local) => local == LocalId(u32::from(param)),
            _ => false,
        };
        let mut moved = Vec::new();
        for (param, pattern) in args {
            let places = step
                .args
                .iter()
                .enumerate()
                .filter(|(_, arg)| is(arg, *param));
            moved.extend(places.map(|(at, _)| (at as u16, pattern.clone())));
        }
        self.action(step.callee, &moved)
    }
}

fn first_step(statement: &Stmt) -> Option<&crate::typed::Step> {
    match &statement.kind {
        StmtKind::Do(step) => Some(step),
        _ => None,
    }
}

fn observables(package: &Package, test: &Test) -> HashMap<Arc<str>, Observable> {
    let mut names = HashMap::new();
    for (index, found) in package.externs.iter().enumerate() {
        let id = ExternId(index as u32);
        names.insert(Arc::from(found.name.to_string()), Observable::Extern(id));
    }
    for (index, function) in package.functions.iter().enumerate() {
        let seen = match function.kind {
            FunctionKind::Probe => true,
            FunctionKind::Watch(runbook) => runbook == test.runbook,
            FunctionKind::Fn | FunctionKind::Action { .. } => false,
        };
        if seen {
            let id = FunctionId(index as u32);
            names.insert(
                Arc::from(function.name.to_string()),
                Observable::Function(id),
            );
        }
    }
    names
}
