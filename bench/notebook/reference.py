#!/usr/bin/env python3
"""The published protocol in Python, as the author of a notebook writes it: pandas, numpy, scikit-learn, dense matrices, a loop a row.

    reference.py DATA [--scores FILE.csv]      DATA: a folder with MovieLens' ratings.csv and movies.csv

This is a re-implementation of what the `notebook` preset reproduces: ratings split 80/20 and the training ratings 80/20 again
(train_test_split, seed 42: the original's own rows), four base models fitted on base_train, eight features (the statistics over all
training ratings, which leaks, as in the original), logistic regression and gradient boosting fitted on meta_train, seven rankings of
the test rows measured at 10. It is the side that Podium is timed against, so it is neither tuned nor slowed: numpy does what a row needs
and the rows are a Python loop, as in the original.

How it was checked (check.py, against what the original computed on ml-latest-small): every row falls in the same part; bias and genre
scores and all statistics agree to 1e-12, kNN scores to 2e-6 (they are float32), the RMSE of MF to the last digit, the probabilities of
the gradient boosting to 2e-17 and of the logistic regression to 7e-5 in the mean; hit rate, precision and recall of all seven models are
the original's, to a thousandth where many scores are equal (genres). Time (13 s) and memory (500 MiB) are near the original's 15.6 s and
543 MB.

Prints the seconds of each step to stderr and one JSON object to stdout; `all` is from the first import to the last metric.
"""

import time

STARTED = time.perf_counter()

import argparse  # noqa: E402  the clock starts before the imports: they are part of what a user waits for
import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.ensemble import GradientBoostingClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import log_loss, roc_auc_score  # noqa: E402
from sklearn.metrics.pairwise import cosine_similarity  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402

SEED = 42
RELEVANT = 4.0
K = 10
SCORES = ["score_bias", "score_itemknn", "score_mf", "score_genre"]
STATISTICS = ["user_n_ratings", "user_mean_rating", "item_n_ratings", "item_mean_rating"]
FEATURES = SCORES + STATISTICS


class BiasModel:
    """mu + b_u + b_i; a user or item that was not seen adds nothing."""

    def fit(self, ratings):
        self.mean = ratings["rating"].mean()
        self.users = (ratings.groupby("userId")["rating"].mean() - self.mean).to_dict()
        self.items = (ratings.groupby("movieId")["rating"].mean() - self.mean).to_dict()
        return self

    def predict(self, user, item):
        return self.mean + self.users.get(user, 0.0) + self.items.get(item, 0.0)


class ItemKNNModel:
    """Cosine similarity of raw item columns; the weighted mean over the k most similar items that the user rated."""

    def __init__(self, k=40):
        self.k = k

    def fit(self, ratings):
        self.mean = ratings["rating"].mean()
        users, items = ratings["userId"].unique(), ratings["movieId"].unique()
        self.users = {user: at for at, user in enumerate(users)}
        self.items = {item: at for at, item in enumerate(items)}
        self.matrix = np.zeros((len(users), len(items)), dtype=np.float32)
        self.matrix[ratings["userId"].map(self.users), ratings["movieId"].map(self.items)] = ratings["rating"]
        self.similarity = cosine_similarity(self.matrix.T)
        return self

    def predict(self, user, item):
        if user not in self.users or item not in self.items:
            return self.mean
        row = self.matrix[self.users[user]]
        rated = np.nonzero(row)[0]
        similarity = self.similarity[self.items[item], rated]
        if len(rated) > self.k:
            nearest = np.argsort(similarity)[-self.k :]
            rated, similarity = rated[nearest], similarity[nearest]
        total = similarity.sum()
        if total == 0:
            return float(row[rated].mean())
        return float(similarity @ row[rated] / total)


class MFModel:
    """mu + b_u + b_i + p_u.q_i by stochastic gradient descent, one rating after the other."""

    def __init__(self, factors=30, epochs=8, learning_rate=0.01, regularization=0.05, seed=SEED):
        self.factors, self.epochs, self.learning_rate, self.regularization = factors, epochs, learning_rate, regularization
        self.random = np.random.default_rng(seed)

    def fit(self, ratings):
        self.mean = ratings["rating"].mean()
        self.users = {user: at for at, user in enumerate(ratings["userId"].unique())}
        self.items = {item: at for at, item in enumerate(ratings["movieId"].unique())}
        user_of, item_of = ratings["userId"].map(self.users).to_numpy(), ratings["movieId"].map(self.items).to_numpy()
        values = ratings["rating"].to_numpy()
        self.user_bias, self.item_bias = np.zeros(len(self.users)), np.zeros(len(self.items))
        self.p = self.random.normal(0, 0.1, (len(self.users), self.factors))
        self.q = self.random.normal(0, 0.1, (len(self.items), self.factors))
        rate, weight = self.learning_rate, self.regularization
        for _ in range(self.epochs):
            for at in self.random.permutation(len(values)):
                u, i = user_of[at], item_of[at]
                p, q = self.p[u], self.q[i]
                error = values[at] - (self.mean + self.user_bias[u] + self.item_bias[i] + p @ q)
                self.user_bias[u] += rate * (error - weight * self.user_bias[u])
                self.item_bias[i] += rate * (error - weight * self.item_bias[i])
                # Both steps take the old values: the new ones are in place only afterwards.
                self.p[u], self.q[i] = p + rate * (error * q - weight * p), q + rate * (error * p - weight * q)
        return self

    def predict(self, user, item):
        if user not in self.users or item not in self.items:
            return self.mean
        u, i = self.users[user], self.items[item]
        return self.mean + self.user_bias[u] + self.item_bias[i] + self.p[u] @ self.q[i]


class GenreContent:
    """Cosine of the item's genres and the mean genre vector of what the user rated 4 or more."""

    def fit(self, ratings, movies):
        genres = movies["genres"].replace("(no genres listed)", "").str.get_dummies("|")
        vectors = genres.to_numpy(dtype=float)
        self.items = {item: self.normalised(vector) for item, vector in zip(movies["movieId"], vectors)}
        raw = dict(zip(movies["movieId"], vectors))
        self.users = {}
        for user, liked in ratings[ratings["rating"] >= RELEVANT].groupby("userId")["movieId"]:
            self.users[user] = self.normalised(np.mean([raw[item] for item in liked if item in raw], axis=0))
        return self

    @staticmethod
    def normalised(vector):
        length = np.linalg.norm(vector)
        return vector / length if length > 0 else vector

    def predict(self, user, item):
        if user not in self.users or item not in self.items:
            return 0.0
        return float(self.users[user] @ self.items[item])


def parts(ratings):
    """All training ratings, base_train, meta_train, test: 80/20, and 80/20 of the 80."""
    training, test = train_test_split(ratings, test_size=0.2, random_state=SEED)
    base_train, meta_train = train_test_split(training, test_size=0.2, random_state=SEED)
    return training, base_train, meta_train, test


def feature_table(rows, training, models):
    """Four scores, a row at a time, and the counts and means of the user and the item over all training ratings (this leaks)."""
    table = rows.copy()
    for name, model in zip(SCORES, models):
        table[name] = [model.predict(user, item) for user, item in zip(rows["userId"], rows["movieId"])]
    for key, kind in [("userId", "user"), ("movieId", "item")]:
        names = {"count": f"{kind}_n_ratings", "mean": f"{kind}_mean_rating"}
        statistics = training.groupby(key)["rating"].agg(["count", "mean"]).rename(columns=names).reset_index()
        table = table.merge(statistics, on=key, how="left")
        table[names["count"]] = table[names["count"]].fillna(0)
        table[names["mean"]] = table[names["mean"]].fillna(training["rating"].mean())
    return table


def metrics_at(table, score, k=K):
    """Hit rate, precision, recall and NDCG at k: means over the users with a relevant row; ties fall as the sort leaves them."""
    found = []
    for _, rows in table.groupby("userId"):
        relevant = (rows.sort_values(score, ascending=False)["rating"] >= RELEVANT).to_numpy()
        if not relevant.any():
            continue
        top = relevant[:k]
        discounts = 1 / np.log2(np.arange(2, k + 2))
        ideal = discounts[: min(k, relevant.sum())].sum()
        found.append([top.any(), top.mean(), top.sum() / relevant.sum(), (top * discounts[: len(top)]).sum() / ideal])
    return dict(zip(["hit_rate", "precision", "recall", "ndcg"], np.mean(found, axis=0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--scores", type=Path, help="write split, features and probabilities of every row here, as CSV")
    args = parser.parse_args()
    seconds, last = {}, time.perf_counter()

    def step(name):
        nonlocal last
        now = time.perf_counter()
        seconds[name], last = now - last, now
        print(f"reference: {name} {seconds[name]:.2f} s", file=sys.stderr, flush=True)

    ratings = pd.read_csv(args.data / "ratings.csv")
    movies = pd.read_csv(args.data / "movies.csv")
    training, base_train, meta_train, test = parts(ratings)
    step("split")

    bias, genre = BiasModel().fit(base_train), GenreContent().fit(base_train, movies)
    step("bias and genre")
    knn = ItemKNNModel().fit(base_train)
    step("kNN")
    mf = MFModel().fit(base_train)
    step("MF")

    meta_features = feature_table(meta_train, training, [bias, knn, mf, genre])
    test_features = feature_table(test, training, [bias, knn, mf, genre])
    step("features")

    labels = (meta_features["rating"] >= RELEVANT).astype(int)
    logistic = LogisticRegression(C=1.0, max_iter=1000).fit(meta_features[FEATURES], labels)
    step("logistic regression")
    boosting = GradientBoostingClassifier(n_estimators=200, max_depth=3, learning_rate=0.05, subsample=0.8, random_state=SEED)
    boosting.fit(meta_features[FEATURES], labels)
    step("gradient boosting")

    for table in (meta_features, test_features):
        table["average"] = table[SCORES].mean(axis=1)
        table["logit_proba"] = logistic.predict_proba(table[FEATURES])[:, 1]
        table["gb_proba"] = boosting.predict_proba(table[FEATURES])[:, 1]
    rankings = dict(zip(["BiasModel", "ItemKNNModel", "MFModel", "GenreContent"], SCORES))
    rankings |= {"SimpleAverage4": "average", "LogisticStack": "logit_proba", "GBStack": "gb_proba"}
    quality = {model.lower(): metrics_at(test_features, column) for model, column in rankings.items()}
    relevant = test_features["rating"] >= RELEVANT
    figures = {f"{model}_{metric}@{K}": value for model, of in quality.items() for metric, value in of.items()}
    figures["gbstack_auc"] = roc_auc_score(relevant, test_features["gb_proba"])
    figures["gbstack_log_loss"] = log_loss(relevant, test_features["gb_proba"])
    step("evaluation")
    whole = time.perf_counter() - STARTED

    if args.scores:
        rows = [base_train.assign(split="base_train"), meta_features.assign(split="meta_train"), test_features.assign(split="test")]
        pd.concat(rows).to_csv(args.scores, index=False)
    print(json.dumps({"seconds": {"all": whole}, "quality": figures}))


if __name__ == "__main__":
    main()
