//! Memory that threads use again.

use std::sync::{Mutex, PoisonError};

/// As many workspaces as threads ever worked at once. Rayon's own `for_each_init` makes one a piece of the work, so that pieces small enough to be
/// shared out evenly would each make one.
pub struct Workspaces<W, F> {
    free: Mutex<Vec<W>>,
    make: F,
}

impl<W, F: Fn() -> W> Workspaces<W, F> {
    /// None yet; `make` makes one.
    pub fn new(make: F) -> Self {
        Self { free: Mutex::new(Vec::new()), make }
    }

    /// Calls `work` with a workspace that nobody else uses meanwhile.
    pub fn with<R>(&self, work: impl FnOnce(&mut W) -> R) -> R {
        let free = || self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = free().pop();
        let mut workspace = taken.unwrap_or_else(&self.make);
        let result = work(&mut workspace);
        free().push(workspace);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspaces_are_used_again() {
        let workspaces = Workspaces::new(|| 0);
        let count = || workspaces.with(|n| std::mem::replace(n, *n + 1));
        assert_eq!([count(), count()], [0, 1]);
        workspaces.with(|outer| workspaces.with(|inner| assert_eq!((*outer, *inner), (2, 0))));
    }
}
