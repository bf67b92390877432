//! Names, paths, types and parameters.

use super::Lowering;
use crate::diag::{Code, Diagnostic, near};
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{Ident, Parameter, Path, TypeRef, TypeRefKind};
use crate::syntax::{teach, words};
use crate::text::Span;

/// Where parameters stand decides what they may leave out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterPlace {
    /// Each needs its type.
    Typed,
    /// The types come from the `found` lines.
    Remedy,
    /// Ranges, marks and `..` are allowed; names are labels only.
    Extern,
}

impl Lowering {
    /// A name as it stands.
    pub(super) fn ident(&self, node: &Node<'_>) -> Ident {
        Ident {
            text: node.as_str().into(),
            span: self.span(node),
        }
    }

    /// The name of a `.name` node.
    pub(super) fn field_name(&self, node: &Node<'_>) -> Ident {
        let bytes = node.bytes();
        Ident {
            text: node.as_str().get(1..).unwrap_or_default().into(),
            span: self.range(bytes.start + 1, bytes.end),
        }
    }

    fn no_name(&self, parent: Span) -> Ident {
        Ident {
            text: Default::default(),
            span: parent.at_end(),
        }
    }

    /// The next child as a name that is only mentioned.
    pub(super) fn next_ident(&self, nodes: &mut Nodes<'_>, parent: Span) -> Ident {
        match nodes.accept(Rule::ident) {
            Some(node) => self.ident(&node),
            None => self.no_name(parent),
        }
    }

    /// The next child as the name of a value that is bound here.
    pub(super) fn next_value_name(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> Ident {
        let name = self.next_ident(nodes, parent);
        self.check_bound(&name);
        name
    }

    /// The next child as the name of a member of a module. It is always written behind the module's
    /// name, where every word may stand.
    pub(super) fn next_member_name(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> Ident {
        let name = self.next_ident(nodes, parent);
        if !words::is_reserved(&name.text) && !words::is_item_word(&name.text) {
            self.check_bound(&name);
        }
        name
    }

    /// The next child as the name of a type that is declared here.
    pub(super) fn next_type_name(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> Ident {
        let name = self.next_ident(nodes, parent);
        if name
            .text
            .starts_with(|first: char| !first.is_ascii_uppercase())
        {
            let better = words::upper_camel(&name.text);
            let message = format!("the type `{}` is not in UpperCamel case", name.text);
            self.say(
                Diagnostic::new(
                    Code::NameCase,
                    message,
                    name.span,
                    "a type begins with a capital letter",
                )
                .fix(format!("call it `{better}`"), name.span, better),
            );
        }
        name
    }

    /// The name bound by a node with one name in it: `as a`, `is some c`.
    pub(super) fn inner_name(&mut self, node: Node<'_>) -> Ident {
        let span = self.span(&node);
        self.next_value_name(&mut Nodes::of(node), span)
    }

    /// The name mentioned in a node with one name in it.
    pub(super) fn inner_ident(&self, node: Node<'_>) -> Ident {
        let span = self.span(&node);
        self.next_ident(&mut Nodes::of(node), span)
    }

    /// All names in a list of names.
    pub(super) fn idents(&self, nodes: &mut Nodes<'_>) -> Vec<Ident> {
        let mut idents = Vec::new();
        while let Some(node) = nodes.accept(Rule::ident) {
            idents.push(self.ident(&node));
        }
        idents
    }

    /// Paths one behind the other.
    pub(super) fn paths(&self, nodes: &mut Nodes<'_>) -> Vec<Path> {
        let mut paths = Vec::new();
        while let Some(node) = nodes.accept(Rule::path) {
            paths.push(self.path(node));
        }
        paths
    }

    /// Refuses a reserved word and a capital letter where a value gets its name.
    pub(super) fn check_bound(&mut self, name: &Ident) {
        let nameless = self.diagnostics.iter().any(|found| {
            let place = found.primary.span;
            found.primary.text == teach::NO_NAME && place.end + 1 == name.span.start
        });
        if nameless {
            // What stands where the name is missing was told.
        } else if words::is_reserved(&name.text) || words::is_item_word(&name.text) {
            let message = format!(
                "`{}` is a word of the language and cannot be a name",
                name.text
            );
            self.say(
                Diagnostic::new(Code::ReservedName, message, name.span, "a reserved word").fix(
                    "add an underscore",
                    name.span,
                    format!("{}_", name.text),
                ),
            );
        } else if name
            .text
            .starts_with(|first: char| first.is_ascii_uppercase())
        {
            let better = words::lower_snake(&name.text);
            let message = format!("the name `{}` is not in lower_snake case", name.text);
            self.say(
                Diagnostic::new(
                    Code::NameCase,
                    message,
                    name.span,
                    "only types begin with a capital letter",
                )
                .fix(format!("call it `{better}`"), name.span, better),
            );
        }
    }

    /// `Pod`, `k8s.Pod`
    pub(super) fn path(&self, node: Node<'_>) -> Path {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let first = self.next_ident(&mut nodes, span);
        match nodes.accept(Rule::field) {
            Some(field) => Path {
                module: Some(first),
                name: self.field_name(&field),
                span,
            },
            None => Path {
                module: None,
                name: first,
                span,
            },
        }
    }

    /// The next child as a path.
    pub(super) fn next_path(&self, nodes: &mut Nodes<'_>, parent: Span) -> Path {
        match nodes.accept(Rule::path) {
            Some(node) => self.path(node),
            None => Path {
                module: None,
                name: self.no_name(parent),
                span: parent.at_end(),
            },
        }
    }

    /// The next child as a type.
    pub(super) fn next_type(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> TypeRef {
        match nodes.accept(Rule::type_ref) {
            Some(node) => self.type_ref(node),
            None => TypeRef {
                kind: TypeRefKind::Missing,
                span: parent.at_end(),
            },
        }
    }

    fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        if let Some(kind) = nodes.accept(Rule::record_kind) {
            return TypeRef {
                kind: TypeRefKind::RecordKind(self.inner_ident(kind)),
                span,
            };
        }
        let path = self.next_path(&mut nodes, span);
        let mut ty = TypeRef {
            span: path.span,
            kind: TypeRefKind::Missing,
        };
        ty.kind = match nodes.accept(Rule::type_args) {
            Some(args) => {
                ty.span = ty.span.to(self.span(&args));
                self.applied(path, args)
            }
            None => {
                self.check_unapplied(&path);
                TypeRefKind::Named(path)
            }
        };
        while let Some(mark) = nodes.accept(Rule::optional_mark) {
            let span = ty.span.to(self.span(&mark));
            ty = TypeRef {
                kind: TypeRefKind::Optional(Box::new(ty)),
                span,
            };
        }
        ty
    }

    /// `List` and `Map` alone are no types.
    fn check_unapplied(&mut self, path: &Path) {
        let wanted = match (path.module.is_none(), path.name.as_str()) {
            (true, "List") => "List[T]",
            (true, "Map") => "Map[K, V]",
            _ => return,
        };
        let message = format!("`{}` of what?", path.name.text);
        self.say(Diagnostic::new(
            Code::TypeArguments,
            message,
            path.span,
            format!("write `{wanted}`"),
        ));
    }

    fn applied(&mut self, path: Path, args: Node<'_>) -> TypeRefKind {
        let args_span = self.span(&args);
        let mut types: Vec<TypeRef> = Nodes::of(args).map(|node| self.type_ref(node)).collect();
        // `list[str]`: what stands in it is written another way, too.
        let foreign: Vec<(Span, &str)> = types.iter().filter_map(foreign_type).collect();
        let name = if path.module.is_none() {
            path.name.as_str()
        } else {
            ""
        };
        if matches!(name, "Optional" | "Option" | "Maybe" | "Nullable") && types.len() == 1 {
            self.say(optional(path.name.span, args_span));
            return TypeRefKind::Missing;
        }
        match (name, types.pop(), types.pop(), types.is_empty()) {
            ("List", Some(element), None, true) => TypeRefKind::List(Box::new(element)),
            ("Map", Some(value), Some(key), true) => {
                TypeRefKind::Map(Box::new(key), Box::new(value))
            }
            (name, ..) => {
                let (message, label) = match name {
                    "List" => ("`List` takes one type", "write `List[T]`"),
                    "Map" => ("`Map` takes two types", "write `Map[K, V]`"),
                    _ => (
                        "only `List` and `Map` take types in brackets",
                        "this type takes none",
                    ),
                };
                let found = Diagnostic::new(Code::TypeArguments, message, args_span, label);
                let right = match name.to_lowercase().as_str() {
                    "list" | "array" | "vec" | "set" | "seq" => Some("List"),
                    "map" | "dict" | "hashmap" | "mapping" => Some("Map"),
                    _ => None,
                };
                self.say(match right.filter(|right| *right != name) {
                    Some(right) => {
                        let title = format!("write `{right}`");
                        let found = found.help(format!("it is written `{right}`"));
                        let found = found.fix(title.as_str(), path.name.span, right);
                        foreign.into_iter().fold(found, |found, (span, known)| {
                            found.fix(title.as_str(), span, known)
                        })
                    }
                    None => found,
                });
                TypeRefKind::Missing
            }
        }
    }

    /// `(a: T, b: U = v)`; the flag tells whether `..` was among them.
    pub(super) fn params(
        &mut self,
        node: Option<Node<'_>>,
        place: ParameterPlace,
    ) -> (Vec<Parameter>, bool) {
        let mut params = Vec::new();
        let mut open = false;
        for node in node.into_iter().flat_map(Nodes::of) {
            let span = self.span(&node);
            let mut nodes = Nodes::of(node);
            if nodes.accept(Rule::open_mark).is_some() {
                open = true;
                if place != ParameterPlace::Extern {
                    self.say(Diagnostic::new(
                        Code::ExternOnly,
                        "`..` is for `extern` declarations only",
                        span,
                        "parameters must be listed here",
                    ));
                }
                continue;
            }
            if nodes.peek_rule() != Some(Rule::missing) {
                params.push(self.param(nodes, span, place));
            }
        }
        (params, open)
    }

    fn param(&mut self, mut nodes: Nodes<'_>, span: Span, place: ParameterPlace) -> Parameter {
        let name = self.next_ident(&mut nodes, span);
        if place != ParameterPlace::Extern {
            self.check_bound(&name);
        }
        let ty = nodes.accept(Rule::type_ref).map(|node| self.type_ref(node));
        if ty.is_none() && place != ParameterPlace::Remedy && !name.text.is_empty() {
            let message = format!("the parameter `{}` has no type", name.text);
            self.say(
                Diagnostic::new(
                    Code::ParameterType,
                    message,
                    name.span,
                    "write `name: Type`",
                )
                .help("only the parameters of a `remedy` take their types from the `found` lines"),
            );
        }
        let range = self.range_decl(&mut nodes);
        let range_span = range.as_ref().map(|range| range.span);
        let sink = nodes.accept(Rule::sink).map(|node| self.ident(&node));
        let mark = range_span.or(sink.as_ref().map(|sink| sink.span));
        if let (Some(mark), true) = (mark, place != ParameterPlace::Extern) {
            self.say(Diagnostic::new(
                Code::ExternOnly,
                "ranges and marks of parameters are for `extern` declarations only",
                mark,
                "not allowed here",
            ));
        }
        let default = self.optional_expr(&mut nodes);
        Parameter {
            name,
            ty,
            range,
            sink,
            default,
            span,
        }
    }
}

/// `Optional[Int]`: what may be missing has a type with `?`.
fn optional(name: Span, args: Span) -> Diagnostic {
    let message = "only `List` and `Map` take types in brackets";
    let found = Diagnostic::new(Code::TypeArguments, message, args, "this type takes none");
    let head = Span::new(name.source, name.range().start, args.range().start + 1);
    let close = Span::new(name.source, args.range().end - 1, args.range().end);
    let found = found.help("what may be missing has a type with `?`: `Int?`");
    let title = "write `?` behind the type";
    found.fix(title, head, "").fix(title, close, "?")
}

/// The name of a type of another language, and what it is called here.
fn foreign_type(ty: &TypeRef) -> Option<(Span, &'static str)> {
    let TypeRefKind::Named(path) = &ty.kind else {
        return None;
    };
    let known = near::type_elsewhere(path.name.as_str())?;
    (path.module.is_none() && known != path.name.as_str()).then_some((path.name.span, known))
}
