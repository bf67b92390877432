//! What is said: findings and other ends, pages, tasks, evidence.

use super::block::hands_over;
use super::builder::Builder;
use crate::program::points::{PointKind, Side};
use crate::program::{Effect, Filter, MessageKind, Mitigation, MitigationIndex, Op, Register};
use crate::typed::{
    Expr, ExprKind, FindingId, Hand, HandWithin, Mitigated, RoleId, Stmt, StmtKind,
};
use crate::value::Value;

impl Builder<'_, '_> {
    /// A statement that says something and takes no part in the flow of the code.
    pub(super) fn say(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Found { finding, args } => {
                let arguments = self.values(args);
                self.found(*finding);
                let finding = self.tables.number(finding.index());
                self.effect(Effect::Found { finding, arguments });
            }
            StmtKind::Cleared { condition, why } => self.cleared(condition.as_ref(), why.as_ref()),
            StmtKind::Novel(text) => {
                let text = self.text(text.as_ref());
                self.effect(Effect::Novel(text));
            }
            StmtKind::Inconclusive(text) => {
                let text = self.text(text.as_ref());
                self.effect(Effect::Inconclusive(text));
            }
            StmtKind::Mitigated(mitigated) => self.mitigated(mitigated),
            StmtKind::Page { roles, text } => {
                self.message(MessageKind::Page, roles, text.as_ref());
            }
            StmtKind::Tell { roles, text } => {
                self.message(MessageKind::Tell, roles, text.as_ref());
            }
            StmtKind::Hand(hand) => self.hand(hand),
            StmtKind::Attach(values) => values.iter().for_each(|value| self.attach(value)),
            StmtKind::Error
            | StmtKind::Let { .. }
            | StmtKind::If { .. }
            | StmtKind::Match { .. }
            | StmtKind::For(_)
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Do(_)
            | StmtKind::WithDo { .. }
            | StmtKind::Verify(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Attempts(_) => {}
        }
    }

    /// The statement of a handler: it does not fall through.
    pub(super) fn diverge(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Return(value) => self.return_value(value),
            _ => {
                self.say(stmt);
                if hands_over(stmt) {
                    self.exit();
                }
            }
        }
    }

    /// All lines that find it reach one point.
    fn found(&mut self, finding: FindingId) {
        let declared = self.tables.runbook.findings.get(finding.index());
        let first = declared.and_then(|declared| declared.sites.first());
        if let (Some(finding), Some(first)) = (declared, first.copied()) {
            let what = format!("finding {}", finding.name);
            self.reach(first, PointKind::Finding, &what);
        }
    }

    fn cleared(&mut self, condition: Option<&Expr>, why: Option<&Expr>) {
        let place = self.place;
        let open = self.label();
        let from = condition.map(|condition| {
            self.jump_unless(condition, open);
            self.here()
        });
        let why = match why {
            Some(why) => self.spoken(why),
            None => self.load_text("nothing to do"),
        };
        self.effect(Effect::Cleared(why));
        if let Some(from) = from {
            self.side(place, Side::Then, "cleared", from);
            self.side_by_jump(place, "cleared", open);
        }
        self.bind(open);
    }

    fn mitigated(&mut self, mitigated: &Mitigated) {
        let variables = self.tables.free(&mitigated.until);
        let until = self.condition_code("until", &mitigated.until, &variables);
        let entry = Mitigation {
            owed_by: self.tables.role(mitigated.owed_by),
            within: mitigated.within,
            until,
            place: self.place,
        };
        let number = self.tables.number(self.tables.program.mitigations.len());
        self.tables.program.mitigations.push(entry);
        let text = match &mitigated.text {
            Some(text) => self.spoken(text),
            None => self.load_text(""),
        };
        let captures = self.captures(&variables);
        self.effect(Effect::Mitigated {
            mitigation: MitigationIndex(number),
            text,
            captures,
        });
    }

    pub(super) fn hand(&mut self, hand: &Hand) {
        let kind = match hand.within {
            Some(HandWithin::Duration(duration)) => MessageKind::HandWithin(duration),
            Some(HandWithin::Workdays(days)) => MessageKind::HandWorkdays(days),
            None => MessageKind::HandWorkdays(1),
        };
        self.message(kind, &hand.roles, hand.text.as_ref());
    }

    pub(super) fn message(&mut self, kind: MessageKind, roles: &[RoleId], text: Option<&Expr>) {
        let text = self.text(text);
        let roles = self.tables.role_list(roles);
        self.effect(Effect::Tell { kind, roles, text });
    }

    /// Evidence: what cannot be had is left out, and never holds a message up.
    fn attach(&mut self, value: &Expr) {
        let from = self.here();
        self.scratch(|builder| {
            let register = builder.value(value);
            builder.effect(Effect::Attach(vec![register]));
        });
        let to = self.here();
        self.handle(from, to, Filter::Every);
    }

    fn text(&mut self, text: Option<&Expr>) -> Option<Register> {
        text.map(|text| self.spoken(text))
    }

    /// Returns words for people.
    pub(super) fn return_text(&mut self, text: &Expr) {
        let from = self.spoken(text);
        self.emit(Op::Return { from });
    }

    /// Words for people: where a part of them cannot be had, nothing stands in their place, so that
    /// the message goes out all the same.
    fn spoken(&mut self, text: &Expr) -> Register {
        let register = self.register();
        let from = self.here();
        self.value_to(text, register);
        let to = self.here();
        if !matches!(text.kind, ExprKind::Value(_)) {
            let done = self.label();
            self.go(done);
            self.handle(from, to, Filter::Every);
            self.load(register, Value::None);
            self.bind(done);
        }
        register
    }
}
