//! Requests to the API server by the test itself.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use tokio::runtime::Runtime;

/// A client with every right.
pub struct Hands {
    runtime: Runtime,
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Hands {
    pub fn new(port: u16, token: &str, ca: &Path) -> Hands {
        drop(rustls::crypto::ring::default_provider().install_default());
        let ca = reqwest::Certificate::from_pem(&fs::read(ca).unwrap()).unwrap();
        let client = reqwest::Client::builder()
            .tls_certs_only([ca])
            .no_proxy()
            .timeout(std::time::Duration::from_secs(20))
            .build();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Hands {
            runtime: runtime.unwrap(),
            client: client.unwrap(),
            base: format!("https://127.0.0.1:{port}"),
            token: token.into(),
        }
    }

    /// The status and the body; 0 where nobody answers.
    pub fn raw(
        &self,
        method: &str,
        path: &str,
        token: &str,
        content: &str,
        body: String,
    ) -> (u16, String) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.base);
        let request = self.client.request(method, url).bearer_auth(token);
        let request = match content.is_empty() {
            true => request,
            false => request.header("content-type", content).body(body),
        };
        self.runtime.block_on(async {
            match request.send().await {
                Err(_) => (0, String::new()),
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    (status, answer.text().await.unwrap_or_default())
                }
            }
        })
    }

    fn ask(&self, method: &str, path: &str, content: &str, body: Option<&Json>) -> (u16, Json) {
        let text = body.map(ToString::to_string).unwrap_or_default();
        let (status, body) = self.raw(method, path, &self.token, content, text);
        (status, serde_json::from_str(&body).unwrap_or(Json::Null))
    }

    pub fn get(&self, path: &str) -> (u16, Json) {
        self.ask("GET", path, "", None)
    }

    /// The thing at this path; null where there is none.
    pub fn see(&self, path: &str) -> Json {
        match self.get(path) {
            (200, found) => found,
            _ => Json::Null,
        }
    }

    /// Makes something, which has to go well.
    pub fn make(&self, path: &str, body: &Json) -> Json {
        let (status, made) = self.ask("POST", path, "application/json", Some(body));
        assert!(
            matches!(status, 200..=299),
            "{status} {made:#} for {body:#}"
        );
        made
    }

    /// Makes what a document says; the status and the answer.
    pub fn yaml(&self, path: &str, document: &str) -> (u16, String) {
        self.raw(
            "POST",
            path,
            &self.token,
            "application/yaml",
            document.into(),
        )
    }

    /// Makes it unless it is there, or cannot be yet.
    pub fn try_make(&self, path: &str, body: &Json) -> u16 {
        self.ask("POST", path, "application/json", Some(body)).0
    }

    pub fn merge(&self, path: &str, body: &Json) -> (u16, Json) {
        self.ask("PATCH", path, "application/merge-patch+json", Some(body))
    }

    pub fn patch(&self, path: &str, body: &Json) -> (u16, Json) {
        let content = "application/strategic-merge-patch+json";
        self.ask("PATCH", path, content, Some(body))
    }

    pub fn delete(&self, path: &str, body: &Json) -> u16 {
        self.ask("DELETE", path, "application/json", Some(body)).0
    }
}
