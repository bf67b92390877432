//! Programs in a living world, for the suite of trust: plain data in, plain data out.

use std::collections::BTreeMap;

use super::{Checked, File, analyse, checked};
use crate::effect::End;
use crate::front;
use crate::program::{FunctionIndex, Program};
use crate::testing::living::{self, Blind, Crash, Cure, Deployment, Manner, Pod, Scenario, State};
use crate::value::{Duration, Percent, Size, Time, Value};
use crate::vm::{Step, Vm};

/// A checked runbook with what is claimed of it.
#[derive(Clone, Debug)]
pub struct Subject {
    program: Program,
    /// The most distinct targets of a run, by type.
    pub touched: BTreeMap<String, u32>,
    /// The longest that an incident may take, in milliseconds.
    pub stated: i64,
}

/// A world to put it into; names lie in the namespace `shop`.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// What the trigger binds.
    pub words: Vec<(String, String)>,
    /// Metrics by a word of their query.
    pub metrics: Vec<(String, f64)>,
    /// Name, whether it is ready, restarts.
    pub pods: Vec<(String, bool, i64)>,
    /// Name, replicas, ready.
    pub deployments: Vec<(String, i64, i64)>,
    /// What programs that only look answer.
    pub answer: String,
    /// Nothing that is done has an effect.
    pub frozen: bool,
    /// From so many milliseconds on nothing is seen: a failure, or no data.
    pub blind: Option<(i64, bool)>,
    /// The action that heals.
    pub cure: Option<String>,
    /// So many milliseconds pass before a change shows.
    pub lag: i64,
    /// So many milliseconds after the opening the alert is over.
    pub alert_over: Option<i64>,
    /// Somebody calls the run of this number off, so many milliseconds after it began.
    pub called_off: Option<(u32, i64)>,
    /// Whether the run is stored and restored after every input.
    pub restore: bool,
    /// After so many inputs the machine dies, and another one goes on; whether the changes that were
    /// on their way take effect.
    pub crash: Option<(usize, bool)>,
}

/// A change that reached the world.
#[derive(Clone, Debug)]
pub struct Change {
    /// Milliseconds since the opening.
    pub at: i64,
    /// Whether it is neither an undo nor a release.
    pub is_do: bool,
    /// `k8s.scale`
    pub name: String,
    /// As people read them.
    pub args: Vec<String>,
    /// The types and identities of its targets.
    pub targets: Vec<(String, String)>,
    /// Whether the world is again, in what it changed, as it was before.
    pub is_back: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `resolved`, `handed`, or nothing if it never ended.
    pub end: String,
    /// Whether it claims that all is well.
    pub is_good: bool,
    /// Everything that reached the world, oldest first.
    pub changes: Vec<Change>,
    /// The metrics at the end.
    pub metrics: BTreeMap<String, f64>,
    /// Pods that are ready at the end.
    pub ready: Vec<String>,
    /// Deployments at the end: name, replicas, ready.
    pub deployments: Vec<(String, i64, i64)>,
    /// Deployments whose sync stays paused.
    pub paused: Vec<String>,
    /// Milliseconds.
    pub took: i64,
    /// Whether a human was told.
    pub told: bool,
    /// Names of the changes that the run says it took back.
    pub undone: Vec<String>,
    /// What was looked at: the name, and the arguments as they are sent.
    pub asked: Vec<(String, Vec<String>)>,
    /// Everything that people read.
    pub said: Vec<String>,
    /// How many inputs the incident took.
    pub inputs: usize,
}

/// Checks the files as one package and takes its first runbook.
pub fn subject(files: &[File<'_>]) -> Result<Subject, Checked> {
    let (sources, analysis, diagnostics) = analyse(files);
    let sound = analysis.filter(|_| front::is_sound(&diagnostics));
    let Some(analysis) = sound else {
        return Err(checked(&diagnostics, &sources));
    };
    let programs = match front::compile(&analysis) {
        Ok(programs) => programs,
        Err(refused) => return Err(checked(&refused, &sources)),
    };
    let (Some(program), Some(facts)) =
        (programs.into_iter().next(), analysis.facts.runbooks.first())
    else {
        return Err(checked(&diagnostics, &sources));
    };
    let name = |target: &crate::typed::Touched| {
        let found = &analysis.package.targets[target.target.index()];
        (found.name.to_string(), target.targets)
    };
    Ok(Subject {
        program,
        touched: facts.touched.iter().map(name).collect(),
        stated: facts
            .machine_time
            .millis()
            .saturating_add(facts.human_time.millis()),
    })
}

/// Puts it into the world and lets it run to its end.
pub fn live(subject: &Subject, place: &Place) -> Outcome {
    let opened =
        Time::from_millis(1_700_000_000_000).expect("the moment lies in the range of times");
    let ended = living::live(&subject.program, &scenario(place), opened);
    let state = &ended.state;
    let changes = ended.ledger.entries.iter().map(|entry| Change {
        at: entry.at.millis() - opened.millis(),
        is_do: entry.kind == crate::run::IntentKind::Do,
        name: entry.name.to_string(),
        args: entry.args.clone(),
        targets: entry
            .targets
            .iter()
            .map(|found| (found.kind().to_owned(), found.key().to_owned()))
            .collect(),
        is_back: entry.is_back(&ended.settled),
    });
    Outcome {
        end: ended.end.as_ref().map(word).unwrap_or_default().to_owned(),
        is_good: ended.end.as_ref().is_some_and(is_good),
        changes: changes.collect(),
        metrics: state
            .metrics
            .iter()
            .map(|(name, value)| (name.to_string(), *value))
            .collect(),
        ready: state
            .pods
            .iter()
            .filter(|(_, pod)| pod.ready)
            .map(|(name, _)| name.1.to_string())
            .collect(),
        deployments: state
            .deployments
            .iter()
            .map(|(name, found)| (name.1.to_string(), found.replicas, found.ready))
            .collect(),
        paused: ended
            .settled
            .paused
            .iter()
            .map(|name| name.1.to_string())
            .collect(),
        took: ended.took.millis(),
        told: ended.told,
        undone: ended.undone.iter().map(ToString::to_string).collect(),
        asked: ended
            .asked
            .iter()
            .map(|(name, args)| {
                let args = args.iter().map(ToString::to_string);
                (name.to_string(), args.collect())
            })
            .collect(),
        said: ended.said,
        inputs: ended.inputs,
    }
}

fn scenario(place: &Place) -> Scenario {
    let shop = |name: &str| ("shop".into(), name.into());
    Scenario {
        words: place
            .words
            .iter()
            .map(|(name, word)| (name.into(), word.into()))
            .collect(),
        state: State {
            metrics: place
                .metrics
                .iter()
                .map(|(name, value)| (name.into(), *value))
                .collect(),
            pods: place
                .pods
                .iter()
                .map(|(name, ready, restarts)| {
                    let pod = Pod {
                        ready: *ready,
                        restarts: *restarts,
                    };
                    (shop(name), pod)
                })
                .collect(),
            deployments: place
                .deployments
                .iter()
                .map(|(name, replicas, ready)| {
                    let found = Deployment {
                        replicas: *replicas,
                        ready: *ready,
                    };
                    (shop(name), found)
                })
                .collect(),
            paused: Default::default(),
            answer: place.answer.as_str().into(),
        },
        manner: Manner {
            frozen: place.frozen,
            blind: place.blind.map(|(at, fails)| {
                let blind = match fails {
                    true => Blind::Fails,
                    false => Blind::NoData,
                };
                (at, blind)
            }),
            cure: place.cure.as_ref().map(|name| Cure(name.into())),
            lag: place.lag,
        },
        alert_over: place.alert_over,
        called_off: place.called_off,
        restore: place.restore,
        crash: place
            .crash
            .map(|(after, performed)| Crash { after, performed }),
    }
}

/// A number as the machine holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A finite one.
    Float(f64),
    /// Billionths.
    Percent(i64),
    /// Milliseconds.
    Duration(i64),
    /// Bytes.
    Size(i64),
    /// What a comparison yields.
    Bool(bool),
}

/// Calls a function of the package, by its name, that the runbook uses; nothing where it fails.
///
/// # Panics
/// If there is no such function, or it yields what is no number.
pub fn call(subject: &Subject, name: &str, args: &[Number]) -> Option<Number> {
    let mut functions = subject.program.functions.iter();
    let index = functions
        .position(|function| function.name == name)
        .unwrap_or_else(|| panic!("no function `{name}`"));
    let index = FunctionIndex(index.try_into().expect("a program has less than 65,536"));
    let args = args.iter().map(|number| match *number {
        Number::Int(number) => Value::Int(number),
        Number::Float(number) => Value::Float(number),
        Number::Percent(billionths) => Value::Percent(Percent::from_billionths(billionths)),
        Number::Duration(millis) => Value::Duration(Duration::from_millis(millis)),
        Number::Size(bytes) => Value::Size(Size::from_bytes(bytes)),
        Number::Bool(truth) => Value::Bool(truth),
    });
    let mut vm = Vm::start(&subject.program, index, args.collect());
    match vm.step(&subject.program, u64::MAX) {
        Step::Done(Value::Int(number)) => Some(Number::Int(number)),
        Step::Done(Value::Float(number)) => Some(Number::Float(number)),
        Step::Done(Value::Percent(share)) => Some(Number::Percent(share.billionths())),
        Step::Done(Value::Duration(span)) => Some(Number::Duration(span.millis())),
        Step::Done(Value::Size(size)) => Some(Number::Size(size.bytes())),
        Step::Done(Value::Bool(truth)) => Some(Number::Bool(truth)),
        Step::Fault(_) => None,
        step @ (Step::Done(_) | Step::Need(_) | Step::Yield) => {
            panic!("`{name}` yields no number, but {step:?}")
        }
    }
}

/// Whether the end says that nobody has to look.
fn is_good(end: &End) -> bool {
    match end {
        End::Resolved | End::Cleared { .. } | End::SelfResolved | End::Mitigated { .. } => true,
        End::Handed { .. } | End::Cancelled | End::Again => false,
    }
}

fn word(end: &End) -> &'static str {
    match end {
        End::Resolved => "resolved",
        End::Cleared { .. } => "cleared",
        End::SelfResolved => "self_resolved",
        End::Mitigated { .. } => "mitigated",
        End::Handed { .. } => "handed",
        End::Cancelled => "cancelled",
        End::Again => "again",
    }
}

/// Runs `work` with rules and codes taken out by name.
///
/// # Errors
/// The names that are neither a rule nor a code.
#[cfg(feature = "harness")]
pub fn without<T>(names: &[&str], work: impl FnOnce() -> T) -> Result<T, Vec<String>> {
    crate::rule::without(names, work)
}

/// The names of the rules that are no diagnostic of their own.
#[cfg(feature = "harness")]
pub fn rules() -> Vec<&'static str> {
    crate::rule::Rule::ALL
        .iter()
        .map(|rule| rule.name())
        .collect()
}

/// The steps of the front end over a package: to check it, to report on it, to compile it, and to
/// lay its files out.
#[cfg(feature = "harness")]
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// To parse and check it.
    pub check: u64,
    /// To say what its runbooks may do.
    pub report: u64,
    /// To make programs of its runbooks.
    pub compile: u64,
    /// To lay its files out.
    pub format: u64,
}

/// Counts them, with the errors of the package.
#[cfg(feature = "harness")]
pub fn steps(files: &[File<'_>]) -> (Steps, Vec<&'static str>) {
    use crate::steps::counted;
    let ((sources, analysis, diagnostics), check) = counted(|| analyse(files));
    let (_, report) = counted(|| {
        let analysis = analysis.as_ref();
        analysis.map(|of| {
            let manifests = front::manifests(of, &sources);
            crate::report::show(&crate::report::report("", "", &manifests, Vec::new(), None))
        })
    });
    let (_, compile) = counted(|| analysis.as_ref().map(front::compile));
    let (_, format) = counted(|| {
        for (name, text) in files {
            drop(super::format(name, &String::from_utf8_lossy(text)));
        }
    });
    let steps = Steps {
        check,
        report,
        compile,
        format,
    };
    let errors = diagnostics
        .iter()
        .filter(|found| found.code.kind() == crate::diag::Kind::Error);
    (steps, errors.map(|found| found.code.as_str()).collect())
}
