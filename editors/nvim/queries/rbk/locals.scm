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

(parameter name: (identifier) @local.definition.parameter)
(let name: (identifier) @local.definition.var)
(for name: (identifier) @local.definition.var)
(some name: (identifier) @local.definition.var)
(comprehension name: (identifier) @local.definition.var)
(pick name: (identifier) @local.definition.var)
(binding name: (identifier) @local.definition.var)
(label name: (identifier) @local.definition.var)

(identifier) @local.reference
