//! Namespaces: which name leads where, per module and per file.
//!
//! In: declarations. Out: look-ups, with the nearest name for one that is not there. The package
//! is one flat namespace over all its files; a module of the library is another.

use std::collections::{BTreeSet, HashMap};

use smol_str::SmolStr;

use crate::diag::near::nearest;
use crate::text::Span;
use crate::typed::Symbol;

/// A module by its place in [`Names`]; the package's own is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleId(u32);

/// The package's own namespace.
pub const OWN: ModuleId = ModuleId(0);

/// What a name leads to, and where it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub symbol: Symbol,
    /// The name in its declaration.
    pub span: Span,
}

/// All namespaces of one check.
#[derive(Default)]
pub struct Names {
    modules: Vec<Namespace>,
}

#[derive(Default)]
struct Namespace {
    /// None for the package's own.
    name: Option<SmolStr>,
    members: HashMap<SmolStr, Member>,
    /// In the order of declaration, for suggestions.
    order: Vec<SmolStr>,
}

impl Names {
    /// Opens a namespace; the first one is the package's own.
    pub fn open(&mut self, name: Option<SmolStr>) -> ModuleId {
        self.modules.push(Namespace {
            name,
            ..Namespace::default()
        });
        ModuleId(self.modules.len() as u32 - 1)
    }

    /// Enters a name. If it is taken, the first one stays and is given back.
    pub fn enter(&mut self, module: ModuleId, name: &SmolStr, member: Member) -> Option<Member> {
        let namespace = self.modules.get_mut(module.0 as usize)?;
        if let Some(first) = namespace.members.get(name) {
            return Some(*first);
        }
        namespace.members.insert(name.clone(), member);
        namespace.order.push(name.clone());
        None
    }

    /// The member of a module.
    pub fn member(&self, module: ModuleId, name: &str) -> Option<Member> {
        let namespace = self.modules.get(module.0 as usize)?;
        namespace.members.get(name).copied()
    }

    /// The names of a module, in the order of declaration.
    pub fn members(&self, module: ModuleId) -> impl Iterator<Item = &SmolStr> {
        let namespace = self.modules.get(module.0 as usize);
        namespace.into_iter().flat_map(|found| &found.order)
    }

    /// The member whose name is nearest, if it is near enough.
    pub fn near(&self, module: ModuleId, name: &str) -> Option<&str> {
        nearest(name, self.members(module).map(SmolStr::as_str))
    }

    /// The module with this name.
    pub fn module(&self, name: &str) -> Option<ModuleId> {
        let named = |namespace: &Namespace| namespace.name.as_deref() == Some(name);
        let at = self.modules.iter().position(named)?;
        Some(ModuleId(at as u32))
    }

    /// The name of a module; none for the package's own.
    pub fn name(&self, module: ModuleId) -> Option<&SmolStr> {
        self.modules.get(module.0 as usize)?.name.as_ref()
    }
}

/// A file by its place among all that are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(pub u32);

/// What one file sees beside its own namespace and the prelude.
pub struct FileScope {
    /// Where its items are declared.
    pub module: ModuleId,
    pub imports: Vec<Import>,
    /// Where a `use` line may be put in, and what goes before and after it.
    pub import_at: Span,
    /// Modules of the library that it mentions and does not import, as was told.
    pub missing: BTreeSet<&'static str>,
}

/// A module that a file uses.
pub struct Import {
    pub name: SmolStr,
    pub module: ModuleId,
    /// Its name in the `use` line.
    pub span: Span,
    /// What to cut out to drop it.
    pub whole: Span,
    pub used: bool,
}
