//! The `rbk` binary: everything is in the library.

/// A check makes and drops many small parts of trees: with this allocator they cost half.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rbk::main()
}
