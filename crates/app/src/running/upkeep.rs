//! The upkeep thread: rounds of signing, cosigning and scrubbing, until it is told to stop.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use counterfoil_service::log::key::VerifierKey;
use counterfoil_service::log::witness_client::Reply;
use counterfoil_service::log::witness_file::FileWitness;
use counterfoil_service::store::Store;
use counterfoil_service::upkeep::{self, Post, Round, Witness};

use crate::clock;
use crate::config::{LogConfig, WitnessConfig};
use crate::out::CommandError;

/// How long a witness may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is read from a witness.
const LARGEST: u64 = 64 * 1024;

/// The thread; dropping it stops it after the round at hand.
#[derive(Debug)]
pub struct Upkeep {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    /// Starts rounds every `config.seconds`.
    ///
    /// # Errors
    /// A witness's key that cannot be read.
    pub fn start(store: Store, config: &LogConfig) -> Result<Self, CommandError> {
        let witnesses = witnesses(config)?;
        let every = Duration::from_secs(config.seconds.max(1));
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut last = Vec::new();
            loop {
                last = tell(upkeep::round(&store, &witnesses), &last);
                let stopped = told.0.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = told.1.wait_timeout_while(stopped, every, |stopped| !*stopped);
                if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                    return;
                }
            }
        });
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Logs troubles once, not every few seconds as long as they last; gives what is troubling now.
fn tell(round: Result<Round, counterfoil_service::ServiceError>, last: &[String]) -> Vec<String> {
    let troubles = match round {
        Ok(round) => round.troubles,
        Err(e) => vec![e.to_string()],
    };
    for trouble in troubles.iter().filter(|t| !last.contains(t)) {
        tracing::error!(trouble, "upkeep");
    }
    if troubles.is_empty() && !last.is_empty() {
        tracing::info!("upkeep works again");
    }
    troubles
}

/// The configured witnesses, each with its way.
///
/// # Errors
/// A key that cannot be read, or a witness with no or two places.
pub fn witnesses(config: &LogConfig) -> Result<Vec<Witness>, CommandError> {
    config.witnesses.iter().map(witness).collect()
}

fn witness(config: &WitnessConfig) -> Result<Witness, CommandError> {
    let key: VerifierKey = config.key.parse().map_err(|_| {
        CommandError::refused(
            "witness",
            format!("`{}` is not a witness's key: give its `name+id+key`", config.key),
        )
    })?;
    let post = match (&config.url, &config.folder) {
        (Some(url), None) => over_http(url),
        (None, Some(folder)) => {
            let folder = folder.clone();
            Box::new(move |body: &str| in_folder(&folder, body)) as Post
        }
        _ => {
            let message = format!("witness `{}`: give it a `url` or a `folder`, one of them", key.name());
            return Err(CommandError::refused("witness", message));
        }
    };
    Ok(Witness { key, post })
}

fn over_http(url: &str) -> Post {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    Box::new(move |body| {
        let mut answer = agent.post(&address).send(body).map_err(|e| e.to_string())?;
        let content_type = answer.headers().get("content-type").and_then(|v| v.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        let body =
            answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(|e| e.to_string())?;
        Ok(Reply { status, content_type, body })
    })
}

fn in_folder(folder: &std::path::Path, body: &str) -> Result<Reply, String> {
    let now = clock::now().map_err(|e| e.message)?;
    let now = u64::try_from(now.as_second()).unwrap_or(0);
    let witness = FileWitness::open(folder).map_err(|e| e.to_string())?;
    let answer = witness.add_checkpoint(now, body.as_bytes()).map_err(|e| e.to_string())?;
    Ok(Reply { status: answer.status, content_type: answer.content_type.to_owned(), body: answer.body })
}
