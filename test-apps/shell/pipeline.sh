# Three-stage pipelines whose output is checked, background children, wait with statuses. pipeline.sh LOG
log=$1
n=0
fail() {
    echo "FAIL pipeline.sh: $*" >>"$log"
    exit 99
}
while [ $n -lt 12000 ]; do
    sum=$(seq 1 2000 | sed 's/$/ x/' | awk '{ s += $1 } END { print s, NR }')
    [ "$sum" = "2001000 2000" ] || fail "pipeline gave '$sum'"
    lines=$({ echo one; sleep 0.03; echo two; } | tr a-z A-Z | sort -r | tr '\n' ' ')
    [ "$lines" = "TWO ONE " ] || fail "slow pipeline gave '$lines'"
    (sleep 0.03; exit 6) &
    first=$!
    (sleep 0.01; exit 7) &
    second=$!
    wait $first
    [ $? -eq 6 ] || fail "status of the first child"
    wait $second
    [ $? -eq 7 ] || fail "status of the second child"
    n=$((n + 1))
    echo "$n ok" >>"$log"
done
