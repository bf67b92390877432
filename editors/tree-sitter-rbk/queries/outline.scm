; What stands in the outline of a file.

(runbook "runbook" @context name: (identifier) @name) @item
(product "product" @context name: (identifier) @name) @item
(role "role" @context name: (identifier) @name) @item
(secret "secret" @context name: (identifier) @name) @item
(window "window" @context name: (identifier) @name) @item
(const "const" @context name: (identifier) @name) @item
(record "record" @context name: (type_identifier) @name) @item
(enum "enum" @context name: (type_identifier) @name) @item
(function "fn" @context name: (identifier) @name) @item
(probe "probe" @context name: (identifier) @name) @item
(action "action" @context name: (identifier) @name) @item
(extern_target "extern" @context "target" @context name: (type_identifier) @name) @item
(extern_function "extern" @context "fn" @context name: (identifier) @name) @item
(extern_probe "extern" @context "probe" @context name: (identifier) @name) @item
(extern_action "extern" @context "action" @context name: (identifier) @name) @item
(test "test" @context runbook: (identifier) @context name: (_) @name) @item

(blast_clause "blast" @name) @item
(watch "watch" @context name: (identifier) @name) @item
(diagnose "diagnose" @name) @item
(remedy "remedy" @context name: (identifier) @name) @item
(steps "steps" @name) @item
(otherwise "otherwise" @name) @item
(attempt "attempt" @context name: (_) @name) @item

(doc_comment) @annotation
