//! Who hears of an incident, by duty.

use std::collections::BTreeSet;

use crate::analysis::core::Cores;
use crate::program::manifest::People;
use crate::typed::{
    Body, ChainHold, Hand, HandWithin, Notice, OtherwiseOf, Package, RoleId, Runbook, StmtKind,
};

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

/// Who hears when, and what is owed until when, without the words that are said; sorted.
pub fn duties<'a>(cores: &Cores<'a>, package: &Package, runbook: &'a Runbook) -> Vec<String> {
    let name = |id: RoleId| package.roles[id.index()].name.as_str();
    let each = |what: String, roles: &[RoleId]| -> Vec<String> {
        roles
            .iter()
            .map(|id| format!("{what} {}", name(*id)))
            .collect()
    };
    let hand = |of: &str, hand: &Hand| match hand.within {
        None => each(format!("{of}: hand to"), &hand.roles),
        Some(HandWithin::Duration(time)) => {
            each(format!("{of}: hand within {time} to"), &hand.roles)
        }
        Some(HandWithin::Workdays(days)) => {
            each(format!("{of}: hand within {days} workdays to"), &hand.roles)
        }
    };
    let mut found = Vec::new();
    for (of, body, params) in bodies(runbook) {
        let meanings = cores.meanings(runbook, body, params);
        body.block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Page { roles, .. } => found.extend(each(format!("{of}: page"), roles)),
            StmtKind::Tell { roles, .. } => found.extend(each(format!("{of}: tell"), roles)),
            StmtKind::Hand(to) => found.extend(hand(of, to)),
            StmtKind::Mitigated(debt) => {
                let until = cores.conditions(runbook, &meanings, &debt.until);
                let (owed_by, within) = (name(debt.owed_by), debt.within);
                found.push(format!(
                    "{of}: owed within {within} until {until} by {owed_by}"
                ));
            }
            _ => {}
        });
    }
    for tell in &runbook.tells {
        let after = tell
            .unresolved_after
            .map_or_else(String::new, |time| format!(" after {time}"));
        found.extend(each(format!("tell{after}"), &tell.roles));
    }
    match runbook.recurs.as_ref().map(|recurs| &recurs.then) {
        Some(Notice::Page { roles, .. }) => found.extend(each("recurs: page".to_owned(), roles)),
        Some(Notice::Hand(to)) => found.extend(hand("recurs", to)),
        None => {}
    }
    if let Some(product) = runbook.product.map(|id| &package.products[id.index()]) {
        found.extend(product.owner.map(|id| format!("owner {}", name(id))));
        for (index, (role, hold)) in product.chain.iter().enumerate() {
            let hold = match hold {
                ChainHold::For(time) => format!("for {time}"),
                ChainHold::UntilAcknowledged => "until acknowledged".to_owned(),
                ChainHold::Unsaid => "unsaid".to_owned(),
            };
            found.push(format!(
                "link {} of the chain: {} {hold}",
                index + 1,
                name(*role)
            ));
        }
    }
    let people = of_runbook(package, runbook);
    let all = [
        &people.page,
        &people.tell,
        &people.hand,
        &people.owe,
        &people.chain,
    ];
    let least = package
        .roles
        .iter()
        .filter_map(|role| Some((&role.name, role.at_least?)));
    let least = least.filter(|(name, _)| {
        all.iter()
            .any(|names| names.iter().any(|one| one == name.as_str()))
    });
    found.extend(least.map(|(name, least)| format!("{name} has at least {least}")));
    found.sort();
    found
}

/// Each body by what it is for, with the number of its parameters. A remedy may have another name.
fn bodies(runbook: &Runbook) -> Vec<(&'static str, &Body, u32)> {
    let mut bodies: Vec<(&'static str, &Body, u32)> = Vec::new();
    bodies.extend(runbook.diagnose.iter().map(|body| ("diagnose", body, 0)));
    bodies.extend(runbook.steps.iter().map(|body| ("steps", body, 0)));
    for clause in &runbook.otherwise {
        let name = match clause.of {
            OtherwiseOf::Both => "otherwise",
            OtherwiseOf::Novel => "novel",
            OtherwiseOf::Inconclusive => "inconclusive",
            OtherwiseOf::Systemic => "systemic",
        };
        bodies.push((name, &clause.body, 0));
    }
    for remedy in &runbook.remedies {
        bodies.push(("remedy", &remedy.body, remedy.params));
    }
    bodies
}

#[derive(Default)]
struct Duties {
    page: BTreeSet<RoleId>,
    tell: BTreeSet<RoleId>,
    hand: BTreeSet<RoleId>,
    owe: BTreeSet<RoleId>,
}
