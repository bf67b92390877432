//! Expected output beside the fixture: `x.rbk` and `x.rbk.snap`, kept by insta.

use super::fixture::Fixture;

/// Compares `found` with the snapshot beside the fixture.
pub fn assert_matches(fixture: &Fixture, found: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(fixture.path.parent().unwrap());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = fixture.path.file_name().unwrap().to_str().unwrap();
    settings.bind(|| insta::assert_snapshot!(name, found));
}
