#!/usr/bin/env bash
# The rainwater pump controller RP-2, made of dropbear, lighttpd, curl and the MQTT client of mosquitto. Runs inside the
# namespace of a device on a bench network:
#   device.sh start FOLDER AUTHORITY   power on; FOLDER takes keys, pages and logs, AUTHORITY is what the maker built in
#   device.sh stop FOLDER              power off
#   device.sh call FOLDER              waits no longer before the next call of a service
#   device.sh reset FOLDER             factory reset: nobody has a password
#   device.sh onboard FOLDER           the owner chooses the password
set -euo pipefail

what=$1 folder=$2
router=${ROUTER:-192.0.2.2}

if [ "$(readlink /proc/self/ns/net)" = "$(readlink /proc/1/ns/net)" ]; then
  echo "this is no namespace of a device; run it with ip netns exec NAME-d1" >&2
  exit 2
fi

# Programs that run in the background hold nothing of the caller.
background() {
  local name=$1
  shift
  setsid "$@" >>"$folder/$name.log" 2>&1 </dev/null &
  echo $! >"$folder/$name.pid"
}

end() {
  local name
  for name in "$@"; do
    [ -e "$folder/$name.pid" ] || continue
    # The whole session: the program and what it waits for.
    pkill --session "$(cat "$folder/$name.pid")" || true
    rm "$folder/$name.pid"
  done
}

# Made once, at the first start.
manufacture() {
  mkdir -p "$folder/pages/settings"
  cp "$1" "$folder/authority.pem"
  dropbearkey -t ed25519 -f "$folder/host-key" >"$folder/host-key.log" 2>&1
  openssl req -x509 -newkey rsa:2048 -nodes -days 400 -subj "/O=Amaike Pump Works/CN=rp-2.local" \
    -addext "subjectAltName=DNS:rp-2.local,IP:192.0.2.11" \
    -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/key.log"
  echo '<title>RP-2</title><p>Rainwater pump RP-2. <a href=/settings/>Settings</a>' >"$folder/pages/index.html"
  echo '<title>Settings</title><p>Lowest level: 15 %' >"$folder/pages/settings/index.html"
  echo '{"model":"RP-2","serial":"RP2-000731","firmware":"1.1.0"}' >"$folder/pages/identity"
  : >"$folder/users"
  cat >"$folder/lighttpd.conf" <<CONF
server.modules = ("mod_auth", "mod_authn_file", "mod_openssl")
server.document-root = "$folder/pages"
server.port = 443
server.tag = ""
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html", "identity" => "application/json")
ssl.engine = "enable"
ssl.pemfile = "$folder/certificate.pem"
ssl.privkey = "$folder/key.pem"
ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.2", "CipherString" => "ECDHE+AESGCM")
auth.backend = "plain"
auth.backend.plain.userfile = "$folder/users"
auth.require = ("/settings/" => ("method" => "basic", "realm" => "RP-2", "require" => "valid-user"))
CONF
}

case $what in
start)
  [ -e "$folder/lighttpd.conf" ] || manufacture "$3"
  # It speaks IPv4 alone, and tells of closed UDP ports at once.
  echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
  echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
  ip link set eth0 up
  ip route replace default via "$router"
  background dropbear dropbear -F -E -s -r "$folder/host-key" -P "$folder/dropbear.own" -p 22
  background lighttpd lighttpd -D -f "$folder/lighttpd.conf"
  # In the mounts of this namespace alone, which ip netns exec made.
  echo "nameserver $router" >"$folder/resolv.conf"
  mount --bind "$folder/resolv.conf" /etc/resolv.conf
  here=$(dirname "$(readlink -f "$0")")
  background cloud bash "$here/cloud.sh"
  background broker bash "$here/broker.sh" "$folder"
  background statistics bash "$here/statistics.sh"
  ;;
stop)
  end cloud broker statistics dropbear lighttpd
  ip link set eth0 down
  ;;
call)
  for name in cloud broker; do
    pkill --session "$(cat "$folder/$name.pid")" -x sleep || true
  done
  ;;
reset)
  : >"$folder/users"
  ;;
onboard)
  echo 'owner:vT3mQ8zLw5Kd9XcR' >"$folder/users"
  ;;
*)
  echo "start, stop, call, reset or onboard; not $what" >&2
  exit 2
  ;;
esac
