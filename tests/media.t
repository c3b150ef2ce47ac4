#!/usr/bin/env bash
# Pictures, recordings and vectors, from the matrix to the report, against simulated servers.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

cp -R "$ROOT/configs/media" media

# --- embeddings

sim_start --device m4-16g --speed 100
cat >embed.conf <<END
title: Vectors
server: {url: $sim_url}
model: llama3.2
task: embed
requests: 8
concurrency: [1, 4]
trials: 3
calibrate: false
unique_prompts: true
END
run "$LLMBENCH" --matrix embed.conf
is "$status" 0 "embeddings: status 0"
like "$stdout" 'Inputs/s \| Input tokens/s \| Dimensions' "their figures are in the report"
like "$stdout" '\*\*Inputs/s\*\*: ' "with their definitions"
unlike "$stdout" '\| RTF' "and none of recordings"
[ "$(grep -c '"dimensions":16,' results/embed/*/records.jsonl)" = 48 ]
ok $? "each record has the dimensions"
unlike "$(cat results/embed/*/summary.json)" 'fixed prompt|answers stopped' "no flag of repeated prompts or short answers"

# --- pictures

cat >vision.conf <<END
server: {url: $sim_url}
model: qwen3-vl:2b
task: caption
image: [media/shapes.png, media/bars.png]
requests: 2
output_tokens: 4
calibrate: false
END
run "$LLMBENCH" --matrix vision.conf
is "$status" 0 "pictures: status 0"
like "$(cat results/vision/*/run.json)$(cat results/vision/*/summary.json)" '"prompt": ?"Describe this picture."' \
	"the default prompt asks about the picture"
unlike "$stdout" 'fixed picture' "each request has a picture of its own"
run "$LLMBENCH" --matrix vision.conf --set unique_prompts=off
like "$stdout" 'fixed picture: what the server computed of it may be from a cache' "unless it is off: then a flag says so"
printf '\377\330\377\340' >media/shapes.jpg
run "$LLMBENCH" --matrix vision.conf --set image=media/shapes.jpg
like "$stdout" 'fixed picture' "a JPEG is sent as it is"
sim_stop

# --- recordings: the simulated servers' replies are those of their kinds

for kind in whisper.cpp speaches mlx-audio openai; do
	port=$(free_port)
	"$LLMBENCH_SIM" --api whisper --kind "$kind" --model whisper-base --port "$port" --speed 20 </dev/null >.hearing.log 2>&1 &
	hearing=$!
	wait_for "curl -s -o /dev/null http://127.0.0.1:$port/"
	name=$kind
	[ "$kind" != openai ] || name=openai-audio
	printf '%s\n' "server: {url: http://127.0.0.1:$port, adapter: whisper, kind: $name}" 'model: whisper-base' \
		'task: transcribe' 'audio: media/sky.wav' 'requests: 3' 'stream: [on, off]' 'calibrate: false' >speech.conf
	run "$LLMBENCH" --matrix speech.conf --out "out-$kind" --quiet
	is "$status" 0 "$kind: status 0"
	like "$stdout" 'RTF p50 \| RTF p99 \| RTFx \| Audio' "$kind: its figures are in the report"
	is "$(grep -c '"outcome":"ok".*"audio_ns":1709625000,.*"text":"' "out-$kind"/speech/*/records.jsonl)" 6 \
		"$kind: text and the file's length in each record, streamed or not"
	kill "$hearing" && wait "$hearing" 2>/dev/null
done

# --- mistakes

run "$LLMBENCH" plan --matrix vision.conf --set image=media/none.png
is "$status" 2 "a picture that is not there: status 2"
like "$stderr" '^llmbench: --set image=media/none.png: image: cannot read ".*media/none.png"' "and told"
run "$LLMBENCH" plan --matrix vision.conf --set image=vision.conf
like "$stderr" 'image cannot be "vision.conf": it is neither a PNG nor a JPEG file' "a file that is no picture"
run "$LLMBENCH" plan --matrix vision.conf --set task=text
like "$stderr" 'vision.conf:4:8: image is sent by no cell; it takes task: caption or vqa' "a picture that no task sends"
run "$LLMBENCH" plan --matrix vision.conf --set task=transcribe --set server.adapter=ollama
like "$stderr" 'task transcribe cannot be asked of adapter ollama' "a task that the adapter cannot do"

sim_start --device m4-16g --speed 100
printf '%s\n' "server: {url: $sim_url}" 'model: llama3.2' 'task: transcribe' 'audio: media/sky.wav' >hear.conf
run "$LLMBENCH" --matrix hear.conf --quiet
is "$status" 1 "a task that the recognized server cannot do: the cell fails"
like "$stdout" 'task transcribe cannot be asked of adapter ollama' "and says why"
sim_stop

# --- the matrices that come with llmbench

for name in vision speech embed; do
	run "$LLMBENCH" plan --matrix "$ROOT/configs/$name.conf"
	is "$status" 0 "configs/$name.conf makes a plan"
done

# --- our pictures are what their script makes (the same pixels: packed bytes differ between versions of zlib)

pixels='
import sys, zlib
def pixels(path):
    png, at, packed = open(path, "rb").read(), 8, b""
    while at < len(png):
        size = int.from_bytes(png[at:at + 4], "big")
        packed += png[at + 8:at + 8 + size] if png[at + 4:at + 8] == b"IDAT" else b""
        at += 12 + size
    return zlib.decompress(packed)
sys.exit(pixels(sys.argv[1]) != pixels(sys.argv[2]))'
if command -v python3 >/dev/null; then
	python3 "$ROOT/scripts/make-media" made pictures
	for name in shapes bars landscape; do
		python3 -c "$pixels" "made/$name.png" "$ROOT/configs/media/$name.png"
		ok $? "$name.png"
	done
else
	echo "# skipped: no python3, which makes our pictures"
fi
finish
