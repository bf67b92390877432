; What an editor colours, and how: for Zed, where the last pattern that matches wins.

; ---- names, the general before the particular

(identifier) @variable

((identifier) @type
  (#match? @type "^[A-Z]"))

(field_identifier) @property

(type_identifier) @type

(use package: (identifier) @namespace)
(use name: (identifier) @namespace)
(use_list name: (identifier) @namespace)
(type package: (identifier) @namespace)

(parameter name: (identifier) @variable.parameter)
(named_argument name: (field_identifier) @variable.parameter)

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

(call function: (identifier) @function)
(call function: (field_access field: (field_identifier) @function))
((call function: (identifier) @constructor)
  (#match? @constructor "^[A-Z]"))

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
] @keyword
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
] @keyword
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
] @attribute
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

; ---- literals

(number) @number
(time) @number
(clock) @number
(boolean) @boolean

(string) @string
(block_string) @string
(promql) @string.special
(cron) @string.special
(url) @string.special.url
(regex) @string.regex
(escape) @string.escape

(interpolation
  "${" @punctuation.special
  "}" @punctuation.special)
(interpolation (identifier) @variable)

(comment) @comment
(doc_comment) @comment.doc
