"""`huoqun schema`: the JSON Schema of what `huoqun diagnose --json` writes."""

import argparse
import json

from huoqun.insight.document import Diagnosis


def arguments(_: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(_: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(Diagnosis.model_json_schema(mode="serialization"), ensure_ascii=False, indent=2))
    return 0
