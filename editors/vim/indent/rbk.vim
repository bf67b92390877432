" Two blanks for each line on which brackets are open, and for what goes on after an operator or a comma.

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=RbkIndent(v:lnum)
setlocal indentkeys=0},0),0],!^F,o,O
setlocal autoindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< autoindent<'

if exists('*RbkIndent')
  finish
endif

" A line without its strings and its comment.
function! s:code(number) abort
  let l:code = substitute(getline(a:number), '"\%([^"\\]\|\\.\)*"', '""', 'g')
  return substitute(l:code, '\s*//.*$', '', '')
endfunction

" Whether a place is in a string or a comment.
function! s:is_text(number, column) abort
  let l:name = synIDattr(synID(a:number, a:column, 1), 'name')
  return l:name =~# '^rbk\%(String\|Literal\|Tag\|Hole\|Escape\|QueryEscape\|Comment\|Doc\)'
endfunction

" Line and column of the bracket that is open where a line begins; zeros if there is none.
function! s:opener(number) abort
  let l:before = getpos('.')
  call cursor(a:number, 1)
  let l:skip = 's:is_text(line("."), col("."))'
  let l:place = searchpairpos('[({[]', '', '[])}]', 'bnW', l:skip, max([1, a:number - 1000]))
  call setpos('.', l:before)
  return l:place
endfunction

function! s:bracket(place) abort
  return a:place[0] == 0 ? '' : getline(a:place[0])[a:place[1] - 1]
endfunction

" The line above that has code; 0 if there is none.
function! s:above(number) abort
  let l:number = prevnonblank(a:number - 1)
  while l:number > 0 && s:code(l:number) =~# '^\s*$'
    let l:number = prevnonblank(l:number - 1)
  endwhile
  return l:number
endfunction

" Whether a line goes on what the line above says, both inside of the bracket at `place`.
function! s:goes_on(number, place) abort
  let l:above = s:above(a:number)
  if l:above == 0 || l:above < a:place[0] || (l:above == a:place[0] && a:place[0] > 0)
    return 0
  endif
  let l:code = s:code(l:above)
  if l:code =~# '\%(->\|[-+*/=<>]\|\<\%(and\|or\|in\)\)$'
    return 1
  endif
  " A comma goes on in a line of words, and not between the parts of a list or of a type.
  return s:bracket(a:place) !~# '[([]' && l:code =~# '^\s*\%()\|\h\w*\s\).*,$'
endfunction

" The indentation of the statement that a line is part of.
function! s:start(number) abort
  let l:number = a:number
  let l:place = s:opener(l:number)
  while s:goes_on(l:number, l:place)
    let l:number = s:above(l:number)
    let l:place = s:opener(l:number)
  endwhile
  return indent(l:number)
endfunction

function! RbkIndent(number) abort
  " The lines of a block string are what they are.
  if a:number > 1 && s:is_text(a:number, 1) && synIDattr(synID(a:number, 1, 1), 'name') !~# 'Comment\|Doc'
    return -1
  endif
  let l:place = s:opener(a:number)
  let l:bracket = s:bracket(l:place)
  let l:indent = l:place[0] == 0 ? 0 : l:bracket ==# '{' ? s:start(l:place[0]) : indent(l:place[0])
  if getline(a:number) =~# '^\s*[)}\]]'
    return l:indent
  endif
  if l:place[0] > 0
    let l:indent += shiftwidth()
  endif
  return l:indent + (s:goes_on(a:number, l:place) ? shiftwidth() : 0)
endfunction
