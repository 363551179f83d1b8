//! Stochastic gradient descent, one user after the other.

use dataset::Csr;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

use super::SvdppParams;
use crate::factors::{self, Factors};

/// What the descent moves.
pub struct State {
    pub mean: f32,
    pub user_biases: Vec<f32>,
    pub item_biases: Vec<f32>,
    /// `p_u`.
    pub user_factors: Factors,
    /// `q_i`.
    pub item_factors: Factors,
    /// `y_j`.
    pub implicit_factors: Factors,
}

/// One user's pass: memory that every user uses again.
struct Pass {
    /// `|N(u)|^-1/2 * sum of y_j`, as it was when the pass began.
    implicit: Vec<f32>,
    /// `p_u + implicit`.
    user: Vec<f32>,
    /// The sum over the pass of `error * q_i`: what the implicit factors move along.
    gradient: Vec<f32>,
    /// The positions of the user's ratings, in the order of this pass.
    order: Vec<usize>,
}

/// Runs all epochs, each over the users in a new random order and over each one's ratings in a new random order; gives the RMSE
/// seen in each.
///
/// A rating's own step moves `b_u`, `b_i`, `p_u` and `q_i`. The implicit factors of N(u) move once, after the user's last rating, by the
/// sum of all those ratings' steps: every `y_j` moves by the same amount, so an epoch costs O(ratings * factors), and not
/// O(sum over users of squared ratings * factors).
pub fn descend(state: &mut State, by_user: &Csr, params: &SvdppParams, rng: &mut ChaCha8Rng) -> Vec<f64> {
    if by_user.n_entries() == 0 {
        return Vec::new();
    }
    let width = state.user_factors.width();
    let zeros = || vec![0.0; width];
    let mut pass = Pass { implicit: zeros(), user: zeros(), gradient: zeros(), order: Vec::new() };
    let mut users: Vec<u32> = (0..by_user.n_rows() as u32).collect();
    let mut learning_rate = params.learning_rate;
    let epoch = |_| {
        users.shuffle(rng);
        let mut squared_errors = 0.0f64;
        for &user in &users {
            squared_errors += state.visit(user, by_user.row(user), learning_rate, params, &mut pass, rng);
        }
        learning_rate *= params.decay;
        (squared_errors / by_user.n_entries() as f64).sqrt()
    };
    (0..params.epochs).map(epoch).collect()
}

impl State {
    /// `|N(u)|^-1/2 * sum of y_j` over the `rated` items N(u), into `out`.
    pub fn implicit_into(&self, rated: &[u32], out: &mut [f32]) {
        out.fill(0.0);
        for &item in rated {
            factors::add(out, self.implicit_factors.row(item), 1.0);
        }
        let norm = norm(rated.len());
        out.iter_mut().for_each(|number| *number *= norm);
    }

    /// The steps of all ratings of one user; gives the sum of the squared errors, each taken before its step.
    fn visit(
        &mut self,
        user: u32,
        (rated, values): (&[u32], &[f32]),
        learning_rate: f32,
        params: &SvdppParams,
        pass: &mut Pass,
        rng: &mut ChaCha8Rng,
    ) -> f64 {
        self.implicit_into(rated, &mut pass.implicit);
        pass.user.copy_from_slice(self.user_factors.row(user));
        factors::add(&mut pass.user, &pass.implicit, 1.0);
        pass.gradient.fill(0.0);
        pass.order.clear();
        pass.order.extend(0..rated.len());
        pass.order.shuffle(rng);

        let user_bias = &mut self.user_biases[user as usize];
        let shrink = learning_rate * params.bias_regularization;
        let mut squared_errors = 0.0f64;
        for place in 0..rated.len() {
            let at = pass.order[place];
            let item = rated[at];
            let q = self.item_factors.row_mut(item);
            let item_bias = &mut self.item_biases[item as usize];
            let error = values[at] - (self.mean + *user_bias + *item_bias + factors::dot(&pass.user, q));
            squared_errors += f64::from(error) * f64::from(error);
            *user_bias += learning_rate * error - shrink * *user_bias;
            *item_bias += learning_rate * error - shrink * *item_bias;
            pass.step(q, learning_rate * error, learning_rate * params.regularization);
        }

        factors::add(&mut pass.user, &pass.implicit, -1.0);
        self.user_factors.row_mut(user).copy_from_slice(&pass.user);
        // Each of the n ratings shrinks every y_j by (1 - rate * L2) and moves it along |N(u)|^-1/2 * error * q_i.
        let kept = (1.0 - learning_rate * params.regularization).powi(rated.len() as i32);
        let norm = norm(rated.len());
        for &item in rated {
            let y = self.implicit_factors.row_mut(item);
            y.iter_mut().for_each(|number| *number *= kept);
            factors::add(y, &pass.gradient, norm);
        }
        squared_errors
    }
}

/// `|N(u)|^-1/2` of a user with `n` > 0 ratings.
fn norm(n: usize) -> f32 {
    1.0 / (n as f32).sqrt()
}

impl Pass {
    /// One rating's step, with `move_by = rate * error` and `shrink = rate * L2`; `p_u` shrinks, the implicit part beside it does not.
    #[inline]
    fn step(&mut self, q: &mut [f32], move_by: f32, shrink: f32) {
        let user = self.user.as_chunks_mut::<{ factors::LANES }>().0.iter_mut();
        let implicit = self.implicit.as_chunks::<{ factors::LANES }>().0.iter();
        let gradient = self.gradient.as_chunks_mut::<{ factors::LANES }>().0.iter_mut();
        let q = q.as_chunks_mut::<{ factors::LANES }>().0.iter_mut();
        for (((user, implicit), gradient), q) in user.zip(implicit).zip(gradient).zip(q) {
            for lane in 0..factors::LANES {
                let (old_user, old_q) = (user[lane], q[lane]);
                user[lane] = old_user + move_by * old_q - shrink * (old_user - implicit[lane]);
                q[lane] = old_q + move_by * old_user - shrink * old_q;
                gradient[lane] += move_by * old_q;
            }
        }
    }
}
