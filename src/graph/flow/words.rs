//! The words of boxes and arrows: as they are written where that is short, on one line, nothing hidden.

use super::Flow;
use crate::syntax::without_comments;
use crate::text::Span;
use crate::typed::{
    ArmPattern, Expr, LabelCondition, LabelTest, Local, LocalId, Missed, Retry, RoleId, Trigger,
    TriggerKind,
};
use crate::value::{Value, escape_text};

/// The longest words of a source, in characters.
const SHOWN: usize = 60;

/// The longest line of a box.
const LINE: usize = 120;

/// `remedy bad_deploy(web, deploy)`
pub fn called(what: &str, name: &str, params: &[Local]) -> String {
    let names: Vec<&str> = params.iter().map(|local| local.name.as_str()).collect();
    match names.as_slice() {
        [] => line(&format!("{what} {name}")),
        names => line(&format!("{what} {name}({})", names.join(", "))),
    }
}

/// A line of a box.
pub fn line(text: &str) -> String {
    escape_text(text, LINE)
}

/// Words that the author wrote as a text.
pub fn said(text: &str) -> String {
    escape_text(text, SHOWN)
}

pub fn retry(retry: Retry) -> String {
    format!("retry {} every {}", retry.times, retry.every)
}

/// Several lines as one, as if they had never been broken.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for next in text.lines().map(str::trim).filter(|next| !next.is_empty()) {
        let closes = next.starts_with([')', ']']);
        if closes && line.ends_with(',') {
            line.pop();
        }
        if !line.is_empty() && !closes && !line.ends_with(['(', '[']) {
            line.push(' ');
        }
        line.push_str(next);
    }
    line
}

/// `service == "web"`
fn label(condition: &LabelCondition) -> String {
    let LabelCondition { label, test } = condition;
    match test {
        LabelTest::Present => label.to_string(),
        LabelTest::Equal(value) => format!("{label} == {value}"),
        LabelTest::NotEqual(value) => format!("{label} != {value}"),
        LabelTest::In(values) => {
            let values: Vec<String> = values.iter().map(Value::to_string).collect();
            format!("{label} in [{}]", values.join(", "))
        }
        LabelTest::Matches(pattern) => format!("{label} ~ {pattern:?}"),
    }
}

impl Flow<'_> {
    /// A piece of the source on one line, shortened where one can see it.
    pub(super) fn words(&self, span: Span) -> String {
        said(&one_line(&without_comments(self.sources.slice(span))))
    }

    /// Of a line that tells somebody something, without the `else` that it may stand behind.
    pub(super) fn told(&self, span: Span) -> String {
        let line = one_line(&without_comments(self.sources.slice(span)));
        let mut line = line.as_str();
        for word in ["else ", "no_data ", "failed "] {
            line = line.strip_prefix(word).unwrap_or(line);
        }
        said(line)
    }

    /// A condition behind what it is for.
    pub(super) fn asked(&self, word: &str, expr: &Expr) -> String {
        format!("{word} {}", self.words(expr.span))
    }

    pub(super) fn local(&self, local: LocalId) -> String {
        let local = self.locals.get(local.index());
        local.map_or_else(String::new, |local| local.name.to_string())
    }

    pub(super) fn roles(&self, roles: &[RoleId]) -> String {
        let names = roles.iter().map(|role| {
            let role = &self.package.roles[role.index()];
            match &role.of {
                Some(of) => format!("{of}.{}", role.name),
                None => role.name.to_string(),
            }
        });
        let names: Vec<String> = names.collect();
        names.join(", ")
    }

    /// Who has the duty where the runbook names nobody.
    pub(super) fn owner(&self) -> String {
        let product = self.runbook.product;
        let owner = product.and_then(|id| self.package.products[id.index()].owner);
        owner.map_or_else(|| "the owner".to_owned(), |owner| self.roles(&[owner]))
    }

    pub(super) fn pattern(&self, pattern: &ArmPattern) -> String {
        match pattern {
            ArmPattern::Any => "anything else".to_owned(),
            ArmPattern::None => "none".to_owned(),
            ArmPattern::Some(local) => format!("some {}", self.local(*local)),
            ArmPattern::Value(value) => said(&value.to_string()),
        }
    }

    /// The lines of a trigger.
    pub(super) fn trigger(&self, trigger: &Trigger) -> Vec<String> {
        let first = match &trigger.kind {
            TriggerKind::Alert { name } => format!("on alert {:?}", name.as_str()),
            TriggerKind::Event { record } => {
                format!("on event {}", self.package.records[record.index()].name)
            }
            TriggerKind::Schedule { cron, zone, missed } => {
                let zone = zone.as_deref().unwrap_or("UTC");
                let missed = match missed {
                    Missed::Skip => "skipped".to_owned(),
                    Missed::Once => "run once".to_owned(),
                    Missed::OnceWithin(within) => format!("run once within {within}"),
                };
                format!("on schedule \"{cron}\" in {zone}, missed ones {missed}")
            }
            TriggerKind::Request { params, by } => {
                let names = params.iter().filter_map(|id| {
                    let binding = self.runbook.bindings.get(id.index())?;
                    Some(binding.name.as_str())
                });
                let names: Vec<&str> = names.collect();
                let by = by.map_or_else(|| "anybody".to_owned(), |role| self.roles(&[role]));
                format!("on request({}) by {by}", names.join(", "))
            }
        };
        let mut lines = vec![line(&first)];
        if !trigger.labels.is_empty() {
            let labels: Vec<String> = trigger.labels.iter().map(label).collect();
            lines.push(line(&format!("with {}", labels.join(", "))));
        }
        let conditions = trigger.conditions.iter();
        lines.extend(conditions.map(|condition| self.asked("where", condition)));
        lines.extend(trigger.holding.map(|holding| format!("holding {holding}")));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_lines_are_joined() {
        assert_eq!(one_line("f(\n  a,\n  b: 2,\n)"), "f(a, b: 2)");
        assert_eq!(one_line("a and\n    \"x  y\""), "a and \"x  y\"");
    }
}
