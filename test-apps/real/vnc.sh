# X programs under a VNC server, the server included. vnc.sh LOG FOLDER
mkdir -p "$2"
cd "$2" || exit 2
export HOME="$2"
# The server chooses a free number and writes it to the descriptor.
mkfifo number
Xtigervnc -displayfd 3 -SecurityTypes None -rfbport -1 -rfbunixpath "$2/vnc" 3>number >server.out 2>&1 &
read -r display <number
export DISPLAY=":$display"
xclock -update 1 >clock.out 2>&1 &
exec xterm -e sh "$(dirname "$0")/shown.sh" "$1"
