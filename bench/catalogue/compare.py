"""The models of implicit feedback against well-kept libraries: NDCG@10 over the whole catalogue, with the same hyper-parameters.

    cargo build --release -p recommenders --example rank_catalogue
    pip install -r bench/catalogue/requirements.txt
    python bench/catalogue/compare.py artifacts/ml-latest-small/default/split/ratings.parquet --binary target/release/examples/rank_catalogue

The file is what the stage `split` writes: `user_id`, `item_id`, `rating`, `part`. All models are fitted on what is not `test`; every user's
list is the ten best of all items of the file that the user has not rated there, equal scores by the smaller id. An item is relevant with a test rating
of at least 4; users without one are left out. NDCG has binary gains, and its ideal is the best order of all of the user's relevant items.

EASE comes from RecTools and from ten lines of numpy after the paper, item-kNN from implicit's CosineRecommender, iALS from implicit's
AlternatingLeastSquares with exact solves, popularity from RecTools. Libraries score, this script makes the lists, so that ties break alike.
iALS starts at random, and the library nearer to 0: the mean over --seeds is compared, after so many rounds that the start is forgotten.

Inverting the matrix of items twice takes libraries minutes and gigabytes; --only leaves models out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas
from scipy import sparse

K = 10
RELEVANT_FROM = 4.0
MODELS = ["implicit_ease", "implicit_itemknn", "ials", "popularity"]


class Data:
    """Users and items as indices in the order of their ids, so that the smaller index is the smaller id."""

    def __init__(self, table):
        self.table = table
        self.users, user = np.unique(table["user_id"], return_inverse=True)
        self.items, item = np.unique(table["item_id"], return_inverse=True)
        train = (table["part"] != "test").to_numpy()
        rating = table["rating"].to_numpy(dtype=np.float64)
        shape = (len(self.users), len(self.items))
        self.ratings = sparse.csr_matrix((rating[train], (user[train], item[train])), shape=shape)
        relevant = ~train & (rating >= RELEVANT_FROM)
        self.relevant = sparse.csr_matrix((np.ones(relevant.sum()), (user[relevant], item[relevant])), shape=shape).toarray() > 0
        self.known = self.ratings.toarray() != 0

    def binary(self, min_rating):
        matrix = self.ratings.copy()
        matrix.data = (matrix.data >= min_rating).astype(np.float64)
        matrix.eliminate_zeros()
        return matrix

    def lists(self, scores):
        """Each user's best items; the sort is stable, so that ties go to the smaller id."""
        scores = np.where(self.known, -np.inf, scores)
        return np.argsort(-scores, axis=1, kind="stable")[:, :K]

    def ndcg(self, lists):
        discount = 1 / np.log2(np.arange(2, K + 2))
        hits = np.take_along_axis(self.relevant, lists, axis=1)
        n_relevant = self.relevant.sum(axis=1)
        judged = n_relevant > 0
        ideal = np.cumsum(discount)[np.minimum(n_relevant[judged], K) - 1]
        return float(((hits[judged] @ discount) / ideal).mean())


def ease_of_the_paper(x, regularization):
    """Steck, WWW 2019, listing 1. Items that nobody rated would have weights of 0 and are left out of the inverse."""
    rated = np.flatnonzero(x.getnnz(axis=0))
    x = x.toarray()
    p = x[:, rated].T @ x[:, rated]
    p[np.diag_indices_from(p)] += regularization
    p = np.linalg.inv(p)
    b = p / -np.diag(p)
    b[np.diag_indices_from(b)] = 0
    scores = np.zeros_like(x)
    scores[:, rated] = x[:, rated] @ b
    return scores


def rectools_dataset(x):
    from rectools.dataset import Dataset

    pairs = x.tocoo()
    rows = pandas.DataFrame({"user_id": pairs.row, "item_id": pairs.col, "weight": 1.0, "datetime": "2000-01-01"})
    return Dataset.construct(rows)


def rectools_ease(x, regularization):
    from rectools.models import EASEModel

    dataset = rectools_dataset(x)
    model = EASEModel(regularization=regularization).fit(dataset)
    # The model's own matrix: its lists would break ties in another order.
    scores = np.zeros(x.shape)
    of_model = dataset.get_user_item_matrix(include_weights=True) @ model.weight
    scores[np.ix_(dataset.user_id_map.external_ids, dataset.item_id_map.external_ids)] = of_model
    return scores


def rectools_popularity(x):
    from rectools.models import PopularModel

    dataset = rectools_dataset(x)
    model = PopularModel().fit(dataset)
    items, counts = model.popularity_list
    scores = np.zeros(x.shape[1])
    scores[dataset.item_id_map.external_ids[items]] = counts
    return np.broadcast_to(scores, x.shape)


def implicit_knn(x, k):
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(K=k + 1)  # it counts the item itself
    model.fit(x.tocsr(), show_progress=False)
    return (x @ model.similarity).toarray()


def implicit_als(ratings, x, params, seed):
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    confidence = x.copy()
    confidence.data = 1 + params["alpha"] * np.asarray(ratings[x.nonzero()]).ravel()
    model = AlternatingLeastSquares(
        factors=params["factors"], regularization=params["regularization"], alpha=1.0, iterations=params["rounds"],
        use_cg=False, random_state=seed, dtype=np.float64,
    )
    with threadpool_limits(1, "blas"):
        model.fit(confidence, show_progress=False)
    return model.user_factors @ model.item_factors.T


def ours(args, data, csv, key, params, seed=42):
    """The lists of our model, as indices."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as out:
        command = [args.binary, csv, "--model", key, "--params", json.dumps(params), "--lists", out.name, "--top", K, "--seed", seed]
        subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        table = pandas.read_csv(out.name)
    assert (table.groupby("user_id").size() == K).all(), "every user has a full list"
    return np.searchsorted(data.items, table["item_id"].to_numpy()).reshape(len(data.users), K)


def overlap(a, b):
    return np.mean([len(np.intersect1d(x, y)) / K for x, y in zip(a, b)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ratings", type=Path, help="ratings.parquet of the stage split")
    parser.add_argument("--binary", type=Path, required=True, help="the example rank_catalogue, release build")
    parser.add_argument("--params", type=json.loads, default={}, help="hyper-parameters as JSON, by the tables of train-base.toml")
    parser.add_argument("--only", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--seeds", type=int, default=5, help="random starts of iALS")
    parser.add_argument("--tolerance", type=float, default=0.005, help="exit with 1 where NDCG@10 differs by more")
    args = parser.parse_args()

    data = Data(pandas.read_parquet(args.ratings, columns=["user_id", "item_id", "rating", "part"]))
    ease = {"min_rating": 4.0, "regularization": 200.0, **args.params.get("implicit_ease", {})}
    # Shrinkage is not in the library.
    knn = {"min_rating": 4.0, "k": 300, **args.params.get("implicit_item_knn", {}), "shrinkage": 0.0}
    als = {"min_rating": 4.0, "factors": 32, "rounds": 100, "alpha": 1.0, "regularization": 20.0, **args.params.get("ials", {})}

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "ratings.csv"
        data.table.to_csv(csv, index=False)

        def compare(name, library, theirs, mine):
            """Lists of the library and ours, one pair a seed."""
            a, b = [data.ndcg(lists) for lists in mine], [data.ndcg(lists) for lists in theirs]
            same = np.mean([overlap(x, y) for x, y in zip(theirs, mine)])
            rows.append((name, library, np.mean(a), np.mean(b), np.mean(a) - np.mean(b), same))

        if "implicit_ease" in args.only:
            x, ridge = data.binary(ease["min_rating"]), ease["regularization"]
            mine = [ours(args, data, csv, "implicit_ease", {"implicit_ease": ease})]
            compare("ImplicitEASE", f"RecTools {version('rectools')} EASEModel", [data.lists(rectools_ease(x, ridge))], mine)
            compare("ImplicitEASE", f"numpy {np.__version__}, the paper", [data.lists(ease_of_the_paper(x, ridge))], mine)
        if "implicit_itemknn" in args.only:
            theirs = [data.lists(implicit_knn(data.binary(knn["min_rating"]), knn["k"]))]
            mine = [ours(args, data, csv, "implicit_itemknn", {"implicit_item_knn": knn})]
            compare("ImplicitItemKNN", f"pm-implicit {version('pm-implicit')} CosineRecommender", theirs, mine)
        if "ials" in args.only:
            x, seeds = data.binary(als["min_rating"]), range(args.seeds)
            mine = [ours(args, data, csv, "ials", {"ials": als}, seed) for seed in seeds]
            theirs = [data.lists(implicit_als(data.ratings, x, als, seed)) for seed in seeds]
            compare(f"ImplicitALS, {args.seeds} seeds", f"pm-implicit {version('pm-implicit')} AlternatingLeastSquares", theirs, mine)
        if "popularity" in args.only:
            theirs = [data.lists(rectools_popularity(data.binary(0.0)))]
            mine = [ours(args, data, csv, "popularity", {})]
            compare("Popularity", f"RecTools {version('rectools')} PopularModel", theirs, mine)

    judged = int((data.relevant.sum(axis=1) > 0).sum())
    print(f"{len(data.users):,} users, {judged:,} with a relevant test item; {len(data.items):,} items")
    print(f"EASE {ease}\nitem-kNN {knn}\niALS {als}\n")
    print("| model | library | ours | library's | difference | top-10 overlap |")
    print("|---|---|---|---|---|---|")
    for name, library, a, b, difference, same in rows:
        print(f"| {name} | {library} | {a:.4f} | {b:.4f} | {difference:+.4f} | {same:.3f} |")
    return int(any(abs(row[4]) > args.tolerance for row in rows))


if __name__ == "__main__":
    sys.exit(main())
