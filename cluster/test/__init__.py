"""Tests of the cluster package: `make cluster-test` runs them on a Spark master and two workers of their own."""
