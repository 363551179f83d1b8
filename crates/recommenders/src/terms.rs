//! Items as bags of terms: genres, the decade, the words of the title, and the tags that users put on them.
//!
//! An item's vector holds, for each of its terms, the inverse document frequency `ln(N / n_t)` (N items, `n_t` of them with the term),
//! and has length 1 (Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988; every term counts once an item).
//! Terms of different kinds are different terms: the genre `Drama` is not the tag `drama`.
//!
//! Terms that only one item has connect it with no other and are left out. Words are runs of letters and digits, in lower case, at least two
//! long, the year in parentheses left out; tags are compared in lower case, without spaces around them.

use std::collections::HashMap;

use dataset::{Csr, IdIndex};

use crate::Content;

/// Fewer items than this share no term.
const MIN_ITEMS: u32 = 2;

/// Item -> (terms, weights).
pub struct Terms {
    /// The catalogue's items.
    pub items: IdIndex,
    /// A row an item; of length 1, or empty where the item has no term that another has too.
    pub rows: Csr,
    /// How many terms there are.
    pub n_distinct: usize,
}

/// What a term is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Term {
    Genre(usize),
    Decade(i32),
    Word(String),
    Tag(String),
}

impl Terms {
    /// The vectors of all items of the catalogue; tags of other items are left out. Linear in the text.
    pub fn new(content: Content<'_>) -> Self {
        let items = IdIndex::new(content.items.all().iter().map(|item| item.item_id));
        let pairs = numbered(content, &items);
        let n_seen = pairs.iter().map(|&(_, term)| term as usize + 1).max().unwrap_or(0);
        let mut counts = vec![0u32; n_seen];
        for &(_, term) in &pairs {
            counts[term as usize] += 1;
        }
        let mut n_terms = 0;
        let kept: Vec<Option<(u32, f32)>> = (counts.iter())
            .map(|&count| {
                (count >= MIN_ITEMS).then(|| {
                    n_terms += 1;
                    (n_terms - 1, (items.len() as f32 / count as f32).ln())
                })
            })
            .collect();
        let weighted =
            |&(item, term): &(u32, u32)| kept[term as usize].map(|(term, weight)| (item, term, weight));
        let mut squares = vec![0.0f32; items.len()];
        for (item, _, weight) in pairs.iter().filter_map(weighted) {
            squares[item as usize] += weight * weight;
        }
        // A term that every item has weighs 0 and may be an item's only one.
        let scaled = pairs.iter().filter_map(weighted).filter(|&(item, ..)| squares[item as usize] > 0.0);
        let scaled = scaled.map(|(item, term, weight)| (item, term, weight / squares[item as usize].sqrt()));
        let rows = Csr::from_entries(items.len(), scaled);
        Self { items, rows, n_distinct: n_terms as usize }
    }
}

/// Each item with each of its terms once, terms numbered in the order of their first item.
fn numbered(content: Content<'_>, items: &IdIndex) -> Vec<(u32, u32)> {
    // Asked and never walked through: the order of a hash map would differ from run to run.
    let mut numbers: HashMap<Term, u32> = HashMap::new();
    let mut pairs = Vec::new();
    let mut add = |item: u32, term: Term| {
        let next = numbers.len() as u32;
        pairs.push((item, *numbers.entry(term).or_insert(next)));
    };
    for (index, item) in content.items.all().iter().enumerate() {
        let index = index as u32;
        item.genres.iter().for_each(|genre| add(index, Term::Genre(genre)));
        item.year.iter().for_each(|year| add(index, Term::Decade(year.div_euclid(10))));
        words(&item.title, item.year).for_each(|word| add(index, Term::Word(word)));
    }
    for tag in content.tags {
        if let Some(index) = items.index_of(tag.item_id) {
            add(index, Term::Tag(tag.tag.trim().to_lowercase()));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The words of a title, without the year that ends it.
fn words(title: &str, year: Option<i32>) -> impl Iterator<Item = String> {
    let end = year.and_then(|_| title.rfind('(')).unwrap_or(title.len());
    let words = title[..end].split(|character: char| !character.is_alphanumeric());
    words.filter(|word| word.chars().nth(1).is_some()).map(str::to_lowercase)
}

/// The catalogue's item of each item of `rated`, where it has one.
pub fn places(rated: &IdIndex, items: &IdIndex) -> Vec<Option<u32>> {
    rated.ids().iter().map(|&item_id| items.index_of(item_id)).collect()
}

#[cfg(test)]
mod tests {
    use dataset::{Items, Tag};

    use super::*;

    #[test]
    fn words_are_lower_case_and_leave_the_year_out() {
        let found: Vec<String> = words("Big Bang, The (Le 3ème) (2007) ", Some(2007)).collect();
        assert_eq!(found, ["big", "bang", "the", "le", "3ème"]);
        assert_eq!(words("1984", None).collect::<Vec<_>>(), ["1984"]);
        assert_eq!(words("(1984)", Some(1984)).count(), 0);
    }

    #[test]
    fn weights_are_inverse_document_frequencies_of_length_one() {
        let row = |id, title: &str, genres: &[&str]| {
            (id, title.to_owned(), genres.iter().map(ToString::to_string).collect())
        };
        let items = Items::new(vec![
            row(10, "Star Wars (1977)", &["Action"]),
            row(20, "Star Trek (1979)", &["Action"]),
            row(30, "Solo", &["Action"]),
            row(40, "Alone", &[]),
        ])
        .unwrap();
        let tag = |item_id, tag: &str| Tag { user_id: 1, item_id, tag: tag.to_owned(), timestamp: 0 };
        let tags = [tag(30, " Space"), tag(10, "space"), tag(10, "SPACE"), tag(99, "space"), tag(40, "solo")];
        let terms = Terms::new(Content { items: &items, tags: &tags });
        // Shared: Action (3 of 4 items), the 1970s (2), star (2), the tag space (2). The word solo is not the tag solo.
        assert_eq!(terms.n_distinct, 4);
        let (action, two) = ((4f32 / 3.0).ln(), 2f32.ln());
        let check = |item: u32, weights: &[f32]| {
            let length = weights.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
            let found = terms.rows.row(item).1;
            assert_eq!(found.len(), weights.len());
            found
                .iter()
                .zip(weights)
                .for_each(|(found, weight)| assert!((found - weight / length).abs() < 1e-6));
        };
        check(0, &[action, two, two, two]);
        check(1, &[action, two, two]);
        check(2, &[action, two]);
        check(3, &[]);
        let shared: Vec<u32> = terms.rows.row(2).0.to_vec();
        assert!(shared.iter().all(|term| terms.rows.row(0).0.contains(term)));
    }
}
