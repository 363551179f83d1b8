"""XGBoost, hist: the QuantileDMatrix's construction and the training are the fit; prediction is of the training rows, a float matrix, in place."""

import numpy as np
import sides
import xgboost


def main():
    folder, settings, threads = sides.settings()
    shape, (x, y), (x_test, y_test) = sides.read(folder)
    params = {
        "objective": "rank:ndcg" if shape["group_size"] else "binary:logistic",
        "learning_rate": settings["learning_rate"],
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": settings["max_leaves"],
        "max_depth": max(settings["max_depth"], 0),
        "max_bin": 255,
        "min_child_weight": settings["min_child_weight"],
        "lambda": settings["lambda_l2"],
        "nthread": threads,
        "seed": 42,
    }
    group = None
    if shape["group_size"]:
        params |= {"lambdarank_pair_method": "topk", "lambdarank_num_pair_per_sample": settings["truncation"]}
        group = np.full(len(y) // shape["group_size"], shape["group_size"])

    def fit():
        data = xgboost.QuantileDMatrix(x, y, group=group, max_bin=255, nthread=threads)
        return xgboost.train(params, data, settings["n_trees"])

    booster, fit_seconds = sides.timed(fit)
    _, predict = sides.timed(lambda: booster.inplace_predict(x))
    sides.report({"fit": fit_seconds, "predict": predict}, sides.quality(shape, booster.inplace_predict(x_test), y_test))


if __name__ == "__main__":
    main()
