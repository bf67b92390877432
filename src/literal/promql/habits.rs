//! What people bring along to a query: another language, an aggregation without its parentheses.
//!
//! In: where the query got stuck. Out: what is said, with what is written in its place where one is sure.

use super::Problem;
use super::lexer::Kind;
use super::parser::Parser;

impl Parser<'_> {
    /// The query goes on where it could have ended.
    pub(super) fn goes_on(&self) -> Problem {
        let problem = self.unexpected("an operator or the end");
        let first = self.text.split_whitespace().next().unwrap_or_default();
        let sql = first.eq_ignore_ascii_case("select") || first.eq_ignore_ascii_case("from");
        match self.word().to_ascii_lowercase().as_str() {
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
}
