//! One real control plane for all trials of this process: etcd, API server, controllers and scheduler, on loopback
//! ports, and a kubelet that runs nothing. Each trial has a namespace of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread;

use tempfile::TempDir;

use super::hands::Hands;
use super::{kubelet, logs};
use crate::harness::fixture::root;
use crate::harness::{net, wait};

/// Who the agent is there: the account that `rbk export rbac` grants rights to unless told otherwise.
const AGENT: &str = "system:serviceaccount:rbk:rbk";
/// What it says to be that.
pub const AGENT_TOKEN: &str = "agent-token-0123456789";
const ADMIN_TOKEN: &str = "admin-token-0123456789";

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The control plane.
pub struct Cluster {
    pub port: u16,
    /// The test's own.
    pub hands: Hands,
    folder: Mutex<Option<TempDir>>,
    /// In the order in which they were started.
    children: Mutex<Vec<Child>>,
}

/// The one of this process, started by whoever asks first.
pub fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(Cluster::start)
}

/// Ends it, if it was started.
pub fn stop() {
    if let Some(cluster) = CLUSTER.get() {
        for child in cluster.children.lock().unwrap().iter_mut().rev() {
            child.kill().ok();
            child.wait().ok();
        }
        drop(cluster.folder.lock().unwrap().take());
    }
}

/// Where its programs are: `.ci/kubernetes` builds them, and says where.
fn programs() -> PathBuf {
    let script = root().join(".ci/kubernetes");
    let output = Command::new(script).arg("--where").output().unwrap();
    let folder = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "there is no control plane to test with: run `.ci/kubernetes` once, which builds it\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    PathBuf::from(folder.trim()).join("bin")
}

impl Cluster {
    fn start() -> Cluster {
        let programs = programs();
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        keys(at);
        let [etcd, peer, port, controllers, scheduler] = [(); 5].map(|()| net::free_port());
        let hands = Hands::new(port, ADMIN_TOKEN, &at.join("ca.crt"));
        let cluster = Cluster {
            port,
            hands,
            folder: Mutex::new(None),
            children: Mutex::new(Vec::new()),
        };
        let run = |name: &str, words: &str| {
            let words = words.split_whitespace().map(str::to_owned).collect();
            let child = start(at.to_owned(), programs.join(name), words);
            cluster.children.lock().unwrap().push(child);
        };
        run(
            "etcd",
            &format!(
                "--data-dir etcd --listen-client-urls http://127.0.0.1:{etcd} \
                 --advertise-client-urls http://127.0.0.1:{etcd} --listen-peer-urls http://127.0.0.1:{peer} \
                 --initial-advertise-peer-urls http://127.0.0.1:{peer} --initial-cluster default=http://127.0.0.1:{peer}"
            ),
        );
        run(
            "kube-apiserver",
            &format!(
                "--etcd-servers=http://127.0.0.1:{etcd} --bind-address=127.0.0.1 --secure-port={port} \
                 --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --tls-cert-file=api.crt \
                 --tls-private-key-file=api.key --client-ca-file=ca.crt --token-auth-file=tokens.csv \
                 --authorization-mode=RBAC --service-account-issuer=https://kubernetes.default.svc \
                 --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key \
                 --service-cluster-ip-range=10.96.0.0/24 --cert-dir=certs"
            ),
        );
        let ready = || (cluster.hands.get("/readyz").0 == 200).then_some(());
        wait::until("the API server is ready", ready, || said(at));
        for (user, token) in [("controllers", "cm"), ("scheduler", "sched")] {
            let text = kubeconfig(
                &format!("https://127.0.0.1:{port}"),
                &format!("{token}-token-0123456789"),
                &at.join("ca.crt"),
            );
            fs::write(at.join(format!("{user}.kubeconfig")), text).unwrap();
        }
        run(
            "kube-controller-manager",
            &format!(
                "--kubeconfig=controllers.kubeconfig --leader-elect=false --bind-address=127.0.0.1 \
                 --secure-port={controllers} --port=0 --cert-dir=cm --service-account-private-key-file=sa.key \
                 --root-ca-file=ca.crt --use-service-account-credentials=true \
                 --horizontal-pod-autoscaler-sync-period=2s"
            ),
        );
        run(
            "kube-scheduler",
            &format!(
                "--kubeconfig=scheduler.kubeconfig --leader-elect=false --bind-address=127.0.0.1 \
                 --secure-port={scheduler} --port=0 --cert-dir=sched"
            ),
        );
        let account = "/api/v1/namespaces/default/serviceaccounts/default";
        let there = || (cluster.hands.get(account).0 == 200).then_some(());
        wait::until("the controllers are at work", there, || said(at));
        let logs = logs::serve(at);
        kubelet::start(Hands::new(port, ADMIN_TOKEN, &at.join("ca.crt")), logs);
        *cluster.folder.lock().unwrap() = Some(folder);
        cluster
    }

    /// A file of accounts for the agent, in the folder of a trial.
    pub fn kubeconfig(&self, folder: &Path, address: &str) -> PathBuf {
        self.kubeconfig_of(folder, address, AGENT_TOKEN)
    }

    /// The same for whoever has this token.
    pub fn kubeconfig_of(&self, folder: &Path, address: &str, token: &str) -> PathBuf {
        let own = self.folder.lock().unwrap();
        let ca = own.as_ref().unwrap().path().join("ca.crt");
        let path = folder.join("kubeconfig");
        fs::write(&path, kubeconfig(address, token, &ca)).unwrap();
        path
    }

    pub fn address(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

/// A file of accounts with one in it.
pub fn kubeconfig(address: &str, token: &str, ca: &Path) -> String {
    let authority = match address.starts_with("https:") {
        true => format!("    certificate-authority: {}\n", ca.display()),
        false => String::new(),
    };
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- name: here\n  context:\n    cluster: here\n    \
         user: me\nclusters:\n- name: here\n  cluster:\n    server: {address}\n{authority}users:\n- name: me\n  user:\n    \
         token: {token}\n"
    )
}

/// Starts a program that ends with this process, whatever ends that.
fn start(folder: PathBuf, program: PathBuf, words: Vec<String>) -> Child {
    let (send, child) = std::sync::mpsc::channel();
    // The kernel ends it with the thread that started it: this one stays.
    thread::spawn(move || {
        let name = program.file_name().unwrap().to_owned();
        let log = fs::File::create(folder.join(name).with_extension("log")).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(program);
        command.args(words).current_dir(folder).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        send.send(command.spawn().unwrap()).unwrap();
        loop {
            thread::park();
        }
    });
    child.recv().unwrap()
}

/// An authority, a certificate of the server, a pair for accounts, and who may come with which token.
fn keys(folder: &Path) {
    let script = "set -e
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca
        openssl req -newkey rsa:2048 -nodes -keyout api.key -out api.csr -subj /CN=api
        printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > san
        openssl x509 -req -in api.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out api.crt
        openssl genrsa -out sa.key 2048
        openssl rsa -in sa.key -pubout -out sa.pub";
    let mut command = Command::new("sh");
    let output = command.args(["-c", script]).current_dir(folder).output();
    let output = output.unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{wrong}");
    let tokens = format!(
        "{ADMIN_TOKEN},admin,1,system:masters\n{AGENT_TOKEN},{AGENT},2\n\
         cm-token-0123456789,system:kube-controller-manager,3\nsched-token-0123456789,system:kube-scheduler,4\n"
    );
    fs::write(folder.join("tokens.csv"), tokens).unwrap();
}

/// The end of what each of them said.
fn said(folder: &Path) -> String {
    let logs = fs::read_dir(folder).unwrap().flatten();
    let logs = logs.filter(|file| file.path().extension().is_some_and(|kind| kind == "log"));
    let said = logs.map(|file| {
        let text = fs::read(file.path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let end = lines[lines.len().saturating_sub(10)..].join("\n");
        format!("--- {}\n{end}", file.path().display())
    });
    said.collect::<Vec<_>>().join("\n")
}
