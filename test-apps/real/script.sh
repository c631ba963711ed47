# A shell under script(1), on a pseudo-terminal of its own. script.sh LOG FOLDER
mkdir -p "$2"
cd "$2" || exit 2
export TERM=xterm
exec script -qfc "sh '$(dirname "$0")/shown.sh' '$1'" "$2/typescript"
