# A loop with children on every line; runs under bash and dash alike. loop.sh LOG
log=$1
n=0
fail() {
    echo "FAIL loop.sh: $*" >>"$log"
    exit 99
}
trap ':' USR1
while [ $n -lt 12000 ]; do
    before=$n
    date +%s >/dev/null || fail "date: $?"
    [ "$(echo "$n" | cat)" = "$n" ] || fail "command substitution"
    (exit 3)
    [ $? -eq 3 ] || fail "status of a subshell"
    /bin/sleep 0.03 || fail "sleep: $?"
    [ "$n" = "$before" ] || fail "variable"
    n=$((n + 1))
    echo "$n ok" >>"$log"
done
