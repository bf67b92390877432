//! Whether what was read of a package is what pins it: the lock, and what was fetched, copied or committed.

use std::path::Path;

use super::super::manifest::Wanted;
use super::{At, Depend, Missing, Origin};
use crate::diag::Code;

impl Depend<'_> {
    /// Whether the files are those that were fetched and locked; says so if they are not.
    pub(super) fn is_as_pinned(
        &mut self,
        wanted: &Wanted,
        origin: &Origin,
        at: &At,
        hash: &str,
    ) -> bool {
        let (then, where_) = match at {
            At::Beside(folder) if self.files.leaves_revision(folder) => {
                return self.is_as_then(wanted, origin, hash);
            }
            // Whoever works on both changes both: that the lock is behind is told with the lock.
            At::Beside(_) => return true,
            At::Fetched(_, hash) => (hash, "fetched"),
            At::Vendor(_, hash) => (hash, "put into `vendor`"),
        };
        let locked = self.lock.and_then(|lock| lock.dependency(&wanted.name));
        let locked = locked.filter(|locked| {
            locked.source == origin.source_from(self.root)
                && locked.commit.as_deref() == origin.commit()
        });
        let by_lock = locked.is_some_and(|locked| locked.files != hash);
        match (then != hash, by_lock) {
            (false, false) => return true,
            (true, _) => {
                self.get_anew(origin, at);
                let why = format!("its files are not those that were {where_}");
                self.say_changed(wanted, at, &why);
            }
            (false, true) => self.say_other(wanted, at, where_),
        }
        false
    }

    /// Says that the lock has another hash for the same source and commit: fetching again would bring the same files.
    fn say_other(&mut self, wanted: &Wanted, at: &At, where_: &str) {
        let name = &wanted.name;
        let message = format!("the files of `{name}` are not those that the lock names");
        let folder = at.folder().display();
        let label = format!("they are those that were {where_}, in {folder}");
        let help = format!(
            "where a merge took the commit of one side and the hash of the other, take the whole entry of `{name}` in \
             `rbk.lock` from one of them, or delete it, then `{}` and `rbk lock`; where nothing was merged, find out who \
             changed the files and what was written down of them",
            self.fetch()
        );
        self.say(Code::DependencyTampered, message, wanted.at, &label, &help);
    }

    /// Has it fetched again, if it was fetched.
    fn get_anew(&mut self, origin: &Origin, at: &At) {
        if let (Origin::Git { git, commit, .. }, At::Fetched(..)) = (origin, at) {
            self.missing.push(Missing {
                git: git.clone(),
                commit: commit.clone(),
            });
        }
    }

    fn say_changed(&mut self, wanted: &Wanted, at: &At, why: &str) {
        let folder = at.folder().display();
        let message = format!("the dependency `{}` was changed: {why}", wanted.name);
        let label = format!("read in {folder}");
        let help = match at {
            At::Vendor(..) => {
                "take `vendor` from the last commit, or write it again: `rbk vendor`".to_owned()
            }
            At::Beside(_) | At::Fetched(..) => {
                format!(
                    "`{}` gets them again; find out who changed them",
                    self.fetch()
                )
            }
        };
        self.say(Code::DependencyTampered, message, wanted.at, &label, help);
    }

    /// Says that something in a copy is a link: a copy has none, and one leads to what nobody copied.
    pub(super) fn say_link(&mut self, wanted: &Wanted, origin: &Origin, at: &At, link: &Path) {
        self.get_anew(origin, at);
        let link = link.strip_prefix(at.folder()).unwrap_or(link);
        let shown = link.to_string_lossy().replace('\\', "/");
        let why = match shown.is_empty() {
            true => "its folder is a link".to_owned(),
            false => format!("`{shown}` in it is a link"),
        };
        self.say_changed(wanted, at, &why);
    }

    /// Whether files of today are those that the revision was made with; says so if that cannot be known.
    fn is_as_then(&mut self, wanted: &Wanted, origin: &Origin, hash: &str) -> bool {
        let locked = self.lock.and_then(|lock| lock.dependency(&wanted.name));
        let locked = locked.filter(|locked| locked.source == origin.source_from(self.root));
        let label = match locked {
            Some(locked) if locked.files == hash => return true,
            Some(_) => "its files are not those that the lock of the revision names",
            None => "no lock of the revision says which files it had",
        };
        let message = format!(
            "what `{}` was then cannot be known: it lies outside of the git repository",
            wanted.name
        );
        let help = "a copy by `rbk vendor` is of the revision that it is committed with";
        self.say(Code::DependencyMissing, message, wanted.at, label, help);
        false
    }
}
