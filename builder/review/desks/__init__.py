"""The desks, each a file of its own under the contract of :mod:`builder.review.desk`."""
