# vim on a pseudo-terminal, with a timer that runs commands, whose output comes through pipes: a temporary file that was read after the
# checkpoint would be gone when it is to be read again. vim.sh LOG FOLDER
mkdir -p "$2"
cd "$2" || exit 2
export TERM=xterm TMPDIR="$2"
cat >tick.vim <<X
set noshelltemp
let g:n = 0
func Tick(timer)
  let g:n += 1
  let l:echoed = trim(system('echo ' . g:n))
  call writefile([l:echoed == g:n ? g:n . ' ok' : 'FAIL ' . l:echoed], '$1', 'a')
endfunc
call timer_start(50, 'Tick', {'repeat': -1})
X
exec script -qfc "vim -u NONE -i NONE -N -n -S tick.vim" "$2/typescript"
