#!/usr/bin/env python3
"""Checks, offline and without any part of Sanzhi, that an entry stands in a signed log.

    verify_proof.py PROOF.json VERIFIERS [ENTRY-FILE]

PROOF.json   what `sanzhi log prove` or the page of a published decision gives (docs/formats/log.md)
VERIFIERS    a text file with the log's verifier keys, one a line, obtained from somebody you trust
ENTRY-FILE   where given, the entry's canonical bytes are written to it

Checked: the checkpoint's Ed25519 signature (RFC 8032), the inclusion of the leaf in the checkpoint's tree (RFC 6962),
and, where the proof is open, that salt and entry give the leaf. Exit status: 0 proved, 1 refused, 2 wrong use.
Python 3 and its standard library only. SM2 signatures are passed over here: any GB/T 32918 program checks them.
"""

import base64
import binascii
import hashlib
import json
import sys


class Refused(Exception):
    pass


# ---- Ed25519, verification only, from the equations of RFC 8032, 5.1. Coordinates are x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def point_mul(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_decode(text):
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = point_decode(public_key), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    return point_equal(point_mul(s, BASE), point_add(r, point_mul(k, a)))


# ---- the signed note (C2SP signed-note) and the checkpoint in it (C2SP tlog-checkpoint)


def unbase64(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"not base64: {text!r}") from None


def read_verifiers(text):
    """{(name, key id): public key} of the Ed25519 keys."""
    keys = {}
    for line in text.split("\n"):
        if not line:
            continue
        parts = line.split("+", 2)
        if len(parts) != 3:
            raise Refused(f"not a verifier key: {line!r}")
        name, key_id, key = parts[0], parts[1], unbase64(parts[2])
        if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id:
            raise Refused(f"a verifier key whose id is not its own: {line!r}")
        if key[:1] == b"\x01" and len(key) == 33:
            keys[name, bytes.fromhex(key_id)] = key[1:]
    return keys


def open_note(note, keys):
    """The note's text, if a known key signed it and no known key's signature is wrong; and the names of those keys."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise Refused("the checkpoint is no signed note")
    text += "\n"
    signed_by = set()
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not parts[1]:
            raise Refused("the checkpoint has a malformed signature line")
        signature = unbase64(parts[2])
        key = keys.get((parts[1], signature[:4]))
        if key is None:
            continue
        if not ed25519_verify(key, text.encode(), signature[4:]):
            raise Refused(f"the signature of {parts[1]} is wrong")
        signed_by.add(parts[1])
    if not signed_by:
        raise Refused("no known key signed the checkpoint")
    return text, signed_by


def read_checkpoint(note, keys):
    text, signed_by = open_note(note, keys)
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] not in signed_by:
        raise Refused("the checkpoint is not signed by the log that it names")
    size, root = lines[1], unbase64(lines[2])
    if not (size.isascii() and size.isdigit()) or (size[0] == "0" and size != "0") or len(root) != 32:
        raise Refused("the checkpoint's size or root is malformed")
    return lines[0], int(size), root


# ---- the tree (RFC 6962, 2.1)


def root_of(index, size, leaf_hash, path):
    """The root that an inclusion path leads to (RFC 9162, 2.1.3.2)."""
    node, last, result = index, size - 1, leaf_hash
    for step in path:
        if last == 0:
            raise Refused("the path is longer than the tree is high")
        if node & 1 or node == last:
            result = hashlib.sha256(b"\x01" + step + result).digest()
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + step).digest()
        node, last = node >> 1, last >> 1
    if last != 0:
        raise Refused("the path is shorter than the tree is high")
    return result


def check(proof, keys):
    """The log's name, its size, and the entry's bytes where the proof is open."""
    origin, size, root = read_checkpoint(proof["checkpoint"], keys)
    index, leaf = proof["index"], bytes.fromhex(proof["leaf"])
    path = [bytes.fromhex(step) for step in proof["path"]]
    if proof["size"] != size or not 0 <= index < size or len(leaf) != 32 or any(len(step) != 32 for step in path):
        raise Refused("the proof and the checkpoint do not speak of the same tree")
    if root_of(index, size, hashlib.sha256(b"\x00" + leaf).digest(), path) != root:
        raise Refused("the path does not lead to the checkpoint's root")
    entry = None
    if "entry" in proof:
        entry = unbase64(proof["entry"])
        salt = bytes.fromhex(proof["salt"])
        if len(salt) != 16 or hashlib.sha256(salt + entry).digest() != leaf:
            raise Refused("salt and entry do not give the leaf")
    return origin, size, entry


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            proof = json.load(file)
        with open(arguments[1], encoding="utf-8") as file:
            verifiers = file.read()
    except (OSError, ValueError) as problem:
        print(f"cannot read: {problem}", file=sys.stderr)
        return 2
    try:
        origin, size, entry = check(proof, read_verifiers(verifiers))
    except Refused as problem:
        print(f"REFUSED: {problem}")
        return 1
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        print(f"REFUSED: not a proof: {problem!r}")
        return 1
    print(f"PROVED: entry {proof['index']} of {size} in the log {origin}")
    if entry is None:
        print("(closed: the proof shows that the commitment stands in the log, not what the entry says)")
    elif len(arguments) == 3:
        with open(arguments[2], "wb") as file:
            file.write(entry)
    else:
        print(entry.decode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
