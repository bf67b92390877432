" Run as `vim -es -u editors/vim/test/check.vim FILE...` from the top of the repository: each file is already indented
" as Vim would do it, and words have the colours that they should. Exits with an error and says what is wrong if not.

set nocompatible nomore noswapfile viminfo= fileformats=unix encoding=utf-8
let s:top = expand('<sfile>:p:h:h')
execute 'set runtimepath^=' . fnameescape(s:top)
filetype plugin indent on
syntax on

let s:wrong = []

function! s:indent(file) abort
  execute 'silent edit!' fnameescape(a:file)
  if &filetype !=# 'rbk'
    call add(s:wrong, a:file . ': is of type "' . &filetype . '"')
  endif
  let l:before = getline(1, '$')
  silent normal! gg=G
  let l:after = getline(1, '$')
  let l:number = 0
  while l:number < len(l:before)
    if l:before[l:number] !=# get(l:after, l:number, '')
      call add(s:wrong, a:file . ':' . (l:number + 1) . ': indented as "' . get(l:after, l:number, '') . '"')
      break
    endif
    let l:number += 1
  endwhile
  silent edit!
endfunction

function! s:colours() abort
  silent new
  setfiletype rbk
  let l:all = [
        \ ['  version 1.0.0', 'version', 'rbkClause'],
        \ ['  version 1.0.0', '1', 'rbkNumber'],
        \ ['  on alert "Full" { with pod }', 'alert', 'rbkClause'],
        \ ['  on alert "Full" { with pod }', 'with', 'rbkStatement'],
        \ ['  on alert "Full" { with pod }', 'Full', 'rbkString'],
        \ ['    let owner = version', 'owner', ''],
        \ ['    let owner = version', 'version', ''],
        \ ['    f(owner: 3, until: 4)', 'owner', 'rbkName'],
        \ ['    f(owner: 3, until: 4)', 'until', 'rbkName'],
        \ ['    let a = b.page', 'page', ''],
        \ ['    found stuck(web)', 'stuck', 'rbkDeclared'],
        \ ['  remedy stuck(web) {', 'stuck', 'rbkDeclared'],
        \ ['    do k8s.rollback(web) within 4m undo previous', 'within', 'rbkModifier'],
        \ ['    do k8s.rollback(web) within 4m undo previous', 'rollback', 'rbkCall'],
        \ ['  expect handed builder because guard', 'handed', 'rbkOutcome'],
        \ ['  expect handed builder because guard', 'guard', 'rbkReason'],
        \ ['    x is none and "a // b" // c', 'none', 'rbkConstant'],
        \ ['    x is none and "a // b" // c', '// b', 'rbkString'],
        \ ['    x is none and "a // b" // c', '// c', 'rbkComment'],
        \ ['    page a "${b.c} \n"', 'b\.', 'rbkVariable'],
        \ ['    page a "${b.c} \n"', '\\n', 'rbkEscape'],
        \ ['    promql"up{a=${b}}"', 'up', 'rbkLiteral'],
        \ ['extern action f(a: Int in 1.. amount)', 'amount', 'rbkSink'],
        \ ['extern action f(a: Int in 1.. amount)', 'extern', 'rbkItem'],
        \ ['/// Documentation.', 'Doc', 'rbkDoc'],
        \ ]
  call setline(1, map(copy(l:all), 'v:val[0]'))
  for l:number in range(len(l:all))
    let [l:line, l:word, l:expected] = l:all[l:number]
    let l:found = synIDattr(synID(l:number + 1, match(l:line, l:word) + 1, 1), 'name')
    if l:found !=# l:expected
      call add(s:wrong, '"' . l:word . '" in "' . l:line . '" is ' . l:found . ', not ' . l:expected)
    endif
  endfor
endfunction

try
  for s:file in argv()
    call s:indent(s:file)
  endfor
  call s:colours()
catch
  call add(s:wrong, v:exception . ' at ' . v:throwpoint)
endtry
" Behind what is there already, if that is a file.
call writefile(s:wrong, '/dev/stderr', 'a')
execute empty(s:wrong) ? 'qall!' : 'cquit!'
