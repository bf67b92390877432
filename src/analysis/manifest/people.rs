//! Who hears of an incident, by duty.

use std::collections::BTreeSet;

use crate::program::manifest::{ConditionHash, People};
use crate::typed::{
    ChainWait, Expr, Hand, HandWithin, Handler, HandlerAction, Notice, Package, RoleId, Runbook,
    Stmt, StmtKind,
};

/// Everybody whom some line of the runbook may reach; where nothing is said the owner is paged.
pub fn of_runbook(package: &Package, runbook: &Runbook) -> People {
    let mut duties = Duties::default();
    for (_, block) in super::super::blocks(runbook) {
        block.for_each_stmt(&mut |stmt| {
            duties.stmt(stmt);
            for handler in handlers(stmt) {
                if let HandlerAction::Diverge(stmt) = &handler.action {
                    duties.stmt(stmt);
                }
            }
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
    let chain: &[(RoleId, ChainWait)] = product.map_or(&[], |product| &product.chain);
    People {
        page: names(&duties.page),
        tell: names(&duties.tell),
        hand: names(&duties.hand),
        owe: names(&duties.owe),
        chain: chain.iter().map(|(role, _)| name(role)).collect(),
    }
}

/// What becomes of a reading without an answer, of a step that was not applied.
fn handlers(stmt: &Stmt) -> &[Handler] {
    match &stmt.kind {
        StmtKind::Let { handlers, .. } => handlers,
        StmtKind::Do(step) | StmtKind::WithDo { step, .. } => &step.handlers,
        _ => &[],
    }
}

/// Stands before the hash of the branches by which a duty is reached.
pub const IF: &str = " if ";

/// Who hears of a statement, and what is owed until when, without the words that are said; `of` is what its body is
/// for.
pub fn said(
    package: &Package,
    of: &str,
    stmt: &Stmt,
    until: impl Fn(&[Expr]) -> ConditionHash,
) -> Vec<String> {
    match &stmt.kind {
        StmtKind::Page { roles, .. } => each(package, &format!("{of}: page"), roles),
        StmtKind::Tell { roles, .. } => each(package, &format!("{of}: tell"), roles),
        StmtKind::Hand(to) => hand(package, of, to),
        StmtKind::Mitigated(debt) => {
            let until = until(&debt.until);
            let owed_by = package.roles[debt.owed_by.index()].name.as_str();
            let within = debt.within;
            vec![format!(
                "{of}: owed within {within} until {until} by {owed_by}"
            )]
        }
        _ => Vec::new(),
    }
}

fn each(package: &Package, what: &str, roles: &[RoleId]) -> Vec<String> {
    let name = |id: &RoleId| package.roles[id.index()].name.as_str();
    roles
        .iter()
        .map(|id| format!("{what} {}", name(id)))
        .collect()
}

fn hand(package: &Package, of: &str, hand: &Hand) -> Vec<String> {
    // What the reference promises where nothing is said.
    let within = hand.within.unwrap_or(HandWithin::Workdays(1));
    let what = match within {
        HandWithin::Duration(time) => format!("{of}: hand within {time} to"),
        HandWithin::Workdays(days) => format!("{of}: hand within {days} workdays to"),
    };
    each(package, &what, &hand.roles)
}

/// All who hear: by the bodies, as `said`, and by the clauses; sorted.
pub fn duties(package: &Package, runbook: &Runbook, said: Vec<String>) -> Vec<String> {
    let name = |id: RoleId| package.roles[id.index()].name.as_str();
    let each = |what: String, roles: &[RoleId]| each(package, &what, roles);
    let hand = |of: &str, to: &Hand| hand(package, of, to);
    let mut found = said;
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
        for (index, (role, waits)) in product.chain.iter().enumerate() {
            let waits = match waits {
                ChainWait::For(time) => format!("for {time}"),
                ChainWait::UntilAcknowledged => "until acknowledged".to_owned(),
                ChainWait::Unsaid => "unsaid".to_owned(),
            };
            found.push(format!(
                "link {} of the chain: {} {waits}",
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

#[derive(Default)]
struct Duties {
    page: BTreeSet<RoleId>,
    tell: BTreeSet<RoleId>,
    hand: BTreeSet<RoleId>,
    owe: BTreeSet<RoleId>,
}

impl Duties {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Page { roles, .. } => self.page.extend(roles),
            StmtKind::Tell { roles, .. } => self.tell.extend(roles),
            StmtKind::Hand(hand) => self.hand.extend(&hand.roles),
            StmtKind::Mitigated(mitigated) => {
                self.owe.insert(mitigated.owed_by);
            }
            _ => {}
        }
    }
}
