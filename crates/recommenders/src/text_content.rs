//! `TextContent`: what the user thought of items with the same genres, words and tags.
//!
//! `score = baseline + sum over the user's rated items i of cos(i, j) * residual_i / (shrinkage + sum over the same of cos(i, j))`: a
//! content-based nearest-neighbour rule over all rated items (Lops, de Gemmis and Semeraro, "Content-based recommender systems", 2011), the residuals
//! being those of a damped baseline and the cosines those of the items' term vectors (see `terms`), which are never negative.
//! Both sums are linear in the vector of j, so each user needs but two profiles, the sum of the rated items' vectors with and without their
//! residuals, and a score costs the terms of one item, however many items the user rated.
//!
//! An item that nobody rated is scored like any other, from its content. An item that shares no term with what the user rated, and an
//! unknown user, get the baseline, and an unknown user or item adds nothing to that.
//! The support of a score is the sum of the cosines.

use dataset::{Candidate, Csr, History, IdIndex};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::baseline::{Baseline, Placed};
use crate::damped_bias::DampedBiasParams;
use crate::evidence::{Asked, Evidence};
use crate::fold_in::KnownUser;
use crate::params::in_range;
use crate::scorer::{score_each, support_each};
use crate::terms::{Terms, places};
use crate::validate::Demands;
use crate::{BaseModel, Checked, Content, InvalidModel, InvalidParam, Params, Scorer};

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TextParams {
    /// How much similarity to items with a residual of 0 every candidate is given, in [0.001, 10000].
    #[serde(serialize_with = "crate::params::shortest")]
    pub shrinkage: f32,
}

impl Default for TextParams {
    /// Tuned on ml-latest-small by the error of five folds inside the training ratings.
    fn default() -> Self {
        Self { shrinkage: 0.2 }
    }
}

impl Params for TextParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("content.shrinkage", self.shrinkage, 1e-3..=1e4)
    }
}

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextContent {
    baseline: Baseline,
    shrinkage: f32,
    /// The catalogue, rated or not.
    items: IdIndex,
    n_terms: usize,
    /// Item of the catalogue -> (terms, weights).
    vectors: Csr,
    /// User -> (terms, the sum of the rated items' weights).
    seen: Csr,
    /// The same terms, the sum of those weights times the residuals.
    liked: Csr,
}

/// What one user's items have in common with a candidate.
#[derive(Default)]
struct Overlap {
    similarity: f32,
    liking: f32,
}

impl TextContent {
    /// Sums up every user's profiles. Linear in the ratings.
    pub fn fit(
        history: &History,
        content: Content<'_>,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<TextParams>,
    ) -> Self {
        let baseline = Baseline::fit(history, baseline);
        let Terms { items, rows: vectors, n_distinct: n_terms } = Terms::new(content);
        let place_of = places(history.items(), &items);
        let residual = |user, item, value| baseline.residual(user, item, value);
        let (seen, liked) = profiles(history.by_user(), residual, &place_of, (&vectors, n_terms));
        Self { baseline, shrinkage: params.shrinkage, items, n_terms, vectors, seen, liked }
    }

    /// This model with the users of `history` added.
    pub(crate) fn fold_in(
        self,
        history: &History,
        baseline: &Checked<DampedBiasParams>,
    ) -> Result<Self, KnownUser> {
        let (baseline, new) = self.baseline.fold_in(history, baseline)?;
        let place_of = places(&baseline.items, &self.items);
        let residual = |user, item, value| baseline.residual(new.place(user), item, value);
        let (seen, liked) = profiles(&new.ratings, residual, &place_of, (&self.vectors, self.n_terms));
        let (seen, liked) = (new.rows(&self.seen, &seen), new.rows(&self.liked, &liked));
        Ok(Self { baseline, seen, liked, ..self })
    }

    /// What carried the scores: what each of the user's items adds to the shrunk mean.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        asked.each(self, |candidate, score| {
            let Placed { baseline, user, .. } = self.baseline.place(candidate);
            let similarity = f64::from(self.overlap(user, candidate).similarity);
            let known = user.zip(self.items.index_of(candidate.item_id));
            let shares = known.into_iter().flat_map(|(user, item)| {
                asked.rated(candidate.user_id).filter_map(move |(item_id, value)| {
                    let rated = self.baseline.items.index_of(item_id)?;
                    let vector = self.vectors.row(self.items.index_of(item_id)?);
                    let residual = f64::from(self.baseline.residual(user, rated, value));
                    let cosine = dot(vector, self.vectors.row(item));
                    Some((item_id, cosine * residual / (f64::from(self.shrinkage) + similarity)))
                })
            });
            asked.items(candidate, score, baseline, shares)
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Text.name() };
        let n_users = self.baseline.n_users();
        self.baseline.validate(demand)?;
        demand.number("shrinkage", f64::from(self.shrinkage))?;
        demand.that(self.shrinkage >= 1e-3, "its shrinkage is too small")?;
        demand.ids("catalogue", &self.items)?;
        demand.sparse("item", &self.vectors, self.items.len(), self.n_terms)?;
        demand.sparse("user", &self.seen, n_users, self.n_terms)?;
        demand.sparse("user", &self.liked, n_users, self.n_terms)?;
        let same = (0..n_users as u32).all(|user| self.seen.row(user).0 == self.liked.row(user).0);
        demand.that(same, "its users' profiles have different terms")?;
        let not_negative =
            |rows: &Csr| (0..rows.n_rows() as u32).all(|row| rows.row(row).1.iter().all(|&w| w >= 0.0));
        demand.that(not_negative(&self.vectors) && not_negative(&self.seen), "one of its weights is negative")
    }

    /// What the rated items have in common with the candidate's; nothing where either is unknown.
    fn overlap(&self, user: Option<u32>, candidate: Candidate) -> Overlap {
        let mut overlap = Overlap::default();
        let Some((user, item)) = user.zip(self.items.index_of(candidate.item_id)) else {
            return overlap;
        };
        let (terms, seen) = self.seen.row(user);
        let liked = self.liked.row(user).1;
        let (of_item, weights) = self.vectors.row(item);
        for (term, weight) in of_item.iter().zip(weights) {
            if let Ok(at) = terms.binary_search(term) {
                overlap.similarity += weight * seen[at];
                overlap.liking += weight * liked[at];
            }
        }
        overlap
    }

    /// Score and support.
    fn answer(&self, candidate: Candidate) -> (f64, f64) {
        let Placed { baseline, user, .. } = self.baseline.place(candidate);
        let Overlap { similarity, liking } = self.overlap(user, candidate);
        let similarity = f64::from(similarity);
        (baseline + f64::from(liking) / (f64::from(self.shrinkage) + similarity), similarity)
    }
}

impl Scorer for TextContent {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_each(candidates, out, |candidate| self.answer(candidate).0);
    }

    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        support_each(candidates, scores, support, |candidate| self.answer(candidate));
    }
}

/// The inner product of two sparse vectors.
fn dot((terms, weights): (&[u32], &[f32]), (others, of_others): (&[u32], &[f32])) -> f64 {
    let weight_of = |term| others.binary_search(term).map_or(0.0, |at| f64::from(of_others[at]));
    terms.iter().zip(weights).map(|(term, &weight)| f64::from(weight) * weight_of(term)).sum()
}

/// The profiles of each row of `ratings`, user -> (items, ratings): the sums without and with the residuals. `place_of` says where each item stands
/// among the vectors.
fn profiles(
    ratings: &Csr,
    residual: impl Fn(u32, u32, f32) -> f32 + Sync,
    place_of: &[Option<u32>],
    (vectors, n_terms): (&Csr, usize),
) -> (Csr, Csr) {
    let users = (0..ratings.n_rows() as u32).into_par_iter();
    let sums = users.map_init(
        || Sums::new(n_terms),
        |sums, user| {
            let (rated, values) = ratings.row(user);
            for (&item, &value) in rated.iter().zip(values) {
                if let Some(place) = place_of[item as usize] {
                    sums.add(vectors.row(place), residual(user, item, value));
                }
            }
            sums.take()
        },
    );
    let profiles: Vec<Vec<(u32, f32, f32)>> = sums.collect();
    let profile = |number: fn(&(u32, f32, f32)) -> f32| {
        let rows = profiles.iter().enumerate();
        let entries = rows
            .flat_map(move |(user, row)| row.iter().map(move |entry| (user as u32, entry.0, number(entry))));
        Csr::from_entries(profiles.len(), entries)
    };
    (profile(|entry| entry.1), profile(|entry| entry.2))
}

/// The two profiles of the user at hand; memory that every user uses again.
struct Sums {
    seen: Vec<f32>,
    liked: Vec<f32>,
    touched: Vec<u32>,
}

impl Sums {
    fn new(n_terms: usize) -> Self {
        Self { seen: vec![0.0; n_terms], liked: vec![0.0; n_terms], touched: Vec::new() }
    }

    fn add(&mut self, (terms, weights): (&[u32], &[f32]), residual: f32) {
        for (&term, &weight) in terms.iter().zip(weights) {
            let seen = &mut self.seen[term as usize];
            // Weights are positive but for the term that every item has.
            if *seen == 0.0 && weight > 0.0 {
                self.touched.push(term);
            }
            *seen += weight;
            self.liked[term as usize] += weight * residual;
        }
    }

    /// (term, seen, liked) of all terms touched, ascending; forgets them.
    fn take(&mut self) -> Vec<(u32, f32, f32)> {
        self.touched.sort_unstable();
        let sum = |term: u32| {
            let at = term as usize;
            (term, std::mem::take(&mut self.seen[at]), std::mem::take(&mut self.liked[at]))
        };
        self.touched.drain(..).map(sum).collect()
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Items, Rating, Ratings, Tag};

    use super::*;

    fn fitted() -> TextContent {
        let row = |id, genres: &[&str]| (id, String::new(), genres.iter().map(ToString::to_string).collect());
        let items = Items::new(vec![
            row(10, &["Action"]),
            row(20, &["Action"]),
            row(30, &["Drama"]),
            row(40, &["Drama"]),
            row(50, &[]),
            row(60, &[]),
        ])
        .unwrap();
        let tag = |item_id| Tag { user_id: 1, item_id, tag: "noir".to_owned(), timestamp: 0 };
        let tags = [tag(30), tag(50)];
        let rating = |(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
        let ratings: Ratings = [(1, 10, 5.0), (1, 30, 2.0), (2, 10, 3.0)].map(rating).into_iter().collect();
        let baseline = DampedBiasParams::default().check().unwrap();
        let content = Content { items: &items, tags: &tags };
        let params = TextParams { shrinkage: 0.5 };
        TextContent::fit(&History::new(&ratings), content, &baseline, &params.check().unwrap())
    }

    #[test]
    fn the_score_is_the_shrunk_mean_of_similar_residuals() {
        let model = fitted();
        let ask = |user_id, item_id| {
            let candidate = Candidate { user_id, item_id, at: 0 };
            let (mut score, mut support) = ([0.0], [0.0]);
            model.score_with_support(&[candidate], &mut score, &mut support);
            assert_eq!(score, model.scores(&[candidate])[..]);
            (score[0] - model.baseline.place(candidate).baseline, support[0])
        };
        let near = |(score, support): (f64, f64), expected: (f64, f64)| {
            assert!(
                (score - expected.0).abs() < 1e-6 && (support - expected.1).abs() < 1e-6,
                "{score}, {support}"
            );
        };
        // The vectors: 10 and 20 are (Action), 40 is (Drama), 50 is (noir), and 30 is (Drama, noir) / sqrt(2): all terms are as rare.
        let residual = |item, value| f64::from(model.baseline.residual(0, item, value));
        let half = 0.5f64.sqrt();
        near(ask(1, 20), (residual(0, 5.0) / 1.5, 1.0));
        near(ask(1, 40), (half * residual(1, 2.0) / (0.5 + half), half));
        near(ask(1, 50), (half * residual(1, 2.0) / (0.5 + half), half));
        near(ask(2, 40), (0.0, 0.0)); // nothing in common
        near(ask(1, 60), (0.0, 0.0)); // no content
        for (user_id, item_id) in [(9, 20), (1, 99), (9, 99)] {
            near(ask(user_id, item_id), (0.0, 0.0)); // unknown
        }
        assert!(ask(1, 20).0 > 0.2 && ask(1, 40).0 < -0.2);
    }

    #[test]
    fn damage_is_noticed() {
        let model = fitted();
        assert_eq!(model.validate(), Ok(()));
        assert!(TextContent { shrinkage: 0.0, ..model.clone() }.validate().is_err());
        assert!(TextContent { n_terms: 1, ..model.clone() }.validate().is_err());
        assert!(TextContent { liked: Csr::default(), ..model.clone() }.validate().is_err());
        assert!(TextContent { seen: model.liked.clone(), ..model }.validate().is_err()); // negative similarities
    }

    #[test]
    fn a_shrinkage_out_of_range_is_refused() {
        let error = TextParams { shrinkage: 0.0 }.check().unwrap_err();
        assert_eq!(error.to_string(), "content.shrinkage is 0, must be in [0.001, 10000]");
    }
}
