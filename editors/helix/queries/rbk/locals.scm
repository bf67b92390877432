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

(parameter name: (identifier) @local.definition.variable.parameter)
(let name: (identifier) @local.definition.variable)
(for name: (identifier) @local.definition.variable)
(some name: (identifier) @local.definition.variable)
(comprehension name: (identifier) @local.definition.variable)
(pick name: (identifier) @local.definition.variable)
(binding name: (identifier) @local.definition.variable)
(label name: (identifier) @local.definition.variable)

(identifier) @local.reference
