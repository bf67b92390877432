//! Who hears of an incident, by duty.

use std::collections::BTreeSet;

use crate::program::manifest::People;
use crate::typed::{ChainHold, Notice, Package, RoleId, Runbook, StmtKind};

/// Everybody whom some line of the runbook may reach; where nothing is said the owner is paged.
pub fn of_runbook(package: &Package, runbook: &Runbook) -> People {
    let mut duties = Duties::default();
    for (_, block) in super::super::blocks(runbook) {
        block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Page { roles, .. } => duties.page.extend(roles),
            StmtKind::Tell { roles, .. } => duties.tell.extend(roles),
            StmtKind::Hand(hand) => duties.hand.extend(&hand.roles),
            StmtKind::Mitigated(mitigated) => {
                duties.owe.insert(mitigated.owed_by);
            }
            _ => {}
        });
    }
    for tell in &runbook.tells {
        duties.tell.extend(&tell.roles);
    }
    match runbook.recurs.as_ref().map(|recurs| &recurs.then) {
        Some(Notice::Page { roles, .. }) => duties.page.extend(roles),
        Some(Notice::Hand(hand)) => duties.hand.extend(&hand.roles),
        None => {}
    }
    let product = runbook.product.map(|id| &package.products[id.index()]);
    duties
        .page
        .extend(product.and_then(|product| product.owner));
    let name = |id: &RoleId| package.roles[id.index()].name.to_string();
    let names = |roles: &BTreeSet<RoleId>| super::sorted(roles.iter().map(name));
    let chain: &[(RoleId, ChainHold)] = product.map_or(&[], |product| &product.chain);
    People {
        page: names(&duties.page),
        tell: names(&duties.tell),
        hand: names(&duties.hand),
        owe: names(&duties.owe),
        chain: chain.iter().map(|(role, _)| name(role)).collect(),
    }
}

#[derive(Default)]
struct Duties {
    page: BTreeSet<RoleId>,
    tell: BTreeSet<RoleId>,
    hand: BTreeSet<RoleId>,
    owe: BTreeSet<RoleId>,
}
