"""The predictive lead score: features, scorecard, judgement, promotion."""
