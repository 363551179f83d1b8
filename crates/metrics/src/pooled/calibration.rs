//! Calibration: does it come true as often as the probability says?

use crate::ranking::descending_key;

/// The number of bins of every calibration error that this project reports.
pub const CALIBRATION_BINS: usize = 15;

/// Rows of similar probability: a point of the reliability curve, mean probability across, share of relevant rows up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// How many rows.
    pub n: usize,
    /// The mean predicted probability, in [0, 1].
    pub mean_probability: f64,
    /// The share of relevant rows, in [0, 1].
    pub share_relevant: f64,
}

/// The reliability curve and its summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The bins from the highest to the lowest probability.
    pub bins: Vec<Bin>,
    /// Expected calibration error: the mean of |mean probability - share of relevant rows| over the bins, weighted by
    /// their rows. In [0, 1], 0 is best.
    pub expected_error: f64,
}

/// Sorts the rows by probability into `n_bins` bins of equal mass (rows; their numbers differ by at most 1).
///
/// Rows of equal probability may fall in two bins; each of them then counts with the group's share of relevant rows, so
/// that the order of the rows changes nothing. Fewer rows than bins make one bin a row. A NaN probability makes its bin's
/// mean, and with it the error, NaN. `None` for no rows or no bins.
///
/// The error of a perfectly calibrated model is above 0, as its bins differ from their probability by luck: by about
/// sqrt(2 p (1 - p) / (π n)) in a bin of n rows, which is .011 for 20,168 rows of p = 1/2 in 15 bins.
///
/// It has no bootstrap interval, for the same reason. A resample adds its own luck to that of the rows, and the absolute
/// values let none of it cancel: the replicates of a well calibrated model lie above its error almost all of them, by about
/// sqrt(2) where the true error is 0, and no choice of percentiles of theirs holds the truth as often as it says.
///
/// Reference: Naeini et al., 2015, with equal-mass bins (Nguyen and O'Connor, 2015).
///
/// # Panics
/// Where the slices have different lengths.
pub fn calibration(probabilities: &[f64], relevant: &[bool], n_bins: usize) -> Option<Calibration> {
    assert_eq!(probabilities.len(), relevant.len(), "probabilities and labels");
    let n_bins = n_bins.min(relevant.len());
    if n_bins == 0 {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = probabilities.iter().copied().zip(relevant.iter().copied()).collect();
    rows.sort_unstable_by_key(|&(probability, relevant)| (descending_key(probability), relevant));
    let shares: Vec<f64> = rows
        .chunk_by(|a, b| descending_key(a.0) == descending_key(b.0))
        .flat_map(|group| {
            let share = group.iter().filter(|row| row.1).count() as f64 / group.len() as f64;
            std::iter::repeat_n(share, group.len())
        })
        .collect();

    let edge = |bin: usize| (bin as u128 * rows.len() as u128 / n_bins as u128) as usize;
    let bins: Vec<Bin> = (0..n_bins)
        .map(|bin| {
            let range = edge(bin)..edge(bin + 1);
            let n = range.len();
            Bin {
                n,
                mean_probability: rows[range.clone()].iter().map(|row| row.0).sum::<f64>() / n as f64,
                share_relevant: shares[range].iter().sum::<f64>() / n as f64,
            }
        })
        .collect();
    let error = |bin: &Bin| (bin.mean_probability - bin.share_relevant).abs() * bin.n as f64;
    let expected_error = bins.iter().map(error).sum::<f64>() / rows.len() as f64;
    Some(Calibration { bins, expected_error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bins_by_hand() {
        let result = calibration(&[0.5, 1.0, 0.25, 0.0], &[true, true, false, false], 2).unwrap();
        // {1, .5}: mean .75, both relevant: .25 off; {.25, 0}: mean .125, none relevant: .125 off; (.25 + .125) / 2
        assert_eq!(result.bins[0], Bin { n: 2, mean_probability: 0.75, share_relevant: 1.0 });
        assert_eq!(result.bins[1], Bin { n: 2, mean_probability: 0.125, share_relevant: 0.0 });
        assert_eq!(result.expected_error, 0.1875);
    }

    #[test]
    fn tied_rows_share_their_labels() {
        // four rows of .5, two of them relevant: both bins hold half of each, whatever the row order
        for relevant in [[true, true, false, false], [false, true, false, true]] {
            let result = calibration(&[0.5; 4], &relevant, 2).unwrap();
            assert_eq!(result.expected_error, 0.0);
        }
    }

    #[test]
    fn empty_and_short() {
        assert_eq!(calibration(&[], &[], 10), None);
        assert_eq!(calibration(&[0.5], &[true], 0), None);
        let result = calibration(&[0.5, 1.0], &[true, true], 10).unwrap();
        assert_eq!((result.bins.len(), result.expected_error), (2, 0.25));
    }
}
