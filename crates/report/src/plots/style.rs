//! How the curves of several models look: the first of a kind in the kind's colour and symbol, so that a model looks the same everywhere.

use crate::chart::{Shape, dots};
use crate::data::{ModelKind, ReportData};
use crate::theme::Ink;

/// A colour and a symbol for each of the models. The second of a kind gets the colour that no kind has, all others are grey.
pub fn of_models<'a>(data: &ReportData, models: impl Iterator<Item = &'a str>) -> Vec<(Ink, Shape)> {
    let mut free = vec![Ink::Base, Ink::Average, Ink::Meta, Ink::Extra];
    models
        .map(|model| {
            let kind =
                data.models.iter().find(|row| row.model == model).map_or(ModelKind::Base, |row| row.kind);
            let wanted = [Ink::of_kind(kind), Ink::Extra];
            let at = free
                .iter()
                .position(|ink| *ink == wanted[0])
                .or_else(|| free.iter().position(|ink| *ink == wanted[1]));
            let ink = at.map_or(Ink::Quiet, |at| free.remove(at));
            (ink, dots::shape_of(kind))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ModelRow;

    #[test]
    fn no_colour_but_grey_is_used_twice() {
        let row = |model: &str, kind| ModelRow { model: model.to_owned(), kind, metrics: [].into() };
        let models = vec![
            row("gb", ModelKind::Meta),
            row("mf", ModelKind::Base),
            row("knn", ModelKind::Base),
            row("bias", ModelKind::Base),
        ];
        let data = ReportData { models, ..ReportData::default() };
        let found = of_models(&data, ["mf", "knn", "gb", "bias"].into_iter());
        assert_eq!(
            found.iter().map(|(ink, _)| *ink).collect::<Vec<_>>(),
            [Ink::Base, Ink::Extra, Ink::Meta, Ink::Quiet]
        );
        assert_eq!([found[0].1, found[2].1], [Shape::Circle, Shape::Square]);
    }
}
