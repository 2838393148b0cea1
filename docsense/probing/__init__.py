"""Tests of how much of a long context a model uses, generated from a seed: no data, no model."""
