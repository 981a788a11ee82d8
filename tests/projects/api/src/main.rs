//! A service of JSON, most of it made by procedural macros: 5,000 requests, answered in memory.

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::{FromRef, Path, Query, State};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator};
use tower::ServiceExt;
use utoipa::{OpenApi, ToSchema};
use validator::Validate;

#[derive(Parser)]
#[command(version, about)]
struct Options {
    /// How many requests are made
    #[arg(short, long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    /// What orders are for
    #[arg(long, value_enum, default_value_t = Purpose::Build)]
    purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[derive(clap::ValueEnum, Display, EnumIter, EnumString)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
enum Purpose {
    Build,
    Repair,
    ForSale,
}

#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Line {
    #[validate(length(min = 1, max = 20))]
    part: String,
    #[validate(range(min = 1, max = 100))]
    count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
struct Order {
    #[serde(default)]
    id: u64,
    purpose: Purpose,
    #[validate(email)]
    mail: String,
    #[validate(length(min = 1), nested)]
    lines: Vec<Line>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
enum Answer {
    Made(Order),
    Sum { orders: usize, parts: u64 },
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is no order {0}")]
    Missing(u64),
    #[error("the order is not valid: {0}")]
    Invalid(#[from] validator::ValidationErrors),
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self {
            Failure::Missing(_) => StatusCode::NOT_FOUND,
            Failure::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, self.to_string()).into_response()
    }
}

#[async_trait]
trait Store: Send + Sync {
    async fn put(&self, order: Order) -> Order;
    async fn get(&self, id: u64) -> Option<Order>;
    async fn sum(&self, purpose: Option<Purpose>) -> (usize, u64);
}

#[derive(Default)]
struct Memory(Mutex<Vec<Order>>);

#[async_trait]
impl Store for Memory {
    #[tracing::instrument(skip(self, order))]
    async fn put(&self, mut order: Order) -> Order {
        let mut orders = self.0.lock().unwrap();
        order.id = orders.len() as u64;
        orders.push(order.clone());
        order
    }

    async fn get(&self, id: u64) -> Option<Order> {
        self.0.lock().unwrap().get(usize::try_from(id).ok()?).cloned()
    }

    async fn sum(&self, purpose: Option<Purpose>) -> (usize, u64) {
        let orders = self.0.lock().unwrap();
        let chosen = orders.iter().filter(|it| purpose.is_none_or(|wanted| it.purpose == wanted));
        chosen.fold((0, 0), |(orders, parts), it| {
            (orders + 1, parts + it.lines.iter().map(|line| u64::from(line.count)).sum::<u64>())
        })
    }
}

#[derive(Clone, FromRef)]
struct Shared {
    store: Arc<dyn Store>,
}

#[derive(Deserialize)]
struct Filter {
    purpose: Option<Purpose>,
}

#[utoipa::path(post, path = "/orders", request_body = Order, responses((status = 200, body = Answer)))]
#[axum::debug_handler(state = Shared)]
async fn make(State(store): State<Arc<dyn Store>>, Json(order): Json<Order>) -> Result<Json<Answer>, Failure> {
    order.validate()?;
    Ok(Json(Answer::Made(store.put(order).await)))
}

#[utoipa::path(get, path = "/orders/{id}", responses((status = 200, body = Order), (status = 404)))]
#[axum::debug_handler(state = Shared)]
async fn one(State(store): State<Arc<dyn Store>>, Path(id): Path<u64>) -> Result<Json<Order>, Failure> {
    store.get(id).await.map(Json).ok_or(Failure::Missing(id))
}

#[utoipa::path(get, path = "/sum", responses((status = 200, body = Answer)))]
#[axum::debug_handler(state = Shared)]
async fn sum(State(store): State<Arc<dyn Store>>, Query(filter): Query<Filter>) -> Json<Answer> {
    let (orders, parts) = store.sum(filter.purpose).await;
    Json(Answer::Sum { orders, parts })
}

#[derive(OpenApi)]
#[openapi(paths(make, one, sum), components(schemas(Order, Line, Purpose, Answer)))]
struct Description;

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let Ok(answer) = router.clone().oneshot(request).await;
    let status = answer.status();
    (status, answer.into_body().collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = Options::parse();
    let shared = Shared { store: Arc::new(Memory::default()) };
    let router = Router::new()
        .route("/orders", post(make))
        .route("/orders/{id}", get(one))
        .route("/sum", get(sum))
        .with_state(shared);
    let purposes: Vec<Purpose> = Purpose::iter().collect();
    let mut answers: BTreeMap<(u16, usize), usize> = BTreeMap::new();
    for number in 0..options.requests {
        let purpose = if number % 4 == 0 { options.purpose } else { purposes[number as usize % purposes.len()] };
        let lines: Vec<_> = (0..number % 5)
            .map(|line| serde_json::json!({ "part": format!("part {line}"), "count": number % 120, "note": (line == 2).then_some("ü\n") }))
            .collect();
        let order = serde_json::json!({ "purpose": purpose, "mail": format!("a{number}@example.org"), "lines": lines, "by": [number, null, 1.5] });
        let request = Request::post("/orders").header("content-type", "application/json").body(Body::from(order.to_string()));
        let (status, body) = ask(&router, request.expect("a request")).await;
        *answers.entry((status.as_u16(), body.len() / 64)).or_default() += 1;
        let request = Request::get(format!("/orders/{}", number / 2)).body(Body::empty());
        let (status, body) = ask(&router, request.expect("a request")).await;
        *answers.entry((status.as_u16(), body.len() / 64)).or_default() += 1;
    }
    for purpose in Purpose::iter() {
        let request = Request::get(format!("/sum?purpose={purpose}")).body(Body::empty());
        let (_, body) = ask(&router, request.expect("a request")).await;
        println!("{}", String::from_utf8_lossy(&body));
    }
    println!("{answers:?}, {} bytes of description", Description::openapi().to_json().map_or(0, |it| it.len()));
}
