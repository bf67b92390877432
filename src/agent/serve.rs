//! The life of an agent: started, reloaded, stopped.
//!
//! A package or settings that cannot be loaded later leave the last good ones at work, and that is
//! said loudly. A stop lets what has begun finish writing; what is under way in the world is taken
//! up at the next start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use smol_str::SmolStr;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Semaphore, oneshot, watch};
use tracing::{error, info, warn};

use super::api::{self, Door, Refusals, Rules, Shared};
use super::cannot;
use super::life::{Age, Life};
use super::listen;
use super::load::{self, Package, Refused};
use super::take_up::take_up;
use super::watch::Watched;
use crate::diag::Code;
use crate::diag::human;
use crate::engine::{Engine, Runbooks};
use crate::host::{self, Clock, Driver, Handle, LostLines, Reading, Stopped, UnderWay};
use crate::journal;
use crate::settings::Settings;
use crate::store::Sqlite;

/// How often files are looked at for changes.
const WATCH: Duration = Duration::from_secs(2);
/// How long open connections may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    pub package: PathBuf,
    pub settings: PathBuf,
    pub look: human::Look,
    /// What the log of the process has lost.
    pub lost: LostLines,
}

/// An agent that takes alerts.
pub struct Running {
    pub address: SocketAddr,
    pub handle: Handle,
    pub reading: Reading,
    door: Door,
    driver: Driver,
    server: tokio::task::JoinHandle<()>,
    life: Life,
    ended: oneshot::Receiver<()>,
    end: watch::Sender<bool>,
    under_way: Arc<UnderWay>,
    deliveries: Arc<UnderWay>,
}

/// Everything that the settings name and the package needs, or all of it that is missing.
pub fn reach(
    settings: &Settings,
    options: &Options,
    package: &Package,
) -> Result<host::Reach, Vec<Refused>> {
    let folder = folder_of(&options.settings);
    let mut lacks = package.lacks(settings);
    lacks.extend(package.denied(settings));
    let reached = host::reach(settings, &folder, tokio::runtime::Handle::current());
    match reached {
        Ok(reach) if lacks.is_empty() => Ok(reach),
        Ok(_) => Err(lacks),
        Err(missing) => {
            lacks.extend(
                missing
                    .into_iter()
                    .map(|one| Refused::of(Some(one.code), one.why)),
            );
            Err(lacks)
        }
    }
}

/// The agent's store.
pub fn open_store(path: &Path) -> Result<Sqlite, Vec<Refused>> {
    let fresh_name = fresh_name().map_err(|refused| vec![refused])?;
    Sqlite::open(path, &fresh_name).map_err(|failure| vec![store_refused(path, &failure)])
}

/// The store and its engine, as long as somebody waits for the agent: else nothing is begun.
fn taken_up(
    path: &Path,
    runbooks: Runbooks,
    settings: &Settings,
    clock: &Clock,
    stopped: &oneshot::Sender<()>,
) -> Result<(Sqlite, Engine), Vec<Refused>> {
    let (store, engine) = take_up(path, runbooks, settings, clock)?;
    for words in other_shadows(&engine) {
        warn!("{words}");
    }
    match stopped.is_closed() {
        true => Err(Vec::new()),
        false => Ok((store, engine)),
    }
}

/// Starts an agent; on return it takes alerts. While it looks at its store, which may hold much, it
/// says that it is alive. Whoever does not wait for the return has begun nothing.
pub async fn start(
    options: &Options,
    settings: Settings,
    package: Package,
) -> Result<Running, Vec<Refused>> {
    let reach = reach(&settings, options, &package)?;
    #[cfg(feature = "kubernetes")]
    {
        let (folder, at) = (folder_of(&options.settings), &options.package);
        super::rights::before_start(&settings, &folder, &package, at).await?;
    }
    let path = folder_of(&options.settings).join(&settings.store);
    // Both are found free before either is claimed: an agent that is at work notices nothing.
    let listener = listen_on(&settings, &path).await?;
    let clock = Arc::new(Clock::default());
    let runbooks = package.runbooks();
    let loaded = runbooks.all().len();
    let address = listener.local_addr().unwrap_or(settings.listen);
    let reading = Reading::of(path.clone());
    let (under_way, connections) = (reach.performer.under_way(), reach.performer.connections());
    let deliveries = reach.performer.deliveries();
    let (handle, orders) = Handle::begin();
    let life = Life::begin();
    let door = Door::new(Rules {
        callers: reach.callers,
        names: settings.names.clone(),
    });
    let refused = Arc::new(Refusals::default());
    let shared = Shared {
        handle: handle.clone(),
        reading: reading.clone(),
        clock: clock.clone(),
        door: door.clone(),
        life: life.clone(),
        refused: refused.clone(),
        lost: options.lost.clone(),
        notifications: Semaphore::new(api::AT_ONCE),
        started: SystemTime::now(),
    };
    let (end, ending) = watch::channel(false);
    let router = api::router(shared);
    let server = tokio::spawn(listen::serve(
        listener,
        router,
        connections,
        ending,
        refused,
    ));
    let mut performer = reach.performer;
    // A port of 0 has become another one.
    performer.is_reached_at(settings.agent_at(address));
    let (stopped, ended) = oneshot::channel();
    let began = tokio::task::spawn_blocking(move || {
        let (store, engine) = taken_up(&path, runbooks, &settings, &clock, &stopped)?;
        let (store, retention) = (Box::new(store), Some(settings.retention));
        let driver = Driver::start(orders, store, engine, performer, clock, retention, stopped);
        Ok(driver)
    });
    let driver = match began.await.unwrap_or_else(|_| Err(vec![broke_down()])) {
        Ok(driver) => driver,
        Err(refused) => {
            let _ = end.send(true);
            // Whoever asks just now hears that it starts.
            let _ = tokio::time::timeout(GRACE, server).await;
            return Err(refused);
        }
    };
    // What the start itself has to say is durable before anybody is told that the agent works.
    let _ = handle.look(|_| ()).await;
    life.reach(Age::Works);
    info!(%address, package = package.name, runbooks = loaded, "the agent is at work");
    Ok(Running {
        address,
        handle,
        reading,
        door,
        driver,
        server,
        life,
        ended,
        end,
        under_way,
        deliveries,
    })
}

/// The runbooks that change nothing since their version does not say what they do, and why.
fn other_shadows(engine: &Engine) -> Vec<String> {
    let loaded = engine.runbooks().all().iter();
    let words = loaded.filter_map(|loaded| loaded.shadow());
    words
        .map(|words| format!("{words}; until then it runs as a shadow, and changes nothing"))
        .collect()
}

fn broke_down() -> Refused {
    Refused::of(None, "whoever reads the store broke down")
}

/// Takes the address. Where that cannot be, says also whether the store is taken: then it is another
/// agent that listens there.
async fn listen_on(settings: &Settings, store: &Path) -> Result<TcpListener, Vec<Refused>> {
    TcpListener::bind(settings.listen).await.map_err(|failure| {
        let taken = Sqlite::taken(store);
        let mut refused: Vec<_> = taken.iter().map(|one| store_refused(store, one)).collect();
        let hint = match failure.kind() {
            std::io::ErrorKind::AddrInUse => {
                ": another program listens there; stop it, or say another `listen` in agent.toml"
            }
            _ => "",
        };
        let why = format!("cannot listen on {}: {failure}{hint}", settings.listen);
        refused.push(Refused::of(None, why));
        refused
    })
}

/// Runs an agent until it is told to stop, or its store fails. If it cannot start, somebody is told.
pub async fn serve(options: &Options) -> Result<Stopped, Vec<Refused>> {
    let served = serve_until(options).await;
    if let Err(refused) = &served {
        cannot::tell(options, refused).await;
    }
    served
}

async fn serve_until(options: &Options) -> Result<Stopped, Vec<Refused>> {
    let settings = load::load_settings(&options.settings, options.look).map_err(|one| vec![one])?;
    let package = load::load_package(&options.package, options.look).map_err(|one| vec![one])?;
    let mut watched = Watched::new(options, &package.files);
    // Listened to before anybody is told that the agent is at work.
    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::hangup()),
    );
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = signals else {
        let why = "the signals of the system cannot be listened to".to_owned();
        return Err(vec![Refused::of(None, why)]);
    };
    let started = settings.clone();
    let mut running = tokio::select! {
        running = start(options, settings, package) => running?,
        name = either(&mut terminate, &mut interrupt) => {
            info!("the agent was told to stop before it was at work ({name})");
            return Ok(Stopped::Asked);
        }
    };
    let mut look = tokio::time::interval(WATCH);
    loop {
        tokio::select! {
            name = either(&mut terminate, &mut interrupt) => {
                info!("the agent was told to stop ({name})");
                break;
            }
            _ = &mut running.ended => break,
            _ = hangup.recv() => reload(options, &started, &running, &mut watched).await,
            _ = look.tick() => {
                if watched.changed(options) {
                    reload(options, &started, &running, &mut watched).await;
                }
            }
        }
    }
    Ok(running.stop(either(&mut terminate, &mut interrupt)).await)
}

/// Waits until one of the two signals comes that stop an agent; says which.
async fn either(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}

impl Running {
    /// Stops taking alerts, lets what was accepted be written and what was begun be ended, and
    /// ends. Does not wait for what was begun once `at_once` resolves.
    pub async fn stop<T>(self, at_once: impl Future<Output = T>) -> Stopped {
        info!("the agent stops");
        self.life.reach(Age::Stops);
        let _ = self.end.send(true);
        // Each change has a deadline of its own, so this ends. A driver that is gone drains nothing.
        if self.handle.drain().await.is_ok() {
            tokio::select! {
                () = self.lets_end() => {}
                _ = at_once => warn!("what is under way is left alone, and settled at the next start"),
            }
        }
        if tokio::time::timeout(GRACE, self.server).await.is_err() {
            warn!("connections were still open and are cut");
        }
        self.handle.stop();
        let joined = tokio::task::spawn_blocking(|| self.driver.join()).await;
        info!("the agent has stopped");
        joined.unwrap_or(Stopped::Asked)
    }
}

impl Running {
    /// Waits for the changes under way; then for the deliveries, each of which is answered or given up within
    /// half a minute: what was taken is not told again after the next start.
    async fn lets_end(&self) {
        let waits = |names: Vec<SmolStr>| {
            if !names.is_empty() {
                let names = names.join(", ");
                info!("waiting for what is under way: {names}; a second signal ends at once");
            }
        };
        waits(self.under_way.names());
        self.under_way.none_left().await;
        self.deliveries.close();
        waits(self.deliveries.names());
        self.deliveries.none_left().await;
    }
}

/// Takes what has changed. What cannot be loaded leaves the last good one at work.
async fn reload(options: &Options, started: &Settings, running: &Running, watched: &mut Watched) {
    // Before anything is read: what is written in the meantime is a change of its own.
    watched.look(options);
    let refused = |why: &str| {
        error!(
            code = Code::PackageRefused.as_str(),
            "not loaded, the last good package goes on:\n{why}"
        );
    };
    let unloaded = |unloaded: Vec<Refused>| {
        let why = unloaded.iter().map(|one| one.why.trim_end());
        refused(&why.collect::<Vec<_>>().join("\n"));
    };
    let (settings, package, rules) = match load_again(options, started) {
        Ok(loaded) => loaded,
        Err(why) => return unloaded(why),
    };
    #[cfg(feature = "kubernetes")]
    {
        let (folder, at) = (folder_of(&options.settings), &options.package);
        if let Err(why) = super::rights::before_reload(started, &folder, &package, at).await {
            return unloaded(why);
        }
    }
    let runbooks = package.runbooks();
    let asked = runbooks.clone();
    let other = running.handle.look(move |engine| engine.refuses(asked));
    // When the driver is gone the agent ends, and nobody needs a package.
    let Ok(None) = other.await.map(|other| other.map(|why| refused(&why))) else {
        return;
    };
    watched.know(options, &package.files);
    for Refused { why, .. } in package.denied(&settings) {
        let code = Code::NotGranted.as_str();
        warn!(code, "its runs hand over there: {why}");
    }
    let count = runbooks.all().len();
    running.door.change(rules);
    let waiting = settings.taken_at_start(started).join(", ");
    let Settings { grants, bounds, .. } = settings;
    if running.handle.load(runbooks, grants, bounds).await.is_ok() {
        let shadows = running.handle.look(other_shadows).await;
        // Also those that were shadows before: nothing else says that they still are.
        for words in shadows.unwrap_or_default() {
            warn!("{words}");
        }
        info!(package = package.name, runbooks = count, "reloaded");
        if !waiting.is_empty() {
            warn!("{waiting} of the settings changed: that is taken at the next start only");
        }
    }
}

/// Settings and a package that can be run with what the agent has reached since its start.
fn load_again(
    options: &Options,
    started: &Settings,
) -> Result<(Settings, Package, Rules), Vec<Refused>> {
    let settings = load::load_settings(&options.settings, options.look).map_err(|one| vec![one])?;
    let rules = rules(options, started, &settings).map_err(|one| vec![one])?;
    let package = load::load_package(&options.package, options.look).map_err(|one| vec![one])?;
    let mut lacks = package.lacks(&settings);
    if !lacks.is_empty() {
        // Not why it is refused, but what would be heard of it next.
        let denied = package.denied(&settings).into_iter();
        lacks.extend(denied.map(|denied| Refused {
            why: format!(
                "moreover, its runs would be handed to a human there: {}",
                denied.why
            ),
            ..denied
        }));
        return Err(lacks);
    }
    let before = package.lacks(started).into_iter();
    let before: Vec<Refused> = before
        .map(|Refused { code, why, .. }| {
            let what = why.lines().next().unwrap_or_default();
            let again = "it is there by now, but the agent has to be started again to take it";
            Refused::of(code, format!("{what}; {again}"))
        })
        .collect();
    match before.is_empty() {
        true => Ok((settings, package, rules)),
        false => Err(before),
    }
}

/// Who is let in by these settings, where the agent listens as it did at its start.
fn rules(options: &Options, started: &Settings, settings: &Settings) -> Result<Rules, Refused> {
    let callers = host::callers(settings, &folder_of(&options.settings));
    let callers = callers.map_err(|missing| {
        let why: Vec<_> = missing.iter().map(|one| one.why.as_str()).collect();
        Refused::of(missing.first().map(|one| one.code), why.join("; "))
    })?;
    if callers.is_empty() && !started.listen.ip().is_loopback() {
        let why = format!(
            "the agent listens on {} since its start, and nobody is named in [[callers]] any more",
            started.listen
        );
        return Err(Refused::of(None, why));
    }
    Ok(Rules {
        callers,
        names: settings.names.clone(),
    })
}

/// Where relative paths of the settings begin.
pub fn folder_of(settings: &Path) -> PathBuf {
    match settings.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// The words for a store that cannot be used.
pub fn store_refused(path: &Path, failure: &journal::Error) -> Refused {
    use crate::journal::ErrorKind;
    let code = match failure.kind {
        ErrorKind::Full => Code::StoreFull,
        ErrorKind::ReadOnly => Code::StoreReadOnly,
        ErrorKind::Taken => Code::StoreTaken,
        ErrorKind::Superseded => Code::StoreSuperseded,
        ErrorKind::Corrupt => Code::StoreCorrupt,
        ErrorKind::Newer => Code::StoreNewer,
        ErrorKind::Failed => Code::StoreFailed,
    };
    let said = failure.to_string();
    let why = match says_path(&said, path) {
        true => said,
        false => format!("the store {}: {said}", path.display()),
    };
    Refused::of(Some(code), why)
}

/// Whether this says the path already, as it is written or as it leads.
fn says_path(said: &str, path: &Path) -> bool {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    let plain = folder.zip(path.file_name());
    let plain = plain.map(|(folder, name)| folder.join(name));
    let paths = [Some(path.to_owned()), plain, path.canonicalize().ok()];
    let mut paths = paths.into_iter().flatten();
    paths.any(|path| said.contains(&path.display().to_string()))
}

/// A name that no other store has: part of every idempotency key.
fn fresh_name() -> Result<String, Refused> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|failure| {
        let why = format!(
            "a store needs a name of its own, and the system gives no randomness: {failure}"
        );
        Refused::of(Some(Code::StoreFailed), why)
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
