//! A bar on stderr for work that takes over a second.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that ends sooner shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar over a known number of steps. It appears once the work has taken over a second, and not at all where stderr is no
/// terminal; it is gone when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    shower: Option<(mpsc::Sender<()>, thread::JoinHandle<()>)>,
}

impl Progress {
    /// A bar of the program `name` over `n_steps` steps; none where it has to be `quiet`.
    pub fn new(name: &str, n_steps: u64, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(n_steps), ProgressDrawTarget::hidden());
        if quiet {
            return Self { bar, shower: None };
        }
        let style = ProgressStyle::with_template("{prefix}: {msg} {wide_bar} {pos}/{len} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        let (sender, receiver) = mpsc::channel::<()>();
        let shown = bar.clone();
        let handle = thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                // Draws nothing where stderr is no terminal.
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(200));
            }
        });
        Self { bar, shower: Some((sender, handle)) }
    }

    /// Says what the next step is.
    pub fn step(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    /// Counts one step as done.
    pub fn done(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, handle)) = self.shower.take() {
            drop(sender);
            let _ = handle.join();
        }
        self.bar.finish_and_clear();
    }
}
