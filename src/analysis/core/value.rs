//! Types and values.

use super::Named;
use super::canon::Canon;
use crate::literal;
use crate::typed::Type;
use crate::value::{
    Bounds, Duration, EnumMember, HolePosition, Identity, KeyForm, Query, Quote, Range, Record,
    Segment, Tag, Target, Template, Value,
};

impl Canon<'_> {
    pub fn ty(&mut self, ty: &Type) {
        match ty {
            Type::Error => self.tag("error"),
            Type::Bool => self.tag("Bool"),
            Type::Int => self.tag("Int"),
            Type::Float => self.tag("Float"),
            Type::Text => self.tag("String"),
            Type::Percent => self.tag("Percent"),
            Type::Size => self.tag("Size"),
            Type::Duration => self.tag("Duration"),
            Type::Time => self.tag("Time"),
            Type::Regex => self.tag("Regex"),
            Type::Url => self.tag("Url"),
            Type::PromQuery => self.tag("PromQuery"),
            Type::Cron => self.tag("Cron"),
            Type::Json => self.tag("Json"),
            Type::Secret => self.tag("Secret"),
            Type::Role => self.tag("Role"),
            Type::NoneLiteral => self.tag("none"),
            Type::EmptyList => self.tag("[]"),
            Type::List(of) => self.ty_of("list", of),
            Type::Optional(of) => self.ty_of("optional", of),
            Type::Range(of) => self.ty_of("range", of),
            Type::Map(key, value) => {
                self.ty_of("map", key);
                self.ty(value);
            }
            Type::Record(id) => self.ty_named("record", Named::Record(*id)),
            Type::Enum(id) => self.ty_named("enum", Named::Enum(*id)),
            Type::Target(id) => self.ty_named("target", Named::Target(*id)),
            Type::Handle(id) => self.ty_named("handle", Named::Extern(*id)),
            Type::RecordKind(id) => self.ty_named("type", Named::Record(*id)),
            Type::Parameter(index) => {
                self.tag("type parameter");
                self.number(u64::from(*index));
            }
        }
    }

    fn ty_of(&mut self, word: &'static str, of: &Type) {
        self.tag(word);
        self.ty(of);
    }

    fn ty_named(&mut self, word: &'static str, named: Named) {
        self.tag(word);
        self.named(named);
    }

    pub fn duration(&mut self, duration: Duration) {
        self.signed(duration.millis());
    }

    pub fn bounds(&mut self, bounds: &Bounds) {
        let Bounds { low, high } = bounds;
        self.value(low);
        self.option(high.as_ref(), |canon, high| canon.value(high));
    }

    pub fn key_form(&mut self, form: KeyForm) {
        self.tag(match form {
            KeyForm::Name => "name",
            KeyForm::Path => "path",
            KeyForm::Number => "number",
        });
    }

    pub fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.tag("none"),
            Value::Bool(value) => {
                self.tag("bool");
                self.flag(*value);
            }
            Value::Int(value) => self.count("int", *value),
            Value::Float(value) => {
                self.tag("float");
                self.number(value.to_bits());
            }
            Value::Percent(value) => self.words("percent", &value.to_string()),
            Value::Duration(value) => self.count("duration", value.millis()),
            Value::Size(value) => self.words("size", &value.bytes().to_string()),
            Value::Time(value) => self.count("time", value.millis()),
            Value::Text(value) => self.words("text", value.as_str()),
            Value::Enum(value) => {
                let EnumMember {
                    enumeration,
                    member,
                    index: _,
                } = value.as_ref();
                self.words("enum", enumeration);
                self.text(member);
            }
            Value::List(items) => {
                self.tag("list");
                self.list(items.iter(), Canon::value);
            }
            Value::Map(map) => {
                self.tag("map");
                self.list(map.entries(), |canon, (key, value)| {
                    canon.value(key);
                    canon.value(value);
                });
            }
            Value::Record(record) => self.record(record),
            Value::Target(target) => self.target(target),
            Value::Query(query) => {
                let Query { tag, text } = query.as_ref();
                match tag {
                    Tag::Promql if self.is_part() => {
                        self.words(tag.as_str(), &literal::laid_out(text));
                    }
                    Tag::Promql | Tag::Text | Tag::Re | Tag::Url | Tag::Cron => {
                        self.words(tag.as_str(), text);
                    }
                }
            }
            Value::Secret(name) => self.words("secret", name.as_str()),
            Value::Handle(number) => {
                self.tag("handle");
                self.number(u64::from(*number));
            }
            Value::Role(name) => self.words("role", name.as_str()),
            Value::Range(range) => {
                let Range {
                    start,
                    end,
                    inclusive,
                } = range.as_ref();
                self.tag("range");
                self.value(start);
                self.value(end);
                self.flag(*inclusive);
            }
        }
    }

    fn words(&mut self, word: &'static str, text: &str) {
        self.tag(word);
        self.text(text);
    }

    fn count(&mut self, word: &'static str, number: i64) {
        self.tag(word);
        self.signed(number);
    }

    fn record(&mut self, record: &Record) {
        let Record { shape, fields } = record;
        self.words("record", &shape.name);
        let named = shape.fields.iter().zip(fields);
        self.list(named.collect::<Vec<_>>(), |canon, (name, value)| {
            canon.text(name);
            canon.option(value.as_ref(), |canon, value| canon.value(value));
        });
    }

    fn target(&mut self, target: &Target) {
        let Target {
            identity: Identity(steps),
            uid,
            snapshot,
        } = target;
        self.tag("target");
        self.list(steps, |canon, step| {
            canon.text(&step.kind);
            canon.text(&step.key);
        });
        self.maybe_text(uid.as_ref());
        self.record(snapshot);
    }

    pub fn template(&mut self, template: &Template) {
        let Template { tag, segments } = template;
        self.tag(match tag {
            Tag::Text => "text",
            Tag::Re | Tag::Url | Tag::Promql | Tag::Cron => tag.as_str(),
        });
        let laid_out = match tag {
            Tag::Promql if self.is_part() => laid_out(template),
            Tag::Promql | Tag::Text | Tag::Re | Tag::Url | Tag::Cron => None,
        };
        self.list(laid_out.as_ref().unwrap_or(segments), Canon::segment);
    }

    fn segment(&mut self, segment: &Segment) {
        match segment {
            Segment::Text(text) => self.words("text", text),
            Segment::Hole(position) => self.tag(position_word(*position)),
        }
    }
}

/// The same query with its blanks where they belong; the holes stay in their order.
fn laid_out(template: &Template) -> Option<Vec<Segment>> {
    let laid_out = literal::laid_out(&template.text_with(literal::HOLE));
    let is_hole = |segment: &&Segment| matches!(segment, Segment::Hole(_));
    let mut holes = template.segments.iter().filter(is_hole);
    let mut segments = Vec::new();
    for (index, text) in laid_out.split(literal::HOLE).enumerate() {
        if index > 0 {
            // A character of the text may look like the place of a hole.
            segments.push(holes.next()?.clone());
        }
        if !text.is_empty() {
            segments.push(Segment::Text(text.into()));
        }
    }
    Some(segments)
}

fn position_word(position: HolePosition) -> &'static str {
    match position {
        HolePosition::Plain => "plain",
        HolePosition::Pattern => "pattern",
        HolePosition::UrlSegment => "url segment",
        HolePosition::UrlValue => "url value",
        HolePosition::PromqlLabel(Quote::Single) => "label in single quotes",
        HolePosition::PromqlLabel(Quote::Double) => "label in double quotes",
        HolePosition::PromqlLabel(Quote::Added) => "label without quotes",
        HolePosition::PromqlPattern(Quote::Single) => "pattern in single quotes",
        HolePosition::PromqlPattern(Quote::Double) => "pattern in double quotes",
        HolePosition::PromqlPattern(Quote::Added) => "pattern without quotes",
        HolePosition::PromqlDuration => "duration",
        HolePosition::Message => "message",
    }
}
