//! Lists of everybody at once, and of a block of users after the other from what belongs to the items: the same, to the bit.

use artifacts::tables::{ContributionRow, Recommendations};
use dataset::rng::stream;
use dataset::{Candidate, History, ItemStatistics, Items, Rating, Ratings, UserId};
use features::FeatureGroupKind;
use lists::{Explanations, Held, ItemFacts, ListConfig, Lister, RerankConfig, UserSide};
use rankers::logistic::{self, LogisticParams};
use rankers::{FeatureMatrix, Fitted, LabelledRows, MetaModel, Stack};
use recommenders::mf::{MfMethod, MfParams};
use recommenders::{BaseConfig, BaseModel, BaseParams, Content, FittedModel};
use stacking::{AsOf, FeatureConfig, FeatureSetup, ItemSide, Round, RoundFeatures};

const MODELS: [BaseModel; 5] =
    [BaseModel::Bias, BaseModel::ItemKnn, BaseModel::Mf, BaseModel::Genre, BaseModel::Popularity];

/// Ratings of 80 users and 60 items in half stars, by what is known of them: the models' part, the rest of the training part, the test part.
struct Parts {
    known: Ratings,
    rated: Ratings,
    test: Ratings,
}

fn parts() -> Parts {
    let mut parts = Parts { known: Ratings::default(), rated: Ratings::default(), test: Ratings::default() };
    for user_id in 0..80i64 {
        for item_id in 0..60i64 {
            if (user_id * 7 + item_id * 13 + user_id * item_id) % 5 >= 2 {
                continue;
            }
            let rating = Rating {
                user_id,
                item_id,
                value: ((user_id * 31 + item_id * 17 + user_id * item_id) % 10 + 1) as f32 / 2.0,
                timestamp: 1_000_000_000 + (user_id * 977 + item_id * 7919) % 5000 * 3600,
            };
            // Of every eleventh user only test ratings are there: a cold user. Of every ninth, no model has seen any.
            let is_cold = user_id % 11 == 5;
            if is_cold || (user_id + item_id) % 6 == 0 {
                parts.test.push(rating);
                continue;
            }
            parts.rated.push(rating);
            if user_id % 9 != 4 && (user_id + 2 * item_id) % 7 != 0 {
                parts.known.push(rating);
            }
        }
    }
    parts
}

fn catalogue() -> Items {
    let genres = ["Drama", "War", "Crime"];
    let row = |id: i64| {
        let of_item = [genres[id as usize % 3].to_owned(), genres[id as usize / 7 % 3].to_owned()];
        (id, format!("Title {id} ({})", 1950 + id), of_item.to_vec())
    };
    Items::new((0..65).map(row).collect()).expect("three genres")
}

fn base_params() -> BaseParams {
    let mf = MfParams { method: MfMethod::Als, factors: 6, epochs: 4, ..MfParams::default() };
    BaseConfig { mf, ..BaseConfig::default() }.check().expect("all in range").1
}

fn feature_setup() -> FeatureSetup {
    let kinds = FeatureGroupKind::ALL.iter().filter(|&&kind| kind != FeatureGroupKind::ItemTrend);
    let groups = kinds.map(|kind| kind.name().to_owned()).collect();
    FeatureConfig { groups, ..FeatureConfig::default() }.check().expect("all in range")
}

fn round() -> Round {
    Round { name: "final".to_owned(), fold: None, known: vec![], asked: vec![], scale: 1.0 }
}

/// A meta-model of the features of the ratings that no base model saw.
fn stack(models: &[FittedModel], features: &RoundFeatures<'_>, rows: &Ratings) -> Stack {
    let candidates: Vec<Candidate> = rows
        .iter()
        .map(|rating| Candidate { user_id: rating.user_id, item_id: rating.item_id, at: rating.timestamp })
        .collect();
    let base = stacking::score_all(&models.iter().collect::<Vec<_>>(), &candidates);
    let table = features.compute(&candidates, &base).expect("names of their own");
    let matrix = FeatureMatrix::from_columns(table.names.into_iter().zip(table.columns).collect())
        .expect("three genres");
    let labels: Vec<f32> = rows.values.iter().map(|&value| f32::from(u8::from(value >= 4.0))).collect();
    let params =
        LogisticParams { standardise: true, ..LogisticParams::default() }.check().expect("all in range");
    let model = logistic::fit(&params, LabelledRows::new(&matrix, &labels)).expect("rows of both labels");
    let fitted = vec![(MetaModel::Logistic, Fitted::Logistic(model))];
    Stack { fitted, calibration: None, blend: None }
}

fn held(test: &Ratings, of: impl Fn(UserId) -> bool) -> Held {
    let rows = test.iter().filter(|rating| of(rating.user_id));
    rows.map(|rating| (rating.user_id, rating.item_id, rating.value)).collect()
}

fn of_users(ratings: &Ratings, of: impl Fn(UserId) -> bool) -> History {
    History::new(&ratings.iter().filter(|rating| of(rating.user_id)).collect::<Ratings>())
}

type Table = (Recommendations, Vec<ContributionRow>);

fn append(to: &mut Table, (rows, contributions): Table) {
    to.0.user_ids.extend(rows.user_ids);
    to.0.ranks.extend(rows.ranks);
    to.0.item_ids.extend(rows.item_ids);
    to.0.titles.extend(rows.titles);
    to.0.scores.extend(rows.scores);
    to.0.probabilities.extend(rows.probabilities);
    to.0.reasons.extend(rows.reasons);
    to.0.names = rows.names;
    to.0.columns.resize(rows.columns.len(), Vec::new());
    to.0.columns.iter_mut().zip(rows.columns).for_each(|(to, column)| to.extend(column));
    to.1.extend(contributions);
}

#[test]
fn a_block_of_users_and_the_items_side_give_the_lists_of_everybody() {
    let (Parts { known, rated, test }, items) = (parts(), catalogue());
    let (params, setup) = (base_params(), feature_setup());
    let (known, rated) = (History::new(&known), History::new(&rated));
    let content = Content { items: &items, tags: &[] };
    let models: Vec<FittedModel> =
        MODELS.map(|kind| kind.fit(&known, content, &params, stream(1, "test/blocks")).unwrap().model).into();
    let stack = stack(&models, &RoundFeatures::prepare(&setup, &round(), &known, &items), &test);
    let last_of_all = rated.times().iter().copied().max().unwrap();
    let users: Vec<UserId> = (0..80).collect();

    let plain = ListConfig {
        model: "logistic".to_owned(),
        n: 7,
        proposers: vec!["mf".to_owned(), "itemknn".to_owned(), "popularity".to_owned()],
        per_proposer: 6,
        popular: 5,
        min_ratings: 3,
        contributions: true,
        ..ListConfig::default()
    };
    let reranked = RerankConfig { diversity: 0.3, popularity: 0.2, depth: 12 };
    let configs =
        [plain.clone(), ListConfig { rerank: reranked, include_rated: true, min_ratings: 0, ..plain }];
    let mut last: Option<Table> = None;
    for config in configs {
        let config = config.check(&MODELS, &[MetaModel::Logistic]).unwrap();
        let explanations = Explanations::new(&config, &stack, params).unwrap();
        let everybody = {
            let lister = Lister::new(&config, &items, ItemFacts::new(&items, &rated), &stack, None);
            let side = UserSide {
                models: &models,
                rated: &rated,
                features: RoundFeatures::prepare(&setup, &round(), &known, &items),
                held: &held(&test, |_| true),
                as_of: AsOf::UsersLast,
                last_of_all,
            };
            let recommended = lister.recommend(&side, explanations.as_ref(), &users).unwrap();
            (recommended.rows, recommended.contributions)
        };
        assert!(everybody.0.user_ids.len() > 80 * 5 && everybody.1.len() > everybody.0.user_ids.len() * 30);

        let facts = ItemFacts::of_statistics(&items, &ItemStatistics::of(&rated, 4.0));
        let lister = Lister::new(&config, &items, facts, &stack, None);
        let statistics = ItemStatistics::of(&known, 4.0);
        let item_side = ItemSide::new(&setup, 1.0, &statistics, &items).unwrap();
        let of_items: Vec<FittedModel> = models.iter().cloned().map(FittedModel::forget_users).collect();
        assert!(of_items.iter().filter(|model| model.has_no_users()).count() == 4);
        let mut blocks: Table = (Recommendations::default(), Vec::new());
        for some in users.chunks(13) {
            let is_here = |user_id: UserId| some.contains(&user_id);
            let (known, rated) = (of_users(&parts().known, is_here), of_users(&parts().rated, is_here));
            let with_users = |model: FittedModel| model.fold_in(&known, &params).unwrap();
            let models: Vec<FittedModel> = of_items.iter().cloned().map(with_users).collect();
            let side = UserSide {
                models: &models,
                rated: &rated,
                features: item_side.of_users(&known).unwrap(),
                held: &held(&test, is_here),
                as_of: AsOf::UsersLast,
                last_of_all,
            };
            let recommended = lister.recommend(&side, explanations.as_ref(), some).unwrap();
            append(&mut blocks, (recommended.rows, recommended.contributions));
        }
        assert_eq!(blocks.0, everybody.0);
        assert!(blocks.1 == everybody.1);
        // The configurations tell.
        assert!(last.as_ref().is_none_or(|last| last.0.item_ids != everybody.0.item_ids));
        last = Some(everybody);
    }
}

#[test]
fn a_meta_model_of_other_features_is_an_error() {
    let (Parts { known, test, .. }, items) = (parts(), catalogue());
    let (params, setup) = (base_params(), feature_setup());
    let known = History::new(&known);
    let content = Content { items: &items, tags: &[] };
    let models = [BaseModel::Bias.fit(&known, content, &params, stream(1, "test")).unwrap().model];
    let features = || RoundFeatures::prepare(&setup, &round(), &known, &items);
    let stack = stack(&models, &features(), &test);
    let config = ListConfig {
        model: "logistic".to_owned(),
        proposers: vec!["popularity".to_owned()],
        ..ListConfig::default()
    };
    let config = config.check(&[BaseModel::Popularity], &[MetaModel::Logistic]).unwrap();
    let popularity = BaseModel::Popularity.fit(&known, content, &params, stream(1, "test")).unwrap().model;
    let lister = Lister::new(&config, &items, ItemFacts::new(&items, &known), &stack, None);
    let held = Held::default();
    let side = UserSide {
        models: &[popularity],
        rated: &known,
        features: features(),
        held: &held,
        as_of: AsOf::Now,
        last_of_all: 0,
    };
    let error = lister.recommend(&side, None, &[1, 2]).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("the model was fitted"), "{error}");
}
