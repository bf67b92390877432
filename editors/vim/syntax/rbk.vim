" Colours of runbooks: what `grammar/rbk.pest` calls a word, where it may be one.

if exists('b:current_syntax')
  finish
endif

" The lists between the marks are checked against the grammar.
" words: item
let s:item = 'action|const|enum|extern|fn|probe|product|record|role|runbook|secret|target|test|use|window'
" words end
" words: clause
let s:clause = 'again|blast|chain|changes|clears|deadline|diagnose|ends|fresh|holding|incident|inverse|keep|key|lookup|needs|on|only|otherwise|owner|owns|patience|pause|recurs|remedy|repeat|scope|settles|severity|steps|touching|version|watch|where|zone'
" words end
" words: statement
let s:statement = 'attach|attempt|cleared|do|else|for|found|guard|hand|if|let|match|mitigated|page|retry|return|tell|then|undo|verify|wait|waive|with'
" words end
" words: test
let s:test = 'at|case|expect|given'
" words end
" words: operator
let s:operator = 'ago|and|as|in|is|not|of|or|pick'
" words end
" words: constant
let s:constant = 'empty|none|some'
" words end
" words: event
let s:event = 'alert|event|request|schedule'
" words end
" words: sink
let s:sink = 'amount|executable|flag|host|path|payload|population'
" words end
" words: outcome
let s:outcome = 'acknowledged|applied|breaks|cancelled|change|continue|did|failed|fails|failure|finding|handed|inconclusive|no|no_data|nobody|nothing|novel|owed|paged|resolved|says|self_resolved|skip|stop|systemic|told|undone|unknown|unresolved'
" words end
" words: modifier
let s:modifier = 'abort|after|because|by|caller|during|every|except|human|impossible|keyed|least|missed|most|once|per|previous|read|resolves|run|safe|takes|this|times|type|unneeded|unsafe|until|weekly|when|within|workday|workdays'
" words end
" words: tag
let s:tag = 'cron|promql|re|url'
" words end
" words: reserved
let s:reserved = 'ask|step|under'
" words end

" A word is none after a dot and before a colon; where it may be a name, what follows tells.
function! s:words(group, words, rest) abort
  execute 'syntax match' a:group '/\v%(\.)@1<!<%(' . a:words . ')>%(\s*:)@!' . a:rest . '/'
endfunction

syntax case match
" An item begins in column 0, and nothing goes on from before it.
syntax sync match rbkItemStart grouphere NONE /^\l/
syntax sync maxlines=500

syntax match rbkVariable /\<[a-z_]\w*\>/ contained
syntax match rbkType /\<\u\w*\>/
syntax match rbkCall /\<[a-z_]\w*\ze(/
syntax match rbkName /\v<[a-z_]\w*\ze\s*:/
syntax match rbkOperator /[-+*/<>=~]\|!=\|\.\./
syntax match rbkNumber /\v<\d\w*%(\.\d\w*)*\%?/
syntax match rbkTime /\v<\d{4}-\d{2}-\d{2}%(T\d{2}:\d{2}%(:\d{2})?Z?)?>/
syntax match rbkTime /\v<\d{2}:\d{2}>/

" Where a word may be a name, too, what stands around it tells; what is more particular comes later.
let s:free = '%(\s*%([:=<>!+*]|-[^>])|[.(\[])@!'
call s:words('rbkModifier', s:modifier, s:free)
call s:words('rbkOutcome', s:outcome, s:free)
call s:words('rbkClause', s:clause, '%(\s+["[:alnum:]_({])@=%(\s+%(and|or|in|is|as|of|then|else|ago)>)@!')
syntax match rbkClause /\v^\s*%(touching|diagnose|blast)>\ze\s*%(\{|$|\/\/)/
call s:words('rbkTest', s:test, '%(\s+["[:alnum:]_(])@=')
call s:words('rbkConstant', s:constant, '\(@!')
call s:words('rbkConstant', 'true|false', '')
call s:words('rbkOperatorWord', s:operator, '%(\s*\=[^=])@!')
call s:words('rbkStatement', s:statement, '')
call s:words('rbkReserved', s:reserved, '')
execute 'syntax match rbkSink /\v%([A-Za-z0-9_\].?] )@<=%(%(with|let|for) )@5<!<%(' . s:sink . ')>\ze\s*%([,)=]|$)/'
execute 'syntax match rbkClause /\v%(on |given )@7<=%(' . s:event . ')>/'
syntax match rbkModifier /\v%(unsafe |unknown, )@9<=probe>/
execute 'syntax match rbkItem /\v^%(extern\s+)?%(' . s:item . ')>/ nextgroup=rbkDeclared skipwhite'
syntax match rbkDeclared /\v<[a-z_]\w*>\.@!/ contained
syntax match rbkDeclared /\v%(^\s*%(remedy|watch|given\s+finding)\s+)@<=\w+/
syntax match rbkDeclared /\v%(<found\s+)@<=\w+/
syntax match rbkReason /\v%(<because\s+)@<=\w+/

syntax match rbkEscape /\\\%(u{\x*}\|.\)/ contained
syntax match rbkQueryEscape /\\./ contained
syntax region rbkHole matchgroup=rbkHoleMark start=/\${/ end=/}/ oneline contained contains=rbkVariable
syntax region rbkString start=/"/ skip=/\\./ end=/"/ oneline contains=rbkEscape,rbkHole,@Spell
syntax region rbkString start=/"""/ skip=/\\./ end=/"""/ contains=rbkEscape,rbkHole,@Spell
execute 'syntax region rbkLiteral matchgroup=rbkTag start=/\v<%(' . s:tag . ')"/ skip=/\\./ end=/"/ oneline contains=rbkQueryEscape,rbkHole'

syntax match rbkComment /\/\/.*/ contains=@Spell
syntax match rbkDoc /\/\/\/\/\@!.*\|\/\/!.*/ contains=@Spell

highlight default link rbkItem Keyword
highlight default link rbkClause Keyword
highlight default link rbkStatement Statement
highlight default link rbkTest Keyword
highlight default link rbkOperatorWord Operator
highlight default link rbkOperator Operator
highlight default link rbkConstant Constant
highlight default link rbkOutcome Constant
highlight default link rbkReason Constant
highlight default link rbkModifier Keyword
highlight default link rbkSink StorageClass
highlight default link rbkReserved Error
highlight default link rbkDeclared Function
highlight default link rbkCall Function
highlight default link rbkType Type
highlight default link rbkName Identifier
highlight default link rbkVariable Identifier
highlight default link rbkNumber Number
highlight default link rbkTime Number
highlight default link rbkString String
highlight default link rbkLiteral String
highlight default link rbkTag Special
highlight default link rbkHoleMark Special
highlight default link rbkEscape SpecialChar
highlight default link rbkQueryEscape SpecialChar
highlight default link rbkComment Comment
highlight default link rbkDoc SpecialComment

let b:current_syntax = 'rbk'
