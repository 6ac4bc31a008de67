//! Listening: the site for everyone, the figures on an address of their own for the operator.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::site::Site;

/// Why the site cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address for figures could be reached by the public.
    #[error("`{0}` is not private: give the figures a loopback or private network address")]
    NotPrivate(SocketAddr),
    /// The system refused.
    #[error("the site could not listen: {0}")]
    Listen(#[from] io::Error),
}

/// The operator's figures: where, and how they are written (the Prometheus text format).
pub struct Figures {
    /// A loopback or private address.
    pub address: SocketAddr,
    /// Writes the figures as they stand.
    pub text: Arc<dyn Fn() -> String + Send + Sync>,
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Figures").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Serves until `stop` resolves, then finishes the requests at hand.
///
/// # Errors
/// [`ServeError`] when an address is not private that must be, or the system refuses to listen.
pub async fn serve(
    site: Site,
    listener: TcpListener,
    figures: Option<Figures>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let side = match figures {
        Some(figures) => Some(tokio::spawn(serve_figures(figures).await?)),
        None => None,
    };
    let looking = tokio::spawn(crate::check::keep_looking(site.clone()));
    let app = crate::app(&site).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, app).with_graceful_shutdown(stop).await;
    looking.abort();
    if let Some(side) = side {
        side.abort();
    }
    Ok(served?)
}

async fn serve_figures(figures: Figures) -> Result<impl Future<Output = ()>, ServeError> {
    if !is_private(figures.address.ip()) {
        return Err(ServeError::NotPrivate(figures.address));
    }
    let listener = TcpListener::bind(figures.address).await?;
    let text = figures.text;
    let page = move || async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text()) };
    let app = Router::new().route("/metrics", get(page));
    Ok(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the figures are no longer served");
        }
    })
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_never_for_the_public() {
        for (address, private) in [
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("::1", true),
            ("fd00::1", true),
            ("0.0.0.0", false),
            ("192.0.2.1", false),
            ("::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }
}
