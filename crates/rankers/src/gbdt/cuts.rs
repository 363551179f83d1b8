//! Where numbers are cut: into bins while fitting, at a model's thresholds while predicting.

/// The byte of missing values, whatever the feature.
pub(super) const MISSING: u8 = 255;

/// Cuts of one feature at most: with one more place than cuts, the places are 0 to 254, and 255 is left for missing values. A last cut of
/// `f64::MAX` has no place behind it.
pub(super) const MAX_CUTS: usize = 254;

/// How many numbers are looked up side by side: each look-up waits for the one comparison before the next.
const LANES: usize = 8;

/// Ascending cuts, filled up to 256 with infinity, so that a search needs no bounds.
#[derive(Debug, Clone)]
pub(super) struct Cuts {
    cuts: Box<[f64; 256]>,
    /// A search halves this many times what is left.
    n_halvings: u32,
}

impl Cuts {
    /// At most [`MAX_CUTS`] ascending finite cuts, or one more where the last is `f64::MAX`; any further ones are not looked at.
    pub fn new(ascending: &[f64]) -> Self {
        let mut cuts = Box::new([f64::INFINITY; 256]);
        cuts.iter_mut().zip(&ascending[..ascending.len().min(MAX_CUTS)]).for_each(|(to, cut)| *to = *cut);
        Self { cuts, n_halvings: (ascending.len().min(MAX_CUTS) + 1).next_power_of_two().ilog2() }
    }

    /// For each value the number of cuts below it, so that a value of at most cut `c` has a place of at most `c`; [`MISSING`] for NaN.
    pub fn places(&self, values: &[f64], out: &mut [u8]) {
        let mut values = values.chunks_exact(LANES);
        let mut out = out.chunks_exact_mut(LANES);
        for (values, out) in (&mut values).zip(&mut out) {
            let values: &[f64; LANES] = values.try_into().unwrap_or(&[0.0; LANES]);
            let mut places = [0usize; LANES];
            for halving in (0..self.n_halvings).rev() {
                let last_of_half = (1 << halving) - 1;
                for (place, &value) in places.iter_mut().zip(values) {
                    // Without a branch, whose outcome nobody can guess. The mask keeps what is below 256 anyway, and saves a check.
                    *place += usize::from(self.cuts[(*place + last_of_half) & 255] < value) << halving;
                }
            }
            for ((out, place), value) in out.iter_mut().zip(places).zip(values) {
                *out = if value.is_nan() { MISSING } else { place as u8 };
            }
        }
        for (out, value) in out.into_remainder().iter_mut().zip(values.remainder()) {
            let place = self.cuts.partition_point(|cut| cut < value);
            *out = if value.is_nan() { MISSING } else { place as u8 };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_is_the_number_of_cuts_below(
            n_cuts in 0usize..=254,
            values in prop::collection::vec(prop::option::of(-2i32..260), 0..40),
        ) {
            let cuts: Vec<f64> = (0..n_cuts).map(|cut| cut as f64).collect();
            let values: Vec<f64> = values.iter().map(|v| v.map_or(f64::NAN, f64::from)).collect();
            let mut places = vec![0; values.len()];
            Cuts::new(&cuts).places(&values, &mut places);
            for (value, place) in values.iter().zip(places) {
                let below = cuts.iter().filter(|cut| *cut < value).count() as u8;
                prop_assert_eq!(place, if value.is_nan() { MISSING } else { below });
            }
        }
    }

    #[test]
    fn nothing_lies_behind_the_largest_number() {
        let mut cuts: Vec<f64> = (0..254).map(f64::from).collect();
        cuts.push(f64::MAX);
        let mut places = [0; 3];
        Cuts::new(&cuts).places(&[f64::MAX, 252.5, f64::NAN], &mut places);
        assert_eq!(places, [254, 253, MISSING]);
    }
}
