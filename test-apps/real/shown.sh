# Runs in a terminal, shows a number and writes a heartbeat. shown.sh LOG
n=0
[ -t 0 ] && [ -t 1 ] || { echo "FAIL no terminal" >>"$1"; exit 99; }
size=$(stty size)
while [ $n -lt 12000 ]; do
    n=$((n + 1))
    echo "shown $n"
    [ "$(stty size)" = "$size" ] || { echo "FAIL size of the terminal" >>"$1"; exit 99; }
    echo "$n ok" >>"$1"
    sleep 0.05
done
