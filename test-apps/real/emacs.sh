# emacs on a pseudo-terminal, with a timer. emacs.sh LOG FOLDER
mkdir -p "$2"
cd "$2" || exit 2
export TERM=xterm
export HOME="$2"
cat >tick.el <<X
(setq n 0)
(defun tick () (setq n (1+ n)) (write-region (format "%d ok\n" n) nil "$1" 'append 'silent))
(run-at-time 0 0.05 'tick)
X
exec script -qfc "emacs -nw -Q -l tick.el" "$2/typescript"
