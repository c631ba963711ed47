# A screen session, not attached, with a shell in it. screen.sh LOG FOLDER
mkdir -p "$2"
cd "$2" || exit 2
export TERM=xterm
unset STY
mkdir -p -m 700 sessions
export SCREENDIR="$2/sessions"
exec screen -c /dev/null -D -m sh "$(dirname "$0")/shown.sh" "$1"
