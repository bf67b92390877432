//! Programs made out of the grammar itself: whatever a rule allows, sooner or later.
//!
//! In: `grammar/rbk.pest`, the spellings in `grammar/tokens.pest`, and a seed. Out: a text of a few items. The rules
//! are followed as they stand; only names, literals and blanks are picked from lists here, and look-aheads are not
//! obeyed, so that some texts are refused by the parser. Whoever uses them takes the others.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pest_meta::ast::Expr;
use pest_meta::parser::{self, Rule};

use super::random::Random;

const TOKENS: &str = include_str!("../../grammar/tokens.pest");
const GRAMMAR: &str = include_str!("../../grammar/rbk.pest");

/// The rules by name, and how many rules deep the shallowest text of each is.
struct Grammar {
    rules: BTreeMap<String, Expr>,
    depths: BTreeMap<String, usize>,
    /// How a token is written.
    spellings: BTreeMap<&'static str, &'static str>,
}

static RULES: LazyLock<Grammar> = LazyLock::new(|| {
    let text = format!("{TOKENS}{GRAMMAR}");
    let pairs = parser::parse(Rule::grammar_rules, &text).unwrap();
    let rules = parser::consume_rules(pairs).unwrap();
    let rules = rules.into_iter().map(|rule| (rule.name, rule.expr));
    let mut grammar = Grammar {
        rules: rules.collect(),
        depths: BTreeMap::new(),
        spellings: TOKENS.lines().filter_map(spelling).collect(),
    };
    // Each round finds the texts that are one rule deeper.
    for _ in 0..grammar.rules.len() {
        let found = grammar.rules.iter().filter_map(|(name, expr)| {
            let depth = grammar.depth(expr)?;
            Some((name.clone(), depth + 1))
        });
        grammar.depths = found.collect();
    }
    grammar
});

/// `LET = _{ "\u{3A}" } // `let``
fn spelling(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (name, rest) = line.split_once(" = _{ ")?;
    let spelling = rest.split_once("// `")?.1.split_once('`')?.0;
    Some((name, spelling))
}

impl Grammar {
    /// None if it is not known yet, or if the text is none that anybody should write.
    fn depth(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Ident(name) if is_avoided(name) => None,
            Expr::Ident(name) if picked(name).is_some() => Some(0),
            Expr::Ident(name) if self.spellings.contains_key(&**name) => Some(0),
            Expr::Ident(name) => self.depths.get(name).copied(),
            Expr::Seq(left, right) => Some(self.depth(left)?.max(self.depth(right)?)),
            Expr::Choice(left, right) => match (self.depth(left), self.depth(right)) {
                (Some(left), Some(right)) => Some(left.min(right)),
                (left, right) => left.or(right),
            },
            Expr::RepOnce(inner) => self.depth(inner),
            _ => Some(0),
        }
    }
}

/// Mistakes that the grammar names, and what only recovery makes.
fn is_avoided(rule: &str) -> bool {
    let is_mistake = rule.starts_with("wrong_") || rule == "missing" || rule == "blank_call";
    let is_double = matches!(rule, "QUESTION_AGAIN" | "operand_word");
    is_mistake || is_double || rule.ends_with("_GLUED")
}

/// What stands for a rule that is not followed.
fn picked(rule: &str) -> Option<&'static [&'static str]> {
    Some(match rule {
        "ident" | "operand_name" => &["a", "web", "x1", "lag_limit", "pods"],
        "number" => &["1", "5m", "20%", "1_000", "1.5", "5GiB", "1h30m"],
        "time" => &["2026-11-27T00:00", "2026-11-27T00:00Z"],
        "clock" => &["01:00", "24:00"],
        "kept_field" => &["ready"],
        "day" => &["Tue", "Sat"],
        "plain_text" => &[r#""text""#, r#""""#, r#""a // b""#],
        "text" => &[r#""a ${web.name} b""#, r#""a \"quote\"""#, r#""${web}""#],
        "block_text" => &["\"\"\"\n    first\n      second\n    \"\"\""],
        "tagged" => &[r#"promql"up{a=${web}}""#, r#"re"a+""#],
        "operator" => &[
            "==", "!=", "<", ">=", "+", "-", "*", "/", "..", "..=", "and", "or", "in",
        ],
        "prefix" => &["-", "not"],
        "field" => &[".name", ".ready"],
        "argument_name" | "field_name" => &["to:", "at :", "if:"],
        "doc" => &["/// What it is.\n  "],
        "list_end" => &[",", " ,\n  ", "\n  ", " // comment\n  "],
        "after_operator" => &[" ", " ", " ", "\n    ", " // comment\n    "],
        "ws" | "NL" => &[
            "",
            " ",
            " ",
            "\n  ",
            "\n\n  ",
            " // comment\n    ",
            "\n    // comment\n  ",
        ],
        "open_brace" => &["{", "{ ", "{\n  ", "{\n\n  ", "{ // comment\n    "],
        "line_end" => &[
            "",
            " ",
            "\n  ",
            "\n\n  ",
            " // comment\n    ",
            "\n    // comment\n  ",
        ],
        _ => return None,
    })
}

/// A text of a few items.
pub fn program(seed: u64) -> String {
    let mut sentence = Sentence {
        random: Random::new(seed),
        out: String::new(),
        rules: Vec::new(),
        left: 0,
        line_over: false,
    };
    for _ in 0..=sentence.random.below(3) {
        sentence.left = 150;
        sentence.rule("item");
        sentence.line_over = false;
        sentence.out.push_str("\n\n");
    }
    sentence.out
}

struct Sentence {
    random: Random,
    out: String,
    /// The rules that are being followed, from the item on.
    rules: Vec<String>,
    /// How many rules may still be followed freely; then the shallowest text is taken.
    left: usize,
    /// A statement ended: only a closer may follow on its line.
    line_over: bool,
}

impl Sentence {
    fn rule(&mut self, name: &str) {
        self.left = self.left.saturating_sub(1);
        match picked(name) {
            Some(from) => {
                let parents: Vec<&str> = self.rules.iter().rev().map(String::as_str).collect();
                let text = match (name, parents.as_slice()) {
                    ("ident", ["enum_item" | "record_item" | "extern_target", ..]) => "Pod",
                    ("number", ["version_clause", ..]) => "1.0.0",
                    ("tagged", ["schedule_trigger", ..]) => r#"cron"17 9 * * 1-5""#,
                    ("text", [_, place, ..]) if !takes_holes(place) => r#""no \"holes\"""#,
                    _ => self.random.pick(from),
                };
                self.line_over |= name == "line_end";
                let in_pattern = parents.get(1) == Some(&"matching");
                if !STANDS_ALONE.contains(&name) && !in_pattern {
                    self.blank();
                }
                self.text(text);
            }
            None if RULES.spellings.contains_key(name) => self.token(name),
            None => {
                self.rules.push(name.into());
                self.expr(&RULES.rules[name]);
                self.rules.pop();
            }
        }
    }

    /// A token, and where lines may be broken behind it perhaps a new one.
    fn token(&mut self, name: &str) {
        if !GLUED.contains(&name) {
            self.blank();
        }
        self.text(RULES.spellings[name]);
        if OPENERS.contains(&name) || name == "COMMA" {
            self.rule("ws");
        }
    }

    /// What stands between two tokens.
    fn blank(&mut self) {
        if self.out.is_empty() || self.out.ends_with(['\n', '.']) {
            return;
        }
        let blanks: &[&str] = match self.out.ends_with(['(', '[', '{', ',', ' ']) {
            true => &["", " "],
            false => &[" ", " ", "  "],
        };
        let blanks = self.random.pick(blanks);
        self.text(blanks);
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Str(text) => self.text(text),
            Expr::Ident(name) if RULES.rules.contains_key(name) => self.rule(name),
            Expr::Seq(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Choice(..) => self.choice(expr),
            Expr::Opt(inner) if self.may_go_on() && self.random.one_in(2) => {
                self.expr(inner);
            }
            Expr::Rep(inner) => self.repeat(inner),
            Expr::RepOnce(inner) => {
                self.expr(inner);
                self.repeat(inner);
            }
            // Look-aheads are not obeyed; characters occur in picked rules only.
            _ => {}
        }
    }

    fn repeat(&mut self, inner: &Expr) {
        if RULES.depth(inner).is_none() {
            return;
        }
        while self.may_go_on() && self.random.one_in(2) {
            self.expr(inner);
        }
    }

    fn choice(&mut self, expr: &Expr) {
        let mut branches = Vec::new();
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Choice(left, right) => open.extend([&**right, &**left]),
                branch => branches.push(branch),
            }
        }
        branches.retain(|branch| RULES.depth(branch).is_some());
        if !self.may_go_on() {
            let least = branches
                .iter()
                .filter_map(|branch| RULES.depth(branch))
                .min();
            branches.retain(|branch| RULES.depth(branch) == least);
        }
        let branch = branches[self.random.below(branches.len())];
        self.expr(branch);
    }

    fn may_go_on(&self) -> bool {
        self.left > 0
    }

    fn text(&mut self, text: &str) {
        let word = text.trim_start_matches(' ');
        if self.line_over && !word.is_empty() {
            let ends_line = word.starts_with('\n') || word.starts_with("//");
            if !ends_line && word != "}" {
                self.out.push_str("\n  ");
            }
            self.line_over = false;
        }
        self.out.push_str(text);
    }
}

/// Rules before which no blank is put: it would part what belongs together, or they are blanks.
const STANDS_ALONE: &[&str] = &[
    "field",
    "list_end",
    "after_operator",
    "ws",
    "NL",
    "line_end",
];

/// Tokens that are glued to what stands before them, or may be.
const GLUED: &[&str] = &[
    "GLUED_PAREN",
    "GLUED_BRACKET",
    "DOT",
    "QUESTION",
    "COMMA",
    "COLON",
];

/// Behind these a new line says nothing.
const OPENERS: &[&str] = &[
    "GLUED_PAREN",
    "GLUED_BRACKET",
    "OPEN_APART",
    "BRACKET_APART",
    "OPEN_BRACE",
];

/// Whether a string in this rule may have holes.
fn takes_holes(rule: &str) -> bool {
    let messages = [
        "cleared_stmt",
        "novel",
        "inconclusive",
        "mitigated_stmt",
        "tell_clause",
    ];
    let notices = ["page_stmt", "hand_stmt", "tell_stmt"];
    rule == "primary" || messages.contains(&rule) || notices.contains(&rule)
}
