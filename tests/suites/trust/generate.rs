//! Random programs with a weight for corners: what is right mostly, what is nearly right often.
//!
//! A program is text together with what the generator knows of it without the checker: which
//! change waits for which condition.

use super::parts::{AMOUNTS, ARGUMENTS, DECLARED, NO_PROOFS, PROOFS, SEEN, UNDOS, WEB, WORDS};
use crate::harness::random::Random;

/// A program and what is known of it.
#[derive(Clone, Debug)]
pub struct Generated {
    pub seed: u64,
    pub text: String,
    pub phases: Vec<Phase>,
    /// Whether a line says that what is held stays held.
    pub waives_pause: bool,
    /// Whether a line says that nobody can see whether it helped.
    pub waives_proof: bool,
    /// Whether a run may end for another one to follow.
    pub goes_again: bool,
    /// Whether the author says of an undo what is not so in these worlds: nobody can see that.
    pub undoes_wrongly: bool,
    /// Whether two statements of the diagnosis test one measured value: that they hang together is not seen.
    pub tests_twice: bool,
}

/// Changes and the condition that they wait for.
#[derive(Clone, Debug, Default)]
pub struct Phase {
    /// Action, first target, and the last argument where it tells changes apart.
    pub changes: Vec<(&'static str, &'static str)>,
    pub proof: Proof,
}

/// What proves the changes of a phase.
#[derive(Clone, Debug, Default)]
pub enum Proof {
    /// The author answers for them.
    #[default]
    Waived,
    /// That the pod which was changed is ready.
    Itself,
    /// A verify that passes behind them: any of these.
    Any(Vec<Truth>),
}

/// What a condition says of the world, as far as it says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// A metric lies below a number.
    Below(&'static str, i64),
    Ready(&'static str),
    AllReady(&'static str),
    /// It holds whatever the world does.
    Nothing,
}

/// The program of a seed.
pub fn program(seed: u64) -> Generated {
    let mut writer = Writer {
        random: Random::new(seed),
        text: String::new(),
        phases: Vec::new(),
        waives_pause: false,
        undoes_wrongly: false,
    };
    writer.package();
    Generated {
        seed,
        waives_proof: writer.text.contains("waive verify"),
        goes_again: writer.text.contains("else again"),
        undoes_wrongly: writer.undoes_wrongly,
        tests_twice: tests_twice(&writer.text),
        text: writer.text,
        phases: writer.phases,
        waives_pause: writer.waives_pause,
    }
}

struct Writer {
    random: Random,
    text: String,
    phases: Vec<Phase>,
    waives_pause: bool,
    undoes_wrongly: bool,
}

/// Whether two lines of a diagnosis test one measured value.
fn tests_twice(text: &str) -> bool {
    let diagnosis = text.lines().skip_while(|line| *line != "  diagnose {");
    let diagnosis = diagnosis.take_while(|line| *line != "  }");
    let conditions: Vec<&str> = diagnosis.filter(|line| !line.contains(" = k8s.")).collect();
    let measured: [&[&str]; 5] = [
        &["lag()", "hidden(", "matched("],
        &["errors()"],
        &["w.ready"],
        &["w.restarts"],
        &["web.ready"],
    ];
    measured.iter().any(|names| {
        let tests = |line: &&&str| names.iter().any(|name| line.contains(name));
        conditions.iter().filter(tests).count() > 1
    })
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Whether a corner is taken here.
    fn corner(&mut self) -> bool {
        self.random.one_in(8)
    }

    fn package(&mut self) {
        self.text.push_str(DECLARED);
        self.wide();
        let undo = self.undo("d");
        self.line(&format!(
            "action grow(d: k8s.Deployment) changes d {{ do k8s.scale(d, to: 5){undo} }}"
        ));
        self.line("runbook r for checkout {\n  version 1.0.0\n  on alert \"A\" { with pod, note }\n  incident per pod");
        self.line("  again at most 1");
        self.line("  blast {\n    at most 9 k8s.Pod\n    at most 9 k8s.Deployment\n    at most 9 host.Host\n  }");
        self.line("  watch lag() = prom.value(promql\"sum(queue_lag)\")");
        self.line("  watch errors() = prom.value(promql\"sum(http_errors)\")");
        self.diagnose();
        self.line("  remedy bad(w, other, web, api, m, ps, out) {");
        self.line(
            "    let same = web\n    let both = [web, api]\n    let some = clamp(w.restarts, 1, 5)",
        );
        self.remedy();
        self.line("  }\n}");
    }

    /// Functions of so many parameters that no word of the machine has a bit for each: the last one
    /// counts.
    fn wide(&mut self) {
        let many = 63 + self.random.below(4);
        let params = (1..many).map(|index| format!("a{index}: String"));
        let params = params.collect::<Vec<_>>().join(", ");
        let args = vec!["\"\""; many - 1].join(", ");
        self.line(&format!(
            "fn wide_{many}({params}, z: String) -> Bool = z == \"now\""
        ));
        self.line(&format!(
            "fn last_{many}({params}, z: String) -> String = z"
        ));
        self.line(&format!(
            "fn wide(z: String) -> Bool = wide_{many}({args}, z)"
        ));
        self.line(&format!(
            "fn last(z: String) -> String = last_{many}({args}, z)"
        ));
    }

    /// What takes a scaling of `web` back, or does not.
    fn undo(&mut self, web: &str) -> String {
        let undo = match self.random.one_in(3) {
            true => self.random.pick(UNDOS),
            false => UNDOS[0],
        };
        undo.replace("(web", &format!("({web}"))
            .replace("(api", if web == "d" { "(d" } else { "(api" })
    }

    fn atom(&mut self) -> &'static str {
        match self.corner() {
            true => self.random.pick(WORDS),
            false => self.random.pick(SEEN),
        }
    }

    fn condition(&mut self) -> String {
        let one = self.atom();
        match self.random.below(6) {
            0 => format!("{one} and {}", self.atom()),
            1 => format!("{one} or {}", self.atom()),
            2 => format!("(if {one} then true else false)"),
            _ => one.to_owned(),
        }
    }

    fn diagnose(&mut self) {
        self.line("  diagnose {\n    let w = k8s.pod(\"shop\", pod)\n    let other = k8s.pod(\"shop\", \"w-2\")");
        if self.random.one_in(60) {
            self.line("    let nobody = k8s.pod(\"shop\", \"\")");
        }
        self.line("    let web = k8s.deployment(\"shop\", \"web\")\n    let api = k8s.deployment(\"shop\", \"api\")");
        self.line("    let m = host.named(\"web-1\")\n    let ps = [p for p in k8s.pods(\"shop\") where not p.ready]");
        self.line("    let said = exec.observe(m, [\"status\"])\n    let out = said.out");
        let found = "found bad(w, other, web, api, m, ps, out)";
        for _ in 0..self.random.below(3) {
            let condition = self.condition();
            let line = match self.random.below(3) {
                0 => format!("    cleared if {condition} \"not that bad\""),
                1 => format!("    if {condition} {{ {found} }}"),
                _ => format!("    let known = {condition}\n    if known {{ {found} }}"),
            };
            // A name is bound once.
            if !(line.contains("let known") && self.text.contains("let known")) {
                self.line(&line);
            }
        }
        match self.random.below(8) {
            0 => self.line(&format!("    {found}")),
            1 => {
                let condition = self.condition();
                self.line(&format!(
                    "    if {condition} {{ {found} }} else {{ {found} }}"
                ));
            }
            _ => {
                let condition = self.condition();
                self.line(&format!("    if {condition} {{ {found} }}"));
            }
        }
        self.line("  }");
    }

    fn remedy(&mut self) {
        match self.random.below(5) {
            0 | 1 => {
                for title in ["a", "b"] {
                    self.line(&format!("    attempt \"{title}\" {{"));
                    if self.random.one_in(8) {
                        self.line("      cleared if lag() < 20.0 \"enough\"");
                    }
                    self.phase("      ");
                    self.line("    }");
                }
            }
            2 => match self.random.one_in(2) {
                true => self.each("    "),
                false => {
                    self.line("    attempt \"each\" {");
                    self.each("      ");
                    self.line("    }\n    attempt \"all\" {");
                    self.phase("      ");
                    self.line("    }");
                }
            },
            3 => {
                self.line("    with do gitops.pause(web) {");
                self.phase("      ");
                match self.random.below(12) {
                    0 => self.line("      mitigated \"restarted\" owed by builder within 1d until { lag() < 1.0 }"),
                    1 => self.line("      page builder \"paused meanwhile\""),
                    2 => self.line("      cleared \"paused meanwhile\""),
                    _ => {}
                }
                self.line("    }");
            }
            _ => {
                for _ in 0..=self.random.below(2) {
                    self.phase("    ");
                }
            }
        }
        self.tail();
    }

    /// A loop over pods, of which there may be none, or one more than it takes.
    fn each(&mut self, indent: &str) {
        let most = 1 + self.random.below(3);
        self.line(&format!("{indent}for p in ps at most {most} {{"));
        self.line(&format!(
            "{indent}  do k8s.restart(p)\n{indent}  verify within 1m {{ p.ready }}"
        ));
        if self.corner() {
            self.line(&format!(
                "{indent}  mitigated \"restarted\" owed by builder within 1d until {{ lag() < 1.0 }}"
            ));
        }
        self.line(&format!("{indent}}}"));
        let pods = ["w-1", "w-2", "w-3", "w-4"];
        self.phases.push(Phase {
            changes: pods.map(|pod| ("k8s.restart", pod)).to_vec(),
            proof: Proof::Itself,
        });
    }

    fn tail(&mut self) {
        match self.random.below(12) {
            0 => self
                .line("    mitigated \"scaled\" owed by builder within 1d until { lag() < 1.0 }"),
            1 => self.line("    cleared \"somebody else will see\""),
            2 => {
                self.line("    waive verify \"nothing to be seen here\"");
                // It answers for no attempt.
                if !self.text.contains("attempt") {
                    self.phases.push(Phase::default());
                }
            }
            _ => {}
        }
    }

    fn phase(&mut self, indent: &str) {
        let mut phase = Phase::default();
        for _ in 0..=self.random.below(2) {
            self.change(indent, &mut phase);
        }
        let turn = self.random.below(30);
        if turn < 2 {
            self.line(&format!("{indent}waive verify \"nobody can see it\""));
        } else if turn == 2 {
            // Nothing asks whether it helped.
            phase.proof = Proof::Any(Vec::new());
        } else {
            let first = match self.random.one_in(6) {
                true => Some(self.verify(indent)),
                false => None,
            };
            let last = self.verify(indent);
            phase.proof = Proof::Any(first.into_iter().chain([last]).collect());
        }
        self.phases.push(phase);
    }

    fn change(&mut self, indent: &str, phase: &mut Phase) {
        let (line, change) = match self.random.below(9) {
            0 | 1 => ("do k8s.restart(w)".to_owned(), ("k8s.restart", "w-1")),
            2 => ("do k8s.restart(other)".to_owned(), ("k8s.restart", "w-2")),
            3 => {
                let web = self.random.pick(WEB);
                let line = format!("do k8s.rollout_restart({web})");
                (line, ("k8s.rollout_restart", "web"))
            }
            4 => {
                let web = self.random.pick(WEB);
                match self.random.one_in(2) {
                    true => (format!("do outer({web})"), ("k8s.rollout_restart", "web")),
                    false => (format!("do grow({web})"), ("k8s.scale", "web")),
                }
            }
            5 if self.corner() => {
                let waived = self.random.one_in(2);
                self.waives_pause |= waived;
                let waiver = if waived {
                    " waive undo \"it stays paused\""
                } else {
                    ""
                };
                (
                    format!("do gitops.pause(web){waiver}"),
                    ("gitops.pause", "web"),
                )
            }
            6 if self.corner() => {
                let argument = self.random.pick(ARGUMENTS);
                let line = format!(
                    "do exec.apply(m, [\"touch\", {argument}], touching: m) waive undo \"a file\""
                );
                (line, ("exec.apply", "web-1"))
            }
            _ => {
                let (web, back) = (self.random.pick(WEB), self.random.pick(WEB));
                let amount = self.random.pick(AMOUNTS);
                let place = if self.corner() { back } else { web };
                let undo = self.undo(place);
                // Back to five from five is seen.
                self.undoes_wrongly |= undo.contains("to: 5)") && amount != "5";
                (
                    format!("do k8s.scale({web}, to: {amount}){undo}"),
                    ("k8s.scale", "web"),
                )
            }
        };
        self.line(&format!("{indent}{line}"));
        phase.changes.push(change);
    }

    fn verify(&mut self, indent: &str) -> Truth {
        let (condition, truth) = match self.corner() {
            true => (self.random.pick(NO_PROOFS).to_owned(), Truth::Nothing),
            false => {
                let (text, truth) = PROOFS[self.random.below(PROOFS.len())];
                match self.random.one_in(6) {
                    true => (format!("{text} and lag() < 5.0"), truth),
                    false => (text.to_owned(), truth),
                }
            }
        };
        let otherwise = match self.random.below(6) {
            0 => " else keep",
            1 => " else again",
            _ => "",
        };
        let holding = if self.random.one_in(3) {
            " holding 30s"
        } else {
            ""
        };
        self.line(&format!(
            "{indent}verify within 3m{holding} {{ {condition} }}{otherwise}"
        ));
        truth
    }
}
