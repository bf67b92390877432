//! From a typed runbook to its graph.
//!
//! The text is walked once, top down. What has begun and leads on is a list of open ends: each next box
//! closes them. What leaves for elsewhere (a finding, novel, a failed verify) is kept until that place
//! has its box. So there are as many boxes as the text has lines, whatever paths lead through them.

mod act;
mod head;
mod statement;
mod words;

use std::collections::BTreeMap;

use super::{Edge, Graph, Kind, MOST, Node};
use crate::program::manifest::Manifest;
use crate::text::Sources;
use crate::typed::{
    Block, Body, CallExpr, Callee, ExprKind, ExternKind, FindingId, FunctionKind, Local,
    OtherwiseOf, Package, Runbook,
};

/// The most lines of a box; the last one says how many more there would be.
const LINES: usize = 20;

/// The graph of a runbook of a sound package.
pub fn graph(
    package: &Package,
    runbook: &Runbook,
    manifest: &Manifest,
    sources: &Sources,
) -> Graph {
    let mut flow = Flow {
        package,
        runbook,
        manifest,
        sources,
        graph: Graph {
            title: runbook.name.to_string(),
            nodes: Vec::new(),
            edges: Vec::new(),
        },
        part: Part::Diagnosis,
        locals: &[],
        closed: 0,
        found: BTreeMap::new(),
        novel: Vec::new(),
        inconclusive: Vec::new(),
        failed: Vec::new(),
        handed: BTreeMap::new(),
    };
    flow.whole();
    flow.graph
}

/// An arrow that has begun and leads to the next box.
#[derive(Clone, Debug)]
struct Open {
    from: usize,
    label: String,
}

impl Open {
    /// The same with more to say.
    fn and(self, words: &str) -> Open {
        let label = match self.label.as_str() {
            "" => words.to_owned(),
            label => format!("{label}: {words}"),
        };
        Open { label, ..self }
    }
}

/// Where a failure leads, where it is not to a human at once.
#[derive(Clone, Debug)]
enum Failed {
    /// To the next attempt.
    Next(Vec<Open>),
    /// To the next element of the loop, and to a human behind it.
    GoesOn,
}

/// Which rules hold for the lines that are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Diagnosis,
    /// A remedy, or steps.
    Acting,
    Otherwise,
}

struct Flow<'a> {
    package: &'a Package,
    runbook: &'a Runbook,
    manifest: &'a Manifest,
    sources: &'a Sources,
    graph: Graph,
    part: Part,
    /// Those of the body that is walked.
    locals: &'a [Local],
    /// How many open ends were closed or put aside.
    closed: usize,
    found: BTreeMap<FindingId, Vec<Open>>,
    novel: Vec<Open>,
    inconclusive: Vec<Open>,
    /// What is told of a failure in each attempt and loop that is walked, the innermost last.
    failed: Vec<Failed>,
    /// The boxes of the remedy that is walked where a human takes over, by why.
    handed: BTreeMap<String, usize>,
}

impl<'a> Flow<'a> {
    fn whole(&mut self) {
        let head = self.head();
        let head = self.one(head);
        if let Some(body) = &self.runbook.diagnose {
            self.diagnosis(body, head.clone());
        }
        let runbook = self.runbook;
        for remedy in &runbook.remedies {
            let found = remedy.finding.and_then(|id| self.found.remove(&id));
            if let Some(open) = found {
                let params = &remedy.body.locals[..remedy.params as usize];
                let line = words::called("remedy", &remedy.name, params);
                let node = self.put(Kind::Remedy, vec![line], open);
                self.remedy(&remedy.body, node);
            }
        }
        if let Some(body) = &self.runbook.steps {
            let node = self.put(Kind::Part, vec!["steps".to_owned()], head.clone());
            self.remedy(body, node);
        }
        self.unfound(head);
    }

    fn diagnosis(&mut self, body: &'a Body, open: Vec<Open>) {
        let node = self.put(Kind::Part, vec!["diagnose".to_owned()], open);
        if self.observes(&body.block) {
            let fails = self.labelled(node, "an observation fails");
            self.inconclusive.extend(fails);
        }
        let open = self.body(Part::Diagnosis, body, node);
        self.novel.extend(open);
    }

    fn remedy(&mut self, body: &'a Body, node: usize) {
        self.handed.clear();
        let open = self.body(Part::Acting, body, node);
        if !open.is_empty() {
            self.put(Kind::Resolved, vec!["resolved".to_owned()], open);
        }
    }

    fn body(&mut self, part: Part, body: &'a Body, node: usize) -> Vec<Open> {
        self.part = part;
        self.locals = &body.locals;
        let open = self.one(node);
        self.block(&body.block, open)
    }

    /// What follows where nothing is found, as the runbook says it or as it is if it says nothing.
    fn unfound(&mut self, head: Vec<Open>) {
        let runbook = self.runbook;
        let clauses = &runbook.otherwise;
        let of = |of: OtherwiseOf| clauses.iter().position(|clause| clause.of == of);
        let mut next: BTreeMap<usize, Vec<Open>> = BTreeMap::new();
        let systemic = of(OtherwiseOf::Systemic).map(|clause| {
            let head = head.into_iter();
            let open = head.map(|open| open.and("several products fail together"));
            (Kind::Systemic, "systemic", open.collect(), Some(clause))
        });
        let both = of(OtherwiseOf::Both);
        let novel = std::mem::take(&mut self.novel);
        let inconclusive = std::mem::take(&mut self.inconclusive);
        let all = [
            (
                Kind::Novel,
                "novel: no known cause fits",
                novel,
                of(OtherwiseOf::Novel).or(both),
            ),
            (
                Kind::Inconclusive,
                "inconclusive: it cannot be told",
                inconclusive,
                of(OtherwiseOf::Inconclusive).or(both),
            ),
        ];
        for (kind, line, open, clause) in all.into_iter().chain(systemic) {
            if open.is_empty() {
                continue;
            }
            let mut lines = vec![line.to_owned()];
            if clause.is_none() {
                lines.push(format!("pages {}", self.owner()));
            }
            let node = self.put(kind, lines, open);
            if let Some(clause) = clause {
                let open = self.labelled(node, "otherwise");
                next.entry(clause).or_default().extend(open);
            }
        }
        for (clause, open) in next {
            let body = &runbook.otherwise[clause].body;
            self.part = Part::Otherwise;
            self.locals = &body.locals;
            self.handed.clear();
            let open = self.block(&body.block, open);
            self.hand("nothing more is said", open);
        }
    }

    /// A box behind these open ends, or the one in place of all that does not fit.
    fn put(&mut self, kind: Kind, mut lines: Vec<String>, open: Vec<Open>) -> usize {
        if lines.len() > LINES {
            let more = lines.len() - LINES + 1;
            lines.truncate(LINES - 1);
            lines.push(format!("… and {more} more"));
        }
        let index = self.graph.nodes.len().min(MOST - 1);
        if index + 1 < MOST {
            self.graph.nodes.push(Node { kind, lines });
        } else if self.graph.nodes.len() < MOST {
            let kind = Kind::Cut;
            let lines = vec![format!("the rest is left out: {MOST} boxes are the most")];
            self.graph.nodes.push(Node { kind, lines });
        }
        self.close(index, open);
        index
    }

    /// Leads these open ends to a box that is there.
    fn close(&mut self, to: usize, open: Vec<Open>) {
        for Open { from, label } in open {
            self.closed += 1;
            let edge = Edge { from, to, label };
            if !self.is_cut(from) {
                self.graph.edges.push(edge);
            }
        }
    }

    fn is_cut(&self, node: usize) -> bool {
        self.graph.nodes[node].kind == Kind::Cut
    }

    /// An end behind which there is nothing, if anything leads to it.
    fn end(&mut self, kind: Kind, lines: Vec<String>, open: Vec<Open>) -> Vec<Open> {
        if !open.is_empty() {
            self.put(kind, lines, open);
        }
        Vec::new()
    }

    /// A human takes over, for this reason.
    fn hand(&mut self, why: &str, open: Vec<Open>) {
        if open.is_empty() {
            return;
        }
        match self.handed.get(why) {
            Some(node) => self.close(*node, open),
            None => {
                let lines = vec![format!("handed to {}", self.owner()), why.to_owned()];
                let node = self.put(Kind::Handed, lines, open);
                self.handed.insert(why.to_owned(), node);
            }
        }
    }

    fn one(&self, from: usize) -> Vec<Open> {
        self.labelled(from, "")
    }

    fn labelled(&self, from: usize, label: &str) -> Vec<Open> {
        let label = label.to_owned();
        vec![Open { from, label }]
    }

    /// Whether it asks the world anything.
    fn observes(&self, block: &Block) -> bool {
        let mut observes = false;
        block.for_each_expr(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind {
                observes |= self.is_observation(call);
            }
        });
        observes
    }

    fn is_observation(&self, call: &CallExpr) -> bool {
        match call.callee {
            Callee::Builtin(_) => false,
            Callee::Extern(id) => match self.package.externs[id.index()].kind {
                ExternKind::Probe => true,
                ExternKind::Fn | ExternKind::Action(_) => false,
            },
            Callee::Function(id) => match self.package.functions[id.index()].kind {
                FunctionKind::Probe | FunctionKind::Watch(_) => true,
                FunctionKind::Fn | FunctionKind::Action { .. } => false,
            },
        }
    }
}
