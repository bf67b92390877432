//! The writer of the canonical encoding: words, numbers and lists, each with its length before it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use smol_str::SmolStr;

use super::inline::{Frame, Inlined};
use super::reading::Readings;
use super::{Cores, Meanings, Named};
use crate::program::manifest::{ConditionHash, ENCODING};
use crate::typed::{
    Binding, BindingId, BindingKind, FunctionId, FunctionKind, LocalId, Package, Runbook, Type,
};

/// A hash of something that was encoded.
pub type Digest = [u8; 32];

/// Locals by the order in which they are met: of a body, and of the functions that are written out in it.
pub type Locals = BTreeMap<(Frame, LocalId), u64>;

/// Takes in one thing and hashes it.
pub struct Canon<'a> {
    pub(super) cores: &'a Cores<'a>,
    hash: Sha256,
    /// Whose trigger names are in scope.
    bindings: &'a [Binding],
    /// The locals by the order in which they are met.
    locals: Locals,
    /// The functions that are written out here.
    pub(super) inlined: Inlined,
    /// What locals from outside stand for, where a part is encoded alone.
    meanings: Option<&'a Meanings>,
    /// What of the world is in what they stand for.
    readings: Readings,
    /// Whether what is only written another way counts as the same. A core is for ever; of a part that matters less.
    is_part: bool,
    names: BTreeSet<Named>,
    calls: Vec<FunctionId>,
}

impl<'a> Canon<'a> {
    /// For a part of a runbook.
    pub fn new(cores: &'a Cores<'a>, runbook: &'a Runbook) -> Canon<'a> {
        Canon::with(cores, &runbook.bindings)
    }

    /// For a function; a watch sees the names of its runbook's trigger.
    pub fn of_function(cores: &'a Cores<'a>, id: FunctionId) -> Canon<'a> {
        let bindings = match &cores.package.functions[id.index()].kind {
            FunctionKind::Watch(id) => cores.package.runbooks[id.index()].bindings.as_slice(),
            FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. } => &[],
        };
        Canon::with(cores, bindings)
    }

    fn with(cores: &'a Cores<'a>, bindings: &'a [Binding]) -> Canon<'a> {
        let mut canon = Canon {
            cores,
            hash: Sha256::new(),
            bindings,
            locals: Locals::new(),
            inlined: Inlined::default(),
            meanings: None,
            readings: Readings::default(),
            is_part: false,
            names: BTreeSet::new(),
            calls: Vec::new(),
        };
        canon.number(u64::from(ENCODING));
        canon
    }

    /// For a part that is compared alone.
    pub fn loosely(mut self) -> Canon<'a> {
        self.is_part = true;
        self
    }

    /// From now on locals from outside stand for this.
    pub fn meaning(mut self, meanings: &'a Meanings) -> Canon<'a> {
        self.meanings = Some(meanings);
        self.loosely()
    }

    /// The hash, the names that were met and the functions that are called.
    pub fn finish(self) -> (Digest, BTreeSet<Named>, Vec<FunctionId>) {
        (self.hash.finalize().into(), self.names, self.calls)
    }

    /// Whether what is only written another way counts as the same.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    pub fn package(&self) -> &'a Package {
        self.cores.package
    }

    /// The form of what follows; a word of its own for each.
    pub fn tag(&mut self, word: &'static str) {
        self.text(word);
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.hash.update(text.as_bytes());
    }

    pub fn number(&mut self, number: u64) {
        self.hash.update(number.to_le_bytes());
    }

    pub fn signed(&mut self, number: i64) {
        self.hash.update(number.to_le_bytes());
    }

    pub fn short(&mut self, ConditionHash(hash): ConditionHash) {
        self.number(u64::from_le_bytes(hash));
    }

    pub fn flag(&mut self, flag: bool) {
        self.hash.update([u8::from(flag)]);
    }

    pub fn digest(&mut self, digest: &Digest) {
        self.hash.update(digest);
    }

    /// How many there are, then each.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        each: impl Fn(&mut Self, T),
    ) {
        let items = items.into_iter();
        self.number(items.len() as u64);
        for item in items {
            each(self, item);
        }
    }

    /// Whether it is there, then what it is.
    pub fn option<T>(&mut self, item: Option<T>, some: impl FnOnce(&mut Self, T)) {
        self.flag(item.is_some());
        if let Some(item) = item {
            some(self, item);
        }
    }

    /// A name, whose declaration stands beside.
    pub fn named(&mut self, named: Named) {
        let name = self.name_of(named);
        self.text(&name);
        self.names.insert(named);
    }

    /// A function, by what it does.
    pub fn call(&mut self, id: FunctionId) {
        let function = &self.cores.functions[id.index()];
        let digest = match self.is_part {
            true => function.as_part,
            false => function.digest,
        };
        self.tag("function");
        self.digest(&digest);
        self.calls.push(id);
    }

    /// Sets the locals of one body aside, for another.
    pub fn leave_locals(&mut self) -> Locals {
        std::mem::take(&mut self.locals)
    }

    /// Goes back to the locals that were set aside.
    pub fn enter_locals(&mut self, locals: Locals) {
        self.locals = locals;
    }

    /// A local variable that is made here.
    pub fn binds(&mut self, local: LocalId) {
        let next = self.locals.len() as u64;
        let key = (self.inlined.frame(), local);
        let number = *self.locals.entry(key).or_insert(next);
        self.number(number);
    }

    /// A local variable that is read: by its number, or by what it stands for.
    pub fn local(&mut self, local: LocalId) {
        if self.argument(local) {
            return;
        }
        match self.outer(local).and_then(|meanings| meanings.of(local)) {
            Some(meaning) => {
                self.tag("stands for");
                self.digest(&meaning.digest);
                self.readings.meet(&meaning.readings, meaning.through);
            }
            None => {
                self.tag("local");
                self.binds(local);
            }
        }
    }

    /// What locals stand for, if this is one from outside.
    fn outer(&self, local: LocalId) -> Option<&'a Meanings> {
        let frame = self.inlined.frame();
        let is_outer = frame == Frame::BODY && !self.locals.contains_key(&(frame, local));
        self.meanings.filter(|_| is_outer)
    }

    /// The digest of what a local from outside stands for.
    pub(super) fn meaning_of(&self, local: LocalId) -> Option<&'a Digest> {
        let meaning = self.outer(local)?.of(local)?;
        Some(&meaning.digest)
    }

    /// Says behind all else which of several readings of one thing those are that were met, where there are several, and
    /// gives them.
    pub fn met(&mut self) -> Readings {
        let met = std::mem::take(&mut self.readings);
        if let Some(ranks) = met.ranks() {
            self.tag("readings");
            self.list(ranks, Canon::number);
        }
        if let Some(more) = met.more() {
            self.tag("more readings");
            self.digest(&more);
        }
        if let Some(later) = self.meanings.and_then(|meanings| meanings.later(&met)) {
            self.tag("later ones");
            self.list(later, Canon::number);
        }
        met
    }

    /// A name that the trigger binds: by what it is, and by its name where that comes from outside.
    pub fn binding(&mut self, id: BindingId) {
        match self.bindings.get(id.index()) {
            Some(binding) => self.bound(binding),
            None => self.tag("unbound"),
        }
    }

    /// The type of a name that the trigger binds.
    pub fn binding_type(&self, id: BindingId) -> Type {
        let binding = self.bindings.get(id.index());
        binding.map_or(Type::Error, |binding| binding.ty.clone())
    }

    pub fn bound(&mut self, binding: &Binding) {
        let Binding {
            name,
            ty,
            kind,
            own,
            span: _,
        } = binding;
        match kind {
            BindingKind::Label(label) => {
                self.tag("label");
                self.text(label);
            }
            BindingKind::Alert => self.tag("alert"),
            BindingKind::Event => self.tag("event"),
            BindingKind::Request => {
                self.tag("parameter");
                self.text(name);
            }
        }
        self.ty(ty);
        self.flag(*own);
    }

    /// A text that may not be there.
    pub fn maybe_text(&mut self, text: Option<&SmolStr>) {
        self.option(text, |canon, text| canon.text(text));
    }
}
