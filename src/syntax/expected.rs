//! The user's words for what the grammar expected.
//!
//! In: the rules that pest tried at the place where it got stuck. Out: one phrase, the most telling ones first.

use super::rules::Rule;

/// What would have fitted, in the user's words; at least one phrase.
pub(super) fn expected(tried: &[Rule]) -> Vec<&'static str> {
    let mut expected: Vec<&'static str> = Vec::new();
    for phrase in tried.iter().filter_map(|rule| must(*rule)) {
        if !expected.contains(&phrase) {
            expected.push(phrase);
        }
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

/// What a rule is called; nothing for what may always follow and would only make the list long.
fn must(rule: Rule) -> Option<&'static str> {
    marks(rule).or_else(|| words(rule)).or_else(|| parts(rule))
}

fn marks(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::open_brace => "`{`",
        Rule::close_brace => "`}`",
        Rule::open_paren => "`(`",
        Rule::close_paren => "`)`",
        Rule::close_bracket => "`]`",
        Rule::comma => "`,`",
        Rule::colon => "`:`",
        Rule::equals => "`=`",
        Rule::arrow | Rule::result => "`->`",
        _ => return None,
    })
}

fn words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::word_abort => "`abort`",
        Rule::word_at => "`at`",
        Rule::word_by => "`by`",
        Rule::word_do => "`do`",
        Rule::word_else => "`else`",
        Rule::word_every => "`every`",
        Rule::word_failure => "`failure`",
        Rule::word_for => "`for`",
        Rule::word_if => "`if`",
        Rule::word_in => "`in`",
        Rule::word_least => "`least`",
        Rule::word_most => "`most`",
        Rule::word_once => "`once`",
        Rule::word_owed => "`owed by`",
        Rule::word_per => "`per`",
        Rule::word_says => "`says`",
        Rule::word_then => "`then`",
        Rule::word_this => "`this`",
        Rule::word_times => "`times`",
        Rule::word_undo => "`undo`",
        Rule::word_unresolved => "`unresolved`",
        Rule::word_after => "`after`",
        Rule::word_until => "`until`",
        Rule::word_within => "`within`",
        Rule::word_acknowledged => "`acknowledged`",
        Rule::tell_once => "`at once`",
        Rule::tell_after => "`if unresolved after`",
        Rule::missed_word => "`run once` or `skip`",
        Rule::probe_word => "`applied`, `not applied` or `nothing`",
        Rule::on_failure_word => "`stop` or `continue`",
        Rule::verify_else_word => "`undo`, `keep` or `again`",
        Rule::repeat_word | Rule::repeat_probe => {
            "`safe`, `keyed`, `unsafe probe` or `unsafe human`"
        }
        Rule::undo_caller | Rule::undo_by | Rule::undo_unneeded | Rule::undo_impossible => {
            "`by caller`, `by`, `previous`, `unneeded` or `impossible`"
        }
        Rule::waive_verify => "`verify`",
        Rule::first_reply => "`->`, `fails` or `no_data`",
        _ => return None,
    })
}

fn parts(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::ident | Rule::roles | Rule::with_label | Rule::chain_link | Rule::severity_case => {
            "a name"
        }
        Rule::path | Rule::action_pattern => "a name",
        Rule::number => "a number",
        Rule::time => "a time such as `2026-10-06T03:10`",
        Rule::plain_text | Rule::text | Rule::block_text => "a text in quotes",
        Rule::tagged => "a tagged text such as `cron\"0 9 * * 1\"`",
        Rule::type_ref | Rule::record_kind => "a type",
        Rule::expr | Rule::paren | Rule::list | Rule::pick | Rule::matching | Rule::prefix => VALUE,
        Rule::params => "`(`",
        Rule::param => "a parameter",
        Rule::call | Rule::action_call => "a call such as `k8s.restart(pod)`",
        Rule::block | Rule::conditions => "`{`",
        Rule::pattern | Rule::arm => "a pattern",
        Rule::alert_trigger
        | Rule::event_trigger
        | Rule::schedule_trigger
        | Rule::request_trigger => "`alert`, `event`, `schedule` or `request`",
        Rule::extern_target | Rule::extern_fn | Rule::extern_probe | Rule::extern_action => {
            "`target`, `fn`, `probe` or `action`"
        }
        Rule::member => "a member",
        Rule::field_decl | Rule::field_name => "a field",
        Rule::hole => "`${`",
        Rule::clause => "a clause",
        Rule::given_alert
        | Rule::given_event
        | Rule::given_request
        | Rule::given_schedule
        | Rule::given_finding
        | Rule::given_effect
        | Rule::given_observation => {
            "`alert`, `event`, `request`, `schedule`, `finding`, `do` or a call"
        }
        Rule::expect_found
        | Rule::expect_did
        | Rule::expect_no
        | Rule::expect_no_change
        | Rule::expect_undone
        | Rule::expect_nobody
        | Rule::expect_told
        | Rule::expect_end => "an expectation such as `found stuck`",
        _ => return None,
    })
}
