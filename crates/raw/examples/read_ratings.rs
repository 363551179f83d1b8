//! Reads the ratings below a folder, or in one file, and prints how long it took: `read_ratings DATA [THREADS]`.

use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let data = PathBuf::from(arguments.next().ok_or("expected the folder or file of the ratings")?);
    let threads = arguments.next().map_or(Ok(0), |threads| threads.parse())?;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let started = Instant::now();
    let data = raw::read(&data, &raw::Options::default())?;
    let seconds = started.elapsed().as_secs_f64();
    let ratings = data.ratings.len();
    let stars: f64 = data.ratings.values.iter().map(|&value| f64::from(value)).sum();
    #[expect(clippy::print_stdout, reason = "the answer of the program")]
    {
        println!(
            r#"{{"seconds": {{"read": {seconds:.4}}}, "quality": {{"ratings": {ratings}, "stars": {stars}}}}}"#
        );
    }
    Ok(())
}
