//! The kinds of lines that items are made of.
//!
//! In: what a line stands in. Out: the rule that reads it alone, its name, the words that may begin it, and how
//! lines of this kind are told apart.

use super::lines::Separation;
use super::rules::Rule;
use super::words;

/// What a line is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Item,
    Clause,
    Stmt,
    Arm,
    Condition,
    Trigger,
    Blast,
    Product,
    Test,
    Target,
    Extern,
    Field,
    Member,
    Param,
    Element,
}

impl Kind {
    /// The rule that reads one line of this kind.
    pub fn entry(self) -> Rule {
        match self {
            Kind::Item => Rule::item_entry,
            Kind::Clause => Rule::clause_entry,
            Kind::Stmt => Rule::stmt_entry,
            Kind::Arm => Rule::arm_entry,
            Kind::Condition => Rule::condition_entry,
            Kind::Trigger => Rule::trigger_entry,
            Kind::Blast => Rule::blast_entry,
            Kind::Product => Rule::product_entry,
            Kind::Test => Rule::test_entry,
            Kind::Target => Rule::target_entry,
            Kind::Extern => Rule::extern_entry,
            Kind::Field => Rule::field_entry,
            Kind::Member => Rule::member_entry,
            Kind::Param => Rule::param_entry,
            Kind::Element => Rule::element_entry,
        }
    }

    /// What such a line is called.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Item => "an item",
            Kind::Clause => "a clause of a runbook",
            Kind::Stmt => "a statement",
            Kind::Arm => "an arm of a `match`",
            Kind::Condition => "a condition",
            Kind::Trigger => "a condition of a trigger",
            Kind::Blast => "a limit",
            Kind::Product => "a clause of a product",
            Kind::Test => "a line of a test",
            Kind::Target => "a line of a target",
            Kind::Extern => "a clause of an `extern`",
            Kind::Field => "a field",
            Kind::Member => "a member",
            Kind::Param => "a parameter",
            Kind::Element => "a value",
        }
    }

    /// The words that begin such a line; empty if it begins with a name or a value.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Item => words::ITEM_WORDS,
            Kind::Clause => words::CLAUSE_WORDS,
            Kind::Stmt => words::STATEMENT_WORDS,
            Kind::Trigger => &["with", "where", "holding"],
            Kind::Blast => &["at", "keep", "pause", "only"],
            Kind::Product => words::PRODUCT_WORDS,
            Kind::Test => words::TEST_WORDS,
            Kind::Extern => &[
                "needs", "changes", "deadline", "settles", "repeat", "undo", "inverse", "touching",
            ],
            Kind::Arm
            | Kind::Condition
            | Kind::Target
            | Kind::Field
            | Kind::Member
            | Kind::Param
            | Kind::Element => &[],
        }
    }

    /// Whether `///` may stand above such a line.
    pub fn has_docs(self) -> bool {
        match self {
            Kind::Item | Kind::Clause | Kind::Field | Kind::Member | Kind::Target => true,
            Kind::Stmt
            | Kind::Arm
            | Kind::Condition
            | Kind::Trigger
            | Kind::Blast
            | Kind::Product
            | Kind::Test
            | Kind::Extern
            | Kind::Param
            | Kind::Element => false,
        }
    }

    /// How lines of this kind are told apart.
    pub fn separation(self) -> Separation {
        let commas = match self {
            Kind::Field | Kind::Member | Kind::Param | Kind::Element => true,
            Kind::Item
            | Kind::Clause
            | Kind::Stmt
            | Kind::Arm
            | Kind::Condition
            | Kind::Trigger
            | Kind::Blast
            | Kind::Product
            | Kind::Test
            | Kind::Target
            | Kind::Extern => false,
        };
        let continuations: &[&str] = match self {
            Kind::Stmt | Kind::Arm => &[
                "else", "undo", "retry", "within", "every", "holding", "abort", "waive", "options",
                "until", "owed", "then", "and", "or", "in", "is", "as",
            ],
            Kind::Clause => &[
                "within", "then", "and", "or", "in", "is", "as", "per", "missed",
            ],
            Kind::Element => &["and", "or", "in", "is", "as", "for"],
            Kind::Condition | Kind::Trigger => &["and", "or", "in", "is", "as"],
            Kind::Test => &["then", "once", "because", "takes", "resolves"],
            Kind::Product => &["until"],
            Kind::Blast => &["per", "of", "during"],
            Kind::Item => &["and", "or", "in", "is", "as", "except"],
            Kind::Target | Kind::Extern | Kind::Field | Kind::Member | Kind::Param => &[],
        };
        Separation {
            commas,
            continuations,
            begins: match self {
                // Arms may go on below their arrow; items begin in column 0.
                Kind::Arm | Kind::Item => &[],
                Kind::Clause
                | Kind::Stmt
                | Kind::Condition
                | Kind::Trigger
                | Kind::Blast
                | Kind::Product
                | Kind::Test
                | Kind::Target
                | Kind::Extern
                | Kind::Field
                | Kind::Member
                | Kind::Param
                | Kind::Element => self.words(),
            },
        }
    }
}
