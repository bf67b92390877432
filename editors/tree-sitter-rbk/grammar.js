/**
 * The grammar of `.rbk` files for editors: what `grammar/rbk.pest` says, read while somebody is typing.
 *
 * A new line is blank like any other, except where a statement, clause or line of a list may end: there it is a token,
 * and a token is preferred. That is what the language's own pre-pass does, so there is no external scanner.
 * Words are words only where the rules expect them; everywhere else they are names.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// How tightly an operator binds, as in `src/syntax/climb.rs`.
const LEVEL = {
  logic: 1,
  not: 2,
  comparison: 3,
  range: 4,
  sum: 5,
  product: 6,
  suffix: 7,
  sign: 8,
  postfix: 9,
};

// As in `grammar/reference/lexical.md`, as far as the grammar has them.
const RESERVED = [
  ...['let', 'do', 'if', 'else', 'match', 'for', 'in', 'found', 'verify', 'guard', 'page', 'hand', 'tell', 'attach'],
  ...['wait', 'return', 'retry', 'undo', 'waive', 'cleared', 'mitigated', 'attempt', 'with', 'then', 'and', 'or'],
  ...['not', 'is', 'true', 'false', 'none'],
  ...['use', 'product', 'runbook', 'window', 'role', 'secret', 'const', 'record', 'enum', 'target', 'fn', 'probe'],
  ...['action', 'extern', 'test'],
];

// Words that begin an operand, and name what stands before a colon nevertheless.
const OPERAND = ['not', 'pick', 'none', 'true', 'false'];

/** One or more, with commas between them. */
const listed = (rule) => seq(rule, repeat(seq(',', rule)));

/** One or more, with commas between them and perhaps one behind. */
const list = (rule) => seq(listed(rule), optional(','));

/** Lines between braces. */
const lines = (rule) => seq('{', optional(seq(rule, repeat(seq('\n', rule)), optional('\n'))), '}');

/** Lines between braces that a comma may end, too. */
const entries = (rule) =>
  seq(
    '{',
    optional(seq(rule, repeat(seq(choice(',', '\n'), rule)), optional(choice(',', '\n')))),
    '}',
  );

module.exports = grammar({
  name: 'rbk',

  word: ($) => $.identifier,

  extras: ($) => [/\s/, $.comment, $.doc_comment],

  // Words that name nothing: one of them in a wrong place is a mistake there, so that the next item or statement is
  // found again. What stands before a colon may be called like them.
  reserved: {
    global: () => RESERVED,
    names: () => [],
  },

  supertypes: ($) => [$._item, $._expression, $._statement],

  inline: ($) => [$._name, $._field_name],

  conflicts: ($) => [
    // `at most 20% of pods`: a share, not so many of something.
    [$.share_line, $._expression],
    // `at most n k8s.Pod per k8s.Namespace per 1h`: a domain is known by what follows it.
    [$._expression, $.path],
  ],

  rules: {
    source_file: ($) =>
      optional(seq($._item, repeat(seq('\n', $._item)), optional('\n'))),

    // ---- items

    _item: ($) =>
      choice(
        $.runbook,
        $.test,
        $.use,
        $.role,
        $.window,
        $.const,
        $.enum,
        $.record,
        $.secret,
        $.product,
        $.function,
        $.probe,
        $.action,
        $.extern_target,
        $.extern_function,
        $.extern_probe,
        $.extern_action,
      ),

    use: ($) =>
      seq(
        'use',
        field('package', $.identifier),
        token.immediate('.'),
        choice(field('name', $.identifier), $.use_list),
      ),
    use_list: ($) => seq('{', optional(list(field('name', $.identifier))), '}'),

    role: ($) =>
      seq(
        'role',
        field('name', $.identifier),
        '=',
        field('source', $.identifier),
        field('value', $._string),
        optional(seq('at', 'least', $.number)),
      ),

    secret: ($) =>
      seq(
        'secret',
        field('name', $.identifier),
        '=',
        field('source', $.identifier),
        field('value', $._string),
      ),

    window: ($) =>
      seq(
        'window',
        field('name', $.identifier),
        '=',
        choice($.once, $.weekly),
        'in',
        field('zone', $._string),
        optional(seq('except', field('except', $.identifier))),
      ),
    once: ($) => seq($.time, '..', $.time),
    weekly: ($) => seq('weekly', listed(alias($.identifier, $.day)), $.clock, '..', $.clock),

    const: ($) =>
      seq(
        'const',
        field('name', $.identifier),
        optional(seq(':', field('type', $._type))),
        '=',
        field('value', $._expression),
      ),

    enum: ($) => seq('enum', field('name', $._type_name), entries($.member)),
    member: ($) => field('name', $.identifier),

    record: ($) => seq('record', field('name', $._type_name), entries($.field)),
    field: ($) =>
      seq(
        field('name', $._field_name),
        ':',
        field('type', $._type),
        optional($.range_of_values),
        optional(seq('=', field('default', $._expression))),
      ),

    function: ($) =>
      seq(
        'fn',
        field('name', $.identifier),
        field('parameters', $.parameters),
        $.result,
        '=',
        field('body', $._expression),
      ),
    probe: ($) =>
      seq(
        'probe',
        field('name', $.identifier),
        field('parameters', $.parameters),
        $.result,
        field('body', $.block),
      ),
    action: ($) =>
      seq(
        'action',
        field('name', $.identifier),
        field('parameters', $.parameters),
        optional($.changes),
        field('body', $.block),
      ),
    changes: ($) => seq('changes', listed($.identifier)),
    result: ($) => seq('->', field('type', $._type), optional($.range_of_values)),

    parameters: ($) => seq(token.immediate('('), optional(list($.parameter)), ')'),
    parameter: ($) =>
      choice(
        '..',
        seq(
          field('name', $.identifier),
          optional(
            seq(':', field('type', $._type), optional($.range_of_values), optional($.sink)),
          ),
          optional(seq('=', field('default', $._expression))),
        ),
      ),
    range_of_values: ($) => seq('in', choice($._expression, $.open_range)),
    open_range: ($) => prec(LEVEL.range, seq($._expression, '..')),
    sink: () =>
      choice('amount', 'host', 'path', 'flag', 'executable', 'population', 'payload'),

    product: ($) =>
      seq(
        'product',
        field('name', $.identifier),
        lines(choice($.owner_clause, $.chain_clause, $.owns_clause, $.zone_clause)),
      ),
    owner_clause: ($) => seq('owner', $.identifier),
    chain_clause: ($) => seq('chain', listed($.chain_link)),
    chain_link: ($) =>
      seq(
        field('role', $.identifier),
        optional(choice(seq('for', $._expression), seq('until', 'acknowledged'))),
      ),
    owns_clause: ($) => seq('owns', listed($._expression)),
    zone_clause: ($) => seq('zone', $._string),

    // ---- items that are built in elsewhere

    extern_target: ($) =>
      seq(
        'extern',
        'target',
        field('name', $._type_name),
        lines(
          choice(
            alias($.target_field, $.field),
            $.scope_clause,
            $.within_clause,
            $.key_clause,
            $.lookup_clause,
          ),
        ),
      ),
    // What begins a clause of a target may also name a field of it.
    target_field: ($) =>
      seq(
        field(
          'name',
          choice(
            $._field_name,
            ...['scope', 'within', 'key', 'lookup'].map((word) => alias(word, $.field_identifier)),
          ),
        ),
        ':',
        field('type', $._type),
        optional($.range_of_values),
        optional(seq('=', field('default', $._expression))),
      ),
    scope_clause: ($) => seq('scope', $._name),
    within_clause: ($) => seq('within', $.path),
    key_clause: ($) => seq('key', $.identifier, optional($.identifier)),
    lookup_clause: ($) => seq('lookup', $.identifier),

    extern_function: ($) =>
      seq(
        'extern',
        'fn',
        field('name', $.identifier),
        field('parameters', $.parameters),
        $.result,
      ),
    extern_probe: ($) =>
      seq(
        'extern',
        'probe',
        field('name', $.identifier),
        field('parameters', $.parameters),
        $.result,
        optional($.extern_body),
      ),
    extern_action: ($) =>
      seq(
        'extern',
        'action',
        field('name', $.identifier),
        field('parameters', $.parameters),
        optional($.result),
        optional($.extern_body),
      ),
    extern_body: ($) =>
      lines(
        choice(
          $.needs_clause,
          alias($.changes, $.changes_clause),
          $.deadline_clause,
          $.settles_clause,
          $.repeat_clause,
          $.undo_clause,
          $.inverse_clause,
          'touching',
        ),
      ),
    needs_clause: ($) => seq('needs', $._string, optional($.identifier)),
    deadline_clause: ($) => seq('deadline', $._expression),
    settles_clause: ($) => seq('settles', $._expression),
    repeat_clause: ($) =>
      seq(
        'repeat',
        choice('safe', 'keyed', seq('unsafe', choice('human', seq('probe', $.identifier)))),
      ),
    undo_clause: ($) =>
      seq(
        'undo',
        choice(
          seq('by', choice('caller', $._expression)),
          'previous',
          seq('unneeded', $._string),
          'impossible',
        ),
      ),
    inverse_clause: ($) => seq('inverse', $.identifier),

    // ---- runbooks

    runbook: ($) =>
      seq(
        'runbook',
        field('name', $.identifier),
        optional(seq('for', field('product', $.identifier))),
        lines($._clause),
      ),
    _clause: ($) =>
      choice(
        $.version_clause,
        $.severity_clause,
        $.on_clause,
        $.incident_clause,
        $.again_clause,
        $.recurs_clause,
        $.clears_clause,
        $.fresh_clause,
        $.patience_clause,
        $.ends_clause,
        $.tell_clause,
        $.blast_clause,
        $.watch,
        $.diagnose,
        $.remedy,
        $.steps,
        $.otherwise,
      ),
    version_clause: ($) => seq('version', $.number),
    severity_clause: ($) => seq('severity', listed($.severity)),
    severity: ($) => seq($.identifier, optional(seq('when', $._expression))),

    on_clause: ($) =>
      seq(
        'on',
        choice($.alert_trigger, $.event_trigger, $.schedule_trigger, $.request_trigger),
        optional($.trigger_body),
      ),
    alert_trigger: ($) => seq('alert', field('name', $._string), optional($.binding)),
    event_trigger: ($) => seq('event', field('type', $.path), optional($.binding)),
    schedule_trigger: ($) =>
      seq(
        'schedule',
        $._tagged,
        optional(seq('in', $._string)),
        optional(seq('missed', choice('skip', seq('run', 'once')), optional(seq('within', $._expression)))),
      ),
    request_trigger: ($) =>
      seq('request', field('parameters', $.parameters), optional(seq('by', $.identifier))),
    binding: ($) => seq('as', field('name', $.identifier)),
    trigger_body: ($) => lines(choice($.with_line, $.where_line, $.holding_line)),
    with_line: ($) => seq('with', listed($.label)),
    label: ($) =>
      seq(
        field('name', choice($._string, $._name)),
        optional(seq(choice('==', '!=', 'in', '~', '='), $._expression)),
        optional($.binding),
      ),
    where_line: ($) => seq('where', $._expression),
    holding_line: ($) => seq('holding', $._expression),

    incident_clause: ($) =>
      seq('incident', 'per', choice($.path, seq('(', list($.path), ')'))),
    again_clause: ($) => seq('again', 'at', 'most', $._expression),
    recurs_clause: ($) =>
      seq('recurs', $._expression, 'within', $._expression, 'then', choice($.page, $.hand)),
    clears_clause: ($) => seq('clears', choice('stop', 'continue')),
    fresh_clause: ($) => seq('fresh', $._expression),
    patience_clause: ($) => seq('patience', $._expression),
    ends_clause: ($) => seq('ends', 'within', $._expression),
    tell_clause: ($) =>
      seq(
        'tell',
        $._roles,
        choice(seq('at', 'once'), seq('if', 'unresolved', 'after', $._expression)),
        optional($._string),
      ),

    blast_clause: ($) =>
      seq('blast', lines(choice($.share_line, $.at_most_line, $.keep_line, $.pause_line, $.only_line))),
    share_line: ($) =>
      seq('at', 'most', choice($.number, $.identifier), 'of', $._expression),
    at_most_line: ($) =>
      seq(
        'at',
        'most',
        $._expression,
        $.path,
        optional(
          choice(
            seq('at', 'once'),
            seq('per', $._expression),
            seq('per', $.path, 'per', $._expression),
            seq('of', $.path, 'at', 'once'),
          ),
        ),
      ),
    keep_line: ($) =>
      seq(
        'keep',
        'at',
        'least',
        choice($.number, $.identifier),
        alias($.identifier, $.field_identifier),
        'of',
        $._expression,
      ),
    pause_line: ($) => seq('pause', 'during', $.identifier),
    only_line: ($) => seq('only', 'during', $.identifier),

    watch: ($) =>
      seq(
        'watch',
        field('name', $.identifier),
        field('parameters', $.parameters),
        '=',
        field('body', $._expression),
      ),
    diagnose: ($) => seq('diagnose', field('body', $.block)),
    remedy: ($) =>
      seq(
        'remedy',
        field('name', $.identifier),
        field('parameters', optional($.parameters)),
        field('body', $.block),
      ),
    steps: ($) => seq('steps', field('body', $.block)),
    otherwise: ($) =>
      seq(
        'otherwise',
        optional(choice('novel', 'inconclusive', 'systemic')),
        choice($.block, $._statement),
      ),

    // ---- statements

    block: ($) => lines($._statement),
    _statement: ($) =>
      choice(
        $.let,
        $.do,
        $.if,
        $.match,
        $.for,
        $.found,
        $.verify,
        $.guard,
        $.page,
        $.hand,
        $.tell,
        $.attach,
        $.wait,
        $.return,
        $.with,
        $.waive,
        $.cleared,
        $.mitigated,
        $.attempt,
      ),

    let: ($) =>
      seq(
        'let',
        field('name', $.identifier),
        optional(seq(':', field('type', $._type))),
        '=',
        choice(
          field('value', $.do),
          seq(field('value', $._expression), repeat(choice($.retry, $.handler))),
        ),
      ),
    do: ($) => seq('do', $._action_call, repeat($._do_option)),
    _action_call: ($) => alias($.action_call, $.call),
    action_call: ($) =>
      seq(
        field('function', choice($.identifier, alias($.action_path, $.field_access))),
        field('arguments', $.arguments),
      ),
    action_path: ($) =>
      seq(
        field('value', choice($.identifier, alias($.action_path, $.field_access))),
        $._field,
      ),
    _do_option: ($) => choice($.within, $.retry, $.undo, $.waive_undo, $.handler),
    within: ($) => seq('within', $._expression),
    retry: ($) => seq('retry', $._expression, 'every', $._expression),
    undo: ($) => seq('undo', choice('previous', $.block)),
    waive_undo: ($) => seq('waive', 'undo', $._string),
    handler: ($) =>
      seq(
        'else',
        choice(
          $._failure,
          seq(
            optional($._failure),
            choice(
              $.novel,
              $.inconclusive,
              $.page,
              $.hand,
              $.cleared,
              $.return,
              $._expression,
            ),
          ),
        ),
      ),
    _failure: () => choice('no_data', 'failed'),
    novel: ($) => seq('novel', optional($._string)),
    inconclusive: ($) => seq('inconclusive', optional($._string)),

    if: ($) =>
      seq(
        'if',
        field('condition', $._expression),
        field('then', $.block),
        optional(seq('else', field('else', choice($.if, $.block)))),
      ),
    match: ($) => seq('match', field('value', $._expression), lines($.arm)),
    arm: ($) =>
      seq(
        field('pattern', choice($.some, $._expression)),
        '->',
        choice($.block, $._statement),
      ),
    some: ($) => seq('some', field('name', $.identifier)),
    for: ($) =>
      seq(
        'for',
        field('name', $.identifier),
        'in',
        field('values', $._expression),
        optional(seq('at', 'most', $._expression)),
        optional(
          seq('on', 'failure', 'undo', 'this', ',', choice('stop', 'continue')),
        ),
        field('body', $.block),
      ),
    found: ($) =>
      seq('found', field('name', $.identifier), optional(field('arguments', $.arguments))),
    cleared: ($) =>
      seq('cleared', optional(seq('if', $._expression)), optional($._string)),
    return: ($) => seq('return', $._expression),
    wait: ($) => seq('wait', $._expression),
    guard: ($) => seq('guard', $._expression),
    with: ($) =>
      seq('with', 'do', $._action_call, repeat($._do_option), field('body', $.block)),
    verify: ($) =>
      seq(
        'verify',
        repeat(choice($.within, $.every, $.holding, $.abort)),
        $.conditions,
        optional(seq('else', choice('undo', 'keep', 'again'))),
      ),
    every: ($) => seq('every', $._expression),
    holding: ($) => seq('holding', $._expression),
    abort: ($) => seq('abort', 'if', $._expression),
    conditions: ($) => lines($._expression),
    waive: ($) => seq('waive', 'verify', $._string),
    attempt: ($) => seq('attempt', field('name', $._string), field('body', $.block)),
    mitigated: ($) =>
      seq(
        'mitigated',
        optional($._string),
        'owed',
        'by',
        $.identifier,
        optional($.within),
        'until',
        $.conditions,
      ),
    _roles: ($) => listed(field('role', $.identifier)),
    page: ($) => seq('page', $._roles, optional($._string)),
    tell: ($) => seq('tell', $._roles, optional($._string)),
    // A `within` behind it is its own, not that of what it handles.
    hand: ($) =>
      prec.right(
        seq(
          'hand',
          $._roles,
          optional(seq('within', $._expression, optional(choice('workdays', 'workday')))),
          optional($._string),
        ),
      ),
    attach: ($) => seq('attach', listed($._expression)),

    // ---- tests

    test: ($) =>
      seq(
        'test',
        field('runbook', $.identifier),
        field('name', $._string),
        lines(choice($.at_line, $.case, $.given, $.expect)),
      ),
    at_line: ($) => seq('at', $.time, optional(seq('in', $._string))),

    case: ($) => seq('case', field('name', $._string), ':', listed($.case_value)),
    case_value: ($) => seq(field('name', $.identifier), '=', field('value', $._expression)),

    given: ($) =>
      seq(
        'given',
        choice(
          $.given_alert,
          $.given_event,
          $.given_request,
          $.given_schedule,
          $.given_finding,
          $.given_effect,
          $.given_observation,
        ),
      ),
    given_alert: ($) =>
      seq(
        'alert',
        field('name', choice($.identifier, $._string)),
        optional(field('arguments', $.arguments)),
        optional(seq('resolves', 'after', $._expression)),
      ),
    given_event: ($) => seq('event', $._expression),
    given_request: ($) =>
      seq(
        'request',
        field('arguments', $.arguments),
        optional(seq('by', $._string)),
        optional($.binding),
      ),
    given_schedule: () => 'schedule',
    given_finding: ($) =>
      seq(
        'finding',
        field('name', $.identifier),
        optional(field('arguments', $.arguments)),
      ),
    given_effect: ($) =>
      seq(
        'do',
        $._expression,
        optional(choice($.fails, $.breaks, $.unknown)),
        optional($.takes),
      ),
    breaks: ($) => seq('breaks', optional($._string)),
    unknown: () =>
      seq(
        'unknown',
        optional(
          seq(',', 'probe', 'says', choice('applied', seq('not', 'applied'), 'nothing')),
        ),
      ),
    takes: ($) => seq('takes', $._expression),
    given_observation: ($) =>
      seq(
        $._action_call,
        choice(seq('->', $._reply), $.fails, $.no_data),
        repeat($._reply_option),
        repeat(seq(',', 'then', $._reply, repeat($._reply_option))),
      ),
    _reply: ($) => choice($.fails, $.no_data, $._expression),
    fails: ($) => seq('fails', optional($._string)),
    no_data: () => 'no_data',
    _reply_option: ($) => choice($.once_did, $.after, $.on_read, $.takes),
    once_did: ($) => seq('once', 'did', $._expression),
    after: ($) => seq('after', $._expression),
    on_read: ($) => seq('on', 'read', $._expression),

    expect: ($) =>
      seq(
        'expect',
        choice(
          $.expect_end,
          $.expect_told,
          $.expect_found,
          $.expect_did,
          $.expect_no,
          $.expect_undone,
          $.expect_nobody,
        ),
      ),
    expect_found: ($) =>
      choice(seq('found', field('name', $.identifier)), 'novel', 'inconclusive', 'systemic'),
    expect_did: ($) =>
      seq(
        'did',
        $._action_pattern,
        repeat(seq('then', $._action_pattern)),
        optional(choice('once', seq($._expression, 'times'))),
      ),
    expect_no: ($) => seq('no', choice('change', $._action_pattern)),
    expect_undone: ($) => seq('undone', $._action_pattern),
    expect_nobody: () => seq('nobody', 'paged'),
    expect_told: ($) => seq(choice('paged', 'told'), optional($._roles), optional($.because)),
    expect_end: ($) =>
      seq(
        choice(
          seq('handed', optional(field('role', $.identifier))),
          seq('mitigated', optional(seq('owed', 'by', field('role', $.identifier)))),
          'resolved',
          'cleared',
          'self_resolved',
          'cancelled',
          'again',
        ),
        repeat(choice($.within, $.because)),
      ),
    because: ($) => seq('because', field('reason', $._name)),
    _action_pattern: ($) => alias($.action_pattern, $.call),
    action_pattern: ($) =>
      seq(
        field('function', choice($._name, alias($.action_path, $.field_access))),
        optional(field('arguments', $.arguments)),
      ),

    // ---- types

    _type: ($) => choice($.type, $.optional_type),
    optional_type: ($) => seq($._type, token.immediate('?')),
    type: ($) =>
      seq(
        choice(
          $._type_name,
          seq('type', $._type_name),
          seq(field('package', $.identifier), $._dot, $._type_name_glued),
        ),
        optional($.type_arguments),
      ),
    type_arguments: ($) => seq(token.immediate('['), listed($._type), optional(','), ']'),
    _type_name: ($) => alias($.identifier, $.type_identifier),
    _type_name_glued: ($) => alias($._glued_name, $.type_identifier),

    path: ($) => prec.right(seq($._name, optional($._field))),

    // ---- expressions

    _expression: ($) =>
      choice(
        $.identifier,
        prec(-1, alias('pick', $.identifier)),
        $.number,
        $.time,
        $.string,
        $.block_string,
        $.promql,
        $.regex,
        $.url,
        $.cron,
        $.boolean,
        $.none,
        $.unary,
        $.binary,
        $.is_test,
        $.as_unit,
        $.ago,
        $.repeat_of,
        $.field_access,
        $.call,
        $.index,
        $.parenthesized,
        $.conditional,
        $.list,
        $.map,
        $.pick,
        $.matching,
      ),

    unary: ($) =>
      choice(
        prec(LEVEL.sign, seq(field('operator', '-'), $._expression)),
        prec(LEVEL.not, seq(field('operator', 'not'), $._expression)),
      ),
    binary: ($) =>
      choice(
        ...[
          ['and', LEVEL.logic],
          ['or', LEVEL.logic],
          ['==', LEVEL.comparison],
          ['!=', LEVEL.comparison],
          ['<', LEVEL.comparison],
          ['<=', LEVEL.comparison],
          ['>', LEVEL.comparison],
          ['>=', LEVEL.comparison],
          ['in', LEVEL.comparison],
          ['..', LEVEL.range],
          ['..=', LEVEL.range],
          ['+', LEVEL.sum],
          ['-', LEVEL.sum],
          ['*', LEVEL.product],
          ['/', LEVEL.product],
        ].map(([operator, level]) =>
          prec.left(
            /** @type {number} */ (level),
            seq(
              field('left', $._expression),
              field('operator', /** @type {string} */ (operator)),
              field('right', $._expression),
            ),
          ),
        ),
      ),
    is_test: ($) =>
      prec.left(
        LEVEL.suffix,
        seq($._expression, 'is', choice($.some, $.none, seq(optional('not'), 'empty'))),
      ),
    as_unit: ($) =>
      prec.left(LEVEL.suffix, seq($._expression, 'as', field('unit', $.identifier))),
    ago: ($) => prec.left(LEVEL.suffix, seq($._expression, 'ago')),
    repeat_of: ($) => prec.right(LEVEL.suffix, seq($._expression, 'of', $._expression)),

    field_access: ($) => prec(LEVEL.postfix, seq(field('value', $._expression), $._field)),
    _field: ($) => seq($._dot, field('field', alias($._glued_name, $.field_identifier))),
    _dot: () => token.immediate('.'),
    _glued_name: () => token.immediate(/[A-Za-z_][A-Za-z0-9_]*/),

    call: ($) =>
      prec(
        LEVEL.postfix,
        seq(field('function', $._expression), field('arguments', $.arguments)),
      ),
    arguments: ($) => seq(token.immediate('('), optional(list($._argument)), ')'),
    _argument: ($) => choice($._expression, $.named_argument, $.comprehension),
    named_argument: ($) =>
      seq(
        field('name', $._field_name),
        ':',
        choice($._expression, $.comprehension),
      ),
    _field_name: ($) =>
      choice(
        alias(reserved('names', $.identifier), $.field_identifier),
        ...OPERAND.map((word) => alias(word, $.field_identifier)),
      ),
    // Where reserved words may be names, too.
    _name: ($) => reserved('names', $.identifier),
    index: ($) =>
      prec(
        LEVEL.postfix,
        seq(field('value', $._expression), token.immediate('['), $._expression, ']'),
      ),

    parenthesized: ($) => seq('(', $._expression, ')'),
    conditional: ($) =>
      seq('(', 'if', $._expression, 'then', $._expression, 'else', $._expression, ')'),
    list: ($) => seq('[', optional(choice(list($._expression), $.comprehension)), ']'),
    map: ($) => seq('[', choice(':', list($.entry)), ']'),
    entry: ($) => seq(field('key', $._expression), ':', field('value', $._expression)),
    comprehension: ($) =>
      seq(
        field('value', $._expression),
        'for',
        field('name', $.identifier),
        'in',
        field('values', $._expression),
        optional(seq('where', field('where', $._expression))),
      ),
    pick: ($) =>
      prec.right(
        seq(
          'pick',
          field('name', $.identifier),
          'in',
          field('values', $._expression),
          optional(seq('where', field('where', $._expression))),
        ),
      ),
    matching: ($) => seq('~', $._string),

    boolean: () => choice('true', 'false'),
    none: () => 'none',

    // ---- literals

    number: () => /\d[\dA-Za-z_]*(\.\d[\dA-Za-z_]*)*%?/,
    time: () => token(prec(1, /\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?/)),
    clock: () => /\d{2}:\d{2}/,

    _string: ($) => choice($.string, $.block_string),
    string: ($) =>
      seq(
        '"',
        repeat(choice($._text, $.escape, $.interpolation)),
        token.immediate('"'),
      ),
    _text: ($) =>
      choice(
        alias(token.immediate(prec(1, /[^"\\$\n]+/)), $.content),
        alias(token.immediate('$'), $.content),
      ),
    escape: () => token.immediate(prec(1, /\\(u\{[^}"\n]*\}|[^\n])/)),
    interpolation: ($) => seq(token.immediate('${'), $._hole, '}'),
    _hole: ($) => choice($.identifier, alias($.hole_path, $.field_access)),
    hole_path: ($) =>
      seq(field('value', choice($.identifier, alias($.hole_path, $.field_access))), $._field),

    block_string: ($) =>
      seq(
        '"""',
        repeat(choice($._block_text, $.escape, $.interpolation)),
        token.immediate('"""'),
      ),
    _block_text: ($) =>
      choice(
        alias(token.immediate(prec(1, /[^"\\$]+/)), $.content),
        alias(token.immediate('$'), $.content),
        alias(token.immediate('"'), $.content),
        alias(token.immediate('""'), $.content),
      ),

    // The tag is one token with its quote, so that a name may still be called `url`.
    _tagged: ($) => choice($.promql, $.regex, $.url, $.cron),
    promql: ($) => seq('promql"', repeat(choice($._query, $.interpolation)), token.immediate('"')),
    regex: ($) => seq('re"', repeat(choice($._query, $.interpolation)), token.immediate('"')),
    url: ($) => seq('url"', repeat(choice($._query, $.interpolation)), token.immediate('"')),
    cron: ($) => seq('cron"', repeat(choice($._query, $.interpolation)), token.immediate('"')),
    _query: ($) =>
      choice(
        alias(token.immediate(prec(1, /([^"\\$\n]|\\[^\n])+/)), $.content),
        alias(token.immediate('$'), $.content),
      ),

    // ---- names and comments

    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    // `///` documents what follows, `//!` the file.
    doc_comment: () => token(choice(/\/\/\/([^\/\n][^\n]*)?/, /\/\/![^\n]*/)),
    comment: () => /\/\/[^\n]*/,
  },
});
