"""LightGBM: the Dataset's construction and the training are the fit; prediction is of the training rows, a float matrix."""

import lightgbm
import numpy as np
import sides


def main():
    folder, settings, threads = sides.settings()
    shape, (x, y), (x_test, y_test) = sides.read(folder)
    params = {
        "objective": "lambdarank" if shape["group_size"] else "binary",
        "learning_rate": settings["learning_rate"],
        "num_leaves": settings["max_leaves"],
        "max_depth": settings["max_depth"],
        "max_bin": 255,
        "min_data_in_leaf": settings["min_leaf_rows"],
        "min_sum_hessian_in_leaf": settings["min_child_weight"],
        "lambda_l2": settings["lambda_l2"],
        "num_threads": threads,
        "seed": 42,
        "verbose": -1,
    }
    if shape["group_size"]:
        params["lambdarank_truncation_level"] = settings["truncation"]
        group = np.full(len(y) // shape["group_size"], shape["group_size"])
    else:
        group = None
    booster, fit = sides.timed(lambda: lightgbm.train(params, lightgbm.Dataset(x, y, group=group), settings["n_trees"]))
    _, predict = sides.timed(lambda: booster.predict(x, num_threads=threads))
    sides.report({"fit": fit, "predict": predict}, sides.quality(shape, booster.predict(x_test), y_test))


if __name__ == "__main__":
    main()
