//! Whether work grows with the length of a text and not with its square, told on a busy machine too.

use std::time::{Duration, Instant};

/// How many times as long the longer text is.
pub const TIMES: usize = 8;

/// Eight short texts and one long one are the same amount of text: linear work costs them the same,
/// quadratic work costs the long one eight times as much.
const BOUND: u32 = 3;

/// The time that this thread has spent on a processor, where the system tells it. Giving way first makes
/// the system bring its count up to date.
fn processor_time() -> Option<Duration> {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn time(work: impl FnOnce()) -> Duration {
    let (start, before) = (Instant::now(), processor_time());
    work();
    match (before, processor_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => start.elapsed(),
    }
}

/// Runs `work` on `short` eight times and on `long` (eight times as long) once, in turn, until growth is
/// seen to be linear.
///
/// # Panics
/// When it is not in any of the rounds.
pub fn assert_linear<T: ?Sized>(name: &str, short: &T, long: &T, work: impl Fn(&T)) {
    work(short);
    let (mut few, mut many) = (Duration::MAX, Duration::MAX);
    for _ in 0..10 {
        few = few.min(time(|| (0..TIMES).for_each(|_| work(short))));
        many = many.min(time(|| work(long)));
        if many <= few * BOUND {
            return;
        }
    }
    panic!("{name}: {few:?} for {TIMES} short texts, {many:?} for one as long as all of them");
}

/// How long to wait for work of some seconds: longer where many processes share the machine.
pub fn patience(seconds: u32) -> Duration {
    let load = std::fs::read_to_string("/proc/loadavg").ok();
    let load: f64 = load.and_then(|l| l.split(' ').next()?.parse().ok()).unwrap_or(0.0);
    Duration::from_secs(u64::from(seconds)).mul_f64(1.0 + load)
}
