# A tmux server with a shell in it, and a client that asks for the screen. tmux.sh LOG FOLDER
mkdir -p "$2"
cd "$2" || exit 2
export TERM=xterm
fail() { echo "FAIL tmux.sh: $*" >>"$1"; exit 99; }
unset TMUX
tmux -S "$2/s" -f /dev/null new-session -d -x 80 -y 25 "sh '$(dirname "$0")/shown.sh' '$1'" || fail "no session"
while :; do
    sleep 0.5
    tmux -S "$2/s" capture-pane -p | grep -q 'shown [0-9]' || fail "the screen"
done
