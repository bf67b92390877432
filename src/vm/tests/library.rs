//! The machine and the library: what the one declares the other has.

use super::*;
use crate::library;

/// The names of the `extern fn`s of a module, as they are called.
fn declared(module: &library::Module) -> Vec<String> {
    let lines = module.text.lines();
    let heads = lines.filter_map(|line| line.strip_prefix("extern fn "));
    let names = heads.filter_map(|head| head.split('(').next());
    let qualified = names.map(|name| match module.name {
        library::PRELUDE => name.to_owned(),
        other => format!("{other}.{name}"),
    });
    qualified.collect()
}

#[test]
fn every_pure_function_of_the_library_is_in_the_machine() {
    for name in library::MODULES.iter().flat_map(declared) {
        assert!(Builtin::from_name(&name).is_some(), "no code for `{name}`");
    }
}

#[test]
fn every_builtin_is_declared_or_known_to_the_checker() {
    let declared: Vec<_> = library::MODULES.iter().flat_map(declared).collect();
    for builtin in Builtin::ALL {
        let name = builtin.name();
        let ways = [
            library::Generic::from_name(name).is_some(),
            declared.iter().any(|known| known == name),
        ];
        assert_ne!(ways[0], ways[1], "`{name}` is declared once: {ways:?}");
    }
}
