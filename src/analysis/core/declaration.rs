//! Declarations: what a name says of itself, and functions.

use smol_str::SmolStr;

use super::Named;
use super::canon::Canon;
use crate::effect::Repeat;
use crate::typed::{
    ActionContract, Capability, Enum, Extern, ExternKind, Field, Function, FunctionKind, Package,
    Param, QualifiedName, Record, Role, RoleKind, Secret, Target, Type, UndoContract, Window,
    WindowTimes,
};

/// Fields that targets of the library have got since cores were locked first, each with its target. What is said of one is
/// hashed where it is read; a program that reads none of them is what it was.
pub const LATER_FIELDS: &[(&str, &str)] = &[
    ("k8s.Deployment", "rollout"),
    ("k8s.Pod", "labels"),
    ("k8s.Pod", "owner"),
    ("k8s.Pod", "owner_kind"),
    ("k8s.Pod", "reason"),
];

impl Canon<'_> {
    /// The name with its kind, as it is written.
    pub fn name_of(&self, named: Named) -> String {
        let package = self.package();
        let qualified = |kind: &str, name: &QualifiedName| format!("{kind} {name}");
        match named {
            Named::Enum(id) => qualified("enum", &package.enums[id.index()].name),
            Named::Record(id) => qualified("record", &package.records[id.index()].name),
            Named::Target(id) => qualified("target", &package.targets[id.index()].name),
            Named::Extern(id) => qualified("extern", &package.externs[id.index()].name),
            Named::Role(id) => {
                let role = &package.roles[id.index()];
                of_dependency("role", &role.of, &role.name)
            }
            Named::Window(id) => {
                let window = &package.windows[id.index()];
                of_dependency("window", &window.of, &window.name)
            }
            Named::Secret(id) => {
                let secret = &package.secrets[id.index()];
                of_dependency("secret", &secret.of, &secret.name)
            }
        }
    }

    /// Encodes what stands behind the name, which is given back.
    pub fn declaration(&mut self, named: Named) -> String {
        let package = self.package();
        match named {
            Named::Enum(id) => self.enumeration(&package.enums[id.index()]),
            Named::Record(id) => self.record_type(&package.records[id.index()]),
            Named::Target(id) => self.target_type(&package.targets[id.index()]),
            Named::Extern(id) => self.external(&package.externs[id.index()]),
            Named::Role(id) => self.role(&package.roles[id.index()]),
            Named::Window(id) => self.window(&package.windows[id.index()]),
            Named::Secret(id) => self.secret(&package.secrets[id.index()]),
        }
        self.name_of(named)
    }

    fn enumeration(&mut self, enumeration: &Enum) {
        let Enum {
            name: _,
            members,
            span: _,
        } = enumeration;
        self.list(members, |canon, member| canon.text(member));
    }

    fn record_type(&mut self, record: &Record) {
        let Record {
            name: _,
            fields,
            span: _,
        } = record;
        self.fields(fields.iter().collect());
    }

    /// By their names: in which order they stand says nothing.
    fn fields(&mut self, mut fields: Vec<&Field>) {
        fields.sort_by_key(|field| &field.name);
        self.list(fields, Canon::field);
    }

    /// The name of a field of a record or a target.
    pub fn field_name(&mut self, of: &Type, field: u16) {
        let package = self.package();
        let fields = match of {
            Type::Record(id) => package.records[id.index()].fields.as_slice(),
            Type::Target(id) => package.targets[id.index()].fields.as_slice(),
            _ => &[],
        };
        match fields.get(usize::from(field)) {
            // Its target says nothing of it.
            Some(field) if is_later(package, of, field) => self.field(field),
            Some(field) => self.text(&field.name),
            None => self.number(u64::from(field)),
        }
    }

    fn field(&mut self, field: &Field) {
        let Field {
            name,
            ty,
            default,
            range,
            span: _,
        } = field;
        self.text(name);
        self.ty(ty);
        self.option(default.as_ref(), |canon, value| canon.value(value));
        self.option(range.as_ref(), |canon, range| canon.bounds(range));
    }

    fn target_type(&mut self, target: &Target) {
        let Target {
            name,
            scope,
            within,
            key,
            key_form,
            lookup,
            fields,
            span: _,
        } = target;
        self.tag(scope.word());
        self.option(*within, |canon, id| canon.named(Named::Target(id)));
        self.text(key);
        self.key_form(*key_form);
        self.option(*lookup, |canon, id| canon.named(Named::Extern(id)));
        let fields = fields.iter().filter(|field| !came_later(name, field));
        self.fields(fields.collect());
    }

    fn external(&mut self, external: &Extern) {
        let Extern {
            name: _,
            kind,
            level,
            params,
            type_parameters,
            open,
            result,
            range,
            needs,
            deadline,
            span: _,
        } = external;
        match kind {
            ExternKind::Fn => self.tag("fn"),
            ExternKind::Probe => self.tag("probe"),
            ExternKind::Action(contract) => self.contract(contract),
        }
        self.tag(level.word());
        self.list(params, Canon::param);
        self.number(u64::from(*type_parameters));
        self.flag(*open);
        self.ty(result);
        self.option(range.as_ref(), |canon, range| canon.bounds(range));
        self.list(needs, |canon, Capability { name, of }| {
            canon.text(name);
            canon.option(*of, |canon, index| canon.number(u64::from(index)));
        });
        self.duration(*deadline);
    }

    fn contract(&mut self, contract: &ActionContract) {
        let ActionContract {
            changes,
            repeat,
            settle_probe,
            settles,
            undo,
            inverse,
            touching,
        } = contract;
        self.tag("action");
        self.list(changes, |canon, index| canon.number(u64::from(*index)));
        self.tag(match repeat {
            Repeat::Safe => "safe",
            Repeat::Keyed => "keyed",
            Repeat::UnsafeProbe => "unsafe, a probe tells",
            Repeat::UnsafeHuman => "unsafe, a human tells",
        });
        self.option(*settle_probe, |canon, id| canon.named(Named::Extern(id)));
        self.duration(*settles);
        match undo {
            UndoContract::ByCaller => self.tag("by caller"),
            UndoContract::By { action, args } => {
                self.tag("by");
                self.named(Named::Extern(*action));
                self.exprs(args);
            }
            UndoContract::Previous => self.tag("previous"),
            UndoContract::Unneeded(why) => {
                self.tag("unneeded");
                self.text(why);
            }
            UndoContract::Impossible => self.tag("impossible"),
        }
        self.option(*inverse, |canon, id| canon.named(Named::Extern(id)));
        self.flag(*touching);
    }

    fn param(&mut self, param: &Param) {
        self.text(&param.name);
        self.unnamed(param);
    }

    /// A parameter whose name is of the source alone.
    fn unnamed(&mut self, param: &Param) {
        let Param {
            name: _,
            ty,
            range,
            sink,
            default,
            span: _,
        } = param;
        self.ty(ty);
        self.option(range.as_ref(), |canon, range| canon.bounds(range));
        self.option(*sink, |canon, sink| canon.tag(sink.word()));
        self.maybe(default.as_ref());
    }

    /// What a function does; what it is called is of the source alone.
    pub fn function(&mut self, function: &Function) {
        let Function {
            name: _,
            kind,
            params,
            result,
            body,
            span: _,
        } = function;
        match kind {
            FunctionKind::Fn => self.tag("fn"),
            FunctionKind::Probe => self.tag("probe"),
            FunctionKind::Action { changes } => {
                self.tag("action");
                self.list(changes, |canon, index| canon.number(u64::from(*index)));
            }
            FunctionKind::Watch(_) => self.tag("watch"),
        }
        self.list(params, Canon::unnamed);
        self.ty(result);
        self.body(body, params.len() as u32);
    }

    fn role(&mut self, role: &Role) {
        let Role {
            name: _,
            of: _,
            kind,
            address: _,
            at_least,
            span: _,
        } = role;
        self.tag(match kind {
            RoleKind::Rota => "rota",
            RoleKind::Group => "group",
            RoleKind::Person => "person",
        });
        self.option(*at_least, |canon, least| canon.number(u64::from(least)));
    }

    pub fn window(&mut self, window: &Window) {
        let Window {
            name: _,
            of: _,
            times,
            except,
            span: _,
        } = window;
        self.option(times.as_ref(), |canon, times| match times {
            WindowTimes::Once { from, to } => {
                canon.tag("once");
                canon.signed(from.first.millis());
                canon.signed(to.last.millis());
            }
            WindowTimes::Weekly {
                days,
                from,
                to,
                zone,
            } => {
                canon.tag("weekly");
                canon.list(days, |canon, day| canon.number(u64::from(*day)));
                canon.duration(*from);
                canon.duration(*to);
                canon.text(zone);
            }
        });
        self.option(*except, |canon, id| canon.named(Named::Window(id)));
    }

    /// A secret is its name: where it lies is the operator's affair.
    fn secret(&mut self, secret: &Secret) {
        let Secret {
            name: _,
            of: _,
            store,
            address,
            span: _,
        } = secret;
        self.text(store);
        self.text(address);
    }
}

/// A name with its kind; where a dependency declares it, with that.
fn of_dependency(kind: &str, of: &Option<SmolStr>, name: &SmolStr) -> String {
    match of {
        Some(of) => format!("{kind} {of}.{name}"),
        None => format!("{kind} {name}"),
    }
}

fn came_later(target: &QualifiedName, field: &Field) -> bool {
    let mut later = LATER_FIELDS.iter();
    later.any(|(of, name)| field.name == *name && target.to_string() == *of)
}

fn is_later(package: &Package, of: &Type, field: &Field) -> bool {
    match of {
        Type::Target(id) => came_later(&package.targets[id.index()].name, field),
        _ => false,
    }
}
