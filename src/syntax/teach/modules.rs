//! What a file takes in: modules without braces or commas, a path, a type, the library as a whole.
//!
//! In: a refused `use`. Out: one diagnostic with the line as it is meant, and its edit where one is sure.

use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::Diagnostic;
use crate::library;
use crate::syntax::kinds::Kind;

/// `use std.k8s, std.prom`, `use std.k8s std.prom`, `use std.k8s, prom`
pub(super) fn two_modules(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "use" || tokens.word(start + 1) != "std" {
        return None;
    }
    let noise = ["std", ".", ",", "and", "&", "+", "use"];
    let range = start + 1..line.range.end;
    let names: Vec<&str> = range
        .clone()
        .map(|index| tokens.word(index))
        .filter(|word| !noise.contains(word))
        .collect();
    let known = names.iter().all(|name| library::module(name).is_some());
    if names.len() < 2 || !known {
        return None;
    }
    let right = format!("std.{{{}}}", names.join(", "));
    let span = scene.span(tokens.bytes(&range));
    let at = stuck(scene, line).map_or(span, |at| scene.token_span(at));
    let found = told(
        "several modules stand in braces",
        at,
        "does not fit here",
        format!("write `use {right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right).safe())
}

/// `use std`, `use std.{events gitops}`, `use "std/k8s"`, `use std.k8s.Pod`, `use { k8s }`
pub(super) fn other_form(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "use" {
        return None;
    }
    let range = start + 1..line.range.end;
    let written = tokens.text.get(tokens.bytes(&range))?;
    let span = scene.span(tokens.bytes(&range));
    if written == "std" {
        return Some(told(
            "which module of the library is not said",
            span,
            "a module is missing behind it",
            "the modules are named one by one: `use std.{k8s, prom}`",
        ));
    }
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = written.split(|other: char| !letter(other));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let modules = words.iter().copied();
    let modules: Vec<&str> = modules
        .filter(|word| library::module(word).is_some())
        .collect();
    // A member of a module is named with it, and is not taken in.
    let member = |word: &&str| word.starts_with(|first: char| first.is_ascii_uppercase());
    let others = words.iter().filter(|word| !modules.contains(word));
    if !others
        .into_iter()
        .all(|word| matches!(*word, "std" | "and") || member(word))
    {
        return None;
    }
    let right = match modules.as_slice() {
        [] => return None,
        [one] => format!("std.{one}"),
        several => format!("std.{{{}}}", several.join(", ")),
    };
    let at = stuck(scene, line).map_or(span, |at| scene.token_span(at));
    let found = told(
        "modules of the library are named behind `std.`",
        at,
        "does not fit here",
        format!("write `use {right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}
