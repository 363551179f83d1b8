//! From the strongest themes to sentences.

use dataset::Items;
use recommenders::{Because, ItemShare, Trait};

use crate::{Strength, Theme};

/// Reasons for an item that are told, and parts of each.
const REASONS: usize = 2;
const PARTS: usize = 2;
/// A reason against the item is told where it is at least this share of the strongest for it.
const AGAINST: f64 = 0.5;

/// What is known of the item.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The catalogue.
    pub items: &'a Items,
    /// How many training ratings the item has.
    pub n_ratings: usize,
    /// Their mean, in stars; anything where there are none.
    pub mean_rating: f64,
    /// When it came out, where that is known.
    pub year: Option<i32>,
}

/// A theme with what its strongest base model says.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The theme.
    pub strength: Strength,
    /// What the base model says; none where it was not asked.
    pub because: Option<Because>,
}

impl Told {
    /// Which of `strengths` are told, the strongest first: for the item, then what speaks against it.
    pub fn choose(strengths: &[Strength]) -> Vec<Strength> {
        let mut told: Vec<Strength> =
            strengths.iter().filter(|strength| strength.sum > 0.0).take(REASONS).copied().collect();
        let most = told.first().map_or(0.0, |strength| strength.sum);
        let against = strengths.iter().find(|strength| strength.sum < -AGAINST * most && most > 0.0);
        told.extend(against);
        told
    }
}

/// Why the item is recommended.
pub fn sentence(about: &About<'_>, told: &[Told]) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for told in told {
        let text = if told.strength.sum > 0.0 { in_favour(about, told) } else { against(about, told) };
        if !sentences.contains(&text) {
            sentences.push(text);
        }
    }
    if sentences.is_empty() {
        sentences.push(format!("Of what is left, this comes nearest to your ratings. {}", liked(about)));
    }
    sentences.join(" ")
}

/// Why the item is recommended to somebody of whom nothing is known.
pub fn of_cold_user(about: &About<'_>) -> String {
    format!("Nothing is known of you yet. This is among the most rated: {}.", ratings(about))
}

fn in_favour(about: &About<'_>, told: &Told) -> String {
    let fallback = || match told.strength.theme {
        Theme::SimilarItems => "It is like items that you rated.".to_owned(),
        Theme::LikeMinded => "People with your taste rated it well.".to_owned(),
        Theme::Taste => "It suits your taste as a whole.".to_owned(),
        Theme::Traits => "You like what it is about.".to_owned(),
        Theme::Kind => kind(about),
        Theme::Liked => liked(about),
        Theme::Popular => format!("Many people know it: {}.", ratings(about)),
    };
    match &told.because {
        Some(Because::Items(shares)) => {
            let named = named(about, shares, |share| share > 0.0);
            if named.is_empty() {
                fallback()
            } else {
                format!("You rated {}; it is like {}.", and(&named), them(named.len()))
            }
        }
        Some(Because::Users(people)) if people.moved > 0.0 => format!(
            "{} with your taste put it {:.1} stars above what is usual.",
            if people.n == 1 { "Somebody".to_owned() } else { format!("{} people", people.n) },
            people.mean_deviation
        ),
        Some(Because::Factors { moved }) if *moved > 0.0 && told.strength.theme == Theme::Taste => {
            format!("It suits your taste as a whole (+{moved:.1} stars).")
        }
        Some(Because::Traits(traits)) => {
            let genres: Vec<String> = traits
                .iter()
                .filter(|one| one.share > 0.0)
                .filter_map(|one| genre(about, one.of))
                .take(PARTS)
                .collect();
            if genres.is_empty() { fallback() } else { format!("You like {}.", and(&genres)) }
        }
        _ => fallback(),
    }
}

fn against(about: &About<'_>, told: &Told) -> String {
    let text = match &told.because {
        Some(Because::Items(shares)) => {
            let named = named(about, shares, |share| share < 0.0);
            if named.is_empty() { None } else { Some(format!("you rated {}", and(&named))) }
        }
        Some(Because::Users(people)) if people.moved < 0.0 => Some(format!(
            "people with your taste put it {:.1} stars below what is usual",
            -people.mean_deviation
        )),
        Some(Because::Traits(traits)) => {
            let genres: Vec<String> = traits
                .iter()
                .filter(|one| one.share < 0.0)
                .filter_map(|one| genre(about, one.of))
                .take(PARTS)
                .collect();
            if genres.is_empty() {
                None
            } else {
                Some(format!("{} {} less your taste", and(&genres), is(genres.len())))
            }
        }
        _ => None,
    };
    let text = text.unwrap_or_else(|| match told.strength.theme {
        Theme::SimilarItems => "items like it that you rated".to_owned(),
        Theme::LikeMinded => "people with your taste".to_owned(),
        Theme::Taste => "your taste as a whole".to_owned(),
        Theme::Traits => "what it is about".to_owned(),
        Theme::Kind => "its age".to_owned(),
        Theme::Liked => ratings(about),
        Theme::Popular => format!("how many know it, {}", ratings(about)),
    });
    format!("Against it: {text}.")
}

/// The items of some shares with the user's ratings of them.
fn named(about: &About<'_>, shares: &[ItemShare], counts: impl Fn(f64) -> bool) -> Vec<String> {
    let of_item = |share: &ItemShare| {
        let title = about.items.get(share.item_id).map_or("", |item| item.title.as_str());
        let title = if title.is_empty() { format!("item {}", share.item_id) } else { title.to_owned() };
        share.rating.map_or_else(|| title.clone(), |stars| format!("{title} {stars}"))
    };
    shares.iter().filter(|share| counts(share.share)).take(PARTS).map(of_item).collect()
}

fn genre(about: &About<'_>, of: Trait) -> Option<String> {
    match of {
        Trait::Genre(at) => about.items.genre_names().get(at).cloned(),
        Trait::Year => about.year.map(|year| format!("films of around {year}")),
        Trait::Mean | Trait::Popularity | Trait::Constant => None,
    }
}

fn kind(about: &About<'_>) -> String {
    about.year.map_or_else(
        || "You like its kind.".to_owned(),
        |year| format!("You like films of its time, {year}."),
    )
}

fn liked(about: &About<'_>) -> String {
    format!("Most people like it: {}.", ratings(about))
}

fn ratings(about: &About<'_>) -> String {
    match about.n_ratings {
        0 => "no ratings yet".to_owned(),
        1 => format!("{:.1} stars from one rating", about.mean_rating),
        n => format!("{:.1} stars on average of {n} ratings", about.mean_rating),
    }
}

fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn them(n: usize) -> &'static str {
    if n == 1 { "that" } else { "them" }
}

fn is(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use recommenders::{LikeMinded, TraitShare};

    use super::*;

    fn items() -> Items {
        let genres = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        Items::new(vec![
            (1, "Heat (1995)".to_owned(), genres(&["Crime", "Thriller"])),
            (2, "Casino (1995)".to_owned(), genres(&["Crime", "Drama"])),
        ])
        .unwrap()
    }

    fn about(items: &Items) -> About<'_> {
        About { items, n_ratings: 81, mean_rating: 4.25, year: Some(1990) }
    }

    fn told(theme: Theme, sum: f64, because: Option<Because>) -> Told {
        Told { strength: Strength { theme, sum, model: None }, because }
    }

    fn share(item_id: i64, rating: f32, share: f64) -> ItemShare {
        ItemShare { item_id, rating: Some(rating), share }
    }

    #[test]
    fn titles_people_and_genres_are_named() {
        let items = items();
        let similar = Because::Items(vec![share(1, 5.0, 0.5), share(2, 4.5, 0.25), share(1, 1.0, -0.25)]);
        let text = sentence(&about(&items), &[told(Theme::SimilarItems, 1.0, Some(similar))]);
        assert_eq!(text, "You rated Heat (1995) 5 and Casino (1995) 4.5; it is like them.");
        let people = Because::Users(LikeMinded { n: 12, mean_deviation: 0.75, moved: 0.5 });
        let text = sentence(&about(&items), &[told(Theme::LikeMinded, 1.0, Some(people))]);
        assert_eq!(text, "12 people with your taste put it 0.8 stars above what is usual.");
        let crime = Because::Traits(vec![TraitShare { of: Trait::Genre(0), share: 0.5 }]);
        let text = sentence(&about(&items), &[told(Theme::Traits, 1.0, Some(crime))]);
        assert_eq!(text, "You like Crime.");
    }

    #[test]
    fn what_speaks_against_it_is_told_where_it_is_strong() {
        let strength = |theme, sum| Strength { theme, sum, model: None };
        let weak = [strength(Theme::Taste, 1.0), strength(Theme::Liked, -0.4)];
        assert_eq!(Told::choose(&weak), weak[..1]);
        let strong =
            [strength(Theme::Taste, 1.0), strength(Theme::Liked, -0.75), strength(Theme::Kind, 0.25)];
        assert_eq!(Told::choose(&strong), [strong[0], strong[2], strong[1]]);
        let items = items();
        let text = sentence(
            &about(&items),
            &[
                told(Theme::Taste, 1.0, Some(Because::Factors { moved: 0.5 })),
                told(Theme::Liked, -0.75, None),
            ],
        );
        assert_eq!(
            text,
            "It suits your taste as a whole (+0.5 stars). Against it: 4.2 stars on average of 81 ratings."
        );
    }

    #[test]
    fn there_is_always_something_to_say() {
        let items = items();
        assert!(sentence(&about(&items), &[]).starts_with("Of what is left"));
        assert!(of_cold_user(&About { n_ratings: 1, ..about(&items) }).contains("one rating"));
        for theme in Theme::ALL {
            for because in [None, Some(Because::Nothing), Some(Because::Items(Vec::new()))] {
                for sum in [1.0, -1.0] {
                    let text = sentence(&about(&items), &[told(theme, sum, because.clone())]);
                    assert!(text.ends_with('.') && text.len() > 10, "{text}");
                }
            }
        }
    }
}
