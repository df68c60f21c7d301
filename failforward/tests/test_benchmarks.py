"""What `make bench` runs."""

import pytest

from benchmarks import __main__, pages, proof


@pytest.mark.parametrize(
    ("names", "ran"), [([], ["pages", "proof"]), (["pages"], ["pages"]), (["proof"], ["proof"])], ids=str
)
def test_the_proof_belongs_to_all_and_is_asked_for_by_its_name(monkeypatch, names, ran):
    done = []
    monkeypatch.setattr(__main__, "PARTS", ["pages"])
    monkeypatch.setattr(pages, "main", lambda: done.append("pages") or [])
    monkeypatch.setattr(proof, "main", lambda: done.append("proof") or 1)
    assert (__main__.main(names), done) == (1 if "proof" in ran else 0, ran)
