//! Who hears, when, and what is owed until when.

use super::compare::{Changes, Found};
use super::{Field, Words};

/// Who hears when, and what is owed: each as often as before.
pub fn people(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.duties, &changes.new.duties);
    let (mut lost, mut won) = (missing(old, new), missing(new, old));
    least(changes, &mut lost, &mut won);
    elsewhere(changes, &mut lost, &mut won);
    for duty in lost {
        let what = Words::text("no longer ").and_code(shown(&duty));
        changes.look(Found::new(Field::People, what));
    }
    for duty in won {
        let what = Words::text("newly ").and_code(shown(&duty));
        changes.narrower(Found::new(Field::People, what));
    }
}

/// Of a role that has a least number of people on both sides the numbers are told, and nothing is lost where it rises.
fn least(changes: &mut Changes<'_>, lost: &mut Vec<String>, won: &mut Vec<String>) {
    let parts = |duty: &str| {
        let (role, least) = duty.split_once(" has at least ")?;
        Some((role.to_owned(), least.parse::<u64>().ok()?))
    };
    lost.retain(|before| {
        let Some((role, old)) = parts(before) else {
            return true;
        };
        let is_it = |after: &String| parts(after).is_some_and(|(of, _)| of == role);
        let Some(at) = won.iter().position(is_it) else {
            return true;
        };
        let Some((_, new)) = parts(&won.swap_remove(at)) else {
            return true;
        };
        let what = Words::code(role).then(" has at least");
        let number = |number: u64| Words::text(number.to_string());
        let found = Found::new(Field::People, what).sides(number(old), number(new));
        match new > old {
            true => changes.narrower(found),
            false => changes.look(found),
        }
        false
    });
    won.sort();
}

/// The same duty by other branches, or until something else is so, is told once.
fn elsewhere(changes: &mut Changes<'_>, lost: &mut Vec<String>, won: &mut Vec<String>) {
    lost.retain(|before| {
        let words = shown(before);
        let Some(at) = won.iter().position(|after| shown(after) == words) else {
            return true;
        };
        let after = won.remove(at);
        let (was, is) = (path(before).1, path(&after).1);
        let what = Words::code(words).then(match (was, is) {
            (Some(_), None) => ", in every case",
            (None, Some(_)) => ", in some cases only",
            (Some(_), Some(_)) | (None, None) => ", under another condition",
        });
        let found = Found::new(Field::People, what);
        match (was, is) {
            (Some(_), None) => changes.narrower(found),
            (_, Some(_)) | (None, None) => changes.look(found),
        }
        false
    });
}

/// A duty, and the hash of the branches by which it is reached.
fn path(duty: &str) -> (&str, Option<&str>) {
    match duty.rsplit_once(" if ") {
        Some((duty, path)) => (duty, Some(path)),
        None => (duty, None),
    }
}

/// Without the hashes of what a debt waits for, and of what has to be so.
fn shown(duty: &str) -> String {
    let (duty, _) = path(duty);
    match duty.split_once(" until ") {
        Some((before, after)) if duty.contains(": owed ") => {
            let by = after.split_once(' ').map_or("", |(_, by)| by);
            format!("{before} {by}")
        }
        _ => duty.to_owned(),
    }
}

/// What `from` has more often than `other`.
fn missing(from: &[String], other: &[String]) -> Vec<String> {
    let mut rest: Vec<&String> = other.iter().collect();
    let mut missing = Vec::new();
    for duty in from {
        match rest.iter().position(|one| *one == duty) {
            Some(at) => drop(rest.swap_remove(at)),
            None => missing.push(duty.clone()),
        }
    }
    missing
}
