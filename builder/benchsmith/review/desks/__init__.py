"""The desks, each a file of its own under the contract of :mod:`benchsmith.review.contract`."""
