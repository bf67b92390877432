//! The packages that one depends on, directly or not: found, read, and held to what pins them.
//!
//! In: a package and where to look: beside it, in its folder `vendor`, among what was fetched. Out: its
//! [`Dependency`] list, each behind those that it uses, and what is wrong. A name has one source and one commit
//! in all of it, since types are known by their names. Nothing is ever fetched here.

mod fetched;
mod hash;
mod origin;
mod pinned;
mod vendor;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use super::gather::{Gather, tidy};
use super::lock::{Lock, LockedDependency};
use super::manifest::{Git, Manifest, Wanted, WantedFrom, is_commit};
use super::{Files, Package, PackageFile};
use crate::diag::{Code, Diagnostic};
use crate::text::{Sources, Span};

pub use fetched::{Fetched, Found, Nothing};
pub use hash::{files_hash, package_hash};
pub use origin::Origin;
pub use vendor::VENDOR;
use vendor::Vendor;

/// The longest way from a package to one that it depends on.
const DEEPEST: usize = 64;
/// The most packages that one depends on.
const MOST: usize = 256;

/// A package that another one depends on.
#[derive(Clone, Debug)]
pub struct Dependency {
    pub name: SmolStr,
    pub origin: Origin,
    pub manifest: Manifest,
    /// Its folder, as it can be read.
    pub folder: PathBuf,
    pub files: Vec<PackageFile>,
    /// `sha256:` and 64 digits.
    pub hash: String,
}

impl Dependency {
    /// What the lock of the package in this folder says of it.
    pub fn locked(&self, root: &Path) -> LockedDependency {
        LockedDependency {
            name: self.name.to_string(),
            source: self.origin.source_from(root),
            rev: self.origin.rev().map(str::to_owned),
            commit: self.origin.commit().map(str::to_owned),
            files: self.hash.clone(),
        }
    }

    /// Everything that it is made of.
    pub fn all_files(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.files.iter().map(|file| file.path.clone());
        files.chain([self.folder.join(super::MANIFEST)])
    }
}

/// A revision that has to be fetched, or fetched anew; the commit where a lock says which one it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    pub git: Git,
    pub commit: Option<String>,
}

/// Finds what the package depends on.
pub fn load(
    files: &dyn Files,
    fetched: &dyn Fetched,
    package: &mut Package,
    sources: &mut Sources,
) -> Vec<Diagnostic> {
    let Some(manifest) = package.manifest.as_ref() else {
        return Vec::new();
    };
    let depends = !manifest.dependencies.is_empty();
    let (vendor, said) = vendor::read(files, &package.path, depends, sources);
    if !depends {
        return said;
    }
    let root = files.absolute(&package.path);
    let mut depend = Depend {
        files,
        fetched,
        sources,
        root: &root,
        lock: package.lock.as_ref(),
        vendor,
        known: BTreeMap::new(),
        open: vec![Open {
            name: manifest.name.as_str().into(),
            origin: Origin::Path(root.clone()),
        }],
        found: Vec::new(),
        missing: Vec::new(),
        said,
    };
    let at = At::Beside(package.path.clone());
    depend.all(manifest, &at);
    let Depend {
        found,
        missing,
        said,
        ..
    } = depend;
    package.dependencies = found;
    package.missing = missing;
    said
}

/// Where the files of a package are read.
#[derive(Clone, Debug)]
enum At {
    /// In this folder, among the files of the package itself.
    Beside(PathBuf),
    /// In this folder among what was fetched; the hash that it had then.
    Fetched(PathBuf, String),
    /// In this folder below `vendor`; the hash that it had then.
    Vendor(PathBuf, String),
}

impl At {
    fn folder(&self) -> &Path {
        match self {
            At::Beside(folder) | At::Fetched(folder, _) | At::Vendor(folder, _) => folder,
        }
    }
}

/// A package whose dependencies are being found.
struct Open {
    name: SmolStr,
    origin: Origin,
}

/// What a name stands for.
struct Known {
    origin: Origin,
    /// The names from the package to it.
    way: String,
    at: Span,
}

struct Depend<'a> {
    files: &'a dyn Files,
    fetched: &'a dyn Fetched,
    sources: &'a mut Sources,
    /// The package's folder, from the root.
    root: &'a Path,
    lock: Option<&'a Lock>,
    vendor: Option<Vendor>,
    known: BTreeMap<SmolStr, Known>,
    /// From the package to the one whose dependencies are being found.
    open: Vec<Open>,
    found: Vec<Dependency>,
    missing: Vec<Missing>,
    said: Vec<Diagnostic>,
}

impl Depend<'_> {
    /// Finds what a manifest wants.
    fn all(&mut self, manifest: &Manifest, at: &At) {
        for wanted in &manifest.dependencies {
            self.one(wanted, at);
        }
    }

    fn one(&mut self, wanted: &Wanted, parent: &At) {
        let Some(origin) = self.origin(wanted) else {
            return;
        };
        if self.is_open(wanted, &origin) || self.is_known(wanted, &origin) {
            return;
        }
        self.known.insert(
            wanted.name.clone(),
            Known {
                origin: origin.clone(),
                way: self.way(&wanted.name),
                at: wanted.at,
            },
        );
        if self.open.len() > DEEPEST || self.known.len() > MOST {
            let message = format!("`{}` is one package too many to depend on", wanted.name);
            let help = format!("a package depends on at most {MOST}, at most {DEEPEST} deep");
            return self.say(Code::TooLarge, message, wanted.at, "", help);
        }
        if let Some(at) = self.place(wanted, &origin, parent) {
            self.read(wanted, origin, at);
        }
    }

    /// Where a package comes from, with the commit as far as something says it.
    fn origin(&mut self, wanted: &Wanted) -> Option<Origin> {
        let parent = &self.open.last()?.origin;
        let git = match &wanted.from {
            WantedFrom::Git(git) => git,
            WantedFrom::Path(path) => {
                let origin = parent.join(path);
                if origin.is_none() {
                    let message = format!("`{}` lies outside of its repository", wanted.name);
                    let help = "a package from git depends on what is in its repository, or on another one";
                    self.say(Code::ManifestValue, message, wanted.at, path, help);
                }
                return origin;
            }
        };
        let source = Origin::git(git, None).source();
        let of_lock = self.lock.and_then(|lock| lock.dependency(&wanted.name));
        let of_vendor = self
            .vendor
            .as_ref()
            .and_then(|vendor| vendor.entry(&wanted.name));
        let pinned = [of_lock, of_vendor]
            .into_iter()
            .flatten()
            .find_map(|locked| {
                let same = locked.source == source && locked.rev.as_deref() == Some(&git.rev);
                let commit = locked.commit.clone();
                commit.filter(|commit| same && is_commit(commit))
            });
        let commit = git.commit().map(str::to_owned).or(pinned);
        let commit = commit.or_else(|| self.fetched.find(git, None, "").map(|found| found.commit));
        Some(Origin::git(git, commit))
    }

    /// Whether the package depends on itself by this; says so.
    fn is_open(&mut self, wanted: &Wanted, origin: &Origin) -> bool {
        let Some(first) = self
            .open
            .iter()
            .position(|open| open.origin.is_same(origin))
        else {
            return false;
        };
        let circle = self.open.iter().skip(first).map(|open| open.name.as_str());
        let back = self.open.get(first).map(|open| open.name.as_str());
        let circle = circle.chain(back).collect::<Vec<_>>().join(" -> ");
        let message = format!("the packages depend on each other in a circle: {circle}");
        let help = "move what both need into a package that depends on neither";
        self.say(
            Code::DependencyCycle,
            message,
            wanted.at,
            "closes the circle",
            help,
        );
        true
    }

    /// Whether the name stands for something already; says so if it is something else.
    fn is_known(&mut self, wanted: &Wanted, origin: &Origin) -> bool {
        let way = self.way(&wanted.name);
        let Some(known) = self.known.get(&wanted.name) else {
            return false;
        };
        if known.origin.is_same(origin) {
            return true;
        }
        if let (true, Origin::Git { git, below, .. }) = (known.origin.may_be(origin), origin) {
            // A tag that nobody has asked for yet may be the very commit.
            self.say_missing(wanted, git, None, below);
            return true;
        }
        let (first, second) = (known.origin.shown(self.root), origin.shown(self.root));
        let message = format!("`{}` has two sources: {first} and {second}", wanted.name);
        let found = Diagnostic::new(
            Code::TwoSources,
            message,
            wanted.at,
            format!("{way}: {second}"),
        );
        let found = found.and(known.at, format!("{}: {first}", known.way));
        let help = "one name is one package in a build, since its types are known by it: let both name the same";
        self.said.push(self.of_its_package(found.help(help)));
        true
    }

    /// Whether another name stands for the same files: its types would be others there; says so.
    fn is_twin(&mut self, wanted: &Wanted, hash: &str) -> bool {
        let twin = self.found.iter().find(|found| found.hash == hash);
        let Some((name, known)) =
            twin.and_then(|twin| Some((&twin.name, self.known.get(&twin.name)?)))
        else {
            return false;
        };
        let way = self.way(&wanted.name);
        let message = format!("one package has two names: `{name}` and `{}`", wanted.name);
        let found = Diagnostic::new(Code::TwoSources, message, wanted.at, way);
        let found = found.and(known.at, known.way.clone());
        let help = "types are known by the name of their package, so each name would have its own: let all name it alike";
        self.said.push(self.of_its_package(found.help(help)));
        true
    }

    /// The names from the package to one of this name.
    fn way(&self, name: &str) -> String {
        let names = self.open.iter().map(|open| open.name.as_str());
        names.chain([name]).collect::<Vec<_>>().join(" -> ")
    }

    /// Where the package can be read; says so if it is nowhere.
    fn place(&mut self, wanted: &Wanted, origin: &Origin, parent: &At) -> Option<At> {
        let beside = self.beside(wanted, parent);
        let of_now = |folder: &PathBuf| self.files.leaves_revision(folder);
        if let Some(folder) = beside.as_ref().filter(|folder| !of_now(folder)) {
            return Some(At::Beside(folder.clone()));
        }
        let of_vendor = self.vendor.as_ref().and_then(|vendor| {
            let same = vendor.entry(&wanted.name).filter(|entry| {
                entry.source == origin.source_from(self.root)
                    && entry.rev.as_deref() == origin.rev()
                    && entry.commit.as_deref() == origin.commit()
            });
            same.map(|entry| At::Vendor(vendor.folder(&wanted.name), entry.files.clone()))
        });
        let elsewhere = of_vendor.or_else(|| beside.map(At::Beside));
        if elsewhere.is_some() {
            return elsewhere;
        }
        let Origin::Git { git, commit, below } = origin else {
            let (WantedFrom::Path(shown) | WantedFrom::Git(Git { url: shown, .. })) = &wanted.from;
            let message = format!("there is no package at `{shown}`");
            let label = format!("no `{}` there", super::MANIFEST);
            let help = "a path goes from the folder of the package that says it";
            self.say(Code::DependencyMissing, message, wanted.at, &label, help);
            return None;
        };
        match self.fetched.find(git, commit.as_deref(), below) {
            Some(found) => Some(At::Fetched(found.folder, found.hash)),
            None => {
                self.say_missing(wanted, git, commit.clone(), below);
                None
            }
        }
    }

    /// The folder of a package by `path`, where there is one.
    fn beside(&mut self, wanted: &Wanted, parent: &At) -> Option<PathBuf> {
        let (WantedFrom::Path(path), At::Beside(folder)) = (&wanted.from, parent) else {
            return None;
        };
        let folder = tidy(&origin::plain(&folder.join(path)));
        let gather = Gather::new(self.files, self.sources);
        gather.has_manifest(&folder).then_some(folder)
    }

    fn say_missing(&mut self, wanted: &Wanted, git: &Git, commit: Option<String>, below: &str) {
        let commit_or_rev = commit.as_deref().unwrap_or(&git.rev);
        let is_there = !below.is_empty() && self.fetched.find(git, commit.as_deref(), "").is_some();
        let (message, label, help) = match is_there {
            true => (
                format!("there is no package at `{below}` of `{}`", git.url),
                format!("no `{}` there", super::MANIFEST),
                "a path goes from the folder of the package that says it".to_owned(),
            ),
            false => (
                format!("the dependency `{}` is not here", wanted.name),
                format!("`{}` at `{commit_or_rev}` was not fetched", git.url),
                format!("run `{}`, which alone uses the network", self.fetch()),
            ),
        };
        self.say(Code::DependencyMissing, message, wanted.at, &label, help);
        if !is_there {
            let git = git.clone();
            self.missing.push(Missing { git, commit });
        }
    }

    /// The command that gets what is missing.
    fn fetch(&self) -> String {
        let against = self.files.revision();
        let against = against.map_or_else(String::new, |named| format!(" --against {named}"));
        format!("rbk fetch{against}")
    }

    /// Reads a package, those that it uses before it.
    fn read(&mut self, wanted: &Wanted, origin: Origin, at: At) {
        let files = match &at {
            At::Beside(_) | At::Vendor(..) => self.files,
            At::Fetched(..) => self.fetched.files(),
        };
        let name = wanted.name.clone();
        if !matches!(at, At::Beside(_)) {
            let mut gather = Gather::new(files, self.sources);
            let is_there = gather.has_manifest(at.folder());
            let link = gather.link(&tidy(at.folder()));
            // What cannot be read is told when it is.
            drop(gather.finish());
            if let Some(link) = link {
                return self.say_link(wanted, &origin, &at, &link);
            }
            if !is_there && !self.is_as_pinned(wanted, &origin, &at, "") {
                return;
            }
        }
        let mut gather = Gather::new(files, self.sources);
        let read = gather.dependency(at.folder());
        let said = gather.finish();
        let said = said.into_iter().map(|mut found| {
            found.message = format!("in the dependency `{name}`: {}", found.message);
            found.fixes.clear();
            found
        });
        self.said.extend(said);
        let Some((manifest, sources, hash)) = read else {
            return;
        };
        if !self.is_as_pinned(wanted, &origin, &at, &hash) || self.is_twin(wanted, &hash) {
            return;
        }
        self.open.push(Open {
            name: name.clone(),
            origin: origin.clone(),
        });
        self.all(&manifest, &at);
        self.open.pop();
        self.found.push(Dependency {
            name,
            origin,
            manifest,
            folder: at.folder().to_path_buf(),
            files: sources,
            hash,
        });
    }

    fn say(&mut self, code: Code, message: String, at: Span, label: &str, help: impl Into<String>) {
        let found = Diagnostic::new(code, message, at, label).help(help);
        self.said.push(self.of_its_package(found));
    }

    /// What is said at the manifest of a dependency is said as of it.
    fn of_its_package(&self, mut found: Diagnostic) -> Diagnostic {
        if let [_, .., open] = self.open.as_slice() {
            found.message = format!("in the dependency `{}`: {}", open.name, found.message);
        }
        found
    }
}
