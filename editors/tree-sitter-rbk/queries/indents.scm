; Where the next line is indented, and where no longer.

[
  (runbook)
  (test)
  (product)
  (enum)
  (record)
  (extern_target)
  (extern_body)
  (trigger_body)
  (blast_clause)
  (match)
  (block)
  (conditions)
  (use_list)
  (parameters)
  (arguments)
  (parenthesized)
  (conditional)
  (list)
  (map)
] @indent.begin

[
  "}"
  ")"
  "]"
] @indent.branch @indent.end

[
  (comment)
  (doc_comment)
  (block_string)
  (ERROR)
] @indent.auto
