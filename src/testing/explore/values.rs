//! What may be seen: the values of a type that a program can tell apart.
//!
//! In: a type, and what meets it. Out: a few values, the most ordinary first. What the program does not look at has one
//! value.

use std::cell::Cell;
use std::sync::Arc;

use smol_str::SmolStr;

use super::axis;
use super::cuts::{Cuts, Met, Source, type_name};
use crate::testing::case::Case;
use crate::testing::identity;
use crate::typed::{Field, Type};
use crate::value::{
    Bounds, EnumMember, Identity, Key, Map, Query, Record, Shape, Tag, Target, Text, Time, Value,
};

/// The most values of one answer.
pub const MOST: usize = 64;
/// The most elements of a list.
const LONGEST: u32 = 500;
/// How deep types are followed into each other.
const DEEP: usize = 4;
/// A text that is none of those that the program knows.
const OTHER: &str = "other";

/// Keys of targets that not every text can be.
const FORMS: [&str; 2] = ["/srv/data", "7"];

/// What there is to know of the values.
pub struct Values<'c, 'p> {
    pub case: &'c Case<'p>,
    pub cuts: Cuts,
    pub now: Time,
    /// Whether something was left out of the values that were made last.
    pub is_cut: Cell<bool>,
}

impl Values<'_, '_> {
    /// The values of a type, and whether there would be more.
    pub fn of(&self, ty: &Type, met: &Met, range: Option<&Bounds>) -> (Vec<Value>, bool) {
        self.is_cut.set(false);
        let mut values = self.all(ty, met, range, 0);
        let is_cut = self.is_cut.get() || values.len() > MOST;
        values.truncate(MOST);
        (values, is_cut)
    }

    fn all(&self, ty: &Type, met: &Met, range: Option<&Bounds>, deep: usize) -> Vec<Value> {
        if deep > DEEP {
            self.is_cut.set(true);
            return Vec::new();
        }
        if met.is_rough {
            self.is_cut.set(true);
        }
        if let Some(numbers) = axis::numbers(ty, &met.constants, met.is_paired, range, self.now) {
            return numbers;
        }
        match ty {
            Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Type::Text => self.texts(met).into_iter().map(Value::text).collect(),
            Type::Regex => self.queries(Tag::Re),
            Type::Url => self.queries(Tag::Url),
            Type::PromQuery => self.queries(Tag::Promql),
            Type::Cron => self.queries(Tag::Cron),
            Type::Enum(id) => self.members(*id),
            Type::Optional(inner) => {
                let mut values = self.all(inner, met, range, deep + 1);
                values.push(Value::None);
                values
            }
            Type::List(inner) => self.lists(inner, met, range, deep),
            Type::Map(..) | Type::Json => {
                self.is_cut.set(true);
                vec![Value::Map(Arc::new(Map::default()))]
            }
            Type::Record(id) => match self.case.package.records.get(id.index()) {
                Some(record) => self.records(ty, &record.fields, deep, Value::Record),
                None => Vec::new(),
            },
            Type::Target(id) => match self.case.package.targets.get(id.index()) {
                Some(target) => self.records(ty, &target.fields, deep, bare),
                None => Vec::new(),
            },
            Type::Error
            | Type::Int
            | Type::Float
            | Type::Percent
            | Type::Size
            | Type::Duration
            | Type::Time
            | Type::Secret
            | Type::Role
            | Type::NoneLiteral
            | Type::EmptyList
            | Type::Range(_)
            | Type::Handle(_)
            | Type::RecordKind(_)
            | Type::Parameter(_) => vec![Value::None],
        }
    }

    fn texts(&self, met: &Met) -> Vec<String> {
        let known = met.constants.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str().to_owned()),
            _ => None,
        });
        known.chain([OTHER.to_owned()]).collect()
    }

    fn queries(&self, tag: Tag) -> Vec<Value> {
        let text = SmolStr::new(OTHER);
        vec![Value::Query(Arc::new(Query { tag, text }))]
    }

    fn members(&self, id: crate::typed::EnumId) -> Vec<Value> {
        let Some(declared) = self.case.package.enums.get(id.index()) else {
            return Vec::new();
        };
        let enumeration = SmolStr::from(declared.name.to_string());
        let members = declared.members.iter().enumerate();
        let members = members.map(|(index, member)| EnumMember {
            enumeration: enumeration.clone(),
            member: member.clone(),
            index: index as u16,
        });
        members
            .map(|member| Value::Enum(Arc::new(member)))
            .collect()
    }

    /// One element of each kind, none, two, as many as a loop allows, and one more: of each kind, and mixed. Of other
    /// mixtures, of which filters may leave so many, nothing is tried.
    fn lists(&self, inner: &Type, met: &Met, range: Option<&Bounds>, deep: usize) -> Vec<Value> {
        let elements = self.all(inner, met, range, deep + 1);
        if elements.is_empty() {
            return vec![Value::list(Vec::new())];
        }
        let so_many =
            |element: &Value, length: u32| Value::list(vec![element.clone(); length as usize]);
        let mut lists: Vec<Value> = elements.iter().map(|one| so_many(one, 1)).collect();
        lists.push(Value::list(Vec::new()));
        let counted = met.constants.iter().filter_map(|value| match value {
            Value::Int(number) => u32::try_from(*number).ok(),
            _ => None,
        });
        let mut lengths: Vec<u32> = met.bounds.iter().copied().chain(counted).collect();
        lengths = lengths
            .iter()
            .flat_map(|length| [*length, length + 1])
            .collect();
        lengths.push(2);
        lengths.sort_unstable();
        lengths.dedup();
        let is_long = lengths.iter().any(|length| *length > LONGEST);
        let is_mixed = elements.len() > 1;
        self.is_cut.set(self.is_cut.get() || is_long || is_mixed);
        lengths.retain(|length| (2..=LONGEST).contains(length));
        for length in &lengths {
            let turns = elements.iter().cycle().take(*length as usize);
            lists.push(Value::list(turns.cloned().collect()));
            lists.extend(
                elements
                    .first()
                    .filter(|_| is_mixed)
                    .map(|first| so_many(first, *length)),
            );
        }
        for length in lengths {
            lists.extend(elements.iter().skip(1).map(|one| so_many(one, length)));
        }
        // How many there are matters more than what one alone is like.
        if lists.len() > MOST {
            let single = lists.drain(1..elements.len()).collect::<Vec<_>>();
            lists.extend(single);
        }
        lists
    }

    /// Every field that the program looks at in each of its values: together while that is few, else one after the
    /// other.
    fn records(
        &self,
        ty: &Type,
        fields: &[Field],
        deep: usize,
        make: fn(Arc<Record>) -> Value,
    ) -> Vec<Value> {
        let name = type_name(self.case.package, ty).unwrap_or_default();
        let shape = Arc::new(Shape {
            name: name.clone(),
            fields: fields.iter().map(|field| field.name.clone()).collect(),
        });
        let ways: Vec<Vec<Value>> = fields
            .iter()
            .enumerate()
            .map(|(index, field)| self.field(&name, index as u16, field, deep))
            .collect();
        let together = ways.iter().try_fold(1_usize, |product, ways| {
            product.checked_mul(ways.len().max(1))
        });
        let rows = match together.is_some_and(|product| product <= MOST) {
            true => product(&ways),
            false => {
                self.is_cut.set(true);
                in_turn(&ways)
            }
        };
        let made = rows.into_iter().map(|row| Record {
            shape: shape.clone(),
            fields: row,
        });
        made.map(|record| make(Arc::new(record))).collect()
    }

    fn field(&self, name: &SmolStr, index: u16, field: &Field, deep: usize) -> Vec<Value> {
        let source = Source::Field(name.clone(), index);
        let Some(met) = self.cuts.met(&source) else {
            let first = self.all(&field.ty, &Met::default(), field.range.as_ref(), deep + 1);
            let plain = field.default.clone().or(first.into_iter().next());
            return plain.into_iter().map(with_key).collect();
        };
        let values = self.all(&field.ty, met, field.range.as_ref(), deep + 1);
        values.into_iter().map(with_key).collect()
    }

    /// The value with its targets named, by what the call says or else as something of the product.
    pub fn named(&self, value: Value, call: &crate::effect::Call) -> Value {
        match identity::complete(self.case, &value, call) {
            Ok(value) => value,
            Err(_) => self.owned(value),
        }
    }

    /// A target of the product.
    pub fn owned(&self, value: Value) -> Value {
        let Value::Target(target) = &value else {
            return value;
        };
        let kind = &target.snapshot.shape.name;
        let steps = identity::path(self.case.package, kind);
        let keys = steps.into_iter().map(|kind| {
            let key = self.keys(Some(&kind)).into_iter().next();
            let plain = SmolStr::new_inline("a-1");
            Key {
                key: key.map_or(plain, SmolStr::from),
                kind,
            }
        });
        let identity = Identity(keys.collect());
        let mut snapshot = target.snapshot.clone();
        let declared = self.case.package.targets.iter();
        let form = declared.clone().find(|found| found.name.is(kind));
        if let (Some(key), Some(found)) = (snapshot.fields.first_mut(), form) {
            *key = Some(found.key_form.value(identity.key()));
        }
        Value::Target(Arc::new(Target {
            identity,
            uid: None,
            snapshot,
        }))
    }

    /// Names that belong to the product; of one type, or of all.
    pub fn keys(&self, kind: Option<&str>) -> Vec<String> {
        let owns = self.case.program.owns.iter().flatten();
        let own = owns.filter(|(of, _)| kind.is_none_or(|kind| kind == of));
        let mut keys: Vec<String> = Vec::new();
        for (_, pattern) in own {
            let key = pattern.replace('*', "1");
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// A key of each form that is not any text.
    fn forms(&self) -> Vec<String> {
        let targets = &self.case.program.targets;
        let takes = |key: &&&str| {
            let mut forms = targets.iter().map(|target| target.key);
            forms.any(|form| form.fault(OTHER).is_some() && form.fault(key).is_none())
        };
        let keys = FORMS.iter().filter(takes);
        keys.map(|key| (*key).to_owned()).collect()
    }

    /// What a trigger may bind to a name.
    pub fn bound(&self, index: u32, ty: &Type) -> (Vec<Value>, bool) {
        let met = self.cuts.met(&Source::Binding(index));
        let mut met = met.cloned().unwrap_or_default();
        let own = self.keys(None).into_iter().take(2);
        let known = own.chain(self.forms());
        met.constants
            .extend(known.map(|key| Value::Text(Text::new(key))));
        let (values, is_cut) = self.of(ty, &met, None);
        let values = values.into_iter().map(|value| self.owned(value));
        (values.collect(), is_cut)
    }
}

/// A target of which it is not said yet which one it is.
fn bare(record: Arc<Record>) -> Value {
    let mut snapshot = Arc::unwrap_or_clone(record);
    if let Some(key) = snapshot.fields.first_mut() {
        *key = None;
    }
    Value::Target(Arc::new(Target {
        identity: Identity(Vec::new()),
        uid: None,
        snapshot,
    }))
}

/// What lies in something else has a name of its own; the rest of its place is that of the other.
fn with_key(value: Value) -> Value {
    let Value::Target(target) = &value else {
        return value;
    };
    let mut target = Target::clone(target);
    let kind = target.snapshot.shape.name.clone();
    let name = kind.rsplit('.').next().unwrap_or(&kind).to_lowercase();
    if let Some(key) = target.snapshot.fields.first_mut() {
        *key = Some(Value::text(format!("{name}-1")));
    }
    Value::Target(Arc::new(target))
}

type Row = Vec<Option<Value>>;

/// Each value of each field with each of the others.
fn product(ways: &[Vec<Value>]) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    for ways in ways {
        rows = rows.into_iter().flat_map(|row| with(&row, ways)).collect();
    }
    rows
}

fn with(row: &Row, ways: &[Value]) -> Vec<Row> {
    let grown = |value: Option<Value>| [row.as_slice(), &[value]].concat();
    match ways.is_empty() {
        true => vec![grown(None)],
        false => ways.iter().cloned().map(Some).map(grown).collect(),
    }
}

/// The first value of all fields, the second of all, and so on; then each other value of each field alone.
fn in_turn(ways: &[Vec<Value>]) -> Vec<Row> {
    let first: Row = ways.iter().map(|ways| ways.first().cloned()).collect();
    let most = ways.iter().map(Vec::len).max().unwrap_or(0);
    let nth = |nth: usize| -> Row {
        let ways = ways.iter();
        ways.map(|ways| ways.get(nth.min(ways.len().saturating_sub(1))).cloned())
            .collect()
    };
    let mut rows: Vec<Row> = (0..most.max(1)).map(nth).collect();
    for (index, ways) in ways.iter().enumerate() {
        for value in ways.iter().skip(1) {
            let mut row = first.clone();
            if let Some(field) = row.get_mut(index) {
                *field = Some(value.clone());
            }
            rows.push(row);
        }
    }
    rows
}
