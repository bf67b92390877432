//! Fixtures: the files below a folder of `tests/`, each a trial named by its path.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

/// One file that a suite runs over.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The path from `tests/`, with `/`: the trial's name.
    pub name: String,
    pub path: PathBuf,
}

impl Fixture {
    /// The file's text.
    pub fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// Whether the fixture says that there is nothing to say, by living in a folder named `ok`.
    pub fn is_ok(&self) -> bool {
        self.name.split('/').any(|folder| folder == "ok")
    }

    /// The file of the expected output beside the fixture.
    pub fn snapshot(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".snap");
        name.into()
    }
}

/// A program of one file or of a folder with an `rbk.toml`, with its files.
#[derive(Clone, Debug)]
pub struct Package {
    /// The file, or the folder's `rbk.toml`.
    pub fixture: Fixture,
    /// Paths from the package's folder, and bytes.
    pub texts: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// The files as the library takes them.
    pub fn files(&self) -> Vec<(&str, &[u8])> {
        let texts = self.texts.iter();
        texts
            .map(|(path, text)| (path.as_str(), text.as_slice()))
            .collect()
    }
}

/// The programs below `tests/FOLDER`, sorted by path.
pub fn packages(folder: &str) -> Vec<Package> {
    let manifests = fixtures(folder, "toml");
    let folders: Vec<PathBuf> = manifests
        .iter()
        .map(|manifest| manifest.path.parent().unwrap().into())
        .collect();
    let mut packages: Vec<Package> = manifests.into_iter().map(folder_package).collect();
    for fixture in fixtures(folder, "rbk") {
        if !folders
            .iter()
            .any(|folder| fixture.path.starts_with(folder))
        {
            let name = fixture.path.file_name().unwrap().to_str().unwrap();
            let texts = vec![(name.into(), fs::read(&fixture.path).unwrap())];
            packages.push(Package { fixture, texts });
        }
    }
    packages
}

fn folder_package(manifest: Fixture) -> Package {
    let folder = manifest.path.parent().unwrap().to_path_buf();
    let texts = files(&folder)
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|found| found == "rbk" || found == "toml")
        })
        .map(|path| (relative(&folder, &path), fs::read(&path).unwrap()));
    Package {
        texts: texts.collect(),
        fixture: manifest,
    }
}

/// The folder of the package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One trial for each file with this extension below `tests/FOLDER`.
pub fn trials(folder: &str, extension: &str, run: fn(&Fixture)) -> Vec<Trial> {
    fixtures(folder, extension)
        .into_iter()
        .map(|fixture| trial(fixture.name.clone(), move || run(&fixture)))
        .collect()
}

/// A trial that fails by panicking.
pub fn trial(name: impl Into<String>, run: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}

/// The files with this extension below `tests/FOLDER`, sorted by path.
pub fn fixtures(folder: &str, extension: &str) -> Vec<Fixture> {
    let tests = root().join("tests");
    files(&tests.join(folder))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| Fixture {
            name: relative(&tests, &path),
            path,
        })
        .collect()
}

/// All files below a folder, sorted; nothing if there is no such folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

/// The path from `folder`, with `/`.
pub fn relative(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap();
    path.to_str().unwrap().replace('\\', "/")
}

/// The files of a package with their names.
pub type Files = Vec<(String, Vec<u8>)>;

/// The packages that people read, by the names of their folders.
pub fn examples() -> Vec<(String, Files)> {
    let folders = fs::read_dir(root().join("examples")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|found| found.unwrap().path()).collect();
    folders.sort();
    let examples = folders.iter().map(|folder| {
        let files = fs::read_dir(folder).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        let named = paths.map(|path| (file_name(&path), path));
        let own = named.filter(|(name, _)| name.ends_with(".rbk") || name == "rbk.toml");
        let texts = own.map(|(name, path)| (name, fs::read(path).unwrap()));
        (file_name(folder), texts.collect())
    });
    examples.collect()
}

/// The programs of the suite `tested`, each with the shop that it is for.
pub fn tested() -> Vec<(String, Files)> {
    let shop = fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let programs = fixtures("tested", "rbk").into_iter().map(|fixture| {
        let text = fixture.text().into_bytes();
        let files = [("shop.rbk", shop.clone()), ("main.rbk", text)];
        let files = files.map(|(name, text)| (name.to_owned(), text));
        (fixture.name, files.to_vec())
    });
    programs.collect()
}

/// The same files as the library takes them.
pub fn borrowed(files: &Files) -> Vec<(&str, &[u8])> {
    let files = files.iter();
    files
        .map(|(name, text)| (name.as_str(), text.as_slice()))
        .collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
