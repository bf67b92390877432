//! What random programs are put together from: conditions, proofs, undos, arguments, declarations.

use super::generate::Truth;

/// Conditions of a diagnosis: text, and whether a measurement can decide it both ways.
pub const SEEN: &[&str] = &[
    "lag() > 10.0",
    "errors() > 5.0",
    "not w.ready",
    "web.ready < web.replicas",
    "w.restarts > 3",
    "high(lag())",
    "high(errors(), than: 5.0)",
    "matched(pod)",
];

/// What only words, clocks and constants decide.
pub const WORDS: &[&str] = &[
    "note == \"now\"",
    "note != \"never\"",
    "now() > 2020-01-01T00:00Z",
    "w.restarts >= 0",
    "[web] is not empty",
    "count(p for p in [w]) == 1",
    "web.name == \"web\"",
    "w.restarts - w.restarts == 0",
    "either(note, lag())",
    "hidden(note)",
    "1 < 2",
    "matched(note)",
    "high(1.0, than: 0.5)",
    "said.out == \"now\"",
    "any(q.name == note or q.name == \"w-1\" for q in [w])",
    "any(note == \"now\" or not q.ready for q in [w])",
    "[q for q in [w] where note == \"now\"] is not empty",
    "wide(note)",
];

pub const PROOFS: &[(&str, Truth)] = &[
    ("lag() < 1.0", Truth::Below("queue_lag", 1)),
    ("errors() < 1.0", Truth::Below("http_errors", 1)),
    ("w.ready", Truth::Ready("w-1")),
    ("web.ready == web.replicas", Truth::AllReady("web")),
];

pub const NO_PROOFS: &[&str] = &[
    "web.ready == web.ready",
    "1 < 2",
    "now() > 2020-01-01T00:00Z",
    "web.name == \"web\"",
    "lag() < 1.0 or lag() >= 1.0",
    "w.restarts >= 0",
    "not any(not p.ready for p in k8s.pods(\"empty\"))",
    "count(p for p in k8s.pods(\"empty\") where not p.ready) == 0",
    "[p for p in k8s.pods(\"empty\") where not p.ready] is empty",
    "calm() < 1.0",
];

pub const UNDOS: &[&str] = &[
    " undo { do k8s.scale(web, to: 3) }",
    " undo { do k8s.scale(web, to: 3) }",
    " undo { do k8s.scale(web, to: 3) }",
    " waive undo \"more do no harm\"",
    " undo { let x = 1 }",
    " undo { do k8s.rollout_restart(web) }",
    " undo { do k8s.scale(web, to: 5) }",
    " undo { if lag() > 1_000_000.0 { do k8s.scale(web, to: 3) } }",
    " undo { do k8s.scale(api, to: 3) }",
    " undo { do k8s.scale(web, to: k8s.replicas(web)) }",
    " waive undo \" \"",
    "",
];

/// What an amount may be, and what is none.
pub const AMOUNTS: &[&str] = &[
    "5",
    "5",
    "5",
    "clamp(w.restarts, 4, 6)",
    "min(w.restarts, 6)",
];

/// What a program is started with, behind its name.
pub const ARGUMENTS: &[&str] = &[
    "\"/x\"",
    "m.name",
    "note",
    "out",
    "\"${w.restarts}\"",
    "\"${some}\"",
    "last(note)",
    "(if note == \"now\" then \"/x\" else \"/y\")",
];

/// Names of one deployment.
pub const WEB: &[&str] = &["web", "web", "web", "web", "same", "both[0]"];

/// The functions, probes and actions that each program has. `hidden` and `matched` hide an `or`.
pub const DECLARED: &str = "use std.{exec, gitops, host, k8s, prom}

fn either(id: String, x: Float) -> Bool = id == \"now\" or x > 1_000_000.0
fn high(x: Float, than: Float = 10.0) -> Bool = x > than
probe hidden(id: String) -> Bool {
  let x = prom.value(promql\"sum(queue_lag)\")
  if id == \"now\" { return x > -1.0 }
  return x > 10.0
}
probe matched(id: String) -> Bool {
  let x = prom.value(promql\"sum(queue_lag)\")
  match id {
    \"now\" -> return true
    _ -> return x > 10.0
  }
}
probe calm() -> Float {
  let x = prom.value(promql\"sum(http_errors)\") else no_data 0.0
  return x
}
action inner(d: k8s.Deployment) changes d { do k8s.rollout_restart(d) }
action outer(d: k8s.Deployment) changes d { do inner(d) }
";
