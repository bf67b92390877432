; What is declared where, and how far it is seen.

[
  (runbook)
  (test)
  (function)
  (probe)
  (action)
  (extern_function)
  (extern_probe)
  (extern_action)
  (watch)
  (remedy)
  (block)
  (for)
  (arm)
  (comprehension)
  (pick)
] @local.scope

(parameter name: (identifier) @local.definition)
(let name: (identifier) @local.definition)
(for name: (identifier) @local.definition)
(some name: (identifier) @local.definition)
(comprehension name: (identifier) @local.definition)
(pick name: (identifier) @local.definition)
(case_value name: (identifier) @local.definition)
(binding name: (identifier) @local.definition)
(label name: (identifier) @local.definition)

(identifier) @local.reference
