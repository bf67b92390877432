//! The agent as it is shipped, under hostile conditions: the binary against servers of the test's own.
//!
//! Each trial has a folder, ports and an agent of its own. The package is `tests/agent/service.rbk`; a
//! trial changes a few words of it or of the settings.

mod cut;
mod damage;
mod disk;
mod dry;
mod first;
mod hostile;
mod incoming;
mod inert;
mod lent;
mod letters;
mod life;
mod logs;
mod messengers;
mod numbers;
mod pager;
mod people;
mod places;
mod secrets;
mod settling;
pub mod stage;
mod start;
mod storms;
mod strangers;
mod unheard;
mod world;

use libtest_mimic::Trial;

use crate::harness::fixture::trial;

/// A trial's name and what it does.
type Case = (&'static str, fn());

pub fn trials() -> Vec<Trial> {
    let groups = [
        ("cut", cut::CASES),
        ("damage", damage::CASES),
        ("disk", disk::CASES),
        ("dry", dry::CASES),
        ("first", first::CASES),
        ("hostile", hostile::CASES),
        ("incoming", incoming::CASES),
        ("inert", inert::CASES),
        ("lent", lent::CASES),
        ("letters", letters::CASES),
        ("life", life::CASES),
        ("logs", logs::CASES),
        ("places", places::CASES),
        ("messengers", messengers::CASES),
        ("numbers", numbers::CASES),
        ("pager", pager::CASES),
        ("people", people::CASES),
        ("secrets", secrets::CASES),
        ("settling", settling::CASES),
        ("start", start::CASES),
        ("storms", storms::CASES),
        ("strangers", strangers::CASES),
        ("unheard", unheard::CASES),
        ("world", world::CASES),
    ];
    let cases = groups.into_iter().flat_map(|(group, cases)| {
        let cases = cases.iter();
        cases.map(move |&(name, run)| trial(format!("agent/{group}/{name}"), run))
    });
    cases.collect()
}
