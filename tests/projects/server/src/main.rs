//! A web server with TLS, and a client beside it: 2,000 requests on 20 connections, through loopback.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn square(Path(number): Path<u64>, State(count): State<Arc<AtomicU64>>) -> String {
    count.fetch_add(1, Ordering::Relaxed);
    (number * number).to_string()
}

async fn reverse(body: String) -> String {
    body.chars().rev().collect()
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, router: Router) -> Result<(), Failure> {
    loop {
        let (stream, _) = listener.accept().await?;
        let (acceptor, router) = (acceptor.clone(), router.clone());
        tokio::spawn(async move {
            let stream = acceptor.accept(stream).await?;
            let service = hyper_util::service::TowerToHyperService::new(router);
            hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await
        });
    }
}

/// One connection: 50 requests of each kind, one after the other. The sum of what comes back.
async fn ask(connector: TlsConnector, port: u16, client: u64) -> Result<u64, Failure> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let stream = connector.connect(ServerName::try_from("localhost")?, stream).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut sum = 0;
    for number in client..client + 50 {
        let request = Request::get(format!("/square/{number}")).header("host", "localhost");
        let answer = sender.send_request(request.body(Full::<Bytes>::default())?).await?;
        assert_eq!(answer.status(), StatusCode::OK);
        let body = answer.into_body().collect().await?.to_bytes();
        sum += std::str::from_utf8(&body)?.parse::<u64>()?;
        let request = Request::post("/reverse").header("host", "localhost");
        let answer = sender.send_request(request.body(Full::from(format!("{number}").repeat(500)))?).await?;
        sum += answer.into_body().collect().await?.to_bytes().iter().map(|byte| u64::from(*byte)).sum::<u64>();
    }
    Ok(sum)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone())?;
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let count = Arc::new(AtomicU64::new(0));
    let router = Router::new()
        .route("/square/{number}", get(square))
        .route("/reverse", post(reverse))
        .with_state(count.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(server)), router));
    let connector = TlsConnector::from(Arc::new(client));
    let clients: Vec<_> = (0..20).map(|client| tokio::spawn(ask(connector.clone(), port, client))).collect();
    let mut sum = 0;
    for client in clients {
        sum += client.await??;
    }
    println!("{} squares, {sum}", count.load(Ordering::Relaxed));
    Ok(())
}
