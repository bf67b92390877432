//! The logs of a kubelet that runs nothing: the API server comes for them by TLS, and takes any certificate.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A line that would do something to a terminal that shows it.
pub const HOSTILE: &str = "\u{1b}[2Jgone\u{7}\u{202e}";
/// How many lines a log has.
const LINES: usize = 1_000;

/// Serves logs on the port that it gives, until the process ends.
pub fn serve(folder: &Path) -> u16 {
    let config = Arc::new(config(folder));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || drop(answer(config, stream)));
        }
    });
    port
}

fn config(folder: &Path) -> ServerConfig {
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let certificate = CertificateDer::from_pem_slice(&read("api.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&read("api.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    config.with_single_cert(vec![certificate], key).unwrap()
}

fn answer(config: Arc<ServerConfig>, stream: TcpStream) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (status, body) = log(head.lines().next().unwrap_or_default());
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// What the kubelet says: the end of a log that grows, of a pod called `huge` in long lines.
fn log(request: &str) -> (&'static str, String) {
    let number = |name: &str| {
        let (_, rest) = request.split_once(&format!("{name}="))?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<usize>().ok()
    };
    if request.contains("previous=true") {
        let ended = request.contains("/crash-");
        return match ended {
            true => ("200 OK", "starts\npanic: out of luck\n".into()),
            false => (
                "400 Bad Request",
                "previous terminated container not found".into(),
            ),
        };
    }
    let tail = number("tailLines").unwrap_or(LINES).min(LINES);
    let long = if request.contains("/huge-") {
        200_000
    } else {
        0
    };
    let mut lines: Vec<String> = (LINES - tail..LINES - 1)
        .map(|number| format!("line {number}{}\n", "x".repeat(long)))
        .collect();
    lines.push(format!("{HOSTILE}\n"));
    let mut text = lines.concat();
    text.truncate(number("limitBytes").unwrap_or(text.len()));
    ("200 OK", text)
}
