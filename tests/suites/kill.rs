//! An agent that is killed, stopped, loaded anew, paused, and whose clock is set, again and again while
//! alerts come in. What is asked of it afterwards is asked from outside: what the world saw, who was
//! told, and what the agent answers.
//!
//! `RBK_KILLS=500` kills it so often, with 100 stops, and 50 of each of the others; `RBK_KILL_SEED`
//! gives another order. CI deals a few blows of each kind.

mod judge;
mod load;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use rustix::process::Signal;

use crate::harness::fixture::trial;
use crate::harness::random::Random;
use crate::harness::{net, wait};
use crate::suites::agent::stage::Stage;
use load::Load;
use world::{Clock, World};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("kill/nothing is lost and nothing is done twice", rough),
        trial("kill/a clock set back while nobody looks", set_back),
    ]
}

/// How many of each kind CI deals.
const FEW: [(Blow, usize); 5] = [
    (Blow::Kill, 10),
    (Blow::Stop, 3),
    (Blow::Load, 3),
    (Blow::Pause, 2),
    (Blow::Clock, 2),
];
/// New matters for each blow, at most.
const MATTERS: usize = 10;
/// An agent asks the wall about once a second, and believes a step after ten.
const LIBRARIES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
];

/// What is done to the agent.
#[derive(Clone, Copy, Debug)]
enum Blow {
    Kill,
    Stop,
    Load,
    Pause,
    Clock,
}

fn rough() {
    let mut random = Random::new(asked("RBK_KILL_SEED").unwrap_or(1) as u64);
    let blows = blows(&mut random);
    let mut course = Course::new(random, blows.len() * MATTERS);
    let start = Instant::now();
    for (number, blow) in blows.iter().enumerate() {
        thread::sleep(Duration::from_millis(course.random.below(700) as u64));
        eprintln!("{:>7.1?} blow {number}: {blow:?}", start.elapsed());
        course.deal(*blow);
        let health = net::get(course.stage.port, "/v1/health");
        assert!(health.is_some(), "no health\n{}", course.stage.log());
    }
    let said = course.load.end();
    let ends = judge::ends(&course.stage, &said);
    eprintln!("{:>7.1?} all are over", start.elapsed());
    course.world.rest();
    judge::all_is_well(&course.stage, &course.world, &said, &ends);
    assert_eq!(course.stage.terminate(), Some(0), "{}", course.stage.log());
    judge::is_whole(&course.stage.path("store/agent.db"));
}

fn asked(variable: &str) -> Option<usize> {
    let asked = std::env::var(variable).ok()?;
    Some(asked.parse().unwrap())
}

/// All that is dealt, in an order of its own for each seed.
fn blows(random: &mut Random) -> Vec<Blow> {
    let kinds = asked("RBK_KILLS").map_or(FEW, |kills| {
        let some = (kills / 10).max(1);
        [
            (Blow::Kill, kills),
            (Blow::Stop, kills / 5),
            (Blow::Load, some),
            (Blow::Pause, some),
            (Blow::Clock, some),
        ]
    });
    let mut left: Vec<Blow> = kinds
        .iter()
        .flat_map(|(blow, times)| std::iter::repeat_n(*blow, *times))
        .collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        order.push(left.swap_remove(random.below(left.len())));
    }
    order
}

/// The agent and all around it.
struct Course {
    stage: Stage,
    world: World,
    load: Load,
    random: Random,
    /// How often the clock was set so far.
    steps: usize,
    loads: usize,
}

impl Course {
    fn new(random: Random, machines: usize) -> Course {
        let world = World::new();
        let mut stage = Stage::with(world.people());
        world.lay_out(&mut stage, machines);
        stage.variables = world.clock.variables(&library());
        stage.start();
        world.help(stage.port);
        let load = Load::begin(stage.port, world.clock.clone(), random.clone(), machines);
        Course {
            stage,
            world,
            load,
            random,
            steps: 0,
            loads: 0,
        }
    }

    fn deal(&mut self, blow: Blow) {
        match blow {
            Blow::Kill => self.kill(),
            Blow::Stop => {
                self.stage.signal(Signal::TERM);
                if self.random.one_in(3) {
                    // Whoever is impatient.
                    thread::sleep(Duration::from_millis(20));
                    self.stage.signal(Signal::TERM);
                }
                assert_eq!(self.stage.wait_for_end(), Some(0), "{}", self.stage.log());
                self.stage.start();
            }
            Blow::Load => self.load_anew(),
            Blow::Pause => {
                self.stage.signal(Signal::STOP);
                thread::sleep(Duration::from_millis(self.random.below(2_000) as u64));
                self.stage.signal(Signal::CONT);
            }
            Blow::Clock => self.set_clock(),
        }
    }

    fn kill(&mut self) {
        self.stage.kill();
        self.stage.start();
    }

    /// A package that is broken changes nothing; one with another version is taken.
    fn load_anew(&mut self) {
        let file = self.stage.path("package/service.rbk");
        let good = fs::read_to_string(&file).unwrap();
        if self.loads.is_multiple_of(2) {
            put(&file, &good.replace("remedy missing(", "remedy nothing("));
            self.hear("not loaded", |stage| stage.signal(Signal::HUP));
        }
        let version = |number: usize| format!("version 1.0.{number}");
        let next = good.replace(&version(self.loads), &version(self.loads + 1));
        assert_ne!(next, good);
        put(&file, &next);
        self.loads += 1;
        self.hear("reloaded", |stage| stage.signal(Signal::HUP));
    }

    /// A step that lasts is believed, one that is taken back is not, and one may fall into a restart.
    fn set_clock(&mut self) {
        let by = self.random.below(900) as i64 + 60;
        let by = if self.random.one_in(2) { -by } else { by };
        let clock = self.world.clock.clone();
        match self.steps % 3 {
            0 => self.hear("the clock was set by", |_| clock.step(by)),
            1 => {
                clock.step(by);
                self.kill();
            }
            _ => {
                clock.step(by);
                thread::sleep(Duration::from_secs(3));
                clock.step(-by);
            }
        }
        self.steps += 1;
    }

    /// Waits until the log says this once more.
    fn hear(&self, words: &str, of: impl FnOnce(&Stage)) {
        let count = || self.stage.log().matches(words).count();
        let before = count();
        of(&self.stage);
        let more = || (count() > before).then_some(());
        wait::until(words, more, || self.stage.log());
    }
}

/// What has to stand for a while has stood for as long as before.
fn set_back() {
    let clock = Clock::new();
    let mut stage = Stage::new();
    let alone = "on alert \"ServiceDown\" { with service }";
    let standing = "on alert \"ServiceDown\" {\n    with service\n    holding 5s\n  }";
    stage.change("package/service.rbk", alone, standing);
    stage.variables = clock.variables(&library());
    stage.start();
    let (status, answer) = stage.alert("a").unwrap();
    assert_eq!(status, 200, "{answer}");
    stage.kill();
    clock.step(-7_200);
    stage.start();
    let log = stage.log();
    assert!(log.contains("the clock was set by -2h"), "{log}");
    let is_there = || net::get(stage.port, "/v1/incidents/1").map(|_| ());
    wait::until("the incident", is_there, || stage.log());
    stage.wait_for(1, "resolved");
}

/// What sets the clock of one process; of the Debian package `faketime`.
fn library() -> PathBuf {
    let found = LIBRARIES.iter().map(PathBuf::from);
    let mut found = found.filter(|path| path.exists());
    found.next().expect("install the Debian package `faketime`")
}

/// At once, so that nobody reads half of it.
fn put(file: &Path, text: &str) {
    let half = file.with_extension("new");
    fs::write(&half, text).unwrap();
    fs::rename(half, file).unwrap();
}
