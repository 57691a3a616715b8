//! `hantei bench accept DIR`: trusts the bench file of a declaration folder, by its digest.
//! `hantei bench up`, `down` and `switch`: a bench network, see [`super::bench_network`].

use harness::ExitCode;
use harness::bench::acceptance;

use crate::Done;
use crate::cli::Bench;
use crate::command::bench_network;
use crate::output::Failure;

/// A bench file names programs to run and addresses to touch, so one that came with a declaration is
/// used only after the lab has looked at it.
pub(crate) fn bench(arguments: &Bench) -> Done {
    let folder = match arguments {
        Bench::Accept { folder } => folder,
        Bench::Up(arguments) => return bench_network::up(arguments),
        Bench::Down { name } => return bench_network::down(name),
        Bench::Switch(arguments) => return bench_network::switch(arguments),
        Bench::World { folder } => return bench_network::play(folder),
    };
    let path = folder.join("bench.toml");
    let bytes = std::fs::read(&path)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be read: {error}", path.display())))?;
    let list = acceptance::accept(&bytes).map_err(Failure::nothing_started)?;
    eprintln!("{} is trusted as it is now (noted in {})", path.display(), list.display());
    Ok(ExitCode::Pass)
}
