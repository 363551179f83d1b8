//! What is summed up about pairs of targets over those who rated both, for a few targets side by side.
//!
//! The sums of up to [`Lanes::LANES`] targets with one other target stand together, in a cache line at most. Somebody's value for that other
//! target is then read once, and is added for all of the block's targets that this somebody rated by a few vector instructions: the values
//! of the other lanes are 0 and change nothing.
#![expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
#![expect(clippy::needless_range_loop, reason = "zipped iterators are not made into vector instructions")]

/// The sums of a block of targets with one target.
pub trait Lanes: Copy + Default + Send + Sync {
    /// How many targets a block has.
    const LANES: usize;
    /// What one rater gave each target of the block.
    type Own: Copy + Default + Send + Sync;
    /// The sums of a pair of targets.
    type CoRating: Copy;

    /// Notes what the rater gave the target of that lane.
    fn give(own: &mut Self::Own, lane: usize, value: f32);

    /// Adds one who gave `own` to the block and `value` to the other target.
    fn add(&mut self, own: &Self::Own, value: f32);

    /// The sums of the target of that lane.
    fn of(&self, lane: usize) -> Self::CoRating;
}

/// The sums of the products, for values that are multiples of a half: in f32, and exact where they are below 2^22.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(align(64))]
pub struct HalfStarProducts([f32; 16]);

impl HalfStarProducts {
    /// Whether the sums are exact for such values, whose squares sum up to no more than `max_squared_norm` in any target: by Cauchy and
    /// Schwarz no sum of products is larger, and four times a sum is whole.
    pub fn are_exact<'a>(mut values: impl Iterator<Item = &'a f32>, max_squared_norm: f64) -> bool {
        max_squared_norm <= f64::from(1 << 22) && values.all(|&value| (value * 2.0).fract() == 0.0)
    }
}

impl Lanes for HalfStarProducts {
    const LANES: usize = 16;
    type Own = [f32; 16];
    type CoRating = f64;

    fn give(own: &mut [f32; 16], lane: usize, value: f32) {
        own[lane] = value;
    }

    #[inline(always)]
    fn add(&mut self, own: &[f32; 16], value: f32) {
        for lane in 0..Self::LANES {
            self.0[lane] += own[lane] * value;
        }
    }

    #[inline]
    fn of(&self, lane: usize) -> f64 {
        f64::from(self.0[lane])
    }
}

/// The sums of the products, for any values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(align(64))]
pub struct Products([f64; 8]);

impl Lanes for Products {
    const LANES: usize = 8;
    type Own = [f64; 8];
    type CoRating = f64;

    fn give(own: &mut [f64; 8], lane: usize, value: f32) {
        own[lane] = f64::from(value);
    }

    #[inline(always)]
    fn add(&mut self, own: &[f64; 8], value: f32) {
        for lane in 0..Self::LANES {
            self.0[lane] += own[lane] * f64::from(value);
        }
    }

    #[inline]
    fn of(&self, lane: usize) -> f64 {
        self.0[lane]
    }
}

/// The sum of the products, and the number of those who rated both: exact below 2^24.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// The sum of the products.
    pub product: f32,
    /// How many rated both.
    pub n_common: f32,
}

/// [`Agreement`]s of `N` targets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(8))]
pub struct Agreements<const N: usize> {
    products: [f32; N],
    n_common: [f32; N],
}

/// What one rater gave, and 1 where anything.
#[derive(Debug, Clone, Copy)]
pub struct Given<const N: usize> {
    values: [f32; N],
    present: [f32; N],
}

impl<const N: usize> Default for Agreements<N> {
    fn default() -> Self {
        Self { products: [0.0; N], n_common: [0.0; N] }
    }
}

impl<const N: usize> Default for Given<N> {
    fn default() -> Self {
        Self { values: [0.0; N], present: [0.0; N] }
    }
}

impl<const N: usize> Lanes for Agreements<N> {
    const LANES: usize = N;
    type Own = Given<N>;
    type CoRating = Agreement;

    fn give(own: &mut Given<N>, lane: usize, value: f32) {
        own.values[lane] = value;
        own.present[lane] = 1.0;
    }

    #[inline(always)]
    fn add(&mut self, own: &Given<N>, value: f32) {
        for lane in 0..N {
            self.products[lane] += own.values[lane] * value;
        }
        for lane in 0..N {
            self.n_common[lane] += own.present[lane];
        }
    }

    #[inline]
    fn of(&self, lane: usize) -> Agreement {
        Agreement { product: self.products[lane], n_common: self.n_common[lane] }
    }
}

/// The numbers of those who rated both.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(align(64))]
pub struct Common([u32; 16]);

impl Lanes for Common {
    const LANES: usize = 16;
    type Own = [u32; 16];
    type CoRating = u32;

    fn give(own: &mut [u32; 16], lane: usize, _: f32) {
        own[lane] = 1;
    }

    #[inline(always)]
    fn add(&mut self, own: &[u32; 16], _: f32) {
        for lane in 0..Self::LANES {
            self.0[lane] += own[lane];
        }
    }

    #[inline]
    fn of(&self, lane: usize) -> u32 {
        self.0[lane]
    }
}
