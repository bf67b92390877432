//! The table of rules: a `mod` line and a row each, in the order of their codes.

mod catch_all_finding;
mod circular_proof;
mod constant_condition;
mod contending_runbooks;
mod deep_nesting;
mod elsewhere;
mod ended_window;
mod endless_repair;
mod fleet_wide_query;
mod float_equality;
mod floating_dependency;
mod idle_clause;
mod idle_key;
mod idle_ratio;
mod impossible_match;
mod key_misses_target;
mod label_never_equal;
mod label_never_set;
mod long_debt;
mod long_line;
mod many_series;
mod missing_doc;
mod never_matching_trigger;
mod one_look_verify;
mod open_request;
mod overlapping_schedule;
mod page_without_evidence;
mod placeholder_text;
mod rate_of_gauge;
mod rate_of_sum;
mod raw_counter;
mod raw_where_typed;
mod regex_for_text;
mod repeated_condition;
mod repeated_number;
mod scaled_ratio;
mod schedule_in_gap;
mod self_alerting_remedy;
mod shadowed_finding;
mod shadowed_trigger;
mod short_rate;
mod silent_for_long;
mod single_person;
mod slack_blast;
mod swapped_arguments;
mod tell_after_the_end;
mod tight_window;
mod told_title;
mod twin_remedies;
mod unguarded_amount;
mod unheld_alert;
mod unit_by_name;
mod unknown_alert;
mod unknown_metric;
mod unknown_series_label;
mod unrated_runbook;
mod unreachable_otherwise;
mod unread_event_field;
mod unused_dependency;
mod unused_item;
mod unused_label;
mod unused_parameter;
mod unused_watch;
mod verify_outruns_range;
mod zero_for_missing;

use super::rule::Rule;

/// Every rule.
pub const ALL: &[&Rule] = &[
    &elsewhere::UNUSED_LET,
    &elsewhere::UNUSED_USE,
    &elsewhere::SHORT_CHAIN,
    &unused_item::RULE,
    &unused_watch::RULE,
    &unused_label::RULE,
    &unread_event_field::RULE,
    &unused_parameter::RULE,
    &twin_remedies::RULE,
    &constant_condition::RULE,
    &shadowed_finding::RULE,
    &float_equality::RULE,
    &unit_by_name::RULE,
    &scaled_ratio::RULE,
    &repeated_number::RULE,
    &repeated_condition::RULE,
    &swapped_arguments::RULE,
    &contending_runbooks::RULE,
    &never_matching_trigger::RULE,
    &shadowed_trigger::RULE,
    &key_misses_target::RULE,
    &idle_key::RULE,
    &unknown_alert::RULE,
    &label_never_set::RULE,
    &label_never_equal::RULE,
    &unheld_alert::RULE,
    &self_alerting_remedy::RULE,
    &schedule_in_gap::RULE,
    &overlapping_schedule::RULE,
    &open_request::RULE,
    &elsewhere::AGAIN_UNUSED,
    &circular_proof::RULE,
    &verify_outruns_range::RULE,
    &one_look_verify::RULE,
    &endless_repair::RULE,
    &elsewhere::REMEDY_NEVER_ACTS,
    &unguarded_amount::RULE,
    &silent_for_long::RULE,
    &catch_all_finding::RULE,
    &unreachable_otherwise::RULE,
    &idle_clause::RULE,
    &elsewhere::BLAST_LINE_UNUSED,
    &slack_blast::RULE,
    &ended_window::RULE,
    &raw_where_typed::RULE,
    &tight_window::RULE,
    &page_without_evidence::RULE,
    &told_title::RULE,
    &placeholder_text::RULE,
    &elsewhere::FOREIGN_TEMPLATE,
    &unrated_runbook::RULE,
    &tell_after_the_end::RULE,
    &single_person::RULE,
    &long_debt::RULE,
    &elsewhere::CRON_EITHER_DAY,
    &fleet_wide_query::RULE,
    &rate_of_gauge::RULE,
    &raw_counter::RULE,
    &short_rate::RULE,
    &rate_of_sum::RULE,
    &impossible_match::RULE,
    &many_series::RULE,
    &regex_for_text::RULE,
    &idle_ratio::RULE,
    &zero_for_missing::RULE,
    &unknown_metric::RULE,
    &unknown_series_label::RULE,
    &elsewhere::UNTESTED_FINDING,
    &elsewhere::UNTESTED_FAILURE,
    &elsewhere::UNTESTED_UNDO,
    &elsewhere::UNTESTED_DOUBT,
    &elsewhere::IDLE_GIVEN,
    &elsewhere::UNUSED_GRANT,
    &elsewhere::WIDE_GRANT,
    &floating_dependency::RULE,
    &unused_dependency::RULE,
    &elsewhere::MISSING_PROGRAM,
    &deep_nesting::RULE,
    &long_line::RULE,
    &missing_doc::RULE,
    &elsewhere::UNNEEDED_ALLOW,
    &elsewhere::ALLOW_WITHOUT_REASON,
    &elsewhere::UNKNOWN_ALLOW,
];
