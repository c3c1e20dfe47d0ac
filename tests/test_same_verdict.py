"""One history in every layout gives one verdict, and it is what the forecast itself says of these people and times."""

import json
import os
from datetime import UTC, datetime, timedelta

import contract_layouts as layout
import contract_story
import numpy as np
import pytest
from contract_story import Said
from json_schema import faults
from test_contract_formats import LAYOUTS

from huoqun.__main__ import main
from huoqun.insight.document import Diagnosis
from huoqun.insight.forecast import forecast, prior
from huoqun.insight.past import past
from training.lives import lives, samples

START = datetime(2024, 1, 7, 3)
SCHEMA = Diagnosis.model_json_schema(mode="serialization")
WORDS = (
    "大家早",
    "今天读到第三章",
    "谁知道怎么报名",
    "好的",
    "周六见",
    "thanks a lot",
    "see you later",
    "does it work?",
)
OTHERS = [
    *((f"whatsapp {locale}", "WhatsApp Chat with G.txt", locale) for locale in layout.WHATSAPP),
    ("irc", "group.log", layout.irc),
    ("slack", "s.zip", layout.slack),
    ("wechat_copy", "群.txt", layout.wechat_copy),
]
CASES = [*((name, file, write) for name, file, write, _, _ in LAYOUTS), *OTHERS]


def history(seed: int) -> list[Said]:
    """A life of some months: few who say much, many who say little; some groups fade, some end, some are young."""
    random = np.random.default_rng(seed)
    days, people = int(random.integers(40, 500)), int(random.integers(6, 40))
    fade = random.choice([0.0, 0.0, 2.0, 5.0])
    count = int(random.integers(40, 250))
    at = np.sort(random.beta(1, 1 + fade, count)) * days
    who = np.minimum(random.geometric(4 / people, count) - 1, people - 1)
    return [
        Said(START + timedelta(minutes=int(t * 1440)), f"Person {p}", f"{WORDS[(i + int(p)) % len(WORDS)]} {i}")
        for i, (t, p) in enumerate(zip(at, who, strict=True))
    ]


def expected(told: list[Said], now: datetime) -> tuple[str, np.ndarray]:
    """Basis and probabilities by the very code that training uses."""
    times = np.array([(one.at - START) / timedelta(days=1) for one in told])
    codes = np.unique([one.who for one in told], return_inverse=True)[1]
    seen = past(times, codes, (now - START) / timedelta(days=1) + 1e-9)
    enough = seen.age >= 90 and seen.messages.sum() >= 50
    return ("model" if enough else "prior"), (forecast(seen) if enough else prior(seen)).probability


@pytest.fixture(autouse=True)
def numbered(monkeypatch):
    """Everybody has an id."""
    for number in range(40):
        monkeypatch.setitem(contract_story.IDS, f"Person {number}", str(20001 + number))


def written(write, told: list[Said]) -> bytes:
    """The file of a layout; a locale stands for WhatsApp's."""
    if isinstance(write, str):
        form, ios = layout.WHATSAPP[write]
        return layout.whatsapp(told, form, ios=ios).encode()
    data = write(told)
    return data if isinstance(data, bytes) else data.encode()


@pytest.mark.parametrize(("seed", "name", "file", "write"), [(i, *case) for i, case in enumerate(CASES)])
def test_a_layout_changes_nothing_of_the_verdict(tmp_path, capsys, seed, name, file, write):
    told = history(seed)
    (tmp_path / file).write_bytes(written(write, told))
    first, last = told[0].at, told[-1].at
    for now in (first + (last - first) * 0.7, last + timedelta(days=seed % 3 * 20))[seed % 2 :: 2]:
        moment = now.replace(tzinfo=UTC, second=30, microsecond=0)
        out = tmp_path / "found.json"
        assert main(["diagnose", str(tmp_path / file), "--json", str(out), "--as-of", moment.isoformat()]) == 0
        found = json.loads(out.read_text(encoding="utf-8"))
        assert faults(found, SCHEMA) == []
        verdict = found["verdict"]
        basis, chance = expected(told, moment.replace(tzinfo=None))
        assert found["messages"] == sum(one.at <= moment.replace(tzinfo=None) for one in told)
        assert verdict["basis"] == basis, name
        said = [verdict[f"probability_{outcome}_90d"] for outcome in ("silent", "third", "half")]
        assert said == pytest.approx(chance, abs=1e-4), name
        assert set(verdict["intervals"]) == {f"probability_{outcome}_90d" for outcome in ("silent", "third", "half")}


@pytest.mark.data
@pytest.mark.skipif("HUOQUN_DATA" not in os.environ, reason="HUOQUN_DATA is not set")
@pytest.mark.parametrize(("file", "write"), [("c.jsonl", layout.chatlab_jsonl), ("WhatsApp Chat with G.txt", "en_us")])
def test_moments_of_the_sampling_rule_come_through_the_command_line_as_training_saw_them(
    tmp_path, monkeypatch, file, write
):
    """Real channels written as exports and judged at the rule's moments: what an independent check does."""
    found, end = lives()
    small = [s for s in samples(found, end)[::31] if len(found[s.life].times) < 1500][:8]
    assert len(small) == 8
    for sample in small:
        life, epoch = found[sample.life], datetime(1970, 1, 1)
        times = [epoch + timedelta(days=float(at)) for at in life.times]
        told = [Said(at, f"Person {p}", "so it is") for at, p in zip(times, life.people, strict=True)]
        for one in told:
            monkeypatch.setitem(contract_story.IDS, one.who, f"3{one.who[7:]:0>4}")
        (tmp_path / file).write_bytes(written(write, told))
        moment = (epoch + timedelta(days=sample.when)).replace(tzinfo=UTC)
        out = tmp_path / "found.json"
        assert main(["diagnose", str(tmp_path / file), "--json", str(out), "--as-of", moment.isoformat()]) == 0
        verdict = json.loads(out.read_text(encoding="utf-8"))["verdict"]
        seen = past(life.times, life.people, sample.when)
        chance = (forecast(seen) if seen.messages.sum() >= 50 else prior(seen)).probability
        said = [verdict[f"probability_{outcome}_90d"] for outcome in ("silent", "third", "half")]
        assert said == pytest.approx(chance, abs=0.02)
