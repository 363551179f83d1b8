//! What the meta-models use: one panel of bars a model.

use super::{Place, PlotSpec};
use crate::chart::bars::{Bar, Panel};
use crate::data::{Importances, ReportData};
use crate::format;
use crate::theme::Ink;

/// More features than these are not drawn; the panel says how many there are.
const SHOWN: usize = 20;
/// What a panel needs, names and values included.
const PANEL_WIDTH: f64 = 400.0;

/// The plot, where a model has importances.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let panels: Vec<Panel> =
        data.importances.iter().filter(|one| !one.features.is_empty()).map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let measures =
        data.importances.iter().map(|one| format!("{}: {}", one.model, one.measure)).collect::<Vec<_>>();
    Some(PlotSpec {
        name: "feature-importances".to_owned(),
        title: "What the meta-models use".to_owned(),
        caption: format!(
            "Features by the size of their part in each meta-model ({}). Scores of base models carry the name score_…; a \
             statistic above them means that the stack leans on popularity or on mean ratings.",
            measures.join("; ")
        ),
        place: Place::Learning,
        full_width: panels.len() > 1,
        body: Box::new(move |scene, frame, top| {
            let spans = frame.columns(panels.len(), PANEL_WIDTH);
            let mut y = top;
            for line in panels.chunks(spans.len()) {
                for (panel, span) in line.iter().zip(&spans) {
                    panel.draw(scene, *span, y);
                }
                y += line.iter().map(Panel::height).fold(0.0, f64::max) + 12.0;
            }
            y - 12.0
        }),
    })
}

fn panel(importances: &Importances) -> Panel {
    let mut features: Vec<&(String, f64)> = importances.features.iter().collect();
    let size = |value: f64| if value.is_finite() { value.abs() } else { -1.0 };
    features.sort_by(|one, other| size(other.1).total_cmp(&size(one.1)).then_with(|| one.0.cmp(&other.0)));
    let n_hidden = features.len().saturating_sub(SHOWN);
    features.truncate(SHOWN);
    let axis_label = if n_hidden == 0 {
        importances.measure.clone()
    } else {
        format!("{} · the {SHOWN} largest of {}", importances.measure, SHOWN + n_hidden)
    };
    Panel {
        heading: importances.model.clone(),
        axis_label,
        rows: features
            .into_iter()
            .map(|(name, value)| Bar { name: name.clone(), value: *value, label: format::fixed(*value, 3) })
            .collect(),
        ink: Ink::Meta,
    }
}
