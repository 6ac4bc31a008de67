//! What the officer's desk notes of a request: which service it is about, and the time it took.

use std::collections::HashMap;

use counterfoil_domain::ids::RequestId;
use jiff::civil::Date;

use super::requests::Request;
use crate::error::Result;
use crate::tx::Tx;

impl Tx<'_> {
    /// Notes which service of the register a request is about; an empty one takes the note away.
    ///
    /// # Errors
    /// What the database answers.
    pub fn set_service(&mut self, request: &Request, service: &str) -> Result<()> {
        let (controller, id) = (self.controller(), request.id);
        self.execute(
            "DELETE FROM request_service WHERE controller_id = $1 AND request_id = $2",
            &[controller.into(), id.into()],
        )?;
        if !service.is_empty() {
            self.execute(
                "INSERT INTO request_service (controller_id, request_id, service) VALUES ($1, $2, $3)",
                &[controller.into(), id.into(), service.into()],
            )?;
        }
        Ok(())
    }

    /// The services of the requests that have one.
    ///
    /// # Errors
    /// What the database answers.
    pub fn services_of_requests(&mut self) -> Result<HashMap<RequestId, String>> {
        let rows = self.query(
            "request_service",
            "SELECT request_id, service FROM request_service WHERE controller_id = $1",
            &[self.controller().into()],
        )?;
        rows.iter().map(|r| Ok((r.get(0, "request_id")?, r.get(1, "service")?))).collect()
    }

    /// Notes time spent on a request.
    ///
    /// # Errors
    /// What the database answers.
    pub fn add_time(&mut self, request: &Request, on: Date, minutes: i64) -> Result<()> {
        let id = self.fresh_id();
        let by = self.who.staff().map(|s| s.staff);
        self.execute(
            "INSERT INTO request_time (controller_id, id, request_id, staff_id, on_date, minutes, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                self.controller().into(),
                id.into(),
                request.id.into(),
                by.into(),
                on.into(),
                minutes.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The service that a request is about, if one is noted.
    ///
    /// # Errors
    /// What the database answers.
    pub fn service_of(&mut self, request: &Request) -> Result<Option<String>> {
        let rows = self.query(
            "request_service",
            "SELECT service FROM request_service WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.first().map(|r| r.get(0, "service")).transpose()
    }

    /// The notes of time of a request: the day and the minutes, oldest first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn time_of(&mut self, request: &Request) -> Result<Vec<(Date, i64)>> {
        let rows = self.query(
            "request_time",
            "SELECT on_date, minutes FROM request_time WHERE controller_id = $1 AND request_id = $2 \
             ORDER BY made_at, id",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter().map(|r| Ok((r.get(0, "on_date")?, r.get(1, "minutes")?))).collect()
    }

    /// The minutes that were noted, by request.
    ///
    /// # Errors
    /// What the database answers.
    pub fn times_of_requests(&mut self) -> Result<HashMap<RequestId, i64>> {
        let rows = self.query(
            "request_time",
            "SELECT request_id, CAST(SUM(minutes) AS BIGINT) FROM request_time WHERE controller_id = $1 \
             GROUP BY request_id",
            &[self.controller().into()],
        )?;
        rows.iter().map(|r| Ok((r.get(0, "request_id")?, r.get(1, "minutes")?))).collect()
    }
}
