//! JSON as YAML that people read: a line for each key, short lists in one.

use serde_json::Value as Json;

/// A document. Texts are in quotes, so that none of them is read as something else.
pub fn document(json: &Json) -> String {
    let mut out = String::from("---\n");
    block(&mut out, json, 0);
    out
}

/// Documents are a few levels deep: they are made here, and nobody sends any.
fn block(out: &mut String, json: &Json, depth: usize) {
    let indent = "  ".repeat(depth);
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                match is_flat(value) {
                    true => out.push_str(&format!("{indent}{name}: {}\n", flat(value))),
                    false => {
                        out.push_str(&format!("{indent}{name}:\n"));
                        block(out, value, depth + 1);
                    }
                }
            }
        }
        Json::Array(items) => {
            for item in items {
                let mut inner = String::new();
                block(&mut inner, item, depth + 1);
                let own = inner.trim_start();
                out.push_str(&format!("{indent}- {own}"));
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            out.push_str(&format!("{indent}{json}\n"));
        }
    }
}

/// Whether it fits into the line of its key.
fn is_flat(json: &Json) -> bool {
    match json {
        Json::Object(_) => false,
        Json::Array(items) => items
            .iter()
            .all(|item| !item.is_object() && !item.is_array()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => true,
    }
}

fn flat(json: &Json) -> String {
    match json {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(Json::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        _ => json.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_it_was_made_of() {
        let json = serde_json::json!({
            "kind": "Role",
            "metadata": { "name": "a:b" },
            "rules": [{ "apiGroups": [""], "verbs": ["get", "list"] }, { "verbs": ["no"] }],
        });
        let text = "---\nkind: \"Role\"\nmetadata:\n  name: \"a:b\"\nrules:\n  - apiGroups: [\"\"]\n    \
                    verbs: [\"get\", \"list\"]\n  - verbs: [\"no\"]\n";
        assert_eq!(document(&json), text);
    }
}
