//! Names of others: what a list of targets holds is named by whoever made them.
//!
//! A lookup by own words yields what has these words for its name. A list yields names that nobody
//! here wrote: they are own where the product owns what they lie in, and told elsewhere. So are the
//! targets that the fields of a target yield.

use crate::rule::Rule;
use crate::typed::{CallExpr, Expr, ExprKind, Extern, OwnsPattern, Package, TargetId, Type};
use crate::value::Value;

use super::flow::Flow;
use super::origin::Taint;

impl Flow<'_, '_> {
    /// Whether the call finds targets in a place that may be somebody else's.
    pub(super) fn is_foreign(&self, extern_: &Extern, call: &CallExpr, args: &[Taint]) -> bool {
        if !Rule::ListedNamesAreOwned.holds() {
            return false;
        }
        let element = match &extern_.result {
            Type::List(element) => element.as_ref(),
            result => result,
        };
        let Type::Target(target) = element else {
            return false;
        };
        // What lies in a target is whose that one is.
        if let (Some(arg), Some(taint)) = (call.args.first(), args.first())
            && let Type::Target(_) = arg.ty
        {
            return taint.is_of_others();
        }
        let kinds = outermost_first(self.package, *target);
        let keys: Vec<&str> = call.args.iter().map_while(|arg| self.text(arg)).collect();
        let place: Vec<(&str, &str)> = kinds
            .iter()
            .map(String::as_str)
            .zip(keys.iter().copied())
            .collect();
        let owned = |patterns: &[OwnsPattern]| patterns.iter().any(|owns| holds(owns, &place));
        match self.runbook.and_then(|runbook| runbook.product) {
            Some(product) => !owned(&self.package.products[product.index()].owns),
            // A function serves every product of the package.
            None => {
                let products = &self.package.products;
                products.is_empty() || !products.iter().all(|product| owned(&product.owns))
            }
        }
    }

    /// The text that an expression is, where the author wrote it.
    pub(super) fn text<'e>(&'e self, expr: &'e Expr) -> Option<&'e str> {
        let value = match &expr.kind {
            ExprKind::Value(value) => value,
            ExprKind::Const(id) => &self.package.consts[id.index()].value,
            ExprKind::Local(local) => return self.texts.get(local).map(String::as_str),
            _ => return None,
        };
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The names of the types that a target lies in, and its own.
pub fn outermost_first(package: &Package, target: TargetId) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut next = Some(target);
    while let Some(id) = next
        && kinds.len() < package.targets.len()
    {
        let target = &package.targets[id.index()];
        kinds.push(target.name.to_string());
        next = target.within;
    }
    kinds.reverse();
    kinds
}

/// Whether the pattern names the place, or something around it.
pub fn holds(owns: &OwnsPattern, place: &[(&str, &str)]) -> bool {
    let mut steps = owns.steps.iter().zip(place);
    owns.steps.len() <= place.len()
        && steps.all(|((kind, wanted), (of, key))| {
            kind == of
                && match wanted.strip_suffix('*') {
                    Some(start) => key.starts_with(start),
                    None => wanted == key,
                }
        })
}
