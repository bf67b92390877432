" How a runbook is edited: comments, two blanks, folds by indentation, `gf` and `%`.

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:///,://!,://
setlocal commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2 tabstop=2
setlocal suffixesadd=.rbk
setlocal textwidth=120
let b:match_words = '\<if\>:\<else\>'

if executable('rbk')
  setlocal formatprg=rbk\ fmt\ -
endif

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< softtabstop< tabstop<'
" No continued line: Vim does not read one where it is set up to be like vi.
let b:undo_ftplugin .= ' suffixesadd< textwidth< formatprg< | unlet! b:match_words'
