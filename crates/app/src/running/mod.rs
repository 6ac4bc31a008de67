//! Running: the site of an organisation over its store, and the upkeep beside it.

pub mod channels;
pub mod letters;
pub mod site;
pub mod upkeep;
pub mod worker;

use std::sync::Once;

use crate::out::CommandError;

/// Logs go to standard error; `COUNTERFOIL_LOG` sets what is logged instead of `usual`, as `info` or
/// `counterfoil_web=debug`.
///
/// A panic is logged by its place alone: its text may hold what was being worked on.
pub fn start_logging(usual: &str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::try_from_env("COUNTERFOIL_LOG")
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
        let _ = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).try_init();
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
            tracing::error!(place, "a fault in the program");
        }));
    });
}

/// Runs asynchronous work to its end.
///
/// # Errors
/// When the system gives no threads.
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| CommandError::failed("runtime", format!("the program could not start: {e}")))?;
    Ok(runtime.block_on(work))
}

/// Resolves when the operator or the system asks the program to stop.
pub async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut ended = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(ended) => ended,
            Err(error) => {
                tracing::warn!(%error, "the program cannot be asked to end, only interrupted");
                let _ = interrupted.await;
                return;
            }
        };
        tokio::select! { _ = interrupted => (), _ = ended.recv() => () }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
