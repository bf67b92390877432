; What an editor colours, and how: for Helix, where the first pattern that matches wins.

; ---- words

; words: item
[
  "action"
  "const"
  "enum"
  "extern"
  "fn"
  "probe"
  "product"
  "record"
  "role"
  "runbook"
  "secret"
  "target"
  "test"
  "use"
  "window"
] @keyword.storage.type
; words end

; words: clause
[
  "again"
  "blast"
  "chain"
  "changes"
  "clears"
  "deadline"
  "diagnose"
  "ends"
  "fresh"
  "holding"
  "incident"
  "inverse"
  "keep"
  "key"
  "lookup"
  "needs"
  "on"
  "only"
  "otherwise"
  "owner"
  "owns"
  "patience"
  "pause"
  "recurs"
  "remedy"
  "repeat"
  "scope"
  "settles"
  "severity"
  "steps"
  "touching"
  "version"
  "watch"
  "where"
  "zone"
] @keyword
; words end

; words: statement
[
  "attach"
  "attempt"
  "cleared"
  "do"
  "else"
  "for"
  "found"
  "guard"
  "hand"
  "if"
  "let"
  "match"
  "mitigated"
  "page"
  "retry"
  "return"
  "tell"
  "then"
  "undo"
  "verify"
  "wait"
  "waive"
  "with"
] @keyword.control
; words end

; words: test
[
  "at"
  "case"
  "expect"
  "given"
] @keyword
; words end

; words: operator
[
  "ago"
  "and"
  "as"
  "in"
  "is"
  "not"
  "of"
  "or"
  "pick"
] @keyword.operator
; words end

; words: constant
[
  "empty"
  "none"
  "some"
] @constant.builtin
; words end

; words: event
[
  "alert"
  "event"
  "request"
  "schedule"
] @keyword
; words end

; words: sink
[
  "amount"
  "executable"
  "flag"
  "host"
  "path"
  "payload"
  "population"
] @keyword.storage.modifier
; words end

; words: outcome
[
  "acknowledged"
  "applied"
  "breaks"
  "cancelled"
  "change"
  "continue"
  "did"
  "failed"
  "fails"
  "failure"
  "finding"
  "handed"
  "inconclusive"
  "no"
  "no_data"
  "nobody"
  "nothing"
  "novel"
  "owed"
  "paged"
  "resolved"
  "says"
  "self_resolved"
  "skip"
  "stop"
  "systemic"
  "told"
  "undone"
  "unknown"
  "unresolved"
] @constant.builtin
; words end

; words: modifier
[
  "abort"
  "after"
  "because"
  "by"
  "caller"
  "during"
  "every"
  "except"
  "human"
  "impossible"
  "keyed"
  "least"
  "missed"
  "most"
  "once"
  "per"
  "previous"
  "read"
  "resolves"
  "run"
  "safe"
  "takes"
  "this"
  "times"
  "type"
  "unneeded"
  "unsafe"
  "until"
  "weekly"
  "when"
  "within"
  "workday"
  "workdays"
] @keyword
; words end

; Words of later versions.
((identifier) @keyword
  (#any-of? @keyword
    ; words: reserved
    "ask"
    "step"
    "under"
    ; words end
  ))

; ---- literals

(number) @constant.numeric
(time) @constant.numeric
(clock) @constant.numeric
(boolean) @constant.builtin.boolean

(escape) @constant.character.escape
(interpolation
  "${" @punctuation.special
  "}" @punctuation.special)

(promql) @string.special
(cron) @string.special
(url) @string.special.url
(regex) @string.regexp
(string) @string
(block_string) @string

(doc_comment) @comment.line.documentation
(comment) @comment.line

; ---- marks

[
  "="
  "=="
  "!="
  "<"
  "<="
  ">"
  ">="
  "+"
  "-"
  "*"
  "/"
  ".."
  "..="
  "->"
  "~"
] @operator

[
  "("
  ")"
  "["
  "]"
  "{"
  "}"
] @punctuation.bracket

[
  ","
  ":"
  "."
] @punctuation.delimiter

; ---- names, the particular before the general

(runbook name: (identifier) @function)
(runbook product: (identifier) @namespace)
(product name: (identifier) @namespace)
(test runbook: (identifier) @function)
(function name: (identifier) @function)
(probe name: (identifier) @function)
(action name: (identifier) @function)
(extern_function name: (identifier) @function)
(extern_probe name: (identifier) @function)
(extern_action name: (identifier) @function)
(watch name: (identifier) @function)
(remedy name: (identifier) @function)
(found name: (identifier) @function)
(given_finding name: (identifier) @function)
(expect_found name: (identifier) @function)

((call function: (identifier) @constructor)
  (#match? @constructor "^[A-Z]"))
(call function: (identifier) @function)
(call function: (field_access field: (field_identifier) @function))

; Who is told, and who owes.
(page role: (identifier) @constant)
(tell role: (identifier) @constant)
(tell_clause role: (identifier) @constant)
(hand role: (identifier) @constant)
(expect_told role: (identifier) @constant)
(expect_end role: (identifier) @constant)
(owner_clause (identifier) @constant)
(chain_link role: (identifier) @constant)
(mitigated (identifier) @constant)

(const name: (identifier) @constant)
(case_value name: (identifier) @constant)
(member name: (identifier) @constant)
(role name: (identifier) @constant)
(role source: (identifier) @constant)
(secret name: (identifier) @constant)
(secret source: (identifier) @constant)
(window name: (identifier) @constant)
(day) @constant
(severity (identifier) @constant)
(because reason: (identifier) @constant)

(parameter name: (identifier) @variable.parameter)
(named_argument name: (field_identifier) @variable.parameter)

(use package: (identifier) @namespace)
(use name: (identifier) @namespace)
(use_list name: (identifier) @namespace)
(type package: (identifier) @namespace)

(type_identifier) @type

(field_identifier) @variable.other.member

((identifier) @type
  (#match? @type "^[A-Z]"))

(identifier) @variable
