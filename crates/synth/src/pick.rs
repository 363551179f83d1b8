//! Which items a user rates: a draw without replacement by popularity times appeal.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::weighted::WeightedAliasIndex;
use rand_distr::{Distribution as _, Exp1};

use crate::catalogue::Catalogue;
use crate::user::User;

/// The items apart that come to mind most often, of which users with many ratings have nearly all: drawing one of them again and
/// again would take most of the time.
#[derive(Debug)]
pub(crate) struct Head {
    items: Vec<u32>,
    /// All others, a draw of their indices here, and the sum of their weights.
    tail: Vec<u32>,
    tail_popularity: WeightedAliasIndex<f64>,
    tail_weight: f64,
}

impl Head {
    const N_ITEMS: usize = 1024;
    /// Users with fewer ratings are quicker by rejection from all items.
    const FEWEST: usize = 20;

    /// The head of items with these `weights`; `None` where there is no tail.
    pub(crate) fn of(weights: &[f64]) -> Option<Self> {
        let mut items: Vec<u32> = (0..weights.len() as u32).collect();
        items.sort_by(|&a, &b| weights[b as usize].total_cmp(&weights[a as usize]));
        let tail = items.split_off(Self::N_ITEMS.min(items.len()));
        let tail_weights: Vec<f64> = tail.iter().map(|&item| weights[item as usize]).collect();
        let tail_weight = tail_weights.iter().sum();
        let tail_popularity = WeightedAliasIndex::new(tail_weights).ok()?;
        Some(Self { items, tail, tail_popularity, tail_weight })
    }
}

/// `n` different items in the order in which they come to mind; `taken` is scratch space, one `false` an item, and is left so.
pub(crate) fn pick(
    user: &User,
    catalogue: &Catalogue,
    n: usize,
    taken: &mut [bool],
    rng: &mut ChaCha8Rng,
) -> Vec<u32> {
    let n_items = catalogue.items.len();
    let mut picked: Vec<u32> = Vec::with_capacity(n);
    if let Some(head) = &catalogue.head
        && (Head::FEWEST..n_items / 8).contains(&n)
    {
        race(user, catalogue, head, n, taken, &mut picked, rng);
    } else if n <= n_items / 4 {
        reject(user, catalogue, n, taken, &mut picked, rng);
    }
    let missing = n - picked.len();
    if missing > 0 {
        let open = (0..n_items as u32).filter(|&item| !taken[item as usize]);
        let mut arrivals: Vec<Arrival> = open.map(|item| arrival(user, catalogue, item, rng)).collect();
        if missing < arrivals.len() {
            arrivals.select_nth_unstable_by(missing, earlier);
            arrivals.truncate(missing);
        }
        arrivals.sort_unstable_by(earlier);
        picked.extend(arrivals.into_iter().map(|(_, item)| item));
    }
    for &item in &picked {
        taken[item as usize] = false;
    }
    picked
}

/// When an item first comes to mind, and the item. Efraimidis and Spirakis (2006): the first of times that are exponential with
/// the weights as rates are a weighted draw without replacement.
type Arrival = (f64, u32);

fn arrival(user: &User, catalogue: &Catalogue, item: u32, rng: &mut ChaCha8Rng) -> Arrival {
    let key: f64 = Exp1.sample(rng);
    let index = item as usize;
    (key / (catalogue.weights[index] * user.appeal(&catalogue.items[index])), item)
}

fn earlier(a: &Arrival, b: &Arrival) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

/// By rejection while that is quick: memory and time follow the ratings, not the catalogue. May stop early.
fn reject(
    user: &User,
    catalogue: &Catalogue,
    n: usize,
    taken: &mut [bool],
    picked: &mut Vec<u32>,
    rng: &mut ChaCha8Rng,
) {
    for _ in 0..30 * n + 100 {
        if picked.len() == n {
            break;
        }
        let item = catalogue.popularity.sample(rng);
        if !taken[item] && rng.random::<f64>() < user.appeal(&catalogue.items[item]) {
            taken[item] = true;
            picked.push(item as u32);
        }
    }
}

/// The same draw in continuous time: the head's items by their arrivals, those of the tail as a Poisson process that is thinned by
/// the appeal and by what was picked already. May stop early.
fn race(
    user: &User,
    catalogue: &Catalogue,
    head: &Head,
    n: usize,
    taken: &mut [bool],
    picked: &mut Vec<u32>,
    rng: &mut ChaCha8Rng,
) {
    let mut arrivals: Vec<Arrival> =
        head.items.iter().map(|&item| arrival(user, catalogue, item, rng)).collect();
    arrivals.sort_unstable_by(earlier);
    let mut arrivals = arrivals.into_iter().peekable();
    let mut now = 0.0;
    for _ in 0..100 * n {
        let gap: f64 = Exp1.sample(rng);
        now += gap / head.tail_weight;
        while picked.len() < n
            && let Some((_, item)) = arrivals.next_if(|&(time, _)| time < now)
        {
            taken[item as usize] = true;
            picked.push(item);
        }
        if picked.len() == n {
            break;
        }
        let item = head.tail[head.tail_popularity.sample(rng)];
        let index = item as usize;
        if !taken[index] && rng.random::<f64>() < user.appeal(&catalogue.items[index]) {
            taken[index] = true;
            picked.push(item);
        }
    }
}
