//! Turns a panic inside the Parquet reader into an error.
//!
//! The reader checks a file's footer and pages, but a flipped byte inside a page can still take it out of bounds, which it
//! answers with a panic. A broken file must give an error, so calls into the reader go through [`guarded`].

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use parquet::errors::ParquetError;

use crate::Error;

thread_local! {
    /// Whether this thread is inside [`guarded`], where a panic is not reported on stderr: the error says it.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`, a call into the Parquet reader on `file`; its errors and its panics become [`Error::Parquet`].
pub(crate) fn guarded<T>(file: &Path, read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Error> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                default(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    // What `read` borrowed is dropped with the error, so no half-changed state is seen.
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    let source = match result {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(source)) => source,
        Err(panic) => ParquetError::General(format!("corrupt data ({})", message(&*panic))),
    };
    Err(Error::Parquet { file: file.to_owned(), source })
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_and_errors_become_errors() {
        let file = Path::new("x.parquet");
        assert_eq!(guarded(file, || Ok(1)).unwrap(), 1);
        let error = guarded::<()>(file, || panic!("out of {}", "bounds")).unwrap_err();
        assert!(error.to_string().contains("x.parquet: not a readable Parquet file"), "{error}");
        assert!(error.to_string().contains("corrupt data (out of bounds)"), "{error}");
        assert!(guarded::<()>(file, || Err(ParquetError::General("no".to_owned()))).is_err());
    }
}
