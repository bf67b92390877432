//! What one check knows so far: the tables that it fills, the names, what it has said.
//!
//! In: declarations, as the passes find them. Out: the finished package and the diagnostics.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use smol_str::SmolStr;

use super::constant::ALL_CONSTANTS;
use super::names::{FileId, FileScope, ModuleId, Names};
use super::runbook::Draft;
use super::scenario::Row;
use crate::diag::Diagnostic;
use crate::literal::Server;
use crate::syntax::tree::{ConstItem, RecordItem};
use crate::text::{Sources, Span};
use crate::typed::{
    ConstId, Function, FunctionId, Package, RecordId, Reference, RunbookId, SiteId,
};
use crate::value::{EnumMember, Shape};

/// The state of a check.
pub struct Checker<'a> {
    /// Whom the queries of the package are for.
    pub server: Server,
    pub sources: &'a Sources,
    pub package: Package,
    pub names: Names,
    pub files: Vec<FileScope>,
    /// One per constant.
    pub consts: Vec<Pending<&'a ConstItem>>,
    /// One per record: the defaults of its fields are constants and evaluated when first needed.
    pub records: Vec<Pending<&'a RecordItem>>,
    /// One per enum: its members as values, made once.
    pub members: Vec<Vec<Arc<EnumMember>>>,
    /// Beside them: where each is declared.
    pub member_places: Vec<Vec<Span>>,
    /// One per record.
    pub record_shapes: Vec<Arc<Shape>>,
    /// One per target.
    pub target_shapes: Vec<Arc<Shape>>,
    /// One per runbook.
    pub drafts: Vec<Draft<'a>>,
    /// Names of functions of the package that are called somewhere.
    pub called: HashMap<FunctionId, ()>,
    /// Constants that are read somewhere.
    pub read: HashMap<ConstId, ()>,
    /// How many bytes the constants that are not worked out yet may come to.
    pub constants_left: u64,
    /// What files of a package bring in, and of which other one: a name means one thing in a package.
    pub brought: HashMap<(ModuleId, SmolStr), (ModuleId, Span)>,
    /// Names that should come from another package and do not: it was told why.
    pub lost: BTreeSet<SmolStr>,
    /// Imports that items use which are not looked at.
    pub used_elsewhere: BTreeSet<Span>,
    /// Names that a `let` binds somewhere in a runbook, of those that were asked for.
    lets: HashMap<RunbookId, HashSet<&'a str>>,
    /// What names stand for, if anybody wants to know.
    pub references: Option<Vec<Reference>>,
    /// What the case of the test at hand gives.
    pub row: Option<Row<'a>>,
    said: Vec<Diagnostic>,
}

/// Something that is worked out when it is first needed.
pub struct Pending<Item> {
    pub file: FileId,
    pub item: Item,
    pub progress: Progress,
}

/// How far something pending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Waiting,
    /// Being worked out: needing it now means that it depends on itself.
    Begun,
    Done,
    /// Something was said about it; what depends on it stays silent.
    Failed,
}

impl<'a> Checker<'a> {
    /// A check of a package with this name and version.
    pub fn new(sources: &'a Sources, name: &str, version: &str) -> Self {
        Checker {
            sources,
            server: Server::default(),
            package: Package {
                name: name.into(),
                version: version.into(),
                ..Package::default()
            },
            names: Names::default(),
            files: Vec::new(),
            consts: Vec::new(),
            records: Vec::new(),
            members: Vec::new(),
            member_places: Vec::new(),
            record_shapes: Vec::new(),
            target_shapes: Vec::new(),
            drafts: Vec::new(),
            called: HashMap::new(),
            read: HashMap::new(),
            constants_left: ALL_CONSTANTS,
            brought: HashMap::new(),
            lost: BTreeSet::new(),
            used_elsewhere: BTreeSet::new(),
            lets: HashMap::new(),
            references: None,
            row: None,
            said: Vec::new(),
        }
    }

    /// Says something to the user.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        self.said.push(diagnostic);
    }

    /// How much was said so far; see [`Self::forget`].
    pub fn mark(&self) -> usize {
        self.said.len()
    }

    /// Takes back what was said since the mark: it was only tried.
    pub fn forget(&mut self, mark: usize) {
        self.said.truncate(mark);
    }

    /// Takes out what was said since the mark, to say it otherwise.
    pub fn take_said(&mut self, mark: usize) -> Vec<Diagnostic> {
        self.said.split_off(mark.min(self.said.len()))
    }

    /// The number of a new call site.
    pub fn new_site(&mut self) -> SiteId {
        self.package.sites += 1;
        SiteId(self.package.sites - 1)
    }

    /// The names that a `let` binds somewhere in a runbook.
    pub fn lets_of(&mut self, id: RunbookId) -> &HashSet<&'a str> {
        let text = self.sources.slice(self.package.runbooks[id.index()].span);
        self.lets.entry(id).or_insert_with(|| {
            let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
            let names = text.split("let ").skip(1);
            names
                .filter_map(|rest| rest.split(|other| !letter(other)).next())
                .collect()
        })
    }

    /// The scope of a file.
    pub fn file(&self, file: FileId) -> &FileScope {
        &self.files[file.0 as usize]
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &'a str {
        self.sources.slice(span)
    }

    /// A function of the package by its index.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.package.functions[id.index()]
    }

    /// The defaults of a record are needed.
    pub fn record_progress(&self, id: RecordId) -> Progress {
        self.records[id.index()].progress
    }

    /// What was checked, and what was said about it.
    pub fn finish(self) -> (Package, Vec<Diagnostic>, BTreeSet<SmolStr>) {
        (self.package, self.said, self.lost)
    }
}
