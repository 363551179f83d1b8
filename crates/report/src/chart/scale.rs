//! From values to pixels, and which values to print along an axis.

/// A linear map from a domain of values to a range of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Linear {
    /// Maps `domain` to `range`. A domain without width maps to the middle.
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain, range }
    }

    /// The pixel of `value`.
    pub fn at(&self, value: f64) -> f64 {
        let width = self.domain.1 - self.domain.0;
        let share = if width == 0.0 { 0.5 } else { (value - self.domain.0) / width };
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// The values at the ends.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// The pixels at the ends.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }
}

/// Round values along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// Ascending, all inside the domain.
    pub values: Vec<f64>,
    /// How many decimals tell them apart.
    pub decimals: usize,
}

/// The round step (1, 2 or 5 times a power of ten) that cuts `width` into at most `most` parts; 1 where `width` is not positive.
fn step(width: f64, most: usize) -> f64 {
    if !(width.is_finite() && width > 0.0) {
        return 1.0;
    }
    let raw = width / most.max(1) as f64;
    let power = 10f64.powf(raw.log10().floor());
    // The tolerance keeps a width that is a whole number of steps from needing the next larger step.
    let factor =
        [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= raw * (1.0 - 1e-9)).unwrap_or(10.0);
    factor * power
}

/// Round values in `domain`, at most `most + 1` of them.
pub fn ticks(domain: (f64, f64), most: usize) -> Ticks {
    ticks_of_step(domain, step(domain.1 - domain.0, most))
}

/// Whole numbers in `domain`, at most `most + 1` of them: for epochs and trees.
pub fn whole_ticks(domain: (f64, f64), most: usize) -> Ticks {
    ticks_of_step(domain, step(domain.1 - domain.0, most).max(1.0))
}

fn ticks_of_step(domain: (f64, f64), step: f64) -> Ticks {
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    let first = (domain.0 / step - 1e-9).ceil();
    let last = (domain.1 / step + 1e-9).floor();
    let n = if (last - first).is_finite() { (last - first).clamp(-1.0, 50.0) as i32 } else { -1 };
    Ticks { values: (0..=n).map(|at| (first + f64::from(at)) * step).collect(), decimals }
}

/// The least and the largest finite value.
pub fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// Whether a value is in a domain.
pub fn holds(domain: (f64, f64), value: f64) -> bool {
    domain.0 <= value && value <= domain.1
}

/// A domain for bars: from 0 to the extreme values, because a bar's length is its value.
pub fn from_zero(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = extent(values.chain([0.0])).unwrap_or((0.0, 0.0));
    if low == high { (0.0, 1.0) } else { (low, high) }
}

/// A domain for dots and lines: around the values, at least `least` wide, out to whole steps, and inside `limits` where the
/// values are.
/// Without values, the limits or (0, 1).
pub fn around(values: impl Iterator<Item = f64>, least: f64, limits: Option<(f64, f64)>) -> (f64, f64) {
    let Some((low, high)) = extent(values) else {
        return limits.unwrap_or((0.0, 1.0));
    };
    // Values that break the limits are shown where they are.
    let limits = limits.filter(|&(least, most)| least <= low && high <= most);
    let missing = (least - (high - low)).max(0.0) / 2.0;
    let (low, high) = (low - missing, high + missing);
    let step = step(high - low, 5);
    let (low, high) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
    limits.map_or((low, high), |(least, most)| (low.max(least), high.min(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: &[f64], other: &[f64]) -> bool {
        one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let found = ticks((0.69, 0.83), 5);
        // .14 / 5 = .028 -> a step of .05: .70, .75, .80
        assert!(close(&found.values, &[0.70, 0.75, 0.80]) && found.decimals == 2, "{found:?}");
        assert!(close(&ticks((0.0, 30_000.0), 3).values, &[0.0, 10_000.0, 20_000.0, 30_000.0]));
        assert!(close(&whole_ticks((1.0, 3.0), 8).values, &[1.0, 2.0, 3.0]));
        assert!(close(&ticks((-0.2, 0.1), 3).values, &[-0.2, -0.1, 0.0, 0.1]));
    }

    #[test]
    fn odd_domains_give_few_ticks() {
        assert!(ticks((f64::NAN, 1.0), 5).values.is_empty());
        assert!(ticks((3.0, 3.0), 5).values.len() == 1);
        assert!(ticks((0.0, f64::MAX), 5).values.len() <= 6);
        assert!(whole_ticks((0.0, 1e300), 5).values.len() <= 6);
    }

    #[test]
    fn bars_start_at_zero_and_dots_need_not() {
        assert_eq!(from_zero([3.0, f64::NAN, 2.0].into_iter()), (0.0, 3.0));
        assert_eq!(from_zero([-1.0, -2.0].into_iter()), (-2.0, 0.0));
        assert_eq!(from_zero(std::iter::empty()), (0.0, 1.0));
        let (low, high) = around([0.7043, 0.8156].into_iter(), 0.02, Some((0.0, 1.0)));
        assert!((low - 0.70).abs() < 1e-9 && (high - 0.85).abs() < 1e-9, "{low} {high}");
        // One value of 1: the span is .02 around it, cut at the limit.
        let (low, high) = around([1.0].into_iter(), 0.02, Some((0.0, 1.0)));
        assert!((low - 0.99).abs() < 1e-9 && high == 1.0, "{low} {high}");
        // A value outside the limits is still inside the domain.
        let (low, high) = around([7.0].into_iter(), 0.02, Some((0.0, 1.0)));
        assert!(low < 7.0 && 7.0 < high, "{low} {high}");
    }

    #[test]
    fn the_map_is_linear() {
        let scale = Linear::new((1.0, 3.0), (100.0, 0.0));
        assert_eq!([scale.at(1.0), scale.at(2.0), scale.at(3.0)], [100.0, 50.0, 0.0]);
        assert_eq!(Linear::new((2.0, 2.0), (0.0, 10.0)).at(2.0), 5.0);
    }
}
