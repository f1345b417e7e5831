"""The normal form of SSH public keys, held against ssh-keygen, and what a session's key may look like."""

import base64
import struct
import subprocess
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from validator.model.definition import SessionKey
from validator.model.keys import fingerprint, normal_key

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43


def in_a_security_key(application: bytes) -> str:
    kind = b"sk-ssh-ed25519@openssh.com"
    fields = (kind, bytes(range(32)), application)
    return f"{kind.decode()} {base64.b64encode(b''.join(struct.pack('>I', len(f)) + f for f in fields)).decode()}"


def read(key: object) -> str:
    text: str = TypeAdapter(SessionKey).validate_python(key)
    return text


@pytest.mark.parametrize("written", [KEY, f"{KEY} ", f"{KEY} me@here and now", f" {KEY}\n", f"{KEY}="])
def test_comments_and_padding_make_no_other_key(written: str) -> None:
    assert normal_key(written) == KEY


def test_spare_bits_of_base64_make_no_other_key() -> None:
    key = in_a_security_key(b"ssh:")
    assert key.endswith("o=")
    other = key.replace("o=", "p=")
    assert base64.b64decode(other.split()[1]) == base64.b64decode(key.split()[1])
    assert normal_key(other) == key


@pytest.mark.parametrize("text", ["", "ssh-ed25519", "ssh-ed25519 é", "ssh-ed25519 A", "ssh-ed25519 ="])
def test_what_is_no_key_stays_what_it_is(text: str) -> None:
    assert normal_key(text) == text
    assert fingerprint(text) == "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"  # of nothing


def test_the_fingerprint_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    text = (tmp_path / "key.pub").read_text()
    words = ["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")]
    shown = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert fingerprint(text) == shown.split()[1]
    assert read(text.strip()) == normal_key(text)


@pytest.mark.parametrize("application", [b"ssh:", b"ssh:a", b"ssh:fleet", b"", b"x" * 200])
def test_a_key_in_a_security_key_speaks(application: bytes) -> None:
    key = in_a_security_key(application)
    assert read(f"{key} on the desk") == key


@pytest.mark.parametrize(
    "key",
    [
        "ssh-rsa AAAAB3NzaC1yc2E=",
        f"ecdsa-sha2-nistp256 {KEY.split()[1]}",
        f"ssh-ed25519-cert-v01@openssh.com {KEY.split()[1]}",
        f"sk-ssh-ed25519-cert-v01@openssh.com {in_a_security_key(b'ssh:').split()[1]}",
        KEY[:-1],
        f"{KEY}A",
        f"{KEY}=",
        KEY.replace(" ", "  "),
        f"{KEY}\n",
        f"command=\"x\" {KEY}",
        KEY.replace("AAAAI", "AAAAJ", 1),
        in_a_security_key(b"ssh:").replace("o=", "p="),
        in_a_security_key(b"x" * 300),
        "",
        4,
    ],
)  # fmt: skip
def test_nothing_else_speaks(key: object) -> None:
    with pytest.raises(ValidationError):
        read(key)
