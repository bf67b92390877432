//! The rights that a package needs of a cluster: those of the calls that its runbooks make, in the namespaces that these
//! calls can be about.
//!
//! In: programs with their manifests. Out: plain data. Where no text says before a run which namespace is meant, it is
//! needed in all of them, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use smol_str::SmolStr;

use super::place::Name;
use super::rights::{self, Right};
use super::target::NAMESPACE;
use crate::program::manifest::{Called, Manifest, Pattern};
use crate::program::{Op, Program};

/// Where rights are needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Namespace(SmolStr),
    /// The whole cluster.
    Everywhere,
}

/// What runbooks need, and which of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By where; no right is both everywhere and in a namespace.
    pub rights: BTreeMap<Reach, BTreeMap<Right, BTreeSet<SmolStr>>>,
    /// The calls for which some are needed everywhere, by runbook and reason.
    pub whys: BTreeMap<(SmolStr, String), BTreeSet<SmolStr>>,
}

/// The namespaces that a call can be about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Places {
    named: BTreeSet<SmolStr>,
    /// Why others can be meant as well.
    others: Option<Why>,
}

/// Why it is not known which namespace is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    /// The product owns all whose names begin so: `shop-*`.
    Owned(SmolStr),
    /// The name begins so.
    Begins(String),
    Unknown,
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Owned(pattern) => write!(out, "its product owns every namespace `{pattern}`"),
            Why::Begins(start) => write!(out, "only the beginning `{start}` of the name is known"),
            Why::Unknown => out.write_str("its text does not say which namespace is meant"),
        }
    }
}

/// What these runbooks need of the cluster.
pub fn wanted(programs: &[Program], manifests: &[Manifest]) -> Wanted {
    let mut wanted = Wanted::default();
    for manifest in manifests {
        let mut programs = programs.iter();
        let program = programs.find(|program| program.runbook == manifest.runbook);
        let looks_again = program.is_some_and(looks_again);
        for called in manifest
            .calls
            .iter()
            .filter(|call| looks_again || !call.again)
        {
            wanted.add(manifest, called);
        }
    }
    wanted.without_repetition();
    wanted
}

/// Whether it reads fields of targets again.
fn looks_again(program: &Program) -> bool {
    let mut code = program.functions.iter().flat_map(|function| &function.code);
    code.any(|op| matches!(op, Op::LiveField { .. }))
}

impl Wanted {
    fn add(&mut self, manifest: &Manifest, called: &Called) {
        let rights = rights::of(&called.call);
        if rights.is_empty() {
            return;
        }
        let places = Places::of(called, manifest);
        let named = places.named.into_iter().map(Reach::Namespace);
        let everywhere = places.others.is_some().then_some(Reach::Everywhere);
        for reach in named.chain(everywhere) {
            let known = self.rights.entry(reach).or_default();
            for right in rights {
                let who = known.entry(*right).or_default();
                who.insert(manifest.runbook.clone());
            }
        }
        if let Some(why) = places.others {
            let of = (manifest.runbook.clone(), why.to_string());
            let calls = self.whys.entry(of).or_default();
            calls.insert(called.call.clone());
        }
    }

    /// What is needed everywhere is not said of single namespaces again.
    fn without_repetition(&mut self) {
        let Some(everywhere) = self.rights.get(&Reach::Everywhere).cloned() else {
            return;
        };
        for (reach, rights) in &mut self.rights {
            if *reach != Reach::Everywhere {
                rights.retain(|right, _| !everywhere.contains_key(right));
            }
        }
        self.rights.retain(|_, rights| !rights.is_empty());
    }
}

impl Places {
    fn of(called: &Called, manifest: &Manifest) -> Places {
        let mut places = Places::default();
        match &called.of {
            Some(Pattern::Is(text)) => places.name(text),
            Some(Pattern::Among(texts)) => texts.iter().for_each(|text| places.name(text)),
            Some(Pattern::Begins(start)) => match start.split_once('/') {
                Some((namespace, _)) => places.name(namespace),
                None => places.others = Some(Why::Begins(start.clone())),
            },
            Some(Pattern::Owned) => {
                let owns = manifest.authority.owns.iter();
                let owned = owns.filter_map(|steps| namespace(steps, &called.about));
                for pattern in owned {
                    match pattern.ends_with('*') {
                        true => places.others = Some(Why::Owned(pattern.into())),
                        false => places.name(pattern),
                    }
                }
            }
            Some(Pattern::Any) | None => places.others = Some(Why::Unknown),
        }
        places
    }

    /// What no namespace can be called is never asked for.
    fn name(&mut self, path: &str) {
        let name = path.split('/').next().unwrap_or_default();
        if Name::new(name).is_ok() {
            self.named.insert(name.into());
        }
    }
}

/// The namespace of what a product owns, if something of these types can be that or lie in it.
fn namespace<'o>(owned: &'o [String], about: &[String]) -> Option<&'o str> {
    let mut kinds = owned.iter().zip(about);
    let is_of = |(step, kind): (&String, &String)| step.split('=').next() == Some(kind);
    if owned.len() > about.len() || !kinds.all(is_of) {
        return None;
    }
    owned.first()?.strip_prefix(NAMESPACE)?.strip_prefix('=')
}
