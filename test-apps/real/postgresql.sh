# PostgreSQL with transactions from psql: nothing that was committed is lost, nothing comes twice. postgresql.sh LOG FOLDER
mkdir -p "$2"
if [ "$(id -u)" = 0 ]; then
    # It refuses to run as root.
    touch "$1"
    chmod o+x "$(dirname "$2")"
    chown 65534:65534 "$1" "$2"
    exec setpriv --reuid 65534 --regid 65534 --clear-groups /bin/sh "$0" "$@"
fi
cd "$2" || exit 2
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
"$bin/initdb" -D "$2/db" -A trust -U tester -N >init.out 2>&1 || { echo "FAIL initdb" >>"$1"; exit 99; }
"$bin/postgres" -D "$2/db" -h '' -k "$2" -c shared_buffers=16MB -c fsync=off >server.out 2>&1 &
psql="$bin/psql -q -t -A -h $2 -U tester -d postgres"
tries=0
until $psql -c 'create table if not exists t(n int)' >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo "FAIL postgres does not listen" >>"$1"; exit 99; }
    sleep 0.05
done
n=0
while [ $n -lt 12000 ]; do
    n=$((n + 1))
    echo "begin; insert into t values($n); commit; select count(*), max(n) from t;"
    sleep 0.03
done | $psql | awk -v log_file="$1" '
    $0 != NR "|" NR { print "FAIL " $0 " instead of " NR >> log_file; exit 99 }
    { print NR " ok" >> log_file; fflush(log_file) }'
