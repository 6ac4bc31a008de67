//! A limit on how often one key (an address, an account) may try something, kept in memory by each
//! process. What must hold across processes and restarts is the account's own lock, kept in the store.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// The most keys that are remembered; beyond it the fullest buckets are forgotten first.
const MOST_KEYS: usize = 20_000;

/// So many tries at once, one more after each interval.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Tries that may come together.
    pub burst: u32,
    /// How long until one more try is allowed.
    pub refill: Duration,
}

/// Token buckets by key.
#[derive(Debug)]
pub struct Throttle {
    allowance: Allowance,
    buckets: Mutex<HashMap<[u8; 32], Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Throttle {
    /// A throttle with nothing tried yet.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: Mutex::default() }
    }

    /// Takes one try.
    ///
    /// # Errors
    /// How long to wait when there is none left.
    pub fn take(&self, key: [u8; 32], now: Timestamp) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_KEYS && !buckets.contains_key(&key) {
            self.forget_idle(&mut buckets, now);
        }
        let fresh = Bucket { tokens: f64::from(self.allowance.burst), at: now };
        let bucket = buckets.entry(key).or_insert(fresh);
        *bucket = Bucket { tokens: self.tokens(*bucket, now), at: now };
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        Err(self.allowance.refill.mul_f64(1.0 - bucket.tokens))
    }

    fn tokens(&self, bucket: Bucket, now: Timestamp) -> f64 {
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        (bucket.tokens + passed / self.allowance.refill.as_secs_f64()).min(f64::from(self.allowance.burst))
    }

    /// Drops full buckets (they say nothing), then, when a flood of keys has left none, all of them:
    /// memory stays bounded, and the account's own lock still holds.
    fn forget_idle(&self, buckets: &mut HashMap<[u8; 32], Bucket>, now: Timestamp) {
        let full = f64::from(self.allowance.burst);
        buckets.retain(|_, bucket| self.tokens(*bucket, now) < full);
        if buckets.len() >= MOST_KEYS {
            buckets.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_one_an_interval_and_keys_apart() {
        let throttle = Throttle::new(Allowance { burst: 3, refill: Duration::from_secs(10) });
        let at = |s: i64| Timestamp::from_second(1_790_000_000 + s).unwrap();
        for _ in 0..3 {
            assert!(throttle.take([1; 32], at(0)).is_ok());
        }
        let wait = throttle.take([1; 32], at(4)).unwrap_err();
        assert_eq!(wait.as_secs(), 6);
        assert!(throttle.take([2; 32], at(4)).is_ok());
        assert!(throttle.take([1; 32], at(10)).is_ok());
        assert!(throttle.take([1; 32], at(10)).is_err());
    }

    #[test]
    fn memory_stays_bounded() {
        let throttle = Throttle::new(Allowance { burst: 1, refill: Duration::from_secs(1000) });
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        for n in 0..(MOST_KEYS as u64 + 10) {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&n.to_be_bytes());
            let _ = throttle.take(key, now);
        }
        assert!(throttle.buckets.lock().unwrap().len() <= MOST_KEYS);
    }
}
