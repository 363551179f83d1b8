"""Podium's stages on an Apache Spark cluster: split, train-base, build-features, evaluate and recommend.

Spark moves rows; what is computed of them is computed by the same Rust code as on one machine, the program `operator`.
"""
