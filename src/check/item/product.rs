//! Roles, secrets, products: who is told, what is owned.
//!
//! In: their items. Out: their rows; `owns` calls of lookups become patterns over identities.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::super::expr::{Callee, Elaborator, Place};
use super::super::names::FileId;
use super::super::state::Checker;
use super::super::types::symbol_kind;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{
    self, ChainLink, Ident, PlainText, ProductClauseKind as Clause, ProductItem, RoleItem,
    SecretItem,
};
use crate::text::Span;
use crate::typed::{
    ChainWait, Expr, ExprKind, ExternId, OwnsPattern, ProductId, RoleId, RoleKind, Symbol,
    TargetId, Type,
};
use crate::value::Value;

impl Checker<'_> {
    /// `role platform = group "okta:sre" at least 4`
    pub fn resolve_role(&mut self, file: FileId, item: &RoleItem, id: RoleId) {
        let kind = match item.kind.as_str() {
            "rota" => RoleKind::Rota,
            "group" => RoleKind::Group,
            "person" => RoleKind::Person,
            // The parser takes nothing else, and has said so.
            _ => RoleKind::Rota,
        };
        let at_least = match &item.at_least {
            Some(count) => self.count(file, count, "at least"),
            None => None,
        };
        if let (Some(count), "person") = (&item.at_least, item.kind.as_str()) {
            let message = "a person is one, whatever is asked for";
            let found = Diagnostic::new(Code::ClauseConflict, message, count.span, "never more");
            self.say(found.help("`at least` belongs to a group: `group \"okta:sre\" at least 4`"));
        }
        self.refuse_empty(&item.address, "the role has no address");
        let row = &mut self.package.roles[id.index()];
        row.kind = kind;
        row.address = item.address.text.clone();
        row.at_least = at_least;
    }

    /// `secret token = vault "kv/acme"`
    pub fn check_secret(&mut self, item: &SecretItem) {
        self.refuse_empty(&item.address, "the secret has no address");
    }

    fn refuse_empty(&mut self, text: &PlainText, message: &str) {
        if text.text.trim().is_empty() && text.span.len() > 1 {
            self.say(Diagnostic::new(
                Code::EmptyName,
                message,
                text.span,
                "nothing is named",
            ));
        }
    }

    /// The clauses of a product.
    pub fn resolve_product(&mut self, file: FileId, item: &ProductItem, id: ProductId, span: Span) {
        let mut chain = None;
        let mut broken = false;
        for clause in &item.clauses {
            match &clause.kind {
                Clause::Missing => broken = true,
                Clause::Owner(name) => {
                    let owner = self.role(file, name);
                    broken |= owner.is_none();
                    self.package.products[id.index()].owner = owner;
                }
                Clause::Chain(links) => {
                    // Who is not known stands in it all the same.
                    chain = Some((clause.span, links.len()));
                    self.resolve_chain(file, links, id);
                }
                Clause::Owns(patterns) => {
                    for pattern in patterns {
                        let found = self.owns_pattern(file, pattern);
                        self.package.products[id.index()].owns.extend(found);
                    }
                }
                Clause::Zone(zone) => {
                    let zone = self.zone(zone);
                    self.package.products[id.index()].zone = zone;
                }
            }
        }
        self.check_clauses_twice(item);
        let _ = span;
        if self.package.products[id.index()].owner.is_none() && !broken {
            let message = format!("the product `{}` has no owner", item.name.text);
            let found = Diagnostic::new(
                Code::MissingClause,
                message,
                item.name.span,
                "`owner` is missing",
            );
            self.say(found.help("say who is told about what is new: `owner builder`"));
        }
        if let Some((span, 1)) = chain {
            let message = "the chain has one link only";
            let found = Diagnostic::new(Code::ShortChain, message, span, "nobody stands behind it");
            self.say(found.help("name who is paged when the first does not answer: `chain builder for 5m, platform until acknowledged`"));
        }
    }

    fn check_clauses_twice(&mut self, item: &ProductItem) {
        let mut seen = BTreeSet::new();
        for clause in &item.clauses {
            let word = match &clause.kind {
                Clause::Missing | Clause::Owns(_) => continue,
                Clause::Owner(_) => "owner",
                Clause::Chain(_) => "chain",
                Clause::Zone(_) => "zone",
            };
            if !seen.insert(word) {
                self.say_clause_twice(word, clause.span);
            }
        }
    }

    /// Says that a clause stands twice where one is enough.
    pub fn say_clause_twice(&mut self, word: &str, span: Span) {
        let message = format!("`{word}` is given twice");
        self.say(Diagnostic::new(
            Code::ClauseConflict,
            message,
            span,
            "said again",
        ));
    }

    fn resolve_chain(&mut self, file: FileId, links: &[ChainLink], id: ProductId) {
        for (index, link) in links.iter().enumerate() {
            let is_last = index + 1 == links.len();
            let waits = match &link.waits {
                tree::ChainWait::For(time) => match self.duration(file, time, "for") {
                    Some(time) => ChainWait::For(time),
                    None => ChainWait::Unsaid,
                },
                tree::ChainWait::UntilAcknowledged => ChainWait::UntilAcknowledged,
                tree::ChainWait::Unsaid => ChainWait::Unsaid,
            };
            if is_last && waits != ChainWait::UntilAcknowledged {
                let message = "the last of a chain is called until somebody acknowledges";
                let at = link.role.span;
                let found =
                    Diagnostic::new(Code::ClauseConflict, message, at, "the chain ends here");
                let found = found.help(format!("write `{} until acknowledged`", link.role.text));
                self.say(match waits {
                    ChainWait::Unsaid => found.fix(
                        "add `until acknowledged`",
                        at.at_end(),
                        " until acknowledged",
                    ),
                    ChainWait::For(_) | ChainWait::UntilAcknowledged => found,
                });
            }
            if !is_last && waits == ChainWait::UntilAcknowledged {
                let message = "who stands behind this one is never called";
                let at = link.role.span;
                let found = Diagnostic::new(Code::ClauseConflict, message, at, "called for ever");
                self.say(found.help("say for how long: `builder for 5m`"));
            }
            if let Some(role) = self.role(file, &link.role) {
                self.package.products[id.index()].chain.push((role, waits));
            }
        }
    }

    /// The role of that name.
    pub fn role(&mut self, file: FileId, name: &Ident) -> Option<RoleId> {
        if name.text.is_empty() {
            return None;
        }
        match self.unqualified(file, name.as_str()) {
            Some(member) => match member.symbol {
                Symbol::Role(id) => {
                    self.refer_member(name.span, member);
                    Some(id)
                }
                other => {
                    let what = symbol_kind(other);
                    let message = format!("`{}` is {what}, not a role", name.text);
                    let found =
                        Diagnostic::new(Code::WrongKindOfName, message, name.span, "nobody");
                    self.say(found.and(member.span, "declared here"));
                    None
                }
            },
            None => {
                let message = format!("there is no role `{}`", name.text);
                let found = Diagnostic::new(Code::UnknownName, message, name.span, "unknown role");
                if let Some(found) = self.nobody(&found, name) {
                    self.say(found);
                    return None;
                }
                let roles = self.package.roles.iter().map(|role| role.name.as_str());
                let near = crate::diag::near::nearest(name.as_str(), roles).map(str::to_owned);
                self.say(match near {
                    Some(near) => found.fix(format!("write `{near}`"), name.span, near),
                    None => found.help(format!("declare it: `role {} = rota \"...\"`", name.text)),
                });
                None
            }
        }
    }

    /// `expect paged nobody`: nobody is no role.
    fn nobody(&self, found: &Diagnostic, name: &Ident) -> Option<Diagnostic> {
        let nobody = crate::syntax::is_nobody(name.as_str());
        let source = &self.sources.source(name.span.source).text;
        let before = source.get(..name.span.start as usize)?;
        let led = before.trim_end().strip_suffix("paged").filter(|_| nobody)?;
        let whole = Span::new(name.span.source, led.len(), name.span.end as usize);
        let found = found.clone().help("write `expect nobody paged`");
        Some(found.fix("write `nobody paged`", whole, "nobody paged"))
    }

    /// A time zone that exists.
    pub fn zone(&mut self, zone: &PlainText) -> Option<SmolStr> {
        if jiff::tz::db().get(&zone.text).is_ok() {
            return Some(zone.text.clone());
        }
        let message = format!("there is no time zone `{}`", zone.text);
        let found = Diagnostic::new(Code::UnknownZone, message, zone.span, "unknown zone");
        let all: Vec<String> = jiff::tz::db()
            .available()
            .map(|zone| zone.to_string())
            .collect();
        let near = crate::diag::near::nearest(&zone.text, all.iter().map(String::as_str));
        self.say(match near {
            Some(near) => found.help(format!("there is `{near}`")).fix(
                format!("write `{near}`"),
                zone.span,
                format!("\"{near}\""),
            ),
            None => {
                found.help("zones have the names of the IANA database: `Europe/Helsinki`, `UTC`")
            }
        });
        None
    }

    /// `k8s.namespace("shop")`: the identities that a product owns.
    fn owns_pattern(&mut self, file: FileId, pattern: &tree::Expr) -> Option<OwnsPattern> {
        let tree::ExprKind::Call { callee, args } = &pattern.kind else {
            if !matches!(pattern.kind, tree::ExprKind::Missing) {
                self.say_no_pattern(pattern.span);
            }
            return None;
        };
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        let found = elaborator.callee(callee);
        let Callee::Extern(lookup) = found else {
            elaborator.arguments_alone(args);
            if found != Callee::Broken {
                self.say_no_pattern(pattern.span);
            }
            return None;
        };
        let target = self.target_of_lookup(lookup);
        let Some(target) = target else {
            self.say_no_pattern(pattern.span);
            return None;
        };
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        let (args, _) = elaborator.extern_arguments(lookup, args, callee.span);
        let steps = self.pattern_steps(target, &args)?;
        Some(OwnsPattern {
            steps,
            span: pattern.span,
        })
    }

    /// The target that a probe is the lookup of.
    pub fn target_of_lookup(&self, lookup: ExternId) -> Option<TargetId> {
        let found = &self.package.externs[lookup.index()];
        match found.result {
            Type::Target(id) => {
                (self.package.targets[id.index()].lookup == Some(lookup)).then_some(id)
            }
            _ => None,
        }
    }

    /// Type and key along the path of a target, from the arguments of its lookup.
    fn pattern_steps(
        &mut self,
        target: TargetId,
        args: &[Expr],
    ) -> Option<Vec<(SmolStr, SmolStr)>> {
        let path = self.target_path(target);
        let mut steps = Vec::new();
        for arg in args {
            if let ExprKind::Call(call) = &arg.kind {
                // A parent's handle, found by its own lookup.
                let crate::typed::Callee::Extern(lookup) = call.callee else {
                    self.say_no_pattern(arg.span);
                    return None;
                };
                let parent = self.target_of_lookup(lookup);
                let Some(parent) = parent else {
                    self.say_no_pattern(arg.span);
                    return None;
                };
                steps = self.pattern_steps(parent, &call.args)?;
                continue;
            }
            let key = match self.evaluate_or_say(arg, "what is owned")? {
                Value::Text(text) => SmolStr::new(text.as_str()),
                Value::Int(number) => SmolStr::new(number.to_string()),
                _ => return None,
            };
            if key.trim_end_matches('*').contains('*') || key == "*" {
                let message = "`*` stands at the end of a name only, behind its beginning";
                let found = Diagnostic::new(Code::ClauseConflict, message, arg.span, "too wide");
                self.say(found.help("`web-*` is every name that begins with `web-`"));
                return None;
            }
            let step = path.get(steps.len())?;
            let kind = self.package.targets[step.index()].name.to_string();
            steps.push((SmolStr::new(kind), key));
        }
        Some(steps)
    }

    fn say_no_pattern(&mut self, span: Span) {
        let message = "`owns` takes lookups with the names written out";
        let found = Diagnostic::new(Code::WrongKindOfName, message, span, "not a lookup");
        self.say(found.help("for example `owns k8s.namespace(\"shop\"), host.named(\"web-*\")`"));
    }
}
