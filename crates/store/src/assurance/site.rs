//! What the running site was found to set in a browser: counts, kept so that the promise about cookies rests on
//! a look and not on a belief.

use counterfoil_domain::ids::ControllerId;
use jiff::Timestamp;

use crate::error::Result;
use crate::store::Store;

/// One look at the public pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteCheck {
    /// Pages looked at.
    pub pages: i64,
    /// Cookies that they set and that are on the list of strictly necessary ones.
    pub cookies: i64,
    /// Cookies that are not on the list.
    pub unknown_cookies: i64,
    /// Files of other sites that a page would fetch.
    pub foreign_files: i64,
    /// Pages that do not name the officer and the regulator.
    pub without_contacts: i64,
}

impl Store {
    /// Keeps a look at the site; looks older than a year go.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_site_check(&self, controller: ControllerId, check: &SiteCheck) -> Result<()> {
        let (id, now) = (self.fresh_id(), self.now());
        let year_ago = now.as_millisecond() - 366 * 24 * 3_600_000;
        self.write(|conn| {
            conn.execute(
                "DELETE FROM site_check WHERE controller_id = $1 AND made_at < $2",
                &[controller.into(), year_ago.into()],
            )?;
            conn.execute(
                "INSERT INTO site_check (controller_id, id, pages, cookies, unknown_cookies, foreign_files, \
                 without_contacts, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    controller.into(),
                    id.into(),
                    check.pages.into(),
                    check.cookies.into(),
                    check.unknown_cookies.into(),
                    check.foreign_files.into(),
                    check.without_contacts.into(),
                    now.into(),
                ],
            )
            .map(|_| ())
        })
    }

    /// The last look at the site, and when.
    ///
    /// # Errors
    /// What the database answers.
    pub fn last_site_check(&self, controller: ControllerId) -> Result<Option<(SiteCheck, Timestamp)>> {
        let rows = self.read(|conn| {
            conn.query(
                "site_check",
                "SELECT pages, cookies, unknown_cookies, foreign_files, without_contacts, made_at FROM site_check \
                 WHERE controller_id = $1 ORDER BY made_at DESC, id DESC LIMIT 1",
                &[controller.into()],
            )
        })?;
        rows.first()
            .map(|r| {
                let check = SiteCheck {
                    pages: r.get(0, "pages")?,
                    cookies: r.get(1, "cookies")?,
                    unknown_cookies: r.get(2, "unknown_cookies")?,
                    foreign_files: r.get(3, "foreign_files")?,
                    without_contacts: r.get(4, "without_contacts")?,
                };
                Ok((check, r.get(5, "made_at")?))
            })
            .transpose()
    }
}
