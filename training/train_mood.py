"""Train the model of `insight/offence` on COLD's train part and write its parameters into the package.

    HUOQUN_DATA=… python -m training.train_mood

Reads `cold-train.csv` from the folder, or from `cold-train-dev.tar.xz` in it. The strength of the penalty is chosen by
cross-validation on the train part alone; dev is only looked at by `truth_mood`.
"""

import csv
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from huoqun.insight.offence import BITS, PARAMETERS, grams

PENALTIES = (1.0, 3.0, 10.0)
SOURCE = "COLD train (Deng et al. 2022, Apache-2.0)"


def cold(part: str) -> tuple[pl.Series, np.ndarray]:
    """Texts and labels (1 offends) of COLD's `train` or `dev`."""
    folder, name = Path(os.environ["HUOQUN_DATA"]), f"cold-{part}.csv"
    if (folder / name).exists():
        content = (folder / name).read_bytes()
    else:
        with tarfile.open(folder / "cold-train-dev.tar.xz") as bundle:
            member = next(m for m in bundle.getmembers() if m.name.endswith(name))
            file = bundle.extractfile(member)
            assert file is not None
            content = file.read()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    return pl.Series([row["TEXT"] for row in rows], dtype=pl.String), np.array([int(row["label"]) for row in rows])


def features(texts: pl.Series) -> csr_matrix:
    """Counts by bucket over the square root of how many sequences there are, as `offence` weighs them."""
    rows, buckets = (np.concatenate(part) for part in zip(*grams(texts), strict=True))
    number = np.bincount(rows, minlength=len(texts))
    value = 1 / np.sqrt(number[rows])
    return csr_matrix((value, (rows, buckets)), shape=(len(texts), 1 << BITS))


def main() -> None:
    """Choose the penalty, train, write."""
    texts, labels = cold("train")
    known = features(texts)
    scores = {}
    for penalty in PENALTIES:
        made = LogisticRegression(C=penalty, solver="liblinear")
        scores[penalty] = cross_val_score(made, known, labels, cv=4, scoring="roc_auc").mean()
        print(f"C={penalty}: AUC {scores[penalty]:.4f}", flush=True)
    best = max(scores, key=scores.__getitem__)
    made = LogisticRegression(C=best, solver="liblinear").fit(known, labels)
    weight = made.coef_[0]
    scale = np.abs(weight).max() / 127
    np.savez_compressed(
        PARAMETERS,
        weight=np.round(weight / scale).astype(np.int8),
        scale=np.float32(scale),
        bias=np.float32(made.intercept_[0]),
        source=SOURCE,
    )
    print(f"C={best}, {PARAMETERS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
