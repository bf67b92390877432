//! A matcher that says a text as a regular expression, or one that everything matches.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Matcher};

pub static RULE: Rule = Rule {
    code: Code::RegexForText,
    name: "regex-for-text",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Query(expr) = node else {
        return;
    };
    let Some(tree) = cx.query(expr) else {
        return;
    };
    tree.root.for_each(&mut |part| {
        let Form::Selector(metric) = &part.kind else {
            return;
        };
        for matcher in &metric.matchers {
            let Some((what, plain)) = needless(matcher) else {
                continue;
            };
            let at = matcher.operator_at.start..matcher.value_at.end;
            let label = matcher.label.as_str();
            let message = format!("the matcher of `{label}` {what}");
            let found = Diagnostic::new(Code::RegexForText, message, tree.span(&at), "no pattern");
            out.push(match plain {
                Some(plain) => found.help(format!("write `{plain}`")).fix(
                    format!("write `{plain}`"),
                    tree.span(&matcher.operator_at),
                    plain,
                ),
                None => found.help("leave it out"),
            });
        }
    });
}

/// What is wrong with a matcher, and the operator that says it plainly.
fn needless(matcher: &Matcher) -> Option<(&'static str, Option<&'static str>)> {
    let plain = match matcher.operator.as_str() {
        "=~" => "=",
        "!~" => "!=",
        _ => return None,
    };
    let value = matcher.value.as_deref()?;
    if value == ".*" && plain == "=" {
        return Some(("matches everything", None));
    }
    let is_text = !value.contains(|c: char| r".+*?()[]{}|^$\".contains(c));
    is_text.then_some(("is a plain text", Some(plain)))
}
