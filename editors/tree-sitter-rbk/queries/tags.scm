; Where things are declared and used, for lists of symbols.

((doc_comment)* @doc
  .
  (runbook name: (identifier) @name) @definition.class)
((doc_comment)* @doc
  .
  (product name: (identifier) @name) @definition.module)
((doc_comment)* @doc
  .
  (record name: (type_identifier) @name) @definition.class)
((doc_comment)* @doc
  .
  (enum name: (type_identifier) @name) @definition.class)
((doc_comment)* @doc
  .
  (extern_target name: (type_identifier) @name) @definition.class)
((doc_comment)* @doc
  .
  [
    (function name: (identifier) @name)
    (probe name: (identifier) @name)
    (action name: (identifier) @name)
    (extern_function name: (identifier) @name)
    (extern_probe name: (identifier) @name)
    (extern_action name: (identifier) @name)
  ] @definition.function)
((doc_comment)* @doc
  .
  [
    (watch name: (identifier) @name)
    (remedy name: (identifier) @name)
  ] @definition.method)
((doc_comment)* @doc
  .
  [
    (const name: (identifier) @name)
    (role name: (identifier) @name)
    (secret name: (identifier) @name)
    (window name: (identifier) @name)
  ] @definition.constant)

(call function: (identifier) @name) @reference.call
(call function: (field_access field: (field_identifier) @name)) @reference.call
(found name: (identifier) @name) @reference.call
(test runbook: (identifier) @name) @reference.class
(type (type_identifier) @name) @reference.type
