//! The core hash: what a runbook does, in a canonical encoding that does not move with the compiler.
//!
//! In: a package without errors. Out: a [`CoreHash`] for each runbook, and a [`ConditionHash`] for a
//! condition. Names that only the source sees, places, comments, docs, the order of items and the
//! version are left out. Whatever is called is encoded by content; types, externs and roles, which are
//! told apart by name, stand beside the runbook with all that they say of themselves.
//!
//! The encoding is for ever: a change of it is a new [`ENCODING`](crate::program::manifest::ENCODING).

mod canon;
mod condition;
mod declaration;
mod expr;
mod inline;
mod meaning;
mod reading;
mod runbook;
mod stmt;
mod turned;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use crate::program::manifest::{ConditionHash, CoreHash};
use crate::typed::{
    EnumId, ExternId, FunctionId, Package, RecordId, RoleId, Runbook, SecretId, TargetId, WindowId,
};

use canon::{Canon, Digest};
pub use condition::Asks;
pub use declaration::LATER_FIELDS;
pub use meaning::Meanings;
pub use reading::Place;

/// Something with a name that the world, or another package, knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    Enum(EnumId),
    Record(RecordId),
    Target(TargetId),
    Extern(ExternId),
    Role(RoleId),
    Window(WindowId),
    Secret(SecretId),
}

/// What a function does, and what it names.
#[derive(Default)]
struct FunctionCore {
    digest: Digest,
    /// The same for parts that are compared alone.
    as_part: Digest,
    names: BTreeSet<Named>,
    calls: Vec<FunctionId>,
}

/// The cores of a package.
pub struct Cores<'a> {
    package: &'a Package,
    functions: Vec<FunctionCore>,
}

impl<'a> Cores<'a> {
    /// Encodes every function, in time linear in their text.
    pub fn new(package: &'a Package) -> Cores<'a> {
        let mut cores = Cores {
            package,
            functions: Vec::new(),
        };
        let count = package.functions.len();
        cores.functions.resize_with(count, FunctionCore::default);
        for id in super::order::callees_first(package, &mut Vec::new()) {
            cores.functions[id.index()] = cores.function(id);
        }
        cores
    }

    /// The core of a runbook, and the hash of each name that is declared beside it: `enum Mode`, `role builder`.
    pub fn runbook(&self, runbook: &'a Runbook) -> (CoreHash, BTreeMap<String, ConditionHash>) {
        let mut canon = Canon::new(self, runbook);
        canon.tag("runbook");
        canon.runbook(runbook);
        let (own, names, calls) = canon.finish();
        let mut whole = Canon::new(self, runbook);
        whole.tag("core");
        whole.digest(&own);
        let mut declared = BTreeMap::new();
        for (name, said) in self.declared(names, calls, runbook) {
            whole.text(&name);
            whole.digest(&said);
            let [a, b, c, d, e, f, g, h, ..] = said;
            declared.insert(name, ConditionHash([a, b, c, d, e, f, g, h]));
        }
        let (digest, ..) = whole.finish();
        (CoreHash(digest), declared)
    }

    /// What every name that is reached says of itself, in the order of the names.
    fn declared(
        &self,
        names: BTreeSet<Named>,
        calls: Vec<FunctionId>,
        runbook: &'a Runbook,
    ) -> BTreeMap<String, Digest> {
        let mut open: Vec<Named> = names.into_iter().collect();
        let mut called: Vec<FunctionId> = calls;
        let mut seen = BTreeSet::new();
        while let Some(id) = called.pop() {
            if seen.insert(id) {
                let function = &self.functions[id.index()];
                open.extend(&function.names);
                called.extend(&function.calls);
            }
        }
        let mut said = BTreeMap::new();
        let mut done = BTreeSet::new();
        while let Some(named) = open.pop() {
            if !done.insert(named) {
                continue;
            }
            let mut canon = Canon::new(self, runbook);
            let name = canon.declaration(named);
            // What a declaration calls would be a default with a call in it: those are constant.
            let (digest, names, _) = canon.finish();
            open.extend(names);
            said.insert(name, digest);
        }
        said
    }

    fn function(&self, id: FunctionId) -> FunctionCore {
        let mut canon = Canon::of_function(self, id);
        canon.function(&self.package.functions[id.index()]);
        let (digest, names, calls) = canon.finish();
        let mut part = Canon::of_function(self, id).loosely();
        part.function(&self.package.functions[id.index()]);
        let (as_part, ..) = part.finish();
        FunctionCore {
            digest,
            as_part,
            names,
            calls,
        }
    }
}
