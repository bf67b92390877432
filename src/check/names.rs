//! Namespaces: which name leads where, per module and per file.
//!
//! In: declarations. Out: look-ups, with the nearest name for one that is not there. The package
//! is one flat namespace over all its files; a module of the library is another, and so is each package
//! that it depends on.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

use smol_str::SmolStr;

use crate::diag::near::nearest;
use crate::text::{SourceId, Span};
use crate::typed::{QualifiedName, Symbol};

/// A module by its place in [`Names`]; the package's own is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// Whose names they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The package's own.
    #[default]
    Own,
    /// Of this module of the library.
    Library(SmolStr),
    /// Of the package that is used under this name.
    Dependency(SmolStr),
}

#[derive(Default)]
struct Namespace {
    origin: Origin,
    /// Its first text.
    text: Option<SourceId>,
    members: HashMap<SmolStr, Entry>,
    /// In the order of declaration, for suggestions.
    order: Vec<SmolStr>,
    /// What a dependency has and does not lend, each with what it is.
    kept: HashMap<SmolStr, &'static str>,
    /// The packages that it may use.
    uses: Vec<SmolStr>,
}

/// A member, and whether anybody asked for it.
struct Entry {
    member: Member,
    named: Cell<bool>,
}

impl Names {
    /// Opens a namespace; the first one is the package's own.
    pub fn open(&mut self, origin: Origin, uses: &[SmolStr], text: Option<SourceId>) -> ModuleId {
        self.modules.push(Namespace {
            origin,
            text,
            uses: uses.to_vec(),
            ..Namespace::default()
        });
        ModuleId(self.modules.len() as u32 - 1)
    }

    /// Notes a name that no other package may have, and what it is.
    pub fn keep(&mut self, module: ModuleId, name: &SmolStr, what: &'static str) {
        if let Some(namespace) = self.modules.get_mut(module.0 as usize) {
            namespace.kept.insert(name.clone(), what);
        }
    }

    /// What a name is that no other package may have.
    pub fn kept(&self, module: ModuleId, name: &str) -> Option<&'static str> {
        let namespace = self.modules.get(module.0 as usize)?;
        namespace.kept.get(name).copied()
    }

    /// The packages that a package may use.
    pub fn uses(&self, module: ModuleId) -> &[SmolStr] {
        let namespace = self.modules.get(module.0 as usize);
        namespace.map_or(&[], |namespace| &namespace.uses)
    }

    /// Enters a name. If it is taken, the first one stays and is given back.
    pub fn enter(&mut self, module: ModuleId, name: &SmolStr, member: Member) -> Option<Member> {
        let namespace = self.modules.get_mut(module.0 as usize)?;
        if let Some(first) = namespace.members.get(name) {
            return Some(first.member);
        }
        let named = Cell::new(false);
        namespace
            .members
            .insert(name.clone(), Entry { member, named });
        namespace.order.push(name.clone());
        None
    }

    /// The member of a module; it counts as named from then on.
    pub fn member(&self, module: ModuleId, name: &str) -> Option<Member> {
        let namespace = self.modules.get(module.0 as usize)?;
        let entry = namespace.members.get(name)?;
        entry.named.set(true);
        Some(entry.member)
    }

    /// The members of the package itself that nobody has named, in the order of declaration.
    pub fn unnamed(&self) -> Vec<Symbol> {
        let own = self.modules.get(OWN.0 as usize);
        let names = own.into_iter().flat_map(|own| {
            let entries = own.order.iter().filter_map(|name| own.members.get(name));
            entries.filter(|entry| !entry.named.get())
        });
        names.map(|entry| entry.member.symbol).collect()
    }

    /// The item of this name; it does not count as named by that.
    pub fn declared(&self, name: &QualifiedName) -> Option<Member> {
        let module = match name.module.as_deref() {
            None => OWN,
            Some(module) => self.module(module).or_else(|| self.dependency(module))?,
        };
        let namespace = self.modules.get(module.0 as usize)?;
        Some(namespace.members.get(&name.name)?.member)
    }

    /// The names of a module, in the order of declaration.
    pub fn members(&self, module: ModuleId) -> impl Iterator<Item = &SmolStr> {
        let namespace = self.modules.get(module.0 as usize);
        namespace.into_iter().flat_map(|found| &found.order)
    }

    /// The member whose name is nearest, if it is near enough.
    pub fn near(&self, module: ModuleId, name: &str) -> Option<&str> {
        // A type is no value, however near it is.
        fn is_type(name: &str) -> bool {
            name.starts_with(|first: char| first.is_ascii_uppercase())
        }
        let all = || self.members(module).map(SmolStr::as_str);
        let alike = all().filter(|known| is_type(known) == is_type(name));
        nearest(name, alike).or_else(|| nearest(name, all()))
    }

    /// The module of the library with this name.
    pub fn module(&self, name: &str) -> Option<ModuleId> {
        self.at(|origin| matches!(origin, Origin::Library(known) if known == name))
    }

    /// The package that is used under this name, if it is there.
    pub fn dependency(&self, name: &str) -> Option<ModuleId> {
        self.at(|origin| matches!(origin, Origin::Dependency(known) if known == name))
    }

    fn at(&self, is: impl Fn(&Origin) -> bool) -> Option<ModuleId> {
        let at = self.modules.iter().position(|found| is(&found.origin))?;
        Some(ModuleId(at as u32))
    }

    /// Whose the names of a module are.
    pub fn origin(&self, module: ModuleId) -> &Origin {
        match self.modules.get(module.0 as usize) {
            Some(namespace) => &namespace.origin,
            None => &Origin::Own,
        }
    }

    /// The first text of a module.
    pub fn text(&self, module: ModuleId) -> Option<SourceId> {
        self.modules.get(module.0 as usize)?.text
    }

    /// The name of a module; none for the package's own.
    pub fn name(&self, module: ModuleId) -> Option<&SmolStr> {
        match self.origin(module) {
            Origin::Own => None,
            Origin::Library(name) | Origin::Dependency(name) => Some(name),
        }
    }

    /// Whether it is a module of the library, which is believed what it says of itself.
    pub fn is_library(&self, module: ModuleId) -> bool {
        matches!(self.origin(module), Origin::Library(_))
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
    /// Items of dependencies that it brings in, in their order.
    pub items: Vec<Lent>,
    /// Where each of them is.
    pub places: HashMap<SmolStr, usize>,
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
    /// The sources in which it is used; one may be named more than once.
    pub used_by: Vec<SourceId>,
}

/// An item of a dependency that a file brings in under its own name.
pub struct Lent {
    pub name: SmolStr,
    pub member: Member,
    /// Its name in the `use` line.
    pub span: Span,
    /// What to cut out to drop it.
    pub whole: Span,
    /// Set where the name is looked up.
    pub used: Cell<bool>,
}
