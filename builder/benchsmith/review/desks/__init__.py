"""The desks, one module each; they implement :class:`benchsmith.review.contract.Desk`."""
