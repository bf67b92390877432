//! The lines of `blast`: constant bounds, and what lowers them at run time.
//!
//! In: the lines. Out: bounds and caps of the runbook's row.

use smol_str::SmolStr;

use super::super::expr::{Elaborator, Place};
use super::super::state::Checker;
use super::super::types::{is_broken, symbol_kind};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, BlastLineKind as Line, Ident, Path};
use crate::text::Span;
use crate::typed::{
    BlastLine, BlastPer, Callee, Cap, CapKind, Expr, ExprKind, ExternKind, FunctionKind, Least,
    NameKind, Population, RunbookId, Symbol, TargetId, Type, WindowId,
};
use crate::value::{Percent, Value};

impl Checker<'_> {
    /// One line of a `blast` block.
    pub fn blast_line(&mut self, id: RunbookId, line: &tree::BlastLine) {
        let span = line.span;
        let kind = match &line.kind {
            Line::Missing => None,
            Line::AtMost { count, target, per } => {
                if let Some(found) = self.bound(id, count, target, per, span) {
                    self.add_limit(id, found);
                }
                return;
            }
            Line::Share { share, population } => self.share_cap(id, share, population),
            Line::Keep {
                least,
                field,
                population,
            } => self.keep_cap(id, least, field, population),
            Line::PerDomain {
                count,
                target,
                domain,
                window,
            } => self.per_domain(id, count, (target, domain), window),
            Line::DomainsAtOnce {
                count,
                domain,
                target,
            } => self.domains_at_once(id, count, (target, domain)),
            Line::Pause(name) => self.window_named(id, name).map(CapKind::Pause),
            Line::Only(name) => self.window_named(id, name).map(CapKind::Only),
        };
        if let Some(kind) = kind {
            let words = on_one_line(self.text(span));
            let cap = Cap { kind, words, span };
            self.runbook_mut(id).caps.push(cap);
        }
    }

    /// `at most 3 k8s.Pod per 1h`
    fn bound(
        &mut self,
        id: RunbookId,
        count: &tree::Expr,
        target: &Path,
        per: &tree::BlastPer,
        span: Span,
    ) -> Option<BlastLine> {
        let file = self.draft(id).file;
        let is_share =
            matches!(count.kind, tree::ExprKind::Number) && self.text(count.span).ends_with('%');
        let count = match is_share {
            true => self.say_share_of_type(count.span),
            false => self.count(file, count, "at most"),
        };
        let per = match per {
            tree::BlastPer::Run => Some(BlastPer::Run),
            tree::BlastPer::AtOnce => Some(BlastPer::AtOnce),
            tree::BlastPer::Window(time) => self.duration(file, time, "per").map(BlastPer::Window),
        };
        let target = self.counted_type(id, target);
        Some(BlastLine {
            count: count?,
            target: target?,
            per: per?,
            span,
        })
    }

    /// `at most 20% k8s.Pod`: of all that there are, it would say.
    fn say_share_of_type(&mut self, span: Span) -> Option<u32> {
        let message = "a type has no number of targets to take a share of";
        let found = Diagnostic::new(Code::TypeMismatch, message, span, "a share of what?");
        self.say(
            found.help("a share is one of a population: `at most 20% of k8s.pods(namespace)`"),
        );
        None
    }

    /// `at most 20% of k8s.pods(namespace)`
    fn share_cap(
        &mut self,
        id: RunbookId,
        share: &tree::Expr,
        population: &tree::Expr,
    ) -> Option<CapKind> {
        let file = self.draft(id).file;
        let found = self.constant(file, share, &Type::Percent, "at most");
        let share = match found {
            Some(Value::Percent(found)) => self.share(found, "at most", share.span),
            _ => None,
        };
        let population = self.population(id, population);
        Some(CapKind::Share {
            share: share?,
            population: population?,
        })
    }

    /// `keep at least 2 ready of k8s.pods(namespace)`
    fn keep_cap(
        &mut self,
        id: RunbookId,
        least: &tree::Expr,
        field: &Ident,
        population: &tree::Expr,
    ) -> Option<CapKind> {
        let least = self.least(id, least);
        let population = self.population(id, population)?;
        let field = self.floor_field(id, field, population.target);
        Some(CapKind::Keep {
            least: least?,
            field: field?,
            population,
        })
    }

    /// A count, or a share of the population.
    fn least(&mut self, id: RunbookId, tree: &tree::Expr) -> Option<Least> {
        const WORDS: &str = "keep at least";
        let file = self.draft(id).file;
        let mut elaborator = Elaborator::new(self, file, Place::Clause);
        let expr = elaborator.expr(tree, None);
        match expr.ty {
            Type::Percent => match self.evaluate_or_say(&expr, &format!("`{WORDS}`"))? {
                Value::Percent(share) => self.share(share, WORDS, tree.span).map(Least::Share),
                _ => None,
            },
            Type::Error => None,
            // What is no number is told as for every other count.
            _ => self.count(file, tree, WORDS).map(Least::Count),
        }
    }

    /// A share that leaves something to do, and no more than there is.
    fn share(&mut self, share: Percent, words: &str, span: Span) -> Option<Percent> {
        if share > Percent::default() && share <= Percent::WHOLE {
            return Some(share);
        }
        let message = format!("`{words}` takes a share above 0%, and up to 100%");
        let label = format!("this is {share}");
        self.say(Diagnostic::new(Code::BoundOutOfRange, message, span, label));
        None
    }

    /// `at most 3 k8s.Pod per k8s.Namespace per 1h`
    fn per_domain(
        &mut self,
        id: RunbookId,
        count: &tree::Expr,
        (target, domain): (&Path, &Path),
        window: &tree::Expr,
    ) -> Option<CapKind> {
        let file = self.draft(id).file;
        let count = self.count(file, count, "at most");
        let window = self.duration(file, window, "per");
        let (target, domain) = self.domain_of(id, target, domain)?;
        Some(CapKind::PerDomain {
            count: count?,
            target,
            domain,
            window: window?,
        })
    }

    /// `at most 1 k8s.Namespace of k8s.Pod at once`
    fn domains_at_once(
        &mut self,
        id: RunbookId,
        count: &tree::Expr,
        (target, domain): (&Path, &Path),
    ) -> Option<CapKind> {
        let file = self.draft(id).file;
        let count = self.count(file, count, "at most");
        let (target, domain) = self.domain_of(id, target, domain)?;
        Some(CapKind::DomainsAtOnce {
            count: count?,
            domain,
            target,
        })
    }

    /// A target type and a failure domain that its targets lie in.
    fn domain_of(
        &mut self,
        id: RunbookId,
        target: &Path,
        domain: &Path,
    ) -> Option<(TargetId, TargetId)> {
        let (of, span) = (self.counted_type(id, target), domain.span);
        let domain = self.counted_type(id, domain);
        let (of, domain) = (of?, domain?);
        let row = &self.package.targets[of.index()];
        let mut path = self.target_path(of);
        path.retain(|step| *step != of);
        let by_field = row
            .fields
            .iter()
            .any(|field| field.ty == Type::Target(domain));
        if path.contains(&domain) || by_field {
            return Some((of, domain));
        }
        let (inner, outer) = (&row.name, &self.package.targets[domain.index()].name);
        let message = format!("a `{inner}` does not lie in a `{outer}`");
        let found = Diagnostic::new(Code::NoFailureDomain, message, span, "no failure domain");
        let fields = row.fields.iter().filter_map(|field| match field.ty {
            Type::Target(id) => Some(id),
            _ => None,
        });
        let all: Vec<String> = path
            .iter()
            .copied()
            .chain(fields)
            .map(|id| format!("`{}`", self.package.targets[id.index()].name))
            .collect();
        let help = match all.is_empty() {
            true => format!("it is not known what a `{inner}` lies in: leave the line out"),
            false => format!("it lies in: {}", all.join(", ")),
        };
        self.say(found.help(help));
        None
    }

    /// The target type that a line counts.
    fn counted_type(&mut self, id: RunbookId, path: &Path) -> Option<TargetId> {
        if path.name.text.is_empty() {
            return None;
        }
        let file = self.draft(id).file;
        match self.type_member(file, path)?.symbol {
            Symbol::Target(target) => Some(target),
            other => {
                let what = symbol_kind(other);
                let message = format!("`{}` is {what}, not a target type", path.name.text);
                let found = Diagnostic::new(
                    Code::WrongKindOfName,
                    message,
                    path.span,
                    "nothing to count",
                );
                let name = &path.name.text;
                let called = self
                    .package
                    .targets
                    .iter()
                    .map(|target| target.name.to_string());
                let target = called.into_iter().find(|called| {
                    let last = called.rsplit('.').next();
                    last.is_some_and(|last| last.eq_ignore_ascii_case(name))
                });
                let found = match target {
                    Some(target) => {
                        let last = target.rsplit('.').next().unwrap_or_default().to_owned();
                        found.help(format!("the type of target is `{target}`")).fix(
                            format!("write `{last}`"),
                            path.name.span,
                            last,
                        )
                    }
                    None => found.help("a limit counts a type of target, such as `k8s.Pod`"),
                };
                self.say(found);
                None
            }
        }
    }

    /// The call of a probe that lists targets, before anything is looked at.
    fn population(&mut self, id: RunbookId, tree: &tree::Expr) -> Option<Population> {
        let mut elaborator = Elaborator::of_runbook(self, id, Place::Clause);
        let call = elaborator.expr(tree, None);
        let mut broken = is_broken(&call.ty);
        call.for_each(&mut |part| broken |= matches!(part.kind, ExprKind::Error));
        if broken {
            return None;
        }
        if !self.calls_probe(&call) {
            let message = "a population is the call of a probe that lists targets";
            let found = Diagnostic::new(
                Code::WrongKindOfName,
                message,
                call.span,
                "not the call of a probe",
            );
            self.say(found.help("for example `k8s.pods(namespace)`"));
            return None;
        }
        let target = match &call.ty {
            Type::List(element) => match **element {
                Type::Target(target) => Some(target),
                _ => None,
            },
            _ => None,
        };
        if target.is_none() {
            let have = self.type_name(&call.ty);
            let message = format!("expected a list of targets, found `{have}`");
            let label = "a population is a list of targets of one type";
            let found = Diagnostic::new(Code::TypeMismatch, message, call.span, label);
            self.say(found.help("for example `k8s.pods(namespace)`"));
        }
        let fixed = self.arguments_are_fixed(&call);
        let target = target.filter(|_| fixed)?;
        let words = on_one_line(self.text(tree.span));
        Some(Population {
            call,
            words,
            target,
        })
    }

    fn calls_probe(&self, expr: &Expr) -> bool {
        let ExprKind::Call(call) = &expr.kind else {
            return false;
        };
        match call.callee {
            Callee::Extern(id) => {
                matches!(self.package.externs[id.index()].kind, ExternKind::Probe)
            }
            Callee::Function(id) => self.function(id).kind == FunctionKind::Probe,
            Callee::Builtin(_) => false,
        }
    }

    /// Whether the population is known as soon as the trigger is: what is computed on the way
    /// could pick its own limit.
    fn arguments_are_fixed(&mut self, population: &Expr) -> bool {
        let ExprKind::Call(call) = &population.kind else {
            return true;
        };
        let whole = population.span;
        let written = |arg: &&Expr| {
            arg.span.source == whole.source
                && arg.span.start >= whole.start
                && arg.span.end <= whole.end
        };
        let args = call
            .args
            .iter()
            .chain(call.equals.iter().map(|(_, arg)| arg));
        let computed = args.filter(written).find(|arg| !self.is_fixed(arg));
        let Some(span) = computed.map(|arg| arg.span) else {
            return true;
        };
        let message = "an argument of a population is a name of the trigger or a constant";
        let found = Diagnostic::new(Code::NotConstant, message, span, "computed when it runs");
        self.say(found.help("bind it in the trigger, or write it out"));
        false
    }

    /// A constant, a name of the trigger or a field of it, or a text made of such.
    fn is_fixed(&self, arg: &Expr) -> bool {
        match &arg.kind {
            ExprKind::Error | ExprKind::Trigger(_) | ExprKind::RecordKind(_) => true,
            // Of a target only the key is known without a look at it.
            ExprKind::Field { base, field } => {
                let is_seen = matches!(base.ty, Type::Target(_)) && *field > 0;
                !is_seen && self.is_fixed(base)
            }
            ExprKind::Wrap(inner) => self.is_fixed(inner),
            ExprKind::Template { template: _, holes } => {
                holes.iter().all(|hole| self.is_fixed(hole))
            }
            _ => self.evaluate(arg).is_ok(),
        }
    }

    /// The field that a floor counts by, by its index.
    fn floor_field(&mut self, id: RunbookId, name: &Ident, of: TargetId) -> Option<u16> {
        if name.text.is_empty() {
            return None;
        }
        let fields = &self.package.targets[of.index()].fields;
        let Some(at) = fields.iter().position(|field| field.name == name.text) else {
            let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let near = nearest(name.as_str(), all.iter().copied()).map(str::to_owned);
            let all = all.join(", ");
            let mut elaborator = Elaborator::of_runbook(self, id, Place::Clause);
            elaborator.say_unknown_field(&Type::Target(of), name, near, &all);
            return None;
        };
        let (ty, declared) = (fields[at].ty.clone(), fields[at].span);
        self.refer(name.span, NameKind::Field, declared);
        if ty == Type::Bool {
            return u16::try_from(at).ok();
        }
        let have = self.type_name(&ty);
        let message = format!("expected `Bool`, found `{have}`");
        let label = "those are kept for which this field is true";
        let found = Diagnostic::new(Code::TypeMismatch, message, name.span, label);
        self.say(found.and(declared, format!("this is `{have}`")));
        None
    }

    /// The window of that name.
    fn window_named(&mut self, id: RunbookId, name: &Ident) -> Option<WindowId> {
        let file = self.draft(id).file;
        self.window(file, name)
    }
}

/// A limit as the formatter writes it when there is room: what it says is part of the program, and
/// neither folding nor a comment may change that.
fn on_one_line(text: &str) -> SmolStr {
    let mut line = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let (mut in_text, mut gap) = (false, false);
    while let Some(letter) = letters.next() {
        if in_text {
            line.push(letter);
            match letter {
                '\\' => line.extend(letters.next()),
                '"' => in_text = false,
                _ => {}
            }
            continue;
        }
        if letter.is_whitespace() {
            gap = true;
        } else if letter == '/' && letters.peek() == Some(&'/') {
            letters.by_ref().find(|letter| *letter == '\n');
            gap = true;
        } else {
            let closes = matches!(letter, ')' | ']' | ',' | ':');
            if closes && letter != ',' && line.ends_with(',') {
                line.pop();
            }
            let parted = gap && !line.ends_with(['(', '[']) || line.ends_with([',', ':']);
            if parted && !closes {
                line.push(' ');
            }
            line.push(letter);
            (in_text, gap) = (letter == '"', false);
        }
    }
    line.into()
}

#[cfg(test)]
mod tests {
    use super::on_one_line;

    #[test]
    fn folding_and_comments_are_not_part_of_a_limit() {
        let folded = "at most 20%  of k8s.pods( // \"why\"\n  namespace :\"a // b\",\n  x,y,\n)";
        let line = "at most 20% of k8s.pods(namespace: \"a // b\", x, y)";
        assert_eq!(on_one_line(folded), line);
        assert_eq!(on_one_line(line), line);
    }
}
