//! The `rbk` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    rbk::main()
}
