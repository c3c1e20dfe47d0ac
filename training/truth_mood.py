"""What the mood model of `insight/offence` is worth, on COLD's dev part, which it has never seen."""

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from huoqun.insight.mood import SURE, tones
from huoqun.insight.offence import offence
from training.train_mood import cold


def section() -> str:
    """Markdown for docs/truth.md."""
    texts, labels = cold("dev")
    _, before = cold("train")
    sure = offence(texts)
    said = sure >= 0.5
    mood = tones(texts)["negative"].to_numpy()
    lines = [
        "## Mood: offensive Chinese (COLD, dev part)",
        "",
        f"{len(labels):,} texts, {labels.mean():.1%} offensive (train: {len(before):,}, {before.mean():.1%}).",
        "",
        "| measure | value |",
        "| --- | --- |",
        f"| accuracy at 0.5 | {accuracy_score(labels, said):.3f} |",
        f"| always the commoner class | {max(labels.mean(), 1 - labels.mean()):.3f} |",
        f"| F1, offensive | {f1_score(labels, said):.3f} |",
        f"| F1, macro | {f1_score(labels, said, average='macro'):.3f} |",
        f"| ROC AUC | {roc_auc_score(labels, sure):.3f} |",
        f"| Brier score | {np.mean((sure - labels) ** 2):.3f} |",
        f"| precision at {SURE} (what the mood counts) | {precision_score(labels, sure >= SURE):.3f} |",
        f"| recall at {SURE} | {recall_score(labels, sure >= SURE):.3f} |",
        f"| of the offensive, negative by model or lexicon | {mood[labels == 1].mean():.3f} |",
        f"| of the others, negative by model or lexicon | {mood[labels == 0].mean():.3f} |",
        "",
        "The dev part flatters: its class balance is another than that of COLD's published test, and its texts come",
        "from the same crawl as the training part. Expect about ten points less on that test, and less again in a",
        "group that talks neither of region nor of race nor of gender. Offence is not anger: the weekly share of",
        "negative messages rests on the lexicon first, and there is no gold standard for that share.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(section())
