"""The office's secret: made once, kept to its owner, never shown; its streams follow from it alone."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat

import numpy as np
import pytest

from riskplan.plan.secret import SECRET_BYTES, Secret, SecretError, make_secret, read_secret

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")


def refused(code, call, *args):
    """Tell whether a call is refused with a code."""
    with pytest.raises(SecretError) as caught:
        call(*args)
    return caught.value.code == code


@POSIX
def test_a_secret_has_32_bytes_and_belongs_to_its_owner_alone(tmp_path):
    """Two secrets differ, and mode 600 is set when the file is made, whatever the umask."""
    old = os.umask(0)
    try:
        first, second = make_secret(tmp_path / "a"), make_secret(tmp_path / "b")
    finally:
        os.umask(old)
    assert first.value != second.value
    assert (tmp_path / "a").read_bytes() == first.value
    assert len(first.value) == SECRET_BYTES
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert read_secret(tmp_path / "a") == first


def test_a_secret_is_never_replaced(tmp_path):
    """A second call leaves the file as it is."""
    made = make_secret(tmp_path / "a")
    assert refused("secret_exists", make_secret, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == made.value


@pytest.mark.parametrize("mark", ["case.toml", "manifest.json"])
def test_no_secret_stands_in_a_folder_that_is_handed_on(tmp_path, mark):
    """Cases and plans are given away; a secret inside, at any depth, is refused when made and when read."""
    (tmp_path / mark).write_text("", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert refused("secret_in_public_folder", make_secret, inner / "a")
    assert refused("secret_in_public_folder", read_secret, inner / "a")


@pytest.mark.parametrize("count", [0, SECRET_BYTES - 1, SECRET_BYTES + 1, 1000])
def test_another_length_is_refused(tmp_path, count):
    """A file that is no secret is not taken for one."""
    (tmp_path / "a").write_bytes(bytes(count))
    (tmp_path / "a").chmod(0o600)
    assert refused("secret_length", read_secret, tmp_path / "a")
    assert refused("secret_length", Secret, bytes(count))


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610])
def test_a_secret_that_others_may_open_is_refused(tmp_path, mode):
    """Whoever could have read it could compute the weeks."""
    make_secret(tmp_path / "a")
    (tmp_path / "a").chmod(mode)
    assert refused("secret_open_to_others", read_secret, tmp_path / "a")
    (tmp_path / "a").chmod(0o400)
    assert read_secret(tmp_path / "a").value


def test_a_missing_file_or_folder_is_told(tmp_path):
    """No traceback for a slip of the keyboard."""
    assert refused("secret_unreadable", read_secret, tmp_path / "none")
    assert refused("secret_unwritable", make_secret, tmp_path / "none" / "a")


def test_a_secret_shows_its_hash_and_never_itself():
    """Printing it, as a traceback would, tells nothing."""
    secret = Secret(bytes(range(32)))
    assert repr(secret) == "Secret()"
    assert secret.sha256 == hashlib.sha256(bytes(range(32))).hexdigest()


def test_a_stream_is_hmac_in_counter_mode():
    """The first number is the first 53 bits of HMAC(HMAC(secret, label|context), "0"), by the standard library."""
    secret = Secret(b"s" * 32)
    key = hmac.new(b"s" * 32, b"weeks|case|rules", "sha256").digest()
    block = hmac.new(key, b"0", "sha256").digest()
    right = [(int.from_bytes(block[at : at + 8], "big") >> 11) / 2**53 for at in (0, 8, 16, 24)]
    stream = secret.stream("weeks", "case", "rules")
    assert [stream.uniform() for _ in range(4)] == right
    assert secret.stream("days", "case", "rules").uniform() != right[0]
    assert secret.stream("weeks", "case2", "rules").uniform() != right[0]


def test_picks_follow_their_weights():
    """Over 4,000 picks shares lie within 0.03 of the weights' (four standard deviations); what weighs 0 never comes."""
    stream = Secret(bytes(32)).stream("test")
    weights = np.array([0.0, 1.0, 2.0, 0.0, 5.0, 0.0])
    shares = np.bincount([stream.pick(weights) for _ in range(4000)], minlength=6) / 4000
    assert np.abs(shares - weights / 8).max() < 0.03
    assert shares[[0, 3, 5]].sum() == 0
    assert sorted(stream.shuffled(50)) == list(range(50))
