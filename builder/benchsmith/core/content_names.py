"""Names of samples made of their pixels, for everything that a release shows of them.

Internal ids are made of the names of files and patients. A person who guesses a name can compute a hash of it,
and the seed is published, so no published id and no published order may depend on a name. They depend on
the digest of the pixels instead, which anyone who has the picture knows anyway.
"""

from __future__ import annotations

from hashlib import blake2b

DIGEST_BYTES = 16
"""128 bits: among 10^9 samples two digests are equal with a probability of 10^-21."""


def content_name(source: str, pixels: str, ordinal: int = 0) -> str:
    """Return the name of the sample with these pixels; `ordinal` counts earlier samples of the source with equal ones.

    `pixels` is :attr:`benchsmith.core.model.Sample.pixels`.

    >>> content_name("ct", "1f", 0) == content_name("ct", "1f", 1)
    False
    """
    digest = blake2b(digest_size=DIGEST_BYTES, person=b"content name")
    for part in (source, pixels, str(ordinal)):
        digest.update(b"%d:%b" % (len(part.encode()), part.encode()))
    return f"{source}/{digest.hexdigest()}"


def renamed(id_: str, sample: str, content: str) -> str:
    """Return the id of something in a sample with the sample's content name in place of its own id.

    The id is unchanged if the content name is empty. Raises ValueError for an id of another sample.

    >>> renamed("ct/DOE#liver@z3:box", "ct/DOE", "ct/9f")
    'ct/9f#liver@z3:box'
    """
    if not content:
        return id_
    if not id_.startswith(sample):
        raise ValueError(f"{id_} is no id of the sample {sample}")
    return content + id_[len(sample) :]
