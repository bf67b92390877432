//! What happens around an engine, line by line: what is granted, what the world answers, and what
//! arrives from outside at which time.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::world::{Answer, Does, Pattern, Way};
use crate::engine::{Settling, Taker};
use crate::journal::{Alert, Scope, Standing};
use crate::settings::{self, Grants, Settings};
use crate::text::Sources;
use crate::value::Duration;

/// A script that was read.
#[derive(Debug, Default)]
pub struct Script {
    /// Lines of `[grants]`.
    grants: String,
    /// Other lines of the settings: `settings [storm]; threshold = 5`, `settings platform = "…"`.
    settings: String,
    /// Whether the trace shows what is recorded.
    pub facts: bool,
    /// By time; lines without one happen at the very beginning.
    pub steps: Vec<(Duration, Step)>,
}

/// Something that happens from outside.
#[derive(Clone, Debug)]
pub enum Step {
    /// Since when it fires by its sender's word, and when it ended where that is said, from the beginning of
    /// the script.
    Alert(Alert, Option<Duration>, Option<Duration>),
    Event(SmolStr, String),
    Ack(u64, Taker),
    /// Everything that a page told of.
    AckPage(u64, Taker),
    Resolve(u64, String),
    /// What became of a change of which nobody knew.
    Settle(u64, Settling),
    Freeze(Scope, String),
    Release(Scope, Option<SmolStr>),
    /// Somebody takes a storm on.
    AckStorm(Scope, Taker),
    /// The wall clock is set by this, and the agent believes it.
    Clock(Duration),
    /// Another package takes the place of the one that is loaded.
    Load(String),
    /// Other grants take the place of those that are loaded.
    Grants(Grants),
    /// The agent is asked to stop: no change begins any more.
    Drain,
    /// The agent dies, and begins again; whether the changes that are on their way take effect.
    Kill(bool),
    /// It dies, and begins again with another package.
    KillInto(String),
    /// The agent is held up for so long, while everything else goes on.
    Pause(Duration),
    /// The newest run of this incident cannot be read any more.
    Damage(u64),
    /// What becomes of deliveries to this address from now on.
    Deliver(String, Way),
    Answer(Answer),
    Perform(Pattern, Does),
    End,
}

/// What `grant all` stands for.
const ALL: &str = r#"
"prom.query" = true
"k8s.get" = ["*"]
"k8s.list" = ["*"]
"k8s.delete" = ["*"]
"events.read" = true
"host.read" = ["*"]
"tcp.connect" = ["*"]
"exec.run" = [["fix", "*"]]
"exec.apply" = [["fix", "*"]]
"#;

/// How long after its last line a script goes on if it does not say.
const ON: Duration = Duration::from_millis(15 * 60_000);

impl Script {
    /// Reads a script; `#` begins a remark.
    pub fn read(text: &str) -> Result<Script, String> {
        let mut script = Script::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            script
                .line(line)
                .ok_or_else(|| format!("line {} is not understood: {line}", number + 1))?;
        }
        script.steps.sort_by_key(|(at, _)| *at);
        if !script
            .steps
            .iter()
            .any(|(_, step)| matches!(step, Step::End))
        {
            let last = script.steps.last().map_or(0, |(at, _)| at.millis());
            let end = Duration::from_millis(last + ON.millis());
            script.steps.push((end, Step::End));
        }
        Ok(script)
    }

    /// What is granted at the beginning, with the rest of the settings; the words say what is wrong.
    pub fn settings(&self) -> Result<Settings, String> {
        settings(&self.settings, &self.grants)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        if let Some(granted) = line.strip_prefix("grant ") {
            self.grants.push_str(&lines(granted));
            self.grants.push('\n');
            return Some(());
        }
        if let Some(lines) = line.strip_prefix("settings ") {
            self.settings.push_str(&lines.replace(';', "\n"));
            self.settings.push('\n');
            return Some(());
        }
        if line == "facts" {
            self.facts = true;
            return Some(());
        }
        let (at, rest) = match line.strip_prefix("at ") {
            Some(timed) => {
                let (at, rest) = timed.split_once(' ')?;
                (Duration::parse(at)?, rest)
            }
            None => (Duration::ZERO, line),
        };
        match rest.strip_prefix("storm ") {
            Some(storm) => self.storm(at, storm)?,
            None => self.steps.push((at, step(at, rest)?)),
        }
        Some(())
    }

    /// `storm 300 Slow every 10ms`: so many alerts, each of another instance.
    fn storm(&mut self, at: Duration, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [count, name, "every", every] = words.as_slice() else {
            return None;
        };
        let (count, every) = (count.parse::<i64>().ok()?, Duration::parse(every)?);
        for number in 0..count {
            let at = Duration::from_millis(at.millis() + number * every.millis());
            let line = format!("alert {name} instance=web-{number} fingerprint f{number}");
            self.steps.push((at, step(at, &line)?));
        }
        Some(())
    }
}

/// `bob`, `bob over`: also where somebody else has it.
fn taker<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<Taker> {
    let by = words.next()?.into();
    let takes_over = match words.next() {
        Some("over") => true,
        Some(_) => return None,
        None => false,
    };
    Some(Taker { by, takes_over })
}

/// `applied ada`, `not_applied ada`
fn settling<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<Settling> {
    let applied = match words.next()? {
        "applied" => true,
        "not_applied" => false,
        _ => return None,
    };
    Some(Settling {
        change: None,
        applied,
        by: words.next()?.into(),
        why: "it was looked at".to_owned(),
    })
}

fn step(at: Duration, line: &str) -> Option<Step> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut words = rest.split_whitespace();
    Some(match verb {
        "alert" => alert(Standing::Firing, at, words)?,
        "resolved" => alert(Standing::Resolved, at, words)?,
        "event" => {
            let (name, json) = rest.split_once(' ')?;
            Step::Event(name.into(), json.to_owned())
        }
        "ackpage" => Step::AckPage(words.next()?.parse().ok()?, taker(words)?),
        "ack" => Step::Ack(words.next()?.parse().ok()?, taker(words)?),
        "resolve" => Step::Resolve(words.next()?.parse().ok()?, words.next()?.to_owned()),
        "settle" => Step::Settle(words.next()?.parse().ok()?, settling(words)?),
        "hold" => Step::Freeze(Scope::All, words.next()?.to_owned()),
        "freeze" => {
            let scope = scope(&mut words)?;
            Step::Freeze(scope, words.next().unwrap_or("ada").to_owned())
        }
        "release" => match rest {
            "" => Step::Release(Scope::All, None),
            _ => {
                let scope = scope(&mut words)?;
                Step::Release(scope, words.next().map(SmolStr::from))
            }
        },
        "calm" => {
            let scope = scope(&mut words)?;
            Step::AckStorm(scope, taker(words)?)
        }
        "clock" => Step::Clock(match words.next()?.split_at_checked(1)? {
            ("+", by) => Duration::parse(by)?,
            ("-", by) => Duration::from_millis(-Duration::parse(by)?.millis()),
            _ => return None,
        }),
        "load" => Step::Load(words.next()?.to_owned()),
        "grants" => Step::Grants(grants(&lines(rest)).ok()?),
        "drain" => Step::Drain,
        "kill" => match words.next() {
            None => Step::Kill(false),
            Some("performed") => Step::Kill(true),
            Some("into") => Step::KillInto(words.next()?.to_owned()),
            Some(_) => return None,
        },
        "pause" => Step::Pause(Duration::parse(words.next()?)?),
        "damage" => match words.next()? {
            "run" => Step::Damage(words.next()?.parse().ok()?),
            _ => return None,
        },
        "deliver" => {
            let (way, to) = (words.next()?, words.next()?.to_owned());
            let way = match way {
                "works" => Way::Works,
                "fails" => Way::Fails,
                "refuses" => Way::Refuses,
                "slow" => Way::Slow(Duration::parse(words.next()?)?),
                "hangs" => Way::Hangs(Duration::parse(words.next()?)?),
                "busy" => Way::Busy(Duration::parse(words.next()?)?),
                _ => return None,
            };
            Step::Deliver(to, way)
        }
        "answer" => {
            let of = Pattern::read(words.next()?);
            let first = words.next()?.to_owned();
            let then = match words.next() {
                Some("after") => Some((Pattern::read(words.next()?), words.next()?.to_owned())),
                Some(_) => return None,
                None => None,
            };
            Step::Answer(Answer::new(of, first, then))
        }
        "perform" => Step::Perform(Pattern::read(words.next()?), Does::read(words.next()?)?),
        "end" => Step::End,
        _ => return None,
    })
}

/// `all`, `product NAME`, `runbook NAME`
fn scope<'t>(words: &mut impl Iterator<Item = &'t str>) -> Option<Scope> {
    match words.next()? {
        "all" => Some(Scope::All),
        kind => Scope::from_words(&format!("{kind} {}", words.next()?)),
    }
}

/// Lines of `[grants]`: `all`, `none`, or what is written, with `;` between lines.
fn lines(granted: &str) -> String {
    match granted {
        "all" => ALL.to_owned(),
        "none" => String::new(),
        written => written.replace(';', "\n"),
    }
}

fn grants(lines: &str) -> Result<Grants, String> {
    Ok(settings("", lines)?.grants)
}

fn settings(more: &str, grants: &str) -> Result<Settings, String> {
    let text = format!("{more}\n[grants]\n{grants}");
    let mut sources = Sources::default();
    let id = sources.add(settings::SETTINGS, &text);
    let (settings, diagnostics) = settings::read(sources.source(id));
    settings.ok_or_else(|| format!("the settings are wrong: {diagnostics:?}"))
}

fn alert<'t>(
    standing: Standing,
    at: Duration,
    mut words: impl Iterator<Item = &'t str>,
) -> Option<Step> {
    let name = words.next()?;
    let mut labels: BTreeMap<SmolStr, SmolStr> = BTreeMap::new();
    let mut fingerprint = None;
    let (mut since, mut ended) = (Some(at), None);
    while let Some(word) = words.next() {
        match word {
            "fingerprint" => fingerprint = Some(words.next()?.into()),
            "since" => since = Some(Duration::parse(words.next()?)?),
            // Its sender does not say when it began.
            "timeless" => since = None,
            "ended" => ended = Some(Duration::parse(words.next()?)?),
            label => {
                let (label, value) = label.split_once('=')?;
                labels.insert(label.into(), value.into());
            }
        }
    }
    let own = labels.values().map(SmolStr::as_str).collect::<Vec<_>>();
    let fingerprint = fingerprint.unwrap_or_else(|| own.join("/").into());
    labels.insert("alertname".into(), name.into());
    let alert = Alert {
        name: name.into(),
        labels,
        annotations: BTreeMap::new(),
        standing,
        fingerprint,
        since: Default::default(),
        ended: None,
        sender: Default::default(),
    };
    Some(Step::Alert(alert, since, ended))
}
