//! Every way that runbooks can go: no program breaks a promise on any of them, and a rule that is taken out is noticed.

use libtest_mimic::Trial;
use rbk::facade::explore::{self, Explored, Extent};

use crate::harness::fixture::{self, Package, trial};
use crate::harness::snapshot;

/// Paths of each runbook; enough to come to every end of small ones.
const PATHS: usize = 1_000;
/// The same where there are many runbooks.
const FEW: usize = 150;
/// Enough where no path joins another one.
const APART: usize = 4_000;

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = fixture::packages("explore")
        .into_iter()
        .map(|package| trial(package.fixture.name.clone(), move || shown(&package)))
        .collect();
    trials.push(trial("explore/every program keeps its promises", all));
    trials.push(trial("explore/every example keeps its promises", examples));
    trials.push(trial("explore/joined paths lose nothing", joined));
    #[cfg(feature = "harness")]
    trials.push(trial(
        "explore/a rule that is taken out is noticed",
        noticed,
    ));
    trials
}

fn of(package: &Package, most: usize) -> Vec<Explored> {
    explore::of(&package.files(), Extent::of(most)).expect("the package is sound")
}

/// What people read, and what Graphviz does.
fn shown(package: &Package) {
    let explored = of(package, PATHS);
    let texts: Vec<String> = explored
        .iter()
        .map(|one| format!("{}\n{}", one.human, one.dot))
        .collect();
    snapshot::assert_matches(&package.fixture, &texts.join("\n"));
    for one in explored {
        assert!(one.held, "{}", one.human);
        let json: serde_json::Value = serde_json::from_str(&one.json).unwrap();
        let ends = json["ends"].as_array().unwrap();
        let counted: u64 = ends.iter().map(|end| end["paths"].as_u64().unwrap()).sum();
        assert_eq!(json["paths"].as_u64(), Some(counted), "{}", one.human);
    }
}

/// Of every program that other suites test.
fn all() {
    let mut counted = 0;
    for (name, files) in fixture::tested() {
        for explored in explore::of(&fixture::borrowed(&files), Extent::of(FEW))
            .into_iter()
            .flatten()
        {
            assert!(explored.held, "{name}\n{}", explored.human);
            counted += 1;
        }
    }
    assert!(counted > 8, "hardly any runbook is explored");
}

/// Whole packages that people read: all their findings are reached.
fn examples() {
    for (name, files) in fixture::examples() {
        for explored in explore::of(&fixture::borrowed(&files), Extent::of(PATHS))
            .into_iter()
            .flatten()
        {
            assert!(explored.held, "{name}\n{}", explored.human);
            assert!(
                !explored.human.contains("  finding `"),
                "{name}: {}\n{}",
                explored.name,
                explored.human
            );
        }
    }
}

/// What is reached is the same where each path is gone to its end, whatever others have been there.
fn joined() {
    let mut compared = 0;
    for package in fixture::packages("explore") {
        let go = |paths, joins| {
            let explored = explore::of(&package.files(), Extent { paths, joins });
            explored.expect("it is sound")
        };
        let joined: Vec<Reached> = go(PATHS, true).iter().map(reached).collect();
        // What is cut is cut elsewhere.
        if !joined.iter().all(|one| one.is_whole) {
            continue;
        }
        for (joined, apart) in joined.iter().zip(&go(APART, false)) {
            let apart = reached(apart);
            assert_eq!(joined.what, apart.what, "{}", package.fixture.name);
            compared += usize::from(joined.paths < apart.paths);
        }
    }
    assert!(
        compared > 1,
        "hardly any path comes to where another has been"
    );
}

/// What is said of all paths, without how many there are.
struct Reached {
    is_whole: bool,
    paths: u64,
    what: Vec<serde_json::Value>,
}

fn reached(explored: &Explored) -> Reached {
    let mut json: serde_json::Value = serde_json::from_str(&explored.json).unwrap();
    let paths = json["paths"].as_u64().unwrap();
    for end in json["ends"].as_array_mut().unwrap() {
        let end = end.as_object_mut().unwrap();
        end.remove("paths");
        // Of several that are as short, another is met first.
        let shortest = end.remove("shortest").unwrap();
        let choices = shortest.as_array().unwrap().len();
        end.insert("choices".to_owned(), choices.into());
        end.remove("took_ms");
    }
    let parts = ["ends", "dead_findings", "never", "broken"];
    Reached {
        is_whole: !explored.human.contains("there are more, further"),
        paths,
        what: parts.map(|part| json[part].take()).to_vec(),
    }
}

/// What the rules keep is seen by the world alone.
#[cfg(feature = "harness")]
fn noticed() {
    use rbk::facade::trust;

    let is_noticed = |rule: &&str| {
        fixture::packages("explore").iter().any(|package| {
            let explored =
                trust::without(&[rule], || explore::of(&package.files(), Extent::of(PATHS)));
            let explored = explored.expect("there is such a rule").unwrap_or_default();
            explored.iter().any(|one| !one.held)
        })
    };
    let rules = ["DirtyIsNoSingleLook"];
    let unseen: Vec<&&str> = rules.iter().filter(|rule| !is_noticed(rule)).collect();
    assert!(
        unseen.is_empty(),
        "nothing notices that these are taken out: {unseen:?}"
    );
}
