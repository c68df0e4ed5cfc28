#!/usr/bin/env bash
# Whether nginx takes the example configuration as it stands, and does what it says: certificate, ports and folders are of a temporary directory.
# Exit 77 (skipped) where there is no nginx.
set -eu
example=$1
nginx=$(command -v nginx || command -v /usr/sbin/nginx) || { echo "no nginx here"; exit 77; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/sanzhi-nginx.XXXXXX")
pids=()
finish() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
http=$(free_port) https=$(free_port) back=$(free_port)

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=zf.example.gov.cn \
	-addext subjectAltName=DNS:zf.example.gov.cn -keyout "$dir/privkey.pem" -out "$dir/fullchain.pem" 2>/dev/null
mkdir "$dir/cache"
sed -e "s|/etc/ssl/sanzhi/|$dir/|" -e "s|/var/cache/nginx/sanzhi|$dir/cache|" -e '/listen \[::\]/d' \
	-e "s|listen 80;|listen 127.0.0.1:$http;|" -e "s|listen 443 |listen 127.0.0.1:$https |" \
	-e "s|server 127.0.0.1:8080;|server 127.0.0.1:$back;|" "$example" > "$dir/site.conf"
user=
[ "$(id -u)" -ne 0 ] || user="user root;"
cat > "$dir/nginx.conf" <<CONF
$user
daemon off;
pid $dir/nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path $dir/body;
	proxy_temp_path $dir/proxy;
	fastcgi_temp_path $dir/fastcgi;
	uwsgi_temp_path $dir/uwsgi;
	scgi_temp_path $dir/scgi;
	include $dir/site.conf;
}
CONF
"$nginx" -t -c "$dir/nginx.conf" 2>"$dir/said" || { cat "$dir/said" >&2; exit 1; }
if grep -q '\[warn\]' "$dir/said"; then cat "$dir/said" >&2; exit 1; fi

# A service that says what it was told.
cat > "$dir/echo.py" <<'PY'
import http.server
import sys


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = "".join(f"{name.lower()}={value}\n" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
PY
python3 "$dir/echo.py" "$back" & pids+=($!)
"$nginx" -c "$dir/nginx.conf" 2>"$dir/log" & pids+=($!)
ask() { curl -s --noproxy '*' --cacert "$dir/fullchain.pem" --resolve "zf.example.gov.cn:$https:127.0.0.1" "$@"; }
for _ in $(seq 50); do
	ask -o /dev/null "https://zf.example.gov.cn:$https/" && curl -s --noproxy '*' -o /dev/null "http://127.0.0.1:$back/" && break
	sleep 0.1
done

failed=0
check() {
	if [ "$2" = "$3" ]; then return; fi
	echo "$1: expected \"$3\", got \"$2\"" >&2
	failed=1
}
got=$(ask -H 'X-Forwarded-For: 203.0.113.9' -H 'Forwarded: for=203.0.113.9' -H 'X-Real-IP: 203.0.113.9' "https://zf.example.gov.cn:$https/desk")
check "the name is handed on" "$(grep '^host=' <<<"$got")" "host=zf.example.gov.cn"
check "the client's address is nginx's own knowledge" "$(grep '^x-forwarded-for=' <<<"$got")" "x-forwarded-for=127.0.0.1"
check "no other claim gets through" "$(grep -c '203.0.113.9' <<<"$got" || true)" "0"
check "plain HTTP leads to HTTPS" "$(curl -s --noproxy '*' -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: zf.example.gov.cn' "http://127.0.0.1:$http/p/1")" \
	"301 https://zf.example.gov.cn/p/1"
check "another name is turned away" "$(curl -s --noproxy '*' -k -o /dev/null -w '%{http_code}' --resolve "other.example:$https:127.0.0.1" "https://other.example:$https/" || true)" "000"
head -c 70000000 /dev/zero > "$dir/big"
check "a body beyond the limit is refused" "$(ask -o /dev/null -w '%{http_code}' --data-binary "@$dir/big" "https://zf.example.gov.cn:$https/desk")" "413"
codes=$(for _ in $(seq 14); do ask -o /dev/null -w '%{http_code} ' -d user=x "https://zf.example.gov.cn:$https/login"; done)
check "signing in is slowed down" "$(grep -o 429 <<<"$codes" | head -1)" "429"
[ "$failed" -eq 0 ] && echo "nginx takes the example and does what it says"
exit "$failed"
