//! Functions and actions that call each other.

use super::{Program, actions, lines};

pub fn action_chain(n: usize) -> String {
    let action = |at| format!("action a{at}(w: k8s.Pod) changes w {{ do a{}(w) }}", at + 1);
    let last = format!("action a{n}(w: k8s.Pod) changes w {{ do k8s.restart(w) }}");
    Program {
        items: &format!("{}\n{last}", lines(n, action)),
        remedy: "do a0(w)",
        ..Program::default()
    }
    .write()
}

pub fn action_dag(n: usize) -> String {
    Program {
        items: &actions(n, "do k8s.restart(w)"),
        remedy: "do a0(w)",
        ..Program::default()
    }
    .write()
}

pub fn action_dag_waived(n: usize) -> String {
    Program {
        items: &actions(n, "do k8s.restart(w) waive undo \"it is one pod\""),
        remedy: "do a0(w)",
        ..Program::default()
    }
    .write()
}

pub fn fn_dag(n: usize) -> String {
    let function = |at| {
        let next = at + 1;
        format!("fn f{at}(x: Float) -> Float = f{next}(x) + f{next}(x)")
    };
    let last = format!("fn f{n}(x: Float) -> Float = x");
    Program {
        items: &format!("{}\n{last}", lines(n, function)),
        diagnose: "cleared if f0(lag()) < 1",
        ..Program::default()
    }
    .write()
}

pub fn fn_dag_of_bools(n: usize) -> String {
    let function = |at| {
        let next = at + 1;
        format!("fn f{at}(x: Bool, y: Bool) -> Bool = f{next}(x, y) and f{next}(y, x)")
    };
    let last = format!("fn f{n}(x: Bool, y: Bool) -> Bool = x or y");
    Program {
        items: &format!("{}\n{last}", lines(n, function)),
        diagnose: "cleared if f0(lag() > 1, w.ready)",
        ..Program::default()
    }
    .write()
}

pub fn probe_dag(n: usize) -> String {
    let probe = |at| {
        let next = at + 1;
        format!(
            "probe f{at}() -> Bool {{\nif f{next}() {{ return f{next}() }}\nreturn f{next}()\n}}"
        )
    };
    let last = format!("probe f{n}() -> Bool {{ return prom.value(promql\"sum(x)\") > 1 }}");
    Program {
        items: &format!("{}\n{last}", lines(n, probe)),
        diagnose: "cleared if f0()",
        ..Program::default()
    }
    .write()
}

pub fn probe_chain_of_branches(n: usize) -> String {
    let probe = |at| {
        let asks = format!("prom.value(promql\"sum(x{at})\") > 1");
        let next = at + 1;
        format!("probe f{at}() -> Bool {{\nif {asks} {{ return f{next}() }}\nreturn false\n}}")
    };
    let last = format!("probe f{n}() -> Bool {{ return prom.value(promql\"sum(x)\") > 1 }}");
    Program {
        items: &format!("{}\n{last}", lines(n, probe)),
        diagnose: "cleared if f0()",
        ..Program::default()
    }
    .write()
}
