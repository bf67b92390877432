//! Every form of a query is read, up to its end.

use super::*;
use crate::text::SourceId;

#[test]
fn every_form_is_read() {
    for query in [
        "sum by (pod) (rate(x_total{pod=${p}}[5m]))",
        "max_over_time((sum(x) or vector(0))[30m:1m] offset 5m)",
        "-x ^ 2 + 3 * (y @ 5 - z{a=~\"b.*\",c!=\"d\"})",
        "a / on (pod) group_left (node) b > bool 1",
        "sum(x) without (pod) and up == 1",
        "{\"up\"}[1h:]",
        "quantile(0.9, x) unless time() > Inf",
        "rate(x[2 * step():1m] offset -(5m + 1m)) </ 0x1_F + fill_left(-1) fill_right(0) y",
        "rate(x[300] @ +5 anchored) / on (a) group_left fill (0) rate(y[5m] smoothed)",
    ] {
        let span = Span::new(SourceId(0), 0, query.len());
        let tree = Tree::of(query, span);
        let read = tree.map(|tree| tree.span(&tree.root.range));
        assert_eq!(read, Some(span), "{query}");
    }
}
