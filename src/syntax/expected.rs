//! The user's words for what the grammar expected.
//!
//! In: the rules that pest tried at the place where it got stuck. Out: one phrase, the most telling ones first.

use super::rules::Rule;

/// What would have fitted, in the user's words; at least one phrase.
pub(super) fn expected(tried: &[Rule]) -> Vec<&'static str> {
    let mut expected: Vec<&'static str> = Vec::new();
    for rule in tried {
        match role(*rule) {
            Role::Must(phrase) if !expected.contains(&phrase) => expected.push(phrase),
            Role::Must(_) | Role::May(_) | Role::Opens(_) | Role::Silent => {}
        }
    }
    if expected.is_empty() {
        let opens = tried.iter().filter_map(|rule| match role(*rule) {
            Role::Opens(phrase) => Some(phrase),
            Role::Must(_) | Role::May(_) | Role::Silent => None,
        });
        expected.extend(opens);
    }
    if expected.contains(&VALUE) {
        expected.retain(|phrase| *phrase == VALUE || phrase.starts_with('`'));
    }
    let may_end = tried.contains(&Rule::line_end) || tried.contains(&Rule::EOI);
    if expected.is_empty() || expected.len() > 1 && may_end {
        expected.push(END_OF_LINE);
    }
    expected
}

/// Words that could have followed, whether or not they had to.
pub(super) fn possible(tried: &[Rule]) -> impl Iterator<Item = &'static str> {
    tried.iter().flat_map(|rule| {
        let (word, phrase) = match role(*rule) {
            Role::May(word) => (Some(word), ""),
            Role::Must(phrase) | Role::Opens(phrase) => (None, phrase),
            Role::Silent => (None, ""),
        };
        word.into_iter().chain(words(phrase))
    })
}

/// What could have followed as it is written: words and signs, those first that had to.
pub(super) fn literals(tried: &[Rule]) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let must = tried.iter().filter_map(|rule| match role(*rule) {
        Role::Opens(phrase) => Some(phrase),
        Role::Must(phrase) if !phrase.contains("such as") => Some(phrase),
        Role::Must(_) | Role::May(_) | Role::Silent => None,
    });
    let may = tried.iter().filter_map(|rule| match role(*rule) {
        Role::May(word) => Some(word),
        Role::Must(_) | Role::Opens(_) | Role::Silent => None,
    });
    let must = must.flat_map(|phrase| phrase.split('`').skip(1).step_by(2));
    for literal in must.chain(may) {
        if !found.contains(&literal) {
            found.push(literal);
        }
    }
    found
}

/// The words of the language that a phrase names: `undo`, `keep` or `again`.
fn words(phrase: &'static str) -> impl Iterator<Item = &'static str> {
    let quoted = phrase.split('`').skip(1).step_by(2);
    let is_word = |text: &&str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    quoted.flat_map(str::split_whitespace).filter(is_word)
}

const VALUE: &str = "a value";
const END_OF_LINE: &str = "the end of the line";

/// `a`, `b` or `c`
pub(super) fn phrase(expected: &[&str]) -> String {
    match expected {
        [] => END_OF_LINE.into(),
        [only] => (*only).into(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What a rule says about the place where it was tried.
enum Role {
    /// It had to come: its name.
    Must(&'static str),
    /// It could have come: the word that begins it.
    May(&'static str),
    /// One of the words had to come that begin it: worth a word where nothing else had to.
    Opens(&'static str),
    /// Not worth a word: a whole, or what may always follow.
    Silent,
}

/// The user's words for each rule: a new rule does not compile until it has its row.
#[expect(clippy::too_many_lines, reason = "an arm for each kind")]
fn role(rule: Rule) -> Role {
    use Role::{May, Must, Opens, Silent};
    use Rule::*;
    match rule {
        open_brace | block | conditions => Must("`{`"),
        close_brace => Must("`}`"),
        open_paren | params => Must("`(`"),
        close_paren => Must("`)`"),
        close_bracket => Must("`]`"),
        comma => Must("`,`"),
        colon => Must("`:`"),
        equals => Must("`=`"),
        dots => Must("`..`"),
        arrow | result => Must("`->`"),
        word_abort => Must("`abort`"),
        word_at => Must("`at`"),
        word_by => Must("`by`"),
        word_do => Must("`do`"),
        word_else => Must("`else`"),
        word_during => Must("`during`"),
        word_every => Must("`every`"),
        word_failure => Must("`failure`"),
        word_for => Must("`for`"),
        word_if => Must("`if`"),
        word_in => Must("`in`"),
        word_least => Must("`least`"),
        word_most => Must("`most`"),
        word_of => Must("`of`"),
        word_once => Must("`once`"),
        word_owed => Must("`owed by`"),
        word_per => Must("`per`"),
        word_says => Must("`says`"),
        word_then => Must("`then`"),
        word_this => Must("`this`"),
        word_times => Must("`times`"),
        word_undo => Must("`undo`"),
        word_unresolved => Must("`unresolved`"),
        word_after => Must("`after`"),
        word_until => Must("`until`"),
        word_within => Must("`within`"),
        word_acknowledged => Must("`acknowledged`"),
        tell_once => Must("`at once`"),
        tell_after => Must("`if unresolved after`"),
        missed_word => Must("`run once` or `skip`"),
        probe_word => Must("`applied`, `not applied` or `nothing`"),
        on_failure_word => Must("`stop` or `continue`"),
        is_some | is_word => Must("`some`, `none`, `empty` or `not empty`"),
        verify_else_word => Must("`undo`, `keep` or `again`"),
        repeat_word | repeat_probe => Must("`safe`, `keyed`, `unsafe probe` or `unsafe human`"),
        undo_caller | undo_by | undo_unneeded | undo_impossible => {
            Must("`by caller`, `by`, `previous`, `unneeded` or `impossible`")
        }
        waive_verify => Must("`verify`"),
        first_reply => Must("`->`, `fails` or `no_data`"),
        ident | operand_name | operand_word | roles | with_label | chain_link | severity_case
        | path | action_pattern => Must("a name"),
        number | figure => Must("a number"),
        time => Must("a time such as `2026-10-06T03:10`"),
        plain_text | text | block_text => Must("a text in quotes"),
        clock => Must("a time of day such as `01:00`"),
        window_weekly => Must("`weekly`"),
        kept_field => Must("a field"),
        day => Must("a day such as `Tue`"),
        tagged => Must("a tagged text such as `cron\"0 9 * * 1\"`"),
        type_ref | record_kind => Must("a type"),
        expr | paren | list | pick | matching | prefix => Must(VALUE),
        param => Must("a parameter"),
        call | action_call => Must("a call such as `k8s.restart(pod)`"),
        pattern | arm => Must("a pattern"),
        alert_trigger | event_trigger | schedule_trigger | request_trigger => {
            Must("`alert`, `event`, `schedule` or `request`")
        }
        extern_target | extern_fn | extern_probe | extern_action => {
            Must("`target`, `fn`, `probe` or `action`")
        }
        member => Must("a member"),
        field_decl | field_name => Must("a field"),
        hole => Must("`${`"),
        clause | clause_line => Must("a clause"),
        stmt => Must("a statement"),
        given_alert | given_event | given_request | given_schedule | given_finding
        | given_effect | given_observation => {
            Must("`alert`, `event`, `request`, `schedule`, `finding`, `do` or a call")
        }
        expect_found | expect_did | expect_no | expect_no_change | expect_undone
        | expect_nobody | expect_told | expect_end => Must("an expectation such as `found stuck`"),
        dot => Must("`.`"),
        open_end => May(".."),
        within | hand_within => May("within"),
        retry => May("retry"),
        undo => May("undo"),
        waive_undo => May("waive"),
        handler | else_part | verify_else => May("else"),
        every => May("every"),
        holding => May("holding"),
        abort_if => May("abort"),
        binding | as_unit => May("as"),
        is_test => May("is"),
        in_zone | param_range | open_range => May("in"),
        by_role | by_person => May("by"),
        because => May("because"),
        owed_by => May("owed"),
        takes => May("takes"),
        resolves => May("resolves"),
        once_did => May("once"),
        after => May("after"),
        on_read | on_failure => May("on"),
        at_most | at_once => May("at"),
        per_window | per_domain => May("per"),
        window_except => May("except"),
        runbook_for | comprehension | link_for => May("for"),
        severity_when => May("when"),
        where_part => May("where"),
        changes => May("changes"),
        missed => May("missed"),
        link_until => May("until"),
        cleared_if => May("if"),
        ago => May("ago"),
        repeat_of | domain_of => May("of"),
        workdays => May("workdays"),
        reply_fails => May("fails"),
        no_data => May("no_data"),
        effect_breaks => May("breaks"),
        effect_unknown => May("unknown"),
        ALERT => Opens("`alert`"),
        EVENT => Opens("`event`"),
        SCHEDULE => Opens("`schedule`"),
        REQUEST => Opens("`request`"),
        PAGE => Opens("`page`"),
        HAND => Opens("`hand`"),
        item_entry | clause_entry | stmt_entry | arm_entry | condition_entry | trigger_entry
        | blast_entry | product_entry | test_entry | target_entry | extern_entry | field_entry
        | member_entry | param_entry | element_entry | line_end | doc | missing | text_chunk
        | block_chunk | escape | wrong_hole | tag | tagged_chunk | type_args | optional_mark
        | operator | field | blank_call | index | argument_name | conditional | empty_map
        | map_rest | use_item | use_list | role_item | window_item | window_once | const_item
        | enum_item | record_item | secret_item | fn_item | probe_item | action_item
        | open_mark | sink | product_item | owner_clause | chain_clause | owns_clause
        | zone_clause | extern_item | target_line | scope_clause | within_clause | key_clause
        | lookup_clause | extern_body | needs_clause | changes_clause | deadline_clause
        | settles_clause | repeat_clause | undo_clause | undo_previous | inverse_clause
        | touching_clause | runbook_item | version_clause | severity_clause | on_clause
        | trigger_body | with_line | with_test | with_operator | where_line | holding_line
        | incident_clause | again_clause | recurs_clause | clears_clause | fresh_clause
        | patience_clause | ends_clause | tell_clause | blast_clause | at_most_line
        | share_line | keep_line | pause_line | only_line | watch_clause | diagnose_clause
        | remedy_clause | steps_clause | otherwise_clause | otherwise_of | wrong_stmt
        | let_stmt | do_call | failure_filter | novel | inconclusive | if_stmt | match_stmt
        | for_stmt | found_stmt | cleared_stmt | return_stmt | wait_stmt | guard_stmt
        | with_stmt | verify_stmt | waive_stmt | attempt_stmt | mitigated_stmt | page_stmt
        | tell_stmt | hand_stmt | attach_stmt | wrong_arrow | test_item | at_line | given_line
        | probe_says | next_reply | expect_line | case_line | case_value | finding_word | times
        | told_word | handed_word | mitigated_word | end_word | EOI | ws | list_end
        | after_operator | idc | string | operand | open_start | primary | postfixes | postfix
        | argument | suffix | list_rest | item | product_line | extern_line | trigger_line
        | blast_line | statement_word | do_option | handler_action | verify_option | test_line
        | given | reply | reply_option | expect | end_option | ending | notice | let_do
        | else_if | given_word | given_special => Silent,
        text_entry | block_entry | tagged_entry | hole_name | hole_field | NL | COMMA
        | OPEN_BRACE | CLOSE_PAREN | CLOSE_BRACKET | CLOSE_BRACE | COLON | FIELD | GLUED_PAREN
        | GLUED_BRACKET | BRACKET_APART | PLAIN_TEXT | NUMBER | CLOCK | TIME | TEXT
        | BLOCK_TEXT | TAGGED | DOC | MISSING | TILDE | PATTERN | ARROW | WRONG_ARROW | DOT
        | OTHER | QUESTION_AGAIN | OPEN_APART | QUESTION | QUESTION_APART | EQUAL_EQUAL
        | NOT_EQUAL | LESS_EQUAL | GREATER_EQUAL | LESS | GREATER | PLUS | STAR | SLASH
        | DOTS_EQUAL | DOTS | AND_AND | OR_OR | EQUALS | PERCENT | MINUS | BANG | NOT | PICK
        | AND | OR | IN | NAME | IS | AS | AGO | OF | LET | DO | IF | ELSE | MATCH | FOR
        | FOUND | VERIFY | GUARD | ASK | TELL | ATTACH | STEP | WAIT | RETURN | UNDO | WAIVE
        | CLEARED | MITIGATED | ATTEMPT | WITH | UNDER | WITHIN | RETRY | EVERY | HOLDING
        | ABORT | TAKES | ONCE | AFTER | ON | GIVEN | EXPECT | AT | MOST | VERSION | SEVERITY
        | BLAST | DIAGNOSE | REMEDY | OTHERWISE | WATCH | DID | THEN | PAGED | RESOLVED
        | HANDED | WHERE | PER | RUNBOOK | TEST | NO_DATA | NONE | SOME | KEEP | LEAST
        | FINDING | BY | OWED | INCIDENT | ACKNOWLEDGED | ACTION | AGAIN | AMOUNT | APPLIED
        | BECAUSE | BREAKS | CALLER | CANCELLED | CHAIN | CHANGE | CHANGES | CLEARS | CONST
        | CONTINUE | DEADLINE | DURING | EMPTY | ENDS | ENUM | EXCEPT | EXECUTABLE | EXTERN
        | FAILED | FAILS | FAILURE | FLAG | FN | FRESH | HOST | HUMAN | IMPOSSIBLE
        | INCONCLUSIVE | INVERSE | KEY | KEYED | LOOKUP | MISSED | NEEDS | NO | NOBODY
        | NOTHING | NOVEL | OWNER | OWNS | PATH | PATIENCE | PAUSE | PAYLOAD | POPULATION
        | PREVIOUS | PROBE | PRODUCT | READ | RECORD | RECURS | REPEAT | RESOLVES | ROLE | RUN
        | SAFE | SAYS | SCOPE | SECRET | SELF_RESOLVED | SETTLES | SKIP | STEPS | STOP
        | SYSTEMIC | TARGET | THIS | TIMES | TOLD | TOUCHING | TYPE | UNDONE | UNKNOWN
        | UNNEEDED | UNRESOLVED | UNSAFE | UNTIL | USE | WEEKLY | WHEN | WINDOW | WORKDAY
        | WORKDAYS | ZONE | IS_GLUED | AS_GLUED | AGO_GLUED | OF_GLUED | ONLY | CASE | POSTFIX
        | LITERAL | OPERATOR | AND_OR_IN | PREFIX | MORE | WORD | OPERAND_NAME | STATEMENT
        | SUFFIX | OPEN | OPEN_BRACKET => Silent,
    }
}
