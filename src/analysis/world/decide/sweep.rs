//! Goes through every combination of one region an axis, and keeps the condition's value with it.
//!
//! From one combination to the next few atoms change: those at the border that was crossed. Only
//! what stands above them is judged anew, so that a thousand comparisons cost a thousand steps.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fold::Terms;
use super::super::term::{Id, Node, each_operand};
use super::{Can, Region};
use crate::value::Value;

/// A condition, its parts, and where each axis stands.
pub(super) struct Sweep<'a> {
    terms: &'a Terms,
    /// The parts of the condition, smaller numbers first: parts before what is made of them.
    parts: &'a [Id],
    /// By part, what it can be where the axes stand.
    known: Vec<Can>,
    /// By part, the parts that are made of it.
    above: Vec<Vec<usize>>,
    open: BTreeSet<usize>,
}

/// An axis with its regions; which of them is taken.
pub(super) struct Along {
    regions: Vec<Region>,
    at: usize,
    atoms: Vec<usize>,
    /// By region, the atoms that may change on the way into it from the one before.
    entered: Vec<Vec<usize>>,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(
        terms: &'a Terms,
        parts: &'a [Id],
        single: &BTreeMap<Id, Can>,
        axes: &[&Along],
    ) -> Sweep<'a> {
        let mut sweep = Sweep {
            terms,
            parts,
            known: Vec::with_capacity(parts.len()),
            above: vec![Vec::new(); parts.len()],
            open: BTreeSet::new(),
        };
        let mut moved: BTreeMap<usize, &Region> = BTreeMap::new();
        for along in axes {
            if let Some(region) = along.regions.first() {
                moved.extend(along.atoms.iter().map(|atom| (*atom, region)));
            }
        }
        for (at, part) in parts.iter().enumerate() {
            let can = match moved.get(&at) {
                Some(region) => sweep.in_region(at, region),
                None => match single.get(part) {
                    Some(can) => *can,
                    None => sweep.composed(at),
                },
            };
            sweep.known.push(can);
            each_operand(terms.table.node(*part), &mut |below| {
                if let Ok(below) = parts.binary_search(&below) {
                    sweep.above[below].push(at);
                }
            });
        }
        sweep
    }

    /// What the condition itself can be: it is the last part.
    pub(super) fn condition(&self) -> Can {
        self.known.last().copied().unwrap_or(Can::NEITHER)
    }

    /// To the next region of the axis, or back to the first; whether there was a next one.
    pub(super) fn step(&mut self, along: &mut Along) -> bool {
        along.at += 1;
        let is_next = along.at < along.regions.len();
        if !is_next {
            along.at = 0;
        }
        let changed = match is_next {
            true => &along.entered[along.at],
            false => &along.atoms,
        };
        for atom in changed {
            let can = self.in_region(*atom, &along.regions[along.at]);
            self.set(*atom, can);
        }
        while let Some(part) = self.open.pop_first() {
            let can = self.composed(part);
            self.set(part, can);
        }
        is_next
    }

    fn set(&mut self, part: usize, can: Can) {
        if self.known[part] != can {
            self.known[part] = can;
            self.open.extend(self.above[part].iter().copied());
        }
    }

    fn in_region(&self, part: usize, region: &Region) -> Can {
        crate::steps::count(1);
        let holds = self.terms.holds_in(self.parts[part], region);
        Can::of(holds, !holds)
    }

    /// What follows from the parts of a part.
    fn composed(&self, part: usize) -> Can {
        crate::steps::count(1);
        let of = |id: &Id| match self.parts.binary_search(id) {
            Ok(at) => self.known.get(at).copied().unwrap_or(Can::NEITHER),
            Err(_) => Can::NEITHER,
        };
        match self.terms.table.node(self.parts[part]) {
            Node::Const(Value::Bool(value)) => Can::of(*value, !value),
            Node::Not(inner) => of(inner).not(),
            Node::And(left, right) => of(left).and(of(right)),
            Node::Or(left, right) => of(left).or(of(right)),
            Node::Choose {
                condition,
                then,
                otherwise,
            } => of(condition).choose(of(then), of(otherwise)),
            Node::OrNoData { value, fallback } => self.terms.or_no_data(of(value), *fallback),
            _ => Can::NEITHER,
        }
    }
}

impl Along {
    pub(super) fn new(terms: &Terms, parts: &[Id], regions: Vec<Region>, atoms: &[Id]) -> Along {
        let mut entered = vec![Vec::new(); regions.len()];
        let mut places = Vec::with_capacity(atoms.len());
        for atom in atoms {
            let Ok(place) = parts.binary_search(atom) else {
                continue;
            };
            places.push(place);
            let borders = match terms.border(*atom, &regions) {
                Some(first) => first..(first + 2).min(regions.len()),
                None => 0..regions.len(),
            };
            for border in borders {
                entered[border].push(place);
            }
        }
        Along {
            regions,
            at: 0,
            atoms: places,
            entered,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.regions.len()
    }
}

impl Terms {
    /// The region whose borders are the only ones at which an atom changes; none where it may
    /// change at each of them.
    fn border(&self, atom: Id, regions: &[Region]) -> Option<usize> {
        let compared = self.compared.get(&atom)?;
        match regions.first()? {
            Region::Point(_) | Region::Open(..) => {
                let point = compared.point?;
                Some(regions.partition_point(|region| match region {
                    Region::Point(at) => *at < point,
                    Region::Open(_, high) => *high <= point,
                    Region::Is(_) | Region::Value(_) | Region::Other => false,
                }))
            }
            Region::Value(_) | Region::Other => {
                let value = self.word_of(atom)?;
                // Named values stand in their order, and the rest behind them.
                let at = regions.partition_point(|region| match region {
                    Region::Value(named) => named < value,
                    Region::Is(_) | Region::Point(_) | Region::Open(..) | Region::Other => false,
                });
                Some(at)
            }
            Region::Is(_) => None,
        }
    }
}
