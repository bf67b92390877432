//! What the world does along one path: the ways that were chosen, then always the first.

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::crowd::{self, Seen};
use super::cuts::Met;
use super::values::Values;
use crate::effect::{Argument, Call, ChangeOutcome, Observed, Settled};
use crate::program::{Binding, LabelTest, Trigger, TriggerKind};
use crate::testing::source;
use crate::text::Span;
use crate::typed::{self, BindingKind, ExternId, ExternKind, Observable, RecordId, Type};
use crate::value::{Failure, Map, Record, Time, Value, re2};
use crate::vm::{Step, Vm};

/// The most requests of one path.
const MOST_REQUESTS: usize = 400;
/// Pure code of a condition is done long before that.
const SLICE: u64 = 100_000;

/// One place at which the world goes on in several ways.
#[derive(Clone, Debug)]
pub struct Choice {
    pub ways: u16,
    pub taken: u16,
    /// `prom.value(...) -> 5`
    pub text: String,
}

/// The states before a choice that paths have come to, each with the shortest way there.
pub type States = RefCell<BTreeMap<[u8; 32], Way>>;

/// How long the way to a place was.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    choices: usize,
    requests: usize,
}

impl Way {
    /// What lies behind is then gone as far from here, and no end is farther away.
    fn is_no_longer_than(self, other: Way) -> bool {
        self.choices <= other.choices && self.requests <= other.requests
    }
}

/// Chooses along one path.
pub struct Chooser<'c, 'p> {
    values: &'c Values<'c, 'p>,
    /// The ways to take first.
    prefix: &'c [u16],
    pub taken: Vec<Choice>,
    /// What was answered since the last change: it is answered again.
    known: Vec<(Call, Observed)>,
    requests: usize,
    /// Calls of which not all answers are tried.
    pub cut: BTreeSet<(Span, String)>,
    /// None where each path is gone to its end.
    states: Option<&'c States>,
    /// The targets that were seen.
    seen: Seen,
    /// Whether it came to where another path had been, and was given up.
    pub is_joined: bool,
}

impl<'c, 'p> Chooser<'c, 'p> {
    pub fn new(values: &'c Values<'c, 'p>, prefix: &'c [u16], states: Option<&'c States>) -> Self {
        Chooser {
            values,
            prefix,
            taken: Vec::new(),
            known: Vec::new(),
            requests: 0,
            cut: BTreeSet::new(),
            states,
            seen: Seen::default(),
            is_joined: false,
        }
    }

    /// Whether what comes next is this path's own to choose, and another path may have stood here: what was seen is
    /// forgotten.
    pub fn is_free(&self) -> bool {
        self.states.is_some() && self.known.is_empty() && self.taken.len() >= self.prefix.len()
    }

    /// Stands before a choice, in this state; whether a path that was no longer has been there, so that this one need
    /// not go on.
    pub fn comes_to(&mut self, state: [u8; 32]) -> bool {
        let Some(states) = self.states else {
            return false;
        };
        let here = Way {
            choices: self.taken.len(),
            requests: self.requests,
        };
        let counts = !self.values.case.program.lowers.populations.is_empty();
        let state = match counts {
            true => self.seen.within(state),
            false => state,
        };
        match states.borrow_mut().entry(state) {
            Entry::Vacant(first) => {
                first.insert(here);
            }
            Entry::Occupied(mut known) => {
                self.is_joined = known.get().is_no_longer_than(here);
                if here.is_no_longer_than(*known.get()) {
                    known.insert(here);
                }
            }
        }
        self.is_joined
    }

    /// Whether the path is as long as one may be.
    pub fn is_spent(&self) -> bool {
        self.requests > MOST_REQUESTS
    }

    /// Time passes in which the world may change by itself.
    pub fn pass(&mut self) {
        self.known.clear();
    }

    /// What the trigger binds; None where its condition is false: then nothing is run.
    pub fn bindings(&mut self) -> Option<Vec<Value>> {
        let case = self.values.case;
        let triggers = &case.program.metadata.triggers;
        let declared = &case.runbook.bindings;
        let ways: Vec<String> = (1..=triggers.len())
            .map(|n| format!("trigger {n}"))
            .collect();
        let trigger = triggers.get(self.choose(&ways))?;
        let mut bound = Vec::with_capacity(declared.len());
        for (index, binding) in declared.iter().enumerate() {
            let source = trigger.bindings.get(index);
            if matches!(source, None | Some(Binding::Unbound)) {
                bound.push(Value::None);
                continue;
            }
            let (mut values, is_cut) = self.values.bound(index as u32, &binding.ty);
            // A whole alert is made of what is bound beside it.
            if is_cut && binding.kind != BindingKind::Alert {
                self.cut
                    .insert((case.runbook.name_span, binding.name.to_string()));
            }
            if let BindingKind::Label(label) = &binding.kind {
                let tests = trigger.labels.iter().filter(|(name, _)| name == label);
                for (_, test) in tests {
                    if !allowed(test, &mut values) {
                        self.cut.insert((case.runbook.name_span, label.to_string()));
                    }
                }
            }
            let ways: Vec<String> = values
                .iter()
                .map(|value| format!("{} = {}", binding.name, source::value(case, value)))
                .collect();
            let way = self.choose(&ways);
            bound.push(values.into_iter().nth(way).unwrap_or(Value::None));
        }
        name_alerts(trigger, declared, &mut bound);
        let holds = trigger.condition.is_none_or(|condition| {
            let mut vm = Vm::start(case.program, condition, bound.clone());
            matches!(vm.step(case.program, SLICE), Step::Done(Value::Bool(true)))
        });
        holds.then_some(bound)
    }

    /// What is seen.
    pub fn observe(&mut self, call: &Call, now: Time) -> Observed {
        // What the package says itself is not the world's to answer.
        if let Some(Observable::Function(_)) = self.values.case.observable(&call.name) {
            return Observed::Evaluate;
        }
        let asked = timeless(call, now);
        if let Some((_, known)) = self.known.iter().find(|(known, _)| *known == asked) {
            return known.clone();
        }
        self.requests += 1;
        let shown = source::call(self.values.case, call, now);
        let (values, is_cut, place) = self.answers(call);
        if is_cut {
            self.cut.insert((place, shown.clone()));
        }
        let values = values.into_iter().map(Observed::Value);
        let failures = [
            Observed::Failed(Failure::no_data("there is none")),
            Observed::Failed(Failure::Failed("it cannot be asked".into())),
        ];
        let answers: Vec<Observed> = values.chain(failures).collect();
        let ways: Vec<String> = answers
            .iter()
            .map(|answer| format!("{shown} -> {}", self.seen(answer)))
            .collect();
        let way = self.choose(&ways);
        let answer = answers.into_iter().nth(way);
        let answer = answer.unwrap_or(Observed::Failed(Failure::no_data("")));
        if let Observed::Value(value) = &answer {
            self.seen.add(value);
        }
        self.known.push((asked, answer.clone()));
        answer
    }

    fn seen(&self, answer: &Observed) -> String {
        match answer {
            Observed::Value(value) => source::seen(self.values.case, value),
            Observed::Failed(Failure::NoData(_)) => "no data".to_owned(),
            Observed::Failed(_) => "fails".to_owned(),
            Observed::Evaluate => "its own code".to_owned(),
        }
    }

    /// The answers of a probe, whether there would be more, and where it is asked.
    fn answers(&self, call: &Call) -> (Vec<Value>, bool, Span) {
        let runbook = self.values.case.runbook.name_span;
        let package = self.values.case.package;
        let mut externs = package.externs.iter().enumerate();
        let Some((index, declared)) = externs.find(|(_, one)| one.name.is(&call.name)) else {
            return (Vec::new(), false, runbook);
        };
        let query = call.args.iter().find_map(|arg| match &arg.value {
            Value::Query(query) => Some(query.text.as_str()),
            _ => None,
        });
        let id = ExternId(index as u32);
        let met = match declared.kind {
            ExternKind::Fn | ExternKind::Probe => self.values.cuts.answer(id, query),
            ExternKind::Action(_) => Met::default(),
        };
        let ty = self.filled(&declared.result, call);
        let (values, is_cut) = self.values.of(&ty, &met, declared.range.as_ref());
        let asked = call.args.get(declared.params.len()..).unwrap_or_default();
        let values = values.into_iter().map(|value| {
            let value = self.values.named(value, call);
            as_asked(value, asked)
        });
        let place = self.values.cuts.place(id, query);
        let crowd = crowd::population(self.values, &ty, call, &self.seen);
        let values = crowd.into_iter().chain(values);
        (values.collect(), is_cut, place.unwrap_or(runbook))
    }

    /// A type with the record that the call names.
    fn filled(&self, ty: &Type, call: &Call) -> Type {
        match ty {
            Type::Parameter(index) => {
                let named = call.args.get(usize::from(*index));
                let named = named.map(|arg| arg.value.to_plain());
                let records = self.values.case.package.records.iter();
                let found = records
                    .enumerate()
                    .find(|(_, record)| named.as_deref().is_some_and(|name| record.name.is(name)));
                let id = found.map(|(index, _)| RecordId(index as u32));
                id.map_or(Type::Error, Type::Record)
            }
            Type::Optional(inner) => Type::Optional(self.filled(inner, call).into()),
            Type::List(inner) => Type::List(self.filled(inner, call).into()),
            other => other.clone(),
        }
    }

    /// What comes of a change, and whether it takes effect as far as is known.
    pub fn change(&mut self, call: &Call, now: Time) -> (ChangeOutcome, bool) {
        self.requests += 1;
        self.pass();
        let shown = source::call(self.values.case, call, now);
        let ways = ["applied", "not applied", "unknown"].map(|way| format!("{shown}: {way}"));
        match self.choose(&ways) {
            0 => (ChangeOutcome::Applied(self.result(call)), true),
            1 => (ChangeOutcome::NotApplied("it is refused".into()), false),
            _ => (ChangeOutcome::Unknown, true),
        }
    }

    /// What an action gives back.
    fn result(&self, call: &Call) -> Value {
        let mut externs = self.values.case.package.externs.iter();
        let declared = externs.find(|one| one.name.is(&call.name));
        let (values, _) = match declared {
            Some(declared) => self.values.of(&declared.result, &Met::default(), None),
            None => (Vec::new(), false),
        };
        let first = values.into_iter().next().unwrap_or(Value::None);
        self.values.named(first, call)
    }

    /// What is found out about a change of which nobody knows.
    pub fn settle(&mut self, call: &Call, now: Time) -> Settled {
        self.requests += 1;
        let shown = source::call(self.values.case, call, now);
        let all = [Settled::Applied, Settled::NotApplied, Settled::Nothing];
        let ways = ["it was applied", "it was not applied", "nobody can tell"];
        let ways = ways.map(|way| format!("{shown} -> {way}"));
        let way = self.choose(&ways);
        all.get(way).copied().unwrap_or(Settled::Nothing)
    }

    /// The way that is taken of these.
    fn choose(&mut self, ways: &[String]) -> usize {
        if ways.len() < 2 {
            return 0;
        }
        let taken = self.prefix.get(self.taken.len()).copied().unwrap_or(0);
        self.taken.push(Choice {
            ways: ways.len() as u16,
            taken,
            text: ways.get(usize::from(taken)).cloned().unwrap_or_default(),
        });
        usize::from(taken)
    }
}

/// A record has in its fields what was asked for.
fn as_asked(value: Value, asked: &[Argument]) -> Value {
    let Value::Record(record) = &value else {
        return value;
    };
    let mut record = Record::clone(record);
    for arg in asked {
        let at = record.shape.position(&arg.name);
        if let Some(field) = at.and_then(|at| record.fields.get_mut(at)) {
            *field = Some(arg.value.clone());
        }
    }
    Value::Record(record.into())
}

/// The question without the moment at which it is asked.
fn timeless(call: &Call, now: Time) -> Call {
    let args = call.args.iter();
    let args = args.filter(|arg| arg.value != Value::Time(now));
    Call {
        name: call.name.clone(),
        args: args.cloned().collect(),
    }
}

/// Leaves the values that a label may have: it is there, and passes the test. False where no value is known that does.
fn allowed(test: &LabelTest, values: &mut Vec<Value>) -> bool {
    match test {
        LabelTest::Present => {}
        LabelTest::Equal(value) => *values = vec![value.clone()],
        LabelTest::NotEqual(value) => values.retain(|one| one != value),
        LabelTest::In(all) => values.clone_from(all),
        LabelTest::Matches(pattern) => {
            let known = pattern.split('|').map(Value::text);
            values.splice(0..0, known);
            let whole = re2::whole(pattern);
            let fits = |text: &str| whole.as_ref().is_some_and(|whole| whole.is_match(text));
            values.retain(|value| matches!(value, Value::Text(text) if fits(text)));
        }
    }
    values.retain(|value| *value != Value::text(""));
    if values.is_empty() {
        values.push(Value::text("other"));
        return false;
    }
    true
}

/// A whole alert has the name that the trigger asks for, and the labels that are bound beside it.
fn name_alerts(trigger: &Trigger, declared: &[typed::Binding], bound: &mut [Value]) {
    let TriggerKind::Alert(name) = &trigger.kind else {
        return;
    };
    let labels = declared.iter().zip(bound.iter());
    let labels = labels.filter_map(|(binding, value)| match &binding.kind {
        BindingKind::Label(label) => Some((Value::text(label), Value::text(value.to_plain()))),
        BindingKind::Alert | BindingKind::Event | BindingKind::Request => None,
    });
    let labels = Value::Map(Map::from(labels.collect::<Vec<_>>()).into());
    for (binding, value) in declared.iter().zip(bound) {
        if let (BindingKind::Alert, Value::Record(record)) = (&binding.kind, &value) {
            let mut alert = Record::clone(record);
            for (field, said) in [("name", Value::text(name)), ("labels", labels.clone())] {
                let at = alert.shape.position(field);
                if let Some(slot) = at.and_then(|at| alert.fields.get_mut(at)) {
                    *slot = Some(said);
                }
            }
            *value = Value::Record(alert.into());
        }
    }
}
