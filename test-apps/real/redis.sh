# redis-server under load from a client in the same computation: no reply is lost, none comes twice. redis.sh LOG FOLDER
here=$(dirname "$0")
mkdir -p "$2"
cd "$2" || exit 2
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$2" >server.out 2>&1 &
exec /usr/bin/python3 "$here/redis_client.py" "$1" "$port"
