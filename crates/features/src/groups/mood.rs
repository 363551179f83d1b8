//! exploration version
use super::{FeatureGroup, columns};
use crate::known::{Known, TimeKernel};
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Mood { k: Vec<TimeKernel>, x: Vec<TimeKernel>, facts: Vec<(u64, f64, f64)>, cat: Vec<(u64, f64)> }

impl Mood {
    pub(crate) fn new(context: &crate::Context<'_>, known: &Known) -> Self {
        let new = |w: f64| TimeKernel::new(&known.users, &known.baseline.by_user, w, known.earlier_only);
        let facts: Vec<(u64, f64, f64)> = known.items.ids.ids().iter().enumerate().map(|(r, &id)| {
            let i = context.items.get(id);
            let t = known.items.tally(r as u32, known.items.range(r as u32).end);
            (i.map_or(0, |i| i.genres.0), i.and_then(|i| i.year).map_or(1990.0, f64::from), crate::known::item_offset(&t, &known.overall(0)))
        }).collect();
        let cat = context.items.all().iter().map(|i| (i.genres.0, i.year.map_or(1990.0, f64::from))).collect();
        let e = &known.baseline.by_user;
        let sq: Vec<f64> = e.iter().map(|e| e * e).collect();
        let off: Vec<f64> = known.rated_items.iter().map(|&i| facts[i as usize].2).collect();
        let x = vec![TimeKernel::new(&known.users, &sq, 600.0, known.earlier_only), TimeKernel::new(&known.users, &off, 120.0, known.earlier_only)];
        Self { x, facts, cat, k: [10.0, 30.0, 120.0, 600.0, 3600.0, 86400.0, 86400.0 * 30.0].map(new).into() }
    }
}

impl FeatureGroup for Mood {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let known = asked.known;
        let mut all = vec![];
        for (name, kernel) in ["10s", "30s", "2m", "10m", "1h", "1d", "30d"].into_iter().zip(&self.k) {
            all.extend(columns([&format!("mood_{name}"), &format!("moodw_{name}")], asked, |place| {
                let s = kernel.at(&known.users, place.user, place.at);
                [s.damped_mean(1.0), s.weight.ln_1p()]
            }));
        }
        for (n, width) in [(5usize, 600.0f64), (10, 600.0), (20, 600.0), (20, 60.0), (20, 1e5)] {
            all.extend(columns([&format!("near_{n}_{width}"), &format!("nearw_{n}_{width}")], asked, |place| {
                let Some(user) = place.user else { return [0.0; 2] };
                let t = &known.users.times;
                let (mut a, mut b) = (user.before, user.before);
                let (mut w, mut s) = (0.0, 0.0);
                for _ in 0..n {
                    let left = (a > user.start).then(|| place.at - t[a - 1]);
                    let right = (b < user.end).then(|| t[b] - place.at);
                    let (d, p) = match (left, right) {
                        (Some(l), Some(r)) if l <= r => { a -= 1; (l, a) }
                        (_, Some(r)) => { b += 1; (r, b - 1) }
                        (Some(l), None) => { a -= 1; (l, a) }
                        _ => break,
                    };
                    let x = (-(d as f64) / width).exp();
                    w += x;
                    s += x * known.baseline.by_user[p];
                }
                [s / (w + 1.0), w]
            }));
        }
        all.extend(columns(["nearest_e", "nearest_d", "prev_e", "prev_d", "next_e", "next_d", "same_n", "same_e"], asked, |place| {
            let Some(user) = place.user else { return [0.0; 8] };
            let t = &known.users.times;
            let e = &known.baseline.by_user;
            let left = (user.before > user.start).then(|| (place.at - t[user.before - 1], e[user.before - 1]));
            let right = (user.before < user.end).then(|| (t[user.before] - place.at, e[user.before]));
            let none = (320_000_000, 0.0);
            let (l, r) = (left.unwrap_or(none), right.unwrap_or(none));
            let n = if l.0 <= r.0 { l } else { r };
            let (mut c, mut s) = (0.0, 0.0);
            let mut p = user.before;
            while p < user.end && t[p] == place.at { c += 1.0; s += e[p]; p += 1; }
            [n.1, (n.0 as f64).ln_1p(), l.1, (l.0 as f64).ln_1p(), r.1, (r.0 as f64).ln_1p(), c, s / (c + 1.0)]
        }));
        all.extend(columns(["x_sq", "x_off"], asked, |place| {
            let s = self.x[0].at(&known.users, place.user, place.at);
            let o = self.x[1].at(&known.users, place.user, place.at);
            [(s.sum + 0.8) / (s.weight + 1.0), o.damped_mean(1.0)]
        }));
        all.extend(columns(["sim_g", "sim_gw", "sim_y", "sim_yw", "sim_gy", "sim_gyw", "rank3", "rank7"], asked, |place| {
            let (Some(user), Some(c)) = (place.user, place.catalogue) else { return [0.0; 8] };
            let (g, y) = self.cat[c as usize];
            let t = &known.users.times;
            let (mut a, mut b) = (user.before, user.before);
            let mut o = [0.0f64; 8];
            for k in 0..30 {
                let left = (a > user.start).then(|| place.at - t[a - 1]);
                let right = (b < user.end).then(|| t[b] - place.at);
                let (d, p) = match (left, right) {
                    (Some(l), Some(r)) if l <= r => { a -= 1; (l, a) }
                    (_, Some(r)) => { b += 1; (r, b - 1) }
                    (Some(l), None) => { a -= 1; (l, a) }
                    _ => break,
                };
                let e = known.baseline.by_user[p];
                let f = self.facts[known.rated_items[p] as usize];
                let j = f64::from((f.0 & g).count_ones()) / f64::from((f.0 | g).count_ones().max(1));
                let w = (-(d as f64) / 600.0).exp();
                let yw = (-(f.1 - y).abs() / 5.0).exp();
                o[0] += w * j * e; o[1] += w * j; o[2] += w * yw * e; o[3] += w * yw; o[4] += w * yw * j * e; o[5] += w * yw * j;
                if k < 3 { o[6] += e / 3.0; }
                if k < 7 { o[7] += e / 7.0; }
            }
            for q in [0, 2, 4] { o[q] /= o[q + 1] + 1.0; }
            o
        }));
        all
    }
}
