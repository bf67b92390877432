//! A namespace of a trial, with what is in it, and the connector that looks at it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rbk::facade::connect::{Arg, Ask, Came, Connectors, Found, Setup};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::cluster::{Cluster, cluster};
use super::rights;
use crate::harness::wait;

/// A namespace and a connector. The namespace stays behind: the whole cluster ends with the tests.
pub struct Shop {
    pub namespace: String,
    pub cluster: &'static Cluster,
    pub connectors: Connectors,
    /// A client lives as long as the runtime that it was made in.
    runtime: Runtime,
    /// Where its file of accounts is.
    folder: TempDir,
    address: String,
}

impl Shop {
    /// The agent may do there whatever its connector offers.
    pub fn open() -> Shop {
        Shop::behind(&cluster().address())
    }

    /// With the cluster at another address.
    pub fn behind(address: &str) -> Shop {
        Shop::allowing(&rights::package(), address)
    }

    /// The agent may do there what this package, written for the namespace `shop`, needs.
    pub fn allowing(package: &str, address: &str) -> Shop {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cluster = cluster();
        let namespace = format!("shop-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let hands = &cluster.hands;
        hands.make(
            "/api/v1/namespaces",
            &json!({"metadata": {"name": namespace}}),
        );
        let account = format!("/api/v1/namespaces/{namespace}/serviceaccounts/default");
        let there = || (hands.get(&account).0 == 200).then_some(());
        wait::until("the namespace can be used", there, String::new);
        let folder = tempfile::tempdir().unwrap();
        rights::grant(
            cluster,
            &package.replace("\"shop\"", &format!("\"{namespace}\"")),
        );
        let connectors = connectors(cluster, &folder, address);
        Shop {
            namespace,
            cluster,
            connectors,
            runtime: runtime(),
            folder,
            address: address.into(),
        }
    }

    /// From now on the file of accounts has this token.
    pub fn says_it_is(&self, token: &str) {
        self.cluster
            .kubeconfig_of(self.folder.path(), &self.address, token);
    }

    /// The path of things of the group `apps`.
    pub fn apps(&self, rest: &str) -> String {
        format!("/apis/apps/v1/namespaces/{}/{rest}", self.namespace)
    }

    pub fn core(&self, rest: &str) -> String {
        format!("/api/v1/namespaces/{}/{rest}", self.namespace)
    }

    /// A deployment with this many pods of an image, once all of them are as they will be.
    pub fn deploy(&self, name: &str, image: &str, replicas: u32) {
        let hands = &self.cluster.hands;
        hands.make(
            &self.apps("deployments"),
            &deployment(name, image, replicas),
        );
        if image.ends_with(":ok") {
            self.rolled_out(name);
        }
    }

    /// Waits until a deployment is rolled out.
    pub fn rolled_out(&self, name: &str) {
        let path = self.apps(&format!("deployments/{name}"));
        let done = || {
            let found = self.cluster.hands.see(&path);
            let status = &found["status"];
            let asked = found["spec"]["replicas"].as_i64()?;
            let seen = status["observedGeneration"] == found["metadata"]["generation"];
            let is = |field: &str| status[field].as_i64().unwrap_or_default() == asked;
            let all = ["replicas", "updatedReplicas", "availableReplicas"];
            (seen && all.iter().all(|field| is(field))).then_some(())
        };
        let state = || format!("{:#}", self.cluster.hands.see(&path));
        wait::until(&format!("{name} is rolled out"), done, state);
    }

    /// The pods of a deployment that are not on their way out.
    pub fn pods(&self, name: &str) -> Vec<Json> {
        let path = self.core(&format!("pods?labelSelector=app%3D{name}"));
        let pods = self.cluster.hands.see(&path);
        let pods = pods["items"].as_array().cloned().unwrap_or_default();
        let stays = |pod: &Json| pod["metadata"]["deletionTimestamp"].is_null();
        pods.into_iter().filter(stays).collect()
    }

    pub fn ask(&self, call: &str, args: Vec<(&'static str, Arg)>) -> Ask {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let now = jiff::Timestamp::now().as_millisecond();
        Ask {
            call: call.into(),
            args,
            now,
            patience: 10_000,
            newer_than: None,
            key: format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// A thing by its name.
    pub fn find(&self, call: &str, name: &str) -> Found {
        let args = vec![
            ("namespace", Arg::Text(self.namespace.clone())),
            ("name", Arg::Text(name.into())),
        ];
        let found = self.find_by(self.ask(call, args));
        found.unwrap_or_else(|came| panic!("{came:?}"))
    }

    pub fn find_by(&self, ask: Ask) -> Result<Found, Came> {
        self.run(self.connectors.find(ask))
    }

    pub fn look(&self, call: &str, args: Vec<(&'static str, Arg)>) -> Came {
        self.run(self.connectors.observe(self.ask(call, args)))
    }

    pub fn change(&self, call: &str, args: Vec<(&'static str, Arg)>) -> Came {
        self.perform(self.ask(call, args))
    }

    pub fn perform(&self, ask: Ask) -> Came {
        self.run(self.connectors.perform(ask))
    }

    /// Runs to the end, and fails rather than hanging.
    fn run<Out>(&self, future: impl Future<Output = Out>) -> Out {
        let limit = Duration::from_secs(60);
        let timed = async { tokio::time::timeout(limit, future).await };
        self.runtime.block_on(timed).unwrap()
    }

    /// Another image for a deployment, by somebody else.
    pub fn set_image(&self, name: &str, image: &str) {
        let body = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": image}]}}}});
        let path = self.apps(&format!("deployments/{name}"));
        assert_eq!(self.cluster.hands.patch(&path, &body).0, 200);
    }
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

pub fn connectors(cluster: &Cluster, folder: &TempDir, address: &str) -> Connectors {
    let setup = Setup {
        kubeconfig: Some(cluster.kubeconfig(folder.path(), address)),
        ..Setup::default()
    };
    Connectors::new(&setup).unwrap()
}

/// A deployment that is rolled out at once, or given up after a few seconds.
pub fn deployment(name: &str, image: &str, replicas: u32) -> Json {
    json!({
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 8,
            "selector": {"matchLabels": {"app": name}},
            "template": template(name, image),
        },
    })
}

pub fn template(name: &str, image: &str) -> Json {
    json!({
        "metadata": {"labels": {"app": name}},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "containers": [{"name": "main", "image": image}],
        },
    })
}
