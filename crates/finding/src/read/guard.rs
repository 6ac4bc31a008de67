//! Calls into libraries that may panic or recurse deeply.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

use super::ReadError;

/// Stack for libraries that recurse over nested objects; only pages that are touched cost memory.
const STACK: usize = 64 << 20;

/// The name of threads on which files are read.
const THREAD: &str = "counterfoil-read";

/// Runs `call`, turning a panic of `reader` into [`ReadError::Panicked`].
pub(super) fn guarded<T>(
    reader: &'static str,
    call: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result,
        // A device or sink of ours that ran out of budget unwinds with the reason.
        Err(payload) => Err(payload.downcast::<ReadError>().map_or(ReadError::Panicked { reader }, |e| *e)),
    }
}

/// Leaves a library's callback that has no way to return an error. Does not run the panic hook.
pub(super) fn leave(error: ReadError) -> ! {
    resume_unwind(Box::new(error))
}

/// Runs `call` on a thread with a large stack, guarded.
pub(super) fn on_deep_stack<T: Send>(
    reader: &'static str,
    call: impl FnOnce() -> Result<T, ReadError> + Send,
) -> Result<T, ReadError> {
    silence();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name(THREAD.to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, || guarded(reader, call))
            .map_err(|_| ReadError::malformed("no thread could be started to read it; try again"))?;
        thread.join().unwrap_or(Err(ReadError::Panicked { reader }))
    })
}

/// A library's panic message can quote the file, so it must not reach a log: the panic hook stays
/// silent on the threads that read files, and works as before on all others.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() != Some(THREAD) {
                before(info);
            }
        }));
    });
}
