//! What people bring along to a query: another language, an aggregation without its parentheses.
//!
//! In: where the query got stuck. Out: what is said, with what is written in its place where one is sure.

use super::Problem;
use super::lexer::Kind;
use super::operator::is_word;
use super::parser::Parser;
use crate::literal::scan::STAND_IN;

impl Parser<'_> {
    /// The query goes on where it could have ended.
    pub(super) fn goes_on(&self) -> Problem {
        let problem = self.unexpected("an operator or the end");
        let first = self.text.split_whitespace().next().unwrap_or_default();
        let sql = first.eq_ignore_ascii_case("select") || first.eq_ignore_ascii_case("from");
        match self.word().to_ascii_lowercase().as_str() {
            "=" => compared(problem),
            _ if sql => problem.help("a query is PromQL: `sum(queue_lag{queue='orders'})`"),
            "where" | "having" | "filter" => problem.help(
                "which series are meant stands in braces behind the metric, `queue_lag{pod!='x'}`; values are compared by an operator",
            ),
            "group" | "order" | "limit" => problem.help(
                "series are put together by an aggregation: `sum by (pod) (queue_lag)`, `topk(5, queue_lag)`",
            ),
            _ => problem,
        }
    }

    /// Something else stands where this mark should: `sum(x = 1)`, `sum(rate(x[5m]) by (pod)`.
    pub(super) fn unclosed(&self, problem: Problem, mark: &str) -> Problem {
        let word = self.word();
        let is_by = ["by", "without"].iter().any(|by| is_word(word, by));
        match word {
            "=" if mark == ")" => compared(problem),
            _ if is_by && mark == ")" && self.count("(") > self.count(")") => problem
                .help("a parenthesis is missing before it")
                .instead(format!(") {word}")),
            _ if is_by && mark == ")" => problem.help(format!(
                "it stands behind the parentheses of the aggregation: `sum(x) {word} (pod)`"
            )),
            _ => problem,
        }
    }

    /// `sum by queue (lag)`: a label without its parentheses.
    pub(super) fn bare_label(&self) -> Option<Problem> {
        let token = self.peek();
        if !matches!(token.kind, Kind::Word) || self.word().contains(':') {
            return None;
        }
        let label = self.word();
        let what = format!("the label `{label}` stands in parentheses");
        let problem = Problem::syntax(token.range.clone(), what);
        Some(
            problem
                .help(format!("write `({label})`"))
                .instead(format!("({label})")),
        )
    }

    fn count(&self, mark: &str) -> usize {
        let tokens = self.tokens.iter();
        tokens
            .filter(|token| &self.text[token.range.clone()] == mark)
            .count()
    }
}

/// `x = 1`
fn compared(problem: Problem) -> Problem {
    problem.help("values are compared by `==`").instead("==")
}

/// `http.server.requests`: a name with dots, which stands in quotes since Prometheus 3.
pub(super) fn dotted(text: &str, at: usize) -> Option<Problem> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':');
    let (before, rest) = (text.get(..at)?, text.get(at..)?);
    let start = before.trim_end_matches(is_part).len();
    let end = rest.find(|letter: char| letter != '.' && !is_part(letter));
    let end = at + end.unwrap_or(rest.len());
    let name = text.get(start..end)?;
    let is_name = |part: &str| part.starts_with(|first: char| first.is_ascii_alphabetic());
    if !name.contains('.') || !name.split('.').all(is_name) {
        return None;
    }
    let behind = text.get(end..)?;
    if behind.starts_with('(') {
        return None;
    }
    let (what, instead, taken) = if in_braces(before) || names_labels(before) {
        (format!("`{name}` has dots"), format!("'{name}'"), 0)
    } else {
        let what = format!("the name `{name}` has dots");
        match behind.strip_prefix('{').map(str::trim_start) {
            Some(rest) if rest.starts_with('}') => (what, format!("{{'{name}'"), 1),
            Some(_) => (what, format!("{{'{name}',"), 1),
            None => (what, format!("{{'{name}'}}"), 0),
        }
    };
    let problem = Problem::syntax(start..end + taken, what);
    Some(problem.help("it stands in quotes").instead(instead))
}

/// `{pod=~web-.*}`: a pattern without its quotes.
pub(super) fn without_quotes(text: &str, at: usize) -> Option<Problem> {
    let before = text.get(..at)?;
    if !in_braces(before) {
        return None;
    }
    let start = before.rfind(['=', '~'])? + 1;
    if before.get(start..)?.contains(['\'', '"', '`', ',']) {
        return None;
    }
    let start = text.len() - text.get(start..)?.trim_start().len();
    let behind = text.get(at..)?;
    let end = at + behind.find([',', '}'])?;
    let value = text.get(start..end)?.trim_end();
    let problem = Problem::syntax(
        start..start + value.len(),
        "the value of a label stands in quotes",
    );
    if value.contains([' ', '=', ';']) {
        return None;
    }
    // What a text program makes of straight quotes.
    let curly = [
        '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{b4}',
    ];
    let bare = value.trim_matches(curly);
    Some(match bare {
        _ if bare.contains(['\'', '\\', '"', '`']) || bare.contains(curly) => return None,
        _ if bare.contains(STAND_IN) => {
            problem.help("write them around the whole of it: `pod=~'${pod}.*'`")
        }
        _ if bare != value => problem
            .help("a text stands in straight quotes")
            .instead(format!("'{bare}'")),
        _ => problem
            .help("write them around it")
            .instead(format!("'{bare}'")),
    })
}

fn in_braces(before: &str) -> bool {
    before.matches('{').count() > before.matches('}').count()
}

/// Whether labels are listed here: `by (`.
fn names_labels(before: &str) -> bool {
    let list = before
        .rsplit_once('(')
        .filter(|(_, list)| !list.contains(')'));
    let word = list.and_then(|(before, _)| before.split_whitespace().next_back());
    let lists = [
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
    ];
    word.is_some_and(|word| lists.iter().any(|list| is_word(word, list)))
}
