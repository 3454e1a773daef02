"""Guess the answer from the questions with the most similar measurements."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import FOLDS, AuditTable, Mask
from benchsmith.statistics.cluster_arrays import Floats

NEIGHBOURS = 25
"""Number of nearest questions that vote."""


def nearest_votes(table: AuditTable, features: Floats, measured: Mask) -> Floats:
    """Return the expected accuracy per question (n,) of voting by the nearest questions.

    `features` is (n, f); only the `measured` rows (n, bool) count. Neighbours are of other folds,
    and of the same task and modality; each feature is scaled to unit deviation. An option's score is
    the number of neighbours about its label, ties broken by how frequent the label is.
    """
    from scipy.spatial import KDTree

    labels, names = table.label_codes
    code = {name: i for i, name in enumerate(names)}
    own = np.array([code.get(row.label, -1) for row in table.rows])
    cells = table.codes("task", "modality")[0]
    votes = np.zeros(len(table.question_of))
    usual = np.bincount(own[measured & (own >= 0)], minlength=len(names)) / max(measured.sum(), 1)
    for cell in np.unique(cells[measured]):
        for fold in range(FOLDS):
            here = np.flatnonzero(measured & (cells == cell) & (table.folds == fold))
            there = np.flatnonzero(measured & (cells == cell) & (table.folds != fold))
            if not len(here) or not len(there):
                continue
            scale = np.maximum(features[there].std(axis=0), 1e-9)
            k = min(NEIGHBOURS, len(there))
            near = KDTree(features[there] / scale).query(
                features[here] / scale, k=list(range(1, k + 1))
            )[1]
            at = np.full(len(table), -1)
            at[here] = np.arange(len(here))
            options = np.flatnonzero(at[table.question_of] >= 0)
            voters = own[there][near][at[table.question_of[options]]]
            votes[options] = (voters == labels[options][:, None]).sum(axis=1)
    return table.expected_hits(votes + usual[labels])
