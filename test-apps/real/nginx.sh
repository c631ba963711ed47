# nginx with two workers serving a client loop over connections that are kept and ones that are not. nginx.sh LOG FOLDER
here=$(dirname "$0")
mkdir -p "$2"
cd "$2" || exit 2
mkdir -p www tmp
echo hello >www/index.html
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >nginx.conf <<X
daemon off;
worker_processes 2;
pid $2/tmp/pid;
error_log $2/tmp/error.log;
events {}
http {
    access_log off;
    client_body_temp_path $2/tmp/body;
    proxy_temp_path $2/tmp/proxy;
    fastcgi_temp_path $2/tmp/fastcgi;
    uwsgi_temp_path $2/tmp/uwsgi;
    scgi_temp_path $2/tmp/scgi;
    server { listen 127.0.0.1:$port; root $2/www; }
}
X
[ "$(id -u)" != 0 ] || sed -i '1i user root;' nginx.conf
nginx -c "$2/nginx.conf" >server.out 2>&1 &
exec /usr/bin/python3 "$here/http_client.py" "$1" "$port"
