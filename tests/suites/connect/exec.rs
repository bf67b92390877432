//! The module `exec`: what a program gets, what it is taken for, and that nothing of it is left.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use rbk::facade::connect::{Arg, Ask, Came};

use super::shapes::has_declared_shape;
use super::{Case, SECRET, ask, connectors, field, run, words};

pub const CASES: &[Case] = &[
    ("any exit code is an answer", any_exit_code_is_an_answer),
    ("nothing is inherited", nothing_is_inherited),
    ("there is no shell", there_is_no_shell),
    (
        "only what is known is started",
        only_what_is_known_is_started,
    ),
    (
        "an exit code decides about a change",
        an_exit_code_decides_about_a_change,
    ),
    (
        "a signal leaves a change unknown",
        a_signal_leaves_a_change_unknown,
    ),
    ("a flood is cut", a_flood_is_cut),
    (
        "a flood ends with its deadline",
        a_flood_ends_with_its_deadline,
    ),
    ("a program may tidy up", a_program_may_tidy_up),
    (
        "a program that will not end is killed",
        a_program_that_will_not_end_is_killed,
    ),
    (
        "children do not outlive the call",
        children_do_not_outlive_the_call,
    ),
    ("dropped means gone", dropped_means_gone),
    ("no secret comes back", no_secret_comes_back),
    (
        "an earlier start of a change is ended first",
        an_earlier_start_is_ended,
    ),
];

fn program(function: &str, argv: &[&str]) -> Ask {
    let argv = argv.iter().map(|arg| (*arg).to_owned()).collect();
    let on = Arg::Host("box".into());
    ask(
        &format!("exec.{function}"),
        vec![("on", on), ("argv", Arg::Texts(argv))],
    )
}

fn observe(argv: &[&str]) -> Came {
    run(connectors("").observe(program("observe", argv)))
}

fn perform(argv: &[&str]) -> Came {
    run(connectors("").perform(program("run", argv)))
}

/// An amount of seconds that no other process sleeps.
fn nap() -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("300.{}{number:03}", std::process::id())
}

/// How many processes have this among their arguments.
fn sleepers(nap: &str) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let found = lines.filter(|line| {
        let mut arguments = line.split(|byte| *byte == 0);
        arguments.any(|argument| argument == nap.as_bytes())
    });
    found.count()
}

fn any_exit_code_is_an_answer() {
    let came = observe(&["sh", "-c", "echo complaint >&2; echo words; exit 3"]);
    has_declared_shape(&came, "exec.Output");
    assert_eq!(field(&came, "code"), "3");
    assert_eq!(field(&came, "out"), "words\ncomplaint\n");
    let came = observe(&["/bin/true"]);
    assert_eq!(["code", "out"].map(|name| field(&came, name)), ["0", ""]);
}

fn nothing_is_inherited() {
    let came = observe(&["/usr/bin/env"]);
    let out = field(&came, "out");
    let mut names: Vec<&str> = out
        .lines()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["LANG", "PATH", "RBK_CALL"]);
    let came = observe(&["sh", "-c", "pwd; cat | wc -c; echo $PATH"]);
    assert_eq!(field(&came, "out"), "/\n0\n/usr/sbin:/usr/bin:/sbin:/bin\n");
}

fn there_is_no_shell() {
    let came = observe(&["/bin/echo", "$(id)", "`id`; *", "a  b"]);
    assert_eq!(field(&came, "out"), "$(id) `id`; * a  b\n");
}

fn only_what_is_known_is_started() {
    for (argv, why) in [
        (vec![], "no program in an empty list"),
        (vec!["ls"], "this agent has no program `ls`"),
        (vec!["./sh"], "this agent has no program `./sh`"),
        (vec!["/no/such/program"], "cannot be started: No such file"),
        (vec!["/etc/passwd"], "cannot be started: Permission denied"),
        (vec!["sh", "a\0b"], "cannot be started"),
    ] {
        let came = observe(&argv);
        assert!(words(&came).contains(why), "{came:?}");
        let came = perform(&argv);
        assert!(
            matches!(&came, Came::NotApplied(said) if said.contains(why)),
            "{came:?}"
        );
    }
    let mut elsewhere = program("observe", &["sh"]);
    elsewhere.args[0].1 = Arg::Host("far".into());
    let came = run(connectors("").observe(elsewhere));
    assert!(words(&came).contains("`far` is another"), "{came:?}");
}

fn an_exit_code_decides_about_a_change() {
    assert_eq!(perform(&["sh", "-c", "exit 0"]), Came::Applied);
    let came = perform(&[
        "sh",
        "-c",
        "echo begun; echo 'it\u{7} broke' >&2; echo; exit 3",
    ]);
    assert_eq!(came, Came::Broke("exit code 3: it\\u{7} broke".into()));
    let came = run(connectors("").perform(program("apply", &["/bin/false"])));
    assert_eq!(came, Came::Broke("exit code 1, without a word".into()));
}

fn a_signal_leaves_a_change_unknown() {
    assert_eq!(perform(&["sh", "-c", "kill -9 $$"]), Came::Unknown);
    let came = observe(&["sh", "-c", "kill -9 $$"]);
    assert!(words(&came).contains("ended by signal 9"));
    let mut late = program("run", &["/bin/sleep", &nap()]);
    late.patience = 500;
    assert_eq!(run(connectors("").perform(late)), Came::Unknown);
}

fn a_flood_is_cut() {
    let came = observe(&[
        "sh",
        "-c",
        "head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2",
    ]);
    assert_eq!(field(&came, "code"), "0");
    let out = field(&came, "out");
    assert!(out.len() <= 1024 * 1024);
    assert!(out.ends_with("x\n[cut: there was more than 1 MiB]"));
}

fn a_flood_ends_with_its_deadline() {
    let mut call = program("observe", &["/usr/bin/yes"]);
    call.patience = 1_000;
    let came = run(connectors("").observe(call));
    assert!(
        words(&came).contains("stopped, as it took longer than 1 s"),
        "{came:?}"
    );
}

fn a_program_may_tidy_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tidied");
    let line = format!(
        "(trap 'sleep 0.3; echo done > {}; exit' TERM; while :; do sleep 0.1; done) & trap exit TERM; wait",
        file.display()
    );
    let mut call = program("run", &["sh", "-c", &line]);
    call.patience = 1_000;
    assert_eq!(run(connectors("").perform(call)), Came::Unknown);
    assert_eq!(fs::read_to_string(file).unwrap(), "done\n");
}

fn a_program_that_will_not_end_is_killed() {
    let nap = nap();
    let line = format!("trap '' TERM; sleep {nap} & sleep {nap}");
    let mut call = program("observe", &["sh", "-c", &line]);
    call.patience = 1_000;
    let start = Instant::now();
    let came = run(connectors("").observe(call));
    assert!(matches!(came, Came::Failed(_)));
    assert!(start.elapsed() > Duration::from_millis(2_500));
    assert_eq!(sleepers(&nap), 0);
}

fn children_do_not_outlive_the_call() {
    let nap = nap();
    // One in the group, one that left it and closed everything, one whose parent is gone as well.
    let line = format!(
        "sleep {nap} & setsid sleep {nap} </dev/null >/dev/null 2>&1 & \
         (setsid sh -c 'trap \"\" TERM HUP; sleep {nap} & sleep {nap}' &) ; sleep 0.5; echo started"
    );
    let came = observe(&["sh", "-c", &line]);
    assert_eq!(field(&came, "out"), "started\n");
    assert_eq!(sleepers(&nap), 0);
}

fn dropped_means_gone() {
    let nap = nap();
    let line = format!("setsid sleep {nap} & trap '' TERM; sleep {nap} & sleep {nap}");
    let connectors = connectors("");
    run(async {
        for function in ["observe", "run"] {
            let mut call = program(function, &["sh", "-c", &line]);
            call.patience = 60_000;
            let limit = Duration::from_millis(1_000);
            let dropped = match function {
                "observe" => tokio::time::timeout(limit, connectors.observe(call)).await,
                _ => tokio::time::timeout(limit, connectors.perform(call)).await,
            };
            assert!(dropped.is_err());
            assert!(sleepers(&nap) > 0);
            tokio::time::sleep(Duration::from_secs(4)).await;
            assert_eq!(sleepers(&nap), 0);
        }
    });
    // Also when all that runs here ends at once.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let call = connectors.observe(program("observe", &["sh", "-c", &line]));
        drop(tokio::time::timeout(Duration::from_millis(700), call).await);
    });
    runtime.shutdown_timeout(Duration::from_secs(10));
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(sleepers(&nap), 0);
}

fn no_secret_comes_back() {
    let echo = format!("printf '%s\\n' 'before {SECRET}'; printf %s {SECRET} | base64");
    let came = observe(&["sh", "-c", &echo]);
    assert!(field(&came, "out").starts_with("before [secret token]\n[secret token]"));
    let came = perform(&["sh", "-c", &format!("echo {SECRET}; exit 1")]);
    assert_eq!(came, Came::Broke("exit code 1: [secret token]".into()));
    // Where the output is cut in the middle of one.
    let fill = 1024 * 1024 - 60;
    let line = format!(
        "head -c {fill} /dev/zero | tr '\\0' x; for i in 1 2 3 4 5 6 7 8; do printf %s {SECRET}; done"
    );
    let out = field(&observe(&["sh", "-c", &line]), "out");
    assert!(!out.contains(&SECRET[..4]), "{}", &out[out.len() - 200..]);
}

/// What an agent that was killed has left behind.
fn an_earlier_start_is_ended() {
    let (of_this, of_another) = (nap(), nap());
    let key = super::fresh_key();
    let leave = |mark: String, nap: &str| {
        let mut command = Command::new("sleep");
        command.arg(nap).env("RBK_CALL", mark).process_group(0);
        command.spawn().unwrap()
    };
    let mut earlier = leave(format!("{key}/1-2-3"), &of_this);
    let mut other = leave(format!("{key}0/1-2-3"), &of_another);
    let mut call = program("run", &["sh", "-c", "true"]);
    call.key = key;
    let reaped = std::thread::spawn(move || earlier.wait().unwrap());
    assert_eq!(run(connectors("").perform(call)), Came::Applied);
    assert!(!reaped.join().unwrap().success());
    assert_eq!((sleepers(&of_this), sleepers(&of_another)), (0, 1));
    other.kill().unwrap();
    other.wait().unwrap();
}
