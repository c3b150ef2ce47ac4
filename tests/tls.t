#!/usr/bin/env bash
# https: certificates are always verified, by the system's or by those of the server's ca_file; against a server whose
# certificates are made here.
#
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

for tool in openssl python3; do
	command -v "$tool" >/dev/null || {
		echo "1..0 # SKIP there is no $tool"
		exit 0
	}
done
python3 -c 'import ssl, sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || {
	echo "1..0 # SKIP python3 is too old, or has no ssl"
	exit 0
}

# made NAME SUBJECT_ALT_NAME FROM TO: NAME.pem and NAME.key, signed by our own authority, valid between these times.
made()
{
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null &&
		printf 'subjectAltName = %s\n' "$2" >extensions &&
		: >index.txt && echo 01 >serial &&
		openssl ca -batch -config ca.conf -in "$1.csr" -out "$1.pem" -startdate "$3" -enddate "$4" -extfile extensions \
			2>ca.log
	[ -s "$1.pem" ] || diagnose "$(cat ca.log)"
}

printf '%s\n' '[ca]' 'default_ca = own' '[own]' 'database = index.txt' 'serial = serial' 'new_certs_dir = .' \
	'certificate = ca.pem' 'private_key = ca.key' 'default_md = sha256' 'policy = any' 'unique_subject = no' '[any]' \
	'commonName = supplied' >ca.conf
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj '/CN=own authority' 2>/dev/null
made good 'IP:127.0.0.1, DNS:localhost' 20200101000000Z 20480101000000Z
made expired 'IP:127.0.0.1' 20200101000000Z 20210101000000Z
made elsewhere 'DNS:other.example' 20200101000000Z 20480101000000Z
openssl req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.pem -days 3650 -subj '/CN=self' \
	-addext 'subjectAltName = IP:127.0.0.1' 2>/dev/null

sim_start --speed 1000

# front NAME: an https server with that certificate before the simulator; sets port and front_pid.
front()
{
	rm -f "$1.port"
	python3 "$ROOT/tests/support/tls_front.py" "$1.pem" "$1.key" "${sim_url##*:}" >"$1.port" 2>"$1.log" &
	front_pid=$!
	wait_for "[ -s '$1.port' ] || ! kill -0 $front_pid 2>/dev/null"
	port=$(cat "$1.port")
}

front_stop()
{
	kill "$front_pid" 2>/dev/null
	wait "$front_pid" 2>/dev/null
}

# measure SERVER
measure()
{
	printf '%s\n' "server: $1" 'model: llama3.2' 'requests: 8' 'output_tokens: 8' 'calibrate: false' >m.conf
	rm -rf out
	run "$LLMBENCH" --matrix m.conf --out out
}

# refused NAME SERVER WORDS WHAT
refused()
{
	front "$1"
	measure "{url: 'https://127.0.0.1:$port'$2}"
	is "$status" 3 "$4: nothing is measured"
	like "$stderr" "$3" "and the message says why" || diagnose "$stderr"
	like "$stderr" 'ca_file' "and what could be done"
	front_stop
}

refused self '' 'self[- ]signed' "a certificate that nobody signed"
refused good '' 'issuer|self[- ]signed|unable to get' "an authority that the system does not know"
refused good ', ca_file: self.pem' 'issuer|certificate' "signed by another authority than the one that was given"
refused expired ', ca_file: ca.pem' 'expired' "an expired certificate"
refused elsewhere ', ca_file: ca.pem' 'match|other.example|127.0.0.1' "a certificate of another host"

front self
measure "{url: 'https://127.0.0.1:$port', ca_file: self.pem}"
is "$status" 0 "the server's own certificate as ca_file: it is trusted" || diagnose "$stderr"
front_stop
front good
measure "{url: 'https://127.0.0.1:$port', ca_file: ca.pem}"
is "$status" 0 "a server that our authority has signed" || diagnose "$stderr"
like "$(cat out/m/*/cells.jsonl)" '"ok":8' "every request is answered"
like "$(cat out/m/*/run.json)" '"ca_file": "ca.pem"' "the run tells the certificates"
mkdir -p configs
sed 's/ca[.]pem/..\/ca.pem/' m.conf >configs/m.conf
run "$LLMBENCH" doctor --matrix configs/m.conf
like "$stdout" 'ollama 0' "the doctor knows it too, by a file that is named relative to the matrix"
front_stop
finish
