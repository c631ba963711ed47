# What only bash has: arrays, process substitution, coprocesses, a long pipeline that runs for ever beside the loop. bashisms.sh LOG
log=$1
fail() {
    echo "FAIL bashisms.sh: $*" >>"$log"
    exit 99
}
declare -A squares
coproc ECHO { while read -r line; do echo "<$line>"; done; }
exec 7< <(i=0; while [ $i -lt 1000000 ]; do echo $i; i=$((i + 1)); done | sed -u 's/^/n/' | sed -u 's/$/;/')
set -o pipefail
for ((n = 1; n < 12000; n++)); do
    squares[$n]=$((n * n))
    [ "${squares[$(((n + 1) / 2))]}" = $((((n + 1) / 2) ** 2)) ] || fail "array"
    echo "$n" >&"${ECHO[1]}"
    read -r -t 60 answer <&"${ECHO[0]}" || fail "coprocess is silent"
    [ "$answer" = "<$n>" ] || fail "coprocess said $answer"
    read -r -u 7 line || fail "the long pipeline ended"
    [ "$line" = "n$((n - 1));" ] || fail "the long pipeline gave $line for $n"
    false | true
    [ $? -eq 1 ] || fail "pipefail"
    mapfile -t lines < <(printf '%s\n' a b c)
    [ "${#lines[@]}" = 3 ] || fail "process substitution"
    sleep 0.03
    echo "$n ok" >>"$log"
done
