//! What the code refers to by number: observables, actions, target types.

use smol_str::SmolStr;

use super::tables::{Observed, Tables};
use crate::effect::{Repeat, Scope};
use crate::program::{
    Action, ActionIndex, Capability, Lookup, LookupArgument, Observable, ObservableIndex, Seen,
    TargetType,
};
use crate::typed::{Extern, ExternId, ExternKind, Param, TargetId, Type};
use crate::value::Duration;

impl Tables<'_> {
    /// The number of what is observed.
    pub(super) fn observable(&mut self, observed: Observed) -> ObservableIndex {
        if let Some(known) = self.observables.get(&observed) {
            return *known;
        }
        let index = ObservableIndex(self.number(self.program.observables.len()));
        self.observables.insert(observed, index);
        let entry = match observed {
            Observed::Extern(id) => self.extern_observable(id),
            Observed::Function(id) => {
                let function = self.callable(id, false);
                let declared = self.package.functions.get(id.index());
                Observable {
                    name: declared
                        .map(|f| f.name.to_string().into())
                        .unwrap_or_default(),
                    params: declared.map(|f| names(&f.params)).unwrap_or_default(),
                    needs: Vec::new(),
                    deadline: Duration::ZERO,
                    function: Some(function),
                    finds: declared.and_then(|f| self.found(&f.result)),
                    seen: Vec::new(),
                }
            }
        };
        self.program.observables.push(entry);
        index
    }

    fn extern_observable(&mut self, id: ExternId) -> Observable {
        let package = self.package;
        let Some(declared) = package.externs.get(id.index()) else {
            return Observable {
                name: SmolStr::default(),
                params: Vec::new(),
                needs: Vec::new(),
                deadline: Duration::ZERO,
                function: None,
                finds: None,
                seen: Vec::new(),
            };
        };
        self.meet(declared);
        Observable {
            name: declared.name.to_string().into(),
            params: names(&declared.params),
            needs: needs(declared),
            deadline: declared.deadline,
            function: None,
            finds: self.found(&declared.result),
            seen: self.seen(declared),
        }
    }

    /// The number of an action of the library.
    pub(super) fn action(&mut self, id: ExternId) -> ActionIndex {
        if let Some(known) = self.actions.get(&id) {
            return *known;
        }
        let index = ActionIndex(self.number(self.program.actions.len()));
        self.actions.insert(id, index);
        let package = self.package;
        let entry = match package.externs.get(id.index()) {
            Some(declared) => {
                self.meet(declared);
                self.action_entry(declared)
            }
            None => nothing(),
        };
        self.program.actions.push(entry);
        index
    }

    fn action_entry(&mut self, declared: &Extern) -> Action {
        let ExternKind::Action(contract) = &declared.kind else {
            return nothing();
        };
        let ranges = declared
            .params
            .iter()
            .enumerate()
            .filter_map(|(index, param)| Some((u16::try_from(index).ok()?, param.range.clone()?)));
        let scopes = contract.changes.iter().filter_map(|index| {
            let param = declared.params.get(usize::from(*index))?;
            self.scope(&param.ty)
        });
        let scope = scopes.max().unwrap_or(Scope::Instance);
        let mut params = names(&declared.params);
        let mut changes = contract.changes.clone();
        if contract.touching {
            // What a raw action claims to touch is its last argument, and what it changes.
            changes.extend(u16::try_from(params.len()));
            params.push("touching".into());
        }
        Action {
            name: declared.name.to_string().into(),
            params,
            needs: needs(declared),
            changes,
            scope: if contract.touching {
                Scope::Substrate
            } else {
                scope
            },
            repeat: contract.repeat,
            settle_probe: contract
                .settle_probe
                .map(|probe| self.observable(Observed::Extern(probe))),
            settles: contract.settles,
            deadline: declared.deadline,
            ranges: ranges.collect(),
        }
    }

    fn scope(&self, ty: &Type) -> Option<Scope> {
        Some(self.package.targets.get(target(ty)?.index())?.scope)
    }

    /// The target types of a declaration appear in the program.
    fn meet(&mut self, declared: &Extern) {
        let types = declared
            .params
            .iter()
            .map(|param| &param.ty)
            .chain([&declared.result]);
        self.targets.extend(types.filter_map(target));
    }

    /// What a lookup finds.
    fn found(&self, result: &Type) -> Option<SmolStr> {
        let target = self.package.targets.get(target(result)?.index())?;
        Some(target.name.to_string().into())
    }

    /// What is ever seen of an answer, in all that it may have in it.
    fn seen(&self, declared: &Extern) -> Vec<Seen> {
        let own = declared
            .range
            .clone()
            .map(|range| Seen { field: None, range });
        let mut seen: Vec<Seen> = own.into_iter().collect();
        let mut types = vec![&declared.result];
        let mut next = 0;
        while let Some(ty) = types.get(next).copied() {
            next += 1;
            let (name, fields) = match ty {
                Type::List(inner) | Type::Optional(inner) | Type::Map(_, inner) => {
                    types.push(inner);
                    continue;
                }
                Type::Record(id) => match self.package.records.get(id.index()) {
                    Some(record) => (&record.name, &record.fields),
                    None => continue,
                },
                Type::Target(id) => match self.package.targets.get(id.index()) {
                    Some(target) => (&target.name, &target.fields),
                    None => continue,
                },
                _ => continue,
            };
            for field in fields {
                // A target may lead back to its own type.
                if !types.contains(&&field.ty) {
                    types.push(&field.ty);
                }
                seen.extend(field.range.clone().map(|range| Seen {
                    field: Some((name.to_string().into(), field.name.clone())),
                    range,
                }));
            }
        }
        seen
    }

    /// The target types that appear, with those that they lie in and lead to.
    pub(super) fn target_types(&mut self) {
        let mut done = Vec::new();
        while let Some(id) = self.targets.iter().copied().find(|id| !done.contains(id)) {
            done.push(id);
            let Some(target) = self.package.targets.get(id.index()) else {
                continue;
            };
            let lookup = target.lookup.map(|probe| self.lookup_entry(id, probe));
            self.targets.extend(target.within);
            self.targets.extend(
                target
                    .fields
                    .iter()
                    .filter_map(|field| self::target(&field.ty)),
            );
            let entry = TargetType {
                name: target.name.to_string().into(),
                path: self.path(id),
                lookup,
                fields: target
                    .fields
                    .iter()
                    .map(|field| field.name.clone())
                    .collect(),
                key: target.key_form,
            };
            self.program.targets.push(entry);
        }
        self.program.targets.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// How a target is found again: the parameters of its probe are the keys of its identity,
    /// outermost first, and a target stands for all keys up to its own.
    fn lookup_entry(&mut self, id: TargetId, probe: ExternId) -> Lookup {
        let path = self.path(id);
        let params = self.package.externs.get(probe.index()).into_iter();
        let mut step = 0;
        let arguments = params.flat_map(|declared| &declared.params).map(|param| {
            let parent = target(&param.ty).and_then(|of| self.package.targets.get(of.index()));
            let name = parent.map(|parent| parent.name.to_string());
            let parent = name.and_then(|name| path.iter().position(|part| *part == name));
            let here = parent.unwrap_or(step);
            step = here + 1;
            let here = u16::try_from(here).unwrap_or(u16::MAX);
            match (&param.ty, parent) {
                (_, Some(_)) => LookupArgument::Parent(here),
                (Type::Int, None) => LookupArgument::Int(here),
                (_, None) => LookupArgument::Text(here),
            }
        });
        let arguments = arguments.collect();
        Lookup {
            observable: self.observable(Observed::Extern(probe)),
            arguments,
        }
    }

    /// The names of the types that a type lies in, outermost first, itself last.
    fn path(&self, id: TargetId) -> Vec<SmolStr> {
        let mut path = Vec::new();
        let mut next = Some(id);
        while let Some(target) = next.and_then(|id| self.package.targets.get(id.index())) {
            path.push(SmolStr::new(target.name.to_string()));
            // The checker refuses a type that lies in itself.
            next = target
                .within
                .filter(|_| path.len() <= self.package.targets.len());
        }
        path.reverse();
        path
    }
}

/// The target type that a type is about.
pub(super) fn target(ty: &Type) -> Option<TargetId> {
    match ty {
        Type::Target(id) => Some(*id),
        Type::List(of) | Type::Optional(of) => target(of),
        _ => None,
    }
}

fn needs(declared: &Extern) -> Vec<Capability> {
    let needs = declared.needs.iter();
    let need = |need: &crate::typed::Capability| Capability {
        name: need.name.clone(),
        of: need.of,
    };
    needs.map(need).collect()
}

fn names(params: &[Param]) -> Vec<SmolStr> {
    params.iter().map(|param| param.name.clone()).collect()
}

/// An action that changes nothing: what stands for one that is not declared.
fn nothing() -> Action {
    Action {
        name: SmolStr::default(),
        params: Vec::new(),
        needs: Vec::new(),
        changes: Vec::new(),
        scope: Scope::Instance,
        repeat: Repeat::UnsafeHuman,
        settle_probe: None,
        settles: Duration::ZERO,
        deadline: Duration::ZERO,
        ranges: Vec::new(),
    }
}
