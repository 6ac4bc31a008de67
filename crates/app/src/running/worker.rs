//! The worker thread: does what waits in the job table, one job after the other, until it is told to stop.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_service::rights::Worker;
use counterfoil_service::store::Store;

/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(400);

/// The thread; dropping it stops it after the job at hand.
#[derive(Debug)]
pub struct Working {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Working {
    /// Starts.
    #[must_use]
    pub fn start(store: Store, calendar: Calendar) -> Self {
        let worker = Worker { store, calendar, law: ClockConfig::default() };
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            loop {
                if !busy(&worker) {
                    let stopped = told.0.lock().unwrap_or_else(PoisonError::into_inner);
                    let waited = told.1.wait_timeout_while(stopped, IDLE, |stopped| !*stopped);
                    drop(waited.unwrap_or_else(PoisonError::into_inner));
                }
                if *told.0.lock().unwrap_or_else(PoisonError::into_inner) {
                    return;
                }
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Does one job; false when none waits.
fn busy(worker: &Worker) -> bool {
    match worker.one() {
        Ok(Some(Ok(()))) => true,
        Ok(Some(Err(why))) => {
            tracing::warn!(why, "a job was not done");
            true
        }
        Ok(None) => false,
        Err(error) => {
            tracing::error!(%error, "the job table");
            false
        }
    }
}
