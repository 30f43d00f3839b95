# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what Hugging Face's tokenizers make of a list of texts, for TokenizerRecordedTest.cpp. By hand:

    pip install tokenizers && python3 record.py

writes uncased.json, cased.json and added.json (small tokenizers) and recorded.json: for each tokenizer its cases, and for each
property of a character how many code points have it and a hash of them."""
import json
import os

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

os.chdir(os.path.dirname(os.path.abspath(__file__)))

WORDS = """the a of and to in it is was film movie good bad not un believ able ing ed s er est ly re run runn swim play
work ##able ##ing ##ed ##s ##er ##est ##ly ##ning ##ment ##ness 19 20 ##19 ##20 ##th york new naive cafe zurich strasse
ecole istanbul ! " ' ( ) , - . : ; ? [ ] / # @ $ % & * + = < > ^ _ ` { | } ~ 。 、 中 文 字 日 本 語 한 국 ا ل م ن й и
привет мир ελ λα ςυ The Film Cafe É é ß ##ß İ i ##x" """.split()
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

TEXTS = [
    "", " ", "the film is good", "Unbelievable!  The MOVIE wasn't  playable, or runnable...", "running swimmers in 1920", "20th",
    "x" * 100, "x" * 101, "the\tfilm\r\nis\u00a0good\u3000bad\u2028a", "na\u00efve CAF\u00c9 Z\u00fcrich \u00c9cole", "nai\u0308ve cafe\u0301 \u00c5ngstro\u0308m",
    "\u4e2d\u6587\u5b57 is \u65e5\u672c\u8a9e\u3002a\u4e2db", "\ud55c\uad6d \u1112\u1161\u11ab", "\u0627\u0644\u0652\u0645\u064e\u0646", "\u043f\u0440\u0438\u0432\u0435\u0442 \u041c\u0418\u0420 \u0439",
    "\u0391\u03a3 \u03b5\u03bb\u03bb\u03b1\u03c2 STRASSE stra\u00dfe \u1e9e", "\u0130stanbul I\u0307 \u0131", "\ufb01lm \u212b \u2126 \u1e69", "a\u200bb\u200dc\ufeffd\u00ade",
    "the\x00film\x01is\x7fgood\ufffd bad\x85a", "\U0001f642 the \U0001f468\u200d\U0001f469\u200d\U0001f467 film\U0001f44d\U0001f3fd", "a\u0327\u0301b \u0301 \u0344 \u0f73\u0f39 \U0001d15e\U0001d165",
    "the[MASK]film [SEP] [sep] [MASK ] [[CLS]]", "\u00abthe\u00bb \u201cfilm\u201d \u2014 it\u2019s \u00bfgood\u061f \u055a \u166d \u05be", "$5.00 + 20% = ^_^ `a` ~b~ |c|",
    "e\u0301\u0323 \u1ec7 \u1e05\u0323\u0302", "\u0915\u094d\u0937\u093e \u0d15\u0d4d\u0d37 \u0e44\u0e17\u0e22", "\U0002f800\uf900 \U00020000 \u3007", "caf\u00e9" * 30, "\u0301" * 5 + "a", "\U0010ffff\ue000 \ud7ff",
    "\U00011938 \u1734 \u111c9 \u2e52the \U00010d50 \u1c89 \ua7dc",
]
ADDED_TEXTS = TEXTS[:6] + [
    "new york NEW YORK New York newyork", "<e1>the</e1> film<e1>", "a b xx axx xx! xx\u0301 \u00e9xx xx-xx", "the  <l>  film  <r>  is  <lr>  good", "<l><r> <lr><lr>  ", "\u00c9t\u00e9 e\u0301te\u0301 ete ET\u00c9s",
    "\u4e2d\u6587 \u4e2d <b>\u6587</b>", "[MASK]  [MASK]the [mask]", "the <e1", "\u3000<lr>\u2028\u00a0the", "\u24d0xx xx\u24d0 xx\u203fxx xx\u200dxx \U0001f130xx",
]
PAIRS = [("the film is good", "it was not bad"), ("", "a"), ("the", ""), ("a b c d e f g h", "i j"), ("a b", "c d e f g h i j k l"), ("a b c d e", "f g h i j")]
WORD_LISTS = [["the", "unbelievable", "film", "wasn't", "\u4e2d\u6587", "", "\u0301", "good"], ["New", "York", "[MASK]"], [], ["x" * 101, "Caf\u00e9s"]]


def build(lowercase):
    tokens = SPECIAL + list(LETTERS) + ["##" + c for c in LETTERS] + WORDS
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(dict.fromkeys(tokens))}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def build_added():
    tokenizer = build(True)
    tokenizer.add_tokens([
        AddedToken("New York", normalized=True), AddedToken("<e1>", normalized=False, special=True), AddedToken("</e1>", normalized=False, special=True),
        AddedToken("xx", normalized=False, single_word=True), AddedToken("<l>", normalized=False, lstrip=True),
        AddedToken("<r>", normalized=False, rstrip=True), AddedToken("<lr>", normalized=True, lstrip=True, rstrip=True),
        AddedToken("\u00e9t\u00e9", normalized=True, single_word=True), AddedToken("\u4e2d\u6587", normalized=True), AddedToken("<e1", normalized=False)])
    return tokenizer


def fields(encoding):
    return {"ids": encoding.ids, "type_ids": encoding.type_ids, "offsets": encoding.offsets, "word_ids": encoding.word_ids,
            "sequence_ids": encoding.sequence_ids, "special_tokens_mask": encoding.special_tokens_mask}


def record(tokenizer, case):
    if "max_length" in case:
        tokenizer.enable_truncation(case["max_length"], stride=case["stride"], strategy=case["truncation"], direction=case["side"])
    else:
        tokenizer.no_truncation()
    words = "words" in case
    encoding = tokenizer.encode(case["words" if words else "text"], case.get("pair"), is_pretokenized=words,
                                add_special_tokens=case.get("add_special_tokens", True))
    case.update(fields(encoding))
    if "max_length" in case:
        case["overflowing"] = [fields(piece) for piece in encoding.overflowing]
    else:
        case["decoded"] = tokenizer.decode(encoding.ids)
    return case


def truncations():
    long = "the unbelievable film is not good, it was bad and the movie is good"
    for side in ("right", "left"):
        for length, stride in [(2, 0), (3, 0), (5, 0), (8, 2), (64, 5)]:
            yield {"text": long, "max_length": length, "stride": stride, "truncation": "longest_first", "side": side}
        for first, second in PAIRS[3:]:
            for length, stride in [(3, 0), (7, 0), (9, 1), (11, 2)]:
                yield {"text": first, "pair": second, "max_length": length, "stride": stride, "truncation": "longest_first", "side": side}
        yield {"text": "a b c d e f g h", "pair": "i j", "max_length": 8, "stride": 2, "truncation": "only_first", "side": side}
        yield {"text": "a b", "pair": "c d e f g h i j k l", "max_length": 9, "stride": 1, "truncation": "only_second", "side": side}
        yield {"words": ["unbelievable"] * 4, "max_length": 7, "stride": 1, "truncation": "longest_first", "side": side}


def fnv(code_points):
    value = 0xCBF29CE484222325
    for c in code_points:
        for byte in c.to_bytes(4, "little"):
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return {"count": len(code_points), "hash": f"{value:016x}"}


def properties():
    def bert(**flags):
        off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
        return normalizers.BertNormalizer(**{**off, **flags}).normalize_str

    clean, strip, lower, chinese = bert(clean_text=True), bert(strip_accents=True), bert(lowercase=True), bert(handle_chinese_chars=True)
    nfd, split = normalizers.NFD().normalize_str, pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    single = Tokenizer(models.WordLevel({"?": 0}, "?"))
    single.add_tokens([AddedToken("x", single_word=True, normalized=False)])
    tests = {
        "control": lambda c: clean("a" + c + "b") == "ab",
        "space": lambda c: split("a" + c + "b") == [("a", (0, 1)), ("b", (2, 3))],
        "punctuation": lambda c: len(split("a" + c + "b")) == 3,
        "mark": lambda c: nfd(c) == c and strip(c) == "",
        "chinese": lambda c: chinese(c) != c,
        "uppercase": lambda c: lower(c) != c,
        "word": lambda c: c == "x" or 1 not in single.encode("x" + c).ids,
        "decomposes": lambda c: nfd(c) != c or nfd("\u0345" + c) != "\u0345" + c or nfd(c + "\u0334") != c + "\u0334",
    }
    code_points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    result = {name: fnv([c for c in code_points if test(chr(c))]) for name, test in tests.items()}
    result["lowercase"] = fnv([ord(x) for c in code_points if lower(chr(c)) != chr(c) for x in lower(chr(c))[0]])
    result["decomposition"] = fnv([ord(x) for c in code_points if nfd(chr(c)) != chr(c) for x in nfd(chr(c))])
    return result


recorded = {"by": f"tokenizers {tokenizers.__version__}", "properties": properties(), "tokenizers": {}}
for name, tokenizer, texts in [("uncased", build(True), TEXTS), ("cased", build(False), TEXTS), ("added", build_added(), ADDED_TEXTS)]:
    tokenizer.save(f"{name}.json", pretty=False)
    cases = [{"text": text} for text in texts]
    cases += [{"text": text, "add_special_tokens": False} for text in texts[2:4]]
    cases += [{"text": first, "pair": second} for first, second in PAIRS] + [{"words": words} for words in WORD_LISTS]
    cases += [{"words": WORD_LISTS[0], "pair": WORD_LISTS[1]}]
    if name == "uncased":
        cases += truncations()
    recorded["tokenizers"][name] = [record(tokenizer, case) for case in cases]
with open("recorded.json", "w", encoding="utf-8") as file:
    lines = []
    for name, cases in recorded["tokenizers"].items():
        lines.append(f'"{name}": [\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "]")
    file.write(f'{{"by": "{recorded["by"]}",\n"properties": {json.dumps(recorded["properties"])},\n"tokenizers": {{\n' + ",\n".join(lines) + "}}\n")
