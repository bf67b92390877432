//! In what a lock differs from the one that would be written: the first difference, in words.

use std::collections::BTreeSet;

use super::{Lock, LockedRunbook};

/// Nothing where both say the same.
pub fn difference(old: &Lock, new: &Lock) -> Option<String> {
    let names: BTreeSet<&str> = [old, new]
        .into_iter()
        .flat_map(|lock| lock.runbooks.iter().map(|locked| locked.name.as_str()))
        .collect();
    let of_runbooks = names
        .into_iter()
        .find_map(|name| of_runbook(name, old.runbook(name), new.runbook(name)));
    of_runbooks
        .or_else(|| of_package(old, new))
        .or_else(|| of_dependencies(old, new))
}

fn of_runbook(
    name: &str,
    old: Option<&LockedRunbook>,
    new: Option<&LockedRunbook>,
) -> Option<String> {
    let (old, new) = match (old, new) {
        (None, None) => return None,
        (Some(_), None) => return Some(format!("it has `{name}`, and the package does not")),
        (None, Some(_)) => return Some(format!("it does not have `{name}`")),
        (Some(old), Some(new)) => (old, new),
    };
    if old.version != new.version {
        let (old, new) = (old.version, new.version);
        return Some(format!("it has `{name}` {old}, and the package {new}"));
    }
    if old.core != new.core {
        return Some(format!("`{name}` does something else than it says"));
    }
    (old.authority != new.authority).then(|| {
        format!(
            "what it says of `{name}` differs, though that does the same; another version of `rbk` wrote it, or somebody \
             edited it"
        )
    })
}

fn of_package(old: &Lock, new: &Lock) -> Option<String> {
    let shown = |lock: &Lock| match lock.version {
        Some(version) => version.to_string(),
        None => "none".to_owned(),
    };
    (old.version != new.version).then(|| {
        format!(
            "its version of the package is {}, and `rbk.toml` says {}",
            shown(old),
            shown(new)
        )
    })
}

fn of_dependencies(old: &Lock, new: &Lock) -> Option<String> {
    let each = new.dependencies.iter().chain(&old.dependencies);
    let mut others =
        each.filter(|known| old.dependency(&known.name) != new.dependency(&known.name));
    let other = others.next()?;
    Some(format!(
        "its entry of the dependency `{}` differs",
        other.name
    ))
}
