; What is selected and jumped to as one thing.

[
  (runbook)
  (product)
  (record)
  (enum)
  (extern_target)
] @class.around

[
  (function)
  (watch)
  (extern_function)
  (extern_probe)
  (extern_action)
] @function.around

(probe body: (block) @function.inside) @function.around
(action body: (block) @function.inside) @function.around
(diagnose body: (block) @function.inside) @function.around
(remedy body: (block) @function.inside) @function.around
(steps body: (block) @function.inside) @function.around

(test) @test.around

(parameters (parameter) @parameter.inside @parameter.around)
(arguments (_) @parameter.inside @parameter.around)

[
  (comment)
  (doc_comment)
] @comment.inside

[
  (comment)+
  (doc_comment)+
] @comment.around
