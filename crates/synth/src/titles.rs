//! Invented titles in MovieLens' form: the article behind a comma, the year in parentheses, now and then quotation marks or
//! an accent.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

#[rustfmt::skip]
const QUALITIES: [&str; 40] = [
    "Silent", "Broken", "Golden", "Last", "Hidden", "Crimson", "Distant", "Electric", "Forgotten", "Gentle",
    "Hollow", "Invisible", "Jagged", "Kindred", "Lonely", "Midnight", "Northern", "Open", "Patient",
    "Quiet", "Restless", "Second", "Tender", "Unlikely", "Velvet", "Wandering", "Young", "Burning",
    "Curious", "Double", "Empty", "Faithful", "Green", "Honest", "Iron", "Little", "Perfect", "Rising",
    "Strange", "Wild",
];
#[rustfmt::skip]
const THINGS: [&str; 48] = [
    "River", "Harbor", "Letter", "Garden", "Machine", "Orchard", "Promise", "Stranger", "Summer", "Winter",
    "Mirror", "Island", "Detective", "Captain", "Daughter", "Brother", "Bridge", "Carnival", "Desert",
    "Engine", "Feather", "Ghost", "Horizon", "Inheritance", "Journey", "Kingdom", "Lantern", "Mountain",
    "Neighbor", "Ocean", "Piano", "Question", "Railway", "Shadow", "Theater", "Umbrella", "Village",
    "Witness", "Year", "Zephyr", "Balloon", "Clockmaker", "Diamond", "Echo", "Falcon", "Gambler", "Hotel",
    "Season",
];
#[rustfmt::skip]
const PLACES: [&str; 16] = [
    "Lisbon", "Montréal", "Osaka", "Kraków", "São Paulo", "Vienna", "Nairobi", "Duluth", "Bergen", "Málaga",
    "Tulsa", "Cairo", "Perth", "Lyon", "Quito", "Malmö",
];

fn pick<'a>(words: &[&'a str], rng: &mut ChaCha8Rng) -> &'a str {
    words[rng.random_range(0..words.len())]
}

/// A title of a film of `year`.
pub(crate) fn title(year: u16, rng: &mut ChaCha8Rng) -> String {
    let quality = pick(&QUALITIES, rng);
    let thing = pick(&THINGS, rng);
    let name = match rng.random_range(0..100) {
        0..18 => format!("{quality} {thing}, The"),
        18..22 => format!("{quality} {thing}, A"),
        22..42 => format!("{quality} {thing}"),
        42..58 => format!("{thing} in {}", pick(&PLACES, rng)),
        58..70 => format!("{thing} of the {quality} {}", pick(&THINGS, rng)),
        70..80 => format!("{quality} {thing} {}", rng.random_range(2..5)),
        80..90 => format!("{thing}: {} {quality}", pick(&PLACES, rng)),
        90..92 => format!("\"{quality} {thing}\" and Other Stories"),
        _ => format!("{thing}'s {quality} {}", pick(&THINGS, rng)),
    };
    format!("{name} ({year})")
}
