//! From the strongest themes to sentences.

use dataset::Items;
use recommenders::{BaseModel, Because, ItemShare, Trait, TraitShare};

use crate::{Strength, Theme};

/// Reasons for an item that are asked for, those of them that are told at most, and parts of each.
const ASKED: usize = 4;
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
    /// The mean of all training ratings, in stars.
    pub mean_of_all: f64,
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
    /// Which of `strengths` may be told, the strongest first: for the item, then what speaks against it.
    pub fn choose(strengths: &[Strength]) -> Vec<Strength> {
        let mut told: Vec<Strength> =
            strengths.iter().filter(|strength| strength.sum > 0.0).take(ASKED).copied().collect();
        let most = told.first().map_or(0.0, |strength| strength.sum);
        let against = strengths.iter().find(|strength| strength.sum < -AGAINST * most && most > 0.0);
        told.extend(against);
        told
    }
}

/// Why the item is recommended. Of what may be told, only that is told which what is known bears out: a model may take from an item's good mean
/// what other features gave too much.
pub fn sentence(about: &About<'_>, told: &[Told]) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for text in told.iter().filter(|told| told.strength.sum > 0.0).filter_map(|told| in_favour(about, told)) {
        if sentences.len() < REASONS && !sentences.contains(&text) {
            sentences.push(text);
        }
    }
    if sentences.is_empty() {
        sentences.push(format!("Of what is left, this comes nearest to your ratings: {}.", ratings(about)));
    }
    sentences
        .extend(told.iter().filter(|told| told.strength.sum < 0.0).find_map(|told| against(about, told)));
    sentences.join(" ")
}

/// Why the item is recommended to somebody of whom nothing is known.
pub fn of_cold_user(about: &About<'_>) -> String {
    format!("Nothing is known of you yet. This is among the most rated: {}.", ratings(about))
}

fn in_favour(about: &About<'_>, told: &Told) -> Option<String> {
    match (told.strength.theme, &told.because) {
        (Theme::SimilarItems, Some(Because::Items(shares))) => {
            let named = named(about, shares, |share| share > 0.0);
            let them = if named.len() == 1 { "that" } else { "them" };
            let like = if by_content(told) {
                format!("it is like {them}")
            } else {
                format!("people who like {them} like this too")
            };
            (!named.is_empty()).then(|| format!("You rated {}; {like}.", and(&named)))
        }
        (Theme::LikeMinded, Some(Because::Users(people))) => (people.mean_deviation >= 0.05).then(|| {
            let who = if people.n == 1 { "Somebody".to_owned() } else { format!("{} people", people.n) };
            format!("{who} with your taste put it {:.1} stars above what is usual.", people.mean_deviation)
        }),
        (Theme::Taste, Some(Because::Factors { moved })) => {
            (*moved >= 0.05).then(|| format!("It suits your taste as a whole (+{moved:.1} stars)."))
        }
        (Theme::Traits, Some(Because::Traits(traits))) => {
            let named = traits_named(about, traits, |share| share > 0.0);
            (!named.is_empty()).then(|| format!("You like {}.", and(&named)))
        }
        (Theme::Kind, _) => about.year.map(|year| format!("You like films of its time, {year}.")),
        (Theme::Liked, _) => (about.n_ratings > 0 && about.mean_rating >= about.mean_of_all)
            .then(|| format!("Most people like it: {}.", ratings(about))),
        (Theme::Popular, _) => {
            (about.n_ratings > 0).then(|| format!("Many people know it: {}.", ratings(about)))
        }
        (Theme::SimilarItems, None) => Some("It is like items that you rated.".to_owned()),
        (Theme::LikeMinded, None) => Some("People with your taste rated it well.".to_owned()),
        (Theme::Taste, None) => Some("It suits your taste as a whole.".to_owned()),
        (Theme::Traits, None) => Some("You like what it is about.".to_owned()),
        (_, Some(_)) => None,
    }
}

fn against(about: &About<'_>, told: &Told) -> Option<String> {
    let text = match (told.strength.theme, &told.because) {
        (Theme::SimilarItems, Some(Because::Items(shares))) => {
            let named = named(about, shares, |share| share < 0.0);
            (!named.is_empty()).then(|| {
                let goes = if named.len() == 1 { "goes" } else { "go" };
                format!("you rated {}, which {goes} with it", and(&named))
            })
        }
        (Theme::LikeMinded, Some(Because::Users(people))) => (people.mean_deviation <= -0.05).then(|| {
            format!("people with your taste put it {:.1} stars below what is usual", -people.mean_deviation)
        }),
        (Theme::Taste, Some(Because::Factors { moved })) => {
            (*moved <= -0.05).then(|| format!("your taste as a whole ({moved:.1} stars)"))
        }
        (Theme::Traits, Some(Because::Traits(traits))) => {
            let named = traits_named(about, traits, |share| share < 0.0);
            (!named.is_empty()).then(|| format!("{} {} less your taste", and(&named), is(named.len())))
        }
        (Theme::Liked, _) => {
            (about.n_ratings > 0 && about.mean_rating < about.mean_of_all).then(|| ratings(about))
        }
        (Theme::SimilarItems, None) => Some("items like it that you rated".to_owned()),
        (Theme::LikeMinded, None) => Some("people with your taste".to_owned()),
        (Theme::Taste, None) => Some("your taste as a whole".to_owned()),
        (Theme::Traits, None) => Some("what it is about".to_owned()),
        (Theme::Kind | Theme::Popular, _) | (_, Some(_)) => None,
    };
    text.map(|text| format!("Against it: {text}."))
}

/// Whether items are alike by what they are, and not by who rated them.
fn by_content(told: &Told) -> bool {
    matches!(told.strength.model, Some(BaseModel::Text | BaseModel::Embedding))
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

/// The genres, and the year, of some shares.
fn traits_named(about: &About<'_>, traits: &[TraitShare], counts: impl Fn(f64) -> bool) -> Vec<String> {
    let name = |of: Trait| match of {
        Trait::Genre(at) => about.items.genre_names().get(at).cloned(),
        Trait::Year => about.year.map(|year| format!("films of around {year}")),
        Trait::Mean | Trait::Popularity | Trait::Constant => None,
    };
    traits.iter().filter(|one| counts(one.share)).filter_map(|one| name(one.of)).take(PARTS).collect()
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

fn is(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use recommenders::LikeMinded;

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
        About { items, n_ratings: 81, mean_rating: 3.25, mean_of_all: 3.5, year: Some(1990) }
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
        assert_eq!(
            text,
            "You rated Heat (1995) 5 and Casino (1995) 4.5; people who like them like this too."
        );
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
            "It suits your taste as a whole (+0.5 stars). Against it: 3.2 stars on average of 81 ratings."
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

    #[test]
    fn what_is_known_must_bear_a_reason_out() {
        let items = items();
        let good = About { mean_rating: 4.25, ..about(&items) };
        // The mean is good, and the model took from it what other features gave too much.
        let text = sentence(&good, &[told(Theme::Taste, 1.0, None), told(Theme::Liked, -0.75, None)]);
        assert_eq!(text, "It suits your taste as a whole.");
        let only_bad = Because::Items(vec![share(1, 1.0, -0.5)]);
        let text =
            sentence(&good, &[told(Theme::SimilarItems, 1.0, Some(only_bad)), told(Theme::Liked, 0.5, None)]);
        assert_eq!(text, "Most people like it: 4.2 stars on average of 81 ratings.");
    }
}
