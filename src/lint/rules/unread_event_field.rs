//! A field of an event that nothing reads and that has no default: an event without it cannot be read, and is lost to
//! whoever waits for it or asks for the last one.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words;
use crate::text::Span;
use crate::typed::{Field, RecordId, TriggerKind};

pub static RULE: Rule = Rule {
    code: Code::UnreadEventField,
    name: "unread-event-field",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, _: Node<'_>, out: &mut Vec<Diagnostic>) {
    for (index, record) in cx.package().records.iter().enumerate() {
        let id = RecordId(index as u32);
        if !cx.is_own(record.span) || !(is_event(cx, id) || cx.read.has_decoded(id)) {
            continue;
        }
        let fields = record.fields.iter().enumerate();
        for (at, field) in fields.filter(|(_, field)| field.default.is_none()) {
            if cx.read.has_field(id, at as u16) {
                continue;
            }
            let name = &field.name;
            let fate = match is_event(cx, id) {
                true => "lost",
                false => "never found",
            };
            let message =
                format!("nothing reads the field `{name}`, and an event without it is {fate}");
            let label = "has to be there";
            let found = Diagnostic::new(Code::UnreadEventField, message, field.span, label);
            let found = found.help("drop it, or give it a default");
            out.push(match without(cx, &record.fields, at) {
                Some(edit) => found.fix("drop it", edit, ""),
                None => found,
            });
        }
    }
}

/// The field with its comma, unless something else of the package may name it, a test say.
fn without(cx: &Cx<'_>, fields: &[Field], at: usize) -> Option<Span> {
    let name = format!("{}:", fields.get(at)?.name);
    let trees = cx.input.trees.iter();
    let named = trees.map(|tree| {
        let text = &cx.input.sources.source(tree.source).text;
        text.matches(&*name).count()
    });
    if named.sum::<usize>() != 1 || fields.len() < 2 {
        return None;
    }
    let spans: Vec<Span> = fields.iter().map(|field| field.span).collect();
    words::element(&spans, at)
}

/// Whether a trigger of the package waits for it.
fn is_event(cx: &Cx<'_>, id: RecordId) -> bool {
    let triggers = cx
        .package()
        .runbooks
        .iter()
        .flat_map(|runbook| &runbook.triggers);
    triggers
        .into_iter()
        .any(|trigger| matches!(trigger.kind, TriggerKind::Event { record } if record == id))
}
