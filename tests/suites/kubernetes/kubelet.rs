//! A kubelet that runs nothing: it says of each pod what the tag of its image asks for.
//!
//! `ok` runs, `crash` ends again and again, `oom` does for want of memory, `noimage` never comes, `slow` is not ready. A pod with the annotation
//! `test/hangs` never ends.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::hands::Hands;

const NODE: &str = "node-1";
const BETWEEN: Duration = Duration::from_millis(250);
const LEASE: Duration = Duration::from_secs(5);
/// How long a container lasts that ends again and again.
const CRASH: Duration = Duration::from_secs(2);

/// Works until the process ends.
pub fn start(hands: Hands, logs: u16) {
    register(&hands, logs);
    thread::spawn(move || {
        let (mut renewed, mut crashed, begun) = (None, Instant::now(), Instant::now());
        loop {
            if renewed.is_none_or(|at: Instant| at.elapsed() > LEASE) {
                renew(&hands);
                renewed = Some(Instant::now());
            }
            let crashes = crashed.elapsed() > CRASH;
            if crashes {
                crashed = Instant::now();
            }
            let count = begun.elapsed().as_secs() / CRASH.as_secs();
            let path = format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{NODE}");
            let pods = hands.see(&path);
            for pod in pods["items"].as_array().into_iter().flatten() {
                tend(&hands, pod, count);
            }
            thread::sleep(BETWEEN);
        }
    });
}

fn register(hands: &Hands, logs: u16) {
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}});
    hands.make("/api/v1/nodes", &node);
    let room = json!({"cpu": "64", "memory": "256Gi", "pods": "1000"});
    let ready = json!({"type": "Ready", "status": "True", "reason": "Ready", "lastHeartbeatTime": now(), "lastTransitionTime": now()});
    let status = json!({"status": {
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": logs}},
        "capacity": room, "allocatable": room, "conditions": [ready],
        "nodeInfo": {"bootID": "boot", "architecture": "amd64", "containerRuntimeVersion": "none://0",
            "kernelVersion": "0", "kubeProxyVersion": "v1.20.2", "kubeletVersion": "v1.20.2", "machineID": "m",
            "operatingSystem": "linux", "osImage": "none", "systemUUID": "u"},
    }});
    let path = format!("/api/v1/nodes/{NODE}/status");
    assert_eq!(hands.patch(&path, &status).0, 200);
}

fn renew(hands: &Hands) {
    let folder = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    let spec = json!({"holderIdentity": NODE, "leaseDurationSeconds": 40, "renewTime": micros()});
    let lease = json!({"metadata": {"name": NODE}, "spec": spec});
    if hands.try_make(folder, &lease) == 409 {
        hands.merge(&format!("{folder}/{NODE}"), &json!({"spec": spec}));
    }
}

fn tend(hands: &Hands, pod: &Json, count: u64) {
    let metadata = &pod["metadata"];
    let text = |field: &str| metadata[field].as_str().unwrap_or_default();
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}",
        text("namespace"),
        text("name")
    );
    if !metadata["deletionTimestamp"].is_null() {
        if metadata["annotations"]["test/hangs"].is_null() {
            let body = json!({"gracePeriodSeconds": 0, "preconditions": {"uid": text("uid")}});
            hands.delete(&path, &body);
        }
        return;
    }
    let container = &pod["spec"]["containers"][0];
    let image = container["image"].as_str().unwrap_or_default();
    let tag = image.rsplit(':').next().unwrap_or_default();
    // Stays what it is.
    let settled = pod["status"]["podIP"].is_string() && tag != "crash";
    if settled {
        return;
    }
    let started = match pod["status"]["startTime"].as_str() {
        Some(time) => time.to_owned(),
        None => now(),
    };
    let (ready, restarts, state, last) = match tag {
        "crash" => (
            false,
            count,
            json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}),
            json!({"terminated": {"exitCode": 1, "reason": "Error"}}),
        ),
        "oom" => (
            false,
            1,
            json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}),
            json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}),
        ),
        "noimage" => (
            false,
            0,
            json!({"waiting": {"reason": "ImagePullBackOff"}}),
            json!({}),
        ),
        "slow" => (
            false,
            0,
            json!({"running": {"startedAt": started}}),
            json!({}),
        ),
        _ => (
            true,
            0,
            json!({"running": {"startedAt": started}}),
            json!({}),
        ),
    };
    let before = &pod["status"]["containerStatuses"][0]["restartCount"];
    if before.as_u64() == Some(restarts) && pod["status"]["podIP"].is_string() {
        return;
    }
    let word = if ready { "True" } else { "False" };
    let condition = |kind: &str, status: &str| json!({"type": kind, "status": status, "lastTransitionTime": now()});
    let conditions = json!([
        condition("Initialized", "True"),
        condition("Ready", word),
        condition("ContainersReady", word),
        condition("PodScheduled", "True"),
    ]);
    let status = json!({"status": {
        "phase": if tag == "noimage" { "Pending" } else { "Running" },
        "startTime": started, "podIP": "10.1.0.1", "podIPs": [{"ip": "10.1.0.1"}], "hostIP": "127.0.0.1",
        "conditions": conditions,
        "containerStatuses": [{"name": container["name"], "image": image, "imageID": image, "ready": ready,
            "started": ready, "restartCount": restarts, "state": state, "lastState": last}],
    }});
    hands.patch(&format!("{path}/status"), &status);
}

fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

fn micros() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S.%6fZ")
        .to_string()
}
