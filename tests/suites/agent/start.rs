//! Starts that must not succeed, each with its code and without harm.

use std::fs;
use std::process::Command;

use super::Case;
use super::stage::Stage;
use crate::harness::net;

pub const CASES: &[Case] = &[
    ("two agents do not share a store", two_agents),
    ("a second agent leaves the first alone", second_agent),
    ("a store that goes away is noticed at once", store_goes),
    ("a store that cannot be written is refused", read_only),
    ("a folder is no store", a_folder),
    ("a damaged store is refused", damaged),
    ("a secret that is not there is refused", no_secret),
    ("a role that nobody stands for is refused", no_contact),
    ("a secret in plain text is not shown", plain_secret),
    (
        "somebody hears of an agent that cannot start",
        somebody_hears,
    ),
    ("what is not granted is said at the start", not_granted),
    (
        "what is lacking after a reload is said at once",
        all_at_once,
    ),
    (
        "nobody hears of what is tried beside an agent at work",
        nobody_hears,
    ),
];

fn refused(stage: &Stage, words: &[&str]) -> String {
    let (code, said) = stage.refused();
    assert_eq!(code, Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word} in {said}");
    }
    said
}

fn two_agents() {
    let mut stage = Stage::new();
    stage.start();
    let said = refused(&stage, &["A1204", "another agent works on "]);
    assert_eq!(said.matches("agent.db").count(), 1, "{said}");
    assert_eq!(stage.get("/v1/health")["status"], "alive");
    stage.incident("a");
}

fn second_agent() {
    let mut stage = Stage::new();
    stage.start();
    let address = format!("127.0.0.1:{}", stage.port);
    // Where the first listens, with a store of its own.
    stage.change("agent.toml", "store/agent.db", "store/other.db");
    let said = refused(&stage, &["cannot listen", &address, "another program"]);
    assert!(!said.contains("A1204"), "{said}");
    assert!(!stage.path("store/other.db").exists(), "it claimed a store");
    // On the store of the first, at an address of its own.
    stage.change("agent.toml", "store/other.db", "store/agent.db");
    let other = format!("127.0.0.1:{}", net::free_port());
    stage.change("agent.toml", &address, &other);
    let said = refused(&stage, &["A1204"]);
    assert!(!said.contains("cannot listen"), "{said}");
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    assert_eq!(stage.terminate(), Some(0));
}

fn store_goes() {
    for file in ["store/agent.db", "store/agent.db-wal"] {
        let mut stage = Stage::new();
        stage.start();
        let id = stage.incident("a");
        stage.wait_for(id, "resolved");
        fs::remove_file(stage.path(file)).unwrap();
        assert_ne!(stage.wait_for_end(), Some(0));
        let log = stage.log();
        let name = file.rsplit('/').next().unwrap();
        let words = format!("{name} was moved, deleted or replaced");
        assert!(log.contains(&words), "{log}");
        let is_told = |_: &str, body: &serde_json::Value| {
            body["title"].as_str().unwrap().contains("ops agent")
        };
        stage.wait_for_told("the end of the agent", is_told);
        if name.ends_with("-wal") {
            // What was in it has been copied.
            stage.start();
            stage.wait_for(id, "resolved");
        }
    }
}

fn read_only() {
    let stage = Stage::new();
    let store = stage.path("store");
    let mount = Mount::at(&store, &["-o", "ro"]);
    refused(&stage, &["A1213"]);
    drop(mount);
}

fn a_folder() {
    let stage = Stage::new();
    stage.change("agent.toml", "store/agent.db", "store");
    refused(&stage, &["A1203"]);
}

fn damaged() {
    let mut stage = Stage::new();
    stage.start();
    stage.incident("a");
    stage.terminate();
    let store = stage.path("store/agent.db");
    let length = fs::metadata(&store).unwrap().len();
    let spoilt = vec![0x5a; usize::try_from(length).unwrap()];
    fs::write(&store, &spoilt).unwrap();
    refused(&stage, &["A1215"]);
    assert_eq!(fs::read(&store).unwrap(), spoilt, "it was written to");
}

fn no_secret() {
    let stage = Stage::new();
    let from = "/first\"";
    stage.change(
        "agent.toml",
        from,
        "/first\"\ntoken = { env = \"RBK_NO_SUCH\" }",
    );
    refused(&stage, &["A1205", "RBK_NO_SUCH", "pager:first"]);
}

fn no_contact() {
    let stage = Stage::new();
    let contact = format!(
        "[contacts.\"pager:second\"]\nwebhook = \"http://127.0.0.1:{}/second\"\n",
        stage.people.port
    );
    stage.change("agent.toml", &contact, "");
    refused(
        &stage,
        &[
            "E0023",
            "  add to agent.toml:\n    [contacts.\"pager:second\"]\n",
        ],
    );
}

fn plain_secret() {
    let stage = Stage::new();
    let secret = "hunter2-plain-0x7";
    stage.change(
        "agent.toml",
        "/first\"",
        &format!("/first\"\ntoken = \"{secret}\""),
    );
    let said = refused(&stage, &["token"]);
    assert!(!said.contains("hunter2"), "{said}");
}

fn somebody_hears() {
    let stage = Stage::new();
    let told = |stage: &Stage| -> Vec<String> {
        let told = stage.told().into_iter();
        let told = told.filter(|(_, body)| body["title"] == "the ops agent does not start");
        told.map(|(path, body)| format!("{path} {}", body["text"].as_str().unwrap()))
            .collect()
    };
    let secret = "[secrets]\nstatus_token = { env = \"RBK_NO_SUCH\" }\n\n[grants]";
    stage.change("agent.toml", "[grants]", secret);
    refused(&stage, &["A1205"]);
    refused(&stage, &["A1205"]);
    let found = told(&stage);
    let (_, page) = &stage.told()[0];
    let named = (&page["reason"], &page["package"]);
    assert_eq!(named, (&"cannot_start".into(), &"service".into()));
    assert_eq!(found.len(), 1, "the owner, once: {found:?}");
    assert!(found[0].starts_with("/first "), "{found:?}");
    assert!(found[0].contains("RBK_NO_SUCH"), "{found:?}");
    // A mistake elsewhere in the settings, and one in the package: what can be read is used.
    stage.change("agent.toml", "listen =", "colour = true\nlisten =");
    refused(&stage, &["C1102"]);
    let found = told(&stage);
    assert_eq!(found.len(), 2);
    let wrong = "there is no key `colour` here: the keys here are ";
    assert!(found[1].contains(wrong), "{found:?}");
    stage.change(
        "package/service.rbk",
        "runbook service_down",
        "runbok service_down",
    );
    stage.change("agent.toml", "colour = true\n", "");
    refused(&stage, &["runbok"]);
    let paths = |stage: &Stage| -> Vec<String> {
        let found = told(stage).into_iter();
        let paths = found.map(|line| line.split(' ').next().unwrap().to_owned());
        paths.collect()
    };
    assert_eq!(paths(&stage), ["/first"; 3]);
    // What is wrong and where, without the lines themselves.
    let found = told(&stage);
    let last = found.last().unwrap();
    assert!(last.contains("service.rbk, line "), "{last}");
    assert!(!last.contains("\\n") && !last.contains('│'), "{last}");
    // The same where the settings name somebody who hears of what concerns no product.
    stage.change(
        "agent.toml",
        "listen =",
        "platform = \"pager:second\"\nlisten =",
    );
    stage.change("package/service.rbk", "runbok", "rumbook");
    refused(&stage, &["rumbook"]);
    assert_eq!(paths(&stage), ["/first"; 4]);
    // Nothing says who owns it.
    stage.change("package/service.rbk", "  owner builder\n", "");
    refused(&stage, &["rumbook"]);
    assert_eq!(paths(&stage)[4..], ["/second"]);
    stage.change("agent.toml", "platform = \"pager:second\"\n", "");
    stage.change("package/service.rbk", "rumbook", "runbock");
    refused(&stage, &["runbock"]);
    assert_eq!(paths(&stage).len(), 7);
}

/// What is tried beside an agent that is at work leaves nothing alone.
fn nobody_hears() {
    let mut stage = Stage::new();
    stage.start();
    stage.change("agent.toml", "listen =", "colour = true\nlisten =");
    refused(&stage, &["C1102"]);
    let told = stage.told();
    assert!(told.is_empty(), "{told:?}");
    stage.change("agent.toml", "colour = true\n", "");
    assert_eq!(stage.terminate(), Some(0));
}

/// What is missing of the grants is known before a run needs it.
fn not_granted() {
    let mut stage = Stage::new();
    let grant = "\"exec.apply\" = [[\"control\", \"restart\"]]\n";
    stage.change("agent.toml", grant, "");
    let said = refused(
        &stage,
        &[
            "E0022",
            "needs `exec.apply`",
            "add below `[grants]` of agent.toml:",
        ],
    );
    assert!(!said.contains("needs `http.get`"), "{said}");
    // Whoever takes a grant away from an agent at work is obeyed at once.
    stage.change("agent.toml", "[grants]\n", &format!("[grants]\n{grant}"));
    stage.start();
    stage.change("agent.toml", grant, "");
    stage.wait_for_log("its runs hand over there: `service_down` needs `exec.apply`");
    stage.wait_for_loads(1);
    // The same where something else of it is granted, as at a start.
    let other = "\"exec.apply\" = [[\"control\", \"reload\"]]\n";
    stage.change("agent.toml", "[grants]\n", &format!("[grants]\n{other}"));
    stage.wait_for_log("\"exec.apply\" = [[\"control\", \"reload\"], [\"control\", \"restart\"]]");
    stage.wait_for_loads(2);
}

/// What a package lacks that is loaded later is said at once, too.
fn all_at_once() {
    let mut stage = Stage::new();
    stage.start();
    let package = "package/service.rbk";
    stage.change(package, "rota \"pager:first\"", "rota \"pager:third\"");
    stage.wait_for_log("nothing says how `pager:third` is reached");
    stage.change(
        package,
        "[\"control\", \"restart\"]",
        "[\"other\", \"restart\"]",
    );
    stage.wait_for_log("the program `other` is not known");
    let log = stage.log();
    let (_, last) = log.rsplit_once("the last good package goes on").unwrap();
    assert!(last.contains("`pager:third`"), "{last}");
    assert!(last.contains("[contacts.\"pager:third\"]\n"), "{last}");
    // And what nothing refuses, but would be heard of next.
    let denied = "moreover, its runs would be handed to a human there: `service_down` needs `exec.apply` of `other restart`";
    assert!(last.contains(denied), "{last}");
    // The fields stand behind the first line, and what is to be pasted ends with itself.
    let (first, rest) = last.split_once('\n').unwrap();
    assert!(first.contains("code="), "{first}");
    assert!(!rest.contains("code="), "{rest}");
    assert_eq!(stage.terminate(), Some(0));
}

/// A file system in memory, until it is dropped.
pub struct Mount {
    at: std::path::PathBuf,
}

impl Mount {
    /// Mounts one over a folder; only root may.
    pub fn at(folder: &std::path::Path, options: &[&str]) -> Mount {
        let mut command = Command::new("mount");
        command
            .args(["-t", "tmpfs"])
            .args(options)
            .arg("none")
            .arg(folder);
        assert!(command.status().unwrap().success(), "tmpfs needs root");
        Mount { at: folder.into() }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: an agent that still ends must not keep the folder of the trial.
        Command::new("umount").arg("-l").arg(&self.at).status().ok();
    }
}
