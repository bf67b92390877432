; Literals of other languages: their pieces are one text, without the holes.

((promql
  (content) @injection.content)
  (#set! injection.language "promql")
  (#set! injection.combined))

((regex
  (content) @injection.content)
  (#set! injection.language "regex")
  (#set! injection.combined))

([
  (comment)
  (doc_comment)
] @injection.content
  (#set! injection.language "comment"))
