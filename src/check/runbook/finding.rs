//! Findings: the sum type that `found` lines make, and the remedies that cover it exactly.
//!
//! In: `found` lines and remedies. Out: the runbook's table of findings. Types are equal at every
//! site; the first one in the source decides, unless the remedy says.

use super::super::expr::arguments::in_words;
use super::super::expr::{Elaborator, Place, Why, is_open};
use super::super::state::Checker;
use super::super::types::{holds_secret, is_broken, same};
use smol_str::SmolStr;

use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, ClauseKind, Ident};
use crate::text::Span;
use crate::typed::{Expr, Finding, FindingId, RunbookId, StmtKind, Type};

/// Findings that are built in: nobody finds them, and `otherwise` is for them.
pub const BUILT_IN: [&str; 3] = ["novel", "inconclusive", "systemic"];

impl Checker<'_> {
    /// The types that remedies write at their parameters.
    pub fn resolve_asked(&mut self, id: RunbookId) {
        let (file, item) = (self.draft(id).file, self.draft(id).item);
        for clause in &item.clauses {
            let ClauseKind::Remedy(remedy) = &clause.kind else {
                continue;
            };
            let mut asked: Vec<Option<Type>> = Vec::new();
            for param in &remedy.params {
                let ty = param.ty.as_ref();
                asked.push(ty.map(|ty| self.resolve_type(file, ty, &[])));
            }
            let name = remedy.name.text.clone();
            self.drafts[id.index()].asked.entry(name).or_insert(asked);
        }
    }

    /// The finding that a remedy is for, and the types of its parameters.
    pub fn remedy_types(
        &mut self,
        id: RunbookId,
        remedy: &tree::Remedy,
    ) -> (Option<FindingId>, Vec<Type>) {
        let name = &remedy.name;
        let asked = self
            .draft(id)
            .asked
            .get(&name.text)
            .cloned()
            .unwrap_or_default();
        let findings = &self.package.runbooks[id.index()].findings;
        let at = findings.iter().position(|known| known.name == name.text);
        let found: &[Type] = at.map_or(&[], |at| &findings[at].params);
        let types = (0..remedy.params.len()).map(|index| {
            let asked = asked.get(index).cloned().flatten();
            asked
                .or_else(|| found.get(index).cloned())
                .unwrap_or(Type::Error)
        });
        let types = types.collect();
        match at {
            Some(at) => {
                let (arity, site) = (found.len(), findings[at].sites.first().copied());
                self.check_arity(remedy, arity, site);
            }
            None => self.say_never_found(id, name),
        }
        (at.map(|at| FindingId(at as u32)), types)
    }

    fn check_arity(&mut self, remedy: &tree::Remedy, arity: usize, site: Option<Span>) {
        if remedy.params.len() == arity {
            return;
        }
        let name = &remedy.name;
        let message = format!(
            "the remedy `{}` takes {}, and is found with {}",
            name.text,
            in_words(remedy.params.len()),
            in_words(arity)
        );
        let found = Diagnostic::new(Code::FindingMismatch, message, name.span, "other arguments");
        let found = found.help("what is found and its remedy have the same arguments: `found x(worker)`, `remedy x(worker) { ... }`");
        let Some(site) = site else {
            return self.say(found);
        };
        let found = found.and(site, "found here");
        let source = &self.sources.source(site.source).text;
        let given = source.get(site.end as usize..).unwrap_or_default();
        let given = given
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'));
        let plain = |name: &str| {
            let letter = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            !name.is_empty() && name.chars().all(letter)
        };
        let names = given.map(|(names, _)| names);
        let names = names.filter(|names| names.split(',').all(|name| plain(name.trim())));
        self.say(match names.filter(|_| remedy.params.is_empty()) {
            Some(names) => {
                let right = format!("({names})");
                let title = format!("write `{}{right}`", name.text);
                found.fix(title, name.span.at_end(), right)
            }
            None => found,
        });
    }

    fn say_never_found(&mut self, id: RunbookId, name: &Ident) {
        let clauses = &self.draft(id).item.clauses;
        let diagnoses = clauses
            .iter()
            .any(|clause| matches!(clause.kind, ClauseKind::Diagnose(_)));
        if name.text.is_empty() || self.draft(id).is_broken || !diagnoses {
            return;
        }
        if BUILT_IN.contains(&name.as_str()) {
            let message = format!("`{}` is built in and has no remedy", name.text);
            let found = Diagnostic::new(Code::ReservedFinding, message, name.span, "built in");
            self.say(found.help(format!("write `otherwise {} ...`", name.text)));
            return;
        }
        let message = format!("no `found` leads to the remedy `{}`", name.text);
        let found = Diagnostic::new(
            Code::RemedyWithoutFinding,
            message,
            name.span,
            "never found",
        );
        let findings = &self.package.runbooks[id.index()].findings;
        let near = nearest(
            name.as_str(),
            findings.iter().map(|known| known.name.as_str()),
        );
        let near = near.map(str::to_owned);
        if near.as_ref().is_some_and(|near| !self.has_remedy(id, near)) {
            // Told where it is found.
            return;
        }
        self.say(match near {
            Some(near) => found.help(format!("there is a finding `{near}`")).fix(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None => found.help("find it in `diagnose`, or drop the remedy"),
        });
    }

    fn has_remedy(&self, id: RunbookId, name: &str) -> bool {
        let mut clauses = self.draft(id).item.clauses.iter();
        clauses.any(|clause| match &clause.kind {
            ClauseKind::Remedy(remedy) => remedy.name.text == name,
            _ => false,
        })
    }

    /// Every finding has its remedy.
    pub fn check_coverage(&mut self, id: RunbookId) {
        let row = &self.package.runbooks[id.index()];
        let never_found: Vec<SmolStr> = row
            .remedies
            .iter()
            .filter(|remedy| row.findings.iter().all(|known| known.name != remedy.name))
            .map(|remedy| remedy.name.clone())
            .collect();
        let mut missing = Vec::new();
        for finding in &row.findings {
            let covered = row
                .remedies
                .iter()
                .any(|remedy| remedy.name == finding.name);
            if !covered {
                missing.push((finding.name.clone(), finding.sites.clone()));
            }
        }
        for (name, sites) in missing {
            let Some((first, others)) = sites.split_first() else {
                continue;
            };
            let message = format!("nothing is done about the finding `{name}`");
            let found = Diagnostic::new(Code::MissingRemedy, message, *first, "no remedy");
            let near = nearest(&name, never_found.iter().map(SmolStr::as_str));
            let found = match near {
                Some(near) => {
                    let found = found.help(format!("there is a remedy `{near}`"));
                    match others.is_empty() {
                        true => found.fix(format!("write `{near}`"), *first, near.to_owned()),
                        false => found,
                    }
                }
                None => found.help(format!(
                    "add `remedy {name}` to the runbook, even if all it does is page somebody"
                )),
            };
            let found = others
                .iter()
                .fold(found, |found, site| found.and(*site, "also found here"));
            self.say(found);
        }
    }
}

impl Elaborator<'_, '_> {
    /// `found stuck(worker)`
    pub fn found(&mut self, name: &Ident, args: &[tree::Expr]) -> StmtKind {
        let runbook = self.runbook.filter(|_| self.place == Place::Diagnose);
        let Some(id) = runbook else {
            let message = "`found` ends a diagnosis";
            let found = Diagnostic::new(Code::StatementNotHere, message, name.span, "no diagnosis");
            self.say(found.help("a finding is made in `diagnose`, before anything is done"));
            self.finding_args_alone(args);
            return StmtKind::Error;
        };
        if name.text.is_empty() {
            self.finding_args_alone(args);
            return StmtKind::Error;
        }
        if BUILT_IN.contains(&name.as_str()) {
            let message = format!("`{}` is built in and not found", name.text);
            let found = Diagnostic::new(Code::ReservedFinding, message, name.span, "built in");
            self.say(found.help(
                "falling off the end of `diagnose` is novel; a failed observation is inconclusive",
            ));
            self.finding_args_alone(args);
            return StmtKind::Error;
        }
        let findings = &self.checker.package.runbooks[id.index()].findings;
        match findings.iter().position(|known| known.name == name.text) {
            Some(at) => self.found_again(id, at, name, args),
            None => self.found_first(id, name, args),
        }
    }

    fn finding_args_alone(&mut self, args: &[tree::Expr]) {
        for arg in args {
            self.expr(arg, None);
        }
    }

    /// The first site makes the finding.
    fn found_first(&mut self, id: RunbookId, name: &Ident, trees: &[tree::Expr]) -> StmtKind {
        let asked = self.checker.draft(id).asked.get(&name.text);
        let asked = asked.cloned().unwrap_or_default();
        let mut args = Vec::with_capacity(trees.len());
        for (index, tree) in trees.iter().enumerate() {
            let arg = match asked.get(index) {
                Some(Some(ty)) => self.expr_of(tree, ty, Why::Finding(name.as_str())),
                _ => self.expr(tree, None),
            };
            args.push(self.admissible(arg));
        }
        let row = self.checker.runbook_mut(id);
        row.findings.push(Finding {
            name: name.text.clone(),
            params: args.iter().map(|arg| arg.ty.clone()).collect(),
            sites: vec![name.span],
        });
        let finding = FindingId(row.findings.len() as u32 - 1);
        self.checker.refer_finding(name.span, id, finding);
        StmtKind::Found { finding, args }
    }

    /// Every other site agrees with the first.
    fn found_again(
        &mut self,
        id: RunbookId,
        at: usize,
        name: &Ident,
        trees: &[tree::Expr],
    ) -> StmtKind {
        let finding = &mut self.checker.runbook_mut(id).findings[at];
        let params = finding.params.clone();
        let first = finding.sites.first().copied().unwrap_or(name.span);
        finding.sites.push(name.span);
        self.checker
            .refer_finding(name.span, id, FindingId(at as u32));
        let mut args = Vec::with_capacity(trees.len());
        for (index, tree) in trees.iter().enumerate() {
            let ty = params.get(index);
            let arg = self.expr(tree, ty);
            let asked = self.checker.draft(id).asked.get(&name.text);
            let asked = asked.and_then(|asked| asked.get(index).cloned().flatten());
            let arg = match (asked, ty) {
                (Some(asked), _) => self.fit(arg, &asked, Why::Finding(name.as_str())),
                (None, Some(ty)) if !same(&arg.ty, ty) => {
                    let (have, want) = (self.type_name(&arg.ty), self.type_name(ty));
                    let message = format!(
                        "`{}` is found with two types here: `{want}` and `{have}`",
                        name.text
                    );
                    let label = format!("this is `{have}`");
                    let found = Diagnostic::new(Code::FindingMismatch, message, arg.span, label);
                    self.say(found.and(first, format!("`{want}` at this place")));
                    arg
                }
                _ => arg,
            };
            args.push(arg);
        }
        if trees.len() != params.len() {
            let message = format!(
                "`{}` is found with {} here and with {} before",
                name.text,
                in_words(trees.len()),
                in_words(params.len())
            );
            let found =
                Diagnostic::new(Code::FindingMismatch, message, name.span, "other arguments");
            self.say(found.and(first, "found here first"));
            return StmtKind::Error;
        }
        let finding = FindingId(at as u32);
        StmtKind::Found { finding, args }
    }

    /// Findings carry data, targets and lists of them.
    fn admissible(&mut self, arg: Expr) -> Expr {
        if is_broken(&arg.ty) {
            return arg;
        }
        if is_open(&arg.ty) {
            return self.say_open("this", arg.span);
        }
        if holds_secret(&arg.ty) {
            self.checker.refuse_secret(&arg.ty, arg.span, "a finding");
            return super::super::expr::broken(arg.span);
        }
        let refused = matches!(
            arg.ty,
            Type::Json | Type::Handle(_) | Type::Role | Type::Range(_) | Type::RecordKind(_)
        );
        if !refused {
            return arg;
        }
        let shown = self.type_with_article(&arg.ty);
        let message = format!("a finding does not carry {shown}");
        let found = Diagnostic::new(Code::FindingMismatch, message, arg.span, "not data");
        self.say(found.help("it carries data, targets and lists of them"));
        super::super::expr::broken(arg.span)
    }
}
