//! The front end beside starlark, cedar and regorus: CPU time of one thread for programs of one length,
//! the best of several rounds, all in one run.
//!
//! Programs are of the same kind in each language: a unit that looks at a few values and decides, again
//! and again under other names, until it has as many lines. What is measured is what each does before it
//! runs anything: reading, and checking types where it has some.

#[path = "../../clock.rs"]
mod clock;

use cedar_policy::{PolicySet, Schema, ValidationMode, Validator};
use starlark::environment::Globals;
use starlark::syntax::{AstModule, Dialect, DialectTypes};
use starlark::typing::AstModuleTypecheck;

/// The program of ours that is repeated.
const PROGRAM: &str = include_str!("../../../examples/quickstart/checkout.rbk");

const LINES: usize = 10_000;

fn main() {
    println!(
        "{:<24} {:>8} {:>10} {:>12}",
        "", "lines", "CPU ms", "of rbk check"
    );
    let ours = ours();
    let check = report("rbk check", &ours, None, |text| {
        rbk::facade::measure::check(text);
    });
    report("rbk parse", &ours, Some(check), |text| {
        rbk::facade::measure::parse(text);
    });
    let starlark = starlark();
    report("starlark parse", &starlark, Some(check), |text| {
        drop(parsed(text))
    });
    report("starlark parse, types", &starlark, Some(check), |text| {
        let (errors, ..) = parsed(text).typecheck(&Globals::standard(), &Default::default());
        assert!(errors.is_empty(), "{:?}", errors.first());
    });
    let rego = rego();
    report("regorus parse, compile", &rego, Some(check), |text| {
        let mut engine = regorus::Engine::new();
        engine
            .add_policy("p.rego".into(), text.into())
            .expect("it is a policy");
        engine
            .compile_with_entrypoint(&"data.shop.unit_0".into())
            .expect("it compiles");
    });
    let cedar = cedar();
    let schema = schema();
    report("cedar parse, validate", &cedar, Some(check), |text| {
        let policies: PolicySet = text.parse().expect("they are policies");
        let validator = Validator::new(schema.clone());
        let result = validator.validate(&policies, ValidationMode::Strict);
        assert!(result.validation_passed(), "{result}");
    });
}

/// Measures, prints, and gives the milliseconds.
fn report(what: &str, text: &str, beside: Option<f64>, work: impl Fn(&str)) -> f64 {
    let millis = clock::best(12, || work(text)) as f64 / 1e6;
    let lines = text.lines().count();
    let ratio = beside.map_or_else(String::new, |check| format!("{:.2}", millis / check));
    println!("{what:<24} {lines:>8} {millis:>10.2} {ratio:>12}");
    millis
}

/// Units until there are so many lines.
fn repeated(head: &str, unit: impl Fn(usize) -> String) -> String {
    let mut text = String::from(head);
    let mut lines = 0;
    for index in 0.. {
        let unit = unit(index);
        lines += unit.lines().count();
        text.push_str(&unit);
        if lines >= LINES {
            break;
        }
    }
    text
}

fn ours() -> String {
    let (head, runbook) = PROGRAM.split_at(PROGRAM.find("/// A worker").unwrap_or_default());
    repeated(head, |index| {
        runbook.replace("stuck_worker", &format!("stuck_worker_{index}")) + "\n"
    })
}

fn starlark() -> String {
    repeated("", |index| {
        let mut text = String::new();
        line(
            &mut text,
            &format!(
                "def stuck_worker_{index}(namespace: str, pod: str, lag: int, ready: bool) -> str:"
            ),
        );
        for step in 0..8 {
            line(
                &mut text,
                &format!("    # what is looked at in step {step}"),
            );
            line(
                &mut text,
                &format!(
                    "    query_{step} = \"sum(rate(jobs_done_total{{pod=\" + pod + \"}}[2m]))\""
                ),
            );
            line(
                &mut text,
                &format!("    if lag > {step} * 60 and ready and len(query_{step}) > {step}:"),
            );
            line(
                &mut text,
                "        return namespace + \"/\" + pod + \" is stuck\"",
            );
        }
        line(&mut text, "    return \"\"\n");
        text
    })
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn parsed(text: &str) -> AstModule {
    let dialect = Dialect {
        enable_types: DialectTypes::Enable,
        ..Dialect::Standard
    };
    AstModule::parse("p.star", text.to_owned(), &dialect).expect("it is a program")
}

fn rego() -> String {
    repeated("package shop\n\nimport rego.v1\n\n", |index| {
        let mut text = String::new();
        for step in 0..8 {
            line(&mut text, &format!("# what is looked at in step {step}"));
            line(&mut text, &format!("unit_{index} if {{"));
            line(&mut text, &format!("  input.lag > {step} * 60"));
            line(&mut text, "  input.ready");
            line(
                &mut text,
                &format!("  startswith(input.pod, \"worker-{index}\")"),
            );
            line(&mut text, "}\n");
        }
        text
    })
}

fn cedar() -> String {
    repeated("", |index| {
        let mut text = String::new();
        line(&mut text, &format!("// what may be done in unit {index}"));
        line(&mut text, "permit (");
        line(
            &mut text,
            &format!("  principal == Agent::\"agent_{index}\","),
        );
        line(&mut text, "  action == Action::\"restart\",");
        line(&mut text, "  resource is Pod");
        line(&mut text, ") when {");
        line(&mut text, &format!("  resource.lag > {} &&", index % 600));
        line(&mut text, "  resource.ready &&");
        line(&mut text, "  resource.team == \"checkout\"");
        line(&mut text, "};\n");
        text
    })
}

fn schema() -> Schema {
    let text = "entity Agent; entity Pod { lag: Long, ready: Bool, team: String };
        action restart appliesTo { principal: Agent, resource: Pod };";
    let (schema, _) = Schema::from_cedarschema_str(text).expect("it is a schema");
    schema
}
