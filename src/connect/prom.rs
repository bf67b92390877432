//! The module `prom`: queries to anything that speaks the HTTP API of Prometheus.
//!
//! Exactly one number, measured after the last change, or a failure that says what came instead.

mod api;
mod fresh;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::answer::{failed, no_data};
use super::operation::{Connector, Made, Parts, SpeaksTo, not_offered, operations};
use super::{Client, Granted, Pending, Provider, SecretText, Secrets, arguments, client};
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::literal::selectors;
use crate::value::{Failure, Tag, Time, Value};
use api::{Api, Grid, Series};
use fresh::Check;

operations! {
    Value = Probe "prom.value" ("query: PromQuery", "at: Time") -> "Float";
    Points = Probe "prom.points" ("query: PromQuery", "over: Duration", "every: Duration") -> "List[Float]";
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "prom",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Prometheus,
    make,
};

fn make(parts: &Parts) -> Made {
    let Some(options) = &parts.prometheus else {
        return Ok(None);
    };
    let prom = Prom::new(options.clone(), parts.client.clone(), parts.secrets.clone())?;
    Ok(Some(Arc::new(prom)))
}

/// The most points of an answer.
const MOST_POINTS: i64 = 1_000;

/// Where a Prometheus is, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct PromOptions {
    /// The address in front of `/api/v1`.
    pub base: String,
    pub bearer: Option<SecretText>,
}

/// Queries to one Prometheus.
struct Prom {
    api: Api,
    secrets: Arc<Secrets>,
}

/// Why there is no value.
enum Nothing {
    /// Answered, nothing there.
    NoData(String),
    Failed(String),
    NotANumber,
}

impl Prom {
    /// Speaks to the Prometheus of the options; fails if its address is none.
    fn new(options: PromOptions, client: Client, secrets: Arc<Secrets>) -> Result<Prom, String> {
        let secrets = Arc::new(secrets.and("prom", options.bearer.as_ref()));
        let api = Api {
            base: client::base(&options.base)?,
            bearer: options.bearer,
            client,
            secrets: secrets.clone(),
        };
        Ok(Prom { api, secrets })
    }

    async fn look(&self, granted: &Granted) -> Result<Value, Nothing> {
        let deadline = tokio::time::Instant::now() + granted.patience();
        let api = self.api.until(deadline);
        let call = &granted.call;
        match Offered::of(call) {
            Some(Offered::Value) => self.value(&api, call, granted.newer_than).await,
            Some(Offered::Points) => self.points(&api, granted).await,
            None => Err(Nothing::Failed(not_offered(call))),
        }
    }

    async fn value(
        &self,
        api: &api::Until<'_>,
        call: &Call,
        newer_than: Option<Time>,
    ) -> Result<Value, Nothing> {
        let query = arguments::query(call, "query", Tag::Promql)?;
        let at = arguments::time(call, "at")?.millis();
        let number = one(api.at(query, at).await?)?.points;
        let (moment, number) = number.last().copied().ok_or_else(no_series)?;
        if let Some(why) = fresh::elsewhen(moment, at) {
            return Err(Nothing::NoData(why));
        }
        if let Some(change) = newer_than {
            let check = checks(query, change)?;
            let newest = match check.query() {
                Some(query) => api.at(&query, at).await?,
                None => Vec::new(),
            };
            let mut moments = newest.iter().flat_map(|series| &series.points);
            let elsewhen = moments.find_map(|(moment, _)| fresh::elsewhen(*moment, at));
            let newest = fresh::newest_of(&newest);
            if let Some(why) = elsewhen.or_else(|| check.objection(at, &newest)) {
                return Err(Nothing::NoData(why));
            }
        }
        finite(number)
    }

    async fn points(&self, api: &api::Until<'_>, granted: &Granted) -> Result<Value, Nothing> {
        let call = &granted.call;
        let query = arguments::query(call, "query", Tag::Promql)?;
        let over = arguments::duration(call, "over")?.millis();
        let step = arguments::duration(call, "every")?.millis();
        if over < 0 || step <= 0 {
            let why = "a range of points needs lengths of time above zero";
            return Err(Nothing::Failed(why.into()));
        }
        if over / step >= MOST_POINTS {
            let count = over / step + 1;
            let why = format!("it asks for {count} points, and at most {MOST_POINTS} are allowed");
            return Err(Nothing::Failed(why));
        }
        let end = granted.now.millis();
        let grid = Grid {
            start: end.saturating_sub(over),
            end,
            step,
        };
        let mut points = one(api.over(query, grid).await?)?.points;
        let first = points.first().filter(|(at, _)| *at < grid.start);
        let outside = first.or(points.last().filter(|(at, _)| *at > grid.end));
        let nearest = |at: i64| at.clamp(grid.start, grid.end);
        if let Some(why) = outside.and_then(|(at, _)| fresh::elsewhen(*at, nearest(*at))) {
            return Err(Nothing::NoData(why));
        }
        if let Some(change) = granted.newer_than {
            self.keep_fresh(api, query, grid, change, &mut points)
                .await?;
        }
        if points.is_empty() {
            return Err(no_series());
        }
        let points = points.into_iter().map(|(_, number)| finite(number));
        Ok(Value::list(points.collect::<Result<_, _>>()?))
    }

    /// Leaves the points out that speak of the time before the change.
    async fn keep_fresh(
        &self,
        api: &api::Until<'_>,
        query: &str,
        grid: Grid,
        change: Time,
        points: &mut Vec<(i64, f64)>,
    ) -> Result<(), Nothing> {
        let check = checks(query, change)?;
        let newest = match check.query() {
            Some(query) => api.over(&query, grid).await?,
            None => Vec::new(),
        };
        let mut objections = BTreeSet::new();
        points.retain(|(at, _)| {
            let objection = check.objection(*at, &fresh::newest_at(&newest, *at));
            let objection = match *at < change.millis() {
                true => Some(fresh::OLD.to_owned()),
                false => objection,
            };
            let keep = objection.is_none();
            objections.extend(objection);
            keep
        });
        match objections.pop_last() {
            Some(why) if points.is_empty() => Err(Nothing::NoData(why)),
            Some(_) | None => Ok(()),
        }
    }
}

impl Provider for Prom {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move {
            match self.look(&granted).await {
                Ok(value) => Observed::Value(value),
                Err(Nothing::NoData(what)) => no_data(&self.secrets, what),
                Err(Nothing::Failed(why)) => failed(&self.secrets, why),
                Err(Nothing::NotANumber) => Observed::Failed(Failure::NotANumber),
            }
        })
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        Some(not_offered(call))
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move { ChangeOutcome::NotApplied(not_offered(&granted.call)) })
    }
}

impl From<String> for Nothing {
    fn from(why: String) -> Nothing {
        Nothing::Failed(why)
    }
}

/// What has to hold of the samples behind a query.
fn checks(query: &str, change: Time) -> Result<Check, Nothing> {
    let selectors = selectors(query);
    let unread = || "nobody can say how fresh its samples are: the query is not read".to_owned();
    Ok(Check::new(selectors.ok_or_else(unread)?, change))
}

/// The one series of an answer.
fn one(mut series: Vec<Series>) -> Result<Series, Nothing> {
    match series.len() {
        0 | 1 => series.pop().ok_or_else(no_series),
        count => Err(Nothing::Failed(format!(
            "the query yields {count} series where one number is asked for: aggregate them, as `sum(…)` or `max(…)`"
        ))),
    }
}

fn no_series() -> Nothing {
    Nothing::NoData("the query yields no series".into())
}

fn finite(number: f64) -> Result<Value, Nothing> {
    match number.is_finite() {
        // Adding zero turns a negative zero into the positive one: there is one zero.
        true => Ok(Value::Float(number + 0.0)),
        false => Err(Nothing::NotANumber),
    }
}
