//! What this process has used so far.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

/// User and system time of all threads in seconds, and the largest resident memory in bytes; zeros where the system does
/// not tell.
pub(crate) fn used() -> (f64, u64) {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return (0.0, 0) };
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux counts in kibibytes, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    (microseconds as f64 / 1e6, usage.max_rss().max(0) as u64 * unit)
}
