//! From the titles that people write to items of the catalogue.

use dataset::{ItemId, Items};

/// How many titles a message shows.
const SHOWN: usize = 5;

/// The item that `text` means: the one of that title, with or without its year, whatever the case and wherever the article stands; else the only one
/// whose title holds it.
///
/// # Errors
/// Says which titles come near where none or several fit.
pub fn find(items: &Items, text: &str) -> Result<ItemId, String> {
    let wanted = plain(text);
    let titles: Vec<(String, ItemId, &str)> =
        items.all().iter().map(|item| (plain(&item.title), item.item_id, item.title.as_str())).collect();
    let fits = |fits: &dyn Fn(&str) -> bool| -> Vec<(ItemId, &str)> {
        let found = titles.iter().filter(|(title, ..)| fits(title));
        found.map(|&(_, item_id, title)| (item_id, title)).collect()
    };
    if wanted.is_empty() {
        return Err("found an empty title".to_owned());
    }
    for found in [
        fits(&|title| title == wanted),
        fits(&|title| without_year(title) == wanted),
        fits(&|title| title.contains(&wanted)),
    ] {
        match found.as_slice() {
            [] => {}
            [(item_id, _)] => return Ok(*item_id),
            several => {
                let shown: Vec<&str> = several.iter().take(SHOWN).map(|&(_, title)| title).collect();
                let more = if several.len() > SHOWN { ", ..." } else { "" };
                return Err(format!(
                    "\"{text}\" fits {} titles: {}{more}; write one of them in full, with its year",
                    several.len(),
                    shown.join("; ")
                ));
            }
        }
    }
    let near = near(&titles, &wanted);
    let hint = if near.is_empty() { String::new() } else { format!("; near it: {}", near.join("; ")) };
    Err(format!("no item is called \"{text}\"{hint}"))
}

/// Lower case, only letters and digits with single spaces, the article in front: "Matrix, The (1999)" is "the matrix 1999".
fn plain(title: &str) -> String {
    let lower = title.to_lowercase();
    let (name, rest) = lower.find(" (").map_or((lower.as_str(), ""), |at| lower.split_at(at));
    let name = match name.rsplit_once(", ") {
        Some((name, article @ ("the" | "a" | "an"))) => format!("{article} {name}"),
        _ => name.to_owned(),
    };
    let letters: String =
        format!("{name} {rest}").chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A plain title without the year at its end.
fn without_year(title: &str) -> &str {
    match title.rsplit_once(' ') {
        Some((name, year)) if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => title,
    }
}

/// Titles that share most words with `wanted`.
fn near<'a>(titles: &[(String, ItemId, &'a str)], wanted: &str) -> Vec<&'a str> {
    let words: Vec<&str> = wanted.split(' ').filter(|word| word.len() > 2).collect();
    let shared = |title: &str| words.iter().filter(|word| title.split(' ').any(|of| of == **word)).count();
    let mut found: Vec<(usize, &str)> =
        titles.iter().map(|(plain, _, title)| (shared(plain), *title)).filter(|&(n, _)| n > 0).collect();
    found.sort_by_key(|&(n, title)| (std::cmp::Reverse(n), title.len()));
    found.into_iter().take(SHOWN).map(|(_, title)| title).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Items {
        let titles = [
            "Matrix, The (1999)",
            "Matrix Reloaded, The (2003)",
            "Heat (1995)",
            "Heat (1986)",
            "Fargo (1996)",
        ];
        Items::new(titles.iter().zip(1..).map(|(title, id)| (id, (*title).to_owned(), Vec::new())).collect())
            .unwrap()
    }

    #[test]
    fn titles_are_found_as_people_write_them() {
        for text in ["Matrix, The (1999)", "the matrix", "The Matrix (1999)", "MATRIX, the"] {
            assert_eq!(find(&items(), text), Ok(1), "{text}");
        }
        assert_eq!(find(&items(), "reloaded"), Ok(2));
        assert_eq!(find(&items(), "Heat (1986)"), Ok(4));
    }

    #[test]
    fn doubt_is_told() {
        let message = |text| find(&items(), text).unwrap_err();
        assert!(message("heat").contains("fits 2 titles: Heat (1995); Heat (1986)"), "{}", message("heat"));
        assert_eq!(
            message("The Fargos of Matrix"),
            "no item is called \"The Fargos of Matrix\"; near it: Matrix, The (1999); Matrix Reloaded, The (2003)"
        );
        assert!(message("  ").contains("empty"));
    }
}
