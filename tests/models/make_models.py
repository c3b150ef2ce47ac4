#!/usr/bin/env python3
"""usage: make_models.py FOLDER
Writes tiny models with random weights, for tests of real servers: they answer nonsense, quickly, in words that are
text, so that streams, counts and times are those of a real server.

    text.gguf        a llama of 3 layers, for llama.cpp and Ollama
    text-hf/         one of the same shape and vocabulary, for mlx_lm and transformers
    thinking.jinja   a template that opens a thought, which text.gguf never closes (llama-server --chat-template-file)
    projector.gguf   pictures to 64 tokens for text.gguf (llama-server --mmproj)
    whisper.bin      whisper without weights: it computes as long as a real one, and answers nothing

Python's standard library only. The same bytes each time.
"""
import json
import math
import os
import random
import struct
import sys

WIDTH, LAYERS, HEADS, KV_HEADS, INNER, CONTEXT = 256, 3, 4, 2, 512, 4096
HEAD_WIDTH = WIDTH // HEADS
KV_WIDTH = HEAD_WIDTH * KV_HEADS
SPACE = "\u2581"  # how SentencePiece writes a blank
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

# The server learns how thoughts look from what a template makes of an earlier one: it must show it.
THINKING_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['reasoning_content'] %}<think>\n{{ message['reasoning_content'] }}\n</think>\n\n{% endif %}"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n"
    "{% if enable_thinking is defined and not enable_thinking %}\n</think>\n\n{% endif %}{% endif %}"
)

# GGUF: types of values, and of tensors
U32, F32, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5
TENSOR_F32, TENSOR_F16 = 0, 1
ALIGNMENT = 32


class Vocabulary:
    """Words of made-up syllables, each with all its beginnings, which is how the merges of SentencePiece find it."""

    def __init__(self, words=400):
        self.tokens, self.scores, self.types, self.merges = [], [], [], []
        self.known = set()
        for special, kind in (("<unk>", 2), ("<s>", 3), ("</s>", 3), ("<|im_start|>", 3), ("<|im_end|>", 3)):
            self._add(special, 0.0, kind)
        for byte in range(256):
            self._add("<0x%02X>" % byte, 0.0, 6)
        for code in [ord(SPACE)] + list(range(33, 127)) + [10]:
            self._add(chr(code), -1000.0, 1)
        self.first_word = len(self.tokens)
        chance = random.Random(1)
        while words > 0:
            words -= self._add_word("".join(
                chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.choice((1, 2, 2, 3)))))

    def _add(self, token, score, kind):
        self.known.add(token)
        self.tokens.append(token)
        self.scores.append(score)
        self.types.append(kind)

    def _add_word(self, word):
        new = SPACE + word not in self.known
        for end in range(1, len(word) + 1):
            beginning = SPACE + word[:end]
            if beginning not in self.known:
                self._add(beginning, -float(end), 1)
                self.merges.append((SPACE + word[:end - 1], word[end - 1]))
        return new


class Weights:
    """Random half floats: pieces, from random places, of one long row for each spread; drawing each anew is slow."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.rows = {}

    def halves(self, count, spread):
        length = 1 << 15
        if spread not in self.rows:
            row = [self.chance.gauss(0, spread) for _ in range(length)]
            self.rows[spread] = struct.pack("<%de" % length, *row) * 2
        parts = []
        while count > 0:
            part = min(count, length)
            begin = self.chance.randrange(length)
            parts.append(self.rows[spread][2 * begin:2 * (begin + part)])
            count -= part
        return b"".join(parts)


def floats(values):
    return struct.pack("<%df" % len(values), *values)


def text_tensors(vocabulary):
    """(role, layer, rows, columns, bytes as F16); norms have one row. Both formats name them in their own way."""
    weights, spread = Weights(2), WIDTH ** -0.5
    size = len(vocabulary.tokens)
    ones = struct.pack("<e", 1.0) * WIDTH
    yield "embedding", None, size, WIDTH, weights.halves(size * WIDTH, 1.0)
    for layer in range(LAYERS):
        yield "attention_norm", layer, 1, WIDTH, ones
        for role, rows, columns in (("query", WIDTH, WIDTH), ("key", KV_WIDTH, WIDTH), ("value", KV_WIDTH, WIDTH),
                                    ("attention_output", WIDTH, WIDTH)):
            yield role, layer, rows, columns, weights.halves(rows * columns, spread)
        yield "inner_norm", layer, 1, WIDTH, ones
        for role, rows, columns in (("gate", INNER, WIDTH), ("up", INNER, WIDTH), ("down", WIDTH, INNER)):
            yield role, layer, rows, columns, weights.halves(rows * columns, spread)
    yield "output_norm", None, 1, WIDTH, ones
    # Only words are ever likely: control tokens, bytes and characters have next to no weight.
    yield "output", None, size, WIDTH, (weights.halves(vocabulary.first_word * WIDTH, 0.001) +
                                        weights.halves((size - vocabulary.first_word) * WIDTH, 3 * spread))


GGUF_NAMES = {
    "embedding": "token_embd", "attention_norm": "attn_norm", "query": "attn_q", "key": "attn_k", "value": "attn_v",
    "attention_output": "attn_output", "inner_norm": "ffn_norm", "gate": "ffn_gate", "up": "ffn_up",
    "down": "ffn_down", "output_norm": "output_norm", "output": "output",
}
HF_NAMES = {
    "embedding": "model.embed_tokens", "attention_norm": "input_layernorm", "query": "self_attn.q_proj",
    "key": "self_attn.k_proj", "value": "self_attn.v_proj", "attention_output": "self_attn.o_proj",
    "inner_norm": "post_attention_layernorm", "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj",
    "output_norm": "model.norm", "output": "lm_head",
}


class Gguf:
    def __init__(self):
        self.values, self.tensors = [], []

    @staticmethod
    def string(text):
        data = text.encode()
        return struct.pack("<Q", len(data)) + data

    @staticmethod
    def scalar(kind, value):
        if kind == STRING:
            return Gguf.string(value)
        return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], value)

    def set(self, key, kind, value):
        self.values.append(self.string(key) + struct.pack("<I", kind) + self.scalar(kind, value))

    def set_list(self, key, kind, values):
        self.values.append(self.string(key) + struct.pack("<IIQ", ARRAY, kind, len(values)) +
                           b"".join(self.scalar(kind, value) for value in values))

    def add(self, name, shape, kind, data):
        """shape: the fastest dimension first."""
        self.tensors.append((name, shape, kind, data))

    def write(self, path):
        head = [b"GGUF", struct.pack("<IQQ", 3, len(self.tensors), len(self.values))] + self.values
        offset = 0
        for name, shape, kind, data in self.tensors:
            head.append(self.string(name) + struct.pack("<I%dQIQ" % len(shape), len(shape), *shape, kind, offset))
            offset += padded(len(data))
        head = b"".join(head)
        with open(path, "wb") as file:
            file.write(head.ljust(padded(len(head)), b"\0"))
            for _, _, _, data in self.tensors:
                file.write(data.ljust(padded(len(data)), b"\0"))


def padded(size):
    return -(-size // ALIGNMENT) * ALIGNMENT


def write_text_gguf(path, vocabulary):
    gguf = Gguf()
    gguf.set("general.architecture", STRING, "llama")
    gguf.set("general.name", STRING, "llmbench test model")
    gguf.set("general.file_type", U32, 1)
    for key, value in (("vocab_size", len(vocabulary.tokens)), ("context_length", CONTEXT), ("embedding_length", WIDTH),
                       ("block_count", LAYERS), ("feed_forward_length", INNER), ("attention.head_count", HEADS),
                       ("attention.head_count_kv", KV_HEADS), ("rope.dimension_count", HEAD_WIDTH)):
        gguf.set("llama." + key, U32, value)
    gguf.set("llama.attention.layer_norm_rms_epsilon", F32, 1e-5)
    gguf.set("llama.rope.freq_base", F32, 10000.0)
    gguf.set("tokenizer.ggml.model", STRING, "llama")
    gguf.set("tokenizer.ggml.pre", STRING, "default")
    gguf.set_list("tokenizer.ggml.tokens", STRING, vocabulary.tokens)
    gguf.set_list("tokenizer.ggml.scores", F32, vocabulary.scores)
    gguf.set_list("tokenizer.ggml.token_type", I32, vocabulary.types)
    for name, token in (("unknown", 0), ("bos", 1), ("eos", 2), ("eot", 4)):
        gguf.set("tokenizer.ggml.%s_token_id" % name, U32, token)
    gguf.set("tokenizer.ggml.add_bos_token", BOOL, True)
    gguf.set("tokenizer.ggml.add_eos_token", BOOL, False)
    gguf.set("tokenizer.chat_template", STRING, TEMPLATE)
    for role, layer, rows, columns, data in text_tensors(vocabulary):
        name = GGUF_NAMES[role] + ".weight" if layer is None else "blk.%d.%s.weight" % (layer, GGUF_NAMES[role])
        if rows == 1:
            gguf.add(name, (columns,), TENSOR_F32, floats([1.0] * columns))
        else:
            gguf.add(name, (columns, rows), TENSOR_F16, data)
    gguf.write(path)


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)


def write_safetensors(path, vocabulary):
    header, parts, end = {"__metadata__": {"format": "pt"}}, [], 0
    for role, layer, rows, columns, data in text_tensors(vocabulary):
        name = HF_NAMES[role] if layer is None else "model.layers.%d.%s" % (layer, HF_NAMES[role])
        header[name + ".weight"] = {
            "dtype": "F16",
            "shape": [columns] if rows == 1 else [rows, columns],
            "data_offsets": [end, end + len(data)],
        }
        parts.append(data)
        end += len(data)
    text = json.dumps(header).encode()
    text = text.ljust(-(-len(text) // 8) * 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def write_text_hf(folder, vocabulary):
    special = [{"id": token, "content": vocabulary.tokens[token], "special": True, "single_word": False,
                "lstrip": False, "rstrip": False, "normalized": False} for token in range(5)]
    os.makedirs(folder, exist_ok=True)
    write_safetensors(os.path.join(folder, "model.safetensors"), vocabulary)
    write_json(os.path.join(folder, "config.json"), {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": len(vocabulary.tokens),
        "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "head_dim": HEAD_WIDTH, "max_position_embeddings": CONTEXT,
        "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": False,
        "torch_dtype": "float16", "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2})
    write_json(os.path.join(folder, "generation_config.json"), {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2})
    write_json(os.path.join(folder, "tokenizer_config.json"), {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
        "pad_token": "</s>", "clean_up_tokenization_spaces": False, "chat_template": TEMPLATE})
    write_json(os.path.join(folder, "tokenizer.json"), {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": SPACE},
            {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}]},
        "pre_tokenizer": None, "post_processor": None,
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": SPACE}, "content": " "}, {"type": "ByteFallback"},
            {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "ignore_merges": False,
                  "vocab": {token: place for place, token in enumerate(vocabulary.tokens)},
                  "merges": ["%s %s" % merge for merge in vocabulary.merges]}})


def write_projector(path):
    """LLaVA's: a picture of 112 pixels in patches of 14 is 64 patches, each a token of the text model's width."""
    width, layers, inner, picture, patch = 64, 2, 128, 112, 14
    weights, gguf = Weights(3), Gguf()

    def matrix(name, *shape):
        gguf.add(name + ".weight", shape, TENSOR_F16, weights.halves(math.prod(shape), 0.1))

    def bias(name, size, value=0.0):
        gguf.add(name + ".bias", (size,), TENSOR_F32, floats([value] * size))

    def norm(name):
        gguf.add(name + ".weight", (width,), TENSOR_F32, floats([1.0] * width))
        bias(name, width)

    gguf.set("general.architecture", STRING, "clip")
    gguf.set("general.file_type", U32, 1)
    for key, value in (("has_vision_encoder", True), ("has_text_encoder", False), ("has_llava_projector", True),
                       ("use_gelu", False)):
        gguf.set("clip." + key, BOOL, value)
    gguf.set("clip.projector_type", STRING, "mlp")
    for key, value in (("image_size", picture), ("patch_size", patch), ("embedding_length", width),
                       ("feed_forward_length", inner), ("projection_dim", WIDTH), ("block_count", layers),
                       ("attention.head_count", 4)):
        gguf.set("clip.vision." + key, U32, value)
    gguf.set("clip.vision.attention.layer_norm_epsilon", F32, 1e-5)
    gguf.set_list("clip.vision.image_mean", F32, [0.5, 0.5, 0.5])
    gguf.set_list("clip.vision.image_std", F32, [0.25, 0.25, 0.25])
    gguf.add("v.class_embd", (width,), TENSOR_F32, floats([0.1] * width))
    matrix("v.patch_embd", patch, patch, 3, width)
    matrix("v.position_embd", width, (picture // patch) ** 2 + 1)
    norm("v.pre_ln")
    for layer in range(layers):
        block = "v.blk.%d." % layer
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            matrix(block + part, width, width)
            bias(block + part, width)
        for part in ("ln1", "ln2"):
            norm(block + part)
        matrix(block + "ffn_up", width, inner)
        bias(block + "ffn_up", inner)
        matrix(block + "ffn_down", inner, width)
        bias(block + "ffn_down", width)
    for part, columns in (("mm.0", width), ("mm.2", WIDTH)):
        matrix(part, columns, WIDTH)
        bias(part, WIDTH)
    gguf.write(path)


def mel_filters(bands, bins):
    """Triangles at even steps of the mel scale, each of area 1 (Slaney's), over the bins of 0 to 8000 Hz."""
    top = 2595 * math.log10(1 + 8000 / 700)
    edges = [700 * (10 ** (top * i / (bands + 1) / 2595) - 1) for i in range(bands + 2)]
    for low, middle, high in zip(edges, edges[1:], edges[2:]):
        for place in range(bins):
            hertz = 8000 * place / (bins - 1)
            slope = min((hertz - low) / (middle - low), (high - hertz) / (high - middle))
            yield max(0.0, slope) * 2 / (high - low)


def write_whisper(path, width=64):
    """ggml's format with no tensors at all, which whisper.cpp accepts for tests."""
    bands, bins = 80, 201
    words = [bytes([byte]) for byte in range(256)] + [b" the", b" of", b" and"]
    with open(path, "wb") as file:
        file.write(struct.pack("<I", 0x67676D6C))
        file.write(struct.pack("<11i", 51865, 1500, width, 4, 4, 448, width, 4, 4, bands, 1))
        file.write(struct.pack("<2i", bands, bins) + floats(list(mel_filters(bands, bins))))
        file.write(struct.pack("<i", len(words)))
        for word in words:
            file.write(struct.pack("<I", len(word)) + word)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    folder, vocabulary = sys.argv[1], Vocabulary()
    os.makedirs(folder, exist_ok=True)
    write_text_gguf(os.path.join(folder, "text.gguf"), vocabulary)
    write_text_hf(os.path.join(folder, "text-hf"), vocabulary)
    with open(os.path.join(folder, "thinking.jinja"), "w", encoding="utf-8") as file:
        file.write(THINKING_TEMPLATE)
    write_projector(os.path.join(folder, "projector.gguf"))
    write_whisper(os.path.join(folder, "whisper.bin"))


main()
