//! The exponential function, for many numbers at a time.
//!
//! The C library's is called number by number, and its bits are not the same on every machine. This one is a handful of additions and
//! multiplications, which the compiler does for as many numbers as a vector register holds; none is fused with another, so that the bits are
//! the same with any vector instructions.

/// 1.5 * 2^52: an f64 of that size has no room for a fraction, and its low bits are an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The upper bits of ln 2, whose products with the exponents of f64 are exact; and the rest of it.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// Arguments are cut off here, where the result is an ordinary number.
const RANGE: [f64; 2] = [-708.0, 709.0];

/// 1 / n! for n from 13 down to 2: the Taylor series, which after these is off by less than half a unit in the last place at ln 2 / 2.
const COEFFICIENTS: [f64; 12] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
];

/// e^x for a number `x`; e^-708 below -708, e^709 above 709. `x = k ln 2 + r` with an integer k, and e^x = 2^k e^r.
#[inline(always)]
#[expect(clippy::inline_always, reason = "inlined, it is compiled for the vector instructions of its caller")]
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(RANGE[0], RANGE[1]);
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let r = (x - k * LN_2[0]) - k * LN_2[1];
    let series = COEFFICIENTS[1..].iter().fold(COEFFICIENTS[0], |sum, coefficient| sum * r + coefficient);
    let power_of_two = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    (1.0 + (r + r * r * series)) * power_of_two
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        for step in -70_000..70_000 {
            let x = f64::from(step) * 0.0101;
            let (found, expected) = (exp(x), x.exp());
            assert!((found / expected - 1.0).abs() < 5e-16, "{x}: {found:e} {expected:e}");
        }
        assert_eq!([0.0, -0.0, -1e9, 1e9].map(exp), [1.0, 1.0, exp(-708.0), exp(709.0)]);
    }
}
